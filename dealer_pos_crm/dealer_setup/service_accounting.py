"""Where the work of the service lane is booked: items and accounts, shown before they are made."""

from dataclasses import asdict

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_setup.accounting import Change, _account_name, _existing, _make, _parent
from dealer_pos_crm.dealer_setup.settings import settings_of

# field of Dealer Settings -> name of the item that is made where none is chosen
ITEMS: dict[str, str] = {
	"labor_item": "Service Labor",
	"parts_item": "Service Parts",
	"sublet_item": "Service Sublet",
}
# field -> (name, root type, usual groups, account type)
ACCOUNTS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
	"internal_income_account": ("Internal Service Income", "Income", ("Direct Income",), "Income Account"),
	"internal_expense_account": (
		"Internal Service Cost",
		"Expense",
		("Indirect Expenses", "Direct Expenses"),
		"Expense Account",
	),
	"claim_difference_account": (
		"Warranty Claim Differences",
		"Expense",
		("Indirect Expenses",),
		"Expense Account",
	),
}


def planned_changes(company: str) -> list[Change]:
	"""What ``set_up`` would change, in order; empty when everything is set up."""
	settings = settings_of(company)
	changes: list[Change] = []
	for field, name in ITEMS.items():
		if settings.get(field):
			continue
		if not frappe.db.exists("Item", name):
			changes.append(Change(field, _item_group(), _("New item, not kept in stock"), "", name))
		changes.append(_setting(settings, field, name))
	for field, (name, root_type, preferred, _kind) in ACCOUNTS.items():
		if settings.get(field):
			continue
		shown = _existing(company, name)
		if not shown:
			shown = _account_name(company, name)
			changes.append(Change(field, _parent(company, root_type, preferred), _("New account"), "", shown))
		changes.append(_setting(settings, field, shown))
	return changes


def _setting(settings, field: str, after: str) -> Change:
	return Change(f"settings_{field}", _("Dealer Settings"), _(settings.meta.get_label(field)), "", after)


def preview(company: str) -> dict:
	"""The changes, and what is to be decided by a person."""
	changes = planned_changes(company)
	return {"ready": not changes, "changes": [asdict(change) for change in changes], "notes": _notes(company)}


def _notes(company: str) -> list[str]:
	settings = settings_of(company)
	notes = []
	if not settings.manufacturers:
		notes.append(
			_("No manufacturer is named yet: warranty work can be billed once each make has its customer")
		)
	if cint(settings.update_stock) and not settings.parts_warehouse:
		notes.append(_("Invoices take parts from stock: choose the Parts Warehouse, or one on each part"))
	missing = [
		_(row.department)
		for row in settings.departments
		if row.department in ("Sales", "Service", "Parts") and not row.cost_center
	]
	if missing:
		notes.append(
			_("Without a cost center of its own, a department is booked on the company's: {0}").format(
				", ".join(missing)
			)
		)
	return notes


def set_up(company: str) -> dict:
	"""Make the changes. Running it again finds nothing to do."""
	changes = planned_changes(company)
	if not changes:
		return {"ready": True, "changes": [], "notes": [_("Already set up")]}
	settings = frappe.get_doc("Dealer Settings", company, for_update=True)
	for field, name in ITEMS.items():
		if not settings.get(field):
			settings.set(field, name if frappe.db.exists("Item", name) else _make_item(name))
	for field, (name, root_type, preferred, kind) in ACCOUNTS.items():
		if not settings.get(field):
			account = _existing(company, name) or _make(
				company, name, _parent(company, root_type, preferred), kind
			)
			settings.set(field, account)
	settings.save()
	return {"ready": True, "changes": [asdict(change) for change in changes], "notes": _notes(company)}


def _item_group() -> str:
	"""Services where ERPNext made it, else the first group that holds items."""
	for filters in ({"name": "Services", "is_group": 0}, {"is_group": 0}):
		found = frappe.db.get_value("Item Group", filters, "name", order_by="lft")
		if found:
			return found
	frappe.throw(_("There is no Item Group that can hold items; create one first"))


def _make_item(name: str) -> str:
	unit = frappe.db.get_single_value("Stock Settings", "stock_uom") or "Nos"
	return (
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": _item_group(),
				"stock_uom": unit,
				"is_stock_item": 0,
				"is_purchase_item": 0,
				"include_item_in_manufacturing": 0,
			}
		)
		.insert()
		.name
	)

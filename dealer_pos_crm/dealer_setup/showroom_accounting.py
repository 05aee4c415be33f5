"""Where the sale of cars is booked: items and accounts, shown before they are made."""

from dataclasses import asdict

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_setup.accounting import Change, _account_name, _existing, _make, _parent
from dealer_pos_crm.dealer_setup.service_accounting import _item_group, _make_item, _setting
from dealer_pos_crm.dealer_setup.settings import settings_of

# field of Dealer Settings -> name of the item that is made where none is chosen
ITEMS: dict[str, str] = {
	"vehicle_item_new": "New Car",
	"vehicle_item_used": "Used Car",
	"fee_item": "Car Sale Fees",
	"accessory_item": "Car Accessories",
}
# field -> (name, root type, usual groups, account type)
ACCOUNTS: dict[str, tuple[str, str, tuple[str, ...], str]] = {
	"trade_inventory_account": ("Trade-in Cars", "Asset", ("Stock Assets", "Current Assets"), ""),
	"payoff_account": ("Payoffs Due", "Liability", ("Accounts Payable", "Current Liabilities"), "Payable"),
	"over_allowance_account": (
		"Trade-in Over-allowance",
		"Expense",
		("Direct Expenses", "Indirect Expenses"),
		"Expense Account",
	),
	"funding_difference_account": (
		"Funding Differences",
		"Expense",
		("Indirect Expenses",),
		"Expense Account",
	),
	"commission_expense_account": (
		"Sales Commissions",
		"Expense",
		("Indirect Expenses",),
		"Expense Account",
	),
	"commission_payable_account": (
		"Commissions Payable",
		"Liability",
		("Current Liabilities", "Accounts Payable"),
		"",
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


def preview(company: str) -> dict:
	"""The changes, and what is to be decided by a person."""
	changes = planned_changes(company)
	return {"ready": not changes, "changes": [asdict(change) for change in changes], "notes": _notes(company)}


def _notes(company: str) -> list[str]:
	settings = settings_of(company)
	notes = []
	if not settings.vehicle_tax_template:
		notes.append(_("No tax template is chosen for cars: deals are computed without tax"))
	if not _costs_of_sold_cars(company):
		notes.append(
			_(
				"The company has no Default Cost of Goods Sold Account: a traded-in car that is sold cannot leave Trade-in Cars"
			)
		)
	notes += _lenders_without_customer()
	if cint(settings.first_service_months) and not frappe.db.exists(
		"Service Team", {"company": company, "enabled": 1}
	):
		notes.append(
			_(
				"There is no Service Team: the first service of a sold car is forecast, and no appointment is booked"
			)
		)
	if not any(row.department == "Sales" and row.cost_center for row in settings.departments):
		notes.append(_("Sales has no cost center of its own: cars are booked on the company's"))
	return notes


def _costs_of_sold_cars(company: str) -> str | None:
	return frappe.get_cached_value("Company", company, "default_expense_account")


def _lenders_without_customer() -> list[str]:
	names = frappe.get_all(
		"Dealer Lender", {"enabled": 1, "customer": ("is", "not set")}, pluck="name", order_by="name"
	)
	if not names:
		return []
	return [
		_(
			"These lenders have no customer to owe the contract money, and cannot finance a delivery: {0}"
		).format(", ".join(names[:5]) + ("…" if len(names) > 5 else ""))
	]


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

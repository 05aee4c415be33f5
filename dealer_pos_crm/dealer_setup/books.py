"""What a part of the house is booked with, as a description: items, accounts and modes of payment.

A description is shown before it is made real. What somebody has chosen already stays; a second run finds
nothing to do.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup import chart
from dealer_pos_crm.dealer_setup.chart import Change


@dataclass(frozen=True)
class NewAccount:
	"""An account that is made where none is chosen. ``groups``: where it goes, the first that is there."""

	name: str
	root_type: str
	groups: tuple[str, ...]
	account_type: str = ""


@dataclass(frozen=True)
class NewMode:
	"""A mode of payment. ``account``: the field of the account that its money goes to; empty where the mode
	brings its own. ``instrument``: what is handed over. ``held``: the holder has a field that says which one."""

	name: str
	account: str = ""
	instrument: str = ""
	type: str = "Bank"
	held: bool = True


@dataclass(frozen=True)
class Books:
	"""``items``, ``accounts`` and ``modes``: field of the holder -> what is made where it is empty.

	``holder``: the document whose fields say what was chosen, and None where there is none yet; then the
	names alone decide. ``notes``: what is left for a person to decide.
	"""

	doctype: str
	holder: Callable[[str], Any]
	notes: Callable[[str], list[str]]
	items: Mapping[str, str] = field(default_factory=dict)
	accounts: Mapping[str, NewAccount] = field(default_factory=dict)
	modes: Mapping[str, NewMode] = field(default_factory=dict)


def planned_changes(books: Books, company: str) -> list[Change]:
	"""What ``set_up`` would change, in order; empty when everything is set up."""
	holder = books.holder(company)
	changes: list[Change] = []
	for name, item in books.items.items():
		if _chosen(holder, name):
			continue
		if not frappe.db.exists("Item", item):
			changes.append(Change(name, _item_group(), _("New item, not kept in stock"), "", item))
		changes += _setting(books, holder, name, item)
	for name, account in books.accounts.items():
		if _chosen(holder, name):
			continue
		shown = chart.existing(company, account.name)
		if not shown:
			shown = chart.name_of(company, account.name)
			parent = chart.group_for(company, account.root_type, account.groups)
			changes.append(Change(name, parent, _("New account"), "", shown))
		changes += _setting(books, holder, name, shown)
	for name, mode in books.modes.items():
		changes += _changes_of_mode(books, holder, company, name, mode)
	return changes


def _changes_of_mode(books: Books, holder: Any, company: str, name: str, mode: NewMode) -> list[Change]:
	chosen = _chosen(holder, name) if mode.held else None
	wanted = chosen or mode.name
	changes: list[Change] = []
	if not frappe.db.exists("Mode of Payment", wanted):
		changes.append(Change(name, _("Mode of Payment"), _("New mode of payment"), "", wanted))
	if mode.instrument and not _instrument_of(wanted):
		changes.append(Change(f"instrument_{name}", wanted, _("Instrument"), "", _(mode.instrument)))
	if mode.account and not _account_of_mode(wanted, company):
		new = books.accounts[mode.account].name
		shown = _chosen(holder, mode.account) or chart.existing(company, new) or chart.name_of(company, new)
		changes.append(Change(f"account_{name}", wanted, _("Account of {0}").format(company), "", shown))
	if mode.held and not chosen:
		changes += _setting(books, holder, name, wanted)
	return changes


def preview(books: Books, company: str) -> dict:
	"""The changes, and what is to be decided by a person."""
	changes = planned_changes(books, company)
	return {
		"ready": not changes,
		"changes": [asdict(change) for change in changes],
		"notes": books.notes(company),
	}


def set_up(books: Books, company: str) -> dict:
	"""Make the changes. Running it again finds nothing to do."""
	changes = planned_changes(books, company)
	if not changes:
		return {"ready": True, "changes": [], "notes": [_("Already set up")]}
	holder = books.holder(company)
	if holder is not None:
		holder = frappe.get_doc(holder.doctype, holder.name, for_update=True)
	made: dict[str, str] = {}
	for name, item in books.items.items():
		made[name] = _chosen(holder, name) or (item if frappe.db.exists("Item", item) else _make_item(item))
	for name, account in books.accounts.items():
		made[name] = _chosen(holder, name) or _account(company, account)
	for name, mode in books.modes.items():
		chosen = _chosen(holder, name) if mode.held else None
		found = _mode(chosen or mode.name, mode, company, made.get(mode.account))
		if mode.held:
			made[name] = found
	if holder is not None:
		holder.update(made)
		holder.save()
	return {"ready": True, "changes": [asdict(change) for change in changes], "notes": books.notes(company)}


def found(books: Books, company: str) -> dict[str, str]:
	"""What of the description is there already, by its name; for a holder that is just being made."""
	values = {name: chart.existing(company, account.name) for name, account in books.accounts.items()}
	for name, mode in books.modes.items():
		if mode.held and _account_of_mode(mode.name, company):
			values[name] = mode.name
	for name, item in books.items.items():
		if frappe.db.exists("Item", item):
			values[name] = item
	return {name: value for name, value in values.items() if value}


def _chosen(holder: Any, name: str) -> str | None:
	return holder.get(name) if holder is not None else None


def _setting(books: Books, holder: Any, name: str, after: str) -> list[Change]:
	if holder is None:
		return []
	return [Change(f"settings_{name}", _(books.doctype), _(holder.meta.get_label(name)), "", after)]


def _account(company: str, account: NewAccount) -> str:
	return chart.existing(company, account.name) or chart.make(
		company,
		account.name,
		chart.group_for(company, account.root_type, account.groups),
		account.account_type,
	)


def _account_of_mode(mode: str, company: str) -> str | None:
	return frappe.db.get_value(
		"Mode of Payment Account", {"parent": mode, "company": company}, "default_account"
	)


def _instrument_of(mode: str) -> str | None:
	return frappe.db.get_value("Mode of Payment", mode, "dealer_instrument")


def _mode(name: str, new: NewMode, company: str, account: str | None) -> str:
	"""The mode of payment, with an account for this company; what another company has in it stays."""
	if frappe.db.exists("Mode of Payment", name):
		mode = frappe.get_doc("Mode of Payment", name)
	else:
		mode = frappe.get_doc({"doctype": "Mode of Payment", "mode_of_payment": name, "type": new.type})
	before = mode.as_dict()
	if new.instrument and not mode.get("dealer_instrument"):
		mode.dealer_instrument = new.instrument
	row = next((row for row in mode.accounts if row.company == company), None)
	if account and row is None:
		mode.append("accounts", {"company": company, "default_account": account})
	elif account and not row.default_account:
		row.default_account = account
	elif not mode.is_new() and mode.dealer_instrument == before.dealer_instrument:
		return name
	mode.save()
	return mode.name


def _item_group() -> str:
	"""Services where ERPNext made it, else the first group that holds items."""
	for filters in ({"name": "Services", "is_group": 0}, {"is_group": 0}):
		group = frappe.db.get_value("Item Group", filters, "name", order_by="lft")
		if group:
			return group
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

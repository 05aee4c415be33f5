"""Due bills, from the deal and from their own form. Amounts in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_showroom.promises import we_owe

DOCTYPE = "We Owe"


def _may(bill: str, right: str = "write") -> None:
	frappe.has_permission(DOCTYPE, right, bill, throw=True)


@frappe.whitelist(methods=["POST"])
def make(deal: str, items: str | list, client_key: str, open_now: bool = False) -> dict:
	"""A due bill of a deal. ``items``: [{what, who_pays, cost, due_on, note}]."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	frappe.has_permission("Deal Jacket", "read", deal, throw=True)
	return we_owe.make(deal, frappe.parse_json(items), client_key=client_key, open_now=open_now)


@frappe.whitelist(methods=["POST"])
def open_bill(bill: str, signed: bool = False) -> dict:
	"""The bill counts from now on."""
	_may(bill)
	return we_owe.open_bill(bill, signed=signed)


@frappe.whitelist(methods=["POST"])
def done(bill: str, row: str, on: str | None = None, note: str | None = None) -> dict:
	"""An item is done."""
	_may(bill)
	return we_owe.done(bill, row, on=on, note=note)


@frappe.whitelist(methods=["POST"])
def reopen(bill: str, row: str, reason: str) -> dict:
	"""It was not done after all."""
	_may(bill)
	return we_owe.reopen(bill, row, reason)


@frappe.whitelist(methods=["POST"])
def cancel_item(bill: str, row: str, reason: str) -> dict:
	"""An item is not owed any more."""
	_may(bill)
	return we_owe.cancel_item(bill, row, reason)


@frappe.whitelist(methods=["POST"])
def book(bill: str, row: str, values: str | dict, client_key: str) -> dict:
	"""A service appointment for an item. ``values``: starts_at, duration (hours), team, advisor."""
	_may(bill)
	frappe.has_permission("Service Appointment", "create", throw=True)
	wanted = frappe.parse_json(values)
	return we_owe.book(
		bill,
		row,
		client_key,
		**{field: wanted.get(field) for field in ("starts_at", "duration", "team", "advisor", "notes")},
	)


@frappe.whitelist()
def get_open(deal: str) -> list[dict]:
	"""What a deal's open bills still promise."""
	frappe.has_permission("Deal Jacket", "read", deal, throw=True)
	frappe.has_permission(DOCTYPE, "read", throw=True)
	return we_owe.open_items(deal)

"""Collecting at the counter, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_counter.collecting import overview, receipt


def _may_take_money() -> None:
	"""Whoever takes money has the right to submit a Payment Entry."""
	frappe.has_permission("Payment Entry", "submit", throw=True)


def _may_take_of(customer: str, company: str) -> None:
	_may_take_money()
	frappe.has_permission("Customer", "read", customer, throw=True)
	frappe.has_permission("Company", "read", company, throw=True)


def _may_go_on(name: str) -> None:
	_may_take_money()
	frappe.has_permission("Counter Receipt", "write", name, throw=True)


@frappe.whitelist()
def start(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""What the dialog starts with: what is open, credits, deposits, modes of payment, readers, what was begun."""
	_may_take_of(customer, company)
	return overview.start(customer, company, pos_profile)


@frappe.whitelist(methods=["POST"])
def collect(
	customer: str,
	company: str,
	lines: str | list,
	tenders: str | list,
	client_key: str,
	keep_rest: bool | int = 0,
) -> dict:
	"""Take money for documents. ``lines``: [{doctype, name, amount}]; ``tenders``: [{way, mode_of_payment, amount,
	given, reference_no, reference_date, face_value, reader, deposit, credit_of}]. Returns the receipt's state."""
	_may_take_of(customer, company)
	return receipt.collect(
		customer,
		company,
		frappe.parse_json(lines),
		frappe.parse_json(tenders),
		client_key,
		keep_rest=bool(cint(keep_rest)),
	)


@frappe.whitelist()
def state(receipt_name: str) -> dict:
	"""How a receipt stands, by what is known here."""
	frappe.has_permission("Counter Receipt", "read", receipt_name, throw=True)
	return receipt.state(receipt_name)


@frappe.whitelist(methods=["POST"])
def look(receipt_name: str) -> dict:
	"""How a receipt stands, after its cards were read anew at the provider."""
	_may_go_on(receipt_name)
	return receipt.look(receipt_name)


@frappe.whitelist(methods=["POST"])
def charge(receipt_name: str) -> dict:
	"""Put the next card of a receipt on its reader, or find it there."""
	_may_go_on(receipt_name)
	return receipt.go_on(receipt_name)


@frappe.whitelist(methods=["POST"])
def finish(receipt_name: str) -> dict:
	"""Book the rest of a receipt whose cards were charged."""
	_may_go_on(receipt_name)
	return receipt.finish(receipt_name)


@frappe.whitelist(methods=["POST"])
def replace(receipt_name: str, tenders: str | list, keep_rest: bool | int = 0) -> dict:
	"""Pay what is not booked yet in another way: after a declined card."""
	_may_go_on(receipt_name)
	return receipt.replace(receipt_name, frappe.parse_json(tenders), keep_rest=bool(cint(keep_rest)))


@frappe.whitelist(methods=["POST"])
def give_up(receipt_name: str, reason: str) -> dict:
	"""Take no more money for a receipt; what a card paid stays booked."""
	_may_go_on(receipt_name)
	return receipt.give_up(receipt_name, reason)


@frappe.whitelist(methods=["POST"])
def find(client_key: str) -> dict | None:
	"""The receipt that was begun with this key; nothing when none was."""
	_may_take_money()
	found = receipt.find(client_key)
	if found:
		frappe.has_permission("Counter Receipt", "read", found["receipt"], throw=True)
	return found


@frappe.whitelist()
def unfinished(company: str, customer: str | None = None, mine: bool | int = 0) -> list[dict]:
	"""Receipts that were begun and are not over: of a customer, or one's own."""
	_may_take_money()
	frappe.has_permission("Counter Receipt", "read", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	user = frappe.session.user if cint(mine) else None
	return receipt.unfinished(user=user, customer=customer or None, company=company)

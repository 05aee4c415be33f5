"""Deposits taken at the counter. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_counter import deposits
from dealer_pos_crm.dealer_setup.refusals import explained


def _may_take(company: str) -> None:
	frappe.has_permission("Company", "read", frappe.get_cached_doc("Company", company), throw=True)
	frappe.has_permission("Deposit", "create", throw=True)
	frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist()
def start(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""What the dialog starts with: the customer's deals and orders, the house's terms, the ways to pay."""
	_may_take(company)
	frappe.has_permission("Customer", "read", customer, throw=True)
	with explained():
		return deposits.start(customer, company, pos_profile)


@frappe.whitelist(methods=["POST"])
def take(
	customer: str,
	company: str,
	what: str | dict,
	values: str | dict,
	client_key: str,
	tenders: str | list | None = None,
) -> dict:
	"""Make a deposit and take its money, all or nothing. ``what``: {doctype, name} or {text}; ``values``: amount,
	refundable, refundable_until, hold_until; ``tenders``: [{mode_of_payment, amount, reference_no}], or none:
	then the draft waits for a card."""
	_may_take(company)
	frappe.has_permission("Customer", "read", customer, throw=True)
	with explained():
		return deposits.take(
			customer,
			company,
			frappe._dict(frappe.parse_json(what)),
			frappe._dict(frappe.parse_json(values)),
			frappe.parse_json(tenders) if tenders else None,
			client_key,
		)


@frappe.whitelist(methods=["POST"])
def take_draft(deposit: str, tenders: str | list, client_key: str) -> dict:
	"""Take the money of a draft deposit. ``tenders`` as for ``take``."""
	frappe.has_permission("Deposit", "write", deposit, throw=True)
	frappe.has_permission("Payment Entry", "submit", throw=True)
	with explained():
		return deposits.take_draft(deposit, frappe.parse_json(tenders), client_key)


@frappe.whitelist()
def find(client_key: str) -> dict | None:
	"""What the request with this key made, after its answer was lost."""
	frappe.has_permission("Deposit", "read", throw=True)
	return deposits.find(client_key)


@frappe.whitelist()
def get(deposit: str, pos_profile: str | None = None) -> dict:
	"""A deposit as the counter shows it, with the ways to pay."""
	frappe.has_permission("Deposit", "read", deposit, throw=True)
	return deposits.facts(deposit, pos_profile)

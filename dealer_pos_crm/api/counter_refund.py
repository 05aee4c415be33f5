"""Money that goes back at the counter, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_counter.refunds import overview, returns
from dealer_pos_crm.dealer_counter.refunds import refund as refunds


def _may_read(doctype: str, name: str) -> None:
	"""Who may read none of them is not told whether there is this one."""
	frappe.has_permission(doctype, "read", throw=True)
	frappe.has_permission(doctype, "read", name, throw=True)


def _may_move_money() -> None:
	"""Whoever moves money has the right to submit a Payment Entry."""
	frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist()
def options(customer: str, company: str) -> dict:
	"""All that may go back to a customer, with its trace and through which door."""
	_may_move_money()
	_may_read("Customer", customer)
	_may_read("Company", company)
	return overview.of_customer(customer, company)


@frappe.whitelist(methods=["POST"])
def ask(
	kind: str,
	source: str,
	amount: float | str,
	mode_of_payment: str,
	reason: str,
	client_key: str,
	reference_no: str | None = None,
) -> dict:
	"""Pay out of a credit note or a credit, or ask for it. Returns Done or Requested."""
	_may_move_money()
	_may_read("Sales Invoice" if kind == "Credit Note" else "Payment Entry", source)
	return refunds.ask(kind, source, amount, mode_of_payment, reason, client_key, reference_no)


@frappe.whitelist()
def find(client_key: str) -> dict | None:
	"""What became of a refund whose answer was lost; nothing when it never arrived."""
	_may_move_money()
	found = refunds.state(client_key)
	if found:
		frappe.has_permission("Counter Refund", "read", found["refund"], throw=True)
	return found


@frappe.whitelist(methods=["POST"])
def decide(refund: str, approve: bool | int, note: str | None = None) -> dict:
	"""Approve (it is carried out at once) or turn down what somebody else asked for."""
	_may_read("Counter Refund", refund)
	_may_move_money()
	return refunds.decide(refund, bool(int(approve)), note)


@frappe.whitelist(methods=["POST"])
def withdraw(refund: str) -> dict:
	"""Take one's own request back."""
	_may_read("Counter Refund", refund)
	return refunds.withdraw(refund)


@frappe.whitelist()
def get_overview(refund: str) -> dict:
	"""All that a Counter Refund shows besides its fields."""
	_may_read("Counter Refund", refund)
	return overview.of(refund)


@frappe.whitelist()
def return_state(pos_invoice: str) -> dict:
	"""Whether a return may be submitted as it stands, else what it needs."""
	_may_read("POS Invoice", pos_invoice)
	return returns.state(pos_invoice)


@frappe.whitelist(methods=["POST"])
def ask_return(pos_invoice: str, reason: str, client_key: str) -> dict:
	"""Say why goods come back, and ask for their money to be paid back. Returns Done or Requested."""
	frappe.has_permission("POS Invoice", "submit", throw=True)
	frappe.has_permission("POS Invoice", "submit", pos_invoice, throw=True)
	return returns.ask(pos_invoice, reason, client_key)

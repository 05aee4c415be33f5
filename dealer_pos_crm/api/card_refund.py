"""Refunds of card payments, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_cashier.card_refunds import overview, sending
from dealer_pos_crm.dealer_cashier.card_refunds import refund as refunds


def _may(card_payment: str) -> None:
	frappe.has_permission("Card Payment", "read", card_payment, throw=True)


def _may_move_money() -> None:
	"""Whoever moves money has the right to submit a Payment Entry."""
	frappe.has_permission("Payment Entry", "submit", throw=True)


def _may_decide(card_refund: str) -> None:
	frappe.has_permission("Card Refund", "read", card_refund, throw=True)
	_may_move_money()


@frappe.whitelist(methods=["POST"])
def refund(
	card_payment: str, amount: float | str, reason: str, client_key: str, document: str | None = None
) -> dict:
	"""Pay back to the card, or ask for it. Returns where the refund stands after the provider was asked."""
	_may(card_payment)
	_may_move_money()
	with sending.here():
		done = refunds.refund(card_payment, amount, reason, client_key, document or None)
	return refunds.now(done)


@frappe.whitelist(methods=["POST"])
def approve(card_refund: str, note: str | None = None) -> dict:
	"""Carry out what somebody else asked for; it goes to the provider at once."""
	_may_decide(card_refund)
	with sending.here():
		done = refunds.approve(card_refund, note)
	return refunds.now(done)


@frappe.whitelist(methods=["POST"])
def reject(card_refund: str, note: str) -> dict:
	"""Turn down what somebody else asked for."""
	_may_decide(card_refund)
	return refunds.reject(card_refund, note)


@frappe.whitelist(methods=["POST"])
def withdraw(card_refund: str) -> dict:
	"""Take one's own request back."""
	frappe.has_permission("Card Refund", "read", card_refund, throw=True)
	return refunds.withdraw(card_refund)


@frappe.whitelist(methods=["POST"])
def retry(card_refund: str) -> dict:
	"""Send, book or reverse once more what did not get through."""
	_may_decide(card_refund)
	return refunds.retry(card_refund)


@frappe.whitelist(methods=["POST"])
def reopen(card_payment: str, doctype: str, document: str, reason: str) -> dict:
	"""Take the payment off an invoice, so that it can go back; the invoice is owed again."""
	_may(card_payment)
	_may_move_money()
	frappe.has_permission(doctype, "read", document, throw=True)
	return refunds.reopen(card_payment, doctype, document, reason)


@frappe.whitelist()
def options(card_payment: str) -> dict:
	"""What can go back of a card payment, from where, and whether somebody must approve it."""
	_may(card_payment)
	return overview.options(card_payment)


@frappe.whitelist()
def for_document(doctype: str, name: str) -> list[dict]:
	"""The card payments behind an invoice, an order, a deal or a deposit, with what can go back of each."""
	frappe.has_permission(doctype, "read", name, throw=True)
	return overview.for_document(doctype, name)


@frappe.whitelist()
def get_overview(card_refund: str) -> dict:
	"""All that a Card Refund shows besides its fields."""
	frappe.has_permission("Card Refund", "read", card_refund, throw=True)
	return overview.of(card_refund)

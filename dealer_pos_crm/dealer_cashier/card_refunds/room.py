"""What a card payment still has to give back, counted from our own rows under its lock."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain import card_refund as rules
from dealer_pos_crm.domain.card_refund import Dispute, Refund, Room, Status
from dealer_pos_crm.domain.money import Money, total

_OVER = ("Won", "Lost", "Closed")


def locked(name: str):
	"""The card payment with its row locked. Every refund and every dispute of it waits here."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	return payment.locked(name)


def left(card) -> Money:
	"""What can still go back to the card: captured - refunded - under way - withdrawn by disputes.

	``card``: the Card Payment, locked by the caller. In its own currency, never negative.
	"""
	return of(card).left


def of(card) -> Room:
	return rules.room(rounded(card.captured_amount, card.currency), refunds_of(card), withdrawn(card))


def refunds_of(card) -> list[Refund]:
	rows = frappe.db.sql(
		"select amount, status from `tabCard Refund` where card_payment = %s order by name lock in share mode",
		card.name,
		as_dict=True,
	)
	return [Refund(rounded(row.amount, card.currency), Status(row.status)) for row in rows]


def withdrawn(card) -> Money:
	"""What banks took back by disputes and did not return."""
	return total(
		(
			rounded(row.withdrawn_amount, card.currency) - rounded(row.reinstated_amount, card.currency)
			for row in _dispute_rows(card.name)
		),
		card.currency,
	)


def disputes_of(card) -> list[Dispute]:
	return [
		Dispute(
			name=row.name,
			inquiry=bool(cint(row.inquiry)),
			refundable=bool(cint(row.refundable)),
			over=row.status in _OVER,
		)
		for row in _dispute_rows(card.name)
	]


def _dispute_rows(card: str) -> list[dict]:
	return frappe.db.sql(
		"""select name, status, inquiry, refundable, withdrawn_amount, reinstated_amount
		from `tabDispute Case` where card_payment = %s order by name lock in share mode""",
		card,
		as_dict=True,
	)

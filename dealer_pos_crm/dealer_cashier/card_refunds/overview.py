"""What the screens show of refunds: where one stands and what that means, and what can go back."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.card_refunds import (
	booking,
	deposits,
	refund,
	room,
	sending,
	sources,
	telling,
)
from dealer_pos_crm.dealer_cashier.deposits.actions import asker
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain import card_refund as rules
from dealer_pos_crm.domain.card_refund import Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

# How a document names the card payments that paid it.
_FIELDS = {"Deposit": "deposit", "Deal Jacket": "deal", "Repair Order": "repair_order"}


def of(name: str) -> dict:
	"""One refund: its meaning, who may do what with it, and the card it goes to."""
	row = frappe.get_doc(booking.DOCTYPE, name)
	card = frappe.get_doc("Card Payment", row.card_payment)
	who = asker()
	waits = row.status == Status.REQUESTED.value
	return {
		"meaning": meaning(row),
		"card": telling.card_of(card),
		"what": card.what,
		"may_decide": waits and who.may_approve and row.requested_by != who.user,
		"is_mine": waits and row.requested_by == who.user,
		"may_retry": refund.may_look_after() and _can_be_retried(row),
		"attempt": _attempt(row),
		"people": names_of({row.requested_by, row.decided_by}),
	}


def meaning(row) -> dict:
	"""What a status means for the customer, and what happens next. ``tone``: blue, orange, green, red, gray.

	When it arrives: docs.stripe.com/refunds, "approximately 5-10 business days later, depending upon the bank".
	"""
	outside = _("Made at the provider's own site, not here.") if cint(row.outside) else ""
	text, tone = {
		Status.REQUESTED: (
			_("Waits for another person's approval. Nothing is booked and nothing has been sent."),
			"orange",
		),
		Status.SENDING: (
			_(
				"Booked, and being sent. The provider has not answered yet; it is repeated by itself, and done once."
			),
			"orange",
		),
		Status.NEEDS_ACTION: (
			_("The customer has to tell the provider where to send the money: they got a message from it."),
			"orange",
		),
		Status.PENDING: (_("The provider has it and passes it on to the bank."), "blue"),
		Status.REFUNDED: (
			_("On its way to the card. Banks show it 5 to 10 business days after it was sent."),
			"green",
		),
		Status.FAILED: (
			_(
				"It did not reach the customer: {0}. The booking is reversed, and the money is still theirs."
			).format(cstr(row.failure))
			if not _stands(row)
			else _(
				"It did not reach the customer: {0}. The booking could not be reversed yet: retry."
			).format(cstr(row.failure)),
			"red",
		),
		Status.REJECTED: (_("Turned down: {0}").format(cstr(row.decision_note)), "red"),
		Status.WITHDRAWN: (_("Taken back by who asked for it."), "gray"),
	}[Status(row.status)]
	if cint(row.outside) and not row.payment_entry and Status(row.status) in rules.COUNTS:
		text, tone = _("It is not in the books yet: retry, or ask the accountant."), "red"
	return {"text": f"{text} {outside}".strip(), "tone": tone}


def _stands(row) -> bool:
	"""Whether the entry of a failed refund is still in the books."""
	if not row.payment_entry or row.reversal_entry:
		return False
	return cint(frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus")) == 1


def _can_be_retried(row) -> bool:
	status = Status(row.status)
	if status is Status.SENDING:
		return bool(sending.waiting(row.name))
	if status is Status.FAILED:
		return _stands(row)
	return status in rules.COUNTS and bool(cint(row.outside)) and not row.payment_entry


def _attempt(row) -> dict | None:
	from dealer_pos_crm.dealer_cashier.gateway import outbox

	return outbox.latest((booking.DOCTYPE, row.name), sending.OPERATION)


def options(name: str) -> dict:
	"""What can go back of a card payment: the room, the places, what it paid, why not, who must approve."""
	card = frappe.get_doc("Card Payment", name)
	found, books = room.of(card), sources.of(card)
	limit = deposits.limit_left(card)
	who = asker()

	def why(amount: Money) -> str | None:
		text = rules.needs_approval(amount, limit, who)
		return _(text) if text else None

	most = min(found.left, sources.free(books, card.currency), key=lambda amount: amount.minor)
	return {
		"card_payment": card.name,
		"customer": card.payer or card.customer,
		"customer_name": card.customer_name,
		"card": telling.card_of(card) or _("the card"),
		"what": card.what,
		"status": card.status,
		"test_mode": cint(card.test_mode),
		"currency": card.currency,
		"captured": to_float(found.captured),
		"refunded": to_float(found.refunded),
		"under_way": to_float(found.under_way),
		"disputed": to_float(found.withdrawn),
		"left": to_float(found.left),
		"most": to_float(most),
		"places": [
			{"source": place.source.value, "document": place.document, "amount": to_float(place.amount)}
			for place in books.places
		],
		"used": [
			{"doctype": row.doctype, "name": row.name, "amount": to_float(row.amount)} for row in books.used
		],
		"why_not": _why_not(card, books, most),
		"limit": to_float(limit),
		"approval": why(limit),
		"approval_above": why(Money(limit.minor + 1, limit.currency)),
		"may_reopen": who.may_settle,
		"refunds": _refunds(name),
	}


def _why_not(card, books: sources.Books, most: Money) -> str:
	"""Why nothing can go back now, with the remedy; empty when something can."""
	one = Money(1, card.currency)
	try:
		booking.check(card, most if most.minor > 0 else one)
		sources.chosen(card, books, one)
	except Refused as refused:
		return _(refused.template).format(*refused.values)
	return ""


def _refunds(card: str) -> list[dict]:
	return frappe.get_all(
		booking.DOCTYPE,
		{"card_payment": card},
		[
			"name",
			"status",
			"amount",
			"currency",
			"reason",
			"failure",
			"requested_by",
			"requested_at",
			"outside",
		],
		order_by="creation desc, name desc",
		limit=50,
	)


def for_document(doctype: str, name: str) -> list[dict]:
	"""The card payments behind a document, the newest first, each with its options."""
	return [options(card) for card in _cards_behind(doctype, name)]


def _cards_behind(doctype: str, name: str) -> list[str]:
	if doctype in _FIELDS:
		filters = {_FIELDS[doctype]: name, "status": "Captured"}
		return frappe.get_list("Card Payment", filters, pluck="name", order_by="creation desc", limit=50)
	if doctype != "Sales Invoice":
		frappe.throw(_("A card pays no {0}").format(_(doctype)))
	paid = {name, frappe.db.get_value("Sales Invoice", name, "return_against") or name}
	rows = frappe.db.sql(
		"""select distinct p.dealer_card_payment from `tabPayment Ledger Entry` l
		join `tabPayment Entry` p on p.name = l.voucher_no
		where l.voucher_type = 'Payment Entry' and l.against_voucher_type = 'Sales Invoice'
			and l.against_voucher_no in %s and l.delinked = 0 and p.payment_type = 'Receive'
			and ifnull(p.dealer_card_payment, '') != ''
		order by p.dealer_card_payment desc""",
		(tuple(sorted(paid)),),
	)
	readable = [row[0] for row in rows]
	return frappe.get_list(
		"Card Payment", {"name": ("in", readable or [""])}, pluck="name", order_by="creation desc", limit=50
	)

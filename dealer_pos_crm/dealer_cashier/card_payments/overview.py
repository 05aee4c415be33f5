"""What the screens show of a card payment and of a call to the provider: how it stands, and what that means."""

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.card_payment import IN_THE_BOOKS, Booking, Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.outbox import Status as CallStatus

DOCTYPE = "Card Payment"


def may_look_after() -> bool:
	"""Whether somebody may repeat, drop and book by hand; the same people see the calls to the provider."""
	return bool(frappe.has_permission(outbox.DOCTYPE, "read"))


def of(name: str) -> dict:
	"""One card payment: what it means, where its money is, its calls, refunds and disputes."""
	card = frappe.get_doc(DOCTYPE, name)
	zero = Money.zero(card.currency)
	gone = [
		rounded(card.get(field), card.currency)
		for field in ("refunded_amount", "refund_pending", "disputed_amount")
	]
	left = sum((-amount for amount in gone), rounded(card.captured_amount, card.currency))
	looks_after = may_look_after()
	return {
		"meaning": meaning(card),
		"left": to_float(max(left, zero, key=lambda amount: amount.minor)),
		"account": frappe.db.get_value("Gateway Account", card.gateway_account, "title"),
		"entry": _entry(card.payment_entry),
		"refunds": _rows("Card Refund", name, ["name", "amount", "status", "creation as at", "reason"]),
		"disputes": _rows("Dispute Case", name, ["name", "amount", "status", "opened_on as at", "reason"]),
		"calls": _calls(name) if looks_after else [],
		"may_book": looks_after and can_be_booked(card),
		"may_read": bool(card.intent_id or card.session_id),
		"people": names_of({card.requested_by}),
	}


def can_be_booked(card) -> bool:
	return card.status == Status.CAPTURED.value and Booking(card.booking or "") not in IN_THE_BOOKS


def meaning(card) -> dict:
	"""How a payment stands, in a sentence. ``tone``: blue, orange, green, red, gray."""
	booking, status = Booking(card.booking or ""), Status(card.status)
	if status is Status.CAPTURED:
		return _captured(card, booking)
	text, tone = {
		Status.WAITING: (_("Nobody has paid yet."), "gray"),
		Status.PROCESSING: (
			_("The bank is working on it; this can take days. Nothing is booked yet."),
			"blue",
		),
		Status.FAILED: (
			_("The last try failed: {0}. Nothing was charged; another card may be tried.").format(
				cstr(card.decline_message) or _("no reason was given")
			),
			"orange",
		),
		Status.AUTHORISED: (_("The money is held on the card, and not taken yet."), "blue"),
		Status.CANCELLED: (_("It was cancelled. Nothing was charged."), "gray"),
		Status.EXPIRED: (_("Its time ran out. Nothing was charged."), "gray"),
	}[status]
	if card.booking_note:
		text, tone = f"{card.booking_note} {text}", "red"
	return {"text": text, "tone": tone}


def _captured(card, booking: Booking) -> dict:
	note = cstr(card.booking_note)
	if booking is Booking.BOOKED:
		return {"text": note or _("Paid, and in the books."), "tone": "orange" if note else "green"}
	if booking is Booking.ON_ACCOUNT and note:
		why = _("Paid. It stands on account as the customer's credit, because: {0}").format(note)
		return {"text": why, "tone": "orange"}
	if booking is Booking.ON_ACCOUNT:
		return {"text": _("Paid. It stands on account as the customer's credit."), "tone": "green"}
	if booking is Booking.CANCELLED:
		return {"text": note, "tone": "red"}
	if note:
		return {
			"text": _("Paid, and not in the books: {0} It is tried again by itself.").format(note),
			"tone": "red",
		}
	return {"text": _("Paid. It is being booked at this moment."), "tone": "blue"}


def attempt(name: str | int) -> dict:
	"""One call to the provider: what it means, and what a person may do about it."""
	row = frappe.get_doc(outbox.DOCTYPE, name)
	return {
		"meaning": _of_call(row),
		"account": frappe.db.get_value("Gateway Account", row.gateway_account, "title"),
		"may_retry": row.status in (CallStatus.UNKNOWN.value, CallStatus.GIVEN_UP.value),
		"may_drop": row.status == CallStatus.GIVEN_UP.value,
		"people": names_of({row.requested_by}),
	}


def _of_call(row) -> dict:
	text, tone = {
		CallStatus.SENDING: (_("Being made at this moment, or about to be."), "blue"),
		CallStatus.DONE: (_("Made, and answered."), "green"),
		CallStatus.REFUSED: (_("The provider refused it. Nothing was done."), "gray"),
		CallStatus.UNKNOWN: (_("No answer yet; the same call is repeated by itself."), "orange"),
		CallStatus.GIVEN_UP: (_("A person has to decide."), "red"),
	}[CallStatus(row.status)]
	return {"text": cstr(row.explanation) or text, "tone": tone, "error": cstr(row.error)}


def _entry(name: str | None) -> dict | None:
	if not name:
		return None
	return frappe.db.get_value(
		"Payment Entry", name, ["name", "posting_date", "unallocated_amount", "docstatus"], as_dict=True
	)


def _rows(doctype: str, card: str, fields: list[str]) -> list[dict]:
	if not frappe.has_permission(doctype, "read"):
		return []
	return frappe.get_list(
		doctype, filters={"card_payment": card}, fields=fields, order_by="creation", limit_page_length=0
	)


def _calls(card: str) -> list[dict]:
	rows = frappe.get_all(
		outbox.DOCTYPE,
		{"card_payment": card},
		["name", "operation", "status", "tries", "explanation", "error", "creation as at"],
		order_by="name",
	)
	for row in rows:
		row.tries = cint(row.tries)
	return rows

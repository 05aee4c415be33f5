"""What was left on the way: payments without an end are read again, captured ones that are not booked are
tried again. Runs by the clock; a message that never came costs minutes, not money."""

from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import booking, payment
from dealer_pos_crm.dealer_cashier.gateway.outbox import in_time
from dealer_pos_crm.dealer_setup.acting import each_alone
from dealer_pos_crm.domain.card_payment import Booking, Status
from dealer_pos_crm.gateways.errors import GatewayError

DOCTYPE = "Card Payment"

_UNFINISHED = (
	Status.WAITING.value,
	Status.PROCESSING.value,
	Status.FAILED.value,
	Status.AUTHORISED.value,
)
_AT_ONCE = 40  # reads of one run
_GRACE = timedelta(minutes=5)  # messages usually come within seconds
_DIED = timedelta(minutes=2)  # a booking takes a second
_TRY_AGAIN = timedelta(hours=1)
_REST = timedelta(hours=6)  # a hold, or a page long left, is read this often
_OLD = timedelta(hours=30)  # no page of the provider lives longer


def run() -> None:
	"""Run every five minutes."""
	read_unfinished()
	book_unbooked()


def read_unfinished() -> None:
	"""Read every payment again that has no end, the longest unread first."""
	each_alone(DOCTYPE, in_time(_due()), _look, _("Card payment {0} could not be read"))


def _look(name: str) -> None:
	"""Read it; while the provider cannot be asked, the others have their turn before this one comes again."""
	try:
		read(name)
	except GatewayError:
		frappe.db.rollback()
		frappe.db.set_value(DOCTYPE, name, "seen_at", now_datetime(), update_modified=False)


def book_unbooked() -> None:
	"""Try again what is not in the books: soon when its process died on the way, hourly while ERPNext cannot
	book it, until a period is opened or an account is set."""
	now = now_datetime()
	rows = frappe.get_all(
		DOCTYPE,
		{"status": Status.CAPTURED.value, "booking": ("in", ("", Booking.NOT_BOOKED.value))},
		["name", "booking_note", "seen_at"],
		order_by="seen_at, name",
	)
	names = [
		row.name
		for row in rows
		if now - get_datetime(row.seen_at) >= (_TRY_AGAIN if row.booking_note else _DIED)
	]
	each_alone(
		DOCTYPE,
		[name for name in names if payment.wants_booking(name)],
		booking.book,
		_("Card payment {0} could not be booked"),
	)


def read(name: str) -> str | None:
	"""Read one payment at the provider's, and its page while nobody has paid; let what is found enter.

	Returns the card payment; None while the provider knows nothing of it. Raises what the gateway raises.
	"""
	from dealer_pos_crm.dealer_cashier.gateway import accounts

	frappe.db.commit()  # nosemgrep - nothing is held while the provider is asked
	card = frappe.get_doc(DOCTYPE, name)
	if not card.intent_id and not card.session_id:
		return None
	account = frappe.get_doc("Gateway Account", card.gateway_account)
	gateway = accounts.client(account.name)
	frappe.db.rollback()
	intent = card.intent_id
	if not intent:
		session = gateway.session(card.session_id)
		if not session.intent:
			return payment.observe_session(account, session)
		intent = session.intent
	return payment.observe(account, gateway.payment(intent))


def _due() -> list[str]:
	"""Unfinished payments that were not read for a while: soon while they are fresh, seldom later."""
	now = now_datetime()
	rows = frappe.get_all(
		DOCTYPE,
		{"status": ("in", _UNFINISHED), "creation": ("<", add_to_date(now, minutes=-5))},
		["name", "creation", "seen_at", "status", "intent_id", "session_id", "channel"],
		order_by="seen_at, name",
		limit=_AT_ONCE * 10,
	)
	return [row.name for row in rows if _is_due(row, now)][:_AT_ONCE]


def _is_due(row: Any, now: Any) -> bool:
	if not row.intent_id and not row.session_id:
		return False  # the outbox has it still
	age = now - get_datetime(row.creation)
	unread = now - get_datetime(row.seen_at or row.creation)
	if row.status == Status.AUTHORISED.value:
		return unread >= _REST
	if age > _OLD and row.status != Status.PROCESSING.value:
		return unread >= 4 * _REST
	return unread >= max(_GRACE, min(age / 6, _REST))

"""What is known of a payment in person: the reader asked first, the payment after it, nothing locked meanwhile."""

import re
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.card_payments import payment
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_cashier.terminal import calls, readers
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain.card_payment import Status
from dealer_pos_crm.domain.gateway import PaymentFact, PaymentState, ReaderFact
from dealer_pos_crm.domain.outbox import OPEN
from dealer_pos_crm.domain.outbox import Status as Attempt
from dealer_pos_crm.domain.terminal import SETTLED, Call, Phase, Reading, phase
from dealer_pos_crm.gateways.errors import GatewayError

_STATES = {
	Status.WAITING: PaymentState.WAITING,
	Status.FAILED: PaymentState.WAITING,
	Status.PROCESSING: PaymentState.PROCESSING,
	Status.AUTHORISED: PaymentState.AUTHORISED,
	Status.CAPTURED: PaymentState.CAPTURED,
	Status.CANCELLED: PaymentState.CANCELLED,
	Status.EXPIRED: PaymentState.CANCELLED,
}
_DONE = frozenset({Status.AUTHORISED, Status.CAPTURED, Status.CANCELLED, Status.EXPIRED})
_CODE = re.compile(r"\(([a-z0-9_]+)\)$")  # the outbox keeps a refusal as: message (code)


@dataclass(frozen=True)
class Look:
	"""One look at a payment: what was read, and the names of the calls that may have to be repeated."""

	name: str
	seen: Reading
	create: str | None
	send: str | None
	sends: int
	silent: bool  # the provider did not answer

	@property
	def phase(self) -> Phase:
		return phase(self.seen)


def look(name: str) -> Look:
	"""Ask reader and provider, let what they say enter, and let go of the reader when the payment is over."""
	card = _card(name)
	if Status(card.status) in _DONE:
		found = _look_of(card, None, None, fresh=True)
		_let_go(card, found)
		return found
	reader, fact = _ask(card)
	if fact is not None:
		payment.observe(frappe.get_cached_doc("Gateway Account", card.gateway_account), fact)
	if reader is not None:
		readers.see(card.card_reader, reader)
	found = _look_of(_card(name), reader, fact, fresh=fact is not None or not card.intent_id)
	_let_go(card, found)
	return found


def _card(name: str) -> Any:
	return frappe.db.get_value(
		"Card Payment",
		name,
		["name", "status", "intent_id", "gateway_account", "card_reader", "company"],
		as_dict=True,
	)


def _ask(card) -> tuple[ReaderFact | None, PaymentFact | None]:
	device = frappe.db.get_value("Card Reader", card.card_reader, "reader_id") if card.card_reader else None
	if not card.intent_id:
		return None, None
	sent = bool(_sends(card.name))
	try:
		client = accounts.client(card.gateway_account)
	except frappe.ValidationError:
		return None, None  # no key any more: nobody can be asked
	reader = _told(lambda: client.reader(device)) if device and sent else None
	return reader, _told(lambda: client.payment(card.intent_id))


def _told(question):
	try:
		return question()
	except GatewayError:
		return None


def _look_of(card, reader: ReaderFact | None, fact: PaymentFact | None, *, fresh: bool) -> Look:
	create = _last(card.name, calls.PAYMENT)
	sends = _sends(card.name)
	send = sends[0] if sends else None
	status = Status(card.status)
	known = _STATES[status]
	if status in _DONE:
		state = known
	elif fact is not None:
		state = fact.state
	else:
		state = known if card.intent_id else None
	if not card.intent_id and status not in (Status.CANCELLED, Status.EXPIRED):
		state = None
	return Look(
		name=card.name,
		seen=Reading(
			intent=cstr(card.intent_id),
			payment=state,
			create=_call(create),
			send=_call(send),
			reader=reader,
			refusal=_refusal(send),
			cancelled=status is Status.CANCELLED,
			fresh=fresh,
		),
		create=create.name if create else None,
		send=send.name if send else None,
		sends=len(sends),
		silent=not fresh,
	)


def _last(name: str, operation: str):
	rows = _attempts(name, operation)
	return rows[0] if rows else None


def _sends(name: str) -> list:
	return _attempts(name, calls.SEND)


def _attempts(name: str, operation: str) -> list:
	return frappe.get_all(
		"Payment Attempt",
		{"about_doctype": "Card Payment", "about_name": name, "operation": operation},
		["name", "status", "error"],
		order_by="name desc",
	)


def _call(attempt) -> Call:
	if attempt is None:
		return Call.NONE
	status = Attempt(attempt.status)
	if status in OPEN:
		return Call.OPEN
	return Call.DONE if status is Attempt.DONE else Call.REFUSED


def _refusal(attempt) -> str:
	found = _CODE.search(cstr(attempt.error)) if attempt else None
	return found.group(1) if found else ""


def _let_go(card, found: Look) -> None:
	if card.card_reader and found.phase in SETTLED:
		_release(card.card_reader, card.name)


@action
def _release(reader: str, name: str) -> None:
	if frappe.db.get_value("Card Reader", reader, "card_payment") == name:
		readers.release(reader, name)

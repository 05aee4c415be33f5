"""A payment in person, from the first click to its end.

One document has one payment at readers at a time, and one reader one payment. A payment is made known at the
provider once; it may go to a reader several times, with another card or at another counter, and stays the one
payment that can be charged once.
"""

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.card_payments import payment, starting, subjects
from dealer_pos_crm.dealer_cashier.card_payments.subjects import Owed
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_cashier.terminal import calls, overview, readers
from dealer_pos_crm.dealer_cashier.terminal.reading import Look, look
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.card_payment import Status
from dealer_pos_crm.domain.terminal import (
	ON_THE_READER,
	SETTLED,
	Next,
	Phase,
	check_another,
	check_cancel,
	check_send,
	next_call,
)

DOCTYPE = "Card Payment"
IN_PERSON = starting.IN_PERSON
UNSETTLED = (Status.WAITING.value, Status.PROCESSING.value, Status.FAILED.value)


def start(
	*,
	reader: str,
	asked: Callable[[], Owed],
	amount: float | str,
	client_key: str,
	capture: str = "automatic",
	values: dict | None = None,
) -> dict:
	"""Begin a payment of ``amount`` (major units) and put it on the reader. Returns its state for a screen.

	``asked`` reads what is owed; it is read again under the document's lock, as what was lying there may have
	paid it. ``capture``: automatic, or manual for a hold. ``values``: further fields of the Card Payment. The same
	client key is the same payment: whoever reloads the page finds it where it stands.
	"""
	need_key(client_key)
	name = by_key(client_key)
	if not name:
		owed = asked()
		_finish_what_lies(owed, reader)
		begun = _begin(reader, (owed.doctype, owed.name), asked, amount, client_key, capture, values or {})
		name = begun["card_payment"]
	return _go_on(name)


def by_key(client_key: str) -> str | None:
	return frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")


@once
def _begin(
	reader: str,
	document: tuple[str, str],
	asked: Callable[[], Owed],
	amount: float | str,
	client_key: str,
	capture: str,
	values: dict,
) -> dict:
	if document[0]:  # two counters for one document: the second one waits here, and finds the first
		frappe.db.get_value(*document, "name", for_update=True)
	known = by_key(client_key)
	if known:
		return {"card_payment": known}
	owed = asked()
	device = readers.check(reader, owed.company)
	with explained():
		for row in unsettled(owed.doctype, owed.name):
			check_another(row.name, to_money(row.amount, row.currency), Phase.CHECKING)
		readers.claim(reader, None)
		card = starting.start(
			account=device.gateway_account,
			channel=IN_PERSON,
			owed=owed,
			amount=to_money(amount, owed.currency),
			reader=reader,
			capture=capture,
			client_key=client_key,
		)
		if values:
			card.db_set(values)
		readers.claim(reader, card.name)
	readers.remember(reader)
	return {"card_payment": card.name}


def unsettled(doctype: str, name: str) -> list[Any]:
	"""Payments in person for a document that were not over when they were last looked at; read past any
	snapshot."""
	if not doctype:
		return []
	return frappe.db.sql(
		"""select name, amount, currency, intent_id, status from `tabCard Payment`
		where for_doctype = %s and for_name = %s and channel = %s and status in %s
			and not (status = 'Failed' and ifnull(intent_id, '') = '')
		order by creation, name lock in share mode""",
		(doctype, name, IN_PERSON, UNSETTLED),
		as_dict=True,
	)


def _finish_what_lies(owed: Owed, reader: str) -> None:
	"""Look at what an earlier cashier left for this document or on this reader, before it is refused for it."""
	for row in unsettled(owed.doctype, owed.name):
		look(row.name)
	free(reader)


def free(reader: str, but: str | None = None) -> None:
	"""Take a reader back from a payment that is on it no more."""
	holder = frappe.db.get_value("Card Reader", reader, "card_payment")
	if not holder or holder == but:
		return
	found = look(holder)
	shown = found.seen.shows_ours and found.phase is Phase.READER_OFFLINE
	if found.phase not in ON_THE_READER and not shown and not _is_fresh(found):
		_give_back(reader, holder)


def _is_fresh(found: Look) -> bool:
	"""Begun this minute and on its way to the reader: its own request is still at it."""
	return found.phase is Phase.READY and found.sends == 0 and overview.age(found.name) < 60


@action
def _give_back(reader: str, holder: str) -> None:
	readers.release(reader, holder)


def _go_on(name: str) -> dict:
	"""Bring a payment that was begun onto its reader, as far as the line allows."""
	attempt = starting.attempt_of(name)
	if attempt:
		outbox.run(attempt, by_person=True, quiet=True)
	found = look(name)
	if found.phase is Phase.READY and found.sends == 0:
		found = _put(name, None, found)
	return overview.state(found)


def state(name: str, *, by_person: bool = False) -> dict:
	"""Look again; a call whose answer was lost is repeated when both readings say that it did not arrive."""
	return overview.state(followed(name, by_person=by_person))


def followed(name: str, *, by_person: bool = False) -> Look:
	found = look(name)
	then = next_call(found.seen)
	lost = {Next.REPEAT_CREATE: found.create, Next.REPEAT_SEND: found.send}.get(then)
	if lost is None:
		return found
	before = frappe.db.get_value("Payment Attempt", lost, "tries")
	outbox.run(lost, by_person=by_person, quiet=True)
	if frappe.db.get_value("Payment Attempt", lost, "tries") == before:
		return found  # not yet its time
	return look(name)


def send(name: str, reader: str | None = None) -> dict:
	"""Put the same payment on a reader again: another card, another counter, or after a fault."""
	found = followed(name, by_person=True)
	with explained():
		check_send(found.phase)
	to = reader or frappe.db.get_value(DOCTYPE, name, "card_reader")
	if to:
		free(to, but=name)
	return overview.state(_put(name, to, found))


def _put(name: str, reader: str | None, found: Look) -> Look:
	attempt = _plan_send(name, reader, found.sends)
	if attempt:
		outbox.run(attempt, by_person=True, quiet=True)
	return look(name)


@action
def _plan_send(name: str, reader: str | None, sends: int) -> str | None:
	"""The call, unless somebody else made it since one looked."""
	card = payment.locked(name)
	sent = frappe.db.count(
		outbox.DOCTYPE, {"about_doctype": DOCTYPE, "about_name": name, "operation": calls.SEND}
	)
	if card.status not in UNSETTLED or sent != sends or not card.intent_id:
		return None
	to = reader or card.card_reader
	device = readers.check(to, card.company)
	if device.gateway_account != card.gateway_account:
		frappe.throw(_("{0} belongs to another account than this payment").format(device.title))
	with explained():
		if to != card.card_reader:
			readers.release(card.card_reader, name)
			card.db_set("card_reader", to)
		readers.claim(to, name)
	readers.remember(to)
	return outbox.plan(
		card.gateway_account,
		calls.SEND,
		about=(DOCTYPE, name),
		key_parts=(sends + 1,),
		amount=to_money(card.amount, card.currency),
		values={"card_reader": to, "reader": device.reader_id, "intent": card.intent_id},
	)


def present_test_card(name: str) -> dict:
	"""Show a test card to the provider's own reader that nobody can stand at. In test mode only."""
	card = frappe.db.get_value(DOCTYPE, name, ["test_mode", "card_reader", "gateway_account"], as_dict=True)
	device = frappe.db.get_value(
		"Card Reader", card.card_reader, ["title", "reader_id", "device_type"], as_dict=True
	)
	if not card.test_mode or not cstr(device and device.device_type).startswith(readers.SIMULATED):
		frappe.throw(_("Only the provider's own test reader takes a test card"))
	found = look(name)
	key = f"{frappe.local.site}:{name}:test-card:{found.sends}"
	frappe.db.commit()  # nosemgrep - what was seen is kept, and nothing is locked while the provider is asked
	with readers.told(device.title):
		accounts.client(card.gateway_account).present_test_card(device.reader_id, key=key)
	return state(name)


def cancel(name: str) -> dict:
	"""End a payment that nobody was charged for. It is over when the provider says so, not before.

	What the provider never knew, or was on no reader, cannot be charged and ends here at once.
	"""
	found = followed(name, by_person=True)
	if found.phase in (Phase.CANCELLED, Phase.REFUSED):
		return overview.state(found)
	with explained():
		check_cancel(found.phase)
	if not found.seen.intent and not found.sends:
		_drop(name)
		return overview.state(look(name))
	if found.seen.shows_ours and found.seen.reader and found.seen.reader.action == "In Progress":
		_run(name, calls.STOP, found.sends)
		found = look(name)
		if found.phase is Phase.ON_READER or found.phase is Phase.PROCESSING:
			return overview.state(found, note="too_late")
	if found.phase not in SETTLED:
		_run(name, calls.CANCEL, "payment")
		found = look(name)
	return overview.state(found, note="" if found.phase in SETTLED else "not_cancelled")


@action
def _drop(name: str) -> None:
	"""The provider has not told that it knows of the payment, and no reader was ever asked for it."""
	card = payment.locked(name)
	sent = frappe.db.count(
		outbox.DOCTYPE, {"about_doctype": DOCTYPE, "about_name": name, "operation": calls.SEND}
	)
	if card.status != Status.WAITING.value or sent:
		return
	card.db_set("status", Status.CANCELLED.value, notify=True)
	readers.release(card.card_reader, name)
	payment.follow(card)


def _run(name: str, operation: str, *parts: str | int) -> dict:
	"""Plan a call about a payment under its lock, and make it."""
	attempt = _plan(name, operation, parts)
	return outbox.run(attempt, by_person=True, quiet=True)


@action
def _plan(name: str, operation: str, parts: tuple[str | int, ...]) -> str:
	card = payment.locked(name)
	device = (
		cstr(frappe.db.get_value("Card Reader", card.card_reader, "reader_id")) if card.card_reader else ""
	)
	return outbox.plan(
		card.gateway_account,
		operation,
		about=(DOCTYPE, name),
		key_parts=parts,
		values={
			"card_reader": card.card_reader,
			"reader": device,
			"intent": card.intent_id,
			"reason": "requested_by_customer",
		},
	)


def owed_for(
	doctype: str | None,
	name: str | None,
	payer: str | None,
	customer: str | None,
	company: str | None,
	what: str | None,
) -> Owed:
	"""What is asked for: a document's, or a free amount that becomes the customer's credit."""
	with explained():
		if doctype and name:
			return subjects.owed(doctype, name, payer=payer)
		if not customer or not company:
			frappe.throw(_("Choose the customer whose payment this is"))
		return subjects.free(customer, company, cstr(what))

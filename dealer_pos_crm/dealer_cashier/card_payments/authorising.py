"""Holds: money that is held on a card now, and taken, in whole or in part, or released later.

For what is short: a loaner, a test drive, a part ordered for the day after tomorrow. What is needed longer than
a hold lives is a deposit: taken now, given back by its terms.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import payment, starting, telling
from dealer_pos_crm.dealer_cashier.card_payments.subjects import Owed
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.money import rounded, to_money
from dealer_pos_crm.dealer_cashier.terminal import calls
from dealer_pos_crm.dealer_setup.acting import action, each_alone
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.card_payment import Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.outbox import OPEN
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.terminal import (
	WARN_BEFORE,
	Hold,
	check_capture,
	check_needed,
	ends_too_early,
	released,
)
from dealer_pos_crm.gateways.errors import GatewayError

DOCTYPE = "Card Payment"
# What is held for. Each is a matter of hours or a day or two.
PURPOSES = ("Loaner", "Test Drive", "Special Order")


def authorise(
	*,
	reader: str,
	asked: Callable[[], Owed],
	amount: float | str,
	purpose: str,
	needed_until: datetime | str,
	client_key: str,
) -> dict:
	"""Hold an amount on a card at a reader. Returns the state as ``taking.start`` does."""
	from dealer_pos_crm.dealer_cashier.terminal import taking

	until = check_purpose(asked(), purpose, needed_until, starting.IN_PERSON)
	return taking.start(
		reader=reader,
		asked=lambda: held_for(asked(), purpose),
		amount=amount,
		client_key=client_key,
		capture="manual",
		values={"needed_until": until},
	)


def check_purpose(owed: Owed, purpose: str, needed_until: datetime | str, channel: str) -> datetime:
	"""Refuse what is no matter for a hold. Returns until when it is needed."""
	if purpose not in PURPOSES:
		frappe.throw(
			_("Choose what the money is held for: {0}").format(", ".join(_(one) for one in PURPOSES))
		)
	until = get_datetime(needed_until) if needed_until else None
	if until is None:
		frappe.throw(_("Enter until when the hold is needed"))
	with explained():
		if owed.doctype == "Deposit":
			raise Refused("is_deposit", marked("{0} is a deposit: it is charged now, not held"), owed.name)
		check_needed(until, now_datetime(), channel)
	return until


def held_for(owed: Owed, purpose: str) -> Owed:
	"""A hold is placed before anything is owed; how much is agreed with the customer."""
	what = _("Hold, {0}: {1}").format(_(purpose), owed.what)
	return replace(owed, what=what, payable=True, why_not="", any_amount=True, whole_only=False)


def capture(name: str, amount: float | str) -> dict:
	"""Take an amount (major units) of a hold; the rest is released. Returns ``overview`` of the hold.

	Raises ``CallUndecided`` when no answer came: the same call is repeated, never another one.
	"""
	attempt = _plan_capture(name, amount)
	_called(name, attempt)
	return overview(name)


@action
def _plan_capture(name: str, amount: float | str) -> str:
	card = payment.locked(name)
	wanted = to_money(amount, card.currency)
	with explained():
		_check_is_hold(card)
		_check_open(card, calls.CANCEL, None)
		_check_open(card, calls.CAPTURE, wanted)
		check_capture(hold_of(card), wanted, now_datetime())
	return outbox.plan(
		card.gateway_account,
		calls.CAPTURE,
		about=(DOCTYPE, name),
		key_parts=(wanted.minor,),
		amount=wanted,
		values={"intent": card.intent_id, "card_reader": card.card_reader},
	)


def release(name: str) -> dict:
	"""Let a hold go: the customer's bank shows it no more. Returns ``overview`` of the hold."""
	attempt = _plan_release(name)
	_called(name, attempt)
	return overview(name)


@action
def _plan_release(name: str) -> str:
	card = payment.locked(name)
	with explained():
		_check_is_hold(card)
		_check_open(card, calls.CAPTURE, None)
	return outbox.plan(
		card.gateway_account,
		calls.CANCEL,
		about=(DOCTYPE, name),
		key_parts=("payment",),
		values={
			"intent": card.intent_id,
			"card_reader": card.card_reader,
			"reason": "requested_by_customer",
		},
	)


def _called(name: str, attempt: str) -> None:
	"""Make the call; whatever its answer, the payment is read again, and what was taken is booked."""
	try:
		outbox.run(attempt, by_person=True)
	except outbox.CallRefused:
		refresh(name)
		raise
	refresh(name)


def refresh(name: str) -> None:
	"""Read a payment at the provider and let what it says enter; quiet when nobody answers."""
	row = frappe.db.get_value(DOCTYPE, name, ["intent_id", "gateway_account"], as_dict=True)
	if not row.intent_id:
		return
	try:
		fact = accounts.client(row.gateway_account).payment(row.intent_id)
	except GatewayError:
		return
	payment.observe(frappe.get_cached_doc("Gateway Account", row.gateway_account), fact)


def _check_is_hold(card: Any) -> None:
	if card.status == Status.AUTHORISED.value:
		return
	if card.status == Status.CAPTURED.value:
		raise Refused("captured", marked("{0} was taken already; give money back by a refund"), card.name)
	if card.status == Status.EXPIRED.value:
		raise Refused("hold_over", marked("The hold ended. Ask the customer to pay again"))
	raise Refused("no_hold", marked("{0} is {1}; nothing is held on the card"), card.name, card.status)


def _check_open(card: Any, operation: str, amount: Money | None) -> None:
	"""While a call is without answer, none that contradicts it is begun."""
	row = outbox.latest((DOCTYPE, card.name), operation)
	if not row or row.status not in {status.value for status in OPEN}:
		return
	sent = frappe.db.get_value(outbox.DOCTYPE, row.name, "amount")
	if amount is not None and rounded(sent, card.currency) == amount:
		return
	raise Refused(
		"under_way",
		marked("{0} of this hold is under way and not answered yet. Wait until it is known"),
		_(operation),
	)


def hold_of(card: Any) -> Hold:
	until = get_datetime(card.capture_before) if card.capture_before else None
	return Hold(
		rounded(card.authorised_amount, card.currency), rounded(card.captured_amount, card.currency), until
	)


def overview(name: str) -> dict:
	"""What a screen says of a hold: how much, until when, what of it was taken and what let go."""
	card = frappe.get_doc(DOCTYPE, name)
	hold = hold_of(card)
	needed = get_datetime(card.needed_until) if card.needed_until else None
	return {
		"name": card.name,
		"status": card.status,
		"booking": card.booking,
		"payment_entry": card.payment_entry,
		"currency": card.currency,
		"authorised": float(hold.authorised.decimal),
		"captured": float(hold.captured.decimal),
		"released": float(released(hold, over=card.status != Status.AUTHORISED.value).decimal),
		"until": hold.until,
		"needed_until": needed,
		"ends_too_early": ends_too_early(hold.until, needed),
		"can_capture": card.status == Status.AUTHORISED.value,
	}


def watch() -> None:
	"""Every five minutes: tell of holds that end soon, once; and read those again whose time has passed."""
	now = now_datetime()
	soon = frappe.get_all(
		DOCTYPE,
		{
			"status": Status.AUTHORISED.value,
			"ending_told": 0,
			"capture_before": ("between", (now, now + WARN_BEFORE)),
		},
		pluck="name",
		order_by="capture_before, name",
	)
	each_alone(DOCTYPE, soon, warn, _("Nobody was told that the hold {0} ends"))
	past = frappe.get_all(
		DOCTYPE,
		{"status": Status.AUTHORISED.value, "capture_before": ("<", now)},
		pluck="name",
		order_by="capture_before, name",
		limit=50,
	)
	each_alone(DOCTYPE, past, refresh, _("The hold {0} could not be read again"))


@action
def warn(name: str) -> None:
	"""Tell whoever asked for a hold that it ends."""
	card = payment.locked(name)
	if card.status != Status.AUTHORISED.value or card.ending_told:
		return
	card.db_set("ending_told", 1)
	amount = rounded(card.authorised_amount, card.currency)
	telling.write(
		card,
		"authorisation.ending",
		_("A hold of {0} is about to end").format(amount),
		amount=amount,
		facts={"until": cstr(get_datetime(card.capture_before).isoformat())},
		occasion=f"authorisation.ending|{card.name}",
	)

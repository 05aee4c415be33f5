"""The calls of a payment in person and of a hold, for the outbox."""

from datetime import timedelta
from typing import Any

import frappe
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.gateway.outbox import Operation
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.gateway import PaymentFact, PaymentState, ReaderFact
from dealer_pos_crm.gateways.errors import Rejected

PAYMENT = "Payment"  # made by card_payments.starting
SEND = "Reader Payment"
STOP = "Reader Stop"
CANCEL = "Cancel Payment"
CAPTURE = "Capture"

# Longer than anybody waits in front of a reader: a payment never lights up there out of the blue.
STALE_AFTER = timedelta(minutes=2)
STALE = "stale_send"  # one of the domain's UNCLEAR_CODES


def _send(gateway, attempt, values: dict) -> dict:
	"""Put the payment on the reader; not any more when that reader was lent to another, or nobody waits."""
	holder = frappe.db.get_value("Card Reader", values["card_reader"], "card_payment")
	waited = now_datetime() - get_datetime(attempt.creation)
	if holder != attempt.card_payment or waited > STALE_AFTER:
		raise Rejected("The payment was not put on the reader any more: nobody waits there", STALE)
	return _of_reader(gateway.process(values["reader"], values["intent"], key=attempt.idempotency_key))


def _is_shown(gateway, attempt, values: dict) -> dict | None:
	fact = gateway.reader(values["reader"])
	return _of_reader(fact) if fact.intent == values["intent"] and fact.action else None


def _stop(gateway, attempt, values: dict) -> dict:
	"""Clear the reader, unless it shows another payment by now."""
	fact = gateway.reader(values["reader"])
	if fact.action != "In Progress" or fact.intent != values["intent"]:
		return _of_reader(fact)
	return _of_reader(gateway.cancel_action(values["reader"], key=attempt.idempotency_key))


def _cancel(gateway, attempt, values: dict) -> dict:
	return _of_payment(gateway.cancel(values["intent"], key=attempt.idempotency_key, reason=values["reason"]))


def _is_cancelled(gateway, attempt, values: dict) -> dict | None:
	fact = gateway.payment(values["intent"])
	return _of_payment(fact) if fact.state is PaymentState.CANCELLED else None


def _capture(gateway, attempt, values: dict) -> dict:
	amount = rounded(attempt.amount, attempt.currency)
	return _of_payment(gateway.capture(values["intent"], key=attempt.idempotency_key, amount=amount))


def _is_captured(gateway, attempt, values: dict) -> dict | None:
	fact = gateway.payment(values["intent"])
	return _of_payment(fact) if fact.captured.minor > 0 else None


def _of_reader(fact: ReaderFact) -> dict:
	return {"id": fact.reader, "fact": fact}


def _of_payment(fact: PaymentFact) -> dict:
	return {"id": fact.intent, "fact": fact}


def _keep_reader(attempt, result: dict) -> None:
	from dealer_pos_crm.dealer_cashier.terminal import readers

	name = frappe.parse_json(attempt.request_values)["card_reader"]
	if isinstance(result.get("fact"), ReaderFact):
		readers.see(name, result["fact"])


def _keep_payment(attempt, result: dict) -> None:
	"""Facts enter by their one door; what was captured is booked after this transaction."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	if isinstance(result.get("fact"), PaymentFact):
		payment.enter(attempt.about_name, _account(attempt), result["fact"])


def _account(attempt) -> Any:
	return frappe.get_cached_doc("Gateway Account", attempt.gateway_account)


# The same payment on the reader twice is one payment still: it can be charged once.
READER_PAYMENT = Operation(call=_send, search=_is_shown, on_done=_keep_reader, harmless=True)
READER_STOP = Operation(call=_stop, on_done=_keep_reader, harmless=True)
CANCEL_PAYMENT = Operation(call=_cancel, search=_is_cancelled, on_done=_keep_payment, harmless=True)
CAPTURE_PAYMENT = Operation(call=_capture, search=_is_captured, on_done=_keep_payment)

"""The kinds of calls that the outbox makes, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import frappe


@dataclass(frozen=True)
class Operation:
	"""One kind of call.

	``call(gateway, attempt, values) -> dict``: makes it, with ``attempt.idempotency_key``; the dict is plain
	and has the provider's ``id`` of what was made. ``search(gateway, attempt, values) -> dict | None``: the
	same dict when the provider has it already, None when it surely has not; errors of the gateway when that
	cannot be told. ``on_done(attempt, result)`` and ``on_refused(attempt, error)`` follow up in our books, in
	the transaction that stores the answer. ``harmless``: made twice it costs nobody anything.
	"""

	call: Callable[[Any, Any, dict], dict]
	search: Callable[[Any, Any, dict], dict | None] | None = None
	on_done: Callable[[Any, dict], None] | None = None
	on_refused: Callable[[Any, Exception | None], None] | None = None
	harmless: bool = False


# name -> dotted path of its Operation
OPERATIONS: dict[str, str] = {
	"Checkout Session": "dealer_pos_crm.dealer_cashier.card_payments.starting.CHECKOUT_SESSION",
	"Expire Checkout Session": "dealer_pos_crm.dealer_cashier.pay_requests.sessions.CLOSE_PAGE",
	"Dispute Evidence": "dealer_pos_crm.dealer_cashier.disputes.answering.STAGING",
	"Dispute Answer": "dealer_pos_crm.dealer_cashier.disputes.answering.SUBMISSION",
	"Refund": "dealer_pos_crm.dealer_cashier.card_refunds.sending.REFUND",
	"Payment": "dealer_pos_crm.dealer_cashier.card_payments.starting.PAYMENT",
	"Cancel Payment": "dealer_pos_crm.dealer_cashier.terminal.calls.CANCEL_PAYMENT",
	"Capture": "dealer_pos_crm.dealer_cashier.terminal.calls.CAPTURE_PAYMENT",
	"Reader Payment": "dealer_pos_crm.dealer_cashier.terminal.calls.READER_PAYMENT",
	"Reader Stop": "dealer_pos_crm.dealer_cashier.terminal.calls.READER_STOP",
}


def operation_of(name: str) -> Operation:
	return frappe.get_attr(OPERATIONS[name])

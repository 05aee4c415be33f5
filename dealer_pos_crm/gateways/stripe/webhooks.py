"""Stripe's messages: which ones are asked for, and whether one really comes from Stripe."""

import json
from collections.abc import Iterable

from dealer_pos_crm.domain.gateway import EventFact
from dealer_pos_crm.gateways.errors import BadAnswer, Forged

from . import reading
from .sdk import library

# What the endpoint is subscribed to, and what is fetched when messages were missed.
EVENTS: tuple[str, ...] = (
	"payment_intent.succeeded",
	"payment_intent.payment_failed",
	"payment_intent.canceled",
	"payment_intent.processing",
	"payment_intent.requires_action",
	"payment_intent.amount_capturable_updated",
	"checkout.session.completed",
	"checkout.session.async_payment_succeeded",
	"checkout.session.async_payment_failed",
	"checkout.session.expired",
	"charge.captured",
	"charge.expired",
	"charge.refunded",
	"charge.dispute.created",
	"charge.dispute.updated",
	"charge.dispute.closed",
	"charge.dispute.funds_withdrawn",
	"charge.dispute.funds_reinstated",
	"refund.created",
	"refund.updated",
	"refund.failed",
	"payout.paid",
	"payout.failed",
	"payout.canceled",
	"payout.reconciliation_completed",
	"terminal.reader.action_succeeded",
	"terminal.reader.action_failed",
	"terminal.reader.action_updated",
)
# Seconds that a signature is good for.
TOLERANCE = 300


def verify(raw: bytes, header: str, secrets: Iterable[str]) -> EventFact:
	"""The message, when one of the secrets signed exactly these bytes in the last minutes.

	Raises ``Forged``; ``BadAnswer`` for a signed message that is no event as this app subscribes to.
	"""
	verify_header = library().WebhookSignature.verify_header

	for secret in filter(None, secrets):
		try:
			verify_header(raw, header, secret, TOLERANCE)
		except Exception:
			continue
		break
	else:
		raise Forged("no valid signature")
	return parsed(raw)


def parsed(raw: bytes) -> EventFact:
	"""A message whose origin is known; ``BadAnswer`` when it is no event with an object."""
	try:
		data = json.loads(raw)
	except ValueError as error:
		raise BadAnswer("a message that is no JSON") from error
	if not isinstance(data, dict) or data.get("object") != "event":
		raise BadAnswer("a message that is no snapshot event; subscribe the endpoint to snapshot events")
	try:
		fact = reading.event(data)
	except (ValueError, TypeError, OverflowError, OSError) as error:
		raise BadAnswer("an event that cannot be read") from error
	if not fact.event or not fact.type:
		raise BadAnswer("an event without id or type")
	return fact

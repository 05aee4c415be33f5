"""What of a provider's message is kept: enough to see what it was about, nothing about a person.

Named is what stays, so that a field the provider adds tomorrow does not come in unseen.
"""

import json
from collections.abc import Mapping
from typing import Any

_MOST = 8000
_DEEPEST = 6
_LONGEST = 200

KEPT = frozenset(
	{
		# what it is
		"id", "object", "type", "status", "livemode", "created", "api_version", "account", "event",
		"pending_webhooks",
		# money
		"amount", "amount_capturable", "amount_captured", "amount_received", "amount_refunded", "amount_total",
		"captured", "currency", "disputed", "fee", "net", "paid", "payment_status", "refunded",
		"reporting_category",
		# what it belongs to
		"balance_transaction", "charge", "latest_charge", "location", "payment_intent", "payout", "source",
		# how it went
		"arrival_date", "automatic", "cancellation_reason", "canceled_at", "capture_before", "capture_method",
		"code", "decline_code", "due_by", "expires_at", "failure_code", "failure_reason", "has_evidence",
		"is_charge_refundable", "past_due", "reason", "reconciliation_status", "submission_count",
		# the card, as it may be kept
		"brand", "last4", "exp_month", "exp_year", "wallet",
		# what holds these
		"action", "api_error", "balance_transactions", "card", "card_present", "data", "evidence_details",
		"last_payment_error", "outcome", "payment_method_details", "previous_attributes",
		"process_payment_intent",
	}
)  # fmt: skip


def reduced(body: Mapping[str, Any]) -> str:
	"""The message as JSON, without persons, texts and addresses."""
	text = json.dumps(_kept(body, 0), ensure_ascii=False, indent=1, default=str)
	if len(text) <= _MOST:
		return text
	about = body.get("data") if isinstance(body.get("data"), Mapping) else {}
	thing = about.get("object") if isinstance(about.get("object"), Mapping) else {}
	short = {
		"data": {"object": {name: thing.get(name) for name in ("id", "object", "payment_intent", "charge")}}
	}
	return json.dumps(_kept(short, 0), ensure_ascii=False, indent=1, default=str)[:_MOST]


def _kept(value: Any, depth: int) -> Any:
	if isinstance(value, Mapping):
		if depth >= _DEEPEST:
			return {}
		return {name: _kept(inner, depth + 1) for name, inner in value.items() if name in KEPT}
	if isinstance(value, list):
		return [_kept(inner, depth + 1) for inner in value[:20]] if depth < _DEEPEST else []
	return value[:_LONGEST] if isinstance(value, str) else value

"""Facts from Stripe's objects. Absent fields are read as unknown; an unknown status is refused."""

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from dealer_pos_crm.domain.gateway import (
	AccountFact,
	BalanceRow,
	CardFacts,
	DisputeFact,
	DisputeState,
	EndpointFact,
	EventFact,
	PaymentFact,
	PaymentState,
	PayoutFact,
	PayoutState,
	ReaderFact,
	RefundFact,
	RefundState,
	SessionFact,
)
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.gateways.errors import BadAnswer

from .amounts import from_stripe
from .errors import clean

PAYMENT_STATES = {
	"requires_payment_method": PaymentState.WAITING,
	"requires_confirmation": PaymentState.WAITING,
	"requires_action": PaymentState.WAITING,
	"processing": PaymentState.PROCESSING,
	"requires_capture": PaymentState.AUTHORISED,
	"succeeded": PaymentState.CAPTURED,
	"canceled": PaymentState.CANCELLED,
}
REFUND_STATES = {
	"pending": RefundState.PENDING,
	"requires_action": RefundState.NEEDS_ACTION,
	"succeeded": RefundState.SUCCEEDED,
	"failed": RefundState.FAILED,
	"canceled": RefundState.CANCELLED,
}
DISPUTE_STATES = {
	"warning_needs_response": DisputeState.NEEDS_RESPONSE,
	"needs_response": DisputeState.NEEDS_RESPONSE,
	"appeal_needs_response": DisputeState.NEEDS_RESPONSE,
	"warning_under_review": DisputeState.UNDER_REVIEW,
	"under_review": DisputeState.UNDER_REVIEW,
	"appeal_under_review": DisputeState.UNDER_REVIEW,
	"won": DisputeState.WON,
	"lost": DisputeState.LOST,
	"warning_closed": DisputeState.CLOSED,
	"prevented": DisputeState.CLOSED,
	"charge_refunded": DisputeState.CLOSED,
}
PAYOUT_STATES = {
	"pending": PayoutState.UNDER_WAY,
	"in_transit": PayoutState.UNDER_WAY,
	"paid": PayoutState.PAID,
	"failed": PayoutState.FAILED,
	"canceled": PayoutState.CANCELLED,
}
ACTION_STATES = {"in_progress": "In Progress", "succeeded": "Succeeded", "failed": "Failed"}
# Methods whose details name a card.
_CARD_METHODS = ("card", "card_present", "interac_present")
# The part of a hold that was not captured goes back as a "refund" of money that was never taken.
_RELEASES = frozenset({"partial_capture_reversal"})
_EXPIRED_HOLD = "expired_uncaptured_charge"


def plain(thing: Any) -> dict[str, Any]:
	"""An object of the SDK as plain data."""
	if isinstance(thing, Mapping):
		return dict(thing)
	found = thing.to_dict(for_json=True)
	if not isinstance(found, dict):
		raise BadAnswer("an answer that is no object")
	return found


def at(seconds: Any) -> datetime | None:
	"""A moment, naive and in UTC; None where none is told."""
	if not seconds:
		return None
	return datetime.fromtimestamp(int(seconds), timezone.utc).replace(tzinfo=None)


def _when(seconds: Any) -> datetime:
	return at(seconds) or datetime(1970, 1, 1)


def _text(value: Any) -> str:
	return "" if value is None else str(value)


def _part(value: Any) -> dict[str, Any]:
	"""A nested object; empty where it is absent or only named by its id."""
	return value if isinstance(value, dict) else {}


def _id(value: Any) -> str:
	"""The id of a reference, expanded or not."""
	return _text(value.get("id")) if isinstance(value, dict) else _text(value)


def _metadata(data: dict[str, Any]) -> dict[str, str]:
	return {str(key): _text(value) for key, value in _part(data.get("metadata")).items()}


def _state(states: Mapping[str, Any], data: dict[str, Any]) -> Any:
	status = _text(data.get("status"))
	if status not in states:
		raise BadAnswer(f"{data.get('object')} with the unknown status {status[:40]!r}")
	return states[status]


def payment(thing: Any) -> PaymentFact:
	data = plain(thing)
	charge = _part(data.get("latest_charge"))
	transaction = _part(charge.get("balance_transaction"))
	currency = data.get("currency")
	problem = _part(data.get("last_payment_error"))
	captured = from_stripe(data.get("amount_received"), currency)
	details, card = _card(charge)
	return PaymentFact(
		intent=_text(data.get("id")),
		state=_state(PAYMENT_STATES, data),
		provider_status=_text(data.get("status")),
		amount=from_stripe(data.get("amount"), currency),
		capturable=from_stripe(data.get("amount_capturable"), currency),
		captured=captured,
		live=bool(data.get("livemode")),
		refunded=_refunded(charge, captured),
		disputed=bool(charge.get("disputed")),
		charge=_id(data.get("latest_charge")),
		balance_transaction=_id(charge.get("balance_transaction")),
		fee=from_stripe(transaction.get("fee"), transaction.get("currency")) if transaction else None,
		capture_before=at(details.get("capture_before")),
		captured_at=_when(transaction.get("created") or charge.get("created") or data.get("created"))
		if captured
		else None,
		manual_capture=data.get("capture_method") == "manual",
		decline_code=_text(problem.get("decline_code") or problem.get("code")),
		decline_message=clean(problem.get("message")),
		cancel_reason=_text(data.get("cancellation_reason")),
		receipt_url=_text(charge.get("receipt_url")),
		card=card,
		metadata=_metadata(data),
	)


def _refunded(charge: dict[str, Any], captured: Money) -> Money:
	"""What was paid back of the captured money. The provider counts a released rest of a hold as refunded."""
	counted = from_stripe(charge.get("amount_refunded"), captured.currency)
	if not charge or not counted:
		return Money.zero(captured.currency)
	held = from_stripe(charge.get("amount"), captured.currency)
	released = held - captured
	return max(counted - released, Money.zero(captured.currency)) if released.minor > 0 else counted


def _card(charge: dict[str, Any]) -> tuple[dict[str, Any], CardFacts]:
	details = _part(charge.get("payment_method_details"))
	method = _text(details.get("type"))
	card = _part(details.get(method if method in _CARD_METHODS else "card"))
	return card, CardFacts(
		brand=_text(card.get("brand")),
		last4=_text(card.get("last4"))[-4:],
		exp_month=int(card.get("exp_month") or 0),
		exp_year=int(card.get("exp_year") or 0),
		wallet=_text(_part(card.get("wallet")).get("type")),
		method=method,
	)


def session(thing: Any) -> SessionFact:
	data = plain(thing)
	return SessionFact(
		session=_text(data.get("id")),
		open=data.get("status") == "open",
		complete=data.get("status") == "complete",
		paid=data.get("payment_status") in ("paid", "no_payment_required"),
		live=bool(data.get("livemode")),
		amount=from_stripe(data.get("amount_total"), data.get("currency")),
		url=_text(data.get("url")),
		intent=_id(data.get("payment_intent")),
		expires_at=at(data.get("expires_at")),
		metadata=_metadata(data),
	)


def refund(thing: Any) -> RefundFact:
	data = plain(thing)
	target = _part(_part(data.get("destination_details")).get("card"))
	category = _part(data.get("balance_transaction")).get("reporting_category")
	never_taken = _part(data.get("charge")).get("captured") is False
	return RefundFact(
		refund=_text(data.get("id")),
		state=_state(REFUND_STATES, {**data, "status": data.get("status") or "pending"}),
		provider_status=_text(data.get("status")),
		amount=from_stripe(data.get("amount"), data.get("currency")),
		charge=_id(data.get("charge")),
		intent=_id(data.get("payment_intent")),
		failure=_text(data.get("failure_reason")),
		reference=_text(target.get("reference")),
		created_at=at(data.get("created")),
		release=category in _RELEASES or never_taken or data.get("reason") == _EXPIRED_HOLD,
		metadata=_metadata(data),
	)


def dispute(thing: Any) -> DisputeFact:
	data = plain(thing)
	currency = _text(data.get("currency")) or None
	amount = from_stripe(data.get("amount"), currency)
	rows = [row for row in data.get("balance_transactions") or [] if isinstance(row, dict)]
	# The account's own currency, which may not be the card's.
	booked = _text(rows[0].get("currency")).upper() if rows else amount.currency
	moved = [from_stripe(row.get("amount"), row.get("currency")) for row in rows]
	evidence = _part(data.get("evidence_details"))
	kind = _text(_part(_part(data.get("payment_method_details")).get("card")).get("case_type"))
	status = _text(data.get("status"))
	return DisputeFact(
		dispute=_text(data.get("id")),
		state=_state(DISPUTE_STATES, data),
		provider_status=status,
		reason=_text(data.get("reason")),
		amount=amount,
		charge=_id(data.get("charge")),
		intent=_id(data.get("payment_intent")),
		live=bool(data.get("livemode")),
		inquiry=status.startswith("warning_") or kind == "inquiry",
		refundable=bool(data.get("is_charge_refundable")),
		withdrawn=-total([one for one in moved if one.minor < 0], booked),
		reinstated=total([one for one in moved if one.minor > 0], booked),
		fee=total([from_stripe(row.get("fee"), row.get("currency")) for row in rows], booked),
		due_by=at(evidence.get("due_by")),
		created_at=at(data.get("created")),
		submission_count=int(evidence.get("submission_count") or 0),
		has_evidence=bool(evidence.get("has_evidence")),
		past_due=bool(evidence.get("past_due")),
		metadata=_metadata(data),
	)


def payout(thing: Any) -> PayoutFact:
	data = plain(thing)
	automatic = bool(data.get("automatic"))
	return PayoutFact(
		payout=_text(data.get("id")),
		state=_state(PAYOUT_STATES, data),
		provider_status=_text(data.get("status")),
		amount=from_stripe(data.get("amount"), data.get("currency")),
		live=bool(data.get("livemode")),
		automatic=automatic,
		itemised=automatic and data.get("reconciliation_status") == "completed",
		arrival_date=at(data.get("arrival_date")),
		failure=clean(_text(data.get("failure_message") or data.get("failure_code"))),
	)


def balance_row(thing: Any) -> BalanceRow:
	data = plain(thing)
	currency = data.get("currency")
	source = _part(data.get("source"))
	charge = _text(source.get("id")) if source.get("object") == "charge" else _id(source.get("charge"))
	return BalanceRow(
		transaction=_text(data.get("id")),
		category=_text(data.get("reporting_category")),
		source=_id(data.get("source")),
		amount=from_stripe(data.get("amount"), currency),
		fee=from_stripe(data.get("fee"), currency),
		net=from_stripe(data.get("net"), currency),
		created_at=_when(data.get("created")),
		charge=charge,
		intent=_id(source.get("payment_intent")),
		description=clean(data.get("description")),
	)


def reader(thing: Any) -> ReaderFact:
	data = plain(thing)
	action = _part(data.get("action"))
	kind = _text(action.get("type"))
	problem = _part(action.get("api_error"))
	state = _text(action.get("status"))
	if state and state not in ACTION_STATES:
		raise BadAnswer(f"a reader's action with the unknown status {state[:40]!r}")
	return ReaderFact(
		reader=_text(data.get("id")),
		label=_text(data.get("label")),
		online=data.get("status") == "online",
		live=bool(data.get("livemode")),
		device_type=_text(data.get("device_type")),
		serial_number=_text(data.get("serial_number")),
		location=_id(data.get("location")),
		action=ACTION_STATES.get(state, ""),
		intent=_id(_part(action.get(kind)).get("payment_intent")),
		failure_code=_text(action.get("failure_code")),
		failure_message=clean(action.get("failure_message")),
		failed_by=("Card" if problem.get("type") == "card_error" else "Reader") if problem else "",
	)


def event(thing: Any) -> EventFact:
	data = plain(thing)
	about = _part(_part(data.get("data")).get("object"))
	return EventFact(
		event=_text(data.get("id")),
		type=_text(data.get("type")),
		live=bool(data.get("livemode")),
		object_id=_text(about.get("id")),
		object_type=_text(about.get("object")),
		created_at=_when(data.get("created")),
		api_version=_text(data.get("api_version")),
		account=_text(data.get("account")),
		body=data,
	)


def account(thing: Any, live: bool) -> AccountFact:
	data = plain(thing)
	dashboard = _part(_part(data.get("settings")).get("dashboard"))
	return AccountFact(
		account=_text(data.get("id")),
		live=live,
		country=_text(data.get("country")),
		currency=_text(data.get("default_currency")).upper(),
		charges_enabled=bool(data.get("charges_enabled")),
		payouts_enabled=bool(data.get("payouts_enabled")),
		name=_text(dashboard.get("display_name") or _part(data.get("business_profile")).get("name")),
	)


def endpoint(thing: Any) -> EndpointFact:
	data = plain(thing)
	return EndpointFact(
		endpoint=_text(data.get("id")),
		url=_text(data.get("url")),
		enabled=data.get("status") == "enabled",
		api_version=_text(data.get("api_version")),
		events=tuple(_text(name) for name in data.get("enabled_events") or ()),
		secret=_text(data.get("secret")),
	)

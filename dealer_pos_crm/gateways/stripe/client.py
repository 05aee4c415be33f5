"""One client for one Stripe account: one key, own timeouts, own idempotency keys.

Every method returns facts and raises ``gateways.errors``. Whatever moves money or makes something demands
``key``, the idempotency key: the same key never does it twice.
"""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from dealer_pos_crm.domain.gateway import (
	AccountFact,
	BalanceRow,
	DisputeFact,
	EndpointFact,
	EventFact,
	PaymentFact,
	PayoutFact,
	ReaderFact,
	RefundFact,
	SessionFact,
)
from dealer_pos_crm.domain.money import Money

from . import reading
from .amounts import to_stripe
from .errors import translated
from .sdk import api_version, library
from .webhooks import EVENTS

TEST, LIVE = "Test", "Live"
# Seconds to connect, and between two pieces of the answer: a person may be waiting.
TIMEOUT = (5, 25)
RETRIES = 1
_PAGE = 100
# Kinds of events that one list may be limited to.
_MOST_TYPES = 20
_CHARGE = "latest_charge.balance_transaction"
# The charge tells a refund from a hold that was given back.
_REFUND = ("balance_transaction", "charge")
_METADATA_LENGTH = 500

# Tests put a maker of their own HTTP client here.
http_client_factory: Callable[[], Any] | None = None


def mode_of(key: str) -> str:
	"""``Test`` or ``Live``, as the key's beginning says; empty for what is no secret key."""
	for prefix in ("sk", "rk"):
		if key.startswith(f"{prefix}_test_"):
			return TEST
		if key.startswith(f"{prefix}_live_"):
			return LIVE
	return ""


def epoch(moment: datetime) -> int:
	"""Seconds since 1970 of a moment that is naive and in UTC."""
	return int(moment.replace(tzinfo=timezone.utc).timestamp())


def _labels(metadata: Mapping[str, Any]) -> dict[str, str]:
	return {str(name): str(value)[:_METADATA_LENGTH] for name, value in metadata.items() if value is not None}


class _Unsaid(str):
	"""A text that is sent and not shown: whoever writes down what a call held leaves it out."""

	def __repr__(self) -> str:
		return "'…'"


class Gateway:
	"""``api_base``: another address than Stripe's, for tests; only with a test key."""

	# ``key``, as a variable of that name is left out when Frappe writes an error down with what it held.
	def __init__(self, key: str, *, api_base: str | None = None, http_client: Any = None) -> None:
		stripe = library()
		mode = mode_of(key)
		if not mode:
			raise ValueError("a secret key begins with sk_test_, sk_live_, rk_test_ or rk_live_")
		if mode == LIVE and (api_base or http_client or http_client_factory):
			raise ValueError("a live key is used with Stripe itself only")
		self.live = mode == LIVE
		made = http_client or (http_client_factory() if http_client_factory else None)
		self._client = stripe.StripeClient(
			key,
			# Uploads have an address of their own, and would leave for the real one.
			base_addresses={"api": api_base, "files": api_base} if api_base else None,
			max_network_retries=RETRIES,
			http_client=made or stripe.RequestsClient(timeout=TIMEOUT, session=_session(api_base)),
		)
		self._v1 = self._client.v1

	def _ask(self, read: Callable[[Any], Any], call: Callable[..., Any], *args: Any) -> Any:
		with translated():
			return read(call(*args))

	def _each(self, read: Callable[[Any], Any], call: Callable[..., Any], params: dict) -> Iterator[Any]:
		with translated():
			for one in call(params).auto_paging_iter():
				yield read(one)

	# The account and where it sends its messages

	def account(self) -> AccountFact:
		return self._ask(lambda found: reading.account(found, self.live), self._v1.accounts.retrieve_current)

	def endpoints(self) -> list[EndpointFact]:
		return list(self._each(reading.endpoint, self._v1.webhook_endpoints.list, {"limit": _PAGE}))

	def create_endpoint(self, url: str, *, events: Sequence[str] = EVENTS, key: str) -> EndpointFact:
		"""Ask for messages at ``url``, in the version this app reads. The answer tells the secret, once."""
		params = {"url": url, "enabled_events": list(events), "api_version": api_version()}
		return self._ask(reading.endpoint, self._v1.webhook_endpoints.create, params, _keyed(key))

	def update_endpoint(
		self,
		endpoint: str,
		*,
		url: str | None = None,
		events: Sequence[str] | None = None,
		enabled: bool = True,
	) -> EndpointFact:
		params: dict[str, Any] = {"disabled": not enabled}
		if url:
			params["url"] = url
		if events:
			params["enabled_events"] = list(events)
		return self._ask(reading.endpoint, self._v1.webhook_endpoints.update, endpoint, params)

	def delete_endpoint(self, endpoint: str) -> None:
		self._ask(lambda _gone: None, self._v1.webhook_endpoints.delete, endpoint)

	# Paying on a hosted page

	def create_session(
		self,
		*,
		key: str,
		amount: Money,
		what: str,
		success_url: str,
		cancel_url: str,
		expires_at: datetime,
		metadata: Mapping[str, Any],
		email: str | None = None,
		capture: str = "automatic",
	) -> SessionFact:
		"""A hosted page for one payment of ``amount``. ``expires_at``: UTC, 30 minutes to 24 hours from now."""
		params: dict[str, Any] = {
			"mode": "payment",
			"submit_type": "pay",
			"line_items": [
				{
					"quantity": 1,
					"price_data": {
						"currency": amount.currency.lower(),
						"unit_amount": to_stripe(amount),
						"product_data": {"name": what[:250]},
					},
				}
			],
			"allowed_payment_method_types": ["card"],
			# The books expect the company's currency, not the one of the customer's card.
			"adaptive_pricing": {"enabled": False},
			"success_url": success_url,
			"cancel_url": cancel_url,
			"expires_at": epoch(expires_at),
			"metadata": _labels(metadata),
			# What is on the session alone would be missing on payment and charge.
			"payment_intent_data": {
				"description": what[:250],
				"metadata": _labels(metadata),
				"capture_method": capture,
			},
		}
		if email:
			params["customer_email"] = email = _Unsaid(email)
		return self._ask(reading.session, self._v1.checkout.sessions.create, params, _keyed(key))

	def session(self, session: str) -> SessionFact:
		return self._ask(reading.session, self._v1.checkout.sessions.retrieve, session)

	def expire_session(self, session: str, *, key: str) -> SessionFact:
		return self._ask(reading.session, self._v1.checkout.sessions.expire, session, {}, _keyed(key))

	# Payments

	def create_payment(
		self,
		*,
		key: str,
		amount: Money,
		metadata: Mapping[str, Any],
		what: str,
		in_person: bool = True,
		capture: str = "automatic",
	) -> PaymentFact:
		params = {
			"amount": to_stripe(amount),
			"currency": amount.currency.lower(),
			"capture_method": capture,
			"description": what[:250],
			"metadata": _labels(metadata),
			"allowed_payment_method_types": ["card_present" if in_person else "card"],
			"expand": [_CHARGE],
		}
		return self._ask(reading.payment, self._v1.payment_intents.create, params, _keyed(key))

	def payment(self, intent: str) -> PaymentFact:
		"""The payment with its charge and fee, in one call."""
		return self._ask(reading.payment, self._v1.payment_intents.retrieve, intent, {"expand": [_CHARGE]})

	def capture(self, intent: str, *, key: str, amount: Money) -> PaymentFact:
		"""Take ``amount`` of a hold; the rest is released."""
		params = {"amount_to_capture": to_stripe(amount), "expand": [_CHARGE]}
		return self._ask(reading.payment, self._v1.payment_intents.capture, intent, params, _keyed(key))

	def cancel(self, intent: str, *, key: str, reason: str | None = None) -> PaymentFact:
		"""Cancel a payment that is not captured. ``reason``: abandoned, duplicate, fraudulent or
		requested_by_customer."""
		params: dict[str, Any] = {"expand": [_CHARGE]}
		if reason:
			params["cancellation_reason"] = reason
		return self._ask(reading.payment, self._v1.payment_intents.cancel, intent, params, _keyed(key))

	def find_payments(self, metadata: Mapping[str, Any]) -> list[PaymentFact]:
		"""Payments that carry all of ``metadata``. What was made in the last minutes may be missing."""
		query = " AND ".join(
			f"metadata['{_quoted(name)}']:'{_quoted(value)}'" for name, value in _labels(metadata).items()
		)
		params = {"query": query, "limit": _PAGE, "expand": [f"data.{_CHARGE}"]}
		return list(self._each(reading.payment, self._v1.payment_intents.search, params))

	def recent_payments(self, since: datetime) -> Iterator[PaymentFact]:
		"""Payments made since, the newest first; for when the search does not know them yet."""
		params = {"created": {"gte": epoch(since)}, "limit": _PAGE, "expand": [f"data.{_CHARGE}"]}
		return self._each(reading.payment, self._v1.payment_intents.list, params)

	# Refunds

	def refund(
		self,
		*,
		key: str,
		charge: str,
		amount: Money,
		metadata: Mapping[str, Any],
		reason: str = "requested_by_customer",
	) -> RefundFact:
		"""Pay back a part of a charge. ``reason``: duplicate, fraudulent or requested_by_customer."""
		params = {
			"charge": charge,
			"amount": to_stripe(amount),
			"reason": reason,
			"metadata": _labels(metadata),
			"expand": list(_REFUND),
		}
		return self._ask(reading.refund, self._v1.refunds.create, params, _keyed(key))

	def refund_of(self, refund: str) -> RefundFact:
		return self._ask(reading.refund, self._v1.refunds.retrieve, refund, {"expand": list(_REFUND)})

	def refunds(self, *, charge: str | None = None, intent: str | None = None) -> list[RefundFact]:
		"""All refunds of a charge or a payment; not the rest of a hold that was released."""
		if bool(charge) == bool(intent):
			raise ValueError("name the charge or the payment")
		params: dict[str, Any] = {"limit": _PAGE, "expand": [f"data.{part}" for part in _REFUND]}
		params.update({"charge": charge} if charge else {"payment_intent": intent})
		return [one for one in self._each(reading.refund, self._v1.refunds.list, params) if not one.release]

	# Card readers

	def reader(self, reader: str) -> ReaderFact:
		return self._ask(reading.reader, self._v1.terminal.readers.retrieve, reader)

	def readers(self, location: str | None = None) -> list[ReaderFact]:
		params: dict[str, Any] = {"limit": _PAGE}
		if location:
			params["location"] = location
		return list(self._each(reading.reader, self._v1.terminal.readers.list, params))

	def register_reader(self, code: str, label: str, location: str, *, key: str) -> ReaderFact:
		params = {"registration_code": code, "label": label, "location": location}
		return self._ask(reading.reader, self._v1.terminal.readers.create, params, _keyed(key))

	def create_location(self, name: str, address: Mapping[str, str], *, key: str) -> str:
		"""A place that readers stand at. ``address``: line1, city, state, postal_code, country. Its id."""
		params = {"display_name": name, "address": dict(address)}
		return self._ask(_id_of, self._v1.terminal.locations.create, params, _keyed(key))

	def process(self, reader: str, intent: str, *, key: str) -> ReaderFact:
		"""Have the reader ask for a card. It returns at once; the reader's fact tells how it goes on."""
		# A tip would change the amount that the books expect.
		params = {"payment_intent": intent, "process_config": {"skip_tipping": True}}
		return self._ask(
			reading.reader, self._v1.terminal.readers.process_payment_intent, reader, params, _keyed(key)
		)

	def present_test_card(self, reader: str, *, key: str) -> ReaderFact:
		"""What a customer does with a card, at the provider's own reader without a body; never with a live key."""
		if self.live:
			raise ValueError("a test card at a live reader")
		present = self._client.v1.test_helpers.terminal.readers.present_payment_method
		return self._ask(reading.reader, present, reader, {}, _keyed(key))

	def cancel_action(self, reader: str, *, key: str) -> ReaderFact:
		return self._ask(reading.reader, self._v1.terminal.readers.cancel_action, reader, {}, _keyed(key))

	# Disputes

	def dispute(self, dispute: str) -> DisputeFact:
		return self._ask(reading.dispute, self._v1.disputes.retrieve, dispute)

	def disputes(self, since: datetime) -> Iterator[DisputeFact]:
		params = {"created": {"gte": epoch(since)}, "limit": _PAGE}
		return self._each(reading.dispute, self._v1.disputes.list, params)

	def stage_evidence(self, dispute: str, evidence: Mapping[str, Any], *, key: str) -> DisputeFact:
		"""Put evidence on the dispute without handing it to the bank. It may be staged again."""
		# The provider submits unless it is told not to, and it can be done but once.
		params = {"evidence": dict(evidence), "submit": False}
		return self._ask(reading.dispute, self._v1.disputes.update, dispute, params, _keyed(key))

	def submit_evidence(self, dispute: str, *, key: str) -> DisputeFact:
		"""Hand what is staged to the bank. It cannot be taken back."""
		return self._ask(reading.dispute, self._v1.disputes.update, dispute, {"submit": True}, _keyed(key))

	def upload(self, data: bytes, filename: str, *, key: str) -> str:
		"""A file as evidence. Returns its id."""
		file = io.BytesIO(data)
		file.name = filename
		params = {"purpose": "dispute_evidence", "file": file}
		return self._ask(_id_of, self._v1.files.create, params, _keyed(key))

	# Payouts

	def payout(self, payout: str) -> PayoutFact:
		return self._ask(reading.payout, self._v1.payouts.retrieve, payout)

	def payouts(self, since: datetime) -> Iterator[PayoutFact]:
		params = {"created": {"gte": epoch(since)}, "limit": _PAGE}
		return self._each(reading.payout, self._v1.payouts.list, params)

	def balance_rows(self, payout: str) -> Iterator[BalanceRow]:
		"""The rows that a payout pays out, and the payout's own. Only of itemised payouts."""
		params = {"payout": payout, "limit": _PAGE, "expand": ["data.source"]}
		return self._each(reading.balance_row, self._v1.balance_transactions.list, params)

	def balance_row(self, transaction: str) -> BalanceRow:
		return self._ask(
			reading.balance_row, self._v1.balance_transactions.retrieve, transaction, {"expand": ["source"]}
		)

	# Messages

	def events(
		self, *, types: Sequence[str] = EVENTS, undelivered: bool = True, after: datetime | None = None
	) -> Iterator[EventFact]:
		"""Messages made since ``after`` (UTC); of ``undelivered`` ones those that no endpoint has taken.

		The provider keeps them for 30 days.
		"""
		for first in range(0, len(types), _MOST_TYPES):
			params: dict[str, Any] = {"types": list(types[first : first + _MOST_TYPES]), "limit": _PAGE}
			if undelivered:
				params["delivery_success"] = False
			if after:
				params["created"] = {"gte": epoch(after)}
			yield from self._each(reading.event, self._v1.events.list, params)

	def event(self, event: str) -> EventFact:
		return self._ask(reading.event, self._v1.events.retrieve, event)


def _session(api_base: str | None) -> Any:
	import requests

	session = requests.Session()
	# A stand-in on this machine is not behind the site's proxy.
	session.trust_env = not api_base
	return session


def _keyed(key: str) -> dict[str, str]:
	if not key:
		raise ValueError("a call that does something needs an idempotency key")
	return {"idempotency_key": key[:255]}


def _quoted(text: str) -> str:
	return text.replace("\\", "\\\\").replace("'", "\\'")


def _id_of(thing: Any) -> str:
	return str(reading.plain(thing).get("id") or "")

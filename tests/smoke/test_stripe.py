"""What the app relies on at Stripe, once through: paying, holding, refunding, the reader, disputes, messages."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import stripe

from dealer_pos_crm.domain.gateway import DisputeState, PaymentFact, PaymentState, RefundState
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.gateways.errors import Declined, KeyConflict, Rejected
from dealer_pos_crm.gateways.stripe.client import Gateway
from dealer_pos_crm.gateways.stripe.errors import translated
from dealer_pos_crm.gateways.stripe.sdk import api_version
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS
from tests.smoke.conftest import wait_for


def usd(minor: int) -> Money:
	return Money(minor, "USD")


def pay(
	gateway: Gateway,
	api: stripe.StripeClient,
	once: str,
	minor: int,
	*,
	card: str = "pm_card_visa",
	**more: str,
) -> PaymentFact:
	"""A payment of ours, and the customer's card on it."""
	made = gateway.create_payment(
		key=once, amount=usd(minor), metadata={"smoke": once}, what="Smoke test", in_person=False, **more
	)
	with translated():
		api.v1.payment_intents.confirm(
			made.intent, {"payment_method": card, "return_url": "https://dealer.example/thanks"}
		)
	return gateway.payment(made.intent)


def test_the_account_is_in_test_mode_and_takes_charges(gateway: Gateway) -> None:
	account = gateway.account()
	assert account.account.startswith("acct_") and not account.live
	assert account.charges_enabled, "finish the account's set-up at Stripe first"


def test_a_page_opens_and_is_closed(gateway: Gateway, once: str) -> None:
	until = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(minutes=35)
	made = gateway.create_session(
		key=once, amount=usd(50_000), what="Deposit", success_url="https://dealer.example/thanks",
		cancel_url="https://dealer.example/back", expires_at=until, metadata={"smoke": once},
	)  # fmt: skip
	assert (made.open, made.paid, made.intent, made.amount) == (True, False, "", usd(50_000))
	assert made.url.startswith("http")
	closed = gateway.expire_session(made.session, key=f"{once}-x")
	assert not closed.open and not gateway.session(made.session).complete


def test_a_page_of_less_than_half_an_hour_is_refused(gateway: Gateway, once: str) -> None:
	until = datetime.now(timezone.utc).replace(tzinfo=None) + timedelta(minutes=20)
	with pytest.raises(Rejected):
		gateway.create_session(
			key=once, amount=usd(50_000), what="Deposit", success_url="https://dealer.example/thanks",
			cancel_url="https://dealer.example/back", expires_at=until, metadata={},
		)  # fmt: skip


def test_a_key_does_it_once(gateway: Gateway, once: str) -> None:
	def make(minor: int) -> str:
		return gateway.create_payment(key=once, amount=usd(minor), metadata={}, what="Smoke test").intent

	assert make(1_000) == make(1_000)
	with pytest.raises(KeyConflict):
		make(1_001)


def test_paid_and_refunded_in_parts(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	paid = pay(gateway, api, once, 10_000)
	assert (paid.state, paid.captured, paid.card.last4) == (PaymentState.CAPTURED, usd(10_000), "4242")
	assert paid.metadata["smoke"] == once
	known = wait_for(lambda: (fact := gateway.payment(paid.intent)).fee and fact)
	assert known and known.fee and known.fee.minor > 0
	first = gateway.refund(key=f"{once}-1", charge=paid.charge, amount=usd(3_000), metadata={"smoke": once})
	assert first.state in (RefundState.SUCCEEDED, RefundState.PENDING) and not first.release
	with pytest.raises(Rejected):
		gateway.refund(key=f"{once}-2", charge=paid.charge, amount=usd(7_001), metadata={})
	assert [one.refund for one in gateway.refunds(charge=paid.charge)] == [first.refund]
	assert gateway.payment(paid.intent).refunded == usd(3_000)


def test_a_declined_card_says_why(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	with pytest.raises(Declined) as decline:
		pay(gateway, api, once, 1_000, card="pm_card_visa_chargeDeclinedInsufficientFunds")
	assert (decline.value.code, decline.value.decline_code) == ("card_declined", "insufficient_funds")
	assert gateway.payment(decline.value.intent).state is PaymentState.WAITING


def test_a_hold_taken_in_part_is_no_refund(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	held = pay(gateway, api, once, 20_000, capture="manual")
	assert held.state is PaymentState.AUTHORISED and held.capture_before
	with pytest.raises(Rejected):
		gateway.capture(held.intent, key=f"{once}-0", amount=usd(20_001))
	taken = gateway.capture(held.intent, key=f"{once}-1", amount=usd(15_000))
	assert (taken.state, taken.captured, taken.refunded) == (PaymentState.CAPTURED, usd(15_000), usd(0))
	assert gateway.refunds(intent=held.intent) == []
	with pytest.raises(Rejected):
		gateway.refund(key=f"{once}-2", charge=taken.charge, amount=usd(15_001), metadata={})


def test_a_released_hold_is_no_refund(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	held = pay(gateway, api, once, 20_000, capture="manual")
	gone = gateway.cancel(held.intent, key=f"{once}-1", reason="requested_by_customer")
	assert (gone.state, gone.captured) == (PaymentState.CANCELLED, usd(0))
	assert gateway.refunds(intent=held.intent) == []


def test_a_payment_is_found_by_its_labels(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	paid = pay(gateway, api, once, 1_000)
	since = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(minutes=5)
	assert paid.intent in [one.intent for one in gateway.recent_payments(since)]
	found = wait_for(lambda: gateway.find_payments({"smoke": once}))
	assert [one.intent for one in found] == [paid.intent]


def test_a_card_at_a_simulated_reader(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	address = {"line1": "1 Main St", "city": "Denver", "state": "CO", "postal_code": "80202", "country": "US"}
	place = gateway.create_location("Smoke test", address, key=f"{once}-place")
	reader = gateway.register_reader("simulated-s700", "Smoke test", place, key=f"{once}-reader")
	made = gateway.create_payment(key=once, amount=usd(2_500), metadata={"smoke": once}, what="Smoke test")
	assert gateway.process(reader.reader, made.intent, key=f"{once}-1").action == "In Progress"
	with pytest.raises(Rejected):
		gateway.process(reader.reader, made.intent, key=f"{once}-2")
	api.v1.test_helpers.terminal.readers.present_payment_method(reader.reader)
	assert wait_for(lambda: gateway.reader(reader.reader).action == "Succeeded")
	taken = gateway.payment(made.intent)
	assert (taken.captured, taken.card.method) == (usd(2_500), "card_present")
	api.v1.terminal.readers.delete(reader.reader)


def test_evidence_is_staged_without_being_sent(gateway: Gateway, api: stripe.StripeClient, once: str) -> None:
	paid = pay(gateway, api, once, 5_000, card="pm_card_createDispute")
	since = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(minutes=5)

	def mine() -> list[str]:
		return [one.dispute for one in gateway.disputes(since) if one.intent == paid.intent]

	(dispute,) = wait_for(mine)
	file = gateway.upload(b"%PDF-1.4\n%%EOF\n", "evidence.pdf", key=f"{once}-file")
	staged = gateway.stage_evidence(
		dispute, {"product_description": "A car", "uncategorized_file": file}, key=f"{once}-1"
	)
	assert (staged.state, staged.submission_count) == (DisputeState.NEEDS_RESPONSE, 0)
	assert staged.has_evidence and staged.due_by


def test_messages_are_asked_for_in_our_version(gateway: Gateway, once: str) -> None:
	made = gateway.create_endpoint("https://dealer.example/smoke", key=once)
	try:
		assert made.secret.startswith("whsec_") and made.api_version == api_version()
		assert set(made.events) == set(EVENTS)
	finally:
		gateway.delete_endpoint(made.endpoint)
	assert made.endpoint not in [one.endpoint for one in gateway.endpoints()]


def test_payouts_and_messages_can_be_listed(gateway: Gateway) -> None:
	since = datetime.now(timezone.utc).replace(tzinfo=None) - timedelta(days=20)
	for payout in gateway.payouts(since):
		if payout.itemised:
			rows = list(gateway.balance_rows(payout.payout))
			assert sum(row.net.minor for row in rows if row.category != "payout") == payout.amount.minor
			break
	types = {event.type for event in gateway.events(undelivered=False, after=since)}
	assert types <= set(EVENTS)

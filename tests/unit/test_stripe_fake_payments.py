"""The stand-in for Stripe: pages, payments, holds and refunds go the ways that Stripe allows, and no other."""

from __future__ import annotations

import pytest
import stripe

from tests.stripe_fake import Fake, InProcess, PageClosed, client
from tests.unit.stripe_helpers import BEGIN, hold, line, paid, refused, session

Both = tuple[Fake, stripe.StripeClient]


@pytest.fixture
def both() -> Both:
	fake = Fake(start=BEGIN)
	return fake, client(fake)


def types(fake: Fake) -> list[str]:
	return [event["type"] for event in reversed(fake.store.all("event"))]


# What other stand-ins let pass


def test_never_more_is_refunded_than_was_taken(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake, 10_000)
	assert (
		refused(api.v1.refunds.create, {"payment_intent": intent, "amount": 10_001}).code
		== "amount_too_large"
	)
	api.v1.refunds.create({"payment_intent": intent, "amount": 6_000})
	assert (
		refused(api.v1.refunds.create, {"payment_intent": intent, "amount": 4_001}).code == "amount_too_large"
	)
	api.v1.refunds.create({"payment_intent": intent, "amount": 4_000})
	assert refused(api.v1.refunds.create, {"payment_intent": intent}).code == "charge_already_refunded"
	assert fake.object(fake.object(intent)["latest_charge"])["refunded"] is True


def test_a_hold_is_not_refunded(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake)
	refused(api.v1.refunds.create, {"payment_intent": intent})
	charge = fake.object(intent)["latest_charge"]
	assert refused(api.v1.refunds.create, {"charge": charge}).code == "charge_not_refundable"


def test_nothing_is_captured_after_a_cancel(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake)
	api.v1.payment_intents.cancel(intent)
	assert refused(api.v1.payment_intents.capture, intent).code == "payment_intent_unexpected_state"
	refused(api.v1.payment_intents.cancel, intent)


def test_nothing_is_captured_twice_or_above_the_hold(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake, 20_000)
	assert (
		refused(api.v1.payment_intents.capture, intent, {"amount_to_capture": 20_001}).code
		== "amount_too_large"
	)
	api.v1.payment_intents.capture(intent, {"amount_to_capture": 15_000})
	refused(api.v1.payment_intents.capture, intent)
	refused(api.v1.payment_intents.cancel, intent)


# Pages


def test_a_page_has_no_payment_until_somebody_tries(both: Both) -> None:
	fake, api = both
	made = session(api)
	assert (made.payment_intent, made.status, made.payment_status) == (None, "open", "unpaid")
	visit = fake.payer.decline(made.url)
	assert visit.outcome == "declined" and visit.intent
	assert api.v1.checkout.sessions.retrieve(made.id).status == "open"
	again = fake.payer.pay(made.url)
	assert again.intent == visit.intent and again.charge != visit.charge
	done = api.v1.checkout.sessions.retrieve(made.id)
	assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
	assert again.url == f"https://dealer.example/thanks?session={made.id}"
	assert types(fake) == [
		"payment_intent.created",
		"charge.failed",
		"payment_intent.payment_failed",
		"charge.succeeded",
		"payment_intent.succeeded",
		"checkout.session.completed",
	]


def test_a_page_is_paid_once_and_two_pages_twice(both: Both) -> None:
	fake, api = both
	first, second = session(api), session(api)
	fake.payer.pay(first.url)
	with pytest.raises(PageClosed):
		fake.payer.pay(first.id)
	assert fake.payer.pay(second.url).outcome == "paid"
	assert len(fake.store.rows["charge"]) == 2


def test_a_page_lives_from_half_an_hour_to_a_day(both: Both) -> None:
	fake, api = both
	for seconds in (1799, 86_401):
		refused(lambda late: session(api, expires_at=BEGIN + late), seconds)
	made = session(api, expires_at=BEGIN + 1800)
	fake.payer.decline(made.id)
	fake.clock.advance(seconds=1799)
	assert fake.payer.abandon(made.id).url == "https://dealer.example/back"
	fake.clock.advance(seconds=1)
	with pytest.raises(PageClosed):
		fake.payer.pay(made.id)
	gone = api.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
	assert (gone.status, gone.payment_intent.status) == ("expired", "canceled")
	assert types(fake)[-1] == "checkout.session.expired"
	refused(api.v1.checkout.sessions.expire, made.id)


def test_an_open_page_is_expired_not_its_payment_cancelled(both: Both) -> None:
	fake, api = both
	made = session(api)
	intent = fake.payer.decline(made.id).intent
	assert "Expire the Checkout Session" in str(refused(api.v1.payment_intents.cancel, intent))
	refused(api.v1.payment_intents.confirm, intent, {"payment_method": "pm_card_visa"})
	refused(api.v1.payment_intents.update, intent, {"amount": 1})
	api.v1.checkout.sessions.expire(made.id)
	with pytest.raises(PageClosed):
		fake.payer.pay(made.id)


def test_a_page_says_what_is_paid(both: Both) -> None:
	_fake, api = both
	two = session(api, line_items=[line(50_000), {**line(1_000), "quantity": 3}])
	assert two.amount_total == 53_000
	lines = api.v1.checkout.sessions.line_items.list(two.id).data
	assert sorted(one.amount_total for one in lines) == [3_000, 50_000]
	refused(lambda: session(api, 49))
	refused(lambda: session(api, line_items=[line(500), line(500, "eur")]))
	refused(lambda: session(api, line_items=[]))
	refused(lambda: session(api, success_url="dealer.example"))
	refused(lambda: session(api, customer="cus_nobody"))


def test_labels_of_the_page_reach_payment_and_charge(both: Both) -> None:
	fake, api = both
	made = session(api, metadata={"a": "page"}, payment_intent_data={"metadata": {"a": "payment"}})
	visit = fake.payer.pay(made.id)
	assert [fake.object(name)["metadata"]["a"] for name in (made.id, visit.intent, visit.charge)] == [
		"page",
		"payment",
		"payment",
	]


@pytest.mark.parametrize("ends_well", [True, False])
def test_a_slow_method_ends_days_later(both: Both, ends_well: bool) -> None:
	fake, api = both
	made = session(api)
	visit = fake.payer.pay(made.id, card="bank")
	assert visit.outcome == "processing"
	waiting = api.v1.checkout.sessions.retrieve(made.id)
	assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
	assert fake.ledger.rows() == []
	fake.payer.settle(made.id, ok=ends_well)
	after = api.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
	assert after.payment_status == ("paid" if ends_well else "unpaid")
	assert after.payment_intent.status == ("succeeded" if ends_well else "requires_payment_method")
	assert types(fake)[-1] == f"checkout.session.async_payment_{'succeeded' if ends_well else 'failed'}"
	assert len(fake.ledger.rows()) == int(ends_well)


# Holds


def test_a_hold_is_taken_in_part(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake, 20_000)
	held = api.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
	assert (held.status, held.amount_capturable) == ("requires_capture", 20_000)
	assert held.latest_charge.payment_method_details.card.capture_before == BEGIN + 7 * 86_400
	assert fake.ledger.rows() == []
	taken = api.v1.payment_intents.capture(intent, {"amount_to_capture": 15_000, "expand": ["latest_charge"]})
	charge = taken.latest_charge
	assert (taken.status, taken.amount_received, charge.amount_captured) == ("succeeded", 15_000, 15_000)
	# The rest stands as a refund of money that was never taken, with a row of its own in the balance.
	assert (charge.amount_refunded, charge.refunded) == (5_000, False)
	rows = [(row["reporting_category"], row["amount"]) for row in reversed(fake.ledger.rows())]
	assert rows == [("charge", 20_000), ("partial_capture_reversal", -5_000)]
	assert fake.ledger.sum() == 15_000 - (15_000 * 29 // 1000 + 30)
	assert (
		refused(api.v1.refunds.create, {"payment_intent": intent, "amount": 15_001}).code
		== "amount_too_large"
	)
	api.v1.refunds.create({"payment_intent": intent})
	assert fake.object(charge.id)["amount_refunded"] == 20_000


def test_a_hold_ends_by_itself(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake)
	fake.clock.advance(days=6, hours=23)
	assert fake.object(intent)["status"] == "requires_capture"
	fake.clock.advance(hours=1)
	gone = api.v1.payment_intents.retrieve(intent)
	assert (gone.status, gone.cancellation_reason) == ("canceled", "automatic")
	refused(api.v1.payment_intents.capture, intent)
	assert types(fake)[-3:] == ["charge.expired", "charge.refunded", "payment_intent.canceled"]
	assert fake.ledger.rows() == []
	(back,) = api.v1.refunds.list({"payment_intent": intent}).data
	assert (back.reason, back.balance_transaction) == ("expired_uncaptured_charge", None)


def test_a_released_hold_moves_no_money(both: Both) -> None:
	fake, api = both
	intent = hold(api, fake)
	api.v1.payment_intents.cancel(intent, {"cancellation_reason": "requested_by_customer"})
	charge = fake.object(fake.object(intent)["latest_charge"])
	assert (charge["refunded"], charge["captured"], fake.ledger.rows()) == (True, False, [])


# Refunds


def test_a_refund_that_had_succeeded_fails_later(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake, 10_000)
	before = fake.ledger.sum()
	refund = api.v1.refunds.create({"payment_intent": intent, "amount": 3_000})
	assert refund.status == "succeeded" and fake.ledger.sum() == before - 3_000
	fake.bank.fail_refund(refund.id)
	failed = api.v1.refunds.retrieve(refund.id)
	assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
	assert fake.ledger.sum() == before and failed.failure_balance_transaction
	assert fake.object(fake.object(intent)["latest_charge"])["amount_refunded"] == 0
	assert "refund.failed" in types(fake)
	with pytest.raises(AssertionError):
		fake.bank.fail_refund(refund.id)


def test_a_refund_waits_and_then_goes_through(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake, 10_000)
	fake.bank.next_refund("pending")
	refund = api.v1.refunds.create({"payment_intent": intent, "amount": 3_000})
	assert (refund.status, refund.balance_transaction) == ("pending", None)
	assert (
		refused(api.v1.refunds.create, {"payment_intent": intent, "amount": 7_001}).code == "amount_too_large"
	)
	fake.bank.settle_refund(refund.id)
	assert api.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_that_needs_the_customer_can_be_cancelled(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake, 10_000)
	fake.bank.next_refund("requires_action")
	refund = api.v1.refunds.create({"payment_intent": intent})
	assert api.v1.refunds.cancel(refund.id).status == "canceled"
	done = api.v1.refunds.create({"payment_intent": intent})
	assert done.status == "succeeded"
	refused(api.v1.refunds.cancel, done.id)


def test_a_refund_names_what_it_refunds(both: Both) -> None:
	fake, api = both
	refused(api.v1.refunds.create, {"amount": 100})
	refused(api.v1.refunds.create, {"charge": "ch_nobody"})
	intent = paid(api, fake)
	refused(api.v1.refunds.create, {"payment_intent": intent, "amount": 0})
	refused(api.v1.refunds.create, {"payment_intent": intent, "reason": "i_do_not_like_it"})


# Cards


def test_declines_say_why(both: Both) -> None:
	fake, api = both
	made = session(api)
	for card, code in (("9995", "insufficient_funds"), ("9987", "lost_card")):
		intent = fake.payer.decline(made.id, card).intent
		error = api.v1.payment_intents.retrieve(intent).last_payment_error
		assert (error.code, error.decline_code) == ("card_declined", code)
	assert fake.payer.pay(made.id, "0069").message == "Your card has expired."
	with pytest.raises(LookupError):
		fake.payer.pay(made.id, "1234")


def test_the_fee_is_known_later_when_asked_for(both: Both) -> None:
	fake, api = both
	fake.habits.fee_delay = 5
	charge = fake.object(paid(api, fake))["latest_charge"]
	assert fake.object(charge)["balance_transaction"] is None
	fake.clock.advance(seconds=5)
	assert fake.object(charge)["balance_transaction"] and types(fake)[-1] == "charge.updated"


def test_metadata_is_changed_key_by_key(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake)
	api.v1.payment_intents.update(intent, {"metadata": {"a": "1", "b": "2"}})
	api.v1.payment_intents.update(intent, {"metadata": {"a": "", "c": "3"}})
	assert fake.object(intent)["metadata"] == {"b": "2", "c": "3"}
	refused(api.v1.payment_intents.update, intent, {"amount": 5})


def test_a_caller_may_live_on_the_machines_clock_or_on_the_fakes() -> None:
	fake = Fake()
	api = client(fake)
	machine = fake.clock.now()
	fake.clock.advance(days=3)
	by_machine = session(api, expires_at=machine + 3600)
	by_fake = session(api, expires_at=fake.clock.now() + 3600)
	refused(lambda: session(api, expires_at=machine + 90_000))
	fake.clock.advance(minutes=59)
	assert fake.payer.abandon(by_machine.id).outcome == fake.payer.abandon(by_fake.id).outcome == "left"
	fake.clock.advance(minutes=2)
	for gone in (by_machine, by_fake):
		with pytest.raises(PageClosed):
			fake.payer.pay(gone.id)


def test_two_accounts_side_by_side_and_a_rolled_key() -> None:
	first, second = Fake(start=BEGIN), Fake(start=BEGIN)
	transport = InProcess(first, second)
	apis = [stripe.StripeClient(fake.key, http_client=transport) for fake in (first, second)]
	assert [api.v1.accounts.retrieve_current().id for api in apis] == [first.account_id, second.account_id]
	second.key = "sk_test_rolled"
	assert isinstance(refused(apis[1].v1.accounts.retrieve_current), stripe.AuthenticationError)
	assert len(second.calls("?")) + len(second.calls("accounts.retrieve_current")) == 2

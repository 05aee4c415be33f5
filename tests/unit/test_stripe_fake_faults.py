"""The stand-in for Stripe when things go wrong: lost answers, refusals, and messages that come as they like."""

from __future__ import annotations

import json

import pytest
import stripe

from tests.stripe_fake import Fake, InProcess, client
from tests.unit.stripe_helpers import BEGIN, paid, refused, session

PAY = {"amount": 1000, "currency": "usd"}
KEY = {"idempotency_key": "one"}


def intents(fake: Fake) -> int:
	return len(fake.store.rows.get("payment_intent", {}))


@pytest.mark.parametrize("how", ["timeout_after", "500_after"])
def test_an_effect_whose_answer_was_lost(how: str) -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", how)
	error = refused(client(fake, retries=0).v1.payment_intents.create, PAY, KEY)
	assert intents(fake) == 1
	expected = stripe.APIConnectionError if how == "timeout_after" else stripe.APIError
	assert isinstance(error, expected)


@pytest.mark.parametrize("how", ["timeout_before", "refused", "409", "429", "500"])
def test_a_call_that_did_nothing(how: str) -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", how)
	error = refused(client(fake, retries=0).v1.payment_intents.create, PAY, KEY)
	assert intents(fake) == 0
	assert isinstance(error, stripe.RateLimitError) == (how == "429")
	assert error.http_status == (int(how) if how.isdigit() else None)


@pytest.mark.parametrize("how", ["timeout_after", "timeout_before", "refused", "409"])
def test_the_sdks_own_retries_get_there_with_one_effect(how: str) -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", how, times=2)
	made = client(fake, retries=2).v1.payment_intents.create(PAY, KEY)
	assert intents(fake) == 1 and fake.object(made.id)["amount"] == 1000
	assert [call.key for call in fake.calls("payment_intents.create")] == ["one"] * 3


def test_a_kept_500_is_replayed_and_a_new_key_goes_through() -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", "500")
	api = client(fake)
	assert refused(api.v1.payment_intents.create, PAY, KEY).http_status == 500
	assert [call.replayed for call in fake.calls("payment_intents.create")] == [False, True, True]
	assert refused(api.v1.payment_intents.create, PAY, KEY).http_status == 500
	assert api.v1.payment_intents.create(PAY, {"idempotency_key": "two"}).id


def test_429_is_not_tried_again_by_the_sdk() -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", "429")
	refused(client(fake, retries=5).v1.payment_intents.create, PAY, KEY)
	assert len(fake.calls("payment_intents.create")) == 1


def test_a_call_that_stripe_still_works_on() -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("payment_intents.create", "hangs")
	api = client(fake, retries=0)
	assert isinstance(refused(api.v1.payment_intents.create, PAY, KEY), stripe.APIConnectionError)
	in_use = refused(api.v1.payment_intents.create, PAY, KEY)
	assert (in_use.http_status, in_use.error.code) == (409, "idempotency_key_in_use")
	assert intents(fake) == 0
	assert fake.finish_hanging() == 1
	assert api.v1.payment_intents.create(PAY, KEY).last_response.headers["idempotent-replayed"] == "true"
	assert intents(fake) == 1


def test_a_fault_waits_for_its_operation() -> None:
	fake = Fake(start=BEGIN)
	fake.fail_next("refunds.*", "refused")
	api = client(fake, retries=0)
	intent = paid(api, fake)
	refused(api.v1.refunds.create, {"payment_intent": intent})
	api.v1.refunds.create({"payment_intent": intent})
	with pytest.raises(ValueError, match="no such fault"):
		fake.fail_next("refunds.create", "sulks")


# Messages


def endpoint(fake: Fake, *events: str) -> stripe.WebhookEndpoint:
	params = {"url": "https://dealer.example/hook", "enabled_events": list(events) or ["*"]}
	return client(fake).v1.webhook_endpoints.create(params)  # type: ignore[arg-type]


def test_a_message_is_signed_for_its_endpoint_and_read_by_the_sdk() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	wanting = endpoint(fake, "payment_intent.succeeded")
	intent = paid(api, fake)
	((raw, header),) = fake.pending_webhooks()
	event = api.construct_event(raw, header, wanting.secret)
	assert (event.type, event.data.object.id, event.livemode) == ("payment_intent.succeeded", intent, False)
	assert fake.pending_webhooks() == []
	for secret in ("whsec_other", ""):
		with pytest.raises(stripe.SignatureVerificationError):
			api.construct_event(raw, header, secret)


def test_the_secret_is_shown_once_and_both_sign_while_it_is_rolled() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = endpoint(fake)
	assert made.secret and not hasattr(api.v1.webhook_endpoints.retrieve(made.id), "secret")
	new = fake.endpoints.roll_secret(made.id, keep_hours=24)
	paid(api, fake)
	raw, header = fake.pending_webhooks()[0]
	assert header.count("v1=") == 2
	for secret in (made.secret, new):
		assert api.construct_event(raw, header, secret)
	fake.clock.advance(hours=25)
	paid(api, fake)
	raw, header = fake.pending_webhooks()[0]
	assert api.construct_event(raw, header, new)
	with pytest.raises(stripe.SignatureVerificationError):
		api.construct_event(raw, header, made.secret)


@pytest.mark.parametrize("way", ["forged", "tampered", "stale", "unsigned"])
def test_a_message_that_is_not_stripes(way: str) -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = endpoint(fake)
	fake.webhooks.next(way, "payment_intent.succeeded")
	paid(api, fake)
	bad = [one for one in fake.pending_webhooks() if one.way]
	assert [one.type for one in bad] == ["payment_intent.succeeded"]
	with pytest.raises(stripe.SignatureVerificationError):
		api.construct_event(bad[0].raw, bad[0].header, made.secret)


def test_a_message_of_the_other_mode_is_well_signed() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = endpoint(fake, "payment_intent.succeeded")
	fake.webhooks.next("wrong_mode")
	paid(api, fake)
	raw, header = fake.pending_webhooks()[0]
	assert api.construct_event(raw, header, made.secret).livemode is True


def test_twice_late_never_and_in_another_order() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	endpoint(fake, "payment_intent.succeeded", "checkout.session.completed", "payment_intent.created")
	fake.webhooks.next("duplicate", "payment_intent.created")
	fake.webhooks.next("delay", "payment_intent.succeeded", seconds=600)
	fake.webhooks.next("drop", "checkout.session.completed")
	paid(api, fake)
	now = fake.pending_webhooks()
	assert [one.type for one in now] == ["payment_intent.created"] * 2 and now[0].event == now[1].event
	fake.clock.advance(seconds=600)
	assert [one.type for one in fake.pending_webhooks()] == ["payment_intent.succeeded"]
	missed = api.v1.events.list({"delivery_success": False})
	assert [one.type for one in missed.data] == ["checkout.session.completed"]
	orders = set()
	for seed in range(6):
		fake.webhooks.shuffle(seed)
		paid(api, fake)
		orders.add(tuple(one.type for one in fake.pending_webhooks()))
	assert len(orders) > 1 and {tuple(sorted(order)) for order in orders} == {
		tuple(sorted(next(iter(orders))))
	}


def test_a_message_that_was_not_taken_comes_again() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	endpoint(fake, "payment_intent.succeeded")
	paid(api, fake)
	(first,) = fake.pending_webhooks()
	first.answer(500)
	assert fake.pending_webhooks() == []
	assert api.v1.events.list({"delivery_success": False}).data[0].id == first.event
	fake.clock.advance(hours=1)
	(second,) = fake.pending_webhooks()
	assert (second.event, json.loads(second.raw)["id"]) == (first.event, first.event)
	second.answer(200)
	assert api.v1.events.list({"delivery_success": False}).data == []


def test_events_are_listed_by_type_and_kept_for_a_month() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	paid(api, fake)
	listed = api.v1.events.list({"types": ["charge.succeeded", "payment_intent.succeeded"]})
	assert {one.type for one in listed.data} == {"charge.succeeded", "payment_intent.succeeded"}
	assert {one.type for one in api.v1.events.list({"type": "payment_intent.*"}).data} == {
		"payment_intent.created",
		"payment_intent.succeeded",
	}
	refused(api.v1.events.list, {"types": [f"a{number}" for number in range(21)]})
	refused(api.v1.events.list, {"type": "*", "types": ["a"]})
	fake.clock.advance(days=30)
	assert api.v1.events.list().data == []


def test_an_endpoint_gets_what_it_asked_for_and_nothing_when_it_is_off() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = endpoint(fake, "refund.created")
	intent = paid(api, fake)
	api.v1.webhook_endpoints.update(made.id, {"disabled": True})
	api.v1.refunds.create({"payment_intent": intent, "amount": 100})
	api.v1.webhook_endpoints.update(made.id, {"disabled": False})
	api.v1.refunds.create({"payment_intent": intent, "amount": 100})
	assert [one.type for one in fake.pending_webhooks()] == ["refund.created"]
	api.v1.refunds.create({"payment_intent": intent, "amount": 100})
	api.v1.webhook_endpoints.delete(made.id)
	assert fake.pending_webhooks() == []
	refused(
		api.v1.webhook_endpoints.create, {"url": "https://a.example", "enabled_events": ["deposit.taken"]}
	)


def test_a_live_endpoint_is_on_https() -> None:
	live = Fake(livemode=True, start=BEGIN)
	refused(
		client(live).v1.webhook_endpoints.create,
		{"url": "http://dealer.example/hook", "enabled_events": ["*"]},
	)
	assert session(client(live)).livemode is True


def test_calls_without_a_key_of_ones_own_are_noted() -> None:
	fake = Fake(start=BEGIN)
	transport = InProcess(fake)
	api = stripe.StripeClient(fake.key, http_client=transport)
	api.v1.customers.create({}, {"idempotency_key": "site:customer:1"})
	assert transport.careless == []
	api.v1.customers.create({})
	assert transport.careless == ["/v1/customers"]

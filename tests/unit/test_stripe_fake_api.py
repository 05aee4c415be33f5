"""The stand-in for Stripe: what it takes and refuses, and the keys under which it keeps its answers."""

from __future__ import annotations

import io

import pytest
import stripe

from tests.stripe_fake import Fake, client
from tests.unit.stripe_helpers import BEGIN, line, session

WRONG = {
	"an unknown parameter": ({"amount": 100, "currency": "usd", "color": "red"}, "color"),
	"a removed parameter": (
		{"amount": 100, "currency": "usd", "payment_method_types": ["card"]},
		"payment_method_types",
	),
	"a missing parameter": ({"amount": 100}, "currency"),
	"a word for a number": ({"amount": "a lot", "currency": "usd"}, "amount"),
	"a fraction for a number": ({"amount": 10.5, "currency": "usd"}, "amount"),
	"a wrong word": ({"amount": 100, "currency": "usd", "capture_method": "manuel"}, "capture_method"),
	"a word for a list": ({"amount": 100, "currency": "usd", "expand": "latest_charge"}, "expand"),
	"an unknown inner parameter": (
		{"amount": 100, "currency": "usd", "automatic_payment_methods": {"enabled": True, "often": True}},
		"automatic_payment_methods[often]",
	),
	"a missing inner parameter": (
		{"amount": 100, "currency": "usd", "automatic_payment_methods": {"allow_redirects": "never"}},
		"automatic_payment_methods[enabled]",
	),
	"a word for a truth": ({"amount": 100, "currency": "usd", "confirm": "perhaps"}, "confirm"),
	"an empty text": ({"amount": 100, "currency": "usd", "description": ""}, "description"),
	"too long metadata": ({"amount": 100, "currency": "usd", "metadata": {"a": "x" * 501}}, "metadata[a]"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_request_that_stripe_does_not_know_is_refused(name: str) -> None:
	fake = Fake(start=BEGIN)
	params, where = WRONG[name]
	with pytest.raises(stripe.InvalidRequestError) as refusal:
		client(fake).v1.payment_intents.create(params)  # type: ignore[arg-type]
	assert refusal.value.http_status == 400
	assert refusal.value.param == where
	assert not fake.store.rows.get("payment_intent")


def test_wrong_lines_of_a_session_are_refused_where_they_are_wrong() -> None:
	api = client(Fake(start=BEGIN))
	for broken, where in (
		({"price_data": {"currency": "usd", "unit_amount": 500, "product_data": {"description": "x"}}}, "line_items[0][price_data][product_data][name]"),
		({"price_data": {"curency": "usd"}}, "line_items[0][price_data][curency]"),
		({"quantity": "two"}, "line_items[0][quantity]"),
	):  # fmt: skip
		with pytest.raises(stripe.InvalidRequestError) as refusal:
			session(api, line_items=[{**line(500), **broken}])
		assert refusal.value.param == where


def test_a_wrong_key_opens_nothing() -> None:
	fake = Fake(start=BEGIN)
	stranger = client(fake)
	fake.key = "sk_test_another"
	with pytest.raises(stripe.AuthenticationError):
		stranger.v1.balance.retrieve()


def test_another_version_of_the_interface_is_refused() -> None:
	api = client(Fake(start=BEGIN))
	with pytest.raises(stripe.InvalidRequestError, match="API version"):
		api.v1.balance.retrieve(options={"stripe_version": "2020-08-27"})


def test_an_unknown_path_is_refused() -> None:
	with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL"):
		client(Fake(start=BEGIN)).v1.subscriptions.list()


def test_no_such_object() -> None:
	with pytest.raises(stripe.InvalidRequestError) as refusal:
		client(Fake(start=BEGIN)).v1.payment_intents.retrieve("pi_nobody")
	assert (refusal.value.http_status, refusal.value.code) == (404, "resource_missing")


def test_the_same_key_is_answered_once() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	first, again = (
		api.v1.payment_intents.create({"amount": 1000, "currency": "usd"}, {"idempotency_key": "one"})
		for _ in "12"
	)
	assert first.id == again.id
	assert again.last_response.headers["idempotent-replayed"] == "true"
	assert len(fake.store.rows["payment_intent"]) == 1


def test_the_same_key_with_other_parameters_is_refused() -> None:
	api = client(Fake(start=BEGIN))
	api.v1.payment_intents.create({"amount": 1000, "currency": "usd"}, {"idempotency_key": "one"})
	with pytest.raises(stripe.IdempotencyError):
		api.v1.payment_intents.create({"amount": 1001, "currency": "usd"}, {"idempotency_key": "one"})
	with pytest.raises(stripe.IdempotencyError):
		api.v1.customers.create({}, {"idempotency_key": "one"})


def test_a_key_is_forgotten_after_a_day_and_not_before() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)

	def make() -> str:
		made = api.v1.payment_intents.create({"amount": 1000, "currency": "usd"}, {"idempotency_key": "one"})
		return made.id

	first = make()
	fake.clock.advance(hours=23, minutes=59)
	assert make() == first
	fake.clock.advance(minutes=1)
	assert make() != first


def test_an_answer_is_kept_when_it_was_a_decline_and_not_when_nothing_began() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	key = {"idempotency_key": "one"}
	with pytest.raises(stripe.InvalidRequestError):
		api.v1.payment_intents.create({"amount": "x", "currency": "usd"}, key)  # type: ignore[arg-type, typeddict-item]
	assert "one" not in fake.keys
	declined = {
		"amount": 1000,
		"currency": "usd",
		"confirm": True,
		"payment_method": "pm_card_chargeDeclined",
	}
	for _ in "12":
		with pytest.raises(stripe.CardError) as decline:
			api.v1.payment_intents.create(declined, key)  # type: ignore[arg-type]
		assert decline.value.error.decline_code == "generic_decline"
	assert len(fake.store.rows["charge"]) == 1


def test_too_long_a_key() -> None:
	with pytest.raises(stripe.InvalidRequestError, match="255"):
		client(Fake(start=BEGIN)).v1.customers.create({}, {"idempotency_key": "k" * 256})


def test_lists_have_pages_in_both_directions() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = [api.v1.customers.create({}).id for _ in range(7)]
	newest_first = made[::-1]
	first = api.v1.customers.list({"limit": 3})
	assert [one.id for one in first.data] == newest_first[:3] and first.has_more
	assert [one.id for one in first.auto_paging_iter()] == newest_first
	before = api.v1.customers.list({"limit": 3, "ending_before": newest_first[4]})
	assert [one.id for one in before.data] == newest_first[1:4] and before.has_more
	with pytest.raises(stripe.InvalidRequestError):
		api.v1.customers.list({"limit": 101})
	with pytest.raises(stripe.InvalidRequestError):
		api.v1.customers.list({"starting_after": "cus_nobody"})


def test_what_is_expanded_and_what_cannot_be() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	visit = fake.payer.pay(session(api).id)
	intent = api.v1.payment_intents.retrieve(visit.intent, {"expand": ["latest_charge.balance_transaction"]})
	assert intent.latest_charge.balance_transaction.fee == 1480
	plain = api.v1.payment_intents.retrieve(visit.intent)
	assert plain.latest_charge == visit.charge
	with pytest.raises(stripe.InvalidRequestError):
		api.v1.payment_intents.retrieve(visit.intent, {"expand": ["amount"]})


def test_payments_are_found_by_metadata_but_not_at_once() -> None:
	fake = Fake(start=BEGIN)
	api = client(fake)
	made = api.v1.payment_intents.create({"amount": 1000, "currency": "usd", "metadata": {"key": 'a"b'}})
	api.v1.payment_intents.create({"amount": 1000, "currency": "usd", "metadata": {"key": "other"}})

	def found(query: str) -> list[str]:
		return [one.id for one in api.v1.payment_intents.search({"query": query}).auto_paging_iter()]

	assert found('metadata["key"]:"a\\"b"') == []
	fake.clock.advance(seconds=61)
	assert found('metadata["key"]:"a\\"b"') == [made.id]
	assert found("metadata['key']:'a\"b' AND status:'requires_payment_method' AND amount>=1000") == [made.id]
	assert found('metadata["key"]:"a\\"b" AND status:"succeeded"') == []
	assert len(found('metadata["key"]:"other" OR metadata["key"]:"a\\"b"')) == 2
	for broken in ("metadata:x", 'email:"a@b"', "nonsense", 'a:"1" AND b:"2" OR c:"3"'):
		with pytest.raises(stripe.InvalidRequestError):
			found(broken)


def test_a_file_arrives_as_it_was_sent() -> None:
	fake = Fake(start=BEGIN)
	file = io.BytesIO(b"%PDF-1.7 a signed repair order \r\n\x00\xff")
	file.name = "ro.pdf"
	sent = client(fake).v1.files.create({"purpose": "dispute_evidence", "file": file})
	assert (sent.filename, sent.type, sent.size) == ("ro.pdf", "pdf", len(file.getvalue()))
	assert fake.files.content(sent.id) == file.getvalue()


def test_evidence_is_a_document_or_a_picture() -> None:
	file = io.BytesIO(b"just a text")
	file.name = "ro.pdf"
	with pytest.raises(stripe.InvalidRequestError, match="PDF"):
		client(Fake(start=BEGIN)).v1.files.create({"purpose": "dispute_evidence", "file": file})

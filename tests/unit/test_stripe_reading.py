"""Stripe's messages and objects, read: what is forged is not believed, what is missing is not invented, and
nothing personal is kept."""

from __future__ import annotations

import json
import time
import typing
from copy import deepcopy
from typing import Any

import pytest
import stripe
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.dealer_cashier.gateway.reducing import reduced
from dealer_pos_crm.domain.gateway import DisputeState
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused, WrongAmount
from dealer_pos_crm.gateways.errors import BadAnswer, Forged
from dealer_pos_crm.gateways.stripe import reading, sdk, webhooks
from dealer_pos_crm.gateways.stripe.amounts import from_stripe, to_stripe
from tests.stripe_fake import Fake, client

SECRET, BEFORE = "whsec_now", "whsec_before"


def sign(body: bytes, secret: str = SECRET, at: int | None = None) -> str:
	return stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at or int(time.time()))


def message(**more: Any) -> bytes:
	data = {"object": {"id": "pi_1", "object": "payment_intent"}}
	return json.dumps(
		{
			"id": "evt_1",
			"object": "event",
			"type": "payment_intent.succeeded",
			"created": 5,
			"data": data,
			**more,
		}
	).encode()


# Messages


def test_a_signed_message_is_read() -> None:
	body = message(livemode=True, account="acct_2", api_version="v")
	fact = webhooks.verify(body, sign(body), [SECRET])
	assert (fact.event, fact.type, fact.object_id, fact.object_type) == (
		"evt_1",
		"payment_intent.succeeded",
		"pi_1",
		"payment_intent",
	)
	assert fact.live and fact.account == "acct_2" and fact.created_at.year == 1970


def test_two_secrets_are_good_while_one_is_changed_for_the_other() -> None:
	body = message()
	for secret in (SECRET, BEFORE):
		assert webhooks.verify(body, sign(body, secret), [SECRET, BEFORE]).event == "evt_1"
	both = f"{sign(body)},v1={sign(body, BEFORE).rpartition('=')[2]}"
	assert webhooks.verify(body, both, [BEFORE]).event == "evt_1"


@pytest.mark.parametrize(
	("header", "why"),
	[
		("", "none"),
		("t=1,v1=abc", "made up"),
		("t=abc,v1=abc", "no time"),
		("v1=ü", "other letters"),
		("t=1", "no signature"),
		("t=99999999999999999999999999,v1=00", "a time beyond all"),
		(",,,=,=", "noise"),
	],
)
def test_a_header_that_is_not_the_providers(header: str, why: str) -> None:
	with pytest.raises(Forged):
		webhooks.verify(message(), header, [SECRET])


def test_forged_changed_old_and_without_any_secret() -> None:
	body = message()
	for raw, header, secrets in (
		(body, sign(body, "whsec_other"), [SECRET]),
		(body + b" ", sign(body), [SECRET]),
		(body, sign(body, at=int(time.time()) - webhooks.TOLERANCE - 5), [SECRET]),
		(body, sign(body), []),
		(body, sign(body, ""), ["", None]),
		(b"\xff\xfe", "t=1,v1=00", [SECRET]),
	):
		with pytest.raises(Forged):
			webhooks.verify(raw, header, secrets)  # type: ignore[arg-type]


@pytest.mark.parametrize(
	"body",
	[
		b"",
		b"no json",
		b"[]",
		b'"evt"',
		b'{"object": "v2.core.event", "id": "evt_1", "type": "x"}',
		b'{"object": "event", "type": "x"}',
		b'{"object": "event", "id": "evt_1"}',
		b'{"object": "event", "id": "evt_1", "type": "x", "created": 1e30}',
		b'{"object": "event", "id": "evt_1", "type": "x", "created": "soon"}',
	],
)
def test_signed_but_no_event_as_subscribed(body: bytes) -> None:
	with pytest.raises(BadAnswer):
		webhooks.verify(body, sign(body), [SECRET])


@given(st.binary(max_size=200), st.text(max_size=80))
def test_whatever_a_stranger_sends_is_refused_and_nothing_else(raw: bytes, header: str) -> None:
	with pytest.raises(Forged):
		webhooks.verify(raw, header, [SECRET])


def test_the_kinds_we_ask_for_are_kinds_the_provider_has() -> None:
	shape = stripe.params.WebhookEndpointCreateParams.__annotations__["enabled_events"]
	text = str(getattr(shape, "__forward_arg__", shape))
	assert len(set(webhooks.EVENTS)) == len(webhooks.EVENTS)
	assert not [kind for kind in webhooks.EVENTS if f"'{kind}'" not in text and f'"{kind}"' not in text]


# Objects


def everything() -> dict[str, Any]:
	"""One of each object, as the stand-in makes them from Stripe's own samples."""
	fake = Fake(start=1_790_000_000, seed=3)
	api = client(fake)
	line = {
		"quantity": 1,
		"price_data": {"currency": "usd", "unit_amount": 5000, "product_data": {"name": "x"}},
	}
	page = api.v1.checkout.sessions.create(
		{"mode": "payment", "success_url": "https://x.example", "line_items": [line]}  # type: ignore[typeddict-item]
	)
	paid = fake.payer.pay(page.id)
	refund = api.v1.refunds.create({"charge": paid.charge, "amount": 100})
	dispute = fake.bank.dispute(paid.charge, amount=1000)["id"]
	payout = fake.advance_to_payout()["id"]
	intent = api.v1.payment_intents.retrieve(paid.intent, {"expand": ["latest_charge.balance_transaction"]})
	row = api.v1.balance_transactions.list({"payout": payout, "expand": ["data.source"]}).data[0]
	place = fake.locations.create({"display_name": "Showroom"})
	reader = fake.readers.create(
		{"registration_code": "simulated-s700", "label": "x", "location": place["id"]}
	)
	return {
		"payment": intent.to_dict(for_json=True),
		"session": fake.object(page.id),
		"refund": fake.object(refund.id),
		"dispute": fake.object(dispute),
		"payout": fake.object(payout),
		"balance_row": row.to_dict(for_json=True),
		"reader": fake.object(reader["id"]),
		"event": api.v1.events.list({"limit": 1}).data[0].to_dict(for_json=True),
	}


SAMPLES = everything()


@given(st.data())
def test_an_absent_or_strange_field_is_never_a_crash(data: st.DataObject) -> None:
	"""Any fields missing, empty or of another kind: a fact, or a refusal to read it."""
	kind = data.draw(st.sampled_from(sorted(SAMPLES)))
	thing = deepcopy(SAMPLES[kind])
	for name in data.draw(st.lists(st.sampled_from(sorted(thing)), max_size=6, unique=True)):
		what = data.draw(st.sampled_from(["gone", "null", "text", "list", "number"]))
		if what == "gone":
			del thing[name]
		else:
			thing[name] = {"null": None, "text": "x", "list": [], "number": 3}[what]
	try:
		getattr(reading, kind)(thing)
	except (BadAnswer, Refused, ValueError, TypeError):
		pass  # the client says BadAnswer to all of these


@pytest.mark.parametrize(
	("status", "state", "inquiry"),
	[
		("warning_needs_response", DisputeState.NEEDS_RESPONSE, True),
		("appeal_needs_response", DisputeState.NEEDS_RESPONSE, False),
		("under_review", DisputeState.UNDER_REVIEW, False),
		("prevented", DisputeState.CLOSED, False),
		("lost", DisputeState.LOST, False),
	],
)
def test_disputes_have_more_words_than_we_need(status: str, state: DisputeState, inquiry: bool) -> None:
	thing = {**SAMPLES["dispute"], "status": status, "payment_method_details": None}
	fact = reading.dispute(thing)
	assert (fact.state, fact.inquiry) == (state, inquiry)
	assert reading.dispute({**thing, "evidence_details": {"due_by": 0}}).due_by is None


def test_all_statuses_of_the_library_are_known() -> None:
	"""A new status in a new version of the library is noticed here, not on a Sunday."""
	for model, states in (
		(stripe.PaymentIntent, reading.PAYMENT_STATES),
		(stripe.Dispute, reading.DISPUTE_STATES),
	):
		known = _words(model.__annotations__["status"])
		assert known and known <= set(states), known - set(states)


def _words(hint: Any) -> set[str]:
	if typing.get_origin(hint) is typing.Literal:
		return set(typing.get_args(hint))
	return {word for part in typing.get_args(hint) for word in _words(part)}


def test_a_card_number_in_a_decline_is_masked() -> None:
	fact = reading.payment({**SAMPLES["payment"], "last_payment_error": {"message": "4242424242424242 no"}})
	assert "4242424242424242" not in fact.decline_message


# Amounts


@pytest.mark.parametrize(
	("money", "number"),
	[
		(Money(1_050, "USD"), 1_050),
		(Money(500, "JPY"), 500),
		(Money(12_340, "KWD"), 12_340),
		(Money(5, "ISK"), 500),
		(Money(7, "UGX"), 700),
		(Money(30_00, "MGA"), 30),
	],
)
def test_stripe_counts_some_currencies_its_own_way(money: Money, number: int) -> None:
	assert to_stripe(money) == number
	assert from_stripe(number, money.currency.lower()) == money


@pytest.mark.parametrize("money", [Money(12_345, "KWD"), Money(30_50, "MGA")])
def test_what_stripe_cannot_count_is_refused(money: Money) -> None:
	with pytest.raises(WrongAmount):
		to_stripe(money)


@given(
	st.integers(-(10**12), 10**12), st.sampled_from(["USD", "JPY", "ISK", "KWD", "UGX", "EUR", "CLP", "MGA"])
)
def test_there_and_back(minor: int, currency: str) -> None:
	money = Money(minor, currency)
	try:
		number = to_stripe(money)
	except WrongAmount:
		return
	assert from_stripe(number, currency) == money


# What is kept


PERSONAL = ("Ann Buyer", "ann@example.com", "+15550102233", "1 Main St", "81.2.69.160", "secret_")


def test_nothing_personal_is_kept_of_a_message() -> None:
	charge = {
		"id": "ch_1",
		"object": "charge",
		"amount": 5000,
		"payment_intent": "pi_1",
		"billing_details": {"name": "Ann Buyer", "email": "ann@example.com", "phone": "+15550102233"},
		"shipping": {"address": {"line1": "1 Main St"}, "name": "Ann Buyer"},
		"receipt_email": "ann@example.com",
		"receipt_url": "https://pay.example/secret_1",
		"description": "For Ann Buyer",
		"client_secret": "pi_secret_1",
		"metadata": {"note": "Ann Buyer"},
		"statement_descriptor": "Ann Buyer",
		"ip_address": "81.2.69.160",
		"a_field_of_tomorrow": "Ann Buyer",
		"payment_method_details": {
			"type": "card",
			"card": {"last4": "4242", "brand": "visa", "fingerprint": "f"},
		},
	}
	kept = reduced({"id": "evt_1", "type": "charge.refunded", "data": {"object": charge}})
	assert not [word for word in PERSONAL if word in kept]
	about = json.loads(kept)["data"]["object"]
	assert about["payment_intent"] == "pi_1" and about["amount"] == 5000
	assert about["payment_method_details"]["card"] == {"last4": "4242", "brand": "visa"}


@given(
	st.recursive(
		st.none() | st.text(max_size=30) | st.integers(),
		lambda inner: (
			st.lists(inner, max_size=5)
			| st.dictionaries(st.sampled_from(["id", "data", "object", "name", "amount", "email"]), inner)
		),
		max_leaves=30,
	)
)
def test_any_message_becomes_json_of_bearable_length(thing: Any) -> None:
	kept = reduced({"data": {"object": thing}})
	assert len(kept) <= 8000 and json.loads(kept) is not None
	assert '"email"' not in kept and '"name"' not in kept


def test_a_huge_message_keeps_what_it_is_about() -> None:
	rows = [{"id": f"txn_{number}", "amount": 1, "type": "x" * 199} for number in range(400)]
	kept = json.loads(
		reduced(
			{"data": {"object": {"id": "dp_1", "object": "dispute", "action": rows, "data": {"data": rows}}}}
		)
	)
	assert kept["data"]["object"]["id"] == "dp_1"


# The library


@pytest.mark.parametrize(
	("version", "old"), [("2.56.0", True), ("15.9.9", True), ("", True), ("16.1.0", False), ("17.0.0", False)]
)
def test_an_old_library_is_recognised(version: str, old: bool) -> None:
	assert sdk.too_old(version) is old


def test_beside_an_old_library_it_is_said_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setattr(stripe, "VERSION", "2.56.0", raising=False)
	with pytest.raises(sdk.WrongLibrary, match=r"stripe 2\.56\.0 is installed.*16\.1"):
		sdk.library()


class _Package:
	def __init__(self, name: str, *requires: str) -> None:
		self.metadata = {"Name": name}
		self.requires = list(requires)


def test_packages_that_want_an_old_library_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
	found = [
		_Package("payments", "requests", "stripe~=2.56.0"),
		_Package("ours", "stripe>=16.1,<17"),
		_Package("anything", "stripe", "not a requirement ;;"),
		_Package("older", "Stripe<16"),
		_Package("none"),
	]
	monkeypatch.setattr(sdk.metadata, "distributions", lambda: found)
	assert sdk.others() == ["older (stripe<16)", "payments (stripe~=2.56.0)"]

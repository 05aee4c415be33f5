"""The stand-in for Stripe against Stripe's own definition: the SDK's typed classes, and its sample objects.

The samples are not part of this repository; where they are not beside it, that half is skipped, and says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest

from dealer_pos_crm.gateways.stripe.webhooks import EVENTS
from tests.stripe_fake import Fake
from tests.stripe_fake.contract import misfits
from tests.stripe_fake.life import busy
from tests.stripe_fake.samples import SAMPLES, as_event, of_kind

# Fields that are younger than the samples; the SDK's classes vouch for them.
YOUNGER = {
	"charge.payment_method_details.card.capture_before",
	"dispute.evidence_details.submission_method",
	"refund.failure_balance_transaction",
	"refund.failure_reason",
	"refund.destination_details.card.reference",
	"refund.destination_details.card.reference_status",
	"terminal.reader.action.process_payment_intent",
}
# What stands for other methods of payment than the sample's card.
OTHER_METHODS = (
	"charge.payment_method_details.card_present",
	"charge.payment_method_details.us_bank_account",
)
# What the samples show by its type alone.
STUBS = (
	"payment_intent.last_payment_error",
	"payment_intent.next_action",
	"terminal.reader.action.api_error",
)

needs_samples = pytest.mark.skipif(
	not SAMPLES.exists(),
	reason=f"Stripe's sample objects are not at {SAMPLES}: half the contract was NOT checked",
)


@lru_cache(maxsize=1)
def world() -> Fake:
	return busy(Fake(start=1_790_000_000, seed=7))


def objects() -> Iterator[dict[str, Any]]:
	fake = world()
	for kind in fake.store.rows:
		yield from fake.store.all(kind)
	yield fake.accounts.retrieve_current({})
	yield fake.ledger.balance({})


def test_the_busy_day_makes_every_event_we_subscribe_to() -> None:
	made = {event["type"] for event in world().store.all("event")}
	assert set(EVENTS) - made == set()


def test_everything_is_as_the_sdk_knows_it() -> None:
	wrong = sorted({wrong for thing in objects() for wrong in misfits(thing)})
	assert wrong == []


def test_what_an_event_carries_is_as_the_sdk_knows_it() -> None:
	for event in world().store.all("event"):
		assert misfits(event["data"]["object"]) == [], event["type"]


def test_the_check_itself_sees_what_is_wrong() -> None:
	charge = world().store.all("charge")[0]
	assert misfits({**charge, "colour": "red"}) == ["charge.colour is not known"]
	assert misfits({**charge, "amount": "1"}) == ["charge.amount is str, not int"]
	assert misfits({**charge, "amount": None}) == ["charge.amount is null"]
	assert misfits({**charge, "paid": 1}) == ["charge.paid is int, not bool"]
	assert misfits({name: value for name, value in charge.items() if name != "id"}) == [
		"charge.id is missing"
	]
	details = {**charge["payment_method_details"], "cart": {}}
	assert misfits({**charge, "payment_method_details": details}) == [
		"charge.payment_method_details.cart is not known"
	]


def strangers(value: Any, sample: Any, path: str) -> Iterator[str]:
	"""Fields of ours that the sample lacks or shows with another type. Null tells nothing, on either side."""
	if value is None or sample is None or path in OTHER_METHODS + STUBS:
		return
	if isinstance(value, dict) and isinstance(sample, dict):
		for name, part in value.items():
			where = f"{path}.{name}"
			if path.endswith((".metadata", ".payment_method_options", ".wallet", ".enhanced_evidence")):
				continue
			if name in sample:
				yield from strangers(part, sample[name], where)
			elif where not in YOUNGER and where not in OTHER_METHODS:
				yield f"{where} is not in the sample"
	elif isinstance(value, list) and isinstance(sample, list):
		for part in value[:1]:
			yield from strangers(part, sample[0] if sample else None, f"{path}[]")
	elif isinstance(value, dict) and isinstance(sample, str):
		return  # expanded here, named there
	elif type(value) is not type(sample):
		yield f"{path} is {type(value).__name__}, in the sample {type(sample).__name__}"


@needs_samples
def test_every_field_is_one_of_stripes_samples() -> None:
	wrong: set[str] = set()
	for thing in objects():
		sample = of_kind(thing["object"])
		if thing["object"] not in ("event", "balance"):
			wrong |= set(strangers(thing, sample, thing["object"]))
	assert sorted(wrong) == []


@needs_samples
def test_the_comparison_sees_a_stranger() -> None:
	charge = world().store.all("charge")[0]
	sample = of_kind("charge")
	assert (
		list(strangers({**charge, "colour": "red"}, sample, "charge"))[-1]
		== "charge.colour is not in the sample"
	)
	assert "charge.amount is str, in the sample int" in list(
		strangers({**charge, "amount": "1"}, sample, "charge")
	)


@needs_samples
@pytest.mark.parametrize("kind", EVENTS)
def test_an_event_of_every_kind_is_made_of_a_sample(kind: str) -> None:
	event = as_event(kind)
	assert (event["type"], event["object"]) == (kind, "event")
	assert json.loads(json.dumps(event)) == event
	assert misfits({**event, "data": {"object": {}}}) == []

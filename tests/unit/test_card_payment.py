"""Facts about a card payment: in any order and any number, they end in the same place."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import card_payment as rules
from dealer_pos_crm.domain.card_payment import Expected, Known, Mismatch, Status
from dealer_pos_crm.domain.gateway import CardFacts, PaymentFact, PaymentState
from dealer_pos_crm.domain.money import Money

USD = "USD"
AT = datetime(2026, 11, 22, 10, 0)
VISA = CardFacts("visa", "4242", 12, 2030)


def money(minor: int) -> Money:
	return Money(minor, USD)


def fact(state: PaymentState, **values) -> PaymentFact:
	values = {"amount": money(50000), "capturable": money(0), "captured": money(0), **values}
	return PaymentFact(
		intent="pi_1", state=state, provider_status=state.value, live=False, refunded=money(0), **values
	)


WAITING = fact(PaymentState.WAITING)
PROCESSING = fact(PaymentState.PROCESSING)
DECLINED = fact(PaymentState.WAITING, decline_code="do_not_honor", decline_message="No", charge="ch_0")
HELD = fact(
	PaymentState.AUTHORISED,
	capturable=money(50000),
	charge="ch_1",
	capture_before=AT + timedelta(days=5),
	card=VISA,
)
CAPTURED = fact(
	PaymentState.CAPTURED, captured=money(50000), charge="ch_1", captured_at=AT, card=VISA, fee=None
)
PRICED = fact(
	PaymentState.CAPTURED, captured=money(50000), charge="ch_1", captured_at=AT, card=VISA, fee=money(1480)
)
PART = fact(PaymentState.CAPTURED, captured=money(20000), charge="ch_1", captured_at=AT, card=VISA)
RELEASED = fact(PaymentState.CANCELLED, cancel_reason="requested_by_customer", charge="ch_1")
RAN_OUT = fact(PaymentState.CANCELLED, cancel_reason="automatic", charge="ch_1")

# What can truly happen to a payment, one snapshot after the other.
STORIES = [
	[WAITING, CAPTURED, PRICED],
	[WAITING, PROCESSING, CAPTURED, PRICED],
	[WAITING, DECLINED, CAPTURED, PRICED],
	[WAITING, DECLINED, PROCESSING, DECLINED],
	[WAITING, HELD, CAPTURED, PRICED],
	[WAITING, HELD, PART],
	[WAITING, DECLINED, HELD, RELEASED],
	[WAITING, HELD, RAN_OUT],
	[WAITING, fact(PaymentState.CANCELLED, cancel_reason="abandoned")],
]


def told(facts) -> Known:
	known = Known.nothing(USD)
	for one in facts:
		known = rules.merge(known, one)
	return known


@st.composite
def scrambled(draw):
	story = draw(st.sampled_from(STORIES))
	again = draw(st.lists(st.sampled_from(story), max_size=12))
	return story, draw(st.permutations([*story, *again]))


@given(scrambled())
def test_any_order_and_any_repetition_ends_in_the_same_state(told_and_heard):
	story, heard = told_and_heard
	assert told(heard) == told(story)


@given(scrambled(), st.data())
def test_nothing_that_was_reached_is_undone_by_a_later_fact(told_and_heard, data):
	story, heard = told_and_heard
	known = told(heard)
	after = rules.merge(known, data.draw(st.sampled_from(story)))
	assert after.captured >= known.captured and after.authorised >= known.authorised
	if known.status in rules.OVER:
		assert after.status is known.status


@pytest.mark.parametrize(
	("story", "status"),
	[
		(STORIES[0], Status.CAPTURED),
		(STORIES[3], Status.FAILED),
		(STORIES[5], Status.CAPTURED),
		(STORIES[6], Status.CANCELLED),
		(STORIES[7], Status.EXPIRED),
	],
)
def test_where_a_story_ends(story, status):
	assert told(story).status is status


def test_a_late_decline_does_not_undo_what_was_paid():
	known = told([CAPTURED, DECLINED])
	assert (known.status, known.decline_code, known.charge) == (Status.CAPTURED, "", "ch_1")


def test_the_card_of_a_declined_try_is_not_kept():
	assert told([DECLINED]).charge == "" and told([DECLINED]).card == CardFacts()


EXPECTED = Expected(money(50000), live=False)


@pytest.mark.parametrize(
	("wrong", "code"),
	[
		({"amount": money(49999)}, "amount"),
		({"amount": Money(50000, "EUR")}, "currency"),
		({"live": True}, "livemode"),
		({"intent": "pi_2"}, "other_payment"),
	],
)
def test_a_fact_that_cannot_be_about_it_is_refused(wrong, code):
	from dataclasses import replace

	known = told([WAITING])
	with pytest.raises(Mismatch) as refused:
		rules.check(EXPECTED, known, replace(CAPTURED, **wrong))
	assert refused.value.code == code


def test_a_fitting_fact_passes():
	rules.check(EXPECTED, Known.nothing(USD), CAPTURED)


def test_only_what_was_asked_for_is_booked_without_a_person():
	assert rules.bookable(EXPECTED, told([CAPTURED]))
	assert not rules.bookable(EXPECTED, told([PART]))
	assert rules.bookable(Expected(money(50000), live=False, manual=True), told([HELD, PART]))
	assert not rules.bookable(EXPECTED, told([HELD]))


def test_what_stands_at_the_provider():
	assert rules.settled(money(500), money(200), money(100)) == money(200)

"""A disputed payment: which news is newer, what the books must say, until when it can be answered."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.dispute import (
	Books,
	Newer,
	Part,
	Round,
	Standing,
	Status,
	Urgency,
	books,
	check_stage,
	check_submit,
	differences,
	round_of,
	status_of,
	urgency,
)
from dealer_pos_crm.domain.gateway import DisputeState as State
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

NOW = datetime(2026, 3, 2, 9, 0)
STATES = {
	"warning_needs_response": State.NEEDS_RESPONSE,
	"warning_under_review": State.UNDER_REVIEW,
	"warning_closed": State.CLOSED,
	"needs_response": State.NEEDS_RESPONSE,
	"under_review": State.UNDER_REVIEW,
	"prevented": State.CLOSED,
	"lost": State.LOST,
	"appeal_needs_response": State.NEEDS_RESPONSE,
	"appeal_under_review": State.UNDER_REVIEW,
	"won": State.WON,
}


def usd(cents: int) -> Money:
	return Money(cents, "USD")


def standing(status: str, withdrawn: int = 0, back: int = 0, sent: int = 0) -> Standing:
	return Standing(STATES[status], status, usd(withdrawn), usd(back), sent)


@pytest.mark.parametrize(
	("known", "said", "newer"),
	[
		(("needs_response", 100), ("needs_response", 100), Newer.YES),
		(("needs_response", 100), ("under_review", 100), Newer.YES),
		(("under_review", 100), ("won", 100), Newer.YES),
		(("lost", 100), ("won", 100), Newer.YES),
		(("lost", 100), ("won", 100, 100), Newer.YES),
		(("warning_needs_response",), ("needs_response", 100), Newer.YES),
		(("warning_closed",), ("needs_response", 100), Newer.YES),
		(("lost", 100), ("appeal_needs_response", 100), Newer.YES),
		# An older reading that was held up on its way.
		(("needs_response", 100), ("needs_response",), Newer.NO),
		(("won", 100, 100), ("under_review", 100), Newer.NO),
		(("under_review", 100, 0, 1), ("needs_response", 100, 0, 0), Newer.NO),
		# An inquiry becomes a dispute before its money is withdrawn, and is answered anew.
		(("warning_under_review", 0, 0, 1), ("needs_response", 0, 0, 0), Newer.YES),
		# The bank's own correction shows in its ledger.
		(("won", 100, 100), ("lost", 200, 100), Newer.YES),
		(("needs_response", 100, 0, 0), ("needs_response", 100, 0, 1), Newer.YES),
		# It may be old, or a correction before the money moved: asked again.
		(("won", 100), ("lost", 100), Newer.UNSURE),
		(("appeal_under_review", 100), ("lost", 100), Newer.UNSURE),
		(("under_review", 100), ("needs_response", 100), Newer.UNSURE),
	],
)
def test_which_news_is_newer(known, said, newer):
	assert standing(*known).newer(standing(*said)) is newer


def test_a_reading_that_began_after_the_last_was_kept_is_believed_whatever_it_says():
	assert standing("won", 100, 100).newer(standing("lost", 100, 100), surely=True) is Newer.YES


def test_a_status_that_nobody_knows_yet_is_judged_by_its_kind():
	odd = Standing(State.UNDER_REVIEW, "bank_reads_it", usd(100), usd(0))
	assert standing("needs_response", 100).newer(odd) is Newer.YES
	assert odd.newer(standing("needs_response", 100)) is Newer.UNSURE


STORY = [
	standing("warning_needs_response"),
	standing("warning_under_review", sent=1),
	standing("needs_response"),
	standing("needs_response", 100),
	standing("under_review", 100, sent=1),
	standing("lost", 100, sent=1),
	standing("appeal_needs_response", 100),
	standing("appeal_under_review", 100, sent=1),
	standing("won", 100, sent=1),
	standing("won", 100, 100, sent=1),
]


@given(st.lists(st.sampled_from(STORY), max_size=30))
def test_news_in_any_order_never_goes_back_and_ends_where_the_story_ends(heard):
	known = STORY[0]
	for said in [*heard, STORY[-1]]:
		if known.newer(said) is Newer.YES:
			assert STORY.index(said) >= STORY.index(known)
			known = said
	assert known == STORY[-1]


def test_rounds():
	assert round_of("warning_needs_response", True) is Round.INQUIRY
	assert round_of("needs_response", False) is Round.DISPUTE
	assert round_of("appeal_under_review", False) is Round.APPEAL


@pytest.mark.parametrize(
	("state", "staged", "status"),
	[
		(State.NEEDS_RESPONSE, False, Status.OPEN),
		(State.NEEDS_RESPONSE, True, Status.STAGED),
		(State.UNDER_REVIEW, True, Status.SENT),
		(State.UNDER_REVIEW, False, Status.SENT),  # answered on the provider's own page
		(State.WON, True, Status.WON),
		(State.LOST, False, Status.LOST),
		(State.CLOSED, False, Status.CLOSED),
	],
)
def test_what_a_case_is_called(state, staged, status):
	assert status_of(state, staged=staged) is status


# --- The books ----------------------------------------------------------------------------------------


def of(state: State, withdrawn: int, back: int = 0, fee: int = 0) -> Books:
	return books(state, usd(withdrawn), usd(back), usd(fee))


def test_an_inquiry_that_took_no_money_books_nothing():
	for state in (State.NEEDS_RESPONSE, State.UNDER_REVIEW, State.CLOSED):
		assert differences(of(state, 0), {}) == []


def test_a_withdrawal_waits_until_the_bank_has_decided():
	target = of(State.UNDER_REVIEW, 50_000, fee=1_500)
	assert differences(target, {}) == [(Part.WITHDRAWAL, usd(50_000)), (Part.FEE, usd(1_500))]
	assert target.waiting == usd(50_000)
	assert target.out_of_clearing == usd(51_500)


def test_won_waits_for_the_money_and_is_no_loss():
	waiting = of(State.WON, 50_000, fee=1_500)
	assert waiting.loss == usd(0)
	assert waiting.waiting == usd(50_000)
	back = of(State.WON, 50_000, back=50_000, fee=1_500)
	assert back.waiting == usd(0)
	assert differences(back, {Part.WITHDRAWAL: usd(50_000), Part.FEE: usd(1_500)}) == [
		(Part.RETURN, usd(50_000))
	]


@pytest.mark.parametrize("state", [State.LOST, State.CLOSED])
def test_what_will_not_come_back_is_a_loss(state):
	target = of(state, 50_000, back=20_000)
	assert target.loss == usd(30_000)
	assert target.waiting == usd(0)


def test_a_loss_is_taken_back_before_the_return_is_booked():
	standing_now = {Part.WITHDRAWAL: usd(50_000), Part.FEE: usd(1_500), Part.LOSS: usd(50_000)}
	won = of(State.WON, 50_000, back=50_000, fee=0)  # the bank gives the fee back as well
	assert differences(won, standing_now) == [
		(Part.FEE, usd(-1_500)),
		(Part.LOSS, usd(-50_000)),
		(Part.RETURN, usd(50_000)),
	]


@given(
	st.lists(
		st.tuples(
			st.sampled_from(list(State)),
			st.integers(0, 100_000),
			st.integers(0, 100_000),
			st.integers(0, 5_000),
		),
		min_size=1,
		max_size=12,
	)
)
def test_booking_the_differences_brings_the_books_to_the_last_word(said):
	"""Whatever was heard in between: the entries come to what the provider says, and twice books nothing."""
	entries: dict[Part, Money] = {}
	for state, withdrawn, back, fee in said:
		target = books(state, usd(withdrawn), usd(min(back, withdrawn)), usd(fee))
		for part, amount in differences(target, entries):
			entries[part] = entries.get(part, usd(0)) + amount
		assert differences(target, entries) == []
		clearing = (
			-entries.get(Part.WITHDRAWAL, usd(0))
			+ entries.get(Part.RETURN, usd(0))
			- entries.get(Part.FEE, usd(0))
		)
		assert -clearing == target.out_of_clearing
		disputed = (
			entries.get(Part.WITHDRAWAL, usd(0))
			- entries.get(Part.RETURN, usd(0))
			- entries.get(Part.LOSS, usd(0))
		)
		assert disputed == target.waiting
		assert disputed >= usd(0)


# --- Answering ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("hours", "colour"),
	[
		(24 * 20, Urgency.CALM),
		(24 * 7, Urgency.SOON),
		(49, Urgency.SOON),
		(48, Urgency.URGENT),
		(0, Urgency.URGENT),
		(-1, Urgency.LATE),
	],
)
def test_how_urgent_an_answer_is(hours, colour):
	assert urgency(State.NEEDS_RESPONSE, NOW + timedelta(hours=hours), NOW) is colour


def test_nothing_is_urgent_that_needs_no_answer():
	assert urgency(State.UNDER_REVIEW, NOW, NOW) is Urgency.NONE
	assert urgency(State.LOST, NOW, NOW) is Urgency.NONE
	assert urgency(State.NEEDS_RESPONSE, None, NOW) is Urgency.NONE


def refusal(work) -> str:
	with pytest.raises(Refused) as caught:
		work()
	return caught.value.code


def test_when_evidence_may_be_staged():
	later = NOW + timedelta(hours=1)
	check_stage("D", State.NEEDS_RESPONSE, later, NOW)
	check_stage("D", State.NEEDS_RESPONSE, NOW, NOW)
	assert refusal(lambda: check_stage("D", State.NEEDS_RESPONSE, NOW - timedelta(seconds=1), NOW)) == "late"
	assert refusal(lambda: check_stage("D", State.NEEDS_RESPONSE, None, NOW)) == "no_answer"
	assert refusal(lambda: check_stage("D", State.UNDER_REVIEW, later, NOW)) == "sent"
	for state in (State.WON, State.LOST, State.CLOSED):
		assert refusal(lambda state=state: check_stage("D", state, later, NOW)) == "decided"


def test_only_what_was_staged_and_not_changed_since_is_submitted():
	later = NOW + timedelta(hours=1)
	check_submit("D", State.NEEDS_RESPONSE, later, NOW, staged=True, changed=False)
	assert (
		refusal(lambda: check_submit("D", State.NEEDS_RESPONSE, later, NOW, staged=False, changed=False))
		== "not_staged"
	)
	assert (
		refusal(lambda: check_submit("D", State.NEEDS_RESPONSE, later, NOW, staged=True, changed=True))
		== "changed"
	)
	assert (
		refusal(lambda: check_submit("D", State.NEEDS_RESPONSE, NOW, later, staged=True, changed=False))
		== "late"
	)

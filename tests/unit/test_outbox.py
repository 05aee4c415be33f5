"""The outbox's rules: a call is made once in effect, and nobody repeats one blindly."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import outbox
from dealer_pos_crm.domain.outbox import Answer, Call, Status, Step

NOW = datetime(2026, 11, 22, 10, 0)
YOUNG = NOW - timedelta(hours=1)
OLD = NOW - timedelta(hours=23)


def test_a_call_that_was_only_written_down_is_made():
	assert outbox.step(Call(Status.SENDING), NOW) is Step.CALL


def test_a_call_under_way_is_left_alone_by_everybody():
	call = Call(Status.SENDING, tries=1, first_sent=NOW, next_try=NOW + outbox.LEASE)
	assert outbox.step(call, NOW) is Step.WAIT
	assert outbox.step(call, NOW, asked_by_person=True) is Step.WAIT


def test_a_call_whose_process_died_is_made_again_under_its_key():
	call = Call(Status.SENDING, tries=1, first_sent=NOW - outbox.LEASE, next_try=NOW)
	assert outbox.step(call, NOW) is Step.CALL


def test_a_person_need_not_wait_for_the_next_try_the_clock_does():
	call = Call(Status.UNKNOWN, tries=1, first_sent=YOUNG, next_try=NOW + timedelta(minutes=5))
	assert outbox.step(call, NOW) is Step.WAIT
	assert outbox.step(call, NOW, asked_by_person=True) is Step.CALL


def test_after_some_silent_tries_the_provider_is_asked_before_the_call_is_repeated():
	call = Call(Status.UNKNOWN, tries=outbox.ASK_FROM - 1, first_sent=YOUNG, next_try=NOW)
	assert outbox.step(call, NOW) is Step.ASK
	assert outbox.may_call(call, NOW)


def test_once_the_key_is_too_old_a_call_is_only_asked_about():
	call = Call(Status.UNKNOWN, tries=1, first_sent=OLD, next_try=NOW)
	assert outbox.step(call, NOW) is Step.ASK
	assert not outbox.may_call(call, NOW)


@pytest.mark.parametrize("status", sorted(outbox.FINAL))
def test_nothing_is_done_with_an_answered_call(status):
	assert outbox.step(Call(status, tries=1, first_sent=YOUNG), NOW, asked_by_person=True) is Step.NOTHING


def test_a_given_up_call_waits_for_a_person_who_only_looks_it_up():
	call = Call(Status.GIVEN_UP, tries=4, first_sent=YOUNG)
	assert outbox.step(call, NOW) is Step.NOTHING
	assert outbox.step(call, NOW, asked_by_person=True) is Step.ASK
	assert not outbox.may_call(call, NOW)


def test_what_an_answer_makes_of_a_call():
	call = Call(Status.SENDING, tries=1, first_sent=YOUNG)
	assert outbox.after(call, Answer.DONE, NOW).status is Status.DONE
	assert outbox.after(call, Answer.FOUND, NOW).status is Status.DONE
	assert outbox.after(call, Answer.REFUSED, NOW).status is Status.REFUSED
	silent = outbox.after(call, Answer.SILENT, NOW)
	assert (silent.status, silent.next_try, silent.person) == (
		Status.UNKNOWN,
		NOW + timedelta(minutes=1),
		False,
	)
	assert outbox.after(call, Answer.LOCKED_OUT, NOW).person
	assert outbox.after(call, Answer.CONFLICT, NOW) == outbox.Change(Status.GIVEN_UP, person=True)


def test_a_call_that_surely_never_arrived_is_a_persons_decision_unless_it_is_harmless():
	old = Call(Status.SENDING, tries=5, first_sent=OLD)
	assert outbox.after(old, Answer.ABSENT, NOW) == outbox.Change(Status.GIVEN_UP, person=True)
	harmless = Call(Status.SENDING, tries=5, first_sent=OLD, harmless=True)
	assert outbox.after(harmless, Answer.ABSENT, NOW).status is Status.REFUSED


def test_a_key_reads_as_what_it_is_for():
	key = outbox.key_of("summit.example", "Card Refund", "CRF-2026-00001", "Refund", (), 1)
	assert key == "summit.example:Card-Refund:CRF-2026-00001:Refund:1"


@given(
	site=st.text(min_size=1, max_size=80),
	name=st.text(min_size=1, max_size=300),
	number=st.integers(1, 10**6),
	parts=st.lists(st.one_of(st.integers(), st.text(max_size=40)), max_size=3),
)
def test_a_key_always_fits_and_is_always_the_same(site, name, number, parts):
	key = outbox.key_of(site, "Card Payment", name, "Payment", parts, number)
	assert len(key) <= outbox.KEY_LENGTH and key.isascii()
	assert key == outbox.key_of(site, "Card Payment", name, "Payment", parts, number)
	following = outbox.key_of(site, "Card Payment", name, "Payment", parts, number + 1)
	assert key != following
	# Also of a key that was shortened: a call made once more is found again by its name and number.
	assert outbox.key_after(key) == following


def test_long_names_that_differ_at_the_end_have_different_keys():
	one = outbox.key_of("s", "D", "x" * 300 + "1", "Payment", (), 1)
	other = outbox.key_of("s", "D", "x" * 300 + "2", "Payment", (), 1)
	assert one != other
	assert outbox.key_after(one) == outbox.key_of("s", "D", "x" * 300 + "1", "Payment", (), 2)
	assert outbox.key_after(outbox.key_after(one)).endswith(":3")


def test_a_key_is_shortened_in_the_same_way_under_every_number():
	"""Where the number's own length decides whether it fits."""
	for length in range(outbox.KEY_LENGTH - 30, outbox.KEY_LENGTH):
		keys = [outbox.key_of("s", "D", "x" * length, "Payment", (), number) for number in (9, 10, 99, 100)]
		assert outbox.key_after(keys[0]) == keys[1]
		assert outbox.key_after(keys[2]) == keys[3]


def test_a_new_key_only_after_a_definite_refusal():
	assert outbox.next_number([]) == 1
	assert outbox.next_number([Status.REFUSED]) == 2
	for status in set(Status) - {Status.REFUSED}:
		assert outbox.next_number([Status.REFUSED, status]) is None


@given(st.integers(1, 200))
def test_waiting_grows_and_never_exceeds_an_hour(tries):
	assert outbox.wait_after(tries) <= outbox.wait_after(tries + 1) <= timedelta(hours=1)


class Provider:
	"""Does each key once, whatever it answers; forgets keys after a day."""

	def __init__(self) -> None:
		self.done: list[str] = []
		self.keys: dict[str, datetime] = {}

	def call(self, key: str, now: datetime, how: str) -> Answer:
		if how == "lost on the way":
			return Answer.SILENT
		if how == "no":
			return Answer.REFUSED
		if key not in self.keys or now - self.keys[key] >= timedelta(hours=24):
			self.keys[key] = now
			self.done.append(key)
		return Answer.DONE if how == "yes" else Answer.SILENT


@given(
	st.lists(
		st.tuples(
			st.sampled_from(["yes", "answer lost", "lost on the way"]),
			st.integers(0, 40 * 60),
			st.booleans(),
		),
		min_size=1,
		max_size=40,
	)
)
def test_whatever_gets_lost_the_provider_does_it_at_most_once(story):
	provider, now = Provider(), NOW
	call = Call(Status.SENDING)
	for how, minutes, by_person in story:
		now += timedelta(minutes=minutes)
		step = outbox.step(call, now, asked_by_person=by_person)
		if step in (Step.NOTHING, Step.WAIT):
			continue
		# The claim, as the outbox commits it before anything else.
		call = Call(
			call.status if call.status is Status.GIVEN_UP else Status.SENDING,
			call.tries + 1,
			call.first_sent or now,
			now + outbox.LEASE,
		)
		if step is Step.ASK and provider.done:
			answer = Answer.FOUND
		elif step is Step.ASK and not outbox.may_call(call, now):
			answer = Answer.ABSENT
		else:
			answer = provider.call("key", now, how)
		change = outbox.after(call, answer, now)
		call = Call(change.status, call.tries, call.first_sent, change.next_try)
	assert len(provider.done) <= 1
	if call.status is Status.DONE:
		assert len(provider.done) == 1

"""Declined work: its life, when two names are one work, and what it counts for."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.declined import (
	ALIVE,
	BY_HAND,
	NEVER_WAS,
	Ended,
	Kind,
	Refusal,
	Severity,
	Status,
	Step,
	Totals,
	Undone,
	Value,
	Work,
	after,
	best_match,
	check_close,
	expires_on,
	is_due,
	is_same,
	possible_steps,
	service_key,
	standing,
	totals,
	urgency,
)
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

NOW = datetime(2026, 3, 2, 9)
words = st.sampled_from(
	"front rear brake brakes pads rotor Replace the cabin FILTER 30,000 60k mile service".split()
)
names = st.lists(words, min_size=1, max_size=6).map(" ".join)
works = st.builds(Work, names, st.sampled_from([None, "", "BRK1", "BRK2"]))
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1))
usd = st.integers(0, 500_000).map(lambda minor: Money(minor, "USD"))


def code_of(error) -> str:
	return error.value.code


@pytest.mark.parametrize("step", Step)
@pytest.mark.parametrize("status", Status)
def test_a_step_leads_somewhere_or_says_what_is_possible(step, status):
	if step in possible_steps(status):
		assert after(step, status, "DS-1") in Status
		return
	with pytest.raises(Refused) as refused:
		after(step, status, "DS-1")
	assert code_of(refused) == "declined_status"
	assert status.value in str(refused.value)


def test_each_step_has_a_way_back():
	for there, back in ((Step.BOOK, Step.UNBOOK), (Step.RECOVER, Step.UNRECOVER), (Step.CLOSE, Step.REOPEN)):
		assert after(back, after(there, Status.OPEN, "DS-1"), "DS-1") is Status.OPEN


def test_a_recovery_taken_back_leaves_the_booking():
	assert after(Step.UNRECOVER, Status.RECOVERED, "DS-1", still_booked=True) is Status.BOOKED


def test_only_living_work_is_booked_recovered_or_closed():
	for step in (Step.BOOK, Step.RECOVER, Step.CLOSE):
		assert {status for status in Status if step in possible_steps(status)} == ALIVE


def test_a_person_cannot_close_as_expired():
	for reason in (None, "", "Expired", "Answer Taken Back", "Whatever"):
		with pytest.raises(Refused) as refused:
			check_close(reason, None, by_hand=True)
		assert code_of(refused) == "closed_reason"
	for ended in BY_HAND:
		assert check_close(ended.value, "typed twice", by_hand=True) is ended


def test_a_mistake_is_explained():
	with pytest.raises(Refused) as refused:
		check_close("Entered by Mistake", " x ", by_hand=True)
	assert code_of(refused) == "closed_note"


@pytest.mark.parametrize(
	("one", "other"),
	[
		("Replace front brake pads", "Brake pad, front"),
		("FRONT BRAKE PADS", "front  brake   pads"),
		("Cabin air filter", "Replace the cabin air filter"),
		("60k mile service", "60,000 mile service"),
		("Révision des freins", "revision des freins"),
		("Tires", "tire"),
	],
)
def test_names_that_are_one_work(one, other):
	assert is_same(Work(one), Work(other))


@pytest.mark.parametrize(
	("one", "other"),
	[
		("Front brake pads", "Rear brake pads"),
		("30,000 mile service", "60,000 mile service"),
		("Clean cabin filter", "Replace cabin filter"),
		("Brake pads", "Brake fluid"),
		("", ""),
	],
)
def test_names_that_are_not(one, other):
	assert not is_same(Work(one), Work(other))


def test_a_name_of_nothing_but_noise_stands_for_itself():
	assert service_key("Service") and service_key("Service") != service_key("Replacement")


def test_the_op_code_decides_whatever_the_name():
	assert is_same(Work("Brakes", "BRK1"), Work("Pads and rotors, front axle", "BRK1"))
	assert is_same(Work("Front brake pads", "BRK1"), Work("Front brake pads", "BRK9"))


@given(names)
def test_the_key_of_a_key_is_itself_and_word_order_does_not_matter(name):
	key = service_key(name)
	assert service_key(" ".join(reversed(name.split()))) == key
	assert service_key(name.upper()) == key


@given(works, works)
def test_being_the_same_work_is_mutual(one, other):
	assert is_same(one, other) == is_same(other, one)
	assert is_same(one, one)


@given(works, st.lists(st.builds(Undone, st.uuids().map(str), works, moments), max_size=8))
def test_the_best_match_is_one_of_the_same_works_and_does_not_depend_on_order(work, rows):
	found = best_match(work, rows)
	same = [row for row in rows if is_same(work, row.work)]
	assert (found is None) == (not same)
	assert found == best_match(work, list(reversed(rows)))
	if found is not None:
		assert found in same
		by_code = [row for row in same if work.op_code and row.work.op_code == work.op_code]
		assert not by_code or found in by_code
		assert found.since == min(row.since for row in by_code or same)


def test_expiry_counts_from_the_later_day():
	day = date(2026, 3, 2)
	assert expires_on(day, 365) == date(2027, 3, 2)
	assert expires_on(day, 30, date(2026, 6, 1)) == date(2026, 7, 1)
	assert expires_on(day, 30, date(2026, 1, 1)) == date(2026, 4, 1)
	assert expires_on(day, 0) is None
	assert expires_on(date(9999, 1, 1), 3650) is None


def test_deferred_work_waits_for_its_day():
	today = date(2026, 3, 2)
	assert is_due(Kind.DECLINED, date(2026, 9, 1), today)
	assert not is_due(Kind.DEFERRED, date(2026, 3, 3), today)
	assert is_due(Kind.DEFERRED, today, today)
	assert is_due(Kind.DEFERRED, None, today)


def test_what_is_due_and_red_and_old_comes_first():
	rows = [
		(Severity.YELLOW, True, NOW),
		(Severity.RED, False, NOW - timedelta(days=90)),
		(Severity.RED, True, NOW),
		(Severity.RED, True, NOW - timedelta(days=9)),
	]
	assert sorted(rows, key=lambda row: urgency(*row)) == [rows[3], rows[2], rows[0], rows[1]]


def refusal(order: str, day: int, cents: int = 100, taken_back: bool = False) -> Refusal:
	return Refusal(order, 1, NOW + timedelta(days=day), Money(cents, "USD"), taken_back)


def test_the_last_refusal_counts_and_the_one_before_it_when_it_is_taken_back():
	first, second = refusal("RO-1", 0), refusal("RO-2", 30)
	assert standing([second, first]) == second
	assert standing([first, refusal("RO-2", 30, taken_back=True)]) == first
	assert standing([refusal("RO-1", 0, taken_back=True)]) is None


values = st.builds(
	Value,
	usd,
	st.sampled_from(Status),
	st.one_of(st.none(), st.sampled_from(Ended)),
	st.one_of(st.none(), usd),
)


@given(st.lists(values, max_size=20))
def test_nothing_is_recovered_that_was_not_declined(rows):
	found = totals(rows, "USD")
	assert Money.zero("USD") <= found.recovered <= found.declined
	assert 0 <= found.recovered_count <= found.count <= len(rows)
	assert found.rate is None or 0 <= found.rate <= 100


@given(st.lists(values, max_size=10), st.lists(values, max_size=10))
def test_figures_add_up_over_any_split(some, others):
	one, two, both = totals(some, "USD"), totals(others, "USD"), totals([*some, *others], "USD")
	assert (one.declined + two.declined, one.recovered + two.recovered) == (both.declined, both.recovered)
	assert (one.count + two.count, one.recovered_count + two.recovered_count) == (
		both.count,
		both.recovered_count,
	)


def test_what_never_was_counts_nowhere():
	for ended in NEVER_WAS:
		value = Value(Money(500_00, "USD"), Status.CLOSED, ended)
		assert totals([value], "USD") == Totals(Money.zero("USD"), Money.zero("USD"))


def test_a_dearer_job_recovers_what_was_declined_and_a_cheaper_one_what_it_cost():
	declined = Money(500_00, "USD")
	dearer = Value(declined, Status.RECOVERED, recovered=Money(650_00, "USD"))
	cheaper = Value(declined, Status.RECOVERED, recovered=Money(400_00, "USD"))
	assert (dearer.value_recovered, cheaper.value_recovered) == (declined, Money(400_00, "USD"))
	assert str(totals([dearer, cheaper], "USD").rate) == "90.0"


def test_no_rate_of_nothing():
	assert totals([], "USD").rate is None
	assert (
		totals([Value(Money.zero("USD"), Status.RECOVERED, recovered=Money(5_00, "USD"))], "USD").rate is None
	)

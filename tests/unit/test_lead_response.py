from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.lead_contact import by_machine, call_counts
from dealer_pos_crm.domain.lead_response import (
	Clock,
	Targets,
	Urgency,
	Waiting,
	answer,
	begins_to_wait,
	minutes_left,
	start,
	urgency,
)
from dealer_pos_crm.domain.refusal import Refused

# Monday 2026-03-02 to Friday 9 to 18, Saturday 9 to 13; Sunday and Wednesday the 4th closed.
HOURS = BusinessHours(
	{**dict.fromkeys(range(5), (time(9), time(18))), 5: (time(9), time(13))}, frozenset({date(2026, 3, 4)})
)
TARGETS = Targets()


def at(day, hour, minute=0, second=0):
	return datetime(2026, 3, day, hour, minute, second)


@pytest.mark.parametrize(
	("asked", "due", "warn", "escalate"),
	[
		(at(2, 10), at(2, 10, 5), at(2, 10, 15), at(2, 11)),  # in the day
		(at(2, 20), at(3, 9, 30), at(3, 9, 30), at(3, 10)),  # at night
		(at(2, 6), at(2, 9, 30), at(2, 9, 30), at(2, 10)),  # before opening
		(at(2, 17, 58), at(3, 9, 30), at(3, 9, 30), at(3, 9, 58)),  # too late to be answered today
		(at(2, 17, 55), at(2, 18), at(3, 9, 10), at(3, 9, 55)),  # just in time
		(at(3, 17, 59), at(5, 9, 30), at(5, 9, 30), at(5, 9, 59)),  # over a closed day
		(at(7, 14), at(9, 9, 30), at(9, 9, 30), at(9, 10)),  # over the weekend
	],
)
def test_the_clock_of_a_lead(asked, due, warn, escalate):
	assert start(asked, HOURS, TARGETS) == Clock(asked, due, warn, escalate)


@given(
	st.integers(0, 7 * 24 * 60),
	st.integers(0, 60),
	st.integers(0, 60),
	st.integers(0, 60),
	st.integers(0, 90),
)
def test_a_clock_is_never_out_of_order(minute, first, second, third, morning):
	targets = Targets(first, first + second, first + second + third, morning)
	clock = start(at(1, 0) + timedelta(minutes=minute), HOURS, targets)
	assert clock.since <= clock.due_at <= clock.warn_at <= clock.escalate_at


@given(st.integers(0, 7 * 24 * 60))
def test_nobody_promises_an_answer_while_the_house_is_closed(minute):
	due = start(at(1, 0) + timedelta(minutes=minute), HOURS, TARGETS).due_at
	span = HOURS.span(due.date())
	assert span is not None
	assert span[0] <= due <= span[1]


@pytest.mark.parametrize("values", [(-1, 15, 60, 30), (20, 15, 60, 30), (5, 90, 60, 30), (5, 15, 60, -1)])
def test_minutes_that_cannot_be(values):
	with pytest.raises(Refused):
		Targets(*values)


@pytest.mark.parametrize(
	("now", "stands", "left"),
	[
		(at(2, 10, 3), Urgency.IN_TIME, 2),
		(at(2, 10, 5), Urgency.IN_TIME, 0),
		(at(2, 10, 6), Urgency.LATE, -1),
		(at(2, 10, 15), Urgency.WARNED, -10),
		(at(2, 11), Urgency.ESCALATED, -55),
		(at(3, 9, 10), Urgency.ESCALATED, -(7 * 60 + 55) - 10),  # the night does not count
	],
)
def test_how_it_stands(now, stands, left):
	clock = start(at(2, 10), HOURS, TARGETS)
	assert urgency(clock, now) is stands
	assert minutes_left(clock.due_at, now, HOURS) == left


def test_an_answer_counts_business_minutes_from_the_question():
	found = answer(Waiting(at(2, 20), at(2, 20)), at(3, 9, 12), HOURS)
	assert found is not None
	assert (found.minutes, found.own_minutes, found.first) == (12, 12, True)


def test_whoever_got_the_lead_late_is_not_blamed_for_the_time_before():
	waiting = Waiting(at(2, 10), at(2, 10), assigned_at=at(2, 10, 40))
	found = answer(waiting, at(2, 10, 44), HOURS)
	assert found is not None
	assert (found.minutes, found.own_minutes) == (44, 4)


@pytest.mark.parametrize(
	"waiting",
	[
		Waiting(at(2, 10), None),  # nobody waits
		Waiting(at(2, 10), at(2, 12)),  # asked after this contact
	],
)
def test_a_contact_that_answers_nothing(waiting):
	assert answer(waiting, at(2, 11), HOURS) is None


def test_a_second_answer_is_not_the_first():
	found = answer(Waiting(at(2, 10), at(2, 12), first_response_at=at(2, 10, 2)), at(2, 12, 1), HOURS)
	assert found is not None
	assert not found.first


@pytest.mark.parametrize(
	("waiting_since", "last_contact", "begins"),
	[
		(None, at(2, 10), True),
		(None, None, True),
		(at(2, 10), None, False),  # waits already
		(None, at(2, 12), False),  # spoken to since
		(None, at(2, 11), False),  # at that very moment
	],
)
def test_when_a_question_begins_a_new_wait(waiting_since, last_contact, begins):
	assert begins_to_wait(Waiting(at(2, 9), waiting_since), at(2, 11), last_contact) is begins


def test_a_house_that_is_always_open_counts_every_minute():
	clock = start(at(2, 3), ALWAYS_OPEN, TARGETS)
	assert clock.due_at == at(2, 3, 5)
	found = answer(Waiting(at(2, 23), at(2, 23)), at(3, 1, 0, 1), ALWAYS_OPEN)
	assert found is not None
	assert found.minutes == 120


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_business_time_adds_up(first, second, third):
	one, two, three = sorted(at(1, 0) + timedelta(minutes=n) for n in (first, second, third))
	assert HOURS.between(one, two) + HOURS.between(two, three) == HOURS.between(one, three)
	assert HOURS.between(three, one) == timedelta(0)


@given(st.integers(0, 10_000), st.integers(1, 600))
def test_between_undoes_add(minute, length):
	begin = at(1, 0) + timedelta(minutes=minute)
	assert HOURS.between(begin, HOURS.add(begin, timedelta(minutes=length))) == timedelta(minutes=length)


@pytest.mark.parametrize(
	("sender", "subject", "machine"),
	[
		("ann@x.example", "Is the Outback still there?", False),
		("ann@x.example", "Re: auto loan question", False),
		("ann@x.example", "Automatic reply: Your question", True),
		("ann@x.example", "Out of office", True),
		("MAILER-DAEMON@x.example", "Hello", True),
		("noreply@x.example", "Hello", True),
		("noreen@x.example", "Hello", False),
		("ann@x.example", "Undeliverable: Your question", True),
	],
)
def test_whose_message_it_is(sender, subject, machine):
	assert by_machine(sender, subject) is machine


@pytest.mark.parametrize(
	("direction", "status", "means"),
	[
		("Outgoing", "Completed", ("answer", True)),
		("Incoming", "Completed", ("answer", True)),
		("Outgoing", "No Answer", ("answer", False)),
		("Outgoing", "Busy", ("answer", False)),
		("Incoming", "No Answer", ("question", False)),
		("Outgoing", "Failed", None),
		("Outgoing", "Ringing", None),
		("Incoming", "Canceled", None),
	],
)
def test_what_a_call_means(direction, status, means):
	assert call_counts(direction, status) == means

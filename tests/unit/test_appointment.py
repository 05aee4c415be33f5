"""Appointments: what can follow what, when one can be, and what it takes of a team's day."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.appointment import (
	COUNTED,
	LONGEST,
	OPEN,
	Action,
	Booking,
	Load,
	Status,
	after,
	allowed_actions,
	check_missed,
	check_start,
	ends_at,
	is_done,
	is_missed,
	lead_hours,
	loads,
	minutes_of,
	next_open,
	overlaps,
	pieces,
)
from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import Rule, Span, Unit, promise
from dealer_pos_crm.domain.refusal import Refused

MONDAY = date(2026, 3, 2)
HOURS = BusinessHours(
	{**{day: (time(8), time(18)) for day in range(5)}, 5: (time(9), time(13))},
	closed=frozenset({date(2026, 3, 4)}),
)


def at(day: int, hour: int, minute: int = 0) -> datetime:
	"""A moment of the week of MONDAY: 0 is Monday."""
	return datetime.combine(MONDAY + timedelta(days=day), time(hour, minute))


def code_of(call, *args, **kwargs):
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value.code


# --- what can follow what -----------------------------------------------------------------------


@pytest.mark.parametrize(
	("action", "status", "result"),
	[
		(Action.CONFIRM, Status.BOOKED, Status.CONFIRMED),
		(Action.ARRIVE, Status.BOOKED, Status.ARRIVED),
		(Action.ARRIVE, Status.CONFIRMED, Status.ARRIVED),
		(Action.ARRIVE, Status.NO_SHOW, Status.ARRIVED),
		(Action.MISS, Status.CONFIRMED, Status.NO_SHOW),
		(Action.MISS, Status.ARRIVED, Status.NO_SHOW),
		(Action.RESCHEDULE, Status.NO_SHOW, Status.RESCHEDULED),
		(Action.RESCHEDULE, Status.BOOKED, Status.RESCHEDULED),
		(Action.CANCEL, Status.CONFIRMED, Status.CANCELLED),
	],
)
def test_what_follows(action, status, result):
	assert after(action, status, "APT-1") is result
	assert is_done(action, result)


@pytest.mark.parametrize(
	("action", "status"),
	[
		(Action.CONFIRM, Status.CONFIRMED),
		(Action.CONFIRM, Status.NO_SHOW),
		(Action.CANCEL, Status.ARRIVED),
		(Action.CANCEL, Status.NO_SHOW),
		(Action.RESCHEDULE, Status.ARRIVED),
		*((action, Status.CANCELLED) for action in Action),
		*((action, Status.RESCHEDULED) for action in Action),
	],
)
def test_what_does_not_follow(action, status):
	assert code_of(after, action, status, "APT-1") == "wrong_status"


def test_a_refusal_says_what_is_possible():
	with pytest.raises(
		Refused, match=r"APT-1 is No-show: Cancel is not possible now. Possible: Arrive, Resch"
	):
		after(Action.CANCEL, Status.NO_SHOW, "APT-1")
	with pytest.raises(Refused, match="Book a new appointment"):
		after(Action.ARRIVE, Status.CANCELLED, "APT-1")


def test_a_repair_order_settles_it():
	assert allowed_actions(Status.ARRIVED, has_order=True) == ()
	assert allowed_actions(Status.NO_SHOW, has_order=True) == (Action.ARRIVE,)
	assert code_of(after, Action.MISS, Status.ARRIVED, "APT-1", has_order=True) == "has_order"
	assert code_of(after, Action.CANCEL, Status.BOOKED, "APT-1", has_order=True) == "has_order"


@given(st.lists(st.sampled_from(Action), max_size=12), st.booleans())
def test_whatever_is_done_the_end_is_the_end(steps, has_order):
	status = Status.BOOKED
	for step in steps:
		if step in allowed_actions(status, has_order=has_order):
			assert status not in (Status.CANCELLED, Status.RESCHEDULED)
			status = after(step, status, "APT-1", has_order=has_order)
		else:
			code_of(after, step, status, "APT-1", has_order=has_order)
	assert status is not Status.BOOKED or not any(
		step in allowed_actions(Status.BOOKED, has_order=has_order) for step in steps
	)


# --- how long, and when -------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "minutes"), [(1, 60), (0.25, 15), (1.1, 66), (80, LONGEST)])
def test_hours_are_minutes(hours, minutes):
	assert minutes_of(hours) == minutes


@pytest.mark.parametrize("hours", [0, -1, 0.01, 80.1, 1e9, float("nan"), float("inf"), float("-inf")])
def test_wrong_durations(hours):
	assert code_of(minutes_of, hours) == "duration"


@pytest.mark.parametrize(
	("moment", "code"),
	[
		(at(0, 9, 59), "past"),
		(at(-1, 12), "past"),
		(at(800, 10), "far"),
		(at(2, 10), "closed_day"),
		(at(6, 10), "closed_day"),
		(at(1, 7, 59), "closed_hour"),
		(at(1, 18), "closed_hour"),
		(at(5, 13, 30), "closed_hour"),
	],
)
def test_times_that_cannot_be(moment, code):
	assert code_of(check_start, moment, at(0, 10, 0), HOURS) == code


@pytest.mark.parametrize("moment", [at(0, 10), at(1, 8), at(1, 17, 59), at(5, 9)])
def test_times_that_can_be(moment):
	check_start(moment, at(0, 10).replace(second=40), HOURS)


def test_a_closed_time_names_the_next_open_one():
	with pytest.raises(Refused, match=r"closed on 2026-03-04. It opens again at 2026-03-05 08:00"):
		check_start(at(2, 10), at(0, 10), HOURS)
	with pytest.raises(Refused, match=r"outside opening hours \(09:00 to 13:00\).* 2026-03-09 08:00"):
		check_start(at(5, 14), at(0, 10), HOURS)
	assert next_open(at(1, 18), HOURS) == at(3, 8)
	assert next_open(at(1, 9), HOURS) == at(1, 9)


def test_nobody_is_ever_open():
	assert code_of(next_open, at(0, 9), BusinessHours({})) == "hours"


# --- work over closing time ---------------------------------------------------------------------


def test_work_over_closing_time_goes_on_when_the_house_opens_again():
	assert pieces(at(1, 15), 8 * 60, HOURS) == [(at(1, 15), 180), (at(3, 8), 300)]  # Wednesday is closed
	assert ends_at(at(1, 15), 8 * 60, HOURS) == at(3, 13)
	assert ends_at(at(1, 15), 3 * 60, HOURS) == at(1, 18)
	assert ends_at(at(5, 12), 2 * 60, HOURS) == at(7, 9)


def test_without_opening_hours_a_day_has_24():
	assert pieces(at(0, 10), 25 * 60, ALWAYS_OPEN) == [(at(0, 10), 14 * 60), (at(1, 0), 11 * 60)]
	assert ends_at(at(0, 10), 25 * 60, ALWAYS_OPEN) == at(1, 11)


starts = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(
	lambda moment: moment.replace(second=0, microsecond=0)
)
lengths = st.integers(5, LONGEST)


@given(starts, lengths, st.sampled_from([HOURS, ALWAYS_OPEN]))
def test_no_minute_is_lost_and_none_falls_into_closed_hours(start, minutes, hours):
	found = pieces(start, minutes, hours)
	assert sum(part for _begin, part in found) == minutes
	assert len({begin.date() for begin, _part in found}) == len(found)
	for begin, part in found:
		opens, closes = hours.span(begin.date())
		assert begin >= start and part > 0
		assert opens <= begin
		assert begin + timedelta(minutes=part) <= closes + timedelta(seconds=1)
	assert ends_at(start, minutes, hours) >= start + timedelta(minutes=minutes)


@given(st.lists(st.tuples(starts, lengths, st.sampled_from(["A", "B", None])), max_size=20))
def test_the_loads_of_all_days_are_the_work_booked(rows):
	bookings = [Booking(team, start, minutes) for start, minutes, team in rows]
	days = [date(2026, 1, 1) + timedelta(days=step) for step in range(420)]
	found = loads(days, {"A": 480, "B": 240}, bookings, HOURS)
	assert sum(load.booked for load in found) == sum(booking.minutes for booking in bookings)
	assert sum(load.appointments for load in found) == len(bookings)
	for load in found:
		assert load.closed == (HOURS.span(load.day) is None)
		assert not (load.closed and load.booked)
		assert load.overbooked == (0 < load.capacity < load.booked)


def test_a_teams_week():
	week = [MONDAY + timedelta(days=step) for step in range(7)]
	found = loads(
		week,
		{"Quick Lane": 8 * 60, "Idle": 60},
		[
			Booking("Quick Lane", at(0, 8), 6 * 60),
			Booking("Quick Lane", at(0, 9), 3 * 60),
			Booking("Quick Lane", at(1, 15), 8 * 60),
			Booking(None, at(0, 9), 30),
		],
		HOURS,
	)
	by_key = {(load.team, load.day): load for load in found}
	monday = by_key["Quick Lane", MONDAY]
	assert (monday.booked, monday.free, monday.appointments, monday.overbooked) == (540, -60, 2, True)
	assert by_key["Quick Lane", MONDAY + timedelta(days=1)].booked == 180
	closed = by_key["Quick Lane", MONDAY + timedelta(days=2)]
	assert (closed.closed, closed.capacity, closed.booked, closed.overbooked) == (True, 0, 0, False)
	assert by_key["Quick Lane", MONDAY + timedelta(days=3)].booked == 300
	assert by_key["Idle", MONDAY].free == 60
	nobody = by_key[None, MONDAY]
	assert (nobody.booked, nobody.capacity, nobody.overbooked) == (30, 0, False)


def test_one_more_appointment():
	full = Load(MONDAY, "A", 480, 480, 8)
	assert not full.overbooked and full.free == 0
	more = full.with_more(15)
	assert (more.overbooked, more.free, more.appointments) == (True, -15, 9)


# --- who did not come ---------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("has_order", [True, False])
def test_only_who_is_expected_can_be_missed(status, has_order):
	missed = is_missed(status, at(0, 9), at(0, 9, 30), 30, has_order=has_order)
	assert missed == (status in OPEN and not has_order)


@given(starts, st.integers(-10, 600), st.integers(-600, 600))
def test_the_grace_time_is_given(start, grace, minutes_later):
	now = start + timedelta(minutes=minutes_later)
	missed = is_missed(Status.BOOKED, start, now, grace, has_order=False)
	assert missed == (minutes_later >= max(grace, 0))


def test_nobody_misses_what_is_still_to_come():
	assert code_of(check_missed, at(0, 9), at(0, 8, 59), "APT-1") == "too_early"
	check_missed(at(0, 9), at(0, 9), "APT-1")


def test_what_counts():
	assert OPEN < COUNTED
	assert not COUNTED & {Status.NO_SHOW, Status.CANCELLED, Status.RESCHEDULED}


def test_lead_time():
	assert lead_hours(at(0, 9), at(3, 9)) == 72
	assert lead_hours(at(0, 9, 1), at(3, 9)) == 71
	assert lead_hours(at(0, 9), at(0, 9)) == 0
	assert lead_hours(at(0, 9), at(0, 8)) == 0


def test_stays_that_meet():
	assert overlaps((at(0, 9), at(0, 11)), (at(0, 10), at(0, 12)))
	assert not overlaps((at(0, 9), at(0, 10)), (at(0, 10), at(0, 12)))


# --- the clocks change --------------------------------------------------------------------------


@pytest.mark.parametrize(
	("starts_at", "reminded_at"),
	[
		# United States: clocks go forward on 2026-03-08 at 2:00 and back on 2026-11-01 at 2:00.
		(datetime(2026, 3, 8, 9), datetime(2026, 3, 7, 9)),
		(datetime(2026, 3, 9, 9), datetime(2026, 3, 8, 9)),
		(datetime(2026, 11, 1, 9), datetime(2026, 10, 31, 9)),
		(datetime(2026, 11, 2, 8, 30), datetime(2026, 11, 1, 8, 30)),
	],
)
def test_a_reminder_of_a_day_before_keeps_the_clock_time(starts_at, reminded_at):
	"""24 hours before nine o'clock is nine o'clock the day before, also in the night the clocks change."""
	rule = Rule(
		name="Remind the day before",
		event_type="appointment.booked",
		title="Tomorrow {starts_at_text}",
		anchor="starts_at",
		wait=Span(-24, Unit.HOURS),
		due=Span(2, Unit.HOURS),
	)
	booked = Event(
		key="appointment.booked:1",
		type="appointment.booked",
		happened_at=starts_at - timedelta(days=9),
		customer="C",
		company="D",
		title="Booked",
		appointment="APT-1",
		facts={"starts_at": starts_at.isoformat()},
	)
	assert promise(rule, booked, ALWAYS_OPEN).opens_at == reminded_at
	assert lead_hours(booked.happened_at, starts_at) == 9 * 24


def test_a_night_in_which_the_clocks_change_has_its_usual_work():
	before, over = datetime(2026, 3, 7, 20), datetime(2026, 3, 8, 6)
	assert ends_at(before, 10 * 60, ALWAYS_OPEN) == over
	sunday = BusinessHours({day: (time(8), time(18)) for day in range(7)})
	for day in (date(2026, 3, 8), date(2026, 11, 1)):
		assert pieces(datetime.combine(day, time(8)), 600, sunday) == [(datetime.combine(day, time(8)), 600)]

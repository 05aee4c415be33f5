from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours, QuietHours
from dealer_pos_crm.domain.refusal import Refused

WEEKDAYS = (time(8), time(18))
# Monday 2026-03-02 to Friday, a short Saturday; closed on Sundays and on Wednesday the 4th.
HOURS = BusinessHours(
	{**dict.fromkeys(range(5), WEEKDAYS), 5: (time(9), time(13))}, frozenset({date(2026, 3, 4)})
)
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = (date(2026, 3, day) for day in range(2, 9))
NEXT_MONDAY = date(2026, 3, 9)


def at(day, hour, minute=0):
	return datetime.combine(day, time(hour, minute))


def minutes(n):
	return timedelta(minutes=n)


@pytest.mark.parametrize(
	("moment", "duration", "expected"),
	[
		(at(MONDAY, 10), minutes(5), at(MONDAY, 10, 5)),
		(at(MONDAY, 17, 58), minutes(2), at(MONDAY, 18)),
		(at(MONDAY, 17, 58), minutes(5), at(TUESDAY, 8, 3)),
		(at(MONDAY, 6), minutes(5), at(MONDAY, 8, 5)),
		(at(MONDAY, 18), minutes(5), at(TUESDAY, 8, 5)),  # at closing time the house is closed
		(at(MONDAY, 18), minutes(0), at(TUESDAY, 8)),
		(at(MONDAY, 17, 59), minutes(0), at(MONDAY, 17, 59)),
		(at(MONDAY, 23), minutes(600), at(TUESDAY, 18)),
		(at(TUESDAY, 17), minutes(120), at(THURSDAY, 9)),  # over the closed Wednesday
		(at(FRIDAY, 17, 30), minutes(60), at(SATURDAY, 9, 30)),
		(at(SATURDAY, 12), minutes(120), at(NEXT_MONDAY, 9)),  # over the weekend
		(at(SUNDAY, 12), minutes(1), at(NEXT_MONDAY, 8, 1)),
		(at(WEDNESDAY, 12), minutes(1), at(THURSDAY, 8, 1)),
		(at(MONDAY, 8), minutes(20 * 60 + 1), at(THURSDAY, 8, 1)),
	],
)
def test_business_time(moment, duration, expected):
	assert HOURS.add(moment, duration) == expected


@pytest.mark.parametrize(
	("moment", "days", "opening", "closing"),
	[
		(at(MONDAY, 10), 0, at(MONDAY, 10), at(MONDAY, 18)),
		(at(MONDAY, 6), 0, at(MONDAY, 8), at(MONDAY, 18)),
		(at(MONDAY, 18), 0, at(TUESDAY, 8), at(TUESDAY, 18)),
		(at(MONDAY, 10), 1, at(TUESDAY, 8), at(TUESDAY, 18)),
		(at(MONDAY, 10), 2, at(THURSDAY, 8), at(THURSDAY, 18)),
		(at(FRIDAY, 10), 2, at(NEXT_MONDAY, 8), at(NEXT_MONDAY, 18)),
		(at(FRIDAY, 19), 0, at(SATURDAY, 9), at(SATURDAY, 13)),
		(at(SATURDAY, 14), 0, at(NEXT_MONDAY, 8), at(NEXT_MONDAY, 18)),
		(at(WEDNESDAY, 10), 0, at(THURSDAY, 8), at(THURSDAY, 18)),
	],
)
def test_business_days(moment, days, opening, closing):
	assert HOURS.opening(moment, days) == opening
	assert HOURS.closing(moment, days) == closing


@pytest.mark.parametrize(
	("moment", "is_open"),
	[
		(at(MONDAY, 8), True),
		(at(MONDAY, 7, 59), False),
		(at(MONDAY, 17, 59), True),
		(at(MONDAY, 18), False),
		(at(WEDNESDAY, 10), False),
		(at(SATURDAY, 14), False),
		(at(SUNDAY, 10), False),
	],
)
def test_is_open(moment, is_open):
	assert HOURS.is_open(moment) is is_open


def test_time_is_counted_forward_only():
	with pytest.raises(Refused):
		HOURS.add(at(MONDAY, 10), minutes(-1))
	with pytest.raises(Refused):
		HOURS.business_day(at(MONDAY, 10), -1)


def test_without_opening_hours_there_is_a_message_not_a_loop():
	for never in (BusinessHours({}), BusinessHours({}, frozenset({MONDAY}))):
		with pytest.raises(Refused) as refused:
			never.add(at(MONDAY, 10), minutes(5))
		assert "check the business hours" in str(refused.value)
		with pytest.raises(Refused):
			never.closing(at(MONDAY, 10), 0)


@pytest.mark.parametrize(("opens", "closes"), [(time(18), time(8)), (time(8), time(8))])
def test_hours_that_end_before_they_begin_are_refused(opens, closes):
	with pytest.raises(Refused):
		BusinessHours({0: (opens, closes)})


def test_business_time_is_naive_and_knows_no_daylight_saving():
	"""2026-03-08 skips 02:00 to 03:00 in the US; a dealership's own clock is counted as it reads."""
	night = datetime(2026, 3, 7, 23)
	assert ALWAYS_OPEN.add(night, timedelta(hours=3)) - night <= timedelta(hours=3, microseconds=1)
	assert ALWAYS_OPEN.add(night, timedelta(hours=3)).tzinfo is None
	assert QuietHours().next_free(night) == datetime(2026, 3, 8, 8)


moments = st.datetimes(datetime(2026, 2, 20), datetime(2026, 3, 20))
durations = st.timedeltas(timedelta(0), timedelta(days=4))
hours_of_day = st.tuples(st.integers(0, 23), st.integers(1, 24)).filter(lambda pair: pair[0] < pair[1])
business_hours = st.builds(
	BusinessHours,
	st.dictionaries(
		st.integers(0, 6),
		hours_of_day.map(lambda pair: (time(pair[0]), time(pair[1]) if pair[1] < 24 else time.max)),
		min_size=1,
	),
	st.frozensets(st.integers(0, 20).map(lambda day: MONDAY + timedelta(day)), max_size=5),
)


@given(business_hours, moments, moments, durations, durations)
def test_add_never_overtakes(hours, one, other, short, long):
	"""Later beginnings and longer spans never end earlier."""
	one, other = sorted((one, other))
	short, long = sorted((short, long))
	assert hours.add(one, short) <= hours.add(other, short)
	assert hours.add(one, short) <= hours.add(one, long)
	assert hours.add(one, short) >= one + short


@given(business_hours, moments, durations)
def test_add_counts_exactly_the_open_time(hours, moment, duration):
	end = hours.add(moment, duration)
	open_time = timedelta(0)
	day = moment.date()
	while day <= end.date():
		span = hours.span(day)
		if span:
			open_time += max(min(span[1], end) - max(span[0], moment), timedelta(0))
		day += timedelta(1)
	assert open_time == duration
	assert hours.is_open(end) or (duration and hours.is_open(end - timedelta(microseconds=1)))


@given(business_hours, moments, durations, st.timedeltas(timedelta(microseconds=1), timedelta(days=2)))
def test_add_in_two_steps_is_add_at_once(hours, moment, first, second):
	assert hours.add(hours.add(moment, first), second) == hours.add(moment, first + second)


@given(business_hours, moments, st.integers(0, 10))
def test_business_days_are_open_and_in_order(hours, moment, days):
	opens, closes = hours.business_day(moment, days)
	assert (opens, closes) == hours.span(opens.date())
	assert moment < closes <= hours.closing(moment, days + 1)
	assert hours.opening(moment, days) >= moment
	assert hours.is_open(hours.opening(moment, days))
	day, left = moment.date(), days
	while day < opens.date():
		span = hours.span(day)
		left -= span is not None and span[1] > moment
		day += timedelta(1)
	assert left == 0


@pytest.mark.parametrize(
	("clock", "quiet", "free"),
	[
		("20:59", False, None),
		("21:00", True, "08:00+1"),
		("23:59", True, "08:00+1"),
		("00:00", True, "08:00"),
		("07:59", True, "08:00"),
		("08:00", False, None),
		("12:00", False, None),
	],
)
def test_quiet_hours_over_midnight(clock, quiet, free):
	moment = datetime.combine(MONDAY, time.fromisoformat(clock))
	assert QuietHours().covers(moment) is quiet
	expected = moment
	if free:
		expected = datetime.combine(MONDAY, time.fromisoformat(free[:5])) + timedelta(days="+1" in free)
	assert QuietHours().next_free(moment) == expected


@pytest.mark.parametrize(("hour", "quiet"), [(11, False), (12, True), (13, True), (14, False), (0, False)])
def test_quiet_hours_within_a_day(hour, quiet):
	siesta = QuietHours(time(12), time(14))
	assert siesta.covers(at(MONDAY, hour)) is quiet
	assert siesta.next_free(at(MONDAY, hour)) == (at(MONDAY, 14) if quiet else at(MONDAY, hour))


def test_equal_ends_mean_no_quiet_hours():
	assert not QuietHours(time(8), time(8)).covers(at(MONDAY, 8))


clock_times = st.times()


@given(clock_times, clock_times, moments)
def test_the_next_free_moment_is_free_and_within_a_day(begin, end, moment):
	quiet = QuietHours(begin, end)
	free = quiet.next_free(moment)
	assert not quiet.covers(free)
	assert moment <= free <= moment + timedelta(days=1)
	assert (free == moment) == (not quiet.covers(moment))

"""The next maintenance: by date or by predicted mileage, on grounds that a person can check."""

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dealer_pos_crm.domain.maintenance import (
	AGAIN_AFTER_DAYS,
	Done,
	all_forecasts,
	next_maintenance,
	pace,
)
from dealer_pos_crm.domain.vehicle import Reading

TODAY = date(2026, 6, 1)
OIL = "OIL"


def done(on: date, mileage: int | None, months: int = 12, miles: int = 10_000, code: str = OIL) -> Done:
	return Done(code, f"Service {code}", on, mileage, months, miles)


def steady(
	a_day: float, days: list[int], start: int = 20_000, begin: date = date(2025, 6, 1)
) -> list[Reading]:
	return [Reading(begin + timedelta(days=day), start + round(a_day * day)) for day in days]


def test_by_mileage_when_the_car_is_driven_much():
	readings = steady(50, [0, 90, 180, 270, 365])
	found = next_maintenance(readings, [done(TODAY, 38_250)], TODAY, 12_000)
	assert found is not None and found.by_mileage
	assert found.due == TODAY + timedelta(days=200)
	assert found.due_mileage == 48_250
	assert "48250" in found.text and "5 readings" in found.text and "12 months" in found.text


def test_by_date_when_it_stands_in_the_garage():
	readings = steady(5, [0, 180, 365])
	found = next_maintenance(readings, [done(TODAY, 21_825)], TODAY, 12_000)
	assert found is not None and not found.by_mileage
	assert found.due == date(2027, 6, 1) == found.on


def test_too_few_readings_say_so():
	found = next_maintenance([Reading(TODAY, 30_000)], [done(TODAY, 30_000, months=0)], TODAY, 12_000)
	assert found is not None and found.by_mileage
	assert "too few readings" in found.text and "12000 a year" in found.text
	assert (found.due - TODAY).days == 305  # 10,000 at 12,000 a year


def test_readings_of_one_week_are_too_few():
	readings = [Reading(TODAY - timedelta(days=6), 30_000), Reading(TODAY, 31_000)]
	assert pace(readings, 12_000).readings == 0


def test_nothing_that_repeats_no_forecast():
	assert next_maintenance(steady(30, [0, 300]), [], TODAY, 12_000) is None
	assert next_maintenance([], [done(TODAY, 100, months=0, miles=0)], TODAY, 12_000) is None
	assert next_maintenance([], [done(TODAY, None, months=0)], TODAY, 12_000) is None


def test_a_car_that_is_not_driven_is_due_by_date_alone():
	readings = [Reading(date(2025, 6, 1), 30_000), Reading(TODAY, 30_000)]
	found = next_maintenance(readings, [done(TODAY, 30_000)], TODAY, 12_000)
	assert found is not None and not found.by_mileage and found.due == date(2027, 6, 1)
	assert next_maintenance(readings, [done(TODAY, 30_000, months=0)], TODAY, 12_000) is None


def test_one_mistyped_reading_changes_little():
	readings = steady(40, [0, 60, 120, 180, 240, 300, 360])
	wrong = [*readings[:3], Reading(readings[3].read_on, 999_999), *readings[4:]]
	wrong[4] = Reading(wrong[4].read_on, wrong[4].mileage, "the one before was mistyped")
	assert abs(pace(wrong, 12_000).a_day - 40) < 8


def test_a_replaced_odometer_does_not_stop_the_count():
	before = steady(40, [0, 100, 200], start=90_000)
	after = [
		Reading(date(2025, 6, 1) + timedelta(days=200 + day), 40 * day, "odometer replaced")
		for day in (0, 100, 165)
	]
	readings = [*before, *after]
	assert round(pace(readings, 12_000).a_day) == 40
	# Done at 96,000 on the old odometer; 2,000 more until the swap, then 8,000 on the new one.
	found = next_maintenance(
		readings, [done(date(2025, 6, 1) + timedelta(days=150), 96_000, months=0)], TODAY, 12_000
	)
	assert found is not None and found.due_mileage == 8_000
	assert abs((found.due - (date(2025, 6, 1) + timedelta(days=400))).days) <= 1


def test_what_was_due_already_is_brought_up_after_the_visit():
	found = next_maintenance([], [done(date(2024, 1, 31), None, months=13, miles=0)], TODAY, 12_000)
	assert found is not None
	assert found.due == date(2025, 2, 28)
	assert found.on == TODAY + timedelta(days=AGAIN_AFTER_DAYS)
	assert "due already" in found.text


def test_the_last_time_counts_and_the_soonest_is_next():
	rows = [
		done(date(2026, 5, 1), 30_000, months=6, miles=0),
		done(date(2025, 1, 1), 20_000, months=6, miles=0),
		done(date(2026, 1, 1), 28_000, months=24, miles=0, code="FLUID"),
	]
	found = all_forecasts([], rows, TODAY, 12_000)
	assert [(forecast.op_code, forecast.due) for forecast in found] == [
		(OIL, date(2026, 11, 1)),
		("FLUID", date(2028, 1, 1)),
	]


def test_what_is_not_yet_known_does_not_count():
	future = Reading(TODAY + timedelta(days=30), 90_000)
	assert next_maintenance([future], [done(TODAY, 30_000)], TODAY, 12_000) == next_maintenance(
		[], [done(TODAY, 30_000)], TODAY, 12_000
	)


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2026, 1, 31), date(9999, 1, 31), date(1, 1, 1)])
def test_odd_days_of_the_calendar(day):
	found = next_maintenance([Reading(day, 10)], [done(day, 10, months=1)], day, 12_000)
	assert found is not None and found.due >= day


readings_of_a_life = st.lists(
	st.tuples(st.integers(1, 400), st.integers(-30_000, 30_000)), min_size=0, max_size=20
)


def life(steps: list[tuple[int, int]]) -> list[Reading]:
	day, miles, readings = date(2019, 1, 1), 40_000, []
	for days, more in steps:
		day, miles = day + timedelta(days=days), max(miles + more, 0)
		readings.append(Reading(day, miles, "explained" if more < 0 else ""))
	return readings


@given(readings_of_a_life, st.integers(0, 60), st.integers(0, 60_000), st.integers(0, 40_000))
def test_any_life_gives_a_day_with_grounds_or_none(steps, months, miles, usual):
	readings = life(steps)
	on = readings[len(readings) // 2] if readings else Reading(date(2020, 1, 1), 30_000)
	today = max([on.read_on, *(reading.read_on for reading in readings)])
	found = next_maintenance(readings, [done(on.read_on, on.mileage, months, miles)], today, usual)
	if found is None:
		assert not months
		return
	assert (found.due >= on.read_on and found.on > today) or found.on == found.due > today
	assert found.on >= found.due
	assert all(str(sentence) for sentence in found.basis)
	assert "{" not in found.text


@given(readings_of_a_life, st.integers(1, 40_000))
def test_the_pace_is_never_backwards_and_never_faster_than_anybody_drives(steps, usual):
	found = pace(life(steps), usual)
	assert 0 <= found.a_day <= 500
	assert (found.readings == 0) == (found.since is None)


@given(st.integers(1, 120), st.lists(st.integers(30, 200), min_size=1, max_size=11))
def test_a_steady_driver_is_predicted_exactly(a_day, gaps):
	days = [sum(gaps[:index]) for index in range(len(gaps) + 1)]
	assume(days[-1] <= 3 * 365)
	readings = steady(a_day, days)
	last = readings[-1]
	found = next_maintenance(readings, [done(last.read_on, last.mileage, 0, 9_000)], last.read_on, 12_000)
	assert found is not None
	assert found.due == last.read_on + timedelta(days=-(-9_000 // a_day))


@given(readings_of_a_life, st.integers(1, 30_000), st.integers(1, 30_000), st.integers(1, 24))
def test_a_longer_interval_is_never_due_sooner(steps, miles, more, months):
	readings = life(steps)
	on = readings[-1] if readings else Reading(date(2020, 1, 1), 30_000)
	short = next_maintenance(readings, [done(on.read_on, on.mileage, months, miles)], on.read_on, 12_000)
	long = next_maintenance(
		readings, [done(on.read_on, on.mileage, months, miles + more)], on.read_on, 12_000
	)
	assert short is not None and long is not None and short.due <= long.due

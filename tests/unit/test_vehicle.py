from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.vehicle import (
	FREE,
	Hold,
	OwnerPeriod,
	Reading,
	Status,
	after_release,
	begin_ownership,
	check_change,
	check_hold,
	check_owners,
	check_readings,
	end_ownership,
	free_status,
	latest,
	owner_on,
	possible_changes,
)

CAR = "2019 Camry S1042"
HOLD = Hold("Ann", datetime(2026, 3, 2, 18), "DEP-1")
DAY = date(2026, 3, 1)

RECON, READY, ON_HOLD, SOLD, OWNED = Status

ALLOWED = {
	(RECON, READY), (RECON, ON_HOLD), (RECON, SOLD), (RECON, OWNED),
	(READY, RECON), (READY, ON_HOLD), (READY, SOLD),
	(ON_HOLD, RECON), (ON_HOLD, READY), (ON_HOLD, SOLD),
	(SOLD, RECON), (SOLD, READY), (SOLD, ON_HOLD), (SOLD, OWNED),
	(OWNED, RECON),
}  # fmt: skip


def refusal(call, *args, **kwargs):
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value


@pytest.mark.parametrize("old", Status)
@pytest.mark.parametrize("new", Status)
def test_each_change_is_allowed_or_refused(old, new):
	hold = HOLD if new is ON_HOLD else None
	if new is old or (old, new) in ALLOWED:
		check_change(old, new, CAR, hold=hold)
	else:
		refused = refusal(check_change, old, new, CAR, hold=hold)
		assert refused.code == "vehicle_status"
		assert refused.values[:3] == (CAR, old.value, new.value)
		for possible in possible_changes(old):
			assert possible.value in refused.values[3]


@pytest.mark.parametrize("new", [RECON, READY, SOLD, OWNED])
def test_a_car_is_entered_with_any_status_but_on_hold(new):
	check_change(None, new, CAR)


@pytest.mark.parametrize("old", [None, RECON, READY, SOLD])
def test_on_hold_needs_a_hold(old):
	assert refusal(check_change, old, ON_HOLD, CAR).code == "no_hold"


@pytest.mark.parametrize("new", [RECON, READY])
@pytest.mark.parametrize("old", [ON_HOLD, SOLD])
def test_a_held_car_is_not_freed_by_hand(old, new):
	refused = refusal(check_change, old, new, CAR, hold=HOLD)
	assert refused.code == "still_held"
	assert str(refused) == f"{CAR} is held for Ann until 2026-03-02 18:00; release the hold first"
	check_change(old, new, CAR)


def test_a_held_car_is_sold_to_nobody_else():
	check_change(ON_HOLD, SOLD, CAR, hold=HOLD, buyer="Ann")
	refused = refusal(check_change, ON_HOLD, SOLD, CAR, hold=HOLD, buyer="Bob")
	assert refused.code == "held_by_other"
	check_change(ON_HOLD, SOLD, CAR, buyer="Bob")
	check_change(ON_HOLD, SOLD, CAR, hold=HOLD)  # nobody said who buys


def test_one_car_is_held_for_one_customer():
	check_hold(READY, None, "Ann", CAR)
	check_hold(RECON, None, "Ann", CAR)
	check_hold(ON_HOLD, HOLD, "Ann", CAR)
	refused = refusal(check_hold, ON_HOLD, HOLD, "Bob", CAR)
	assert refused.code == "held_by_other"
	assert "waiting list" in str(refused)
	assert refused.values == (CAR, "Ann", "2026-03-02 18:00", "Bob")
	assert "until -" in str(refusal(check_hold, ON_HOLD, Hold("Ann"), "Bob", CAR))


@pytest.mark.parametrize("status", [SOLD, OWNED])
def test_a_car_out_of_stock_is_not_held(status):
	assert refusal(check_hold, status, None, "Ann", CAR).code == "not_for_sale"


@pytest.mark.parametrize("free", FREE)
def test_a_released_hold_returns_to_what_was_before(free):
	assert after_release(ON_HOLD, free_status(free)) is free


def test_recon_finished_during_the_hold_counts():
	remembered = free_status(RECON)
	remembered = free_status(READY, remembered)
	assert after_release(ON_HOLD, remembered) is READY


def test_a_second_hold_remembers_what_the_first_did():
	assert free_status(ON_HOLD, READY) is READY
	assert free_status(SOLD, READY) is READY


@pytest.mark.parametrize("unknown", [None, ON_HOLD, SOLD, OWNED])
def test_an_unknown_past_leads_to_recon(unknown):
	assert after_release(ON_HOLD, unknown) is RECON


@pytest.mark.parametrize("status", [RECON, READY, SOLD, OWNED])
def test_a_release_leaves_other_statuses_alone(status):
	assert after_release(status, READY) is status


@given(st.lists(st.sampled_from(["hold", "release", "ready", "back", "sell", "unwind"]), max_size=12))
def test_holds_never_lose_the_status_of_the_car(steps):
	"""A car that is held and released stands where it would stand without any hold."""
	status = without = RECON
	remembered = None
	hold = None
	for step in steps:
		if step == "hold" and status in (*FREE, ON_HOLD):
			check_hold(status, hold, "Ann", CAR)
			remembered, hold = free_status(status, remembered), HOLD
			check_change(status, ON_HOLD, CAR, hold=hold)
			status = ON_HOLD
		elif step == "release" and hold is not None:
			hold = None
			after = after_release(status, remembered)
			check_change(status, after, CAR)
			status = after
		elif step in ("ready", "back") and without is not SOLD:
			without = READY if step == "ready" else RECON
			if status is ON_HOLD:
				remembered = free_status(without, remembered)
			else:
				check_change(status, without, CAR)
				status = without
		elif step == "sell" and status is not SOLD:
			check_change(status, SOLD, CAR, hold=hold, buyer="Ann")
			remembered = free_status(status, remembered)
			status, before, without, hold = SOLD, without, SOLD, None
		elif step == "unwind" and status is SOLD:
			check_change(SOLD, free_status(SOLD, remembered), CAR)
			status, without = free_status(SOLD, remembered), before
		if hold is None:
			assert status is without
		else:
			assert status is ON_HOLD


def test_a_lower_reading_is_refused_with_both_readings():
	readings = [Reading(DAY, 30_000), Reading(DAY + timedelta(5), 29_999)]
	refused = refusal(check_readings, readings, CAR)
	assert refused.code == "mileage_lower"
	assert refused.values == (CAR, "29999", "2026-03-06", "30000", "2026-03-01")


def test_the_same_reading_again_is_fine():
	check_readings([Reading(DAY, 30_000), Reading(DAY, 30_000), Reading(DAY + timedelta(1), 30_000)], CAR)


@pytest.mark.parametrize(
	("explanation", "fine"), [("odometer replaced", True), ("new", True), (" no ", False), ("", False)]
)
def test_a_lower_reading_can_be_explained(explanation, fine):
	readings = [Reading(DAY, 30_000), Reading(DAY + timedelta(5), 12, explanation)]
	if fine:
		check_readings(readings, CAR)
		check_readings([*readings, Reading(DAY + timedelta(6), 20)], CAR)
		assert refusal(check_readings, [*readings, Reading(DAY + timedelta(6), 11)], CAR)
	else:
		refusal(check_readings, readings, CAR)


def test_a_backdated_reading_is_judged_by_its_date():
	known = [Reading(DAY, 100), Reading(DAY + timedelta(10), 200)]
	check_readings([*known, Reading(DAY + timedelta(5), 150)], CAR)
	assert refusal(check_readings, [*known, Reading(DAY + timedelta(5), 250)], CAR).code == "mileage_lower"
	assert refusal(check_readings, [*known, Reading(DAY + timedelta(5), 50)], CAR).code == "mileage_lower"
	assert latest([*known, Reading(DAY + timedelta(5), 150)]) == known[1]


def test_of_two_readings_of_one_day_the_last_entered_counts():
	assert latest([Reading(DAY, 100), Reading(DAY, 101)]) == Reading(DAY, 101)
	assert latest([]) is None


def test_a_negative_mileage_is_refused():
	assert refusal(check_readings, [Reading(DAY, -1, "explained")], CAR).code == "mileage_negative"
	check_readings([Reading(DAY, 0)], CAR)


readings_by_day = st.lists(
	st.builds(
		Reading,
		st.integers(0, 30).map(lambda days: DAY + timedelta(days)),
		st.integers(0, 50),
		st.sampled_from(["", "odometer replaced"]),
	),
	unique_by=lambda reading: reading.read_on,
	max_size=6,
)


@given(readings_by_day, st.randoms(use_true_random=False))
def test_readings_are_judged_alike_in_any_order_of_entry(readings, random):
	def verdict(rows):
		try:
			check_readings(rows, CAR)
		except Refused as refused:
			return refused.values
		return None

	shuffled = random.sample(readings, len(readings))
	assert verdict(shuffled) == verdict(readings)
	assert latest(shuffled) == latest(readings)
	rows = sorted(readings, key=lambda r: r.read_on)
	falls = any(b.mileage < a.mileage and not b.explanation for a, b in pairwise(rows))
	assert (verdict(rows) is not None) == falls


def test_a_sale_ends_the_ownership_before():
	history = begin_ownership((), "Ann", date(2020, 1, 1), CAR, "Sold by Us")
	history = begin_ownership(history, "Bob", date(2023, 6, 1), CAR)
	assert history == (
		OwnerPeriod("Ann", date(2020, 1, 1), date(2023, 6, 1), "Sold by Us"),
		OwnerPeriod("Bob", date(2023, 6, 1)),
	)
	assert owner_on(history, date(2019, 12, 31)) is None
	assert owner_on(history, date(2020, 1, 1)) == "Ann"
	assert owner_on(history, date(2023, 5, 31)) == "Ann"
	assert owner_on(history, date(2023, 6, 1)) == "Bob"


def test_the_same_owner_again_changes_nothing():
	history = (OwnerPeriod("Ann", date(2020, 1, 1)),)
	assert begin_ownership(history, "Ann", date(2022, 1, 1), CAR) == history


def test_a_trade_in_leaves_the_car_with_the_dealer():
	history = end_ownership((OwnerPeriod("Ann"),), date(2022, 1, 1), CAR)
	assert owner_on(history, date(1990, 1, 1)) == "Ann"
	assert owner_on(history, date(2022, 1, 1)) is None
	assert end_ownership(history, date(2023, 1, 1), CAR) == history
	again = begin_ownership(history, "Ann", date(2022, 5, 1), CAR)
	assert owner_on(again, date(2022, 5, 1)) == "Ann"
	assert owner_on(again, date(2022, 4, 1)) is None


def test_ownership_does_not_begin_before_the_last_change():
	history = (OwnerPeriod("Ann", date(2020, 1, 1)),)
	refused = refusal(begin_ownership, history, "Bob", date(2019, 1, 1), CAR)
	assert refused.values == (CAR, "Ann", "2019-01-01", "2020-01-01")
	closed = (OwnerPeriod("Ann", date(2020, 1, 1), date(2022, 1, 1)),)
	refused = refusal(begin_ownership, closed, "Bob", date(2021, 12, 31), CAR)
	assert refused.values[1:] == ("Bob", "2021-12-31")
	refused = refusal(check_owners, [*closed, OwnerPeriod("Bob")], CAR)
	assert refused.values[1:] == ("Bob", "-")


@pytest.mark.parametrize(
	"periods",
	[
		[OwnerPeriod("Ann"), OwnerPeriod("Bob", date(2020, 1, 1))],
		[OwnerPeriod("Ann", None, date(2020, 1, 2)), OwnerPeriod("Bob", date(2020, 1, 1))],
		[OwnerPeriod("Ann", date(2020, 1, 2), date(2020, 1, 1))],
		[OwnerPeriod("Ann", date(2020, 1, 2), date(2021, 1, 1)), OwnerPeriod("Bob")],
	],
)
def test_periods_do_not_overlap(periods):
	assert refusal(check_owners, periods, CAR).code == "owner_period"


@given(st.lists(st.tuples(st.sampled_from(["Ann", "Bob", "Cy", None]), st.integers(0, 900)), max_size=8))
def test_each_day_has_at_most_one_owner(changes):
	history: tuple[OwnerPeriod, ...] = ()
	told: list[tuple[date, str | None]] = []
	for customer, days in changes:
		on = DAY + timedelta(days)
		last = told[-1] if told else (date.min, None)
		if on < last[0]:
			continue
		if customer is None:
			history = end_ownership(history, on, CAR)
		else:
			history = begin_ownership(history, customer, on, CAR)
		told.append((on, customer))
	check_owners(history, CAR)
	for day in {DAY + timedelta(n) for n in range(0, 901, 30)} | {day for day, _who in told}:
		expected = next((who for on, who in reversed(told) if on <= day), None)
		assert owner_on(history, day) == expected
		assert sum(period.covers(day) for period in history) <= 1

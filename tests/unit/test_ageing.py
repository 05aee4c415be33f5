"""Ageing: whole days, and buckets without a gap."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import funding, stock
from dealer_pos_crm.domain.ageing import Ageing, days_between


@pytest.mark.parametrize(
	("days", "label"), [(0, "0-30"), (30, "0-30"), (31, "31-60"), (60, "31-60"), (90, "61-90"), (91, "91+")]
)
def test_stock_is_aged_by_months(days, label):
	assert stock.AGEING.label_of(days) == label


@pytest.mark.parametrize(
	("days", "label"),
	[(0, "0-7"), (7, "0-7"), (8, "8-15"), (16, "16-30"), (30, "16-30"), (31, "31+"), (400, "31+")],
)
def test_contracts_in_transit_are_aged_by_weeks(days, label):
	assert funding.AGEING.label_of(days) == label


@given(st.lists(st.integers(0, 400), min_size=1, max_size=8, unique=True), st.integers(0, 500))
def test_every_age_has_one_bucket_that_holds_it(last_days, days):
	label = Ageing(*sorted(last_days)).label_of(days)
	begin, _dash, end = label.rstrip("+").partition("-")
	assert int(begin) <= days
	assert label.endswith("+") or days <= int(end)


@pytest.mark.parametrize("last_days", [(), (30, 30), (60, 30)])
def test_buckets_follow_one_another(last_days):
	with pytest.raises(ValueError):
		Ageing(*last_days)


def test_days_between():
	assert days_between(date(2026, 11, 1), date(2026, 11, 22)) == 21
	assert days_between(date(2026, 11, 22), date(2026, 11, 22)) == 0
	assert days_between(date(2026, 11, 23), date(2026, 11, 22)) == 0

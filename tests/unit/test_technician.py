from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.repair_order import WORKING, Answer, PayType, Status
from dealer_pos_crm.domain.technician import (
	Figures,
	Span,
	available,
	check_correction,
	check_work,
	forgotten_at,
	hours_between,
	shared,
)

MONDAY = date(2026, 3, 2)
HOURS = BusinessHours({**dict.fromkeys(range(5), (time(8), time(18))), 5: (time(9), time(13))})


def at(hour, minute=0, day=MONDAY):
	return datetime.combine(day, time(hour, minute))


@pytest.mark.parametrize(
	("begin", "end", "expected"),
	[
		(at(8), at(9, 30), "1.50"),
		(at(8), at(8), "0.00"),
		(at(9), at(8), "0.00"),
		(at(8), at(8, 20), "0.33"),
		(at(8), at(8, 40), "0.67"),
		(at(23), at(1, day=MONDAY + timedelta(days=1)), "2.00"),
	],
)
def test_hours_have_two_decimals_and_are_never_negative(begin, end, expected):
	assert hours_between(begin, end) == Decimal(expected)


@pytest.mark.parametrize(
	("one", "other", "expected"),
	[
		((8, 10), (9, 11), True),
		((8, 10), (10, 11), False),
		((10, 11), (8, 10), False),
		((8, 12), (9, 10), True),
		((8, None), (9, 10), True),
		((11, None), (9, 10), False),
		((8, None), (9, None), True),
	],
)
def test_times_that_touch_do_not_overlap(one, other, expected):
	spans = [Span(at(begin), at(end) if end else None) for begin, end in (one, other)]
	assert spans[0].overlaps(spans[1]) is expected
	assert spans[1].overlaps(spans[0]) is expected


@pytest.mark.parametrize("status", sorted(WORKING))
def test_an_approved_job_can_be_worked_on(status):
	check_work("RO-1", status, "Brakes", answer=Answer.APPROVED, pay_type=PayType.CUSTOMER)


@pytest.mark.parametrize("pay_type", [PayType.WARRANTY, PayType.INTERNAL])
def test_who_pays_without_being_asked_needs_no_answer(pay_type):
	check_work("RO-1", Status.OPEN, "Recall", answer=Answer.PENDING, pay_type=pay_type)


@pytest.mark.parametrize(
	("change", "code"),
	[
		({"status": Status.INVOICED}, "order_done"),
		({"status": Status.CLOSED}, "order_done"),
		({"status": Status.CANCELLED}, "order_done"),
		({"done": True}, "job_done"),
		({"answer": Answer.PENDING}, "not_approved"),
		({"answer": Answer.DECLINED}, "job_turned_down"),
		({"answer": Answer.DEFERRED, "pay_type": PayType.INTERNAL}, "job_turned_down"),
	],
)
def test_what_nobody_may_clock_on_to(change, code):
	values = {
		"status": Status.IN_PROGRESS,
		"answer": Answer.APPROVED,
		"pay_type": PayType.CUSTOMER,
		"done": False,
	} | change
	with pytest.raises(Refused) as refused:
		check_work("RO-1", values.pop("status"), "Brakes", **values)
	assert refused.value.code == code


@pytest.mark.parametrize(
	("started", "now", "expected"),
	[
		(at(16), at(17, 59), None),
		(at(16), at(18), None),
		(at(16), at(18, 1), at(18)),
		(at(16), at(9, day=MONDAY + timedelta(days=1)), at(18)),
		(at(19), at(23), None),  # after hours: it is work, until it is too long
		(at(19), at(8, day=MONDAY + timedelta(days=1)), at(3, day=MONDAY + timedelta(days=1))),
		(at(10, day=date(2026, 3, 8)), at(19, day=date(2026, 3, 8)), at(18, day=date(2026, 3, 8))),
	],
)
def test_a_clock_is_forgotten_when_the_house_has_closed(started, now, expected):
	assert forgotten_at(started, HOURS, now) == expected


def test_without_opening_hours_a_clock_is_forgotten_after_a_day():
	assert forgotten_at(at(8), ALWAYS_OPEN, at(7, day=MONDAY + timedelta(days=1))) is None
	assert forgotten_at(at(8), ALWAYS_OPEN, at(9, day=MONDAY + timedelta(days=1))) == at(8) + timedelta(
		days=1
	)


@pytest.mark.parametrize(
	("span", "reason", "code"),
	[
		(Span(at(8), at(10)), " ", "no_reason"),
		(Span(at(8)), "forgot it", "no_end"),
		(Span(at(10), at(10)), "forgot it", "backwards"),
		(Span(at(8), at(20)), "forgot it", "future"),
		(Span(at(8, day=date(2026, 2, 27)), at(9)), "forgot it", "too_long"),
		(Span(at(12), at(14)), "forgot it", "overlap"),
	],
)
def test_what_no_correction_can_be(span, reason, code):
	with pytest.raises(Refused) as refused:
		check_correction(span, [Span(at(13), at(15))], reason, now=at(18))
	assert refused.value.code == code


def test_a_correction_keeps_its_reason():
	others = [Span(at(13), at(15))]
	assert check_correction(Span(at(8), at(13)), others, " went home ", now=at(18)) == "went home"


def test_a_job_is_shared_by_time_on_it():
	clocked = {"ann": Decimal("2"), "bob": Decimal("1")}
	assert shared(Decimal("1.00"), clocked, "cy") == {"ann": Decimal("0.67"), "bob": Decimal("0.33")}


def test_a_job_that_nobody_clocked_is_its_technicians():
	assert shared(Decimal("1.5"), {}, "ann") == {"ann": Decimal("1.5")}
	assert shared(Decimal("1.5"), {"bob": Decimal(0)}, "ann") == {"ann": Decimal("1.5")}
	assert shared(Decimal("1.5"), {}, None) == {}


@given(
	st.decimals("0", "200", places=2),
	st.dictionaries(st.sampled_from("abcdef"), st.decimals("0.01", "99", places=2), min_size=1),
)
def test_no_hour_is_lost_or_made_by_sharing(flagged, clocked):
	parts = shared(flagged, clocked, None)
	assert sum(parts.values()) == flagged
	assert all(part >= 0 for part in parts.values())
	assert parts.keys() == clocked.keys()


def test_available_hours_are_those_of_the_days_worked():
	saturday, sunday = date(2026, 3, 7), date(2026, 3, 8)
	assert available([MONDAY, MONDAY, saturday, sunday], HOURS) == Decimal(14)
	assert available([MONDAY], ALWAYS_OPEN) is None


def test_ratios_show_only_what_the_data_supports():
	figures = Figures(clocked=Decimal(8), flagged=Decimal("12.5"), billed=Decimal(7), available=Decimal(10))
	assert (figures.efficiency, figures.productivity) == (Decimal("125.0"), Decimal("87.5"))
	assert Figures(flagged=Decimal(3)).efficiency is None
	assert Figures(billed=Decimal(3)).productivity is None

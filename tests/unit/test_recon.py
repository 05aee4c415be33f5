"""Recon: what can be done with a step, who approves, when steps are due, what it costs."""

from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import recon
from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.recon import Act, Step, StepStatus
from dealer_pos_crm.domain.refusal import Refused

# Monday to Friday nine to six, Saturday nine to one; closed on Thanksgiving.
HOURS = BusinessHours(
	{**{day: (time(9), time(18)) for day in range(5)}, 5: (time(9), time(13))},
	frozenset({date(2026, 11, 26)}),
)
MONDAY = datetime(2026, 11, 23, 10)


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


def step(status: StepStatus = StepStatus.WAITING, **values) -> Step:
	return Step(
		**{
			"name": "Mechanical",
			"status": status,
			"estimate": usd("0"),
			"cost": usd("0"),
			"approved": usd("0"),
			"limit": usd("500"),
			**values,
		}
	)


@contextmanager
def refused(code: str):
	with pytest.raises(Refused) as refusal:
		yield
	assert refusal.value.code == code


@pytest.mark.parametrize(
	("act", "begin", "end"),
	[
		(Act.START, StepStatus.WAITING, StepStatus.IN_PROGRESS),
		(Act.START, StepStatus.WAITING_PARTS, StepStatus.IN_PROGRESS),
		(Act.FINISH, StepStatus.WAITING, StepStatus.DONE),
		(Act.FINISH, StepStatus.IN_PROGRESS, StepStatus.DONE),
		(Act.SKIP, StepStatus.WAITING_APPROVAL, StepStatus.SKIPPED),
		(Act.WAIT_PARTS, StepStatus.IN_PROGRESS, StepStatus.WAITING_PARTS),
		(Act.ASK, StepStatus.IN_PROGRESS, StepStatus.WAITING_APPROVAL),
		(Act.APPROVE, StepStatus.WAITING_APPROVAL, StepStatus.IN_PROGRESS),
		(Act.TURN_DOWN, StepStatus.WAITING_APPROVAL, StepStatus.WAITING),
	],
)
def test_what_leads_where(act, begin, end):
	assert recon.take(step(begin), act) is end


@pytest.mark.parametrize("act", list(Act))
@pytest.mark.parametrize("ended", [StepStatus.DONE, StepStatus.SKIPPED])
def test_what_is_behind_the_car_stays_there(act, ended):
	with refused("step_status"):
		recon.take(step(ended), act)


def test_nothing_but_a_decision_ends_a_question():
	assert set(recon.possible(StepStatus.WAITING_APPROVAL)) == {Act.SKIP, Act.APPROVE, Act.TURN_DOWN}


def test_up_to_the_limit_nobody_is_asked():
	recon.check_spending(step(), usd("500.00"))
	with refused("approval"):
		recon.check_spending(step(), usd("500.01"))


def test_an_approval_holds_up_to_its_amount():
	approved = step(approved=usd("800"))
	recon.check_spending(approved, usd("800.00"))
	with refused("approval"):
		recon.check_spending(approved, usd("800.01"))


def test_without_a_limit_anything_may_be_spent():
	recon.check_spending(step(limit=None), usd("99999"))
	recon.check_spending(step(limit=usd("0")), usd("99999"))


def test_who_asked_does_not_approve():
	asked = step(StepStatus.WAITING_APPROVAL, asked_by="jo@example.com", estimate=usd("900"))
	recon.check_approver(asked, "max@example.com", is_manager=True)
	with refused("own_request"):
		recon.check_approver(asked, "jo@example.com", is_manager=True)
	with refused("not_manager"):
		recon.check_approver(asked, "max@example.com", is_manager=False)


def test_parts_are_expected_from_today_on():
	recon.check_eta(date(2026, 11, 23), date(2026, 11, 23), "Parts")
	with refused("parts_eta"):
		recon.check_eta(date(2026, 11, 22), date(2026, 11, 23), "Parts")
	with refused("parts_eta"):
		recon.check_eta(None, date(2026, 11, 23), "Parts")


def test_ready_when_nothing_is_left():
	assert not recon.is_ready([])
	assert not recon.is_ready([StepStatus.DONE, StepStatus.WAITING])
	assert recon.is_ready([StepStatus.DONE, StepStatus.SKIPPED])
	assert not recon.is_ready([StepStatus.SKIPPED, StepStatus.SKIPPED])


def test_a_business_day_is_the_mean_of_the_week():
	# 5 x 9 h + 4 h over 6 days.
	assert recon.length_of_day(HOURS) == timedelta(hours=49) / 6
	assert recon.length_of_day(ALWAYS_OPEN) >= timedelta(hours=23, minutes=59)


def test_due_goes_over_nights_and_closed_days():
	# 8 h 10 min from Monday ten: 8 h on Monday, the rest on Tuesday.
	assert recon.due(HOURS, MONDAY, Decimal(1)) == datetime(2026, 11, 24, 9, 10)
	# Wednesday afternoon, then Thursday is closed.
	assert recon.due(HOURS, datetime(2026, 11, 25, 17), Decimal(1)) == datetime(2026, 11, 27, 16, 10)
	# Saturday evening counts from Monday.
	assert recon.due(HOURS, datetime(2026, 11, 21, 20), Decimal("0.5")) == datetime(2026, 11, 23, 13, 5)


def test_steps_are_due_one_after_the_other():
	found = recon.plan(HOURS, MONDAY, [Decimal(1)] * 3)
	assert found == sorted(found)
	assert found[0] == datetime(2026, 11, 24, 9, 10)
	assert found[2] == recon.due(HOURS, found[1], Decimal(1))


@given(
	st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),
	st.integers(0, 200).map(lambda tenths: Decimal(tenths) / 10),
)
def test_what_is_due_after_so_many_days_is_so_many_days_away(begin, days):
	begin = begin.replace(second=0, microsecond=0)
	due = recon.due(HOURS, begin, days)
	assert abs(recon.business_days(HOURS, begin, due) - days) <= Decimal("0.1")


@given(
	st.lists(
		st.tuples(st.sampled_from(list(StepStatus)), st.integers(0, 10**7), st.integers(0, 10**7)), max_size=8
	)
)
def test_costs_are_the_sum_of_the_steps(rows):
	steps = [
		step(status, estimate=Money(estimate, "USD"), cost=Money(cost, "USD"))
		for status, estimate, cost in rows
	]
	estimate, cost = recon.costs(steps, "USD")
	assert cost.minor == sum(row[2] for row in rows)
	assert estimate.minor == sum(row[1] for row in rows if row[0] is not StepStatus.SKIPPED)

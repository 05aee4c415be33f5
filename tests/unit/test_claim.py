from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.claim import (
	Position,
	Status,
	check_deny,
	check_pay,
	check_settle,
	check_submit,
	status_of,
)
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

TODAY = date(2026, 5, 4)


def usd(amount):
	return Money.of(amount, "USD")


def code_of(call, *args, **kwargs):
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value.code


def position(claimed="100", paid="0", difference="0"):
	return Position(usd(claimed), usd(paid), usd(difference))


@pytest.mark.parametrize(
	("where", "submitted", "denied", "status"),
	[
		(position(), False, False, Status.TO_SUBMIT),
		(position(), True, False, Status.SUBMITTED),
		(position(paid="0.01"), True, False, Status.PARTLY_PAID),
		(position(paid="90", difference="10"), True, False, Status.PARTLY_PAID),
		(position(paid="100"), True, False, Status.PAID),
		(position(paid="100"), False, False, Status.PAID),
		(position(difference="100"), True, True, Status.DENIED),
	],
)
def test_the_status_follows_the_money(where, submitted, denied, status):
	assert status_of(where, submitted=submitted, denied=denied) is status


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_claim_is_paid_lost_or_open(claimed, paid, difference):
	where = Position(Money(claimed, "USD"), Money(paid, "USD"), Money(difference, "USD"))

	assert where.paid + where.difference + where.open == where.claimed


def test_a_claim_is_submitted_with_its_number():
	assert check_submit(Status.TO_SUBMIT, " W-1 ", TODAY, TODAY, "MC-1") == "W-1"
	assert check_submit(Status.SUBMITTED, "W-2", TODAY, TODAY, "MC-1") == "W-2"
	assert code_of(check_submit, Status.PAID, "W-1", TODAY, TODAY, "MC-1") == "claim_status"
	assert code_of(check_submit, Status.TO_SUBMIT, " ", TODAY, TODAY, "MC-1") == "no_claim_number"
	assert code_of(check_submit, Status.TO_SUBMIT, "W-1", date(2026, 5, 5), TODAY, "MC-1") == "claim_future"


@pytest.mark.parametrize("status", [Status.TO_SUBMIT, Status.PAID, Status.DENIED])
def test_only_a_submitted_claim_is_paid(status):
	assert code_of(check_pay, status, usd("1"), usd("100"), "MC-1") == "claim_status"


def test_a_claim_is_never_paid_more_than_is_open():
	check_pay(Status.SUBMITTED, usd("100"), usd("100"), "MC-1")
	check_pay(Status.PARTLY_PAID, usd("0.01"), usd("100"), "MC-1")
	assert code_of(check_pay, Status.SUBMITTED, usd("100.01"), usd("100"), "MC-1") == "claim_overpaid"
	assert code_of(check_pay, Status.SUBMITTED, usd("0"), usd("100"), "MC-1") == "not_positive"


def test_only_the_rest_of_a_claim_paid_short_is_settled():
	check_settle(Status.PARTLY_PAID, usd("10"), "MC-1")
	assert code_of(check_settle, Status.PARTLY_PAID, usd("0"), "MC-1") == "claim_status"
	assert code_of(check_settle, Status.SUBMITTED, usd("10"), "MC-1") == "claim_status"


def test_a_claim_is_denied_with_a_reason_and_before_any_money():
	assert check_deny(Status.SUBMITTED, position(), " wear and tear ", "MC-1") == "wear and tear"
	assert code_of(check_deny, Status.SUBMITTED, position(), " - ", "MC-1") == "no_reason"
	assert code_of(check_deny, Status.TO_SUBMIT, position(), "wear", "MC-1") == "claim_status"
	assert code_of(check_deny, Status.PARTLY_PAID, position(paid="1"), "wear", "MC-1") == "claim_status"
	assert code_of(check_deny, Status.DENIED, position(), "wear", "MC-1") == "claim_status"

"""A check that the bank sent back: what is owed again, and when the matter is over."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import returned_check as r
from dealer_pos_crm.domain.default_counter_rules import CHECK_RULES
from dealer_pos_crm.domain.event import EVENT_TYPES
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

USD = "USD"
INVOICE, ORDER = ("Sales Invoice", "SINV-1"), ("Sales Invoice", "SINV-2")


def usd(minor: int) -> Money:
	return Money(minor, USD)


def refusal(function, *args) -> str:
	with pytest.raises(Refused) as told:
		function(*args)
	return told.value.code


cents = st.integers(1, 10**7)


@given(cents, st.integers(-(10**6), 10**6), st.integers(-(10**7), 10**7))
def test_no_more_than_the_check_is_ever_left(amount, base, open_now) -> None:
	one = r.Reopened(INVOICE, usd(amount), usd(base))
	left = one.left(usd(open_now))
	assert 0 <= left.minor <= amount
	assert one.left(usd(base + amount)) == usd(amount)  # right after it came back
	assert not one.left(usd(base))  # paid again
	assert one.left(usd(base + 1)) == usd(1)


@given(st.lists(st.tuples(cents, cents), min_size=1, max_size=5))
def test_it_is_made_good_when_all_of_it_is_paid_again(rows) -> None:
	opened = [
		r.Reopened(("Sales Invoice", str(at)), usd(amount), usd(base))
		for at, (amount, base) in enumerate(rows)
	]
	after = {one.document: one.base + one.amount for one in opened}
	assert not r.is_made_good(opened, after)
	assert sum(left.minor for left in r.left_of(opened, after).values()) == sum(row[0] for row in rows)
	for one in opened[:-1]:
		after[one.document] = one.base
	assert not r.is_made_good(opened, after)
	after[opened[-1].document] = opened[-1].base - usd(5)  # more than paid: also good
	assert r.is_made_good(opened, after)


def test_a_cancelled_document_owes_nothing_and_credit_alone_is_settled_by_a_person() -> None:
	opened = [r.Reopened(INVOICE, usd(100), usd(0))]
	assert r.is_made_good(opened, {})
	assert not r.is_made_good([], {})
	assert refusal(r.check_write_off, r.left_of(opened, {}), USD, "RCK-1") == "nothing_open"
	assert r.check_write_off({INVOICE: usd(40), ORDER: usd(2)}, USD, "RCK-1") == usd(42)


@given(cents, st.integers(0, 10**7))
def test_what_was_paid_back_is_owed_on_account(amount, back) -> None:
	free, owed = r.parts(usd(amount), usd(back))
	assert free + owed == usd(amount)
	assert owed == usd(min(amount, back)) and free.minor >= 0


def test_what_can_come_back_and_when() -> None:
	r.check_returnable("Personal Check", usd(1), "PE-1")
	r.check_returnable("Cashier's Check", usd(1), "PE-1")
	assert refusal(r.check_returnable, "Currency", usd(1), "PE-1") == "no_check"
	assert refusal(r.check_returnable, "", usd(1), "PE-1") == "no_check"
	first, second = date(2026, 1, 1), date(2026, 1, 2)
	r.check_dates(second, first, second)
	assert refusal(r.check_dates, second, first, first) == "future"
	assert refusal(r.check_dates, first, second, second) == "too_early"


def test_why_it_came_back_and_what_it_costs() -> None:
	assert r.check_why("Account Closed", None) is r.Reason.CLOSED
	assert r.check_why("Other", "Drawn on a bank that is closed") is r.Reason.OTHER
	assert refusal(r.check_why, "Other", " ") == "no_reason"
	assert refusal(r.check_why, "", None) == "no_reason"
	r.check_fees(usd(1200), usd(2500), usd(2500))
	assert refusal(r.check_fees, usd(0), usd(2501), usd(2500)) == "fee_too_high"
	assert refusal(r.check_fees, usd(-1), usd(0), usd(0)) == "negative"
	assert refusal(r.check_fees, usd(0), usd(-1), usd(0)) == "negative"


def test_only_an_open_case_ends() -> None:
	r.check_step(r.Step.WRITE_OFF, r.Status.OPEN, "RCK-1")
	for status in (r.Status.MADE_GOOD, r.Status.WRITTEN_OFF):
		for step in r.Step:
			assert refusal(r.check_step, step, status, "RCK-1") == "wrong_status"


def test_the_rule_speaks_of_events_that_there_are() -> None:
	(rule,) = CHECK_RULES
	assert {rule.event_type, *rule.stops} <= set(EVENT_TYPES)
	assert rule.stops_share == "reference_name"

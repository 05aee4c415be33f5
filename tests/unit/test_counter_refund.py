"""Money that goes back over the counter: how much, who decides, and what the sale had brought in."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.card_refund import ABOVE_THE_LIMIT, ANOTHER_WAY
from dealer_pos_crm.domain.counter_refund import (
	CLEARS_AFTER,
	NOT_CLEARED,
	Source,
	Status,
	check_amount,
	check_paid_back,
	check_reason,
	check_requested,
	limit_left,
	needs_approval,
)
from dealer_pos_crm.domain.deposit import Asker
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused, WrongAmount

CASHIER = Asker("cashier@x", may_settle=False, may_approve=False)
ACCOUNTANT = Asker("accountant@x", may_settle=True, may_approve=False)
MANAGER = Asker("manager@x", may_settle=True, may_approve=True)
TODAY = date(2026, 3, 20)
cents = st.integers(1, 1_000_000)


def usd(amount: int) -> Money:
	return Money(amount, "USD")


def source(there: int = 50_000, of_cards: int = 0, given: int = 0, check_on: date | None = None) -> Source:
	return Source(usd(there), usd(of_cards), usd(given), check_on)


def why(amount: int, of: Source, who: Asker, limit: int = 50_000, **more) -> str | None:
	return needs_approval(usd(amount), of, usd(limit), who, TODAY, **more)


def refused(code: str, call, *values) -> None:
	with pytest.raises(Refused) as told:
		call(*values)
	assert told.value.code == code


def test_no_more_than_there_is():
	check_amount(usd(500), usd(500), "SINV-1")
	refused("more_than_there", check_amount, usd(501), usd(500), "SINV-1")
	refused("nothing_there", check_amount, usd(1), usd(0), "SINV-1")
	with pytest.raises(WrongAmount):
		check_amount(usd(0), usd(500), "SINV-1")


def test_who_decides():
	assert why(100, source(), CASHIER)
	assert why(100, source(), ACCOUNTANT) is None
	assert why(100, source(), MANAGER) is None
	assert why(50_001, source(60_000), MANAGER) == ABOVE_THE_LIMIT


def test_card_money_leaves_in_another_way_only_with_a_manager():
	partly = source(50_000, of_cards=20_000)
	assert why(30_000, partly, ACCOUNTANT) is None
	assert why(30_001, partly, ACCOUNTANT) == ANOTHER_WAY
	assert why(30_001, partly, MANAGER) is None
	# A return that sends that part back to the card needs nobody for it.
	assert why(50_000, partly, ACCOUNTANT, over_the_counter=usd(30_000)) is None
	assert why(50_000, partly, ACCOUNTANT, over_the_counter=usd(30_001)) == ANOTHER_WAY
	assert why(20_000, source(20_000, of_cards=20_000), ACCOUNTANT, over_the_counter=usd(0)) is None


def test_a_check_has_to_clear_first():
	fresh = source(check_on=TODAY - CLEARS_AFTER + timedelta(days=1))
	assert why(100, fresh, ACCOUNTANT) == NOT_CLEARED
	assert why(100, fresh, MANAGER) is None
	assert why(100, source(check_on=TODAY - CLEARS_AFTER), ACCOUNTANT) is None


@given(limit=cents, amounts=st.lists(cents, min_size=1, max_size=12))
def test_small_refunds_do_not_pass_the_limit_together(limit, amounts):
	alone = 0
	for amount in amounts:
		if why(amount, source(10**9, given=alone), ACCOUNTANT, limit) is None:
			alone += amount
	assert alone <= limit


@given(limit=cents, given_back=cents)
def test_the_limit_is_never_negative(limit, given_back):
	left = limit_left(usd(limit), usd(given_back))
	assert left.minor == max(limit - given_back, 0)


@given(amount=cents, limit=cents, of_cards=cents, given_back=cents)
def test_a_cashier_never_pays_back_alone(amount, limit, of_cards, given_back):
	assert why(amount, source(10**8, of_cards, given_back), CASHIER, limit) is not None


@given(paid=cents, parts=st.lists(cents, max_size=10))
def test_returns_of_a_sale_never_pay_back_more_than_it_brought_in(paid, parts):
	before = 0
	for part in parts:
		try:
			check_paid_back(usd(part), usd(paid), usd(before), "POS-1")
		except Refused as told:
			assert told.code == "more_than_paid" and before + part > paid
		else:
			before += part
	assert before <= paid


def test_words_and_states():
	assert check_reason("  Wrong part ") == "Wrong part"
	refused("no_reason", check_reason, " x ")
	check_requested(Status.REQUESTED, "CRF-1")
	for status in set(Status) - {Status.REQUESTED}:
		refused("decided", check_requested, status, "CRF-1")

"""What a trade-in is booked as, who may let a car go unpaid, and what a lender's money does."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import delivery, funding
from dealer_pos_crm.domain.delivery import Settlement, Side, Trade
from dealer_pos_crm.domain.funding import Status, Transit
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused


def usd(amount) -> Money:
	return Money.of(str(amount), "USD")


def trade(worth, allowance, payoff=0, name="TI-1") -> Trade:
	return Trade(name, "2015 Civic", usd(worth), usd(allowance), usd(payoff))


def by_side(rows) -> dict[Side, Money]:
	found: dict[Side, Money] = {}
	for row in rows:
		found[row.side] = found.get(row.side, usd(0)) + row.amount
	return found


cents = st.integers(min_value=0, max_value=10**9).map(lambda minor: Money(minor, "USD"))
trades = st.lists(st.builds(Trade, st.just("TI"), st.just("car"), cents, cents, cents), max_size=4)


@given(trades)
def test_a_trade_in_always_adds_up(found):
	rows = delivery.trade_rows(found)
	assert total((row.amount for row in rows), "USD").minor == 0
	assert all(row.amount for row in rows)
	sides = by_side(rows)
	assert sides.get(Side.RECEIVABLE, usd(0)) == -delivery.equity_of(found, "USD")
	assert sides.get(Side.PAYOFF, usd(0)).minor <= 0


def test_more_allowed_than_it_is_worth():
	assert by_side(delivery.trade_rows([trade(9000, 10_000, 6000)])) == {
		Side.INVENTORY: usd(9000),
		Side.OVER_ALLOWANCE: usd(1000),
		Side.RECEIVABLE: usd(-4000),
		Side.PAYOFF: usd(-6000),
	}


def test_less_allowed_than_it_is_worth():
	assert by_side(delivery.trade_rows([trade(9000, 8000)])) == {
		Side.INVENTORY: usd(9000),
		Side.OVER_ALLOWANCE: usd(-1000),
		Side.RECEIVABLE: usd(-8000),
	}


def test_more_owed_on_it_than_allowed():
	assert by_side(delivery.trade_rows([trade(5000, 5000, 8000)])) == {
		Side.INVENTORY: usd(5000),
		Side.RECEIVABLE: usd(3000),
		Side.PAYOFF: usd(-8000),
	}


def test_a_negative_amount_is_refused_by_its_trade():
	with pytest.raises(Refused) as refused:
		delivery.trade_rows([trade(-1, 5000)])
	assert refused.value.code == "trade_amount" and "TI-1" in str(refused.value)


@given(cents, st.integers(min_value=-(10**9), max_value=10**9).map(lambda minor: Money(minor, "USD")))
def test_a_credit_is_split_without_losing_a_cent(amount, left):
	matched, rest = delivery.split_credit(amount, left)
	assert matched + rest == amount
	assert 0 <= matched.minor <= max(left.minor, 0) and rest.minor >= 0


def test_what_the_buyer_owes():
	found = Settlement(usd(30_000), usd(-2000), usd(25_000), usd(500), usd(1000))
	assert found.balance == usd(5500)


@pytest.mark.parametrize(
	("balance", "reason", "may", "own", "code"),
	[
		(100, None, True, False, "not_paid"),
		(100, "He is my cousin", False, False, "may_not_release"),
		(100, "I sold it", True, True, "own_release"),
		(100, "x", True, False, "no_reason"),
	],
)
def test_unpaid_cars_stay(balance, reason, may, own, code):
	with pytest.raises(Refused) as refused:
		delivery.check_release(usd(balance), reason, may_release=may, own_deal=own, name="DJ-1")
	assert refused.value.code == code


def test_paid_cars_leave_and_released_ones_say_why():
	assert delivery.check_release(usd(0), None, may_release=False, own_deal=True, name="DJ-1") is None
	assert delivery.check_release(usd(-5), "ignored", may_release=False, own_deal=True, name="DJ-1") is None
	assert (
		delivery.check_release(usd(1), " wire confirmed ", may_release=True, own_deal=False, name="DJ-1")
		== "wire confirmed"
	)


def test_late_unwinding_is_the_dealer_managers():
	day = date(2026, 3, 1)
	delivery.check_unwind(day, date(2026, 3, 11), 10, is_dealer_manager=False, name="DJ-1")
	delivery.check_unwind(day, date(2026, 3, 12), 10, is_dealer_manager=True, name="DJ-1")
	with pytest.raises(Refused) as refused:
		delivery.check_unwind(day, date(2026, 3, 12), 10, is_dealer_manager=False, name="DJ-1")
	assert refused.value.code == "unwind_late"


@pytest.mark.parametrize(
	("day", "months", "wanted"),
	[
		(date(2026, 1, 15), 6, date(2026, 7, 15)),
		(date(2026, 8, 31), 6, date(2027, 2, 28)),
		(date(2027, 8, 31), 6, date(2028, 2, 29)),
		(date(2026, 12, 31), 12, date(2027, 12, 31)),
		(date(2026, 11, 30), 1, date(2026, 12, 30)),
		(date(2026, 1, 15), 0, None),
	],
)
def test_the_first_service(day, months, wanted):
	assert delivery.first_service_on(day, months) == wanted


# --- Funding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("financed", "left", "sent", "returned", "wanted"),
	[
		(0, 0, False, False, Status.NONE),
		(100, 100, False, False, Status.NOT_SENT),
		(100, 100, True, False, Status.SENT),
		(100, 100, True, True, Status.RETURNED),
		(100, 40, True, True, Status.SHORT),
		(100, 0, False, False, Status.FUNDED),
		(100, -5, True, False, Status.FUNDED),
	],
)
def test_where_the_funding_stands(financed, left, sent, returned, wanted):
	assert funding.status_of(Transit(usd(financed), usd(left)), sent=sent, returned=returned) is wanted


def test_a_lenders_amount():
	transit = Transit(usd(100), usd(60))
	assert funding.check_amount(usd(60), transit, book_difference=False) == usd(0)
	assert funding.check_amount(usd(50), transit, book_difference=False) == usd(10)
	assert funding.check_amount(usd(70), transit, book_difference=True) == usd(-10)
	for amount, code in ((usd(70), "more_than_open"), (usd(0), "not_positive")):
		with pytest.raises(Refused) as refused:
			funding.check_amount(amount, transit, book_difference=False)
		assert refused.value.code == code


def test_only_what_is_in_transit_is_funded():
	for transit, code in (
		(Transit(usd(0), usd(0)), "not_financed"),
		(Transit(usd(10), usd(0)), "funded_already"),
	):
		with pytest.raises(Refused) as refused:
			funding.check_in_transit(transit, "DJ-1")
		assert refused.value.code == code


def test_days_of_a_contract():
	assert funding.due_on(date(2026, 3, 1), 7) == date(2026, 3, 8)
	with pytest.raises(Refused):
		funding.check_sent_on(date(2026, 3, 5), date(2026, 3, 1), date(2026, 3, 4))
	with pytest.raises(Refused):
		funding.check_sent_on(date(2026, 2, 28), date(2026, 3, 1), date(2026, 3, 4))

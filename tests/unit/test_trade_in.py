"""Trade-ins: their way, their offer, their payoff."""

from datetime import date

import pytest

from dealer_pos_crm.domain import trade_in as t
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.trade_in import Offer, Status


def usd(value) -> Money:
	return Money.of(str(value), "USD")


def offer(**values) -> Offer:
	return Offer(
		**{
			"name": "TI-1",
			"allowance": usd(8000),
			"payoff": usd(0),
			"lender": "",
			"value": usd(7500),
			"mileage": 61000,
			"described": True,
			**values,
		}
	)


def test_the_way_of_a_trade_in():
	for old, new in (
		(Status.TO_APPRAISE, Status.APPRAISED),
		(Status.APPRAISED, Status.APPRAISED),
		(Status.APPRAISED, Status.ACCEPTED),
		(Status.ACCEPTED, Status.TAKEN_IN),
		(Status.TAKEN_IN, Status.RETURNED),
		(Status.DECLINED, Status.APPRAISED),
	):
		t.check_change(old, new, "TI-1")
	for old, new in (
		(Status.TO_APPRAISE, Status.TAKEN_IN),
		(Status.APPRAISED, Status.TAKEN_IN),
		(Status.TAKEN_IN, Status.APPRAISED),
		(Status.DECLINED, Status.ACCEPTED),
	):
		with pytest.raises(Refused) as refused:
			t.check_change(old, new, "TI-1")
		assert "Possible:" in str(refused.value)


@pytest.mark.parametrize(
	("values", "code"),
	[
		({"described": False}, "no_car"),
		({"mileage": 0}, "no_mileage"),
		({"value": None}, "no_value"),
		({"allowance": usd(-1)}, "negative_trade"),
		({"payoff": usd(1)}, "payoff_lender"),
	],
)
def test_an_incomplete_appraisal_says_what_is_missing(values, code):
	with pytest.raises(Refused) as refused:
		t.check_offer(offer(**values))
	assert refused.value.code == code


def test_a_worthless_car_can_be_appraised():
	t.check_offer(offer(value=usd(0), allowance=usd(500)))


def test_a_payoff_grows_after_its_day():
	good, later = date(2026, 3, 10), date(2026, 3, 13)
	assert t.payoff_on(usd(9000), good, usd("2.11"), good) == usd(9000)
	assert t.payoff_on(usd(9000), good, usd("2.11"), later) == usd("9006.33")
	assert t.payoff_on(usd(0), good, usd("2.11"), later) == usd(0)
	assert t.is_late(usd(9000), good, later) and not t.is_late(usd(9000), good, good)
	assert not t.is_late(usd(9000), None, later)

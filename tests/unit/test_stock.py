"""Stock: age, buckets, holding cost, the lowest price."""

from decimal import Decimal

import pytest

from dealer_pos_crm.domain import stock
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


def test_holding_cost():
	assert stock.holding_cost(usd("40"), 21) == usd("840")
	assert stock.holding_cost(usd("40"), -3) == usd("0")


def test_below_the_lowest_price_only_a_manager_goes():
	stock.check_price(usd("18000"), usd("18000"), is_manager=False, name="Camry")
	stock.check_price(usd("17999.99"), usd("18000"), is_manager=True, name="Camry")
	stock.check_price(usd("100"), None, is_manager=False, name="Camry")
	stock.check_price(usd("0"), usd("18000"), is_manager=False, name="Camry")
	with pytest.raises(Refused) as refusal:
		stock.check_price(usd("17999.99"), usd("18000"), is_manager=False, name="Camry")
	assert refusal.value.code == "below_floor"
	assert "18" not in str(refusal.value).replace("17,999.99", ""), "the lowest price is a secret"


def test_price_against_list():
	assert stock.share_of_list(usd("19000"), usd("20000")) == Decimal("95.0")
	assert stock.share_of_list(usd("19000"), usd("0")) is None


def test_cost_is_the_sum_of_its_parts():
	assert stock.Cost(usd("15000"), usd("640.55"), usd("99")).total == usd("15739.55")

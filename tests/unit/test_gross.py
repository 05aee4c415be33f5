"""Gross: lines that add up, the reserve to the cent, what freezes and what is undone."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import amortisation, gross
from dealer_pos_crm.domain.gross import Gross, Kind, Line, Part
from dealer_pos_crm.domain.money import Money


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


ZERO = usd("0")
DEAL = Gross(
	(
		gross.earned(Part.FRONT, Kind.VEHICLE, "Camry", usd("21500"), usd("18250")),
		gross.earned(Part.FRONT, Kind.LINE, "Doc fee", usd("299"), ZERO),
		gross.earned(Part.FRONT, Kind.LINE, "Registration", usd("180"), usd("180")),
		gross.spent(Part.FRONT, Kind.RECON, "Recon", usd("840.25")),
		gross.spent(Part.FRONT, Kind.PACK, "Pack", usd("300")),
		gross.spent(Part.FRONT, Kind.TRADE, "Over-allowance", usd("500")),
		gross.spent(Part.FRONT, Kind.WE_OWE, "Second key", usd("145.75")),
		gross.earned(Part.BACK, Kind.PRODUCT, "Service contract", usd("1995"), usd("800")),
		gross.earned(Part.BACK, Kind.RESERVE, "Reserve", usd("612.40"), ZERO),
	),
	"USD",
)

cents = st.integers(-(10**8), 10**8).map(lambda minor: Money(minor, "USD"))
lines = st.lists(
	st.builds(Line, st.sampled_from(list(Part)), st.sampled_from(list(Kind)), st.just("x"), cents, cents),
	max_size=9,
).map(tuple)


def test_front_and_back():
	assert DEAL.front == usd("1763.00")
	assert DEAL.back == usd("1807.40")
	assert DEAL.total == usd("3570.40")


@given(lines)
def test_total_is_front_and_back(rows):
	found = Gross(rows, "USD")
	assert found.total.minor == sum(line.income.minor - line.cost.minor for line in rows)


def test_over_allowance():
	assert gross.over_allowance(usd("9000"), usd("8500")) == usd("500")
	assert gross.over_allowance(usd("8000"), usd("8500")) == usd("-500")
	assert gross.over_allowance(usd("9000"), None) == ZERO


def test_reserve_is_what_the_spread_costs_the_customer():
	# 20,000 over 60 months: 7 % is 396.02 a month, 5 % is 377.42 (published amortisation tables).
	financed = usd("20000")
	assert amortisation.payment(financed, Decimal(7), 60) == usd("396.02")
	assert amortisation.payment(financed, Decimal(5), 60) == usd("377.42")
	whole = gross.reserve(financed, Decimal(7), Decimal(5), 60, Decimal(100))
	at_7 = amortisation.loan(financed, Decimal(7), 60).total_of_payments
	at_5 = amortisation.loan(financed, Decimal(5), 60).total_of_payments
	assert whole == at_7 - at_5
	assert abs(whole.minor - (39602 - 37742) * 60) <= 60, "the last payment takes up the cents"
	assert gross.reserve(financed, Decimal(7), Decimal(5), 60, Decimal(75)) == gross.percent_of(
		whole, Decimal(75)
	)


def test_points_above_the_lenders_most_earn_nothing():
	financed = usd("20000")
	capped = gross.reserve(financed, Decimal(9), Decimal(5), 60, Decimal(100), most_points=Decimal(2))
	assert capped == gross.reserve(financed, Decimal(7), Decimal(5), 60, Decimal(100))


@pytest.mark.parametrize(
	("financed", "rate", "buy", "term"),
	[("20000", 5, 5, 60), ("20000", 4, 5, 60), ("0", 7, 5, 60), ("20000", 7, 0, 60), ("20000", 7, 5, 0)],
)
def test_no_spread_no_reserve(financed, rate, buy, term):
	assert gross.reserve(usd(financed), Decimal(rate), Decimal(buy), term, Decimal(100)) == ZERO


def test_a_cancelled_product_keeps_what_was_not_refunded():
	assert gross.kept_of_product(usd("2000"), usd("800"), usd("2000")) == (ZERO, ZERO)
	assert gross.kept_of_product(usd("2000"), usd("800"), usd("1500")) == (usd("500"), usd("200"))
	assert gross.kept_of_product(usd("2000"), usd("800"), ZERO) == (usd("2000"), usd("800"))


@given(lines, lines)
def test_what_changes_after_the_freeze_is_a_line_of_its_own(before, after):
	now = Gross(after, "USD")
	found = gross.frozen(before, now, "Later", "ledger")
	assert found.lines[: len(before)] == before
	assert (found.front, found.back) == (now.front, now.back)
	assert gross.frozen(found.lines, now, "Later", "ledger") == found, "coming again adds nothing"


@given(lines)
def test_unwound_is_zero_and_keeps_its_history(before):
	found = gross.undone(before, "USD", "Unwound", "reason")
	assert found.lines[: len(before)] == before
	assert (found.front.minor, found.back.minor) == (0, 0)

"""Payments against published tables and examples, and what always holds."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import amortisation as a
from dealer_pos_crm.domain import lease as leases
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused


def usd(value) -> Money:
	return Money.of(str(value), "USD")


# amount, rate, months, payment; where it is published.
PUBLISHED = [
	("25000", "6", 60, "483.32"),  # the standard five-year car loan of payment tables
	("25000", "5.5", 72, "408.45"),  # mathondemand.com, monthly loan payment formula, worked example
	("20000", "4", 60, "368.33"),  # letuscalculate.com, auto loan, worked example
	("1000", "12", 12, "88.85"),  # payment tables, 12 %: 0.0888488 a month for each 1
	("5000", "12", 36, "166.07"),  # payment tables, 12 %, three years: 33.2143 for each 1,000
]


@pytest.mark.parametrize(("amount", "rate", "months", "payment"), PUBLISHED)
def test_payments_are_those_of_published_tables(amount, rate, months, payment):
	assert a.payment(usd(amount), Decimal(rate), months) == usd(payment)


# Regulation Z, Appendix J to 12 CFR 1026, (c)(1): single advance transactions.
APPENDIX_J = [
	("5000", "230", 24, 30, "9.69"),  # (i) regular first period
	("6000", "200", 36, 49, "11.82"),  # (ii) long first period: one month and 19 days
]


@pytest.mark.parametrize(("amount", "payment", "months", "days", "rate"), APPENDIX_J)
def test_annual_percentage_rates_are_those_of_appendix_j(amount, payment, months, days, rate):
	found = a.apr(usd(amount), usd(payment), months, days)
	assert found.quantize(Decimal("0.01")) == Decimal(rate)
	# And back: the rate gives the payment, to the rounding of the rate itself.
	assert abs(a.payment(usd(amount), found, months, days).minor - usd(payment).minor) <= 1


def test_federal_reserve_table_row():
	"""FRB-103-M: 36 payments of 236.38 for 7,050 are 20.71 per 100 of finance charge, the row of 12.75 %."""
	found = a.apr(usd(7050), usd("236.38"), 36)
	assert abs(found - Decimal("12.75")) < Decimal("0.125")  # the tables go by quarters of a point


def test_no_interest_is_the_amount_in_equal_parts():
	loan = a.loan(usd(1000), Decimal(0), 7)
	assert (loan.payment, loan.last_payment) == (usd("142.86"), usd("142.84"))
	assert loan.finance_charge == usd(0) and loan.total_of_payments == usd(1000)


def test_the_schedule_of_a_textbook_loan():
	"""25,000 at 6 % over 60 months: the first rows as any table has them, the last one takes the rounding."""
	rows = a.schedule(usd(25000), Decimal(6), 60)
	assert (rows[0].interest, rows[0].principal, rows[0].balance) == (
		usd(125),
		usd("358.32"),
		usd("24641.68"),
	)
	assert (rows[1].interest, rows[1].balance) == (usd("123.21"), usd("24281.57"))
	assert rows[-1].balance == usd(0) and rows[-1].payment == usd("483.35")


def test_a_later_first_payment_costs_more_and_an_earlier_one_less():
	usual = a.loan(usd(20000), Decimal(9), 48)
	assert a.loan(usd(20000), Decimal(9), 48, 45).payment > usual.payment
	assert a.loan(usd(20000), Decimal(9), 48, 15).payment < usual.payment


AMOUNTS = st.integers(min_value=1, max_value=50_000_000).map(lambda minor: Money(minor, "USD"))
RATES = st.integers(min_value=0, max_value=3600).map(lambda bp: Decimal(bp) / 100)


@given(AMOUNTS, RATES, st.integers(1, 96), st.integers(1, 120))
def test_every_schedule_adds_up(amount, rate, term, days):
	try:
		rows = a.schedule(amount, rate, term, days)
	except Refused as refused:
		assert refused.code == "too_small" and amount.minor < 500
		return
	loan = a.loan(amount, rate, term, days)
	assert len(rows) == term and rows[-1].balance.minor == 0
	assert total((row.principal for row in rows), "USD") == amount
	assert total((row.payment for row in rows), "USD") == loan.total_of_payments
	assert loan.finance_charge == loan.total_of_payments - amount
	assert all(row.payment == loan.payment for row in rows[:-1]) and loan.last_payment.minor > 0
	assert loan.finance_charge.minor >= 0


@given(
	st.integers(min_value=100_000, max_value=20_000_000).map(lambda minor: Money(minor, "USD")),
	st.integers(min_value=10, max_value=3600).map(lambda bp: Decimal(bp) / 100),
	st.integers(12, 96),
	st.integers(10, 90),
)
def test_the_rate_of_its_own_payment_is_the_rate(amount, rate, term, days):
	"""To within a hundredth; the regulation allows an eighth of a point."""
	found = a.apr(amount, a.payment(amount, rate, term, days), term, days)
	assert abs(found - rate) < Decimal("0.02")


@pytest.mark.parametrize(
	("amount", "rate", "term", "days", "code"),
	[
		("1000", "6", 0, 30, "term"),
		("1000", "6", 360, 30, "term"),
		("1000", "-0.01", 12, 30, "rate"),
		("1000", "101", 12, 30, "rate"),
		("1000", "NaN", 12, 30, "rate"),
		("1000", "6", 12, 0, "first_payment"),
		("0", "6", 12, 30, "nothing_financed"),
		("-5", "6", 12, 30, "nothing_financed"),
		("0.05", "0", 84, 30, "too_small"),
	],
)
def test_terms_that_are_none_are_refused(amount, rate, term, days, code):
	with pytest.raises(Refused) as refused:
		a.loan(usd(amount), Decimal(rate), term, days)
	assert refused.value.code == code


def test_payments_no_rate_explains_are_refused():
	with pytest.raises(Refused) as refused:
		a.apr(usd(100), usd(100_000), 12)
	assert refused.value.code == "no_rate"
	assert a.apr(usd(1200), usd(100), 12) == 0


def test_yen_have_no_cents():
	loan = a.loan(Money.of(3_000_000, "JPY"), Decimal("2.9"), 60)
	assert loan.payment == Money.of(53_773, "JPY")


# --- Leases ---------------------------------------------------------------------------------------------


def test_leases_are_those_of_published_examples():
	"""State of Colorado, Dealer Licensing, how a lease payment is calculated: 22,700 less 2,700; 8,000; 48
	months; .004. And bmwblog.com, how to lease a car: 48,125; 30,000; 36 months; .00245."""
	colorado = leases.lease(usd(20000), usd(8000), Decimal("0.004"), 48, cash_down=usd(2700))
	assert (colorado.depreciation, colorado.rent, colorado.payment) == (usd(250), usd(112), usd(362))
	assert colorado.due_at_signing == usd(3062)
	bmw = leases.lease(usd(48125), usd(30000), Decimal("0.00245"), 36, cash_down=usd(0))
	assert (bmw.depreciation, bmw.rent, bmw.payment) == (usd("503.47"), usd("191.41"), usd("694.88"))


def test_a_residual_is_a_part_of_the_list_price():
	assert leases.residual(usd(50000), Decimal(60)) == usd(30000)
	assert leases.residual(usd("33333.33"), Decimal("57.5")) == usd("19166.66")
	with pytest.raises(Refused):
		leases.residual(usd(1), Decimal(101))


@given(AMOUNTS, st.integers(0, 100), st.integers(0, 1000), st.integers(1, 72))
def test_every_lease_adds_up(cap, percent, factor, term):
	lease = leases.lease(
		cap,
		leases.residual(cap, Decimal(percent)),
		Decimal(factor) / 100_000,
		term,
		cash_down=Money.zero("USD"),
	)
	assert lease.depreciation + lease.rent == lease.payment
	assert lease.total_of_payments == lease.rent_charge + (lease.cap_cost - lease.residual)
	assert lease.total_of_payments.minor == lease.payment.minor * term


@pytest.mark.parametrize(
	("cap", "residual", "factor", "term", "code"),
	[
		("20000", "8000", "0.004", 0, "term"),
		("20000", "8000", "6", 36, "money_factor"),
		("20000", "8000", "-0.001", 36, "money_factor"),
		("0", "0", "0.001", 36, "nothing_financed"),
		("20000", "20000.01", "0.001", 36, "residual_above"),
	],
)
def test_leases_that_are_none_are_refused(cap, residual, factor, term, code):
	with pytest.raises(Refused) as refused:
		leases.lease(usd(cap), usd(residual), Decimal(factor), term, cash_down=usd(0))
	assert refused.value.code == code

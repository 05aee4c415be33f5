from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.money import EXPONENTS, Money, exponent_of, positive, total
from dealer_pos_crm.domain.refusal import Refused, WrongAmount

currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "CLF"])
minors = st.integers(-(10**14), 10**14)


def usd(amount):
	return Money.of(amount, "USD")


def code_of(call, *args):
	with pytest.raises(WrongAmount) as refused:
		call(*args)
	return refused.value.code


@pytest.mark.parametrize(
	("amount", "currency", "minor"),
	[
		("12.50", "USD", 1250),
		("12.5", "USD", 1250),
		("12.500000", "USD", 1250),  # as a database column of nine decimals gives it
		(12, "USD", 1200),
		(Decimal("-0.01"), "USD", -1),
		("-0.00", "USD", 0),
		("1500", "JPY", 1500),
		("1500.0", "JPY", 1500),
		("1.234", "KWD", 1234),
		("1.2345", "CLF", 12345),
		("1e3", "USD", 100_000),
		("0e-9999", "USD", 0),
		("0e9999", "USD", 0),
		("9999999999999.99", "USD", 999_999_999_999_999),
		("999999999999999.99", "USD", 99_999_999_999_999_999),
	],
)
def test_amounts_become_minor_units(amount, currency, minor):
	assert Money.of(amount, currency) == Money(minor, currency)


@pytest.mark.parametrize(
	("amount", "currency"),
	[
		("0.001", "USD"),
		("0.5", "JPY"),
		("1.0001", "KWD"),
		("1e-9999", "USD"),
		("0.0100000000000000000000000000001", "USD"),  # more digits than the default decimal context
		("1.9999999999999999999999999999999", "USD"),
		("12345678901.0000000000000000000000001", "USD"),
	],
)
def test_more_decimals_than_the_currency_has_are_refused(amount, currency):
	assert code_of(Money.of, amount, currency) == "too_precise"


def test_a_refusal_of_decimals_names_currency_and_remedy():
	with pytest.raises(WrongAmount) as refused:
		usd("1.005")
	assert str(refused.value) == "1.005 has more decimals than USD allows (2); round it first"
	assert isinstance(refused.value, Refused)


@pytest.mark.parametrize("amount", ["", "abc", "1,000", "NaN", "sNaN", "Infinity", "-Infinity", "$5"])
def test_text_that_is_no_number_is_refused(amount):
	assert code_of(Money.of, amount, "USD") == "not_a_number"


@pytest.mark.parametrize("amount", ["1e15", "-1e15", "1e16", "1e9999", "1e999999", "9" * 40, 10**30])
def test_an_amount_that_no_ledger_holds_is_refused(amount):
	assert code_of(Money.of, amount, "USD") == "too_large"


@pytest.mark.parametrize("amount", [1.5, 0.0, True, None, b"1"])
def test_floats_and_strangers_stop_at_the_door(amount):
	with pytest.raises(TypeError):
		Money.of(amount, "USD")


@pytest.mark.parametrize("minor", [1.0, True, Decimal(1), "1"])
def test_minor_units_are_whole(minor):
	with pytest.raises(TypeError):
		Money(minor, "USD")


@pytest.mark.parametrize("currency", ["", "usd", "US", "USDX", "U$D", "USD\n"])
def test_a_currency_is_three_letters(currency):
	assert code_of(exponent_of, currency) == "currency"
	assert code_of(Money, 1, currency) == "currency"


def test_exponents():
	assert (exponent_of("USD"), exponent_of("JPY"), exponent_of("BHD"), exponent_of("UYW")) == (2, 0, 3, 4)
	assert set(EXPONENTS.values()) == {0, 3, 4}


@given(minors, currencies)
def test_there_and_back(minor, currency):
	money = Money(minor, currency)
	assert Money.of(money.decimal, currency) == money
	assert Money.of(str(money.decimal), currency) == money
	assert -money.decimal.as_tuple().exponent == exponent_of(currency)


@given(st.integers(10**26, 10**40))
def test_major_units_are_exact_at_any_size(minor):
	"""Sums may outgrow the default decimal context of 28 digits."""
	decimal = Money(minor, "USD").decimal
	with localcontext() as context:
		context.prec = 60
		assert decimal * 100 == minor


@given(minors, minors, currencies)
def test_arithmetic_is_that_of_whole_numbers(a, b, currency):
	left, right = Money(a, currency), Money(b, currency)
	assert left + right == Money(a + b, currency)
	assert left - right == Money(a - b, currency)
	assert -left == Money(-a, currency)
	assert (left < right, left <= right, left > right, left >= right) == (a < b, a <= b, a > b, a >= b)
	assert bool(left) == (a != 0)
	assert (left == right) == (a == b)


@given(st.lists(minors), currencies)
def test_total(amounts, currency):
	assert total([Money(a, currency) for a in amounts], currency) == Money(sum(amounts), currency)


@pytest.mark.parametrize("operation", ["__add__", "__sub__", "__lt__", "__le__", "__gt__", "__ge__"])
def test_currencies_do_not_mix(operation):
	assert code_of(getattr(usd(1), operation), Money(1, "EUR")) == "currency_mixed"
	with pytest.raises(TypeError):
		getattr(usd(1), operation)(1)
	assert usd(1) != Money(100, "EUR")


def test_a_total_of_another_currency_is_refused():
	assert code_of(total, [Money(1, "EUR")], "USD") == "currency_mixed"


@pytest.mark.parametrize("minor", [0, -1])
def test_only_more_than_zero_is_positive(minor):
	assert code_of(positive, Money(minor, "USD")) == "not_positive"
	assert positive(Money(1, "USD")) == Money(1, "USD")


@pytest.mark.parametrize(
	("money", "text"),
	[
		(usd("1234567.5"), "1,234,567.50 USD"),
		(usd("-0.05"), "-0.05 USD"),
		(Money(1500, "JPY"), "1,500 JPY"),
		(Money(1, "KWD"), "0.001 KWD"),
	],
)
def test_text(money, text):
	assert str(money) == text

"""What somebody types to find a receipt, and what a print says it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.receipt import Printed, on_a_roll, question

TODAY = date(2026, 11, 22)


def asked(text: str, **more):
	return question(text, TODAY, **more)


@pytest.mark.parametrize(
	("text", "amount"),
	[
		("412.60", "412.60"),
		("$412.60", "412.60"),
		("$ 1,234.5", "1234.5"),
		("1,234,567.89", "1234567.89"),
		("5", "5"),
		("4242", "4242"),
	],
)
def test_an_amount(text, amount):
	assert asked(text).amount == Decimal(amount)


@pytest.mark.parametrize("text", ["0", "12.345", "-5", "1,23", "RO-1042", "ann", "9" * 14])
def test_no_amount(text):
	assert asked(text).amount is None


@pytest.mark.parametrize("text", ["4242", "*4242", "**** 4242", "ending 4242", "Ending in 4242", "…4242"])
def test_last_four(text):
	assert asked(text).last_four == "4242"
	assert asked(text).words == ()


def test_four_digits_are_many_things():
	found = asked("4242")
	assert (found.number, found.amount, found.last_four) == ("4242", Decimal(4242), "4242")


@pytest.mark.parametrize(
	("text", "day"),
	[
		("2026-11-20", date(2026, 11, 20)),
		("11/20/2026", date(2026, 11, 20)),
		("11/20/26", date(2026, 11, 20)),
		("11/20", date(2026, 11, 20)),
		("12/24", date(2025, 12, 24)),  # to come this year: the last one is meant
		("today", TODAY),
		("Yesterday", date(2026, 11, 21)),
	],
)
def test_a_day_is_nothing_else(text, day):
	found = asked(text)
	assert found.day == day
	assert (found.number, found.amount, found.words, found.phone) == ("", None, (), "")


def test_a_day_in_the_order_of_the_site():
	assert asked("20/11/2026", day_first=True).day == date(2026, 11, 20)
	assert asked("20/11/2026").day is None
	assert asked("12.50", day_first=True).amount == Decimal("12.50")
	assert asked("12.11.2026", day_first=True).day == date(2026, 11, 12)


@pytest.mark.parametrize("text", ["(555) 010-2233", "+1 555 010 2233", "555.010.2233", "5550102233"])
def test_a_phone(text):
	assert asked(text).phone.endswith("5550102233")


@pytest.mark.parametrize("text", ["RCT-2026-00012", "ro-1042", "00012", "ACC-PSINV-2026-00001"])
def test_a_number(text):
	assert asked(text).number == text.upper()


def test_a_name():
	assert asked("  Ann   Buyer ").words == ("Ann", "Buyer")
	assert asked("Ann Buyer").number == ""


@pytest.mark.parametrize("text", ["", " ", "a", "%", "--"])
def test_too_little_asks_nothing(text):
	assert asked(text).asks_nothing


@given(st.text(max_size=60), st.booleans())
def test_any_text_is_read(text, day_first):
	found = asked(text, day_first=day_first)
	assert found.amount is None or found.amount > 0
	assert found.last_four == "" or len(found.last_four) == 4


def test_the_first_print_is_the_original():
	assert [(Printed(n).is_copy, Printed(n).copy) for n in (1, 2, 5)] == [(False, 0), (True, 1), (True, 4)]


@pytest.mark.parametrize(
	("chosen", "house", "at_counter", "roll"),
	[
		("Slip 80 mm", None, True, True),
		("Sheet", "Slip 80 mm", True, False),  # the point of sale's own choice comes first
		(None, "Slip 80 mm", False, True),
		(None, "Sheet", True, False),
		(None, None, True, True),
		(None, None, False, False),
	],
)
def test_paper(chosen, house, at_counter, roll):
	assert on_a_roll(chosen, house, lambda name: name.endswith("80 mm"), at_counter=at_counter) is roll

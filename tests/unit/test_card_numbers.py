"""Card numbers are found in free text, however they are written; other long numbers are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.card_numbers import is_card_number, mask


def luhn(digits: str) -> str:
	"""The digits with the check digit that makes them a card number."""
	return next(digits + str(check) for check in range(10) if is_card_number(digits + str(check)))


@pytest.mark.parametrize(
	("text", "masked"),
	[
		("4242424242424242", "************4242"),
		("card 4242 4242 4242 4242, exp 12/29", "card ************4242, exp 12/29"),
		("3782-822463-10005", "***********0005"),
		("pay 6011111111111117 and 5555555555554444", "pay ************1117 and ************4444"),
		("4222222222222", "*********2222"),
	],
)
def test_published_test_numbers_are_masked(text, masked):
	assert mask(text) == masked


@pytest.mark.parametrize(
	"text",
	[
		"",
		"4242424242424241",  # the check digit is wrong
		"1M8GDM9AXKP042788",  # a VIN
		"call (555) 010-2233 or (555) 010-2244",
		"0000000000000000",
		"ref 424242424242",  # twelve digits
		"42424242424242424242",  # twenty digits
		"DEP-2026-00042, 20,500.00",
	],
)
def test_other_numbers_stay(text):
	assert mask(text) == text


@given(st.text(st.characters(exclude_categories=["Nd"]), max_size=20), st.integers(12, 18), st.data())
def test_a_card_number_never_survives(around, length, data):
	digits = luhn(
		"4"
		+ "".join(
			data.draw(st.lists(st.sampled_from("0123456789"), min_size=length - 1, max_size=length - 1))
		)
	)
	separator = data.draw(st.sampled_from(["", " ", "-"]))
	written = separator.join(digits[i : i + 4] for i in range(0, len(digits), 4))
	found = mask(f"{around}x{written}x{around}")
	assert digits not in "".join(c for c in found if c.isdigit() or c == "*")
	assert digits[-4:] in found
	assert mask(found) == found

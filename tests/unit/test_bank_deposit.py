"""Money that is carried to the bank: what is left, what a slip may hold, and its entry."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import bank_deposit as b
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

USD = "USD"


def usd(minor: int) -> Money:
	return Money(minor, USD)


def shift(counted: int, stays: int = 0, deposited: int = 0, name: str = "S1") -> b.ShiftCash:
	return b.ShiftCash(name, "Cash", usd(counted), usd(stays), usd(deposited))


def refusal(function, *args) -> str:
	with pytest.raises(Refused) as told:
		function(*args)
	return told.value.code


amounts = st.integers(0, 10**7)


def test_the_float_stays_in_the_drawer() -> None:
	assert shift(60_000, 10_000).left == usd(50_000)
	assert shift(60_000, 10_000, 20_000).left == usd(30_000)
	assert shift(5_000, 10_000).left == usd(0)
	b.check_left(shift(60_000, 10_000), usd(50_000))
	assert refusal(b.check_left, shift(60_000, 10_000), usd(50_001)) == "more_than_left"


@given(st.lists(st.tuples(amounts, amounts, amounts), max_size=8), amounts)
def test_shifts_never_offer_more_than_stands_on_the_account(rows, balance) -> None:
	shifts = [shift(*row, name=f"S{number}") for number, row in enumerate(rows)]
	found = b.within(shifts, usd(balance))
	assert sum(amount.minor for _shift, amount in found) <= balance
	assert all(0 < amount.minor <= one.left.minor for one, amount in found)
	# What is missing is missing of the oldest.
	whole = [one.left == amount for one, amount in found]
	assert whole[:-1] == [True] * len(whole[:-1])
	if sum(one.left.minor for one in shifts) <= balance:
		assert [one for one, _amount in found] == [one for one in shifts if one.left]


def test_a_slip_holds_something_and_nothing_twice() -> None:
	check = b.Item(b.Kind.CHECK, "Checks", usd(100), ("Payment Entry", "PE-1"))
	assert b.check_items([check], USD) == [check]
	assert refusal(b.check_items, [], USD) == "nothing"
	assert refusal(b.check_items, [check, check], USD) == "twice"
	cash = b.Item(b.Kind.CASH, "Cash", usd(100))
	assert refusal(b.check_items, [cash, cash], USD) == "twice"
	assert refusal(b.check_items, [b.Item(b.Kind.CASH, "Cash", usd(0))], USD) == "not_positive"
	assert refusal(b.check_items, [b.Item(b.Kind.CASH, "Cash", Money(1, "EUR"))], USD) == "currency"
	# One sale by two checks of different accounts is two rows of one document.
	b.check_items([check, b.Item(b.Kind.CHECK, "More Checks", usd(5), ("Payment Entry", "PE-1"))], USD)


@given(st.dictionaries(st.sampled_from(["Cash", "Checks", "Drawer"]), st.integers(1, 10**7)), amounts)
def test_the_entry_always_adds_up_to_zero(credits, bank) -> None:
	lines = b.entry_lines({name: usd(value) for name, value in credits.items()}, "Bank", usd(bank), "Over")
	assert sum(amount.minor for _account, amount in lines) == 0
	assert all(amount for _account, amount in lines)
	off = b.difference(usd(sum(credits.values())), usd(bank))
	assert dict(lines).get("Over", usd(0)) == -off  # short is a cost, a debit
	for account, value in credits.items():
		assert dict(lines)[account] == usd(-value)


def test_never_more_than_stands_on_an_account() -> None:
	b.check_on_hand({"Cash": usd(100)}, {"Cash": usd(100)})
	assert refusal(b.check_on_hand, {"Cash": usd(101)}, {"Cash": usd(100)}) == "more_than_on_hand"
	assert refusal(b.check_on_hand, {"Cash": usd(1)}, {}) == "more_than_on_hand"


def test_what_was_counted_is_what_is_on_the_slip() -> None:
	b.check_count(usd(100), usd(100))
	assert refusal(b.check_count, usd(99), usd(100)) == "count"
	b.check_dates(date(2026, 1, 1), date(2026, 1, 1))
	assert refusal(b.check_dates, date(2026, 1, 2), date(2026, 1, 1)) == "future"


def test_a_slip_is_taken_back_with_a_reason_until_the_statement_confirms_it() -> None:
	assert b.check_cancel(b.Status.AT_THE_BANK, "BDP-1", " wrong bag ") == "wrong bag"
	assert refusal(b.check_cancel, b.Status.AT_THE_BANK, "BDP-1", "") == "no_reason"
	assert refusal(b.check_cancel, b.Status.RECONCILED, "BDP-1", "wrong bag") == "reconciled"
	assert refusal(b.check_cancel, b.Status.CANCELLED, "BDP-1", "wrong bag") == "cancelled"


def test_another_amount_at_the_bank_has_a_reason() -> None:
	def said(status, before: int, bank: int, reason: str | None) -> str:
		return b.check_difference(status, "BDP-1", usd(1000), usd(before), usd(bank), reason)

	at = b.Status.AT_THE_BANK
	assert said(at, 1000, 990, "A ten was missing") == "A ten was missing"
	assert said(at, 990, 1000, None) == ""  # back to the slip's own amount
	assert refusal(said, at, 1000, 990, " ") == "no_reason"
	assert refusal(said, at, 1000, 1000, "same") == "same"
	assert refusal(said, at, 1000, -1, "less than nothing") == "negative"
	assert refusal(said, b.Status.RECONCILED, 1000, 990, "late") == "wrong_status"


def test_the_age_of_a_check() -> None:
	assert b.age_in_days(date(2026, 1, 1), date(2026, 1, 11)) == 10
	assert b.age_in_days(date(2026, 1, 11), date(2026, 1, 1)) == 0

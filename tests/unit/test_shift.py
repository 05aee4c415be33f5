"""What a drawer should hold, and who has to agree when it does not."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import shift
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.shift import Difference, ModeSum, Sale, Status, Step

USD = "USD"
MODES = ("Cash", "Check", "Card")


def usd(amount: str) -> Money:
	return Money.of(Decimal(amount), USD)


amounts = st.integers(0, 10**7).map(lambda minor: Money(minor, USD))
signed = st.integers(-(10**6), 10**6).map(lambda minor: Money(minor, USD))
by_mode = st.lists(st.tuples(st.sampled_from(MODES), amounts), max_size=6)


@st.composite
def sales(draw) -> Sale:
	tenders = tuple(
		(mode, f"{mode} account", amount)
		for mode, amount in draw(st.lists(st.tuples(st.sampled_from(MODES), amounts), min_size=1, max_size=3))
	)
	change = Money(draw(st.integers(0, max(amount.minor for _mode, _account, amount in tenders))), USD)
	return Sale(tenders, change, draw(st.sampled_from(("Cash account", "Till", ""))))


@given(by_mode, st.lists(sales(), max_size=6), by_mode, by_mode)
def test_every_cent_is_in_one_mode(opening, sold, received, paid_out):
	sums = shift.expected(USD, opening, sold, received, paid_out)
	assert len({one.mode for one in sums}) == len(sums)
	brought = total((amount for sale in sold for _mode, _account, amount in sale.tenders), USD)
	handed_back = total((sale.change for sale in sold), USD)
	whole = (
		total((amount for _mode, amount in opening), USD)
		+ brought
		- handed_back
		+ total((amount for _mode, amount in received), USD)
		- total((amount for _mode, amount in paid_out), USD)
	)
	assert total((one.expected for one in sums), USD) == whole


@given(by_mode, st.lists(sales(), max_size=6), by_mode, by_mode)
def test_the_order_does_not_matter(opening, sold, received, paid_out):
	def found(*parts) -> dict[str, Money]:
		return {one.mode: one.expected for one in shift.expected(USD, *parts)}

	assert found(opening, sold, received, paid_out) == found(
		opening[::-1], sold[::-1], received[::-1], paid_out[::-1]
	)


@given(sales())
def test_change_comes_off_one_tender_once(sale):
	net = shift.net_of(sale)
	changed = [
		(before[2], after[1])
		for before, after in zip(sale.tenders, net, strict=True)
		if before[2] != after[1]
	]
	assert len(changed) == (1 if sale.change else 0)
	for before, after in changed:
		assert before - after == sale.change


def test_change_comes_off_the_tender_on_its_account():
	sale = Sale((("Card", "Bank", usd("30")), ("Cash", "Till", usd("20"))), usd("7.40"), "Till")
	assert shift.net_of(sale) == [("Card", usd("30")), ("Cash", usd("12.60"))]
	elsewhere = Sale(sale.tenders, sale.change, "Petty cash")
	assert shift.net_of(elsewhere) == [("Card", usd("30")), ("Cash", usd("12.60"))]


def test_modes_of_the_opening_come_first():
	sums = shift.expected(USD, [("Cash", usd("100")), ("Card", usd("0"))], [], [("Check", usd("5"))], [])
	assert [one.mode for one in sums] == ["Cash", "Card", "Check"]


def counted(**values: str) -> dict[str, Money]:
	return {mode: usd(amount) for mode, amount in values.items()}


def of(mode: str, amount: str) -> ModeSum:
	zero = usd("0")
	return ModeSum(mode, usd(amount), zero, zero, zero)


def test_each_mode_is_counted_and_no_other():
	sums = [of("Cash", "100"), of("Card", "40")]
	laid = shift.compare(sums, counted(Cash="98.50", Card="40"))
	assert [one.amount for one in laid] == [usd("-1.50"), usd("0")]
	assert shift.over_or_short(laid, USD) == usd("-1.50")
	for values, code in (
		({"Cash": "100"}, "not_counted"),
		({"Cash": "100", "Card": "40", "Shells": "1"}, "not_of_the_shift"),
		({"Cash": "-1", "Card": "40"}, "negative"),
	):
		with pytest.raises(Refused) as refused:
			shift.compare(sums, counted(**values))
		assert refused.value.code == code


def off(*differences: str) -> list[Difference]:
	return [
		Difference(mode, usd("100"), usd("100") + usd(amount))
		for mode, amount in zip(MODES, differences, strict=False)
	]


@pytest.mark.parametrize(
	("differences", "limit", "needed"),
	[
		(("0", "0"), "0", False),
		(("0.01",), "0", True),
		(("19.99",), "20", False),
		(("-20",), "20", True),
		(("-50", "50"), "20", True),  # over in one mode hides no short in another
		(("-10", "9.99"), "20", False),
		(("-10", "10"), "20", True),
	],
)
def test_who_has_to_agree(differences, limit, needed):
	assert shift.needs_approval(off(*differences), usd(limit)) is needed


@given(st.lists(signed, min_size=1, max_size=3), amounts)
def test_a_greater_difference_never_needs_less(amounts_off, limit):
	laid = [Difference(mode, usd("0"), amount) for mode, amount in zip(MODES, amounts_off, strict=False)]
	worse = [Difference(one.mode, one.expected, Money(one.counted.minor * 2, USD)) for one in laid]
	if shift.needs_approval(laid, limit):
		assert shift.needs_approval(worse, limit)


def test_a_difference_is_explained():
	shift.check_explained(off("0"), "", None)
	for reason, note in (("", "Gave too much"), ("Unknown", ""), ("Unknown", " a ")):
		with pytest.raises(Refused) as refused:
			shift.check_explained(off("1"), reason, note)
		assert refused.value.code == "no_reason"
	shift.check_explained(off("1"), "Unknown", "Nobody knows")


def test_notes_and_coins():
	assert shift.cash_total([(usd("20"), 3), (usd("0.25"), 2)], USD) == usd("60.50")
	assert shift.denominations("XPF") == []
	for pieces, code in (([(usd("3"), 1)], "no_such_note"), ([(usd("20"), -1)], "pieces")):
		with pytest.raises(Refused) as refused:
			shift.cash_total(pieces, USD)
		assert refused.value.code == code
	for currency in ("USD", "CAD", "EUR", "GBP", "MXN", "AUD"):
		listed = [one.minor for one in shift.denominations(currency)]
		assert listed == sorted(set(listed), reverse=True)


@given(st.lists(st.integers(0, 50), min_size=12, max_size=12))
def test_every_amount_has_its_pieces(numbers):
	pieces = list(zip(shift.denominations(USD), numbers, strict=True))
	assert shift.cash_total(pieces, USD).minor == sum(one.minor * number for one, number in pieces)


def test_steps_of_a_count():
	allowed = {status: {step for step in Step if _may(step, status)} for status in Status}
	assert allowed[Status.COUNTING] == {Step.COUNT, Step.HAND_IN}
	assert allowed[Status.CLOSED] == set()
	assert Step.COUNT not in allowed[Status.COUNTED] and Step.REOPEN in allowed[Status.FAILED]
	assert Status.COUNTING not in shift.FROZEN


def _may(step: Step, status: Status) -> bool:
	try:
		shift.check_step(step, status, "SHC-1")
	except Refused as refused:
		assert refused.code == "wrong_status"
		return False
	return True

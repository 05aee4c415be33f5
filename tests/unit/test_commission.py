"""Commission: brackets, flats, mini and maximum; words that add up; shares that make the whole."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import commission
from dealer_pos_crm.domain.commission import Basis, Deal, Plan, Rule
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


def plan(*rules: Rule, **values) -> Plan:
	return Plan("Floor", "USD", rules, **values)


def front(percent: int, above: str | None = None) -> Rule:
	return Rule(Basis.FRONT, Decimal(percent), usd(above) if above else None)


def deal(front: str = "0", back: str = "0", *products: str) -> Deal:
	return Deal(usd(front), usd(back), products)


def test_only_the_part_above_a_threshold_has_the_higher_rate():
	tiers = plan(front(20), front(30, "2000"), front(35, "4000"))
	assert commission.earn(tiers, deal("1500")).amount == usd("300")
	assert commission.earn(tiers, deal("2000")).amount == usd("400")
	assert commission.earn(tiers, deal("3000")).amount == usd("700")
	assert commission.earn(tiers, deal("5000")).amount == usd("1350")
	assert commission.earn(plan(*reversed(tiers.rules)), deal("5000")).amount == usd("1350")


def test_below_its_only_threshold_nothing_is_earned():
	assert commission.earn(plan(front(25, "1000")), deal("999.99")).amount == usd("0")
	assert commission.earn(plan(front(25, "1000")), deal("1400")).amount == usd("100")


def test_a_loss_earns_the_mini_and_nothing_less():
	assert commission.earn(plan(front(25)), deal("-800")).amount == usd("0")
	found = commission.earn(plan(front(25), minimum=usd("150")), deal("-800"))
	assert found.amount == usd("150")
	assert found.basis == usd("-800")


def test_the_most_per_car():
	found = commission.earn(plan(front(25), maximum=usd("1000")), deal("9000"))
	assert found.amount == usd("1000")
	assert sum(word.amount.minor for word in found.words) == 100_000


def test_back_total_flat_and_products_add():
	rules = plan(
		Rule(Basis.BACK, Decimal(10)),
		Rule(Basis.TOTAL, Decimal(2)),
		Rule(Basis.FLAT, amount=usd("50")),
		Rule(Basis.PRODUCT, amount=usd("25")),
		Rule(Basis.PRODUCT, amount=usd("40"), product_kind="GAP"),
	)
	found = commission.earn(rules, deal("1000", "2000", "GAP", "Service Contract"))
	assert found.amount == usd("200") + usd("60") + usd("50") + usd("50") + usd("40")


def test_a_plan_that_cannot_be_computed_is_refused():
	for wrong in (
		plan(front(0)),
		plan(front(101)),
		plan(Rule(Basis.FLAT)),
		plan(front(20), front(30)),
		plan(front(20, "100"), front(30, "100")),
		plan(front(20), minimum=usd("200"), maximum=usd("100")),
	):
		with pytest.raises(Refused):
			commission.check(wrong)
	commission.check(plan(front(20), front(30, "100"), Rule(Basis.FLAT, amount=usd("1"))))


thresholds = st.lists(st.integers(0, 10**7), min_size=1, max_size=5, unique=True)
amounts = st.integers(-(10**8), 10**8).map(lambda minor: Money(minor, "USD"))
limits = st.none() | st.integers(1, 10**6).map(lambda minor: Money(minor, "USD"))


@st.composite
def plans(draw):
	tiers = []
	for basis in draw(st.lists(st.sampled_from([Basis.FRONT, Basis.BACK, Basis.TOTAL]), unique=True)):
		for above in draw(thresholds):
			percent = Decimal(draw(st.integers(1, 10000))) / 100
			tiers.append(Rule(basis, percent, Money(above, "USD")))
	for amount in draw(st.lists(st.integers(1, 10**5), max_size=2)):
		tiers.append(Rule(Basis.FLAT, amount=Money(amount, "USD")))
	low, high = draw(limits), draw(limits)
	if low and high and low > high:
		low, high = high, low
	return Plan("Floor", "USD", tuple(tiers), low, high)


@given(plans(), amounts, amounts)
def test_words_add_up_and_limits_hold(rules, front, back):
	found = commission.earn(rules, Deal(front, back))
	assert sum(word.amount.minor for word in found.words) == found.amount.minor
	assert found.amount.minor >= 0
	assert rules.minimum is None or found.amount >= rules.minimum
	assert rules.maximum is None or found.amount <= rules.maximum
	for word in found.words:
		word.template.format(*word.values)


@given(plans(), amounts, st.integers(0, 10**6))
def test_more_gross_never_earns_less(rules, front, more):
	zero = Money(0, "USD")
	less = commission.earn(rules, Deal(front, zero)).amount
	assert commission.earn(rules, Deal(front + Money(more, "USD"), zero)).amount.minor >= less.minor - len(
		rules.rules
	), "but for the rounding of each line"


@given(amounts, st.lists(st.integers(0, 10**6), min_size=1, max_size=6))
def test_shares_make_the_whole(amount, weights):
	weights[0] += 1
	shares = [Decimal(weight) * 100 / sum(weights) for weight in weights[:-1]]
	shares.append(100 - sum(shares, Decimal(0)))
	if shares[-1] < 0:
		shares = [Decimal(100)]
	parts = commission.split(amount, shares)
	assert sum(part.minor for part in parts) == amount.minor
	for part, share in zip(parts, shares, strict=True):
		assert abs(Decimal(part.minor) - Decimal(amount.minor) * share / 100) < 1 + Decimal("1e-9")


def test_the_odd_cent_of_two_halves_goes_to_the_first():
	assert commission.split(usd("100.01"), [Decimal(50), Decimal(50)]) == [usd("50.01"), usd("50.00")]
	assert commission.split(usd("-100.01"), [Decimal(50), Decimal(50)]) == [usd("-50.01"), usd("-50.00")]


def test_shares_that_do_not_make_a_whole_are_refused():
	for shares in ([], [Decimal(60), Decimal(60)], [Decimal(-20), Decimal(120)]):
		with pytest.raises(Refused):
			commission.split(usd("100"), shares)


def test_a_draw_is_recovered_from_what_was_earned():
	month = commission.settle(usd("0"), usd("2650"), usd("2000"))
	assert (month.due, month.carried_on, month.recovered) == (usd("650"), usd("0"), usd("2000"))
	short = commission.settle(usd("0"), usd("1500"), usd("2000"))
	assert (short.due, short.carried_on, short.recovered) == (usd("0"), usd("500"), usd("1500"))
	later = commission.settle(-short.carried_on, usd("3000"), usd("2000"))
	assert (later.due, later.carried_on) == (usd("500"), usd("0"))


@given(
	amounts.map(lambda m: Money(-abs(m.minor), "USD")),
	amounts,
	amounts.map(lambda m: Money(abs(m.minor), "USD")),
)
def test_a_month_adds_up(carried, earned, draw):
	month = commission.settle(carried, earned, draw)
	assert month.carried + month.earned - month.draw == month.due - month.carried_on
	assert month.due.minor >= 0 and month.carried_on.minor >= 0
	assert month.due.minor == 0 or month.carried_on.minor == 0

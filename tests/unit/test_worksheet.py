"""A worksheet's figures: every sum, every refusal, what a new version changes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import worksheet as w
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.worksheet import Kind, Line, LineKind, Terms, Trade, Worksheet


def usd(value) -> Money:
	return Money.of(str(value), "USD")


def car(price=25000) -> Line:
	return Line(LineKind.VEHICLE, "", usd(price))


def sheet(*lines, kind=Kind.FINANCE, trades=(), deposits=0, cash=0, terms=None, price=25000) -> Worksheet:
	return Worksheet(
		kind=kind,
		currency="USD",
		lines=(car(price), *lines),
		trades=tuple(trades),
		deposits=usd(deposits),
		cash_down=usd(cash),
		terms=terms or Terms(term=60, apr=Decimal(6)),
	)


def test_a_worksheet_as_a_salesperson_writes_it():
	made = sheet(
		Line(LineKind.FEE, "Documentation fee", usd(499)),
		Line(LineKind.ACCESSORY, "Floor mats", usd("150.50")),
		Line(LineKind.PRODUCT, "Service contract", usd(1995), taxable=False),
		Line(LineKind.DISCOUNT, "Manager's discount", usd(750)),
		Line(LineKind.REBATE, "Factory rebate", usd(1000), taxable=False),
		trades=[Trade("2015 Civic", usd(8000), usd(9500), "First Bank")],
		deposits=500,
		cash=2000,
	)
	found = w.settle(made, made.subtotal + usd("1600.25"))
	assert found.subtotal == usd("25894.50") and made.taxable == usd("24899.50")
	assert found.equity == usd(-1500)  # negative equity is financed, and seen
	assert found.total == usd("27494.75")
	assert found.financed == usd("26494.75")  # 27,494.75 + 1,500 - 500 - 2,000
	assert found.balance == usd(0) and found.due_at_signing == usd(2000)
	assert found.adds_up


def test_cash_leaves_a_balance_and_may_give_money_back():
	found = w.settle(sheet(kind=Kind.CASH, cash=5000), usd(27000))
	assert (found.financed, found.balance, found.due_at_signing) == (usd(0), usd(22000), usd(27000))
	assert found.payment == usd(0)
	rich = sheet(kind=Kind.CASH, trades=[Trade("2022 F-150", usd(40000), usd(0))])
	assert w.settle(rich, usd(27000)).balance == usd(-13000)


def test_a_lease_finances_what_is_left():
	terms = Terms(
		term=48, residual_percent=Decimal(40), residual_base=usd(20000), money_factor=Decimal("0.004")
	)
	found = w.settle(sheet(kind=Kind.LEASE, cash=2700, terms=terms, price=22700), usd(22700))
	assert (found.financed, found.payment, found.due_at_signing) == (usd(20000), usd(362), usd(3062))


@pytest.mark.parametrize(
	("made", "total", "code"),
	[
		(sheet(price=0), 0, "price"),
		(sheet(price=-1), 0, "price"),
		(sheet(Line(LineKind.FEE, "Fee", usd(-5))), 25000, "negative"),
		(sheet(cash=-1), 25000, "negative_money"),
		(sheet(deposits=-1), 25000, "negative_money"),
		(sheet(Line(LineKind.DISCOUNT, "All", usd(25000))), 0, "above_price"),
		(sheet(trades=[Trade("Civic", usd(-1), usd(0))]), 25000, "negative_trade"),
		(sheet(trades=[Trade("Civic", usd(1), usd(5))]), 25000, "payoff_lender"),
		(sheet(cash=25001), 25000, "too_much_down"),
		(sheet(cash=25000), 25000, "nothing_left"),
		(sheet(trades=[Trade("F-150", usd(30000), usd(0))]), 25000, "nothing_left"),
		(sheet(terms=Terms(term=0)), 25000, "term"),
		(sheet(terms=Terms(term=60, apr=Decimal(-1))), 25000, "rate"),
		(sheet(kind=Kind.LEASE, terms=Terms(term=36, money_factor=Decimal(6))), 25000, "money_factor"),
	],
)
def test_what_no_deal_can_be_is_refused_with_the_remedy(made, total, code):
	with pytest.raises(Refused) as refused:
		w.settle(made, usd(total))
	assert refused.value.code == code


def test_too_much_down_says_how_much_it_may_be():
	with pytest.raises(Refused) as refused:
		w.settle(sheet(cash=30000, deposits=500, kind=Kind.CASH), usd(26000))
	assert "25,500.00 USD or less" in str(refused.value)


CENTS = st.integers(0, 3_000_000)
LINES = st.lists(
	st.builds(
		lambda kind, minor, taxable: Line(kind, kind.value, Money(minor, "USD"), taxable),
		st.sampled_from([kind for kind in LineKind if kind is not LineKind.VEHICLE]),
		st.integers(0, 200_000),
		st.booleans(),
	),
	max_size=8,
)
TRADES = st.lists(
	st.builds(
		lambda allowance, payoff: Trade("T", Money(allowance, "USD"), Money(payoff, "USD"), "Bank"),
		CENTS,
		CENTS,
	),
	max_size=3,
)


@given(
	st.sampled_from(list(Kind)),
	st.integers(1, 9_000_000),
	LINES,
	TRADES,
	CENTS,
	CENTS,
	st.integers(0, 900_000),
	st.integers(1, 84),
	st.integers(0, 2500),
)
def test_the_sums_always_add_up(kind, price, lines, trades, deposits, cash, tax, term, rate):
	made = Worksheet(
		kind=kind,
		currency="USD",
		lines=(Line(LineKind.VEHICLE, "", Money(price, "USD")), *lines),
		trades=tuple(trades),
		deposits=Money(deposits, "USD"),
		cash_down=Money(cash, "USD"),
		terms=Terms(term=term, apr=Decimal(rate) / 100, money_factor=Decimal(rate) / 240_000),
	)
	try:
		found = w.settle(made, made.subtotal + Money(tax, "USD"))
	except Refused:
		return
	assert found.adds_up
	assert found.financed.minor >= 0 and (kind is Kind.CASH or found.financed.minor > 0)
	assert found.balance.minor == 0 or kind is Kind.CASH
	if kind is Kind.FINANCE:
		assert found.total_of_payments == found.financed + found.finance_charge


def test_gross_is_never_better_than_what_is_known():
	made = sheet(
		Line(LineKind.ACCESSORY, "Mats", usd(200), cost=usd(80)),
		Line(LineKind.DISCOUNT, "Discount", usd(500)),
		Line(LineKind.PRODUCT, "GAP", usd(895), cost=usd(300)),
	)
	found = w.gross(made, usd(21000), usd(600), usd(1000))
	assert (found.front, found.back) == (usd(3020), usd(1595))  # 24,700 - 80 - 21,000 - 600
	assert w.gross(made, None, usd(0), usd(0)).front is None
	unknown = sheet(Line(LineKind.PRODUCT, "GAP", usd(895)))
	assert w.gross(unknown, usd(1), usd(0), usd(0)).back is None


def test_a_new_version_says_what_changed():
	old = sheet(Line(LineKind.FEE, "Documentation fee", usd(499)))
	new = sheet(
		Line(LineKind.FEE, "Documentation fee", usd(499)),
		Line(LineKind.PRODUCT, "GAP", usd(895)),
		price=24500,
	)
	before, after = w.settle(old, old.subtotal), w.settle(new, new.subtotal)
	said = {change.label: (change.before, change.after) for change in w.changes(old, new, before, after)}
	assert said["Price"] == (usd(25000), usd(24500))
	assert said["GAP"] == (None, usd(895))
	assert said["Amount financed"] == (usd(25499), usd(25894))
	assert "Documentation fee" not in said and "Tax" not in said
	assert w.changes(old, old, before, before) == ()


@pytest.mark.parametrize(
	("used", "days", "left"),
	[(0, 365, 1000), (-5, 365, 1000), (365, 365, 0), (400, 365, 0), (73, 365, 800), (1, 3, "666.67")],
)
def test_a_cancelled_product_gives_back_what_is_left(used, days, left):
	assert w.pro_rata_refund(usd(1000), used, days) == usd(left)


def test_a_product_without_a_term_has_no_default_refund():
	with pytest.raises(Refused) as refused:
		w.pro_rata_refund(usd(1000), 1, 0)
	assert refused.value.code == "product_term"

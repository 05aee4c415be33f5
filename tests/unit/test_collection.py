"""Money at the counter: what may be paid, what is handed back, and which tender pays what."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import collection as c
from dealer_pos_crm.domain.collection import (
	Credit,
	Held,
	Line,
	Payable,
	Status,
	Tender,
	Way,
	allocate,
	check_tender,
	complete,
	covered,
	credit_may_pay,
	deposit_may_pay,
	draw,
	lines_of,
	oldest_first,
	status_after,
	sums,
)
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused

DEBTORS, SERVICE = "Debtors", "Service Debtors"


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


def cents(amount: int) -> Money:
	return Money(amount, "USD")


def due(name: str, amount: str, account: str = DEBTORS, **values) -> Payable:
	return Payable(("Sales Invoice", name), "Ann", account, usd(amount), f"Invoice {name}", **values)


def line(name: str, amount: str, account: str = DEBTORS, **values) -> Line:
	return Line(due(name, amount, account, **values), usd(amount))


def cash(amount: str | None = None, given_: str | None = None) -> Tender:
	return Tender(
		Way.MODE,
		usd(amount) if amount else None,
		mode="Cash",
		instrument="Currency",
		given=usd(given_) if given_ else None,
	)


def card(amount: str) -> Tender:
	return Tender(Way.CARD, usd(amount), mode="Card", one_account=True)


def refused(code: str):
	return pytest.raises(Refused, check=lambda error: error.code == code)


def parts(shares) -> list[list[tuple[int, int]]]:
	return [[(part.line, part.amount.minor) for part in share.parts] for share in shares]


# What is paid


def test_lines_are_what_is_open_now():
	payables = [due("A", "100"), due("B", "50", why_not="It is in EUR")]
	(found,) = lines_of([(("Sales Invoice", "A"), usd("40"))], payables)
	assert (found.payable.open, found.amount) == (usd("100"), usd("40"))


@pytest.mark.parametrize(
	("wanted", "code"),
	[
		([("A", "100.01")], "more_than_open"),
		([("A", "0")], "not_positive"),
		([("A", "-5")], "not_positive"),
		([("A", "10"), ("A", "10")], "twice"),
		([("B", "10")], "not_payable"),
		([("C", "10")], "gone"),
	],
)
def test_what_is_not_paid(wanted, code):
	payables = [due("A", "100"), due("B", "50", why_not="It is in EUR")]
	with refused(code):
		lines_of([(("Sales Invoice", name), usd(amount)) for name, amount in wanted], payables)


def test_an_amount_pays_the_oldest_first():
	payables = [due("A", "100"), due("B", "50"), due("C", "10")]
	assert [(one.payable.document[1], one.amount) for one in oldest_first(usd("120"), payables)] == [
		("A", usd("100")),
		("B", usd("20")),
	]
	with refused("overpaid"):
		oldest_first(usd("160.01"), payables)


# How it is paid


def test_change_is_what_was_given_less_what_is_kept():
	(found,) = complete([cash(given_="200")], usd("150.25"), keep_rest=False)
	assert (found.amount, found.change) == (usd("150.25"), usd("49.75"))
	(found,) = complete([cash(given_="100")], usd("150.25"), keep_rest=False)
	assert (found.amount, found.change) == (usd("100"), usd("0"))
	(found,) = complete([cash(given_="200")], usd("150.25"), keep_rest=True)
	assert (found.amount, found.change) == (usd("200"), usd("0"))


def test_cash_fills_what_the_card_leaves():
	found = complete([card("100"), cash(given_="60")], usd("150"), keep_rest=False)
	assert [one.amount for one in found] == [usd("100"), usd("50")]
	with refused("not_needed"):
		complete([card("150"), cash(given_="60")], usd("150"), keep_rest=False)
	with refused("no_amount"):
		complete([cash()], usd("150"), keep_rest=False)


CHECK = Tender(Way.MODE, usd("50"), mode="Check", instrument="Personal Check", reference="1042")


@pytest.mark.parametrize(
	("tender", "values", "code"),
	[
		(replace(CHECK, reference=""), {}, "no_number"),
		(replace(CHECK, instrument="Money Order", reference=""), {}, "no_number"),
		(CHECK, {"no_checks": True}, "no_checks"),
		(replace(CHECK, given=usd("60")), {}, "no_change"),
		(replace(CHECK, amount=usd("0")), {}, "not_positive"),
		(replace(CHECK, amount=None), {}, "no_amount"),
		(cash("60", "50"), {}, "given_less"),
		(cash(), {}, "no_amount"),
	],
)
def test_tenders_that_are_refused(tender, values, code):
	with refused(code):
		check_tender(tender, **{"no_checks": False, "may_take_any_check": False, "customer": "Ann", **values})


@pytest.mark.parametrize(
	("tender", "values"),
	[
		(CHECK, {}),
		(CHECK, {"no_checks": True, "may_take_any_check": True}),
		(replace(CHECK, instrument="Cashier's Check"), {"no_checks": True}),
		(cash("50", "60"), {"no_checks": True}),
		(cash(given_="60"), {}),
	],
)
def test_tenders_that_are_taken(tender, values):
	check_tender(tender, **{"no_checks": False, "may_take_any_check": False, "customer": "Ann", **values})


# Which tender pays what


def test_a_split_tender_fills_line_after_line():
	shares = allocate(
		[line("A", "100"), line("B", "50")],
		[cash("60"), card("90")],
		keep_rest=False,
		currency="USD",
	)
	# the card is charged before the cash is booked
	assert parts(shares) == [[(0, 1000), (1, 5000)], [(0, 9000)]]


def test_what_may_pay_little_is_placed_first():
	deposit = Tender(Way.DEPOSIT, usd("50"), reference="DEP-1", may_pay=frozenset({("Sales Invoice", "B")}))
	shares = allocate(
		[line("A", "100"), line("B", "50")], [cash("100"), deposit], keep_rest=False, currency="USD"
	)
	assert parts(shares) == [[(0, 10000)], [(1, 5000)]]
	with refused("does_not_fit"):
		allocate(
			[line("A", "100"), line("B", "50")],
			[replace(deposit, amount=usd("60")), cash("90")],
			keep_rest=False,
			currency="USD",
		)


def test_a_card_is_booked_on_one_account():
	lines = [line("A", "30"), line("B", "100", SERVICE)]
	shares = allocate(lines, [cash("50"), card("80")], keep_rest=False, currency="USD")
	assert parts(shares) == [[(0, 3000), (1, 2000)], [(1, 8000)]]
	with refused("two_accounts"):
		allocate(lines, [card("130")], keep_rest=False, currency="USD")


def test_too_little_and_too_much():
	with refused("short"):
		allocate([line("A", "100")], [cash("99.99")], keep_rest=False, currency="USD")
	with refused("overpaid"):
		allocate([line("A", "100")], [cash("100.01")], keep_rest=False, currency="USD")
	(share,) = allocate([line("A", "100")], [cash("120")], keep_rest=True, currency="USD")
	assert share.rest == usd("20")
	(share,) = allocate([], [cash("20")], keep_rest=True, currency="USD")
	assert (share.parts, share.rest) == ((), usd("20"))
	with refused("no_line"):
		allocate([], [cash("20")], keep_rest=False, currency="USD")
	with refused("no_tender"):
		allocate([line("A", "100")], [], keep_rest=False, currency="USD")


def test_the_foot():
	foot = sums([line("A", "100")], [cash("120", "150")], "USD")
	assert (foot.amount, foot.credit, foot.given, foot.change) == (
		usd("120"),
		usd("20"),
		usd("150"),
		usd("30"),
	)


amounts = st.integers(1, 5_000_00)
accounts = st.sampled_from([DEBTORS, DEBTORS, SERVICE])


@st.composite
def receipts(draw_):
	"""Lines, and tenders of any kind that add up to them or to more."""
	lines = [
		Line(
			Payable(("Sales Invoice", f"I{number}"), "Ann", draw_(accounts), cents(open_), "Invoice"),
			cents(paid),
		)
		for number, (open_, paid) in enumerate(
			draw_(
				st.lists(
					st.tuples(amounts, amounts).map(lambda two: (max(two), min(two))), min_size=1, max_size=6
				)
			)
		)
	]
	wanted = covered(lines, "USD").minor
	cuts = sorted(draw_(st.sets(st.integers(1, max(wanted - 1, 1)), max_size=4)))
	edges = [0, *[cut for cut in cuts if cut < wanted], wanted]
	tenders = []
	for low, high in itertools.pairwise(edges):
		restricted = draw_(st.integers(0, 3)) == 0
		may_pay = None
		if restricted:
			names = draw_(st.sets(st.sampled_from([one.payable.document for one in lines]), min_size=1))
			may_pay = frozenset(names)
		way = Way.CREDIT if restricted else draw_(st.sampled_from([Way.MODE, Way.CARD]))
		tenders.append(
			Tender(way, cents(high - low), mode=way.value, may_pay=may_pay, one_account=way is Way.CARD)
		)
	extra = draw_(st.integers(0, 1000))
	if extra:
		tenders.append(Tender(Way.MODE, cents(extra), mode="Cash"))
	return lines, draw_(st.permutations(tenders)), bool(extra)


@given(receipts())
def test_every_cent_is_booked_once(receipt):
	lines, tenders, extra = receipt
	try:
		shares = allocate(lines, tenders, keep_rest=extra, currency="USD")
	except Refused as error:
		assert error.code in ("does_not_fit", "two_accounts")
		return
	paid = [Money.zero("USD") for _line in lines]
	for tender, share in zip(tenders, shares, strict=True):
		booked = total((part.amount for part in share.parts), "USD")
		assert booked + share.rest == tender.amount
		assert all(part.amount.minor > 0 for part in share.parts)
		for part in share.parts:
			paid[part.line] = paid[part.line] + part.amount
			if tender.may_pay is not None:
				assert lines[part.line].payable.document in tender.may_pay
		if tender.way in (Way.CREDIT, Way.DEPOSIT):
			assert not share.rest
		if tender.one_account:
			assert len({lines[part.line].payable.account for part in share.parts}) <= 1
	assert paid == [one.amount for one in lines]
	rest = total((share.rest for share in shares), "USD")
	assert rest == sums(lines, tenders, "USD").credit


@given(st.lists(amounts, min_size=1, max_size=6), st.integers(1, 30_000_00))
def test_paying_the_oldest_first_loses_nothing(opens, amount):
	payables = [
		Payable(("Sales Invoice", str(at)), "Ann", DEBTORS, cents(one), "I") for at, one in enumerate(opens)
	]
	if amount > sum(opens):
		with refused("overpaid"):
			oldest_first(cents(amount), payables)
		return
	found = oldest_first(cents(amount), payables)
	assert covered(found, "USD") == cents(amount)
	assert [one.payable for one in found] == payables[: len(found)]
	assert all(one.amount == one.payable.open for one in found[:-1])


@given(st.lists(amounts, max_size=5), st.integers(1, 20_000_00))
def test_a_credit_is_drawn_to_the_cent(credits, amount):
	rows = [Credit(("Payment Entry", str(at)), cents(one), DEBTORS, "") for at, one in enumerate(credits)]
	if amount > sum(credits):
		with refused("no_credit"):
			draw(cents(amount), rows)
		return
	found = draw(cents(amount), rows)
	assert total((part for _credit, part in found), "USD") == cents(amount)
	assert all(part <= credit.amount for credit, part in found)


@given(st.integers(1, 100_00), st.integers(0, 200_00), st.booleans())
def test_given_is_kept_and_change(wanted, over, keep):
	(found,) = complete([cash(given_=str(cents(wanted + over).decimal))], cents(wanted), keep_rest=keep)
	assert found.change is not None and found.change.minor >= 0
	assert found.amount + found.change == found.given
	assert found.amount == (found.given if keep else cents(wanted))


# Deposits and credits


def test_a_deposit_pays_what_it_was_taken_for():
	payables = [
		due("RO", "100", repair_order="RO-1", vehicle="CAR"),
		due("DEAL", "100", deal="DJ-1", vehicle="NEW"),
		due("PLAIN", "100"),
		replace(due("X", "10", vehicle="CAR"), document=("Journal Entry", "X")),
		due("EUR", "10", vehicle="CAR", why_not="It is in EUR"),
	]

	def may(**values) -> set[str]:
		return {name for _doctype, name in deposit_may_pay(Held("D", usd("50"), "", **values), payables)}

	assert may(vehicle="CAR") == {"RO"}
	assert may(deal="DJ-1", vehicle="NEW") == {"DEAL"}
	assert may(deal="DJ-2", vehicle="NEW") == set()
	assert may(deal="DJ-2") == set()
	assert may() == {"RO", "PLAIN"}


def test_a_credit_stays_on_its_account_and_with_its_deal():
	payables = [
		due("A", "100"),
		due("B", "100", SERVICE, deal="DJ-1"),
		replace(due("J", "10"), document=("Journal Entry", "J")),
	]

	def may(document=("Payment Entry", "P"), account=DEBTORS, **values) -> set[str]:
		credit = Credit(document, usd("50"), account, "", **values)
		return {name for _doctype, name in credit_may_pay(credit, payables)}

	assert may() == {"A", "J"}
	assert may(account="Customer Deposits", separate=True) == {"A", "B", "J"}
	assert may(account=SERVICE, deal="DJ-1") == {"B"}
	assert may(deal="DJ-9") == set()
	assert may(document=("Sales Invoice", "CN")) == {"A"}


def test_what_becomes_of_a_receipt():
	assert status_after(usd("100"), usd("0")) is Status.TAKEN
	assert status_after(usd("100"), usd("40")) is Status.PART_REVERSED
	assert status_after(usd("100"), usd("100")) is Status.REVERSED


def test_every_check_has_a_number():
	assert c.PERSONAL_CHECK in c.WITH_NUMBER and c.CURRENCY not in c.WITH_NUMBER

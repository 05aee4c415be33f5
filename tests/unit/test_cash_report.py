"""Cash over $10,000: the published examples, and what has to hold whatever is paid.

Sources, retold here: 26 CFR 1.6050I-1 (paragraphs b and c), IRS Publication 1544, the IRS's questions and answers
for motor vehicle dealerships, chief counsel advice on changed payments, and the trade's own answers (WANADA, KPA).
"""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import cash_form as form
from dealer_pos_crm.domain import cash_pattern
from dealer_pos_crm.domain import cash_report as rules
from dealer_pos_crm.domain.cash_pattern import Pattern
from dealer_pos_crm.domain.cash_report import LIMIT, Because, Instrument, Paid, Status
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused

CURRENCY, PERSONAL = Instrument.CURRENCY, Instrument.PERSONAL_CHECK
CASHIERS, DRAFT = Instrument.CASHIERS_CHECK, Instrument.BANK_DRAFT
TRAVELERS, ORDER = Instrument.TRAVELERS_CHECK, Instrument.MONEY_ORDER
WIRE = CARD = LENDER = None
CAR_SALE = {"designated": True}


def usd(amount) -> Money:
	return Money.of(amount if isinstance(amount, int) else str(amount), "USD")


def paid(
	amount, on: str = "2026-03-02", instrument=CURRENCY, *, at: str = "10:00", payer="Ann", matter="", **more
):
	paid.number += 1
	return Paid(
		id=more.pop("id", f"P{paid.number:04d}"),
		payer=payer,
		at=datetime.fromisoformat(f"{on} {at}"),
		amount=usd(amount),
		instrument=instrument,
		face=usd(more.pop("face")) if "face" in more else None,
		matters=frozenset({matter} if matter else ()),
		**more,
	)


paid.number = 0


def reported(payments, related=(), settled=()) -> list[tuple]:
	"""What has to be reported: (sum, day it went over)."""
	return [
		(count.amount.decimal, count.crossed_on.isoformat())
		for count in rules.counts(payments, related, settled)
		if count.crossed_on
	]


# --- Published: what is cash --------------------------------------------------------------------------

PUBLISHED = {
	"Reg. (c)(1)(vii) 1, Pub. 1544: a cashier's check beside currency, gold coins for 13,200": (
		[paid(6200, **CAR_SALE), paid(7000, instrument=CASHIERS, **CAR_SALE)],
		13_200,
	),
	"Reg. (c)(1)(vii) 2, Pub. 1544: the bank's check is its own car loan and says so": (
		[paid(2000, **CAR_SALE), paid(9500, instrument=CASHIERS, loan=True, **CAR_SALE)],
		2000,
	),
	"Reg. (c)(1)(vii) 3, Pub. 1544: traveler's checks, the rest by personal check": (
		[paid(2400, instrument=TRAVELERS, **CAR_SALE), paid(9600, instrument=PERSONAL, **CAR_SALE)],
		2400,
	),
	"Reg. (c)(1)(vii) 4, Pub. 1544: a boat paid by one cashier's check of 16,500": (
		[paid(16_500, instrument=CASHIERS, face=16_500, **CAR_SALE)],
		0,
	),
	"Reg. (c)(1)(vii) 5: money orders, each of 10,000 or less, for more than 10,000 in all": (
		[paid(9000, instrument=ORDER, **CAR_SALE), paid(3000, instrument=ORDER, **CAR_SALE)],
		12_000,
	),
	"Dealership Q&A: 7,000 by wire and 4,000 by cashier's check": (
		[paid(7000, instrument=WIRE, **CAR_SALE), paid(4000, instrument=CASHIERS, **CAR_SALE)],
		4000,
	),
	"Dealership Q&A: a cashier's check of more than 10,000 from the bank": (
		[paid(10_000.01, instrument=CASHIERS, **CAR_SALE)],
		0,
	),
	"Dealership Q&A: the bank's check bears the customer's name and is small": (
		[paid(9800, instrument=CASHIERS, face=9800, **CAR_SALE)],
		9800,
	),
	"Dealership Q&A: a personal check is never cash": ([paid(25_000, instrument=PERSONAL, **CAR_SALE)], 0),
	"Trade press: a cashier's check of 10,000 even and 3,000 in notes": (
		[paid(10_000, instrument=CASHIERS, face=10_000, **CAR_SALE), paid(3000, **CAR_SALE)],
		13_000,
	),
	"IRS video on Form 8300: 3,000 currency, 4,000 cashier's check, 2,000 draft, 2,500 money orders": (
		[
			paid(3000, **CAR_SALE),
			paid(4000, instrument=CASHIERS, **CAR_SALE),
			paid(2000, instrument=DRAFT, **CAR_SALE),
			paid(2500, instrument=ORDER, **CAR_SALE),
		],
		11_500,
	),
	"Chief counsel, retail: currency taken back and replaced by money orders": (
		[paid(900, instrument=ORDER, **CAR_SALE) for _each in range(12)],
		10_800,
	),
	"Chief counsel, wholesale: the same, and the seller knows why": (
		[paid(900, instrument=ORDER, evading=True) for _each in range(12)],
		10_800,
	),
	"Wholesale, nobody avoids anything: money orders are no cash": (
		[paid(900, instrument=ORDER) for _each in range(12)],
		0,
	),
	"Cards and a lender's money are never cash": (
		[paid(30_000, instrument=CARD, **CAR_SALE), paid(20_000, instrument=LENDER, **CAR_SALE)],
		0,
	),
}


@pytest.mark.parametrize(("payments", "cash"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_is_cash(payments, cash):
	assert rules.cash_of(payments) == usd(cash)
	due = reported(payments)
	assert [amount for amount, _on in due] == ([cash] if cash > 10_000 else [])


def test_a_sale_makes_small_bank_checks_count_when_it_is_retail_durable_and_above_the_limit():
	assert rules.is_designated(usd("10000.01"))
	assert not rules.is_designated(usd(10_000))
	assert not rules.is_designated(usd(30_000), retail=False)
	assert not rules.is_designated(usd(30_000), durable=False)
	assert rules.is_designated(None)  # nobody knows the price yet


def test_many_small_checks_in_one_entry_are_small_when_nobody_told_the_face():
	assert rules.is_cash(paid(12_000, instrument=ORDER, **CAR_SALE))
	assert not rules.is_cash(paid(12_000, instrument=ORDER, face=12_000, **CAR_SALE))
	assert not rules.is_cash(paid(12_000, instrument=CASHIERS, **CAR_SALE))
	assert rules.is_cash(paid(12_000, instrument=CASHIERS, face=6000, **CAR_SALE))


# --- Published: what belongs together -----------------------------------------------------------------


def test_exactly_ten_thousand_is_not_reported_and_a_cent_more_is():
	assert reported([paid(10_000)]) == []
	assert reported([paid("10000.01")]) == [(usd("10000.01").decimal, "2026-03-02")]


def test_pub_1544_a_new_car_for_18000_in_cash():
	"""Example 1: paid on January 6, 2009; filed by the 21st; told by January 31, 2010."""
	assert reported([paid(18_000, "2009-01-06")]) == [(18_000, "2009-01-06")]
	assert rules.due_on(date(2009, 1, 6)) == date(2009, 1, 21)
	assert rules.notice_due_on(date(2009, 1, 6)) == date(2010, 1, 31)


def test_pub_1544_the_same_car_in_three_payments():
	"""Example 2: 6,000 each on January 6, February 6 and March 6. The report is due seventeen days after the
	second, as the fifteenth is a Saturday; the third alone is none."""
	payments = [paid(6000, on, matter="car") for on in ("2009-01-06", "2009-02-06", "2009-03-06")]
	assert reported(payments) == [(12_000, "2009-02-06")]
	assert rules.due_on(date(2009, 2, 6)) == date(2009, 2, 23) == date(2009, 2, 6) + timedelta(days=17)
	assert rules.counts(payments)[-1].amount == usd(6000)


def test_reg_b4_the_count_begins_anew_after_each_report():
	"""11,000 on January 10 is reported at once; 4,000, 6,000 and 12,000 of the same transaction together, from the
	day of the last (the second and third come to exactly 10,000)."""
	payments = [
		paid(11_000, "1991-01-10", matter="M"),
		paid(4000, "1991-02-15", matter="M"),
		paid(6000, "1991-03-20", matter="M"),
		paid(12_000, "1991-05-15", matter="M"),
	]
	assert reported(payments) == [(11_000, "1991-01-10"), (22_000, "1991-05-15")]
	assert rules.due_on(date(1991, 1, 10)) == date(1991, 1, 25)
	assert rules.due_on(date(1991, 5, 15)) == date(1991, 5, 30)


def test_reg_c7_one_purchase_is_not_recast_into_four():
	"""Bullion for 36,000 by agreement, paid as four of 9,000."""
	days = ("2026-01-05", "2026-02-05", "2026-03-05", "2026-04-06")
	payments = [paid(9000, on, matter="bullion") for on in days]
	assert reported(payments) == [(18_000, "2026-02-05"), (18_000, "2026-04-06")]


def test_reg_c7_two_lots_of_one_auction():
	"""9,240 and 1,732.50 on one day, to one bidder."""
	payments = [paid(9240, matter="lot 1"), paid("1732.50", at="15:30", matter="lot 2")]
	assert reported(payments) == [(usd("10972.50").decimal, "2026-03-02")]


def test_reg_c7_three_days_in_a_row_when_the_dealer_has_reason_to_know():
	"""9,000 of coins on three successive days, at the same hour or not."""
	days = [
		paid(9000, f"2026-03-0{day}", at=hour) for day, hour in ((2, "09:00"), (3, "17:00"), (5, "11:00"))
	]
	assert reported(days) == []
	decided = [(one.id, other.id) for one, other in pairwise(days)]
	assert reported(days, decided) == [(18_000, "2026-03-03")]


def test_pub_1544_two_products_to_one_customer_in_a_day():
	assert reported([paid(6000, matter="one"), paid(6000, at="17:45", matter="two")]) == [
		(12_000, "2026-03-02")
	]


def test_pub_1544_a_second_person_joins_the_trip_two_days_later():
	"""8,000 in cash, then 3,000 for one more: connected, because the dealer knows it."""
	first, second = paid(8000, matter="trip"), paid(3000, "2026-03-04", matter="trip")
	assert reported([first, second]) == [(11_000, "2026-03-04")]
	apart = [replace(first, matters=frozenset()), replace(second, matters=frozenset())]
	assert reported(apart) == []
	assert reported(apart, [(first.id, second.id)]) == [(11_000, "2026-03-04")]


def test_dealership_qa_a_repair_on_the_car_bought_for_9000():
	"""1,500 within the year for work on it: no report, unless the sale obliged the customer to buy it."""
	car, repair = paid(9000, matter="deal"), paid(1500, "2026-08-10", matter="order")
	assert reported([car, repair]) == []
	assert reported([car, repair], [(car.id, repair.id)]) == [(10_500, "2026-08-10")]


def test_dealership_qa_husband_and_wife_buy_two_cars_at_one_time():
	"""10,200 in all, from the couple: one report."""
	his, hers = paid(5200, payer="Husband", matter="his"), paid(5000, payer="Wife", matter="hers", at="10:20")
	assert reported([his, hers]) == []
	assert reported([his, hers], [(his.id, hers.id)]) == [(10_200, "2026-03-02")]


def test_kpa_parts_for_the_same_car_the_next_morning():
	assert reported([paid(9000, at="16:00"), paid(4000, "2026-03-03", at="09:30")]) == [
		(13_000, "2026-03-03")
	]


def test_wanada_the_wholesaler_with_four_cars():
	payments = [paid(3150, at=f"1{hour}:00", matter=f"car {hour}") for hour in range(4)]
	assert reported(payments) == [(12_600, "2026-03-02")]


def test_wanada_wheels_agreed_with_the_sale():
	"""8,000 down in cash, and 3,500 for wheels that were agreed at the sale, when the car is picked up."""
	assert reported([paid(8000, matter="deal"), paid(3500, "2026-03-09", matter="deal")]) == [
		(11_500, "2026-03-09")
	]


def test_wanada_a_counter_sale_of_24000():
	assert reported([paid(24_000, payer="Exporter")]) == [(24_000, "2026-03-02")]


# --- Time ---------------------------------------------------------------------------------------------


def test_twenty_four_hours_to_the_minute():
	first = paid(6000, at="10:00")
	assert reported([first, paid(6000, "2026-03-03", at="10:00")])
	assert not reported([first, paid(6000, "2026-03-03", at="10:01")])
	assert not reported([first, paid(6000, "2026-03-02", at="11:00", payer="Bob")])


def test_twelve_months_are_any_twelve_months():
	first = paid(6000, "2025-03-02", matter="car")
	assert reported([first, paid(5000, "2026-03-02", matter="car")])
	assert not reported([first, paid(5000, "2026-03-03", matter="car")])
	later = paid(5500, "2026-09-01", matter="car")
	assert reported([first, paid(5000, "2026-03-03", matter="car"), later]) == [(10_500, "2026-09-01")]


def test_what_comes_on_the_day_of_the_report_belongs_to_it():
	payments = [paid(9000, at="09:00"), paid(2000, at="10:00"), paid(4000, at="16:00")]
	assert reported(payments) == [(15_000, "2026-03-02")]


def test_leap_day():
	assert rules.year_before(date(2028, 2, 29)) == date(2027, 2, 28)
	assert rules.keep_until(date(2028, 2, 29)) == date(2033, 2, 28)
	assert rules.keep_until(date(2026, 11, 22)) == date(2031, 11, 22)


@pytest.mark.parametrize(
	("crossed", "due"),
	[
		("2026-11-10", "2026-11-25"),
		("2026-11-11", "2026-11-27"),  # Thanksgiving
		("2026-12-10", "2026-12-28"),  # Christmas on a Friday
		("2025-12-17", "2026-01-02"),  # New Year's Day
		("2026-01-04", "2026-01-20"),  # Monday of Martin Luther King
		(
			"2026-06-19",
			"2026-07-06",
		),  # Independence Day observed on Friday the 3rd is before; the 4th a Saturday
		("2021-06-04", "2021-06-21"),  # Saturday the 19th
		("2021-12-16", "2022-01-03"),  # New Year's Day on a Saturday is observed the Friday before
	],
)
def test_the_last_day_moves_past_weekends_and_holidays(crossed, due):
	assert rules.due_on(date.fromisoformat(crossed)).isoformat() == due


def test_the_federal_holidays_of_2026():
	assert sorted(day.isoformat()[5:] for day in rules.federal_holidays(2026)) == [
		"01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25",
	]  # fmt: skip
	assert date(2020, 6, 19) not in rules.federal_holidays(2020)


# --- Reports that stand -------------------------------------------------------------------------------


def test_what_is_filed_is_counted_no_more():
	old, new = paid(12_000, matter="car"), paid(9000, "2026-04-01", matter="car")
	assert [count.amount for count in rules.counts([old, new], settled={old.id})] == [usd(9000)]


def test_another_currency_is_refused():
	with pytest.raises(Refused):
		rules.is_over(Money.of(20_000, "EUR"))


def test_why_a_payment_is_counted():
	first, second = paid(4000, matter="car"), paid(4000, "2026-04-01", matter="car")
	third, fourth = paid(100, "2026-04-01", at="12:00"), paid(5000, "2026-06-01")
	group = rules.together([first, second, third, fourth], [(first.id, fourth.id)])[0]
	assert [rules.because(group, each) for each in group] == [
		Because.FIRST,
		Because.SAME_MATTER,
		Because.SAME_DAY,
		Because.DECIDED,
	]


# --- What holds whatever is paid ----------------------------------------------------------------------

_AT = st.datetimes(min_value=datetime(2025, 1, 1), max_value=datetime(2026, 12, 31))


@st.composite
def payments(draw, least: int = 1) -> list[Paid]:
	found = []
	for number in range(draw(st.integers(least, 9))):
		found.append(
			Paid(
				id=f"P{number}",
				payer=draw(st.sampled_from("AB")),
				at=draw(_AT),
				amount=Money(draw(st.integers(1, 15_000_00)), "USD"),
				instrument=draw(st.sampled_from([*Instrument, None])),
				designated=draw(st.booleans()),
				matters=frozenset(draw(st.sets(st.sampled_from(["deal", "order"]), max_size=1))),
			)
		)
	return found


_PAIRS = st.lists(
	st.tuples(st.sampled_from(["P0", "P1", "P2"]), st.sampled_from(["P3", "P4", "P5"])), max_size=2
)


def _told(found: list[rules.Count]) -> list[tuple]:
	return [(sorted(count.ids), count.amount, count.crossed_on) for count in found]


@given(payments(), _PAIRS, st.randoms())
def test_the_order_of_telling_does_not_matter(told, pairs, random):
	mixed = list(told)
	random.shuffle(mixed)
	turned = [(other, one) for one, other in reversed(pairs)]
	assert _told(rules.counts(told, pairs)) == _told(rules.counts(mixed, turned))


@given(payments(), _PAIRS)
def test_every_dollar_of_cash_is_counted_once_or_has_grown_old(told, pairs):
	found = rules.counts(told, pairs)
	counted = [name for count in found for name in count.ids]
	assert len(counted) == len(set(counted))
	assert set(counted) <= {each.id for each in told if rules.is_cash(each)}
	for count in found:
		assert (count.crossed_on is not None) == rules.is_over(count.amount)
		assert count.paid[-1].on <= rules._years(count.first_on, 1) or count.first_on.month == 2
	for each in told:
		if rules.is_cash(each) and rules.is_over(each.amount):
			assert any(each.id in count.ids and count.crossed_on for count in found)


@given(payments(least=2), _PAIRS, st.data())
def test_a_payment_that_is_taken_back_is_out(told, pairs, data):
	gone = data.draw(st.sampled_from(told))
	left = [each for each in told if each.id != gone.id]
	found = rules.counts(left, pairs)
	assert all(gone.id not in count.ids for count in found)
	assert rules.cash_of(left) == rules.cash_of(told) - (gone.amount if rules.is_cash(gone) else usd(0))


@given(payments(), _PAIRS, st.data())
def test_splitting_a_payment_never_lowers_the_sum(told, pairs, data):
	whole = data.draw(st.sampled_from(told))
	part = Money(data.draw(st.integers(0, whole.amount.minor)), "USD")
	halves = [
		replace(whole, id=whole.id, amount=whole.amount - part),
		replace(whole, id=f"{whole.id}b", amount=part, at=whole.at + timedelta(seconds=1)),
	]
	if halves[1].at.date() != whole.at.date():
		return
	split = [each for each in told if each.id != whole.id] + halves
	assert rules.cash_of(split) >= rules.cash_of(told)

	def over(found) -> Money:
		return total((count.amount for count in rules.counts(found, pairs) if count.crossed_on), "USD")

	if whole.instrument in (CURRENCY, None, PERSONAL):
		assert over(split) == over(told)


@given(payments(), _PAIRS)
def test_more_relations_join_groups_and_never_part_them(told, pairs):
	before = rules.together(told)
	after = rules.together(told, pairs)
	for group in before:
		ids = {each.id for each in group}
		assert any(ids <= {each.id for each in other} for other in after)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2090, 12, 31)))
def test_there_are_always_fifteen_days_and_the_last_is_a_working_day(crossed):
	due = rules.due_on(crossed)
	assert 15 <= (due - crossed).days <= 20
	assert due.weekday() < 5 and due not in rules.federal_holidays(due.year)


# --- Payments that look split -------------------------------------------------------------------------


def looks(told, **more) -> list[tuple]:
	return [(found.pattern, found.amount) for found in cash_pattern.patterns(told, **more)]


def test_several_payments_just_under_the_limit():
	told = [paid(9500, "2026-03-02"), paid(9900, "2026-03-30"), paid(300, "2026-04-02")]
	assert looks(told) == [(Pattern.JUST_UNDER, usd(19_400))]
	assert looks([paid(9500), paid(7999, "2026-03-30")]) == []
	assert looks([paid(9500), paid(9500, "2026-03-30", payer="Bob")]) == []
	assert looks([paid(9500, "2025-01-02"), paid(9500, "2026-03-30")]) == []


def test_many_payments_within_days():
	told = [paid(4000, f"2026-03-0{day}") for day in (2, 4, 6)]
	assert looks(told) == [(Pattern.MANY_IN_DAYS, usd(12_000))]
	assert looks([paid(4000, f"2026-03-{day:02}") for day in (2, 8, 14)]) == []
	assert looks([paid(3000, f"2026-03-0{day}") for day in (2, 4, 6)]) == []


def test_one_deal_paid_by_several_people():
	told = [paid(6000, payer="Ann", matter="deal"), paid(6000, "2026-03-20", payer="Bob", matter="deal")]
	assert looks(told) == [(Pattern.SEVERAL_PAYERS, usd(12_000))]
	apart = [paid(6000, payer="Ann"), paid(6000, "2026-03-20", payer="Bob")]
	assert looks(apart) == []
	assert looks(apart, related_payers=[frozenset({"Ann", "Bob"})]) == [(Pattern.SEVERAL_PAYERS, usd(12_000))]


def test_small_checks_of_several_banks_on_one_day():
	told = [paid(3600, instrument=kind, **CAR_SALE) for kind in (ORDER, CASHIERS, ORDER)]
	assert (Pattern.SMALL_CHECKS, usd(10_800)) in looks(told)


def test_one_large_honest_payment_looks_like_nothing():
	assert looks([paid(25_000)]) == []


@given(payments(), st.randoms())
def test_what_looks_split_does_not_depend_on_the_order_either(told, random):
	mixed = list(told)
	random.shuffle(mixed)
	assert cash_pattern.patterns(told) == cash_pattern.patterns(mixed)


# --- The form -----------------------------------------------------------------------------------------

PAYER = {
	"payer_last_name": "Smith",
	"payer_first_name": "Jane",
	"payer_tin": "*****",
	"payer_street": "1 Main St",
	"payer_born_on": "1980-01-01",
	"payer_city": "Plano",
	"payer_state": "TX",
	"payer_zip": "75023",
	"payer_occupation": "plumber",
	"id_document": "Driver license",
	"id_issued_by": "Texas",
	"id_number": "*****",
}


def test_what_the_form_needs_of_the_payer():
	assert form.missing(PAYER) == []
	assert form.missing({}) == [field for _box, field in form.PAYER_BOXES]
	assert form.missing({**PAYER, "payer_tin": ""}) == ["payer_tin"]
	assert form.missing({**PAYER, "payer_tin": "", "payer_tin_refused": 1}) == []
	assert form.missing({**PAYER, "on_behalf": 1}) == [
		"behalf_name",
		"behalf_tin",
		"behalf_address",
		"behalf_occupation",
	]
	behalf = {
		"on_behalf": 1,
		"behalf_name": "Acme",
		"behalf_address": "1 Way",
		"behalf_occupation": "florist",
	}
	assert form.missing({**PAYER, **behalf, "behalf_tin_refused": 1}) == []
	abroad = {**PAYER, "payer_state": "", "payer_zip": ""}
	assert form.missing({**abroad, "payer_country": "Canada"}) == []
	assert form.missing({**abroad, "payer_country": "USA"}) == ["payer_state", "payer_zip"]


def test_the_sums_by_kind_come_to_the_total():
	"""The IRS's own video on items 29 and 32."""
	told = [(CURRENCY, 3000), (CASHIERS, 4000), (DRAFT, 2000), (ORDER, 2500)]
	sums = form.sums_by_instrument((kind, usd(amount)) for kind, amount in told)
	assert {box: str(amount.decimal) for box, amount in sums.items()} == {
		"32a": "3000.00",
		"32c": "4000.00",
		"32d": "2500.00",
		"32e": "2000.00",
		"32f": "0.00",
	}
	assert total(sums.values(), "USD") == usd(11_500)


@pytest.mark.parametrize("said", ["12345678", "1234567890", "12-34567x9", "000000000", "111-11-1111", ""])
def test_what_is_no_taxpayer_id(said):
	with pytest.raises(Refused):
		form.check_tin(said)


def test_a_taxpayer_id_is_kept_as_digits():
	assert form.check_tin("123-45-6789") == form.check_tin("12-3456789") == "123456789"


@pytest.mark.parametrize("said", ["Businessman", " self-employed ", "store"])
def test_an_occupation_says_something(said):
	with pytest.raises(Refused):
		form.check_occupation(said)
	form.check_occupation("coin dealer")


def test_when_a_report_can_be_filed():
	form.check_file("R", Status.TO_FILE, usd(10_001), voluntary=False, lacks=[])
	form.check_file("R", Status.TO_FILE, usd(500), voluntary=True, lacks=[])
	for status, amount, lacks, code in (
		(Status.FILED, 12_000, [], "decided"),
		(Status.NOT_REQUIRED, 12_000, [], "decided"),
		(Status.TO_FILE, 12_000, ["Last name"], "missing"),
		(Status.WATCHING, 10_000, [], "not_over"),
	):
		with pytest.raises(Refused) as refused:
			form.check_file("R", status, usd(amount), voluntary=False, lacks=lacks)
		assert refused.value.code == code
	with pytest.raises(Refused):
		form.check_not_required("R", Status.TO_FILE, " x ")
	with pytest.raises(Refused):
		form.check_filed_on(date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9))
	with pytest.raises(Refused):
		form.check_filed_on(date(2026, 3, 10), date(2026, 3, 2), date(2026, 3, 9))
	form.check_filed_on(date(2026, 3, 9), date(2026, 3, 2), date(2026, 3, 9))


def test_the_limit_is_the_laws():
	assert LIMIT == usd(10_000) and rules.WARN_FROM < LIMIT
	assert rules.REMINDERS == (0, 10, 14) and rules.DAYS_TO_FILE == 15 and rules.YEARS_KEPT == 5

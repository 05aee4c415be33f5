from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.billing import (
	Due,
	Line,
	LineKind,
	Payers,
	PaymentStatus,
	Position,
	Work,
	bills,
	check_deductible,
	payment_status,
	spread,
)
from dealer_pos_crm.domain.deposit import Tender
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.repair_order import Answer, PayType

CUSTOMER, WARRANTY, INTERNAL = PayType


def usd(amount):
	return Money.of(amount, "USD")


def line(job_no, amount, kind=LineKind.LABOR):
	return Line(kind, job_no, f"Line of {job_no}", Decimal(1), usd(amount), usd(amount))


def work(job_no, amount="100", pay_type=CUSTOMER, answer=Answer.APPROVED, done=True, **values):
	lines = (line(job_no, amount),) if amount is not None else ()
	return Work(job_no, f"Job {job_no}", pay_type, answer, done, lines, **values)


ANN = Payers("Ann", manufacturer="Toyota")


def code_of(call, *args, **kwargs):
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value.code


def test_each_payer_gets_one_bill_in_a_stable_order():
	made = bills(
		[
			work(1, "10.01", INTERNAL, department="Sales"),
			work(2, "20.02", WARRANTY),
			work(3, "30.03", bill_to="Fleet"),
			work(4, "40.04"),
			work(5, "50.05"),
			work(6, "60.06", INTERNAL),
		],
		ANN,
		"USD",
	)

	assert [(bill.pay_type, bill.payer, bill.job_nos, bill.amount("USD")) for bill in made] == [
		(CUSTOMER, "Ann", (4, 5), usd("90.09")),
		(CUSTOMER, "Fleet", (3,), usd("30.03")),
		(WARRANTY, "Toyota", (2,), usd("20.02")),
		(INTERNAL, "Sales", (1,), usd("10.01")),
		(INTERNAL, "Service", (6,), usd("60.06")),
	]


@pytest.mark.parametrize("answer", [Answer.DECLINED, Answer.DEFERRED])
def test_what_was_declined_is_never_billed(answer):
	made = bills([work(1, "10"), work(2, "99", answer=answer)], ANN, "USD")

	assert [bill.job_nos for bill in made] == [(1,)]


@pytest.mark.parametrize(
	("works", "payers", "code"),
	[
		([work(1, answer=Answer.PENDING, done=False)], ANN, "pending"),
		([work(1, done=False)], ANN, "undone"),
		([work(1, pay_type=WARRANTY)], Payers("Ann"), "no_manufacturer"),
		([work(1)], Payers("Ann", deductible=usd("500")), "no_insurer"),
		([work(1)], Payers("Ann", insurer="Ann"), "own_insurer"),
		([work(1)], Payers("Ann", insurer="Safe"), "no_insured_job"),
		([work(1, pay_type=INTERNAL, bill_to="Safe")], Payers("Ann", insurer="Safe"), "no_insured_job"),
		(
			[work(1, bill_to="Safe")],
			Payers("Ann", insurer="Safe", deductible=usd("-1")),
			"not_positive",
		),
		([work(1, "-5")], ANN, "negative_bill"),
	],
)
def test_what_cannot_be_billed_is_refused(works, payers, code):
	assert code_of(bills, works, payers, "USD") == code


def test_a_warranty_job_billed_to_somebody_goes_there():
	made = bills([work(1, pay_type=WARRANTY, bill_to="Extended Cover")], ANN, "USD")

	assert [(bill.pay_type, bill.payer) for bill in made] == [(WARRANTY, "Extended Cover")]


def test_only_the_insurers_bill_carries_the_deductible():
	payers = Payers("Ann", insurer="Safe", deductible=usd("500"))
	made = bills([work(1, "2000", bill_to="Safe"), work(2, "80")], payers, "USD")

	assert [(bill.payer, bill.amount("USD"), bill.deductible) for bill in made] == [
		("Ann", usd("80"), None),
		("Safe", usd("2000"), usd("500")),
	]


def test_a_deductible_of_nothing_is_none():
	payers = Payers("Ann", insurer="Safe", deductible=usd("0"))

	assert bills([work(1, bill_to="Safe")], payers, "USD")[0].deductible is None


@pytest.mark.parametrize(("deductible", "refused"), [("499.99", False), ("500", True), ("500.01", True)])
def test_the_deductible_is_less_than_the_bill(deductible, refused):
	if refused:
		assert code_of(check_deductible, usd(deductible), usd("500"), "Safe") == "deductible"
	else:
		check_deductible(usd(deductible), usd("500"), "Safe")


def test_what_costs_nothing_makes_no_bill_of_its_own():
	assert bills([work(1, "0"), work(2, None)], ANN, "USD") == []
	(bill,) = bills([work(1, "0"), work(2, "5")], ANN, "USD")
	assert bill.job_nos == (1, 2)


amounts = st.integers(0, 10_000_000).map(lambda cents: Money(cents, "USD"))


@st.composite
def works_of(draw):
	made = []
	for job_no in range(1, draw(st.integers(0, 12)) + 1):
		lines = tuple(
			Line(LineKind.PART, job_no, "x", Decimal(1), amount, amount)
			for amount in draw(st.lists(amounts, max_size=4))
		)
		made.append(
			Work(
				job_no,
				"x",
				draw(st.sampled_from(PayType)),
				draw(st.sampled_from([Answer.APPROVED, Answer.DECLINED, Answer.DEFERRED])),
				True,
				lines,
				bill_to=draw(st.sampled_from([None, "Fleet", "Spouse"])),
				department=draw(st.sampled_from([None, "Sales", "Parts"])),
			)
		)
	return made


@given(works_of(), st.frozensets(st.integers(1, 12)))
def test_not_a_cent_is_lost_or_billed_twice(works, billed):
	made = bills(works, ANN, "USD", billed)
	wanted = [w for w in works if w.answer is Answer.APPROVED and w.job_no not in billed]

	assert total((b.amount("USD") for b in made), "USD") == total((w.amount("USD") for w in wanted), "USD")
	for pay_type in PayType:
		assert total((b.amount("USD") for b in made if b.pay_type is pay_type), "USD") == total(
			(w.amount("USD") for w in wanted if w.pay_type is pay_type), "USD"
		)
	numbers = [number for bill in made for number in bill.job_nos]
	assert len(numbers) == len(set(numbers))
	assert not billed & set(numbers)
	assert len({(bill.pay_type, bill.payer) for bill in made}) == len(made)
	# Billed in steps or at once: the same.
	assert bills(works, ANN, "USD", billed | set(numbers)) == []


# --- what is open -------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("invoiced", "outstanding", "billed", "status"),
	[
		("0", "0", False, PaymentStatus.NOT_INVOICED),
		("0", "0", True, PaymentStatus.PAID),
		("100", "100", True, PaymentStatus.UNPAID),
		("100", "99.99", True, PaymentStatus.PARTLY_PAID),
		("100", "0.01", True, PaymentStatus.PARTLY_PAID),
		("100", "0", True, PaymentStatus.PAID),
		("0", "-100", True, PaymentStatus.PAID),
	],
)
def test_the_payment_status_follows_the_amounts(invoiced, outstanding, billed, status):
	assert payment_status(Position(usd(invoiced), usd(outstanding)), billed=billed) is status


# --- taking money -------------------------------------------------------------------------------


def due(name, amount):
	return Due("Ann", ("Sales Invoice", name), usd(amount))


def test_tenders_pay_the_dues_in_their_order():
	dues = [due("A", "100"), due("B", "50")]
	spreads = spread([Tender("Cash", usd("120")), Tender("Card", usd("20"))], dues)

	assert [[(part.due.document[1], part.amount) for part in parts] for parts in spreads] == [
		[("A", usd("100")), ("B", usd("20"))],
		[("B", usd("20"))],
	]


@pytest.mark.parametrize(
	("tenders", "dues", "code"),
	[
		([Tender("Cash", usd("10"))], [], "nothing_open"),
		([], [due("A", "10")], "no_tender"),
		([Tender("Cash", usd("0"))], [due("A", "10")], "not_positive"),
		([Tender("Cash", usd("-1")), Tender("Card", usd("5"))], [due("A", "10")], "not_positive"),
		([Tender("Cash", usd("10.01"))], [due("A", "10")], "overpaid"),
		([Tender("Cash", usd("6")), Tender("Card", usd("4.01"))], [due("A", "10")], "overpaid"),
	],
)
def test_what_cannot_be_taken_is_refused(tenders, dues, code):
	assert code_of(spread, tenders, dues) == code


positive_amounts = st.integers(1, 1_000_000).map(lambda cents: Money(cents, "USD"))


@given(
	st.lists(positive_amounts, min_size=1, max_size=5),
	st.lists(positive_amounts, min_size=1, max_size=5),
)
def test_each_cent_taken_pays_something_once(tendered, open_amounts):
	dues = [Due("Ann", ("Sales Invoice", str(at)), amount) for at, amount in enumerate(open_amounts)]
	tenders = [Tender("Cash", amount) for amount in tendered]
	if total(tendered, "USD") > total(open_amounts, "USD"):
		assert code_of(spread, tenders, dues) == "overpaid"
		return
	spreads = spread(tenders, dues)

	for tender, parts in zip(tenders, spreads, strict=True):
		assert total((part.amount for part in parts), "USD") == tender.amount
		assert all(part.amount.minor > 0 for part in parts)
	for entry in dues:
		paid = total((p.amount for parts in spreads for p in parts if p.due == entry), "USD")
		assert paid <= entry.amount

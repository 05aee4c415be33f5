"""Who is billed for the work of a repair order, what is open on it, and how money taken is spread.

A job is billed once and as a whole: to the customer (or whom it is billed to), to the manufacturer, or to
a department of the house. An insurer gets the whole of its jobs on one bill; the deductible of it becomes
the customer's debt.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .deposit import Tender
from .money import Money, positive, total
from .refusal import Refused, _
from .repair_order import Answer, PayType


class LineKind(str, enum.Enum):
	LABOR = "Labor"
	PART = "Part"
	SUBLET = "Sublet"


@dataclass(frozen=True)
class Line:
	"""One line of a bill. ``amount`` is what counts; ``quantity`` and ``rate`` explain it."""

	kind: LineKind
	job_no: int
	text: str
	quantity: Decimal
	rate: Money
	amount: Money
	item: str | None = None
	warehouse: str | None = None


@dataclass(frozen=True)
class Work:
	"""A job as billing sees it. ``bill_to`` is a customer, ``department`` who is charged for internal work."""

	job_no: int
	title: str
	pay_type: PayType
	answer: Answer
	done: bool
	lines: tuple[Line, ...]
	bill_to: str | None = None
	department: str | None = None

	def amount(self, currency: str) -> Money:
		return total((line.amount for line in self.lines), currency)


@dataclass(frozen=True)
class Payers:
	"""Who pays on an order besides the departments of the house."""

	customer: str
	manufacturer: str | None = None
	insurer: str | None = None
	deductible: Money | None = None


@dataclass(frozen=True)
class Bill:
	"""One document to make. ``payer`` is a customer; for internal work the department charged.

	``deductible`` is the part of an insurer's bill that the order's customer owes instead.
	"""

	pay_type: PayType
	payer: str
	lines: tuple[Line, ...]
	deductible: Money | None = None

	def amount(self, currency: str) -> Money:
		return total((line.amount for line in self.lines), currency)

	@property
	def job_nos(self) -> tuple[int, ...]:
		return tuple(dict.fromkeys(line.job_no for line in self.lines))


SERVICE = "Service"  # the department charged for internal work where none is named


def bills(
	works: Sequence[Work], payers: Payers, currency: str, billed: frozenset[int] = frozenset()
) -> list[Bill]:
	"""The bills still to be made, in a stable order: customer, other payers, manufacturer, departments.

	``billed``: numbers of the jobs that stand on a bill already. Their sum is the sum of the approved and
	done jobs that are not billed, to the cent; a payer whose lines come to nothing gets no bill. Raises
	``Refused``: ``pending``, ``undone``, ``no_manufacturer``, ``no_insured_job``, ``no_insurer``,
	``own_insurer``, ``negative_bill``.
	"""
	_check_answered(works)
	_check_insurer(works, payers)
	found: dict[tuple[int, PayType, str], list[Line]] = {}
	for work in works:
		if work.answer is not Answer.APPROVED or work.job_no in billed:
			continue
		found.setdefault(_place(work, payers), []).extend(work.lines)
	made = []
	for (_rank, pay_type, payer), lines in sorted(found.items(), key=lambda entry: entry[0]):
		bill = Bill(pay_type, payer, tuple(lines))
		amount = bill.amount(currency)
		if amount.minor < 0:
			raise Refused(
				"negative_bill", _("The bill of {0} comes to {1}; correct its prices"), payer, amount
			)
		if not amount:
			continue
		if payer == payers.insurer and pay_type is PayType.CUSTOMER and payers.deductible:
			bill = Bill(pay_type, payer, bill.lines, payers.deductible)
		made.append(bill)
	return made


def _place(work: Work, payers: Payers) -> tuple[int, PayType, str]:
	if work.pay_type is PayType.CUSTOMER:
		payer = work.bill_to or payers.customer
		return (0 if payer == payers.customer else 1, work.pay_type, payer)
	if work.pay_type is PayType.INTERNAL:
		return (3, work.pay_type, work.department or SERVICE)
	manufacturer = work.bill_to or payers.manufacturer
	if not manufacturer and work.lines:
		raise Refused(
			"no_manufacturer",
			_("Job {0} is warranty, and nobody is named who pays for warranty of this make"),
			work.job_no,
		)
	return (2, work.pay_type, manufacturer or "")


def _check_answered(works: Iterable[Work]) -> None:
	for work in works:
		if work.answer is Answer.PENDING:
			raise Refused("pending", _("Job {0} has no answer yet; record it first"), work.job_no)
		if work.answer is Answer.APPROVED and not work.done:
			raise Refused("undone", _("Job {0} is approved and not done; finish it first"), work.job_no)


def _check_insurer(works: Iterable[Work], payers: Payers) -> None:
	if not payers.insurer:
		if payers.deductible:
			raise Refused("no_insurer", _("A deductible of {0}, and no insurer; name it"), payers.deductible)
		return
	if payers.deductible is not None and payers.deductible.minor < 0:
		positive(payers.deductible)
	if payers.insurer == payers.customer:
		raise Refused("own_insurer", _("{0} is the customer and the insurer; choose one"), payers.customer)
	if not any(
		work.answer is Answer.APPROVED
		and work.pay_type is PayType.CUSTOMER
		and work.bill_to == payers.insurer
		for work in works
	):
		raise Refused(
			"no_insured_job",
			_("{0} is the insurer, and no job is billed to it. Set Bill To on its jobs, or take it out"),
			payers.insurer,
		)


def check_deductible(deductible: Money, whole: Money, insurer: str) -> None:
	"""The deductible is less than the insurer's bill with tax; else the customer pays all of it."""
	if deductible >= whole:
		raise Refused(
			"deductible",
			_("The deductible {0} is not less than the bill of {1} ({2}). Bill these jobs to the customer"),
			deductible,
			insurer,
			whole,
		)


# --- What is open -----------------------------------------------------------------------------------


class PaymentStatus(str, enum.Enum):
	NOT_INVOICED = "Not Invoiced"
	UNPAID = "Unpaid"
	PARTLY_PAID = "Partly Paid"
	PAID = "Paid"


@dataclass(frozen=True)
class Position:
	"""What was billed at the counter, less credit notes, and what of it is open. Both may be negative: a
	credit note was paid back, or the customer paid what was credited afterwards."""

	invoiced: Money
	outstanding: Money

	@property
	def paid(self) -> Money:
		return self.invoiced - self.outstanding


def payment_status(position: Position, *, billed: bool) -> PaymentStatus:
	"""``billed``: a bill of the order stands, be it nobody's at the counter."""
	if not billed:
		return PaymentStatus.NOT_INVOICED
	if position.outstanding.minor <= 0:
		return PaymentStatus.PAID
	return PaymentStatus.UNPAID if position.paid.minor <= 0 else PaymentStatus.PARTLY_PAID


# --- Taking money -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
	"""An open amount of one payer: a document (doctype, name) and what is open on it."""

	payer: str
	document: tuple[str, str]
	amount: Money


@dataclass(frozen=True)
class Allocation:
	"""Of one tender, the part that pays one due."""

	due: Due
	amount: Money


def spread(tenders: Sequence[Tender], dues: Sequence[Due]) -> list[list[Allocation]]:
	"""For each tender what it pays, dues in their order. The dues are of one payer.

	Less than all may be taken. Raises ``Refused``: ``no_tender``, ``nothing_open``, ``overpaid``,
	``not_positive``.
	"""
	if not dues:
		raise Refused("nothing_open", _("Nothing is open here"))
	currency = dues[0].amount.currency
	if not tenders:
		raise Refused("no_tender", _("Say how it is paid: add a mode of payment"))
	for tender in tenders:
		positive(tender.amount)
	paid = total((tender.amount for tender in tenders), currency)
	owed = total((due.amount for due in dues), currency)
	if paid > owed:
		raise Refused(
			"overpaid",
			_("{0} is open; {1} is {2} too much. Take what is more as a deposit"),
			owed,
			paid,
			paid - owed,
		)
	left = [due.amount for due in dues]
	spreads: list[list[Allocation]] = []
	for tender in tenders:
		rest = tender.amount
		parts: list[Allocation] = []
		for at, due in enumerate(dues):
			part = left[at] if left[at] <= rest else rest
			if part.minor > 0:
				parts.append(Allocation(due, part))
				left[at] = left[at] - part
				rest = rest - part
		spreads.append(parts)
	return spreads

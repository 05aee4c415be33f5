"""A repair order: its status, the customer's answers to its jobs, what they cost, and what stops it.

A job is worked on and billed as the customer authorised it. Law and trade: extra work needs consent to
the specific job, told with date, person and, when by phone, the number called (California, 16 CCR 3358).
"""

import enum
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from .money import Money, total
from .reasons import check_reason
from .refusal import Refused, _


class Status(str, enum.Enum):
	OPEN = "Open"
	IN_PROGRESS = "In Progress"
	WAITING_PARTS = "Waiting Parts"
	WAITING_CUSTOMER = "Waiting Customer"
	READY = "Ready"
	INVOICED = "Invoiced"
	CLOSED = "Closed"
	CANCELLED = "Cancelled"


class Answer(str, enum.Enum):
	PENDING = "Pending"
	APPROVED = "Approved"
	DECLINED = "Declined"
	DEFERRED = "Deferred"


class How(str, enum.Enum):
	IN_PERSON = "In Person"
	PHONE = "Phone"
	TEXT = "Text"
	EMAIL = "E-mail"
	PORTAL = "Portal"


class PayType(str, enum.Enum):
	CUSTOMER = "Customer"
	WARRANTY = "Warranty"
	INTERNAL = "Internal"


class PartState(str, enum.Enum):
	TO_ORDER = "To Order"
	IN_STOCK = "In Stock"
	ORDERED = "Ordered"
	ARRIVED = "Arrived"


# The car is in the shop and the work is not billed: jobs, parts and answers can change.
WORKING = frozenset(
	{Status.OPEN, Status.IN_PROGRESS, Status.WAITING_PARTS, Status.WAITING_CUSTOMER, Status.READY}
)
ENDED = frozenset({Status.CLOSED, Status.CANCELLED})

_ALLOWED: dict[Status, frozenset[Status]] = {
	**{
		status: (WORKING - {status}) | {Status.INVOICED, Status.CANCELLED}
		for status in WORKING - {Status.READY}
	},
	# To Closed without an invoice: nothing was done that anybody pays.
	Status.READY: (WORKING - {Status.READY}) | {Status.INVOICED, Status.CLOSED, Status.CANCELLED},
	# Back to Ready: the invoice was cancelled or credited.
	Status.INVOICED: frozenset({Status.READY, Status.CLOSED}),
	Status.CLOSED: frozenset({Status.READY, Status.INVOICED}),
	Status.CANCELLED: frozenset({Status.OPEN}),
}

# Written over five minutes after opening, a job is an add-on: the customer was not asked at the counter.
ADD_ON_AFTER = timedelta(minutes=5)


def possible_changes(status: Status) -> tuple[Status, ...]:
	"""What an order of this status can become, in the order of the lane."""
	return tuple(new for new in Status if new in _ALLOWED[status])


def by_hand(status: Status) -> tuple[Status, ...]:
	"""What a person in the lane can set; billing, closing and cancelling are steps of their own."""
	return tuple(new for new in possible_changes(status) if new in WORKING) if status in WORKING else ()


def check_change(old: Status, new: Status, name: str) -> None:
	"""Refuse a change that the ladder does not have. Raises ``Refused`` with code ``order_status``."""
	if new in _ALLOWED[old]:
		return
	raise Refused(
		"order_status",
		_("{0} is {1} and cannot become {2}. Possible: {3}"),
		name,
		old.value,
		new.value,
		", ".join(status.value for status in possible_changes(old)),
	)


def check_working(status: Status, name: str) -> None:
	"""Refuse work on an order that is billed or ended. Raises ``Refused`` with code ``not_working``."""
	if status not in WORKING:
		raise Refused(
			"not_working",
			_("{0} is {1}; its jobs stay as they are. Reopen it first"),
			name,
			status.value,
		)


def is_add_on(opened_at: datetime, written_at: datetime) -> bool:
	return written_at - opened_at > ADD_ON_AFTER


# --- What a job costs -------------------------------------------------------------------------------


def product(quantity: Decimal, rate: Money) -> Money:
	"""Quantity times rate, rounded once to the currency (half to even, as ERPNext's ledgers round)."""
	places = Money.zero(rate.currency).decimal
	return Money.of((quantity * rate.decimal).quantize(places, rounding=ROUND_HALF_EVEN), rate.currency)


@dataclass(frozen=True)
class Price:
	"""What one job costs, by what it is for. All in one currency."""

	labor: Money
	parts: Money
	sublet: Money

	@property
	def amount(self) -> Money:
		return self.labor + self.parts + self.sublet


def labor_at(hours: Decimal, rate: Money) -> Money:
	"""Labor of a job. Raises ``Refused`` for negative hours or a negative rate."""
	if hours < 0 or rate.minor < 0:
		raise Refused("negative", _("Hours and rate are not less than zero: {0} at {1}"), hours, rate)
	return product(hours, rate)


def fixed_labor(hours: Decimal, labor: Money) -> tuple[Decimal, Money]:
	"""Hours and rate that make exactly this labor; one hour at the whole price where no rate does."""
	if hours > 0:
		places = Money.zero(labor.currency).decimal
		rate = Money.of(
			(labor.decimal / hours).quantize(places, rounding=ROUND_HALF_EVEN),
			labor.currency,
		)
		if product(hours, rate) == labor:
			return hours, rate
	return Decimal(1), labor


@dataclass(frozen=True)
class Job:
	"""A job as the rules see it. ``shown`` is what the customer was told it costs when answering."""

	job_no: int
	title: str
	pay_type: PayType
	answer: Answer
	amount: Money
	shown: Money | None = None
	done: bool = False
	cause: str = ""
	correction: str = ""

	@property
	def was_repriced(self) -> bool:
		"""Approved at another price than it has now; the customer may be asked about the new one."""
		return self.answer is Answer.APPROVED and self.shown is not None and self.shown != self.amount

	@property
	def billable(self) -> bool:
		"""May still be billed: neither declined nor deferred."""
		return self.answer in (Answer.APPROVED, Answer.PENDING)


def totals(jobs: Iterable[Job], currency: str) -> dict[PayType, Money]:
	"""What the jobs that may be billed cost, by who pays."""
	found = dict.fromkeys(PayType, Money.zero(currency))
	for job in jobs:
		if job.billable:
			found[job.pay_type] = found[job.pay_type] + job.amount
	return found


def authorised(jobs: Iterable[Job], currency: str) -> Money:
	"""What the customer agreed to pay: the amounts shown of the approved customer-pay jobs."""
	return total(
		(
			job.shown if job.shown is not None else job.amount
			for job in jobs
			if job.answer is Answer.APPROVED and job.pay_type is PayType.CUSTOMER
		),
		currency,
	)


# --- Answers ----------------------------------------------------------------------------------------

# What an answer may become. Pending again: it was withdrawn, or the price went beyond what was agreed.
_ANSWERS: dict[Answer, frozenset[Answer]] = {
	Answer.PENDING: frozenset({Answer.APPROVED, Answer.DECLINED, Answer.DEFERRED}),
	Answer.APPROVED: frozenset({Answer.PENDING, Answer.DECLINED, Answer.DEFERRED}),
	Answer.DECLINED: frozenset({Answer.PENDING, Answer.APPROVED, Answer.DEFERRED}),
	Answer.DEFERRED: frozenset({Answer.PENDING, Answer.APPROVED, Answer.DECLINED}),
}

# As the customer was told: (field of the job).
FROZEN_WHEN_ANSWERED: tuple[str, ...] = ("title", "labor_operation", "pay_type", "hours", "rate")
FROZEN_PART: tuple[str, ...] = ("job_no", "item", "description", "qty", "rate")
FROZEN_SUBLET: tuple[str, ...] = ("job_no", "description", "price")

_PHONE_DIGITS = 7


def is_frozen(answer: Answer) -> bool:
	"""Whether text and price of a job with this answer stay as they are."""
	return answer is not Answer.PENDING


def check_answer(
	job: Job,
	answer: Answer,
	*,
	how: How,
	by: str,
	phone: str | None,
	shown: Money,
	reason: str | None,
	until: date | None,
	today: date,
) -> None:
	"""Refuse an answer that the record could not stand on later.

	``shown`` is the price that the customer was told. Raises ``Refused``: ``answer_same``, ``answer_done``,
	``no_person``, ``no_phone``, ``amount_outdated``, ``no_reason``, ``no_until``, ``until_past``.
	"""
	if not (answer in _ANSWERS[job.answer] or (answer is job.answer and job.was_repriced)):
		raise Refused("answer_same", _("Job {0} is {1} already"), job.job_no, job.answer.value)
	if job.done and answer is not Answer.APPROVED:
		raise Refused(
			"answer_done",
			_("Job {0} is done and cannot become {1}; take the work back first"),
			job.job_no,
			answer.value,
		)
	if not by.strip():
		raise Refused("no_person", _("Who answered for job {0}? Write the person's name"), job.job_no)
	if how is How.PHONE and len(re.sub(r"\D", "", phone or "")) < _PHONE_DIGITS:
		raise Refused(
			"no_phone", _("Which number was called for job {0}? An answer by phone needs it"), job.job_no
		)
	if shown != job.amount:
		raise Refused(
			"amount_outdated",
			_(
				"Job {0} ({1}) costs {2} now, not {3}. Tell the customer the new price, then record the answer"
			),
			job.job_no,
			job.title,
			job.amount,
			shown,
		)
	if answer is Answer.DECLINED and len((reason or "").strip()) < 3:
		raise Refused("no_reason", _("Job {0} is declined: give the reason in a few words"), job.job_no)
	if answer is Answer.DEFERRED:
		if until is None:
			raise Refused("no_until", _("Job {0} is deferred until when? Set the date"), job.job_no)
		if until <= today:
			raise Refused("until_past", _("Job {0}: {1} is not in the future"), job.job_no, until)


def check_withdraw(job: Job, reason: str | None) -> str:
	"""Refuse to take an answer back without one, without a reason, or when the work is done."""
	if job.answer is Answer.PENDING:
		raise Refused("answer_same", _("Job {0} has no answer to take back"), job.job_no)
	if job.done:
		raise Refused("answer_done", _("Job {0} is done; take the work back before its answer"), job.job_no)
	return check_reason(reason)


@dataclass(frozen=True)
class Revision:
	"""What a new price of an answered job leads to. ``above`` is how far the whole goes beyond what the
	customer authorised."""

	ask_again: bool
	above: Money
	allowed: Money


def revise(jobs: Sequence[Job], job_no: int, new: Money, tolerance: Decimal) -> Revision:
	"""Whether an approved job may cost ``new`` without asking again.

	``tolerance`` is percent of everything the customer authorised on this order; 0: any amount more asks
	again, as some states require. What was revised before counts: the measure is what was shown.
	"""
	currency = new.currency
	agreed = authorised(jobs, currency)
	allowed = product(tolerance / 100, agreed)
	approved = [job for job in jobs if job.answer is Answer.APPROVED and job.pay_type is PayType.CUSTOMER]
	now = total((new if job.job_no == job_no else job.amount for job in approved), currency)
	above = now - agreed if now > agreed else Money.zero(currency)
	mine = any(job.job_no == job_no for job in approved)
	return Revision(ask_again=mine and above > allowed, above=above, allowed=allowed)


# --- What stops an order ----------------------------------------------------------------------------

Blocker = tuple[str, str, tuple[object, ...]]  # code, untranslated text, its values


def _numbers(jobs: Iterable[Job]) -> str:
	return ", ".join(str(job.job_no) for job in jobs)


def blockers_of_work(jobs: Sequence[Job], clocks: Sequence[str] = ()) -> list[Blocker]:
	"""What is not finished in the shop. ``clocks``: the people still clocked on, by name."""
	found: list[Blocker] = []
	undone = [job for job in jobs if job.answer is Answer.APPROVED and not job.done]
	if undone:
		found.append(("undone", _("Approved and not done: job {0}"), (_numbers(undone),)))
	if clocks:
		found.append(("open_clock", _("Still clocked on: {0}"), (", ".join(clocks),)))
	return found


def blockers_to_invoice(
	jobs: Sequence[Job], clocks: Sequence[str] = (), tolerance: Decimal = Decimal(0)
) -> list[Blocker]:
	"""Why the order cannot be billed now; empty when it can. ``tolerance`` in percent, as in ``revise``."""
	return blockers_of_bill(jobs, clocks) + _beyond(jobs, tolerance)


def blockers_of_bill(jobs: Sequence[Job], clocks: Sequence[str] = ()) -> list[Blocker]:
	"""Answers, work and texts that are missing."""
	found = blockers_of_answers(jobs) + blockers_of_work(jobs, clocks)
	bare = [job for job in jobs if job.done and not (job.cause.strip() and job.correction.strip())]
	if bare:
		found.append(("three_cs", _("Cause and correction are missing: job {0}"), (_numbers(bare),)))
	return found


def _beyond(jobs: Sequence[Job], tolerance: Decimal) -> list[Blocker]:
	"""A revision that was small beside the whole is large when the rest was declined later."""
	repriced = [job for job in jobs if job.was_repriced and job.pay_type is PayType.CUSTOMER]
	if not repriced:
		return []
	job = repriced[-1]
	found = revise(jobs, job.job_no, job.amount, tolerance)
	if not found.ask_again:
		return []
	return [
		(
			"beyond_authorised",
			_("{0} above what the customer authorised: record the answer to the new price of job {1}"),
			(found.above, _numbers(repriced)),
		)
	]


def blockers_of_answers(jobs: Sequence[Job]) -> list[Blocker]:
	pending = [job for job in jobs if job.answer is Answer.PENDING]
	if not pending:
		return []
	return [("pending", _("No answer from the customer yet: job {0}"), (_numbers(pending),))]


def blockers_to_hand_over(
	jobs: Sequence[Job],
	*,
	mileage_in: int,
	mileage_out: int,
	clocks: Sequence[str] = (),
	explanation: str = "",
) -> list[Blocker]:
	"""Why the car cannot leave, apart from its payment. ``explanation``: why its odometer went back."""
	found = blockers_of_answers(jobs)
	if clocks:
		found.append(("open_clock", _("Still clocked on: {0}"), (", ".join(clocks),)))
	if mileage_out <= 0:
		found.append(("no_mileage_out", _("Mileage out is missing"), ()))
	elif mileage_out < mileage_in and len(explanation.strip()) < 3:
		found.append(
			(
				"mileage_out_lower",
				_("Mileage out {0} is lower than mileage in {1}: correct it, or write why"),
				(mileage_out, mileage_in),
			)
		)
	return found


def blockers_to_close(
	jobs: Sequence[Job],
	*,
	invoiced: bool,
	mileage_in: int,
	mileage_out: int,
	clocks: Sequence[str] = (),
	explanation: str = "",
) -> list[Blocker]:
	"""Why the order cannot be closed; ``invoiced`` says that what is approved has been billed."""
	found = blockers_of_bill(jobs, clocks)
	known = {code for code, _text, _values in found}
	found += [
		blocker
		for blocker in blockers_to_hand_over(
			jobs,
			mileage_in=mileage_in,
			mileage_out=mileage_out,
			clocks=clocks,
			explanation=explanation,
		)
		if blocker[0] not in known
	]
	if not invoiced and any(job.answer is Answer.APPROVED for job in jobs):
		found.append(("not_invoiced", _("The work is not invoiced"), ()))
	return found


# --- Parts ------------------------------------------------------------------------------------------

_PART_STATES: dict[PartState, frozenset[PartState]] = {
	PartState.TO_ORDER: frozenset({PartState.IN_STOCK, PartState.ORDERED, PartState.ARRIVED}),
	PartState.IN_STOCK: frozenset({PartState.TO_ORDER, PartState.ORDERED}),
	# Ordered again: the delivery date changed.
	PartState.ORDERED: frozenset({PartState.ORDERED, PartState.ARRIVED, PartState.TO_ORDER}),
	PartState.ARRIVED: frozenset({PartState.ORDERED, PartState.TO_ORDER}),
}


def check_part(old: PartState, new: PartState, what: str) -> None:
	if new not in _PART_STATES[old]:
		raise Refused("part_state", _("{0} is {1} and cannot become {2}"), what, old.value, new.value)


# The state of parts that an advisor sees first: the one that holds the work up.
_PART_ORDER = (PartState.TO_ORDER, PartState.ORDERED, PartState.ARRIVED, PartState.IN_STOCK)


def parts_state(states: Iterable[PartState]) -> PartState | None:
	"""One state for several parts: the one that is furthest from being fitted; None without parts."""
	present = set(states)
	return next((state for state in _PART_ORDER if state in present), None)


# --- Promised time ----------------------------------------------------------------------------------


class Promise(str, enum.Enum):
	"""How a promised time stands; amber before it is missed, so that somebody can call."""

	NONE = "None"
	FINE = "Fine"
	SOON = "Soon"
	LATE = "Late"
	KEPT = "Kept"


SOON = timedelta(hours=1)


def promise(status: Status, promised_at: datetime | None, now: datetime) -> Promise:
	"""Ready in time counts as kept: the car waits for its owner, not the owner for the car."""
	if status in ENDED or status in (Status.READY, Status.INVOICED):
		return Promise.KEPT
	if promised_at is None:
		return Promise.NONE
	if now > promised_at:
		return Promise.LATE
	return Promise.SOON if promised_at - now <= SOON else Promise.FINE


def changed_fields(
	before: Mapping[str, object], after: Mapping[str, object], fields: Iterable[str]
) -> list[str]:
	"""The fields whose value is another one, in the order given."""
	return [field for field in fields if before.get(field) != after.get(field)]

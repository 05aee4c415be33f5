"""Work that was recommended and not done: one life per vehicle and service, until it is won back or ends.

One row is one piece of undone work, however often the customer says no to it. Its value is declined once
and recovered at most once; which later job is the same work is decided by op code or by service name.
"""

import enum
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from .money import Money
from .refusal import Refused, _


class Status(str, enum.Enum):
	OPEN = "Open"
	BOOKED = "Booked"
	RECOVERED = "Recovered"
	CLOSED = "Closed"


class Severity(str, enum.Enum):
	RED = "Red"
	YELLOW = "Yellow"
	GREEN = "Green"


class Kind(str, enum.Enum):
	DECLINED = "Declined"
	DEFERRED = "Deferred"


class Ended(str, enum.Enum):
	"""Why undone work is no longer pursued."""

	DONE_ELSEWHERE = "Done Elsewhere"
	SOLD = "Sold the Car"
	OPTED_OUT = "Opted Out"
	EXPIRED = "Expired"
	MISTAKE = "Entered by Mistake"
	TAKEN_BACK = "Answer Taken Back"


class Step(str, enum.Enum):
	BOOK = "Book"
	UNBOOK = "Take Off the Appointment"
	RECOVER = "Recover"
	UNRECOVER = "Take the Recovery Back"
	CLOSE = "Close"
	REOPEN = "Open Again"


# Still to be won back.
ALIVE = frozenset({Status.OPEN, Status.BOOKED})

# Reasons that a person gives; the others follow from what happens.
BY_HAND = (Ended.DONE_ELSEWHERE, Ended.SOLD, Ended.OPTED_OUT, Ended.MISTAKE)

# Never was a declined service: counts in no figure.
NEVER_WAS = frozenset({Ended.MISTAKE, Ended.TAKEN_BACK})

# The work itself is still undone: saying no again revives the row instead of making a second one.
STILL_UNDONE = frozenset({Ended.EXPIRED, Ended.OPTED_OUT})

_FROM: dict[Step, frozenset[Status]] = {
	Step.BOOK: ALIVE,
	Step.UNBOOK: frozenset({Status.BOOKED}),
	Step.RECOVER: ALIVE,
	Step.UNRECOVER: frozenset({Status.RECOVERED}),
	Step.CLOSE: ALIVE,
	Step.REOPEN: frozenset({Status.CLOSED}),
}

_TO: dict[Step, Status] = {
	Step.BOOK: Status.BOOKED,
	Step.UNBOOK: Status.OPEN,
	Step.RECOVER: Status.RECOVERED,
	Step.UNRECOVER: Status.OPEN,
	Step.CLOSE: Status.CLOSED,
	Step.REOPEN: Status.OPEN,
}


def possible_steps(status: Status) -> tuple[Step, ...]:
	return tuple(step for step in Step if status in _FROM[step])


def after(step: Step, status: Status, name: str, *, still_booked: bool = False) -> Status:
	"""The status that a step leads to. ``still_booked``: an appointment for it stands.

	A recovery that is taken back leaves the work booked where its appointment still stands.
	Raises ``Refused`` with code ``declined_status``.
	"""
	if status not in _FROM[step]:
		raise Refused(
			"declined_status",
			_("{0} is {1}: {2} is not possible now. Possible: {3}"),
			name,
			status.value,
			step.value,
			", ".join(other.value for other in possible_steps(status)) or "-",
		)
	if step is Step.UNRECOVER and still_booked:
		return Status.BOOKED
	return _TO[step]


def check_close(reason: str | None, note: str | None, *, by_hand: bool) -> Ended:
	"""The reason itself. A mistake needs a word of explanation.

	Raises ``Refused``: ``closed_reason`` for a reason that nobody may give, ``closed_note``.
	"""
	allowed = BY_HAND if by_hand else tuple(Ended)
	found = next((ended for ended in allowed if ended.value == reason), None)
	if found is None:
		raise Refused(
			"closed_reason",
			_("{0} is no reason to close declined work. Choose one of: {1}"),
			reason or "-",
			", ".join(ended.value for ended in allowed),
		)
	if by_hand and found is Ended.MISTAKE and len((note or "").strip()) < 3:
		raise Refused("closed_note", _("{0}: say in a few words what was wrong"), found.value)
	return found


_WORD = re.compile(r"[^\W_]+")
_THOUSANDS = re.compile(r"(?<=\d)[,.](?=\d{3}(?!\d))")
_THOUSAND = re.compile(r"(?<=\d)k\b")
# Words that name what is done to every part, and not which part.
_NOISE = frozenset("a an and at for in of on the to with replace replaced replacement service".split())


def service_key(name: str) -> str:
	"""What makes two service names the same work: their telling words, in any order, case or number.

	``"Replace front brake pads"`` and ``"Brake pad, front"`` are one; ``"Rear brake pads"`` is another,
	and so is a 60k service beside a 30,000 one. A name without telling words stands for itself.
	"""
	plain = unicodedata.normalize("NFKD", name.casefold())
	plain = "".join(char for char in plain if not unicodedata.combining(char))
	plain = _THOUSAND.sub("000", _THOUSANDS.sub("", plain))
	words = [_singular(word) for word in _WORD.findall(plain)]
	telling = {word for word in words if word not in _NOISE}
	return " ".join(sorted(telling or set(words)))


def _singular(word: str) -> str:
	return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


@dataclass(frozen=True)
class Work:
	"""A piece of work, as a job, an appointment or a declined service names it."""

	service: str
	op_code: str | None = None


def same_op_code(one: Work, other: Work) -> bool:
	return bool(one.op_code) and one.op_code == other.op_code


def is_same(one: Work, other: Work) -> bool:
	"""Whether two names mean the same work: the same op code, or the same service name."""
	if same_op_code(one, other):
		return True
	key = service_key(one.service)
	return bool(key) and key == service_key(other.service)


@dataclass(frozen=True)
class Undone:
	"""A declined service, as far as it takes to find it again."""

	name: str
	work: Work
	since: datetime


def best_match(work: Work, rows: Iterable[Undone]) -> Undone | None:
	"""The one row that is this work: by op code before by name, then the one declined first.

	One job recovers one row, so that its money is not counted twice.
	"""
	found = [row for row in rows if is_same(work, row.work)]
	return min(found, key=lambda row: (not same_op_code(work, row.work), row.since, row.name), default=None)


def expires_on(declined_on: date, days: int, deferred_until: date | None = None) -> date | None:
	"""The last day on which declined work is pursued; ``days`` 0: it never expires.

	Work that was put off lives as long after the day it was put off to.
	"""
	if days <= 0:
		return None
	begins = max(declined_on, deferred_until) if deferred_until else declined_on
	try:
		return begins + timedelta(days=days)
	except OverflowError:
		return None


def is_due(kind: Kind, deferred_until: date | None, today: date) -> bool:
	"""Whether to offer it now: declined work always, deferred work from the day it was put off to."""
	return kind is Kind.DECLINED or deferred_until is None or deferred_until <= today


_RANK = {Severity.RED: 0, Severity.YELLOW: 1, Severity.GREEN: 2}


def urgency(severity: Severity, due: bool, since: datetime) -> tuple[bool, int, datetime]:
	"""The order in which an advisor offers undone work: due first, red before yellow, the oldest first."""
	return (not due, _RANK[severity], since)


@dataclass(frozen=True)
class Refusal:
	"""One time the customer said no: on which job, at which price. ``taken_back``: the answer was withdrawn."""

	order: str
	job_no: int
	at: datetime
	price: Money
	taken_back: bool = False

	def is_of(self, order: str, job_no: int) -> bool:
		return (self.order, self.job_no) == (order, job_no)


def standing(refusals: Sequence[Refusal]) -> Refusal | None:
	"""The refusal that counts now: the last one that was not taken back; None when none is left."""
	left = [refusal for refusal in refusals if not refusal.taken_back]
	return max(left, key=lambda refusal: refusal.at, default=None)


@dataclass(frozen=True)
class Value:
	"""What one declined service counts for in the figures."""

	price: Money
	status: Status
	ended: Ended | None = None
	recovered: Money | None = None

	@property
	def counts(self) -> bool:
		return not (self.status is Status.CLOSED and self.ended in NEVER_WAS)

	@property
	def value_declined(self) -> Money:
		return self.price if self.counts else Money.zero(self.price.currency)

	@property
	def value_recovered(self) -> Money:
		"""What came back, at most what was declined: a dearer job later is a sale, not a recovery."""
		if self.status is not Status.RECOVERED or self.recovered is None:
			return Money.zero(self.price.currency)
		return min(self.recovered, self.price)


@dataclass(frozen=True)
class Totals:
	"""Figures over declined services of one currency."""

	declined: Money
	recovered: Money
	count: int = 0
	recovered_count: int = 0

	@property
	def rate(self) -> Decimal | None:
		"""Recovered of declined in percent, one decimal; None when nothing of value was declined."""
		if self.declined.minor <= 0:
			return None
		share = Decimal(self.recovered.minor) * 100 / Decimal(self.declined.minor)
		return share.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)


def totals(values: Iterable[Value], currency: str) -> Totals:
	"""Value declined and recovered; every row counts once, however often it was declined."""
	declined = recovered = Money.zero(currency)
	count = recovered_count = 0
	for value in values:
		if not value.counts:
			continue
		declined = declined + value.value_declined
		recovered = recovered + value.value_recovered
		count += 1
		recovered_count += value.status is Status.RECOVERED
	return Totals(declined, recovered, count, recovered_count)

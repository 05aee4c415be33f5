"""A disputed card payment: how it stands, until when it can be answered, and what the books must say of it.

The provider's word is a snapshot that may be older than what is known. Its ledger only grows, so more movement of
money is newer; without any, a step back is believed only of a reading that began after the last one was kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from .gateway import DisputeFact, DisputeState
from .money import Money
from .refusal import Refused, _


class Status(str, Enum):
	"""Where a case stands for the dealership."""

	OPEN = "Open"
	STAGED = "Evidence Staged"
	SENT = "Evidence Sent"
	WON = "Won"
	LOST = "Lost"
	CLOSED = "Closed"


class Round(str, Enum):
	"""What the bank does: asks, takes the money back, or looks at a decision again. Each is answered anew."""

	INQUIRY = "Inquiry"
	DISPUTE = "Dispute"
	APPEAL = "Appeal"


class Part(str, Enum):
	"""What one entry in the books says of a dispute."""

	WITHDRAWAL = "Withdrawal"
	RETURN = "Return"
	FEE = "Fee"
	LOSS = "Loss"


DECIDED = frozenset({Status.WON, Status.LOST, Status.CLOSED})
_OUTCOMES: Mapping[DisputeState, Status] = {
	DisputeState.WON: Status.WON,
	DisputeState.LOST: Status.LOST,
	DisputeState.CLOSED: Status.CLOSED,
}
# The usual way of a dispute. An inquiry that ended may still become a dispute, a lost one an appeal.
_ORDER = (
	"warning_needs_response",
	"warning_under_review",
	"warning_closed",
	"needs_response",
	"under_review",
	"prevented",
	"lost",
	"appeal_needs_response",
	"appeal_under_review",
	"won",
)
_ELSE: Mapping[DisputeState, str] = {
	DisputeState.NEEDS_RESPONSE: "needs_response",
	DisputeState.UNDER_REVIEW: "under_review",
	DisputeState.CLOSED: "prevented",
	DisputeState.LOST: "lost",
	DisputeState.WON: "won",
}
SOON = timedelta(days=7)
URGENT = timedelta(days=2)


class Newer(str, Enum):
	"""What a fact is beside what is known already."""

	YES = "yes"
	NO = "no"
	UNSURE = "unsure"  # read it again before it is believed


@dataclass(frozen=True, slots=True)
class Standing:
	"""What is known of a dispute: enough to tell whether a fact is newer."""

	state: DisputeState
	provider_status: str
	withdrawn: Money
	reinstated: Money
	submission_count: int = 0

	@classmethod
	def of(cls, fact: DisputeFact) -> "Standing":
		return cls(fact.state, fact.provider_status, fact.withdrawn, fact.reinstated, fact.submission_count)

	@property
	def _moved(self) -> int:
		return self.withdrawn.minor + self.reinstated.minor

	@property
	def _step(self) -> int:
		known = self.provider_status if self.provider_status in _ORDER else _ELSE[self.state]
		return _ORDER.index(known)

	@property
	def _round(self) -> Round:
		return round_of(self.provider_status, self.provider_status.startswith("warning_"))

	def newer(self, fact: "Standing", *, surely: bool = False) -> Newer:
		"""Whether ``fact`` may replace this. ``surely``: its reading began after this was kept."""
		if surely:
			return Newer.YES
		if fact._moved != self._moved:
			return Newer.YES if fact._moved > self._moved else Newer.NO
		# Each round is answered anew: only within one does the count of answers tell.
		if fact._round is self._round and fact.submission_count != self.submission_count:
			return Newer.YES if fact.submission_count > self.submission_count else Newer.NO
		return Newer.YES if fact._step >= self._step else Newer.UNSURE


def round_of(provider_status: str, inquiry: bool) -> Round:
	if provider_status.startswith("appeal_"):
		return Round.APPEAL
	return Round.INQUIRY if inquiry else Round.DISPUTE


def status_of(state: DisputeState, *, staged: bool) -> Status:
	"""What a case is called. ``staged``: evidence of this round lies at the provider, not submitted."""
	if state in _OUTCOMES:
		return _OUTCOMES[state]
	if state is DisputeState.UNDER_REVIEW:
		return Status.SENT
	return Status.STAGED if staged else Status.OPEN


@dataclass(frozen=True, slots=True)
class Books:
	"""What the entries of a dispute come to, each part in the company's currency."""

	withdrawal: Money
	back: Money
	fee: Money
	loss: Money

	@property
	def amounts(self) -> dict[Part, Money]:
		return {
			Part.WITHDRAWAL: self.withdrawal,
			Part.FEE: self.fee,
			Part.RETURN: self.back,
			Part.LOSS: self.loss,
		}

	@property
	def waiting(self) -> Money:
		"""What stands on the account for disputed payments."""
		return self.withdrawal - self.back - self.loss

	@property
	def out_of_clearing(self) -> Money:
		"""By how much the clearing account is lower than without the dispute."""
		return self.withdrawal - self.back + self.fee


def books(state: DisputeState, withdrawn: Money, reinstated: Money, fee: Money) -> Books:
	"""What must stand in the ledger. An inquiry that took no money is nothing to book.

	What was taken and will not come back is a loss: lost, or ended without a decision in our favour. A case
	that is won waits for the money until the provider has given it back.
	"""
	zero = Money.zero(withdrawn.currency)
	gone = withdrawn - reinstated
	final = state in (DisputeState.LOST, DisputeState.CLOSED)
	return Books(withdrawn, reinstated, fee, gone if final and gone > zero else zero)


def differences(target: Books, standing: Mapping[Part, Money]) -> list[tuple[Part, Money]]:
	"""What is to be booked, in order; less than zero takes an entry back. Empty when the books agree."""
	found = []
	for part, amount in target.amounts.items():
		missing = amount - standing.get(part, Money.zero(amount.currency))
		if missing:
			found.append((part, missing))
	# What is taken back comes first, so that no account shows a sum that never was.
	return sorted(found, key=lambda row: row[1].minor > 0)


# --- Answering -----------------------------------------------------------------------------------------


class Urgency(str, Enum):
	"""How soon a case is to be answered: the colour of its deadline."""

	NONE = "none"  # answered or decided, or there is nothing to answer
	CALM = "calm"
	SOON = "soon"
	URGENT = "urgent"
	LATE = "late"


def urgency(state: DisputeState, due_by: datetime | None, now: datetime) -> Urgency:
	if state is not DisputeState.NEEDS_RESPONSE or due_by is None:
		return Urgency.NONE
	left = due_by - now
	if left < timedelta(0):
		return Urgency.LATE
	if left <= URGENT:
		return Urgency.URGENT
	return Urgency.SOON if left <= SOON else Urgency.CALM


def check_stage(name: str, state: DisputeState, due_by: datetime | None, now: datetime) -> None:
	"""Whether evidence may be put down at the provider now; as often as wanted, until it is submitted."""
	if state in _OUTCOMES:
		raise Refused(
			"decided", _("{0} is decided: {1}. There is nothing to answer any more"), name, state.value
		)
	if state is DisputeState.UNDER_REVIEW:
		raise Refused("sent", _("The answer to {0} was sent already; the bank looks at it now"), name)
	if due_by is None:
		raise Refused("no_answer", _("The bank takes no answer in {0}. The provider's page says why"), name)
	if now > due_by:
		raise Refused(
			"late", _("The answer to {0} was due by {1}; the bank takes none any more"), name, due_by
		)


def check_submit(
	name: str, state: DisputeState, due_by: datetime | None, now: datetime, *, staged: bool, changed: bool
) -> None:
	"""Whether the answer may be sent to the bank. ``changed``: what is written differs from what was staged."""
	check_stage(name, state, due_by, now)
	if not staged:
		raise Refused(
			"not_staged", _("Nothing is staged for {0} yet. Stage the evidence and look at it first"), name
		)
	if changed:
		raise Refused(
			"changed",
			_("The evidence of {0} was changed after it was staged. Stage it again, then submit"),
			name,
		)

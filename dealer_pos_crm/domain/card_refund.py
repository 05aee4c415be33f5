"""Money that goes back to the card it came from: how much may, who decides it, and where it stands.

A refund is booked before the provider is asked, so that the books themselves are the reservation. The
provider may say no at once, and may say "failed" weeks later: the bank did not take the money.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from . import reasons
from .deposit import Asker
from .gateway import RefundState
from .money import Money, positive, total
from .refusal import Refused, _


class Status(str, enum.Enum):
	REQUESTED = "Requested"  # a second person decides; nothing is booked
	SENDING = "Sending"  # booked; the provider has not answered yet
	PENDING = "Pending"  # the provider has it, the bank not yet
	NEEDS_ACTION = "Needs Action"  # the customer has to tell the provider where to send the money
	REFUNDED = "Refunded"
	FAILED = "Failed"  # the booking is reversed
	REJECTED = "Rejected"
	WITHDRAWN = "Withdrawn"


# Booked, and neither refused nor arrived: the money is spoken for.
UNDER_WAY = frozenset({Status.SENDING, Status.PENDING, Status.NEEDS_ACTION})
# What takes from the room of a payment.
COUNTS = UNDER_WAY | {Status.REFUNDED}
DECIDED_AGAINST = frozenset({Status.REJECTED, Status.WITHDRAWN})

_OF_THE_PROVIDER = {
	RefundState.NEEDS_ACTION: Status.NEEDS_ACTION,
	RefundState.PENDING: Status.PENDING,
	RefundState.SUCCEEDED: Status.REFUNDED,
	RefundState.FAILED: Status.FAILED,
	RefundState.CANCELLED: Status.FAILED,
}
# Facts come in any order, and old ones come late: a refund only goes forward. A refund that arrived may
# come back weeks later; one that failed is over.
_ORDER = (Status.SENDING, Status.NEEDS_ACTION, Status.PENDING, Status.REFUNDED, Status.FAILED)


def status_of(state: RefundState) -> Status:
	return _OF_THE_PROVIDER[state]


def after(status: Status, state: RefundState) -> Status:
	"""Where a refund stands after the provider has said this of it; facts that are old change nothing."""
	if status not in _ORDER:
		return status
	return max(status, status_of(state), key=_ORDER.index)


def comes_back(before: Status, now: Status) -> bool:
	"""Whether this step undoes what was booked."""
	return now is Status.FAILED and before in COUNTS


@dataclass(frozen=True)
class Refund:
	"""One refund of a payment, by what it takes from it."""

	amount: Money
	status: Status


@dataclass(frozen=True)
class Room:
	"""What one card payment still has to give back, all in its currency.

	``withdrawn``: what banks took back by disputes and did not return.
	"""

	captured: Money
	refunded: Money
	under_way: Money
	withdrawn: Money

	@property
	def left(self) -> Money:
		rest = self.captured - self.refunded - self.under_way - self.withdrawn
		return rest if rest.minor > 0 else Money.zero(rest.currency)


def room(captured: Money, refunds: Iterable[Refund], withdrawn: Money) -> Room:
	rows = list(refunds)
	return Room(
		captured=captured,
		refunded=total((row.amount for row in rows if row.status is Status.REFUNDED), captured.currency),
		under_way=total((row.amount for row in rows if row.status in UNDER_WAY), captured.currency),
		withdrawn=withdrawn,
	)


@dataclass(frozen=True)
class Dispute:
	"""A chargeback of the payment, as far as it bears on a refund."""

	name: str
	inquiry: bool
	refundable: bool
	over: bool


def check_disputes(disputes: Sequence[Dispute], payment: str) -> None:
	"""While the bank has the money, a refund would pay it back twice.

	An inquiry is the exception: no money was taken yet, and a refund may settle it.
	"""
	for dispute in disputes:
		if dispute.over or (dispute.inquiry and dispute.refundable):
			continue
		raise Refused(
			"disputed",
			_(
				"The customer disputes {0} with the bank ({1}), and the bank has taken the money back. A refund"
				" would pay it twice: answer or accept the dispute instead"
			),
			payment,
			dispute.name,
		)


def check_amount(amount: Money, left: Room, payment: str) -> None:
	"""Positive, and no more than the payment still has to give back."""
	positive(amount)
	if amount <= left.left:
		return
	if not left.left:
		raise Refused(
			"nothing_left",
			_("Nothing is left of {0} to pay back: {1} taken, {2} refunded, {3} on its way, {4} disputed"),
			payment,
			left.captured,
			left.refunded,
			left.under_way,
			left.withdrawn,
		)
	raise Refused(
		"more_than_left",
		_("{0} can still be paid back of {1}; {2} is more than that"),
		left.left,
		payment,
		amount,
	)


def limit_left(limit: Money, given: Money) -> Money:
	"""What one person may still pay back alone, after what went back already: several small refunds do not
	pass the limit together."""
	return limit - given if given < limit else Money.zero(limit.currency)


ABOVE_THE_LIMIT = _("The refund is above the limit for one person")
ANOTHER_WAY = _("Card money is paid out in another way")


def needs_approval(amount: Money, limit: Money, asker: Asker, *, another_way: bool = False) -> str | None:
	"""Why a second person must approve, as an untranslated text; None when nobody must.

	A cashier never pays back alone; above the limit nobody does. ``another_way``: money of a card is paid
	out in cash or by check, which is how stolen cards are emptied: a manager decides.
	"""
	if amount > limit:
		return ABOVE_THE_LIMIT
	if not asker.may_settle:
		return _("A refund needs a second person")
	if another_way and not asker.may_approve:
		return ANOTHER_WAY
	return None


def check_reason(reason: str | None) -> str:
	"""A reason of some substance, stripped."""
	return reasons.check_reason(reason, _("Refund: give the reason in a few words"))


def check_requested(status: Status, name: str) -> None:
	"""Only what waits for a decision can be decided or withdrawn."""
	if status is not Status.REQUESTED:
		raise Refused("decided", _("{0} is already {1}"), name, status.value)


class Source(str, enum.Enum):
	"""Where in the books the money is that goes back."""

	DEPOSIT = "Deposit"
	CREDIT = "Unallocated"
	CREDIT_NOTE = "Credit Note"
	NONE = "On Account"  # nothing in the books to take it from; a person has to look


def pick(
	amount: Money, deposit: Money, credit: Money, notes: Sequence[tuple[str, Money]]
) -> tuple[Source, str]:
	"""Where a refund made outside is booked: the first place that has all of it. Returns (source, document).

	``deposit``: what a deposit still holds of the payment; ``credit``: what is unallocated of it; ``notes``:
	credit notes of invoices it paid, with what they still owe the customer.
	"""
	if deposit >= amount:
		return Source.DEPOSIT, ""
	if credit >= amount:
		return Source.CREDIT, ""
	for name, owed in notes:
		if owed >= amount:
			return Source.CREDIT_NOTE, name
	return Source.NONE, ""

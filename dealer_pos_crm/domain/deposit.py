"""A deposit: customer money held against a vehicle, a deal, a repair order or a part.

Where the money is comes from the ledger (``Position``); what may be done with it is decided here.
Laws and trade: the outcome depends on the written terms; without any, a deposit is refundable
(California presumes so until a contract is signed); a forfeiture needs a reason and a manager.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from . import reasons
from .money import Money, positive, total
from .reasons import not_now
from .refusal import Refused, _


class Status(str, enum.Enum):
	DRAFT = "Draft"
	HELD = "Held"
	PARTLY_APPLIED = "Partly Applied"
	APPLIED = "Applied"
	PARTLY_REFUNDED = "Partly Refunded"
	REFUNDED = "Refunded"
	FORFEITED = "Forfeited"
	EXPIRED = "Expired"
	CANCELLED = "Cancelled"


class Kind(str, enum.Enum):
	HOLD = "Hold"
	ORDER = "Order"
	DOWN_PAYMENT = "Down Payment"
	PART = "Part"


class Refundable(str, enum.Enum):
	YES = "Yes"
	UNTIL = "Until"
	NO = "No"


class Action(str, enum.Enum):
	TAKE = "Take"
	APPLY = "Apply"
	REFUND = "Refund"
	FORFEIT = "Forfeit"
	MOVE = "Move"
	EXTEND = "Extend Hold"
	CANCEL = "Cancel"


class MovementType(str, enum.Enum):
	"""What one line of a deposit's history did with money. Amounts are signed: back is negative."""

	TAKEN = "Taken"
	APPLIED = "Applied"
	REFUNDED = "Refunded"
	FORFEITED = "Forfeited"


@dataclass(frozen=True)
class Movement:
	"""One change of a deposit's money. ``key`` is unique: the same movement told twice counts once."""

	key: str
	type: MovementType
	amount: Money


@dataclass(frozen=True)
class Position:
	"""Where the money of one deposit is, all in one currency.

	``taken`` = ``applied`` + ``refunded`` + ``forfeited`` + ``held``, always.
	"""

	taken: Money
	applied: Money
	refunded: Money
	forfeited: Money

	@classmethod
	def empty(cls, currency: str) -> "Position":
		zero = Money.zero(currency)
		return cls(zero, zero, zero, zero)

	@property
	def held(self) -> Money:
		return self.taken - self.applied - self.refunded - self.forfeited

	@property
	def untouched(self) -> bool:
		return not (self.applied or self.refunded or self.forfeited)


def fold(movements: Iterable[Movement], currency: str) -> Position:
	"""The position after all movements, whatever their order and however often each is told."""
	sums = dict.fromkeys(MovementType, Money.zero(currency))
	seen: set[str] = set()
	for movement in movements:
		if movement.key not in seen:
			seen.add(movement.key)
			sums[movement.type] = sums[movement.type] + movement.amount
	return Position(
		taken=sums[MovementType.TAKEN],
		applied=sums[MovementType.APPLIED],
		refunded=sums[MovementType.REFUNDED],
		forfeited=sums[MovementType.FORFEITED],
	)


def status_of(position: Position, *, was_taken: bool, hold_ended: bool = False) -> Status:
	"""The status that the money implies.

	``was_taken``: money was received once, even if every receipt is cancelled by now.
	``hold_ended``: the hold-until time has passed; the money is still held.
	"""
	if not position.taken:
		return Status.CANCELLED if was_taken else Status.DRAFT
	if not position.held:
		if position.applied:
			return Status.APPLIED
		return Status.FORFEITED if position.forfeited else Status.REFUNDED
	if position.applied or position.forfeited:  # both went into an invoice
		return Status.PARTLY_APPLIED
	if position.refunded:
		return Status.PARTLY_REFUNDED
	return Status.EXPIRED if hold_ended else Status.HELD


# Statuses in which the customer's money, or a part of it, is still with the dealer.
HOLDING = frozenset({Status.HELD, Status.PARTLY_APPLIED, Status.PARTLY_REFUNDED, Status.EXPIRED})

_ALLOWED: dict[Action, frozenset[Status]] = {
	Action.TAKE: frozenset({Status.DRAFT}),
	Action.APPLY: HOLDING,
	Action.REFUND: HOLDING,
	Action.FORFEIT: HOLDING,
	Action.MOVE: frozenset({Status.HELD, Status.EXPIRED, Status.PARTLY_REFUNDED}),
	Action.EXTEND: frozenset({Status.HELD, Status.EXPIRED, Status.PARTLY_APPLIED, Status.PARTLY_REFUNDED}),
	Action.CANCEL: frozenset({Status.HELD, Status.EXPIRED}),
}


def allowed_actions(status: Status) -> tuple[Action, ...]:
	return tuple(action for action in Action if status in _ALLOWED[action])


def check_action(action: Action, status: Status, name: str) -> None:
	"""Refuse what the state machine forbids, and say what is possible instead."""
	if status not in _ALLOWED[action]:
		raise not_now(
			name, status, action, allowed_actions(status), _("{0} is {1}: nothing more can be done with it")
		)


@dataclass(frozen=True)
class Tender:
	"""One way of paying within a deposit: an amount in one mode of payment."""

	mode: str
	amount: Money
	reference: str | None = None


def check_tenders(tenders: Sequence[Tender], amount: Money) -> None:
	"""The tenders are positive and add up to exactly the deposit's amount."""
	positive(amount)
	if not tenders:
		raise Refused("no_tender", _("Say how the {0} were paid: add a mode of payment"), amount)
	for tender in tenders:
		positive(tender.amount)
	paid = total((tender.amount for tender in tenders), amount.currency)
	if paid != amount:
		raise Refused(
			"tender_mismatch",
			_("The payments add up to {0}, the deposit is {1}; correct one of them by {2}"),
			paid,
			amount,
			amount - paid,
		)


@dataclass(frozen=True)
class Lot:
	"""Money of one payment that is still held: payment name, mode of payment, what is left of it."""

	payment: str
	mode: str
	left: Money


@dataclass(frozen=True)
class Share:
	"""The part of an amount that comes out of one lot."""

	lot: Lot
	amount: Money


def draw(lots: Sequence[Lot], amount: Money, name: str) -> list[Share]:
	"""Take ``amount`` out of the lots, oldest first; refused when more is asked than is held."""
	positive(amount)
	held = total((lot.left for lot in lots), amount.currency)
	if amount > held:
		raise Refused("more_than_held", _("{0} holds {1}; {2} is more than that"), name, held, amount)
	shares: list[Share] = []
	rest = amount
	for lot in lots:
		if not rest:
			break
		part = lot.left if lot.left <= rest else rest
		if part.minor > 0:
			shares.append(Share(lot, part))
			rest = rest - part
	return shares


@dataclass(frozen=True)
class Terms:
	"""What the customer was told about getting the money back."""

	refundable: Refundable
	until: date | None = None

	def check(self) -> None:
		if self.refundable is Refundable.UNTIL and self.until is None:
			raise Refused("no_until", _("Refundable until when? Set the date, or choose Yes or No"))

	def refund_is_due(self, today: date) -> bool:
		"""Whether the terms promise the money back on that day."""
		if self.refundable is Refundable.UNTIL:
			return self.until is not None and today <= self.until
		return self.refundable is Refundable.YES


@dataclass(frozen=True)
class Asker:
	"""Who asks for an action, by what that person may decide."""

	user: str
	may_settle: bool  # refund up to the limit and cancel without a second person
	may_approve: bool  # decide what needs a second person


def needs_approval(
	action: Action, amount: Money, limit: Money, asker: Asker, *, against_terms: bool
) -> str | None:
	"""Why a second person must approve this, as an untranslated text; None when nobody must.

	A cashier never pays back alone; above the limit nobody does; a forfeiture, and a refund that the
	terms do not promise, are a manager's decision.
	"""
	if action is Action.FORFEIT:
		return None if asker.may_approve else _("A forfeiture is decided by a manager")
	if action is Action.REFUND:
		if amount > limit:
			return _("The refund is above the limit for one person")
		if not asker.may_settle:
			return _("A refund needs a second person")
		if against_terms and not asker.may_approve:
			return _("The terms do not promise this refund")
	if action is Action.CANCEL and not asker.may_settle:
		return _("Cancelling a payment needs a second person")
	return None


def check_approver(asked_by: str, approver: Asker) -> None:
	"""The approver has the right and is not the one who asked."""
	if not approver.may_approve:
		raise Refused("may_not_approve", _("{0} may not approve this; ask a manager"), approver.user)
	if approver.user == asked_by:
		raise Refused("own_request", _("{0} asked for this and cannot approve it as well"), approver.user)


def check_reason(reason: str | None, action: Action) -> str:
	"""A reason of some substance, stripped."""
	return reasons.check_reason(reason, _("{0}: give the reason in a few words"), action.value)


# What stays as it was agreed once money is held: (field, human name).
FROZEN_WHEN_TAKEN: tuple[str, ...] = (
	"company",
	"customer",
	"amount",
	"kind",
	"refundable",
	"refundable_until",
	"terms",
	"channel",
	"authorised_how",
	"authorised_by",
	"vehicle",
	"held_for",
)

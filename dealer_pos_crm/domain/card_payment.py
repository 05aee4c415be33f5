"""A card payment: how what the provider says of it, in whatever order it arrives, becomes what we hold of it.

Facts are merged, never replayed: the further status wins, amounts only grow, what is known once stays known.
So any order and any repetition of the same facts ends in the same place.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from .gateway import CardFacts, PaymentFact, PaymentState
from .money import Money
from .refusal import Refused, _


class Status(str, Enum):
	WAITING = "Waiting"
	PROCESSING = "Processing"
	FAILED = "Failed"  # the last try was declined; another card may still be tried
	AUTHORISED = "Authorised"
	CANCELLED = "Cancelled"
	EXPIRED = "Expired"
	CAPTURED = "Captured"


# The further one wins. Captured stands above all: money that was taken is never argued away.
_RANK = {status: rank for rank, status in enumerate(Status)}

OVER = frozenset({Status.CANCELLED, Status.EXPIRED, Status.CAPTURED})
UNPAID = frozenset({Status.WAITING, Status.PROCESSING, Status.FAILED})


class Booking(str, Enum):
	"""What our books made of the money."""

	NONE = ""
	NOT_BOOKED = "Not Booked"
	BOOKED = "Booked"
	ON_ACCOUNT = "On Account"
	CANCELLED = "Booking Cancelled"


NO_CARD = CardFacts()

IN_THE_BOOKS = frozenset({Booking.BOOKED, Booking.ON_ACCOUNT})

# What a provider calls the end of a hold that nobody used.
_RAN_OUT = frozenset({"automatic", "expired"})


class Mismatch(Refused):
	"""What the provider says does not fit what we asked for; it is kept and shown, never booked silently."""


@dataclass(frozen=True)
class Expected:
	"""What we asked the provider for. ``live``: with real money."""

	amount: Money
	live: bool
	manual: bool = False


@dataclass(frozen=True)
class Known:
	"""What we hold of a payment."""

	status: Status
	authorised: Money
	captured: Money
	intent: str = ""
	charge: str = ""
	fee: Money | None = None
	capture_before: datetime | None = None
	captured_at: datetime | None = None
	decline_code: str = ""
	decline_message: str = ""
	provider_status: str = ""
	receipt_url: str = ""
	card: CardFacts = NO_CARD

	@classmethod
	def nothing(cls, currency: str) -> "Known":
		return cls(Status.WAITING, Money.zero(currency), Money.zero(currency))


def status_of(fact: PaymentFact) -> Status:
	"""Where one fact by itself puts the payment."""
	if fact.captured.minor > 0 or fact.state is PaymentState.CAPTURED:
		return Status.CAPTURED
	if fact.state is PaymentState.CANCELLED:
		return Status.EXPIRED if fact.cancel_reason in _RAN_OUT else Status.CANCELLED
	if fact.state is PaymentState.AUTHORISED:
		return Status.AUTHORISED
	if fact.state is PaymentState.PROCESSING:
		return Status.PROCESSING
	return Status.FAILED if fact.decline_code or fact.decline_message else Status.WAITING


def check(expected: Expected, known: Known, fact: PaymentFact) -> None:
	"""Refuse a fact that cannot be about what we asked for. Raises ``Mismatch``."""
	if fact.live != expected.live:
		raise Mismatch(
			"livemode",
			_("The provider says {0}, the account is for {1}. Nothing was booked; check the keys"),
			"live" if fact.live else "test",
			"live" if expected.live else "test",
		)
	if known.intent and fact.intent != known.intent:
		raise Mismatch(
			"other_payment",
			_("This is payment {0} at the provider; ours is {1}. Nothing was booked"),
			fact.intent,
			known.intent,
		)
	if fact.amount.currency != expected.amount.currency:
		raise Mismatch(
			"currency",
			_("The provider took {0}, asked for was {1}. Nothing was booked; look at it there"),
			fact.amount,
			expected.amount,
		)
	if fact.amount != expected.amount:
		raise Mismatch(
			"amount",
			_("The provider took {0}, asked for was {1}. Look at it there, then book what was taken"),
			fact.amount,
			expected.amount,
		)


def merge(known: Known, fact: PaymentFact) -> Known:
	"""What is known after one more fact. Commutes and repeats without effect, except for the words of the
	last decline while no card was accepted: those are what was read last."""
	there = status_of(fact)
	status = max(known.status, there, key=_RANK.__getitem__)
	authorised = fact.capturable if there is Status.AUTHORISED else Money.zero(fact.amount.currency)
	captured = max(known.captured, fact.captured, key=_minor)
	if status is not Status.FAILED:
		declined = ("", "")
	elif there is Status.FAILED:
		declined = (fact.decline_code, fact.decline_message)
	else:
		declined = (known.decline_code, known.decline_message)
	further = _RANK[there] >= _RANK[known.status]
	# The charge and card of a decline are nobody's business; those that were charged outdo those of the hold.
	accepted = there is Status.CAPTURED or (
		there is Status.AUTHORISED and known.status is not Status.CAPTURED
	)
	return replace(
		known,
		status=status,
		authorised=max(known.authorised, authorised, key=_minor),
		captured=captured,
		intent=known.intent or fact.intent,
		charge=fact.charge if accepted and fact.charge else known.charge,
		fee=known.fee if fact.fee is None else _larger(known.fee, fact.fee),
		capture_before=_later(known.capture_before, fact.capture_before),
		captured_at=_earlier(known.captured_at, fact.captured_at),
		decline_code=declined[0],
		decline_message=declined[1],
		provider_status=fact.provider_status if further else known.provider_status,
		receipt_url=fact.receipt_url if accepted and fact.receipt_url else known.receipt_url,
		card=fact.card if accepted and fact.card != NO_CARD else known.card,
	)


def bookable(expected: Expected, known: Known) -> bool:
	"""Whether the books may take it without a person: what was asked for was taken; of a hold, a part of it."""
	if known.status is not Status.CAPTURED or known.captured.minor <= 0:
		return False
	if expected.manual:
		return known.captured <= expected.amount
	return known.captured == expected.amount


def settled(captured: Money, refunded: Money, disputed: Money) -> Money:
	"""What of a payment stands at the provider: the balance of its vouchers before the payout."""
	return captured - refunded - disputed


def _minor(amount: Money) -> int:
	return amount.minor


def _larger(one: Money | None, other: Money) -> Money:
	return other if one is None else max(one, other, key=_minor)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
	return max((moment for moment in (one, other) if moment is not None), default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
	return min((moment for moment in (one, other) if moment is not None), default=None)

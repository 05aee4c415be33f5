"""One payment at a card reader: what follows from what was read, and what may be done next.

Two things tell the truth, and both are read anew before anything is repeated: the payment at the provider and
the reader. The reader is read first, the payment after it, so that the payment is the later word: a payment
that is paid, held or cancelled is settled whatever the reader shows.

A call whose answer was lost is never followed by another payment. It is repeated with the same key when both
readings say that it did not arrive; the provider then does it once, or answers what it answered before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from .gateway import PaymentState, ReaderFact
from .money import Money
from .refusal import Refused
from .refusal import _ as marked


class Call(str, Enum):
	"""How the last call of a kind went."""

	NONE = ""  # never made
	OPEN = "Open"  # made or about to be made; nobody knows whether it arrived
	DONE = "Done"
	REFUSED = "Refused"


class Phase(str, Enum):
	"""Where a payment at the reader stands, as the cashier sees it."""

	STARTING = "Starting"  # the provider has not said yet that it knows of the payment
	READY = "Ready"  # the provider knows it, no reader shows it
	CHECKING = "Checking"  # an answer was lost; both are read again before anything else
	ON_READER = "On Reader"  # the reader waits for a card
	PROCESSING = "Processing"  # the card was read, the bank decides
	DECLINED = "Declined"  # the bank said no; another card may be tried
	READER_FAILED = "Reader Failed"  # nobody was charged: stopped at the reader, or a fault of it
	READER_OFFLINE = "Reader Offline"
	READER_BUSY = "Reader Busy"  # it shows another payment
	HELD = "Held"  # authorised, not taken
	PAID = "Paid"
	CANCELLED = "Cancelled"
	REFUSED = "Refused"  # the provider would not even begin


class Next(str, Enum):
	"""What a machine does by itself after a reading."""

	NOTHING = "Nothing"
	LOOK = "Look"  # read both again, and do nothing before that
	REPEAT_CREATE = "Repeat Create"  # the same call with the same key
	REPEAT_SEND = "Repeat Send"


class Move(str, Enum):
	"""What a person may do."""

	SEND = "send"  # put it on a reader: the same one again, or another
	CANCEL = "cancel"  # and pay in another way
	LOOK = "look"


SETTLED = frozenset({Phase.HELD, Phase.PAID, Phase.CANCELLED, Phase.REFUSED})
# While one of these, the reader is not free for another payment.
ON_THE_READER = frozenset({Phase.STARTING, Phase.CHECKING, Phase.ON_READER, Phase.PROCESSING})

_MOVES: Mapping[Phase, frozenset[Move]] = {
	Phase.STARTING: frozenset({Move.LOOK, Move.CANCEL}),
	Phase.CHECKING: frozenset({Move.LOOK, Move.CANCEL}),
	Phase.READY: frozenset({Move.SEND, Move.CANCEL, Move.LOOK}),
	Phase.ON_READER: frozenset({Move.CANCEL, Move.LOOK}),
	Phase.PROCESSING: frozenset({Move.LOOK}),
	Phase.DECLINED: frozenset({Move.SEND, Move.CANCEL, Move.LOOK}),
	Phase.READER_FAILED: frozenset({Move.SEND, Move.CANCEL, Move.LOOK}),
	Phase.READER_OFFLINE: frozenset({Move.SEND, Move.CANCEL, Move.LOOK}),
	Phase.READER_BUSY: frozenset({Move.SEND, Move.CANCEL, Move.LOOK}),
}

# The provider's codes for a reader that has something else to do, or cannot be reached.
BUSY_CODES = frozenset({"terminal_reader_busy"})
OFFLINE_CODES = frozenset({"terminal_reader_offline"})
# The reader may have got the payment all the same, so this refusal is none: both are read again.
UNCLEAR_CODES = frozenset({"terminal_reader_timeout", "stale_send"})
# The card was there and was refused; all else that a reader reports is the reader's or the person's doing.
CARD_CODES = frozenset({"card_declined", "expired_card", "incorrect_pin", "card_not_supported"})


@dataclass(frozen=True, slots=True)
class Reading:
	"""What is known of one payment after the last look.

	``payment``: its state at the provider, None while the provider has not told of it. ``create`` and
	``send``: how the last such call went. ``refusal``: the provider's code when ``send`` was refused.
	``reader`` is None when it could not be read, or when the payment was put on none. Not ``fresh``: the
	provider did not answer, and ``payment`` is what was known before.
	"""

	intent: str
	payment: PaymentState | None
	create: Call
	send: Call
	reader: ReaderFact | None = None
	refusal: str = ""
	cancelled: bool = False
	fresh: bool = True

	@property
	def shows_ours(self) -> bool:
		return bool(self.reader and self.intent and self.reader.intent == self.intent and self.reader.action)

	@property
	def shows_another(self) -> bool:
		return bool(self.reader and self.reader.action == "In Progress" and not self.shows_ours)


def phase(seen: Reading) -> Phase:
	"""Where the payment stands."""
	settled = _settled(seen)
	if settled:
		return settled
	if seen.payment is None:
		return Phase.STARTING
	if not seen.fresh:
		return Phase.CHECKING
	if seen.payment is PaymentState.PROCESSING:
		return Phase.PROCESSING
	if seen.shows_ours and seen.reader is not None:
		return _on_reader(seen.reader)
	if seen.send is Call.NONE:
		return Phase.READY
	if seen.send is Call.REFUSED and seen.refusal not in UNCLEAR_CODES:
		return _refused_by_reader(seen)
	if seen.reader is None:
		return Phase.CHECKING
	if seen.send is Call.OPEN:
		if seen.shows_another:
			return Phase.READER_BUSY
		return Phase.CHECKING if seen.reader.online else Phase.READER_OFFLINE
	# It was on the reader, and is no more: the reader was started anew, or somebody took it off there.
	return Phase.READER_FAILED if seen.reader.online else Phase.READER_OFFLINE


def _settled(seen: Reading) -> Phase | None:
	if seen.payment is PaymentState.CAPTURED:
		return Phase.PAID
	if seen.payment is PaymentState.AUTHORISED:
		return Phase.HELD
	if seen.payment is PaymentState.CANCELLED:
		return Phase.CANCELLED
	if seen.payment is None and seen.create is Call.REFUSED:
		return Phase.REFUSED
	if seen.payment is None and seen.cancelled:
		return Phase.CANCELLED  # it was on no reader, so nobody can pay it
	return None


def _on_reader(reader: ReaderFact) -> Phase:
	if reader.action == "In Progress":
		return Phase.ON_READER if reader.online else Phase.READER_OFFLINE
	if reader.action == "Failed":
		return Phase.DECLINED if is_cards_fault(reader) else Phase.READER_FAILED
	return Phase.CHECKING  # it says done, and the payment was read before it was


def _refused_by_reader(seen: Reading) -> Phase:
	if seen.refusal in OFFLINE_CODES or (seen.reader and not seen.reader.online):
		return Phase.READER_OFFLINE
	if seen.refusal in BUSY_CODES or seen.shows_another:
		return Phase.READER_BUSY
	return Phase.READER_FAILED


def is_cards_fault(reader: ReaderFact) -> bool:
	"""The bank or the card said no, not the reader. Older readers do not tell; then the code decides."""
	if reader.failed_by:
		return reader.failed_by == "Card"
	return reader.failure_code in CARD_CODES


def next_call(seen: Reading) -> Next:
	"""What is to be done by itself after both were read. Never a second payment; a repeat keeps its key."""
	if _settled(seen) or seen.payment is PaymentState.PROCESSING:
		return Next.NOTHING
	if seen.payment is None:
		return Next.REPEAT_CREATE if seen.create is Call.OPEN else Next.NOTHING
	if not seen.fresh:
		return Next.LOOK
	if seen.shows_ours and seen.reader is not None and seen.reader.action == "Succeeded":
		return Next.LOOK
	if seen.send is not Call.OPEN or seen.shows_ours:
		return Next.NOTHING
	if seen.reader is None:
		return Next.LOOK
	if not seen.reader.online or seen.shows_another:
		return Next.LOOK
	return Next.REPEAT_SEND


def moves(now: Phase) -> frozenset[Move]:
	return _MOVES.get(now, frozenset())


def check_send(now: Phase) -> None:
	"""Refused while the payment is or may be on a reader, and when it is over."""
	if Move.SEND in moves(now):
		return
	if now is Phase.ON_READER:
		raise Refused("on_reader", marked("The reader shows this payment already and waits for the card"))
	if now in SETTLED:
		raise Refused("settled", marked("This payment is over ({0}); begin a new one"), now.value)
	raise Refused("unclear", marked("It is not clear yet whether the card was charged; wait for the answer"))


def check_cancel(now: Phase) -> None:
	if Move.CANCEL in moves(now):
		return
	if now is Phase.PROCESSING:
		raise Refused(
			"too_late",
			marked(
				"The card was read already and the bank decides. Wait a moment; if it was paid, refund it"
			),
		)
	raise Refused("settled", marked("This payment is over ({0}); begin a new one"), now.value)


def check_another(name: str, amount: Money, now: Phase) -> None:
	"""No second payment for the same document while the first may still be charged."""
	if now in SETTLED:
		return
	raise Refused(
		"payment_running",
		marked(
			"Card payment {0} of {1} for this document is not over yet. Finish it or cancel it first;"
			" nobody is charged twice"
		),
		name,
		amount,
	)


def check_reader(label: str, *, enabled: bool, same_company: bool, test: bool, account_test: bool) -> None:
	"""A reader that may take this payment. A reader of the test mode takes no real money, and the reverse."""
	if not enabled:
		raise Refused("reader_off", marked("{0} is switched off; choose another reader"), label)
	if not same_company:
		raise Refused("reader_company", marked("{0} stands at another company; choose another"), label)
	if test != account_test:
		raise Refused(
			"reader_mode",
			marked("{0} was registered in another mode (test or live) than the account; register it again"),
			label,
		)


# Holds: authorise now, capture later


@dataclass(frozen=True, slots=True)
class Hold:
	"""Money held on a card. ``until``: the provider's word on how long it lives; never counted in days."""

	authorised: Money
	captured: Money
	until: datetime | None

	def lives(self, now: datetime) -> bool:
		return self.until is None or now < self.until


# How long a hold lives at least, before a card is read: in person two days with most cards, seven when the
# customer pays online (the provider's page "Place a hold on a payment method"). What is needed longer is no
# hold but a deposit: taken now, given back by its terms. How long one hold really lives, the provider tells.
SHORTEST_HOLD = {"In Person": timedelta(days=2), "Online": timedelta(days=7)}
# As with a deposit's hold on a car: told a day before.
WARN_BEFORE = timedelta(hours=24)


def check_needed(needed_until: datetime, now: datetime, channel: str) -> None:
	"""A hold is refused when it would end before it is needed: the advice is a deposit."""
	if needed_until <= now:
		raise Refused(
			"needed_past", marked("The time until which the hold is needed is past; choose a later one")
		)
	longest = SHORTEST_HOLD[channel]
	if needed_until - now > longest:
		raise Refused(
			"needs_deposit",
			marked(
				"A hold on a card may end after {0} days, and this is needed longer."
				" Take a deposit: it is charged now and given back by its terms"
			),
			longest.days,
		)


def check_capture(hold: Hold, amount: Money, now: datetime) -> None:
	"""How much of a hold may be taken: some or all, once; what is not taken is released."""
	if hold.captured:
		raise Refused(
			"captured", marked("{0} of this hold was taken already; a hold is taken once"), hold.captured
		)
	if not hold.lives(now):
		raise Refused("hold_over", marked("The hold ended. Ask the customer to pay again"))
	if amount.minor <= 0:
		raise Refused("no_amount", marked("Enter the amount to take, or release the hold"))
	if amount > hold.authorised:
		raise Refused(
			"more_than_held",
			marked("{0} is held on the card; {1} is more. Take the rest in another way"),
			hold.authorised,
			amount,
		)


def released(hold: Hold, *, over: bool) -> Money:
	"""What of a hold the customer has again: nothing while it stands, what was not taken once it is over."""
	return hold.authorised - hold.captured if over else Money.zero(hold.authorised.currency)


def ends_too_early(until: datetime | None, needed_until: datetime | None) -> bool:
	"""The provider has told how long the hold lives, and it is needed longer."""
	return bool(until and needed_until and until < needed_until)


def warn_at(until: datetime | None) -> datetime | None:
	"""When the person who asked for a hold is told that it ends."""
	return until - WARN_BEFORE if until else None

"""What a payment gateway says, in the words of the trade, whoever the provider is.

Facts are snapshots: each was true at the moment it was read, and may be older than another that is known
already. Amounts are exact money; times are naive and in UTC, for the site to turn into its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from .money import Money

NOTHING: Mapping[str, str] = MappingProxyType({})


class PaymentState(str, Enum):
	"""Where one payment stands at the provider."""

	WAITING = "Waiting"  # nobody has paid yet, or a card was declined and another may be tried
	PROCESSING = "Processing"  # a slow method is under way
	AUTHORISED = "Authorised"  # the money is held on the card, not taken
	CAPTURED = "Captured"
	CANCELLED = "Cancelled"


class RefundState(str, Enum):
	PENDING = "Pending"
	NEEDS_ACTION = "Needs Action"
	SUCCEEDED = "Succeeded"
	FAILED = "Failed"
	CANCELLED = "Cancelled"


class DisputeState(str, Enum):
	NEEDS_RESPONSE = "Needs Response"
	UNDER_REVIEW = "Under Review"
	WON = "Won"
	LOST = "Lost"
	CLOSED = "Closed"  # an inquiry that ended, or a dispute that was prevented


class PayoutState(str, Enum):
	UNDER_WAY = "Under Way"
	PAID = "Paid"
	FAILED = "Failed"
	CANCELLED = "Cancelled"


@dataclass(frozen=True, slots=True)
class CardFacts:
	"""What may be kept of a card: never its number."""

	brand: str = ""
	last4: str = ""
	exp_month: int = 0
	exp_year: int = 0
	wallet: str = ""
	method: str = ""


@dataclass(frozen=True, slots=True)
class PaymentFact:
	"""One payment (Stripe: PaymentIntent with its latest charge).

	``capture_before``: until when a hold lives. ``refunded`` and ``disputed`` tell what the provider counts
	on the charge. ``fee`` is known once the charge has its balance transaction.
	"""

	intent: str
	state: PaymentState
	provider_status: str
	amount: Money
	capturable: Money
	captured: Money
	live: bool
	refunded: Money
	disputed: bool = False
	charge: str = ""
	balance_transaction: str = ""
	fee: Money | None = None
	capture_before: datetime | None = None
	captured_at: datetime | None = None
	manual_capture: bool = False
	decline_code: str = ""
	decline_message: str = ""
	cancel_reason: str = ""
	receipt_url: str = ""
	card: CardFacts = CardFacts()
	metadata: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class SessionFact:
	"""A hosted page on which one payment may be made. ``intent`` is empty until somebody tries to pay."""

	session: str
	open: bool
	complete: bool
	paid: bool
	live: bool
	amount: Money
	url: str = ""
	intent: str = ""
	expires_at: datetime | None = None
	metadata: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class RefundFact:
	"""``release``: the rest of a hold that was not captured; the provider calls it a refund, no money moved."""

	refund: str
	state: RefundState
	provider_status: str
	amount: Money
	charge: str
	intent: str
	live: bool | None = None  # the provider does not say it of a refund
	failure: str = ""
	reference: str = ""  # what the cardholder's bank finds it by
	created_at: datetime | None = None
	release: bool = False
	metadata: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class DisputeFact:
	"""``withdrawn``, ``reinstated`` and ``fee``: sums of its balance transactions so far."""

	dispute: str
	state: DisputeState
	provider_status: str
	reason: str
	amount: Money
	charge: str
	intent: str
	live: bool
	inquiry: bool
	refundable: bool
	withdrawn: Money
	reinstated: Money
	fee: Money
	due_by: datetime | None = None
	created_at: datetime | None = None
	submission_count: int = 0
	has_evidence: bool = False
	past_due: bool = False
	metadata: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class PayoutFact:
	"""``itemised``: the provider can say which rows it pays out, and has finished doing so."""

	payout: str
	state: PayoutState
	provider_status: str
	amount: Money
	live: bool
	automatic: bool
	itemised: bool
	arrival_date: datetime | None = None
	failure: str = ""


@dataclass(frozen=True, slots=True)
class BalanceRow:
	"""One row of the provider's ledger. ``amount`` - ``fee`` = ``net``; money that leaves is negative.

	``category`` is the provider's reporting category; ``charge`` and ``intent`` where its source tells them.
	"""

	transaction: str
	category: str
	source: str
	amount: Money
	fee: Money
	net: Money
	created_at: datetime
	charge: str = ""
	intent: str = ""
	description: str = ""


@dataclass(frozen=True, slots=True)
class ReaderFact:
	"""A card reader. ``action`` is what it does now for ``intent``: "", In Progress, Succeeded or Failed.

	``failed_by``: Card or Reader, where the provider tells whose fault it was.
	"""

	reader: str
	label: str
	online: bool
	live: bool
	device_type: str = ""
	serial_number: str = ""
	location: str = ""
	action: str = ""
	intent: str = ""
	failure_code: str = ""
	failure_message: str = ""
	failed_by: str = ""


@dataclass(frozen=True, slots=True)
class EventFact:
	"""A message of the provider. It is a hint: what counts is the object, read again.

	``body`` is the message as the provider sent it, as plain data; it is reduced before it is kept.
	"""

	event: str
	type: str
	live: bool
	object_id: str
	object_type: str
	created_at: datetime
	api_version: str = ""
	account: str = ""
	# Not shown: it may tell of persons, and what a function held can end in an error log.
	body: Mapping[str, object] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AccountFact:
	"""The account behind a key."""

	account: str
	live: bool
	country: str
	currency: str
	charges_enabled: bool
	payouts_enabled: bool
	name: str = ""


@dataclass(frozen=True, slots=True)
class EndpointFact:
	"""Where the provider sends its messages. ``secret`` is told once, when it is made."""

	endpoint: str
	url: str
	enabled: bool
	api_version: str
	events: tuple[str, ...] = ()
	secret: str = ""

"""A request to pay, sent to a customer: where it stands, what may be done with it, what may be paid now.

The status follows from facts, whatever their order of arrival; what has ended stays ended. The amount is what
the books say when the customer pays, never what a browser or an old message says.
"""

import enum
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from .money import Money
from .reasons import not_now
from .refusal import Refused, _


class Status(str, enum.Enum):
	DRAFT = "Draft"
	SENT = "Sent"
	OPENED = "Opened"
	PART_PAID = "Part-paid"
	PAID = "Paid"
	HELD = "Held"  # the amount is held on the card; a person takes it, in whole or in part, or lets it go
	FAILED = "Failed"  # the last card was declined; another may be tried
	EXPIRED = "Expired"
	CANCELLED = "Cancelled"


class Basis(str, enum.Enum):
	OPEN_BALANCE = "Open Balance"
	FIXED = "Fixed"


class Action(str, enum.Enum):
	SEND = "Send"
	RESEND = "Send Again"
	LINK = "Copy Link"
	CANCEL = "Cancel"


class Face(str, enum.Enum):
	"""What the customer's page says."""

	PAYABLE = "Payable"
	PROCESSING = "Processing"  # a slow method is under way: nothing is paid twice meanwhile
	PAID = "Paid"
	HELD = "Held"
	SETTLED = "Settled"  # nothing is left to pay, and it was not paid here
	EXPIRED = "Expired"
	CANCELLED = "Cancelled"
	UNAVAILABLE = "Unavailable"  # the document cannot take money just now


# The link can be paid.
LIVE = frozenset({Status.SENT, Status.OPENED, Status.PART_PAID, Status.FAILED})
# It ended; only money that arrives all the same, or a new sending of an expired one, changes that.
ENDED = frozenset({Status.PAID, Status.HELD, Status.EXPIRED, Status.CANCELLED})

_ALLOWED: dict[Action, frozenset[Status]] = {
	Action.SEND: frozenset({Status.DRAFT}),
	Action.RESEND: LIVE | {Status.EXPIRED},
	Action.LINK: LIVE,
	Action.CANCEL: LIVE | {Status.DRAFT},
}


@dataclass(frozen=True, slots=True)
class Standing:
	"""What is known of a request. ``paid``: taken through it. ``due``: what its document still wants according
	to the books, None without a document or when that cannot be told. ``hold``: asked for a hold, not for a
	payment; ``held``: it stands on the card."""

	asked: Money
	paid: Money
	due: Money | None
	sent: bool
	opened: bool = False
	declined: bool = False
	expired: bool = False
	cancelled: bool = False
	hold: bool = False
	held: bool = False


def settled(basis: Basis, standing: Standing) -> bool:
	"""Whether the money that came through the request is all that it was for."""
	if standing.paid.minor <= 0:
		return False
	if standing.hold:
		return True  # what was not taken of it was released
	if standing.due is not None and not standing.due:
		return True
	if basis is Basis.OPEN_BALANCE and standing.due is not None:
		return False
	return standing.paid >= standing.asked


def status_of(basis: Basis, standing: Standing, before: Status = Status.DRAFT) -> Status:
	"""The status that the facts imply. What was paid in full stays so, whatever is billed or fails later; what
	was taken back or ran out stays so too: money that comes all the same is late, and told apart."""
	if before is Status.PAID:
		return Status.PAID
	if standing.cancelled:
		return Status.CANCELLED
	if standing.expired:
		return Status.EXPIRED
	if settled(basis, standing):
		return Status.PAID
	if standing.held:
		return Status.HELD
	if before is Status.HELD:
		return Status.CANCELLED  # it was let go, or ran out
	if standing.paid.minor > 0:
		return Status.PART_PAID
	if standing.declined:
		return Status.FAILED
	if standing.opened:
		return Status.OPENED
	return Status.SENT if standing.sent else Status.DRAFT


def amount_now(basis: Basis, asked: Money, paid: Money, *, due: Money | None) -> Money:
	"""What may be paid at this moment; zero when nothing is left.

	``due`` is what the document still wants, less what was taken and is not in its books yet; None without a
	document.
	"""
	zero = Money.zero(asked.currency)
	left = asked - paid
	if due is not None:
		left = due if basis is Basis.OPEN_BALANCE else min(due, left)
	return max(left, zero)


def check_part(amount: Money, now: Money, *, allow_partial: bool, smallest: Money) -> Money:
	"""The amount that is paid: all of it, or a part where parts are allowed. Raises ``Refused``."""
	if amount.minor <= 0:
		raise Refused("not_positive", _("Enter an amount of more than zero"))
	if amount > now:
		raise Refused("more_than_due", _("{0} is more than the {1} that are to be paid"), amount, now)
	if amount == now:
		return amount
	if not allow_partial:
		raise Refused("no_parts", _("This can only be paid in full: {0}"), now)
	if amount < smallest:
		raise Refused(
			"part_too_small", _("The smallest part is {0}; enter more, or pay all of {1}"), smallest, now
		)
	return amount


_PLAIN = re.compile(r"\d+([.,]\d{1,2})?")
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+\.\d{1,2}")


def typed_amount(text: str, currency: str) -> Money:
	"""What a person typed, where it can mean one thing only. Raises ``Refused``."""
	bare = re.sub(r"[\s$€£]", "", text)
	if _GROUPED.fullmatch(bare):
		bare = bare.replace(",", "")
	elif _PLAIN.fullmatch(bare):
		bare = bare.replace(",", ".")
	else:
		raise Refused(
			"not_an_amount", _("{0} is not clear. Write the amount like 1234.50"), text.strip()[:40]
		)
	return Money.of(bare, currency)


def allowed_actions(status: Status) -> tuple[Action, ...]:
	return tuple(action for action in Action if status in _ALLOWED[action])


def check_action(action: Action, status: Status, name: str) -> None:
	"""Refuse what the status does not allow, and say what is possible instead."""
	if status not in _ALLOWED[action]:
		raise not_now(
			name,
			status,
			action,
			allowed_actions(status),
			_("{0} is {1} and stays so; make a new pay request instead"),
		)


def check_expiry(expires: datetime, now: datetime) -> None:
	if expires <= now:
		raise Refused("expiry_past", _("The request would have expired already; choose a later time"))
	if expires > now + timedelta(days=90):
		raise Refused("expiry_far", _("A link to pay lives 90 days at most; choose an earlier time"))


def face(
	status: Status,
	*,
	expired: bool,
	now: Money,
	paid: Money,
	under_way: bool,
	payable: bool,
	paid_otherwise: bool = False,
) -> Face:
	"""What the page tells the customer. ``under_way``: the provider works on a payment at this moment."""
	if status is Status.PAID:
		return Face.PAID
	if status is Status.HELD:
		return Face.HELD
	if under_way:
		return Face.PROCESSING
	if status is Status.CANCELLED:
		return Face.SETTLED if paid_otherwise else Face.CANCELLED
	if status is Status.EXPIRED:
		return Face.EXPIRED
	if not now:
		return Face.PAID if paid.minor > 0 else Face.SETTLED
	if expired:
		return Face.EXPIRED
	return Face.PAYABLE if payable else Face.UNAVAILABLE


def version_of(text: str) -> str:
	"""The version of a text of terms: the same words are the same version, however they are laid out."""
	return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:16]

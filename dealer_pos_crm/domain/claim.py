"""A warranty claim: what the manufacturer was asked for, paid, refused, and what becomes of the rest."""

import enum
from dataclasses import dataclass
from datetime import date

from .money import Money, positive
from .reasons import check_reason
from .refusal import Refused, _


class Status(str, enum.Enum):
	TO_SUBMIT = "To Submit"
	SUBMITTED = "Submitted"
	PARTLY_PAID = "Partly Paid"
	PAID = "Paid"
	DENIED = "Denied"


class Then(str, enum.Enum):
	"""What becomes of a denied claim."""

	WRITE_OFF = "Write Off"
	BILL_CUSTOMER = "Bill Customer"
	BILL_INTERNAL = "Bill Internal"


# Waits for the dealer or for the manufacturer.
WAITING = frozenset({Status.TO_SUBMIT, Status.SUBMITTED, Status.PARTLY_PAID})


@dataclass(frozen=True)
class Position:
	"""Where the money of a claim is: ``claimed`` = ``paid`` + ``difference`` + ``open``, always.

	``difference`` was booked as a loss.
	"""

	claimed: Money
	paid: Money
	difference: Money

	@property
	def open(self) -> Money:
		return self.claimed - self.paid - self.difference


def status_of(position: Position, *, submitted: bool, denied: bool) -> Status:
	"""The status that money and dates imply. Paid short, with the difference booked, stays Partly Paid."""
	if denied:
		return Status.DENIED
	if position.paid.minor > 0:
		return Status.PAID if position.paid >= position.claimed else Status.PARTLY_PAID
	return Status.SUBMITTED if submitted else Status.TO_SUBMIT


def check_submit(status: Status, number: str, on: date, today: date, name: str) -> str:
	"""The manufacturer's claim number, stripped. It may be corrected while nothing was answered."""
	if status not in (Status.TO_SUBMIT, Status.SUBMITTED):
		raise Refused("claim_status", _("{0} is {1} and cannot be submitted"), name, status.value)
	if not number.strip():
		raise Refused("no_claim_number", _("Which number has the claim at the manufacturer?"))
	if on > today:
		raise Refused("claim_future", _("{0} is in the future"), on)
	return number.strip()


def check_pay(status: Status, amount: Money, open_amount: Money, name: str) -> None:
	if status not in (Status.SUBMITTED, Status.PARTLY_PAID):
		raise Refused("claim_status", _("{0} is {1}; only a submitted claim is paid"), name, status.value)
	positive(amount)
	if amount > open_amount:
		raise Refused(
			"claim_overpaid",
			_("{0} is open on {1}; {2} is more than that"),
			open_amount,
			name,
			amount,
		)


def check_settle(status: Status, open_amount: Money, name: str) -> None:
	"""The rest of a claim that was paid short can be booked as a loss."""
	if status is not Status.PARTLY_PAID or open_amount.minor <= 0:
		raise Refused(
			"claim_status",
			_("{0} is {1} with {2} open; there is no rest to book"),
			name,
			status.value,
			open_amount,
		)


def check_deny(status: Status, position: Position, reason: str | None, name: str) -> str:
	"""The reason, stripped. What was paid in part is not denied: its rest is booked."""
	if status is not Status.SUBMITTED or position.paid or position.difference:
		raise Refused(
			"claim_status",
			_("{0} is {1}; only a submitted claim without money is denied"),
			name,
			status.value,
		)
	return check_reason(reason, _("Why was the claim denied? Give the manufacturer's reason"))

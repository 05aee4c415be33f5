"""Money that a lender owes for a contract: sent, returned, funded in full or short, and how long it takes."""

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from .ageing import Ageing
from .money import Money
from .refusal import Refused, _


class Status(str, enum.Enum):
	NONE = ""
	NOT_SENT = "Not Sent"
	SENT = "Sent"
	RETURNED = "Returned"
	FUNDED = "Funded"
	SHORT = "Short-funded"


# Days since delivery.
AGEING = Ageing(7, 15, 30)


@dataclass(frozen=True)
class Transit:
	"""What a lender was to pay for a deal, and what of it is still open in the ledger."""

	financed: Money
	open: Money

	@property
	def settled(self) -> Money:
		return self.financed - self.open


def status_of(transit: Transit, *, sent: bool, returned: bool) -> Status:
	"""Where the funding stands. Money decides before papers do."""
	if transit.financed.minor <= 0:
		return Status.NONE
	if transit.open.minor <= 0:
		return Status.FUNDED
	if transit.settled.minor > 0:
		return Status.SHORT
	if returned:
		return Status.RETURNED
	return Status.SENT if sent else Status.NOT_SENT


def check_in_transit(transit: Transit, name: str) -> None:
	"""Only a contract that a lender has still to pay for is sent, returned or funded."""
	if transit.financed.minor <= 0:
		raise Refused("not_financed", _("{0} has no contract that a lender pays for"), name)
	if transit.open.minor <= 0:
		raise Refused("funded_already", _("{0} is funded in full already"), name)


def due_on(sent_on: date, usual_days: int) -> date:
	"""When the money is expected: so many calendar days after it was sent."""
	return sent_on + timedelta(days=max(usual_days, 0))


def check_sent_on(sent_on: date, delivered_on: date, today: date) -> None:
	if sent_on > today:
		raise Refused("future", _("{0} is in the future; enter the day on which it was sent"), sent_on)
	if sent_on < delivered_on:
		raise Refused("before_delivery", _("{0} is before the delivery on {1}"), sent_on, delivered_on)


def check_amount(amount: Money, transit: Transit, *, book_difference: bool) -> Money:
	"""The difference that stays open or is booked: positive when the lender paid less than is open.

	More than is open can only be booked together with its difference. Raises ``Refused``.
	"""
	if amount.minor <= 0:
		raise Refused("not_positive", _("{0} is not more than zero; enter the amount received"), amount)
	difference = transit.open - amount
	if difference.minor < 0 and not book_difference:
		raise Refused(
			"more_than_open",
			_("{0} is more than is open ({1}). Correct the amount, or book the difference with its reason"),
			amount,
			transit.open,
		)
	return difference

"""A car offered in payment: appraised, accepted in a scenario, taken in at delivery, given back at an unwind."""

import enum
from dataclasses import dataclass
from datetime import date

from .money import Money
from .refusal import Refused, _


class Status(str, enum.Enum):
	TO_APPRAISE = "To Appraise"
	APPRAISED = "Appraised"
	ACCEPTED = "Accepted"
	TAKEN_IN = "Taken In"
	RETURNED = "Returned"
	DECLINED = "Declined"


_ALLOWED: dict[Status, frozenset[Status]] = {
	Status.TO_APPRAISE: frozenset({Status.APPRAISED, Status.DECLINED}),
	# Appraised again: another value, a new day.
	Status.APPRAISED: frozenset({Status.APPRAISED, Status.ACCEPTED, Status.DECLINED}),
	# Back to Appraised: the scenario was replaced by one without it.
	Status.ACCEPTED: frozenset({Status.TAKEN_IN, Status.APPRAISED, Status.DECLINED}),
	Status.TAKEN_IN: frozenset({Status.RETURNED}),
	Status.RETURNED: frozenset({Status.APPRAISED, Status.DECLINED}),
	Status.DECLINED: frozenset({Status.APPRAISED}),
}

# Ours, or as good as ours: what it was valued at stands.
FIXED = frozenset({Status.ACCEPTED, Status.TAKEN_IN, Status.RETURNED})


def check_change(old: Status, new: Status, name: str) -> None:
	"""Refuse a step that cannot follow (code ``trade_status``)."""
	if new not in _ALLOWED[old]:
		raise Refused(
			"trade_status",
			_("{0} is {1} and cannot become {2}. Possible: {3}"),
			name,
			old.value,
			new.value,
			", ".join(status.value for status in Status if status in _ALLOWED[old]),
		)


@dataclass(frozen=True, slots=True)
class Offer:
	"""What we offer for the car. ``value`` is what it is worth to us (None: no manager has said)."""

	name: str
	allowance: Money
	payoff: Money
	lender: str
	value: Money | None
	mileage: int
	described: bool


def check_offer(offer: Offer) -> None:
	"""An appraisal is complete: what car, its mileage, our value, and who is paid off. Codes ``no_car``,
	``no_mileage``, ``no_value``, ``payoff_lender``, ``negative_trade``."""
	if not offer.described:
		raise Refused("no_car", _("{0}: enter the VIN, or year, make and model, first"), offer.name)
	if offer.mileage <= 0:
		raise Refused("no_mileage", _("{0}: read the odometer and enter the mileage first"), offer.name)
	if offer.value is None or offer.value.minor < 0:
		raise Refused("no_value", _("{0}: a manager enters the actual cash value first"), offer.name)
	if offer.allowance.minor < 0 or offer.payoff.minor < 0:
		raise Refused("negative_trade", _("{0}: allowance and payoff cannot be below zero"), offer.name)
	if offer.payoff and not offer.lender:
		raise Refused(
			"payoff_lender",
			_("{0} has a payoff of {1} and no lender. Say who is paid off"),
			offer.name,
			offer.payoff,
		)


def payoff_on(payoff: Money, good_through: date | None, per_day: Money, day: date) -> Money:
	"""What is owed on a day: the quoted payoff until it is good through, then more every day."""
	if not payoff or good_through is None or day <= good_through:
		return payoff
	return Money(payoff.minor + per_day.minor * (day - good_through).days, payoff.currency)


def is_late(payoff: Money, good_through: date | None, day: date) -> bool:
	"""Whether the lender must be asked again what is owed."""
	return bool(payoff) and good_through is not None and day > good_through

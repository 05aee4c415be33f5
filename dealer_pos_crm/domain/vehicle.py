"""One physical car: its status, its mileage, its owners.

Statuses change by what happens (recon is finished, a hold begins, an invoice is issued), never in
two steps at once; the rules here say which change is possible and what a released hold leaves behind.
"""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from .refusal import Refused, _


class Status(str, enum.Enum):
	IN_RECON = "In Recon"
	FRONT_LINE_READY = "Front-line Ready"
	ON_HOLD = "On Hold"
	SOLD = "Sold"
	CUSTOMER_OWNED = "Customer-owned"


# In stock and free for any customer: what a released hold returns to.
FREE = frozenset({Status.IN_RECON, Status.FRONT_LINE_READY})

# Statuses in which a customer can hold the car.
HOLDABLE = FREE | {Status.ON_HOLD}

_ALLOWED: dict[Status, frozenset[Status]] = {
	# Back to Customer-owned: the trade fell through.
	Status.IN_RECON: frozenset({Status.FRONT_LINE_READY, Status.ON_HOLD, Status.SOLD, Status.CUSTOMER_OWNED}),
	Status.FRONT_LINE_READY: frozenset({Status.IN_RECON, Status.ON_HOLD, Status.SOLD}),
	Status.ON_HOLD: frozenset({Status.IN_RECON, Status.FRONT_LINE_READY, Status.SOLD}),
	# Back into stock: the sale was unwound.
	Status.SOLD: frozenset({Status.IN_RECON, Status.FRONT_LINE_READY, Status.ON_HOLD, Status.CUSTOMER_OWNED}),
	# Traded in or bought back: a car comes into stock through recon.
	Status.CUSTOMER_OWNED: frozenset({Status.IN_RECON}),
}


@dataclass(frozen=True)
class Hold:
	"""A car kept for one customer; ``until`` is naive dealership time, None when no end was agreed."""

	customer: str
	until: datetime | None = None
	deposit: str | None = None

	@property
	def until_text(self) -> str:
		return f"{self.until:%Y-%m-%d %H:%M}" if self.until else "-"


def possible_changes(status: Status) -> tuple[Status, ...]:
	"""What a car of this status can become, in the order in which a car lives."""
	return tuple(new for new in Status if new in _ALLOWED[status])


def check_change(
	old: Status | None,
	new: Status,
	name: str,
	*,
	hold: Hold | None = None,
	buyer: str | None = None,
) -> None:
	"""Refuse a change of status that cannot be; ``old`` is None for a car that is entered now.

	``hold`` is the hold in force, if any; ``buyer`` is who buys when the car becomes Sold.
	Raises ``Refused`` with codes ``vehicle_status``, ``no_hold``, ``still_held``, ``held_by_other``.
	"""
	if new is old:
		return
	if old is not None and new not in _ALLOWED[old]:
		raise Refused(
			"vehicle_status",
			_("{0} is {1} and cannot become {2}. Possible: {3}"),
			name,
			old.value,
			new.value,
			", ".join(status.value for status in possible_changes(old)),
		)
	if new is Status.ON_HOLD and hold is None:
		raise Refused(
			"no_hold",
			_("{0} goes on hold by a hold for a customer: take a deposit for it, or hold it first"),
			name,
		)
	if hold is None:
		return
	if new in FREE:
		raise Refused(
			"still_held",
			_("{0} is held for {1} until {2}; release the hold first"),
			name,
			hold.customer,
			hold.until_text,
		)
	if new is Status.SOLD and buyer is not None and buyer != hold.customer:
		raise Refused(
			"held_by_other",
			_("{0} is held for {1} until {2} and cannot be sold to {3}; release the hold first"),
			name,
			hold.customer,
			hold.until_text,
			buyer,
		)


def check_hold(status: Status, hold: Hold | None, customer: str, name: str) -> None:
	"""Whether the car can be held for this customer now; a further hold of the same customer is fine.

	Raises ``Refused``: ``held_by_other`` (offer the waiting list), ``not_for_sale``.
	"""
	if hold is not None and hold.customer != customer:
		raise Refused(
			"held_by_other",
			_("{0} is held for {1} until {2}; put {3} on the waiting list instead"),
			name,
			hold.customer,
			hold.until_text,
			customer,
		)
	if status not in HOLDABLE:
		raise Refused(
			"not_for_sale",
			_("{0} is {1}; only a vehicle in stock can be held"),
			name,
			status.value,
		)


def free_status(status: Status, remembered: Status | None = None) -> Status:
	"""What a hold that begins now must remember, so that its release can return to it.

	Recon that is finished during the hold is remembered by calling this with the new free status.
	"""
	if status in FREE:
		return status
	return remembered if remembered in FREE else Status.IN_RECON


def after_release(status: Status, remembered: Status | None) -> Status:
	"""The status that a car has when its hold has ended.

	A car that was sold meanwhile stays what it is. One whose earlier status nobody knows goes to
	recon: a person then says that it is ready.
	"""
	return free_status(status, remembered) if status is Status.ON_HOLD else status


@dataclass(frozen=True)
class Reading:
	"""An odometer reading, in the unit the car counts in (miles or kilometres; one unit per car)."""

	read_on: date
	mileage: int
	explanation: str = ""

	@property
	def is_explained(self) -> bool:
		return len(self.explanation.strip()) >= 3


def in_order(readings: Sequence[Reading]) -> list[Reading]:
	"""By date; readings of one day stay in the order in which they were entered."""
	return sorted(readings, key=lambda reading: reading.read_on)


def latest(readings: Sequence[Reading]) -> Reading | None:
	"""The reading that counts as the car's mileage today."""
	ordered = in_order(readings)
	return ordered[-1] if ordered else None


def check_readings(readings: Sequence[Reading], name: str) -> None:
	"""Refuse a reading below an earlier one, unless the lower one carries an explanation.

	An odometer that shows less than before was replaced, has rolled over or was read wrongly; a seller
	must disclose which (49 CFR 580.5). Raises ``Refused``: ``mileage_negative``, ``mileage_lower``.
	"""
	before: Reading | None = None
	for reading in in_order(readings):
		if reading.mileage < 0:
			raise Refused(
				"mileage_negative",
				_("{0}: a mileage of {1} is not possible; enter what the odometer shows"),
				name,
				reading.mileage,
			)
		if before is not None and reading.mileage < before.mileage and not reading.is_explained:
			raise Refused(
				"mileage_lower",
				_(
					"{0}: {1} read on {2} is lower than {3} read on {4}; correct the wrong one, or explain "
					"the lower one (odometer replaced, rolled over, earlier reading wrong)"
				),
				name,
				reading.mileage,
				reading.read_on,
				before.mileage,
				before.read_on,
			)
		before = reading


@dataclass(frozen=True)
class OwnerPeriod:
	"""Who owned the car, from ``from_date`` (None: unknown) up to, not including, ``to_date``."""

	customer: str
	from_date: date | None = None
	to_date: date | None = None
	how: str = ""

	@property
	def begins(self) -> date:
		return self.from_date or date.min

	def covers(self, day: date) -> bool:
		return self.begins <= day and (self.to_date is None or day < self.to_date)


def check_owners(periods: Sequence[OwnerPeriod], name: str) -> None:
	"""One owner at a time: periods in order, none ends before it begins, only the last is open.

	Days without an owner are the dealer's own. Raises ``Refused`` with code ``owner_period``.
	"""
	end: date | None = date.min
	for period in periods:
		if period.to_date is not None and period.to_date < period.begins:
			raise Refused(
				"owner_period",
				_("{0}: {1} cannot have owned it until {2}, before {3}"),
				name,
				period.customer,
				period.to_date,
				period.begins,
			)
		if end is None or period.begins < end:
			raise Refused(
				"owner_period",
				_("{0}: {1} cannot own it from {2}, it belonged to another then; correct the dates"),
				name,
				period.customer,
				period.from_date or "-",
			)
		end = period.to_date


def owner_on(periods: Sequence[OwnerPeriod], day: date) -> str | None:
	"""The customer who owned the car on that day; None: nobody, it was the dealer's own or unknown."""
	return next((period.customer for period in reversed(periods) if period.covers(day)), None)


def end_ownership(periods: Sequence[OwnerPeriod], on: date, name: str) -> tuple[OwnerPeriod, ...]:
	"""The history after the current owner gave the car up on that day (trade-in, buy-back)."""
	changed = tuple(replace(period, to_date=on) if period.to_date is None else period for period in periods)
	check_owners(changed, name)
	return changed


def begin_ownership(
	periods: Sequence[OwnerPeriod], customer: str, on: date, name: str, how: str = ""
) -> tuple[OwnerPeriod, ...]:
	"""The history after the car went to ``customer`` on that day; the owner before gives it up then.

	The same owner again changes nothing. Raises ``Refused`` when an earlier period ends later.
	"""
	if periods and periods[-1].to_date is None and periods[-1].customer == customer:
		return tuple(periods)
	changed = (*end_ownership(periods, on, name), OwnerPeriod(customer, on, None, how))
	check_owners(changed, name)
	return changed

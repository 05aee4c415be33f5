"""An appointment in the showroom: its states, and who is asked twice at one time.

When it can be, how long, and when it counts as missed are the same as in the service lane.
"""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from .appointment import overlaps
from .refusal import _
from .steps import Steps


class Status(str, enum.Enum):
	BOOKED = "Booked"
	CONFIRMED = "Confirmed"
	KEPT = "Kept"
	NO_SHOW = "No-show"
	CANCELLED = "Cancelled"
	RESCHEDULED = "Rescheduled"


class Action(str, enum.Enum):
	CONFIRM = "Confirm"
	KEEP = "Keep"
	MISS = "No-show"
	RESCHEDULE = "Reschedule"
	CANCEL = "Cancel"


# The person is still expected.
OPEN = frozenset({Status.BOOKED, Status.CONFIRMED})

_ALLOWED: dict[Action, frozenset[Status]] = {
	Action.CONFIRM: frozenset({Status.BOOKED}),
	Action.KEEP: OPEN | {Status.NO_SHOW},  # they came late
	Action.MISS: OPEN | {Status.KEPT},  # it was somebody else
	Action.RESCHEDULE: OPEN | {Status.NO_SHOW},
	Action.CANCEL: OPEN,
}

_RESULT: dict[Action, Status] = {
	Action.CONFIRM: Status.CONFIRMED,
	Action.KEEP: Status.KEPT,
	Action.MISS: Status.NO_SHOW,
	Action.RESCHEDULE: Status.RESCHEDULED,
	Action.CANCEL: Status.CANCELLED,
}


_STEPS = Steps(
	_ALLOWED,
	_RESULT,
	arrival=Action.KEEP,
	settled=("has_visit", _("{0} has its visit: {1} is not possible any more. Go on with the visit")),
	nothing=_("{0} is {1}: nothing more can be done with it. Book a new appointment"),
)


def allowed_actions(status: Status, *, has_visit: bool = False) -> tuple[Action, ...]:
	"""What can be done now. A visit on file settles it: the person was here."""
	return _STEPS.possible(status, settled=has_visit)


def after(action: Action, status: Status, name: str, *, has_visit: bool = False) -> Status:
	"""The status that follows. Refused (``wrong_status``, ``has_visit``) with what is possible instead."""
	return _STEPS.after(action, status, name, settled=has_visit)


is_done = _STEPS.is_done


@dataclass(frozen=True)
class Slot:
	"""What an appointment takes up: a salesperson's time, and perhaps a car."""

	name: str
	starts_at: datetime
	ends_at: datetime
	salesperson: str | None = None
	vehicle: str | None = None


def conflicts(wanted: Slot, others: Iterable[Slot]) -> tuple[list[Slot], list[Slot]]:
	"""Other appointments at the same time: (of the same salesperson, with the same car)."""
	stay = (wanted.starts_at, wanted.ends_at)
	same_time = [
		other
		for other in others
		if other.name != wanted.name and overlaps(stay, (other.starts_at, other.ends_at))
	]
	return (
		[other for other in same_time if wanted.salesperson and other.salesperson == wanted.salesperson],
		[other for other in same_time if wanted.vehicle and other.vehicle == wanted.vehicle],
	)


# What stays as it was booked. Another time or another person is another appointment.
FROZEN_WHEN_BOOKED: tuple[str, ...] = ("company", "customer", "lead", "starts_at")
# What stays as it was once the person came, did not come, or will not come.
FROZEN_WHEN_OVER: tuple[str, ...] = ("vehicle", "duration", "salesperson", "purpose", "deal")

"""The title work of a car that was sold or taken in: who has the papers, what comes next, what is late."""

import enum
from datetime import date, timedelta

from .refusal import Refused, _


class Status(str, enum.Enum):
	OPEN = "Open"
	PAPERS_COMPLETE = "Papers Complete"
	SENT = "Sent"
	RETURNED = "Returned"
	ISSUED = "Issued"
	CLOSED = "Closed"
	CANCELLED = "Cancelled"


OVER = frozenset({Status.CLOSED, Status.CANCELLED})
# Until then somebody waits for us; a title that was issued needs only to be handed over.
WORK = frozenset({Status.OPEN, Status.PAPERS_COMPLETE, Status.SENT, Status.RETURNED})

_ALLOWED: dict[Status, tuple[Status, ...]] = {
	Status.OPEN: (Status.PAPERS_COMPLETE, Status.SENT, Status.CANCELLED),
	Status.PAPERS_COMPLETE: (Status.SENT, Status.OPEN, Status.CANCELLED),
	Status.SENT: (Status.ISSUED, Status.RETURNED, Status.CANCELLED),
	Status.RETURNED: (Status.SENT, Status.CANCELLED),
	Status.ISSUED: (Status.CLOSED, Status.CANCELLED),
	Status.CLOSED: (),
	Status.CANCELLED: (),
}

# Where the papers are after a step, unless somebody says otherwise.
HOLDER: dict[Status, str] = {
	Status.PAPERS_COMPLETE: "Dealership",
	Status.SENT: "Registration Office",
	Status.RETURNED: "Dealership",
	Status.ISSUED: "Dealership",
}

# The field that says when a step was taken.
DATED: dict[Status, str] = {
	Status.PAPERS_COMPLETE: "papers_complete_on",
	Status.SENT: "sent_on",
	Status.RETURNED: "returned_on",
	Status.ISSUED: "issued_on",
	Status.CLOSED: "closed_on",
}


def possible(status: Status) -> tuple[Status, ...]:
	return _ALLOWED[status]


def check_step(name: str, old: Status, new: Status, on: date, today: date, last: date | None) -> None:
	"""Refused: ``title_step``, ``future``, ``before_last`` (a step before the one it follows)."""
	if new not in _ALLOWED[old]:
		raise Refused(
			"title_step",
			_("{0} is {1} and cannot become {2}. Possible: {3}"),
			name,
			old.value,
			new.value,
			", ".join(status.value for status in _ALLOWED[old]) or "-",
		)
	if on > today:
		raise Refused("future", _("{0}: {1} is still to come"), name, on.isoformat())
	if last is not None and on < last:
		raise Refused(
			"before_last", _("{0}: {1} is before its last step ({2})"), name, on.isoformat(), last.isoformat()
		)


def due_on(opened_on: date, within_days: int, temporary_until: date | None = None) -> date:
	"""When the work must be done: within the house's days, and before the temporary tag ends."""
	due = opened_on + timedelta(days=max(within_days, 0))
	return min(due, temporary_until) if temporary_until and temporary_until >= opened_on else due


def is_overdue(status: Status, due: date | None, today: date) -> bool:
	return status in WORK and due is not None and due < today


def tag_ends(status: Status, temporary_until: date | None, today: date, within_days: int = 7) -> bool:
	"""The buyer may not drive soon, and there is no plate yet."""
	return (
		status in WORK
		and temporary_until is not None
		and temporary_until <= today + timedelta(days=within_days)
	)

"""How soon somebody who asked gets an answer: in business minutes, from the moment they asked.

The customer's clock is one: it runs from the first question that nobody has answered, whoever has the lead
in hand, and a lead that is handed over keeps what is left of it. Practice of the trade: an answer within 5
minutes, a warning after 15, the manager after 60; what comes after hours within the first 30 of the day.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from .clock import BusinessHours
from .refusal import Refused, _


class How(str, enum.Enum):
	"""By way of what a person of the house and the customer were in touch."""

	CALL = "Call"
	LEFT_MESSAGE = "Left Message"
	TEXT = "Text"
	EMAIL = "E-mail"
	IN_PERSON = "In Person"
	VISIT = "Visit"
	APPOINTMENT = "Appointment"


# Whoever enters such a lead by hand has just spoken to the customer.
MET: Mapping[str, How] = MappingProxyType({"Walk-in": How.IN_PERSON, "Phone": How.CALL})

# What a person can say that they have done; the rest is known from what happens.
LOGGED = (How.CALL, How.LEFT_MESSAGE, How.TEXT, How.EMAIL, How.IN_PERSON)


@dataclass(frozen=True)
class Targets:
	"""What a dealership promises itself, in business minutes.

	``morning``: what comes while the house is closed is answered within so many minutes of its opening.
	"""

	answer: int = 5
	warn: int = 15
	escalate: int = 60
	morning: int = 30

	def __post_init__(self) -> None:
		if min(self.answer, self.warn, self.escalate, self.morning) < 0:
			raise Refused("lead_minutes", _("Minutes for answering leads cannot be negative"))
		if not self.answer <= self.warn <= self.escalate:
			raise Refused(
				"lead_minutes",
				_(
					"A lead is answered within {0} minutes, warned of after {1} and goes to the manager after {2}: "
					"each must not be less than the one before"
				),
				self.answer,
				self.warn,
				self.escalate,
			)


@dataclass(frozen=True)
class Clock:
	"""A customer who waits for an answer: since when, and until when which patience lasts."""

	since: datetime
	due_at: datetime
	warn_at: datetime
	escalate_at: datetime


class Urgency(str, enum.Enum):
	"""How a running clock stands."""

	IN_TIME = "In Time"
	LATE = "Late"
	WARNED = "Warned"
	ESCALATED = "Escalated"


def start(since: datetime, hours: BusinessHours, targets: Targets) -> Clock:
	"""The clock of somebody who asked at that moment.

	What comes too late in the day to be answered before closing is the next opening's, like what comes at
	night. Warning and escalation never come before the answer is due.
	"""
	answer = timedelta(minutes=targets.answer)
	span = hours.span(since.date())
	if hours.is_open(since) and span is not None and since + answer <= span[1]:
		due = since + answer
	else:
		later = span[1] if hours.is_open(since) and span is not None else since
		due = hours.add(later, timedelta(minutes=targets.morning))
	warn = max(due, hours.add(since, timedelta(minutes=targets.warn)))
	return Clock(since, due, warn, max(warn, hours.add(since, timedelta(minutes=targets.escalate))))


def urgency(clock: Clock, now: datetime) -> Urgency:
	if now >= clock.escalate_at:
		return Urgency.ESCALATED
	if now >= clock.warn_at:
		return Urgency.WARNED
	return Urgency.LATE if now > clock.due_at else Urgency.IN_TIME


def minutes_between(begin: datetime, end: datetime, hours: BusinessHours) -> int:
	"""Whole business minutes from one moment to a later one."""
	return int(hours.between(begin, end) // timedelta(minutes=1))


def minutes_left(due_at: datetime, now: datetime, hours: BusinessHours) -> int:
	"""Whole business minutes until an answer is due; negative when it is late."""
	if now <= due_at:
		return minutes_between(now, due_at, hours)
	return -minutes_between(due_at, now, hours)


@dataclass(frozen=True)
class Waiting:
	"""What a lead's clock knows: since when the customer waits, when they were answered first."""

	received_at: datetime | None
	waiting_since: datetime | None
	first_response_at: datetime | None = None
	assigned_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
	"""What one contact does to a lead's clock.

	``minutes``: how long the customer waited; ``own_minutes``: how long whoever has the lead now kept them
	waiting; both business minutes. ``first``: it is the first answer at all.
	"""

	minutes: int
	own_minutes: int
	first: bool


def answer(waiting: Waiting, at: datetime, hours: BusinessHours) -> Answer | None:
	"""What a contact at that moment answers; None when nobody waits, or asked only after it."""
	since = waiting.waiting_since
	if since is None or at < since:
		return None
	own = max(since, waiting.assigned_at) if waiting.assigned_at is not None else since
	return Answer(
		minutes=minutes_between(since, at, hours),
		own_minutes=minutes_between(own, at, hours),
		first=waiting.first_response_at is None,
	)


def begins_to_wait(waiting: Waiting, asked_at: datetime, last_contact_at: datetime | None) -> bool:
	"""Whether a question begins a new wait: nobody waits yet, and nobody has spoken to them since."""
	if waiting.waiting_since is not None:
		return False
	return last_contact_at is None or asked_at > last_contact_at

"""Follow-ups: which event leads to which promise, when, for whom, until what.

A rule is data that a manager edits. Planning and stopping depend only on the set of events, never on
their order of arrival; restraint (caps, quiet time, consent) is judged when a promise would open.
"""

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation

from .clock import BusinessHours
from .event import SUBJECTS, WAYS_OF_PAYING, Event, person_of
from .refusal import Refused, _


class Status(str, enum.Enum):
	PLANNED = "Planned"
	OPEN = "Open"
	DONE = "Done"
	STOPPED = "Stopped"
	SUPPRESSED = "Suppressed"


class Owner(str, enum.Enum):
	"""Who gets the promise."""

	SALES = "Sales Owner"
	SERVICE = "Service Owner"
	BDC = "BDC Owner"
	DOCUMENT = "Document Owner"
	ROUND_ROBIN = "Round Robin in Role"
	USER = "User"


class Clock(str, enum.Enum):
	CALENDAR = "Calendar"
	BUSINESS = "Business Hours"


class Unit(str, enum.Enum):
	MINUTES = "Minutes"
	HOURS = "Hours"
	DAYS = "Days"


class Channel(str, enum.Enum):
	TASK = "Task"
	MESSAGE = "Task with Drafted Message"


OPERATORS = ("=", "!=", ">", ">=", "<", "<=", "in", "not in", "is set", "is not set")

_EVENT_FIELDS = frozenset(
	{"type", "customer", "company", "department", "actor", "reference_doctype", "reference_name"}
)
_ABOUT = (*SUBJECTS, "customer")
_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")


@dataclass(frozen=True)
class Span:
	"""A length of time as a manager states it: 2 days, 5 minutes. Negative: before."""

	value: int
	unit: Unit

	@property
	def delta(self) -> timedelta:
		return timedelta(**{self.unit.name.lower(): self.value})


def value_of(event: Event, name: str) -> object:
	"""What an event says under a name: a field, a subject, ``amount`` in major units, or a fact."""
	if name == "amount":
		return None if event.amount is None else event.amount.decimal
	if name in _EVENT_FIELDS or name in SUBJECTS:
		return getattr(event, name)
	return event.facts.get(name)


@dataclass(frozen=True)
class Condition:
	field: str
	operator: str
	value: str = ""

	def __post_init__(self) -> None:
		if self.operator not in OPERATORS:
			raise Refused(
				"operator", _("{0} is not an operator; use one of {1}"), self.operator, ", ".join(OPERATORS)
			)

	def holds(self, event: Event) -> bool:
		actual = value_of(event, self.field)
		if self.operator == "is set":
			return actual not in (None, "")
		if self.operator == "is not set":
			return actual in (None, "")
		if self.operator in ("in", "not in"):
			parts = [part.strip() for part in self.value.split(",")]
			listed = any(_same(actual, part) for part in parts if part)
			return listed == (self.operator == "in")
		if self.operator == "=":
			return _same(actual, self.value)
		if self.operator == "!=":
			return not _same(actual, self.value)
		return _ordered(actual, self.operator, self.value)


def _number(value: object) -> Decimal | None:
	try:
		number = Decimal(str(value))
	except InvalidOperation:
		return None
	return number if number.is_finite() else None  # "NaN" is a word here; comparing it would raise


def _same(actual: object, wanted: str) -> bool:
	if actual is None:
		return wanted == ""
	left, right = _number(actual), _number(wanted)
	if left is not None and right is not None:
		return left == right
	return str(actual) == wanted


def _ordered(actual: object, operator: str, wanted: str) -> bool:
	if actual is None:
		return False
	left, right = _number(actual), _number(wanted)
	if left is None or right is None:
		return False
	return {
		">": left > right,
		">=": left >= right,
		"<": left < right,
		"<=": left <= right,
	}[operator]


@dataclass(frozen=True)
class Rule:
	"""Event -> follow-up, as a manager keeps it."""

	name: str
	event_type: str
	title: str
	talking_points: str = ""
	enabled: bool = True
	conditions: tuple[Condition, ...] = ()
	company: str | None = None
	department: str | None = None
	about: str | None = None  # which subject the promise is about; None: the most particular one
	anchor: str | None = None  # a fact that holds a date or time; None: the event's own time
	wait: Span = Span(0, Unit.MINUTES)
	wait_clock: Clock = Clock.CALENDAR
	due: Span = Span(1, Unit.DAYS)
	due_clock: Clock = Clock.CALENDAR
	owner: Owner = Owner.DOCUMENT
	owner_role: str | None = None
	owner_user: str | None = None
	priority: str = "Medium"
	channel: Channel = Channel.TASK
	stops: frozenset[str] = frozenset()
	stops_share: str | None = None  # what a stop must say as the cause does, such as which job
	cap: int = 0  # at most so many per customer ...
	cap_days: int = 30  # ... within so many days; 0 means no cap
	quiet_hours_after_contact: int = 0  # no promise opens so soon after a person spoke to the customer
	needs_consent: bool = False
	unless_opted_out: bool = False  # nobody is asked who said that they do not want to be

	def __post_init__(self) -> None:
		if self.due.value < 0:
			raise Refused("due", _("{0}: the time to do it cannot be negative"), self.name)
		if self.wait.value < 0 and not self.anchor:
			raise Refused(
				"wait", _("{0}: a wait before the event needs a date to count back from"), self.name
			)
		if self.wait.value < 0 and self.wait_clock is Clock.BUSINESS:
			raise Refused("wait", _("{0}: business hours are counted forward only"), self.name)
		if self.about is not None and self.about not in _ABOUT:
			raise Refused(
				"about",
				_("{0}: a promise cannot be about {1}; use one of {2}"),
				self.name,
				self.about,
				", ".join(_ABOUT),
			)

	def matches(self, event: Event) -> bool:
		return (
			event.type == self.event_type
			and (self.company is None or event.company == self.company)
			and all(condition.holds(event) for condition in self.conditions)
			and (self.anchor is None or self._anchor_of(event) is not None)
		)

	def _anchor_of(self, event: Event) -> datetime | None:
		if self.anchor is None:
			return event.happened_at
		raw = event.facts.get(self.anchor)
		if not raw:
			return None
		try:
			anchor = datetime.fromisoformat(str(raw))
		except ValueError:
			return None
		return anchor if anchor.tzinfo is None else None  # another zone's time says nothing here

	def times(self, event: Event, hours: BusinessHours) -> tuple[datetime, datetime]:
		"""When the promise opens and when it is due. It never opens before its event.

		An opening that the event is too late for still sets the due time, as long as that lies ahead: a
		call before the end of a hold of four hours is due when the hold ends. What is
		counted back from a moment that has passed already has a day at most.
		"""
		anchor = self._anchor_of(event)
		if anchor is None:
			raise Refused("anchor", _("{0}: the event has no {1} to count from"), self.name, self.anchor)
		wanted = _after(anchor, self.wait, self.wait_clock, hours)
		opens = max(wanted, event.happened_at)
		due = self._due_after(wanted, hours)
		if due > opens:
			return opens, due
		late = self._due_after(opens, hours)
		if self.wait.value < 0 and anchor <= opens and self.due_clock is Clock.CALENDAR:
			late = min(late, opens + timedelta(days=1))
		return opens, late

	def _due_after(self, opens: datetime, hours: BusinessHours) -> datetime:
		if self.due_clock is Clock.BUSINESS and self.due.unit is Unit.DAYS:
			return hours.closing(opens, self.due.value)
		return _after(opens, self.due, self.due_clock, hours)


def _after(moment: datetime, span: Span, clock: Clock, hours: BusinessHours) -> datetime:
	if clock is Clock.CALENDAR:
		return moment + span.delta
	if span.unit is Unit.DAYS:
		return hours.opening(moment, span.value)
	return hours.add(moment, span.delta)


def fill(template: str, event: Event) -> str:
	"""A text with the event's facts in its ``{places}``. What the event does not say stays empty."""

	def place(match: re.Match[str]) -> str:
		name = match.group(1)
		if name == "amount" and event.amount is not None:
			return str(event.amount)
		value = value_of(event, name)
		return "" if value is None else str(value)

	return _PLACE.sub(place, template).strip()


@dataclass(frozen=True)
class FollowUp:
	"""One promise. ``key`` is unique: one promise per rule and occasion."""

	key: str
	rule: str
	occasion: str
	cause: str
	cause_at: datetime
	customer: str
	company: str
	department: str | None
	subject: tuple[str, str]
	title: str
	talking_points: str
	opens_at: datetime
	due_at: datetime
	status: Status = Status.PLANNED
	opened_at: datetime | None = None
	ended_at: datetime | None = None
	stopped_by: str | None = None
	reason: str = ""
	subjects: Mapping[str, str | None] = field(default_factory=dict)
	document_owner: str | None = None

	@property
	def person(self) -> tuple[str, str] | None:
		"""Who is asked: the customer, else the lead, as (kind, name)."""
		return person_of(self.customer, self.subjects.get("lead"))

	def in_scope(self, event: Event) -> bool:
		"""Whether the event is about the very thing this promise is about."""
		name, value = self.subject
		return bool(value) and bool(getattr(event, name) == value)  # nobody is not the same as nobody


def follow_up_key(rule: str, occasion: str) -> str:
	return f"{rule}|{occasion}"


def subject_of(event: Event, about: str | None = None) -> tuple[str, str]:
	"""What a promise is about, as (kind, name): the wanted subject, else the most particular one that
	the event has, else the customer. Instead of a customer whom nobody knows yet it is the lead. How money
	came is asked last but for events of the paying itself."""
	if about == "customer" and (person := event.person):
		return person
	if about is not None and about != "customer" and (wanted := getattr(event, about)):
		return about, wanted
	for name in SUBJECTS:
		if name in WAYS_OF_PAYING and not event.about_paying:
			continue
		value = getattr(event, name)
		if value:
			return name, value
	return "customer", event.customer


def promise(rule: Rule, event: Event, hours: BusinessHours) -> FollowUp:
	"""The promise that a rule makes because of an event."""
	opens, due = rule.times(event, hours)
	return FollowUp(
		key=follow_up_key(rule.name, event.occasion),
		rule=rule.name,
		occasion=event.occasion,
		cause=event.key,
		cause_at=event.happened_at,
		customer=event.customer,
		company=event.company,
		department=rule.department or event.department,
		subject=subject_of(event, rule.about),
		title=fill(rule.title, event),
		talking_points=fill(rule.talking_points, event),
		opens_at=opens,
		due_at=due,
		subjects={name: getattr(event, name) for name in SUBJECTS},
		document_owner=event.actor,
	)


def stops(rule: Rule, follow_up: FollowUp, event: Event) -> bool:
	"""Whether an event fulfils or ends a promise: named by the rule, about the same thing, not earlier.

	Of two causes at one instant the one with the later key stands, so that they do not end each other.
	"""
	since = (follow_up.cause_at, follow_up.cause if event.type == rule.event_type else "")
	return (
		event.type in rule.stops
		and event.key != follow_up.cause
		and event.occasion != follow_up.occasion
		and (event.happened_at, event.key) >= since
		and follow_up.in_scope(event)
	)


def same_matter(rule: Rule, cause: Event, stop: Event) -> bool:
	"""Whether a stop speaks of what the cause speaks of: the same job of a repair order, not another.

	One that does not say which (the repair order is cancelled as a whole) speaks of it too.
	"""
	if rule.stops_share is None:
		return True
	wanted, said = value_of(cause, rule.stops_share), value_of(stop, rule.stops_share)
	return wanted == said or wanted in (None, "") or said in (None, "")


CONTACTS: tuple[str, ...] = (
	"appointment.booked", "appointment.confirmed", "appointment.kept", "appointment.rescheduled",
	"job.approved", "job.declined", "job.deferred",
	"deal.contracted", "deal.delivered", "deal.opened",
	"lead.responded",
	"message.received",
	"ro.closed", "ro.opened",
	"test_drive.taken", "visit.made",
)  # fmt: skip
"""Events in which a person of the house and the customer were in touch."""

CONSENT: tuple[str, ...] = ("consent.given", "consent.revoked")
"""What a customer says of being asked; the last word counts."""


def stopped(follow_up: FollowUp, by: Event, reason: str) -> FollowUp:
	return replace(
		follow_up, status=Status.STOPPED, stopped_by=by.key, ended_at=by.happened_at, reason=reason
	)


@dataclass(frozen=True)
class Standing:
	"""What is known of a customer at the moment a promise would open."""

	opened_of_rule: Sequence[datetime] = ()  # when promises of this rule opened for this customer
	last_contact: datetime | None = None  # when a person last spoke with the customer
	consents: bool = True
	opted_out: bool = False  # the last word on it was no


def restrain(rule: Rule, now: datetime, standing: Standing) -> str | None:
	"""The rule of restraint that forbids opening a promise now, as untranslated text; None: open it."""
	if rule.unless_opted_out and standing.opted_out:
		return _("The customer does not want to be asked about this")
	if rule.needs_consent and not standing.consents:
		return _("The customer has not consented to this kind of contact")
	if rule.quiet_hours_after_contact and standing.last_contact is not None:
		if now - standing.last_contact < timedelta(hours=rule.quiet_hours_after_contact):
			return _("Somebody has just been in contact with the customer")
	if rule.cap:
		since = now - timedelta(days=rule.cap_days)
		if sum(1 for at in standing.opened_of_rule if since < at <= now) >= rule.cap:
			return _("The cap for this rule and customer is reached")
	return None

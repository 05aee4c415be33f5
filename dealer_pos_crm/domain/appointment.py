"""A service appointment: its states, when it can be, and what it takes of a team's day.

Times are naive, in the dealership's own time zone: an hour before nine is eight o'clock on the wall, also
in the night in which the clocks change. Work is counted in whole minutes of opening time.
"""

import enum
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .clock import BusinessHours
from .refusal import Refused, _
from .steps import Steps

SHORTEST = 5  # minutes
LONGEST = 80 * 60  # minutes: two weeks of one bay
FARTHEST = timedelta(days=730)  # beyond that somebody mistyped the year
REACH = timedelta(days=62)  # nothing that began earlier still takes up a team: LONGEST, in short weeks
_FAR = 3660  # days searched for an open one before giving up


class Status(str, enum.Enum):
	BOOKED = "Booked"
	CONFIRMED = "Confirmed"
	ARRIVED = "Arrived"
	NO_SHOW = "No-show"
	CANCELLED = "Cancelled"
	RESCHEDULED = "Rescheduled"


class Action(str, enum.Enum):
	CONFIRM = "Confirm"
	ARRIVE = "Arrive"
	MISS = "No-show"
	RESCHEDULE = "Reschedule"
	CANCEL = "Cancel"


# The customer is still expected.
OPEN = frozenset({Status.BOOKED, Status.CONFIRMED})
# What takes up a team's hours.
COUNTED = OPEN | {Status.ARRIVED}

_ALLOWED: dict[Action, frozenset[Status]] = {
	Action.CONFIRM: frozenset({Status.BOOKED}),
	Action.ARRIVE: OPEN | {Status.NO_SHOW},
	# Arrived: it was the wrong customer, or the car drove off again before anything was written.
	Action.MISS: COUNTED,
	Action.RESCHEDULE: OPEN | {Status.NO_SHOW},
	Action.CANCEL: OPEN,
}

_RESULT: dict[Action, Status] = {
	Action.CONFIRM: Status.CONFIRMED,
	Action.ARRIVE: Status.ARRIVED,
	Action.MISS: Status.NO_SHOW,
	Action.RESCHEDULE: Status.RESCHEDULED,
	Action.CANCEL: Status.CANCELLED,
}


_STEPS = Steps(
	_ALLOWED,
	_RESULT,
	arrival=Action.ARRIVE,
	settled=(
		"has_order",
		_("{0} has its repair order: {1} is not possible any more. Go on in the repair order"),
	),
	nothing=_("{0} is {1}: nothing more can be done with it. Book a new appointment"),
)


def allowed_actions(status: Status, *, has_order: bool = False) -> tuple[Action, ...]:
	"""What can be done now. A repair order settles it: the customer is here, and stays so."""
	return _STEPS.possible(status, settled=has_order)


def after(action: Action, status: Status, name: str, *, has_order: bool = False) -> Status:
	"""The status that follows. Refused (``wrong_status``, ``has_order``) with what is possible instead."""
	return _STEPS.after(action, status, name, settled=has_order)


is_done = _STEPS.is_done


def minutes_of(hours: float) -> int:
	"""Whole minutes of a number of hours. Refused (``duration``) when it is no length of an appointment."""
	minutes = round(hours * 60) if -1e6 < hours < 1e6 else -1
	if minutes <= 0:
		raise Refused("duration", _("How long will it take? {0} hours is no duration"), f"{hours:g}")
	if minutes < SHORTEST:
		raise Refused("duration", _("An appointment takes at least {0} minutes"), SHORTEST)
	if minutes > LONGEST:
		raise Refused(
			"duration",
			_("{0} hours are more than one appointment takes (at most {1}); book the work in parts"),
			f"{hours:g}",
			LONGEST // 60,
		)
	return minutes


def check_start(starts_at: datetime, now: datetime, hours: BusinessHours) -> None:
	"""The house is open then, and then is still to come.

	Refused: ``past``, ``far``, ``closed_day`` and ``closed_hour``, the last two with the next possible time.
	"""
	if starts_at < now.replace(second=0, microsecond=0):
		raise Refused("past", _("{0} has passed. Choose a later time"), f"{starts_at:%Y-%m-%d %H:%M}")
	if starts_at - now > FARTHEST:
		raise Refused("far", _("{0} is more than two years ahead. Check the year"), f"{starts_at:%Y-%m-%d}")
	if hours.is_open(starts_at):
		return
	free = f"{next_open(starts_at, hours):%Y-%m-%d %H:%M}"
	span = hours.span(starts_at.date())
	if span is None:
		raise Refused(
			"closed_day",
			_("The house is closed on {0}. It opens again at {1}"),
			f"{starts_at:%Y-%m-%d}",
			free,
		)
	raise Refused(
		"closed_hour",
		_("{0} is outside opening hours ({1} to {2}). The next possible time is {3}"),
		f"{starts_at:%Y-%m-%d %H:%M}",
		f"{span[0]:%H:%M}",
		f"{span[1]:%H:%M}",
		free,
	)


def next_open(moment: datetime, hours: BusinessHours) -> datetime:
	"""The first open moment from here on."""
	return next(begin for begin, _minutes in _open_from(moment, hours))


def _open_from(moment: datetime, hours: BusinessHours) -> Iterator[tuple[datetime, int]]:
	"""Day by day from a moment on: when the house is open, and for how many minutes still."""
	day = moment.date()
	for _step in range(_FAR):
		span = hours.span(day)
		if span is not None and span[1] > moment:
			begin = max(span[0], moment)
			minutes = round((span[1] - begin).total_seconds() / 60)
			if minutes > 0:
				yield begin, minutes
		day += timedelta(days=1)
	raise Refused("hours", _("There are no opening hours to count in; check the business hours"))


def pieces(starts_at: datetime, minutes: int, hours: BusinessHours) -> list[tuple[datetime, int]]:
	"""The work day by day: when it goes on, and for how many minutes. What closing time cuts off goes on
	when the house opens again."""
	found: list[tuple[datetime, int]] = []
	rest = minutes
	for begin, room in _open_from(starts_at, hours):
		if rest <= 0:
			break
		found.append((begin, min(rest, room)))
		rest -= room
	return found


def ends_at(starts_at: datetime, minutes: int, hours: BusinessHours) -> datetime:
	"""When the work would be finished, were nothing else in the bay."""
	begin, last = pieces(starts_at, minutes, hours)[-1]
	return begin + timedelta(minutes=last)


@dataclass(frozen=True)
class Booking:
	"""What one appointment asks of a team."""

	team: str | None
	starts_at: datetime
	minutes: int


@dataclass(frozen=True)
class Load:
	"""A team's day: minutes booked against minutes it has. No capacity: nobody keeps count."""

	day: date
	team: str | None
	booked: int
	capacity: int
	appointments: int = 0
	closed: bool = False

	@property
	def free(self) -> int:
		return self.capacity - self.booked

	@property
	def overbooked(self) -> bool:
		return bool(self.booked) and (self.closed or 0 < self.capacity < self.booked)

	def with_more(self, minutes: int) -> "Load":
		"""The same day with one more appointment."""
		return Load(
			self.day, self.team, self.booked + minutes, self.capacity, self.appointments + 1, self.closed
		)


def loads(
	days: Sequence[date],
	capacities: dict[str | None, int],
	bookings: Iterable[Booking],
	hours: BusinessHours,
) -> list[Load]:
	"""Each team's load on each day. ``capacities``: minutes a day by team; a team without one is counted too."""
	booked: dict[tuple[str | None, date], int] = {}
	started: dict[tuple[str | None, date], int] = {}
	wanted = set(days)
	teams = dict.fromkeys(capacities)
	for booking in bookings:
		used = False
		for begin, minutes in pieces(booking.starts_at, booking.minutes, hours):
			day = begin.date()
			if day in wanted:
				used = True
				booked[booking.team, day] = booked.get((booking.team, day), 0) + minutes
		day = booking.starts_at.date()
		if day in wanted:
			started[booking.team, day] = started.get((booking.team, day), 0) + 1
		if used:
			teams.setdefault(booking.team)
	return [
		Load(
			day=day,
			team=team,
			booked=booked.get((team, day), 0),
			capacity=0 if hours.span(day) is None else capacities.get(team, 0),
			appointments=started.get((team, day), 0),
			closed=hours.span(day) is None,
		)
		for team in teams
		for day in days
	]


def missed_since(starts_at: datetime, grace_minutes: int) -> datetime:
	"""From when on an appointment counts as missed."""
	return starts_at + timedelta(minutes=max(grace_minutes, 0))


def is_missed(
	status: Status, starts_at: datetime, now: datetime, grace_minutes: int, *, has_order: bool
) -> bool:
	"""Neither arrived nor with a repair order, and the grace time is over."""
	return status in OPEN and not has_order and now >= missed_since(starts_at, grace_minutes)


def check_missed(starts_at: datetime, now: datetime, name: str) -> None:
	"""A person may say so as soon as the time has come, not before."""
	if now < starts_at:
		raise Refused(
			"too_early",
			_("{0} is not due before {1}: nobody has missed it yet. Cancel or reschedule it instead"),
			name,
			f"{starts_at:%Y-%m-%d %H:%M}",
		)


def lead_hours(booked_at: datetime, starts_at: datetime) -> int:
	"""Whole hours between booking and start; reminders that would come too late need not come at all."""
	return max(int((starts_at - booked_at).total_seconds() // 3600), 0)


def overlaps(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
	"""Whether two stays, each from and until, share a moment."""
	return one[0] < other[1] and other[0] < one[1]


# What stays as it was booked: (field). Another time or another customer is another appointment.
FROZEN_WHEN_BOOKED: tuple[str, ...] = ("company", "customer", "starts_at")
# What stays as it was once the customer came, did not come, or will not come.
FROZEN_WHEN_OVER: tuple[str, ...] = ("vehicle", "duration", "team", "concern")

"""Business time and quiet hours. All times are naive, in the dealership's own time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from .refusal import Refused, _

_FAR = 3660  # days searched for business time before giving up


@dataclass(frozen=True)
class BusinessHours:
	"""Opening hours by weekday (0 is Monday) and the days on which the house is closed."""

	week: Mapping[int, tuple[time, time]]
	closed: frozenset[date] = field(default_factory=frozenset)

	def __post_init__(self) -> None:
		for opens, closes in self.week.values():
			if opens >= closes:
				raise Refused("hours", _("Opening hours end ({0}) before they begin ({1})"), closes, opens)

	def span(self, day: date) -> tuple[datetime, datetime] | None:
		"""When the house opens and closes on that day; None when it stays closed."""
		hours = self.week.get(day.weekday())
		if hours is None or day in self.closed:
			return None
		return datetime.combine(day, hours[0]), datetime.combine(day, hours[1])

	def is_open(self, moment: datetime) -> bool:
		span = self.span(moment.date())
		return span is not None and span[0] <= moment < span[1]

	def add(self, moment: datetime, duration: timedelta) -> datetime:
		"""``moment`` plus so much opening time. A moment outside hours counts from the next opening."""
		if duration < timedelta(0):
			raise Refused("hours", _("Business time is counted forward only"))
		rest = duration
		day = moment.date()
		for _step in range(_FAR):
			span = self.span(day)
			if span is not None:
				begin = max(span[0], moment)
				if begin < span[1]:
					room = span[1] - begin
					if rest <= room:
						return begin + rest
					rest -= room
			day += timedelta(days=1)
		raise Refused("hours", _("There are no opening hours to count in; check the business hours"))

	def business_day(self, moment: datetime, days: int) -> tuple[datetime, datetime]:
		"""Opening and closing of the day that is so many opening days after the moment's own.

		Day 0 is the moment's day while the house is still to close on it, else the next opening day.
		"""
		if days < 0:
			raise Refused("hours", _("Business time is counted forward only"))
		day = moment.date()
		left = days
		for _step in range(_FAR):
			span = self.span(day)
			if span is not None and span[1] > moment:
				if left == 0:
					return span
				left -= 1
			day += timedelta(days=1)
		raise Refused("hours", _("There are no opening hours to count in; check the business hours"))

	def between(self, begin: datetime, end: datetime) -> timedelta:
		"""Opening time from one moment to another; nothing when the second is not later."""
		found = timedelta(0)
		day = begin.date()
		while day <= end.date():
			span = self.span(day)
			if span is not None:
				found += max(min(span[1], end) - max(span[0], begin), timedelta(0))
			day += timedelta(days=1)
		return found

	def opening(self, moment: datetime, days: int) -> datetime:
		"""The first open moment, at or after ``moment``, of the day so many opening days later."""
		return max(self.business_day(moment, days)[0], moment)

	def closing(self, moment: datetime, days: int) -> datetime:
		"""Closing time of the day so many opening days later; 0 days is "the same day"."""
		return self.business_day(moment, days)[1]


ALWAYS_OPEN = BusinessHours({day: (time.min, time.max) for day in range(7)})


@dataclass(frozen=True)
class QuietHours:
	"""When nothing automatic speaks to a customer. May run over midnight (21:00 to 08:00).

	The default is the window that US telemarketing law leaves free: 8 am to 9 pm local (47 CFR 64.1200).
	"""

	begin: time = time(21)
	end: time = time(8)

	def covers(self, moment: datetime) -> bool:
		at = moment.time()
		if self.begin == self.end:
			return False
		if self.begin < self.end:
			return self.begin <= at < self.end
		return at >= self.begin or at < self.end

	def next_free(self, moment: datetime) -> datetime:
		"""The moment itself, or the end of the quiet hours it falls into."""
		if not self.covers(moment):
			return moment
		free = datetime.combine(moment.date(), self.end)
		return free if free > moment else free + timedelta(days=1)

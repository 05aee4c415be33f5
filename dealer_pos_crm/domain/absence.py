"""Who is at work when: own hours or the house's, and the days away."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from .clock import BusinessHours
from .refusal import Refused, _


@dataclass(frozen=True)
class Absence:
	"""Days on which somebody is away; both ends belong to it."""

	first: date
	last: date

	def __post_init__(self) -> None:
		if self.last < self.first:
			raise Refused("absence", _("An absence ends ({0}) before it begins ({1})"), self.last, self.first)

	def covers(self, day: date) -> bool:
		return self.first <= day <= self.last


@dataclass(frozen=True)
class Calendar:
	"""A person's working time. ``week`` is empty for whoever works the house's hours."""

	week: Mapping[int, tuple[time, time]] = field(default_factory=dict)
	absences: Sequence[Absence] = ()
	cover: str = ""

	def away(self, day: date) -> bool:
		return any(absence.covers(day) for absence in self.absences)

	def hours(self, house: BusinessHours) -> BusinessHours:
		"""The person's hours; on days on which the house is closed nobody works."""
		return BusinessHours(self.week, house.closed) if self.week else house

	def at_work(self, moment: datetime, house: BusinessHours) -> bool:
		return not self.away(moment.date()) and self.hours(house).is_open(moment)


def check(absences: Sequence[Absence]) -> None:
	"""Raise ``Refused`` when two absences overlap."""
	ordered = sorted(absences, key=lambda absence: absence.first)
	for one, other in itertools.pairwise(ordered):
		if other.first <= one.last:
			raise Refused(
				"absence",
				_("The absences from {0} and from {1} overlap; make them one"),
				one.first,
				other.first,
			)

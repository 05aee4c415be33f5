"""Days at Summit Motors: a time-ordered script of acts that never contradicts itself.

A queue of what will happen next is worked off in time; every act is decided on the state of that
moment, so no car is held twice and no deposit pays out more than it holds.
"""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from ...domain.event import Event
from .cars import Vehicle, vehicles
from .deposits import Deposits
from .events import events_of
from .house import House, house
from .lane import Lane
from .lane_acts import AnyAct
from .people import Customer
from .showroom_deals import Deals

MONTH_END = date(2025, 10, 31)  # the last day of the built-in month
MONTH_DAYS = 30


def stock(persons: Sequence[Customer]) -> tuple[Vehicle, ...]:
	"""The vehicles that the script is about: those on the lot and those of the customers."""
	return vehicles(persons)


def acts(days: int = 60, today: date = MONTH_END, place: House | None = None) -> list[AnyAct]:
	"""What happens in so many days up to and including ``today``, in the order of time."""
	place = place or house()
	rng = random.Random(f"acts-{place.seed}")
	counter = _Script(place.customers, place.vehicles, rng).play(days, today)
	if not place.arrivals:
		return counter
	rng = random.Random(f"showroom-{place.seed}")
	return sorted(
		[*counter, *_Floor(place.prospects, place.arrivals, rng).play(days, today)], key=lambda act: act.at
	)


def month(place: House | None = None, today: date = MONTH_END) -> list[Event]:
	"""The built-in month as events: the same thirty days on every machine."""
	place = place or house()
	return events_of(place, acts(MONTH_DAYS, today, place))


class _Floor(Deals):
	def play(self, days: int, today: date) -> list[AnyAct]:
		self._plan(today - timedelta(days=days - 1), days)
		return self._run(datetime.combine(today, time(20)))


class _Script(Lane, Deposits):
	def play(self, days: int, today: date) -> list[AnyAct]:
		end = datetime.combine(today, time(20))
		for back in range(days - 1, -1, -1):
			day = today - timedelta(days=back)
			if day.weekday() < 6:
				self._plan_day(day)
		return self._run(end)

	def _plan_day(self, day: date) -> None:
		busy = 1.3 if day.weekday() in (4, 5) else 1.0
		for arrival, usual in (
			(self._deposit_on_car, 1.9),
			(self._deposit_on_order, 0.4),
			(self._deposit_on_part, 0.45),
			(self._sale, 0.45),
			(self._call, 3.4),
			(self._walk_in, 0.9),
			(self._parts_sale, 0.9),
			(self._join_waiting_list, 0.5),
		):
			for _time in range(self._how_many(usual * busy)):
				self._at(self._moment(day), arrival)

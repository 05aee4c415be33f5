"""When a vehicle is due for its next maintenance: by date or by predicted mileage, the earlier one.

The prediction says what it rests on, so that a person can check it. Mileages are in the unit the car
counts in (miles or kilometres; one unit per car).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from .refusal import _
from .vehicle import Reading, in_order

# Readings that tell how the car is driven now: the last so many, none older than this before the last.
RECENT = 12
RECENT_DAYS = 3 * 365
# Fewer days between readings say nothing about a year.
SHORTEST_DAYS = 30
# Beyond this a reading is wrong: nobody drives more in a day, day after day.
FASTEST_A_DAY = 500.0
# What was overdue at a visit and not done is brought up again after so many days, not on the way out.
AGAIN_AFTER_DAYS = 30

_YEAR = 365.25
_LAST_DAY = date(9999, 12, 31)


@dataclass(frozen=True)
class Done:
	"""The last time a repeating operation was done. ``mileage`` None: nobody wrote it down.

	``months`` and ``miles`` are its intervals; 0: it does not repeat by that measure.
	"""

	op_code: str
	service: str
	on: date
	mileage: int | None
	months: int = 0
	miles: int = 0


@dataclass(frozen=True)
class Sentence:
	"""Untranslated text with numbered places. Dates and whole numbers are shown as the reader writes them."""

	template: str
	values: tuple[object, ...] = ()

	def __str__(self) -> str:
		return self.template.format(*self.values)


@dataclass(frozen=True)
class Pace:
	"""How far the car goes in a day, and what says so. ``readings`` 0: the house's usual figure."""

	a_day: float
	readings: int = 0
	since: date | None = None
	until: date | None = None

	@property
	def a_year(self) -> int:
		return round(self.a_day * _YEAR)


@dataclass(frozen=True)
class Forecast:
	"""The next maintenance. ``due`` is when the interval ends, ``on`` when to bring it up; they differ only
	for what was due already."""

	op_code: str
	service: str
	on: date
	due: date
	by_mileage: bool
	basis: tuple[Sentence, ...]
	due_mileage: int | None = None

	@property
	def text(self) -> str:
		return " ".join(str(sentence) for sentence in self.basis)


@dataclass(frozen=True)
class _Point:
	"""A reading on an odometer that never went back: what was on it before a drop is added again."""

	on: date
	total: int
	shown: int
	run: int  # readings of one run have no drop between them


def _line(readings: Sequence[Reading]) -> list[_Point]:
	"""The readings as distance driven. A lower reading starts a new run where the last one ended."""
	points: list[_Point] = []
	lost = run = 0
	for reading in in_order(readings):
		if points and reading.mileage < points[-1].shown:
			lost += points[-1].shown - reading.mileage
			run += 1
		points.append(_Point(reading.read_on, reading.mileage + lost, reading.mileage, run))
	return points


def pace(readings: Sequence[Reading], miles_a_year: int) -> Pace:
	"""The car's pace: the median slope between its recent readings, else ``miles_a_year``.

	The median (Theil and Sen's) shrugs off a reading that was mistyped, also one that was later explained.
	Pairs with a replaced odometer or a corrected mistake between them are left out.
	"""
	return _pace(_line(readings), miles_a_year)


def _pace(points: Sequence[_Point], miles_a_year: int) -> Pace:
	usual = Pace(max(miles_a_year, 0) / _YEAR)
	if not points:
		return usual
	since = points[-1].on - timedelta(days=min(RECENT_DAYS, points[-1].on.toordinal() - 1))
	recent = [point for point in points[-RECENT:] if point.on >= since]
	slopes = [
		(late.total - early.total) / (late.on - early.on).days
		for index, early in enumerate(recent)
		for late in recent[index + 1 :]
		if early.run == late.run and (late.on - early.on).days >= SHORTEST_DAYS
	]
	if not slopes:
		return usual
	found = median(slopes)
	if found > FASTEST_A_DAY:
		return usual
	return Pace(found, len(recent), recent[0].on, recent[-1].on)


def _months_later(day: date, months: int) -> date:
	"""The same day of the month so many months later, or the month's last day."""
	years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
	if years > _LAST_DAY.year:
		return _LAST_DAY
	for last in (day.day, 30, 29, 28):
		try:
			return date(years, month + 1, min(day.day, last))
		except ValueError:
			continue
	raise AssertionError("every month has 28 days")


def _days_later(day: date, days: float) -> date:
	whole = math.ceil(days)
	return _LAST_DAY if whole > (_LAST_DAY - day).days else day + timedelta(days=whole)


def _forecast(done: Done, points: Sequence[_Point], driven: Pace, today: date) -> Forecast | None:
	by_date = _months_later(done.on, done.months) if done.months > 0 else None
	by_mileage, due_at = _by_mileage(done, points, driven)
	if by_date is None and by_mileage is None:
		return None
	basis: list[Sentence] = []
	if by_mileage is not None and (by_date is None or by_mileage < by_date):
		due = by_mileage
		basis.append(
			Sentence(
				_("{0}: every {1} on the odometer, last done at {2} on {3}, so due at {4}."),
				(done.service, done.miles, done.mileage, done.on, due_at),
			)
		)
		basis.append(_reached(points, done, driven, by_mileage, due_at))
		basis.append(_pace_sentence(driven))
		if by_date is not None:
			basis.append(Sentence(_("By time (every {0} months) it would be {1}."), (done.months, by_date)))
	else:
		assert by_date is not None
		due = by_date
		basis.append(
			Sentence(
				_("{0}: every {1} months, last done on {2}, so due on {3}."),
				(done.service, done.months, done.on, by_date),
			)
		)
		if by_mileage is not None and by_mileage < _LAST_DAY:
			basis.append(
				Sentence(
					_("By mileage (every {0} on the odometer) it would be {1}."), (done.miles, by_mileage)
				)
			)
			basis.append(_pace_sentence(driven))
	on = due
	if due <= today:
		on = _days_later(today, AGAIN_AFTER_DAYS)
		basis.append(
			Sentence(
				_("It was due already on {0} and is brought up again {1} days after this visit."),
				(today, AGAIN_AFTER_DAYS),
			)
		)
	return Forecast(done.op_code, done.service, on, due, due is not by_date, tuple(basis), due_at)


def _by_mileage(done: Done, points: Sequence[_Point], driven: Pace) -> tuple[date | None, int | None]:
	"""When the mileage interval ends, and at what the odometer shows then; None where nobody can know."""
	if done.miles <= 0 or done.mileage is None:
		return None, None
	before = [point for point in points if point.on <= done.on]
	lost = before[-1].total - before[-1].shown if before else 0
	last = points[-1] if points and points[-1].on >= done.on else None
	start = done.mileage + lost
	at, on = (last.total, last.on) if last and last.total >= start else (start, done.on)
	due_total = start + done.miles
	shown_later = last.total - last.shown if last else lost
	due_at = due_total - shown_later
	if at >= due_total:
		return on, due_at
	if driven.a_day <= 0:
		return None, due_at
	return _days_later(on, (due_total - at) / driven.a_day), due_at


def _reached(
	points: Sequence[_Point], done: Done, driven: Pace, by_mileage: date, due_at: int | None
) -> Sentence:
	last = points[-1] if points and points[-1].on >= done.on else None
	shown, on = (last.shown, last.on) if last else (done.mileage, done.on)
	return Sentence(
		_("The odometer showed {0} on {1}; at {2} a year it shows {3} on {4}."),
		(shown, on, driven.a_year, due_at, by_mileage),
	)


def _pace_sentence(driven: Pace) -> Sentence:
	if driven.readings:
		return Sentence(
			_("That pace is the median of {0} readings from {1} to {2}."),
			(driven.readings, driven.since, driven.until),
		)
	return Sentence(
		_("There are too few readings to tell this car's own pace; {0} a year are assumed."),
		(driven.a_year,),
	)


def all_forecasts(
	readings: Sequence[Reading], done: Iterable[Done], today: date, miles_a_year: int
) -> list[Forecast]:
	"""What is due when, the soonest first; of each operation the last time it was done counts."""
	points = [point for point in _line(readings) if point.on <= today]
	driven = _pace(points, miles_a_year)
	last: dict[str, Done] = {}
	for row in done:
		known = last.get(row.op_code)
		if row.on <= today and (
			known is None or (known.on, known.mileage or 0) <= (row.on, row.mileage or 0)
		):
			last[row.op_code] = row
	found = [_forecast(row, points, driven, today) for row in last.values()]
	return sorted(
		(forecast for forecast in found if forecast is not None),
		key=lambda forecast: (forecast.on, forecast.due, forecast.op_code),
	)


def next_maintenance(
	readings: Sequence[Reading], done: Iterable[Done], today: date, miles_a_year: int
) -> Forecast | None:
	"""The next maintenance; None when nothing that repeats was ever done on the car."""
	return next(iter(all_forecasts(readings, done, today, miles_a_year)), None)

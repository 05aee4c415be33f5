"""A technician's time: one job at a time, what was flagged for it, and what the two say together.

Clocked: time stamped on jobs. Flagged: hours that done jobs are worth by their op codes. Billed: flagged hours of
jobs that were invoiced. Available: opening hours of the days on which the technician worked.
Efficiency = flagged / available, productivity = billed / clocked. Times are naive, in the dealership's own zone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from .clock import ALWAYS_OPEN, BusinessHours
from .refusal import Refused, _
from .repair_order import WORKING, Answer, PayType, Status

_CENT = Decimal("0.01")
_HOUR = Decimal(3600)
_LONGEST = timedelta(hours=24)
_TURNED_DOWN = frozenset({Answer.DECLINED, Answer.DEFERRED})


@dataclass(frozen=True)
class Span:
	"""One clock. ``ended_at`` is None while it runs."""

	started_at: datetime
	ended_at: datetime | None = None

	def overlaps(self, other: "Span") -> bool:
		"""Whether the two share a moment; one that ends when the other begins does not."""
		begins_before = self.ended_at is None or other.started_at < self.ended_at
		ends_after = other.ended_at is None or self.started_at < other.ended_at
		return begins_before and ends_after


def hours_between(begin: datetime, end: datetime) -> Decimal:
	"""Hours with two decimals; never negative."""
	seconds = Decimal(str(max((end - begin).total_seconds(), 0.0)))
	return (seconds / _HOUR).quantize(_CENT, ROUND_HALF_UP)


def check_work(
	order: str, status: Status, job: str, *, answer: Answer, pay_type: PayType, done: bool = False
) -> None:
	"""Refuse work on a job that nobody agreed to, that is done, or whose order is past the shop.

	A customer is asked before work begins; the maker and the house agree by rules of their own.
	"""
	if status not in WORKING:
		raise Refused("order_done", _("{0} is {1}: nobody can clock on to it"), order, status.value)
	if done:
		raise Refused(
			"job_done", _("{0} is marked done. Take the mark back first, if there is more to do"), job
		)
	if answer in _TURNED_DOWN:
		raise Refused(
			"job_turned_down", _("The answer to {0} is {1}: it is not to be done"), job, answer.value
		)
	if pay_type is PayType.CUSTOMER and answer is not Answer.APPROVED:
		raise Refused(
			"not_approved",
			_("{0} is not approved yet. The advisor records the customer's answer first"),
			job,
		)


def forgotten_at(started_at: datetime, hours: BusinessHours, now: datetime) -> datetime | None:
	"""When a running clock should have ended: the first closing time after its start, once that has passed.

	Where no hours are kept, a clock that ran round the clock counts as forgotten.
	"""
	if hours is ALWAYS_OPEN:
		ends = started_at + _LONGEST
	else:
		span = hours.span(started_at.date())
		if span is None or span[1] <= started_at:  # somebody works after hours or on a closed day
			ends = started_at + timedelta(hours=8)
		else:
			ends = span[1]
	return ends if ends < now else None


def check_correction(corrected: Span, others: Iterable[Span], reason: str | None, now: datetime) -> str:
	"""Refuse a correction that makes no sense; returns the reason as it is kept."""
	said = (reason or "").strip()
	if len(said) < 5:
		raise Refused("no_reason", _("Say why the time is corrected, in a few words"))
	if corrected.ended_at is None:
		raise Refused("no_end", _("A corrected clock needs its end"))
	if corrected.ended_at <= corrected.started_at:
		raise Refused(
			"backwards",
			_("The end ({0}) must be after the start ({1})"),
			f"{corrected.ended_at:%Y-%m-%d %H:%M}",
			f"{corrected.started_at:%Y-%m-%d %H:%M}",
		)
	if corrected.ended_at > now:
		raise Refused("future", _("The end ({0}) has not come yet"), f"{corrected.ended_at:%Y-%m-%d %H:%M}")
	if corrected.ended_at - corrected.started_at > _LONGEST:
		raise Refused("too_long", _("Nobody works on one job for more than {0} hours in one go"), 24)
	for other in others:
		if corrected.overlaps(other):
			raise Refused(
				"overlap",
				_("The technician was on another job from {0} to {1}; times may not overlap"),
				f"{other.started_at:%Y-%m-%d %H:%M}",
				f"{other.ended_at:%Y-%m-%d %H:%M}" if other.ended_at else "-",
			)
	return said


def shared(flagged: Decimal, clocked: Mapping[str, Decimal], technician: str | None) -> dict[str, Decimal]:
	"""The hours a job is worth, by technician: in proportion to their time on it, to the hundredth.

	Nobody clocked: all of it goes to the job's technician. What rounding leaves goes to the largest rests.
	"""
	worked = {who: hours for who, hours in clocked.items() if hours > 0}
	if not worked:
		return {technician: flagged} if technician and flagged else {}
	whole = sum(worked.values(), Decimal(0))
	exact = {who: flagged * hours / whole for who, hours in worked.items()}
	parts = {who: part.quantize(_CENT, ROUND_DOWN) for who, part in exact.items()}
	rest = flagged - sum(parts.values(), Decimal(0))
	for who in sorted(exact, key=lambda name: (parts[name] - exact[name], name)):
		if rest < _CENT:
			break
		parts[who] += _CENT
		rest -= _CENT
	if rest:
		parts[max(parts, key=lambda name: (parts[name], name))] += rest
	return parts


def available(days: Iterable[date], hours: BusinessHours) -> Decimal | None:
	"""Opening hours of these days; None where no opening hours are kept, for then nobody knows."""
	if hours is ALWAYS_OPEN:
		return None
	spans = [hours.span(day) for day in set(days)]
	return sum((hours_between(*span) for span in spans if span), Decimal(0))


@dataclass(frozen=True)
class Figures:
	"""One technician's period, in hours. ``available`` is None where no opening hours are kept."""

	clocked: Decimal = Decimal(0)
	flagged: Decimal = Decimal(0)
	billed: Decimal = Decimal(0)
	available: Decimal | None = None

	@property
	def efficiency(self) -> Decimal | None:
		"""Flagged of available, in percent; None where the data does not say."""
		return _percent(self.flagged, self.available)

	@property
	def productivity(self) -> Decimal | None:
		"""Billed of clocked, in percent; None where nothing was clocked."""
		return _percent(self.billed, self.clocked)


def _percent(part: Decimal, whole: Decimal | None) -> Decimal | None:
	if not whole:
		return None
	return (part / whole * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)

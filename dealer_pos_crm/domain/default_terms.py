"""What the shipped rules have in common: spans, owners, and the events that settle a matter."""

from typing import Any

from .follow_up import Clock, Owner, Span, Unit

# The customer is with us again, or has decided.
BACK = frozenset(
	{
		"appointment.booked",
		"appointment.rescheduled",
		"appointment.kept",
		"visit.made",
		"deal.opened",
		"deal.contracted",
		"deposit.taken",
		"lead.lost",
		"deal.lost",
	}
)
# A deal that goes on, or has ended.
MOVED = frozenset(
	{
		"deal.stage_changed",
		"deal.ready_for_fni",
		"deal.contracted",
		"deal.delivered",
		"deal.lost",
	}
)
MANAGER: dict[str, Any] = {"owner": Owner.ROUND_ROBIN, "owner_role": "Dealer Sales Manager"}
FNI: dict[str, Any] = {"owner": Owner.ROUND_ROBIN, "owner_role": "Dealer FnI"}
_OPENING = 9  # a date begins at midnight; whoever has to act comes at nine


def days(value: int) -> Span:
	return Span(value, Unit.DAYS)


def hours(value: int) -> Span:
	return Span(value, Unit.HOURS)


def minutes(value: int) -> Span:
	return Span(value, Unit.MINUTES)


def morning(day: int) -> Span:
	"""The morning so many days after (before, when negative) a date."""
	return hours(24 * day + _OPENING)


TODAY: dict[str, Any] = {"due": days(0), "due_clock": Clock.BUSINESS}
NEXT_DAY: dict[str, Any] = {"wait": days(1), "wait_clock": Clock.BUSINESS, **TODAY}

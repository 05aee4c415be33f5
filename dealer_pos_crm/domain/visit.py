"""A visit to the showroom: who is a be-back, what is written down, when it is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from .refusal import Refused, _

WALK_IN, BE_BACK, APPOINTMENT, PHONE = "Walk-in", "Be-back", "Appointment", "Phone"
BOUGHT = frozenset({"Bought"})
LOST = "Lost"
OUTCOMES = ("Bought", "Left a Deposit", "Write-up", "Will Be Back", "Thinking", LOST)
# What a person agrees to next is asked when they leave without having bought or said no.
OPEN_ENDED = frozenset({"Will Be Back", "Thinking"})


def kind_of(
	earlier: Iterable[tuple[datetime, str]], now: datetime, within_days: int, *, expected: bool = False
) -> str:
	"""What kind of visit begins: by appointment, a be-back, or a walk-in.

	``earlier``: when the same person was here before, and with what outcome. Whoever bought since is no
	be-back: the next visit is about the next car.
	"""
	if expected:
		return APPOINTMENT
	since = now - timedelta(days=max(within_days, 0))
	rows = sorted(earlier)
	while rows:
		at, outcome = rows.pop()
		if outcome in BOUGHT:
			return WALK_IN
		if since <= at < now:
			return BE_BACK
	return WALK_IN


def check_end(
	name: str, arrived_at: datetime, left_at: datetime, outcome: str | None, next_step: str | None
) -> None:
	"""Refused: ``outcome`` (none, unknown), ``next_step`` (missing where they may come back), ``too_early``."""
	if outcome not in OUTCOMES:
		raise Refused("outcome", _("How did it end? Choose one of: {0}"), ", ".join(OUTCOMES))
	if outcome in OPEN_ENDED and len((next_step or "").strip()) < 3:
		raise Refused("next_step", _("What was agreed as the next step? Say it in a few words"))
	if left_at < arrived_at:
		raise Refused(
			"too_early",
			_("{0} began at {1}; it cannot have ended before"),
			name,
			f"{arrived_at:%Y-%m-%d %H:%M}",
		)


def check_contact(name: str | None, phone: str | None, email: str | None = None) -> tuple[str, str]:
	"""The name and phone of somebody who walks in, stripped. Refused: ``no_name``, ``no_phone``."""
	text = " ".join((name or "").split())
	if len(text) < 2:
		raise Refused("no_name", _("Who is it? A name and a phone number are enough to begin"))
	number = (phone or "").strip()
	if not number and not (email or "").strip():
		raise Refused("no_phone", _("How can we reach {0}? A phone number is enough"), text)
	return text, number

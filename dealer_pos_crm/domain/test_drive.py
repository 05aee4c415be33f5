"""A test drive: who may drive, what is never written down, and when a car is overdue."""

import re
from datetime import date, datetime, timedelta

from .refusal import Refused, _

LONGEST = timedelta(days=7)  # an extended drive over a weekend; longer is a loan

# A number behind a word for a licence; and the shapes in which US states write theirs: a letter or two
# with seven digits and more, in groups or not. A VIN has 17 characters and is none.
_SAID = re.compile(
	r"(?i)\b(licen[cs]e|licen[cs]ia|permit|dl|d\.l\.|driver'?s|lic\.?|id)\b((?:[^\n\w]|no|nr|num|number|is|#){0,14})"
	r"([a-z]{0,3}[ -]?\d[\d -]{3,18}\d)"
)
_SHAPE = re.compile(
	r"\b(?![A-HJ-NPR-Z0-9]{17}\b)([A-Z]{1,2}[ -]?\d{2,4}(?:[ -]\d{2,4}){1,5}|[A-Z]{1,2}\d{7,14})\b"
)


def mask_licence(text: str) -> str:
	"""The text without licence numbers: what looks like one is replaced by stars.

	The dealership notes that a licence was seen, never its number.
	"""

	def said(match: re.Match[str]) -> str:
		return f"{match.group(1)}{match.group(2)}***"

	def shape(match: re.Match[str]) -> str:
		digits = sum(sign.isdigit() for sign in match.group())
		return "***" if digits >= 7 else match.group()

	return _SHAPE.sub(shape, _SAID.sub(said, text))


def check_country(text: str | None) -> str:
	"""A state or country has no digits; a number here is the licence's. Refused (``licence_number``)."""
	found = (text or "").strip()
	if any(sign.isdigit() for sign in found):
		raise Refused(
			"licence_number",
			_("Write the state or country only. The number of a licence is never kept"),
		)
	return found


def check_licence(seen: bool, valid_until: date | None, today: date, *, override: str | None) -> bool:
	"""Whether the drive goes by a manager's word only.

	Refused (``licence_not_seen``, ``no_validity``, ``licence_expired``) unless a manager says why it goes
	all the same; a licence that nobody has seen is refused also then.
	"""
	if not seen:
		raise Refused("licence_not_seen", _("Look at the driving licence first, and note that you did"))
	if valid_until is None:
		raise Refused("no_validity", _("Until when is the licence valid? It stands on its front"))
	if valid_until >= today:
		return False
	if not (override or "").strip():
		raise Refused(
			"licence_expired",
			_(
				"The licence ended on {0}. The person may not drive; a manager can decide otherwise, with a reason"
			),
			valid_until.isoformat(),
		)
	return True


def check_times(out_at: datetime, due_back_at: datetime) -> None:
	if due_back_at <= out_at:
		raise Refused(
			"due_back", _("The car is due back at {0}, before it leaves"), f"{due_back_at:%Y-%m-%d %H:%M}"
		)
	if due_back_at - out_at > LONGEST:
		raise Refused(
			"due_back",
			_("A test drive takes at most {0} days. Choose an earlier time, or write a loan agreement"),
			LONGEST.days,
		)


def check_back(name: str, mileage_out: int, mileage_in: int) -> None:
	"""Refused (``mileage_lower``): an odometer does not run backwards on a drive."""
	if mileage_in < mileage_out:
		raise Refused(
			"mileage_lower",
			_("{0} left with {1}; {2} on the way back is less. Read the odometer again"),
			name,
			mileage_out,
			mileage_in,
		)


def is_overdue(status: str, due_back_at: datetime | None, now: datetime) -> bool:
	return status == "Out" and due_back_at is not None and now > due_back_at

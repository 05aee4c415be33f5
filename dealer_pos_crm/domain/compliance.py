"""Checks that the law wants before a car is delivered: the sanctions list, and signs of a false identity.

OFAC: every buyer is compared with the list of the US Treasury, also one who pays cash. Red Flags: a written
programme against identity theft (16 CFR 681); here five checks of the photo ID, and who made them.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .refusal import Refused, _


class Kind(str, enum.Enum):
	OFAC = "OFAC"
	RED_FLAGS = "Red Flags"


class Result(str, enum.Enum):
	CLEAR = "Clear"
	ALERT = "Alert"
	CLEARED = "Cleared"


# The five checks of a photo ID, by field.
ID_CHECKS: Mapping[str, str] = {
	"id_photo": _("The photo shows the person"),
	"id_description": _("Age and description fit the person"),
	"id_unaltered": _("No sign of alteration or forgery"),
	"id_valid": _("The ID has not expired"),
	"id_consistent": _("Name and address agree with the application"),
}
GOOD = frozenset({Result.CLEAR, Result.CLEARED})


class State(str, enum.Enum):
	"""What somebody's check means for the delivery."""

	DONE = "Done"
	MISSING = "Missing"
	EXPIRED = "Expired"
	ALERT = "Alert"


@dataclass(frozen=True)
class Check:
	"""A check as it was made. The last one counts."""

	name: str
	kind: Kind
	party: str
	result: Result
	checked_at: datetime


def red_flags_result(answers: Mapping[str, bool], attested: bool) -> Result:
	"""Clear when all five hold. Refused (``not_attested``) while nobody says that they looked."""
	if not attested:
		raise Refused("not_attested", _("Say that you made the five checks yourself"))
	return Result.CLEAR if all(answers.get(field) for field in ID_CHECKS) else Result.ALERT


def check_ofac(list_date: date | None, result: str | None, today: date, method: str | None) -> Result:
	"""Refused: ``no_list_date``, ``future_list``, ``no_method``, ``no_result``."""
	if list_date is None:
		raise Refused("no_list_date", _("Of which date is the list that was searched?"))
	if list_date > today:
		raise Refused(
			"future_list", _("A list of {0} cannot have been searched today"), list_date.isoformat()
		)
	if len((method or "").strip()) < 3:
		raise Refused("no_method", _("How was it checked? Name the service or the list"))
	if result not in (Result.CLEAR.value, Result.ALERT.value):
		raise Refused("no_result", _("What did the search find? Clear or Alert"))
	return Result(result)


def check_alert_note(result: Result, notes: str | None) -> None:
	if result is Result.ALERT and len((notes or "").strip()) < 3:
		raise Refused("no_notes", _("What did not fit? Say it in the notes; a manager decides with them"))


def check_clearing(name: str, result: Result, checked_by: str, by: str, note: str | None) -> str:
	"""An alert is cleared by a manager who did not make the check, with a note of how.

	Refused: ``no_alert``, ``own_check``, ``no_note``. Whether somebody is a manager the caller knows.
	"""
	if result is not Result.ALERT:
		raise Refused("no_alert", _("{0} is {1}: there is no alert to clear"), name, result.value)
	if by == checked_by:
		raise Refused("own_check", _("{0}: another manager clears it than the one who checked"), name)
	text = (note or "").strip()
	if len(text) < 10:
		raise Refused(
			"no_note", _("How was the alert cleared? Write what was compared, and with what result")
		)
	return text


def valid_until(checked_at: datetime, valid_days: int) -> date | None:
	"""The last day on which a check counts; None when it does not age."""
	return checked_at.date() + timedelta(days=valid_days) if valid_days > 0 else None


def states(
	parties: Iterable[str], checks: Iterable[Check], today: date, valid_days: int
) -> list[tuple[str, Kind, State, Check | None]]:
	"""Of each person and kind of check: where it stands, and the check that counts."""
	last: dict[tuple[str, Kind], Check] = {}
	for made in sorted(checks, key=lambda check: (check.checked_at, check.name)):
		last[made.party, made.kind] = made
	found: list[tuple[str, Kind, State, Check | None]] = []
	for party in parties:
		for kind in Kind:
			check = last.get((party, kind))
			found.append((party, kind, _state(check, today, valid_days), check))
	return found


def _state(check: Check | None, today: date, valid_days: int) -> State:
	if check is None:
		return State.MISSING
	if check.result is Result.ALERT:
		return State.ALERT
	until = valid_until(check.checked_at, valid_days)
	return State.EXPIRED if until is not None and today > until else State.DONE

"""Rules and business hours as JSON that a manager can read and edit, and back."""

import enum
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from datetime import date, time, timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from ..domain.clock import BusinessHours
from ..domain.default_rules import DEFAULT_RULES
from ..domain.event import EVENT_TYPES, SUBJECTS
from ..domain.follow_up import OPERATORS, Channel, Clock, Condition, Owner, Rule, Span, Unit
from ..domain.refusal import Refused

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PRIORITIES = ("Low", "Medium", "High")

# An American dealership's usual week; a rules file may say otherwise.
DEFAULT_HOURS = BusinessHours({**{day: (time(8), time(19)) for day in range(5)}, 5: (time(9), time(18))})

_SPAN = re.compile(r"(-?[0-9]{1,6}) (minutes?|hours?|days?)", re.IGNORECASE)
_LONGEST = timedelta(days=3653)
_ENUMS: dict[str, type[enum.Enum]] = {
	"wait_clock": Clock,
	"due_clock": Clock,
	"owner": Owner,
	"channel": Channel,
}
_TEXTS = ("name", "event_type", "title", "talking_points", "priority")
_OPTIONAL_TEXTS = ("company", "department", "about", "anchor", "owner_role", "owner_user", "stops_share")
_COUNTS = ("cap", "cap_days", "quiet_hours_after_contact")
_FLAGS = ("enabled", "needs_consent", "unless_opted_out")
_FIELDS = tuple(field.name for field in fields(Rule))
_NEEDED = tuple(field.name for field in fields(Rule) if field.default is MISSING)

E = TypeVar("E", bound=enum.Enum)


class RuleError(ValueError):
	"""The rules cannot be read; the text says which rule, which field and what is possible."""


@dataclass(frozen=True)
class RuleBook:
	"""The rules and the opening hours that a rehearsal runs by."""

	rules: tuple[Rule, ...] = DEFAULT_RULES
	hours: BusinessHours = DEFAULT_HOURS


def span_text(span: Span) -> str:
	unit = span.unit.value.lower()
	return f"{span.value} {unit[:-1] if abs(span.value) == 1 else unit}"


def rule_to_dict(rule: Rule) -> dict[str, object]:
	"""The rule as plain values, every field said."""
	row: dict[str, object] = {}
	for name in _FIELDS:
		value = getattr(rule, name)
		if isinstance(value, Span):
			value = span_text(value)
		elif isinstance(value, enum.Enum):
			value = value.value
		elif name == "conditions":
			value = [{"field": c.field, "operator": c.operator, "value": c.value} for c in rule.conditions]
		elif name == "stops":
			value = sorted(rule.stops)
		row[name] = value
	return row


def rule_from_dict(row: object, place: str = "rule") -> Rule:
	"""The rule that plain values describe; ``place`` says where it stands. Raises ``RuleError``."""
	if not isinstance(row, Mapping):
		raise RuleError(f"{place} must be an object, not {row!r:.60}")
	if isinstance(row.get("name"), str) and row["name"]:
		place = f"{place} “{row['name']}”"
	_known(row, _FIELDS, place)
	missing = [name for name in _NEEDED if not row.get(name)]
	if missing:
		raise RuleError(f"{place}: missing {', '.join(missing)}")
	values: dict[str, object] = {}
	for name, value in row.items():
		values[name] = _value(name, value, f"{place}: {name}")
	try:
		rule = Rule(**values)  # type: ignore[arg-type]  # checked one by one above
	except Refused as error:
		raise RuleError(f"{place}: {error}") from None
	_check(rule, place)
	return rule


def _value(name: str, value: object, place: str) -> object:
	if name in _TEXTS or name in _OPTIONAL_TEXTS:
		if value is None and name in _OPTIONAL_TEXTS:
			return None
		if not isinstance(value, str):
			raise RuleError(f"{place} must be text, not {value!r:.60}")
		return value or (None if name in _OPTIONAL_TEXTS else "")
	if name in _FLAGS:
		if not isinstance(value, bool):
			raise RuleError(f"{place} must be true or false, not {value!r:.60}")
		return value
	if name in _COUNTS:
		if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 100_000:
			raise RuleError(f"{place} must be a whole number from 0, not {value!r:.60}")
		return value
	if name in _ENUMS:
		return _choice(_ENUMS[name], value, place)
	if name == "conditions":
		return tuple(_condition(one, place) for one in _listed(value, place))
	if name == "stops":
		return frozenset(_event_type(one, place) for one in _listed(value, place))
	return _span(value, place)


def _check(rule: Rule, place: str) -> None:
	_event_type(rule.event_type, f"{place}: event_type")
	abouts = (*SUBJECTS, "customer")
	if rule.about and rule.about not in abouts:
		raise RuleError(f"{place}: about must be one of {', '.join(abouts)}, not “{rule.about}”")
	if rule.priority not in PRIORITIES:
		raise RuleError(f"{place}: priority must be one of {', '.join(PRIORITIES)}, not “{rule.priority}”")
	if rule.owner is Owner.ROUND_ROBIN and not rule.owner_role:
		raise RuleError(f"{place}: owner is {rule.owner.value}, so owner_role must name the role")
	if rule.owner is Owner.USER and not rule.owner_user:
		raise RuleError(f"{place}: owner is {rule.owner.value}, so owner_user must name the user")


def _known(row: Mapping[object, object], names: Sequence[str], place: str) -> None:
	for name in row:
		if name not in names:
			near = get_close_matches(str(name), names, 1)
			hint = f"; did you mean {near[0]}?" if near else ""
			raise RuleError(f"{place}: unknown field “{name}”{hint}")


def _listed(value: object, place: str) -> list[object]:
	if not isinstance(value, list):
		raise RuleError(f"{place} must be a list, not {value!r:.60}")
	return value


def _choice(choices: type[E], value: object, place: str) -> E:
	for choice in choices:
		if value == choice.value:
			return choice
	raise RuleError(f"{place} must be one of {', '.join(c.value for c in choices)}, not {value!r:.60}")


def _event_type(value: object, place: str) -> str:
	if isinstance(value, str) and value in EVENT_TYPES:
		return value
	near = get_close_matches(str(value), EVENT_TYPES, 1)
	hint = f"; did you mean {near[0]}?" if near else ""
	raise RuleError(f"{place}: {value!r:.60} is not an event type{hint}")


def _span(value: object, place: str) -> Span:
	match = _SPAN.fullmatch(value) if isinstance(value, str) else None
	if match is None:
		raise RuleError(f"{place} must be such as “2 days”, “90 minutes” or “-1 day”, not {value!r:.60}")
	span = Span(int(match.group(1)), Unit[match.group(2).upper().rstrip("S") + "S"])
	if abs(span.delta) > _LONGEST:
		raise RuleError(f"{place}: {value} is more than ten years")
	return span


def _condition(row: object, place: str) -> Condition:
	if not isinstance(row, Mapping):
		raise RuleError(f"{place} are objects of field, operator and value, not {row!r:.60}")
	_known(row, ("field", "operator", "value"), place)
	field, operator, value = row.get("field"), row.get("operator"), row.get("value", "")
	if not isinstance(field, str) or not field:
		raise RuleError(f"{place}: a condition needs a field")
	if operator not in OPERATORS:
		raise RuleError(f"{place}: {operator!r:.60} is not an operator; use one of {', '.join(OPERATORS)}")
	if isinstance(value, bool) or not isinstance(value, str | int):
		raise RuleError(f"{place}: the value to compare with must be text or a whole number")
	return Condition(field, str(operator), str(value))


def _clock_text(moment: time) -> str:
	return moment.isoformat("auto" if moment.second or moment.microsecond else "minutes")


def hours_to_dict(hours: BusinessHours) -> dict[str, object]:
	row: dict[str, object] = {
		WEEK[day]: [_clock_text(opens), _clock_text(closes)]
		for day, (opens, closes) in sorted(hours.week.items())
	}
	row["closed"] = [day.isoformat() for day in sorted(hours.closed)]
	return row


def hours_from_dict(row: object) -> BusinessHours:
	if not isinstance(row, Mapping):
		raise RuleError("hours must be an object of weekdays, each with opening and closing time")
	_known(row, (*WEEK, "closed"), "hours")
	week: dict[int, tuple[time, time]] = {}
	try:
		for name, span in row.items():
			if name != "closed":
				opens, closes = _listed(span, f"hours: {name}")
				week[WEEK.index(name)] = (time.fromisoformat(str(opens)), time.fromisoformat(str(closes)))
		closed = frozenset(
			date.fromisoformat(str(day)) for day in _listed(row.get("closed", []), "hours: closed")
		)
		hours = BusinessHours(week, closed)
	except Refused as error:
		raise RuleError(f"hours: {error}") from None
	except RuleError:
		raise
	except ValueError:
		raise RuleError('hours are such as "Monday": ["08:00", "19:00"], "closed": ["2025-12-25"]') from None
	if not week:
		raise RuleError("hours: at least one day must be open")
	return hours


def rulebook_to_dict(book: RuleBook) -> dict[str, object]:
	return {"hours": hours_to_dict(book.hours), "rules": [rule_to_dict(rule) for rule in book.rules]}


def rulebook_from_dict(data: object) -> RuleBook:
	"""Rules (a list, or ``{"rules": [...], "hours": {...}}``). Raises ``RuleError``."""
	if isinstance(data, list):
		data = {"rules": data}
	if not isinstance(data, Mapping) or "rules" not in data:
		raise RuleError('rules are a list, or an object with "rules" and, if you like, "hours"')
	_known(data, ("rules", "hours"), "the rules file")
	rules = tuple(
		rule_from_dict(row, f"rule {number}") for number, row in enumerate(_listed(data["rules"], "rules"), 1)
	)
	names = [rule.name for rule in rules]
	for name in names:
		if names.count(name) > 1:
			raise RuleError(f"two rules are named “{name}”; a rule is known by its name")
	return RuleBook(rules, hours_from_dict(data["hours"]) if data.get("hours") else DEFAULT_HOURS)


def load_rules(path: Path) -> RuleBook:
	try:
		data = json.loads(path.read_text(encoding="utf-8-sig"))
	except UnicodeDecodeError:
		raise RuleError(f"{path.name} is not UTF-8 text") from None
	except (ValueError, RecursionError) as error:
		raise RuleError(f"{path.name} is not JSON: {error}") from None
	return rulebook_from_dict(data)


def dump_rules(book: RuleBook) -> str:
	return json.dumps(rulebook_to_dict(book), indent=2, ensure_ascii=False)

"""Recalls: what a campaign is, how long an answer stays fresh, when to ask again, how a file is read.

The public service answers by make, model and model year, not by VIN: a campaign on file may concern a
vehicle; whether it does, and whether it was done, a person finds out and says.
"""

import csv
import enum
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from .refusal import Refused, _

FRESH_DAYS = 30
# A worker that died leaves its lookup in the air; after this it is asked again.
LOST_AFTER = timedelta(minutes=15)
# Minutes to wait after the first, second, ... failure; then a person is asked to look.
BACKOFF = (5, 30, 2 * 60, 12 * 60, 24 * 60)


class Status(str, enum.Enum):
	OPEN = "Open"
	DONE = "Done"
	NOT_APPLICABLE = "Not Applicable"


@dataclass(frozen=True)
class Car:
	"""What the public service knows a car by. Nothing here tells whose it is."""

	make: str
	model: str
	year: int

	@property
	def key(self) -> str:
		"""The same for every spelling of the same car: ``toyota|rav4|2019``."""
		return "|".join((_plain(self.make), _plain(self.model), str(self.year)))

	@property
	def is_complete(self) -> bool:
		return bool(_plain(self.make) and _plain(self.model) and self.year > 0)


def _plain(text: str) -> str:
	return re.sub(r"[^\w]+", "", text.casefold())


@dataclass(frozen=True)
class Campaign:
	"""One recall as the manufacturer reported it."""

	number: str
	component: str = ""
	summary: str = ""
	consequence: str = ""
	remedy: str = ""
	reported_on: date | None = None
	do_not_drive: bool = False
	park_outside: bool = False

	def as_dict(self) -> dict[str, object]:
		"""Plain values, for keeping an answer; ``campaign_of`` reads them again."""
		return {
			"campaign": self.number,
			"component": self.component,
			"summary": self.summary,
			"consequence": self.consequence,
			"remedy": self.remedy,
			"reported_on": self.reported_on.isoformat() if self.reported_on else "",
			"do_not_drive": self.do_not_drive,
			"park_outside": self.park_outside,
		}


_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9./_-]{1,39}")


def campaign_of(row: Mapping[str, object]) -> Campaign:
	"""A campaign from a file's row or a kept answer. Raises ``Refused``: ``campaign``, ``date``."""
	number = _text(row.get("campaign")).upper()
	if not _NUMBER.fullmatch(number):
		raise Refused("campaign", _("{0} is no campaign number"), _text(row.get("campaign")) or "-")
	return Campaign(
		number=number,
		component=_text(row.get("component")),
		summary=_text(row.get("summary")),
		consequence=_text(row.get("consequence")),
		remedy=_text(row.get("remedy")),
		reported_on=_day(_text(row.get("reported_on"))),
		do_not_drive=_yes(row.get("do_not_drive")),
		park_outside=_yes(row.get("park_outside")),
	)


def campaign_of_nhtsa(row: Mapping[str, object]) -> Campaign:
	"""A campaign as the United States' public service writes it. It writes the day before the month."""
	return campaign_of(
		{
			"campaign": row.get("NHTSACampaignNumber"),
			"component": row.get("Component"),
			"summary": row.get("Summary"),
			"consequence": row.get("Consequence"),
			"remedy": row.get("Remedy"),
			"reported_on": row.get("ReportReceivedDate"),
			"do_not_drive": row.get("parkIt"),
			"park_outside": row.get("parkOutSide"),
		}
	)


def _text(value: object) -> str:
	return " ".join(str(value).split()) if value not in (None, False) else ""


def _yes(value: object) -> bool:
	return value is True or _text(value).casefold() in ("1", "true", "yes", "y", "x")


def _day(text: str) -> date | None:
	if not text:
		return None
	for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y"):
		try:
			return datetime.strptime(text[:10], pattern).date()
		except ValueError:
			continue
	raise Refused("date", _("{0} is no date; write it as 2026-05-31"), text)


def is_fresh(answered_at: datetime | None, now: datetime) -> bool:
	return answered_at is not None and now - answered_at < timedelta(days=FRESH_DAYS)


def next_try(attempts: int, now: datetime) -> datetime | None:
	"""When to ask again after so many failed attempts; None: not by itself any more."""
	if not 1 <= attempts <= len(BACKOFF):
		return None
	return now + timedelta(minutes=BACKOFF[attempts - 1])


def check_settled(status: Status, name: str, *, order: str | None, reason: str | None) -> None:
	"""Done says on which repair order or why; Not Applicable says why.

	Raises ``Refused``: ``recall_done``, ``recall_reason``.
	"""
	said = len((reason or "").strip()) >= 3
	if status is Status.DONE and not (order or said):
		raise Refused(
			"recall_done", _("{0}: name the repair order it was done on, or say where it was done"), name
		)
	if status is Status.NOT_APPLICABLE and not said:
		raise Refused(
			"recall_reason", _("{0}: say in a few words why it does not concern this vehicle"), name
		)


# The columns of an import file. Either vin, or make, model and model_year, tells the cars.
COLUMNS: tuple[str, ...] = (
	"vin",
	"make",
	"model",
	"model_year",
	"campaign",
	"component",
	"reported_on",
	"summary",
	"consequence",
	"remedy",
	"do_not_drive",
	"park_outside",
	"status",
	"reason",
)
_LONGEST_FILE = 50_000


@dataclass(frozen=True)
class Line:
	"""One good line of an import file: a campaign for one VIN or for every car of a model and year."""

	number: int
	campaign: Campaign
	vin: str | None = None
	car: Car | None = None
	status: Status = Status.OPEN
	reason: str = ""


@dataclass(frozen=True)
class Wrong:
	"""A line that cannot be read, and why."""

	number: int
	why: Refused


@dataclass
class File:
	"""What a file holds: the lines that can be imported and those that cannot."""

	lines: list[Line] = field(default_factory=list)
	wrong: list[Wrong] = field(default_factory=list)


def read_file(text: str) -> File:
	"""Read a CSV with a header line, a JSON list of the same columns, or an answer of the public service.

	Lines are counted as a spreadsheet counts them (the header is 1), rows of JSON from 1. Raises
	``Refused`` for a file that is none of these.
	"""
	text = text.lstrip("\ufeff").strip()
	if not text:
		raise Refused("empty_file", _("The file is empty"))
	rows = _json_rows(text) if text[0] in "[{" else _csv_rows(text)
	if len(rows) > _LONGEST_FILE:
		raise Refused(
			"long_file", _("The file has {0} lines; split it, {1} are read at once"), len(rows), _LONGEST_FILE
		)
	found = File()
	for number, row in rows:
		try:
			found.lines.append(_line(number, row))
		except Refused as refused:
			found.wrong.append(Wrong(number, refused))
	return found


def _csv_rows(text: str) -> list[tuple[int, Mapping[str, object]]]:
	text = text.replace("\r\n", "\n").replace("\r", "\n")
	first = text.split("\n", 1)[0]
	delimiter = ";" if first.count(";") > first.count(",") else ","
	reader = csv.DictReader(io.StringIO(text), delimiter=delimiter)
	try:
		header = [(name or "").strip().casefold().replace(" ", "_") for name in reader.fieldnames or ()]
		_check_header(header)
		reader.fieldnames = header
		return [
			(reader.line_num, {key: value for key, value in row.items() if key})
			for row in reader
			if any(_text(value) for value in row.values())
		]
	except csv.Error:
		raise Refused("csv", _("Line {0} cannot be read as CSV"), reader.line_num + 1) from None


def _check_header(header: Sequence[str]) -> None:
	if "campaign" not in header or not ("vin" in header or {"make", "model", "model_year"} <= set(header)):
		raise Refused(
			"header",
			_("The first line must name the columns: campaign, and vin or make, model and model_year"),
		)
	unknown = [name for name in header if name and name not in COLUMNS]
	if unknown:
		raise Refused(
			"columns", _("Unknown columns: {0}. Possible: {1}"), ", ".join(unknown), ", ".join(COLUMNS)
		)


def _json_rows(text: str) -> list[tuple[int, Mapping[str, object]]]:
	try:
		data = json.loads(text)
	except ValueError:
		raise Refused("json", _("The file begins like JSON and cannot be read as such")) from None
	rows: object = data
	if isinstance(data, dict):
		rows = data.get("results") or data.get("Results") or []
	if not isinstance(rows, list):
		raise Refused("json", _("The file begins like JSON and cannot be read as such"))
	return [(number, row if isinstance(row, dict) else {}) for number, row in enumerate(rows, 1)]


def _line(number: int, row: Mapping[str, object]) -> Line:
	if "NHTSACampaignNumber" in row:
		campaign = campaign_of_nhtsa(row)
		row = {"make": row.get("Make"), "model": row.get("Model"), "model_year": row.get("ModelYear")}
	else:
		campaign = campaign_of(row)
	status = _status(_text(row.get("status")))
	reason = _text(row.get("reason"))
	vin = _text(row.get("vin")).upper()
	if vin:
		check_settled(status, campaign.number, order=None, reason=reason)
		return Line(number, campaign, vin=vin, status=status, reason=reason)
	year = _text(row.get("model_year"))
	car = Car(
		_text(row.get("make")),
		_text(row.get("model")),
		int(year) if year.isdecimal() and len(year) == 4 else 0,
	)
	if not car.is_complete:
		raise Refused("which_car", _("Which cars? Give a VIN, or make, model and model year"))
	if status is not Status.OPEN:
		raise Refused("which_car", _("{0} is said of one car: give its VIN"), status.value)
	return Line(number, campaign, car=car)


def _status(text: str) -> Status:
	if not text:
		return Status.OPEN
	for status in Status:
		if status.value.casefold() == text.casefold():
			return status
	raise Refused(
		"recall_status",
		_("{0} is no status. Possible: {1}"),
		text,
		", ".join(status.value for status in Status),
	)


def by_car(lines: Iterable[Line]) -> dict[str, tuple[Car, list[Campaign]]]:
	"""The campaigns of a file that concern whole models, by the car's key; each campaign once."""
	found: dict[str, tuple[Car, dict[str, Campaign]]] = {}
	for line in lines:
		if line.car is not None:
			_car, campaigns = found.setdefault(line.car.key, (line.car, {}))
			campaigns[line.campaign.number] = line.campaign
	return {key: (car, list(campaigns.values())) for key, (car, campaigns) in found.items()}

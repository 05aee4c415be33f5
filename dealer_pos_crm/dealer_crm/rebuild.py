"""The rebuild: every event told again from its source document and compared with what was recorded.

Compared is what a document says for good: type, customer, company, amount, subjects, reference, what it
reverses, and (but for a cancellation, whose moment no document keeps) when it happened. Texts, facts and
the department are attributions of their moment and are not compared.

Events that are their own source (a customer was merged) are left alone. Documents older than a company's
Dealer Settings count as missing only when a backfill is asked for.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import frappe
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_crm.sources import BATCH, Source, batches, of_event, sources
from dealer_pos_crm.dealer_crm.store import _EVENT_COLUMNS, FrappeStore, event_of
from dealer_pos_crm.domain.event import SUBJECTS, Event

MISSING, DIFFERENT, EXTRA = "missing", "different", "without a source"
SHOWN = 100


@dataclass
class Report:
	"""What a rebuild found. ``found`` counts by kind of difference, ``lines`` are the first of them."""

	checked: int = 0
	found: dict[str, int] = field(default_factory=dict)
	lines: list[str] = field(default_factory=list)

	def add(self, kind: str, key: str, detail: str = "") -> None:
		self.found[kind] = self.found.get(kind, 0) + 1
		if len(self.lines) < SHOWN:
			self.lines.append(f"{kind}: {key}{f' ({detail})' if detail else ''}")

	@property
	def differences(self) -> int:
		return sum(self.found.values())


class Rebuild:
	"""One run, in batches; what it has done is kept in a file, so that it can be stopped and resumed."""

	def __init__(self, *, check: bool, backfill: bool = False, restart: bool = False) -> None:
		self.check = check
		self.backfill = backfill
		self.store = FrappeStore()
		self.report = Report()
		self.phase = 0
		self.after: str | int | None = None
		self.since = {
			row.name: get_datetime(row.creation)
			for row in frappe.get_all("Dealer Settings", fields=["name", "creation"])
		}
		self._file = Path(frappe.get_site_path("private", "dealer-rebuild.json"))
		if restart:
			self._file.unlink(missing_ok=True)
		self._resume()

	@property
	def resumed(self) -> bool:
		return self.phase > 0 or self.after is not None

	def total(self) -> int:
		"""How many documents and events a whole run looks at."""
		return sum(source.count() for source in sources()) + frappe.db.count("Customer Event")

	def run(self) -> Iterator[int]:
		"""Do the work; yields how many rows each batch had."""
		kinds = sources()
		while self.phase < len(kinds):
			for rows in batches(kinds[self.phase], self.after):
				self._compare(kinds[self.phase], rows)
				yield self._checkpoint(rows)
			self.phase, self.after = self.phase + 1, None
		while rows := self._recorded():
			self._look_for_extras(rows)
			yield self._checkpoint(rows)
		self._file.unlink(missing_ok=True)

	def _compare(self, source: Source, rows: list) -> None:
		told = {event.key: (event, row) for row in rows for event in source.events_of(row)}
		recorded = _recorded_by_key(list(told))
		for key, (event, row) in told.items():
			self.report.checked += 1
			there = recorded.get(key)
			if there is None:
				if self._counts_as_missing(event, row):
					self.report.add(MISSING, key)
					if not self.check:
						self.store.add_event(event)
			elif differing := _differences(event, there):
				self.report.add(DIFFERENT, key, ", ".join(differing))
				if not self.check:
					_overwrite(event)

	def _counts_as_missing(self, event: Event, row) -> bool:
		return self.backfill or get_datetime(row.creation) >= self.since.get(event.company, get_datetime())

	def _recorded(self) -> list[dict]:
		return frappe.db.sql(
			"""select name, event_key, event_type, reference_doctype from `tabCustomer Event`
			where name > %s order by name limit %s""",
			(self.after or 0, BATCH),
			as_dict=True,
		)

	def _look_for_extras(self, rows: list[dict]) -> None:
		wanted: dict[str, tuple[Source, set[str]]] = {}
		for row in rows:
			source = of_event(row)
			if source:
				wanted.setdefault(source.doctype, (source, set()))[1].add(source.key_of(row.event_key))
		known: set[str] = set()
		for source, names in wanted.values():
			for document in source.named(sorted(names)):
				known.update(event.key for event in source.events_of(document))
		for row in rows:
			if of_event(row) and row.event_key not in known:
				self.report.add(EXTRA, row.event_key)
				if not self.check:
					frappe.db.delete("Customer Event", {"name": row.name})

	def _checkpoint(self, rows: list) -> int:
		self.after = rows[-1]["name"]
		if not self.check:
			frappe.db.commit()  # nosemgrep - each batch is a piece of work of its own
		self._file.write_text(
			json.dumps(
				{
					"check": self.check,
					"backfill": self.backfill,
					"phase": self.phase,
					"after": self.after,
					"checked": self.report.checked,
					"found": self.report.found,
					"lines": self.report.lines,
				}
			)
		)
		return len(rows)

	def _resume(self) -> None:
		if not self._file.exists():
			return
		try:
			kept = json.loads(self._file.read_text())
		except ValueError:
			return
		if (kept.get("check"), kept.get("backfill")) != (self.check, self.backfill):
			return
		self.phase, self.after = kept["phase"], kept["after"]
		self.report = Report(kept["checked"], kept["found"], kept["lines"])


def _recorded_by_key(keys: list[str]) -> dict[str, Event]:
	if not keys:
		return {}
	rows = frappe.db.sql(
		f"select {_EVENT_COLUMNS} from `tabCustomer Event` where event_key in %s",
		(tuple(keys),),
		as_dict=True,
	)
	return {row.event_key: event_of(row) for row in rows}


def _differences(told: Event, recorded: Event) -> list[str]:
	names = [
		"type",
		"customer",
		"company",
		"amount",
		*SUBJECTS,
		"reference_doctype",
		"reference_name",
		"reverses",
	]
	if not told.reverses and told.type != "deposit.reinstated":
		names.append("happened_at")
	return [name for name in names if getattr(told, name) != getattr(recorded, name)]


def _overwrite(event: Event) -> None:
	frappe.db.delete("Customer Event", {"event_key": event.key})
	FrappeStore().add_event(event)

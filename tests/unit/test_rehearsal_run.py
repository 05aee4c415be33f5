"""A rehearsal can be killed anywhere and run again any number of times: it ends the same."""

import gzip
import io
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from dealer_pos_crm.domain.follow_up import Clock, Rule, Span, Status, Unit
from dealer_pos_crm.rehearsal import run as run_module
from dealer_pos_crm.rehearsal import schema
from dealer_pos_crm.rehearsal.history import HistoryReader
from dealer_pos_crm.rehearsal.rules import RuleBook
from dealer_pos_crm.rehearsal.sources import Source, ended
from dealer_pos_crm.rehearsal.summit_motors import script
from dealer_pos_crm.rehearsal.writer import jsonl_lines, write_csv

from .rehearsal_helpers import MONDAY, events_in, follow_ups_in, play, row, state, wild, write_lines


class Killed(BaseException):
	"""What a power cut looks like from inside."""


def killed_after(count: int) -> type[HistoryReader]:
	class Mortal(HistoryReader):
		def __iter__(self):
			for line, item in super().__iter__():
				if line > count:
					raise Killed
				yield line, item

	return Mortal


@pytest.fixture
def month(tmp_path):
	"""The built-in month, with some lines that are no events."""
	lines = [line.rstrip("\n") for line in jsonl_lines(script.month())]
	lines[20:20] = ["broken", json.dumps(row(amount="-1"))]
	lines.append(json.dumps({**json.loads(lines[3]), "title": "told otherwise"}))
	return write_lines(tmp_path / "month.jsonl", lines)


@pytest.fixture
def whole(month):
	connection = play(month)
	yield state(connection)
	connection.close()


@pytest.mark.parametrize("batch", [1, 7, 64, 100_000])
def test_batches_do_not_matter(month, whole, batch):
	assert state(play(month, batch=batch)) == whole


@pytest.mark.parametrize("count", [0, 1, 49, 50, 51, 240, 568])
def test_killed_and_run_again(tmp_path, month, whole, count):
	db = tmp_path / "r.sqlite"
	with pytest.raises(Killed):
		play(month, db, reader_class=killed_after(count))
	with closing(sqlite3.connect(db)) as look:
		(kept,) = look.execute("SELECT count(*) FROM events").fetchone()
	assert kept <= count
	assert kept >= count - 50 - 2  # whole batches, less bad rows
	connection = play(month, db)
	assert state(connection) == whole
	(known, rows) = connection.execute("SELECT known, rows FROM sources").fetchone()
	assert (known, rows) == (0, len(month.read_text().splitlines()))  # no line was read twice


def test_killed_again_and_again(tmp_path, month, whole):
	db = tmp_path / "r.sqlite"
	for count in range(60, 560, 60):
		with pytest.raises(Killed):
			play(month, db, reader_class=killed_after(count))
	assert state(play(month, db)) == whole


@pytest.mark.parametrize("name", ["m.csv", "m.jsonl.gz"])
def test_killed_in_other_formats(tmp_path, name):
	events = script.month()
	path = tmp_path / name
	if name.endswith(".csv"):
		text = io.StringIO()
		write_csv(events, text, {fact for told in events for fact in told.facts})
		path.write_text(text.getvalue(), encoding="utf-8", newline="")
	else:
		path.write_bytes(gzip.compress("".join(jsonl_lines(events)).encode()))
	with pytest.raises(Killed):
		play(path, tmp_path / "r.sqlite", reader_class=killed_after(300))
	assert state(play(path, tmp_path / "r.sqlite")) == state(play(path))


def test_a_second_run_changes_nothing(tmp_path, month, whole):
	db = tmp_path / "r.sqlite"
	for time in range(3):
		connection = play(month, db)
		assert state(connection) == whole
		(known,) = connection.execute("SELECT known FROM sources").fetchone()
		assert known == (0 if time == 0 else len(whole["events"]))
		connection.close()


def test_a_file_that_grew_adds_what_is_new(tmp_path, month):
	lines = month.read_text().splitlines(keepends=True)
	half = tmp_path / "export.jsonl"
	half.write_text("".join(lines[:300]))
	db = tmp_path / "r.sqlite"
	play(half, db).close()
	half.write_text("".join(lines))
	connection = play(half, db)
	assert len(events_in(connection)) == len(script.month())
	assert connection.execute("SELECT count(*) FROM sources").fetchone() == (1,)
	assert connection.execute("SELECT count(*) FROM bad_rows").fetchone() == (3,)


def test_a_file_that_was_changed_is_read_from_its_beginning(tmp_path, month):
	db = tmp_path / "r.sqlite"
	with pytest.raises(Killed):
		play(month, db, reader_class=killed_after(400))
	lines = month.read_text().splitlines()
	del lines[120]  # behind the first bytes, before the place where it was killed
	write_lines(month, lines)
	assert play(month, db).execute("SELECT known > 0, rows FROM sources").fetchone() == (1, len(lines))


def test_two_files_make_one_rehearsal(tmp_path):
	events = wild(4, 200)
	first = write_lines(tmp_path / "a.jsonl", [line.strip() for line in jsonl_lines(events[:120])])
	second = write_lines(tmp_path / "b.jsonl", [line.strip() for line in jsonl_lines(events[120:])])
	both = write_lines(tmp_path / "c.jsonl", [line.strip() for line in jsonl_lines(events)])
	db = tmp_path / "r.sqlite"
	play(first, db).close()
	connection = play(second, db)
	assert events_in(connection) == events_in(play(both))
	assert connection.execute("SELECT name FROM sources ORDER BY id").fetchall() == [
		("a.jsonl",),
		("b.jsonl",),
	]


def test_conflicts_and_repetitions(tmp_path):
	lines = [row(), row(), row(amount="501.00"), row(key="2")]
	connection = play(write_lines(tmp_path / "h.jsonl", lines))
	assert connection.execute("SELECT known FROM sources").fetchone() == (1,)
	((line, kind, reason),) = connection.execute("SELECT line, kind, reason FROM bad_rows").fetchall()
	assert (line, kind) == (3, "conflict")
	assert "amount was “500.00”, is “501.00”" in reason
	assert str(events_in(connection)["deposit.taken:P-1"].amount) == "500.00 USD"


def test_half_a_character_is_a_bad_row(tmp_path):
	line = json.dumps(row(key="1")).replace("Deposit", "\\ud800")
	connection = play(write_lines(tmp_path / "h.jsonl", [row(), line, row(key="3")]))
	assert connection.execute("SELECT line, kind FROM bad_rows").fetchall() == [(2, "event")]
	assert set(events_in(connection)) == {"deposit.taken:P-1", "3"}


@pytest.mark.parametrize("batch", [1, 4, 100])
def test_an_event_that_the_rules_choke_on_leaves_nothing(tmp_path, monkeypatch, batch):
	"""Written in the middle of a batch, refused half way: the lines around it stand."""
	honest = run_module.record

	def choking(told, store):
		outcome = honest(told, store)
		if told.key.startswith("choke"):
			raise OverflowError("date value out of range")
		return outcome

	monkeypatch.setattr(run_module, "record", choking)
	lines = [row(key=key, deposit=key) for key in ("a", "choke", "b", "c", "choke2", "d")]
	connection = play(write_lines(tmp_path / "h.jsonl", ["broken", *lines]), batch=batch)
	assert set(events_in(connection)) == {"a", "b", "c", "d"}
	assert {promise.cause for promise in follow_ups_in(connection).values()} == {"a", "b", "c", "d"}
	found = connection.execute("SELECT line, kind, reason FROM bad_rows ORDER BY line").fetchall()
	assert [(line, kind) for line, kind, _reason in found] == [(1, "json"), (3, "event"), (6, "event")]
	assert "date value out of range" in found[1][2]
	assert connection.execute("SELECT rows, known FROM sources").fetchone() == (7, 0)


class TestTime:
	RULE = Rule(
		"call",
		"invoice.issued",
		"Call",
		wait=Span(2, Unit.DAYS),
		due=Span(0, Unit.DAYS),
		due_clock=Clock.BUSINESS,
		about="customer",
		stops=frozenset({"payment.received"}),
	)
	BOOK = RuleBook((RULE,))

	def lines(self, *told: tuple[str, int]):
		return [
			row(
				key=f"{type_}:{hours}",
				type=type_,
				deposit=None,
				happened_at=(MONDAY + timedelta(hours=hours)).isoformat(),
			)
			for type_, hours in told
		]

	def status(
		self, tmp_path, *told: tuple[str, int], until: datetime | None = None
	) -> tuple[Status, object]:
		path = write_lines(tmp_path / "h.jsonl", self.lines(*told))
		connection = play(path, book=self.BOOK, until=until)
		made = follow_ups_in(connection)["call|invoice.issued:0"]
		return made.status, made.opened_at

	def test_answered_before_it_opens(self, tmp_path):
		assert self.status(tmp_path, ("invoice.issued", 0), ("payment.received", 47)) == (
			Status.STOPPED,
			None,
		)

	def test_opened_and_then_answered(self, tmp_path):
		opened = MONDAY + timedelta(hours=48)
		assert self.status(tmp_path, ("invoice.issued", 0), ("payment.received", 49)) == (
			Status.STOPPED,
			opened,
		)

	def test_what_happens_at_the_very_moment_comes_first(self, tmp_path):
		assert self.status(tmp_path, ("invoice.issued", 0), ("payment.received", 48)) == (
			Status.STOPPED,
			None,
		)

	def test_the_end_opens_what_is_due_then(self, tmp_path):
		opened = MONDAY + timedelta(hours=48)
		assert self.status(tmp_path, ("invoice.issued", 0), ("lead.received", 48)) == (Status.OPEN, opened)
		assert self.status(tmp_path, ("invoice.issued", 0), ("lead.received", 47)) == (Status.PLANNED, None)

	def test_until_opens_what_is_due_then(self, tmp_path):
		found = self.status(tmp_path, ("invoice.issued", 0), until=MONDAY + timedelta(days=5))
		assert found == (Status.OPEN, MONDAY + timedelta(hours=48))

	def test_until_leaves_out_what_comes_later_and_counts_it(self, tmp_path):
		path = write_lines(
			tmp_path / "h.jsonl",
			self.lines(("invoice.issued", 0), ("lead.received", 10), ("payment.received", 49)),
		)
		db = tmp_path / "r.sqlite"
		connection = play(path, db, self.BOOK, until=MONDAY + timedelta(hours=10))
		assert connection.execute("SELECT after_until FROM sources").fetchone() == (1,)
		assert len(events_in(connection)) == 2
		assert ended(connection) == MONDAY + timedelta(hours=10)
		connection.close()
		later = play(path, db, self.BOOK)
		assert state(later) == state(play(path, book=self.BOOK))

	def test_an_interrupted_run_with_an_earlier_end_loses_nothing(self, tmp_path):
		path = write_lines(
			tmp_path / "h.jsonl",
			self.lines(("invoice.issued", 0), *[("lead.received", n) for n in range(1, 90)]),
		)
		db = tmp_path / "r.sqlite"
		with pytest.raises(Killed):
			play(
				path, db, self.BOOK, until=MONDAY + timedelta(hours=9), batch=5, reader_class=killed_after(60)
			)
		assert len(events_in(play(path, db, self.BOOK))) == 90

	def test_lines_out_of_order_are_counted(self, tmp_path):
		path = write_lines(
			tmp_path / "h.jsonl",
			self.lines(("lead.received", 5), ("invoice.issued", 0), ("lead.received", 6)),
		)
		connection = play(path, book=self.BOOK)
		assert connection.execute("SELECT late FROM sources").fetchone() == (1,)

	def test_one_date_far_off_does_not_bend_the_rest(self, tmp_path):
		"""A typing error of fifty years opens what is planned, each at its own time; nothing is dated 2075."""
		far = self.lines(("lead.received", 24 * 365 * 50))
		near = self.lines(("invoice.issued", 0), ("invoice.issued", 60), ("lead.received", 200))
		connection = play(write_lines(tmp_path / "h.jsonl", [near[0], *far, *near[1:]]), book=self.BOOK)
		assert {made.opened_at for made in follow_ups_in(connection).values()} == {
			MONDAY + timedelta(hours=48),
			MONDAY + timedelta(hours=108),
		}


def test_nothing_to_read(tmp_path):
	connection = play(write_lines(tmp_path / "h.jsonl", []))
	assert ended(connection) is None
	assert events_in(connection) == {}


def test_the_reader_is_not_asked_for_more_than_a_line_at_a_time(tmp_path):
	"""Flat memory: no more events live at once than one, whatever the size of the file."""
	alive: list[int] = []

	class Counting(HistoryReader):
		def __iter__(self):
			for pair in super().__iter__():
				alive.append(self.line)
				yield pair

	path = write_lines(tmp_path / "h.jsonl", [row(key=str(number)) for number in range(300)])
	connection = schema.connect("")
	seen: list[int] = []
	with Counting(path) as reader:
		store = run_module.SqliteStore(connection, RuleBook())
		source = Source.of(connection, reader)
		honest = store.add_event
		store.add_event = lambda told: seen.append(len(alive)) or honest(told)  # type: ignore[method-assign]
		run_module.rehearse(reader, store, source, batch=100)
	assert seen == list(range(1, 301))

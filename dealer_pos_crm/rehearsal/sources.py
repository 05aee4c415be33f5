"""How far a history file has been read, and which of its lines were no events.

Kept in the transaction of the events themselves, so that a killed run goes on where it stopped.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from .history import BadRow, HistoryReader

_HEAD = 4096


@dataclass(slots=True)
class Tally:
	"""What was found in one file so far."""

	rows: int = 0  # lines that are not empty
	known: int = 0  # events told before with the same content
	late: int = 0  # events earlier than one before them
	after_until: int = 0  # events after the end of the rehearsal, left out
	clock: datetime | None = None  # the latest event so far


class Source:
	"""One history file within a rehearsal."""

	def __init__(self, connection: sqlite3.Connection, id_: int, tally: Tally, resumed_at: int) -> None:
		self._connection = connection
		self.id = id_
		self.tally = tally
		self.resumed_at = resumed_at  # line after which this run goes on; 0: from the beginning
		self._bad: list[tuple[int, int, str, str]] = []

	@classmethod
	def of(cls, connection: sqlite3.Connection, reader: HistoryReader) -> "Source":
		"""The file's place in the rehearsal; puts the reader where an interrupted run stopped.

		A finished file is read again from its beginning: what is known changes nothing. So is a file
		that was changed before the place where reading stopped.
		"""
		reader.currencies.update(connection.execute("SELECT company, currency FROM currencies"))
		known = connection.execute(
			"SELECT id, head_length, head, tail_length, tail, offset, line, finished, rows, known, late, "
			"after_until, clock FROM sources WHERE head_length > 0 ORDER BY (name = ?) DESC, id",
			(reader.path.name,),
		).fetchall()
		for id_, head_length, head, tail_length, tail, offset, line, finished, *counts in known:
			if _digest(reader.fingerprint(0, head_length)) != head:
				continue
			again = finished or counts[3]  # lines after an earlier --until were left out
			if not again and _digest(reader.fingerprint(offset - tail_length, tail_length)) == tail:
				rows, told, late, after_until, clock = counts
				tally = Tally(rows, told, late, after_until, datetime.fromisoformat(clock) if clock else None)
				if offset:
					reader.go_to(offset, line)
				return cls(connection, id_, tally, line)
			connection.execute("BEGIN IMMEDIATE")
			connection.execute("DELETE FROM bad_rows WHERE source = ?", (id_,))
			source = cls(connection, id_, Tally(), 0)
			source._write(reader, finished=False)
			connection.execute("COMMIT")
			return source
		head_bytes = reader.fingerprint(0, _HEAD)
		inserted = connection.execute(
			"INSERT INTO sources (name, head_length, head, tail_length, tail, offset, line, finished, rows, "
			"known, late, after_until) VALUES (?, ?, ?, 0, ?, 0, 0, 0, 0, 0, 0, 0)",
			(reader.path.name, len(head_bytes), _digest(head_bytes), _digest(b"")),
		)
		return cls(connection, inserted.lastrowid or 0, Tally(), 0)

	def bad(self, line: int, row: BadRow) -> None:
		self._bad.append((self.id, line, row.kind, row.reason))

	def place(self, reader: HistoryReader) -> tuple[int, int, bytes, Tally]:
		"""Where the reader stands, and what was counted up to there."""
		return reader.offset, reader.line, reader.tail, replace(self.tally)

	def go_back(self, place: tuple[int, int, bytes, Tally], reader: HistoryReader) -> None:
		"""Back to the place of the last checkpoint."""
		offset, line, tail, self.tally = place
		reader.go_to(offset, line)
		reader.tail = tail
		self._bad.clear()

	def checkpoint(self, reader: HistoryReader, *, finished: bool) -> None:
		"""Write the place and the bad rows since the last one, inside the caller's transaction."""
		self._connection.executemany(
			"INSERT OR REPLACE INTO bad_rows (source, line, kind, reason) VALUES (?, ?, ?, ?)", self._bad
		)
		self._bad.clear()
		self._connection.executemany(
			"INSERT OR IGNORE INTO currencies (company, currency) VALUES (?, ?)", reader.currencies.items()
		)
		self._write(reader, finished=finished)

	def _write(self, reader: HistoryReader, *, finished: bool) -> None:
		tally = self.tally
		tail = reader.tail
		self._connection.execute(
			"UPDATE sources SET tail_length = ?, tail = ?, offset = ?, line = ?, finished = ?, rows = ?, "
			"known = ?, late = ?, after_until = ?, clock = ? WHERE id = ?",
			(
				len(tail),
				_digest(tail),
				reader.offset,
				reader.line,
				finished,
				tally.rows,
				tally.known,
				tally.late,
				tally.after_until,
				tally.clock.isoformat() if tally.clock else None,
				self.id,
			),
		)


def end(connection: sqlite3.Connection, until: datetime | None) -> datetime | None:
	"""Set the end of the rehearsal: ``until``, or the latest event of all files; it only goes forward."""
	(clock,) = connection.execute("SELECT max(clock) FROM sources").fetchone()
	known = [moment for moment in (until, ended(connection)) if moment is not None]
	if until is None and clock:
		known.append(datetime.fromisoformat(clock))
	if not known:
		return None
	connection.execute(
		"INSERT OR REPLACE INTO meta (name, value) VALUES ('end', ?)", (max(known).isoformat(),)
	)
	return max(known)


def ended(connection: sqlite3.Connection) -> datetime | None:
	"""The moment until which the rehearsal has opened what was due."""
	found = connection.execute("SELECT value FROM meta WHERE name = 'end'").fetchone()
	return datetime.fromisoformat(found[0]) if found else None


def _digest(*parts: bytes) -> str:
	return hashlib.sha256(b"".join(parts)).hexdigest()


def settings_kept(connection: sqlite3.Connection, settings: Iterable[tuple[str, str]]) -> list[str]:
	"""Keep the settings that a rehearsal depends on; returns the names of those that were others before."""
	changed = []
	for name, value in settings:
		found = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
		if found is None:
			connection.execute("INSERT INTO meta (name, value) VALUES (?, ?)", (name, value))
		elif found[0] != value:
			changed.append(name)
	return changed

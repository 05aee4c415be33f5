"""The tables of a rehearsal. One SQLite file is one rehearsal: its rules never change."""

import sqlite3
from pathlib import Path

from ..domain.event import SUBJECTS

VERSION = 4
_APPLICATION = 0x44504F53  # tells our files from other people's databases

_TABLES = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE events (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	type TEXT NOT NULL,
	happened_at TEXT NOT NULL,
	customer TEXT NOT NULL,  -- '' while nobody knows the customer
	company TEXT NOT NULL,
	title TEXT NOT NULL,
	department TEXT,
	pay_request TEXT,
	card_payment TEXT,
	deposit TEXT,
	declined_service TEXT,
	appointment TEXT,
	repair_order TEXT,
	deal TEXT,
	lead TEXT,
	vehicle TEXT,
	reference_doctype TEXT,
	reference_name TEXT,
	amount INTEGER,  -- minor units
	currency TEXT,
	actor TEXT,
	facts TEXT,  -- JSON
	reverses TEXT,
	occasion TEXT  -- NULL: its own key
);
CREATE INDEX event_occasion ON events (occasion) WHERE occasion IS NOT NULL;
CREATE INDEX event_reverses ON events (reverses) WHERE reverses IS NOT NULL;

-- Events that a rule looks back for (stops, contact, consent), under each thing they are about.
-- The rules of a rehearsal never change, so all others need not be found again.
CREATE TABLE marks (
	subject TEXT NOT NULL,  -- kind|name
	type TEXT NOT NULL,
	happened_at TEXT NOT NULL,
	event INTEGER NOT NULL REFERENCES events (id),
	PRIMARY KEY (subject, type, happened_at, event)
) WITHOUT ROWID;

CREATE TABLE follow_ups (
	id INTEGER PRIMARY KEY,
	key TEXT NOT NULL UNIQUE,
	rule TEXT NOT NULL,
	occasion TEXT NOT NULL,
	cause TEXT NOT NULL,
	cause_at TEXT NOT NULL,
	customer TEXT NOT NULL,  -- '' while nobody knows the customer
	company TEXT NOT NULL,
	department TEXT,
	subject TEXT NOT NULL,  -- kind|name
	title TEXT NOT NULL,
	talking_points TEXT NOT NULL,
	opens_at TEXT NOT NULL,
	due_at TEXT NOT NULL,
	status TEXT NOT NULL,
	opened_at TEXT,
	ended_at TEXT,
	stopped_by TEXT,
	reason TEXT NOT NULL,
	pay_request TEXT,
	card_payment TEXT,
	deposit TEXT,
	declined_service TEXT,
	appointment TEXT,
	repair_order TEXT,
	deal TEXT,
	lead TEXT,
	vehicle TEXT,
	document_owner TEXT,
	live TEXT NOT NULL,  -- until when an event may still stop it: '9' for ever, '' never
	owner TEXT
);
CREATE INDEX follow_up_subject ON follow_ups (subject, live);
CREATE INDEX follow_up_planned ON follow_ups (opens_at, key) WHERE status = 'Planned';
CREATE INDEX follow_up_stopped_by ON follow_ups (stopped_by) WHERE stopped_by IS NOT NULL;

-- Who looks after a customer in a department; stated: the history says so, else the last who acted.
CREATE TABLE owners (
	customer TEXT NOT NULL,  -- or lead|name, of a lead that is no customer yet
	department TEXT NOT NULL,
	user TEXT NOT NULL,
	stated INTEGER NOT NULL,
	PRIMARY KEY (customer, department)
) WITHOUT ROWID;

-- How far each file has been read, kept in the transaction of its events.
CREATE TABLE sources (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL,
	head_length INTEGER NOT NULL,
	head TEXT NOT NULL,  -- digest of the first bytes
	tail_length INTEGER NOT NULL,
	tail TEXT NOT NULL,  -- digest of the bytes just before the offset
	offset INTEGER NOT NULL,
	line INTEGER NOT NULL,
	finished INTEGER NOT NULL,
	rows INTEGER NOT NULL,
	known INTEGER NOT NULL,
	late INTEGER NOT NULL,
	after_until INTEGER NOT NULL,
	clock TEXT
);
CREATE TABLE bad_rows (
	source INTEGER NOT NULL,
	line INTEGER NOT NULL,
	kind TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (source, line)
) WITHOUT ROWID;
CREATE TABLE currencies (company TEXT PRIMARY KEY, currency TEXT NOT NULL) WITHOUT ROWID;
"""


# What earlier versions lack; they are brought up to date when they are opened.
_OLDEST = 2
_ADDED: dict[int, tuple[str, ...]] = {3: ("lead",), 4: ("pay_request", "card_payment")}
assert all(name in SUBJECTS for names in _ADDED.values() for name in names)


class NotARehearsal(Exception):
	"""The file is something else, or was made by another version; the text says what to do."""


def connect(path: str) -> sqlite3.Connection:
	"""Open or make a rehearsal file; ``""`` is a private temporary one on disk, ``:memory:`` one in memory.

	The caller begins and ends transactions. Page cache is bounded, so that memory stays flat.
	"""
	connection = sqlite3.connect(path, timeout=1, isolation_level=None, cached_statements=256)
	try:
		connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # one rehearsal at a time
		new = _is_new(connection, path)
		on_disk = path not in ("", ":memory:")
		connection.execute(f"PRAGMA journal_mode = {'WAL' if on_disk else 'MEMORY'}")
		connection.execute(f"PRAGMA synchronous = {'NORMAL' if on_disk else 'OFF'}")
		connection.execute("PRAGMA cache_size = -24000")
		connection.execute("PRAGMA wal_autocheckpoint = 20000")
		if new:
			connection.executescript(
				f"BEGIN;{_TABLES}PRAGMA application_id = {_APPLICATION};"
				f"PRAGMA user_version = {VERSION};COMMIT;"
			)
	except sqlite3.DatabaseError as error:
		connection.close()
		name = Path(path).name
		if "locked" in str(error):
			raise NotARehearsal(f"{name} is in use by another rehearsal; wait for it") from None
		raise NotARehearsal(f"{name} cannot be used as a rehearsal file: {error}") from None
	except BaseException:
		connection.close()
		raise
	return connection


def _is_new(connection: sqlite3.Connection, path: str) -> bool:
	"""Whether the tables are still to be made; refuses what is not ours before anything is written."""
	(application,) = connection.execute("PRAGMA application_id").fetchone()
	(version,) = connection.execute("PRAGMA user_version").fetchone()
	(tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
	name = Path(path).name
	if application == _APPLICATION:
		if _OLDEST <= version < VERSION:
			_bring_up_to_date(connection, version)
		elif version != VERSION:
			raise NotARehearsal(f"{name} was made by another version; start over with --fresh")
		return False
	if tables:
		raise NotARehearsal(f"{name} is a database, but no rehearsal; give another file")
	return True


def _bring_up_to_date(connection: sqlite3.Connection, version: int) -> None:
	"""Add the subjects that the version did not have, all or none; what it told stays as it is."""
	columns = [name for since, names in _ADDED.items() if since > version for name in names]
	statements = [
		f"ALTER TABLE {table} ADD COLUMN {name} TEXT;"
		for table in ("events", "follow_ups")
		for name in columns
	]
	connection.executescript(f"BEGIN;{''.join(statements)}PRAGMA user_version = {VERSION};COMMIT;")


def remove(path: Path) -> None:
	"""Delete a rehearsal file, and nothing that is not one."""
	if not path.exists():
		return
	if path.stat().st_size:
		with path.open("rb") as file:
			head = file.read(72)
		if not head.startswith(b"SQLite format 3\0") or head[68:72] != _APPLICATION.to_bytes(4, "big"):
			raise NotARehearsal(f"{path.name} is no rehearsal, so it is not deleted; give another file")
	for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
		path.with_name(name).unlink(missing_ok=True)

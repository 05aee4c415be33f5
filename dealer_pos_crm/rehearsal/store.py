"""The spine on an embedded SQLite file: the same protocol as production, the same rules."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime

from ..domain.clock import BusinessHours
from ..domain.event import Event
from ..domain.follow_up import CONSENT, CONTACTS, FollowUp, Owner, Rule, Standing, Status, follow_up_key
from .rows import (
	EVENT_COLUMNS,
	FOLLOW_UP_COLUMNS,
	ending_row,
	event_of,
	event_row,
	follow_up_of,
	follow_up_row,
	subject_of,
	subjects_of,
)
from .rules import RuleBook

_DEPARTMENT = {Owner.SALES: "Sales", Owner.SERVICE: "Service", Owner.BDC: "BDC"}
_OWNER_FACT = {"Sales": "sales_owner", "Service": "service_owner", "BDC": "bdc_owner"}
_OWNERS_REMEMBERED = 20_000

_EVENT = ", ".join(EVENT_COLUMNS)
_E = ", ".join(f"e.{name}" for name in EVENT_COLUMNS)
_FOLLOW_UP = ", ".join(FOLLOW_UP_COLUMNS)

_ADD_EVENT = (
	f"INSERT INTO events ({_EVENT}) VALUES ({', '.join('?' for _name in EVENT_COLUMNS)}) "
	"ON CONFLICT (key) DO NOTHING"
)
_ADD_MARK = "INSERT INTO marks (subject, type, happened_at, event) VALUES (?, ?, ?, ?)"
_SAVE_FOLLOW_UP = (
	f"INSERT INTO follow_ups ({_FOLLOW_UP}) VALUES ({', '.join('?' for _name in FOLLOW_UP_COLUMNS)}) "
	"ON CONFLICT (key) DO UPDATE SET "
	+ ", ".join(f"{name} = excluded.{name}" for name in FOLLOW_UP_COLUMNS[1:])
	+ ", owner = CASE WHEN excluded.opened_at IS NULL THEN NULL ELSE owner END"
)
_UNDONE = "EXISTS (SELECT 1 FROM events AS r WHERE r.reverses = e.key)"
_OF_OCCASION = (
	f"SELECT {_UNDONE}, {_E} FROM events AS e WHERE e.occasion = ? "
	f"UNION ALL SELECT {_UNDONE}, {_E} FROM events AS e WHERE e.key = ? AND e.occasion IS NULL"
)
_ALONE = (
	"SELECT EXISTS (SELECT 1 FROM events WHERE reverses = ?), "
	"(SELECT count(*) FROM events WHERE occasion = ?) + "
	"(SELECT count(*) FROM events WHERE key = ? AND occasion IS NULL)"
)
_DUE = (
	f"SELECT {_FOLLOW_UP} FROM follow_ups WHERE status = 'Planned' AND opens_at <= ? "
	"ORDER BY opens_at, key LIMIT ?"
)
_OPEN = "UPDATE follow_ups SET status = 'Open', opened_at = ?, owner = ? WHERE key = ? AND status = 'Planned'"

_STOP = "UPDATE follow_ups SET status = ?, ended_at = ?, stopped_by = ?, reason = ?, live = ? WHERE key = ?"

_moment = datetime.fromisoformat


class SqliteStore:
	"""``domain.spine.Store`` over a connection from ``schema.connect``, for one rule book."""

	def __init__(self, connection: sqlite3.Connection, book: RuleBook) -> None:
		self.connection = connection
		self._execute = connection.cursor().execute  # one cursor: every result is read before the next
		self._rules = {rule.name: rule for rule in book.rules}
		self._by_type: dict[str, tuple[Rule, ...]] = {}
		self._stopping: dict[str, tuple[str, ...]] = {}
		for rule in book.rules:
			if rule.enabled:
				self._by_type[rule.event_type] = (*self._by_type.get(rule.event_type, ()), rule)
			for stop in rule.stops:
				self._stopping[stop] = (*self._stopping.get(stop, ()), rule.name)
		self._stop_types = frozenset(self._stopping)
		self._hours = book.hours
		self._departments = frozenset(
			_DEPARTMENT[rule.owner] for rule in book.rules if rule.owner in _DEPARTMENT
		)
		self._owner_facts = tuple((name, _OWNER_FACT[name]) for name in sorted(self._departments))
		self._owners: dict[tuple[str, str], tuple[str, int]] = {}
		self._marked = self._stop_types | {
			type_
			for types, wanted in (
				(CONTACTS, any(rule.quiet_hours_after_contact for rule in book.rules)),
				(CONSENT, any(rule.needs_consent or rule.unless_opted_out for rule in book.rules)),
			)
			if wanted
			for type_ in types
		}
		if any(rule.cap for rule in book.rules):
			self._execute(
				"CREATE INDEX IF NOT EXISTS follow_up_opened ON follow_ups (customer, rule, opened_at) "
				"WHERE opened_at IS NOT NULL"
			)
			self._execute(
				"CREATE INDEX IF NOT EXISTS follow_up_opened_of_lead ON follow_ups (lead, rule, opened_at) "
				"WHERE opened_at IS NOT NULL AND lead IS NOT NULL"
			)
		self._stop_queries: dict[int, str] = {}
		self._touch_queries: dict[tuple[int, int], str] = {}
		self._added: Event | None = None
		self._touched: dict[str, FollowUp] = {}
		self._next_opening: datetime | None = None
		(latest,) = self._execute("SELECT max(happened_at) FROM marks").fetchone()
		self._latest_mark = _moment(latest) if latest else datetime.min  # or later, after a rollback
		self._marked_then: str | None = None  # the only mark of that time, where that is known
		self.forget()

	# transactions

	def begin(self) -> None:
		self._execute("BEGIN IMMEDIATE")

	def commit(self) -> None:
		self._execute("COMMIT")

	def rollback(self) -> None:
		if self.connection.in_transaction:
			self._execute("ROLLBACK")
		self.forget()

	def set_mark(self) -> None:
		"""Begin a step inside the transaction; ``drop_mark`` keeps it, ``undo`` leaves nothing of it."""
		self._execute("SAVEPOINT step")

	def drop_mark(self) -> None:
		self._execute("RELEASE step")

	def undo(self) -> None:
		self._execute("ROLLBACK TO step")
		self._execute("RELEASE step")
		self.forget()

	def forget(self) -> None:
		"""Drop what is remembered beside the database; needed after a rollback."""
		self._owners.clear()
		self._added = None
		self._touched = {}
		self.look_ahead()

	def look_ahead(self) -> None:
		"""Find the next planned opening again."""
		(first,) = self._execute("SELECT min(opens_at) FROM follow_ups WHERE status = 'Planned'").fetchone()
		self._next_opening = _moment(first) if first else None

	@property
	def next_opening(self) -> datetime | None:
		"""When the next planned promise opens; never later than that, earlier only after a stop."""
		return self._next_opening

	# events

	def add_event(self, event: Event) -> bool:
		added = self._execute(_ADD_EVENT, event_row(event))
		if added.rowcount != 1:
			return False
		if event.type in self._marked:
			at = event.happened_at.isoformat()
			self.connection.executemany(
				_ADD_MARK, [(subject, event.type, at, added.lastrowid) for subject in subjects_of(event)]
			)
			if event.happened_at > self._latest_mark:
				self._latest_mark, self._marked_then = event.happened_at, event.key
			elif event.happened_at == self._latest_mark:
				self._marked_then = None
		if self._departments:
			self._learn_owner(event)
		self._added = event
		return True

	def event(self, key: str) -> Event | None:
		row = self._execute(f"SELECT {_EVENT} FROM events WHERE key = ?", (key,)).fetchone()
		return None if row is None else event_of(row)

	def of_occasion(self, occasion: str) -> Sequence[tuple[Event, bool]]:
		added = self._added
		if added is not None and added.occasion == occasion:  # most often it is the only one
			undone, told = self._execute(_ALONE, (added.key, occasion, occasion)).fetchone()
			if told == 1:
				return [(added, bool(undone))]
		return [
			(event_of(row[1:]), bool(row[0])) for row in self._execute(_OF_OCCASION, (occasion, occasion))
		]

	def stop_candidates(self, follow_up: FollowUp, types: frozenset[str]) -> Sequence[Event]:
		if self._latest_mark < follow_up.cause_at or (
			self._latest_mark == follow_up.cause_at and self._marked_then == follow_up.cause
		):
			return ()
		query = self._stop_queries.get(len(types))
		if query is None:
			query = self._stop_queries[len(types)] = (
				f"SELECT {_E} FROM marks AS m JOIN events AS e ON e.id = m.event WHERE m.subject = ? "
				f"AND m.type IN ({_places(types)}) AND m.happened_at >= ? AND e.key <> ? AND NOT {_UNDONE}"
			)
		since = follow_up.cause_at.isoformat()
		found = self._execute(query, (subject_of(follow_up), *types, since, follow_up.cause))
		return [event_of(row) for row in found]

	def is_reversed(self, key: str) -> bool:
		return self._execute("SELECT 1 FROM events WHERE reverses = ? LIMIT 1", (key,)).fetchone() is not None

	# rules

	def rules_for(self, event_type: str) -> Sequence[Rule]:
		return self._by_type.get(event_type, ())

	def rule(self, name: str) -> Rule | None:
		return self._rules.get(name)

	def hours(self, company: str) -> BusinessHours:
		return self._hours

	def stop_types(self) -> frozenset[str]:
		return self._stop_types

	# promises

	def touched_by(self, event: Event) -> Sequence[FollowUp]:
		rules = self._stopping.get(event.type, ())
		subjects = subjects_of(event)
		if not subjects:
			self._touched = {}
			return ()
		query = self._touch_queries.get((len(subjects), len(rules)))
		if query is None:
			query = self._touch_queries[len(subjects), len(rules)] = _touch_query(len(subjects), len(rules))
		at = event.happened_at.isoformat()
		found = self._execute(query, [value for subject in subjects for value in (subject, at, *rules)])
		touched = [follow_up_of(row) for row in found]
		self._touched = {follow_up.key: follow_up for follow_up in touched}
		return touched

	def reopened_by(self, reversed_event: Event) -> Sequence[FollowUp]:
		keys = [follow_up_key(name, reversed_event.occasion) for name in self._rules]
		found = self._execute(
			f"SELECT {_FOLLOW_UP} FROM follow_ups WHERE key IN ({_places(keys)}) OR stopped_by = ?",
			(*keys, reversed_event.key),
		)
		return [follow_up_of(row) for row in found]

	def follow_up(self, key: str) -> FollowUp | None:
		row = self._execute(f"SELECT {_FOLLOW_UP} FROM follow_ups WHERE key = ?", (key,)).fetchone()
		return None if row is None else follow_up_of(row)

	def save_follow_up(self, follow_up: FollowUp) -> None:
		before = self._touched.get(follow_up.key)
		if before is not None and _only_ended(before, follow_up):
			self._execute(_STOP, (*ending_row(follow_up), follow_up.key))
			return
		self._execute(_SAVE_FOLLOW_UP, follow_up_row(follow_up))
		if follow_up.status is Status.PLANNED and (
			self._next_opening is None or follow_up.opens_at < self._next_opening
		):
			self._next_opening = follow_up.opens_at

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		return [follow_up_of(row) for row in self._execute(_DUE, (now.isoformat(), limit))]

	def standing(self, follow_up: FollowUp, now: datetime) -> Standing:
		rule = self._rules.get(follow_up.rule)
		asks = rule is not None and (rule.needs_consent or rule.unless_opted_out)
		if rule is None or not (rule.cap or rule.quiet_hours_after_contact or asks):
			return _NOTHING_KNOWN
		person = follow_up.person
		if person is None:  # a stock car: nobody is asked
			return _NOTHING_KNOWN
		word = self._last_word(person, now) if asks else None
		return Standing(
			self._opened_of_rule(follow_up, person, now, rule.cap) if rule.cap else (),
			self._last_contact(person, now) if rule.quiet_hours_after_contact else None,
			word == "consent.given" if rule.needs_consent else True,
			word == "consent.revoked",
		)

	def open(self, follow_up: FollowUp) -> bool:
		opened = follow_up.opened_at or follow_up.opens_at
		owner = self._owner_of(follow_up)
		return self._execute(_OPEN, (opened.isoformat(), owner, follow_up.key)).rowcount == 1

	# what is known of a person: a customer, or a lead that is none yet

	def _opened_of_rule(
		self, follow_up: FollowUp, person: tuple[str, str], now: datetime, cap: int
	) -> list[datetime]:
		kind, name = person
		found = self._execute(
			f"SELECT opened_at FROM follow_ups WHERE {kind} = ? AND rule = ? AND opened_at <= ? AND key <> ? "
			"ORDER BY opened_at DESC LIMIT ?",
			(name, follow_up.rule, now.isoformat(), follow_up.key, cap),
		)
		return [_moment(at) for (at,) in found]

	def _last_contact(self, person: tuple[str, str], now: datetime) -> datetime | None:
		"""When somebody spoke with them."""
		(last,) = self._execute(
			f"SELECT max(happened_at) FROM marks WHERE subject = ? AND type IN ({_places(CONTACTS)}) "
			"AND happened_at <= ?",
			("|".join(person), *CONTACTS, now.isoformat()),
		).fetchone()
		return _moment(last) if last else None

	def _last_word(self, person: tuple[str, str], now: datetime) -> str | None:
		"""What they said last of being asked; None without any word."""
		said = [
			(at, number, type_)
			for type_ in CONSENT
			for at, number in self._execute(
				"SELECT m.happened_at, m.event FROM marks AS m "
				"WHERE m.subject = ? AND m.type = ? AND m.happened_at <= ? "
				"ORDER BY m.happened_at DESC, m.event DESC LIMIT 1",
				("|".join(person), type_, now.isoformat()),
			)
		]
		return max(said)[2] if said else None

	def _learn_owner(self, event: Event) -> None:
		"""The last who acted looks after the customer, unless the history names somebody."""
		department = event.department
		whose = _whose(event)
		if whose is None:
			return
		if event.facts:
			for place, fact in self._owner_facts:
				if user := event.facts.get(fact):
					self._keep_owner((whose, place), (user, 1))
					if place == department:
						department = None
		if event.actor and department in self._departments:
			self._keep_owner((whose, department), (event.actor, 0))

	def _keep_owner(self, place: tuple[str, str], owner: tuple[str, int]) -> None:
		now = self._owner(place)
		if now is None or (now != owner and owner[1] >= now[1]):
			self._execute("INSERT OR REPLACE INTO owners VALUES (?, ?, ?, ?)", (*place, *owner))
			self._remember_owner(place, owner)

	def _owner(self, place: tuple[str, str]) -> tuple[str, int] | None:
		"""Who looks after the customer in the department, and whether the history says so."""
		owner = self._owners.get(place)
		if owner is None:
			owner = self._execute(
				"SELECT user, stated FROM owners WHERE customer = ? AND department = ?", place
			).fetchone()
			if owner is not None:
				self._remember_owner(place, owner)
		return owner

	def _remember_owner(self, place: tuple[str, str], owner: tuple[str, int]) -> None:
		if len(self._owners) >= _OWNERS_REMEMBERED:
			self._owners.clear()
		self._owners[place] = owner

	def _owner_of(self, follow_up: FollowUp) -> str:
		"""Who would have got the promise, as far as the history tells."""
		rule = self._rules[follow_up.rule]
		if rule.owner is Owner.USER:
			return rule.owner_user or ""
		if rule.owner is Owner.ROUND_ROBIN:
			return f"{rule.owner_role} (round robin)"
		if rule.owner is Owner.DOCUMENT:
			return follow_up.document_owner or "Document owner not known"
		whose = _whose(follow_up)
		known = self._owner((whose, _DEPARTMENT[rule.owner])) if whose else None
		return known[0] if known else f"{rule.owner.value} not known"


_NOTHING_KNOWN = Standing()


def _whose(one: Event | FollowUp) -> str | None:
	"""Under which name their owners are kept."""
	if one.customer:
		return one.customer
	return "|".join(one.person) if one.person else None


def _only_ended(before: FollowUp, after: FollowUp) -> bool:
	"""Whether an event ended the promise and changed nothing else: ``stopped`` keeps all other values."""
	return (
		after.status is Status.STOPPED
		and before.cause is after.cause
		and before.title is after.title
		and before.opens_at is after.opens_at
		and before.subject is after.subject
		and before.opened_at is after.opened_at
	)


def _places(values: Iterable[object]) -> str:
	return ", ".join("?" for _value in values)


def _touch_query(subjects: int, rules: int) -> str:
	"""A range scan for each subject; the plus keeps the planner from seeking by rule instead."""
	return " UNION ALL ".join(
		[
			f"SELECT {_FOLLOW_UP} FROM follow_ups WHERE subject = ? AND live >= ? "
			f"AND +rule IN ({_places(range(rules))})"
		]
		* subjects
	)

"""The money of a rehearsal, counted twice: as sums over all events, and deposit by deposit.

The first way adds up what the events say; the second is the domain's own ``fold``. Both must come to the
same cent, and no deposit may hold less than nothing.
"""

import heapq
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from ..domain.deposit import Movement, MovementType, Status, fold, status_of
from ..domain.money import Money, total

_MOVES = {
	"deposit.taken": MovementType.TAKEN,
	"deposit.applied": MovementType.APPLIED,
	"deposit.refunded": MovementType.REFUNDED,
	"deposit.forfeited": MovementType.FORFEITED,
}
# What kind of money an event takes back, else NULL: that of the event it reverses, or what it says itself
# where only a part came back and no event is undone.
_UNDONE = (
	"CASE WHEN e.type NOT IN ('payment.reversed', 'deposit.reinstated') THEN NULL "
	"WHEN e.reverses IS NULL THEN json_extract(e.facts, '$.undoes') ELSE t.type END"
)
_PROBLEMS_KEPT = 25
HELD_KEPT = 12  # the deposits held longest
# Days since the money was taken: from, to (inclusive; None: for ever).
AGES: tuple[tuple[int, int | None], ...] = ((0, 7), (8, 14), (15, 30), (31, 60), (61, 90), (91, None))


@dataclass
class Line:
	"""One kind of movement: what was told, and what was undone later."""

	told: Money
	undone: Money

	@property
	def net(self) -> Money:
		return self.told - self.undone


@dataclass(frozen=True)
class HeldDeposit:
	deposit: str
	customer: str
	what: str
	since: datetime
	days: int
	held: Money


@dataclass
class Age:
	label: str
	count: int
	held: Money


@dataclass
class Books:
	"""The books of one currency."""

	currency: str
	taken: Line
	applied: Line
	refunded: Line
	forfeited: Line
	payments: Line
	refunds_paid: Line
	counted: Money  # held, deposit by deposit
	by_status: Counter[Status] = field(default_factory=Counter)
	ages: list[Age] = field(default_factory=list)
	oldest: list[HeldDeposit] = field(default_factory=list)
	holding: int = 0
	problems: list[str] = field(default_factory=list)
	problem_count: int = 0

	@classmethod
	def empty(cls, currency: str) -> "Books":
		def line() -> Line:
			return Line(Money.zero(currency), Money.zero(currency))

		ages = [Age(_age_label(first, last), 0, Money.zero(currency)) for first, last in AGES]
		return cls(currency, line(), line(), line(), line(), line(), line(), Money.zero(currency), ages=ages)

	@property
	def held(self) -> Money:
		"""Taken, less what was reversed, applied, refunded and forfeited."""
		return self.taken.net - self.applied.net - self.refunded.net - self.forfeited.net

	@property
	def held_in_ages(self) -> Money:
		return total((age.held for age in self.ages), self.currency)

	@property
	def difference(self) -> Money:
		return self.held - self.counted

	@property
	def reconciled(self) -> bool:
		return not self.difference and not self.problem_count

	@property
	def money_in(self) -> Money:
		"""Cash that came in and stayed: reversed receipts never came."""
		return self.taken.net + self.payments.net

	@property
	def money_out(self) -> Money:
		return self.refunded.net + self.refunds_paid.net

	def problem(self, text: str) -> None:
		self.problem_count += 1
		if len(self.problems) < _PROBLEMS_KEPT:
			self.problems.append(text)


def _age_label(first: int, last: int | None) -> str:
	return f"{first} to {last} days" if last is not None else f"over {first - 1} days"


def close(
	connection: sqlite3.Connection,
	as_of: datetime | None,
	each_held: Callable[[HeldDeposit], None] = lambda held: None,
) -> list[Books]:
	"""The books of every currency at that moment, the busiest first. ``each_held`` sees all that is held."""
	books: dict[str, Books] = {}

	def of(currency: str) -> Books:
		if currency not in books:
			books[currency] = Books.empty(currency)
		return books[currency]

	_add_up(connection, of)
	_find_undone_twice(connection, of)
	_count_deposits(connection, of, as_of, each_held)
	return sorted(books.values(), key=lambda one: (-one.money_in.minor, one.currency))


def _add_up(connection: sqlite3.Connection, of: Callable[[str], Books]) -> None:
	for type_, currency, amount in connection.execute(
		"SELECT type, currency, sum(amount) FROM events WHERE amount IS NOT NULL AND type IN "
		"('deposit.taken', 'deposit.applied', 'deposit.refunded', 'deposit.forfeited', 'payment.received', "
		"'refund.paid') GROUP BY type, currency"
	):
		line = _line(of(currency), type_)
		line.told = line.told + Money(amount, currency)
	for type_, currency, amount in connection.execute(
		f"SELECT {_UNDONE}, e.currency, sum(e.amount) FROM events AS e LEFT JOIN events AS t "
		"ON t.key = e.reverses "
		"WHERE e.type IN ('payment.reversed', 'deposit.reinstated') GROUP BY 1, e.currency"
	):
		if type_ in _LINES:
			line = _line(of(currency), type_)
			line.undone = line.undone + Money(amount, currency)


_LINES = {
	**{type_: type_.partition(".")[2] for type_ in _MOVES},
	"payment.received": "payments",
	"refund.paid": "refunds_paid",
}


def _line(books: Books, type_: str) -> Line:
	line = getattr(books, _LINES[type_])
	assert isinstance(line, Line)
	return line


def _find_undone_twice(connection: sqlite3.Connection, of: Callable[[str], Books]) -> None:
	"""Reversals of nothing, of something that is no money, and of more than there was."""
	for key, currency, amount, reverses, type_ in connection.execute(
		f"SELECT e.key, e.currency, e.amount, e.reverses, {_UNDONE} FROM events AS e "
		"LEFT JOIN events AS t ON t.key = e.reverses "
		"WHERE e.type IN ('payment.reversed', 'deposit.reinstated') ORDER BY e.id"
	):
		if type_ not in _LINES:
			what = f"is of type {type_}, which is no money" if type_ else "is not in the history"
			of(currency).problem(f"{key} takes back {Money(amount, currency)}, but {reverses} {what}")
	for key, currency, undone, told in connection.execute(
		"SELECT t.key, t.currency, sum(e.amount), t.amount FROM events AS e JOIN events AS t "
		"ON t.key = e.reverses WHERE e.type IN ('payment.reversed', 'deposit.reinstated') "
		"AND t.amount IS NOT NULL GROUP BY t.key HAVING sum(e.amount) > t.amount ORDER BY t.id"
	):
		of(currency).problem(
			f"{Money(undone, currency)} of {key} were taken back, but it was only {Money(told, currency)}"
		)


def _count_deposits(
	connection: sqlite3.Connection,
	of: Callable[[str], Books],
	as_of: datetime | None,
	each_held: Callable[[HeldDeposit], None],
) -> None:
	oldest: dict[str, list[tuple[int, str, HeldDeposit]]] = {}
	for (deposit, currency), rows in groupby(_movements(connection), key=lambda row: (row[0], row[1])):
		books = of(currency)
		first = None
		movements = []
		for row in rows:
			_deposit, _currency, key, type_, amount, undoes, _at, _customer, _facts = row
			movements.append(
				Movement(key, _MOVES[undoes or type_], Money(-amount if undoes else amount, currency))
			)
			if first is None and type_ == "deposit.taken":
				first = row
		position = fold(movements, currency)
		books.counted = books.counted + position.held
		books.by_status[status_of(position, was_taken=True)] += 1
		if position.held.minor < 0:
			books.problem(f"{deposit} holds {position.held}: more left it than was ever taken")
		if position.held.minor > 0 and first is not None:
			held = _held(deposit, first, position.held, as_of)
			books.holding += 1
			each_held(held)
			age = books.ages[_age(held.days)]
			age.count, age.held = age.count + 1, age.held + held.held
			heap = oldest.setdefault(currency, [])
			heapq.heappush(heap, (held.days, held.deposit, held))
			if len(heap) > HELD_KEPT:
				heapq.heappop(heap)
	for currency, heap in oldest.items():
		of(currency).oldest = [held for _days, _deposit, held in sorted(heap, key=lambda h: (-h[0], h[1]))]


def _movements(connection: sqlite3.Connection) -> Iterator[tuple[Any, ...]]:
	"""Everything that moved a deposit's money, deposit by deposit, in the order of time."""
	return connection.execute(
		f"SELECT coalesce(t.deposit, e.deposit) AS deposit, e.currency, e.key, e.type, e.amount, {_UNDONE}, "
		"e.happened_at, e.customer, CASE WHEN e.type = 'deposit.taken' THEN e.facts END "
		"FROM events AS e LEFT JOIN events AS t "
		"ON t.key = e.reverses AND e.type IN ('payment.reversed', 'deposit.reinstated') "
		"WHERE e.amount IS NOT NULL AND (e.type IN ('deposit.taken', 'deposit.applied', 'deposit.refunded', "
		f"'deposit.forfeited') OR {_UNDONE} IN ('deposit.taken', 'deposit.applied', 'deposit.refunded', "
		"'deposit.forfeited')) ORDER BY 1, 2, e.happened_at, e.id"
	)


def _held(deposit: str, first: tuple[Any, ...], held: Money, as_of: datetime | None) -> HeldDeposit:
	since = datetime.fromisoformat(first[6])
	facts = json.loads(first[8]) if first[8] else {}
	days = max(0, (as_of.date() - since.date()).days) if as_of else 0
	return HeldDeposit(deposit, first[7], facts.get("what", ""), since, days, held)


def _age(days: int) -> int:
	return next(place for place, (_first, last) in enumerate(AGES) if last is None or days <= last)

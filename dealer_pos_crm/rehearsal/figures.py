"""What a rehearsal found, as numbers: follow-ups by rule, owner and time, money by day, bad rows."""

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ..domain.money import Money

OTHERS = "All others"
_DAYS_IN_DETAIL = 45
_WEEKS_IN_DETAIL = 60


@dataclass(frozen=True)
class Scale:
	"""How finely time is shown: by day, and by week or month where there would be too many days."""

	name: str  # day, week, month
	first: date
	last: date

	@classmethod
	def over(cls, first: date, last: date) -> "Scale":
		days = (last - first).days + 1
		if days <= _DAYS_IN_DETAIL:
			return cls("day", first, last)
		if days <= 7 * _WEEKS_IN_DETAIL:
			return cls("week", first, last)
		return cls("month", first, last)

	def sql(self, column: str) -> str:
		"""The period of a time, as its first day."""
		if self.name == "day":
			return f"substr({column}, 1, 10)"
		if self.name == "week":
			return f"date({column}, 'weekday 0', '-6 days')"
		return f"substr({column}, 1, 7) || '-01'"

	def periods(self) -> list[date]:
		"""The first day of every period, also of those in which nothing happened."""
		at = self._begin(self.first)
		found = []
		while at <= self.last:
			found.append(at)
			at = self._begin(at + timedelta(days={"day": 1, "week": 7, "month": 31}[self.name]))
		return found

	def _begin(self, day: date) -> date:
		if self.name == "week":
			return day - timedelta(days=day.weekday())
		return day.replace(day=1) if self.name == "month" else day

	def label(self, at: date) -> str:
		if self.name == "month":
			return f"{at:%b %Y}"
		return f"{at.day} {at:%b}"

	def long_label(self, at: date) -> str:
		if self.name == "month":
			return f"{at:%B %Y}"
		text = f"{at:%a} {at.day} {at:%b %Y}"
		return f"week of {text}" if self.name == "week" else text


@dataclass(frozen=True)
class Totals:
	events: int
	first: datetime | None
	last: datetime | None
	companies: tuple[str, ...]
	promised: int
	opened: int
	answered: int  # stopped after they had opened
	avoided: int  # stopped before they would have opened
	suppressed: int
	open: int
	planned: int
	late: int


@dataclass(frozen=True)
class Share:
	"""Follow-ups of one rule or one owner."""

	name: str
	promised: int
	opened: int
	answered: int
	avoided: int
	suppressed: int
	open: int
	planned: int
	late: int  # answered after, or still open at, their due time
	hours: float | None  # from opening to the answer, on average
	busiest: int = 0
	busiest_on: date | None = None


_COUNTS = (
	"count(*), count(opened_at), "
	"count(CASE WHEN status = 'Stopped' AND opened_at IS NOT NULL THEN 1 END), "
	"count(CASE WHEN status = 'Stopped' AND opened_at IS NULL THEN 1 END), "
	"count(CASE WHEN status = 'Suppressed' THEN 1 END), "
	"count(CASE WHEN status = 'Open' THEN 1 END), "
	"count(CASE WHEN status = 'Planned' THEN 1 END), "
	"count(CASE WHEN opened_at IS NOT NULL AND coalesce(ended_at, :end) > due_at THEN 1 END)"
)
_HOURS = "avg(CASE WHEN opened_at IS NOT NULL THEN (julianday(ended_at) - julianday(opened_at)) * 24 END)"


def totals(connection: sqlite3.Connection, end: datetime | None) -> Totals:
	events, first, last = connection.execute(
		"SELECT count(*), min(happened_at), max(happened_at) FROM events"
	).fetchone()
	companies = connection.execute("SELECT DISTINCT company FROM events ORDER BY company LIMIT 20").fetchall()
	counts = connection.execute(f"SELECT {_COUNTS} FROM follow_ups", _end(end)).fetchone()
	return Totals(
		events,
		datetime.fromisoformat(first) if first else None,
		datetime.fromisoformat(last) if last else None,
		tuple(name for (name,) in companies),
		*counts,
	)


def _end(end: datetime | None) -> dict[str, str]:
	return {"end": end.isoformat() if end else ""}


def by_rule(connection: sqlite3.Connection, end: datetime | None, rules: Sequence[str]) -> list[Share]:
	"""One line a rule, in the order of the rule book; a rule that never spoke has zeros."""
	found = {
		row[0]: Share(*row)
		for row in connection.execute(
			f"SELECT rule, {_COUNTS}, {_HOURS} FROM follow_ups GROUP BY rule", _end(end)
		)
	}
	return [found.get(name) or Share(name, 0, 0, 0, 0, 0, 0, 0, 0, None) for name in rules]


def by_owner(connection: sqlite3.Connection, end: datetime | None) -> list[Share]:
	"""One line for everybody who got a follow-up, the busiest first."""
	busiest: dict[str, tuple[int, date]] = {}
	for owner, day, count in connection.execute(
		"SELECT owner, substr(opened_at, 1, 10) AS day, count(*) FROM follow_ups WHERE owner IS NOT NULL "
		"GROUP BY owner, day ORDER BY day"
	):
		if count > busiest.get(owner, (0, date.min))[0]:
			busiest[owner] = (count, date.fromisoformat(day))
	return [
		replace(Share(*row), busiest=busiest[row[0]][0], busiest_on=busiest[row[0]][1])
		for row in connection.execute(
			f"SELECT owner, {_COUNTS}, {_HOURS} FROM follow_ups WHERE owner IS NOT NULL "
			"GROUP BY owner ORDER BY count(*) DESC, owner",
			_end(end),
		)
	]


@dataclass(frozen=True)
class Table:
	"""Numbers by period and name."""

	names: list[str]
	rows: list[tuple[date, list[int]]]

	@property
	def sums(self) -> list[int]:
		return [sum(values[place] for _at, values in self.rows) for place in range(len(self.names))]


def opened_over_time(connection: sqlite3.Connection, scale: Scale, owners: Sequence[str]) -> Table:
	"""Follow-ups that opened, by period and owner; owners beyond those named are one column."""
	place = {name: number for number, name in enumerate(owners)}
	counts: dict[date, list[int]] = {at: [0] * (len(owners) + 1) for at in scale.periods()}
	for period, owner, count in connection.execute(
		f"SELECT {scale.sql('opened_at')} AS period, owner, count(*) FROM follow_ups "
		"WHERE opened_at IS NOT NULL GROUP BY period, owner"
	):
		row = counts.setdefault(date.fromisoformat(period), [0] * (len(owners) + 1))
		row[place.get(owner, len(owners))] += count
	names = [*owners, OTHERS]
	if not any(row[-1] for row in counts.values()):
		names.pop()
		counts = {at: row[:-1] for at, row in counts.items()}
	return Table(names, sorted(counts.items()))


@dataclass
class Flow:
	"""Money of one period. ``taken_back`` are receipts that were cancelled or bounced in it."""

	at: date
	deposits: Money
	payments: Money
	refunds: Money
	taken_back: Money

	@property
	def net(self) -> Money:
		return self.deposits + self.payments - self.refunds - self.taken_back


def money_over_time(connection: sqlite3.Connection, scale: Scale, currency: str) -> list[Flow]:
	zero = Money.zero(currency)
	flows = {at: Flow(at, zero, zero, zero, zero) for at in scale.periods()}
	for period, type_, undoes, amount in connection.execute(
		f"SELECT {scale.sql('e.happened_at')} AS period, e.type, t.type, sum(e.amount) FROM events AS e "
		"LEFT JOIN events AS t ON t.key = e.reverses AND e.type = 'payment.reversed' "
		"WHERE e.currency = ? AND e.type IN ('deposit.taken', 'payment.received', 'deposit.refunded', "
		"'refund.paid', 'payment.reversed') GROUP BY period, e.type, t.type",
		(currency,),
	):
		at = date.fromisoformat(period)
		flow = flows.setdefault(at, Flow(at, zero, zero, zero, zero))
		money = Money(amount, currency)
		if type_ == "deposit.taken":
			flow.deposits = flow.deposits + money
		elif type_ == "payment.received":
			flow.payments = flow.payments + money
		elif type_ in ("deposit.refunded", "refund.paid"):
			flow.refunds = flow.refunds + money
		elif undoes in ("deposit.refunded", "refund.paid"):
			flow.refunds = flow.refunds - money
		elif undoes in ("deposit.taken", "payment.received"):
			flow.taken_back = flow.taken_back + money
	return sorted(flows.values(), key=lambda flow: flow.at)


def suppressed(connection: sqlite3.Connection) -> list[tuple[str, str, int]]:
	"""(reason, rule, how many) of follow-ups that were held back, most first."""
	return connection.execute(
		"SELECT reason, rule, count(*) FROM follow_ups WHERE status = 'Suppressed' "
		"GROUP BY reason, rule ORDER BY count(*) DESC, reason, rule"
	).fetchall()


def by_type(connection: sqlite3.Connection) -> list[tuple[str, int]]:
	return connection.execute(
		"SELECT type, count(*) FROM events GROUP BY type ORDER BY count(*) DESC, type"
	).fetchall()


@dataclass(frozen=True)
class FileRead:
	"""One history file of the rehearsal."""

	name: str
	lines: int
	rows: int
	known: int
	late: int
	after_until: int
	bad: int


def files(connection: sqlite3.Connection) -> list[FileRead]:
	return [
		FileRead(*row)
		for row in connection.execute(
			"SELECT name, line, rows, known, late, after_until, "
			"(SELECT count(*) FROM bad_rows WHERE source = sources.id) FROM sources ORDER BY id"
		)
	]


def bad_rows(connection: sqlite3.Connection, limit: int | None = None) -> Iterator[tuple[str, int, str, str]]:
	"""(file, line, kind, reason), in the order of the lines."""
	return connection.execute(
		"SELECT s.name, b.line, b.kind, b.reason FROM bad_rows AS b JOIN sources AS s ON s.id = b.source "
		"ORDER BY b.source, b.line LIMIT ?",
		(-1 if limit is None else limit,),
	)


def bad_kinds(connection: sqlite3.Connection) -> list[tuple[str, int]]:
	return connection.execute(
		"SELECT kind, count(*) FROM bad_rows GROUP BY kind ORDER BY count(*) DESC, kind"
	).fetchall()

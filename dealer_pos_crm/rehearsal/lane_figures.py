"""What a history says of the service lane: who came, what was declined, and what of it came back."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..domain.money import Money

SEVERITIES = ("Red", "Yellow", "Green", "")
_STANDS = "NOT EXISTS (SELECT 1 FROM events AS r WHERE r.reverses = e.key)"


@dataclass
class Work:
	"""Declined work of one kind: jobs and their price when they were declined last, and what of it was won
	back, at the price it brought."""

	name: str
	declined: int
	price: Money
	recovered: int
	brought: Money

	@property
	def rate(self) -> float | None:
		"""Share of the jobs that came back, of a hundred."""
		return 100 * self.recovered / self.declined if self.declined else None


@dataclass
class Lane:
	"""The service lane in one currency; appointments are counted with the first one."""

	currency: str
	kept: int
	missed: int
	cancelled: int
	moved: int
	all: Work
	by_severity: list[Work] = field(default_factory=list)
	by_advisor: list[Work] = field(default_factory=list)

	@property
	def due(self) -> int:
		"""Appointments whose time came: kept or missed."""
		return self.kept + self.missed

	@property
	def no_show_rate(self) -> float | None:
		return 100 * self.missed / self.due if self.due else None


def lanes(connection: sqlite3.Connection) -> list[Lane]:
	"""One for every currency in which work was declined, the busiest first; empty without a lane."""
	came = dict(
		connection.execute(
			"SELECT e.type, count(*) FROM events AS e WHERE e.type IN ('appointment.kept', "
			f"'appointment.missed', 'appointment.cancelled', 'appointment.rescheduled') "
			f"AND coalesce(e.department, '') <> 'Sales' AND {_STANDS} "
			"GROUP BY e.type"
		)
	)
	declined = _declined(connection)
	brought = _recovered(connection)
	currencies = sorted({row[3] for row in declined.values()}, key=lambda c: -_sum(declined, c))
	if not currencies and came:
		currencies = [""]
	return [
		_lane(currency, came if place == 0 else {}, declined, brought)
		for place, currency in enumerate(currencies)
	]


def _declined(connection: sqlite3.Connection) -> dict[str, tuple[str, str, int, str]]:
	"""(severity, advisor, minor units, currency) of each declined work, as it was declined last."""
	return {
		work: (severity or "", advisor or "", amount or 0, currency or "")
		for work, severity, advisor, amount, currency in connection.execute(
			"SELECT coalesce(e.declined_service, e.key), json_extract(e.facts, '$.severity'), e.actor, "
			"e.amount, e.currency FROM events AS e "
			f"WHERE e.type IN ('job.declined', 'job.deferred') AND {_STANDS} ORDER BY e.happened_at, e.id"
		)
	}


def _recovered(connection: sqlite3.Connection) -> dict[str, int]:
	"""What each work brought that was won back, in minor units."""
	return {
		work: amount or 0
		for work, amount in connection.execute(
			"SELECT e.declined_service, e.amount FROM events AS e WHERE e.type = 'declined_service.recovered' "
			f"AND e.declined_service IS NOT NULL AND {_STANDS} ORDER BY e.happened_at, e.id"
		)
	}


def _sum(declined: dict[str, tuple[str, str, int, str]], currency: str) -> int:
	return sum(row[2] for row in declined.values() if row[3] == currency)


def _lane(
	currency: str,
	came: dict[str, int],
	declined: dict[str, tuple[str, str, int, str]],
	brought: dict[str, int],
) -> Lane:
	mine = {work: row for work, row in declined.items() if row[3] == currency}

	def work_of(name: str, works: Iterable[str]) -> Work:
		wanted = list(works)
		back = [brought[work] for work in wanted if work in brought]
		price = sum(mine[work][2] for work in wanted)
		money = currency or "USD"  # nothing was declined: zero of anything
		return Work(name, len(wanted), Money(price, money), len(back), Money(sum(back), money))

	advisors = {row[1] for row in mine.values()}
	by_advisor = [work_of(one, (w for w, row in mine.items() if row[1] == one)) for one in advisors]
	by_severity = [work_of(one, (w for w, row in mine.items() if row[0] == one)) for one in SEVERITIES]
	return Lane(
		currency=currency,
		kept=came.get("appointment.kept", 0),
		missed=came.get("appointment.missed", 0),
		cancelled=came.get("appointment.cancelled", 0),
		moved=came.get("appointment.rescheduled", 0),
		all=work_of("All", mine),
		by_severity=[work for work in by_severity if work.declined],
		by_advisor=sorted(by_advisor, key=lambda work: (-work.price.minor, work.name)),
	)

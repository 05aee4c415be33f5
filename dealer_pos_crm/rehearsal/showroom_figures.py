"""What a history says of the showroom: how fast leads were answered, how far they came, how money came in."""

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

_STANDS = "NOT EXISTS (SELECT 1 FROM events AS r WHERE r.reverses = e.key)"
ANSWERED_WITHIN = (5, 15, 60)  # minutes of opening hours; the first is the target
_FUNNEL = (
	("Leads", "lead.received"),
	("Answered", "lead.responded"),
	("Appointment", "appointment.booked"),
	("Visit", "visit.made"),
	("Deal", "deal.opened"),
	("Contract", "deal.contracted"),
	("Delivered", "deal.delivered"),
)


@dataclass
class Step:
	"""How many leads came so far, and what share of those that came in."""

	name: str
	count: int
	rate: float | None


@dataclass
class Showroom:
	leads: int
	answered: int
	within: list[tuple[int, int]]  # (minutes, leads answered so fast), whose answer says how long it took
	timed: int
	median: int | None
	kept: int
	missed: int
	funnel: list[Step] = field(default_factory=list)
	delivered: int = 0
	lost: list[tuple[str, int]] = field(default_factory=list)  # deals by reason, most first
	unwound: int = 0
	sent: int = 0
	funded: int = 0
	returned: int = 0
	waiting: int = 0  # delivered, sent to a lender, and not paid
	days_to_fund: float | None = None

	@property
	def on_time(self) -> float | None:
		"""Share answered within the target."""
		return 100 * self.within[0][1] / self.timed if self.timed else None

	@property
	def no_show_rate(self) -> float | None:
		due = self.kept + self.missed
		return 100 * self.missed / due if due else None

	@property
	def close_rate(self) -> float | None:
		"""Share of the leads that were delivered."""
		return self.funnel[-1].rate if self.funnel else None


def showroom(connection: sqlite3.Connection) -> Showroom | None:
	"""The figures of the whole history; None when nothing in it happened in a showroom."""
	told = dict(
		connection.execute(
			"SELECT e.type, count(*) FROM events AS e WHERE (e.type LIKE 'lead.%' OR e.type LIKE 'deal.%' OR "
			"e.type LIKE 'visit.%' OR (e.type LIKE 'appointment.%' AND e.department = 'Sales')) "
			f"AND {_STANDS} GROUP BY e.type"
		)
	)
	if not told:
		return None
	minutes = sorted(_minutes(connection))
	funnel = _funnel(connection)
	days = _days_to_fund(connection)
	return Showroom(
		leads=told.get("lead.received", 0),
		answered=next((step.count for step in funnel if step.name == "Answered"), 0),
		within=[(most, sum(1 for one in minutes if one <= most)) for most in ANSWERED_WITHIN],
		timed=len(minutes),
		median=minutes[len(minutes) // 2] if minutes else None,
		kept=told.get("appointment.kept", 0),
		missed=told.get("appointment.missed", 0),
		funnel=funnel,
		delivered=told.get("deal.delivered", 0),
		lost=_lost(connection),
		unwound=told.get("deal.unwound", 0),
		sent=told.get("deal.sent_to_lender", 0),
		funded=told.get("deal.funded", 0),
		returned=told.get("deal.returned_by_lender", 0),
		waiting=_waiting(connection),
		days_to_fund=sum(days) / len(days) if days else None,
	)


def _minutes(connection: sqlite3.Connection) -> list[int]:
	"""How long each lead waited for its first answer, as far as the answer says."""
	first: dict[str, int] = {}
	for lead, said in connection.execute(
		"SELECT e.lead, json_extract(e.facts, '$.minutes') FROM events AS e "
		f"WHERE e.type = 'lead.responded' AND e.lead IS NOT NULL AND {_STANDS} ORDER BY e.happened_at, e.id"
	):
		if lead not in first and str(said or "").isdigit():
			first[lead] = int(said)
	return list(first.values())


def _funnel(connection: sqlite3.Connection) -> list[Step]:
	"""Each step counts the leads that came so far, whatever they skipped on the way."""
	found: list[tuple[str, int]] = []
	for name, type_ in _FUNNEL:
		(count,) = connection.execute(
			"SELECT count(DISTINCT e.lead) FROM events AS e WHERE e.type = ? AND e.lead IS NOT NULL AND "
			f"{_STANDS}",
			(type_,),
		).fetchone()
		found.append((name, count))
	leads = found[0][1]
	return [Step(name, count, 100 * count / leads if leads else None) for name, count in found]


def _lost(connection: sqlite3.Connection) -> list[tuple[str, int]]:
	rows = connection.execute(
		"SELECT json_extract(e.facts, '$.reason') FROM events AS e "
		f"WHERE e.type = 'deal.lost' AND {_STANDS} ORDER BY e.id"
	)
	return Counter(reason or "Not said" for (reason,) in rows).most_common()


def _days_to_fund(connection: sqlite3.Connection) -> list[float]:
	"""From the delivery to the lender's money, of deals that were sent to a lender."""
	delivered: dict[str, datetime] = {}
	sent: set[str] = set()
	days: list[float] = []
	for type_, deal, at in connection.execute(
		"SELECT e.type, e.deal, e.happened_at FROM events AS e WHERE e.deal IS NOT NULL AND e.type IN "
		f"('deal.delivered', 'deal.sent_to_lender', 'deal.funded') AND {_STANDS} ORDER BY e.happened_at, e.id"
	):
		moment = datetime.fromisoformat(at)
		if type_ == "deal.delivered":
			delivered[deal] = moment
		elif type_ == "deal.sent_to_lender":
			sent.add(deal)
		elif deal in sent and deal in delivered:
			days.append((moment - delivered[deal]).total_seconds() / 86_400)
	return days


def _waiting(connection: sqlite3.Connection) -> int:
	(count,) = connection.execute(
		"SELECT count(DISTINCT e.deal) FROM events AS e WHERE e.type = 'deal.sent_to_lender' AND NOT EXISTS ("
		"SELECT 1 FROM events AS f WHERE f.deal = e.deal AND f.type IN ('deal.funded', 'deal.unwound', "
		"'deal.delivery_undone') AND f.happened_at >= e.happened_at AND NOT EXISTS ("
		"SELECT 1 FROM events AS r WHERE r.reverses = f.key))"
	).fetchone()
	assert isinstance(count, int)
	return count

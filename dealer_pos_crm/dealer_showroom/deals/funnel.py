"""The funnel: how far the leads of a period came, and how long it took. Counted in SQL, also for many leads.

A lead that came as far as a stage has passed the ones before it, also where one was skipped. A deal that
began without a lead counts from the day it was opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import frappe

from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage

STEPS: tuple[Stage, ...] = rules.ORDER[1:]
# What a group is called in SQL, for a lead (l) and for a deal without one (j).
GROUPS = {
	"Month": ("date_format(l.dealer_received_at, '%%Y-%%m')", "date_format(j.creation, '%%Y-%%m')"),
	"Source": ("ifnull(l.source, '')", "ifnull(j.source, '')"),
	"Salesperson": ("ifnull(l.lead_owner, '')", "ifnull(j.salesperson, '')"),
	"Lead Type": ("ifnull(l.dealer_lead_type, '')", "'Walk-in'"),
}
_REACHED = {
	Stage.CONTACTED: "contacted",
	Stage.APPOINTMENT: "appointment",
	Stage.VISIT: "visit",
	Stage.WRITE_UP: "write_up",
	Stage.DEPOSIT: "deposit",
	Stage.FNI: "fni",
	Stage.CONTRACTED: "contracted",
	Stage.DELIVERED: "delivered",
	Stage.FUNDED: "funded",
}


@dataclass(frozen=True)
class Asked:
	"""Whose leads, and of which days; the last day counts."""

	company: str
	begin: date
	end: date
	source: str | None = None
	salesperson: str | None = None
	lead_type: str | None = None

	@property
	def values(self) -> dict:
		return {
			"company": self.company,
			"begin": self.begin,
			"end": self.end + timedelta(days=1),
			"source": self.source,
			"salesperson": self.salesperson,
			"lead_type": self.lead_type,
		}


@dataclass(frozen=True)
class Group:
	key: str
	leads: int
	lost: int
	reached: Mapping[Stage, int]

	def rate(self, stage: Stage) -> float:
		"""Percent of the leads that came as far as a stage."""
		return round(100 * self.reached[stage] / self.leads, 1) if self.leads else 0.0


def groups(asked: Asked, by: str) -> list[Group]:
	"""The funnel of each group, by its key."""
	of_lead, of_deal = GROUPS[by]
	return _counted(asked, of_lead, of_deal)


def whole(asked: Asked) -> Group:
	"""The funnel of all of them."""
	found = _counted(asked, "''", "''")
	return found[0] if found else Group("", 0, 0, dict.fromkeys(STEPS, 0))


def _counted(asked: Asked, of_lead: str, of_deal: str) -> list[Group]:
	sums = ", ".join(f"sum(far >= {rules.position(stage)})" for stage in STEPS)
	rows = frappe.db.sql(
		f"""select grouped, count(*), sum(lost), {sums}
		from ({_started(asked, of_lead, of_deal)}) started group by grouped order by grouped""",
		asked.values,
	)
	return [
		Group(row[0] or "", int(row[1]), int(row[2]), dict(zip(STEPS, map(int, row[3:]), strict=True)))
		for row in rows
	]


def _started(asked: Asked, of_lead: str, of_deal: str) -> str:
	"""One row per lead, and per deal without one: its group, how far it came, whether it is lost."""
	return f"""select {of_lead} as grouped,
			greatest(ifnull(d.far, 0), ifnull(v.far, 0), l.dealer_first_response_at is not null) as far,
			(l.dealer_state = 'Lost' or (d.open_ones = 0)) as lost
		from `tabLead` l
		left join (
			select lead, max(furthest) as far, sum(stage != 'Lost') as open_ones
			from `tabDeal Jacket` where company = %(company)s and lead is not null and lead != '' group by lead
		) d on d.lead = l.name
		left join (
			select lead, max(far) as far from (
				select lead, {rules.position(Stage.VISIT)} as far from `tabShowroom Visit`
				where company = %(company)s and lead is not null and lead != ''
				union all
				select lead, {rules.position(Stage.APPOINTMENT)} as far from `tabShowroom Appointment`
				where company = %(company)s and lead is not null and lead != ''
			) steps group by lead
		) v on v.lead = l.name
		where {_of_leads(asked)}
		union all
		select {of_deal} as grouped, j.furthest as far, j.stage = 'Lost' as lost
		from `tabDeal Jacket` j where {_of_deals(asked)}"""


def _of_leads(asked: Asked) -> str:
	found = [
		"l.company = %(company)s",
		"l.dealer_received_at >= %(begin)s",
		"l.dealer_received_at < %(end)s",
	]
	if asked.source:
		found.append("l.source = %(source)s")
	if asked.salesperson:
		found.append("l.lead_owner = %(salesperson)s")
	if asked.lead_type:
		found.append("l.dealer_lead_type = %(lead_type)s")
	return " and ".join(found)


def _of_deals(asked: Asked) -> str:
	found = [
		"j.company = %(company)s",
		"(j.lead is null or j.lead = '')",
		"j.creation >= %(begin)s",
		"j.creation < %(end)s",
	]
	if asked.source:
		found.append("j.source = %(source)s")
	if asked.salesperson:
		found.append("j.salesperson = %(salesperson)s")
	if asked.lead_type and asked.lead_type != "Walk-in":
		found.append("false")
	return " and ".join(found)


def median_days(asked: Asked) -> dict[Stage, float]:
	"""Days from the lead to each stage that was really reached, the middle one of them."""
	parts = []
	for stage, name in _REACHED.items():
		started = "ifnull(l.dealer_received_at, j.creation)"
		parts.append(
			f"""select {rules.position(stage)} as step, greatest(datediff(j.reached_{name}, {started}), 0) as days,
				count(*) as many
			from `tabDeal Jacket` j join `tabLead` l on l.name = j.lead
			where {_of_leads(asked)} and j.company = %(company)s and j.reached_{name} is not null
			group by days"""
		)
		parts.append(
			f"""select {rules.position(stage)} as step, greatest(datediff(j.reached_{name}, j.creation), 0) as days,
				count(*) as many
			from `tabDeal Jacket` j where {_of_deals(asked)} and j.reached_{name} is not null group by days"""
		)
	parts.append(
		f"""select 1 as step, greatest(datediff(l.dealer_first_response_at, l.dealer_received_at), 0) as days,
			count(*) as many from `tabLead` l where {_of_leads(asked)} and l.dealer_first_response_at is not null
			and not exists (select 1 from `tabDeal Jacket` j where j.lead = l.name
				and j.reached_contacted is not null)
		group by days"""
	)
	counts: dict[int, dict[int, int]] = {}
	for step, days, many in frappe.db.sql(" union all ".join(parts), asked.values):
		of_step = counts.setdefault(int(step), {})
		of_step[int(days)] = of_step.get(int(days), 0) + int(many)
	return {
		stage: _median(counts[rules.position(stage)]) for stage in STEPS if rules.position(stage) in counts
	}


def _median(counts: Mapping[int, int]) -> float:
	"""The middle of values that are counted; of an even number the mean of the two in the middle."""
	size = sum(counts.values())
	at = ((size - 1) // 2, size // 2)
	found, passed = [], 0
	for value in sorted(counts):
		upper = passed + counts[value]
		found += [value for place in at if passed <= place < upper]
		passed = upper
	return sum(found) / 2

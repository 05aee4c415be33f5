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


def groups(asked: Asked, by: str | None = None) -> list[Group]:
	"""The funnel of each group, by its key; ``by`` is empty for all in one."""
	of_lead, of_deal = GROUPS[by] if by else ("''", "''")
	return _counted(asked, of_lead, of_deal)


def whole(found: list[Group]) -> Group:
	"""The funnel of all groups together."""
	return Group(
		"",
		sum(group.leads for group in found),
		sum(group.lost for group in found),
		{stage: sum(group.reached[stage] for group in found) for stage in STEPS},
	)


def _counted(asked: Asked, of_lead: str, of_deal: str) -> list[Group]:
	"""All leads are counted in one pass over them; only those that came further than an answer are looked at
	one by one, with the steps that brought them there."""
	sums: dict[str, list[int]] = {}  # leads, lost, and how many came as far as each step

	def of(key: str | None) -> list[int]:
		return sums.setdefault(key or "", [0] * (2 + len(STEPS)))

	for key, leads, lost, contacted in frappe.db.sql(
		f"""select {of_lead}, count(*), sum(l.dealer_state = 'Lost'),
			sum(l.dealer_first_response_at is not null)
		from `tabLead` l where {_of_leads(asked)} group by 1""",
		asked.values,
	):
		found = of(key)
		found[0] += int(leads)
		found[1] += int(lost or 0)
		found[2] += int(contacted or 0)
	for step in _further(asked, of_lead).values():
		found = of(step.key)
		for at in range(1, step.far + 1):
			found[1 + at] += 1
		found[2] -= int(step.answered and step.far > 0)  # counted with all leads already
		found[1] += int(step.deals_lost and not step.lost)
	for key, far, lost, many in frappe.db.sql(
		f"""select {of_deal}, j.furthest, j.stage = 'Lost', count(*) from `tabDeal Jacket` j
		where {_of_deals(asked)} group by 1, 2, 3""",
		asked.values,
	):
		found = of(key)
		found[0] += int(many)
		found[1] += int(many) if lost else 0
		for at in range(1, int(far or 0) + 1):
			found[1 + at] += int(many)
	return [
		Group(key, found[0], found[1], dict(zip(STEPS, found[2:], strict=True)))
		for key, found in sorted(sums.items())
	]


@dataclass
class _Way:
	"""One lead that got further than an answer."""

	key: str
	answered: bool
	lost: bool
	far: int = 0
	deals_lost: bool = False


def _further(asked: Asked, of_lead: str) -> dict[str, _Way]:
	"""By lead: how far its deals, visits and appointments brought it."""
	ways: dict[str, _Way] = {}
	going_on: set[str] = set()
	for lead, key, answered, lost, far, deal_lost in frappe.db.sql(
		f"""select s.lead, {of_lead}, l.dealer_first_response_at is not null, l.dealer_state = 'Lost',
			s.far, s.lost
		from (
			select lead, furthest as far, stage = 'Lost' as lost from `tabDeal Jacket`
			where company = %(company)s and lead is not null and lead != ''
			union all
			select distinct lead, {rules.position(Stage.VISIT)}, null from `tabShowroom Visit`
			where company = %(company)s and lead is not null and lead != ''
			union all
			select distinct lead, {rules.position(Stage.APPOINTMENT)}, null from `tabShowroom Appointment`
			where company = %(company)s and lead is not null and lead != ''
		) s join `tabLead` l on l.name = s.lead where {_of_leads(asked)}""",
		asked.values,
	):
		way = ways.setdefault(lead, _Way(key or "", bool(answered), bool(lost)))
		way.far = max(way.far, int(far or 0))
		if deal_lost is not None:
			way.deals_lost = bool(deal_lost) and lead not in going_on
			if not deal_lost:
				going_on.add(lead)
	return ways


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

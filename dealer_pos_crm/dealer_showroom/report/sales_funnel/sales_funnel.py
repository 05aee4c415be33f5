"""How far leads come, stage by stage, what share of them, and how long it takes."""

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom.deals import funnel
from dealer_pos_crm.domain.deal import Stage

BY_STAGE = "Stage"


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	asked, by = _asked(filters)
	found = funnel.groups(asked, None if by == BY_STAGE else by)
	all_of_them = funnel.whole(found)
	summary = _summary(all_of_them)
	if by == BY_STAGE:
		data = _stages(all_of_them, funnel.median_days(asked))
		return _stage_columns(), data, _note(), _stage_chart(data), summary
	data = _lines(found, by)
	return _columns(by), data, _note(), _chart(data), summary


def _asked(filters) -> tuple[funnel.Asked, str]:
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	begin, end = getdate(filters.from_date), getdate(filters.to_date)
	if begin > end:
		frappe.throw(_("The period ends ({0}) before it begins ({1})").format(end, begin))
	by = filters.group_by or BY_STAGE
	if by not in (BY_STAGE, *funnel.GROUPS):
		frappe.throw(
			_("{0} is no way to group. Choose one of: {1}").format(by, ", ".join((BY_STAGE, *funnel.GROUPS)))
		)
	return (
		funnel.Asked(
			filters.company,
			begin,
			end,
			filters.source or None,
			filters.salesperson or None,
			filters.lead_type or None,
		),
		by,
	)


def _stages(group: funnel.Group, days: dict[Stage, float]) -> list[dict]:
	rows = [{"stage": _("Lead"), "count": group.leads, "rate": 100.0 if group.leads else 0, "step": None}]
	before = group.leads
	for stage in funnel.STEPS:
		count = group.reached[stage]
		rows.append(
			{
				"stage": _(stage.value),
				"count": count,
				"rate": group.rate(stage),
				"step": round(100 * count / before, 1) if before else 0,
				"days": days.get(stage),
			}
		)
		before = count
	return rows


def _lines(found: list[funnel.Group], by: str) -> list[dict]:
	names = names_of(group.key for group in found) if by == "Salesperson" else {}
	return [
		{
			"group": names.get(group.key) or _(group.key) or _("Not said"),
			"leads": group.leads,
			**{_key(stage): group.reached[stage] for stage in funnel.STEPS},
			"rate": group.rate(Stage.DELIVERED),
			"lost": group.lost,
		}
		for group in found
	]


def _key(stage: Stage) -> str:
	return frappe.scrub(stage.value).replace("&", "n")


def _stage_columns() -> list[dict]:
	percent = {"fieldtype": "Percent", "width": 150}
	return [
		{"fieldname": "stage", "label": _("Stage"), "fieldtype": "Data", "width": 180},
		{"fieldname": "count", "label": _("Came This Far"), "fieldtype": "Int", "width": 140},
		{"fieldname": "rate", "label": _("Of All Leads"), **percent},
		{"fieldname": "step", "label": _("Of the Stage Before"), **percent},
		{
			"fieldname": "days",
			"label": _("Median Days From the Lead"),
			"fieldtype": "Float",
			"precision": 1,
			"width": 200,
		},
	]


def _columns(by: str) -> list[dict]:
	count = {"fieldtype": "Int", "width": 105}
	return [
		{"fieldname": "group", "label": _(by), "fieldtype": "Data", "width": 180},
		{"fieldname": "leads", "label": _("Leads"), **count},
		*({"fieldname": _key(stage), "label": _(stage.value), **count} for stage in funnel.STEPS),
		{"fieldname": "rate", "label": _("Delivered, Share"), "fieldtype": "Percent", "width": 130},
		{"fieldname": "lost", "label": _("Lost"), **count},
	]


def _stage_chart(data: list[dict]) -> dict | None:
	if not data[0]["count"]:
		return None
	return {
		"data": {
			"labels": [row["stage"] for row in data],
			"datasets": [{"name": _("Came this far"), "values": [row["count"] for row in data]}],
		},
		"type": "bar",
	}


def _chart(data: list[dict]) -> dict | None:
	if not data:
		return None
	shown = sorted(data, key=lambda row: -row["leads"])[:15]
	shown = [row for row in data if row in shown]
	return {
		"data": {
			"labels": [row["group"] for row in shown],
			"datasets": [
				{"name": _("Leads"), "values": [row["leads"] for row in shown]},
				{"name": _("Visit"), "values": [row["visit"] for row in shown]},
				{"name": _("Delivered"), "values": [row["delivered"] for row in shown]},
			],
		},
		"type": "bar",
	}


def _summary(group: funnel.Group) -> list[dict]:
	return [
		{"label": _("Leads"), "value": group.leads, "datatype": "Int"},
		{
			"label": _("Contacted"),
			"value": group.rate(Stage.CONTACTED),
			"datatype": "Percent",
		},
		{"label": _("Visited"), "value": group.rate(Stage.VISIT), "datatype": "Percent"},
		{
			"label": _("Delivered"),
			"value": group.rate(Stage.DELIVERED),
			"datatype": "Percent",
			"indicator": "Green",
		},
		{"label": _("Lost"), "value": group.lost, "datatype": "Int"},
	]


def _note() -> str:
	return _(
		"Leads received in the period, and deals opened in it without a lead. Who came as far as a stage has passed the ones before it."
	)

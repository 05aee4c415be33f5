"""Clocked, flagged and billed hours by technician, and what they say together."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_service import technician_time
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.people import names_of

# Who sees everybody's hours; a technician sees the own.
SEES_ALL = frozenset({roles.SERVICE_MANAGER, roles.MANAGER, roles.ACCOUNTANT, "System Manager"})


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	begin, end = getdate(filters.from_date), getdate(filters.to_date)
	if begin > end:
		frappe.throw(_("The period ends ({0}) before it begins ({1})").format(end, begin))
	technician = frappe.session.user
	if SEES_ALL & set(frappe.get_roles()):
		frappe.has_permission("Company", "read", filters.company, throw=True)
		technician = filters.technician
	found = technician_time.figures(filters.company, begin, end, technician)
	names = names_of(found)
	rows = [_row(who, names.get(who, who), *found[who]) for who in found]
	rows.sort(key=lambda row: row["name"].lower())
	return _columns(), rows, _note(rows), _chart(rows)


def _row(user: str, name: str, figures, jobs: int) -> dict:
	return {
		"technician": user,
		"name": name,
		"jobs": jobs,
		"clocked": _number(figures.clocked),
		"flagged": _number(figures.flagged),
		"billed": _number(figures.billed),
		"available": _number(figures.available),
		"efficiency": _number(figures.efficiency),
		"productivity": _number(figures.productivity),
	}


def _number(value: Decimal | None) -> float | None:
	return None if value is None else float(value)


def _columns() -> list[dict]:
	hours = {"fieldtype": "Float", "precision": 2, "width": 110}
	return [
		{
			"fieldname": "technician",
			"label": _("Technician"),
			"fieldtype": "Link",
			"options": "User",
			"width": 240,
		},
		{"fieldname": "name", "label": _("Name"), "fieldtype": "Data", "width": 160},
		{"fieldname": "jobs", "label": _("Jobs Done"), "fieldtype": "Int", "width": 100},
		{"fieldname": "clocked", "label": _("Clocked (h)"), **hours},
		{"fieldname": "flagged", "label": _("Flagged (h)"), **hours},
		{"fieldname": "billed", "label": _("Billed (h)"), **hours},
		{"fieldname": "available", "label": _("Available (h)"), **hours},
		{"fieldname": "efficiency", "label": _("Efficiency"), "fieldtype": "Percent", "width": 110},
		{"fieldname": "productivity", "label": _("Productivity"), "fieldtype": "Percent", "width": 110},
	]


def _note(rows: list[dict]) -> str | None:
	told = _("Efficiency is flagged of available, productivity billed of clocked.")
	if rows and all(row["available"] is None for row in rows):
		return (
			told
			+ " "
			+ _("Available needs business hours in Dealer Settings; without them there is no efficiency.")
		)
	return told


def _chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	return {
		"type": "bar",
		"data": {
			"labels": [row["name"] for row in rows],
			"datasets": [
				{"name": _("Clocked"), "values": [row["clocked"] for row in rows]},
				{"name": _("Flagged"), "values": [row["flagged"] for row in rows]},
				{"name": _("Billed"), "values": [row["billed"] for row in rows]},
			],
		},
		"fieldtype": "Float",
	}

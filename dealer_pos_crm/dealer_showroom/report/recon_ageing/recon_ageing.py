"""The cars in recon: where each one is, how long already, what is late and why."""

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.recon import rights, view
from dealer_pos_crm.domain import recon as rules
from dealer_pos_crm.domain.recon import StepStatus

_SEEN = ["name", "vehicle", "vehicle_title", "company", "started_at", "ready_at", "parts_eta"]


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	settings_of(filters.company)
	sees_cost = rights.has(rights.SEES_COST)
	rows = _rows(filters, sees_cost)
	return (
		_columns(sees_cost),
		rows,
		_("Red after {0} business days").format(cint(settings_of(filters.company).recon_target_days)),
		_chart(rows),
		_summary(rows, filters.company),
	)


def _rows(filters, sees_cost: bool) -> list[dict]:
	recons = frappe.get_list(
		"Vehicle Recon",
		{"company": filters.company, "status": rules.Status.OPEN.value},
		[*_SEEN, *(("cost", "estimate") if sees_cost else ())],
		order_by="started_at",
		limit_page_length=0,
	)
	steps = _steps([recon.name for recon in recons])
	cars = _cars([recon.vehicle for recon in recons])
	owners = names_of(step.owner_user for rows in steps.values() for step in rows)
	now = now_datetime()
	found = []
	for recon in recons:
		row = _row(recon, steps.get(recon.name, []), cars.get(recon.vehicle), owners, now, sees_cost)
		if filters.department and row["department"] != filters.department:
			continue
		if filters.owner_user and row["owner_user"] != filters.owner_user:
			continue
		if cint(filters.only_late) and not (row["late"] or row["why"]):
			continue
		found.append(row)
	found.sort(key=lambda row: -row["days"])
	return found


def _steps(names: list[str]) -> dict[str, list]:
	if not names:
		return {}
	rows = frappe.get_all(
		"Vehicle Recon Step",
		{"parent": ("in", names), "parenttype": "Vehicle Recon"},
		["parent", "step", "department", "owner_user", "status", "due_at", "parts_eta", "started_at"],
		order_by="parent, idx",
	)
	found: dict[str, list] = {}
	for row in rows:
		found.setdefault(row.parent, []).append(row)
	return found


def _cars(names: list[str]) -> dict:
	if not names:
		return {}
	rows = frappe.get_all(
		"Dealer Vehicle",
		{"name": ("in", names)},
		["name", "stock_number", "status", "held_for"],
		order_by="name",
	)
	return {row.name: row for row in rows}


def _row(recon, steps: list, car, owners: dict, now, sees_cost: bool) -> dict:
	at = rules.current([StepStatus(step.status) for step in steps])
	step = steps[at] if at is not None else None
	timing = view.timing(recon, now)
	row = {
		"recon": recon.name,
		"vehicle": recon.vehicle,
		"title": recon.vehicle_title,
		"stock_number": car.stock_number if car else None,
		"status": car.status if car else None,
		"step": step.step if step else None,
		"state": step.status if step else None,
		"department": step.department if step else None,
		"owner_user": step.owner_user if step else None,
		"owner": owners.get(step.owner_user, step.owner_user) if step else None,
		"due_at": step.due_at if step else None,
		"done": sum(1 for one in steps if StepStatus(one.status) in rules.ENDED),
		"of": len(steps),
		"days": timing["days"],
		"late": timing["late"],
		"parts_eta": recon.parts_eta,
		"why": " · ".join(_why(steps, step, now)),
		"currency": frappe.get_cached_value("Company", recon.company, "default_currency"),
	}
	row["progress"] = _("{0} of {1}").format(row["done"], row["of"])
	if sees_cost:
		row |= {"cost": recon.cost, "estimate": recon.estimate, "holding": view.holding(recon)}
	return row


def _why(steps: list, step, now) -> list[str]:
	"""What is late or stands, in words."""
	found = []
	if step is not None and step.due_at and get_datetime(step.due_at) < now:
		found.append(_("{0} is late").format(step.step))
	for one in steps:
		if one.status == StepStatus.WAITING_PARTS.value:
			late = one.parts_eta and getdate(one.parts_eta) < getdate()
			found.append(
				_("{0}: parts late").format(one.step) if late else _("{0}: parts on the way").format(one.step)
			)
		elif one.status == StepStatus.WAITING_APPROVAL.value:
			found.append(_("{0}: waits for approval").format(one.step))
	return found


def _columns(sees_cost: bool) -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 100}
	columns = [
		{"fieldname": "stock_number", "label": _("Stock Number"), "fieldtype": "Data", "width": 105},
		{
			"fieldname": "vehicle",
			"label": _("Car"),
			"fieldtype": "Link",
			"options": "Dealer Vehicle",
			"width": 230,
		},
		{"fieldname": "step", "label": _("At"), "fieldtype": "Data", "width": 110},
		{"fieldname": "state", "label": _("Step Status"), "fieldtype": "Data", "width": 135},
		{"fieldname": "owner", "label": _("Owner"), "fieldtype": "Data", "width": 120, "align": "left"},
		{"fieldname": "progress", "label": _("Done"), "fieldtype": "Data", "width": 75},
		{"fieldname": "days", "label": _("Days"), "fieldtype": "Float", "precision": 1, "width": 70},
		{"fieldname": "due_at", "label": _("Step Due"), "fieldtype": "Datetime", "width": 150},
		{
			"fieldname": "why",
			"label": _("Late or Waiting"),
			"fieldtype": "Data",
			"width": 220,
			"align": "left",
		},
		{"fieldname": "parts_eta", "label": _("Parts Expected"), "fieldtype": "Date", "width": 115},
		{
			"fieldname": "recon",
			"label": _("Recon"),
			"fieldtype": "Link",
			"options": "Vehicle Recon",
			"width": 125,
		},
	]
	if sees_cost:
		columns += [
			{"fieldname": "cost", "label": _("Cost So Far"), **money},
			{"fieldname": "holding", "label": _("Holding Cost"), **money},
		]
	return columns


def _chart(rows: list[dict]) -> dict | None:
	"""How many cars stand at each step, in time and late."""
	if not rows:
		return None
	steps: dict[str, list[int]] = {}
	for row in rows:
		counts = steps.setdefault(row["step"] or "-", [0, 0])
		counts[int(row["late"])] += 1
	return {
		"type": "bar",
		"data": {
			"labels": list(steps),
			"datasets": [
				{"name": _("In Time"), "values": [counts[0] for counts in steps.values()]},
				{"name": _("Late"), "values": [counts[1] for counts in steps.values()]},
			],
		},
		"barOptions": {"stacked": 1},
		"colors": ["#29a37c", "#e24c4c"],
		"height": 180,
	}


def _summary(rows: list[dict], company: str) -> list[dict]:
	late = sum(1 for row in rows if row["late"])
	parts = sum(1 for row in rows if row["parts_eta"])
	return [
		{"label": _("Cars in Recon"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Over the Target"),
			"value": late,
			"datatype": "Int",
			"indicator": "Red" if late else "Green",
		},
		{"label": _("Waiting for Parts"), "value": parts, "datatype": "Int"},
		{
			"label": _("Days to Line, Last 30 Days"),
			"value": f"{_days_to_line(company):.1f}",
			"datatype": "Data",
		},
	]


def _days_to_line(company: str) -> float:
	"""What the cars that became ready in the last thirty days took on average."""
	days = frappe.get_all(
		"Vehicle Recon",
		{
			"company": company,
			"status": rules.Status.READY.value,
			"ready_at": (">=", frappe.utils.add_days(now_datetime(), -30)),
		},
		pluck="days",
		order_by="name",
	)
	return round(sum(days) / len(days), 1) if days else 0.0

"""Value declined, value recovered and the rate, by month, advisor, severity or service.

A piece of work counts once, in the month in which it was first declined; what came back counts there too,
whenever it came back.
"""

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_service.declined import figures
from dealer_pos_crm.domain.declined import Severity

WAYS = ("Month", "Advisor", "Severity", "Service")
EACH = "Each One"


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	company, begin, end, by = _asked(filters)
	currency = company_currency(company)
	rows = figures.rows_between(
		company,
		begin,
		end,
		advisor=filters.advisor,
		severity=filters.severity,
		labor_operation=filters.op_code,
	)
	summary = _summary(rows, currency)
	if by == EACH:
		return _each_columns(), [_each(row) for row in rows], None, None, summary
	groups = figures.grouped(rows, by, currency)
	data = [_line(group, currency) for group in groups]
	return _columns(by), data, _note(), _chart(groups, currency), summary


def _asked(filters) -> tuple:
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	begin, end = getdate(filters.from_date), getdate(filters.to_date)
	if begin > end:
		frappe.throw(_("The period ends ({0}) before it begins ({1})").format(end, begin))
	by = filters.group_by or WAYS[0]
	if by not in (*WAYS, EACH):
		frappe.throw(_("{0} is no way to group. Choose one of: {1}").format(by, ", ".join((*WAYS, EACH))))
	if filters.severity and filters.severity not in [severity.value for severity in Severity]:
		frappe.throw(_("{0} is no severity").format(filters.severity))
	return filters.company, begin, end, by


def _line(group, currency: str) -> dict:
	found = group.figures
	return {
		"key": group.key,
		"group": group.label,
		"count": found.count,
		"declined": to_float(found.declined),
		"recovered_count": found.recovered_count,
		"recovered": to_float(found.recovered),
		"rate": float(found.rate) if found.rate is not None else None,
		"open": to_float(group.open.declined),
		"given_up": to_float(group.given_up.declined),
		"currency": currency,
	}


def _columns(by: str) -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 140}
	return [
		{"fieldname": "group", "label": _(by), "fieldtype": "Data", "width": 220},
		{"fieldname": "count", "label": _("Declined"), "fieldtype": "Int", "width": 100},
		{"fieldname": "declined", "label": _("Value Declined"), **money},
		{"fieldname": "recovered_count", "label": _("Recovered"), "fieldtype": "Int", "width": 100},
		{"fieldname": "recovered", "label": _("Value Recovered"), **money},
		{"fieldname": "rate", "label": _("Rate"), "fieldtype": "Percent", "precision": 1, "width": 100},
		{"fieldname": "open", "label": _("Still Open"), **money},
		{"fieldname": "given_up", "label": _("Given Up"), **money},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
		{"fieldname": "key", "label": _("Key"), "fieldtype": "Data", "hidden": 1},
	]


def _each(row) -> dict:
	value = figures.value_of(row)
	return {
		**row,
		"counted": to_float(value.value_declined),
		"recovered": to_float(value.value_recovered),
	}


def _each_columns() -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 130}
	link = {"fieldtype": "Link", "width": 140}
	return [
		{"fieldname": "name", "label": _("Declined Service"), "options": "Declined Service", **link},
		{"fieldname": "service_name", "label": _("Service"), "fieldtype": "Data", "width": 220},
		{"fieldname": "severity", "label": _("Severity"), "fieldtype": "Data", "width": 90},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 100},
		{"fieldname": "closed_reason", "label": _("Closed Reason"), "fieldtype": "Data", "width": 140},
		{"fieldname": "counted", "label": _("Value Declined"), **money},
		{"fieldname": "recovered", "label": _("Value Recovered"), **money},
		{"fieldname": "first_declined_on", "label": _("First Declined"), "fieldtype": "Date", "width": 120},
		{"fieldname": "vehicle_title", "label": _("Vehicle"), "fieldtype": "Data", "width": 200},
		{"fieldname": "customer", "label": _("Customer"), "options": "Customer", **link},
		{"fieldname": "advisor", "label": _("Advisor"), "options": "User", **link},
		{"fieldname": "repair_order", "label": _("Declined On"), "options": "Repair Order", **link},
		{"fieldname": "recovered_order", "label": _("Recovered On"), "options": "Repair Order", **link},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def _note() -> str:
	return _(
		"Work counts once, in the month it was first declined, with the price last shown. Recovered is at most what was declined. What was entered by mistake does not count."
	)


def _chart(groups, currency: str) -> dict | None:
	if not groups:
		return None
	return {
		"type": "bar",
		"data": {
			"labels": [group.label for group in groups],
			"datasets": [
				{
					"name": _("Declined"),
					"values": [to_float(group.figures.declined) for group in groups],
				},
				{
					"name": _("Recovered"),
					"values": [to_float(group.figures.recovered) for group in groups],
				},
			],
		},
		"colors": ["#E9A23B", "#30A66D"],
		"fieldtype": "Currency",
		"options": "currency",
		"currency": currency,
	}


def _summary(rows, currency: str) -> list[dict]:
	found = figures.all_of(rows, currency)
	money = {"datatype": "Currency", "currency": currency}
	alive = figures.all_of([row for row in rows if row.status in ("Open", "Booked")], currency)
	return [
		{"label": _("Declined"), "value": to_float(found.declined), "indicator": "Orange", **money},
		{"label": _("Recovered"), "value": to_float(found.recovered), "indicator": "Green", **money},
		{
			"label": _("Rate"),
			"value": f"{found.rate} %" if found.rate is not None else "-",
			"datatype": "Data",
			"indicator": "Blue",
		},
		{"label": _("Still Open"), "value": to_float(alive.declined), "indicator": "Gray", **money},
	]

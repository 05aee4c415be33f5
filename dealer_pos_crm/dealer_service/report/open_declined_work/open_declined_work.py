"""Declined work that is still to be won back: the list to call by, and how old it is."""

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_service.declined import figures
from dealer_pos_crm.domain.declined import Severity, urgency
from dealer_pos_crm.domain.money import total


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	currency = company_currency(filters.company)
	today = getdate()
	rows = figures.open_rows(filters.company, advisor=filters.advisor, severity=filters.severity)
	if cint(filters.only_due):
		rows = [row for row in rows if row.status == "Open" and figures.due_now(row, today)]
	rows.sort(
		key=lambda row: (
			row.status != "Open",
			*urgency(
				Severity(row.severity), figures.due_now(row, today), get_datetime(row.first_declined_on)
			),
		)
	)
	phones, calls = _phones(rows), _next_calls(rows)
	data = [_line(row, today, phones, calls) for row in rows]
	return _columns(), data, None, _chart(rows, today, currency), _summary(rows, today, currency)


def _phones(rows) -> dict[str, str]:
	customers = sorted({row.customer for row in rows})
	if not customers:
		return {}
	found = frappe.get_list(
		"Customer",
		filters={"name": ("in", customers)},
		fields=["name", "mobile_no"],
		order_by="name",
		limit_page_length=0,
	)
	return {row.name: row.mobile_no for row in found}


def _next_calls(rows) -> dict[str, dict]:
	"""The next promise to the customer about each row: when it is due and whose it is."""
	names = [row.name for row in rows]
	if not names:
		return {}
	found = frappe.get_all(
		"Follow Up",
		filters={"declined_service": ("in", names), "status": ("in", ("Planned", "Open"))},
		fields=["declined_service", "due_at", "owner_user", "status"],
		order_by="due_at desc, name desc",
	)
	return {row.declined_service: row for row in found}  # the earliest is the last to be put in


def _line(row, today, phones, calls) -> dict:
	call = calls.get(row.name) or frappe._dict()
	return {
		**row,
		"phone": phones.get(row.customer),
		"age": figures.age_of(row, today),
		"due": "" if figures.due_now(row, today) else row.deferred_until,
		"call_due": call.due_at,
		"call_owner": call.owner_user,
	}


def _columns() -> list[dict]:
	link = {"fieldtype": "Link", "width": 140}
	return [
		{"fieldname": "name", "label": _("Declined Service"), "options": "Declined Service", **link},
		{"fieldname": "severity", "label": _("Severity"), "fieldtype": "Data", "width": 90},
		{"fieldname": "service_name", "label": _("Service"), "fieldtype": "Data", "width": 200},
		{
			"fieldname": "price",
			"label": _("Price"),
			"fieldtype": "Currency",
			"options": "currency",
			"width": 110,
		},
		{"fieldname": "age", "label": _("Days"), "fieldtype": "Int", "width": 70},
		{
			"fieldname": "customer_name",
			"label": _("Customer"),
			"fieldtype": "Data",
			"align": "left",
			"width": 160,
		},
		{"fieldname": "phone", "label": _("Phone"), "fieldtype": "Data", "align": "left", "width": 130},
		{"fieldname": "vehicle_title", "label": _("Vehicle"), "fieldtype": "Data", "width": 210},
		{"fieldname": "call_due", "label": _("Next Call"), "fieldtype": "Datetime", "width": 150},
		{"fieldname": "due", "label": _("Put Off To"), "fieldtype": "Date", "width": 110},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 90},
		{"fieldname": "times_declined", "label": _("Times Declined"), "fieldtype": "Int", "width": 110},
		{"fieldname": "advisor", "label": _("Advisor"), "options": "User", **link},
		{"fieldname": "expires_on", "label": _("Expires On"), "fieldtype": "Date", "width": 110},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def _chart(rows, today, currency: str) -> dict | None:
	if not rows:
		return None
	labels = figures.bands()
	shown = [severity for severity in Severity if any(row.severity == severity.value for row in rows)]
	colors = {Severity.RED: "#E03636", Severity.YELLOW: "#E9A23B", Severity.GREEN: "#30A66D"}
	return {
		"type": "bar",
		"barOptions": {"stacked": 1},
		"data": {
			"labels": labels,
			"datasets": [
				{
					"name": _(severity.value),
					"values": [
						to_float(
							total(
								(
									rounded(row.price, currency)
									for row in rows
									if row.severity == severity.value
									and figures.band_of(figures.age_of(row, today)) == band
								),
								currency,
							)
						)
						for band in range(len(labels))
					],
				}
				for severity in shown
			],
		},
		"colors": [colors[severity] for severity in shown],
		"fieldtype": "Currency",
		"options": "currency",
		"currency": currency,
	}


def _summary(rows, today, currency: str) -> list[dict]:
	def value(some) -> float:
		return to_float(total((rounded(row.price, currency) for row in some), currency))

	money = {"datatype": "Currency", "currency": currency}
	reds = [row for row in rows if row.severity == Severity.RED.value]
	booked = [row for row in rows if row.status == "Booked"]
	return [
		{"label": _("Open"), "value": value(rows), "indicator": "Orange", **money},
		{"label": _("Red"), "value": value(reds), "indicator": "Red", **money},
		{"label": _("Booked"), "value": value(booked), "indicator": "Blue", **money},
		{
			"label": _("To Call About Now"),
			"value": sum(row.status == "Open" and figures.due_now(row, today) for row in rows),
			"datatype": "Int",
			"indicator": "Gray",
		},
	]

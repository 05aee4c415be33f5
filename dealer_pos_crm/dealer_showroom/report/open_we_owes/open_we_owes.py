"""What buyers are still owed: each open item, its day, and how late it is."""

import frappe
from frappe import _
from frappe.utils import cint, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.domain.money import total

# Upper ends of the bands of the chart, in days late; what is not due yet is a band of its own.
_BANDS = (0, 7, 30)


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	frappe.has_permission("We Owe", "read", throw=True)
	currency = company_currency(filters.company)
	today = getdate()
	rows = _rows(filters)
	for row in rows:
		row.late = max((today - getdate(row.due_on)).days, 0) if row.due_on else 0
		row.currency = currency
	if cint(filters.only_late):
		rows = [row for row in rows if row.late > 0]
	return _columns(), rows, None, _chart(rows, today), _summary(rows, currency)


def _rows(filters) -> list:
	bill, item, car = (frappe.qb.DocType(name) for name in ("We Owe", "We Owe Item", "Dealer Vehicle"))
	query = (
		frappe.qb.from_(item)
		.join(bill)
		.on(bill.name == item.parent)
		.left_join(car)
		.on(car.name == bill.vehicle)
		.select(
			bill.name,
			bill.deal,
			bill.customer,
			bill.customer_name,
			bill.salesperson,
			bill.promised_on,
			car.title.as_("vehicle_title"),
			item.what,
			item.who_pays,
			item.cost,
			item.due_on,
			item.appointment,
		)
		.where((bill.company == filters.company) & (bill.status == "Open") & (item.status == "Open"))
		.orderby(item.due_on)
		.orderby(item.name)
	)
	if filters.salesperson:
		query = query.where(bill.salesperson == filters.salesperson)
	if filters.who_pays:
		query = query.where(item.who_pays == filters.who_pays)
	return query.run(as_dict=True)


def _columns() -> list[dict]:
	link = {"fieldtype": "Link", "width": 130}
	return [
		{"fieldname": "name", "label": _("We Owe"), "options": "We Owe", **link},
		{"fieldname": "what", "label": _("What"), "fieldtype": "Data", "width": 220},
		{"fieldname": "due_on", "label": _("Due On"), "fieldtype": "Date", "width": 115},
		{"fieldname": "late", "label": _("Days Late"), "fieldtype": "Int", "width": 90},
		{"fieldname": "customer_name", "label": _("Customer"), "fieldtype": "Data", "width": 160},
		{"fieldname": "vehicle_title", "label": _("Vehicle"), "fieldtype": "Data", "width": 200},
		{"fieldname": "appointment", "label": _("Appointment"), "options": "Service Appointment", **link},
		{"fieldname": "who_pays", "label": _("Paid By"), "fieldtype": "Data", "width": 100},
		{
			"fieldname": "cost",
			"label": _("Cost"),
			"fieldtype": "Currency",
			"options": "currency",
			"width": 100,
		},
		{"fieldname": "salesperson", "label": _("Salesperson"), "options": "User", **link},
		{"fieldname": "deal", "label": _("Deal"), "options": "Deal Jacket", **link},
		{"fieldname": "promised_on", "label": _("Promised On"), "fieldtype": "Date", "width": 110},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def _chart(rows, today) -> dict | None:
	if not rows:
		return None
	labels = [_("Not due yet"), _("1 to 7 days late"), _("8 to 30 days late"), _("more than 30 days late")]
	values = [0] * len(labels)
	for row in rows:
		values[sum(row.late > band for band in _BANDS)] += 1
	return {
		"type": "bar",
		"data": {"labels": labels, "datasets": [{"name": _("Items"), "values": values}]},
		"colors": ["#E9A23B"],
		"fieldtype": "Int",
	}


def _summary(rows, currency: str) -> list[dict]:
	late = [row for row in rows if row.late > 0]
	cost = to_float(
		total((rounded(row.cost or 0, currency) for row in rows if row.who_pays == "Dealership"), currency)
	)
	return [
		{"label": _("Open Items"), "value": len(rows), "datatype": "Int", "indicator": "Blue"},
		{"label": _("Late"), "value": len(late), "datatype": "Int", "indicator": "Red" if late else "Green"},
		{
			"label": _("Not Booked Yet"),
			"value": sum(not row.appointment for row in rows),
			"datatype": "Int",
			"indicator": "Orange",
		},
		{
			"label": _("Cost to the Dealership"),
			"value": cost,
			"datatype": "Currency",
			"currency": currency,
			"indicator": "Gray",
		},
	]

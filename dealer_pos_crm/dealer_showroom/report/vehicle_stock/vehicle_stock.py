"""The cars in stock by age: price, hold, and, for those entitled, what they cost and what standing costs."""

import frappe
from frappe import _
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.stock import costs, view
from dealer_pos_crm.domain import stock as rules
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.domain.vehicle import HOLDABLE

_IN_STOCK = tuple(sorted(status.value for status in HOLDABLE))
_SEEN = ("name", "title", "stock_number", "status", "condition", "location", "price", "list_price", "company",
	"acquired_on", "frontline_on", "sold_on", "creation", "held_for", "hold_until", "photo")  # fmt: skip
_SECRET = ("acquisition_cost", "recon_cost", "other_cost", "serial_no")


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	settings_of(filters.company)  # a company without Dealer Settings is told what to do
	sees_cost = costs.sees_cost()
	currency = company_currency(filters.company)
	rows = [_row(car, currency, sees_cost) for car in _cars(filters, sees_cost)]
	if filters.age:
		rows = [row for row in rows if row["bucket"] == filters.age]
	rows.sort(key=lambda row: (-row["days"], row["title"]))
	return _columns(sees_cost), rows, None, _chart(rows), _summary(rows, currency, sees_cost)


def _cars(filters, sees_cost: bool) -> list:
	wanted = {"company": filters.company, "status": ("in", _IN_STOCK)}
	if filters.status:
		wanted["status"] = filters.status if filters.status in _IN_STOCK else ("in", ())
	if filters.condition:
		wanted["condition"] = filters.condition
	return frappe.get_list(
		"Dealer Vehicle",
		wanted,
		[*_SEEN, *(_SECRET if sees_cost else ())],
		order_by="creation",
		limit_page_length=0,
	)


def _row(car, currency: str, sees_cost: bool) -> dict:
	row = {
		**{field: car.get(field) for field in _SEEN},
		**view.age_of(car),
		"vehicle": car.name,
		"currency": currency,
		"price": flt(car.price) or None,
		"held_for": car.held_for,
	}
	if sees_cost:
		cost = costs.of(car).total
		row["cost"] = to_float(cost)
		row["margin"] = to_float(rounded(car.price, currency) - cost) if flt(car.price) else None
		per_day = rounded(settings_of(car.company).holding_cost_per_day, currency)
		row["holding"] = to_float(rules.holding_cost(per_day, row["days"]))
	return row


def _columns(sees_cost: bool) -> list[dict]:
	money = {"fieldtype": "Currency", "options": "currency", "width": 110}
	columns = [
		{"fieldname": "stock_number", "label": _("Stock Number"), "fieldtype": "Data", "width": 105},
		{
			"fieldname": "vehicle",
			"label": _("Car"),
			"fieldtype": "Link",
			"options": "Dealer Vehicle",
			"width": 250,
		},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 145},
		{"fieldname": "condition", "label": _("Condition"), "fieldtype": "Data", "width": 85},
		{"fieldname": "days", "label": _("Days"), "fieldtype": "Int", "width": 65},
		{"fieldname": "days_to_line", "label": _("Days to Line"), "fieldtype": "Int", "width": 95},
		{"fieldname": "price", "label": _("Price"), **money},
	]
	if sees_cost:
		columns += [
			{"fieldname": "cost", "label": _("Cost"), **money},
			{"fieldname": "margin", "label": _("Price less Cost"), **money},
			{"fieldname": "holding", "label": _("Holding Cost"), **money},
		]
	return [
		*columns,
		{
			"fieldname": "held_for",
			"label": _("Held For"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 150,
			"align": "left",
		},
		{
			"fieldname": "hold_until",
			"label": _("Until"),
			"fieldtype": "Datetime",
			"width": 150,
			"align": "left",
		},
		{"fieldname": "location", "label": _("Location"), "fieldtype": "Data", "width": 110, "align": "left"},
		{"fieldname": "acquired_on", "label": _("Acquired On"), "fieldtype": "Date", "width": 105},
	]


def _chart(rows: list[dict]) -> dict | None:
	if not rows:
		return None
	counts = dict.fromkeys(rules.AGEING.labels, 0)
	for row in rows:
		counts[row["bucket"]] += 1
	return {
		"type": "bar",
		"data": {
			"labels": [_("{0} days").format(bucket) for bucket in counts],
			"datasets": [{"name": _("Cars"), "values": list(counts.values())}],
		},
		"colors": ["#29a37c"],
		"height": 180,
	}


def _summary(rows: list[dict], currency: str, sees_cost: bool) -> list[dict]:
	old = sum(1 for row in rows if row["days"] > 60)
	days = sum(row["days"] for row in rows)
	found = [
		{"label": _("Cars in Stock"), "value": len(rows), "datatype": "Int"},
		{
			"label": _("Days on Average"),
			"value": f"{days / len(rows):.1f}" if rows else "0",
			"datatype": "Data",
		},
		{
			"label": _("Over 60 Days"),
			"value": old,
			"datatype": "Int",
			"indicator": "Red" if old else "Green",
		},
		{
			"label": _("At Price"),
			"value": to_float(total((rounded(row["price"], currency) for row in rows), currency)),
			"datatype": "Currency",
			"currency": currency,
		},
	]
	if sees_cost:
		found.pop(1)  # five fit in a row
		for field, label in (("cost", _("At Cost")), ("holding", _("Holding Cost"))):
			found.append(
				{
					"label": label,
					"value": to_float(total((rounded(row[field], currency) for row in rows), currency)),
					"datatype": "Currency",
					"currency": currency,
				}
			)
	return found

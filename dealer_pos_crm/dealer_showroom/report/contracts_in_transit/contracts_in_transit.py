"""Contracts in transit: what lenders have still to pay, by the ledger, how long it takes and why it waits."""

import frappe
from frappe import _
from frappe.utils import cint, flt, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency
from dealer_pos_crm.dealer_showroom.delivery import funding
from dealer_pos_crm.domain.funding import AGEING


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	rows = [
		_line(deal)
		for deal in funding.in_transit(
			filters.company, filters.lender, also_funded=bool(cint(filters.also_funded))
		)
	]
	if filters.funding_status:
		rows = [row for row in rows if row["funding_status"] == filters.funding_status]
	currency = company_currency(filters.company)
	return _columns(), rows, None, _chart(rows, currency), _summary(rows, currency)


def _line(deal) -> dict:
	late = bool(deal.funding_due_on) and getdate(deal.funding_due_on) < getdate() and flt(deal.open) > 0
	return {
		**deal,
		"financed": flt(deal.financed, 6),
		"open": flt(deal.open, 6),
		"late": (getdate() - getdate(deal.funding_due_on)).days if late else 0,
		"funding_status": deal.funding_status or (_("To pay back") if flt(deal.open) < 0 else ""),
	}


def _columns() -> list[dict]:
	link, money = (
		{"fieldtype": "Link", "width": 150},
		{
			"fieldtype": "Currency",
			"options": "currency",
			"width": 120,
		},
	)
	return [
		{"fieldname": "name", "label": _("Deal"), "options": "Deal Jacket", **link},
		{"fieldname": "lender", "label": _("Lender"), "options": "Dealer Lender", **link},
		{"fieldname": "open", "label": _("Open"), **money},
		{"fieldname": "days", "label": _("Days"), "fieldtype": "Int", "width": 70},
		{"fieldname": "bucket", "label": _("Age"), "fieldtype": "Data", "width": 80},
		{"fieldname": "funding_status", "label": _("Funding"), "fieldtype": "Data", "width": 115},
		{"fieldname": "funding_due_on", "label": _("Money Due"), "fieldtype": "Date", "width": 110},
		{"fieldname": "late", "label": _("Days Late"), "fieldtype": "Int", "width": 90},
		{"fieldname": "stipulations", "label": _("Lender Wants"), "fieldtype": "Data", "width": 240},
		{"fieldname": "customer_name", "label": _("Customer"), "fieldtype": "Data", "width": 160},
		{"fieldname": "vehicle_title", "label": _("Vehicle"), "fieldtype": "Data", "width": 200},
		{"fieldname": "financed", "label": _("Contract"), **money},
		{"fieldname": "delivered_at", "label": _("Delivered"), "fieldtype": "Date", "width": 110},
		{"fieldname": "sent_to_lender_on", "label": _("Sent"), "fieldtype": "Date", "width": 110},
		{"fieldname": "lender_reference", "label": _("Reference"), "fieldtype": "Data", "width": 120},
		{"fieldname": "fni_manager", "label": _("F&I"), "options": "User", **link},
		{"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1},
	]


def _chart(rows: list[dict], currency: str) -> dict | None:
	"""What is open, by age."""
	if not rows:
		return None
	sums = dict.fromkeys(AGEING.labels, 0.0)
	for row in rows:
		sums[row["bucket"]] = flt(sums[row["bucket"]] + row["open"], 6)
	return {
		"type": "bar",
		"data": {
			"labels": [_("{0} days").format(label) for label in sums],
			"datasets": [{"name": _("Open"), "values": list(sums.values())}],
		},
		"fieldtype": "Currency",
		"options": "currency",
		"currency": currency,
	}


def _summary(rows: list[dict], currency: str) -> list[dict]:
	money = {"datatype": "Currency", "currency": currency}
	late = [row for row in rows if row["late"]]
	waiting = [row for row in rows if row["open"] > 0]
	return [
		{
			"label": _("Open"),
			"value": flt(sum(row["open"] for row in rows), 6),
			"indicator": "Orange",
			**money,
		},
		{
			"label": _("Late"),
			"value": flt(sum(row["open"] for row in late), 6),
			"indicator": "Red" if late else "Green",
			**money,
		},
		{"label": _("Contracts"), "value": len(waiting), "datatype": "Int", "indicator": "Blue"},
		{
			"label": _("Days on Average"),
			"value": round(sum(row["days"] for row in waiting) / len(waiting)) if waiting else 0,
			"datatype": "Int",
			"indicator": "Gray",
		},
	]

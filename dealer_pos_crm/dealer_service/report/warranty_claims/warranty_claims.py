"""Warranty claims by age: what waits for the dealer, what for the manufacturer, and what was lost."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_service.billing import claims
from dealer_pos_crm.domain import claim as rules
from dealer_pos_crm.domain.ageing import Ageing

# Days since submission.
AGEING = Ageing(30, 60, 90)


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	rows = _rows(filters)
	return _columns(), rows, None, _chart(rows, filters.company)


def _rows(filters: frappe._dict) -> list[dict]:
	if filters.status:
		found = claims.listed(filters.company, [filters.status])
	elif filters.everything:
		found = claims.listed(filters.company, [status.value for status in rules.Status])
	else:
		found = claims.open_claims(filters.company)
	if filters.manufacturer:
		found = [row for row in found if row.manufacturer == filters.manufacturer]
	return [{**row, "open_amount": to_float(row.open_amount)} for row in found]


def _columns() -> list[dict]:
	amount = {"fieldtype": "Currency", "options": "currency", "width": 105}
	return [
		{
			"fieldname": "name",
			"label": _("Claim"),
			"fieldtype": "Link",
			"options": claims.DOCTYPE,
			"width": 140,
		},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 105},
		{"fieldname": "age", "label": _("Days"), "fieldtype": "Int", "width": 70},
		{
			"fieldname": "manufacturer",
			"label": _("Manufacturer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 190,
		},
		{"fieldname": "claim_number", "label": _("Claim Number"), "fieldtype": "Data", "width": 120},
		{
			"fieldname": "repair_order",
			"label": _("Repair Order"),
			"fieldtype": "Link",
			"options": "Repair Order",
			"width": 140,
		},
		{"fieldname": "open_amount", "label": _("Open"), **amount},
		{"fieldname": "claimed_amount", "label": _("Claimed"), **amount},
		{"fieldname": "paid_amount", "label": _("Paid"), **amount},
		{"fieldname": "difference", "label": _("Lost"), **amount},
		{"fieldname": "submitted_on", "label": _("Submitted On"), "fieldtype": "Date", "width": 115},
		{"fieldname": "denial_reason", "label": _("Denied Because"), "fieldtype": "Data", "width": 200},
		{
			"fieldname": "currency",
			"label": _("Currency"),
			"fieldtype": "Link",
			"options": "Currency",
			"hidden": 1,
		},
	]


def _chart(rows: list[dict], company: str) -> dict | None:
	"""What is open, by age."""
	if not rows:
		return None
	sums = dict.fromkeys(AGEING.labels, 0.0)
	for row in rows:
		sums[AGEING.label_of(row["age"])] += row["open_amount"]
	return {
		"type": "bar",
		"data": {
			"labels": [_("{0} days").format(label) for label in sums],
			"datasets": [{"name": _("Open"), "values": list(sums.values())}],
		},
		"fieldtype": "Currency",
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
	}

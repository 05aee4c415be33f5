"""Title work that is late, or whose temporary tag ends: the list to call by, the latest first."""

import frappe
from frappe import _
from frappe.utils import add_days, cint, getdate

from dealer_pos_crm.domain import title as rules
from dealer_pos_crm.domain.title import Status

_BANDS = (0, 7, 30)
_TAG_SOON = 7  # days before a temporary tag ends in which it is shown


def execute(filters: dict | None = None) -> tuple:
	filters = frappe._dict(filters or {})
	if not filters.company:
		frappe.throw(_("Choose a company"))
	frappe.has_permission("Company", "read", filters.company, throw=True)
	today = getdate()
	until = getdate(add_days(today, max(cint(filters.within), 0)))
	rows = []
	for row in _work(filters):
		due = getdate(row.due_on) if row.due_on else None
		tag = getdate(row.temporary_until) if row.temporary_until else None
		row.tag_ends = rules.tag_ends(Status(row.status), tag, today, _TAG_SOON)
		row.late = max((today - due).days, 0) if due else 0
		late = due is not None and (due < today or (cint(filters.within) > 0 and due <= until))
		if late or row.tag_ends:
			rows.append(row)
	rows.sort(key=lambda row: (-row.late, row.name))
	return _columns(), rows, None, _chart(rows), _summary(rows, today)


def _work(filters) -> list:
	wanted = {
		"company": filters.company,
		"status": ("in", [status.value for status in rules.WORK]),
		**{field: filters[field] for field in ("kind", "holder") if filters.get(field)},
	}
	return frappe.get_list(
		"Title Registration",
		filters=wanted,
		fields=[
			"name",
			"kind",
			"status",
			"holder",
			"due_on",
			"customer_name",
			"vehicle",
			"vehicle.title as vehicle_title",
			"deal",
			"temporary_tag",
			"temporary_until",
			"sent_on",
			"return_reason",
			"lienholder",
			"state",
		],
		order_by="`tabTitle Registration`.due_on, `tabTitle Registration`.name",
		limit_page_length=0,
	)


def _columns() -> list[dict]:
	link = {"fieldtype": "Link", "width": 130}
	return [
		{"fieldname": "name", "label": _("Title"), "options": "Title Registration", **link},
		{"fieldname": "late", "label": _("Days Late"), "fieldtype": "Int", "width": 90},
		{"fieldname": "due_on", "label": _("Due On"), "fieldtype": "Date", "width": 115},
		{"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 130},
		{"fieldname": "holder", "label": _("Who Has the Papers"), "fieldtype": "Data", "width": 150},
		{"fieldname": "customer_name", "label": _("Customer"), "fieldtype": "Data", "width": 150},
		{"fieldname": "vehicle_title", "label": _("Vehicle"), "fieldtype": "Data", "width": 200},
		{"fieldname": "kind", "label": _("Kind"), "fieldtype": "Data", "width": 90},
		{"fieldname": "temporary_until", "label": _("Tag Until"), "fieldtype": "Date", "width": 100},
		{"fieldname": "sent_on", "label": _("Sent"), "fieldtype": "Date", "width": 100},
		{"fieldname": "return_reason", "label": _("Returned Because"), "fieldtype": "Data", "width": 160},
		{"fieldname": "lienholder", "label": _("Lienholder"), "options": "Dealer Lender", **link},
		{"fieldname": "deal", "label": _("Deal"), "options": "Deal Jacket", **link},
	]


def _chart(rows) -> dict | None:
	if not rows:
		return None
	labels = [_("Not late yet"), _("1 to 7 days"), _("8 to 30 days"), _("more than 30 days")]
	shown = [
		status
		for status in Status
		if status in rules.WORK and any(row.status == status.value for row in rows)
	]
	return {
		"type": "bar",
		"barOptions": {"stacked": 1},
		"data": {
			"labels": labels,
			"datasets": [
				{
					"name": _(status.value),
					"values": [
						sum(
							row.status == status.value and sum(row.late > end for end in _BANDS) == band
							for row in rows
						)
						for band in range(len(labels))
					],
				}
				for status in shown
			],
		},
		"fieldtype": "Int",
	}


def _summary(rows, today) -> list[dict]:
	late = [row for row in rows if row.late > 0]
	ended = [row for row in rows if row.temporary_until and getdate(row.temporary_until) < today]
	return [
		{"label": _("Late"), "value": len(late), "datatype": "Int", "indicator": "Red" if late else "Green"},
		{
			"label": _("Days Late, the Worst"),
			"value": max((row.late for row in rows), default=0),
			"datatype": "Int",
			"indicator": "Orange",
		},
		{
			"label": _("Temporary Tag Ended"),
			"value": len(ended),
			"datatype": "Int",
			"indicator": "Red" if ended else "Gray",
		},
		{
			"label": _("Papers With a Former Lender"),
			"value": sum(row.holder == "Former Lender" for row in rows),
			"datatype": "Int",
			"indicator": "Gray",
		},
	]

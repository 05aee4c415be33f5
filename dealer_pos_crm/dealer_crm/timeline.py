"""The spine on the timeline of a Customer's and a Lead's form: the last events, one query."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_crm.confidential import hidden

LIMIT = 30

_ICONS = {
	"deposit": "money-coins-1",
	"payment": "money-coins-1",
	"refund": "money-coins-1",
	"invoice": "file",
	"pay_request": "money-coins-1",
	"authorisation": "money-coins-1",
	"dispute": "money-coins-1",
	"terms": "file",
	"vehicle": "getting-started",
	"deal": "sell",
	"lead": "crm",
	"test_drive": "getting-started",
	"visit": "users",
	"customer": "users",
}


def get_timeline(doctype: str, name: str) -> list[dict]:
	"""The last events of a customer or a lead, as Frappe's form timeline takes them. One query, bounded."""
	if not frappe.has_permission("Customer Event", "read"):
		return []
	rows = frappe.get_all(
		"Customer Event",
		filters={
			"lead" if doctype == "Lead" else "customer": name,
			"event_type": ("not in", hidden() or ("",)),
		},
		fields=["happened_at", "event_type", "title", "reference_doctype", "reference_name"],
		order_by="happened_at desc, name desc",
		limit=LIMIT,
	)
	return [_line(row) for row in rows]


def _line(row: dict) -> dict:
	text = frappe.utils.escape_html(row.title or row.event_type)
	if row.reference_doctype and row.reference_name:
		link = frappe.utils.get_link_to_form(row.reference_doctype, row.reference_name)
		text = _("{0} · {1}").format(text, link)
	return {
		"icon": _ICONS.get(row.event_type.split(".")[0], "small-file"),
		"creation": row.happened_at,
		"content": text,
		"is_card": False,
	}

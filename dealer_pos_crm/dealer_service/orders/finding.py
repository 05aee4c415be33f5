"""One question for repair orders: a number, a name, a phone, the end of a VIN, a plate, a tag."""

import re

import frappe
from frappe.query_builder import Case
from frappe.utils import cint, cstr

from dealer_pos_crm.domain.repair_order import ENDED

PAGE = 20
_SHORTEST = 2


def find(text: str, start: int = 0) -> dict:
	"""Orders that the user may read, open ones first, the newest first. ``more``: another page follows."""
	wanted = cstr(text).strip()
	if len(wanted) < _SHORTEST:
		return {"rows": [], "more": False}
	rows = _rows(wanted, max(cint(start), 0))
	allowed = set(
		frappe.get_list(
			"Repair Order", {"name": ("in", [row.name for row in rows] or [""])}, pluck="name", limit=PAGE + 1
		)
	)
	shown = [row for row in rows[:PAGE] if row.name in allowed]
	return {"rows": shown, "more": len(rows) > PAGE}


def _rows(wanted: str, start: int) -> list:
	order = frappe.qb.DocType("Repair Order")
	inside = f"%{wanted}%"
	condition = (
		order.name.like(inside)
		| order.customer_name.like(inside)
		| order.vehicle_title.like(inside)
		| order.vin.like(f"%{wanted}")
		| order.plate.like(inside)
		| (order.tag == wanted)
		| order.contact_phone.like(inside)
	)
	digits = re.sub(r"\D", "", wanted)
	if len(digits) >= 4 and len(digits) >= len(wanted) // 2:
		# However the number was written down: (555) 010-2233 is found by 0102233.
		condition |= order.contact_phone.like("%" + "%".join(digits) + "%")
	ended = Case().when(order.status.isin([status.value for status in ENDED]), 1).else_(0)
	return (
		frappe.qb.from_(order)
		.select(
			order.name, order.customer_name, order.vehicle_title, order.plate, order.tag, order.status,
			order.promised_at, order.opened_at, order.contact_phone,
		)
		.where(condition)
		.orderby(ended)
		.orderby(order.opened_at, order=frappe.qb.desc)
		.limit(PAGE + 1)
		.offset(start)
		.run(as_dict=True)
	)  # fmt: skip

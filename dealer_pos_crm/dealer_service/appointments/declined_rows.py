"""Declined work that is booked with an appointment: told to the declined services as rows come and go."""

import frappe
from frappe.utils import cstr, flt

from dealer_pos_crm.domain.appointment import OPEN, Status

_SHAPE = ("service_name", "labor_operation", "declined_service")


def shape(rows) -> list[tuple]:
	"""What makes two lists of jobs the same work."""
	return [(*(cstr(row.get(field)) for field in _SHAPE), flt(row.hours), flt(row.price)) for row in rows]


def book(doc, rows) -> None:
	"""What of this work was once declined is booked now, whether it was added from the list or typed in."""
	if not doc.vehicle or not rows:
		return
	from dealer_pos_crm.dealer_service.declined import book as declined

	for row in rows:
		name = declined.booked(doc, row)
		if name and row.declined_service != name:
			row.db_set("declined_service", name, update_modified=False)


def book_again(doc) -> None:
	"""The customer came after all: what was booked with it and is still open, is booked again."""
	book(doc, [row for row in doc.jobs if row.declined_service and _is_open(row.declined_service)])


def unbook(doc, why: str | None = None) -> None:
	"""Nobody comes for it: what is booked with this appointment is open again."""
	if any(row.declined_service for row in doc.jobs):
		from dealer_pos_crm.dealer_service.declined import book as declined

		declined.unbooked(doc, why)


def follow_changes(doc, before) -> None:
	"""Rows were added to or taken out of an appointment that is still to come, or its car was named."""
	if Status(doc.status) not in OPEN:
		return
	known = {row.name for row in before.jobs} if before.vehicle else set()
	left = {row.declined_service for row in doc.jobs}
	if any(row.declined_service and row.declined_service not in left for row in before.jobs):
		unbook(before)
		book(doc, doc.jobs)
	else:
		book(doc, [row for row in doc.jobs if row.name not in known])


def _is_open(name: str) -> bool:
	return frappe.db.get_value("Declined Service", name, "status") == "Open"

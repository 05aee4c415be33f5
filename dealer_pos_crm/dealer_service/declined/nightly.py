"""What time does to declined work: it expires, and an appointment that led to nothing lets it go."""

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_service.declined import book, rows
from dealer_pos_crm.domain.declined import Ended, Status

_OVER = ("No-show", "Cancelled", "Rescheduled")


def expire() -> int:
	"""Give up what has expired and unbook what an ended visit did not do. Daily; returns how many rows."""
	changed = 0
	for name, step in [*_expired(), *_left_over()]:
		try:
			changed += step(rows.locked(name))
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title=f"Declined service {name} could not be brought up to date",
				reference_doctype="Declined Service",
				reference_name=name,
			)
		else:
			frappe.db.commit()  # nosemgrep - each row is a piece of work of its own
	return changed


def _expired() -> list:
	found = rows.names({"status": Status.OPEN.value, "expires_on": ("<", getdate())})
	return [(name, _expire_one) for name in found]


def _expire_one(row) -> bool:
	if row.status != Status.OPEN.value or not row.expires_on or getdate(row.expires_on) >= getdate():
		return False
	book.give_up(row, Ended.EXPIRED, None)
	return True


def _left_over() -> list:
	row = frappe.qb.DocType("Declined Service")
	appointment = frappe.qb.DocType("Service Appointment")
	order = frappe.qb.DocType("Repair Order")
	found = (
		frappe.qb.from_(row)
		.left_join(appointment)
		.on(appointment.name == row.booked_appointment)
		.left_join(order)
		.on(order.appointment == row.booked_appointment)
		.select(row.name)
		.where(
			(row.status == Status.BOOKED.value)
			& (
				appointment.name.isnull()
				| appointment.status.isin(_OVER)
				| order.status.isin(("Closed", "Cancelled"))
			)
		)
		.orderby(row.name)
	).run(pluck=True)
	return [(name, _unbook_one) for name in found]


def _unbook_one(row) -> bool:
	if row.status != Status.BOOKED.value:
		return False
	book.let_go(row, _("The visit is over"))
	return True

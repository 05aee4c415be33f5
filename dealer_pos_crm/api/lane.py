"""The lane board and the technicians' screen."""

import frappe
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_service import board, clocks, my_jobs


@frappe.whitelist()
def load(company: str | None = None, advisor: str | None = None) -> dict:
	"""Everything on the lane board that the user may see."""
	frappe.has_permission("Repair Order", "read", throw=True)
	return board.load(company or None, advisor or None)


@frappe.whitelist()
def get_my_jobs() -> dict:
	"""The user's page My Jobs: what runs, what is next, what was clocked today."""
	frappe.has_permission("Repair Order", "read", throw=True)
	frappe.has_permission("Technician Clock", "read", throw=True)
	return my_jobs.load()


@frappe.whitelist(methods=["POST"])
def clock_on(order: str, job_no: int) -> dict:
	"""Clock the user on to a job. The job they were on is clocked off and told in ``off``."""
	frappe.has_permission("Technician Clock", "create", throw=True)
	frappe.has_permission("Repair Order", "read", order, throw=True)
	return clocks.clock_on(order, job_no)


@frappe.whitelist(methods=["POST"])
def clock_off() -> dict:
	"""End the user's clock."""
	frappe.has_permission("Technician Clock", "write", throw=True)
	return clocks.clock_off()


@frappe.whitelist(methods=["POST"])
def correct_clock(clock: int, started_at: str, ended_at: str, reason: str) -> dict:
	"""Set a clock right; a service manager's. Datetimes are the server's."""
	frappe.has_permission("Technician Clock", "write", clock, throw=True)
	return clocks.correct(clock, get_datetime(started_at), get_datetime(ended_at), reason)

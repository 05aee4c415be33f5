"""What a technician works from: the job on the clock, the own jobs, jobs that are nobody's yet, today's hours."""

from datetime import timedelta
from decimal import Decimal

import frappe
from frappe.utils import get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_service import clocks
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import technician as rules
from dealer_pos_crm.domain.repair_order import WORKING, Answer, PayType

ORDERS = 500
FREE = 60  # jobs that are nobody's; the board shows the rest
_TAIL = 6


def load() -> dict:
	"""The page My Jobs of the session's user. Hours are numbers with two decimals."""
	me = frappe.session.user
	mine = companies()
	orders = {
		row.name: row
		for row in frappe.get_list(
			"Repair Order",
			filters={
				"status": ("in", [status.value for status in WORKING]),
				"company": ("in", mine or [""]),
			},
			fields=[
				"name",
				"status",
				"vehicle_title",
				"vehicle.vin as vin",
				"vehicle.plate as plate",
				"tag",
				"promised_at",
				"advisor",
				"concern",
			],
			order_by="`tabRepair Order`.`promised_at`, `tabRepair Order`.`name`",
			limit=ORDERS,
		)
	}
	for row in orders.values():
		row.vin = (row.vin or "")[-_TAIL:]
	jobs = [dict(job, order=orders[job.parent]) for job in _jobs(list(orders), me)]
	inspections = _inspections(list(orders))
	for job in jobs:
		job["inspection"] = inspections.get(job["parent"])
	free = [job for job in jobs if not job["technician"]]
	to_check = clocks.to_check(mine) if clocks.may_correct() else []
	return {
		"is_dealership": bool(mine),
		"running": clocks.running_of(me),
		"mine": [job for job in jobs if job["technician"] == me],
		"free": free[:FREE],
		"free_count": len(free),
		"today": _today(me),
		"to_check": to_check,
		"people": names_of(in_rows(orders.values(), "advisor") | in_rows(to_check, "technician")),
		"may": {
			"clock": bool(frappe.has_permission("Technician Clock", "create")),
			"inspect": bool(frappe.has_permission("Vehicle Inspection", "create")),
			"correct": clocks.may_correct(),
		},
	}


def _jobs(orders: list[str], me: str) -> list[frappe._dict]:
	"""Jobs of these orders that are the user's or nobody's, with what was clocked on them so far."""
	job = frappe.qb.DocType("Repair Order Job")
	rows = (
		frappe.qb.from_(job)
		.select(
			job.parent,
			job.job_no,
			job.title,
			job.pay_type,
			job.answer,
			job.technician,
			job.done,
			job.concern,
			job.cause,
			job.correction,
			job.hours,
			job.flagged_hours,
			job.labor_operation,
		)
		.where(job.parent.isin(orders or [""]))
		.where((job.technician == me) | job.technician.isnull() | (job.technician == ""))
		.where(job.answer.isin([Answer.APPROVED.value, Answer.PENDING.value]))
		.orderby(job.idx)
		.run(as_dict=True)
	)
	# A job without a technician is offered when it can be begun.
	kept = [row for row in rows if row.technician or (not row.done and _can_begin(row))]
	place = {order: at for at, order in enumerate(orders)}
	kept.sort(key=lambda row: (bool(row.done), place[row.parent], row.job_no))
	clocked = _clocked({row.parent for row in kept if row.technician}, me)
	for row in kept:
		row.can_begin = not row.done and _can_begin(row)
		row.flagged = row.flagged_hours or row.hours
		row.clocked = float(clocked.get((row.parent, row.job_no), Decimal(0)))
	return kept


def _inspections(orders: list[str]) -> dict[str, str]:
	"""The latest inspection of each order."""
	return {
		row.repair_order: row.name
		for row in frappe.get_all(
			"Vehicle Inspection",
			filters={"repair_order": ("in", orders or [""])},
			fields=["repair_order", "name"],
			order_by="creation, name",
		)
	}


def _can_begin(row: frappe._dict) -> bool:
	return row.answer == Answer.APPROVED.value or row.pay_type != PayType.CUSTOMER.value


def _clocked(orders: set[str], me: str) -> dict[tuple[str, int], Decimal]:
	"""The user's own hours by order and job, without the clock that runs."""
	found: dict[tuple[str, int], Decimal] = {}
	for row in frappe.get_all(
		"Technician Clock",
		filters={
			"technician": me,
			"repair_order": ("in", sorted(orders) or [""]),
			"ended_at": ("is", "set"),
		},
		fields=["repair_order", "job_no", "started_at", "ended_at"],
		order_by="name",
	):
		key = (row.repair_order, row.job_no)
		found[key] = found.get(key, Decimal(0)) + rules.hours_between(row.started_at, row.ended_at)
	return found


def _today(me: str) -> list[frappe._dict]:
	"""Today's clocks of the user, the latest first."""
	begin = get_datetime(getdate(now_datetime()))
	return frappe.get_all(
		"Technician Clock",
		filters={"technician": me, "started_at": ("between", (begin, begin + timedelta(days=1)))},
		fields=[*clocks.FIELDS, "hours", "to_check", "correction_reason"],
		order_by="started_at desc, name desc",
	)

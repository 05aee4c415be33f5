"""Technicians' clocks: one job at a time, stamped by the server, corrected only with a reason."""

from datetime import date, datetime
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, now_datetime

from dealer_pos_crm.dealer_service.orders.order import job_of, keep, locked
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import busy, explained
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain import technician as rules
from dealer_pos_crm.domain.repair_order import Answer, PayType, Status
from dealer_pos_crm.domain.technician import Span

CORRECTING = frozenset({roles.SERVICE_MANAGER, roles.MANAGER, "System Manager"})
FIELDS = ("name", "technician", "repair_order", "job_no", "job_title", "company", "started_at", "ended_at")


def may_correct() -> bool:
	return bool(CORRECTING & set(frappe.get_roles()))


@action
def clock_on(order: str, job_no: int) -> dict:
	"""Clock the session's user on to a job; the job they were on is clocked off first.

	Returns the clock, and in ``off`` the one that ended. Asked twice for the same job: the clock runs on.
	"""
	technician, now = frappe.session.user, _now()
	repair_order = locked(order)
	job = job_of(repair_order, job_no)
	running = running_of(technician, lock=True)
	if running and (running.repair_order, running.job_no) == (order, cint(job_no)):
		return {"clock": running, "off": None, "repeated": True}
	with explained():
		rules.check_work(
			order,
			Status(repair_order.status),
			job.title,
			answer=Answer(job.answer),
			pay_type=PayType(job.pay_type),
			done=bool(job.done),
		)
	off = _end(running, now) if running else None
	clock = frappe.get_doc(
		{
			"doctype": "Technician Clock",
			"technician": technician,
			"repair_order": order,
			"job_no": job.job_no,
			"job_title": job.title,
			"company": repair_order.company,
			"started_at": now,
			"active_technician": technician,
		}
	)
	clock.flags.of_the_clock = True
	try:
		clock.insert()
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		busy()  # another machine clocked the same technician on in this moment
	_begin_work(repair_order, job, technician)
	return {"clock": _row(clock), "off": off, "repeated": False}


@action
def clock_off() -> dict:
	"""End the clock of the session's user. Without one, ``off`` is None."""
	running = running_of(frappe.session.user, lock=True)
	return {"off": _end(running, _now()) if running else None}


@action
def correct(name: int, started_at: datetime, ended_at: datetime, reason: str) -> dict:
	"""Set what a clock should have said. Only a manager may; what it said before stays in its versions."""
	if not may_correct():
		frappe.throw(_("A service manager corrects clocks. Ask one"), frappe.PermissionError)
	clock = frappe.get_doc("Technician Clock", name, for_update=True)
	begin, end = get_datetime(started_at), get_datetime(ended_at)
	corrected = Span(begin, end)
	with explained():
		said = rules.check_correction(corrected, _others(clock, begin, end), reason, _now())
	clock.update(
		{
			"started_at": begin,
			"ended_at": end,
			"hours": float(rules.hours_between(begin, end)),
			"active_technician": None,
			"to_check": 0,
			"correction_reason": said,
			"corrected_by": frappe.session.user,
			"corrected_at": _now(),
		}
	)
	_kept(clock)
	return {"clock": _row(clock)}


def running_of(technician: str, lock: bool = False) -> frappe._dict | None:
	"""The clock that runs for a technician."""
	return frappe.db.get_value(
		"Technician Clock", {"active_technician": technician}, list(FIELDS), as_dict=True, for_update=lock
	)


def open_clocks(order: str) -> list[frappe._dict]:
	"""Clocks that still run on an order, oldest first. They keep it from being closed."""
	return frappe.get_all(
		"Technician Clock",
		filters={"repair_order": order, "active_technician": ("is", "set")},
		fields=list(FIELDS),
		order_by="started_at, name",
	)


def hours_on(order: str) -> dict[int, Decimal]:
	"""Clocked hours of an order by job, running clocks up to now."""
	found: dict[int, Decimal] = {}
	now = _now()
	for row in frappe.get_all(
		"Technician Clock",
		filters={"repair_order": order},
		fields=["job_no", "started_at", "ended_at"],
		order_by="name",
	):
		hours = rules.hours_between(row.started_at, row.ended_at or now)
		found[row.job_no] = found.get(row.job_no, Decimal(0)) + hours
	return found


def to_check(companies: list[str]) -> list[frappe._dict]:
	"""Clocks that a manager looks at: still running after closing time, or ended by the house. Oldest first."""
	clock = frappe.qb.DocType("Technician Clock")
	rows = (
		frappe.qb.from_(clock)
		.select(*(clock[field] for field in FIELDS))
		.where(clock.company.isin(companies or [""]))
		.where(clock.active_technician.isnotnull() | (clock.to_check == 1))
		.orderby(clock.started_at)
		.orderby(clock.name)
		.limit(200)
		.run(as_dict=True)
	)
	now, found = _now(), []
	for row in rows:
		should_end = rules.forgotten_at(row.started_at, business_hours(row.company), now)
		if row.ended_at or should_end:
			found.append(frappe._dict(row, should_end=row.ended_at or should_end))
	return found


def days_clocked(technician: str, begin: datetime, end: datetime) -> set[date]:
	"""The days in a period on which a technician started a clock."""
	rows = frappe.get_all(
		"Technician Clock",
		filters={"technician": technician, "started_at": ("between", (begin, end))},
		pluck="started_at",
		order_by="started_at",
	)
	return {moment.date() for moment in rows}


def _now() -> datetime:
	return now_datetime().replace(microsecond=0)


def _end(running: frappe._dict, now: datetime) -> dict:
	"""Stop a clock; one that was forgotten ends at closing time, and a manager is to look at it."""
	clock = frappe.get_doc("Technician Clock", running.name, for_update=True)
	ends = rules.forgotten_at(clock.started_at, business_hours(clock.company), now)
	clock.update(
		{
			"ended_at": ends or now,
			"hours": float(rules.hours_between(clock.started_at, ends or now)),
			"to_check": 1 if ends else 0,
			"active_technician": None,
		}
	)
	_kept(clock)
	return _row(clock)


def _kept(clock) -> None:
	clock.flags.of_the_clock = True
	clock.save()


def _row(clock) -> dict:
	return {field: clock.get(field) for field in (*FIELDS, "hours", "to_check")}


def _others(clock, begin: datetime, end: datetime) -> list[Span]:
	"""The technician's other clocks near a time; a clock never runs for more than a day."""
	rows = frappe.get_all(
		"Technician Clock",
		filters={
			"technician": clock.technician,
			"name": ("!=", clock.name),
			"started_at": ("between", (frappe.utils.add_days(begin, -2), end)),
		},
		fields=["started_at", "ended_at"],
		order_by="started_at",
	)
	return [Span(row.started_at, row.ended_at) for row in rows]


def _begin_work(order, job, technician: str) -> None:
	"""Whoever begins a job that was nobody's takes it; the first clock of an order puts it to work."""
	from dealer_pos_crm.dealer_service.orders import status

	if not job.technician:
		job.technician = technician
		keep(order)
	if order.status == Status.OPEN.value:
		status.change(order.name, Status.IN_PROGRESS.value)

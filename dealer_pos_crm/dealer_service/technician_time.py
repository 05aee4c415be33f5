"""Technicians' hours of a period: clocked, flagged, billed and available, from clocks and done jobs."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import frappe
from frappe.query_builder.functions import Max
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain import technician as rules
from dealer_pos_crm.domain.repair_order import Answer, Status
from dealer_pos_crm.domain.technician import Figures

Job = tuple[str, int]  # repair order, job number
BILLED = (Status.INVOICED.value, Status.CLOSED.value)


def figures(
	company: str, begin: date, end: date, technician: str | None = None
) -> dict[str, tuple[Figures, int]]:
	"""By technician, the figures of the days from ``begin`` to ``end``, and how many jobs they did.

	Flagged counts on the day a job was done, billed on the day its order was invoiced. A job that several
	technicians clocked on is theirs in proportion to their time. Clocks that run count up to now.
	"""
	first, last = datetime.combine(begin, time.min), datetime.combine(end, time.min) + timedelta(days=1)
	done, billed = _done(company, first, last), _billed(company, first, last)
	on_jobs = _clocked_on({*done, *billed})
	clocked, days = _clocked(company, first, last)
	flagged_hours, jobs = _shared(done, on_jobs)
	billed_hours, _billed_jobs = _shared(billed, on_jobs)
	hours = business_hours(company)
	return {
		who: (
			Figures(
				clocked=clocked.get(who, Decimal(0)),
				flagged=flagged_hours.get(who, Decimal(0)),
				billed=billed_hours.get(who, Decimal(0)),
				available=rules.available(days[who], hours) if days.get(who) else None,
			),
			jobs.get(who, 0),
		)
		for who in sorted({*clocked, *flagged_hours, *billed_hours})
		if not technician or who == technician
	}


def _clocked(company: str, first: datetime, last: datetime) -> tuple[dict[str, Decimal], dict[str, set]]:
	"""Hours by technician, and the days on which each of them began a clock."""
	clock = frappe.qb.DocType("Technician Clock")
	rows = (
		frappe.qb.from_(clock)
		.select(clock.technician, clock.started_at, clock.ended_at)
		.where((clock.company == company) & (clock.started_at >= first) & (clock.started_at < last))
		.run(as_dict=True)
	)
	hours: dict[str, Decimal] = defaultdict(Decimal)
	days: dict[str, set] = defaultdict(set)
	now = now_datetime()
	for row in rows:
		hours[row.technician] += rules.hours_between(row.started_at, row.ended_at or now)
		days[row.technician].add(row.started_at.date())
	return hours, days


def _worth(row: frappe._dict) -> tuple[Decimal, str | None]:
	return Decimal(cstr(row.flagged_hours or row.hours or 0)), row.technician


def _done(company: str, first: datetime, last: datetime) -> dict[Job, tuple[Decimal, str | None]]:
	"""Jobs that were finished in the period and still are, each once, on the day it was finished last."""
	log, job = frappe.qb.DocType("Service Log"), frappe.qb.DocType("Repair Order Job")
	finished = (
		frappe.qb.from_(log)
		.select(log.repair_order, log.job_no, Max(log.happened_at).as_("happened_at"))
		.where((log.kind == "job.done") & (log.company == company) & (log.happened_at >= first))
		.groupby(log.repair_order, log.job_no)
	)
	rows = (
		frappe.qb.from_(finished)
		.join(job)
		.on((job.parent == finished.repair_order) & (job.job_no == finished.job_no) & (job.done == 1))
		.select(job.parent, job.job_no, job.hours, job.flagged_hours, job.technician)
		.where(finished.happened_at < last)
		.run(as_dict=True)
	)
	return {(row.parent, row.job_no): _worth(row) for row in rows}


def _billed(company: str, first: datetime, last: datetime) -> dict[Job, tuple[Decimal, str | None]]:
	"""Jobs of orders that were invoiced in the period."""
	order, job = frappe.qb.DocType("Repair Order"), frappe.qb.DocType("Repair Order Job")
	rows = (
		frappe.qb.from_(order)
		.join(job)
		.on(job.parent == order.name)
		.select(job.parent, job.job_no, job.hours, job.flagged_hours, job.technician)
		.where((order.company == company) & order.status.isin(BILLED))
		.where((order.invoiced_at >= first) & (order.invoiced_at < last))
		.where((job.answer == Answer.APPROVED.value) & (job.done == 1))
		.run(as_dict=True)
	)
	return {(row.parent, row.job_no): _worth(row) for row in rows}


def _clocked_on(jobs: set[Job]) -> dict[Job, dict[str, Decimal]]:
	"""Hours that each technician was clocked on to these jobs, whenever that was."""
	clock = frappe.qb.DocType("Technician Clock")
	orders = sorted({order for order, _number in jobs})
	found: dict[Job, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
	rows = (
		frappe.qb.from_(clock)
		.select(clock.repair_order, clock.job_no, clock.technician, clock.started_at, clock.ended_at)
		.where(clock.repair_order.isin(orders or [""]))
		.run(as_dict=True)
	)
	now = now_datetime()
	for row in rows:
		hours = rules.hours_between(row.started_at, row.ended_at or now)
		found[(row.repair_order, row.job_no)][row.technician] += hours
	return found


def _shared(
	jobs: dict[Job, tuple[Decimal, str | None]], on_jobs: dict[Job, dict[str, Decimal]]
) -> tuple[dict[str, Decimal], dict[str, int]]:
	hours: dict[str, Decimal] = defaultdict(Decimal)
	count: dict[str, int] = defaultdict(int)
	for job, (worth, technician) in jobs.items():
		for who, part in rules.shared(worth, on_jobs.get(job, {}), technician).items():
			hours[who] += part
			count[who] += 1
	return hours, count

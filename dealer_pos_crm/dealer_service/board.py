"""The lane board: every car that is expected today or in the shop, with what an advisor needs to see of it.

A fixed number of queries, however many cars there are; times and amounts as they stand, sorted by what was
promised first.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

import frappe
from frappe.query_builder.functions import Count, Max
from frappe.utils import get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_service import clocks
from dealer_pos_crm.dealer_service.billing import overview as billing
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain import appointment as appointments
from dealer_pos_crm.domain.repair_order import ENDED, PartState, Status, by_hand, parts_state

LIMIT = 500  # of each kind; beyond it the board says so, and a narrower question shows the rest
SHOWN = tuple(status.value for status in Status if status not in ENDED)
_TAIL = 6


def load(company: str | None = None, advisor: str | None = None) -> dict:
	"""All cards the user may see, the people on them, and what the user may do. Datetimes are the server's."""
	mine = [company] if company in companies() else companies()
	may = {
		"see_money": bool(frappe.has_permission("Sales Invoice", "read")),  # a technician sees the work
		"see_appointments": bool(frappe.has_permission("Service Appointment", "read")),
		"move": bool(frappe.has_permission("Repair Order", "write")),
		"open_order": bool(frappe.has_permission("Repair Order", "create")),
		"book": bool(frappe.has_permission("Service Appointment", "create")),
		"invoice": billing.has_role(billing.INVOICING),
		"take_money": bool(frappe.has_permission("Payment Entry", "submit")),
		"hand_over": billing.has_role(billing.HANDING_OVER),
		"correct_clocks": clocks.may_correct(),
	}
	orders, more_orders = _orders(mine, advisor)
	booked, more_booked = _booked(mine, advisor) if may["see_appointments"] else ([], False)
	if not may["see_money"]:
		for row in orders:
			row.grand_total = row.outstanding = None
	forgotten = clocks.to_check(mine) if may["correct_clocks"] else []
	working = [person for row in orders for person in row["working"]]
	people = in_rows([*orders, *booked], "advisor") | set(working) | in_rows(forgotten, "technician")
	return {
		"is_dealership": bool(companies()),
		"companies": companies(),
		"orders": orders,
		"booked": booked,
		"cut": {"orders": more_orders, "booked": more_booked},
		"limit": LIMIT,
		"moves": {status: [new.value for new in by_hand(Status(status))] for status in SHOWN},
		"teams": _teams(mine),
		"people": names_of(people),
		"forgotten": forgotten,
		"may": may,
	}


def _orders(mine: list[str], advisor: str | None) -> tuple[list[dict], bool]:
	filters = {"status": ("in", SHOWN), "company": ("in", mine or [""])}
	if advisor:
		filters["advisor"] = advisor
	rows = frappe.get_list(
		"Repair Order",
		filters=filters,
		fields=[
			"name",
			"status",
			"customer",
			"customer_name",
			"contact_phone",
			"vehicle",
			"vehicle_title",
			"vehicle.vin as vin",
			"vehicle.plate as plate",
			"appointment.team as team",
			"appointment.transport as transport",
			"company",
			"currency",
			"advisor",
			"tag",
			"promised_at",
			"opened_at",
			"status_since",
			"pending_jobs",
			"grand_total",
			"outstanding",
			"payment_status",
			"comeback_of",
			"modified",
		],
		order_by="`tabRepair Order`.`promised_at`, `tabRepair Order`.`name`",
		limit=LIMIT + 1,
	)
	found = sorted(rows[:LIMIT], key=lambda row: (row.promised_at or datetime.max, row.name))
	names = [row.name for row in found]
	parts, jobs, working = _parts(names), _jobs(names), _working(names)
	for row in found:
		row.vin = (row.vin or "")[-_TAIL:]
		row.parts = parts.get(row.name)
		row.jobs, row.done, row.teams = jobs.get(row.name, (0, 0, []))
		row.working = working.get(row.name, [])
		row.teams = sorted({*row.teams, *([row.team] if row.team else [])})
		del row["team"]
	return found, len(rows) > LIMIT


def _parts(orders: list[str]) -> dict[str, dict]:
	"""By order, the one state that its parts have together, and when the last one that is ordered should come.

	Parts of jobs that were turned down are not waited for.
	"""
	part, job = frappe.qb.DocType("Repair Order Part"), frappe.qb.DocType("Repair Order Job")
	rows = (
		frappe.qb.from_(part)
		.join(job)
		.on((job.parent == part.parent) & (job.job_no == part.job_no))
		.select(part.parent, part.state, Count(part.name).as_("count"), Max(part.eta).as_("eta"))
		.where(part.parent.isin(orders or [""]) & job.answer.isin(["Approved", "Pending"]))
		.where(part.state.isnotnull() & (part.state != ""))
		.groupby(part.parent, part.state)
		.run(as_dict=True)
	)
	found: dict[str, dict] = {}
	for row in rows:
		of_order = found.setdefault(row.parent, {"count": 0, "missing": 0, "eta": None, "states": []})
		of_order["count"] += row["count"]
		of_order["states"].append(PartState(row.state))
		if row.state in (PartState.TO_ORDER.value, PartState.ORDERED.value):
			of_order["missing"] += row["count"]
		if row.state == PartState.ORDERED.value:
			of_order["eta"] = row.eta
	for of_order in found.values():
		of_order["state"] = parts_state(of_order.pop("states")).value
	return found


def _jobs(orders: list[str]) -> dict[str, tuple[int, int, list[str]]]:
	"""By order: jobs that are to be done, how many are, and the teams of the technicians they were given to."""
	job, member = frappe.qb.DocType("Repair Order Job"), frappe.qb.DocType("Service Team Member")
	rows = (
		frappe.qb.from_(job)
		.left_join(member)
		.on((member.technician == job.technician) & (job.technician != ""))
		.select(job.parent, job.name, job.done, member.parent.as_("team"))
		.where(job.parent.isin(orders or [""]) & (job.answer == "Approved"))
		.run(as_dict=True)
	)
	jobs: dict[str, dict[str, int]] = {}
	teams: dict[str, set[str]] = {}
	for row in rows:
		jobs.setdefault(row.parent, {})[row.name] = row.done
		if row.team:
			teams.setdefault(row.parent, set()).add(row.team)
	return {
		order: (len(done), sum(1 for value in done.values() if value), sorted(teams.get(order, ())))
		for order, done in jobs.items()
	}


def _working(orders: Iterable[str]) -> dict[str, list[str]]:
	"""Who is clocked on, by order."""
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Technician Clock",
		filters={"active_technician": ("is", "set"), "repair_order": ("in", list(orders) or [""])},
		fields=["repair_order", "technician"],
		order_by="started_at",
	):
		found.setdefault(row.repair_order, []).append(row.technician)
	return found


def _booked(mine: list[str], advisor: str | None) -> tuple[list[dict], bool]:
	"""Today's appointments whose customers are still expected, by time."""
	begin = get_datetime(getdate(now_datetime()))
	filters = {
		"status": ("in", [status.value for status in appointments.OPEN]),
		"company": ("in", mine or [""]),
		"starts_at": ("between", (begin, begin + timedelta(days=1, seconds=-1))),
	}
	if advisor:
		filters["advisor"] = advisor
	rows = frappe.get_list(
		"Service Appointment",
		filters=filters,
		fields=[
			"name",
			"status",
			"customer",
			"customer_name",
			"vehicle",
			"vehicle_title",
			"vehicle.vin as vin",
			"vehicle.plate as plate",
			"company",
			"advisor",
			"team",
			"starts_at",
			"duration",
			"concern",
			"transport",
			"contact_phone",
			"modified",
		],
		order_by="`tabService Appointment`.`starts_at`, `tabService Appointment`.`name`",
		limit=LIMIT + 1,
	)
	for row in rows:
		row.vin = (row.vin or "")[-_TAIL:]
		row.concern = (row.concern or "")[:140]
	return rows[:LIMIT], len(rows) > LIMIT


def _teams(mine: list[str]) -> list[str]:
	return frappe.get_all(
		"Service Team", {"company": ("in", mine or [""]), "enabled": 1}, pluck="name", order_by="name"
	)

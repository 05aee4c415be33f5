"""Jobs of a repair order: added, worked on, done, and priced anew."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import shown
from dealer_pos_crm.dealer_service.orders import pricing
from dealer_pos_crm.dealer_service.orders.order import (
	job_of,
	keep,
	locked,
	money,
	rule_jobs,
	standing_step,
	step,
)
from dealer_pos_crm.dealer_service.orders.status import tolerance_of
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

TECHNICIAN_FIELDS = ("cause", "correction", "concern")
WORK_FIELDS = (*TECHNICIAN_FIELDS, "technician", "flagged_hours")
# What a screen may say of a new job, and of a new price.
ADDABLE = (
	"title", "labor_operation", "pay_type", "concern", "severity", "hours", "rate", "price", "technician",
	"department", "bill_to", "parts", "sublets",
)  # fmt: skip
REVISABLE = ("hours", "rate", "price", "parts", "sublets")


def add_job(
	order,
	*,
	title: str | None = None,
	labor_operation: str | None = None,
	pay_type: str = "Customer",
	concern: str | None = None,
	severity: str | None = None,
	origin: str = "Found",
	hours: float | None = None,
	rate: float | None = None,
	price: float | None = None,
	declined_service: str | None = None,
	technician: str | None = None,
	department: str | None = None,
	bill_to: str | None = None,
	parts: Iterable[dict] | None = None,
	sublets: Iterable[dict] = (),
):
	"""Add a Pending job to an order in hand and return its row; the caller keeps the order.

	Hours, rate, title and usual parts come from the op code where they are not given. ``price`` (major
	units) fixes what the whole job costs: labor is what the parts leave of it. ``parts``: dicts of item,
	description, qty, rate, state, eta, special_order, warehouse; None takes the op code's, () takes none.
	"""
	rules.check_working(rules.Status(order.status), order.name)
	order.last_job_no = max([cint(order.last_job_no), *(cint(row.job_no) for row in order.jobs)]) + 1
	operation = frappe.get_cached_doc("Labor Operation", labor_operation) if labor_operation else None
	if not cstr(title).strip() and not operation:
		raise Refused("no_title", marked("Write what is to be done, or choose an op code"))
	op_hours, op_rate = (
		pricing.labor_of(labor_operation, pay_type, order.company)
		if operation
		else (1.0, pricing.house_rate(order.company, pay_type))
	)
	row = order.append(
		"jobs",
		{
			"job_no": order.last_job_no,
			"title": cstr(title).strip() or operation.service_name,
			"labor_operation": labor_operation,
			"pay_type": pay_type,
			"concern": concern,
			"severity": severity,
			"origin": origin,
			"declined_service": declined_service,
			"technician": technician,
			"department": department,
			"bill_to": bill_to,
			"hours": op_hours if hours is None else hours,
			"rate": op_rate if rate is None else rate,
			"answer": "Pending",
		},
	)
	row.flagged_hours = flt(row.hours)
	row.flags.priced = True
	usual = operation.parts if operation and parts is None else (parts or ())
	part_rows = _add_parts(order, row, usual)
	for sublet in sublets:
		order.append(
			"sublets", {**_fields(sublet, "vendor", "description", "cost", "price"), "job_no": row.job_no}
		)
	if price is not None:
		pricing.priced(order, row, flt(price), flt(row.hours), pricing.sum_of(order, part_rows))
	return row


def _fields(values, *names: str) -> dict:
	return {name: values.get(name) for name in names if values.get(name) not in (None, "")}


def _add_parts(order, job, rows: Iterable) -> list:
	rows = list(rows)
	rates = pricing.selling_rates((row.get("item") for row in rows), order.currency)
	warehouse = settings_of(order.company).parts_warehouse
	added = []
	for values in rows:
		given = _fields(
			values, "item", "description", "qty", "rate", "state", "eta", "special_order", "warehouse"
		)
		part = order.append("parts", {"warehouse": warehouse, "qty": 1, "state": "In Stock", **given})
		part.job_no = job.job_no
		if values.get("rate") is None:
			part.rate = rates.get(part.item, 0)
		part.flags.priced = True
		added.append(part)
	return added


def add_declined(order, name: str):
	"""Take work up again that the customer declined before, at the price that was shown then."""
	declined = frappe.db.get_value(
		"Declined Service",
		name,
		["name", "vehicle", "service_name", "labor_operation", "severity", "price", "status"],
		as_dict=True,
	)
	if not declined or declined.vehicle != order.vehicle:
		raise Refused("declined_vehicle", marked("{0} is not about the vehicle of {1}"), name, order.name)
	present = next((row for row in order.jobs if row.declined_service == name), None)
	if present:
		return present
	if declined.status not in ("Open", "Booked"):
		raise Refused("declined_status", marked("{0} is {1} already"), name, _(declined.status))
	return add_job(
		order,
		title=declined.service_name,
		labor_operation=declined.labor_operation,
		severity=declined.severity,
		price=declined.price or None,
		origin="Declined Before",
		declined_service=name,
	)


@action
def recommend(order_name: str, *, asked_for: bool = False, **values) -> int:
	"""Add a job that was found; see ``add_job``. Returns its number.

	``asked_for``: the customer came for it. Minutes after opening it is an add-on all the same.
	"""
	order = locked(order_name)
	with explained():
		if asked_for and not rules.is_add_on(get_datetime(order.opened_at), now_datetime()):
			values["origin"] = "At Opening"
		row = add_job(order, **values)
		keep(order)
	return cint(row.job_no)


@action
def take_up(order_name: str, declined_services: Iterable[str]) -> list[int]:
	"""Add declined work of the vehicle to the order, each once. Returns the job numbers."""
	order = locked(order_name)
	with explained():
		rows = [add_declined(order, name) for name in declined_services]
		keep(order)
	return [cint(row.job_no) for row in rows]


@action
def set_work(order_name: str, job_no: int, **values) -> None:
	"""What the technician writes on a job: see ``WORK_FIELDS``. Empty values clear a text."""
	order = locked(order_name)
	with explained():
		rules.check_working(rules.Status(order.status), order.name)
		row = job_of(order, job_no)
		row.update({field: values[field] for field in WORK_FIELDS if field in values})
		keep(order)


@action
def finish(order_name: str, job_no: int, *, cause: str | None = None, correction: str | None = None) -> None:
	"""The work of a job is done; it says what was wrong and what was done about it."""
	order = locked(order_name)
	with explained():
		rules.check_working(rules.Status(order.status), order.name)
		row = job_of(order, job_no)
		if cint(row.done):
			return
		if row.answer != rules.Answer.APPROVED.value:
			raise Refused(
				"not_approved",
				marked("Job {0} is {1}; only approved work can be finished"),
				row.job_no,
				_(row.answer),
			)
		row.cause = cstr(cause).strip() or row.cause
		row.correction = cstr(correction).strip() or row.correction
		if not (cstr(row.cause).strip() and cstr(row.correction).strip()):
			raise Refused(
				"three_cs",
				marked("Job {0}: write the cause and the correction before it is done"),
				row.job_no,
			)
		row.done = 1
		keep(order)
		step(order, "job.done", job=row)


@action
def take_back(order_name: str, job_no: int, reason: str) -> None:
	"""The work of a job is not done after all."""
	order = locked(order_name)
	with explained():
		rules.check_working(rules.Status(order.status), order.name)
		row = job_of(order, job_no)
		if not cint(row.done):
			return
		why = check_reason(reason)
		row.done = 0
		keep(order)
		step(
			order,
			"job.revised",
			job=row,
			title=_("Not done after all: {0}").format(row.title),
			reason=why,
			reverses=standing_step(order.name, "job.done", row.job_no),
		)


@action
def remove(order_name: str, job_no: int) -> None:
	"""Take a job off that nobody has answered; its parts go with it."""
	order = locked(order_name)
	with explained():
		rules.check_working(rules.Status(order.status), order.name)
		row = job_of(order, job_no)
		if rules.is_frozen(rules.Answer(row.answer)):
			raise Refused(
				"frozen_job", marked("Job {0} is {1} and stays on the order"), job_no, _(row.answer)
			)
		for table in ("parts", "sublets"):
			order.set(table, [line for line in order.get(table) if cint(line.job_no) != cint(job_no)])
		order.remove(row)
		keep(order)


@action
def revise(
	order_name: str,
	job_no: int,
	reason: str,
	*,
	hours: float | None = None,
	rate: float | None = None,
	price: float | None = None,
	parts: Iterable[dict] | None = None,
	sublets: Iterable[dict] | None = None,
) -> dict:
	"""Give an approved job another price, with a reason. Parts and sublets given replace the job's.

	Within the tolerance of all that the customer authorised it stays approved; beyond it, it is Pending
	again. Returns ``ask_again``, ``amount``, ``above`` and ``allowed`` (Money).
	"""
	order = locked(order_name)
	with explained():
		rules.check_working(rules.Status(order.status), order.name)
		row = job_of(order, job_no)
		why = check_reason(reason)
		if row.answer != rules.Answer.APPROVED.value:
			raise Refused(
				"not_approved",
				marked("Job {0} is {1}; its price is changed in the job itself"),
				job_no,
				_(row.answer),
			)
		before_jobs, before = rule_jobs(order), money(order, row.amount)
		_set_price(order, row, hours, rate, price, parts, sublets)
		pricing.set_amounts(order)
		amount = money(order, row.amount)
		found = rules.revise(before_jobs, cint(job_no), amount, tolerance_of(order.company))
		_keep_revision(order, row, before, found, why)
	return {"ask_again": found.ask_again, "amount": amount, "above": found.above, "allowed": found.allowed}


def _set_price(order, row, hours, rate, price, parts, sublets) -> None:
	row.hours = row.hours if hours is None else flt(hours)
	row.rate = row.rate if rate is None else flt(rate)
	if parts is not None:
		_replace_parts(order, row, list(parts))
	if sublets is not None:
		order.set("sublets", [line for line in order.sublets if cint(line.job_no) != cint(row.job_no)])
		for sublet in sublets:
			order.append(
				"sublets", {**_fields(sublet, "vendor", "description", "cost", "price"), "job_no": row.job_no}
			)
	if price is not None:
		mine = [part for part in order.parts if cint(part.job_no) == cint(row.job_no)]
		pricing.priced(order, row, flt(price), flt(row.hours), pricing.sum_of(order, mine))


def _replace_parts(order, row, wanted: list[dict]) -> None:
	"""Rows that are named stay themselves, with their state; the others come and go."""
	names = {values.get("name") for values in wanted if values.get("name")}
	by_name = {part.name: part for part in order.parts if cint(part.job_no) == cint(row.job_no)}
	order.set(
		"parts",
		[part for part in order.parts if cint(part.job_no) != cint(row.job_no) or part.name in names],
	)
	for values in wanted:
		if values.get("name") in by_name:
			by_name[values["name"]].update(_fields(values, "item", "description", "qty", "rate"))
	_add_parts(order, row, [values for values in wanted if not values.get("name")])


def _keep_revision(order, row, before, found: rules.Revision, why: str) -> None:
	from dealer_pos_crm.dealer_service.declined import book
	from dealer_pos_crm.dealer_service.orders import answers

	approved = None
	if found.ask_again:
		approved = standing_step(order.name, "job.approved", row.job_no)
		book.unrecovered(order, row, why)
		answers.clear(row)
	keep(order)
	step(
		order,
		"job.revised",
		job=row,
		title=_("New price of {0}: {1} instead of {2}").format(
			row.title, shown(money(order, row.amount)), shown(before)
		),
		reason=why,
		facts={"was": str(before.decimal), "asks_again": "1" if found.ask_again else ""},
	)
	if found.ask_again:
		step(
			order,
			"job.withdrawn",
			job=row,
			title=_("Needs a new answer: {0}, {1}").format(row.title, shown(money(order, row.amount))),
			reason=why,
			reverses=approved,
		)
	else:
		book.recovered(order, row)

"""What happens to work that a customer declined: booked, won back, closed, and each step's way back.

All of it runs in the caller's transaction, after the caller has locked the repair order or the appointment.
Declining the same work again renews its row: one row, one value, and the promises start again.
"""

from collections.abc import Sequence

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_service.declined import rows
from dealer_pos_crm.domain.declined import (
	ALIVE,
	Ended,
	Kind,
	Severity,
	Status,
	Step,
	after,
	check_close,
	is_due,
	standing,
	urgency,
)

_ALIVE = tuple(status.value for status in ALIVE)


def declined(order, job) -> str:
	"""The customer said no, or not now. Returns the name of the Declined Service that carries it.

	Call it before the step is logged, with the answer on the job: ``answer`` (Declined or Deferred),
	``answered_at``, ``answered_by``, ``amount_shown`` (else ``amount``), ``decline_reason``,
	``deferred_until``, ``severity``. The same work of the vehicle is renewed, also one that expired or
	whose customer had opted out; work that was done elsewhere or won back is a new matter.
	"""
	row = _row_of(order, job) or _new_row(order, job)
	was_closed = row.status == Status.CLOSED.value
	answer = next(
		(
			rows.answer_of(row, refusal)
			for refusal in rows.refusals_of(row)
			if refusal.is_of(order.name, cint(job.job_no)) and not refusal.taken_back
		),
		None,
	) or row.append("answers", {})
	answer.update(
		{
			"answered_on": job.answered_at or now_datetime(),
			"kind": Kind(job.answer).value,
			"price": job.amount_shown or job.amount or 0,
			"currency": row.currency,
			"reason": job.decline_reason,
			"repair_order": order.name,
			"job_no": cint(job.job_no),
			"severity": job.severity or Severity.YELLOW.value,
			"deferred_until": job.deferred_until,
			"answered_by": job.answered_by,
			"customer": order.customer,
			"advisor": order.advisor or frappe.session.user,
			"taken_back": 0,
		}
	)
	row.labor_operation = row.labor_operation or job.labor_operation
	row.status = Status.OPEN.value
	rows.not_booked(row)
	rows.not_closed(row)
	rows.show(row, answer)
	rows.keep(row)
	if was_closed:
		rows.tell(
			row,
			"declined_service.reopened",
			_("{0} is undone still and was declined again").format(row.service_name),
			repair_order=order.name,
			job_no=cint(job.job_no),
		)
	return row.name


def _row_of(order, job):
	"""The row that a declined job continues, locked."""
	if not job.declined_service:
		return rows.match(order.vehicle, rows.work_of(job), closed_too=True)
	row = rows.locked(job.declined_service)
	if row.status == Status.RECOVERED.value:
		if not _is_recovered_by(row, order, job):
			return None
		_take_recovery_back(row, order, job, _("The customer said no after all"))
	if row.status == Status.CLOSED.value and not rows.still_undone(row):
		of_this_job = any(refusal.is_of(order.name, cint(job.job_no)) for refusal in rows.refusals_of(row))
		return row if of_this_job and row.closed_reason == Ended.TAKEN_BACK.value else None
	return row


def _new_row(order, job):
	return frappe.get_doc(
		{
			"doctype": "Declined Service",
			"service_name": job.title,
			"labor_operation": job.labor_operation,
			"vehicle": order.vehicle,
			"company": order.company,
			"currency": order.currency
			or frappe.get_cached_value("Company", order.company, "default_currency"),
			"status": Status.OPEN.value,
		}
	)


def withdrawn(order, job) -> None:
	"""A no was taken back: the refusal before it counts again; without one the row never was."""
	if not job.declined_service:
		return
	row = rows.locked(job.declined_service)
	taken = [
		rows.answer_of(row, refusal)
		for refusal in rows.refusals_of(row)
		if refusal.is_of(order.name, cint(job.job_no)) and not refusal.taken_back
	]
	if not taken:
		return
	for answer in taken:
		answer.taken_back = 1
	left = standing(rows.refusals_of(row))
	if left is not None:
		rows.show(row, rows.answer_of(row, left))
		rows.keep(row)
	elif Status(row.status) in ALIVE:
		give_up(row, Ended.TAKEN_BACK, None)
	else:
		rows.keep(row)


def open_for(vehicle: str | None) -> list[dict]:
	"""Undone work of a vehicle in the order in which to offer it: due first, red first, oldest first.

	Booked work is in the list with its appointment. Amounts in major units of ``currency``. One query.
	"""
	if not vehicle:
		return []
	today = getdate()
	found = frappe.get_all(
		"Declined Service",
		filters={"vehicle": vehicle, "status": ("in", _ALIVE)},
		fields=[
			"name",
			"service_name",
			"labor_operation",
			"severity",
			"kind",
			"deferred_until",
			"price",
			"currency",
			"reason",
			"status",
			"declined_on",
			"first_declined_on",
			"times_declined",
			"customer",
			"repair_order",
			"advisor",
			"booked_appointment",
		],
		order_by="name",
	)
	for row in found:
		until = getdate(row.deferred_until) if row.deferred_until else None
		row.due = is_due(Kind(row.kind), until, today)
		row.days = (today - getdate(row.declined_on)).days
	return sorted(
		found, key=lambda row: urgency(Severity(row.severity), row.due, get_datetime(row.first_declined_on))
	)


def booked(appointment, job) -> str | None:
	"""The work is on an appointment. ``job`` is its row; without a link it is matched by op code or name.

	Returns the row's name, to be kept on ``job.declined_service``; None when nothing undone is meant.
	"""
	row = (
		rows.locked(job.declined_service)
		if job.declined_service
		else rows.match(appointment.vehicle, rows.work_of(job))
	)
	if row is None or Status(row.status) not in ALIVE:
		return None
	if row.booked_appointment == appointment.name:
		return row.name
	if row.status == Status.BOOKED.value:
		let_go(row, _("Booked on another appointment"))
	row.status = after(Step.BOOK, Status(row.status), row.name).value
	row.booked_appointment = appointment.name
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.booked",
		_("{0} booked for {1}").format(
			row.service_name, frappe.format(appointment.starts_at, {"fieldtype": "Datetime"})
		),
		appointment=appointment.name,
	)
	return row.name


def unbooked(appointment, why: str | None = None) -> list[str]:
	"""The appointment was cancelled, missed or moved, or came and went: its work is open again."""
	return _unbook_all(appointment.name, why)


def _unbook_all(appointment: str, why: str | None) -> list[str]:
	undone = []
	for name in rows.names({"booked_appointment": appointment, "status": Status.BOOKED.value}):
		row = rows.locked(name)
		if row.status == Status.BOOKED.value and row.booked_appointment == appointment:
			let_go(row, why)
			undone.append(name)
	return undone


def let_go(row, why: str | None) -> None:
	"""Take a row that the caller has locked off its appointment."""
	appointment = row.booked_appointment
	row.status = after(Step.UNBOOK, Status(row.status), row.name).value
	rows.not_booked(row)
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.reopened",
		_("{0} is open again: its appointment did not lead to it").format(row.service_name),
		appointment=appointment,
		reason=why,
		reverses=rows.last_key(row.name, "declined_service.booked"),
	)


def recovered(order, job) -> str | None:
	"""A job was approved: if it is undone work, that is won back. Returns its row, for the job's link.

	Call it again when the job's amount changes. A job whose own refusal is answered anew on the same
	repair order was not won back: its refusal is taken back.
	"""
	row = (
		rows.locked(job.declined_service)
		if job.declined_service
		else rows.match(order.vehicle, rows.work_of(job), closed_too=True)
	)
	if row is None:
		return None
	amount = rounded(job.amount, row.currency)
	if _is_recovered_by(row, order, job):
		if rounded(row.recovered_amount, row.currency) != amount:
			row.recovered_amount = to_float(amount)
			rows.keep(row)
		return row.name
	now_counts = standing(rows.refusals_of(row))
	if now_counts is not None and now_counts.is_of(order.name, cint(job.job_no)):
		withdrawn(order, job)
		return None
	status = Status(row.status)
	if rows.still_undone(row):
		status = after(Step.REOPEN, status, row.name)
		rows.not_closed(row)
	if status not in ALIVE:
		return None
	row.status = after(Step.RECOVER, status, row.name).value
	row.update(
		{
			"recovered_order": order.name,
			"recovered_job_no": cint(job.job_no),
			"recovered_on": job.answered_at or now_datetime(),
			"recovered_amount": to_float(amount),
		}
	)
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.recovered",
		_("{0} won back: {1}").format(row.service_name, shown(amount)),
		amount=amount,
		repair_order=order.name,
		job_no=cint(job.job_no),
		how="booked" if row.booked_appointment else "at the lane",
	)
	return row.name


def _is_recovered_by(row, order, job) -> bool:
	return (
		row.status == Status.RECOVERED.value
		and row.recovered_order == order.name
		and cint(row.recovered_job_no) == cint(job.job_no)
	)


def unrecovered(order, job, why: str | None = None) -> str | None:
	"""An approval was taken back: the work it had won back is undone again."""
	found = frappe.db.get_value(
		"Declined Service",
		{
			"recovered_order": order.name,
			"recovered_job_no": cint(job.job_no),
			"status": Status.RECOVERED.value,
		},
		"name",
	)
	if not found:
		return None
	row = rows.locked(found)
	if not _is_recovered_by(row, order, job):
		return None
	_take_recovery_back(row, order, job, why)
	return row.name


def _take_recovery_back(row, order, job, why: str | None) -> None:
	row.status = after(
		Step.UNRECOVER, Status(row.status), row.name, still_booked=bool(row.booked_appointment)
	).value
	rows.not_recovered(row)
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.reopened",
		_("{0} is undone again").format(row.service_name),
		repair_order=order.name,
		job_no=cint(job.job_no),
		reason=why,
		reverses=rows.last_key(row.name, "declined_service.recovered"),
	)


def order_ended(order) -> None:
	"""A repair order was closed or cancelled: what its appointment was booked for and was not done is open."""
	if order.appointment:
		_unbook_all(order.appointment, _("It was not done on {0}").format(order.name))


def close(name: str, reason: str, note: str | None = None) -> list[str]:
	"""Give undone work up, for a reason that a person gives. Returns every row that it closes.

	Sold the Car closes the customer's rows of that vehicle; Opted Out closes all rows of the customer.
	Raises ``Refused``.
	"""
	row = rows.locked(name)
	ended = check_close(reason, note, by_hand=True)
	after(Step.CLOSE, Status(row.status), name)
	closed = []
	for other in [name, *_closed_with(row, ended)]:
		found = rows.locked(other)
		if Status(found.status) in ALIVE:
			give_up(found, ended, note)
			closed.append(other)
	if ended is Ended.OPTED_OUT:
		rows.tell_word(row, "consent.revoked", _("Does not want to be asked about service work"))
	return closed


def _closed_with(row, ended: Ended) -> Sequence[str]:
	common = {"customer": row.customer, "status": ("in", _ALIVE), "name": ("!=", row.name)}
	if ended is Ended.SOLD:
		return list(rows.names({**common, "vehicle": row.vehicle}))
	if ended is Ended.OPTED_OUT:
		return list(rows.names(common))
	return []


def give_up(row, ended: Ended, note: str | None) -> None:
	"""Close a row that the caller has locked."""
	row.status = after(Step.CLOSE, Status(row.status), row.name).value
	row.update({"closed_reason": ended.value, "closed_on": now_datetime(), "closed_note": note})
	rows.not_booked(row)
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.closed",
		_("{0} given up: {1}").format(row.service_name, _(ended.value)),
		how=ended.value,
		reason=cstr(note) or None,
	)


def reopen(name: str, reason: str | None = None) -> None:
	"""Undo a closing that was wrong; an opt-out with it. Raises ``Refused`` for a row that is not closed."""
	row = rows.locked(name)
	row.status = after(Step.REOPEN, Status(row.status), name).value
	if not any(not answer.taken_back for answer in row.answers):
		frappe.throw(
			_("{0}: its answer was taken back on {1}; record it there").format(name, row.repair_order)
		)
	opted_out = row.closed_reason == Ended.OPTED_OUT.value
	rows.not_closed(row)
	rows.keep(row)
	rows.tell(
		row,
		"declined_service.reopened",
		_("{0} is open again").format(row.service_name),
		reason=cstr(reason) or None,
		reverses=rows.last_key(name, "declined_service.closed"),
	)
	if opted_out:
		rows.tell_word(row, "consent.given", _("May be asked about service work again"))


def vehicle_sold(vehicle: str, owner: str | None = None) -> list[str]:
	"""The vehicle has another owner: what others declined on it is given up; the new owner's rows stay."""
	closed = []
	for name in rows.names({"vehicle": vehicle, "status": ("in", _ALIVE)}):
		row = rows.locked(name)
		if Status(row.status) in ALIVE and row.customer != owner:
			give_up(row, Ended.SOLD, None)
			closed.append(name)
	return closed

"""The end of a repair order: closed when all is done and the car is gone, cancelled, or opened again."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_service.orders import checks, mileage
from dealer_pos_crm.dealer_service.orders.order import keep, locked, standing_step, step
from dealer_pos_crm.dealer_service.orders.status import blockers_to_close, refuse_for, set_status
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SERVICE_MANAGER
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.repair_order import Status

REOPENING = frozenset({SERVICE_MANAGER, MANAGER, "System Manager"})


@action
def close(order_name: str, mileage_out: int | None = None) -> dict:
	"""Close an order whose car has left: keeps the odometer, forecasts the next service, tells ro.closed.

	Refused with everything that stands in the way. Closing a closed order changes nothing.
	"""
	order = locked(order_name)
	if order.status == Status.CLOSED.value:
		return _result(order)
	with explained():
		if mileage_out:
			order.mileage_out = cint(mileage_out)
		refuse_for(order, "CLOSE", blockers_to_close(order))
		went_back = cint(order.mileage_out) < cint(order.mileage_in)
		mileage.write(
			order,
			mileage.OUT,
			cint(order.mileage_out),
			explanation=cstr(order.mileage_explanation) if went_back else "",
			on=now_datetime(),
		)
		forecast = _forecast(order)
		set_status(
			order,
			Status.CLOSED,
			tell=False,
			closed_at=now_datetime().replace(microsecond=0),
			next_service=forecast.service if forecast else None,
			next_service_on=forecast.on if forecast else None,
			next_service_basis=forecast.basis if forecast else None,
		)
		step(
			order,
			"ro.closed",
			facts={
				"next_service": order.next_service,
				"next_service_on": cstr(order.next_service_on or ""),
				"next_service_basis": order.next_service_basis,
				"appointment_ahead": "1" if _is_booked(order) else "",
			},
			at=order.closed_at,
		)
	return _result(order)


def _result(order) -> dict:
	return {
		"repair_order": order.name,
		"status": order.status,
		"next_service": order.next_service,
		"next_service_on": cstr(order.next_service_on or "") or None,
	}


def _is_booked(order) -> bool:
	"""Whether the vehicle is expected again already; then nobody is invited."""
	return bool(
		frappe.db.exists(
			"Service Appointment",
			{
				"vehicle": order.vehicle,
				"status": ("in", ("Booked", "Confirmed")),
				"starts_at": (">", now_datetime()),
			},
		)
	)


def _forecast(order):
	from dealer_pos_crm.dealer_service.maintenance.forecast import forecast

	return forecast(order.vehicle)


@action
def reopen(order_name: str, reason: str) -> str:
	"""A manager opens a closed or cancelled order again: a closed one goes back to Invoiced while its invoice
	stands, else to Ready. Returns the new status."""
	order = locked(order_name)
	with explained():
		why = check_reason(reason)
		if not REOPENING & set(frappe.get_roles()):
			raise Refused("may_not_reopen", marked("Only a service manager can reopen {0}"), order.name)
		if Status(order.status) not in rules.ENDED:
			raise Refused(
				"not_ended", marked("{0} is {1} and needs no reopening"), order.name, _(order.status)
			)
		undoes = standing_step(order.name, ("ro.closed", "ro.cancelled"))
		if order.status == Status.CANCELLED.value:
			back = Status.OPEN
			_win_back(order)
		else:
			back = Status.INVOICED if checks.has_invoice(order.name) else Status.READY
		reopened(order, back, why, undoes)
	return order.status


def reopened(order, back: Status, reason: str, reverses: str | None = None) -> None:
	"""Put an order in hand back, in the caller's transaction; also when its invoice is cancelled or credited."""
	set_status(
		order,
		back,
		tell=False,
		closed_at=None,
		cancel_reason=None,
		**dict.fromkeys(("next_service", "next_service_on", "next_service_basis")),
	)
	step(order, "ro.reopened", reason=reason, facts={"to": back.value}, reverses=reverses)


@action
def cancel(order_name: str, reason: str) -> None:
	"""The visit does not happen: with a reason, while nothing is invoiced and no work is done."""
	order = locked(order_name)
	if order.status == Status.CANCELLED.value:
		return
	with explained():
		why = check_reason(reason)
		rules.check_change(Status(order.status), Status.CANCELLED, order.name)
		if checks.has_invoice(order.name):
			raise Refused(
				"invoiced", marked("{0} is invoiced. Cancel or credit the invoice first"), order.name
			)
		done = [row for row in order.jobs if cint(row.done)]
		if done:
			raise Refused(
				"work_done",
				marked("Job {0} of {1} is done. Take the work back, or invoice and close the order"),
				", ".join(str(row.job_no) for row in done),
				order.name,
			)
		_refuse_clocks(order)
		_give_back(order, why)
		set_status(order, Status.CANCELLED, tell=False, cancel_reason=why[:140])
		step(order, "ro.cancelled", reason=why, reverses=standing_step(order.name, "ro.opened"))


def _refuse_clocks(order) -> None:
	from dealer_pos_crm.dealer_service import clocks

	running = clocks.open_clocks(order.name)
	if running:
		raise Refused("open_clock", marked("Somebody is clocked on {0}. Clock off first"), order.name)


def _give_back(order, why: str) -> None:
	"""Declined work that was approved on this order is undone still."""
	from dealer_pos_crm.dealer_service.declined import book

	for row in order.jobs:
		if row.answer == rules.Answer.APPROVED.value:
			book.unrecovered(order, row, why)


def _win_back(order) -> None:
	"""What had been approved stands again, and with it the declined work it won back."""
	from dealer_pos_crm.dealer_service.declined import book

	for row in order.jobs:
		if row.answer == rules.Answer.APPROVED.value:
			row.declined_service = book.recovered(order, row) or row.declined_service


@action
def estimate_number(order_name: str) -> str:
	"""The number of the order's estimate, given when it is first printed or sent."""
	order = locked(order_name)
	if not order.estimate_number:
		order.estimate_number = frappe.model.naming.make_autoname("EST-.YYYY.-.#####", doc=order)
		keep(order)
	return order.estimate_number

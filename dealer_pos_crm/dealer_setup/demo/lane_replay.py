"""Plays the service lane of the script through the lane's own API, as the people who would click it."""

from collections.abc import Callable
from datetime import datetime

import frappe
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.api import appointment as appointments
from dealer_pos_crm.api import declined, inspection, lane, repair_order, service_billing
from dealer_pos_crm.dealer_service.appointments import book
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.demo.people import acting_as, first
from dealer_pos_crm.rehearsal.summit_motors import lane_acts as script
from dealer_pos_crm.rehearsal.summit_motors.operations import OPERATIONS
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY

_TEAMS = {"Maintenance": "Quick lane", "Tires": "Quick lane"}


class LaneReplay:
	"""Keeps which document of the lane stands for which id of the script."""

	def __init__(
		self, customers: dict[str, str], vehicles: dict[str, str], set_clock: Callable[[datetime], None]
	) -> None:
		self.customers = customers
		self.vehicles = vehicles
		self._set_clock = set_clock
		self.appointments: dict[str, str] = {}
		self.orders: dict[str, str] = {}
		self.declined: dict[str, str] = {}
		self.claims: dict[str, str] = {}
		self._codes: dict[tuple[str, int], str] = {}  # order, job of the script -> op code
		self.do: dict[type, Callable] = {
			script.BookAppointment: self._book,
			script.ConfirmAppointment: self._confirm,
			script.CancelAppointment: self._cancel,
			script.MoveAppointment: self._move,
			script.MissAppointment: self._miss,
			script.OpenOrder: self._open,
			script.MoveOrder: self._status,
			script.Inspect: self._inspect,
			script.AnswerJob: self._answer,
			script.StepOfPart: self._part,
			script.FinishJob: self._finish,
			script.InvoiceOrder: self._invoice,
			script.PayOrder: self._pay,
			script.CloseOrder: self._close,
			script.SubmitClaim: self._submit,
			script.AnswerClaim: self._claim,
			script.CloseDeclined: self._close_declined,
		}

	# appointments

	def _book(self, act: script.BookAppointment) -> None:
		works = [(code, None) for code in act.works]
		works += [(self._code_of(name), name) for name in act.declined_ids]
		with acting_as(act.by):
			made = appointments.create(
				{
					"customer": self.customers[act.customer_id],
					"vehicle": self.vehicles[act.vehicle_id],
					"company": COMPANY,
					"starts_at": cstr(act.starts_at),
					"duration": max(0.5, sum(OPERATIONS[code].tenths for code, _name in works) / 10),
					"team": _TEAMS.get(OPERATIONS[works[0][0]].category, "Main shop"),
					"advisor": act.advisor,
					"concern": act.concern,
					"channel": act.channel,
					"contact_by": "Text",
				},
				f"demo-{act.id}",
				[
					{
						"service_name": OPERATIONS[code].name,
						"labor_operation": code,
						"hours": OPERATIONS[code].tenths / 10,
						"declined_service": self.declined.get(name) if name else None,
					}
					for code, name in works
				],
			)
		self.appointments[act.appointment_id] = made["name"]

	def _code_of(self, declined_id: str) -> str:
		return frappe.db.get_value("Declined Service", self.declined[declined_id], "labor_operation")

	def _confirm(self, act: script.ConfirmAppointment) -> None:
		with acting_as(act.by):
			appointments.confirm(self.appointments[act.appointment_id], act.how)

	def _cancel(self, act: script.CancelAppointment) -> None:
		with acting_as(act.by):
			appointments.cancel(self.appointments[act.appointment_id], act.reason)

	def _move(self, act: script.MoveAppointment) -> None:
		with acting_as(act.by):
			made = appointments.reschedule(
				self.appointments[act.appointment_id], {"starts_at": cstr(act.starts_at)}, f"demo-{act.id}"
			)
		self.appointments[act.new_id] = made["name"]

	def _miss(self, act: script.MissAppointment) -> None:
		book.mark_missed()

	# repair orders

	def _open(self, act: script.OpenOrder) -> None:
		customer = self.customers[act.customer_id]
		values = {
			"customer": customer,
			"vehicle": self.vehicles[act.vehicle_id],
			"company": COMPANY,
			"promised_at": cstr(act.promised_at),
			"mileage_in": act.mileage,
			"concern": act.concern,
			"tag": act.tag,
			"advisor": act.by,
			"fuel_level": ("1⁄4", "1⁄2", "3⁄4")[act.mileage % 3],
			"authorised_by": frappe.get_cached_value("Customer", customer, "customer_name"),
		}
		booked: list[str] = []
		if act.appointment_id:
			values["appointment"] = self.appointments[act.appointment_id]
			rows = frappe.get_all(
				"Service Appointment Job",
				{"parent": values["appointment"]},
				["labor_operation"],
				order_by="idx",
			)
			booked = [row.labor_operation for row in rows]
		values["declined"] = [self.declined[work.declined_id] for work in act.works if work.declined_id]
		values["works"] = [
			{"labor_operation": work.op_code, "pay_type": work.pay_type}
			for work in act.works
			if work.op_code not in booked and not work.declined_id
		]
		with acting_as(act.by):
			self.orders[act.order_id] = repair_order.check_in(values, f"demo-{act.id}")
		self._codes.update({(act.order_id, work.job_no): work.op_code for work in act.works})

	def _job(self, order_id: str, job_no: int) -> frappe._dict:
		"""The job of the order that the script's number stands for."""
		return frappe.db.get_value(
			"Repair Order Job",
			{"parent": self.orders[order_id], "labor_operation": self._codes[order_id, job_no]},
			["job_no", "amount", "declined_service", "done"],
			as_dict=True,
		)

	def _status(self, act: script.MoveOrder) -> None:
		with acting_as(frappe.db.get_value("Repair Order", self.orders[act.order_id], "advisor")):
			repair_order.change_status(self.orders[act.order_id], act.to)

	def _inspect(self, act: script.Inspect) -> None:
		with acting_as(act.by):
			name = inspection.start(self.orders[act.order_id])
			points = {
				row.labor_operation: row.name
				for row in frappe.get_all(
					"Vehicle Inspection Point", {"parent": name}, ["name", "labor_operation"], order_by="idx"
				)
			}
			for work in act.found:
				self._codes[act.order_id, work.job_no] = work.op_code
				inspection.rate(name, [points[work.op_code]], work.severity)
			inspection.others_green(name)
			inspection.finish(name)
		if act.found:
			with acting_as(frappe.db.get_value("Repair Order", self.orders[act.order_id], "advisor")):
				for work in act.found:
					inspection.recommend(name, points[work.op_code])

	def _answer(self, act: script.AnswerJob) -> None:
		job = self._job(act.order_id, act.job_no)
		order = frappe.db.get_value(
			"Repair Order", self.orders[act.order_id], ["name", "customer", "contact_phone"], as_dict=True
		)
		phone = order.contact_phone or frappe.db.get_value("Customer", order.customer, "mobile_no")
		with acting_as(act.by):
			repair_order.record_answers(
				order.name,
				[
					{
						"job_no": job.job_no,
						"answer": act.answer,
						"amount_shown": job.amount,
						"reason": act.reason,
						"deferred_until": cstr(act.deferred_until or "") or None,
					}
				],
				act.how,
				frappe.get_cached_value("Customer", order.customer, "customer_name"),
				phone if act.how in ("Phone", "Text") else None,
			)
		if act.declined_id:
			self.declined[act.declined_id] = self._job(act.order_id, act.job_no).declined_service

	def _part(self, act: script.StepOfPart) -> None:
		order = self.orders[act.order_id]
		keys = frappe.get_all(
			"Repair Order Part",
			{"parent": order, "job_no": self._job(act.order_id, act.job_no).job_no},
			pluck="row_key",
			order_by="idx",
		)
		state = "Arrived" if act.step == "arrived" else "Ordered"
		rows = [
			{"row_key": key, "state": state, "eta": cstr(act.eta), "special_order": cint(act.special)}
			for key in keys
		]
		with acting_as(act.by):
			repair_order.set_part_states(order, rows)

	def _finish(self, act: script.FinishJob) -> None:
		order, job = self.orders[act.order_id], self._job(act.order_id, act.job_no)
		operation = OPERATIONS[self._codes[act.order_id, act.job_no]]
		with acting_as(act.by):
			self._set_clock(act.began_at)
			lane.clock_on(order, job.job_no)
			frappe.db.commit()  # nosemgrep - two clicks, with the work between them
			self._set_clock(act.at)
			lane.clock_off()
			repair_order.finish_job(order, job.job_no, operation.cause, operation.correction)

	# money

	def _invoice(self, act: script.InvoiceOrder) -> None:
		order = self.orders[act.order_id]
		with acting_as(act.by):
			service_billing.invoice(order, f"demo-{act.id}")
		if act.claim_id:
			self.claims[act.claim_id] = frappe.db.get_value(
				"Manufacturer Claim", {"repair_order": order}, "name"
			)

	def _pay(self, act: script.PayOrder) -> None:
		tender = {
			"mode_of_payment": act.mode,
			"amount": float(act.amount.decimal),
			"reference_no": act.reference,
			"reference_date": cstr(act.at.date()),
		}
		with acting_as(act.by):
			service_billing.collect(self.orders[act.order_id], [tender], f"demo-{act.id}")

	def _close(self, act: script.CloseOrder) -> None:
		with acting_as(act.by):
			service_billing.hand_car_over(self.orders[act.order_id], act.mileage, act.release_reason or None)

	def _submit(self, act: script.SubmitClaim) -> None:
		with acting_as(act.by):
			service_billing.submit_claim(self.claims[act.claim_id], f"W{act.claim_id[3:]}")

	def _claim(self, act: script.AnswerClaim) -> None:
		claim = self.claims[act.claim_id]
		with acting_as(act.by):
			if not act.amount:
				service_billing.deny_claim(claim, act.reason, "Write Off")
				return
			amount = float(act.amount.decimal)
			short = flt(frappe.db.get_value("Manufacturer Claim", claim, "claimed_amount")) > amount
			service_billing.pay_claim(
				claim,
				amount,
				"Wire Transfer",
				f"demo-{act.id}",
				act.id,
				cstr(act.at.date()),
				book_difference=short,
			)

	def _close_declined(self, act: script.CloseDeclined) -> None:
		with acting_as(act.by or first(roles.ADVISOR)):
			declined.close(self.declined[act.declined_id], "Done Elsewhere", act.note)

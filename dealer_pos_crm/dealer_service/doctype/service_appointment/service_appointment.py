import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_service.appointments import checks, declined_rows, load, steps
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.appointment import FROZEN_WHEN_BOOKED, FROZEN_WHEN_OVER, OPEN, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# What its steps write, never a form or a file.
_OF_ITS_STEPS = (
	"status",
	"rescheduled_from",
	"rescheduled_to",
	"repair_order",
	"booked_by",
	"confirmed_at",
	"confirmed_how",
	"arrived_at",
	"missed_at",
	"cancelled_at",
	"cancel_reason",
	"client_key",
)


class ServiceAppointment(Document):
	def validate(self):
		settings_of(self.company)
		if self.is_new():
			self.begin()
		else:
			self.keep_steps()
		with explained():
			checks.set_end(self)
			if self.is_new():
				checks.check_start(self)
				checks.check_customer(self)
			else:
				self.check_frozen()
			if self.is_new() or self.has_value_changed("team"):
				checks.check_team(self)
			if self.is_new() or self.has_value_changed("advisor"):
				checks.check_advisor(self)
			if Status(self.status) in OPEN:
				checks.fill_jobs(self)
				if self.is_new() or self.has_value_changed("vehicle") or self.has_value_changed("duration"):
					checks.check_vehicle_is_free(self)

	def after_insert(self):
		steps.step(self, "appointment.booked", _("Appointment booked for {0}: {1}"))
		declined_rows.book(self, self.jobs)
		self.tell_remarks()

	def on_update(self):
		before = self.get_doc_before_save()
		if before:
			declined_rows.follow_changes(self, before)

	def on_trash(self):
		frappe.throw(_("{0} stays on file. Cancel it instead, with a reason").format(self.name))

	def begin(self):
		"""Whatever a form or a file says: an appointment begins as Booked, by whoever books it."""
		kept = {
			"client_key": self.client_key if self.flags.told_by_caller else None,
			"rescheduled_from": self.flags.rescheduled_from,
		}
		self.update(dict.fromkeys(_OF_ITS_STEPS))
		self.update(kept)
		self.status = Status.BOOKED.value
		self.booked_by = frappe.session.user
		if self.customer:
			self.customer_name = frappe.db.get_value("Customer", self.customer, "customer_name")
		if not self.advisor:
			self.advisor = self.usual_advisor()

	def usual_advisor(self) -> str | None:
		"""The customer's own advisor while they work here, else the one who books."""
		own = frappe.db.get_value("Customer", self.customer, "dealer_service_owner")
		if own and frappe.get_cached_value("User", own, "enabled"):
			return own
		return frappe.session.user if roles.ADVISOR in frappe.get_roles() else None

	def keep_steps(self):
		before = self.get_doc_before_save()
		if before:
			self.update({field: before.get(field) for field in _OF_ITS_STEPS if field != "status"})

	def check_frozen(self):
		"""What was booked stays as it was booked; its steps, and a new appointment, change the rest."""
		before = self.get_doc_before_save()
		if not before:
			return
		if self.status != before.status:
			raise Refused(
				"status", marked("{0} becomes {1} by its buttons, not by hand"), self.name, self.status
			)
		if get_datetime(self.starts_at) != get_datetime(before.starts_at):
			raise Refused(
				"frozen_time",
				marked(
					"{0} is booked for {1}. Use Reschedule: the old time stays on file, and reminders follow"
				),
				self.name,
				steps.clock_text(before.starts_at),
			)
		over = Status(before.status) not in OPEN
		fields = (*FROZEN_WHEN_BOOKED, *(FROZEN_WHEN_OVER if over else ()))
		if before.vehicle and not over:
			fields = (*fields, "vehicle")
		for field in fields:
			if field != "starts_at" and (self.get(field) or before.get(field)) != (
				before.get(field) or self.get(field)
			):
				self.refuse_change(field, over)
		if over and declined_rows.shape(self.jobs) != declined_rows.shape(before.jobs):
			self.refuse_change("jobs", over)

	def refuse_change(self, field: str, over: bool):
		if over:
			raise Refused(
				"frozen",
				marked("{0} cannot be changed: {1} is {2}"),
				self.meta.get_label(field),
				self.name,
				self.status,
			)
		raise Refused(
			"frozen",
			marked("{0} of {1} cannot be changed. Cancel it and book another appointment"),
			self.meta.get_label(field),
			self.name,
		)

	def tell_remarks(self):
		"""From a form: what one should know. A screen of ours shows it itself."""
		if self.flags.told_by_caller or frappe.flags.in_import:
			return
		found = load.of_team(self.company, get_datetime(self.starts_at).date(), self.team)
		for text in checks.remarks(self, found):
			frappe.msgprint(text, indicator="orange", alert=True)

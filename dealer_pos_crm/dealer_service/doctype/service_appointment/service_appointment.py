import frappe
from frappe import _
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_crm.appointment import Appointment
from dealer_pos_crm.dealer_service.appointments import checks, declined_rows, load, steps
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.appointment import FROZEN_WHEN_BOOKED, FROZEN_WHEN_OVER, OPEN, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class ServiceAppointment(Appointment):
	own_steps = ("repair_order", "arrived_at")

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

	def begin(self):
		super().begin()
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

	def check_fields(self, before):
		over = Status(before.status) not in OPEN
		fields = (*FROZEN_WHEN_BOOKED, *(FROZEN_WHEN_OVER if over else ()))
		if before.vehicle and not over:
			fields = (*fields, "vehicle")
		for field in fields:
			if field != "starts_at" and (self.get(field) or before.get(field)) != (
				before.get(field) or self.get(field)
			):
				self.refuse_change(field)
		if over and declined_rows.shape(self.jobs) != declined_rows.shape(before.jobs):
			self.refuse_change("jobs")

	def refuse_change(self, field: str):
		if Status(self.status) not in OPEN:
			raise Refused(
				"frozen",
				marked("{0} cannot be changed: {1} is {2}"),
				self.meta.get_label(field),
				self.name,
				self.status,
			)
		super().refuse_change(field)

	def remarks(self):
		found = load.of_team(self.company, get_datetime(self.starts_at).date(), self.team)
		return checks.remarks(self, found)

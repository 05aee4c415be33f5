import frappe
from frappe.utils import flt, get_datetime, now_datetime

from dealer_pos_crm.dealer_crm.appointment import Appointment
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import business_hours, settings_of
from dealer_pos_crm.dealer_showroom.visits import appointments, person
from dealer_pos_crm.domain import appointment as times
from dealer_pos_crm.domain.showroom_appointment import FROZEN_WHEN_BOOKED, FROZEN_WHEN_OVER, OPEN, Status


class ShowroomAppointment(Appointment):
	own_steps = ("visit", "kept_at")

	def validate(self):
		settings_of(self.company)
		with explained():
			if self.is_new():
				self.begin()
			else:
				self.keep_steps()
				self.check_frozen()
			person.settle(self)
			self.set_end()
			if self.is_new():
				times.check_start(get_datetime(self.starts_at), now_datetime(), business_hours(self.company))
			if self.is_new() or self.has_value_changed("salesperson"):
				person.check_salesperson(self.salesperson)

	def after_insert(self):
		with explained():
			appointments.booked(self)
		self.tell_remarks()

	def begin(self):
		super().begin()
		if not self.deal and (self.customer or self.lead):
			self.deal = person.working_deal(self.customer, self.lead, self.company)
		self.salesperson = (
			self.salesperson
			or person.salesperson_of(self.customer, self.lead, self.deal)
			or frappe.session.user
		)
		self.contact_phone = self.contact_phone or person.phone_of(self.customer, self.lead)

	def set_end(self):
		minutes = times.minutes_of(flt(self.duration))
		self.ends_at = times.ends_at(get_datetime(self.starts_at), minutes, business_hours(self.company))

	def check_fields(self, before):
		over = Status(before.status) not in OPEN
		for field in (*FROZEN_WHEN_BOOKED, *(FROZEN_WHEN_OVER if over else ())):
			if field == "starts_at" or (field == "customer" and not before.customer):
				continue
			if (self.get(field) or None) != (before.get(field) or None):
				self.refuse_change(field)

	def remarks(self):
		return appointments.remarks(self)

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime, now_datetime

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import business_hours, settings_of
from dealer_pos_crm.dealer_setup.wording import clock_text
from dealer_pos_crm.dealer_showroom.visits import appointments, person
from dealer_pos_crm.domain import appointment as times
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.showroom_appointment import FROZEN_WHEN_BOOKED, FROZEN_WHEN_OVER, OPEN, Status

# What its steps write, never a form or a file.
_OF_ITS_STEPS = (
	"status", "rescheduled_from", "rescheduled_to", "visit", "booked_by", "confirmed_at", "confirmed_how",
	"kept_at", "missed_at", "cancelled_at", "cancel_reason", "client_key",
)  # fmt: skip


class ShowroomAppointment(Document):
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
				clock_text(before.starts_at),
			)
		over = Status(before.status) not in OPEN
		for field in (*FROZEN_WHEN_BOOKED, *(FROZEN_WHEN_OVER if over else ())):
			if field == "starts_at" or (field == "customer" and not before.customer):
				continue
			if (self.get(field) or None) != (before.get(field) or None):
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
		for text in appointments.remarks(self):
			frappe.msgprint(text, indicator="orange", alert=True)

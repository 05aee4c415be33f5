import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr

from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.visits import drives
from dealer_pos_crm.domain import test_drive as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

_FREE_TEXT = ("notes", "feedback", "dealer_plate", "override_reason", "cancel_reason")


class TestDrive(Document):
	def onload(self):
		self.set_onload("people", names_of([self.salesperson, self.override_by, self.licence_checked_by]))

	def validate(self):
		settings_of(self.company)
		with explained():
			self.licence_country = rules.check_country(self.licence_country)
			if self.is_new():
				drives.begin(self)
			else:
				self.check_frozen()
				self.keep_steps()
		self.mask_licence()

	def after_insert(self):
		with explained():
			drives.left(self)
		if not self.flags.of_the_floor:
			for text in drives.remarks(self):
				frappe.msgprint(text, indicator="orange", alert=True)

	def on_trash(self):
		frappe.throw(_("{0} stays on file. Cancel it instead, with a reason").format(self.name))

	def keep_steps(self):
		before = self.get_doc_before_save()
		if before and not self.flags.of_the_floor:
			self.update({field: before.get(field) for field in drives.OF_ITS_STEPS})

	def check_frozen(self):
		before = self.get_doc_before_save()
		for field in drives.FROZEN if before else ():
			if field == "customer" and not before.customer:
				continue  # the lead is a customer by now
			if cstr(self.get(field) or "") != cstr(before.get(field) or ""):
				raise Refused(
					"frozen",
					marked("{0} of {1} cannot be changed: it says what was checked and who drove"),
					self.meta.get_label(field),
					self.name,
				)

	def mask_licence(self):
		"""The number of a licence is never kept, wherever somebody writes it."""
		for field in _FREE_TEXT:
			text = cstr(self.get(field))
			masked = rules.mask_licence(text) if text else text
			if masked != text:
				self.set(field, masked)
				frappe.msgprint(
					_(
						"{0} held what looks like a licence number. It was taken out; such numbers are never kept"
					).format(self.meta.get_label(field)),
					indicator="orange",
					alert=True,
				)

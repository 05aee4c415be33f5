import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.visits import person, visit
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class ShowroomVisit(Document):
	def onload(self):
		self.set_onload("people", names_of([self.salesperson, self.greeted_by, self.turned_over_to]))

	def validate(self):
		settings_of(self.company)
		with explained():
			if self.is_new():
				visit.begin(self)
			else:
				self.check_frozen()
				person.settle(self)
				self.keep_steps()

	def after_insert(self):
		with explained():
			visit.made(self)

	def on_trash(self):
		frappe.throw(_("{0} stays on file: somebody was here").format(self.name))

	def keep_steps(self):
		before = self.get_doc_before_save()
		if before and not self.flags.of_the_floor:
			self.update({field: before.get(field) for field in visit.OF_ITS_STEPS})

	def check_frozen(self):
		before = self.get_doc_before_save()
		for field in visit.FROZEN if before else ():
			if field == "customer" and not before.customer:
				continue  # the lead is a customer by now
			if str(self.get(field) or "") != str(before.get(field) or ""):
				raise Refused(
					"frozen",
					marked("{0} of {1} cannot be changed: it says what happened"),
					self.meta.get_label(field),
					self.name,
				)

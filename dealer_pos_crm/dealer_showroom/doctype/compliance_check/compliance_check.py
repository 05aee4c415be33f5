import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.documents import compliance
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class ComplianceCheck(Document):
	def validate(self):
		with explained():
			if self.is_new():
				compliance.begin(self)
			elif not self.flags.of_its_steps:
				raise Refused(
					"append_only", marked("{0} says what was checked. Make a new check instead"), self.name
				)

	def after_insert(self):
		compliance.checked(self)

	def on_trash(self):
		frappe.throw(_("{0} stays on file for five years and longer").format(self.name))

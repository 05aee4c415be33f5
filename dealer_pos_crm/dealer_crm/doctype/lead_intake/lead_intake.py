import frappe
from frappe import _
from frappe.model.document import Document


class LeadIntake(Document):
	def validate(self):
		if not self.flags.of_the_house:
			frappe.throw(_("Messages come in by themselves. Retry, ignore or make the lead by hand instead"))

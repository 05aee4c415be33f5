import frappe
from frappe import _
from frappe.model.document import Document


class DeclinedService(Document):
	def validate(self):
		self.check_writer()

	def on_trash(self):
		frappe.throw(_("Declined work stays on file; close {0} with a reason instead").format(self.name))

	def check_writer(self):
		if not self.flags.of_the_lane:
			frappe.throw(_("Declined work follows from the answers on repair orders. Close it with a reason"))

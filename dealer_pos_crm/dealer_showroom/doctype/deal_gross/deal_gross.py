import frappe
from frappe import _
from frappe.model.document import Document


class DealGross(Document):
	def validate(self):
		if not self.flags.of_the_gross:
			frappe.throw(_("Gross follows from the deal and its costs; it is not written by hand"))

	def on_trash(self):
		frappe.throw(_("The gross of {0} stays on file").format(self.deal))

import frappe
from frappe import _
from frappe.model.document import Document


class CashierLog(Document):
	def validate(self):
		if not self.is_new():
			frappe.throw(_("A step of a payment is written once and never changed"))
		if not self.flags.of_the_house:
			frappe.throw(_("Steps of a payment follow from what happens with the money, not from a form"))

	def on_trash(self):
		frappe.throw(_("Steps of {0} stay on file").format(self.reference_name or self.name))

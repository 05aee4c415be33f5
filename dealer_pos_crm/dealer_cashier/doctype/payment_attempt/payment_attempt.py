import frappe
from frappe import _
from frappe.model.document import Document


class PaymentAttempt(Document):
	def validate(self):
		if not self.flags.of_the_house:
			frappe.throw(
				_("Calls to the card provider follow from what happens with the money, not from a form")
			)

	def on_trash(self):
		frappe.throw(_("Attempt {0} stays on file").format(self.name))

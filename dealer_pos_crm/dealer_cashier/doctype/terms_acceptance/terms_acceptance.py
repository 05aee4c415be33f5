import frappe
from frappe import _
from frappe.model.document import Document


class TermsAcceptance(Document):
	def validate(self):
		if not self.is_new():
			frappe.throw(_("What was accepted is written down once and never changed"))
		if not self.flags.of_the_house:
			frappe.throw(_("Terms are accepted by the customer on the pay page, not in a form"))

	def on_trash(self):
		frappe.throw(
			_("The acceptance of the terms of {0} stays on file").format(self.pay_request or self.name)
		)

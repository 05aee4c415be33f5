import frappe
from frappe import _
from frappe.model.document import Document


class CardPayment(Document):
	def validate(self):
		if not self.flags.of_the_house:
			frappe.throw(_("A card payment is what the provider says of it, not what a form says"))

	def on_trash(self):
		frappe.throw(_("Card payment {0} stays on file").format(self.name))

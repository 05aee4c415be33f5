import frappe
from frappe import _
from frappe.model.document import Document


class CardRefund(Document):
	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""Who asked, who decided and where the money is are written by what happens with it."""
		if not self.flags.of_the_house:
			frappe.throw(_("Refunds follow from what is done with a card payment, not from a form"))

	def on_trash(self):
		frappe.throw(_("{0} is part of the trail of {1} and stays").format(self.name, self.card_payment))

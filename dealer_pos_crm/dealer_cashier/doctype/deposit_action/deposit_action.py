import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.card_numbers import mask_fields


class DepositAction(Document):
	def validate(self):
		self.check_writer()
		mask_fields(self, ("reason", "decision_note", "reference_no"))

	def check_writer(self):
		"""Who asked and who decided is written by the actions of a deposit, by nobody else."""
		if not self.flags.of_the_deposit:
			frappe.throw(_("This is written by the actions of a deposit: {0}. Use them").format(self.deposit))

	def on_trash(self):
		frappe.throw(_("{0} is part of the trail of {1} and stays").format(self.name, self.deposit))

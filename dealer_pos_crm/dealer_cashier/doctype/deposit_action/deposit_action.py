import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.card_numbers import mask_fields


class DepositAction(Document):
	def validate(self):
		mask_fields(self, ("reason", "decision_note", "reference_no"))

	def on_trash(self):
		frappe.throw(_("{0} is part of the trail of {1} and stays").format(self.name, self.deposit))

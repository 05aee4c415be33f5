import frappe
from frappe import _
from frappe.model.document import Document


class GatewayPayoutLine(Document):
	def validate(self):
		if not self.flags.of_the_house:
			frappe.throw(_("Rows of a payout are the provider's. Settle them on the payout"))

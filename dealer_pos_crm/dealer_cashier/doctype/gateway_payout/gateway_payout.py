import frappe
from frappe import _
from frappe.model.document import Document


class GatewayPayout(Document):
	def on_trash(self):
		if self.journal_entry:
			frappe.throw(
				_("{0} is booked by {1} and stays on file").format(self.payout_id, self.journal_entry)
			)

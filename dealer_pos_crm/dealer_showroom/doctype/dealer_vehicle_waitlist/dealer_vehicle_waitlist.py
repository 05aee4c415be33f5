import frappe
from frappe import _
from frappe.model.document import Document


class DealerVehicleWaitlist(Document):
	def validate(self):
		self.check_once()

	def check_once(self):
		"""A customer waits once for a vehicle."""
		if self.status != "Waiting":
			return
		other = frappe.db.get_value(
			"Dealer Vehicle Waitlist",
			{
				"vehicle": self.vehicle,
				"customer": self.customer,
				"status": "Waiting",
				"name": ("!=", self.name or ""),
			},
			"name",
		)
		if other:
			frappe.throw(
				_("{0} already waits for this vehicle").format(frappe.bold(self.customer)),
				frappe.DuplicateEntryError,
			)

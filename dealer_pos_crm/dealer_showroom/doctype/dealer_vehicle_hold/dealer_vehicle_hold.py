import frappe
from frappe import _
from frappe.model.document import Document


class DealerVehicleHold(Document):
	def validate(self):
		if not self.flags.of_the_showroom:
			frappe.throw(_("A vehicle is held by a deposit, and released by what happens to it; not by hand"))

	def on_trash(self):
		frappe.throw(_("Holds of {0} stay on file").format(self.vehicle))

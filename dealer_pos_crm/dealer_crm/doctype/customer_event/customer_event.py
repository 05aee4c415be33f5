import frappe
from frappe import _
from frappe.model.document import Document


class CustomerEvent(Document):
	def validate(self):
		frappe.throw(_("Events are written by what happens, not by hand"))

	def on_trash(self):
		frappe.throw(_("What happened stays on the timeline. A reversal is an event of its own"))


def on_doctype_update():
	frappe.db.add_index("Customer Event", ["customer", "happened_at"], "customer_time")
	frappe.db.add_index("Customer Event", ["vehicle", "happened_at"], "vehicle_time")
	frappe.db.add_index("Customer Event", ["reference_doctype", "reference_name"], "reference")

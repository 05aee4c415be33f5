import frappe
from frappe import _
from frappe.model.document import Document


class RecallLookup(Document):
	def validate(self):
		frappe.throw(_("Lookups are made when a vehicle comes to the lane; use Try Again to ask anew"))

import frappe
from frappe import _
from frappe.model.document import Document


class CommissionEntry(Document):
	def validate(self):
		if not self.flags.of_the_commission:
			frappe.throw(
				_("Commissions follow from a delivered deal and its plan; they are not written by hand")
			)

	def on_trash(self):
		frappe.throw(_("Commission {0} stays on file; what was wrong is reversed").format(self.name))

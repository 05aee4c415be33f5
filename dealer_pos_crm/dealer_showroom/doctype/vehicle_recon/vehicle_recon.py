import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_showroom.recon import recon

# What a person writes in the form; all else follows from the acts on the steps.
BY_HAND = frozenset({"notes"})


class VehicleRecon(Document):
	def validate(self):
		if not self.flags.of_the_recon:
			self.keep_what_acts_write()

	def keep_what_acts_write(self):
		before = self.get_doc_before_save()
		if before is None:
			frappe.throw(_("A recon begins from its car: open the car and choose Start Recon"))
		for field in self.meta.fields:
			if field.fieldname not in BY_HAND and field.fieldtype not in frappe.model.no_value_fields:
				self.set(field.fieldname, before.get(field.fieldname))
		self.set("steps", before.steps)

	def on_trash(self):
		frappe.throw(_("The recon of {0} stays on file; cancel it instead").format(self.vehicle_title))

	def onload(self):
		self.set_onload("may_manage", recon.rights.has(recon.rights.MANAGING))

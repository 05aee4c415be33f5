import frappe
from frappe import _
from frappe.model.document import Document


class DepositMovement(Document):
	def validate(self):
		if not self.is_new():
			frappe.throw(_("A movement of a deposit is written once and never changed"))
		if not self.flags.of_the_ledger:
			frappe.throw(_("Movements of a deposit follow from its payments and are not written by hand"))

	def on_trash(self):
		frappe.throw(_("Movements of deposit {0} stay on file").format(self.deposit))

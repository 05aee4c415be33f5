import frappe
from frappe import _
from frappe.model.document import Document


class BankDeposit(Document):
	def validate(self):
		self.check_by_the_house()

	def on_trash(self):
		frappe.throw(_("{0} stays on file; cancel it with a reason instead").format(self.name))

	def check_by_the_house(self):
		"""What is on a slip is booked with it: nobody writes one by hand."""
		if not self.flags.of_the_house:
			frappe.throw(_("Choose Take to the Bank: the slip and its entry are made together"))

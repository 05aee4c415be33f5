import frappe
from frappe import _
from frappe.model.document import Document


class DepositAction(Document):
	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""Who asked and who decided is written by the actions of a deposit, by nobody else."""
		if not self.flags.of_the_deposit:
			frappe.throw(_("This is written by the actions of a deposit: {0}. Use them").format(self.deposit))

	def on_trash(self):
		frappe.throw(_("{0} is part of the trail of {1} and stays").format(self.name, self.deposit))

import frappe
from frappe import _
from frappe.model.document import Document


class CounterReceipt(Document):
	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""What was paid and how is written by collecting it, by nobody else."""
		if not self.flags.of_the_counter:
			frappe.throw(_("A receipt is written by collecting at the counter. Use Collect"))

	def on_trash(self):
		frappe.throw(_("{0} is part of the books of the counter and stays").format(self.name))

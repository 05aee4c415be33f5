import frappe
from frappe import _
from frappe.model.document import Document


class CounterRefund(Document):
	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""Who asked and who decided are written by what happens at the counter."""
		if not self.flags.of_the_house:
			frappe.throw(_("Refunds at the counter are asked for there, not on a form"))

	def on_trash(self):
		frappe.throw(_("{0} is part of the trail of {1} and stays").format(self.name, self.source_name))

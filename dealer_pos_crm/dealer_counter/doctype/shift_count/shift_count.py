import frappe
from frappe import _
from frappe.model.document import Document


class ShiftCount(Document):
	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""What was counted and who agreed is written by the steps of the shift, by nobody else."""
		if not self.flags.of_the_shift:
			frappe.throw(_("This is written by counting and closing a shift: use Close Shift at the counter"))

	def on_trash(self):
		frappe.throw(_("{0} is what was counted for {1} and stays").format(self.name, self.shift))

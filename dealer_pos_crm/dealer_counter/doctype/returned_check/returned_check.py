import frappe
from frappe import _
from frappe.model.document import Document


class ReturnedCheck(Document):
	def validate(self):
		self.check_by_the_house()

	def on_trash(self):
		frappe.throw(_("{0} stays on file").format(self.name))

	def check_by_the_house(self):
		"""What came back is booked with it: nobody writes one by hand."""
		if not self.flags.of_the_house:
			frappe.throw(_("Choose Check Came Back on the payment: what follows is booked together"))

import frappe
from frappe import _
from frappe.model.document import Document


class TechnicianClock(Document):
	def validate(self) -> None:
		self.only_the_clock_writes()

	def on_trash(self) -> None:
		if self.active_technician:
			frappe.throw(_("{0} is still clocked on here. Clock off first").format(self.technician))

	def only_the_clock_writes(self) -> None:
		"""Times are stamped, or corrected with a reason; nobody types them."""
		if not self.flags.of_the_clock:
			frappe.throw(
				_("Clock on and off on the page My Jobs. A manager corrects a clock there, with a reason")
			)

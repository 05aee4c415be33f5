import frappe
from frappe import _
from frappe.model.document import Document


class GatewayEvent(Document):
	"""A message of the card provider, as it was kept. Nobody writes it by hand."""

	def validate(self) -> None:
		if not self.flags.of_the_house:
			frappe.throw(_("Messages of the card provider are written as they come. Try one again instead"))

	def on_trash(self) -> None:
		frappe.throw(_("Messages of the card provider stay: they show what was told, and when"))

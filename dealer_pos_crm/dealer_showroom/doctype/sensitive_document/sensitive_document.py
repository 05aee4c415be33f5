import frappe
from frappe import _
from frappe.model.document import Document


class SensitiveDocument(Document):
	"""A paper of a deal that only F&I, managers and accounting may open: an ID, a credit application."""

	def validate(self):
		if not self.flags.of_the_checklist:
			frappe.throw(_("Documents come in by the checklist of their deal"))

	def on_trash(self):
		frappe.throw(_("{0} of {1} stays on file").format(self.document, self.deal))

import frappe
from frappe import _
from frappe.model.document import Document


class ApproverPIN(Document):
	"""That a manager has a PIN, and its wrong tries. The PIN itself is a hash in Frappe's own table."""

	def validate(self):
		self.check_writer()

	def check_writer(self):
		"""Nobody gives somebody else a PIN; whoever looks after the site may only take one away."""
		if self.flags.of_the_counter:
			return
		before = self.get_doc_before_save()
		if before and not self.enabled and self.user == before.user:
			self.update({field: before.get(field) for field in ("set_on", "last_used_on")})
			return
		frappe.throw(_("A PIN is set by its owner, with the own password: Counter PIN on the own user form"))

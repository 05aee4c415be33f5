import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_crm import follow_ups

# What a person may change on the form; the rest follows from what happens, or from the outcome.
_BY_HAND = frozenset({"owner_user", "priority", "outcome_note"})


class FollowUp(Document):
	def validate(self):
		self.check_changes()

	def on_update(self):
		self.hand_over()

	def on_trash(self):
		frappe.throw(_("A follow-up stays on file; end it with an outcome instead"))

	def check_changes(self):
		if self.flags.of_the_promise:
			return
		if self.is_new():
			frappe.throw(_("Follow-ups are opened by rules. Write a rule, or a ToDo"))
		before = self.get_doc_before_save()
		for field in self.meta.get_valid_columns():
			if field in _BY_HAND or not (self.get(field) or before.get(field)):
				continue
			if self.meta.get_field(field) and self.has_value_changed(field):
				frappe.throw(
					_("{0} of a follow-up is not changed by hand; end it with an outcome instead").format(
						_(self.meta.get_label(field))
					)
				)

	def hand_over(self):
		"""The task goes with the owner."""
		if self.status == "Open" and self.has_value_changed("owner_user"):
			follow_ups.reassign(self.name, self.owner_user)


def on_doctype_update():
	frappe.db.add_index("Follow Up", ["status", "opens_at"], "status_opens")
	frappe.db.add_index("Follow Up", ["owner_user", "status"], "owner_status")

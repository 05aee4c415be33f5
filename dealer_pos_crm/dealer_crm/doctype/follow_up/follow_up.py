import frappe
from frappe import _
from frappe.model.document import Document

from dealer_pos_crm.dealer_setup.card_numbers import mask_fields


class FollowUp(Document):
	def validate(self):
		mask_fields(self, ("outcome_note",))

	def on_trash(self):
		frappe.throw(_("A follow-up stays on file; end it with an outcome instead"))


def on_doctype_update():
	frappe.db.add_index("Follow Up", ["status", "opens_at"], "status_opens")
	frappe.db.add_index("Follow Up", ["owner_user", "status"], "owner_status")

"""ToDo: what a person does with the task of a follow-up in the ToDo list, the follow-up takes over."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_crm import follow_ups


def on_update(doc, method=None) -> None:
	if doc.reference_type != "Follow Up" or doc.flags.dealer_follow_up or doc.is_new():
		return
	follow_up = frappe.db.get_value(
		"Follow Up", {"todo": doc.name}, ["name", "status", "owner_user"], as_dict=True
	)
	if not follow_up or follow_up.status != "Open":
		return
	if doc.status == "Closed":
		follow_ups.finish(follow_up.name, "Other", _("Closed in the ToDo list"))
	elif doc.status == "Cancelled":
		follow_ups.reassign(follow_up.name, None)
	elif doc.allocated_to != follow_up.owner_user:
		frappe.db.set_value("Follow Up", follow_up.name, "owner_user", doc.allocated_to)

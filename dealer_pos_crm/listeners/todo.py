"""ToDo: what a person does with the task of a follow-up in the ToDo list, the follow-up takes over."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_crm import follow_ups


def on_update(doc, method=None) -> None:
	if doc.reference_type != "Follow Up" or doc.flags.dealer_follow_up or doc.is_new():
		return
	follow_up = _open_promise(doc.name)
	if not follow_up:
		return
	if doc.status == "Closed":
		follow_ups.finish(follow_up.name, "Other", _("Closed in the ToDo list"), by_task=True)
	elif doc.status == "Cancelled":
		follow_ups.reassign(follow_up.name, None)
	elif doc.allocated_to != follow_up.owner_user:
		frappe.db.set_value("Follow Up", follow_up.name, "owner_user", doc.allocated_to)


def on_trash(doc, method=None) -> None:
	"""A deleted task is like a cancelled one: nobody has the promise, and it waits for an owner."""
	if doc.reference_type != "Follow Up":
		return
	follow_up = _open_promise(doc.name)
	if follow_up:
		frappe.db.set_value("Follow Up", follow_up.name, {"owner_user": None, "todo": None})


def _open_promise(todo: str):
	row = frappe.db.get_value("Follow Up", {"todo": todo}, ["name", "status", "owner_user"], as_dict=True)
	return row if row and row.status == "Open" else None

"""Who has to look when a shift cannot be closed: one open task per document."""

import frappe
from frappe.utils import nowdate

from dealer_pos_crm.dealer_setup.roles import MANAGER
from dealer_pos_crm.dealer_setup.settings import manager_of

DEPARTMENT = "Accounting"


def tell(company: str, about: tuple[str, str], text: str) -> None:
	"""Put a task on the manager's list; while one about the document is open there is no second one."""
	if open_tasks(about):
		return
	frappe.get_doc(
		{
			"doctype": "ToDo",
			"allocated_to": person(company),
			"assigned_by": frappe.session.user if frappe.session.user != "Guest" else "Administrator",
			"reference_type": about[0],
			"reference_name": about[1],
			"description": frappe.utils.escape_html(text),
			"priority": "High",
			"date": nowdate(),
		}
	).insert(ignore_permissions=True)  # a task follows from what went wrong, whoever it went wrong for


def settled(about: tuple[str, str]) -> None:
	"""The matter is in order: nobody has to look any more."""
	for name in open_tasks(about):
		task = frappe.get_doc("ToDo", name)
		task.status = "Closed"
		task.save(ignore_permissions=True)  # as above


def open_tasks(about: tuple[str, str]) -> list[str]:
	return frappe.get_all(
		"ToDo",
		{"reference_type": about[0], "reference_name": about[1], "status": "Open"},
		pluck="name",
		order_by="creation",
	)


def person(company: str) -> str:
	"""The accounting manager, else whoever manages the house, else the administrator."""
	named = manager_of(company, DEPARTMENT)
	if named and frappe.db.get_value("User", named, "enabled"):
		return named
	rows = frappe.get_all(
		"Has Role", {"role": MANAGER, "parenttype": "User"}, pluck="parent", order_by="parent"
	)
	for user in rows:
		if user != "Administrator" and frappe.db.get_value("User", user, "enabled"):
			return user
	return "Administrator"

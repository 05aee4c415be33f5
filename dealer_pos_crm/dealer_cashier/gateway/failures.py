"""Who has to look when the gateway fails: one open task per document, for the person who is responsible."""

import frappe
from frappe.utils import escape_html, nowdate

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup.settings import is_dealership, manager_of

DEPARTMENT = "Accounting"


def tell(account, *, title: str, text: str, reference: tuple[str, str] | None = None) -> str:
	"""Put a task on the list of whoever is responsible for the account (its name or document).

	``reference``: what it is about, the account itself where there is nothing nearer. While a task about it
	is open there is no second one. Returns the ToDo. Part of the caller's transaction.
	"""
	name = account if isinstance(account, str) else account.name
	doctype, about = _about(name, reference)
	standing = _open(doctype, about)
	if standing:
		return standing[0]
	todo = frappe.get_doc(
		{
			"doctype": "ToDo",
			"allocated_to": person(name),
			"assigned_by": frappe.session.user if frappe.session.user != "Guest" else "Administrator",
			"reference_type": doctype,
			"reference_name": about,
			"description": f"<b>{escape_html(title)}</b><br>{escape_html(text)}",
			"priority": "High",
			"date": nowdate(),
		}
	)
	todo.insert(ignore_permissions=True)
	return todo.name


def settled(reference: tuple[str, str]) -> None:
	"""What a task was about is in order: nobody has to look any more."""
	for name in _open(*_about("", reference)):
		todo = frappe.get_doc("ToDo", name)
		todo.status = "Closed"
		todo.save(ignore_permissions=True)


def person(account: str) -> str:
	"""Who looks after an account: the one named there while able to log in, else the accounting manager."""
	responsible, company = frappe.db.get_value(accounts.DOCTYPE, account, ["responsible", "company"])
	manager = manager_of(company, DEPARTMENT) if is_dealership(company) else None
	for user in (responsible, manager):
		if user and frappe.db.get_value("User", user, "enabled"):
			return user
	return "Administrator"


def _about(account: str, reference: tuple[str, str] | None) -> tuple[str, str]:
	doctype, name = reference or (accounts.DOCTYPE, account)
	return doctype, str(name)


def _open(doctype: str, name: str) -> list[str]:
	return frappe.get_all(
		"ToDo",
		{"reference_type": doctype, "reference_name": name, "status": "Open"},
		pluck="name",
		order_by="creation",
	)

"""Notices to users of the desk: the bell at the top, with a link to what it is about."""

from collections.abc import Iterable
from typing import Any

import frappe


def notify(users: Iterable[str | None], subject: str, about: tuple[str, str] | Any) -> None:
	"""Tell each of these users once, in the caller's transaction. ``about``: a document, or its doctype and name.

	Disabled users and guests are left out. Whoever did it is told, too, unless the caller leaves them out.
	"""
	doctype, name = about if isinstance(about, tuple) else (about.doctype, about.name)
	for user in sorted({user for user in users if user and user != "Guest"}):
		if not frappe.get_cached_value("User", user, "enabled"):
			continue
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": user,
				"from_user": frappe.session.user,
				"subject": subject,
				"document_type": doctype,
				"document_name": name,
			}
		).insert(ignore_permissions=True)


def users_with(roles: Iterable[str], *, but: str | None = None) -> list[str]:
	"""Who has one of these roles, for a notice; without Administrator and ``but``, who knows it already."""
	users = frappe.get_all(
		"Has Role",
		filters={"role": ("in", sorted(roles)), "parenttype": "User"},
		pluck="parent",
		distinct=True,
		order_by="parent",
	)
	return [user for user in users if user not in ("Administrator", but)]

"""Whose shifts a person sees and works in: a cashier their own, who keeps the books and who manages all of them."""

from typing import Any

import frappe

from dealer_pos_crm.dealer_setup import roles

# Where the cashier of a shift stands in its documents.
_WHOSE = {"POS Opening Entry": "user", "POS Closing Entry": "user", "Shift Count": "cashier"}

# Roles that see every shift: ours, and those of ERPNext that have shifts without us.
_ALL_SHIFTS = frozenset(
	{
		roles.ACCOUNTANT,
		*roles.MANAGERS,
		"Accounts Manager",
		"Accounts User",
		"Sales Manager",
		"System Manager",
		"Administrator",
	}
)


def sees_all_shifts(user: str) -> bool:
	"""True as well for who has no role of the counter: what ERPNext gives them is not ours to narrow."""
	held = set(frappe.get_roles(user))
	return bool(held & _ALL_SHIFTS) or not held & roles.COUNTER_ONLY


def only_own(user: str | None = None, doctype: str | None = None) -> str:
	"""Condition for lists."""
	user = user or frappe.session.user
	if doctype not in _WHOSE or sees_all_shifts(user):
		return ""
	return f"`tab{doctype}`.`{_WHOSE[doctype]}` = {frappe.db.escape(user)}"


def is_own(doc: Any, ptype: str | None = None, user: str | None = None, **_more: Any) -> bool | None:
	"""Denies documents of other people's shifts; has no opinion otherwise."""
	user = user or frappe.session.user
	whose = doc.get(_WHOSE[doc.doctype])
	if not whose and doc.is_new():
		return None  # ERPNext has not filled it in yet
	return None if whose == user or sees_all_shifts(user) else False

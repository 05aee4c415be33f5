"""Everybody sees their own commissions; managers and accountants all."""

import frappe

from dealer_pos_crm.dealer_setup import roles

SEES_ALL = frozenset({roles.SALES_MANAGER, roles.MANAGER, roles.ACCOUNTANT, "System Manager"})


def sees_all(user: str | None = None) -> bool:
	return bool(SEES_ALL & set(frappe.get_roles(user or frappe.session.user)))


def only_own(user: str | None = None) -> str:
	"""Condition for lists of Commission Entry."""
	user = user or frappe.session.user
	return "" if sees_all(user) else f"`tabCommission Entry`.`user` = {frappe.db.escape(user)}"


def is_own(doc, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Whether a single entry may be seen; ``None`` leaves it to the roles."""
	user = user or frappe.session.user
	return None if sees_all(user) or doc.user == user else False

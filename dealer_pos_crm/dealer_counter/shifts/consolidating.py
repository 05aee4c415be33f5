"""ERPNext makes the invoices of a closing in the name of whoever closes. A cashier has that right for this alone."""

from typing import Any

import frappe

from dealer_pos_crm.dealer_setup import roles

_NOW = "dealer_consolidating"
_WRITING = frozenset({"create", "write", "submit"})


def begin(log: Any) -> None:
	"""ERPNext begins to put the sales of a closing together, here or in its background job."""
	frappe.flags[_NOW] = log.name


def end(log: Any) -> None:
	frappe.flags[_NOW] = None


def may_write(doc: Any, ptype: str | None = None, user: str | None = None, **_more: Any) -> bool | None:
	"""Denies a cashier every invoice but those of a closing; has no opinion on whom another role lets write."""
	if ptype not in _WRITING:
		return None
	held = set(frappe.get_roles(user or frappe.session.user))
	if roles.CASHIER not in held:
		return None
	others = held - {roles.CASHIER}
	if any(row.role in others and not row.permlevel and row.get(ptype) for row in doc.meta.permissions):
		return None
	return None if frappe.flags.get(_NOW) and frappe.utils.cint(doc.is_pos) else False

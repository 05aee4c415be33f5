"""Events that not everybody who reads a timeline may know of: an alert in a check of the buyer."""

import frappe

from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, FNI, MANAGER, SALES_MANAGER

TYPES = ("compliance.alerted", "compliance.cleared")
ENTITLED = frozenset({FNI, ACCOUNTANT, SALES_MANAGER, MANAGER, "System Manager"})
# Where an event's type stands in each doctype that keeps it.
_FIELDS = {"Customer Event": "event_type", "Showroom Log": "kind"}


def may_know(user: str | None = None) -> bool:
	"""Whether somebody may know of alerts."""
	user = user or frappe.session.user
	return user == "Administrator" or bool(ENTITLED & set(frappe.get_roles(user)))


def hidden(user: str | None = None) -> tuple[str, ...]:
	"""The types of events that somebody does not see."""
	return () if may_know(user) else TYPES


def of_events(user: str | None = None) -> str:
	"""Which events lists and reports show."""
	return _condition("Customer Event", user)


def of_log(user: str | None = None) -> str:
	"""Which steps of the showroom lists and reports show."""
	return _condition("Showroom Log", user)


def _condition(doctype: str, user: str | None) -> str:
	types = hidden(user)
	if not types:
		return ""
	escaped = ", ".join(frappe.db.escape(kind) for kind in types)
	return f"`tab{doctype}`.`{_FIELDS[doctype]}` not in ({escaped})"


def may_read(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Whether somebody may open this event or step."""
	return doc.get(_FIELDS[doc.doctype]) not in hidden(user)

"""Events that not everybody who reads a timeline may know of: an alert in a check of the buyer, cash that looks
split to avoid a report."""

import frappe

from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, FNI, MANAGER, SALES_MANAGER

TYPES = ("compliance.alerted", "compliance.cleared")
ENTITLED = frozenset({FNI, ACCOUNTANT, SALES_MANAGER, MANAGER, "System Manager"})
# Who takes the money must not know, or could warn the payer.
SPLIT = ("cash_report.pattern",)
TOLD_OF_SPLITS = frozenset({ACCOUNTANT, MANAGER, "System Manager"})
# Where an event's type stands in each doctype that keeps it.
_FIELDS = {"Cashier Log": "kind", "Customer Event": "event_type", "Showroom Log": "kind"}


def may_know(user: str | None = None) -> bool:
	"""Whether somebody may know of alerts."""
	user = user or frappe.session.user
	return _is_one_of(ENTITLED, user)


def _is_one_of(roles: frozenset[str], user: str) -> bool:
	return user == "Administrator" or bool(roles & set(frappe.get_roles(user)))


def hidden(user: str | None = None) -> tuple[str, ...]:
	"""The types of events that somebody does not see."""
	user = user or frappe.session.user
	return (*(() if may_know(user) else TYPES), *(() if _is_one_of(TOLD_OF_SPLITS, user) else SPLIT))


def of_events(user: str | None = None) -> str:
	"""Which events lists and reports show."""
	return _condition("Customer Event", user)


def of_log(user: str | None = None) -> str:
	"""Which steps of the showroom lists and reports show."""
	return _condition("Showroom Log", user)


def of_cashier_log(user: str | None = None) -> str:
	"""Which steps of the cashier's record lists and reports show."""
	return _condition("Cashier Log", user)


def _condition(doctype: str, user: str | None) -> str:
	types = hidden(user)
	if not types:
		return ""
	escaped = ", ".join(frappe.db.escape(kind) for kind in types)
	return f"`tab{doctype}`.`{_FIELDS[doctype]}` not in ({escaped})"


def may_read(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
	"""Whether somebody may open this event or step."""
	return doc.get(_FIELDS[doc.doctype]) not in hidden(user)

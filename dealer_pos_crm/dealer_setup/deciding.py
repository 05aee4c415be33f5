"""Who stands where while something is decided.

A manager may decide at the cashier's screen: the decision is the manager's, the drawer is the cashier's. What is
decided writes down how, and money moves out of the drawer it is moved out of.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import now_datetime

from dealer_pos_crm.domain.approval import How

_HOW = "dealer_decided_how"
_COUNTER = "dealer_counter_user"


def how() -> str:
	"""How the person who decides now showed who they are: the options of every field "Decided How"."""
	return frappe.flags.get(_HOW) or How.OWN_SCREEN.value


def decided(asked_by: str | None) -> dict:
	"""Who decides, when and how, for the row of what is decided. Who did it alone decided it nowhere else."""
	user = frappe.session.user
	return {
		"decided_by": user,
		"decided_at": now_datetime(),
		"decided_how": how() if asked_by and asked_by != user else None,
	}


def counter_user() -> str:
	"""Whose drawer money moves in and out of: the person's at the counter, whoever decides."""
	return frappe.flags.get(_COUNTER) or frappe.session.user


@contextmanager
def at_the_counter_of(user: str | None, decided_how: How | None = None) -> Iterator[None]:
	"""What is done in here is done at this person's counter, unless it is said already at whose."""
	before = frappe.flags.get(_HOW), frappe.flags.get(_COUNTER)
	frappe.flags[_HOW] = decided_how.value if decided_how else before[0]
	frappe.flags[_COUNTER] = before[1] or user
	try:
		yield
	finally:
		frappe.flags[_HOW], frappe.flags[_COUNTER] = before

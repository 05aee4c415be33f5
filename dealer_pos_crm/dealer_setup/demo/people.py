"""Who does what in the demo."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from dealer_pos_crm.rehearsal.summit_motors.people import STAFF


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def first(*wanted: str, but: str | None = None) -> str:
	"""The first of the staff who has one of these roles, in the order of the roles."""
	return next(
		person.email for role in wanted for person in STAFF if person.role == role and person.email != but
	)

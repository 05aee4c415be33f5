"""One person at a time with an appointment: a transaction of its own, its row locked, read fresh."""

from collections.abc import Callable
from functools import wraps

import frappe

from dealer_pos_crm.dealer_service.orders.order import action


def once(function: Callable[..., dict]) -> Callable[..., dict]:
	"""An action of the lane that carries a client key: the same request at the same instant is one.

	The unique key decides between the two; who comes second looks again and finds what is there.
	"""
	alone = action(function)

	@wraps(function)
	def again(*args, **kwargs) -> dict:
		messages, own = len(frappe.local.message_log), not frappe.db.transaction_writes
		try:
			return alone(*args, **kwargs)
		except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
			if not own:
				raise
			frappe.db.rollback()
			del frappe.local.message_log[messages:]
			return alone(*args, **kwargs)

	return again


def locked(name: str):
	"""The appointment as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc("Service Appointment", name, for_update=True)


def lock_vehicle(vehicle: str | None) -> None:
	"""Keep others from booking the same car, until the end of this transaction. After the appointment."""
	if vehicle:
		frappe.db.get_value("Dealer Vehicle", vehicle, "name", for_update=True)

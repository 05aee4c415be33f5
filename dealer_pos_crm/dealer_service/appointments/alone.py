"""One person at a time with an appointment: its row locked, read fresh."""

import frappe


def locked(name: str):
	"""The appointment as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc("Service Appointment", name, for_update=True)


def lock_vehicle(vehicle: str | None) -> None:
	"""Keep others from booking the same car, until the end of this transaction. After the appointment."""
	if vehicle:
		frappe.db.get_value("Dealer Vehicle", vehicle, "name", for_update=True)

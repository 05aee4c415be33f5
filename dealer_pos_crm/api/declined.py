"""Declined work, from the screens."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_service.declined import book
from dealer_pos_crm.dealer_service.maintenance.forecast import forecast
from dealer_pos_crm.dealer_service.recalls import lookup, table
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained


def _may(name: str) -> None:
	frappe.has_permission("Declined Service", "write", name, throw=True)


@frappe.whitelist()
def open_for(vehicle: str) -> list[dict]:
	"""Undone work of a vehicle, in the order in which to offer it."""
	frappe.has_permission("Declined Service", "read", throw=True)
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return book.open_for(vehicle)


@frappe.whitelist(methods=["POST"])
def close(declined_service: str, reason: str, note: str | None = None) -> list[str]:
	"""Done Elsewhere, Sold the Car, Opted Out or Entered by Mistake. Returns the names of all that it closed."""
	_may(declined_service)
	return _close(declined_service, reason, note)


@frappe.whitelist(methods=["POST"])
def reopen(declined_service: str, reason: str) -> None:
	"""Undo a closing that was wrong."""
	_may(declined_service)
	if len(reason.strip()) < 3:
		frappe.throw(_("Say in a few words why {0} is opened again").format(declined_service))
	_reopen(declined_service, reason)


@action
def _close(name: str, reason: str, note: str | None) -> list[str]:
	with explained():
		return book.close(name, reason, note)


@action
def _reopen(name: str, reason: str) -> None:
	with explained():
		book.reopen(name, reason)


@frappe.whitelist()
def service_of(vehicle: str) -> dict:
	"""For the vehicle's form: undone work, recalls with the state of their lookup, the next maintenance."""
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	frappe.has_permission("Declined Service", "read", throw=True)
	found = forecast(vehicle)
	return {
		"declined": book.open_for(vehicle),
		"recalls": table.open_for(vehicle),
		"lookup": lookup.state_of(vehicle),
		"next": {"service": found.service, "due": cstr(found.due), "basis": found.basis} if found else None,
	}

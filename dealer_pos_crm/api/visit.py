"""The showroom floor, from the screens: appointments, visits and test drives.

Times are naive, in the site's time zone; durations are hours, mileage is in miles.
"""

import frappe

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.visits import appointments, drives, finding, floor, visit

APPOINTMENT, VISIT, DRIVE = "Showroom Appointment", "Showroom Visit", "Test Drive"


def _may(doctype: str, name: str, right: str = "write") -> None:
	frappe.has_permission(doctype, right, name, throw=True)


# --- Appointments ----------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
def book(values: str | dict, client_key: str) -> dict:
	"""Book an appointment with a customer or a lead. ``values``: its fields."""
	frappe.has_permission(APPOINTMENT, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in appointments.BOOKABLE}
	return appointments.book(client_key, **wanted)


@frappe.whitelist(methods=["POST"])
def confirm(appointment: str, how: str) -> dict:
	"""They said that they will come: by Phone, Text, E-mail or In Person."""
	_may(APPOINTMENT, appointment)
	return appointments.confirm(appointment, how)


@frappe.whitelist(methods=["POST"])
def keep(appointment: str) -> dict:
	"""They came."""
	_may(APPOINTMENT, appointment)
	return appointments.keep(appointment)


@frappe.whitelist(methods=["POST"])
def miss(appointment: str) -> dict:
	"""Nobody came, once the time has come."""
	_may(APPOINTMENT, appointment)
	return appointments.miss(appointment)


@frappe.whitelist(methods=["POST"])
def cancel(appointment: str, reason: str) -> dict:
	"""They will not come."""
	_may(APPOINTMENT, appointment)
	return appointments.cancel(appointment, reason)


@frappe.whitelist(methods=["POST"])
def reschedule(appointment: str, values: str | dict, client_key: str, reason: str | None = None) -> dict:
	"""Another time: a new appointment, chained to the old one. ``values``: starts_at and what else changes."""
	_may(APPOINTMENT, appointment)
	frappe.has_permission(APPOINTMENT, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in appointments.MOVABLE}
	return appointments.reschedule(appointment, client_key, reason, **wanted)


@frappe.whitelist()
def get_appointment(appointment: str) -> dict:
	"""What an appointment's form shows besides its fields."""
	_may(APPOINTMENT, appointment, "read")
	return floor.of_appointment(appointment)


@frappe.whitelist()
def get_remarks(values: str | dict) -> dict:
	"""What whoever books should know before they do: conflicts and the state of the car."""
	frappe.has_permission(APPOINTMENT, "read", throw=True)
	with explained():
		return floor.before_booking(frappe.parse_json(values))


@frappe.whitelist()
def get_events(
	start: str,
	end: str,
	filters: str | list | None = None,
	doctype: str | None = None,
	field_map: str | dict | None = None,
	fields: str | list | None = None,
) -> list[dict]:
	"""Appointments for Frappe's calendar view, which sends the last three as well."""
	frappe.has_permission(APPOINTMENT, "read", throw=True)
	return floor.calendar(start, end, frappe.parse_json(filters or []))


# --- Visits ----------------------------------------------------------------------------------------------


@frappe.whitelist()
def find(text: str, company: str) -> list[dict]:
	"""Customers and leads by a part of their name or phone."""
	frappe.has_permission(VISIT, "read", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	return finding.find(text, company)


@frappe.whitelist(methods=["POST"])
def start(
	company: str,
	client_key: str,
	customer: str | None = None,
	lead: str | None = None,
	name: str | None = None,
	phone: str | None = None,
	email: str | None = None,
	appointment: str | None = None,
	vehicle: str | None = None,
	what: str | None = None,
	salesperson: str | None = None,
	deal: str | None = None,
	notes: str | None = None,
	by_phone: bool = False,
) -> dict:
	"""Somebody is here. Whoever nobody knows becomes a walk-in lead."""
	frappe.has_permission(VISIT, "create", throw=True)
	for doctype, about in (("Customer", customer), ("Lead", lead), ("Deal Jacket", deal)):
		if about:
			frappe.has_permission(doctype, "read", about, throw=True)
	if appointment:
		_may(APPOINTMENT, appointment)
	if not (customer or lead or appointment or deal):
		frappe.has_permission("Lead", "create", throw=True)
	return visit.start(
		company=company,
		client_key=client_key,
		customer=customer,
		lead=lead,
		name=name,
		phone=phone,
		email=email,
		appointment=appointment,
		vehicle=vehicle,
		what=what,
		salesperson=salesperson,
		deal=deal,
		notes=notes,
		by_phone=by_phone,
	)


@frappe.whitelist(methods=["POST"])
def end(
	visit_name: str,
	outcome: str,
	next_step: str | None = None,
	turned_over_to: str | None = None,
	notes: str | None = None,
) -> dict:
	"""They leave: how it ended, and what was agreed."""
	_may(VISIT, visit_name)
	return visit.end(visit_name, outcome, next_step=next_step, turned_over_to=turned_over_to, notes=notes)


@frappe.whitelist(methods=["POST"])
def turn_over(visit_name: str, to: str) -> dict:
	"""A manager takes over for a while."""
	_may(VISIT, visit_name)
	return visit.turn_over(visit_name, to)


@frappe.whitelist(methods=["POST"])
def show_car(
	visit_name: str, vehicle: str | None = None, what: str | None = None, interest: str | None = None
) -> dict:
	"""A car was shown."""
	_may(VISIT, visit_name)
	return visit.show_car(visit_name, vehicle=vehicle, what=what, interest=interest)


@frappe.whitelist()
def get_floor(company: str) -> dict:
	"""Who is in the showroom now, which cars are out, and today's ups."""
	frappe.has_permission(VISIT, "read", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	return floor.now(company)


# --- Test drives -----------------------------------------------------------------------------------------


@frappe.whitelist(methods=["POST"])
def take_drive(values: str | dict, client_key: str, override_reason: str | None = None) -> dict:
	"""A car leaves on a test drive. ``values``: its fields."""
	frappe.has_permission(DRIVE, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in drives.VALUES}
	return drives.take(client_key=client_key, override_reason=override_reason, **wanted)


@frappe.whitelist(methods=["POST"])
def bring_back(drive: str, mileage_in: int, feedback: str | None = None, notes: str | None = None) -> dict:
	"""The car is back."""
	_may(DRIVE, drive)
	return drives.back(drive, mileage_in, feedback=feedback, notes=notes)


@frappe.whitelist(methods=["POST"])
def cancel_drive(drive: str, reason: str) -> dict:
	"""The drive did not take place."""
	_may(DRIVE, drive)
	return drives.cancel(drive, reason)

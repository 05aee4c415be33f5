"""Service appointments, from the screens. Times are naive, in the site's time zone; durations are hours."""

import frappe

from dealer_pos_crm.dealer_service.appointments import board, book, context, load, view
from dealer_pos_crm.dealer_setup.refusals import explained

DOCTYPE = "Service Appointment"


def _may(appointment: str, right: str = "write") -> None:
	frappe.has_permission(DOCTYPE, right, appointment, throw=True)


@frappe.whitelist(methods=["POST"])
def create(values: str | dict, client_key: str, jobs: str | list | None = None) -> dict:
	"""Book an appointment. ``jobs``: [{service_name, labor_operation, hours, price, declined_service}]."""
	frappe.has_permission(DOCTYPE, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in book.BOOKABLE}
	return book.book(client_key, frappe.parse_json(jobs or []), **wanted)


@frappe.whitelist(methods=["POST"])
def confirm(appointment: str, how: str) -> dict:
	"""The customer said that they will come: by Phone, Text, E-mail, In Person or Portal."""
	_may(appointment)
	return book.confirm(appointment, how)


@frappe.whitelist(methods=["POST"])
def arrive(appointment: str) -> dict:
	"""The customer is here."""
	_may(appointment)
	return book.arrive(appointment)


@frappe.whitelist(methods=["POST"])
def miss(appointment: str) -> dict:
	"""Nobody came, once the time has come."""
	_may(appointment)
	return book.miss(appointment)


@frappe.whitelist(methods=["POST"])
def cancel(appointment: str, reason: str) -> dict:
	"""The customer will not come."""
	_may(appointment)
	return book.cancel(appointment, reason)


@frappe.whitelist(methods=["POST"])
def reschedule(appointment: str, values: str | dict, client_key: str, reason: str | None = None) -> dict:
	"""Another time: a new appointment, chained to the old one. ``values``: starts_at, duration, team, advisor."""
	_may(appointment)
	frappe.has_permission(DOCTYPE, "create", throw=True)
	wanted = {key: value for key, value in frappe.parse_json(values).items() if key in book.MOVABLE}
	return book.reschedule(appointment, client_key, reason, **wanted)


@frappe.whitelist(methods=["POST"])
def assign(appointment: str, team: str | None = None, advisor: str | None = None) -> dict:
	"""Another team or advisor at the same time. An empty text takes the one that is named off."""
	_may(appointment)
	return book.assign(appointment, team, advisor)


@frappe.whitelist()
def get_overview(appointment: str) -> dict:
	"""All an appointment's form shows besides its fields."""
	_may(appointment, "read")
	return view.of(appointment)


@frappe.whitelist()
def get_context(
	customer: str | None = None,
	vehicle: str | None = None,
	company: str | None = None,
	day: str | None = None,
	besides: str | None = None,
) -> dict:
	"""What whoever books should know of a customer and a car, and the load of the week around a day."""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	for doctype, name in (("Customer", customer), ("Dealer Vehicle", vehicle), ("Company", company)):
		if name:
			frappe.has_permission(doctype, "read", name, throw=True)
	with explained():
		return context.context(customer, vehicle, company=company, day=day, besides=besides)


@frappe.whitelist()
def get_load(company: str, day: str) -> dict:
	"""Hours booked against hours there are, by team, for the week around a day."""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	with explained():
		return load.week(company, day)


@frappe.whitelist()
def get_board(company: str, day: str, known: str | None = None) -> dict:
	"""The day board. ``known``: the state of an earlier answer; nothing comes again when nothing has changed."""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	frappe.has_permission("Company", "read", company, throw=True)
	with explained():
		return board.day(company, day, known)


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
	frappe.has_permission(DOCTYPE, "read", throw=True)
	return board.calendar(start, end, frappe.parse_json(filters or []))

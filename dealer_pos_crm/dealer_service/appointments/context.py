"""What whoever books should know of a customer and a car: what was declined, what is owed, when they came."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_crm import customer_view
from dealer_pos_crm.dealer_service.appointments import checks, load
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.domain.appointment import COUNTED

PAGE = 20
_APPOINTMENT = (
	"name",
	"status",
	"starts_at",
	"vehicle",
	"vehicle_title",
	"advisor",
	"team",
	"concern",
)


def context(
	customer: str | None = None,
	vehicle: str | None = None,
	*,
	company: str | None = None,
	day: str | None = None,
	besides: str | None = None,
) -> dict:
	"""Open declined work, balance, deposits, last visit, preferred contact, other appointments, and the load.

	What the user has no right to see is left out (None). ``besides``: the appointment that is looked at.
	Amounts in major units of the row's currency.
	"""
	may = {
		"see_money": bool(frappe.has_permission("Deposit", "read")),
		"see_orders": bool(frappe.has_permission("Repair Order", "read")),
		"see_declined": bool(frappe.has_permission("Declined Service", "read")),
	}
	appointments = _appointments(customer, vehicle, besides)
	found = {
		"may": may,
		"customer": _customer(customer),
		"vehicle": _vehicle(vehicle),
		"vehicles": _garage(customer) if customer and not vehicle else [],
		"money": _money(customer, company) if customer and may["see_money"] else None,
		"declined": _declined(vehicle) if vehicle and may["see_declined"] else None,
		"last_visit": _last_visit(customer, vehicle) if may["see_orders"] else None,
		"appointments": appointments,
		"more_appointments": len(appointments) >= PAGE,
		"remarks": _remarks(customer, vehicle),
		"load": load.week(company, day) if company and day else None,
	}
	found["people"] = names_of(
		in_rows([*appointments, *([found["last_visit"]] if found["last_visit"] else [])], "advisor")
	)
	return found


def _customer(name: str | None) -> dict | None:
	if not name:
		return None
	fields = ["customer_name", "mobile_no", "email_id", "disabled", "dealer_service_owner"]
	found = frappe.db.get_value("Customer", name, fields, as_dict=True) or frappe._dict()
	found["contact_by"] = _last_said(name, "contact_by")
	found["contact_phone"] = found.get("mobile_no") or _last_said(name, "contact_phone")
	return found


def _last_said(customer: str, field: str) -> str | None:
	"""What the customer preferred the last time somebody wrote it down."""
	return frappe.db.get_value(
		"Service Appointment",
		{"customer": customer, field: ("is", "set")},
		field,
		order_by="starts_at desc",
	)


def _vehicle(name: str | None) -> dict | None:
	if not name:
		return None
	fields = ["name", "title", "plate", "mileage", "status", "customer"]
	return frappe.db.get_value("Dealer Vehicle", name, fields, as_dict=True)


def _garage(customer: str) -> list[dict]:
	"""The customer's own cars, the one that was here last first."""
	return frappe.get_list(
		"Dealer Vehicle",
		{"customer": customer},
		["name", "title"],
		order_by="modified desc",
		limit=PAGE,
	)


def _money(customer: str, company: str | None) -> list[dict]:
	"""Owed, held and free credit, from the payment ledger; the booking company first."""
	rows = customer_view.money(customer)
	return sorted(rows, key=lambda row: (row["company"] != company, row["company"]))


def _declined(vehicle: str) -> list[dict]:
	from dealer_pos_crm.dealer_service.declined import book as declined

	return declined.open_for(vehicle)


def _last_visit(customer: str | None, vehicle: str | None) -> dict | None:
	"""The latest repair order that was not cancelled: of this car, else of this customer."""
	by = {"vehicle": vehicle} if vehicle else {"customer": customer}
	if not any(by.values()):
		return None
	rows = frappe.get_all(
		"Repair Order",
		{**by, "status": ("!=", "Cancelled")},
		[
			"name",
			"opened_at",
			"status",
			"mileage_in",
			"advisor",
			"concern",
			"next_service",
			"next_service_on",
		],
		order_by="opened_at desc, name desc",
		limit=1,
	)
	if not rows:
		return None
	rows[0].mileage_in = cint(rows[0].mileage_in)
	return rows[0]


def _appointments(customer: str | None, vehicle: str | None, besides: str | None) -> list[dict]:
	"""What is booked already for the customer or the car, the soonest first."""
	either = {field: value for field, value in (("customer", customer), ("vehicle", vehicle)) if value}
	if not either:
		return []
	return frappe.get_all(
		"Service Appointment",
		filters={
			"status": ("in", [status.value for status in COUNTED]),
			"repair_order": ("is", "not set"),
			"name": ("!=", besides or ""),
		},
		or_filters=either,
		fields=list(_APPOINTMENT),
		order_by="starts_at, name",
		limit=PAGE,
	)


def _remarks(customer: str | None, vehicle: str | None) -> list[str]:
	if not (customer and vehicle):
		return []
	name = frappe.db.get_value("Customer", customer, "customer_name")
	return checks.remarks(frappe._dict(customer=customer, customer_name=name, vehicle=vehicle))

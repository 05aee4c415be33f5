"""What must hold when an appointment is booked or changed, whoever writes it: a screen, a form or a file."""

import frappe
from frappe import _
from frappe.utils import cstr, flt, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_service.appointments import alone, steps
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain import appointment as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def set_end(doc) -> None:
	"""When the work would be finished, in opening hours. Refused for a wrong duration."""
	minutes = rules.minutes_of(flt(doc.duration))
	doc.ends_at = rules.ends_at(get_datetime(doc.starts_at), minutes, business_hours(doc.company))


def check_start(doc) -> None:
	rules.check_start(get_datetime(doc.starts_at), now_datetime(), business_hours(doc.company))


def check_customer(doc) -> None:
	if frappe.db.get_value("Customer", doc.customer, "disabled"):
		raise Refused(
			"customer_disabled",
			marked("{0} is disabled. Enable the customer, or choose another one"),
			doc.customer_name or doc.customer,
		)


def check_team(doc) -> None:
	if not doc.team:
		return
	team = frappe.get_cached_value("Service Team", doc.team, ["enabled", "company"], as_dict=True)
	if not team.enabled:
		raise Refused("team", marked("Team {0} is not at work any more. Choose another one"), doc.team)
	if team.company != doc.company:
		raise Refused(
			"team",
			marked("Team {0} works for {1}. Choose a team of {2}"),
			doc.team,
			team.company,
			doc.company,
		)


def check_advisor(doc) -> None:
	if doc.advisor and not frappe.get_cached_value("User", doc.advisor, "enabled"):
		raise Refused(
			"advisor", marked("{0} does not work here any more. Choose another advisor"), doc.advisor
		)


def check_vehicle_is_free(doc) -> None:
	"""A car cannot be expected twice at one time. Two who book it at the same instant wait for each other."""
	if not doc.vehicle:
		return
	alone.lock_vehicle(doc.vehicle)
	rows = frappe.db.sql(
		"""select name, starts_at, ends_at from `tabService Appointment`
		where vehicle = %s and name != %s and status in %s order by starts_at lock in share mode""",
		(doc.vehicle, doc.name or "", tuple(status.value for status in rules.OPEN)),
		as_dict=True,
	)
	stay = (get_datetime(doc.starts_at), get_datetime(doc.ends_at))
	for row in rows:
		if rules.overlaps(stay, (row.starts_at, row.ends_at)):
			raise Refused(
				"vehicle_booked",
				marked("{0} is already expected then: {1}, {2}. Reschedule that appointment instead"),
				doc.vehicle_title or doc.vehicle,
				get_link_to_form(steps.DOCTYPE, row.name),
				steps.clock_text(row.starts_at),
			)


def fill_jobs(doc) -> None:
	"""Names, hours and prices that the op code or the declined work knows; and only work of this car."""
	currency = frappe.get_cached_value("Company", doc.company, "default_currency")
	seen: set[str] = set()
	for row in doc.jobs:
		row.currency = currency
		if row.declined_service:
			_fill_declined(doc, row, seen)
		if row.labor_operation and not (row.service_name and row.hours):
			found = frappe.get_cached_value(
				"Labor Operation", row.labor_operation, ["service_name", "hours"], as_dict=True
			)
			row.service_name = row.service_name or found.service_name
			row.hours = row.hours or found.hours
		if flt(row.hours) < 0 or flt(row.price) < 0:
			raise Refused(
				"job",
				marked("Job {0} ({1}): hours and price cannot be negative"),
				row.idx,
				cstr(row.service_name),
			)


def _fill_declined(doc, row, seen: set[str]) -> None:
	if row.declined_service in seen:
		raise Refused(
			"declined_twice", marked("{0} is booked twice in this appointment"), row.declined_service
		)
	seen.add(row.declined_service)
	found = frappe.db.get_value(
		"Declined Service",
		row.declined_service,
		["vehicle", "service_name", "labor_operation", "price", "status", "booked_appointment"],
		as_dict=True,
	)
	if not found:
		return  # the check of links says that it is not there
	if found.vehicle != doc.vehicle:
		raise Refused(
			"declined_vehicle",
			marked("{0} ({1}) was declined for another vehicle; it cannot be booked for this one"),
			found.service_name,
			row.declined_service,
		)
	if row.is_new() or row.get("__islocal"):
		if found.status not in ("Open", "Booked"):
			raise Refused(
				"declined_closed",
				marked("{0} ({1}) is {2}; there is nothing left to book"),
				found.service_name,
				row.declined_service,
				found.status,
			)
		other = found.booked_appointment if found.status == "Booked" else None
		if other and other != doc.name and other != doc.rescheduled_from:
			raise Refused(
				"declined_booked",
				marked("{0} is booked already, in {1}"),
				found.service_name,
				get_link_to_form(steps.DOCTYPE, other),
			)
	row.service_name = row.service_name or found.service_name
	row.labor_operation = row.labor_operation or found.labor_operation
	row.price = row.price or found.price


def remarks(doc, load: dict | None = None) -> list[str]:
	"""What whoever books should know, although it keeps nobody from booking. Translated."""
	said = [_owner_remark(doc)]
	if load and load["overbooked"]:
		said.append(
			_("{0} is overbooked on that day: {1} of {2} hours").format(
				load["team"], f"{load['booked']:g}", f"{load['capacity']:g}"
			)
		)
	return [text for text in said if text]


def _owner_remark(doc) -> str | None:
	"""The car belongs to somebody else by now: it was sold between two visits, or never was this customer's."""
	if not doc.vehicle:
		return None
	car = frappe.db.get_value("Dealer Vehicle", doc.vehicle, ["customer", "status", "title"], as_dict=True)
	if not car or car.customer == doc.customer:
		return None
	if car.customer:
		owner = frappe.db.get_value("Customer", car.customer, "customer_name") or car.customer
		return _("{0} belongs to {1} by our records, not to {2}. Ask who pays, and correct the owner").format(
			car.title, frappe.bold(owner), doc.customer_name or doc.customer
		)
	if car.status in ("In Recon", "Front-line Ready", "On Hold"):
		return _("{0} is in our own stock ({1})").format(car.title, _(car.status))
	return None

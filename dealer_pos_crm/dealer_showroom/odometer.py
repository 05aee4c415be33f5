"""What a car's odometer showed, when, and where that was read: kept with the car."""

from datetime import date

import frappe
from frappe.utils import cint, cstr, getdate

from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain import vehicle as rules


def write(
	vehicle_name: str,
	source: str,
	mileage: int,
	*,
	on: date | str | None = None,
	explanation: str = "",
	title: str | None = None,
) -> None:
	"""Keep a reading with its vehicle; a second reading of the same source corrects the first.

	Refused (``mileage_lower``) when an earlier reading is higher and nothing explains it.
	"""
	holds.lock(vehicle_name)
	vehicle = frappe.get_doc("Dealer Vehicle", vehicle_name, for_update=True)
	row = next((row for row in vehicle.readings if row.source == source), None)
	if row is None:
		row = vehicle.append("readings", {"source": source, "read_on": getdate(on)})
	row.mileage, row.explanation = cint(mileage), explanation
	readings = [
		rules.Reading(getdate(reading.read_on), cint(reading.mileage), reading.explanation or "")
		for reading in vehicle.readings
	]
	rules.check_readings(readings, cstr(title or vehicle.title or vehicle_name))
	if row.is_new():
		row.db_insert()
	else:
		row.db_update()
	last = rules.latest(readings)
	if last and last.mileage != cint(vehicle.mileage):
		frappe.db.set_value("Dealer Vehicle", vehicle.name, "mileage", last.mileage)
	frappe.clear_document_cache("Dealer Vehicle", vehicle.name)


def last_of(vehicle: str) -> int:
	"""What the vehicle's odometer showed last; zero when nobody has read it."""
	return cint(frappe.db.get_value("Dealer Vehicle", vehicle, "mileage"))

"""The odometer on the way in and on the way out, kept with the vehicle."""

import frappe
from frappe.utils import cint, getdate

from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain import vehicle as rules

IN, OUT = "in", "out"


def write(order, way: str, mileage: int, *, explanation: str = "", on=None) -> None:
	"""Keep a reading of an order with its vehicle; a reading of the same order and way is corrected.

	Refused (``mileage_lower``) when an earlier reading is higher and nothing explains it.
	"""
	holds.lock(order.vehicle)
	source = f"{order.name} {way}"
	vehicle = frappe.get_doc("Dealer Vehicle", order.vehicle, for_update=True)
	row = next((row for row in vehicle.readings if row.source == source), None)
	if row is None:
		row = vehicle.append("readings", {"source": source, "read_on": getdate(on or order.opened_at)})
	row.mileage, row.explanation = cint(mileage), explanation
	readings = [
		rules.Reading(getdate(reading.read_on), cint(reading.mileage), reading.explanation or "")
		for reading in vehicle.readings
	]
	rules.check_readings(readings, order.vehicle_title or order.vehicle)
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

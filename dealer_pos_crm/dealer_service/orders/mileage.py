"""The odometer on the way in and on the way out, kept with the vehicle."""

from dealer_pos_crm.dealer_showroom import odometer
from dealer_pos_crm.dealer_showroom.odometer import last_of

IN, OUT = "in", "out"

__all__ = ("IN", "OUT", "last_of", "write")


def write(order, way: str, mileage: int, *, explanation: str = "", on=None) -> None:
	"""Keep a reading of an order with its vehicle; a reading of the same order and way is corrected.

	Refused (``mileage_lower``) when an earlier reading is higher and nothing explains it.
	"""
	odometer.write(
		order.vehicle,
		f"{order.name} {way}",
		mileage,
		on=on or order.opened_at,
		explanation=explanation,
		title=order.vehicle_title,
	)

"""The inspection templates that a new site starts with. A service manager edits them."""

import frappe
from frappe import _

from dealer_pos_crm.domain.refusal import _ as marked

MULTI_POINT = marked("Multi-Point Inspection")
QUICK = marked("Quick Check")

# template -> [(part of the car, points)], in the order in which a technician walks around the car.
TEMPLATES: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
	MULTI_POINT: (
		(
			marked("Inside"),
			(
				marked("Warning lamps and instruments"),
				marked("Horn"),
				marked("Seat belts"),
				marked("Parking brake"),
				marked("Heating and air conditioning"),
				marked("Cabin air filter"),
			),
		),
		(
			marked("Lights and Glass"),
			(
				marked("Headlamps"),
				marked("Brake, turn and tail lamps"),
				marked("Windshield and glass"),
				marked("Wiper blades"),
				marked("Washer fluid and spray"),
				marked("Mirrors"),
			),
		),
		(
			marked("Under the Hood"),
			(
				marked("Engine oil"),
				marked("Coolant"),
				marked("Brake fluid"),
				marked("Power steering fluid"),
				marked("Engine air filter"),
				marked("Belts"),
				marked("Hoses"),
				marked("Battery and terminals"),
			),
		),
		(
			marked("Tires"),
			(
				marked("Left front tire"),
				marked("Right front tire"),
				marked("Left rear tire"),
				marked("Right rear tire"),
				marked("Tire wear and alignment"),
				marked("Spare or repair kit"),
			),
		),
		(
			marked("Brakes"),
			(
				marked("Front brake pads and rotors"),
				marked("Rear brake pads and rotors"),
				marked("Brake lines and hoses"),
			),
		),
		(
			marked("Under the Vehicle"),
			(
				marked("Shocks and struts"),
				marked("Ball joints and tie rods"),
				marked("Axle boots and driveshaft"),
				marked("Exhaust system"),
				marked("Oil and fluid leaks"),
				marked("Transmission"),
			),
		),
	),
	QUICK: (
		(marked("Lights and Glass"), (marked("All lamps"), marked("Wiper blades"))),
		(marked("Under the Hood"), (marked("Fluid levels"), marked("Battery and terminals"))),
		(marked("Tires"), (marked("Tread and pressure"),)),
		(marked("Brakes"), (marked("Front brakes"), marked("Rear brakes"))),
		(marked("Under the Vehicle"), (marked("Leaks"), marked("Steering and suspension"))),
	),
}


def add() -> None:
	"""Add the templates that a site does not have. What a site has edited or switched off stays."""
	if frappe.db.count("Inspection Template"):
		return
	for name, sections in TEMPLATES.items():
		frappe.get_doc(
			{
				"doctype": "Inspection Template",
				"template_name": _(name),
				"enabled": 1,
				"is_default": int(name == MULTI_POINT),
				"points": [
					{"section": _(section), "point": _(point)}
					for section, points in sections
					for point in points
				],
			}
		).insert()

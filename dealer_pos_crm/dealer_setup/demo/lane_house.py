"""The service lane of the demo: op codes, inspection sheet, team, rates, who pays for warranty."""

import frappe

from dealer_pos_crm.dealer_setup import service_accounting
from dealer_pos_crm.rehearsal.summit_motors.operations import INSPECTION, OPERATIONS, RATES
from dealer_pos_crm.rehearsal.summit_motors.people import COMPANY, staff_of

TEAMS = {"Main shop": (16, "General repair and maintenance"), "Quick lane": (8, "Oil, tires, filters")}


def build(makes: set[str]) -> None:
	"""Everything that stands before the first appointment is booked. May run again."""
	service_accounting.set_up(COMPANY)
	for operation in OPERATIONS.values():
		_operation(operation)
	_template()
	_teams()
	_settings(makes)


def _operation(operation) -> None:
	if frappe.db.exists("Labor Operation", operation.op_code):
		return
	doc = frappe.get_doc(
		{
			"doctype": "Labor Operation",
			"op_code": operation.op_code,
			"service_name": operation.name,
			"category": operation.category,
			"hours": operation.tenths / 10,
			"is_maintenance": 1 if operation.every else 0,
			"interval_months": operation.every[0] if operation.every else 0,
			"interval_miles": operation.every[1] if operation.every else 0,
		}
	)
	if operation.parts:
		doc.append("parts", {"item": _kit(operation), "qty": 1})
	doc.insert()


def _kit(operation) -> str:
	"""The parts of a job as one item, priced as the customer sees it."""
	code = f"KIT-{operation.op_code}"
	if not frappe.db.exists("Item", code):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": code,
				"item_name": f"Parts for {operation.name.lower()}",
				"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name", order_by="lft"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
				"is_sales_item": 1,
				"standard_rate": float(operation.parts),
			}
		).insert()
	return code


def _template() -> None:
	if frappe.db.exists("Inspection Template", INSPECTION):
		return
	doc = frappe.get_doc({"doctype": "Inspection Template", "template_name": INSPECTION, "enabled": 1})
	for operation in sorted((one for one in OPERATIONS.values() if one.section), key=lambda one: one.section):
		doc.append(
			"points",
			{"section": operation.section, "point": operation.name, "labor_operation": operation.op_code},
		)
	doc.insert()


def _teams() -> None:
	technicians = [person.email for person in staff_of("Dealer Technician")]
	members = {"Main shop": technicians[:2], "Quick lane": technicians[2:]}
	for name, (hours, description) in TEAMS.items():
		if not frappe.db.exists("Service Team", name):
			frappe.get_doc(
				{
					"doctype": "Service Team",
					"team_name": name,
					"company": COMPANY,
					"capacity_hours": hours,
					"description": description,
					"members": [{"technician": user} for user in members[name]],
				}
			).insert()


def _settings(makes: set[str]) -> None:
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	settings.update({f"labor_rate_{kind.lower()}": rate for kind, rate in RATES.items()})
	settings.inspection_template = INSPECTION
	known = {row.make for row in settings.manufacturers}
	for make in sorted(makes - known):
		settings.append("manufacturers", {"make": make, "customer": _manufacturer(make)})
	settings.save()


def _manufacturer(make: str) -> str:
	name = f"{make} Warranty"
	found = frappe.db.get_value("Customer", {"customer_name": name}, "name")
	if found:
		return found
	return (
		frappe.get_doc(
			{
				"doctype": "Customer",
				"customer_name": name,
				"customer_type": "Company",
				"customer_group": frappe.db.get_value(
					"Customer Group", {"is_group": 0}, "name", order_by="lft"
				),
				"territory": frappe.db.get_value("Territory", {"is_group": 0}, "name", order_by="lft"),
			}
		)
		.insert()
		.name
	)

"""Vehicles, from the screens."""

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.deposits import overview
from dealer_pos_crm.domain import vin as vins


@frappe.whitelist()
def get_state(vehicle: str) -> dict:
	"""Who holds a vehicle, until when, and who waits for it."""
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return {**(overview.vehicle_state(vehicle, None) or {}), "waiting": overview.waiting_for(vehicle)}


@frappe.whitelist()
def check_vin(vin: str, vehicle: str | None = None) -> dict:
	"""What is wrong with a VIN, what it hints at, and whether it is on file. ``vehicle``: the one being edited.

	Problems carry ``severity`` (Error or Warning) and ``message``; nothing is refused here.
	"""
	frappe.has_permission("Dealer Vehicle", "write", throw=True)
	found = vins.check(vin, latest_year=getdate().year + 2)
	return {
		"vin": found.vin,
		"problems": [
			{
				"severity": problem.severity.value,
				"code": problem.code,
				"message": _(problem.template).format(*problem.values),
			}
			for problem in found.problems
		],
		"year": found.year,
		"make": found.make,
		"country": found.country,
		"suggestion": found.suggestion,
		"on_file": frappe.db.get_value(
			"Dealer Vehicle",
			{"vin": found.vin, "name": ("!=", vehicle or "")},
			["name", "title"],
			as_dict=True,
		)
		if found.vin
		else None,
	}

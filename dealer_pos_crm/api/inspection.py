"""Inspection sheets, from the tablet. Every call that changes one answers with the sheet as it is then."""

import frappe

from dealer_pos_crm.dealer_service.inspections import sheet


def _may(inspection: str, right: str) -> None:
	frappe.has_permission("Vehicle Inspection", right, inspection, throw=True)


@frappe.whitelist(methods=["POST"])
def start(repair_order: str, template: str | None = None) -> str:
	"""The order's sheet in work, or a new one from a template (the usual one). Returns its name."""
	frappe.has_permission("Vehicle Inspection", "create", throw=True)
	frappe.has_permission("Repair Order", "read", repair_order, throw=True)
	return sheet.start(repair_order, template)


@frappe.whitelist()
def get(inspection: str) -> dict:
	_may(inspection, "read")
	return sheet.shown(frappe.get_doc("Vehicle Inspection", inspection))


@frappe.whitelist(methods=["POST"])
def rate(inspection: str, rows: str | list, result: str | None = None) -> dict:
	"""Give points Green, Yellow or Red; without a result it is taken away."""
	_may(inspection, "write")
	return sheet.rate(inspection, frappe.parse_json(rows), result)


@frappe.whitelist(methods=["POST"])
def others_green(inspection: str, section: str | None = None) -> dict:
	"""All points without a result are green; of one part of the car when named."""
	_may(inspection, "write")
	return sheet.others_green(inspection, section)


@frappe.whitelist(methods=["POST"])
def remark(inspection: str, row: str, note: str | None = None, photo: str | None = None) -> dict:
	"""A note or a photo (the address of an uploaded file; empty takes it away) on a point."""
	_may(inspection, "write")
	return sheet.remark(inspection, row, note, photo)


@frappe.whitelist(methods=["POST"])
def recommend(inspection: str, row: str, labor_operation: str | None = None) -> dict:
	"""Put a red or yellow point on the repair order as a job, once."""
	_may(inspection, "write")
	return sheet.recommend(inspection, row, labor_operation)


@frappe.whitelist(methods=["POST"])
def finish(inspection: str) -> dict:
	_may(inspection, "write")
	return sheet.finish(inspection)


@frappe.whitelist(methods=["POST"])
def reopen(inspection: str, reason: str) -> dict:
	_may(inspection, "write")
	return sheet.reopen(inspection, reason)

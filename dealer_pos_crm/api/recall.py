"""Recalls, from the screens."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_service.recalls import importing, lookup, table
from dealer_pos_crm.dealer_setup.refusals import explained

_LARGEST = 20_000_000


@frappe.whitelist()
def open_for(vehicle: str) -> dict:
	"""Campaigns that may concern a vehicle, and how far the lookup is. Reads tables only."""
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	frappe.has_permission("Vehicle Recall", "read", throw=True)
	return {"recalls": table.open_for(vehicle), "lookup": lookup.state_of(vehicle)}


@frappe.whitelist(methods=["POST"])
def settle(recall: str, status: str, repair_order: str | None = None, reason: str | None = None) -> None:
	"""Done (on a repair order, or said where), Not Applicable (said why), or Open again."""
	frappe.has_permission("Vehicle Recall", "write", recall, throw=True)
	with explained():
		table.settle(recall, status, order=repair_order, reason=reason)


@frappe.whitelist(methods=["POST"])
def ask(vehicle: str) -> str | None:
	"""Have a vehicle's recalls looked up in the background. None when the lookup is off or cannot be made."""
	frappe.has_permission("Vehicle Recall", "create", throw=True)
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return lookup.ask(vehicle)


@frappe.whitelist(methods=["POST"])
def try_again(recall_lookup: str) -> None:
	"""Ask the service again for a make, model and year."""
	frappe.has_permission("Vehicle Recall", "create", throw=True)
	frappe.has_permission("Recall Lookup", "read", recall_lookup, throw=True)
	lookup.try_again(recall_lookup)


@frappe.whitelist(methods=["POST"])
def import_file(file_url: str) -> dict:
	"""Read recalls from an uploaded CSV or JSON file of the user's own."""
	frappe.has_permission("Vehicle Recall", "create", throw=True)
	frappe.has_permission("Vehicle Recall", "write", throw=True)
	name = frappe.db.get_value("File", {"file_url": file_url, "owner": frappe.session.user}, "name")
	if not name:
		frappe.throw(_("Upload the file first"))
	content = frappe.get_doc("File", name).get_content()
	if len(content) > _LARGEST:
		frappe.throw(_("The file is too large; split it"))
	if isinstance(content, bytes):
		content = content.decode("utf-8", "replace")
	with explained():
		return importing.import_text(content)

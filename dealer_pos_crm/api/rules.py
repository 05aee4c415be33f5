"""What a Follow Up Rule can be made of."""

import frappe

from dealer_pos_crm.dealer_crm import vocabulary


@frappe.whitelist()
def options() -> dict:
	"""Event types with their names, the dates a wait can count from, and what conditions and texts may use."""
	frappe.has_permission("Follow Up Rule", "read", throw=True)
	return vocabulary.options()

"""The Dealership tab of a customer."""

import frappe

from dealer_pos_crm.dealer_crm import customer_view


@frappe.whitelist()
def get_overview(customer: str) -> dict:
	"""Money, deposits, vehicles, promises and the first page of events of a customer."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	return customer_view.overview(customer)


@frappe.whitelist()
def get_events(customer: str, before: str | None = None, department: str | None = None) -> dict:
	"""One page of events, newest first. ``before``: the cursor that the previous page gave."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	frappe.has_permission("Customer Event", "read", throw=True)
	return customer_view.events(customer, before, department)

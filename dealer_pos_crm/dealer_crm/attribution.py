"""When a lead turns out to be a customer: what happened before is the customer's from now on."""

import frappe


def attribute(lead: str, customer: str) -> None:
	"""Put a customer on everything that was told of a lead while nobody knew them.

	Only what has no customer yet is touched: an event that named one stays that customer's. The rebuild
	reads the same names from the log, so both are written together.
	"""
	for doctype in ("Showroom Log", "Customer Event", "Follow Up"):
		table = frappe.qb.DocType(doctype)
		frappe.qb.update(table).set(table.customer, customer).where(
			(table.lead == lead) & (table.customer.isnull() | (table.customer == ""))
		).run()

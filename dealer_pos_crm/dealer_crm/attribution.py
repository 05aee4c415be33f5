"""When a lead turns out to be a customer: what happened before is the customer's from now on."""

import frappe

from dealer_pos_crm.dealer_crm import follow_ups
from dealer_pos_crm.dealer_crm.store import FrappeStore
from dealer_pos_crm.domain import spine

_DOCUMENTS = ("Showroom Appointment", "Showroom Visit", "Test Drive", "Trade In")


def attribute(lead: str, customer: str) -> None:
	"""Put a customer on everything that was told of a lead while nobody knew them, in the caller's transaction.

	Only what has no customer yet is touched: an event that named one stays that customer's. The rebuild
	reads the same names from the log, so both are written together. Promises are judged anew: what the
	customer did in the meantime ends those of the lead, and the other way round.
	"""
	keys = frappe.get_all(
		"Customer Event",
		filters={"lead": lead, "customer": ("is", "not set")},
		pluck="event_key",
		order_by="happened_at, name",
	)
	for doctype in ("Showroom Log", "Customer Event", "Follow Up", *_DOCUMENTS):
		table = frappe.qb.DocType(doctype)
		frappe.qb.update(table).set(table.customer, customer).where(
			(table.lead == lead) & (table.customer.isnull() | (table.customer == ""))
		).run()
	store = FrappeStore()
	for key in keys:
		event = store.event(key)
		if event is not None:
			spine.retell(event, store)
	follow_ups.write_tasks_again({"lead": lead})

"""What an appointment's form shows besides its fields."""

import frappe
from frappe.utils import getdate

from dealer_pos_crm.dealer_service.appointments import book, context, load, steps
from dealer_pos_crm.dealer_setup.chain import chain_of
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.domain.appointment import OPEN, Action, Status, allowed_actions


def of(name: str) -> dict:
	"""What is possible now, the chain of its times, what happened, the load of its day, and the context."""
	doc = frappe.get_doc(steps.DOCTYPE, name)
	order = book.order_of(doc)
	made = order or doc.repair_order  # a cancelled one is shown, and settles nothing
	writes = frappe.has_permission(steps.DOCTYPE, "write", doc)
	actions = allowed_actions(Status(doc.status), has_order=bool(order)) if writes else ()
	happened = _happened(doc)
	return {
		"actions": [action.value for action in actions],
		"may_check_in": not made
		and bool(frappe.has_permission("Repair Order", "create"))
		and (Action.ARRIVE in actions or (writes and doc.status == Status.ARRIVED.value)),
		"repair_order": made,
		"order_cancelled": bool(made and not order),
		"is_open": Status(doc.status) in OPEN,
		"chain": chain_of(doc),
		"happened": happened,
		"load": load.of_team(doc.company, getdate(doc.starts_at), doc.team),
		"context": context.context(
			doc.customer, doc.vehicle, company=doc.company, day=str(getdate(doc.starts_at)), besides=name
		),
		"people": names_of({doc.advisor, doc.booked_by, *in_rows(happened, "actor")}),
	}


def _happened(doc) -> list[dict]:
	if not frappe.has_permission("Service Log", "read"):
		return []
	return frappe.get_all(
		"Service Log",
		{"appointment": doc.name, "reference_doctype": steps.DOCTYPE},
		["kind", "happened_at", "title", "reason", "owner as actor"],
		order_by="name",
	)

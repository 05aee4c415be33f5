"""What the lead's form says of its clock: the answer first, then how it came to that."""

import frappe
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import business_hours, is_dealership
from dealer_pos_crm.domain.lead_response import LOGGED, Clock, minutes_left, urgency

_TOLD = ("lead.received", "lead.asked", "lead.assigned", "lead.responded", "lead.reopened")
_ROWS = 20


def load(lead: str) -> dict:
	"""Clock, owner, first answer, and the last steps of asking and answering, the newest first."""
	doc = frappe.get_doc("Lead", lead)
	if not is_dealership(doc.company) or not doc.get("dealer_received_at"):
		return {"is_dealership": False}
	now = now_datetime()
	steps = frappe.get_all(
		"Showroom Log",
		{"lead": lead, "kind": ("in", _TOLD)},
		["kind", "happened_at", "title", "actor", "reason", "detail"],
		order_by="happened_at desc, name desc",
		limit=_ROWS,
	)
	for step in steps:
		facts = frappe.parse_json(step.pop("detail") or "{}")
		step.how, step.minutes = facts.get("how"), facts.get("minutes")
	told = {
		"is_dealership": True,
		"state": doc.dealer_state,
		"owner": doc.lead_owner,
		"rule": frappe.db.get_value("Lead Routing Rule", doc.dealer_routing_rule, "title")
		if doc.dealer_routing_rule
		else None,
		"waiting": None,
		"first": None,
		"last_contact_at": doc.dealer_last_contact_at,
		"steps": steps,
		"ways": [how.value for how in LOGGED],
		"may": {"write": bool(frappe.has_permission("Lead", "write", doc))},
	}
	if doc.dealer_waiting_since and doc.dealer_due_at and doc.dealer_state in ("New", "Answered"):
		clock = Clock(
			*(
				get_datetime(doc.get(field))
				for field in ("dealer_waiting_since", "dealer_due_at", "dealer_warn_at", "dealer_escalate_at")
			)
		)
		told["waiting"] = {
			"since": clock.since,
			"due_at": clock.due_at,
			"minutes_left": minutes_left(clock.due_at, now, business_hours(doc.company)),
			"urgency": urgency(clock, now).value,
			"again": bool(doc.dealer_first_response_at),
		}
	if doc.dealer_first_response_at:
		told["first"] = {
			"at": doc.dealer_first_response_at,
			"minutes": doc.dealer_first_response_minutes,
			"by": doc.dealer_first_response_by,
		}
	told["people"] = names_of(in_rows(steps, "actor") | {doc.lead_owner, doc.dealer_first_response_by})
	return told

"""What an appointment says to the customer's history: each step once, with the same facts."""

import frappe
from frappe import _
from frappe.utils import get_datetime

from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_setup.wording import clock_text
from dealer_pos_crm.domain.appointment import lead_hours

DOCTYPE = "Service Appointment"


def vehicle_text(doc) -> str:
	return doc.vehicle_title or _("Vehicle not named yet")


def facts_of(doc) -> dict:
	"""The facts that every step of an appointment carries."""
	starts_at = get_datetime(doc.starts_at)
	return {
		"starts_at": starts_at.isoformat(),
		"starts_at_text": clock_text(starts_at),
		"what": vehicle_text(doc),
		"concern": doc.concern,
		"advisor": frappe.get_cached_value("User", doc.advisor, "full_name") if doc.advisor else None,
		"lead_hours": lead_hours(get_datetime(doc.creation), starts_at),
	}


def step(
	doc,
	kind: str,
	title: str,
	*,
	reason: str | None = None,
	facts: dict | None = None,
	reverses: str | None = None,
) -> str:
	"""Write a step of this appointment down. ``title`` has places for the time and the vehicle."""
	return log.write(
		kind,
		title=title.format(clock_text(doc.starts_at), vehicle_text(doc)),
		customer=doc.customer,
		company=doc.company,
		reference=(DOCTYPE, doc.name),
		vehicle=doc.vehicle,
		appointment=doc.name,
		repair_order=doc.repair_order,
		actor=doc.advisor or None,
		reason=reason,
		facts={**facts_of(doc), **(facts or {})},
		reverses=reverses,
	)


def last_of(doc, kind: str) -> str | None:
	"""The event key of the latest step of a kind."""
	name = frappe.db.get_value(
		"Service Log", {"appointment": doc.name, "kind": kind}, "name", order_by="name desc"
	)
	return f"{kind}:{name}" if name else None

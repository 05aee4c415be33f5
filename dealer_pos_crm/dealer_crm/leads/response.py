"""The clock of a lead: it starts when somebody asks and stops when a person of the house answers."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_crm.leads import lead as leads
from dealer_pos_crm.dealer_setup.settings import business_hours, is_dealership, settings_of
from dealer_pos_crm.domain import lead_response as rules

CLOCK = ("dealer_waiting_since", "dealer_due_at", "dealer_warn_at", "dealer_escalate_at")
_KNOWN = (
	"company",
	"dealer_state",
	"dealer_received_at",
	"dealer_waiting_since",
	"dealer_first_response_at",
	"dealer_assigned_at",
	"dealer_last_contact_at",
)
_SHOWN = (
	*CLOCK,
	"dealer_state",
	"dealer_first_response_at",
	"dealer_first_response_minutes",
	"dealer_first_response_by",
	"dealer_last_contact_at",
)


def targets_of(company: str) -> rules.Targets:
	settings = settings_of(company)
	return rules.Targets(
		answer=cint(settings.lead_target_minutes),
		warn=cint(settings.lead_warn_minutes),
		escalate=cint(settings.lead_escalate_minutes),
		morning=cint(settings.lead_morning_minutes),
	)


def start_clock(lead_doc, at: datetime) -> None:
	"""The lead waits for an answer since then; the document in hand shows it as well."""
	if not is_dealership(lead_doc.company):
		return
	clock = rules.start(at, business_hours(lead_doc.company), targets_of(lead_doc.company))
	values = {
		"dealer_waiting_since": clock.since,
		"dealer_due_at": clock.due_at,
		"dealer_warn_at": clock.warn_at,
		"dealer_escalate_at": clock.escalate_at,
	}
	if not lead_doc.get("dealer_received_at"):
		values["dealer_received_at"] = at
	frappe.db.set_value("Lead", lead_doc.name, values, update_modified=False)
	lead_doc.update(values)


def responded(
	lead: str,
	*,
	how: str,
	by: str,
	at: datetime | None = None,
	reference: tuple[str, str] | None = None,
	reached: bool = True,
) -> str | None:
	"""A person of the house was in touch with whoever asked: by way of ``how`` (see ``lead_response.How``).

	Stops the clock and tells ``lead.responded`` once per wait; returns its event key. None when nobody
	waited: then only the last contact is remembered. An attempt (``reached`` false) counts as an answer.
	"""
	rules.How(how)
	row = frappe.db.get_value("Lead", lead, _KNOWN, as_dict=True, for_update=True)
	if not row or not row.dealer_received_at or not is_dealership(row.company):
		return None
	at = min(get_datetime(at), now_datetime()) if at else now_datetime()
	values: dict[str, object] = {}
	if row.dealer_last_contact_at is None or at > row.dealer_last_contact_at:
		values["dealer_last_contact_at"] = at
	found = rules.answer(_waiting(row), at, business_hours(row.company))
	if found:
		values |= dict.fromkeys(CLOCK)
		if found.first:
			values |= {
				"dealer_first_response_at": at,
				"dealer_first_response_minutes": found.minutes,
				"dealer_first_response_by": by,
			}
		if row.dealer_state in ("New", "", None):
			values["dealer_state"] = "Answered"
	if values:
		frappe.db.set_value("Lead", lead, values)  # with its time: an open form is told
		frappe.clear_document_cache("Lead", lead)
	if not found:
		return None
	doc = frappe.get_doc("Lead", lead)
	doc.notify_update()
	facts = {
		"how": how,
		"minutes": found.minutes,
		"own_minutes": found.own_minutes if found.own_minutes != found.minutes else None,
		"reached": "1" if reached else "0",
	}
	return leads.step(
		doc,
		"lead.responded",
		title=_title(how, leads.what_of(doc)),
		actor=doc.lead_owner or by,
		facts={**facts, **_of(reference)},
		at=at,
	)


def met(lead_doc, at: datetime) -> None:
	"""A walk-in or a caller whom somebody of the house entered by hand has been spoken to by that."""
	user = frappe.session.user
	how = rules.MET.get(cstr(lead_doc.get("dealer_lead_type")))
	if how is None or user == "Guest" or not frappe.get_cached_value("User", user, "enabled"):
		return
	responded(lead_doc.name, how=how.value, by=user, at=at)
	lead_doc.update(frappe.db.get_value("Lead", lead_doc.name, _SHOWN, as_dict=True))


def asked_again(lead: str, at: datetime, *, tell: bool = True) -> bool:
	"""Whoever asked has asked again: a new wait begins, unless they wait already or were spoken to since.

	Returns whether it did. ``tell``: write ``lead.asked``; false for a caller who writes it with more.
	"""
	row = frappe.db.get_value("Lead", lead, _KNOWN, as_dict=True, for_update=True)
	if not row or not row.dealer_received_at or not is_dealership(row.company):
		return False
	if row.dealer_state not in ("New", "Answered"):
		return False
	at = get_datetime(at)
	last = get_datetime(row.dealer_last_contact_at) if row.dealer_last_contact_at else None
	if not rules.begins_to_wait(_waiting(row), at, last):
		return False
	doc = frappe.get_doc("Lead", lead)
	start_clock(doc, at)
	doc.notify_update()
	if tell:
		leads.step(doc, "lead.asked", at=at)
	return True


def stop(lead_doc) -> None:
	"""Nobody waits for an answer on this lead any more: it is lost, or a deal goes on with it."""
	values = dict.fromkeys(CLOCK)
	frappe.db.set_value("Lead", lead_doc.name, values, update_modified=False)
	lead_doc.update(values)


def _waiting(row) -> rules.Waiting:
	def at(field: str) -> datetime | None:
		return get_datetime(row[field]) if row.get(field) else None

	return rules.Waiting(
		received_at=at("dealer_received_at"),
		waiting_since=at("dealer_waiting_since"),
		first_response_at=at("dealer_first_response_at"),
		assigned_at=at("dealer_assigned_at"),
	)


def _of(reference: tuple[str, str] | None) -> dict[str, str]:
	return {"document": f"{reference[0]} {reference[1]}"} if reference else {}


def _title(how: str, what: str) -> str:
	texts = {
		rules.How.CALL: _("Called about {0}"),
		rules.How.LEFT_MESSAGE: _("Left a message about {0}"),
		rules.How.TEXT: _("Sent a text about {0}"),
		rules.How.EMAIL: _("Wrote an e-mail about {0}"),
		rules.How.IN_PERSON: _("Spoke in person about {0}"),
		rules.How.VISIT: _("Was here about {0}"),
		rules.How.APPOINTMENT: _("Appointment agreed about {0}"),
	}
	return texts[rules.How(how)].format(what or _("the lead"))

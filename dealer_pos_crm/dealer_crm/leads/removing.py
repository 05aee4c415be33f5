"""A lead is deleted, renamed or merged: nothing is left behind that waits for it or hides it."""

import frappe
from frappe import _
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups
from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_crm.leads.lead import DOCTYPE, standing_step, step
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.domain.follow_up import Status

_ALIVE = (Status.PLANNED.value, Status.OPEN.value)


def deleted(lead) -> None:
	"""The lead's promises end, its messages say what became of it, and the spine says that it is over.

	Deals, visits and appointments of a lead keep it from being deleted: Frappe's own check of links.
	"""
	points.forget(DOCTYPE, lead.name)
	who = names_of([frappe.session.user]).get(frappe.session.user, frappe.session.user)
	if is_dealership(lead.company) and standing_step(lead.name, "lead.received"):
		if lead.dealer_state not in ("Lost", "Converted"):
			step(lead, "lead.lost", reason=_("Deleted by {0}").format(who))
	for name in frappe.get_all(
		"Follow Up", {"lead": lead.name, "status": ("in", _ALIVE)}, pluck="name", order_by="name"
	):
		follow_ups.close_task({"name": name})
		frappe.db.set_value(
			"Follow Up",
			name,
			{
				"status": Status.STOPPED.value,
				"reason": _("The lead was deleted"),
				"ended_at": now_datetime(),
			},
		)
	for name in frappe.get_all("Lead Intake", {"lead": lead.name}, pluck="name", order_by="name"):
		told = _("Lead {0} was deleted by {1}").format(lead.name, who)
		frappe.db.set_value("Lead Intake", name, {"lead": None, "status": "Ignored", "reason": told})


def renamed(old: str, new: str, merge: bool) -> None:
	"""Texts and keys that hold a lead's name without being a link."""
	frappe.db.sql(
		"""update `tabFollow Up` set subject_name = %(lead)s
		where lead = %(lead)s and subject_kind = 'lead'""",
		{"lead": new},
	)
	points.forget(DOCTYPE, old)
	lead = frappe.get_doc(DOCTYPE, new)
	points.keep(DOCTYPE, new, points.of_lead(lead))
	if merge and not lead.dealer_customer:
		customer = frappe.db.get_value("Customer Event", {"lead": new, "customer": ("is", "set")}, "customer")
		if customer:
			lead.db_set({"dealer_customer": customer, "dealer_match": "Matched"})
	for name in frappe.get_all(
		"Follow Up",
		{"lead": new, "status": Status.OPEN.value, "todo": ("is", "set")},
		pluck="name",
		order_by="name",
	):
		follow_up = frappe.get_doc("Follow Up", name)
		frappe.db.set_value("ToDo", follow_up.todo, "description", follow_ups.task_text(follow_up))

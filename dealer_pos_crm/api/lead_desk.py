"""Leads at the desk: their clock, contact, who has them, and a salesperson's day."""

import frappe

from dealer_pos_crm.dealer_crm import reassign
from dealer_pos_crm.dealer_crm.leads import contact, panel, routing
from dealer_pos_crm.dealer_showroom import day


@frappe.whitelist()
def get_day(user: str | None = None) -> dict:
	"""A salesperson's day; another's for a manager only."""
	frappe.has_permission("Lead", "read", throw=True)
	return day.load(user or None)


@frappe.whitelist()
def get_response(lead: str) -> dict:
	"""A lead's clock, its owner, who answered, and what was asked and answered so far."""
	frappe.has_permission("Lead", "read", lead, throw=True)
	return panel.load(lead)


@frappe.whitelist(methods=["POST"])
def log_contact(lead: str, how: str, note: str | None = None, client_key: str | None = None) -> dict:
	"""Note that the user was in touch with whoever asked; stops the clock."""
	frappe.has_permission("Lead", "write", lead, throw=True)
	return contact.log(lead, how, note, client_key=client_key)


@frappe.whitelist(methods=["POST"])
def give(lead: str, user: str, reason: str | None = None) -> None:
	"""Hand a lead and its open promises to somebody else."""
	frappe.has_permission("Lead", "write", lead, throw=True)
	routing.hand(lead, user, reason)


@frappe.whitelist()
def preview_rule(rule: str) -> dict:
	"""Who would get the next lead by a routing rule, and why."""
	frappe.has_permission("Lead Routing Rule", "read", rule, throw=True)
	return routing.preview(rule)


@frappe.whitelist()
def get_owned(user: str) -> dict:
	"""What somebody looks after, and who could take it over; for managers."""
	reassign.check_right()
	return reassign.overview(user)


@frappe.whitelist(methods=["POST"])
def hand_over(
	user: str, to: str | list, what: str | list, reason: str, client_key: str | None = None
) -> dict:
	"""Hand what somebody looks after over to others; for managers."""
	reassign.check_right()
	return reassign.start(user, frappe.parse_json(to), frappe.parse_json(what), reason, client_key=client_key)

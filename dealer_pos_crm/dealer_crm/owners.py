"""Who gets a promise: the customer's people first, then the document's, then the department's manager."""

import frappe

from dealer_pos_crm.dealer_crm import staff
from dealer_pos_crm.dealer_crm.staff import works_here
from dealer_pos_crm.dealer_setup.settings import is_dealership, manager_of
from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Rule

__all__ = ["owner_of", "works_here"]

_OWNER_FIELDS = {
	Owner.SALES: "dealer_sales_owner",
	Owner.SERVICE: "dealer_service_owner",
	Owner.BDC: "dealer_bdc_owner",
}


def owner_of(follow_up: FollowUp, rule: Rule | None) -> str | None:
	"""An enabled user, or None: then the promise waits in the orphan queue.

	Who is away today is stood in for by their cover, else by the next who comes into question. When all of
	them are away, the first has it all the same.
	"""
	first = None
	for user in _candidates(follow_up, rule):
		if not works_here(user):
			continue
		if not staff.away(user):
			return user
		if cover := staff.cover_of(user):
			return cover
		first = first or user
	return first


def _candidates(follow_up: FollowUp, rule: Rule | None):
	kind = rule.owner if rule else Owner.DOCUMENT
	if rule and kind is Owner.USER:
		yield rule.owner_user
	if rule and kind is Owner.ROUND_ROBIN:
		yield from sorted(_in_role(rule.owner_role), key=staff.away)  # in a round the next one is the cover
	if kind in _OWNER_FIELDS:
		if kind is Owner.SALES:
			yield from _sellers_of(follow_up)
		if follow_up.customer:
			yield frappe.db.get_value("Customer", follow_up.customer, _OWNER_FIELDS[kind])
		if follow_up.subjects.get("deposit"):
			yield frappe.db.get_value("Deposit", follow_up.subjects["deposit"], "salesperson")
	if kind is Owner.DOCUMENT or (kind is Owner.SERVICE and follow_up.document_owner != "Administrator"):
		yield follow_up.document_owner  # in the lane: the advisor
	if is_dealership(follow_up.company):
		yield manager_of(follow_up.company, follow_up.department)
	if kind is not Owner.DOCUMENT:
		yield follow_up.document_owner


def _sellers_of(follow_up: FollowUp):
	"""Who sells in the deal or the lead that a promise is about: before whoever looked after the customer."""
	if follow_up.subjects.get("deal"):
		yield frappe.db.get_value("Deal Jacket", follow_up.subjects["deal"], "salesperson")
	if follow_up.subjects.get("lead"):
		yield frappe.db.get_value("Lead", follow_up.subjects["lead"], "lead_owner")


def _in_role(role: str | None) -> list[str]:
	"""The enabled users of a role; first whoever was given a promise the longest time ago."""
	if not role:
		return []
	rows = frappe.db.sql(
		"""select u.name from `tabHas Role` r join `tabUser` u on u.name = r.parent and u.enabled = 1
			left join `tabFollow Up` f on f.owner_user = u.name
		where r.role = %s and r.parenttype = 'User' and u.name not in ('Administrator', 'Guest')
		group by u.name order by coalesce(max(f.opened_at), '1970-01-01'), u.name""",
		role,
	)
	return [row[0] for row in rows]

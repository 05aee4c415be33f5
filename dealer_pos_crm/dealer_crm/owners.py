"""Who gets a promise: the customer's people first, then the document's, then the department's manager."""

import frappe

from dealer_pos_crm.dealer_setup.settings import is_dealership, manager_of
from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Rule

_OWNER_FIELDS = {
	Owner.SALES: "dealer_sales_owner",
	Owner.SERVICE: "dealer_service_owner",
	Owner.BDC: "dealer_bdc_owner",
}


def owner_of(follow_up: FollowUp, rule: Rule | None) -> str | None:
	"""An enabled user, or None: then the promise waits in the orphan queue."""
	return next(filter(works_here, _candidates(follow_up, rule)), None)


def _candidates(follow_up: FollowUp, rule: Rule | None):
	kind = rule.owner if rule else Owner.DOCUMENT
	if rule and kind is Owner.USER:
		yield rule.owner_user
	if rule and kind is Owner.ROUND_ROBIN:
		yield next_in_role(rule.owner_role)
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


def works_here(user: str | None) -> bool:
	"""Whether somebody is an enabled user."""
	return bool(user) and user != "Guest" and bool(frappe.get_cached_value("User", user, "enabled"))


def next_in_role(role: str | None) -> str | None:
	"""The enabled user of a role who was given a promise the longest time ago."""
	if not role:
		return None
	rows = frappe.db.sql(
		"""select u.name from `tabHas Role` r join `tabUser` u on u.name = r.parent and u.enabled = 1
			left join `tabFollow Up` f on f.owner_user = u.name
		where r.role = %s and r.parenttype = 'User' and u.name not in ('Administrator', 'Guest')
		group by u.name order by coalesce(max(f.opened_at), '1970-01-01'), u.name limit 1""",
		role,
	)
	return rows[0][0] if rows else None

"""Who gets a lead: rules read, the round moved on under a lock, the lead given, the step told."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_crm import follow_ups, staff
from dealer_pos_crm.dealer_crm.leads import lead as leads
from dealer_pos_crm.dealer_setup import changes
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.roles import BDC, FNI, MANAGER, SALES_MANAGER, SALESPERSON
from dealer_pos_crm.dealer_setup.settings import business_hours, is_dealership, manager_of, settings_of
from dealer_pos_crm.domain import routing as rules

OPEN_STATES = ("New", "Answered")
# Who enters a lead by hand and keeps it.
SELLING = frozenset({SALESPERSON, BDC, FNI, SALES_MANAGER, MANAGER})
_NOBODYS = ("Administrator", "Guest")


def assign(lead_doc) -> str | None:
	"""Give a new lead to somebody and tell it; returns the user, None when nobody can have it.

	A lead that names an owner who sells stays theirs (a walk-in that a salesperson enters); every other
	owner is only whoever happened to insert it. Runs in the caller's transaction and holds the company's
	round until its end, so that two leads at one instant go to two people.
	"""
	if not is_dealership(lead_doc.company):
		return None
	owner = cstr(lead_doc.lead_owner)
	if owner and sells(owner) and staff.works_here(owner):
		_keep(lead_doc, owner, None)
		_tell(lead_doc, owner, _("Entered by hand"))
		return owner
	choice = decide(lead_doc.company, wish_of(lead_doc), sales_owner_of(lead_doc), lock=True)
	at = _keep(lead_doc, choice.user, choice.rule)
	if choice.user is None:
		return None
	if choice.turn:
		_move_on(lead_doc.company, choice.user, at)
	_tell(lead_doc, choice.user, reason_of(choice))
	return choice.user


def give(lead: str, user: str, reason: str | None = None) -> None:
	"""Hand a lead and its open promises to somebody else; again changes nothing.

	The customer's clock runs on. Refused for whoever does not work here any more.
	"""
	row = frappe.db.get_value("Lead", lead, ["lead_owner", "company"], as_dict=True, for_update=True)
	if not row:
		frappe.throw(_("There is no lead {0}").format(frappe.bold(lead)), frappe.DoesNotExistError)
	if not staff.works_here(user):
		frappe.throw(_("{0} is disabled or no user; choose somebody else").format(frappe.bold(user)))
	if row.lead_owner == user:
		return
	frappe.db.set_value("Lead", lead, {"lead_owner": user, "dealer_assigned_at": now_datetime()})
	changes.note("Lead", lead, "lead_owner", row.lead_owner, user)
	doc = frappe.get_doc("Lead", lead)
	doc.notify_update()
	if is_dealership(row.company):
		handed_over(doc, row.lead_owner, reason)


@action
def hand(lead: str, user: str, reason: str | None = None) -> None:
	"""``give`` as an action of its own, by a person."""
	give(lead, user, reason)


def owner_changed(lead_doc) -> None:
	"""Somebody chose another owner on the lead's form."""
	if not is_dealership(lead_doc.company) or not lead_doc.get("dealer_received_at"):
		return
	if lead_doc.flags.in_insert:
		return  # routing has just given it to somebody
	before = lead_doc.get_doc_before_save()
	if before is None or cstr(before.lead_owner) == cstr(lead_doc.lead_owner):
		return
	_keep(lead_doc, lead_doc.lead_owner or None, None)
	handed_over(lead_doc, before.lead_owner, None)


def handed_over(lead_doc, before: str | None, reason: str | None) -> None:
	"""Tell it, and move the promises about this lead that the one before had, or nobody."""
	user = lead_doc.lead_owner
	if user:
		_tell(lead_doc, user, reason)
	promises = frappe.get_all(
		"Follow Up",
		{"lead": lead_doc.name, "status": "Open", "owner_user": ("in", (before or "", ""))},
		pluck="name",
		order_by="name",
	) + frappe.get_all(
		"Follow Up",
		{"lead": lead_doc.name, "status": "Open", "owner_user": ("is", "not set")},
		pluck="name",
		order_by="name",
	)
	for name in dict.fromkeys(promises):
		follow_ups.reassign(name, user if staff.works_here(user) else None)


def sells(user: str) -> bool:
	return user not in _NOBODYS and bool(SELLING.intersection(frappe.get_roles(user)))


# Reading


def wish_of(lead_doc) -> rules.Wish:
	"""What rules ask about. The car of interest says its make and condition where the lead does not."""
	make, condition = cstr(lead_doc.get("dealer_wanted_make")), cstr(lead_doc.get("dealer_wanted_condition"))
	if lead_doc.get("dealer_vehicle") and not (make and condition):
		car = frappe.db.get_value(
			"Dealer Vehicle", lead_doc.dealer_vehicle, ["make", "condition"], as_dict=True
		)
		if car:
			make, condition = make or cstr(car.make), condition or cstr(car.condition)
	return rules.Wish(
		lead_type=cstr(lead_doc.get("dealer_lead_type")),
		source=cstr(lead_doc.get(compat.lead_source_field())),
		make=make,
		condition=condition,
	)


def sales_owner_of(lead_doc) -> str:
	customer = lead_doc.get("dealer_customer")
	return cstr(frappe.db.get_value("Customer", customer, "dealer_sales_owner")) if customer else ""


def decide(
	company: str,
	wish: rules.Wish,
	sales_owner: str = "",
	*,
	lock: bool = False,
	only: str | None = None,
	at: datetime | None = None,
) -> rules.Choice:
	"""Who would get such a lead now. ``lock``: hold the round until the end of the transaction. ``only``: as
	if there were but this rule."""
	found = _rules(company, lock)
	if only:
		found = [rule for rule in found if rule.name == only]
	settings = settings_of(company)
	fallback = cstr(settings.lead_fallback_owner)
	manager = cstr(manager_of(company, "Sales"))
	named = {rule.user for rule in found} | {member.user for rule in found for member in rule.members}
	users = {user for user in {*named, sales_owner, fallback, manager} if user}
	people = staff.people_at(users, at or now_datetime(), business_hours(company))
	held = open_leads(people)
	people = {user: replace(one, open_leads=held.get(user, 0)) for user, one in people.items()}
	return rules.choose(found, wish, people, sales_owner=sales_owner, fallback=fallback, manager=manager)


def open_leads(users: Iterable[str]) -> dict[str, int]:
	"""How many open leads each has."""
	users = sorted(set(users))
	if not users:
		return {}
	lead = frappe.qb.DocType("Lead")
	rows = (
		frappe.qb.from_(lead)
		.select(lead.lead_owner, Count("*"))
		.where(lead.lead_owner.isin(users) & lead.dealer_state.isin(OPEN_STATES))
		.where(lead.dealer_received_at.isnotnull())
		.groupby(lead.lead_owner)
	).run()
	return {user: int(count) for user, count in rows}


def _rules(company: str, lock: bool) -> list[rules.Rule]:
	"""The company's enabled rules. With ``lock`` what the last one who gave a lead has committed is read."""
	rule, member = frappe.qb.DocType("Lead Routing Rule"), frappe.qb.DocType("Lead Routing Member")
	asked = (
		frappe.qb.from_(rule)
		.select(
			rule.name, rule.title, rule.priority, rule.lead_type, rule.lead_source, rule.make,
			rule.vehicle_status, rule.assign, rule.user, rule.only_at_work,
		)
		.where((rule.company == company) & (rule.enabled == 1))
		.orderby(rule.name)
	)  # fmt: skip
	rows = (asked.for_update() if lock else asked).run(as_dict=True)
	if not rows:
		return []
	asked = (
		frappe.qb.from_(member)
		.select(member.parent, member.user, member.max_open, member.enabled, member.last_given_at)
		.where(member.parent.isin([row.name for row in rows]) & (member.parenttype == "Lead Routing Rule"))
		.orderby(member.parent)
		.orderby(member.idx)
	)
	members = (asked.for_update() if lock else asked).run(as_dict=True)
	return [to_rule(row, [one for one in members if one.parent == row.name]) for row in rows]


def to_rule(row, members) -> rules.Rule:
	"""The domain's rule of a row or document and its members."""
	return rules.Rule(
		name=cstr(row.name),
		title=cstr(row.title),
		priority=cint(row.priority),
		enabled=bool(cint(row.get("enabled", 1))),
		lead_type=cstr(row.lead_type),
		source=cstr(row.lead_source),
		make=cstr(row.make),
		condition=cstr(row.vehicle_status),
		assign=rules.Assign(row.assign),
		user=cstr(row.user),
		only_at_work=bool(cint(row.only_at_work)),
		members=tuple(
			rules.Member(
				user=one.user,
				max_open=cint(one.max_open),
				enabled=bool(cint(one.enabled)),
				last_given_at=get_datetime(one.last_given_at) if one.last_given_at else None,
			)
			for one in members
		),
	)


def reason_of(choice: rules.Choice) -> str:
	"""Why somebody got it, in the user's language."""
	told = choice.reason
	return words(told) if told else ""


def words(judged: rules.Judged) -> str:
	return _(judged.why.value).format(*judged.values)


def preview(rule: str) -> dict:
	"""Who would get the next lead by a rule, and why: everybody it names, in order of their turn."""
	doc = frappe.get_doc("Lead Routing Rule", rule)
	wish = rules.Wish(doc.lead_type or "", doc.lead_source or "", doc.make or "", doc.vehicle_status or "")
	if not doc.enabled or not is_dealership(doc.company):
		return {"enabled": bool(doc.enabled), "steps": [], "user": None, "people": {}, "by_rule": False}
	choice = decide(doc.company, wish, only=doc.name)
	steps = [
		{"rule": name, "user": one.user, "why": words(one), "chosen": one.chosen}
		for name, judged in choice.judged
		for one in judged
	]
	before = [
		row.title
		for row in frappe.get_all(
			"Lead Routing Rule",
			{"company": doc.company, "enabled": 1, "priority": ("<", doc.priority)},
			["title", "priority"],
			order_by="priority, title",
		)
	]
	return {
		"enabled": True,
		"user": choice.user,
		"by_rule": bool(choice.rule),
		"steps": steps,
		"before": before,
		"assign": doc.assign,
		"people": names_of(one["user"] for one in steps),
	}


# Writing


def _keep(lead_doc, user: str | None, rule: str | None) -> datetime:
	at = now_datetime()
	values = {
		"lead_owner": user,
		"dealer_assigned_at": at if user else None,
		"dealer_routing_rule": rule or None,
	}
	frappe.db.set_value("Lead", lead_doc.name, values, update_modified=False)
	lead_doc.update(values)
	return at


def _move_on(company: str, user: str, at: datetime) -> None:
	"""It was their turn: they come last now, in every round of the house that they are in."""
	frappe.db.sql(
		"""update `tabLead Routing Member` set last_given_at = %s where user = %s and parent in (
			select name from `tabLead Routing Rule` where company = %s and enabled = 1)""",
		(at, user, company),
	)


def _tell(lead_doc, user: str, reason: str | None) -> None:
	name = names_of([user]).get(user, user)
	leads.step(
		lead_doc,
		"lead.assigned",
		title=_("Lead given to {0}: {1}").format(
			name, leads.what_of(lead_doc) or _(cstr(lead_doc.get("dealer_lead_type")) or "Internet")
		),
		actor=user,
		reason=reason,
	)

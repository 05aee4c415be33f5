"""Follow Up Rules: from a manager's rows to the domain's values, cached."""

from collections.abc import Iterable

import frappe

from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.follow_up import Channel, Clock, Condition, Owner, Rule, Span, Unit

_CACHE = "dealer_follow_up_rules"


def all_rules() -> list[Rule]:
	"""Every rule of the site, enabled or not, by name. No query when the cache is warm."""
	return frappe.cache.get_value(_CACHE, _load) or []


def stop_types() -> frozenset[str]:
	return frozenset(kind for rule in all_rules() for kind in rule.stops)


def forget() -> None:
	frappe.cache.delete_value(_CACHE)


def _load() -> list[Rule]:
	names = frappe.get_all("Follow Up Rule", pluck="name", order_by="name")
	return [to_rule(frappe.get_doc("Follow Up Rule", name)) for name in names]


def to_rule(doc) -> Rule:
	"""The domain's rule of a Follow Up Rule document. Raises ``Refused`` for what cannot be."""
	return Rule(
		name=doc.rule_name,
		enabled=bool(doc.enabled),
		event_type=doc.event_type,
		title=doc.title,
		talking_points=doc.talking_points or "",
		conditions=tuple(Condition(row.fieldname, row.operator, row.value or "") for row in doc.conditions),
		company=doc.only_company or None,
		department=doc.department or None,
		about=doc.about or None,
		anchor=doc.anchor or None,
		wait=Span(int(doc.wait_value or 0), Unit(doc.wait_unit)),
		wait_clock=Clock(doc.wait_clock),
		due=Span(int(doc.due_value or 0), Unit(doc.due_unit)),
		due_clock=Clock(doc.due_clock),
		owner=Owner(doc.owner_kind),
		owner_role=doc.owner_role or None,
		owner_user=doc.owner_user or None,
		priority=doc.priority,
		channel=Channel(doc.channel),
		stops=frozenset(row.event_type for row in doc.stops),
		stops_share=doc.stops_share or None,
		cap=int(doc.cap or 0),
		cap_days=int(doc.cap_days or 0),
		quiet_hours_after_contact=int(doc.quiet_hours_after_contact or 0),
		needs_consent=bool(doc.needs_consent),
		unless_opted_out=bool(doc.unless_opted_out),
	)


def as_document(rule: Rule) -> dict:
	"""A rule as the values of a Follow Up Rule document."""
	return {
		"doctype": "Follow Up Rule",
		"rule_name": rule.name,
		"enabled": int(rule.enabled),
		"event_type": rule.event_type,
		"title": rule.title,
		"talking_points": rule.talking_points,
		"conditions": [
			{"fieldname": c.field, "operator": c.operator, "value": c.value} for c in rule.conditions
		],
		"only_company": rule.company,  # not "company": that would be filled with the user's own
		"department": rule.department,
		"about": rule.about,
		"anchor": rule.anchor,
		"wait_value": rule.wait.value,
		"wait_unit": rule.wait.unit.value,
		"wait_clock": rule.wait_clock.value,
		"due_value": rule.due.value,
		"due_unit": rule.due.unit.value,
		"due_clock": rule.due_clock.value,
		"owner_kind": rule.owner.value,
		"owner_role": rule.owner_role,
		"owner_user": rule.owner_user,
		"priority": rule.priority,
		"channel": rule.channel.value,
		"stops": [{"event_type": kind} for kind in sorted(rule.stops)],
		"stops_share": rule.stops_share,
		"cap": rule.cap,
		"cap_days": rule.cap_days,
		"quiet_hours_after_contact": rule.quiet_hours_after_contact,
		"needs_consent": int(rule.needs_consent),
		"unless_opted_out": int(rule.unless_opted_out),
	}


def add_default_rules(wanted: Iterable[Rule] = DEFAULT_RULES) -> None:
	"""The rules a new site starts with. A rule of the same name that is already there stays as it is."""
	for rule in wanted:
		if not frappe.db.exists("Follow Up Rule", rule.name):
			frappe.get_doc(as_document(rule)).insert()

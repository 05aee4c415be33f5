"""Whose plan it is: of a person, a role in the deal and a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cstr, flt

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.domain import commission as rules

SALESPERSON, FNI_MANAGER, SALES_MANAGER = "Salesperson", "F&I Manager", "Sales Manager"


@dataclass(frozen=True)
class Earner:
	"""A person's part in a deal. ``share`` in percent; of one role they make 100."""

	user: str
	role: str
	share: Decimal


def earners(deal) -> list[Earner]:
	"""Who earns by a deal, each role with shares that make 100 %."""
	found = []
	if deal.salesperson:
		second = deal.second_salesperson if deal.second_salesperson != deal.salesperson else None
		part = min(max(Decimal(cstr(deal.split) or "0"), Decimal(0)), Decimal(100)) if second else Decimal(0)
		found.append(Earner(deal.salesperson, SALESPERSON, 100 - part))
		if second:
			found.append(Earner(second, SALESPERSON, part))
	if deal.fni_manager:
		found.append(Earner(deal.fni_manager, FNI_MANAGER, Decimal(100)))
	if deal.sales_manager:
		found.append(Earner(deal.sales_manager, SALES_MANAGER, Decimal(100)))
	return found


def plan_of(user: str, role: str, company: str, day):
	"""The plan that holds for a person on a day: one that names them, else one that names nobody. Of several
	the one that began last. None when there is none."""
	plans = frappe.get_all(
		"Commission Plan",
		{"company": company, "for_role": role, "enabled": 1},
		["name", "valid_from", "valid_until"],
		order_by="valid_from desc, creation desc",
	)
	plans = [
		plan
		for plan in plans
		if not (plan.valid_from and plan.valid_from > day)
		and not (plan.valid_until and plan.valid_until < day)
	]
	people: dict[str, set[str]] = {plan.name: set() for plan in plans}
	for row in _people(list(people)):
		people[row.parent].add(row.user)
	for plan in plans:
		if user in people[plan.name]:
			return frappe.get_cached_doc("Commission Plan", plan.name)
	for plan in plans:
		if not people[plan.name]:
			return frappe.get_cached_doc("Commission Plan", plan.name)
	return None


def _people(plans: list[str]) -> Iterator:
	if not plans:
		return iter(())
	return iter(
		frappe.get_all(
			"Commission Plan Person",
			{"parent": ("in", plans), "parenttype": "Commission Plan"},
			["parent", "user"],
			order_by="parent, idx",
		)
	)


def rule_plan(doc) -> rules.Plan:
	"""A plan as the domain reads it."""
	currency = company_currency(doc.company)
	return rules.Plan(
		name=doc.name,
		currency=currency,
		rules=tuple(
			rules.Rule(
				basis=rules.Basis(row.basis),
				percent=Decimal(cstr(row.percent) or "0"),
				above=rounded(row.from_amount, currency) if flt(row.from_amount) else None,
				amount=rounded(row.amount, currency) if flt(row.amount) else None,
				product_kind=cstr(row.product_kind).strip(),
			)
			for row in doc.lines
		),
		minimum=rounded(doc.minimum, currency) if flt(doc.minimum) else None,
		maximum=rounded(doc.maximum, currency) if flt(doc.maximum) else None,
	)


def missing(deal, day) -> list[str]:
	"""What nobody will be paid for, and the remedy."""
	return [
		_("No commission plan for {0} ({1}). Name them in a plan, or make one without names").format(
			earner.user, _(earner.role)
		)
		for earner in earners(deal)
		if plan_of(earner.user, earner.role, deal.company, day) is None
	]

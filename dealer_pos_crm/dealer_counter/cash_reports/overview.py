"""What the form of a Cash Report answers first: how much cash, from whom, until when, and what is missing."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_counter.cash_reports import counting, report
from dealer_pos_crm.dealer_setup.roles import ACCOUNTANT, MANAGER
from dealer_pos_crm.domain import cash_pattern
from dealer_pos_crm.domain import cash_report as rules

# Who decides, files, and may know what looks suspicious.
ENTITLED = frozenset({ACCOUNTANT, MANAGER, "System Manager"})


def may_know() -> bool:
	return frappe.session.user == "Administrator" or bool(ENTITLED & set(frappe.get_roles()))


def check_entitled() -> None:
	if not may_know():
		frappe.throw(
			_("Only an accountant or a manager decides about cash reports and sees their numbers"),
			frappe.PermissionError,
		)


def of(name: str) -> dict:
	doc = frappe.get_doc(report.DOCTYPE, name)
	amount = report.standing(doc)
	meta = frappe.get_meta(report.DOCTYPE)
	found: dict[str, Any] = {
		"amount": to_float(amount),
		"limit": to_float(rules.LIMIT),
		"currency": rules.CURRENCY,
		"over": rules.is_over(amount),
		"edition": rules.EDITION,
		"days_left": rules.days_left(getdate(doc.due_on), getdate(nowdate())) if doc.due_on else None,
		"missing": [_(meta.get_label(field)) for field in doc.lacks()],
		"payers": _payers(doc),
		"taken_back": to_float(
			sum(
				(rounded(row.amount, rules.CURRENCY) for row in doc.payments if cint(row.reversed)),
				rules.LIMIT - rules.LIMIT,
			)
		),
		"open": doc.status in report.OPEN,
		"may": may_know(),
	}
	if not found["may"]:
		return found
	facts = counting.read(doc.customer, doc.company, doc.deal)
	return {
		**found,
		"given_back": _given_back(doc),
		"suggestions": _suggestions(doc, facts, amount) if found["open"] else [],
		"patterns": patterns_of(doc, facts),
	}


def _payers(doc: Any) -> list[dict]:
	names = sorted({row.paid_by for row in doc.payments if row.paid_by and not cint(row.reversed)})
	return [
		{"customer": name, "title": frappe.get_cached_value("Customer", name, "customer_name") or name}
		for name in names or [doc.customer]
	]


def _given_back(doc: Any) -> float:
	"""Money paid back to these payers since: it was received all the same, and the report is due all the same."""
	if not doc.first_on:
		return 0
	people = [row["customer"] for row in _payers(doc)]
	found = frappe.db.sql(
		"""select sum(base_paid_amount) from `tabPayment Entry` where docstatus = 1 and payment_type = 'Pay'
			and party_type = 'Customer' and party in %s and company = %s and posting_date >= %s""",
		(tuple(people), doc.company, doc.first_on),
	)
	return to_float(rounded(found[0][0], rules.CURRENCY))


def _suggestions(doc: Any, facts: counting.Facts, amount: Any) -> list[dict]:
	"""Other cash of these people in twelve months that nobody has decided about."""
	counted = {(row.reference_doctype, row.reference_name) for row in doc.payments}
	mine = {paid.id for paid in facts.paid if counting.document_of(paid.id) in counted}
	if not mine:
		return []
	since = rules.year_before(max(paid.on for paid in facts.paid if paid.id in mine))
	found = []
	for paid in sorted(facts.paid, key=lambda each: each.at, reverse=True):
		if paid.id in mine or not rules.is_cash(paid) or paid.on < since or paid.id in facts.settled:
			continue
		if any(paid.id in pair and pair & mine for pair in facts.decided):
			continue
		row = facts.rows[paid.id]
		together = amount + paid.amount
		found.append(
			{
				"doctype": row.doctype,
				"name": row.name,
				"paid_on": str(paid.on),
				"payer": frappe.get_cached_value("Customer", paid.payer, "customer_name") or paid.payer,
				"amount": to_float(paid.amount),
				"instrument": paid.instrument.value if paid.instrument else "",
				"what_for": row.get("deal") or row.get("repair_order") or row.get("deposit") or "",
				"would_be": to_float(together),
				"would_report": rules.is_over(together),
			}
		)
	return found


def patterns_of(doc: Any, facts: counting.Facts) -> list[dict]:
	related = {frozenset({facts.rows[one].payer, facts.rows[other].payer}) for one, other in facts.related}
	return [
		{
			"pattern": _(found.pattern.value),
			"amount": to_float(found.amount),
			"payments": [
				{
					"doctype": facts.rows[name].doctype,
					"name": facts.rows[name].name,
					"amount": to_float(rounded(facts.rows[name].amount, rules.CURRENCY)),
					"paid_on": str(facts.rows[name].posting_date),
				}
				for name in found.ids
			],
		}
		for found in cash_pattern.patterns(
			facts.paid, just_under=counting.warn_from(doc.company), related_payers=related
		)
		if doc.customer in {facts.rows[name].payer for name in found.ids}
	]

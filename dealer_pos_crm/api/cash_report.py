"""Cash over $10,000 (Form 8300), from the screens."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_counter.cash_reports import (
	counting,
	deciding,
	guard,
	notices,
	overview,
	payer,
	summary,
)

DOCTYPE = "Cash Report"


def _may_take(customer: str) -> None:
	"""Whoever takes money may ask where a payer stands, and record who pays."""
	frappe.has_permission("Payment Entry", "create", throw=True)
	frappe.has_permission("Customer", "read", customer, throw=True)


def _may_decide(report: str) -> None:
	frappe.has_permission(DOCTYPE, "write", report, throw=True)
	overview.check_entitled()


@frappe.whitelist()
def get_position(customer: str, company: str) -> dict | None:
	"""Cash of a customer that stands in no filed report yet; None where it is not counted."""
	_may_take(customer)
	found = counting.position(customer, company)
	if found is None:
		return None
	return {
		"amount": to_float(found.amount),
		"limit": to_float(found.limit),
		"warn": found.warn,
		"over": found.over,
		"known": found.known,
		"first_on": str(found.first_on) if found.first_on else None,
	}


@frappe.whitelist()
def get_outlook(customer: str, company: str, tenders: str | list, deal: str | None = None) -> dict | None:
	"""What the count comes to with this cash, and whether the payer has to be recorded first."""
	_may_take(customer)
	found = guard.outlook(customer, company, frappe.parse_json(tenders) or [], deal=deal)
	if not found:
		return None
	return {"amount": to_float(found["amount"]), "over": found["over"], "needed": found["needed"]}


@frappe.whitelist()
def get_payer(customer: str, company: str) -> dict:
	"""What is known of the payer already; of the numbers only whether they are held."""
	_may_take(customer)
	return payer.known(customer, company)


@frappe.whitelist(methods=["POST"])
def record_payer(customer: str, company: str, told: str | dict, deal: str | None = None) -> dict:
	"""Record who pays. Returns whether it is complete, and what is missing."""
	_may_take(customer)
	return payer.record(customer, company, frappe.parse_json(told), deal)


@frappe.whitelist()
def get_overview(report: str) -> dict:
	"""What a Cash Report form answers first."""
	frappe.has_permission(DOCTYPE, "read", report, throw=True)
	return overview.of(report)


@frappe.whitelist(methods=["POST"])
def file(report: str, filed_on: str, how: str, confirmation_no: str = "", comment: str = "") -> dict:
	"""The report was filed."""
	_may_decide(report)
	return deciding.file(report, filed_on, how, confirmation_no, comment)


@frappe.whitelist(methods=["POST"])
def not_required(report: str, reason: str) -> dict:
	"""No report is required."""
	_may_decide(report)
	return deciding.not_required(report, reason)


@frappe.whitelist(methods=["POST"])
def reopen(report: str, reason: str) -> dict:
	"""It is required after all."""
	_may_decide(report)
	return deciding.reopen(report, reason)


@frappe.whitelist(methods=["POST"])
def relate(report: str, doctype: str, name: str, related: bool | int, reason: str) -> dict:
	"""Say whether another payment belongs to this report's."""
	_may_decide(report)
	return deciding.relate(report, doctype, name, bool(cint(related)), reason)


@frappe.whitelist(methods=["POST"])
def volunteer(customer: str, company: str, reason: str) -> dict:
	"""Open a report of one's own accord, because payments look suspicious."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	overview.check_entitled()
	return deciding.volunteer(customer, company, reason)


@frappe.whitelist()
def get_summary(report: str) -> None:
	"""The filled summary as PDF. Shows taxpayer ids."""
	frappe.has_permission(DOCTYPE, "read", report, throw=True)
	overview.check_entitled()
	_pdf(summary.pdf(report), f"{report}.pdf")


@frappe.whitelist()
def get_notices(company: str, year: int | str) -> list[dict]:
	"""Who has to be told about a year."""
	frappe.has_permission("Company", "read", company, throw=True)
	overview.check_entitled()
	return notices.of_year(company, cint(year))


@frappe.whitelist()
def get_letters(company: str, year: int | str, reports: str | list | None = None) -> None:
	"""The letters of a year as PDF."""
	frappe.has_permission("Company", "read", company, throw=True)
	overview.check_entitled()
	_pdf(
		notices.letters(company, cint(year), frappe.parse_json(reports) or None), f"notices-{cint(year)}.pdf"
	)


@frappe.whitelist(methods=["POST"])
def mark_sent(company: str, reports: str | list, sent_on: str) -> list[str]:
	"""The letters of these reports went out."""
	frappe.has_permission("Company", "read", company, throw=True)
	overview.check_entitled()
	return notices.mark_sent(company, frappe.parse_json(reports), sent_on)


def _pdf(content: bytes, name: str) -> None:
	frappe.local.response.filename = name
	frappe.local.response.filecontent = content
	frappe.local.response.type = "pdf"

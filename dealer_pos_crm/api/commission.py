"""Commissions, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_showroom.commission import posting


@frappe.whitelist()
def preview(company: str, until: str) -> dict:
	"""What posting would book up to a day: people, amounts, what is missing."""
	posting.check_right()
	frappe.has_permission("Company", "read", company, throw=True)
	return posting.preview(company, until)


@frappe.whitelist(methods=["POST"])
def post(company: str, until: str, posting_date: str | None = None) -> str:
	"""Book what is accrued up to a day. Returns the Journal Entry's name."""
	posting.check_right()
	frappe.has_permission("Company", "read", company, throw=True)
	return posting.post(company, until, posting_date)


@frappe.whitelist(methods=["POST"])
def record_draws(company: str, month: str) -> list[str]:
	"""The draws of a month, once for each person."""
	posting.check_right()
	frappe.has_permission("Company", "read", company, throw=True)
	return posting.record_draws(company, month)

"""Receipts: finding, printing and e-mailing them."""

import frappe

from dealer_pos_crm.dealer_cashier import receipts as deposits
from dealer_pos_crm.dealer_counter.receipts import finding, prints, sending


@frappe.whitelist()
def find(
	company: str,
	text: str = "",
	kind: str | None = None,
	from_date: str | None = None,
	to_date: str | None = None,
	skip: int = 0,
) -> dict:
	"""One page of the receipts that fit, newest first, as far as the user may read them."""
	frappe.has_permission("Counter Receipt", "read", throw=True)
	frappe.has_permission("Company", "read", frappe.get_cached_doc("Company", company), throw=True)
	return finding.find(text, company, kind=kind, from_date=from_date, to_date=to_date, start=skip)


@frappe.whitelist(methods=["POST"])
def print_of(doctype: str, name: str, print_format: str | None = None) -> dict:
	"""Write a print of a receipt down and say where it is: the first is the original, later ones are copies."""
	_may(doctype, name, "print")
	return prints.print_of(doctype, name, print_format)


@frappe.whitelist(methods=["POST"])
def send(doctype: str, name: str, to: str | None = None) -> dict:
	"""E-mail the receipt of a deposit or of the counter as it stands now."""
	_may(doctype, name, "email")
	return (deposits if doctype == "Deposit" else sending).send_now(name, to)


def _may(doctype: str, name: str, right: str) -> None:
	printed = (*prints.FORMATS, *prints.REPORTS, "Card Payment", "Card Refund")
	known = printed if right == "print" else ("Deposit", sending.DOCTYPE)
	if doctype not in known:
		frappe.throw(frappe._("{0} has no receipt").format(frappe._(doctype)), frappe.PermissionError)
	frappe.has_permission(doctype, right, frappe.get_doc(doctype, name), throw=True)

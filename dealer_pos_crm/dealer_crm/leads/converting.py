"""A lead becomes a customer: one who is known, or a new one by ERPNext's own way from lead to customer."""

import frappe

from dealer_pos_crm.dealer_crm.attribution import attribute
from dealer_pos_crm.dealer_crm.leads import matching, response
from dealer_pos_crm.dealer_crm.leads.lead import keep, locked, step
from dealer_pos_crm.dealer_crm.owners import works_here
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def customer_for(lead: str, *, customer: str | None = None) -> str:
	"""The customer of a lead, in the caller's transaction: the one decided on (``customer``), the matched one,
	the one made from it before, else a new one.

	Raises ``DealerRefusal`` while somebody on file comes into question and nobody has decided.
	"""
	with explained():
		doc = locked(lead)
		if doc.dealer_state == "Converted" and doc.dealer_customer:
			return doc.dealer_customer
		found = customer or doc.dealer_customer or _made_from(doc.name)
		if not found and doc.dealer_match == matching.TO_CHECK:
			raise Refused(
				"match_open",
				marked("{0} may be somebody who is a customer already. Decide on the lead first, then go on"),
				doc.name,
			)
		found = found or _new_customer(doc)
		_look_after(found, doc.lead_owner)
		keep(doc, dealer_customer=found, dealer_match=matching.MATCHED, dealer_state="Converted")
		if doc.status != "Converted":
			doc.db_set("status", "Converted")
		attribute(doc.name, found)
		response.stop(doc)
		step(doc, "lead.converted")
		return found


def _made_from(lead: str) -> str | None:
	return frappe.db.get_value("Customer", {"lead_name": lead}, "name")


def _new_customer(doc) -> str:
	from erpnext.crm.doctype.lead.lead import _make_customer

	customer = _make_customer(doc.name)
	customer.customer_group = customer.customer_group or _first(
		"Selling Settings", "customer_group", "Customer Group"
	)
	customer.territory = customer.territory or _first("Selling Settings", "territory", "Territory")
	customer.insert()
	doc.reload()
	return customer.name


def _first(settings: str, field: str, doctype: str) -> str | None:
	usual = frappe.db.get_single_value(settings, field)
	return usual or frappe.db.get_value(doctype, {"is_group": 0}, "name", order_by="lft")


def _look_after(customer: str, owner: str | None) -> None:
	"""Whoever sold to the lead looks after the customer, unless somebody does already."""
	if works_here(owner) and not works_here(frappe.db.get_value("Customer", customer, "dealer_sales_owner")):
		frappe.db.set_value("Customer", customer, "dealer_sales_owner", owner)
		frappe.clear_document_cache("Customer", customer)

"""Who a visit, an appointment or a test drive is about: a customer, or a lead nobody knows yet."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.deal import WORKING
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def settle(doc) -> None:
	"""Fill who it is about: a deal knows its customer and lead, a converted lead its customer.

	Refused (``nobody``) when neither is named, ``customer_disabled``, ``other_person`` for a deal of another.
	"""
	if doc.get("deal"):
		deal = frappe.db.get_value("Deal Jacket", doc.deal, ["customer", "lead", "co_buyer"], as_dict=True)
		if deal:
			if doc.customer and doc.customer not in (deal.customer, deal.co_buyer):
				raise Refused("other_person", marked("{0} is a deal of another customer"), doc.deal)
			doc.customer = doc.customer or deal.customer
			doc.lead = doc.lead or deal.lead
	if doc.lead and not doc.customer:
		doc.customer = frappe.db.get_value("Lead", doc.lead, "dealer_customer") or None
	if not (doc.customer or doc.lead):
		raise Refused("nobody", marked("For whom? Choose a customer or a lead"))
	if doc.customer and frappe.db.get_value("Customer", doc.customer, "disabled"):
		raise Refused(
			"customer_disabled",
			marked("{0} is disabled. Enable the customer, or choose another one"),
			doc.customer,
		)
	doc.person_name = name_of(doc.customer, doc.lead)


def name_of(customer: str | None, lead: str | None) -> str:
	if customer:
		return frappe.db.get_value("Customer", customer, "customer_name") or customer
	if lead:
		return cstr(frappe.db.get_value("Lead", lead, "lead_name")) or lead
	return ""


def phone_of(customer: str | None, lead: str | None) -> str:
	if customer:
		return cstr(frappe.db.get_value("Customer", customer, "mobile_no"))
	if lead:
		found = frappe.db.get_value("Lead", lead, ["mobile_no", "phone"])
		return cstr(found and (found[0] or found[1]))
	return ""


def salesperson_of(customer: str | None, lead: str | None, deal: str | None = None) -> str | None:
	"""Who looks after this person in sales, while they work here."""
	candidates = (
		frappe.db.get_value("Deal Jacket", deal, "salesperson") if deal else None,
		frappe.db.get_value("Lead", lead, "lead_owner") if lead else None,
		frappe.db.get_value("Customer", customer, "dealer_sales_owner") if customer else None,
	)
	return next(
		(user for user in candidates if user and frappe.get_cached_value("User", user, "enabled")), None
	)


def check_salesperson(user: str | None) -> None:
	if not user:
		raise Refused("no_salesperson", marked("Who helps? Choose a salesperson"))
	if not frappe.get_cached_value("User", user, "enabled"):
		raise Refused(
			"salesperson", marked("{0} does not work here any more. Choose another salesperson"), user
		)


def working_deal(customer: str | None, lead: str | None, company: str) -> str | None:
	"""The one deal that is being worked on with this person; None when there is none, or more than one."""
	about = {"customer": customer} if customer else {"lead": lead}
	found = frappe.get_all(
		"Deal Jacket",
		{**about, "company": company, "stage": ("in", [stage.value for stage in WORKING])},
		pluck="name",
		order_by="name",
		limit=2,
	)
	return found[0] if len(found) == 1 else None


def full_name(user: str | None) -> str:
	return names_of([user]).get(user, "") if user else ""


def car_text(vehicle: str | None, what: str | None = None) -> str:
	"""A car in words."""
	if vehicle:
		return cstr(frappe.db.get_value("Dealer Vehicle", vehicle, "title")) or vehicle
	return cstr(what) or _("no car named yet")

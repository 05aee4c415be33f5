"""The counter's screen: what is known of the customer who stands there, and who it is. Amounts are in major
units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_counter import requests
from dealer_pos_crm.dealer_counter.screen import opening as opened
from dealer_pos_crm.dealer_counter.screen import search
from dealer_pos_crm.dealer_counter.screen import strip as shown


def _may_see(company: str) -> None:
	frappe.has_permission("Company", "read", frappe.get_cached_doc("Company", company), throw=True)


@frappe.whitelist()
def opening(pos_profile: str) -> dict:
	"""What the screen starts with: whether this point of sale is a dealership's counter, and what may be done."""
	profile = frappe.get_cached_doc("POS Profile", pos_profile)
	frappe.has_permission("POS Profile", "read", profile, throw=True)
	return opened.of(profile)


@frappe.whitelist()
def strip(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""What the cashier should know of a customer, in one answer. ``pos_profile``: the counter one stands at."""
	_may_see(company)
	return shown.of(customer, company, pos_profile)


@frappe.whitelist()
def find(text: str, company: str) -> dict:
	"""Who stands there: by name, phone, e-mail, VIN or its end, plate, or the number of a document.
	``rows``, the likeliest first; ``more``: a longer text would be answered better."""
	_may_see(company)
	frappe.has_permission("Customer", "read", throw=True)
	return search.find(text, company)


@frappe.whitelist(methods=["POST"])
def take_back(client_key: str) -> dict:
	"""Take a request back whose answer never came, before another one is begun: ``{"taken_back": bool}``. If it
	was carried out already it cannot be, and what became of it is asked for where it was sent."""
	frappe.has_permission("Payment Entry", "submit", throw=True)
	return {"taken_back": requests.take_back(client_key)}

"""What the point of sale is told at its start: whether it is a dealership's counter, and what may be done."""

import frappe
from frappe.utils import cint

from dealer_pos_crm.dealer_cashier.terminal.readers import companies_with_readers
from dealer_pos_crm.dealer_setup.settings import is_dealership


def of(profile) -> dict:
	"""``counter`` is false where the setting is off or the company is no dealership: the screen stays
	ERPNext's own."""
	counter = bool(cint(profile.get("dealer_counter"))) and is_dealership(profile.company)
	if not counter:
		return {"counter": False, "pos_profile": profile.name, "company": profile.company}
	return {
		"counter": True,
		"pos_profile": profile.name,
		"company": profile.company,
		"currency": frappe.get_cached_value("Company", profile.company, "default_currency"),
		"blind_count": bool(cint(profile.get("dealer_blind_count"))),
		"shift": shift_of(profile.company, profile.name),
		"readers": bool(companies_with_readers([profile.company])),
		"may": {
			"collect": bool(frappe.has_permission("Payment Entry", "submit")),
			"take_deposit": bool(frappe.has_permission("Deposit", "create")),
			"see_deals": bool(frappe.has_permission("Deal Jacket", "read")),
		},
	}


def shift_of(company: str, pos_profile: str | None = None) -> dict | None:
	"""The shift that this user has open in the company, with its counter and since when; else nothing."""
	filters = {
		"user": frappe.session.user,
		"company": company,
		"status": "Open",
		"docstatus": 1,
		**({"pos_profile": pos_profile} if pos_profile else {}),
	}
	return frappe.db.get_value(
		"POS Opening Entry",
		filters,
		["name", "pos_profile", "period_start_date"],
		as_dict=True,
		order_by="period_start_date desc",
	)

"""The point of sale tells that the dealership's part of it is switched off, or that a piece of it failed."""

import frappe
from frappe.utils import cint, cstr

_DAY = 24 * 60 * 60  # seconds
_NAMES = 20
_LONGEST = 2000  # characters of what a browser tells


@frappe.whitelist(methods=["POST"])
def report(missing: str | list, detail: str | None = None) -> dict:
	"""One line for the administrator, once a day for the same. ``missing``: names of what is not as known, or
	of the part that failed. Returns ``counter``: whether the user's open shift is at a dealership's counter."""
	frappe.has_permission("POS Invoice", "create", throw=True)
	names = [cstr(name)[:100] for name in frappe.parse_json(missing)[:_NAMES]]
	key = f"dealer_counter_health|{'|'.join(names)}"
	if names and not frappe.cache.get_value(key, expires=True):
		frappe.cache.set_value(key, 1, expires_in_sec=_DAY)
		frappe.log_error(
			title="Dealership counter: not as known"[:140],
			message="\n".join(
				[
					"The point of sale works as plain ERPNext, or without the part named here:",
					*names,
					cstr(detail)[:_LONGEST],
				]
			),
		)
	return {"counter": _is_at_counter()}


def _is_at_counter() -> bool:
	profile = frappe.db.get_value(
		"POS Opening Entry",
		{"user": frappe.session.user, "status": "Open", "docstatus": 1},
		"pos_profile",
		order_by="period_start_date desc",
	)
	return bool(profile and cint(frappe.get_cached_value("POS Profile", profile, "dealer_counter")))

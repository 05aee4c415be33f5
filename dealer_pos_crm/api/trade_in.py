"""Trade-ins, from the screens. The actual cash value is written by managers and seen on level 1 only."""

import frappe

from dealer_pos_crm.dealer_showroom.trade_ins import appraising
from dealer_pos_crm.dealer_showroom.trade_ins.trade import DOCTYPE


@frappe.whitelist()
def warnings(trade_in: str) -> list[dict]:
	"""What our books know about the car, and what has run out."""
	frappe.has_permission(DOCTYPE, "read", trade_in, throw=True)
	return appraising.warnings(frappe.get_doc(DOCTYPE, trade_in))


@frappe.whitelist(methods=["POST"])
def appraise(
	trade_in: str,
	value: float | int | str,
	allowance: float | int | str | None = None,
	recon_estimate: float | int | str | None = None,
	valid_until: str | None = None,
) -> None:
	"""A manager says what the car is worth (actual cash value) and what is allowed for it."""
	frappe.has_permission(DOCTYPE, "write", trade_in, throw=True)
	appraising.appraise(
		trade_in,
		value=value,
		allowance=allowance,
		recon_estimate=recon_estimate,
		valid_until=valid_until or None,
	)


@frappe.whitelist(methods=["POST"])
def decline(trade_in: str, reason: str) -> None:
	"""The car is not taken."""
	frappe.has_permission(DOCTYPE, "write", trade_in, throw=True)
	appraising.decline(trade_in, reason)

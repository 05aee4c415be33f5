"""Money of repair orders, from the screens. Amounts are in major units of the company's currency."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.deposits import overview as deposit_overview
from dealer_pos_crm.dealer_service.billing import claims, collecting, hand_over, invoicing, overview
from dealer_pos_crm.dealer_service.orders import closing


def _may_read(order: str) -> None:
	frappe.has_permission("Repair Order", "read", order, throw=True)


def _may(roles: frozenset[str], what: str) -> None:
	if not overview.has_role(roles):
		frappe.throw(_("You may not do this: {0}").format(what), frappe.PermissionError)


def _may_take_money() -> None:
	frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist()
def get_overview(order: str) -> dict:
	"""The money of an order: bills, payments, deposits, claims, and what is possible now."""
	_may_read(order)
	frappe.has_permission("Sales Invoice", "read", throw=True)  # a technician sees the work, not the money
	return overview.of(order)


@frappe.whitelist(methods=["POST"])
def number_estimate(order: str) -> str:
	"""The number of an order's estimate, given once."""
	frappe.has_permission("Repair Order", "write", order, throw=True)
	return closing.estimate_number(order)


@frappe.whitelist()
def payment_modes(company: str) -> list[dict]:
	"""Modes of payment that have an account in the company."""
	_may_take_money()
	frappe.has_permission("Company", "read", company, throw=True)
	return deposit_overview.payment_modes(company)


@frappe.whitelist(methods=["POST"])
def invoice(order: str, client_key: str) -> dict:
	"""Bill what is approved and done: all documents, or none."""
	_may_read(order)
	_may(overview.INVOICING, _("invoice a repair order"))
	return invoicing.invoice(order, client_key)


@frappe.whitelist(methods=["POST"])
def collect(order: str, tenders: str | list, client_key: str, payer: str | None = None) -> dict:
	"""Take money for an order. ``tenders``: [{mode_of_payment, amount, reference_no, reference_date}]."""
	_may_read(order)
	_may_take_money()
	return collecting.collect(order, frappe.parse_json(tenders), client_key, payer)


@frappe.whitelist(methods=["POST"])
def hand_car_over(order: str, mileage_out: int, release_reason: str | None = None) -> dict:
	"""The car leaves and the order is closed; unpaid only with a manager's reason."""
	_may_read(order)
	_may(overview.HANDING_OVER, _("hand a car over"))
	return hand_over.hand_over(order, mileage_out, release_reason)


@frappe.whitelist(methods=["POST"])
def submit_claim(claim: str, claim_number: str, submitted_on: str | None = None) -> dict:
	"""A warranty claim was sent to the manufacturer, or its number is corrected."""
	frappe.has_permission("Manufacturer Claim", "write", claim, throw=True)
	return claims.submit(claim, claim_number, submitted_on)


@frappe.whitelist(methods=["POST"])
def pay_claim(
	claim: str,
	amount: float | str,
	mode_of_payment: str,
	client_key: str,
	reference_no: str | None = None,
	reference_date: str | None = None,
	book_difference: bool | int = False,
) -> dict:
	"""The manufacturer paid; with ``book_difference`` the rest of the claim is booked as a loss."""
	frappe.has_permission("Manufacturer Claim", "write", claim, throw=True)
	_may_take_money()
	if book_difference:
		_may(overview.DECIDING, _("book a loss"))
	return claims.pay(
		claim, amount, mode_of_payment, client_key, reference_no, reference_date, bool(book_difference)
	)


@frappe.whitelist(methods=["POST"])
def settle_claim(claim: str, reason: str | None = None) -> dict:
	"""The rest of a claim that was paid short is booked as a loss."""
	frappe.has_permission("Manufacturer Claim", "write", claim, throw=True)
	_may(overview.DECIDING, _("book a loss"))
	return claims.settle(claim, reason)


@frappe.whitelist(methods=["POST"])
def deny_claim(claim: str, reason: str, then: str) -> dict:
	"""The manufacturer pays nothing: written off, or billed to the customer or to the house."""
	frappe.has_permission("Manufacturer Claim", "write", claim, throw=True)
	_may(overview.DECIDING, _("decide on a denied claim"))
	return claims.deny(claim, reason, then)

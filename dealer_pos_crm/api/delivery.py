"""Delivery, funding and unwinding of a deal, from the screens. Amounts are in major units of its currency."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.dealer_showroom.delivery import collecting, funding, overview
from dealer_pos_crm.dealer_showroom.delivery import deliver as delivering
from dealer_pos_crm.dealer_showroom.delivery import unwind as unwinding


def _may_read(deal: str) -> None:
	frappe.has_permission(DOCTYPE, "read", deal, throw=True)


def _may(roles: frozenset[str], what: str) -> None:
	if not overview.has_role(roles):
		frappe.throw(_("You may not do this: {0}").format(what), frappe.PermissionError)


def _may_take_money() -> None:
	frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist()
def get_overview(deal: str) -> dict:
	"""The money of a deal, what is missing before delivery, its funding, and what is possible now."""
	_may_read(deal)
	return overview.of(deal)


@frappe.whitelist(methods=["POST"])
def deliver(
	deal: str, client_key: str, mileage: int, at: str | None = None, release_reason: str | None = None
) -> dict:
	"""Deliver the car: all documents and what follows from them, or nothing."""
	_may_read(deal)
	_may(overview.DELIVERING, _("deliver a car"))
	return delivering.deliver(
		deal, client_key=client_key, mileage=mileage, at=at, release_reason=release_reason
	)


@frappe.whitelist(methods=["POST"])
def collect(deal: str, tenders: str | list, client_key: str) -> dict:
	"""Take money for a delivered deal. ``tenders``: [{mode_of_payment, amount, reference_no, reference_date}]."""
	_may_read(deal)
	_may_take_money()
	return collecting.collect(deal, frappe.parse_json(tenders), client_key)


@frappe.whitelist(methods=["POST"])
def send_to_lender(
	deal: str, on: str | None = None, due_on: str | None = None, reference: str | None = None
) -> dict:
	"""The contract was sent to the lender."""
	_may_read(deal)
	_may(overview.FUNDING, _("send a contract"))
	return funding.send(deal, on=on, due_on=due_on, reference=reference)


@frappe.whitelist(methods=["POST"])
def returned_by_lender(deal: str, reason: str) -> dict:
	"""The lender wants something before it pays."""
	_may_read(deal)
	_may(overview.FUNDING, _("note a returned contract"))
	return funding.returned(deal, reason)


@frappe.whitelist(methods=["POST"])
def fund(
	deal: str,
	amount: float | str,
	mode_of_payment: str,
	client_key: str,
	reference_no: str | None = None,
	reference_date: str | None = None,
	difference_reason: str | None = None,
) -> dict:
	"""The lender paid; with ``difference_reason`` a manager books what the amount differs by."""
	_may_read(deal)
	_may(overview.FUNDING, _("book contract money"))
	_may_take_money()
	return funding.funded(
		deal,
		amount,
		mode_of_payment=mode_of_payment,
		client_key=client_key,
		reference_no=reference_no,
		reference_date=reference_date,
		difference_reason=difference_reason,
	)


@frappe.whitelist(methods=["POST"])
def book_difference(deal: str, reason: str) -> dict:
	"""The rest that the lender still owes will not come."""
	_may_read(deal)
	_may(funding.DECIDING, _("book a loss"))
	return funding.book_difference(deal, reason)


@frappe.whitelist()
def preview_unwind(deal: str) -> dict:
	"""What unwinding would do, and what is in the way. Changes nothing."""
	_may_read(deal)
	_may(overview.UNWINDING, _("unwind a deal"))
	return unwinding.preview(frappe.get_doc(DOCTYPE, deal))


@frappe.whitelist(methods=["POST"])
def unwind(deal: str, reason: str, client_key: str, mileage: int | None = None) -> dict:
	"""Take a delivered deal back: all of it, or nothing."""
	_may_read(deal)
	_may(overview.UNWINDING, _("unwind a deal"))
	return unwinding.unwind(deal, reason, client_key=client_key, mileage=mileage)

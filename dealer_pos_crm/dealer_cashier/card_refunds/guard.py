"""Keeps the entry of a refund in step with what the provider has done."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.domain.card_refund import COUNTS, Status


class CardRefundGuarded(frappe.ValidationError):
	"""The money is at the provider, whatever the books say."""


def check_cancel(payment) -> None:
	"""The entry of a refund that is on its way or has arrived is not cancelled by hand: the money would be in
	the books and with the customer. Neither is what brought in again a refund that failed."""
	name = payment.get("dealer_card_refund")
	if not name or payment.flags.dealer_card_refund:
		return
	if payment.payment_type == "Receive":
		frappe.throw(
			_("{0} brings back what {1} had paid out and what did not arrive. It stands with that").format(
				payment.name, get_link_to_form("Card Refund", name)
			),
			CardRefundGuarded,
			title=_("The Customer's Money"),
		)
	status = frappe.db.get_value("Card Refund", name, "status")
	if not status or Status(status) not in COUNTS:
		return
	frappe.throw(
		_(
			"{0} pays {1}, which is {2}: the money goes back to the customer's card and cannot be held up here."
			" Should it not arrive, the entry is reversed by itself"
		).format(payment.name, get_link_to_form("Card Refund", name), _(status)),
		CardRefundGuarded,
		title=_("On Its Way to the Customer"),
	)

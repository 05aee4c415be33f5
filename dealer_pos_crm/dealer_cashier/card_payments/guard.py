"""Keeps the Payment Entry of a charge the only one, and notices when an accountant takes it away."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_cashier.card_payments import payment, telling
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.domain.card_payment import Booking

DOCTYPE = "Card Payment"


class CardPaymentGuarded(frappe.ValidationError):
	"""The money of a card is booked once, as the provider took it."""


def is_entry(entry: Any) -> bool:
	"""Whether a Payment Entry brings in the money of a charge; what brings back a failed refund does not."""
	return bool(
		entry.get("dealer_card_payment")
		and entry.payment_type == "Receive"
		and not entry.get("dealer_card_refund")
	)


def check(entry: Any) -> None:
	"""Only the app's own booking, and the amendment of one, stand for a charge; one at a time, for what was
	taken, on the account that the provider pays out of."""
	if not is_entry(entry):
		return
	name = entry.dealer_card_payment
	if not entry.flags.dealer_card_booking:
		origin = entry.amended_from if entry.is_new() else entry.name
		if not origin or frappe.db.get_value("Payment Entry", origin, "dealer_card_payment") != name:
			frappe.throw(
				_("{0} is booked by itself. Make a new payment instead of a copy of its entry").format(
					get_link_to_form(DOCTYPE, name)
				),
				CardPaymentGuarded,
			)
	_check_alone(entry, name)
	_check_money(entry, name)


def _check_alone(entry: Any, name: str) -> None:
	other = frappe.db.sql(
		"""select name from `tabPayment Entry` where dealer_card_payment = %s and docstatus = 1
			and payment_type = 'Receive' and ifnull(dealer_card_refund, '') = '' and name != %s
		lock in share mode""",
		(name, entry.name or ""),
	)
	if other:
		frappe.throw(
			_("{0} is in the books already: {1}. The same money cannot be booked twice").format(
				get_link_to_form(DOCTYPE, name), get_link_to_form("Payment Entry", other[0][0])
			),
			CardPaymentGuarded,
			title=_("Booked Already"),
		)


def _check_money(entry: Any, name: str) -> None:
	card = frappe.db.get_value(
		DOCTYPE, name, ["captured_amount", "currency", "company", "gateway_account"], as_dict=True
	)
	clearing = frappe.db.get_value("Gateway Account", card.gateway_account, "clearing_account")
	captured = rounded(card.captured_amount, card.currency)
	if entry.company != card.company or rounded(entry.paid_amount, card.currency) != captured:
		frappe.throw(
			_("The provider took {0} for {1}; the entry has to be for that").format(
				shown(captured), get_link_to_form(DOCTYPE, name)
			),
			CardPaymentGuarded,
		)
	if entry.paid_to != clearing:
		frappe.throw(
			_("The money of {0} is with the provider: Account Paid To has to be {1}").format(
				get_link_to_form(DOCTYPE, name), clearing
			),
			CardPaymentGuarded,
		)


def submitted(entry: Any) -> None:
	"""An amended entry takes the place of the cancelled one. The app's own booking writes that itself."""
	if not is_entry(entry) or entry.flags.dealer_card_booking:
		return
	card = payment.locked(entry.dealer_card_payment)
	used = bool(entry.references) or bool(entry.get("dealer_deposit"))
	card.db_set(
		{
			"booking": (Booking.BOOKED if used else Booking.ON_ACCOUNT).value,
			"payment_entry": entry.name,
			"booking_note": None,
		},
		notify=True,
	)
	telling.in_the_books(card)
	payment.follow(card)


def cancelled(entry: Any) -> None:
	"""The customer has paid, and the books say otherwise: somebody has to put that right."""
	if not is_entry(entry):
		return
	card = payment.locked(entry.dealer_card_payment)
	if card.payment_entry and card.payment_entry != entry.name:
		return
	note = _(
		"{0} was cancelled by {1}, the money is still at the provider. Amend the entry, book it again, or give it back to the card"
	).format(entry.name, frappe.session.user)
	card.db_set(
		{"booking": Booking.CANCELLED.value, "payment_entry": None, "booking_note": note}, notify=True
	)
	telling.stuck(card, note)
	payment.follow(card)

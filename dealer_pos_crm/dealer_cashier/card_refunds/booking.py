"""A refund enters the books: its row, the Payment Entry that pays it and the attempt, in one transaction.

The entry takes from the clearing account, where the payment stands until the provider pays out. It is made
before the provider is asked; what does not arrive is reversed.
"""

import frappe
from frappe import _
from frappe.utils import cint, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import room, sending
from dealer_pos_crm.dealer_cashier.card_refunds.sources import Place
from dealer_pos_crm.dealer_cashier.collecting import reconcile
from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.domain import card_refund as rules
from dealer_pos_crm.domain.card_refund import Source, Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Card Refund"


def new_row(card, amount: Money, reason: str, **values):
	"""A Card Refund of a card payment, not yet inserted."""
	return frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"card_payment": card.name,
			"customer": card.payer or card.customer,
			"company": card.company,
			"gateway_account": card.gateway_account,
			"test_mode": cint(card.test_mode),
			"amount": to_float(amount),
			"currency": card.currency,
			"status": Status.REQUESTED.value,
			"reason": reason,
			"requested_by": frappe.session.user,
			"requested_at": now_datetime(),
			**values,
		}
	)


def keep(refund) -> None:
	"""Write the row. Nobody else may: it says who asked, who decided, and where the money is."""
	refund.flags.of_the_house = True
	refund.save(ignore_permissions=True)


def check(card, amount: Money) -> None:
	"""All that the payment itself says for or against a refund. ``card``: locked by the caller."""
	if card.status != "Captured":
		raise Refused(
			"not_captured",
			marked("{0} is {1}: no money was taken, so none can go back"),
			card.name,
			card.status,
		)
	if not card.charge_id:
		raise Refused(
			"no_charge", marked("{0} has no charge at the provider yet; read it again first"), card.name
		)
	rules.check_disputes(room.disputes_of(card), card.name)
	rules.check_amount(amount, room.of(card), card.name)


def book(card, refund, payment, place: Place | None) -> None:
	"""Row, entry and attempt; the row is Sending. ``payment``: the Pay entry, not yet inserted; ``place``: what
	it is matched with, None when the caller does that."""
	refund.status = Status.SENDING.value
	if not refund.name:
		keep(refund)
	enter(card, refund, payment, place)
	keep(refund)
	sending.plan(card, refund)
	set_sums(card)


def enter(card, refund, payment, place: Place | None) -> None:
	"""The Payment Entry of a refund, submitted and matched with where the money was."""
	payment.update(
		{
			"dealer_card_payment": card.name,
			"dealer_card_refund": refund.name,
			"reference_no": refund.refund_id or refund.name,
			"reference_date": nowdate(),
		}
	)
	payment.flags.dealer_card_refund = True
	payment.insert()
	if place and place.source is Source.CREDIT:
		_on_the_account_of(payment, place.receipt)
	payment.submit()
	if place and place.source is Source.CREDIT:
		match(payment, place.receipt, to_money(refund.amount, refund.currency))
	refund.payment_entry = payment.name


def pay_entry(card, refund, place: Place | None, receipt):
	"""A Pay entry of a refund that is no deposit's, not yet inserted. ``receipt``: the entry that brought it."""
	amount = to_money(refund.amount, refund.currency)
	values = {
		"doctype": "Payment Entry",
		"payment_type": "Pay",
		"company": card.company,
		"posting_date": nowdate(),
		"mode_of_payment": receipt.mode_of_payment,
		"party_type": "Customer",
		"party": receipt.party,
		"paid_from": receipt.paid_to,
		"paid_to": _receivable(receipt, place),
		"paid_amount": to_float(amount),
		"received_amount": to_float(amount),
		"source_exchange_rate": 1,
		"target_exchange_rate": 1,
		"cost_center": receipt.cost_center,
		"dealer_refund_of": receipt.name,
		"dealer_vehicle": card.vehicle,
		"dealer_deal": card.deal,
		"dealer_repair_order": card.repair_order,
		"remarks": _("Refund of card payment {0} ({1}): {2}").format(card.name, receipt.name, refund.reason),
		"custom_remarks": 1,
	}
	payment = frappe.get_doc(values)
	if place and place.source is Source.CREDIT_NOTE:
		refunding.pay_out(payment, place.document, amount)
	return payment


def _receivable(receipt, place: Place | None) -> str:
	if place and place.source is Source.CREDIT_NOTE:
		return frappe.db.get_value("Sales Invoice", place.document, "debit_to")
	return receipt.paid_from


def _on_the_account_of(payment, receipt: str) -> None:
	"""ERPNext books what it is not told to match as an advance. Money that lies on the receivable account, as
	it had paid an invoice once, goes back from there."""
	account, advance = frappe.db.get_value(
		"Payment Entry", receipt, ["paid_from", "book_advance_payments_in_separate_party_account"]
	)
	payment.paid_to = account
	payment.book_advance_payments_in_separate_party_account = advance


def match(payment, receipt: str, amount: Money) -> None:
	"""ERPNext's own reconciliation of the entry that brought the money with the one that takes it back."""
	account, party = frappe.db.get_value("Payment Entry", receipt, ["paid_from", "party"])
	reconcile(receipt, ("Payment Entry", payment.name), amount, account=account, party=party, is_advance=True)


def set_sums(card) -> None:
	"""Bring the sums of a card payment in line with its refunds and disputes."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	payment.set_sums(card.name)

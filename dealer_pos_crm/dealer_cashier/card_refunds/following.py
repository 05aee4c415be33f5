"""What the provider says of refunds enters here, from wherever it was heard: an answer, a message, a sweep.

Facts come in any order and more than once; under the lock of the card payment a refund only goes forward.
"""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import booking, outside, reversing, room, telling
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.domain.card_refund import Status, after, comes_back, status_of
from dealer_pos_crm.domain.gateway import RefundFact

# Stripe's words for why a refund did not arrive, in ours.
FAILURES = {
	"charge_for_pending_refund_disputed": "The customer disputes the charge",
	"declined": "The bank declined it",
	"expired_or_canceled_card": "The card has expired or was cancelled",
	"insufficient_funds": "There was not enough money at the provider",
	"lost_or_stolen_card": "The card was reported lost or stolen",
	"merchant_request": "It was cancelled by the dealership at the provider",
	"unknown": "The bank gave no reason",
}


@action
def observe(account, fact: RefundFact) -> str:
	"""Take in what is known of one refund. Returns the Card Refund; empty when the charge is none of
	ours, or when it is the rest of a hold."""
	from dealer_pos_crm.dealer_cashier.card_payments import payment

	if fact.release:
		return ""  # the rest of a hold that was not captured: no money moved
	name = payment.by_charge(account.name, fact.charge) or payment.find(account.name, fact.intent)
	if not name:
		return ""
	card = room.locked(name)
	refund = _known(account, card, fact)
	if refund is None:
		refund = outside.take_in(account, card, fact)
	else:
		_advance(account, card, refund, fact)
	booking.set_sums(card)
	return refund.name


def key_of(account, refund: str) -> str:
	return f"{account.name}|{refund}"


def _known(account, card, fact: RefundFact):
	"""Our row of this refund: by its number, else by what we had written on it when we asked."""
	# Read past any snapshot: who had to wait for the payment sees what the other one wrote.
	name = frappe.db.get_value(
		booking.DOCTYPE, {"refund_key": key_of(account, fact.refund)}, "name", for_update=True
	)
	if name:
		return frappe.get_doc(booking.DOCTYPE, name, for_update=True)
	name = fact.metadata.get("card_refund")
	if not name or fact.metadata.get("site", frappe.local.site) != frappe.local.site:
		return None
	if not frappe.db.exists(booking.DOCTYPE, {"name": name, "card_payment": card.name}):
		return None
	refund = frappe.get_doc(booking.DOCTYPE, name, for_update=True)
	if refund.refund_id or to_money(refund.amount, refund.currency) != fact.amount:
		return None
	# Given up as refused, and made all the same: the booking is gone, so this one is booked anew.
	if Status(refund.status) is Status.FAILED and after(Status.SENDING, fact.state) is not Status.FAILED:
		return None
	return refund


def _advance(account, card, refund, fact: RefundFact) -> None:
	before = Status(refund.status)
	now = after(before, fact.state)
	refund.update(
		{
			"refund_id": fact.refund,
			"refund_key": key_of(account, fact.refund),
			"arn": fact.reference or refund.arn,
			"seen_at": now_datetime(),
		}
	)
	if status_of(fact.state) is now:
		refund.provider_status = fact.provider_status
	if now is before:
		booking.keep(refund)
		return
	refund.status = now.value
	if now is Status.REFUNDED:
		refund.settled_on = now_datetime()
	if comes_back(before, now):
		fail(account, card, refund, reason_of(fact))
		return
	booking.keep(refund)
	if before is Status.SENDING:
		_mail_slip(refund)
	if now is Status.NEEDS_ACTION:
		telling.task(
			account.name,
			refund,
			_("The customer must act to get a refund: {0}").format(refund.name),
			_("The provider asks {0} where to send {1}. Tell them to look into their mail").format(
				refund.customer, refunding.amount_of(refund)
			),
		)


def _mail_slip(refund) -> None:
	"""The slip of a deposit's refund goes out when the provider has answered, not before."""
	from dealer_pos_crm.dealer_cashier import receipts

	if refund.deposit_action:
		receipts.send_later(frappe.get_doc("Deposit Action", refund.deposit_action))


def reason_of(fact: RefundFact) -> str:
	return (
		_(FAILURES[fact.failure]) if fact.failure in FAILURES else cstr(fact.failure) or _("no reason given")
	)


def fail(account, card, refund, why: str) -> None:
	"""It did not arrive: the row says why, the booking is reversed, people are told. Under the lock."""
	refund.status = Status.FAILED.value
	refund.failure = why
	refund.settled_on = now_datetime()
	booking.keep(refund)
	reversing.reverse(account, card, refund, why)
	booking.keep(refund)
	telling.failed(card, refund, why)
	_mail_slip(refund)  # of what went back in another way


@action
def refused(name: str, why: str) -> None:
	"""The provider said a definite no to a refund that was booked: nothing was sent."""
	card_name = frappe.db.get_value(booking.DOCTYPE, name, "card_payment")
	card = room.locked(card_name)
	refund = frappe.get_doc(booking.DOCTYPE, name, for_update=True)
	if Status(refund.status) is not Status.SENDING:
		return
	fail(frappe.get_doc("Gateway Account", refund.gateway_account), card, refund, why)
	booking.set_sums(card)

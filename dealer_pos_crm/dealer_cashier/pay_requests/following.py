"""What a card payment changes for the request it was asked by, in the transaction that learns of it."""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float
from dealer_pos_crm.dealer_cashier.pay_requests import request, sessions, standing
from dealer_pos_crm.dealer_cashier.pay_requests.making import ALIVE
from dealer_pos_crm.domain import pay_request as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.pay_request import Basis, Status


def card_payment_changed(card) -> None:
	"""Bring the request of a card payment in line, whatever the payment did; the same again changes nothing.

	In the caller's transaction, which holds the lock of the card payment. Money that came is told once: paid,
	paid in part, and when it came after the end or twice.
	"""
	if not card.get("pay_request"):
		return
	doc = request.locked(card.pay_request)
	cards = standing.cards_of(doc.name, lock=True)
	due = standing.due_of(doc, cards=cards)
	before, had = Status(doc.status), rounded(doc.paid_amount, doc.currency)
	captured = _captured(cards, doc.currency)
	facts = standing.of(doc, due)
	now = rules.status_of(Basis(doc.amount_basis), facts, before)
	failure = _failure(cards) if now is Status.FAILED else None
	same_failure = cstr(failure) == cstr(doc.failure) or failure is None
	if now is before and captured == had and same_failure:
		return
	doc.status = now.value
	doc.paid_amount = to_float(captured)
	doc.failure = failure
	more = captured - had
	if more.minor > 0:
		doc.paid_on = now_datetime().replace(microsecond=0)
	if before is Status.HELD and now is Status.CANCELLED:
		doc.cancelled_on, doc.cancel_reason = now_datetime().replace(microsecond=0), _("The hold has ended")
	request.keep(doc)
	if more.minor > 0:
		_tell_paid(doc, now, before, more, due)
		_tell_late(doc, card, before, more)
	elif now is Status.FAILED:
		request.step(
			doc,
			"pay_request.failed",
			title=_("A card was declined for {0}").format(doc.what),
			reason=failure,
			facts={"how": "Online"},
		)
	if now in (Status.PAID, Status.HELD) and before is not now:
		sessions.close_all(doc, cards=cards, but=card.name)


def _captured(cards: list, currency: str) -> Money:
	return sum(
		(rounded(card.captured_amount, currency) for card in cards if card.status == "Captured"),
		Money.zero(currency),
	)


def _failure(cards: list) -> str:
	return cstr(cards[-1].decline_message) or _("The card was declined")


def _tell_paid(doc, now: Status, before: Status, more: Money, due: standing.Due) -> None:
	if now is Status.PAID and before is not Status.PAID:
		request.step(
			doc,
			"pay_request.paid",
			title=_("Paid {0} for {1}").format(shown(more), doc.what),
			amount=more,
			facts={"how": "Online"},
		)
	elif now is Status.PART_PAID:
		request.step(
			doc,
			"pay_request.part_paid",
			title=_("Paid {0} of {1} for {2}").format(shown(more), shown(more + due.now), doc.what),
			amount=more,
			facts={"how": "Online", "rest": shown(due.now)},
		)


def _tell_late(doc, card, before: Status, more: Money) -> None:
	"""Money that nobody waited for any more: a person decides whether it stays. Where its document does not
	take it, the booking says so itself."""
	if doc.for_doctype in ("Deposit", "Deal Jacket"):
		return
	reason = ""
	if before is Status.CANCELLED:
		reason = _("The request had been taken back when it came.")
	elif before is Status.EXPIRED:
		reason = _("The request had run out when it came.")
	elif before is Status.PAID and not doc.for_doctype:
		reason = _("The request was paid already.")
	if not reason:
		return
	log.write(
		"payment.late",
		title=_("{0} came for {1}, which nobody waited for any more").format(shown(more), doc.what),
		customer=doc.customer,
		company=doc.company,
		reference=("Card Payment", card.name),
		pay_request=doc.name,
		card_payment=card.name,
		deposit=doc.deposit,
		deal=doc.deal,
		repair_order=doc.repair_order,
		vehicle=doc.vehicle,
		department=doc.department,
		amount=more,
		actor=doc.requested_by,
		reason=reason,
		facts={"what": doc.what, "how": "Online"},
	)


def expire_due() -> None:
	"""Requests whose time has passed, unless a customer is on the provider's page at this moment."""
	from dealer_pos_crm.dealer_setup.acting import each_alone

	names = frappe.get_all(
		request.DOCTYPE,
		{"status": ("in", ALIVE), "expires_at": ("<=", now_datetime())},
		pluck="name",
		order_by="expires_at",
		limit=200,
	)
	each_alone(request.DOCTYPE, names, _expire, _("Pay request {0} could not be ended"))


def _expire(name: str) -> None:
	doc = request.locked(name)
	if Status(doc.status) not in rules.LIVE or not standing.is_expired(doc):
		return
	if sessions.open_ones(standing.cards_of(name), grace=sessions.ON_THE_WAY):
		return  # its page ends within the hour by itself; who pays there began in time
	request.end(doc, Status.EXPIRED, reason=_("Its time had passed"))


def close_settled() -> None:
	"""Requests whose document was paid another way close themselves: nobody is asked for nothing."""
	from dealer_pos_crm.dealer_setup.acting import each_alone

	names = frappe.get_all(
		request.DOCTYPE,
		{"status": ("in", ALIVE), "for_doctype": ("is", "set")},
		pluck="name",
		order_by="modified",
		limit=500,
	)
	each_alone(request.DOCTYPE, names, close_if_settled, _("Pay request {0} could not be checked"))


def close_if_settled(name: str) -> bool:
	"""Close a request when its document wants nothing any more. Returns whether it did."""
	due = standing.due_of(frappe.get_doc(request.DOCTYPE, name))
	if due.due is None or due.due or due.under_way:
		return False
	frappe.db.rollback()
	doc = request.locked(name)
	due = standing.due_of(doc)
	if Status(doc.status) not in rules.LIVE or due.due is None or due.due or due.under_way:
		return False
	if due.paid.minor > 0:
		doc.status = Status.PAID.value
		request.keep(doc)
		sessions.close_all(doc)
		request.step(
			doc, "pay_request.paid", title=_("The rest of {0} was paid another way").format(doc.what)
		)
		return True
	paid = standing.was_paid(doc)
	request.end(
		doc, Status.CANCELLED, reason=request.PAID_OTHERWISE if paid else due.why_not or _("Given up")
	)
	return True

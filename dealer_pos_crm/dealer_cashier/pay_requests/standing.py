"""What the books and the card payments say of a pay request, read at the moment it is asked."""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.pay_request import Basis, Standing, Status, amount_now

_CARD_FIELDS = (
	"name",
	"status",
	"booking",
	"amount",
	"captured_amount",
	"refunded_amount",
	"session_id",
	"session_url",
	"session_expires_at",
	"intent_id",
	"decline_message",
	"captured_on",
	"brand",
	"last4",
	"payment_entry",
	"creation",
	"capture_before",
)


@dataclass(frozen=True, slots=True)
class Due:
	"""What may be paid of a request now. ``due``: what its document wants, None without one."""

	now: Money
	due: Money | None
	paid: Money
	payable: bool
	why_not: str
	cards: list
	owed: Any = None

	@property
	def under_way(self) -> bool:
		"""The provider works on a payment at this moment."""
		return any(card.status == "Processing" for card in self.cards)


def cards_of(request: str, *, lock: bool = False) -> list:
	"""The card payments of a request, the first one first. ``lock``: as they are now, not when we began."""
	card = frappe.qb.DocType("Card Payment")
	query = (
		frappe.qb.from_(card)
		.select(*(card[field] for field in _CARD_FIELDS))
		.where(card.pay_request == request)
		.orderby(card.creation)
		.orderby(card.name)
	)
	return (query.for_update() if lock else query).run(as_dict=True)


def owed_of(request):
	"""What the request's document still wants; None without a document."""
	if not request.for_doctype:
		return None
	from dealer_pos_crm.dealer_cashier.card_payments import subjects

	return subjects.owed(request.for_doctype, request.for_name, payer=request.customer)


def due_of(request, *, cards: list | None = None) -> Due:
	"""What may be paid now, from the books."""
	cards = cards_of(request.name) if cards is None else cards
	currency = request.currency
	paid = _net(cards, currency)
	asked = rounded(request.amount, currency)
	owed, why_not, due = None, "", None
	if request.for_doctype:
		due = Money.zero(currency)
		try:
			owed = owed_of(request)
		except frappe.DoesNotExistError:
			frappe.clear_last_message()
			why_not = _("{0} is not there any more").format(request.for_name)
	basis = Basis(request.amount_basis or Basis.OPEN_BALANCE.value)
	if owed:
		why_not = owed.why_not or ""
		if owed.any_amount and basis is Basis.FIXED:
			due = None  # money down: not bound to what is open
		elif not _is_settled(owed):
			due = owed.amount
	unbooked = _net([card for card in cards if card.booking != "Booked"], currency)
	if due is not None:
		due = max(due - unbooked, Money.zero(currency))
	now = amount_now(basis, asked, paid, due=due)
	payable = owed.payable if owed else not why_not
	if payable and not cint(frappe.get_cached_value("Gateway Account", request.gateway_account, "enabled")):
		payable, why_not = False, _("Card payments are switched off; take the money another way")
	return Due(now, due, paid, payable, why_not, cards, owed)


def _is_settled(owed) -> bool:
	"""A deposit says what it is of, also when it was taken; then nothing is open of it."""
	return owed.doctype == "Deposit" and frappe.db.get_value("Deposit", owed.name, "status") != "Draft"


def was_paid(request) -> bool:
	"""Whether a document of which nothing is open was paid, and not given up."""
	doctype, name = request.for_doctype, request.for_name
	if doctype == "Deposit":
		return frappe.db.get_value(doctype, name, "status") not in (None, "Draft", "Cancelled")
	if doctype == "Sales Invoice":
		return frappe.db.get_value(doctype, name, "docstatus") == 1
	if doctype == "Deal Jacket":
		return frappe.db.get_value(doctype, name, "stage") not in (None, "Lost", "Unwound")
	return frappe.db.get_value(doctype, name, "status") not in (None, "Cancelled")


def _net(cards: list, currency: str) -> Money:
	"""Taken and not given back."""
	return total(
		(
			rounded(card.captured_amount, currency) - rounded(card.refunded_amount, currency)
			for card in cards
			if card.status == "Captured"
		),
		currency,
	)


def is_expired(request) -> bool:
	return bool(request.expires_at) and get_datetime(request.expires_at) <= now_datetime()


def of(request, due: Due) -> Standing:
	"""The facts that its status follows from."""
	last = due.cards[-1] if due.cards else None
	currency = request.currency
	return Standing(
		asked=rounded(request.amount, currency),
		paid=due.paid,
		due=due.due,
		sent=bool(request.sent_on),
		opened=bool(request.opened_on),
		declined=bool(last and last.decline_message and last.status not in ("Captured", "Processing")),
		expired=request.status == Status.EXPIRED.value,
		cancelled=request.status == Status.CANCELLED.value,
		hold=bool(request.hold_for),
		held=any(card.status == "Authorised" for card in due.cards),
	)

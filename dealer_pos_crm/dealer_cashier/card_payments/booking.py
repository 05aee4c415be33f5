"""The one Payment Entry of a captured charge, on the clearing account.

The document that it is for takes the money if it can. If it cannot, whatever the reason, the money stands as
the customer's credit, the payment says why and a person gets a promise. Only what ERPNext cannot book at all
waits as Not Booked, with a task, and is tried again. Each way is a transaction of its own, which begins with
the locks (Pay Request, Card Payment, invoices, then what the way itself needs) and looks again.
"""

from collections.abc import Callable
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import cstr, now_datetime, strip_html

from dealer_pos_crm.dealer_cashier import collecting
from dealer_pos_crm.dealer_cashier.card_payments import payment as payments
from dealer_pos_crm.dealer_cashier.card_payments import telling, ways
from dealer_pos_crm.dealer_cashier.deposits.taking import money_account
from dealer_pos_crm.dealer_cashier.gateway import failures
from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_setup.acting import action, on_behalf_of
from dealer_pos_crm.dealer_setup.refusals import TryAgain
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.domain.card_payment import IN_THE_BOOKS, Booking, Status
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Card Payment"


def book(name: str, *, by_person: bool = False) -> str:
	"""Book what was captured; commits. Returns the booking's state. Booking again what is booked does nothing.

	``by_person``: somebody looked at a payment whose amount differs, or whose booking an accountant cancelled,
	and wants it booked as it is. Raises ``TryAgain`` when others hold the documents; the sweep comes back.
	"""
	messages = len(frappe.local.message_log)
	reasons: list[str] = []
	for way in (_into_its_document, _on_account):
		try:
			state = _by_somebody(way, name, " ".join(reasons), by_person)
			frappe.db.commit()  # nosemgrep - a charge and its Payment Entry are one piece of work
			return state
		except (TryAgain, frappe.QueryDeadlockError, frappe.QueryTimeoutError):
			raise  # nothing is wrong with the way; it is taken again
		except Exception as error:
			frappe.db.rollback()
			del frappe.local.message_log[messages:]
			reason = _reason(error) or _trace(name, error)
			if reason not in reasons:
				reasons.append(reason)
	state = _not_booked(name, " ".join(reasons))
	frappe.db.commit()  # nosemgrep - why it waits is kept, and told
	return state


def entry_of(name: str) -> str | None:
	"""The Payment Entry that stands for a charge, read past any snapshot."""
	rows = frappe.db.sql(
		"""select name from `tabPayment Entry` where dealer_card_payment = %s and docstatus = 1
			and payment_type = 'Receive' and ifnull(dealer_card_refund, '') = ''
		order by creation lock in share mode""",
		name,
	)
	return rows[0][0] if rows else None


def _by_somebody(way: Callable[[str, str, bool], str], name: str, why: str, by_person: bool) -> str:
	"""In the name of who asked for the money, if that person may write payments at all, else of who looks after
	the account; the money came, and does not stay out of the books for want of a right."""
	frappe.db.rollback()
	card = frappe.db.get_value(DOCTYPE, name, ["requested_by", "gateway_account"], as_dict=True)
	people = [telling.person_of(card), failures.person(card.gateway_account), "Administrator"]
	able = [user for user in dict.fromkeys(people) if _may_book(user)]
	messages = len(frappe.local.message_log)
	for user in able[:-1]:
		try:
			with on_behalf_of(user):
				return way(name, why, by_person)
		except frappe.PermissionError:  # something is kept from this person, as an account of another branch
			frappe.db.rollback()
			del frappe.local.message_log[messages:]
	with on_behalf_of(able[-1]):
		return way(name, why, by_person)


def _may_book(user: str) -> bool:
	return bool(
		frappe.has_permission("Payment Entry", "submit", user=user)
		and frappe.has_permission("Account", "read", user=user)
	)


def _reason(error: Exception) -> str:
	"""Why a document or the books do not take the money, for people; empty for what nobody meant to say."""
	if isinstance(error, Refused):
		text = strip_html(_(error.template).format(*error.values)).strip()
	elif isinstance(error, frappe.ValidationError):
		text = strip_html(cstr(error)).strip() or type(error).__name__
	else:
		return ""
	return text if text.endswith((".", "?", "!")) else f"{text}."


def _trace(name: str, error: Exception) -> str:
	"""A fault of the program is kept for who keeps the system."""
	frappe.log_error(
		title=_("Card payment {0} could not be booked").format(name)[:140],
		reference_doctype=DOCTYPE,
		reference_name=name,
	)
	frappe.db.commit()  # nosemgrep - the trace of it, whatever comes next
	return _("An error of the system ({0}), see the Error Log.").format(type(error).__name__)


def _lock(name: str) -> tuple[Any, Any]:
	"""The payment and its request, and the invoices it may pay, locked in everybody's order. What has to be
	known for that is read before, in a transaction of its own: later reads see what was committed meanwhile.
	"""
	frappe.db.rollback()
	card = frappe.db.get_value(DOCTYPE, name, ["pay_request", "for_doctype", "for_name"], as_dict=True)
	invoices = ways.invoices_of(card.for_doctype, card.for_name)
	frappe.db.rollback()
	request = frappe.get_doc("Pay Request", card.pay_request, for_update=True) if card.pay_request else None
	card = frappe.get_doc(DOCTYPE, name, for_update=True)
	if card.for_doctype == "Counter Receipt":
		frappe.db.get_value("Counter Receipt", card.for_name, "name", for_update=True)
	for invoice in invoices:
		frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	# A write of this transaction: what is called below begins no other one, and keeps these locks. Not before
	# they are all there, as it reads, and what is read first fixes what all later readings see.
	card.db_set("seen_at", now_datetime(), update_modified=False)
	return card, request


def _done(card, by_person: bool) -> str | None:
	"""The state of a payment that needs no booking; None when it has to be booked."""
	entry = entry_of(card.name)
	if entry:
		if Booking(card.booking or "") not in IN_THE_BOOKS:
			_keep(card, Booking.BOOKED, entry, card.booking_note)
		return card.booking
	if card.status != Status.CAPTURED.value or not card.captured_amount:
		raise Refused("not_captured", marked("{0} is {1}; there is no money to book"), card.name, card.status)
	if card.booking == Booking.CANCELLED.value and not by_person:
		return card.booking
	return None


@action
def _into_its_document(name: str, why: str, by_person: bool) -> str:
	card, request = _lock(name)
	done = _done(card, by_person)
	if done is not None:
		return done
	way = ways.of(card)
	if way is None:
		return _credit(card, request, "")
	amount = rounded(card.captured_amount, card.currency)
	if card.capture_method != "Manual" and amount != rounded(card.amount, card.currency):
		raise Refused(
			"amount",
			marked("The provider took {0}, asked for was {1}"),
			amount,
			rounded(card.amount, card.currency),
		)
	if (
		request
		and request.status in ("Cancelled", "Expired")
		and card.for_doctype in ("Deposit", "Deal Jacket")
	):
		raise Refused("late", marked("It came after pay request {0} had ended"), request.name)
	taken = way(card, amount, tender_of(card))
	_keep(card, Booking.BOOKED, taken.entry, taken.note)
	if taken.links:
		card.db_set(taken.links)
	if taken.left.minor > 0:
		telling.unapplied(card, taken.note)
	_settle(card)
	return Booking.BOOKED.value


@action
def _on_account(name: str, why: str, by_person: bool) -> str:
	card, request = _lock(name)
	done = _done(card, by_person)
	if done is not None:
		return done
	return _credit(card, request, why)


def _credit(card, request, why: str) -> str:
	"""As the customer's own money, matched with nothing."""
	tender = tender_of(card)
	amount = rounded(card.captured_amount, card.currency)
	payer = card.payer or card.customer
	account = get_party_account("Customer", payer, card.company)
	if not account:
		frappe.throw(_("{0} has no receivable account").format(payer))
	entry = collecting.new_payment(
		company=card.company,
		currency=card.currency,
		payer=payer,
		mode=tender["mode_of_payment"],
		account=account,
		parts=[],
		amount=amount,
		reference_no=tender["reference_no"],
		reference_date=None,
		cost_center=cost_center_of(card.company, card.department),
		remarks=_("Card payment {0}, {1}").format(card.name, cstr(card.what)),
		links=links_of(card),
	)
	mark(entry)
	collecting.submit(entry, [], card.currency)
	_keep(card, Booking.ON_ACCOUNT, entry.name, why)
	if why:
		telling.unapplied(card, why)
	_settle(card)
	return Booking.ON_ACCOUNT.value


@action
def _not_booked(name: str, why: str) -> str:
	card, _request = _lock(name)
	done = _done_already(card)
	if done is not None:
		return done
	card.db_set({"booking": Booking.NOT_BOOKED.value, "booking_note": why[:1000]}, notify=True)
	telling.stuck(card, why)
	return card.booking


def _done_already(card) -> str | None:
	try:
		return _done(card, True)
	except Refused:
		return card.booking


def _keep(card, booking: Booking, entry: str, note: str | None) -> None:
	card.db_set(
		{"booking": booking.value, "payment_entry": entry, "booking_note": (note or "")[:1000] or None},
		notify=True,
	)


def _settle(card) -> None:
	telling.in_the_books(card)
	payments.follow(card)


# --- What every way shares ----------------------------------------------------------------------------


def tender_of(card) -> dict:
	"""How the money came, as one tender. Raises ``Refused`` when the accounts are not set up for it."""
	gateway = frappe.get_cached_doc("Gateway Account", card.gateway_account)
	online = card.channel == "Online"
	mode = gateway.online_mode if online else gateway.terminal_mode
	if not mode or not gateway.clearing_account:
		raise Refused(
			"not_set_up",
			marked("{0} names no clearing account or mode of payment. Set up card accounting there"),
			gateway.title,
		)
	account = money_account(mode, card.company, card.currency)
	if account != gateway.clearing_account:
		raise Refused(
			"other_account",
			marked(
				"Mode of payment {0} books to {1}, the clearing account of {2} is {3}. Make them the same"
			),
			mode,
			account,
			gateway.title,
			gateway.clearing_account,
		)
	return {
		"mode_of_payment": mode,
		"amount": card.captured_amount,
		"reference_no": card.intent_id or card.name,
		"card_payment": card.name,
		"pay_request": card.pay_request or None,
	}


def links_of(card) -> dict[str, object]:
	"""What the Payment Entry of a charge points at."""
	return {
		"dealer_card_payment": card.name,
		"dealer_pay_request": card.pay_request or None,
		"dealer_vehicle": card.vehicle or None,
	}


def mark(entry) -> None:
	"""Booked by the app for whoever asked for the money; that person need not have the right to write
	payments by hand."""
	entry.flags.ignore_permissions = True
	entry.flags.dealer_card_booking = True

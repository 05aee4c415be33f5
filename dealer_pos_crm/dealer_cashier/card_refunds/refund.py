"""The door for what a person does with a refund of a card payment that is no deposit's.

Who asks, why, who decided and what was made stand on the Card Refund. Its client key makes a double click one
refund. What needs a second person waits as Requested: nothing is booked, and nothing is reserved.
"""

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import (
	booking,
	deposits,
	outside,
	reversing,
	room,
	sending,
	sources,
	telling,
)
from dealer_pos_crm.dealer_cashier.deposits.actions import asker
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup.acting import action, need_key, once
from dealer_pos_crm.dealer_setup.deciding import decided
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import SETTLING
from dealer_pos_crm.domain import card_refund as rules
from dealer_pos_crm.domain.card_refund import COUNTS, Source, Status
from dealer_pos_crm.domain.deposit import check_approver
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@once
def refund(
	card_payment: str, amount: object, reason: str, client_key: str, document: str | None = None
) -> dict:
	"""Pay back some of a card payment, or ask for it when a second person must decide.

	``amount``: major units. ``document``: the credit note that it is for, when there are several. Returns
	``{"refund", "status", ...}``: Requested, or Sending when it is booked and on its way.
	"""
	need_key(client_key)
	card = _locked_with_books(card_payment)
	done = frappe.db.get_value(
		booking.DOCTYPE, {"client_key": client_key}, ["name", "card_payment"], for_update=True
	)
	if done:
		return _repeated(done, card)
	with explained():
		money = to_money(amount, card.currency)
		text = rules.check_reason(reason)
		booking.check(card, money)
		place = sources.chosen(card, sources.of(card), money, document)
		row = booking.new_row(card, money, text, client_key=client_key)
		row.credit_note = place.document if place.source is Source.CREDIT_NOTE else None
		why = rules.needs_approval(money, deposits.limit_left(card), asker())
		if why:
			_ask(card, row, why)
		else:
			row.update(decided(row.requested_by))
			_carry_out(card, row, place)
	return result(row)


@action
def approve(name: str, note: str | None = None) -> dict:
	"""Carry out what somebody else asked for."""
	card, row = _locked_request(name)
	if Status(row.status) in COUNTS and row.decided_by == frappe.session.user:
		return {**result(row), "repeated": True}
	with explained():
		rules.check_requested(Status(row.status), row.name)
		check_approver(row.requested_by, asker())
		amount = to_money(row.amount, row.currency)
		booking.check(card, amount)
		place = sources.chosen(card, sources.of(card), amount, row.credit_note)
		row.update({"decision_note": note, **decided(row.requested_by)})
		_carry_out(card, row, place)
	refunding.decided(row)
	return result(row)


@action
def reject(name: str, note: str) -> dict:
	"""Turn down what somebody else asked for, and say why."""
	card, row = _locked_request(name)
	with explained():
		rules.check_requested(Status(row.status), row.name)
		check_approver(row.requested_by, asker())
		why = rules.check_reason(note)
	row.update({"status": Status.REJECTED.value, "decision_note": why, **decided(row.requested_by)})
	booking.keep(row)
	telling.rejected(card, row, why)
	refunding.decided(row)
	return result(row)


@action
def withdraw(name: str) -> dict:
	"""Take one's own request back."""
	card, row = _locked_request(name)
	with explained():
		rules.check_requested(Status(row.status), row.name)
		refunding.check_own(row)
	row.update({"status": Status.WITHDRAWN.value, **decided(row.requested_by)})
	booking.keep(row)
	telling.rejected(card, row, _("withdrawn by who asked for it"), withdrawn=True)
	return result(row)


def retry(name: str) -> dict:
	"""Once more, for whoever looks after it: send what was not answered, book what is not in the books,
	reverse what failed and still stands."""
	row = frappe.get_doc(booking.DOCTYPE, name)
	if row.status == Status.SENDING.value:
		from dealer_pos_crm.dealer_cashier.gateway import outbox

		attempt = sending.waiting(name)
		if attempt:
			outbox.retry(attempt)
		return result(frappe.get_doc(booking.DOCTYPE, name))
	return put_right(name)


@action
def put_right(name: str) -> dict:
	"""Reverse what failed and still stands, or book what was made outside and is not in the books."""
	card, row = _locked_request(name)
	account = frappe.get_doc("Gateway Account", row.gateway_account)
	status = Status(row.status)
	if status is Status.FAILED:
		right = reversing.reverse(account, card, row, cstr(row.failure))
	elif status in COUNTS and row.outside and not row.payment_entry:
		right = outside.book(account, card, row)
	else:
		with explained():
			raise Refused(
				"nothing_to_do", marked("{0} is {1}; there is nothing to do again"), name, row.status
			)
	booking.keep(row)
	booking.set_sums(card)
	if right:
		telling.settled(row)
	return result(row)


@action
def reopen(card_payment: str, doctype: str, document: str, reason: str) -> dict:
	"""Take a card payment off an invoice, so that it can go back: the invoice is owed again. ERPNext's own
	Unreconcile Payment. Money of a deposit is held by it again."""
	card = _locked_with_books(card_payment)
	with explained():
		text = rules.check_reason(reason)
		if not asker().may_settle:
			raise Refused(
				"may_not_reopen", marked("An accountant or a manager reopens {0}; ask one"), document
			)
		rows = [row for row in sources.of(card).used if (row.doctype, row.name) == (doctype, document)]
		if not rows:
			raise Refused(
				"not_paid_by", marked("{0} is not paid by {1}. Reload the page"), document, card.name
			)
	messages = len(frappe.local.message_log)
	for row in rows:
		_unmatch(card, row)
	del frappe.local.message_log[messages:]  # ERPNext's remarks; the screen says what was done
	note = _("Reopened to refund {0}: {1}").format(get_link_to_form("Card Payment", card.name), text)
	frappe.get_doc(doctype, document).add_comment("Comment", note)
	return {"card_payment": card.name, "reopened": document}


def _unmatch(card, used: sources.Used) -> None:
	account, party_type, party = frappe.db.get_value(
		"Payment Ledger Entry",
		{
			"voucher_no": used.receipt,
			"against_voucher_type": used.doctype,
			"against_voucher_no": used.name,
			"delinked": 0,
		},
		["account", "party_type", "party"],
	)
	doc = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": card.company,
			"voucher_type": "Payment Entry",
			"voucher_no": used.receipt,
			"allocations": [
				{
					"reference_doctype": used.doctype,
					"reference_name": used.name,
					"account": account,
					"party_type": party_type,
					"party": party,
					"allocated_amount": float(used.amount.decimal),
					"account_currency": card.currency,
				}
			],
		}
	)
	doc.flags.ignore_permissions = True  # the right was checked where the action begins
	doc.insert()
	doc.submit()


def may_look_after() -> bool:
	return bool(set(frappe.get_roles()) & (SETTLING | {"System Manager"}))


def result(row) -> dict:
	return {
		"refund": row.name,
		"status": row.status,
		"approval_reason": row.approval_reason,
		"failure": row.failure,
		"card_payment": row.card_payment,
		"payment_entry": row.payment_entry,
		"amount": row.amount,
		"currency": row.currency,
		"repeated": False,
	}


def now(found: dict) -> dict:
	"""What an action returned, as it stands after the call that followed it."""
	return {**result(frappe.get_doc(booking.DOCTYPE, found["refund"])), "repeated": found["repeated"]}


def _locked_with_books(card_payment: str):
	"""The card payment with its row locked, then the entries that booked it and what they paid."""
	card = room.locked(card_payment)
	receipts = sorted(row.name for row in sources.receipts_of(card.name))
	paid = frappe.get_all(
		"Payment Entry Reference",
		{"parent": ("in", receipts or [""]), "reference_doctype": "Sales Invoice", "docstatus": 1},
		pluck="reference_name",
		distinct=True,
		order_by="reference_name",
	)
	for invoice in paid:
		frappe.db.get_value("Sales Invoice", invoice, "name", for_update=True)
	for receipt in receipts:
		frappe.db.get_value("Payment Entry", receipt, "name", for_update=True)
	return card


def _locked_request(name: str):
	card_payment = frappe.db.get_value(booking.DOCTYPE, name, "card_payment")
	if not card_payment:
		frappe.throw(_("Card Refund {0} does not exist").format(frappe.bold(name)), frappe.DoesNotExistError)
	card = _locked_with_books(card_payment)
	return card, frappe.get_doc(booking.DOCTYPE, name, for_update=True)


def _repeated(done: tuple[str, str], card) -> dict:
	if done[1] != card.name:
		frappe.throw(_("This request has the key of another one. Reload the page and try again"))
	return {**result(frappe.get_doc(booking.DOCTYPE, done[0])), "repeated": True}


def _ask(card, row, why: str) -> None:
	same = frappe.db.get_value(
		booking.DOCTYPE,
		{"card_payment": card.name, "status": Status.REQUESTED.value, "amount": row.amount},
		["name", "requested_by"],
		as_dict=True,
		for_update=True,
	)
	if same:
		raise Refused(
			"already_requested",
			marked("{0} already asked for this ({1}); it waits for a manager"),
			same.requested_by,
			same.name,
		)
	row.approval_reason = _(why)
	booking.keep(row)
	telling.requested(card, row)


def _carry_out(card, row, place: sources.Place) -> None:
	receipt = next(row for row in sources.receipts_of(card.name) if row.name == place.receipt)
	if not row.name:
		row.status = Status.SENDING.value
		booking.keep(row)
	messages = len(frappe.local.message_log)
	booking.book(card, row, booking.pay_entry(card, row, place, receipt), place)
	del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the counter

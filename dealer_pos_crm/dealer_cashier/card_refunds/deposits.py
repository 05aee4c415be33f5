"""The part of a deposit's refund that was paid by card: back to that card, through the provider.

A deposit paid half by card and half in cash goes back half to the card and half in cash. Card money that is
paid out in another way is a manager's decision, with the reason that every refund has.
"""

from collections.abc import Iterable, Sequence

import frappe
from frappe import _
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.card_refunds import booking, room, telling
from dealer_pos_crm.dealer_cashier.card_refunds.sources import Place
from dealer_pos_crm.dealer_cashier.money import rounded, to_float, to_money
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import card_refund as rules
from dealer_pos_crm.domain.card_refund import ABOVE_THE_LIMIT, ANOTHER_WAY, COUNTS
from dealer_pos_crm.domain.deposit import Asker, Share
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def lock(documents: Iterable[tuple[str, str]]) -> None:
	"""Lock pay requests, then card payments: they come before the deposit that they paid, and before
	everything else of it. ``documents``: as ``to_lock`` found them."""
	for doctype, name in sorted(set(documents), key=lambda one: (one[0] != "Pay Request", one)):
		frappe.db.get_value(doctype, name, "name", for_update=True)


def to_lock(deposit: str | None) -> list[tuple[str, str]]:
	"""The card payments of a deposit and the requests that they followed, to be locked; by a read of a
	transaction that ends before that."""
	rows = frappe.db.sql(
		"""select distinct p.dealer_card_payment, c.pay_request from `tabPayment Entry` p
		join `tabCard Payment` c on c.name = p.dealer_card_payment
		where p.dealer_deposit = %s and p.docstatus = 1""",
		deposit,
	)
	return [("Card Payment", card) for card, _request in rows] + [
		("Pay Request", request) for _card, request in rows if request
	]


def card_behind(payment: str) -> str | None:
	"""The card payment that a Payment Entry booked; None for cash, checks and the like."""
	return frappe.db.get_value("Payment Entry", payment, "dealer_card_payment") or None


def goes_by_card(share: Share, mode: str | None) -> str | None:
	"""The card payment that a share goes back to; None when it is paid out otherwise."""
	card = card_behind(share.lot.payment)
	return card if card and mode in (None, "", share.lot.mode) else None


def is_gateway_mode(mode: str | None, company: str) -> bool:
	"""Whether money in this mode lies at the provider, and can only go back through it."""
	if not mode:
		return False
	filters = {"company": company}
	return any(
		frappe.db.exists("Gateway Account", {**filters, field: mode})
		for field in ("online_mode", "terminal_mode")
	)


def check(deposit, action, shares: Sequence[Share]) -> None:
	"""Everything the cards say about a refund, before anything is made or anybody is asked. Also of card money
	that is paid out in another way: what the bank has taken back is not paid a second time in cash."""
	by_card: dict[str, Money] = {}
	for share in shares:
		card = card_behind(share.lot.payment)
		if card:
			by_card[card] = by_card.get(card, Money.zero(deposit.currency)) + share.amount
		if not goes_by_card(share, action.mode_of_payment) and is_gateway_mode(
			action.mode_of_payment or share.lot.mode, deposit.company
		):
			raise Refused(
				"not_by_card",
				marked("{0} was not paid by card there and cannot go back as {1}; choose another way"),
				share.amount,
				action.mode_of_payment or share.lot.mode,
			)
	for name, amount in sorted(by_card.items()):
		booking.check(room.locked(name), amount)


def why_approval(deposit, action, shares: Sequence[Share], asker: Asker) -> str | None:
	"""Why a second person must approve, for the sake of the cards; None when nobody must."""
	for share in shares:
		name = card_behind(share.lot.payment)
		if not name:
			continue
		card = frappe.get_doc("Card Payment", name)
		another_way = goes_by_card(share, action.mode_of_payment) is None
		why = rules.needs_approval(share.amount, limit_left(card), asker, another_way=another_way)
		if why:
			return why
	return None


def limit_left(card) -> Money:
	"""What one person may still pay back of a card payment alone."""
	own = flt(frappe.get_cached_value("Gateway Account", card.gateway_account, "refund_limit"))
	limit = to_money(own or settings_of(card.company).refund_limit, card.currency)
	given = total((row.amount for row in room.refunds_of(card) if row.status in COUNTS), card.currency)
	return rules.limit_left(limit, given)


def refund(deposit, action, share: Share, card_name: str, reference: str | None = None):
	"""Book one share's way back to its card; the caller matches the entry. Returns the Payment Entry."""
	card = room.locked(card_name)
	row = booking.new_row(
		card,
		share.amount,
		action.reason,
		deposit_action=action.name,
		requested_by=action.requested_by,
		requested_at=action.requested_at,
		decided_by=action.decided_by,
		decided_at=action.decided_at,
		decided_how=action.decided_how,
		decision_note=action.decision_note,
	)
	payment = _pay(deposit, share.lot.mode, share.amount, share.lot.payment, action.reason)
	booking.book(card, row, payment, None)
	return payment


def book_outside(card, row, place: Place, amount: Money) -> None:
	"""A refund that was made at the provider, out of what its deposit holds."""
	from dealer_pos_crm.dealer_cashier.deposits import refresh

	deposit = frappe.get_doc("Deposit", place.document, for_update=True)
	mode = frappe.db.get_value("Payment Entry", place.receipt, "mode_of_payment")
	payment = _pay(deposit, mode, amount, place.receipt, row.reason)
	payment.flags.ignore_permissions = True  # the money is gone; it only has to be written down
	flagged = frappe.flags.dealer_deposit_action
	# The deposit is read again when the entry has been matched, as in an action of its own.
	frappe.flags.dealer_deposit_action = frappe._dict(
		deposit=deposit.name, name=None, reason=row.reason, requested_by=row.requested_by
	)
	try:
		booking.enter(card, row, payment, None)
		booking.match(payment, place.receipt, amount)
		refresh.flush()
		refresh.refresh(deposit.name)
	finally:
		frappe.flags.dealer_deposit_action = flagged


def _pay(deposit, mode: str, amount: Money, receipt: str, reason: str | None):
	from dealer_pos_crm.dealer_cashier.deposits import taking

	payment = taking.new_payment(deposit, "Pay", mode, amount, {})
	# From where it lies, should the mode of payment have another account by now.
	payment.paid_from = frappe.db.get_value("Payment Entry", receipt, "paid_to")
	payment.dealer_refund_of = receipt
	payment.remarks = _("Refund of deposit {0} ({1}): {2}").format(deposit.name, receipt, reason)
	return payment


def ways(deposit) -> list[dict]:
	"""How what a deposit holds would go back, payment by payment in the order it is drawn: for the dialog."""
	from dealer_pos_crm.dealer_cashier.deposits import ledger

	found = []
	for lot in ledger.read(deposit.name, deposit.currency).lots:
		way = {
			"payment": lot.payment,
			"mode": lot.mode,
			"left": to_float(lot.left),
			"card": "",
			"why_not": "",
		}
		name = card_behind(lot.payment)
		if name:
			card = frappe.get_doc("Card Payment", name)
			way |= {
				"card": telling.card_of(card) or _("the card"),
				"card_payment": name,
				"most": to_float(room.left(card)),
				"test_mode": card.test_mode,
				"limit": to_float(limit_left(card)),
				"approval_above": _(ABOVE_THE_LIMIT),
				"why_not": _why_not(card, lot.left),
			}
		found.append(way)
	return found


def why_another_way(asker: Asker) -> str | None:
	"""Why this person needs another one to pay card money out in cash; None when they do not."""
	return None if asker.may_approve else _(ANOTHER_WAY)


def _why_not(card, amount: Money) -> str:
	try:
		booking.check(card, min(amount, room.left(card), key=lambda money: money.minor))
	except Refused as refused:
		return _(refused.template).format(*refused.values)
	return ""


def open_of(deposit: str) -> list[dict]:
	"""Refunds of a deposit to its cards that are not over, or that failed while their money is still held."""
	entry = frappe.qb.DocType("Payment Entry")
	row = frappe.qb.DocType("Card Refund")
	rows = (
		frappe.qb.from_(row)
		.join(entry)
		.on(entry.name == row.payment_entry)
		.select(row.name, row.status, row.amount, row.currency, row.failure, row.card_payment)
		.where((entry.dealer_deposit == deposit) & (row.status != "Refunded"))
		.orderby(row.creation, order=frappe.qb.desc)
		.limit(3)
		.run(as_dict=True)
	)
	for found in rows:
		found.card = telling.card_of(frappe.get_doc("Card Payment", found.card_payment))
	return rows


def as_it_stands(done: dict) -> dict:
	"""What an action returned, with its card refunds as they are after the provider was asked: one that was
	refused is back in the deposit."""
	if not done.get("card_refunds"):
		return done
	return {
		**done,
		"card_refunds": of_action(done["action"]),
		"deposit_status": frappe.db.get_value("Deposit", done["deposit"], "status"),
	}


def of_action(action: str) -> list[dict]:
	"""The card refunds that an action of a deposit made, as they stand now."""
	rows = frappe.get_all(
		"Card Refund",
		{"deposit_action": action},
		["name", "status", "amount", "currency", "failure", "card_payment", "payment_entry"],
		order_by="creation, name",
	)
	for row in rows:
		row.card = telling.card_of(frappe.get_doc("Card Payment", row.card_payment))
		row.amount = to_float(rounded(row.amount, row.currency))
	return rows

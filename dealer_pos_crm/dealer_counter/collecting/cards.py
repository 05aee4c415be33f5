"""The cards of a receipt: charged one after the other at a reader, and booked the moment they were charged.

A Card Payment of a receipt carries the tender's row in its client key, so that whatever dies in between, the
money finds its row again.
"""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, strip_html

from dealer_pos_crm.dealer_cashier import collecting as shared
from dealer_pos_crm.dealer_cashier.card_payments import payment as payments
from dealer_pos_crm.dealer_cashier.card_payments import subjects
from dealer_pos_crm.dealer_cashier.card_payments.subjects import Owed
from dealer_pos_crm.dealer_cashier.card_payments.ways import Taken
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, shown
from dealer_pos_crm.dealer_cashier.terminal import taking
from dealer_pos_crm.dealer_counter.collecting import booking, dues, reach
from dealer_pos_crm.dealer_service.billing import position as order_position
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.domain.collection import Status, Way
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Counter Receipt"
_KEY = "receipt"


def next_row(receipt: Any) -> Any:
	"""The card that is to be charged next; None when none is."""
	return next(
		(row for row in receipt.tenders if row.way == Way.CARD.value and row.state == booking.WAITING), None
	)


def about(receipt: Any) -> reach.About:
	"""What a receipt touches that was written down."""
	return reach.About(
		documents=[(line.reference_doctype, line.reference_name) for line in receipt.lines],
		deposits=[row.deposit for row in receipt.tenders if row.deposit and row.state == booking.WAITING],
		credits=[
			row.credit_of or row.credit_note
			for row in receipt.tenders
			if (row.credit_of or row.credit_note) and row.state == booking.WAITING
		],
	)


def invoices_of(name: str) -> list[str]:
	"""The invoices that a card of a receipt may pay, and those locked with them."""
	return list(reach.of(about(frappe.get_doc(DOCTYPE, name))).invoices)


# --- At the reader ------------------------------------------------------------------------------------


def begin(name: str) -> str:
	"""Put the next card of a receipt on its reader, or find it there. Commits. Returns why that did not work, as
	text; empty when it did."""
	receipt = frappe.get_doc(DOCTYPE, name)
	row = next_row(receipt)
	if not row:
		return ""
	messages = len(frappe.local.message_log)
	try:
		state = taking.start(
			reader=row.card_reader,
			asked=lambda: subjects.owed(DOCTYPE, name),
			amount=row.amount,
			client_key=_key(row),
		)
	except frappe.ValidationError as error:
		frappe.db.rollback()
		del frappe.local.message_log[messages:]
		return strip_html(cstr(error)).strip() or type(error).__name__
	frappe.db.set_value(
		"Counter Receipt Tender", row.name, "card_payment", state["name"], update_modified=False
	)
	frappe.db.commit()  # nosemgrep - the screen that asks again finds the payment on its row
	return ""


def _key(row: Any) -> str:
	"""The running attempt of a tender; a new one after the last was over without money."""
	tries = _tries(row)
	over = sum(1 for one in tries if one.status not in taking.UNSETTLED and one.status != "Captured")
	over += sum(1 for one in tries if one.status == "Failed" and not one.intent_id)
	return f"{_KEY}|{row.name}|{over + 1}"


def _tries(row: Any) -> list[Any]:
	return frappe.get_all(
		"Card Payment",
		{"client_key": ("like", f"{_KEY}|{row.name}|%")},
		["name", "status", "intent_id", "booking"],
		order_by="creation, name",
	)


def _unsettled(receipt: Any) -> list[str]:
	return [row.name for row in taking.unsettled(DOCTYPE, receipt.name)]


def look(name: str) -> None:
	"""Read the cards that are not over at the provider; what was captured is booked. Commits."""
	receipt = frappe.get_doc(DOCTYPE, name)
	row = next_row(receipt)
	if not row:
		return
	for one in _unsettled(receipt):
		taking.state(one)
	for one in _tries(row):
		if one.status == "Captured" and one.booking in ("", None, "Not Booked"):
			payments.book(one.name)
	frappe.db.commit()  # nosemgrep - what the provider said is kept


def end(name: str) -> None:
	"""Take the cards of a receipt off their readers. What was charged meanwhile is booked. Commits."""
	look(name)
	for one in _unsettled(frappe.get_doc(DOCTYPE, name)):
		taking.cancel(one)
	look(name)


def check_over(receipt: Any) -> None:
	"""Refuse while a card may still be charged, or was charged and is not in the books. Raises ``Refused``."""
	open_ones = _unsettled(receipt)
	if open_ones:
		raise Refused(
			"card_under_way",
			marked("Card payment {0} may still be charged. Look again until it is over, then go on"),
			open_ones[0],
		)
	for row in receipt.tenders:
		if row.way == Way.CARD.value and row.state == booking.WAITING:
			for one in _tries(row):
				if one.status == "Captured":
					raise Refused(
						"card_not_booked",
						marked("Card payment {0} was charged and is being booked. Look again in a moment"),
						one.name,
					)


# --- What a card payment reads and books ---------------------------------------------------------------


def owed(name: str) -> Owed:
	"""What a receipt asks a card for now: the amount of its next card, and nothing else."""
	receipt = frappe.get_doc(DOCTYPE, name)
	row = next_row(receipt) if receipt.status == Status.COLLECTING.value else None
	currency = company_currency(receipt.company)
	parts = booking.parts_of(receipt, row) if row else []
	lines = [line for line, _amount in parts]
	departments = {line.department for line in lines}
	why = "" if row else _("No card is to be charged for {0}").format(name)
	return Owed(
		DOCTYPE,
		name,
		receipt.customer,
		receipt.company,
		currency,
		rounded(row.amount, currency) if row else Money.zero(currency),
		"; ".join(dict.fromkeys(cstr(line.what) for line in lines))[:140] or _("Receipt {0}").format(name),
		departments.pop() if len(departments) == 1 else subjects.ACCOUNTING,
		vehicle=_only(lines, "vehicle"),
		deal=_only(lines, "deal"),
		repair_order=_only(lines, "repair_order"),
		payable=bool(row),
		why_not=why,
		whole_only=True,
	)


def _only(lines: Sequence[Any], fieldname: str) -> str | None:
	values = {line.get(fieldname) or None for line in lines}
	return values.pop() if len(values) == 1 else None


def book(card: Any, amount: Money, tender: dict) -> Taken:
	"""The Payment Entry of a charged card: against the lines that its receipt chose, as far as they are open;
	what is more stays the customer's credit. Under the locks of ``card_payments.booking``, the receipt's among
	them. Also after the receipt was given up or paid in another way: the customer's money is where it belongs."""
	from dealer_pos_crm.dealer_cashier.card_payments import booking as card_booking

	receipt = frappe.get_doc(DOCTYPE, card.for_name, for_update=True)
	row = _row_of(receipt, card)
	if row is None:
		raise Refused("no_tender", marked("Receipt {0} does not know this payment"), receipt.name)
	reach.lock(reach.of(about(receipt)))
	planned = booking.parts_of(receipt, row)
	parts = _still_open(receipt, planned)
	left = amount - total((part for _line, part in parts), receipt.currency)
	meant = amount - total((part for _line, part in planned), receipt.currency)
	row.allocations = booking.plan([(line.idx, part) for line, part in parts])
	with order_position.acting(), deal_position.acting():
		entry = booking.payment(
			receipt,
			row,
			parts,
			left,
			account=parts[0][0].account if parts else None,
			mode=tender["mode_of_payment"],
			reference_no=tender["reference_no"],
			links=card_booking.links_of(card),
		)
		card_booking.mark(entry)
		shared.submit(entry, booking.allocations(receipt, parts), receipt.currency)
	booking.keep_booked(
		receipt,
		row,
		[entry.name],
		mode_of_payment=tender["mode_of_payment"],
		reference_no=tender["reference_no"],
		card_payment=card.name,
		allocations=row.allocations,
	)
	booking.refresh(receipt)
	booking.settle(receipt)
	return Taken(entry.name, left - meant, _note(receipt, left - meant))


def _row_of(receipt: Any, card: Any) -> Any:
	name = cstr(card.client_key).split("|")
	if len(name) != 3 or name[0] != _KEY:
		return None
	return next((row for row in receipt.tenders if row.name == name[1]), None)


def _still_open(receipt: Any, planned: Sequence[tuple[Any, Money]]) -> list[tuple[Any, Money]]:
	"""The planned parts, cut to what is open now."""
	documents = [(line.reference_doctype, line.reference_name) for line, _amount in planned]
	open_now = {
		payable.document: payable.open
		for payable in dues.payable_of(receipt.customer, receipt.company, only=documents, lock=True)
		if not payable.why_not
	}
	found = []
	for line, amount in planned:
		left = open_now.get((line.reference_doctype, line.reference_name))
		part = left if left is not None and left < amount else amount
		if left is not None and part.minor > 0:
			found.append((line, part))
	return found


def _note(receipt: Any, unused: Money) -> str:
	if unused.minor <= 0:
		return ""
	return _("What receipt {0} chose was paid meanwhile; {1} stands on account").format(
		receipt.name, shown(unused)
	)

"""Where in the books the money of a card payment is, and what of it can be paid back from there.

A refund needs something to be taken from: what a deposit holds, what is not matched with anything, or what a
credit note owes the customer. Money that paid an invoice which stands is not the customer's any more.
"""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.card_refund import Source
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@dataclass(frozen=True)
class Place:
	"""Some money of a card payment that can go back. ``receipt``: the Payment Entry that brought it."""

	source: Source
	document: str
	receipt: str
	amount: Money


@dataclass(frozen=True)
class Used:
	"""Some money of it that paid a document which stands."""

	doctype: str
	name: str
	receipt: str
	amount: Money


@dataclass(frozen=True)
class Books:
	places: tuple[Place, ...]
	used: tuple[Used, ...]
	booked: bool

	def of(self, source: Source) -> list[Place]:
		return [place for place in self.places if place.source is source]


def receipts_of(card: str) -> list:
	"""The standing Payment Entries that brought its money in: one, and one more for each refund that came
	back after its period was closed."""
	return frappe.db.sql(
		"""select name, dealer_deposit, unallocated_amount, paid_from, paid_to, party, mode_of_payment, posting_date,
			cost_center, company, paid_amount
		from `tabPayment Entry`
		where dealer_card_payment = %s and payment_type = 'Receive' and docstatus = 1
		order by creation, name lock in share mode""",
		card,
		as_dict=True,
	)


def of(card) -> Books:
	"""The places of a card payment's money, and what it paid. ``card``: the Card Payment."""
	places: list[Place] = []
	used: list[Used] = []
	receipts = receipts_of(card.name)
	for receipt in receipts:
		free = rounded(receipt.unallocated_amount, card.currency)
		if receipt.dealer_deposit:
			held = _held(receipt, card.currency)
			if held.minor > 0:
				places.append(Place(Source.DEPOSIT, receipt.dealer_deposit, receipt.name, held))
		elif free.minor > 0:
			places.append(Place(Source.CREDIT, "", receipt.name, free))
		for row in _paid_by(receipt.name, card.currency):
			used.append(row)
			places += _notes(row, card.currency)
	return Books(tuple(places), tuple(used), bool(receipts))


def _held(receipt, currency: str) -> Money:
	from dealer_pos_crm.dealer_cashier.deposits import ledger

	facts = ledger.read(receipt.dealer_deposit, currency)
	return next((lot.left for lot in facts.lots if lot.payment == receipt.name), Money.zero(currency))


def _paid_by(receipt: str, currency: str) -> list[Used]:
	"""What a payment is matched with, by the Payment Ledger; its own refunds are not among it."""
	rows = frappe.db.sql(
		"""select against_voucher_type as doctype, against_voucher_no as name, -sum(amount) as amount
		from `tabPayment Ledger Entry`
		where voucher_type = 'Payment Entry' and voucher_no = %s and delinked = 0
			and against_voucher_type in ('Sales Invoice', 'Journal Entry')
		group by against_voucher_type, against_voucher_no
		order by against_voucher_type, against_voucher_no lock in share mode""",
		receipt,
		as_dict=True,
	)
	found = [Used(row.doctype, row.name, receipt, rounded(row.amount, currency)) for row in rows]
	return [row for row in found if row.amount.minor > 0]


def _notes(paid: Used, currency: str) -> list[Place]:
	"""What credit notes of an invoice owe the customer: on themselves, or as its negative balance. No more
	of it than this payment had paid."""
	if paid.doctype != "Sales Invoice":
		return []
	rows = frappe.db.sql(
		"""select name, outstanding_amount from `tabSales Invoice`
		where docstatus = 1 and outstanding_amount < 0 and is_pos = 0
			and (name = %(name)s or (is_return = 1 and return_against = %(name)s))
		order by name lock in share mode""",
		{"name": paid.name},
		as_dict=True,
	)
	places = []
	for row in rows:
		owed = -rounded(row.outstanding_amount, currency)
		places.append(
			Place(
				Source.CREDIT_NOTE,
				row.name,
				paid.receipt,
				min(owed, paid.amount, key=lambda amount: amount.minor),
			)
		)
	return places


def chosen(card, books: Books, amount: Money, document: str | None = None) -> Place:
	"""The place that a refund takes its money from: the credit note that was named, else the first one that
	has enough. Refused with the remedy when there is none."""
	if not books.booked:
		raise Refused(
			"not_booked",
			marked("{0} is not in the books yet. Book it first, then pay it back"),
			card.name,
		)
	places = [place for place in books.places if place.source is not Source.DEPOSIT]
	if document:
		places = [place for place in places if place.document == document]
		if not places:
			raise Refused(
				"not_its_note",
				marked("{0} owes nothing that {1} has paid. Reload the page and choose again"),
				document,
				card.name,
			)
	fitting = [place for place in places if place.amount >= amount]
	if fitting:
		return fitting[0]
	if places:
		raise Refused(
			"more_than_there",
			marked("{0} can go back from {1}; {2} is more. Make two refunds of it, or a smaller one"),
			max((place.amount for place in places), key=lambda money: money.minor),
			_of(max(places, key=lambda place: place.amount.minor), card),
			amount,
		)
	deposits = books.of(Source.DEPOSIT)
	if deposits:
		raise Refused(
			"in_deposit",
			marked("{0} of it is held in deposit {1}. Refund it there: it goes back to the same card"),
			deposits[0].amount,
			get_link_to_form("Deposit", deposits[0].document),
		)
	raise Refused(
		"used",
		marked(
			"{0} has paid {1}. Make a credit note for it first, or reopen it (it is owed again then); the money is"
			" free to go back after that"
		),
		card.name,
		", ".join(get_link_to_form(row.doctype, row.name) for row in books.used) or _("other documents"),
	)


def _of(place: Place, card) -> str:
	return place.document or card.name


def free(books: Books, currency: str) -> Money:
	"""What can go back without anything being made first, deposits not counted."""
	return total((place.amount for place in books.places if place.source is not Source.DEPOSIT), currency)

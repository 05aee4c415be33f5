"""Where in the books a customer's money is that may go back over the counter, read from ERPNext's own documents.

A credit note (or an invoice that was paid too much) owes it; an unallocated payment holds it. What a deposit
holds, and what goes back to a card, has doors of its own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_counter.shifts import stamping
from dealer_pos_crm.domain.card_refund import COUNTS
from dealer_pos_crm.domain.counter_refund import Kind, Source
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPES = {Kind.CREDIT_NOTE: "Sales Invoice", Kind.CREDIT: "Payment Entry", Kind.RETURN: "POS Invoice"}
CHECKS = ("Personal Check",)  # those of a bank, and money orders, are as good as paid

_INVOICE = """name, customer, company, currency, posting_date, outstanding_amount, return_against, is_return,
	debit_to as account, cost_center, dealer_vehicle as vehicle, dealer_deal as deal,
	dealer_repair_order as repair_order"""
_PAYMENT = """name, party as customer, company, paid_from_account_currency as currency, posting_date,
	unallocated_amount, mode_of_payment, paid_from as account, cost_center, dealer_card_payment,
	dealer_vehicle as vehicle, dealer_deal as deal, dealer_repair_order as repair_order"""


@dataclass(frozen=True)
class Found:
	"""A source with what the books say of it. ``row``: the document's fields; ``cards``: the card payments
	behind it; ``modes``: how it was paid."""

	kind: Kind
	row: frappe._dict
	source: Source
	cards: tuple[str, ...]
	modes: tuple[str, ...]

	@property
	def document(self) -> tuple[str, str]:
		return DOCTYPES[self.kind], self.row.name


# Finding


def of_customer(customer: str, company: str) -> list[Found]:
	"""All that may go back to a customer, the oldest first; in the company's currency only."""
	notes = frappe.db.sql(
		f"""select {_INVOICE} from `tabSales Invoice`
		where customer = %s and company = %s and docstatus = 1 and outstanding_amount < 0 and is_pos = 0
		order by posting_date, name limit 100""",
		(customer, company),
		as_dict=True,
	)
	payments = frappe.db.sql(
		f"""select {_PAYMENT} from `tabPayment Entry`
		where party_type = 'Customer' and party = %s and company = %s and docstatus = 1
			and payment_type = 'Receive' and unallocated_amount > 0 and ifnull(dealer_deposit, '') = ''
		order by posting_date, name limit 100""",
		(customer, company),
		as_dict=True,
	)
	currency = company_currency(company)
	found = [_note(row) for row in notes if row.currency == currency]
	free = free_credit(customer, company)
	found += [_credit(row, free) for row in payments if row.currency == currency]
	return [one for one in found if one.source.there.minor > 0]


def read(kind: Kind, name: str) -> Found:
	"""One source as it stands. After ``lock``, so that nobody else changes it meanwhile."""
	doctype = DOCTYPES[kind]
	columns = _INVOICE if kind is Kind.CREDIT_NOTE else _PAYMENT
	condition = (
		"is_pos = 0"
		if kind is Kind.CREDIT_NOTE
		else "payment_type = 'Receive' and party_type = 'Customer' and ifnull(dealer_deposit, '') = ''"
	)
	rows = frappe.db.sql(
		f"select {columns} from `tab{doctype}` where name = %s and docstatus = 1 and {condition}",
		name,
		as_dict=True,
	)
	if not rows:
		raise Refused("no_source", marked("{0} is nothing that goes back here. Reload the page"), name)
	row = rows[0]
	currency = company_currency(row.company)
	if row.currency != currency:
		raise Refused(
			"currency",
			marked("{0} is in {1}. The counter pays back in {2} only; ask an accountant"),
			name,
			row.currency,
			currency,
		)
	return _note(row) if kind is Kind.CREDIT_NOTE else _credit(row, free_credit(row.customer, row.company))


def _note(row) -> Found:
	currency = company_currency(row.company)
	there = -rounded(row.outstanding_amount, currency)
	paid = _payments_of({row.name, row.return_against} - {None, ""})
	of_cards = total((rounded(one.amount, currency) for one in paid if one.card), currency)
	return Found(
		kind=Kind.CREDIT_NOTE,
		row=row,
		source=Source(
			there=there,
			of_cards=_least(there, of_cards),
			given=given("Sales Invoice", row.name, currency),
			check_on=_last_check(paid),
		),
		cards=tuple(sorted({one.card for one in paid if one.card})),
		modes=tuple(sorted({one.mode for one in paid if one.mode})),
	)


def _credit(row, free: Money) -> Found:
	"""``free``: all of the customer's free credit; what was paid out by hand and matched with nothing is not
	there any more."""
	there = _least(rounded(row.unallocated_amount, free.currency), free)
	one = frappe._dict(mode=row.mode_of_payment, on=row.posting_date)
	return Found(
		kind=Kind.CREDIT,
		row=row,
		source=Source(
			there=there,
			of_cards=there if row.dealer_card_payment else Money.zero(free.currency),
			given=given("Payment Entry", row.name, free.currency),
			check_on=_last_check([one]),
		),
		cards=(row.dealer_card_payment,) if row.dealer_card_payment else (),
		modes=(row.mode_of_payment,) if row.mode_of_payment else (),
	)


def _payments_of(invoices: set[str]) -> list:
	"""The standing payments that are matched with these invoices, with what each paid of them."""
	return frappe.db.sql(
		"""select p.name, p.mode_of_payment as mode, p.posting_date as `on`, p.dealer_card_payment as card,
			-sum(l.amount) as amount
		from `tabPayment Ledger Entry` l join `tabPayment Entry` p on p.name = l.voucher_no
		where l.voucher_type = 'Payment Entry' and l.against_voucher_type = 'Sales Invoice'
			and l.against_voucher_no in %s and l.delinked = 0 and p.payment_type = 'Receive'
		group by p.name order by p.name""",
		(tuple(sorted(invoices)),),
		as_dict=True,
	)


def _last_check(payments: Iterable) -> date | None:
	days = [getdate(one.on) for one in payments if one.on and is_check(one.mode)]
	return max(days, default=None)


def is_check(mode: str | None) -> bool:
	"""Whether this mode is a check that the bank may send back."""
	return bool(mode) and frappe.get_cached_value("Mode of Payment", mode, "dealer_instrument") in CHECKS


def free_credit(customer: str, company: str) -> Money:
	"""What is left of a customer's payments that are no deposits, less what was paid out by hand."""
	from dealer_pos_crm.dealer_cashier.deposits.guard import free_credit as free

	return rounded(free(customer, company), company_currency(company))


def given(doctype: str, name: str, currency: str) -> Money:
	"""What went back of a source before, at the counter and to cards; what waits does not count."""
	rows = frappe.db.sql(
		"""select amount from `tabCounter Refund`
		where source_doctype = %s and source_name = %s and status = 'Done' lock in share mode""",
		(doctype, name),
	)
	amounts = [rounded(row[0], currency) for row in rows]
	if doctype == "Sales Invoice":
		to_cards = frappe.get_all(
			"Card Refund",
			{"credit_note": name, "status": ("in", [status.value for status in COUNTS])},
			pluck="amount",
			order_by="name",
		)
		amounts += [rounded(amount, currency) for amount in to_cards]
	return total(amounts, currency)


def _least(*amounts: Money) -> Money:
	return min(amounts, key=lambda amount: amount.minor)


# Locking


def lock(kind: Kind, name: str, user: str) -> None:
	"""Lock what a refund of this source changes, in everybody's order: the shift at ``user``'s counter, card
	payments, invoices, payments.

	What they are is read in a transaction that ends before it: nothing but locking reads comes first, so that
	whoever had to wait sees what the other one committed.
	"""
	company, about_cards, invoices, payments = _to_lock(kind, name)
	stamping.current(user, company)  # what it keeps in the cache is read here and not between the locks
	frappe.db.rollback()
	stamping.current(user, company)
	cards.lock(about_cards)
	for invoice in invoices:
		_lock_alone("Sales Invoice", invoice, "outstanding_amount")
	for payment in payments:
		_lock_alone("Payment Entry", payment, "unallocated_amount")


def _lock_alone(doctype: str, name: str, left: str) -> None:
	"""Lock a document for update. When a cache had to be filled between the locks, the books are still seen as
	they were before whoever we waited for: then the action begins again."""
	fields = [left, "modified"]
	locked = frappe.db.get_value(doctype, name, fields, for_update=True)
	if frappe.db.get_value(doctype, name, fields) != locked:
		raise frappe.QueryDeadlockError


def _to_lock(kind: Kind, name: str) -> tuple[str | None, list[tuple[str, str]], list[str], list[str]]:
	if kind is Kind.CREDIT:
		company, card = frappe.db.get_value("Payment Entry", name, ["company", "dealer_card_payment"]) or (
			None,
			None,
		)
		return company, [("Card Payment", card)] if card else [], [], [name]
	company, against = frappe.db.get_value("Sales Invoice", name, ["company", "return_against"]) or (
		None,
		None,
	)
	behind = {one.card for one in _payments_of({name, against} - {None, ""}) if one.card}
	return company, [("Card Payment", card) for card in behind], [name], []


def label(found: Found) -> str:
	"""What it is, in the customer's words."""
	row = found.row
	if found.kind is Kind.CREDIT:
		return _("Credit of a payment ({0})").format(_(row.mode_of_payment or "-"))
	if row.return_against:
		return _("Credit note for {0}").format(row.return_against)
	return _("Paid too much on {0}").format(row.name)

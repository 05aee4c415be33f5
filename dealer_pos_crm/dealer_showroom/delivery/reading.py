"""What ERPNext's books say of a deal: its invoice, its journals, its payments, and what is open of them.

Nothing here writes. With ``lock``, as an action needs it, rows stay as they are until the end of the
transaction, and whoever waited sees what was committed; a screen reads without.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import frappe
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.domain.funding import Transit
from dealer_pos_crm.domain.money import Money, total

_LOCK = "lock in share mode"


@dataclass(frozen=True)
class Journal:
	"""A Journal Entry of the deal. ``lender``: the customer that it moves a part of the price to."""

	name: str
	posted: str
	reversal_of: str | None
	lender: str | None


@dataclass(frozen=True)
class Payment:
	"""A Payment Entry that carries the deal and is no deposit's. ``left`` is matched with nothing."""

	name: str
	party: str
	account: str
	mode: str
	amount: Money
	left: Money
	separate: bool  # booked in the account for deposits


@dataclass(frozen=True)
class Due:
	"""Something open that the buyer owes (negative: is owed), with the account it stands on."""

	doctype: str
	name: str
	account: str
	open: Money


@dataclass(frozen=True)
class Books:
	"""All that stands of a deal in the ledgers."""

	currency: str
	invoices: tuple[str, ...]  # submitted, oldest first, without credit notes
	credit_notes: tuple[str, ...]
	drafts: tuple[str, ...]
	journals: tuple[Journal, ...]
	invoiced: Money  # less what was credited
	equity: Money
	financed: Money
	paid: Money
	dues: tuple[Due, ...]
	transit: Transit
	lender_paid: Money
	payments: tuple[Payment, ...]

	@property
	def balance(self) -> Money:
		"""What the buyer owes by the ledger."""
		return total((due.open for due in self.dues), self.currency)

	@property
	def unmatched(self) -> Money:
		"""What the buyer paid for the deal and no document has used."""
		return total((payment.left for payment in self.payments), self.currency)


def books_of(deal, *, lock: bool = True) -> Books:
	locking = _LOCK if lock else ""
	currency = deal.currency
	rows = frappe.db.sql(
		f"""select name, docstatus, is_return, debit_to from `tabSales Invoice`
		where dealer_deal = %s and docstatus < 2 order by posting_date, creation, name {locking}""",
		deal.name,
		as_dict=True,
	)
	booked = [row for row in rows if row.docstatus == 1]
	journals = tuple(_journals(deal, locking))
	own = {("Sales Invoice", row.name) for row in booked} | {("Journal Entry", row.name) for row in journals}
	entries = _entries(own, locking)
	buyer = [row for row in entries if row.party == deal.customer]
	lenders = {journal.lender for journal in journals if journal.lender}
	lender = [row for row in entries if row.party in lenders and row.against_voucher_type == "Journal Entry"]
	of_lender = {journal.name for journal in journals if journal.lender}
	zero = Money.zero(currency)

	def amount(found: Iterable) -> Money:
		return total((rounded(row.amount, currency) for row in found), currency)

	invoice_names = {row.name for row in booked}
	journal_names = {row.name for row in journals}
	return Books(
		currency=currency,
		invoices=tuple(row.name for row in booked if not cint(row.is_return)),
		credit_notes=tuple(row.name for row in booked if cint(row.is_return)),
		drafts=tuple(row.name for row in rows if row.docstatus == 0 and not cint(row.is_return)),
		journals=journals,
		invoiced=amount(row for row in buyer if row.voucher_no in invoice_names),
		equity=-amount(
			row for row in buyer if row.voucher_no in journal_names and row.voucher_no not in of_lender
		),
		financed=-amount(row for row in buyer if row.voucher_no in of_lender),
		paid=-amount(
			row
			for row in buyer
			if row.voucher_no not in invoice_names and row.voucher_no not in journal_names
		),
		dues=tuple(_dues(buyer, currency)),
		transit=Transit(
			financed=amount(row for row in lender if row.voucher_no in of_lender) if lender else zero,
			open=amount(lender),
		),
		lender_paid=_lender_paid(deal, lender, journal_names),
		payments=tuple(_payments(deal, lenders, locking)),
	)


def _journals(deal, locking: str) -> Iterable[Journal]:
	rows = frappe.db.sql(
		f"""select j.name, j.posting_date, j.reversal_of, a.party, a.party_type
		from `tabJournal Entry` j join `tabJournal Entry Account` a on a.parent = j.name
		where j.dealer_deal = %s and j.docstatus = 1 order by j.posting_date, j.creation, j.name, a.idx {locking}""",
		deal.name,
		as_dict=True,
	)
	found: dict[str, list] = {}
	for row in rows:
		found.setdefault(row.name, []).append(row)
	for name, lines in found.items():
		customers = {line.party for line in lines if line.party_type == "Customer"}
		others = sorted(customers - {deal.customer})
		yield Journal(
			name=name,
			posted=cstr(lines[0].posting_date),
			reversal_of=lines[0].reversal_of or None,
			lender=others[0] if others else None,
		)


def _entries(own: set[tuple[str, str]], locking: str) -> list:
	"""The Payment Ledger's rows on the deal's documents, whoever made them."""
	if not own:
		return []
	return frappe.db.sql(
		f"""select voucher_type, voucher_no, against_voucher_type, against_voucher_no, account, party,
			sum(amount) as amount
		from `tabPayment Ledger Entry`
		where against_voucher_no in %s and party_type = 'Customer' and delinked = 0
		group by voucher_type, voucher_no, against_voucher_type, against_voucher_no, account, party {locking}""",
		(tuple(sorted(name for _doctype, name in own)),),
		as_dict=True,
	)


def _dues(buyer: list, currency: str) -> Iterable[Due]:
	open_amounts: dict[tuple[str, str, str], Money] = {}
	for row in buyer:
		key = (row.against_voucher_type, row.against_voucher_no, row.account)
		open_amounts[key] = open_amounts.get(key, Money.zero(currency)) + rounded(row.amount, currency)
	for (doctype, name, account), amount in sorted(open_amounts.items(), reverse=True):
		if amount:
			yield Due(doctype, name, account, amount)


def _lender_paid(deal, lender: list, own_journals: set[str]) -> Money:
	"""What came in from the lender, in money: less what was booked as a difference in the same payment."""
	names = sorted({row.voucher_no for row in lender if row.voucher_type == "Payment Entry"})
	came = -total(
		(rounded(row.amount, deal.currency) for row in lender if row.voucher_type == "Payment Entry"),
		deal.currency,
	)
	if not names:
		return came
	differences = frappe.db.sql(
		"""select sum(amount) from `tabPayment Entry Deduction`
		where parent in %s and parenttype = 'Payment Entry'""",
		(tuple(names),),
	)
	return came - rounded(differences[0][0], deal.currency)


def _payments(deal, lenders: set[str], locking: str) -> Iterable[Payment]:
	rows = frappe.db.sql(
		f"""select name, party, payment_type, paid_from, paid_to, mode_of_payment, base_paid_amount,
			unallocated_amount, book_advance_payments_in_separate_party_account as separate
		from `tabPayment Entry`
		where dealer_deal = %s and docstatus = 1 and party_type = 'Customer' and payment_type = 'Receive'
			and ifnull(dealer_deposit, '') = ''
		order by posting_date, creation, name {locking}""",
		deal.name,
		as_dict=True,
	)
	for row in rows:
		if row.party in lenders and row.party != deal.customer:
			continue
		yield Payment(
			name=row.name,
			party=row.party,
			account=row.paid_from,
			mode=row.mode_of_payment or "",
			amount=rounded(row.base_paid_amount, deal.currency),
			left=rounded(row.unallocated_amount, deal.currency),
			separate=bool(cint(row.separate)),
		)


def standing_journals(books: Books) -> list[Journal]:
	"""The journals that no other one has reversed, and that reverse none; newest first, as they are undone."""
	reversed_ones = {journal.reversal_of for journal in books.journals if journal.reversal_of}
	return [
		journal
		for journal in reversed(books.journals)
		if not journal.reversal_of and journal.name not in reversed_ones
	]


def deposits_of(deal) -> list[frappe._dict]:
	"""The deposits taken for a deal that still hold money, oldest first."""
	return frappe.db.sql(
		"""select name, customer, held_amount, currency, status, hold_until from `tabDeposit`
		where deal = %s and held_amount > 0 order by taken_on, name""",
		deal.name,
		as_dict=True,
	)


def held_of(deal) -> Money:
	return total((rounded(row.held_amount, deal.currency) for row in deposits_of(deal)), deal.currency)

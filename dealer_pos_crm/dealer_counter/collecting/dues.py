"""What a customer may pay at the counter, and the money of theirs that is here already: read from the ledger.

Nothing here writes. With ``lock``, as an action needs it, what was read stays as it is until the end of the
transaction, and whoever waited sees what was committed; a screen reads without.
"""

from collections.abc import Iterable
from dataclasses import replace

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.deposits.events import what as what_deposit
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup.settings import department_of
from dealer_pos_crm.domain.collection import Credit, Document, Held, Payable
from dealer_pos_crm.domain.money import Money

_LOCK = "lock in share mode"
_DUES = ("Sales Invoice", "Journal Entry")
# Until then money that was taken for a deal waits for its invoice.
_DEAL_IS_OVER = ("Delivered", "Funded", "Lost", "Unwound")


def payable_of(
	customer: str, company: str, *, only: Iterable[Document] | None = None, lock: bool = False
) -> list[Payable]:
	"""Everything open of a customer, the oldest first; of some documents when named. What cannot be paid here
	is listed with ``why_not``. Amounts in the company's currency."""
	rows = _ledger(customer, company, only, lock)
	return _payables(customer, company, rows, lock)[0]


def credits_of(
	customer: str, company: str, *, only: Iterable[Document] | None = None, lock: bool = False
) -> list[Credit]:
	"""Money of a customer that is free to be used, the oldest first: payments that are no deposits, and
	credit notes. What was paid out by hand and matched with nothing is not there any more."""
	rows = _ledger(customer, company, None, lock)
	found = _credits(company, rows, lock)
	found += _payables(customer, company, rows, lock)[1]
	wanted = None if only is None else set(only)
	return [credit for credit in sorted(found, key=_age) if wanted is None or credit.document in wanted]


def deposits_of(
	customer: str, company: str, *, only: Iterable[str] | None = None, lock: bool = False
) -> list[Held]:
	"""Deposits of a customer that hold money, the oldest first."""
	currency = company_currency(company)
	rows = frappe.db.sql(
		f"""select name, vehicle, held_for, deal, held_amount from `tabDeposit`
		where customer = %(customer)s and company = %(company)s and held_amount > 0
			{"and name in %(only)s" if only is not None else ""}
		order by taken_on, name {_LOCK if lock else ""}""",
		{"customer": customer, "company": company, "only": tuple(only or ("",))},
		as_dict=True,
	)
	return [
		Held(
			row.name,
			rounded(row.held_amount, currency),
			_("Deposit for {0}").format(what_deposit(row)),
			row.vehicle or None,
			row.deal or None,
		)
		for row in rows
	]


# --- The ledger ---------------------------------------------------------------------------------------


def _ledger(customer: str, company: str, only: Iterable[Document] | None, lock: bool) -> list:
	"""What is open of a customer by document and account; negative: the house owes it."""
	names = None if only is None else tuple(name for _doctype, name in only) or ("",)
	return frappe.db.sql(
		f"""select against_voucher_type as doctype, against_voucher_no as name, account,
			max(account_currency) as account_currency, sum(amount) as amount
		from `tabPayment Ledger Entry`
		where party_type = 'Customer' and party = %(customer)s and company = %(company)s and delinked = 0
			{"and against_voucher_no in %(names)s" if names else ""}
		group by against_voucher_type, against_voucher_no, account
		having abs(sum(amount)) > 0.000001 {_LOCK if lock else ""}""",
		{"customer": customer, "company": company, "names": names},
		as_dict=True,
	)


def _payables(customer: str, company: str, rows: list, lock: bool) -> tuple[list[Payable], list[Credit]]:
	"""The open documents, and the credit notes that are set off against none of them."""
	currency = company_currency(company)
	invoices = _rows(
		"Sales Invoice",
		"""name, posting_date, creation, currency, is_return, return_against, cost_center,
		dealer_repair_order, dealer_deal, dealer_vehicle""",
		[row.name for row in rows if row.doctype == "Sales Invoice"],
		lock,
	)
	journals = _rows(
		"Journal Entry",
		"name, posting_date, creation, dealer_repair_order, dealer_deal, user_remark",
		[row.name for row in rows if row.doctype == "Journal Entry" and row.amount > 0],
		lock,
	)
	known = {"Sales Invoice": invoices, "Journal Entry": journals}
	orders = _titles("Repair Order", "vehicle, vehicle_title, customer", known, "dealer_repair_order")
	deals = _titles("Deal Jacket", "vehicle, vehicle_title, customer", known, "dealer_deal")
	open_rows = {(row.doctype, row.name): row for row in rows if row.doctype in _DUES}
	notes = _notes(open_rows, invoices)
	found: list[tuple[tuple, Payable]] = []
	for (doctype, name), row in open_rows.items():
		doc = known[doctype].get(name)
		amount = rounded(row.amount, currency)
		if doc is None or amount.minor <= 0:
			continue
		for note in notes.get(name, ()):
			amount = amount + rounded(note.amount, currency)
		if amount.minor <= 0:
			continue
		order, deal = orders.get(doc.dealer_repair_order), deals.get(doc.dealer_deal)
		payable = Payable(
			document=(doctype, name),
			payer=customer,
			account=row.account,
			open=amount,
			what=_what(doctype, doc, order, deal, customer),
			posted=cstr(doc.posting_date),
			department=_department(company, doc),
			repair_order=doc.dealer_repair_order or None,
			deal=doc.dealer_deal or None,
			vehicle=doc.get("dealer_vehicle")
			or (order.vehicle if order else None)
			or (deal.vehicle if deal else None)
			or None,
			why_not=_why_not(doc, row, deal, customer, currency),
		)
		found.append(((cstr(doc.posting_date), cstr(doc.creation), name), payable))
	payables = [payable for _key, payable in sorted(found, key=lambda entry: entry[0])]
	return payables, _free_notes(open_rows, invoices, notes, currency)


def _rows(doctype: str, fields: str, names: list[str], lock: bool) -> dict[str, frappe._dict]:
	if not names:
		return {}
	rows = frappe.db.sql(
		f"select {fields} from `tab{doctype}` where name in %s and docstatus = 1 {_LOCK if lock else ''}",
		(tuple(sorted(names)),),
		as_dict=True,
	)
	return {row.name: row for row in rows}


def _titles(doctype: str, fields: str, known: dict, link: str) -> dict[str, frappe._dict]:
	names = {doc[link] for rows in known.values() for doc in rows.values() if doc.get(link)}
	if not names:
		return {}
	extra = ", stage" if doctype == "Deal Jacket" else ""
	rows = frappe.db.sql(
		f"select name, {fields}{extra} from `tab{doctype}` where name in %s",
		(tuple(sorted(names)),),
		as_dict=True,
	)
	return {row.name: row for row in rows}


def _notes(open_rows: dict, invoices: dict) -> dict[str, list]:
	"""Open credit notes by the open invoice that they were made against: what is owed is the difference."""
	found: dict[str, list] = {}
	for (doctype, name), row in open_rows.items():
		doc = invoices.get(name) if doctype == "Sales Invoice" else None
		if doc and cint(doc.is_return) and row.amount < 0 and doc.return_against:
			against = open_rows.get(("Sales Invoice", doc.return_against))
			if against and against.amount > 0:
				found.setdefault(doc.return_against, []).append(row)
	return found


def _free_notes(open_rows: dict, invoices: dict, notes: dict, currency: str) -> list[Credit]:
	taken = {row.name: against for against, rows in notes.items() for row in rows}
	found = []
	for (doctype, name), row in open_rows.items():
		doc = invoices.get(name) if doctype == "Sales Invoice" else None
		if not doc or row.amount >= 0 or not cint(doc.is_return):
			continue
		free = -rounded(row.amount, currency)
		if name in taken:
			free = free - rounded(open_rows[("Sales Invoice", taken[name])].amount, currency)
		if free.minor > 0 and doc.currency == currency:
			found.append(
				Credit(
					("Sales Invoice", name),
					free,
					row.account,
					_("Credit note {0}").format(name),
					cstr(doc.posting_date),
					deal=doc.dealer_deal or None,
				)
			)
	return found


def _what(doctype: str, doc, order, deal, customer: str) -> str:
	if order:
		if doctype == "Journal Entry":
			return _("Deductible of repair order {0}").format(order.name)
		return _("Repair order {0}, {1}").format(order.name, cstr(order.vehicle_title or order.vehicle))
	if deal:
		return _("Deal {0}, {1}").format(deal.name, cstr(deal.vehicle_title or deal.vehicle))
	if doctype == "Journal Entry":
		return cstr(doc.user_remark).strip()[:120] or _("Journal Entry {0}").format(doc.name)
	return _("Invoice {0}").format(doc.name)


def _department(company: str, doc) -> str:
	if doc.dealer_repair_order:
		return "Service"
	if doc.dealer_deal:
		return "Sales"
	return department_of(company, doc.get("cost_center")) or "Accounting"


def _why_not(doc, row, deal, customer: str, currency: str) -> str:
	if doc.get("currency") and doc.currency != currency:
		return _("It is in {0}; the counter takes {1} only").format(doc.currency, currency)
	if row.account_currency and row.account_currency != currency:
		return _("Its account is kept in {0}; the counter takes {1} only").format(
			row.account_currency, currency
		)
	if deal and deal.customer != customer:
		return _("Contract money is booked on the deal {0}").format(deal.name)
	return ""


# --- Money that is here already -----------------------------------------------------------------------


def _credits(company: str, rows: list, lock: bool) -> list[Credit]:
	currency = company_currency(company)
	open_rows = {row.name: row for row in rows if row.doctype == "Payment Entry"}
	payments = _rows(
		"Payment Entry",
		"""name, payment_type, posting_date, creation, mode_of_payment, unallocated_amount, dealer_deposit,
		dealer_deal, book_advance_payments_in_separate_party_account as separate""",
		list(open_rows),
		lock,
	)
	deals = _waiting_deals({doc.dealer_deal for doc in payments.values() if doc.dealer_deal})
	gone = Money.zero(currency)
	found = []
	for doc in sorted(payments.values(), key=lambda doc: (doc.posting_date, doc.creation, doc.name)):
		if doc.dealer_deposit:
			continue
		row = open_rows[doc.name]
		left = -rounded(row.amount, currency)
		if doc.payment_type == "Pay":
			gone = gone - left
			continue
		unallocated = rounded(doc.unallocated_amount, currency)
		free = left if left <= unallocated else unallocated
		if free.minor > 0 and (not row.account_currency or row.account_currency == currency):
			found.append(
				Credit(
					("Payment Entry", doc.name),
					free,
					row.account,
					_("{0} of {1}").format(
						cstr(doc.mode_of_payment), frappe.format(doc.posting_date, "Date")
					),
					cstr(doc.posting_date),
					bool(cint(doc.separate)),
					doc.dealer_deal if doc.dealer_deal in deals else None,
				)
			)
	return _without(gone, found)


def _without(gone: Money, credits: list[Credit]) -> list[Credit]:
	"""Less what was paid out by hand and nobody has matched: the oldest is thought to be gone first."""
	found = []
	for credit in credits:
		part = credit.amount if credit.amount <= gone else gone
		if part.minor > 0:
			gone = gone - part
		left = credit.amount - part if part.minor > 0 else credit.amount
		if left.minor > 0:
			found.append(replace(credit, amount=left))
	return found


def _waiting_deals(names: set[str]) -> set[str]:
	if not names:
		return set()
	return set(
		frappe.get_all(
			"Deal Jacket", {"name": ("in", sorted(names)), "stage": ("not in", _DEAL_IS_OVER)}, pluck="name"
		)
	)


def _age(credit: Credit) -> tuple[str, str]:
	return (credit.posted, credit.document[1])

"""The house of the bank's tests: the counter's books, a bank, checks that are taken and shifts that are counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import flt, now_datetime

from dealer_pos_crm.dealer_setup import counter_accounting
from tests.site import counter_house
from tests.site import factories as f

CHECK_MODES = ("Check", "Cashier's Check", "Money Order")
BANK = "First National"


@contextmanager
def books() -> Iterator[frappe._dict]:
	"""The accounts of the counter, with checks that wait to be deposited; as it was before, afterwards."""
	counter_house.set_up()
	before = {mode: counter_house.account_of(mode) for mode in CHECK_MODES}
	counter_accounting.set_up(f.COMPANY)
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.bank_deposit_account = bank_account()
	settings.save()
	for mode in CHECK_MODES:
		_lead(mode, settings.undeposited_checks_account)
	frappe.db.commit()
	yield frappe._dict(
		company=f.COMPANY,
		bank=settings.bank_deposit_account,
		cash=f.cash_account(),
		checks=settings.undeposited_checks_account,
		over_short=settings.over_short_account,
		fees=settings.bank_fee_account,
		fee_income=settings.returned_check_fee_account,
	)
	frappe.db.rollback()
	for mode, account in before.items():
		_lead(mode, account)
	frappe.db.set_value("Dealer Settings", f.COMPANY, {"bank_deposit_account": None, "returned_check_fee": 0})
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.db.commit()


def bank_account() -> str:
	name = f"{BANK} - SM"
	if not frappe.db.exists("Account", name):
		parent = frappe.db.get_value(
			"Account", {"company": f.COMPANY, "is_group": 1, "account_name": "Bank Accounts"}, "name"
		)
		frappe.get_doc(
			{
				"doctype": "Account",
				"company": f.COMPANY,
				"account_name": BANK,
				"parent_account": parent,
				"account_type": "Bank",
			}
		).insert()
	return name


def _lead(mode: str, account: str) -> None:
	"""A mode of payment books on this account."""
	doc = frappe.get_doc("Mode of Payment", mode)
	for row in doc.accounts:
		if row.company == f.COMPANY:
			row.default_account = account
	doc.save()


def receive(customer, amount: float, mode: str = "Check", invoices: tuple = (), number: str | None = None):
	"""Money of a customer outside of any shift, against invoices ((invoice, amount) pairs). Commits."""
	entry = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": f.COMPANY,
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": customer if isinstance(customer, str) else customer.name,
			"paid_from": f.debtors_account(),
			"paid_to": counter_house.account_of(mode),
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": number or f.key()[:6],
			"reference_date": now_datetime().date(),
			"references": [
				{
					"reference_doctype": "Sales Invoice",
					"reference_name": invoice.name,
					"allocated_amount": part,
				}
				for invoice, part in invoices
			],
		}
	)
	entry.insert()
	entry.submit()
	frappe.db.commit()
	return entry


def counted_shift(shift, counted: float, stays: float) -> str:
	"""A shift that is closed and counted, with nothing over or short. Returns the Shift Count."""
	count = frappe.get_doc(
		{
			"doctype": "Shift Count",
			"shift": shift.name,
			"cashier": shift.user,
			"pos_profile": shift.pos_profile,
			"company": f.COMPANY,
			"status": "Closed",
			"opened_on": now_datetime(),
			"counted_on": now_datetime(),
			"currency": "USD",
			"client_key": f.key(),
			"modes": [
				{
					"mode_of_payment": "Cash",
					"instrument": "Currency",
					"opening_amount": stays,
					"payments_amount": counted - stays,
					"expected_amount": counted,
					"counted_amount": counted,
				}
			],
		}
	)
	count.set_new_name()
	count.db_insert()
	for row in count.modes:
		row.parent = count.name
		row.db_insert()
	frappe.db.commit()
	return count.name


def rows_of(voucher: str, doctype: str = "Journal Entry") -> dict[str, float]:
	"""What a voucher booked, by account: debits positive."""
	found: dict[str, float] = {}
	for row in frappe.get_all(
		"GL Entry",
		{"voucher_type": doctype, "voucher_no": voucher, "is_cancelled": 0},
		["account", "debit", "credit"],
	):
		found[row.account] = flt(found.get(row.account, 0) + row.debit - row.credit, 2)
	return {account: amount for account, amount in found.items() if amount}


def cleared(entry: str, day: str | None) -> None:
	"""As ERPNext's bank reconciliation does it."""
	frappe.db.set_value("Journal Entry", entry, "clearance_date", day)
	frappe.db.commit()

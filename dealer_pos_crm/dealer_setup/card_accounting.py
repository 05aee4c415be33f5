"""Where card money is booked: accounts and modes of payment, shown before they are made."""

from functools import partial

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup import books
from dealer_pos_crm.dealer_setup.books import NewAccount, NewMode

# field of Gateway Account -> what is made where none is chosen
ACCOUNTS: dict[str, NewAccount] = {
	# Bank, as a Payment Entry books on nothing else.
	"clearing_account": NewAccount("Card Clearing", "Asset", ("Bank Accounts", "Current Assets"), "Bank"),
	"fee_account": NewAccount("Card Processing Fees", "Expense", ("Indirect Expenses",), "Expense Account"),
	"dispute_account": NewAccount("Disputed Card Payments", "Asset", ("Current Assets",)),
	"chargeback_account": NewAccount(
		"Lost Card Disputes", "Expense", ("Indirect Expenses",), "Expense Account"
	),
}
MODES: dict[str, NewMode] = {
	"online_mode": NewMode("Card (online)", "clearing_account"),
	"terminal_mode": NewMode("Card (terminal)", "clearing_account"),
}


def _account(company: str):
	"""The company's Gateway Account in use, else the newest; None where there is none yet."""
	name = accounts.of_company(company) or frappe.db.get_value(
		accounts.DOCTYPE, {"company": company}, "name", order_by="creation desc"
	)
	return frappe.get_doc(accounts.DOCTYPE, name) if name else None


def _notes(company: str) -> list[str]:
	account = _account(company)
	if account is None:
		return [_("There is no Gateway Account yet: make one, with the key from the provider's page")]
	notes = []
	if not account.bank_account:
		notes.append(
			_("Choose the Bank Account of Payouts in {0}: payouts are booked to it").format(account.title)
		)
	for field in MODES:
		mode = account.get(field)
		booked = mode and frappe.db.get_value(
			"Mode of Payment Account", {"parent": mode, "company": company}, "default_account"
		)
		if booked and account.clearing_account and booked != account.clearing_account:
			notes.append(
				_("{0} books on {1}, and not on {2}; put that right in the mode of payment").format(
					mode, booked, account.clearing_account
				)
			)
	return notes


def fill(account) -> None:
	"""Give a new Gateway Account what is there already, where nothing was chosen."""
	for field, value in books.found(BOOKS, account.company).items():
		if not account.get(field):
			account.set(field, value)
	if not account.bank_account:
		bank = frappe.get_cached_value("Company", account.company, "default_bank_account")
		if bank and bank != account.clearing_account:
			account.bank_account = bank


BOOKS = books.Books(accounts.DOCTYPE, _account, _notes, accounts=ACCOUNTS, modes=MODES)
planned_changes = partial(books.planned_changes, BOOKS)
preview = partial(books.preview, BOOKS)
set_up = partial(books.set_up, BOOKS)

"""What the counter is booked with: accounts and modes of payment, shown before they are made."""

from functools import partial

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup import books
from dealer_pos_crm.dealer_setup.books import NewAccount, NewMode
from dealer_pos_crm.dealer_setup.settings import settings_of

# field of Dealer Settings -> what is made where none is chosen
ACCOUNTS: dict[str, NewAccount] = {
	"over_short_account": NewAccount(
		"Cash Over and Short", "Expense", ("Indirect Expenses",), "Expense Account"
	),
	# Cash, as it lies in the drawer until somebody carries it to the bank: no statement ever lists it.
	"undeposited_checks_account": NewAccount(
		"Undeposited Checks", "Asset", ("Cash In Hand", "Current Assets"), "Cash"
	),
	"returned_check_fee_account": NewAccount(
		"Returned Check Fees", "Income", ("Indirect Income", "Direct Income"), "Income Account"
	),
	"bank_fee_account": NewAccount("Bank Charges", "Expense", ("Indirect Expenses",), "Expense Account"),
}
_CHECKS = "undeposited_checks_account"
MODES: dict[str, NewMode] = {
	"cash_mode": NewMode("Cash", instrument="Currency", type="Cash", held=False),
	"check_mode": NewMode("Check", _CHECKS, "Personal Check", held=False),
	"cashiers_check_mode": NewMode("Cashier's Check", _CHECKS, "Cashier's Check", held=False),
	"money_order_mode": NewMode("Money Order", _CHECKS, "Money Order", held=False),
}


def _notes(company: str) -> list[str]:
	settings = settings_of(company)
	notes = []
	if not settings.bank_deposit_account:
		notes.append(_("Choose the Bank Account of Bank Deposits: cash and checks are brought there"))
	if not frappe.db.exists("POS Profile", {"company": company, "dealer_counter": 1, "disabled": 0}):
		notes.append(
			_("No point of sale is a counter yet: tick Dealership Counter in the POS Profile of each one")
		)
	accounts = dict(
		frappe.get_all(
			"Mode of Payment Account",
			{"company": company, "parent": ("in", [mode.name for mode in MODES.values()])},
			["parent", "default_account"],
			as_list=True,
		)
	)
	if "Cash" not in accounts:
		notes.append(_("Mode of payment Cash has no account of {0}; give it one").format(company))
	checks = settings.undeposited_checks_account
	for mode in MODES.values():
		account = accounts.get(mode.name)
		if mode.account and checks and account and account != checks:
			notes.append(
				_(
					"{0} books on {1}: what is taken so is no undeposited check. Put {2} in the mode of payment"
				).format(mode.name, account, checks)
			)
	return notes


BOOKS = books.Books("Dealer Settings", settings_of, _notes, accounts=ACCOUNTS, modes=MODES)
planned_changes = partial(books.planned_changes, BOOKS)
preview = partial(books.preview, BOOKS)
set_up = partial(books.set_up, BOOKS)

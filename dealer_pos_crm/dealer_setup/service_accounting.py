"""Where the work of the service lane is booked: items and accounts, shown before they are made."""

from functools import partial

from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_setup import books
from dealer_pos_crm.dealer_setup.books import NewAccount
from dealer_pos_crm.dealer_setup.settings import settings_of

# field of Dealer Settings -> name of the item that is made where none is chosen
ITEMS: dict[str, str] = {
	"labor_item": "Service Labor",
	"parts_item": "Service Parts",
	"sublet_item": "Service Sublet",
}
ACCOUNTS: dict[str, NewAccount] = {
	"internal_income_account": NewAccount(
		"Internal Service Income", "Income", ("Direct Income",), "Income Account"
	),
	"internal_expense_account": NewAccount(
		"Internal Service Cost", "Expense", ("Indirect Expenses", "Direct Expenses"), "Expense Account"
	),
	"claim_difference_account": NewAccount(
		"Warranty Claim Differences", "Expense", ("Indirect Expenses",), "Expense Account"
	),
}


def _notes(company: str) -> list[str]:
	settings = settings_of(company)
	notes = []
	if not settings.manufacturers:
		notes.append(
			_("No manufacturer is named yet: warranty work can be billed once each make has its customer")
		)
	if cint(settings.update_stock) and not settings.parts_warehouse:
		notes.append(_("Invoices take parts from stock: choose the Parts Warehouse, or one on each part"))
	missing = [
		_(row.department)
		for row in settings.departments
		if row.department in ("Sales", "Service", "Parts") and not row.cost_center
	]
	if missing:
		notes.append(
			_("Without a cost center of its own, a department is booked on the company's: {0}").format(
				", ".join(missing)
			)
		)
	return notes


BOOKS = books.Books("Dealer Settings", settings_of, _notes, items=ITEMS, accounts=ACCOUNTS)
planned_changes = partial(books.planned_changes, BOOKS)
preview = partial(books.preview, BOOKS)
set_up = partial(books.set_up, BOOKS)

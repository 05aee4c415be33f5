"""Where the sale of cars is booked: items and accounts, shown before they are made."""

from functools import partial

import frappe
from frappe import _
from frappe.utils import cint

from dealer_pos_crm.dealer_setup import books
from dealer_pos_crm.dealer_setup.books import NewAccount
from dealer_pos_crm.dealer_setup.settings import settings_of

# field of Dealer Settings -> name of the item that is made where none is chosen
ITEMS: dict[str, str] = {
	"vehicle_item_new": "New Car",
	"vehicle_item_used": "Used Car",
	"fee_item": "Car Sale Fees",
	"accessory_item": "Car Accessories",
}
ACCOUNTS: dict[str, NewAccount] = {
	"trade_inventory_account": NewAccount("Trade-in Cars", "Asset", ("Stock Assets", "Current Assets")),
	"payoff_account": NewAccount(
		"Payoffs Due", "Liability", ("Accounts Payable", "Current Liabilities"), "Payable"
	),
	"over_allowance_account": NewAccount(
		"Trade-in Over-allowance", "Expense", ("Direct Expenses", "Indirect Expenses"), "Expense Account"
	),
	"funding_difference_account": NewAccount(
		"Funding Differences", "Expense", ("Indirect Expenses",), "Expense Account"
	),
	"commission_expense_account": NewAccount(
		"Sales Commissions", "Expense", ("Indirect Expenses",), "Expense Account"
	),
	"commission_payable_account": NewAccount(
		"Commissions Payable", "Liability", ("Current Liabilities", "Accounts Payable")
	),
}


def _notes(company: str) -> list[str]:
	settings = settings_of(company)
	notes = []
	if not settings.vehicle_tax_template:
		notes.append(_("No tax template is chosen for cars: deals are computed without tax"))
	if not _costs_of_sold_cars(company):
		notes.append(
			_(
				"The company has no Default Cost of Goods Sold Account: a traded-in car that is sold cannot leave Trade-in Cars"
			)
		)
	notes += _lenders_without_customer()
	if cint(settings.first_service_months) and not frappe.db.exists(
		"Service Team", {"company": company, "enabled": 1}
	):
		notes.append(
			_(
				"There is no Service Team: the first service of a sold car is forecast, and no appointment is booked"
			)
		)
	if not any(row.department == "Sales" and row.cost_center for row in settings.departments):
		notes.append(_("Sales has no cost center of its own: cars are booked on the company's"))
	return notes


def _costs_of_sold_cars(company: str) -> str | None:
	return frappe.get_cached_value("Company", company, "default_expense_account")


def _lenders_without_customer() -> list[str]:
	names = frappe.get_all(
		"Dealer Lender", {"enabled": 1, "customer": ("is", "not set")}, pluck="name", order_by="name"
	)
	if not names:
		return []
	return [
		_(
			"These lenders have no customer to owe the contract money, and cannot finance a delivery: {0}"
		).format(", ".join(names[:5]) + ("…" if len(names) > 5 else ""))
	]


BOOKS = books.Books("Dealer Settings", settings_of, _notes, items=ITEMS, accounts=ACCOUNTS)
planned_changes = partial(books.planned_changes, BOOKS)
preview = partial(books.preview, BOOKS)
set_up = partial(books.set_up, BOOKS)

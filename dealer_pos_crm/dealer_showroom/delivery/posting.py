"""The vouchers of a deal: inserted and submitted by ERPNext's own rules, all carrying the deal.

Whoever may deliver a car need not have the right to write invoices or journals by hand: the right is
checked where the action begins. Amounts of journal rows: debits are positive, credits negative.
"""

from collections.abc import Iterable
from datetime import date

import frappe
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import get_link_to_form, nowdate

from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DEPARTMENT = "Sales"


class ShowroomAccountingMissing(frappe.ValidationError):
	"""The company's settings do not say where the sale of a car is booked."""


def submitted(doc):
	doc.flags.ignore_permissions = True  # the right to deliver, fund or unwind was checked
	doc.flags.dealer_delivery = True
	doc.insert()
	doc.submit()
	return doc


def account_of(company: str, field: str) -> str:
	"""The account that Dealer Settings name in a field; refused with the remedy when there is none."""
	settings = settings_of(company)
	account = settings.get(field)
	if not account:
		frappe.throw(
			_("Choose {0} in {1} first. The button Set up showroom accounting makes it").format(
				frappe.bold(_(settings.meta.get_label(field))), get_link_to_form("Dealer Settings", company)
			),
			ShowroomAccountingMissing,
			title=_("Showroom Accounting"),
		)
	return account


def receivable_of(deal, customer: str) -> str:
	"""A customer's receivable account, in the deal's currency."""
	account = get_party_account("Customer", customer, deal.company)
	if not account:
		frappe.throw(
			_("{0} has no receivable account. Set its Default Receivable Account first").format(
				get_link_to_form("Company", deal.company)
			)
		)
	currency = frappe.get_cached_value("Account", account, "account_currency")
	if currency != deal.currency:
		raise Refused(
			"currency",
			marked("The account of {0} is kept in {1}. Deals are booked in {2} only"),
			customer,
			currency,
			deal.currency,
		)
	return account


def cost_center(deal) -> str:
	return cost_center_of(deal.company, DEPARTMENT)


def journal(
	deal, rows: Iterable[dict], remark: str, *, on: date | str | None = None, reversal_of: str | None = None
) -> str:
	"""Submit a Journal Entry of the deal and return its name. ``rows``: account, amount (Money, signed), and
	what else a row has."""
	doc = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": "Journal Entry",
			"company": deal.company,
			"posting_date": on or nowdate(),
			"user_remark": remark,
			"dealer_deal": deal.name,
			"reversal_of": reversal_of,
		}
	)
	for row in rows:
		amount: Money = row["amount"]
		doc.append(
			"accounts",
			{
				"cost_center": cost_center(deal),
				"user_remark": remark,
				**{name: value for name, value in row.items() if name != "amount"},
				"debit_in_account_currency": to_float(amount) if amount.minor > 0 else 0,
				"credit_in_account_currency": to_float(-amount) if amount.minor < 0 else 0,
			},
		)
	return submitted(doc).name


def of_customer(account: str, customer: str, amount: Money, invoice: str | None = None) -> dict:
	"""A row on a customer's account, matched with an invoice when one is named."""
	row = {"account": account, "party_type": "Customer", "party": customer, "amount": amount}
	if invoice:
		row |= {"reference_type": "Sales Invoice", "reference_name": invoice}
	return row

"""The entries of a check that came back: what it paid is taken off it, and the bank takes the money again.

Every step is ERPNext's own: Unreconcile Payment, a Payment Entry (Pay) from the bank matched with the receipt, and
Journal Entries. The receipt itself is never cancelled.
"""

from collections.abc import Iterable
from typing import Any

import frappe
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import cstr, nowdate

from dealer_pos_crm.dealer_cashier.collecting import reconcile
from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.settings import cost_center_of
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.returned_check import Document

_PAID = """
	select against_voucher_type as doctype, against_voucher_no as name, account, party_type, party,
		-sum(amount) as amount
	from `tabPayment Ledger Entry`
	where voucher_type = 'Payment Entry' and voucher_no = %s and delinked = 0
		and against_voucher_no != voucher_no and against_voucher_type in %s
	group by against_voucher_type, against_voucher_no, account, party_type, party
	having sum(amount) < 0 order by against_voucher_type, against_voucher_no lock in share mode
"""


def paid_by(receipt: str) -> list[frappe._dict]:
	"""The documents a receipt pays, by the Payment Ledger, with amounts as it has them."""
	return frappe.db.sql(_PAID, (receipt, ("Sales Invoice", "Journal Entry")), as_dict=True)


def paid_back(receipt: str, currency: str) -> Money:
	"""What of a receipt was paid back to the customer since."""
	rows = frappe.db.sql(_PAID, (receipt, ("Payment Entry",)), as_dict=True)
	return rounded(sum(row.amount for row in rows), currency)


def open_now(documents: Iterable[Document], currency: str) -> dict[Document, Money]:
	"""What is open of each document now, by the Payment Ledger; of a deposit what it lacks (less than nothing:
	what was taken and not paid back)."""
	wanted = list(documents)
	found: dict[Document, Money] = {}
	names = sorted({name for doctype, name in wanted if doctype != "Deposit"})
	if names:
		for row in frappe.db.sql(
			"""select against_voucher_type as doctype, against_voucher_no as name, sum(amount) as amount
			from `tabPayment Ledger Entry`
			where against_voucher_no in %s and party_type = 'Customer' and delinked = 0
			group by against_voucher_type, against_voucher_no""",
			(tuple(names),),
			as_dict=True,
		):
			found[(row.doctype, row.name)] = rounded(row.amount, currency)
	for doctype, name in wanted:
		if doctype == "Deposit":
			taken, back = frappe.db.get_value("Deposit", name, ["taken_amount", "refunded_amount"])
			found[(doctype, name)] = rounded(back, currency) - rounded(taken, currency)
	return found


def unmatch(receipt, rows: Iterable[frappe._dict]) -> None:
	"""Take the receipt off what it paid: each document is open again, a deposit holds its money again."""
	for row in rows:
		doc = frappe.get_doc(
			{
				"doctype": "Unreconcile Payment",
				"company": receipt.company,
				"voucher_type": "Payment Entry",
				"voucher_no": receipt.name,
				"allocations": [
					{
						"reference_doctype": row.doctype,
						"reference_name": row.name,
						"account": row.account,
						"party_type": row.party_type,
						"party": row.party,
						"allocated_amount": row.amount,
						"account_currency": receipt.paid_from_account_currency,
					}
				],
			}
		)
		doc.flags.ignore_permissions = True  # the right to record a returned check was checked
		doc.insert()
		doc.submit()


def reverse(case, receipt, bank: str, amount: Money, *, matched: bool) -> str:
	"""The bank takes the money again: a Payment Entry out of ``bank``, matched with the receipt. ``matched``: no
	for what had been paid back to the customer, which they owe on account now."""
	of_deposit = matched and receipt.dealer_deposit
	value = to_float(amount)
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Pay",
			"company": receipt.company,
			"posting_date": case.returned_on,
			"mode_of_payment": receipt.mode_of_payment,
			"party_type": receipt.party_type,
			"party": receipt.party,
			"paid_from": bank,
			"paid_to": receipt.paid_from,
			"paid_amount": value,
			"received_amount": value,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": cstr(case.check_no) or case.name,
			"reference_date": case.returned_on,
			"cost_center": receipt.cost_center,
			"dealer_refund_of": receipt.name,
			"dealer_deposit": receipt.dealer_deposit if of_deposit else None,
			"dealer_vehicle": receipt.get("dealer_vehicle"),
			"dealer_deal": receipt.get("dealer_deal"),
			"dealer_repair_order": receipt.get("dealer_repair_order"),
			"dealer_returned_check": case.name,
			"remarks": _("Check {0} of {1} came back: {2}").format(
				case.check_no or "-", receipt.name, _(case.reason)
			),
			"custom_remarks": 1,
		}
	)
	payment.flags.ignore_permissions = True  # the bank has taken it, whoever records it
	payment.flags.dealer_deposit = bool(of_deposit)
	payment.flags.dealer_returned_check = True
	payment.insert()
	# ERPNext books what is matched with nothing yet as an advance; this goes back from where the receipt is.
	payment.paid_to = receipt.paid_from
	payment.book_advance_payments_in_separate_party_account = (
		receipt.book_advance_payments_in_separate_party_account
	)
	payment.submit()
	if matched:
		reconcile(
			receipt.name,
			("Payment Entry", payment.name),
			amount,
			account=receipt.paid_from,
			party=receipt.party,
			is_advance=True,
		)
	return payment.name


def owed_on_account(case, bank: str, amount: Money) -> str:
	"""A sale at the point of sale cannot be opened again: the customer owes the amount by an entry of its own."""
	debtors = get_party_account("Customer", case.customer, case.company)
	return journal(
		case,
		[
			(debtors, amount, {"party_type": "Customer", "party": case.customer}),
			(bank, -amount, {}),
		],
		case.returned_on,
		_("Check {0} of sale {1} came back: {2}").format(
			case.check_no or "-", case.pos_invoice, _(case.reason)
		),
	)


def fee_of_the_bank(case, bank: str, account: str, amount: Money) -> str:
	return journal(
		case,
		[(account, amount, {}), (bank, -amount, {})],
		case.returned_on,
		_("Fee of the bank for check {0}, {1}").format(case.check_no or "-", case.customer_name),
	)


def journal(
	case,
	lines: Iterable[tuple[str, Money, dict[str, Any]]],
	day: Any,
	remark: str,
	kind: str = "Bank Entry",
) -> str:
	"""A submitted Journal Entry of a returned check. Debits are positive, credits negative."""
	center = cost_center_of(case.company, "Accounting")
	entry = frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"voucher_type": kind,
			"company": case.company,
			"posting_date": day,
			"cheque_no": cstr(case.check_no) or case.name,
			"cheque_date": day,
			"user_remark": remark,
			"dealer_returned_check": case.name,
			"accounts": [
				{
					"account": account,
					"debit_in_account_currency": to_float(amount) if amount.minor > 0 else 0,
					"credit_in_account_currency": to_float(-amount) if amount.minor < 0 else 0,
					"cost_center": center,
					**more,
				}
				for account, amount, more in lines
			],
		}
	)
	entry.flags.ignore_permissions = True  # the right to record a returned check was checked
	entry.flags.dealer_returned_check = True
	entry.insert()
	entry.submit()
	return entry.name


def fee_invoice(case, account: str, amount: Money) -> str:
	"""What the customer is charged for it: a Sales Invoice, due at once."""
	today = nowdate()
	center = cost_center_of(case.company, "Accounting")
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": case.company,
			"customer": case.customer,
			"currency": case.currency,
			"conversion_rate": 1,
			"posting_date": today,
			"due_date": today,
			"set_posting_time": 1,
			"cost_center": center,
			"disable_rounded_total": 1,
			"ignore_pricing_rule": 1,
			"allocate_advances_automatically": 0,
			"remarks": _("Fee for returned check {0}").format(case.check_no or case.name),
			"items": [
				{
					"item_name": _("Returned check fee"),
					"description": _("Check {0} of {1} came back from the bank").format(
						case.check_no or "-", case.payment_entry or case.pos_invoice
					),
					"qty": 1,
					"uom": "Nos",
					"conversion_factor": 1,
					"rate": to_float(amount),
					"income_account": account,
					"cost_center": center,
				}
			],
		}
	)
	invoice.flags.ignore_permissions = True  # the right to record a returned check was checked
	invoice.insert()
	invoice.submit()
	return invoice.name


def flush() -> None:
	"""Deposits, orders and deals behind what was opened again, read now and not only before the commit."""
	refresh.flush()
	position.flush()
	deal_position.flush()

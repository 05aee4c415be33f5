"""Taking a deposit: Payment Entries that book the money as the customer's own, and the hold on the vehicle."""

import frappe
from erpnext.accounts.doctype.sales_invoice.sales_invoice import get_bank_cash_account
from erpnext.accounts.party import get_party_account
from frappe import _
from frappe.utils import cstr, get_datetime, get_link_to_form, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.deposits.events import what
from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.dealer_setup.accounting import check_ready
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain.deposit import Refundable, Tender, Terms, check_tenders
from dealer_pos_crm.domain.money import Money, positive
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def take(deposit, rows: list[dict]) -> list[tuple[str, str]]:
	"""Book the tenders of a draft deposit and hold its vehicle. Returns the documents made."""
	amount = to_money(deposit.amount, deposit.currency)
	check(deposit, amount)
	tenders = [
		Tender(cstr(row.get("mode_of_payment")), to_money(row.get("amount"), deposit.currency))
		for row in rows
	]
	check_tenders(tenders, amount)
	if deposit.vehicle and deposit.hold_until:
		holds.check_free(deposit.vehicle, deposit.customer)
	elif deposit.vehicle:
		holds.check_not_anothers(deposit.vehicle, deposit.customer)
	deposit.db_set({"taken_on": now_datetime(), "taken_by": frappe.session.user})
	made = []
	for tender, row in zip(tenders, rows, strict=True):
		payment = _payment(deposit, tender, row)
		made.append(("Payment Entry", payment.name))
		_keep_tender(deposit, tender, row, payment)
	return made


def check(deposit, amount: Money) -> None:
	"""All that must be right before money is taken. Raises ``Refused`` or a Frappe error."""
	settings = settings_of(deposit.company)
	check_ready(deposit.company)
	positive(amount)
	smallest = to_money(settings.min_deposit, deposit.currency)
	largest = to_money(settings.max_deposit, deposit.currency)
	if amount < smallest:
		raise Refused("too_small", marked("The smallest deposit is {0}; {1} is less"), smallest, amount)
	if largest and amount > largest:
		raise Refused("too_large", marked("The largest deposit is {0}; {1} is more"), largest, amount)
	until = getdate(deposit.refundable_until) if deposit.refundable_until else None
	Terms(Refundable(deposit.refundable), until).check()
	check_customer(deposit.customer)
	if deposit.vehicle and deposit.hold_until and get_datetime(deposit.hold_until) <= now_datetime():
		raise Refused("hold_past", marked("Hold Until is in the past; choose a later time"))


def check_customer(customer: str) -> None:
	disabled, frozen = frappe.db.get_value("Customer", customer, ["disabled", "is_frozen"])
	if disabled or frozen:
		frappe.throw(
			_("{0} is {1}. Enable the customer first, or choose another").format(
				get_link_to_form("Customer", customer), _("disabled") if disabled else _("frozen")
			)
		)


def money_account(mode: str, company: str, currency: str) -> str:
	"""The bank or cash account behind a mode of payment, in the company's currency."""
	account = get_bank_cash_account(mode, company).get("account")
	account_currency = frappe.get_cached_value("Account", account, "account_currency")
	if account_currency != currency:
		raise Refused(
			"currency",
			marked("{0} is kept in {1}. Deposits are in {2}; choose another mode of payment"),
			account,
			account_currency,
			currency,
		)
	return account


def deposit_account(deposit) -> str:
	"""Where ERPNext books an advance of this customer today: a liability, once the company is set up."""
	accounts = get_party_account("Customer", deposit.customer, deposit.company, include_advance=True)
	return accounts[-1]


def new_payment(deposit, payment_type: str, mode: str, amount: Money, row: dict):
	"""A Payment Entry of a deposit, not yet inserted. ``payment_type``: Receive or Pay."""
	account = money_account(mode, deposit.company, deposit.currency)
	party_account = get_party_account("Customer", deposit.customer, deposit.company)
	if not party_account:
		frappe.throw(
			_("{0} has no receivable account. Set its Default Receivable Account first").format(
				get_link_to_form("Company", deposit.company)
			)
		)
	party_currency = frappe.get_cached_value("Account", party_account, "account_currency")
	if party_currency != deposit.currency:
		raise Refused(
			"currency",
			marked("The account of {0} is kept in {1}. Deposits are in {2} only"),
			deposit.customer,
			party_currency,
			deposit.currency,
		)
	receive = payment_type == "Receive"
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": payment_type,
			"company": deposit.company,
			"posting_date": nowdate(),
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": deposit.customer,
			"paid_from": party_account if receive else account,
			"paid_to": account if receive else party_account,
			"paid_amount": to_float(amount),
			"received_amount": to_float(amount),
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": cstr(row.get("reference_no")).strip() or deposit.name,
			"reference_date": row.get("reference_date") or nowdate(),
			"cost_center": cost_center_of(deposit.company, deposit.department),
			"dealer_deposit": deposit.name,
			"dealer_vehicle": deposit.vehicle,
			"dealer_deal": deposit.deal,
			"dealer_card_payment": row.get("card_payment"),
			"dealer_pay_request": row.get("pay_request"),
			"remarks": _("Deposit {0} for {1}").format(deposit.name, what(deposit.as_dict())),
			"custom_remarks": 1,
		}
	)
	payment.flags.dealer_deposit = True
	return payment


def _payment(deposit, tender: Tender, row: dict):
	payment = new_payment(deposit, "Receive", tender.mode, tender.amount, row)
	if row.get("card_payment"):
		# Booked by a job for whoever asked for the money, who need not have the right to write payments.
		payment.flags.ignore_permissions = True
		payment.flags.dealer_card_booking = True
	payment.insert()
	payment.submit()
	return payment


def _keep_tender(deposit, tender: Tender, row: dict, payment) -> None:
	line = deposit.append(
		"tenders",
		{
			"mode_of_payment": tender.mode,
			"amount": to_float(tender.amount),
			"left_amount": to_float(tender.amount),
			"reference_no": cstr(row.get("reference_no")).strip() or None,
			"reference_date": row.get("reference_date"),
			"payment_entry": payment.name,
			"currency": deposit.currency,
		},
	)
	line.db_insert()

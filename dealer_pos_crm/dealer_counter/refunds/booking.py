"""A counter refund enters the books: one Payment Entry that pays it out of the drawer, matched with its source."""

import frappe
from frappe import _
from frappe.utils import cstr, nowdate

from dealer_pos_crm.dealer_cashier import refunding
from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.card_refunds import room
from dealer_pos_crm.dealer_cashier.collecting import reconcile
from dealer_pos_crm.dealer_cashier.deposits.taking import check_customer, money_account
from dealer_pos_crm.dealer_cashier.money import to_float, to_money
from dealer_pos_crm.dealer_counter.refunds.sources import Found
from dealer_pos_crm.domain import card_refund as card_rules
from dealer_pos_crm.domain import counter_refund as rules
from dealer_pos_crm.domain.counter_refund import Kind, Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Counter Refund"


class CounterRefundGuarded(frappe.ValidationError):
	"""Only the counter's own refunds carry their name."""


def keep(refund) -> None:
	"""Write the row. Nobody else may: it says who asked and who decided."""
	refund.flags.of_the_house = True
	refund.save(ignore_permissions=True)


def check(found: Found, amount: Money, mode: str | None, reference_no: str | None) -> None:
	"""All that speaks against paying this out in this way, before anything is made or anybody is asked."""
	rules.check_amount(amount, found.source.there, found.row.name)
	check_customer(found.row.customer)
	check_mode(mode, found.row.company, reference_no)
	for name in found.cards:
		# What the bank has taken back is not paid a second time in cash.
		card_rules.check_disputes(room.disputes_of(frappe._dict(name=name)), name)


def check_mode(mode: str | None, company: str, reference_no: str | None) -> None:
	if not mode or not frappe.db.get_value("Mode of Payment", mode, "enabled"):
		raise Refused("no_mode", marked("Choose how it is paid back"))
	if cards.is_gateway_mode(mode, company):
		raise Refused(
			"not_by_card", marked("{0} goes back through its own refund, not over the counter"), mode
		)
	instrument = frappe.get_cached_value("Mode of Payment", mode, "dealer_instrument")
	if instrument and instrument != "Currency" and not cstr(reference_no).strip():
		raise Refused("no_number", marked("Write the number of the {0} that is handed over"), _(mode))


def book(refund, found: Found) -> None:
	"""Pay it out. ``refund``: the row, kept and Done in the same transaction; its source is locked."""
	amount = to_money(refund.amount, refund.currency)
	payment = _entry(refund, found, amount)
	payment.flags.dealer_counter_refund = True
	messages = len(frappe.local.message_log)
	payment.insert()
	if found.kind is Kind.CREDIT:
		_on_the_account_of(payment, found.row.name)
	payment.submit()
	if found.kind is Kind.CREDIT:
		reconcile(
			found.row.name,
			("Payment Entry", payment.name),
			amount,
			account=found.row.account,
			party=found.row.customer,
			is_advance=True,
		)
	del frappe.local.message_log[messages:]  # ERPNext's remarks on its own accounts are not for the counter
	refund.payment_entry = payment.name


def _entry(refund, found: Found, amount: Money):
	row = found.row
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Pay",
			"company": row.company,
			"posting_date": nowdate(),
			"mode_of_payment": refund.mode_of_payment,
			"party_type": "Customer",
			"party": row.customer,
			"paid_from": money_account(refund.mode_of_payment, row.company, refund.currency),
			"paid_to": row.account,
			"paid_amount": to_float(amount),
			"received_amount": to_float(amount),
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"reference_no": cstr(refund.reference_no).strip() or refund.name,
			"reference_date": nowdate(),
			"cost_center": row.cost_center or frappe.get_cached_value("Company", row.company, "cost_center"),
			"dealer_counter_refund": refund.name,
			"dealer_refund_of": row.name if found.kind is Kind.CREDIT else None,
			"dealer_vehicle": row.vehicle,
			"dealer_deal": row.deal,
			"dealer_repair_order": row.repair_order,
			"remarks": _("Refund {0} of {1}: {2}").format(refund.name, row.name, refund.reason),
			"custom_remarks": 1,
		}
	)
	if found.kind is Kind.CREDIT_NOTE:
		refunding.pay_out(payment, row.name, amount)
	return payment


def _on_the_account_of(payment, receipt: str) -> None:
	"""ERPNext books what it is not told to match as an advance. Money that lies on the receivable account, as
	it had paid an invoice once, goes back from there."""
	account, advance = frappe.db.get_value(
		"Payment Entry", receipt, ["paid_from", "book_advance_payments_in_separate_party_account"]
	)
	payment.paid_to = account
	payment.book_advance_payments_in_separate_party_account = advance


# What ERPNext tells


def check_origin(payment) -> None:
	"""A Payment Entry carries a refund's name only when that refund made it."""
	if not payment.get("dealer_counter_refund") or payment.flags.dealer_counter_refund:
		return
	kept = (
		None
		if payment.is_new()
		else frappe.db.get_value("Payment Entry", payment.name, "dealer_counter_refund")
	)
	if kept != payment.dealer_counter_refund:
		frappe.throw(
			_("Refunds at the counter are made there, with a reason. Remove the link to {0}").format(
				payment.dealer_counter_refund
			),
			CounterRefundGuarded,
		)


def cancelled(payment) -> None:
	"""The entry of a refund was cancelled: the money did not go out, and the source owes it again."""
	name = payment.get("dealer_counter_refund")
	if not name:
		return
	refund = frappe.get_doc(DOCTYPE, name, for_update=True)
	if refund.status == Status.DONE.value:
		refund.status = Status.CANCELLED.value
		keep(refund)

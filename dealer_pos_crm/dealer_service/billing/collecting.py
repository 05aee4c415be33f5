"""Money taken for an order: Payment Entries against what is open, one per tender, all or nothing."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier import collecting as shared
from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_service.billing import position, reading
from dealer_pos_crm.dealer_setup.acting import once
from dealer_pos_crm.domain.billing import Due
from dealer_pos_crm.domain.collection import Line, oldest_first, payables_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


def dues_of(order, documents: reading.Documents, payer: str | None = None) -> list[Due]:
	"""What is open of an order's customer-pay bills, each payer's oldest first; one payer's when named."""
	dues = [
		Due(invoice.payer, ("Sales Invoice", invoice.name), invoice.open)
		for invoice in documents.invoices
		if position.is_counter_share(order, invoice) and invoice.open.minor > 0
	] + [
		Due(row.payer, ("Journal Entry", row.name), row.open)
		for row in documents.deductibles
		if row.open.minor > 0
	]
	return [due for due in dues if payer in (None, due.payer)]


@once
def collect(order_name: str, tenders: list[dict], client_key: str, payer: str | None = None) -> dict:
	"""Take money of one payer (the order's customer unless named) for what is open, under one receipt.

	``tenders``: mode_of_payment, amount (major units of the order's currency), reference_no,
	reference_date. Less than is open may be taken, never more. Returns the Payment Entries made.
	"""
	from dealer_pos_crm.dealer_counter.collecting import reach, receipt
	from dealer_pos_crm.dealer_counter.collecting.tenders import request_hash
	from dealer_pos_crm.dealer_service.billing.invoicing import check_key

	check_key(client_key)
	customer, company = frappe.db.get_value("Repair Order", order_name, ["customer", "company"])
	request = receipt.Request(
		customer=payer or customer,
		company=company,
		tenders=tenders,
		client_key=client_key,
		lines=lambda: _lines(
			order_name, payer or customer, receipt.sum_of(tenders, company_currency(company))
		),
		about=reach.About(orders=[order_name]),
		same=request_hash("Repair Order", order_name, payer or customer, tenders),
	)
	taken = receipt.take(request)
	return _result(frappe.get_doc("Repair Order", order_name), taken)


def _lines(order_name: str, payer: str, amount: Money) -> list[Line]:
	"""What an amount pays of an order, read under its locks."""
	order = frappe.get_doc("Repair Order", order_name)
	documents = reading.documents_of(order)
	dues = dues_of(order, documents, payer)
	if not dues:
		raise Refused("nothing_open", marked("Nothing is open on {0} for {1}"), order.name, payer)
	accounts = accounts_of(documents)
	payables = payables_of(
		dues,
		accounts,
		remarks_of(order),
		department="Service",
		repair_order=order.name,
		vehicle=order.vehicle or None,
	)
	return oldest_first(amount, payables)


def accounts_of(documents: reading.Documents) -> dict[tuple[str, str], str]:
	"""The receivable account of each document."""
	return {
		**{("Sales Invoice", invoice.name): invoice.account for invoice in documents.invoices},
		**{("Journal Entry", row.name): row.account for row in documents.deductibles},
	}


def remarks_of(order) -> str:
	return _("Repair order {0}, {1}").format(order.name, cstr(order.vehicle_title or order.vehicle))


def _result(order, taken: dict) -> dict:
	from dealer_pos_crm.dealer_counter.collecting import receipt

	return {
		"order": order.name,
		"receipt": taken["receipt"],
		"payments": receipt.payments_of(taken["receipt"]),
		"payment_status": order.payment_status,
		"outstanding": order.outstanding,
		"repeated": taken["repeated"],
	}


# --- Money that came back when a bill was cancelled ---------------------------------------------------


def use_own_credit(order) -> list[str]:
	"""Payments once taken for this order, whose invoice was cancelled, pay the new one. Returns them."""
	payments = frappe.db.sql(
		"""select name, party, paid_from, unallocated_amount from `tabPayment Entry`
		where dealer_repair_order = %s and docstatus = 1 and payment_type = 'Receive'
			and unallocated_amount > 0 and ifnull(dealer_deposit, '') = ''
		order by posting_date, creation, name for update""",
		order.name,
		as_dict=True,
	)
	used = []
	for payment in payments:
		documents = reading.documents_of(order)
		accounts = accounts_of(documents)
		dues = [
			due
			for due in dues_of(order, documents, payment.party)
			if accounts[due.document] == payment.paid_from
		]
		left = rounded(payment.unallocated_amount, order.currency)
		for due in dues:
			part = min(left, due.amount, key=lambda amount: amount.minor)
			if part.minor > 0:
				shared.reconcile(
					payment.name,
					due.document,
					part,
					account=payment.paid_from,
					party=payment.party,
					is_advance=False,
				)
				left = left - part
				used.append(payment.name)
	return list(dict.fromkeys(used))

"""What an accountant does in ERPNext, as its forms and tools do it."""

import frappe
from frappe.utils import nowdate

from tests.site import factories as f


def payment_of(deposit, row: int = 0):
	return frappe.get_doc("Payment Entry", deposit.tenders[row].payment_entry)


def refund_of(deposit):
	name = frappe.db.get_value(
		"Payment Entry", {"dealer_deposit": deposit.name, "payment_type": "Pay", "docstatus": 1}
	)
	return frappe.get_doc("Payment Entry", name)


def amended(document):
	"""As Desk amends: everything is copied, and a new draft points at the cancelled document."""
	draft = frappe.copy_doc(document)
	draft.amended_from = document.name
	draft.docstatus = 0
	return draft


def plain_payment(customer, amount: float, **values):
	"""Money of a customer that is no deposit of ours: an advance that any invoice may take."""
	from erpnext.accounts.party import get_party_account

	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": "Cash",
			"party_type": "Customer",
			"party": customer.name,
			"paid_from": get_party_account("Customer", customer.name, f.COMPANY),
			"paid_to": f.cash_account(),
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			**values,
		}
	)
	payment.insert()
	payment.submit()
	return payment


def unreconcile(payment: str) -> None:
	doc = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": f.COMPANY,
			"voucher_type": "Payment Entry",
			"voucher_no": payment,
		}
	)
	doc.add_references()
	assert doc.allocations
	doc.insert()
	doc.submit()
	frappe.db.commit()


def reconcile(customer, *, payment: str, invoice: str) -> None:
	"""The Payment Reconciliation tool, as its form is used: fetch, choose, allocate, reconcile."""
	tool = frappe.get_doc(
		{
			"doctype": "Payment Reconciliation",
			"company": f.COMPANY,
			"party_type": "Customer",
			"party": customer.name,
			"receivable_payable_account": f.debtors_account(),
			"default_advance_account": f.deposits_account(),
		}
	)
	tool.get_unreconciled_entries()
	invoices = [row.as_dict() for row in tool.invoices if row.invoice_number == invoice]
	payments = [row.as_dict() for row in tool.payments if row.reference_name == payment]
	assert invoices and payments, "the tool does not offer them"
	tool.allocate_entries(frappe._dict({"invoices": invoices, "payments": payments}))
	tool.reconcile()


def repost_accounting(vouchers: list[tuple[str, str]]) -> None:
	settings = frappe.get_doc("Repost Accounting Ledger Settings")
	for kind in ("Payment Entry", "Sales Invoice"):
		if not any(row.document_type == kind for row in settings.allowed_types):
			settings.append("allowed_types", {"document_type": kind, "allowed": 1})
	settings.save()
	doc = frappe.get_doc(
		{
			"doctype": "Repost Accounting Ledger",
			"company": f.COMPANY,
			"delete_cancelled_entries": 0,
			"vouchers": [{"voucher_type": kind, "voucher_no": name} for kind, name in vouchers],
		}
	).insert()
	doc.submit()
	frappe.db.commit()


def repost_payments(vouchers: list[tuple[str, str]] | None = None) -> None:
	"""Repost Payment Ledger of picked vouchers, or of all payments since today."""
	from erpnext.accounts.doctype.repost_payment_ledger.repost_payment_ledger import (
		start_payment_ledger_repost,
	)

	rows = [{"voucher_type": kind, "voucher_no": name} for kind, name in vouchers or ()]
	doc = frappe.get_doc(
		{
			"doctype": "Repost Payment Ledger",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"voucher_type": "Payment Entry",
			"add_manually": int(bool(vouchers)),
			"repost_vouchers": rows,
		}
	).insert()
	doc.submit()
	frappe.db.commit()
	start_payment_ledger_repost(doc.name)
	frappe.db.commit()
	assert frappe.db.get_value("Repost Payment Ledger", doc.name, "repost_status") == "Completed"


def process_reconciliation(customer):
	"""Process Payment Reconciliation, with its jobs done here and now; returns its log."""
	from erpnext.accounts.doctype.process_payment_reconciliation import process_payment_reconciliation as jobs

	doc = frappe.get_doc(
		{
			"doctype": "Process Payment Reconciliation",
			"company": f.COMPANY,
			"party_type": "Customer",
			"party": customer.name,
			"receivable_payable_account": f.debtors_account(),
			"default_advance_account": f.deposits_account(),
		}
	).insert()
	doc.submit()
	log = frappe.get_doc(
		{"doctype": "Process Payment Reconciliation Log", "process_pr": doc.name, "status": "Running"}
	).insert()
	frappe.db.commit()
	jobs.fetch_and_allocate(doc.name)
	frappe.db.commit()
	jobs.reconcile(doc.name)
	frappe.db.commit()
	log.reload()
	return log

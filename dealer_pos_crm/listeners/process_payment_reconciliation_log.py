"""Process Payment Reconciliation allocates by age alone, and tries an allocation that is refused for ever:
deposits are left out before it begins, and other payments fill the gap."""

import frappe
from erpnext.accounts.doctype.process_payment_reconciliation.process_payment_reconciliation import (
	get_pr_instance,
)

from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_setup.settings import companies


def validate(doc, method=None) -> None:
	if not companies() or doc.reconciled_entries or not doc.allocations:
		return
	payments = [row.reference_name for row in doc.allocations if row.reference_type == "Payment Entry"]
	if guard.deposits_of(payments):
		_allocate_without_deposits(doc)


def _allocate_without_deposits(doc) -> None:
	tool = get_pr_instance(doc.process_pr)
	tool.get_unreconciled_entries()
	deposits = guard.deposits_of(
		[row.reference_name for row in tool.payments if row.reference_type == "Payment Entry"]
	)
	payments = [row.as_dict() for row in tool.payments if row.reference_name not in deposits]
	invoices = [row.as_dict() for row in tool.invoices]
	doc.set("allocations", [])
	if payments and invoices:
		tool.allocate_entries(frappe._dict({"invoices": invoices, "payments": payments}))
		for row in tool.get("allocation"):
			values = row.as_dict()
			values.update({"parenttype": doc.doctype, "parent": doc.name, "name": None, "reconciled": 0})
			doc.append("allocations", values)
	doc.total_allocations = len(doc.allocations)

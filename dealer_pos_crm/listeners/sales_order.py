"""Sales Order: cancelling one unlinks its advances by SQL."""

import frappe

from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_setup.settings import is_dealership


def on_cancel(doc, method=None) -> None:
	if not is_dealership(doc.company):
		return
	refresh.touch(
		*frappe.get_all(
			"Advance Payment Ledger Entry",
			{
				"against_voucher_type": "Sales Order",
				"against_voucher_no": doc.name,
				"voucher_type": "Payment Entry",
			},
			pluck="voucher_no",
			distinct=True,
			order_by="voucher_no",
		)
	)
	refresh.settle()

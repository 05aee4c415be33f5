"""Unreconcile Payment changes allocations by SQL: no event of the payment tells."""

from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position


def on_submit(doc, method=None) -> None:
	if doc.voucher_type == "Payment Entry":
		refresh.touch(doc.voucher_no)
	for row in doc.allocations:
		if row.reference_doctype == "Payment Entry":
			refresh.touch(row.reference_name)
		position.touch(row.reference_doctype, row.reference_name)
		deal_position.touch(row.reference_doctype, row.reference_name)
	position.touch(doc.voucher_type, doc.voucher_no)
	deal_position.touch(doc.voucher_type, doc.voucher_no)
	refresh.settle()
	position.settle()
	deal_position.settle()

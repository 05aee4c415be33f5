"""Payment Ledger Entry: the one signal that sees every receivable movement."""

from dealer_pos_crm.dealer_cashier.deposits import refresh
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_showroom.delivery import position as deal_position


def on_submit(doc, method=None) -> None:
	if doc.party_type != "Customer":
		return
	if doc.voucher_type == "Payment Entry":
		refresh.touch(doc.voucher_no)
	if doc.against_voucher_type == "Payment Entry" and doc.against_voucher_no != doc.voucher_no:
		refresh.touch(doc.against_voucher_no)
	position.touch(doc.voucher_type, doc.voucher_no)
	position.touch(doc.against_voucher_type, doc.against_voucher_no)
	# A payment itself says which deal it is for: only what it pays has to be looked up.
	if doc.voucher_type != "Payment Entry":
		deal_position.touch(doc.voucher_type, doc.voucher_no)
	if doc.against_voucher_type != "Payment Entry":
		deal_position.touch(doc.against_voucher_type, doc.against_voucher_no)

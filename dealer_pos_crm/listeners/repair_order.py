"""Repair Order: what its appointment was booked for and was not done is open again when it ends; a request to
pay that is to go out by itself waits anew."""

from dealer_pos_crm.dealer_cashier.pay_requests import automatic
from dealer_pos_crm.dealer_service.declined import book


def on_update(doc, method=None) -> None:
	if doc.status in ("Closed", "Cancelled") and doc.has_value_changed("status"):
		book.order_ended(doc)
	automatic.order_touched(doc)

"""Dealer Vehicle: what its last owner declined does not follow the car to the next one."""

from dealer_pos_crm.dealer_service.declined import book


def on_update(doc, method=None) -> None:
	before = doc.get_doc_before_save()
	if before is None or not before.customer or before.customer == doc.customer:
		return
	book.vehicle_sold(doc.name, doc.customer)

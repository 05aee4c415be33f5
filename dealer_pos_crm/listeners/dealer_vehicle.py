"""Dealer Vehicle: coming into stock has its consequences, every price leaves a row, one photo is the main one;
what its last owner declined does not follow the car to the next one; a cost that comes after the sale changes
the gross of the deal that sold it."""

from dealer_pos_crm.dealer_service.declined import book
from dealer_pos_crm.dealer_showroom.gross import gross
from dealer_pos_crm.dealer_showroom.stock import photos, prices, stock

_COSTS = ("acquisition_cost", "other_cost", "serial_no")


def validate(doc, method=None) -> None:
	stock.prepare(doc)
	prices.follow(doc)
	photos.follow(doc)


def on_update(doc, method=None) -> None:
	prices.tell(doc)
	stock.follow(doc)
	before = doc.get_doc_before_save()
	if before is None:
		return
	if before.customer and before.customer != doc.customer:
		book.vehicle_sold(doc.name, doc.customer)
	if doc.sold_deal and any(before.get(field) != doc.get(field) for field in _COSTS):
		gross.late_cost(doc.sold_deal)

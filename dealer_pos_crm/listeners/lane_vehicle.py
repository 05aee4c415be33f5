"""A vehicle comes to the lane (an appointment or a repair order): its recalls are looked up meanwhile."""

from dealer_pos_crm.dealer_service.recalls import lookup


def after_insert(doc, method=None) -> None:
	if doc.get("vehicle") and lookup.is_on(doc.company):
		lookup.ask(doc.vehicle)

"""Journal Entry: rows against a deposit's payment are refused, because they leave its balance stale; one of a
repair order is told to the order."""

from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_service.billing import position
from dealer_pos_crm.dealer_setup.settings import is_dealership


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_journal(doc)


def on_submit(doc, method=None) -> None:
	position.touch_document(doc)
	position.settle()


def on_cancel(doc, method=None) -> None:
	position.touch_document(doc)
	position.settle()

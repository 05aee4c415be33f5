"""What the provider says of a reader by itself: kept, and the cashier's screen told to look."""

import frappe

from dealer_pos_crm.dealer_cashier.terminal import readers
from dealer_pos_crm.domain.gateway import ReaderFact

TOPIC = "dealer_card_payment"


def reader_event(account, fact: ReaderFact) -> str | None:
	"""Keep it under the reader's lock. What became of the payment is told by the payment itself.

	Returns the reader's name; None when it is none of ours, or of another mode than its account.
	"""
	row = frappe.db.get_value(
		"Card Reader",
		{"reader_id": fact.reader, "gateway_account": account.name},
		["name", "card_payment", "test_mode"],
		as_dict=True,
	)
	if not row or bool(row.test_mode) is fact.live:
		return None
	readers.see(row.name, fact)
	if row.card_payment:
		tell(row.card_payment)
	return row.name


def tell(card_payment: str) -> None:
	"""After the commit, the screen of whoever asked for the payment reads it again."""
	user = frappe.db.get_value("Card Payment", card_payment, "requested_by")
	if user:
		frappe.publish_realtime(TOPIC, {"card_payment": card_payment}, user=user, after_commit=True)

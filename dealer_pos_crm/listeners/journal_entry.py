"""Journal Entry: rows against a deposit's payment are refused, because they leave its balance stale."""

from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_setup.settings import is_dealership


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_journal(doc)

"""Repost Payment Ledger: ERPNext 15 writes the rows of an advance anew without what was applied or refunded
from it. Deposits are left out; Repost Accounting Ledger does it right."""

from dealer_pos_crm.dealer_cashier.deposits import guard
from dealer_pos_crm.dealer_setup.settings import is_dealership


def validate(doc, method=None) -> None:
	if is_dealership(doc.company):
		guard.check_repost(doc)

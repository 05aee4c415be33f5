"""POS Invoice Merge Log: while ERPNext puts sales together, invoices are made in the name of whoever closes."""

from dealer_pos_crm.dealer_counter.shifts import consolidating


def before_submit(doc, method=None) -> None:
	consolidating.begin(doc)


def on_submit(doc, method=None) -> None:
	consolidating.end(doc)

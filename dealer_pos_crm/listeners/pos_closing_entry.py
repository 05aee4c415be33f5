"""POS Closing Entry: at our counters everything on it comes from the documents, and its shift is locked."""

from dealer_pos_crm.dealer_counter.banking import slip
from dealer_pos_crm.dealer_counter.shifts import entry, stamping


def _ours(doc) -> bool:
	return stamping.is_counter(doc.pos_profile, doc.company)


def before_validate(doc, method=None) -> None:
	if _ours(doc) and doc.pos_opening_entry:
		entry.fill(doc)


def before_submit(doc, method=None) -> None:
	if _ours(doc):
		entry.check_submit(doc)


def before_cancel(doc, method=None) -> None:
	if _ours(doc):
		slip.check_cancel_closing(doc)


def on_change(doc, method=None) -> None:
	if _ours(doc):
		entry.changed(doc)

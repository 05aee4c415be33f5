"""File: the evidence pack of a dispute that was staged at the provider stays on file."""

from dealer_pos_crm.dealer_cashier.disputes import pack


def on_trash(doc, method=None) -> None:
	if doc.attached_to_doctype == pack.DOCTYPE:
		pack.check_file(doc)

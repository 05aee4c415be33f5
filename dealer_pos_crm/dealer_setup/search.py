"""Our doctypes in Frappe's global search, which reads its list of doctypes from a site's own settings."""

import frappe

DOCTYPES = ("Deposit", "Dealer Vehicle", "Repair Order")


def add() -> None:
	settings = frappe.get_doc("Global Search Settings")
	present = {row.document_type for row in settings.allowed_in_global_search}
	missing = [doctype for doctype in DOCTYPES if doctype not in present]
	for doctype in missing:
		settings.append("allowed_in_global_search", {"document_type": doctype})
	if missing:
		settings.save()


def remove() -> None:
	settings = frappe.get_doc("Global Search Settings")
	kept = [row for row in settings.allowed_in_global_search if row.document_type not in DOCTYPES]
	if len(kept) != len(settings.allowed_in_global_search):
		settings.set("allowed_in_global_search", kept)
		settings.save()
	frappe.db.delete("__global_search", {"doctype": ("in", DOCTYPES)})

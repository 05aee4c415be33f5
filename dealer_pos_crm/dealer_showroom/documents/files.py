"""Where the files of a deal's papers are: private, and the sensitive ones out of the salesperson's sight."""

from collections.abc import Iterable

import frappe
from frappe.utils import cint, now_datetime

from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

SENSITIVE = "Sensitive Document"


def take_in(deal, row, file: str | None, values: dict) -> dict:
	"""Move an uploaded file to the deal, or to a Sensitive Document. Returns what the row keeps of it.

	``values``: note and expiry. What was kept of the row before stays on file as withdrawn.
	"""
	if not cint(row.sensitive):
		return {"attachment": _attach(file, "Deal Jacket", deal.name) if file else None}
	withdraw(row)
	kept = frappe.get_doc(
		{
			"doctype": SENSITIVE,
			"deal": deal.name,
			"document": row.document,
			"company": deal.company,
			"received_by": frappe.session.user,
			"received_at": now_datetime(),
			**values,
		}
	)
	kept.flags.of_the_checklist = True
	kept.insert(ignore_permissions=True)
	if file:
		kept.db_set("attachment", _attach(file, SENSITIVE, kept.name))
	return {"attachment": None, "note": None, "sensitive_document": kept.name}


def _attach(name: str, doctype: str, document: str) -> str:
	"""Hang a file that the user has just uploaded on a document. Returns its address.

	Refused (``no_file``, ``not_yours``, ``public``) for a file of somebody else, or one that all can read.
	"""
	file = frappe.db.get_value(
		"File",
		name,
		["name", "owner", "is_private", "file_url", "attached_to_doctype", "attached_to_name"],
		as_dict=True,
		for_update=True,
	)
	if not file:
		raise Refused("no_file", marked("The file did not arrive. Upload it again"))
	if file.owner != frappe.session.user:
		raise Refused("not_yours", marked("Only whoever uploaded a file hands it in"))
	if file.attached_to_name and (file.attached_to_doctype, file.attached_to_name) != (doctype, document):
		raise Refused("not_yours", marked("This file belongs to another document. Upload it again"))
	if not file.is_private:
		raise Refused("public", marked("Papers of a deal are private. Upload the file as a private one"))
	values = {"attached_to_doctype": doctype, "attached_to_name": document, "folder": "Home/Attachments"}
	if doctype == SENSITIVE:
		values["owner"] = "Administrator"  # handed in: whoever uploaded it need not be able to open it again
	frappe.db.set_value("File", file.name, values)
	return file.file_url


def withdraw(row) -> None:
	"""What was kept of a sensitive row before is no part of the checklist any more; it stays on file."""
	if row.sensitive_document:
		frappe.db.set_value(SENSITIVE, row.sensitive_document, "withdrawn", 1)


def of_rows(rows: Iterable) -> dict[str, dict]:
	"""The sensitive documents that rows point to. For a reader who may see them."""
	names = [row.sensitive_document for row in rows if row.sensitive_document]
	if not names:
		return {}
	found = frappe.get_list(
		SENSITIVE,
		{"name": ("in", names)},
		["name", "attachment", "note"],
		order_by="name",
		limit_page_length=0,
	)
	return {row.name: row for row in found}

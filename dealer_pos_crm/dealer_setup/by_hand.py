"""Documents that actions of ours write: of some of their fields a person decides, of the others nobody by hand."""

from collections.abc import Collection

import frappe
from frappe import _
from frappe.model.document import Document

_LAYOUT = frozenset({"Section Break", "Column Break", "Tab Break", "HTML"})


def check_fields(doc: Document, by_hand: Collection[str], text: str) -> None:
	"""Refuse a change of any field that is not ``by_hand``. ``text`` says what writes it: {0} is the field."""
	before = doc.get_doc_before_save()
	for field in doc.meta.fields:
		if field.fieldtype in _LAYOUT or field.fieldname in by_hand:
			continue
		if doc.has_value_changed(field.fieldname) and (
			doc.get(field.fieldname) or before.get(field.fieldname)
		):
			frappe.throw(text.format(frappe.bold(_(field.label or field.fieldname))))

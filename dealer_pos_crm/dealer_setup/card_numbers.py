"""Card numbers never enter: text that holds one is masked before it is saved, and the writer is told.

One guard, called for every document that is saved (``*`` in hooks.py): all of ours, and those of ERPNext in which
people write about customers and money. Which fields are text is read from the doctype. Forms, lists, the
API, imports, web forms and received mail all save documents; what is written past them calls ``masked``.
"""

from collections.abc import Mapping
from typing import NamedTuple

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup.settings import companies
from dealer_pos_crm.domain.card_numbers import mask

APP = "dealer_pos_crm"
# ERPNext's and Frappe's own doctypes that are guarded; child tables go with their parents.
OTHERS = frozenset(
	{
		"Address",
		"Call Log",
		"Comment",
		"Communication",
		"Contact",
		"Customer",
		"Event",
		"Issue",
		"Journal Entry",
		"Lead",
		"Note",
		"Opportunity",
		"POS Invoice",
		"Payment Entry",
		"Prospect",
		"Quotation",
		"SMS Log",
		"Sales Invoice",
		"Sales Order",
		"ToDo",
	}
)
TEXT = frozenset({"Data", "HTML Editor", "Long Text", "Markdown Editor", "Small Text", "Text", "Text Editor"})
# Text of people in fields of other types.
_TOO = {"Communication": ("text_content",), "Lead Intake": ("raw",)}


class Plan(NamedTuple):
	"""Which fields of a doctype hold text, and which of its tables' rows do."""

	fields: tuple[str, ...]
	tables: tuple[tuple[str, tuple[str, ...]], ...]


def guard(doc, method=None) -> None:
	"""Mask card numbers in all text of a document that is about to be saved."""
	plan = plan_of(doc.doctype)
	if plan is None or not _of_a_dealership(doc):
		return
	looked = doc.flags.setdefault("dealer_looked_at", {})  # an insert asks twice; long mails are read once
	found = _mask(doc, plan.fields, looked)
	for table, fields in plan.tables:
		for row in doc.get(table) or ():
			found += _mask(row, fields)
	if found:
		_tell(found)


def guard_name(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	"""A document is not renamed to a card number."""
	if plan_of(doc.doctype) is not None and companies() and mask(new) != new:
		frappe.throw(_("The new name holds a card number. Choose another one; card numbers are never kept"))


def mask_fields(doc, fields: tuple[str, ...]) -> None:
	"""Mask card numbers in these fields of a document that is not saved as documents are."""
	if found := _mask(doc, fields):
		_tell(found)


def masked(text: str, label: str) -> str:
	"""Text of a person on its way past the document; ``label`` is what they call it, translated."""
	found = mask(text)
	if found != text:
		_tell([label])
	return found


def without(values: Mapping[str, str]) -> dict[str, str]:
	"""Facts of an event, whose document's writer has been told."""
	return {name: mask(value) for name, value in values.items()}


def plan_of(doctype: str) -> Plan | None:
	"""What the guard looks at in a doctype; None for one that it leaves alone. No query when the meta is warm."""
	if frappe.flags.in_install:
		return None
	plans = getattr(frappe.local, "dealer_card_plans", None)
	if plans is None:
		plans = frappe.local.dealer_card_plans = {}
	known = plans.get(doctype)
	meta = frappe.get_meta(doctype) if known is None or known[1] is not None else None
	if known is not None and known[0] is meta:
		return known[1]
	plan = _plan(meta) if doctype in OTHERS or _is_ours(meta) else None
	plans[doctype] = (meta if plan else None, plan)
	return plan


def _is_ours(meta) -> bool:
	return frappe.local.module_app.get(frappe.scrub(meta.module or "")) == APP


def _plan(meta) -> Plan:
	tables = []
	for table in meta.get_table_fields():
		if fields := _texts(frappe.get_meta(table.options)):
			tables.append((table.fieldname, fields))
	return Plan(_texts(meta), tuple(tables))


def _texts(meta) -> tuple[str, ...]:
	found = [field.fieldname for field in meta.fields if field.fieldtype in TEXT]
	return (*found, *_TOO.get(meta.name, ()))


def _of_a_dealership(doc) -> bool:
	"""Whether it is about a dealership, or may be: not of another company of the same site."""
	dealerships = companies()
	company = doc.get("company")
	return bool(dealerships) and (not company or company in dealerships)


def _mask(doc, fields: tuple[str, ...], looked: dict[str, str] | None = None) -> list[str]:
	"""Mask these fields; the labels of those that held a card number. ``looked``: texts that hold none."""
	found = []
	looked = {} if looked is None else looked
	values = doc.__dict__
	for field in fields:
		text = values.get(field)
		if not isinstance(text, str) or len(text) < 13 or looked.get(field) is text:
			continue
		looked[field] = clean = mask(text)
		if clean != text:
			doc.set(field, clean)
			found.append(_(doc.meta.get_label(field)))
	return found


def _tell(labels: list[str]) -> None:
	frappe.msgprint(
		_("{0} held a card number. It was masked; card numbers are never kept").format(
			", ".join(dict.fromkeys(labels))
		),
		indicator="orange",
		alert=True,
	)

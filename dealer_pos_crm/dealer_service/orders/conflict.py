"""Two at one repair order: the second is told who changed what meanwhile."""

import json
import re

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_setup.people import names_of

# What every save writes besides what the person did.
_UNTOLD = frozenset(
	{
		"save_count", "last_job_no", "status_since", "customer_total", "warranty_total", "internal_total",
		"tax_amount", "grand_total", "authorised_total", "pending_jobs", "amount", "labor_amount",
		"parts_amount", "sublet_amount", "row_key", "answered_at", "amount_shown", "currency",
	}
)  # fmt: skip
_LONGEST = 6


def meanwhile(order, present) -> str:
	"""Who changed what since this copy was read, in words. ``present``: the order as the database has it."""
	since = cint(order.save_count)
	news: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Version",
		{"ref_doctype": order.doctype, "docname": order.name},
		["owner", "data"],
		order_by="creation desc, name",
		limit=50,
	):
		data = json.loads(row.data or "{}")
		count = next((new for field, _old, new in data.get("changed") or [] if field == "save_count"), None)
		if cint(re.sub(r"\D", "", cstr(count))) <= since:
			break
		said = news.setdefault(row.owner, [])
		said[:0] = [text for text in _texts(order, present, data) if text not in said]
	who = names_of([*news, present.modified_by])
	lines = [
		_("{0} changed: {1}").format(frappe.bold(who.get(user, user)), _shortened(texts))
		for user, texts in news.items()
		if texts
	]
	if not lines:
		lines = [_("{0} saved it").format(frappe.bold(who.get(present.modified_by, present.modified_by)))]
	return "<br>".join(lines)


def _shortened(texts: list[str]) -> str:
	if len(texts) <= _LONGEST:
		return "; ".join(texts)
	return _("{0} and {1} more").format("; ".join(texts[:_LONGEST]), len(texts) - _LONGEST)


def _texts(order, present, data: dict) -> list[str]:
	found = [
		order.meta.get_label(field)
		for field, _old, _new in data.get("changed") or []
		if field not in _UNTOLD and order.meta.has_field(field)
	]
	by_name = {row.name: row for row in present.get_all_children()}
	for table, _index, name, changes in data.get("row_changed") or []:
		row = by_name.get(name)
		meta = frappe.get_meta(order.meta.get_field(table).options)
		labels = [
			_(meta.get_label(field))
			for field, _old, _new in changes
			if field not in _UNTOLD and meta.has_field(field)
		]
		if labels:
			found.append(_("{0}: {1}").format(_row_name(order, table, row or {}), ", ".join(labels)))
	found += [_("{0} added").format(_row_name(order, table, row)) for table, row in data.get("added") or []]
	found += [
		_("{0} removed").format(_row_name(order, table, row)) for table, row in data.get("removed") or []
	]
	return found


def _row_name(order, table: str, row) -> str:
	if table == "jobs":
		return _("job {0}").format(cstr(row.get("job_no")) or "?")
	if table == "parts":
		return _("part {0}").format(cstr(row.get("description") or row.get("item")) or "?")
	return _(order.meta.get_label(table))

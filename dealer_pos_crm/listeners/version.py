"""Version: Frappe shows a document's versions to whoever reads it. Costs of ours are not for everybody."""

import json

import frappe
from frappe.utils import cint

# Ours, with fields that only some of their readers see.
_GUARDED = frozenset(
	{"Deal Jacket", "Deal Scenario", "Dealer Vehicle", "FnI Product", "Trade In", "Vehicle Recon"}
)


def before_insert(doc, method=None) -> None:
	"""Leave out what changed in fields above level 0."""
	if doc.ref_doctype not in _GUARDED or not doc.data:
		return
	meta = frappe.get_meta(doc.ref_doctype)
	data = json.loads(doc.data)
	data["changed"] = [row for row in data.get("changed") or [] if not _hidden(meta, row[0])]
	rows = []
	for table, idx, name, changed in data.get("row_changed") or []:
		child = _child(meta, table)
		kept = [row for row in changed if not (child and _hidden(child, row[0]))]
		if kept:
			rows.append([table, idx, name, kept])
	data["row_changed"] = rows
	for kind in ("added", "removed"):
		for table, row in data.get(kind) or []:
			child = _child(meta, table)
			for field in [name for name in row if child and _hidden(child, name)]:
				del row[field]
	doc.data = json.dumps(data, indent=None, separators=(",", ":"), default=str)


def _child(meta, table: str):
	df = meta.get_field(table)
	return frappe.get_meta(df.options) if df and df.options else None


def _hidden(meta, field: str) -> bool:
	df = meta.get_field(field)
	return bool(df) and cint(df.permlevel) > 0

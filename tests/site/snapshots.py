"""A site written down as plain values, so that two moments can be compared row by row."""

from __future__ import annotations

import json
from typing import Any

import frappe

# When a row was last touched says nothing about what it means.
TIMESTAMPS = frozenset(("creation", "modified", "modified_by", "owner", "last_execution", "next_execution"))

Snapshot = dict[str, Any]


def schema() -> Snapshot:
	"""Tables, columns, indexes and sequences of the connected site's database."""
	here = "table_schema = database()"
	found: Snapshot = {}
	for name, kind in _sql(f"select table_name, table_type from information_schema.tables where {here}"):
		found[f"{kind.lower()} {name}"] = True
	columns = "table_name, column_name, column_type, is_nullable, column_default, extra"
	for table, column, *shape in _sql(f"select {columns} from information_schema.columns where {here}"):
		found[f"column {table}.{column}"] = shape
	parts = "table_name, index_name, seq_in_index, column_name, non_unique, sub_part"
	for table, index, position, *shape in _sql(
		f"select {parts} from information_schema.statistics where {here}"
	):
		found[f"index {table}.{index}#{position}"] = shape
	return found


def rows(doctype: str) -> Snapshot:
	"""Every row of a table without its timestamps.

	Rows of a child table are known by their parent and what they say, not by their name: Frappe makes them
	anew, with new names, whenever it reads their parent from a file again.
	"""
	found: Snapshot = {}
	order = "parent, parentfield, idx" if frappe.get_meta(doctype).istable else "name"
	for row in frappe.db.sql(f"select * from `tab{doctype}` order by {order}", as_dict=True):
		kept = {key: value for key, value in row.items() if key not in TIMESTAMPS}
		name = kept.pop("name")
		if row.get("parenttype"):
			what = row.get("fieldname") or row.get("role") or row.get("idx")
			name = f"{row.parenttype} {row.parent}.{row.parentfield}: {what}"
			while f"{doctype} {name}" in found:
				name += "'"
		found[f"{doctype} {name}"] = json.loads(json.dumps(kept, default=str))
	return found


def differences(before: Snapshot, after: Snapshot) -> list[str]:
	"""One line per thing that came, went or changed; an empty list when nothing did."""
	lines = [f"gone: {key}" for key in sorted(before.keys() - after.keys())]
	lines += [f"new: {key}" for key in sorted(after.keys() - before.keys())]
	for key in sorted(before.keys() & after.keys()):
		if before[key] != after[key]:
			lines.append(f"changed: {key}: {_changed(before[key], after[key])}")
	return lines


def _changed(before: Any, after: Any) -> str:
	if isinstance(before, dict) and isinstance(after, dict):
		keys = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
		return ", ".join(f"{key}: {before.get(key)!r} -> {after.get(key)!r}" for key in keys)
	return f"{before!r} -> {after!r}"


def _sql(query: str) -> list[tuple[Any, ...]]:
	return list(frappe.db.sql(query))

"""Appointments that were moved: each time is a document, and both name each other."""

import frappe

_LONGEST_CHAIN = 50


def chain_of(doc) -> list[dict]:
	"""Every time that an appointment had, the first one first; alone it has no chain."""
	before, after = _follow(doc, "rescheduled_from"), _follow(doc, "rescheduled_to")
	if not before and not after:
		return []
	own = {"name": doc.name, "status": doc.status, "starts_at": doc.starts_at}
	return [*reversed(before), own, *after]


def _follow(doc, field: str) -> list[dict]:
	found, seen, name = [], {doc.name}, doc.get(field)
	while name and name not in seen and len(found) < _LONGEST_CHAIN:
		seen.add(name)
		row = frappe.db.get_value(doc.doctype, name, ["name", "status", "starts_at", field], as_dict=True)
		if not row:
			break
		name = row.pop(field)
		found.append(row)
	return found

"""Counts the statements that something sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def statements() -> Iterator[list[str]]:
	"""Each statement of the block, without those that begin, end or mark a transaction."""
	found: list[str] = []
	send = frappe.db.sql

	def counted(query, *values, **options):
		text = str(query).strip().lower()
		if text.split(" ", 1)[0] not in ("commit", "rollback", "savepoint", "release", "start", "set"):
			found.append(" ".join(text.split()))
		return send(query, *values, **options)

	frappe.db.sql = counted
	try:
		yield found
	finally:
		del frappe.db.sql


@contextmanager
def without_listeners() -> Iterator[None]:
	"""Documents as if the app were not installed: its handlers of document events are left out."""
	hooks = frappe.get_doc_hooks()
	frappe.local.doc_events_hooks = {
		doctype: {
			event: [handler for handler in handlers if not handler.startswith("dealer_pos_crm.")]
			for event, handlers in events.items()
		}
		for doctype, events in hooks.items()
	}
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = hooks

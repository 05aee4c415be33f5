"""Names of users, for screens that would otherwise show addresses."""

from collections.abc import Iterable, Mapping

import frappe


def names_of(users: Iterable[str | None]) -> dict[str, str]:
	"""Full names by user. One query."""
	wanted = sorted({user for user in users if user})
	if not wanted:
		return {}
	rows = frappe.get_all("User", {"name": ("in", wanted)}, ["name", "full_name"], order_by="name")
	return {row.name: row.full_name or row.name for row in rows}


def in_rows(rows: Iterable[Mapping], *fields: str) -> set[str]:
	"""The users named in these fields of rows."""
	return {row[field] for row in rows for field in fields if row.get(field)}

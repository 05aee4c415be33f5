"""Names of users, for screens that would otherwise show addresses; and who has a role."""

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


def people_with(roles: Iterable[str]) -> dict[str, str]:
	"""Full names of the enabled people of the house who have one of these roles, by user; in their order."""
	user, role = frappe.qb.DocType("User"), frappe.qb.DocType("Has Role")
	rows = (
		frappe.qb.from_(user)
		.join(role)
		.on((role.parent == user.name) & (role.parenttype == "User"))
		.select(user.name, user.full_name)
		.distinct()
		.where(
			(user.enabled == 1)
			& (user.user_type == "System User")
			& role.role.isin(sorted(roles))
			& user.name.notin(("Administrator", "Guest"))
		)
		.orderby(user.full_name)
		.orderby(user.name)
		.run()
	)
	return {name: full_name or name for name, full_name in rows}

"""Puts our fields on ERPNext's tables, and takes them away so that the tables are as they were."""

import json

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from dealer_pos_crm.dealer_setup.custom_fields import CUSTOM_FIELDS, rows

# What our reads of ERPNext's tables go by: doctype -> (columns, name of the index).
INDEXES: dict[str, tuple[list[str], str]] = {
	# Who stands at a counter is read with a lock by every payment: it shall lock nobody else's shift.
	"POS Opening Entry": (["user", "status"], "dealer_user_status"),
}

_INDEX = "creation"
_CAUSED = "dealer_indexes_on_creation"


def put() -> None:
	"""Add the fields; again changes nothing.

	When it changes a table Frappe may index its creation column: noted, so that ``take_away`` drops it.
	"""
	bare = [doctype for doctype in CUSTOM_FIELDS if not _has_index(doctype)]
	create_custom_fields(rows(), ignore_validate=True)
	for doctype, (columns, name) in INDEXES.items():
		frappe.db.add_index(doctype, columns, name)
	caused = [doctype for doctype in bare if _has_index(doctype)]
	if caused:
		frappe.db.set_global(_CAUSED, json.dumps(sorted({*_caused(), *caused})))


def take_away() -> None:
	for doctype, fields in CUSTOM_FIELDS.items():
		names = [row["fieldname"] for row in fields]
		for name in frappe.get_all("Custom Field", {"dt": doctype, "fieldname": ("in", names)}, pluck="name"):
			frappe.delete_doc("Custom Field", name, force=True)
		frappe.clear_cache(doctype=doctype)
		_drop_columns(doctype, names)
	for doctype, (_columns, name) in INDEXES.items():
		if frappe.db.has_index(f"tab{doctype}", name):
			frappe.db.sql_ddl(f"alter table `tab{doctype}` drop index `{name}`")
	for doctype in _caused():
		if doctype in CUSTOM_FIELDS and _has_index(doctype):
			frappe.db.sql_ddl(f"alter table `tab{doctype}` drop index `{_INDEX}`")
	frappe.defaults.clear_default(_CAUSED, parent="__global")


def _drop_columns(doctype: str, names: list[str]) -> None:
	"""Frappe keeps the column of a deleted field; ERPNext's table shall be as it was."""
	present = set(frappe.db.get_table_columns(doctype))
	drops = [f"drop column `{name}`" for name in names if name in present]
	if drops:
		frappe.db.sql_ddl(f"alter table `tab{doctype}` {', '.join(drops)}")


def _caused() -> list[str]:
	return json.loads(frappe.db.get_global(_CAUSED) or "[]")


def _has_index(doctype: str) -> bool:
	return bool(frappe.db.has_index(f"tab{doctype}", _INDEX))

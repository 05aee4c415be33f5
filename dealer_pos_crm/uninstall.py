"""Takes away what ``install`` put on the site, in the opposite order. Documents of ours go with their tables."""

import frappe

from dealer_pos_crm.dealer_setup import custom_fields, roles, search


def before_uninstall() -> None:
	search.remove()
	_remove_jobs()
	_drop_sequences()
	_remove_custom_fields()
	roles.revoke()
	roles.remove_roles()


def _remove_jobs() -> None:
	"""Frappe looks for jobs that are gone only when it migrates."""
	for name in frappe.get_all("Scheduled Job Type", {"method": ("like", "dealer_pos_crm.%")}, pluck="name"):
		frappe.delete_doc("Scheduled Job Type", name, force=True)


def _drop_sequences() -> None:
	"""Frappe drops the tables of our doctypes, but not the sequences that number their rows."""
	modules = frappe.get_all("Module Def", {"app_name": "dealer_pos_crm"}, pluck="name")
	for doctype in frappe.get_all(
		"DocType", {"module": ("in", modules), "autoname": "autoincrement"}, pluck="name"
	):
		frappe.db.sql_ddl(f"drop sequence if exists `{frappe.scrub(doctype)}_id_seq`")


def _remove_custom_fields() -> None:
	for doctype, fields in custom_fields.CUSTOM_FIELDS.items():
		names = [row["fieldname"] for row in fields]
		for name in frappe.get_all("Custom Field", {"dt": doctype, "fieldname": ("in", names)}, pluck="name"):
			frappe.delete_doc("Custom Field", name, force=True)
		frappe.clear_cache(doctype=doctype)
		_drop_columns(doctype, names)


def _drop_columns(doctype: str, names: list[str]) -> None:
	"""Frappe keeps the column of a deleted field; ERPNext's table shall be as it was."""
	present = set(frappe.db.get_table_columns(doctype))
	drops = [f"drop column `{name}`" for name in names if name in present]
	if drops:
		frappe.db.sql_ddl(f"alter table `tab{doctype}` {', '.join(drops)}")

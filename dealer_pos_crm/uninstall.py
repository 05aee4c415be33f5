"""Takes away what ``install`` put on the site, in the opposite order. Documents of ours go with their tables."""

import frappe

from dealer_pos_crm.dealer_setup import fields_on_erpnext, roles, search

_WITH_SECRETS = ("Approver PIN", "Cash Report", "Gateway Account")


def before_uninstall() -> None:
	search.remove()
	_remove_jobs()
	_drop_sequences()
	_forget_keys()
	fields_on_erpnext.take_away()
	roles.close_pages()
	roles.revoke()
	roles.remove_roles()


def _remove_jobs() -> None:
	"""Frappe looks for jobs that are gone only when it migrates."""
	for name in frappe.get_all("Scheduled Job Type", {"method": ("like", "dealer_pos_crm.%")}, pluck="name"):
		frappe.delete_doc("Scheduled Job Type", name, force=True)


def _forget_keys() -> None:
	"""Frappe keeps passwords in a table of its own, and leaves those of a doctype that goes."""
	frappe.db.delete("__Auth", {"doctype": ("in", _WITH_SECRETS)})


def _drop_sequences() -> None:
	"""Frappe drops the tables of our doctypes, but not the sequences that number their rows."""
	modules = frappe.get_all("Module Def", {"app_name": "dealer_pos_crm"}, pluck="name")
	for doctype in frappe.get_all(
		"DocType", {"module": ("in", modules), "autoname": "autoincrement"}, pluck="name"
	):
		frappe.db.sql_ddl(f"drop sequence if exists `{frappe.scrub(doctype)}_id_seq`")

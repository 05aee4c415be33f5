"""Company: its Dealer Settings carry its name."""

import frappe

from dealer_pos_crm.dealer_setup import settings


def after_rename(doc, method=None, old: str = "", new: str = "", merge: bool = False) -> None:
	settings.forget()
	if not frappe.db.exists("Dealer Settings", old):
		return
	if frappe.db.exists("Dealer Settings", new):
		frappe.delete_doc("Dealer Settings", old, ignore_permissions=True)
	else:
		frappe.rename_doc("Dealer Settings", old, new, force=True, show_alert=False)
	settings.forget()

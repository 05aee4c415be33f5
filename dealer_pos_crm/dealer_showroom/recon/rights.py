"""Who may do what with a step of a recon."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup import roles

# Sees to every step; gives the work to people, leaves it out, takes it up again.
MANAGING = frozenset({*roles.MANAGERS, "System Manager"})
# Works on every step, whoever's it is.
WORKING = MANAGING | {roles.ADVISOR, roles.PARTS}
# Who reads what recon costs.
SEES_COST = WORKING | {roles.TECHNICIAN, roles.ACCOUNTANT}


def has(allowed: frozenset[str]) -> bool:
	return bool(allowed & set(frappe.get_roles()))


def may_work(row) -> bool:
	"""Whether the session's user may work on a step: the owner, those who see to all, and a technician on
	one that nobody has taken."""
	if has(WORKING) or row.owner_user == frappe.session.user:
		return True
	return not row.owner_user and has(frozenset({roles.TECHNICIAN}))


def check_work(row) -> None:
	if not may_work(row):
		frappe.throw(
			_("{0} is the work of {1}. Ask them, or have a manager give it to you").format(
				row.step, row.owner_user or _("somebody else")
			),
			frappe.PermissionError,
		)


def check_managing(what: str) -> None:
	if not has(MANAGING):
		frappe.throw(_("{0}: only a sales or service manager does that").format(what), frappe.PermissionError)

"""Our roles, and the rights they get on ERPNext's own doctypes.

Rights on our own doctypes stand in the doctypes. Rights here are added with ``add_permission``, which
keeps the standard ones, and are taken back at uninstall.
"""

import frappe
from frappe.permissions import add_permission, reset_perms, update_permission_property

CASHIER = "Dealer Cashier"
ADVISOR = "Dealer Service Advisor"
TECHNICIAN = "Dealer Technician"
PARTS = "Dealer Parts"
SALESPERSON = "Dealer Salesperson"
FNI = "Dealer FnI"
BDC = "Dealer BDC"
ACCOUNTANT = "Dealer Accountant"
SALES_MANAGER = "Dealer Sales Manager"
SERVICE_MANAGER = "Dealer Service Manager"
MANAGER = "Dealer Manager"

# For a provider's API user, and nobody else: hands in leads, sees nothing.
LEAD_PROVIDER = "Dealer Lead Provider"

MANAGERS = (SALES_MANAGER, SERVICE_MANAGER, MANAGER)
ROLES = (
	CASHIER,
	ADVISOR,
	TECHNICIAN,
	PARTS,
	SALESPERSON,
	FNI,
	BDC,
	ACCOUNTANT,
	*MANAGERS,
)

# Who may apply, refund up to the limit and move a deposit without a second person.
SETTLING = frozenset({ACCOUNTANT, *MANAGERS})
# Who decides what needs a second person.
APPROVING = frozenset(MANAGERS)

# Who takes money at the counter but does not pay it out by hand, unless one of the others is held as well.
COUNTER_ONLY = frozenset({CASHIER, FNI})
MAY_PAY_OUT = frozenset({ACCOUNTANT, *MANAGERS, "Accounts User", "Accounts Manager", "System Manager"})

_READ = ("read", "select")
_EDIT = (*_READ, "write", "create", "print", "email")
_SUBMIT = (*_EDIT, "submit")
_LOOK = (*_READ, "print", "email")

_EVERYBODY = tuple(role for role in ROLES if role != TECHNICIAN)
_SALES = (SALESPERSON, FNI, BDC, SALES_MANAGER, MANAGER)
_COUNTER = (CASHIER, FNI, ACCOUNTANT, *MANAGERS)

# doctype -> [(roles, rights)]; level 0.
RIGHTS: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {
	"Account": [(_COUNTER, _READ)],
	"Address": [(_EVERYBODY, _EDIT)],
	"Company": [(_EVERYBODY, _READ)],
	"Contact": [(_EVERYBODY, _EDIT)],
	"Cost Center": [(_COUNTER, _READ)],
	"Campaign": [(_SALES, _READ)],
	"Customer": [(_EVERYBODY, _EDIT), ((TECHNICIAN,), _READ)],
	"Item": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Item Price": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Journal Entry": [((ACCOUNTANT, MANAGER), (*_LOOK, "report"))],
	"Lead": [(_SALES, (*_EDIT, "report")), ((CASHIER, ADVISOR, ACCOUNTANT), _READ)],
	"Lead Source": [(_SALES, _READ)],
	"Mode of Payment": [(_COUNTER, _READ)],
	"POS Closing Entry": [((CASHIER,), _SUBMIT)],
	"POS Invoice": [((CASHIER,), _SUBMIT)],
	"POS Opening Entry": [((CASHIER,), _SUBMIT)],
	"POS Profile": [((CASHIER,), _READ)],
	"Payment Entry": [
		((CASHIER, FNI), _SUBMIT),
		((ACCOUNTANT, *MANAGERS), (*_SUBMIT, "cancel", "amend")),
		((SALESPERSON, ADVISOR, PARTS, BDC), _READ),
	],
	"Price List": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Sales Invoice": [
		((CASHIER, FNI, SALESPERSON, ADVISOR, PARTS), _LOOK),
		((ACCOUNTANT, *MANAGERS), _SUBMIT),
	],
	"Warehouse": [((CASHIER, PARTS), _READ)],
}


def make_roles() -> None:
	for role in (*ROLES, LEAD_PROVIDER):
		if not frappe.db.exists("Role", role):
			desk = int(role != LEAD_PROVIDER)
			frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": desk}).insert()


def grant(only: tuple[str, ...] = ()) -> None:
	"""Add what is missing (of these doctypes, when named). Roles that already have a row for a doctype are
	left as they are."""
	for doctype, grants in RIGHTS.items():
		if only and doctype not in only:
			continue
		if not frappe.db.exists("DocType", doctype):
			continue  # of another version: sources and campaigns of leads
		for roles, rights in grants:
			for role in roles:
				if frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role, "permlevel": 0}):
					continue
				add_permission(doctype, role, 0)
				for right in rights:
					if right != "read":
						update_permission_property(doctype, role, 0, right, 1, validate=False)


def revoke() -> None:
	"""Take our rights back; a doctype that then has only ERPNext's own rights returns to the standard."""
	touched = frappe.get_all(
		"Custom DocPerm",
		filters={"role": ("in", ROLES)},
		pluck="parent",
		distinct=True,
		order_by="parent",
	)
	frappe.db.delete("Custom DocPerm", {"role": ("in", ROLES)})
	for doctype in touched:
		if _rights("Custom DocPerm", doctype) == _rights("DocPerm", doctype):
			reset_perms(doctype)
		frappe.clear_cache(doctype=doctype)


def _rights(table: str, doctype: str) -> set[tuple]:
	fields = ["role", "permlevel", "if_owner", *frappe.permissions.rights]
	return {tuple(row) for row in frappe.get_all(table, {"parent": doctype}, fields, as_list=True)}


def remove_roles() -> None:
	for role in (*ROLES, LEAD_PROVIDER):
		frappe.delete_doc("Role", role, ignore_missing=True, force=True)

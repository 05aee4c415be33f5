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
	# Settings that the forms of a sale ask for while it is written.
	"Accounts Settings": [((CASHIER,), ("read",))],
	"Address": [(_EVERYBODY, _EDIT)],
	"Company": [(_EVERYBODY, _READ)],
	"Contact": [(_EVERYBODY, _EDIT)],
	"Batch": [((CASHIER,), _READ)],
	"Cost Center": [(_COUNTER, _READ)],
	"Campaign": [(_SALES, _READ)],
	"Currency": [((CASHIER,), _READ)],
	"Customer": [(_EVERYBODY, _EDIT), ((TECHNICIAN,), _READ)],
	"Customer Group": [((CASHIER,), _READ)],
	"Item": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Item Group": [((CASHIER,), _READ)],
	"Item Price": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Journal Entry": [((ACCOUNTANT, MANAGER), (*_LOOK, "report"))],
	"Lead": [(_SALES, (*_EDIT, "report")), ((CASHIER, ADVISOR, ACCOUNTANT), _READ)],
	"Lead Source": [(_SALES, _READ)],
	"Mode of Payment": [(_COUNTER, _READ)],
	# Of the shifts a cashier sees their own: dealer_counter/rights.py
	"POS Closing Entry": [((CASHIER,), _SUBMIT), ((ACCOUNTANT, *MANAGERS), (*_LOOK, "report"))],
	"POS Invoice": [((CASHIER,), _SUBMIT), ((ACCOUNTANT, *MANAGERS), (*_LOOK, "report"))],
	"POS Opening Entry": [((CASHIER,), _SUBMIT), ((ACCOUNTANT, *MANAGERS), (*_LOOK, "report"))],
	"POS Profile": [((CASHIER, ACCOUNTANT, *MANAGERS), _READ)],
	"POS Settings": [((CASHIER,), ("read",))],
	"Payment Entry": [
		((CASHIER, FNI), _SUBMIT),
		((ACCOUNTANT, *MANAGERS), (*_SUBMIT, "cancel", "amend")),
		((SALESPERSON, ADVISOR, PARTS, BDC), _READ),
	],
	"Price List": [((CASHIER, PARTS, ADVISOR, *MANAGERS), _READ)],
	"Sales Invoice": [
		((FNI, SALESPERSON, ADVISOR, PARTS), _LOOK),
		# The closing of a shift makes invoices in the cashier's name: dealer_counter/shifts/consolidating.py
		((CASHIER, ACCOUNTANT, *MANAGERS), _SUBMIT),
	],
	"Serial No": [((CASHIER,), _READ)],
	"Stock Settings": [((CASHIER,), ("read",))],
	"Territory": [((CASHIER,), _READ)],
	"UOM": [((CASHIER,), _READ)],
	"Warehouse": [((CASHIER, PARTS), _READ)],
}

# Page of ERPNext -> our roles that open it, besides those it has.
PAGES: dict[str, tuple[str, ...]] = {"point-of-sale": (CASHIER,)}


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


def widen(doctype: str, role: str, rights: tuple[str, ...]) -> None:
	"""More rights for a role that had some before."""
	if frappe.db.exists("Custom DocPerm", {"parent": doctype, "role": role, "permlevel": 0}):
		for right in rights:
			update_permission_property(doctype, role, 0, right, 1, validate=False)


def open_pages() -> None:
	"""Let our roles into pages of ERPNext. A page keeps its own roles: a Custom Role stands in their place."""
	for page, ours in PAGES.items():
		if not frappe.db.exists("Page", page):
			continue
		name = frappe.db.get_value("Custom Role", {"page": page})
		if name:
			custom = frappe.get_doc("Custom Role", name)
		else:
			custom = frappe.get_doc({"doctype": "Custom Role", "page": page})
			custom.set("roles", [{"role": role} for role in _own_roles(page)])
		missing = [role for role in ours if role not in {row.role for row in custom.roles}]
		if missing:
			custom.extend("roles", [{"role": role} for role in missing])
			custom.save()


def close_pages() -> None:
	"""Take our roles off pages again; a page that has only its own roles then needs no Custom Role."""
	for page, ours in PAGES.items():
		name = frappe.db.get_value("Custom Role", {"page": page})
		if not name:
			continue
		custom = frappe.get_doc("Custom Role", name)
		custom.set("roles", [row for row in custom.roles if row.role not in ours])
		if {row.role for row in custom.roles} == set(_own_roles(page)):
			custom.delete()
		else:
			custom.save()


def _own_roles(page: str) -> list[str]:
	return frappe.get_all("Has Role", {"parenttype": "Page", "parent": page}, pluck="role", order_by="idx")


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

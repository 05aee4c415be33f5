"""Setting a company up as a dealership."""

from typing import Any

import frappe
from frappe import _

from dealer_pos_crm.dealer_setup import (
	accounting,
	card_accounting,
	counter_accounting,
	service_accounting,
	showroom_accounting,
)

# What can be set up -> (where it is decided, what a person must be allowed to make for it).
_PARTS: dict[str, tuple[Any, tuple[str, ...]]] = {
	"deposits": (accounting, ("Account",)),
	"service": (service_accounting, ("Item", "Account")),
	"showroom": (showroom_accounting, ("Item", "Account")),
	"cards": (card_accounting, ("Mode of Payment", "Account")),
	"counter": (counter_accounting, ("Mode of Payment", "Account")),
}


def _part(name: str) -> tuple[Any, tuple[str, ...]]:
	if name not in _PARTS:
		frappe.throw(_("There is nothing to set up by the name of {0}").format(name))
	return _PARTS[name]


@frappe.whitelist()
def get_accounting(company: str, part: str) -> dict:
	"""What setting up the books of a part (deposits, service, showroom, cards, counter) would make: accounts,
	items, modes of payment. Changes nothing."""
	frappe.has_permission("Dealer Settings", "read", company, throw=True)
	return _part(part)[0].preview(company)


@frappe.whitelist(methods=["POST"])
def set_up_accounting(company: str, part: str) -> dict:
	"""Make what ``get_accounting`` shows."""
	frappe.has_permission("Dealer Settings", "write", company, throw=True)
	books, makes = _part(part)
	if books is accounting:
		frappe.has_permission("Company", "write", company, throw=True)
	for doctype in makes:
		frappe.has_permission(doctype, "create", throw=True)
	return books.set_up(company)

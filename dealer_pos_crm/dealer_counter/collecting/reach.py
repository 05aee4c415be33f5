"""Everything that a receipt touches, locked in everybody's order before anything is decided.

Shift, invoices, journals, payments, deposits, deals, orders; each kind by name. What has to be known for that is
read before, in a transaction of its own, so that later reads see what others committed meanwhile.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import frappe

from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import deposits as deals_of_deposits
from dealer_pos_crm.domain.collection import Document


@dataclass(frozen=True)
class Reach:
	"""Names, by kind, of what is locked."""

	invoices: tuple[str, ...] = ()
	journals: tuple[str, ...] = ()
	payments: tuple[str, ...] = ()
	deposits: tuple[str, ...] = ()
	deals: tuple[str, ...] = ()
	orders: tuple[str, ...] = ()


@dataclass
class About:
	"""What a request names: documents to pay, and the money that it uses."""

	documents: Sequence[Document] = ()
	deposits: Sequence[str] = ()
	credits: Sequence[str] = ()
	all_credits_of: tuple[str, str] | None = None  # customer, company
	orders: Sequence[str] = ()
	deals: Sequence[str] = ()


def of(about: About) -> Reach:
	"""Read what belongs to it; nothing is locked yet."""
	invoices = {name for doctype, name in about.documents if doctype == "Sales Invoice"}
	journals = {name for doctype, name in about.documents if doctype == "Journal Entry"}
	orders, deals = set(about.orders), set(about.deals)
	for doctype, names in (("Sales Invoice", invoices), ("Journal Entry", journals)):
		for order, deal in _links(doctype, names):
			orders |= {order} if order else set()
			deals |= {deal} if deal else set()
	invoices |= _names("Sales Invoice", "dealer_repair_order", orders)
	invoices |= _names("Sales Invoice", "dealer_deal", deals)
	deals |= _deals_behind(about.deposits)
	deposits = set(about.deposits) | _names("Deposit", "deal", deals, submitted=False)
	payments = _names("Payment Entry", "dealer_deal", deals) | _names(
		"Payment Entry", "dealer_deposit", deposits
	)
	for name in about.credits:
		(payments if frappe.db.exists("Payment Entry", name) else invoices).add(name)
	if about.all_credits_of:
		payments |= _unallocated(*about.all_credits_of)
		invoices |= _open_notes(*about.all_credits_of)
	return Reach(*(tuple(sorted(names)) for names in (invoices, journals, payments, deposits, deals, orders)))


def lock(reach: Reach) -> None:
	"""One by one, as a lock on a range would stand in others' way."""
	for doctype, names in (
		("Sales Invoice", reach.invoices),
		("Journal Entry", reach.journals),
		("Payment Entry", reach.payments),
	):
		for name in names:
			frappe.db.get_value(doctype, name, "name", for_update=True)
	vehicles = []
	for name in reach.deposits:
		vehicles.append(frappe.db.get_value("Deposit", name, "vehicle", for_update=True))
	for name in reach.deals:
		frappe.db.get_value("Deal Jacket", name, "name", for_update=True)
	for name in reach.orders:
		frappe.db.get_value("Repair Order", name, "name", for_update=True)
	for vehicle in sorted({vehicle for vehicle in vehicles if vehicle}):
		holds.lock(vehicle)


def _deals_behind(deposits: Iterable[str]) -> set[str]:
	"""The deals that deposits are for, or will be taken as for."""
	found = set()
	for name in deposits:
		row = frappe.db.get_value("Deposit", name, ["deal", "vehicle", "customer", "company"], as_dict=True)
		deal = row and (row.deal or deals_of_deposits.only_deal(row))
		if deal:
			found.add(deal)
	return found


def _links(doctype: str, names: set[str]) -> list[tuple[str | None, str | None]]:
	if not names:
		return []
	return frappe.get_all(
		doctype,
		{"name": ("in", sorted(names))},
		["dealer_repair_order", "dealer_deal"],
		as_list=True,
		order_by="name",
	)


def _names(doctype: str, link: str, values: set[str], *, submitted: bool = True) -> set[str]:
	if not values:
		return set()
	filters = {link: ("in", sorted(values))}
	if submitted:
		filters["docstatus"] = 1
	return set(frappe.get_all(doctype, filters, pluck="name", order_by="name"))


def _unallocated(customer: str, company: str) -> set[str]:
	return set(
		frappe.get_all(
			"Payment Entry",
			{
				"party_type": "Customer",
				"party": customer,
				"company": company,
				"docstatus": 1,
				"unallocated_amount": (">", 0),
				"dealer_deposit": ("is", "not set"),
			},
			pluck="name",
			order_by="name",
		)
	)


def _open_notes(customer: str, company: str) -> set[str]:
	return set(
		frappe.get_all(
			"Sales Invoice",
			{
				"customer": customer,
				"company": company,
				"docstatus": 1,
				"is_return": 1,
				"outstanding_amount": ("<", 0),
			},
			pluck="name",
			order_by="name",
		)
	)

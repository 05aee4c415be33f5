"""Which car a part was sold for: on each line of a counter sale, never on its head, which a closing merges."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form


def check(invoice) -> None:
	"""Each vehicle on the lines exists, and the user may read it. One statement when there is any."""
	wanted = {cstr(row.get("dealer_vehicle")): row.idx for row in reversed(invoice.items)}
	wanted.pop("", None)
	if not wanted or cint(invoice.get("is_consolidated")):  # made of sales that were checked
		return
	known = frappe.get_list(
		"Dealer Vehicle", {"name": ("in", sorted(wanted))}, pluck="name", limit_page_length=0
	)
	for vehicle in sorted(set(wanted) - set(known)):
		frappe.throw(
			_("Row {0}: vehicle {1} does not exist, or you may not see it. Choose another, or none").format(
				wanted[vehicle], get_link_to_form("Dealer Vehicle", vehicle)
			),
			title=_("Vehicle of a Line"),
		)


def vehicle_of(items: Iterable) -> str | None:
	"""The car that a whole sale was for: the one on every line; else nothing."""
	vehicles = {cstr(row.get("dealer_vehicle")) for row in items}
	return vehicles.pop() or None if len(vehicles) == 1 else None


def add_vehicles(sales: list) -> None:
	"""Put on counter sales, as they were read from the database, the car they were for. One statement."""
	rows = frappe.get_all(
		"POS Invoice Item",
		{"parent": ("in", [sale.name for sale in sales] or [""]), "parenttype": "POS Invoice"},
		["parent", "dealer_vehicle"],
		order_by="parent",
	)
	lines: dict[str, list] = {}
	for row in rows:
		lines.setdefault(row.parent, []).append(row)
	for sale in sales:
		sale.dealer_vehicle = vehicle_of(lines.get(sale.name, ()))

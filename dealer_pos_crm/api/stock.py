"""Stock cars, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_showroom.stock import prices, stock, view


@frappe.whitelist()
def get_overview(vehicle: str) -> dict:
	"""How a car stands in stock: days, price against list, recon, deals on it, prices; costs to those entitled."""
	frappe.has_permission("Dealer Vehicle", "read", vehicle, throw=True)
	return view.of(vehicle)


@frappe.whitelist(methods=["POST"])
def reprice(vehicle: str, price: float, reason: str) -> None:
	"""Offer a car for another price, with the reason."""
	frappe.has_permission("Dealer Vehicle", "write", vehicle, throw=True)
	prices.reprice(vehicle, price, reason)


@frappe.whitelist(methods=["POST"])
def stock_in(vehicle: str, values: str | dict) -> str:
	"""Take a customer's car, or one that just came, into stock. ``values``: acquired_from, on, cost,
	stock_number, condition, mileage, price. Whoever may create stock cars and sees what they cost."""
	frappe.has_permission("Dealer Vehicle", "write", vehicle, throw=True)
	view.check_sees_cost()
	given = frappe.parse_json(values)
	known = ("on", "cost", "stock_number", "condition", "mileage", "price")
	return stock.stock_in(
		vehicle,
		acquired_from=given["acquired_from"],
		**{name: given[name] for name in known if given.get(name) not in (None, "")},
	)

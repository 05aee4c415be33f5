"""What a screen shows of a stock car. What it cost is told to those who may see that."""

import frappe
from frappe import _
from frappe.utils import flt, getdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.dealer_showroom.recon import view as recon_view
from dealer_pos_crm.dealer_showroom.stock import costs
from dealer_pos_crm.domain import stock as rules
from dealer_pos_crm.domain.ageing import days_between
from dealer_pos_crm.domain.vehicle import HOLDABLE, Status

_PRICES = 8
_DEALS = 6
_FIELDS = [
	"name", "title", "status", "company", "condition", "stock_number", "price", "list_price", "acquired_from",
	"acquired_on", "frontline_on", "sold_on", "sold_deal", "creation", "acquisition_cost", "recon_cost",
	"other_cost", "floor_price", "serial_no", "photo",
]  # fmt: skip


def check_sees_cost() -> None:
	if not costs.sees_cost():
		frappe.throw(
			_("A car is taken into stock by a sales manager or an accountant"), frappe.PermissionError
		)


def of(vehicle: str) -> dict:
	"""How a car stands: one answer for its form. None of it where the company is no dealership."""
	car = frappe.db.get_value("Dealer Vehicle", vehicle, _FIELDS, as_dict=True)
	if not is_dealership(car.company):
		return {}
	currency = company_currency(car.company)
	in_stock = Status(car.status) in HOLDABLE
	found = {
		"in_stock": in_stock,
		"currency": currency,
		"price": flt(car.price),
		"list_price": flt(car.list_price),
		"of_list": _number(
			rules.share_of_list(rounded(car.price, currency), rounded(car.list_price, currency))
		),
		"acquired_from": car.acquired_from,
		"acquired_on": car.acquired_on,
		**age_of(car),
		"deals": _deals(vehicle),
		"prices": _prices(vehicle),
		"recon": recon_view.panel(vehicle)
		if frappe.has_permission("Vehicle Recon", "read")
		else {"recon": None, "may_start": False},
		"may": {
			"reprice": in_stock and bool(frappe.has_permission("Dealer Vehicle", "write", vehicle)),
			"stock_in": costs.sees_cost()
			and (not in_stock or not car.acquired_from)
			and bool(frappe.has_permission("Dealer Vehicle", "write", vehicle)),
			"see_cost": costs.sees_cost(),
		},
	}
	if costs.sees_cost():
		found["costs"] = costs_of(car, found["days"], currency)
	return found


def age_of(car) -> dict:
	"""Days in stock, to the day it was sold; the bucket; days until it was front-line ready."""
	begin = getdate(car.acquired_on or car.creation)
	end = getdate(car.sold_on) if car.sold_on else getdate()
	days = days_between(begin, end)
	ready = days_between(begin, getdate(car.frontline_on)) if car.frontline_on else None
	return {"days": days, "bucket": rules.AGEING.label_of(days), "days_to_line": ready}


def costs_of(car, days: int, currency: str) -> dict:
	"""What the car has cost, where that is known from, and what it costs by standing there."""
	cost = costs.of(car)
	per_day = rounded(settings_of(car.company).holding_cost_per_day, currency)
	holding = rules.holding_cost(per_day, days)
	return {
		"acquisition": to_float(cost.acquisition),
		"source": costs.acquisition(car).source,
		"recon": to_float(cost.recon),
		"other": to_float(cost.other),
		"total": to_float(cost.total),
		"floor_price": flt(car.floor_price),
		"holding": to_float(holding),
		"margin": to_float(rounded(car.price, currency) - cost.total) if flt(car.price) else None,
	}


def _deals(vehicle: str) -> list[dict]:
	"""Deals on the car that the user may see, open ones first."""
	if not frappe.has_permission("Deal Jacket", "read"):
		return []
	rows = frappe.get_list(
		"Deal Jacket",
		{"vehicle": vehicle},
		["name", "customer_name", "stage", "salesperson", "stage_since"],
		order_by="creation desc",
		limit=_DEALS,
	)
	names = names_of(in_rows(rows, "salesperson"))
	closed = ("Lost", "Funded", "Delivered")
	return [
		{**row, "salesperson": names.get(row.salesperson, row.salesperson)}
		for row in sorted(rows, key=lambda row: row.stage in closed)
	]


def _prices(vehicle: str) -> list[dict]:
	rows = frappe.get_all(
		"Dealer Vehicle Price",
		{"parent": vehicle, "parenttype": "Dealer Vehicle"},
		["changed_at", "price", "before", "changed_by", "reason"],
		order_by="idx desc",
		limit=_PRICES + 1,
	)
	names = names_of(in_rows(rows, "changed_by"))
	return [{**row, "changed_by": names.get(row.changed_by, row.changed_by)} for row in rows]


def _number(value) -> float | None:
	return None if value is None else float(value)

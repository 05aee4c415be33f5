"""A car comes into stock, whatever way: bought at an auction, traded in, entered by hand or from a file.

What belongs to that follows from the saved car itself: its stock number, the end of what an earlier life in
stock has cost, the line in the log, the recon.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.naming import make_autoname
from frappe.utils import cint, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import is_dealership
from dealer_pos_crm.dealer_showroom import holds, log
from dealer_pos_crm.dealer_showroom.recon import recon, templates
from dealer_pos_crm.domain import vehicle as rules
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Dealer Vehicle"
SERIES = "S.YY.-.####"
# Of an earlier life in stock, unless whoever takes the car in says otherwise.
_OF_A_LIFE = ("stock_number", "price", "floor_price", "list_price", "acquisition_cost", "other_cost")


@action
def stock_in(
	vehicle,
	*,
	acquired_from: str,
	on: date | str | None = None,
	cost: Money | float | None = None,
	stock_number: str | None = None,
	condition: str | None = None,
	mileage: int | None = None,
	price: float | None = None,
) -> str:
	"""Take a car into stock, give it a stock number, and begin its recon. Returns the car's name.

	``vehicle``: name or document of a Dealer Vehicle: a customer's own, one sold before, or one in stock that
	nobody has said where it came from. ``cost``: what was paid for it, ``Money`` or major units.
	"""
	name = vehicle if isinstance(vehicle, str) else vehicle.name
	holds.lock(name)
	car = frappe.get_doc(DOCTYPE, name, for_update=True)
	day = getdate(on or nowdate())
	with explained():
		_end_ownership(car, day)
	if rules.Status(car.status) not in rules.HOLDABLE:
		car.update({"status": rules.Status.IN_RECON.value, "sold_deal": None, "sold_on": None})
	car.update({"acquired_from": acquired_from, "acquired_on": day})
	given = {"stock_number": stock_number, "condition": condition, "price": price}
	car.update({field: value for field, value in given.items() if value})
	if cost is not None:
		paid = cost if isinstance(cost, Money) else rounded(cost, company_currency(car.company))
		car.acquisition_cost = to_float(paid)
	if mileage:
		car.append("readings", {"read_on": day, "mileage": cint(mileage), "source": _("Taken into stock")})
	car.save(ignore_permissions=True)
	return car.name


def prepare(car) -> None:
	"""Before a car is saved: what it needs when it comes into stock with this save."""
	before = car.get_doc_before_save()
	if not _in_stock(car) or not car.acquired_from:
		return
	if before is not None and _begins_new_life(car, before):
		for field in _OF_A_LIFE:
			if car.get(field) == before.get(field):
				car.set(field, None if field == "stock_number" else 0)
		car.update({"recon_cost": 0, "frontline_on": None})
		car.flags.price_reason = car.flags.price_reason or _("Taken into stock")
	car.acquired_on = car.acquired_on or nowdate()
	car.condition = car.condition or ("New" if car.acquired_from == "Factory" else "Used")
	car.stock_number = car.stock_number or next_stock_number(car.company)
	if car.status == rules.Status.FRONT_LINE_READY.value and not car.frontline_on:
		car.frontline_on = now_datetime().replace(microsecond=0)


def follow(car) -> None:
	"""After a car is saved: it is told that it came into stock, and its recon begins; one that went back to
	its owner has none any more."""
	if not is_dealership(car.company):
		return
	before = car.get_doc_before_save()
	if before is not None and car.status == rules.Status.CUSTOMER_OWNED.value != before.status:
		open_one = recon.open_recon(car.name)
		if open_one:
			recon.end(open_one, _("The car went back to its owner"))
		return
	if not _in_stock(car) or not car.acquired_from:
		return
	if before is None or not before.acquired_from or _begins_new_life(car, before):
		_tell(car)
	elif _in_stock(before):
		return
	if car.status == rules.Status.IN_RECON.value and templates.of(car):
		recon.start(car.name)


def _in_stock(car) -> bool:
	return rules.Status(car.status) in rules.HOLDABLE


def _begins_new_life(car, before) -> bool:
	"""Whether a car was acquired again; one whose sale was taken back goes on with the life it had."""
	if _in_stock(before):
		return False
	if before.status == rules.Status.CUSTOMER_OWNED.value:
		return True
	again = getdate(car.acquired_on) if car.acquired_on else None
	return car.trade_in != before.trade_in or again != (
		getdate(before.acquired_on) if before.acquired_on else None
	)


def next_stock_number(company: str) -> str:
	"""The next number of the series that no car of the company has."""
	for _attempt in range(1000):
		number = make_autoname(SERIES)
		if not frappe.db.exists(DOCTYPE, {"stock_number": number, "company": company}):
			return number
	frappe.throw(_("The series of stock numbers is used up; enter one by hand"))


def _end_ownership(car, day: date) -> None:
	periods = [
		rules.OwnerPeriod(
			row.customer,
			getdate(row.from_date) if row.from_date else None,
			getdate(row.to_date) if row.to_date else None,
			row.how or "",
		)
		for row in car.owners
	]
	for row, period in zip(car.owners, rules.end_ownership(periods, day, car.title or car.name), strict=True):
		row.to_date = period.to_date


def _tell(car) -> None:
	log.write(
		"vehicle.stocked",
		title=_("Taken into stock: {0}, {1}").format(car.title, car.stock_number),
		customer=None,
		company=car.company,
		reference=(DOCTYPE, car.name),
		vehicle=car.name,
		facts={"what": car.title, "stock_number": car.stock_number, "how": car.acquired_from},
	)

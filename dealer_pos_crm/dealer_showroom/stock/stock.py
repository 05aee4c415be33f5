"""A car comes into stock, or goes back to its owner when a trade falls through.

Whoever calls has locked the deal already: the order is deal, car, hold.
"""

from datetime import date

import frappe
from frappe import _
from frappe.model.naming import make_autoname
from frappe.utils import cint, cstr, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom import holds, log
from dealer_pos_crm.dealer_showroom.recon import recon
from dealer_pos_crm.domain import vehicle as rules
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Dealer Vehicle"
SERIES = "S.YY.-.####"


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
	trade_in: str | None = None,
	deal: str | None = None,
	customer: str | None = None,
	start_recon: bool = True,
) -> str:
	"""Take a car into stock, give it a stock number, and begin its recon. Returns the car's name.

	``vehicle``: name or document of a Dealer Vehicle: a customer's own, one sold before, or one just entered. ``cost``: what
	was paid for it, ``Money`` or major units. ``trade_in``, ``deal``, ``customer``: from which trade, in
	which deal, from whom. A car that is in stock already keeps its number. Raises ``DealerRefusal``.
	"""
	name = vehicle if isinstance(vehicle, str) else vehicle.name
	holds.lock(name)
	car = frappe.get_doc(DOCTYPE, name, for_update=True)
	day = getdate(on) if on else getdate(nowdate())
	status = rules.Status(car.status)
	with explained():
		_end_ownership(car, day)
	if status not in rules.HOLDABLE:
		_begin_new_life(car)
	car.acquired_from = acquired_from
	car.acquired_on = day
	car.stock_number = stock_number or car.stock_number or next_stock_number(car)
	car.condition = condition or car.condition or ("New" if acquired_from == "Factory" else "Used")
	if cost is not None:
		paid = cost if isinstance(cost, Money) else rounded(cost, company_currency(car.company))
		car.acquisition_cost = to_float(paid)
	if trade_in:
		car.trade_in = trade_in
	if mileage:
		_read(car, mileage, day, cstr(deal or trade_in or _("Taken into stock")))
	car.save(ignore_permissions=True)
	_log(
		car,
		"vehicle.stocked",
		_("Taken into stock: {0}, {1}").format(car.title, car.stock_number),
		customer=customer,
		deal=deal,
		facts={"stock_number": car.stock_number, "how": acquired_from},
	)
	if start_recon:
		recon.start(car.name)
	return car.name


def _begin_new_life(car) -> None:
	"""A customer's car, or one that we sold before: what it cost and was worth then is history."""
	car.update(
		{
			"status": rules.Status.IN_RECON.value,
			**dict.fromkeys(("stock_number", "frontline_on", "sold_on", "sold_deal", "trade_in"), None),
			**dict.fromkeys(("price", "floor_price", "acquisition_cost", "recon_cost", "other_cost"), 0),
		}
	)
	car.flags.price_reason = _("Taken into stock")


@action
def give_back(vehicle: str, *, customer: str, reason: str, on: date | str | None = None) -> None:
	"""A trade falls through: the car is its owner's again, and whatever recon had begun ends."""
	holds.lock(vehicle)
	open_one = recon.open_recon(vehicle)
	if open_one:
		recon.end(open_one, reason)
	car = frappe.get_doc(DOCTYPE, vehicle, for_update=True)
	day = getdate(on) if on else getdate(nowdate())
	if car.status == rules.Status.FRONT_LINE_READY.value:
		car.db_set("status", rules.Status.IN_RECON.value)
		car = frappe.get_doc(DOCTYPE, vehicle, for_update=True)
	with explained():
		_begin_ownership(car, customer, day)
	car.update({"status": rules.Status.CUSTOMER_OWNED.value, "acquired_on": None, "trade_in": None})
	car.save(ignore_permissions=True)


def next_stock_number(car) -> str:
	"""The next number of the series that no car of the company has."""
	for _attempt in range(1000):
		number = make_autoname(SERIES)
		if not frappe.db.exists(DOCTYPE, {"stock_number": number, "company": car.company}):
			return number
	frappe.throw(_("The series of stock numbers is used up; enter one by hand"))


def _periods(car) -> list[rules.OwnerPeriod]:
	return [
		rules.OwnerPeriod(
			row.customer,
			getdate(row.from_date) if row.from_date else None,
			getdate(row.to_date) if row.to_date else None,
			row.how or "",
		)
		for row in car.owners
	]


def _write(car, periods) -> None:
	car.set("owners", [])
	for period in periods:
		car.append(
			"owners",
			{
				"customer": period.customer,
				"from_date": period.from_date,
				"to_date": period.to_date,
				"how": period.how,
			},
		)


def _begin_ownership(car, customer: str, day: date) -> None:
	name = car.title or car.name
	_write(car, rules.begin_ownership(_periods(car), customer, day, name))


def _end_ownership(car, day: date) -> None:
	_write(car, rules.end_ownership(_periods(car), day, car.title or car.name))


def _read(car, mileage: int, day: date, source: str, explanation: str = "") -> None:
	car.append(
		"readings",
		{"read_on": day, "mileage": cint(mileage), "source": source, "explanation": explanation},
	)


def _log(
	car,
	kind: str,
	title: str,
	*,
	customer: str | None,
	deal: str | None,
	actor: str | None = None,
	reason: str | None = None,
	reverses: str | None = None,
	facts: dict | None = None,
) -> str:
	return log.write(
		kind,
		title=title,
		customer=customer,
		company=car.company,
		reference=(DOCTYPE, car.name),
		vehicle=car.name,
		deal=deal,
		actor=actor,
		reason=reason,
		reverses=reverses,
		facts={"what": car.title, **(facts or {})},
	)

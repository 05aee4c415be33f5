"""A trade-in in hand, and what delivery and unwind do with it."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import cint, cstr, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.domain import trade_in as rules
from dealer_pos_crm.domain import vehicle as cars
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.trade_in import Status

DOCTYPE = "Trade In"


@dataclass(frozen=True)
class Accepted:
	"""One trade of the approved scenario. ``value`` is the actual cash value (None: nobody has said);
	``lender`` is the Supplier who is paid off."""

	trade_in: str
	what: str
	customer: str
	allowance: Money
	payoff: Money
	value: Money | None
	lender: str | None
	vehicle: str | None

	@property
	def equity(self) -> Money:
		return self.allowance - self.payoff

	@property
	def over_allowance(self) -> Money:
		"""What is allowed above the value (negative: below it). Zero while the value is unknown."""
		return self.allowance - self.value if self.value is not None else Money.zero(self.allowance.currency)


def locked(name: str):
	"""The trade-in as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(trade) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	trade.flags.of_the_trade = True
	try:
		trade.save(ignore_permissions=True)
	finally:
		trade.flags.of_the_trade = False


def set_status(trade, to: Status) -> None:
	rules.check_change(Status(trade.status), to, trade.name)
	trade.status = to.value


def what(trade) -> str:
	return cstr(trade.vehicle_title) or cstr(trade.vin) or trade.name


def accepted(deal) -> list[Accepted]:
	"""The trades of the deal's approved scenario, with the amounts approved; none without approval."""
	from dealer_pos_crm.dealer_showroom.worksheet import scenarios

	scenario = scenarios.approved(deal)
	found = []
	for row in scenario.trades if scenario else ():
		trade = frappe.get_doc(DOCTYPE, row.trade_in)
		found.append(
			Accepted(
				trade_in=trade.name,
				what=row.what or what(trade),
				customer=trade.customer,
				allowance=rounded(row.allowance, scenario.currency),
				payoff=rounded(row.payoff, scenario.currency),
				value=value_of(trade),
				lender=trade.payoff_lender,
				vehicle=trade.vehicle,
			)
		)
	return found


def value_of(trade) -> Money | None:
	"""The actual cash value; None while no manager has entered one (a car worth nothing is appraised at 0)."""
	if not trade.actual_cash_value and not trade.appraised_at:
		return None
	return rounded(trade.actual_cash_value, trade.currency)


def missing(deal) -> list[str]:
	"""What keeps the trades of a deal from being taken in at delivery, as sentences."""
	said = []
	for row in accepted(deal):
		trade = frappe.get_doc(DOCTYPE, row.trade_in)
		if trade.status == Status.TAKEN_IN.value and trade.deal != deal.name:
			said.append(_("Trade-in {0} was taken in for deal {1}").format(row.what, trade.deal))
		if row.value is None:
			said.append(_("Trade-in {0} has no actual cash value. A manager enters it").format(row.what))
		if row.payoff and not row.lender:
			said.append(_("Trade-in {0}: say which lender is paid off").format(row.what))
		if not cint(trade.mileage):
			said.append(_("Trade-in {0}: enter the mileage").format(row.what))
	return said


# --- At delivery ---------------------------------------------------------------------------------------


def take_in(deal) -> list[str]:
	"""The accepted trades become stock cars in recon. Returns their names; a trade already taken in for this
	deal is not taken twice. Refuses what ``missing`` says."""
	refuse = missing(deal)
	if refuse:
		raise Refused("trade_incomplete", "{0}", "; ".join(refuse))
	return [_take(deal, row) for row in accepted(deal)]


def _take(deal, row: Accepted) -> str:
	trade = locked(row.trade_in)
	if trade.status == Status.TAKEN_IN.value:
		return trade.vehicle
	set_status(trade, Status.TAKEN_IN)
	car = _stock_car(deal, trade, row)
	trade.update({"vehicle": car.name, "deal": deal.name})
	keep(trade)
	log.write(
		"vehicle.traded_in",
		title=_("Traded in: {0}").format(row.what),
		customer=trade.customer,
		company=deal.company,
		reference=(DOCTYPE, trade.name),
		vehicle=car.name,
		deal=deal.name,
		lead=deal.lead,
		amount=row.allowance,
		actor=deal.salesperson,
		facts={"what": row.what},
	)
	return car.name


def _stock_car(deal, trade, row: Accepted):
	name = trade.vehicle or _on_file(trade.vin)
	car = (
		frappe.get_doc("Dealer Vehicle", name, for_update=True)
		if name
		else frappe.new_doc("Dealer Vehicle").update({"company": deal.company, "status": "In Recon"})
	)
	if car.name and not car.is_new() and car.status not in ("Customer-owned", "Sold"):
		raise Refused(
			"trade_in_stock",
			marked(
				"{0} is in our stock already ({1}). Correct the VIN of trade-in {2}, or take it off the deal"
			),
			car.title or car.name,
			car.status,
			trade.name,
		)
	for field in ("vin", "model_year", "make", "model", "trim", "color"):
		if trade.get(field) and not car.get(field):
			car.set(field, trade.get(field))
	car.update(
		{
			"status": "In Recon",
			"company": deal.company,
			"condition": "Used",
			"acquired_from": "Trade-in",
			"acquired_on": nowdate(),
			"acquisition_cost": to_float(row.value),
			"trade_in": trade.name,
			"sold_on": None,
			"sold_deal": None,
			"frontline_on": None,
		}
	)
	for row in trade.photos:
		if row.image not in {shown.image for shown in car.photos}:
			car.append("photos", {"image": row.image, "caption": row.caption})
	_read(car, trade)
	_end_ownership(car, trade.customer)
	car.flags.of_the_deal = True
	car.flags.ignore_permissions = True  # the right to deliver the deal was checked
	return car.insert() if car.is_new() else car.save()


def _on_file(vin: str | None) -> str | None:
	return frappe.db.get_value("Dealer Vehicle", {"vin": vin}, "name") if vin else None


def _read(car, trade) -> None:
	today = getdate()
	if any(getdate(r.read_on) == today and cint(r.mileage) == cint(trade.mileage) for r in car.readings):
		return
	last = max((cint(reading.mileage) for reading in car.readings), default=0)
	car.append(
		"readings",
		{
			"read_on": today,
			"mileage": trade.mileage,
			"source": _("Trade-in"),
			"explanation": _("Read at the appraisal") if last > cint(trade.mileage) else None,
		},
	)


def _end_ownership(car, customer: str) -> None:
	today = getdate()
	owner = cars.owner_on(_periods(car), today)
	for row in car.owners:
		if not row.to_date:
			row.to_date = today
	if owner != customer:
		how = "Bought Elsewhere" if not car.owners else "Traded In"
		# Whoever gave it to us owned it last, whatever our books said before.
		since = today if car.owners else None
		car.append("owners", {"customer": customer, "from_date": since, "to_date": today, "how": how})


def _periods(car) -> list[cars.OwnerPeriod]:
	return [
		cars.OwnerPeriod(
			row.customer,
			getdate(row.from_date) if row.from_date else None,
			getdate(row.to_date) if row.to_date else None,
			row.how or "",
		)
		for row in car.owners
	]


# --- At an unwind --------------------------------------------------------------------------------------


def cannot_give_back(deal) -> list[str]:
	"""Why a trade of this deal cannot go back to its owner, as sentences; empty when all can."""
	said = []
	for trade in _taken(deal):
		status = frappe.db.get_value("Dealer Vehicle", trade.vehicle, "status")
		if status in ("On Hold", "Sold", "Customer-owned"):
			said.append(
				_("Trade-in {0} is {1}: release or unwind that first, or pay its value out").format(
					what(trade), _(status)
				)
			)
	return said


def give_back(deal) -> list[str]:
	"""The trades that this deal brought go back to their owner. Returns the names of the cars."""
	refuse = cannot_give_back(deal)
	if refuse:
		raise Refused("trade_gone", "{0}", "; ".join(refuse))
	return [_give(deal, trade) for trade in _taken(deal)]


def _taken(deal) -> list:
	names = frappe.get_all(
		DOCTYPE, {"deal": deal.name, "status": Status.TAKEN_IN.value}, pluck="name", order_by="name"
	)
	return [frappe.get_doc(DOCTYPE, name) for name in names]


def _give(deal, trade) -> str:
	trade = locked(trade.name)
	set_status(trade, Status.RETURNED)
	keep(trade)
	car = frappe.get_doc("Dealer Vehicle", trade.vehicle, for_update=True)
	car.flags.of_the_deal = True
	car.flags.ignore_permissions = True  # the right to unwind the deal was checked
	if car.status == "Front-line Ready":
		car.status = "In Recon"  # the only way out of the front line that is not a sale
		car.save()
	last = car.owners[-1] if car.owners else None
	if last and last.customer == trade.customer and last.to_date:
		last.to_date = None
	else:
		car.append("owners", {"customer": trade.customer, "from_date": getdate(), "how": "Bought Elsewhere"})
	car.update({"status": "Customer-owned", "acquisition_cost": 0, "trade_in": None, "frontline_on": None})
	car.save()
	log.write(
		"vehicle.returned",
		title=_("Trade-in given back: {0}").format(what(trade)),
		customer=trade.customer,
		company=deal.company,
		reference=(DOCTYPE, trade.name),
		vehicle=car.name,
		deal=deal.name,
		lead=deal.lead,
		actor=deal.salesperson,
		facts={"what": what(trade)},
		reverses=log.LOG.standing("vehicle.traded_in", {"deal": deal.name, "vehicle": car.name}),
	)
	return car.name

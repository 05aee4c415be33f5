"""The lines of a deal's gross, each from the best source there is: ERPNext's ledgers, else the documents."""

from collections.abc import Iterator
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.stock import costs
from dealer_pos_crm.domain import gross as rules
from dealer_pos_crm.domain.gross import Kind, Line, Part
from dealer_pos_crm.domain.money import Money, total

LESSENING = frozenset({"Discount", "Rebate"})


def of_deal(deal, *, delivered: bool) -> rules.Gross:
	"""The gross of a deal now: from its approved scenario, and, once ``delivered``, from what was sold."""
	currency = company_currency(deal.company)
	scenario = scenario_of(deal)
	car = _car(deal.vehicle)
	lines = [
		*_car_lines(deal, scenario, car, currency),
		*_promises(deal.name, currency),
		*(_products_sold(deal, currency) if delivered else _products_planned(scenario, currency)),
		*_reserve(deal, scenario, currency),
	]
	return rules.Gross(tuple(lines), currency)


def of_scenario(scenario, deal) -> rules.Gross:
	"""What a scenario would earn, approved or not."""
	currency = company_currency(deal.company)
	lines = [
		*_car_lines(deal, scenario, _car(deal.vehicle), currency),
		*_promises(deal.name, currency),
		*_products_planned(scenario, currency),
		*_reserve(deal, scenario, currency),
	]
	return rules.Gross(tuple(lines), currency)


def scenario_of(deal):
	"""The scenario that counts: the approved one, else the chosen one; None when nothing was worked out."""
	name = deal.get("approved_scenario") or deal.get("chosen_scenario")
	return frappe.get_doc("Deal Scenario", name) if name else None


def _car(vehicle: str | None):
	if not vehicle:
		return None
	return frappe.db.get_value(
		"Dealer Vehicle",
		vehicle,
		[
			"name",
			"title",
			"company",
			"condition",
			"serial_no",
			"acquisition_cost",
			"recon_cost",
			"other_cost",
			"acquired_on",
		],
		as_dict=True,
	)


def _car_lines(deal, scenario, car, currency: str) -> Iterator[Line]:
	zero = Money.zero(currency)
	if scenario is not None:
		paid = costs.acquisition(car) if car else costs.Sourced(zero, _("No car chosen yet"))
		yield rules.earned(
			Part.FRONT,
			Kind.VEHICLE,
			car.title if car else cstr(deal.get("wanted")) or _("Car"),
			rounded(scenario.price, currency),
			paid.amount,
			paid.source,
		)
		for row in scenario.lines:
			amount = rounded(row.amount, currency)
			yield rules.earned(
				Part.FRONT,
				Kind.LINE,
				cstr(row.label),
				-amount if row.kind in LESSENING else amount,
				rounded(row.cost, currency),
				_("Worksheet, {0}").format(_(row.kind)),
			)
		yield from _trades(scenario, currency)
	if car:
		yield from _costs_of_car(deal, car, currency)


def _trades(scenario, currency: str) -> Iterator[Line]:
	for row in scenario.trades:
		value = frappe.db.get_value("Trade In", row.trade_in, "actual_cash_value")
		worth = rounded(value, currency) if flt(value) else None
		above = rules.over_allowance(rounded(row.allowance, currency), worth)
		if above:
			yield rules.spent(
				Part.FRONT,
				Kind.TRADE,
				_("Over-allowance: {0}").format(row.what or row.trade_in)
				if above.minor > 0
				else _("Trade bought below its value: {0}").format(row.what or row.trade_in),
				above,
				_("Allowance less appraisal, {0}").format(row.trade_in),
			)


def _costs_of_car(deal, car, currency: str) -> Iterator[Line]:
	recon = rounded(car.recon_cost, currency)
	if recon:
		names = frappe.get_all(
			"Vehicle Recon", {"vehicle": car.name}, pluck="name", order_by="name desc", limit=1
		)
		yield rules.spent(
			Part.FRONT, Kind.RECON, _("Recon"), recon, _("Steps of {0}").format(names[0] if names else "-")
		)
	other = rounded(car.other_cost, currency)
	if other:
		yield rules.spent(Part.FRONT, Kind.OTHER_COST, _("Other cost"), other, _("Other cost of the car"))
	pack = pack_of(deal, car, currency)
	if pack:
		yield rules.spent(Part.FRONT, Kind.PACK, _("Pack"), pack, _("Dealer Settings"))


def pack_of(deal, car, currency: str) -> Money:
	"""What the house keeps of every car before anybody shares in its gross."""
	settings = settings_of(deal.company)
	is_new = (deal.get("condition") or (car.condition if car else "")) == "New"
	return rounded(settings.pack_new if is_new else settings.pack_used, currency)


def _promises(deal: str, currency: str) -> Iterator[Line]:
	owed = frappe.qb.DocType("We Owe")
	item = frappe.qb.DocType("We Owe Item")
	rows = (
		frappe.qb.from_(item)
		.join(owed)
		.on(item.parent == owed.name)
		.select(owed.name, item.what, item.cost)
		.where(
			(owed.deal == deal)
			& (owed.status != "Cancelled")
			& (item.status != "Cancelled")
			& (item.who_pays == "Dealership")
		)
		.orderby(owed.name, item.idx)
	).run(as_dict=True)
	for row in rows:
		cost = rounded(row.cost, currency)
		if cost:
			yield rules.spent(Part.FRONT, Kind.WE_OWE, _("Promised: {0}").format(row.what), cost, row.name)


def _products_planned(scenario, currency: str) -> Iterator[Line]:
	for row in scenario.products if scenario is not None else ():
		yield rules.earned(
			Part.BACK,
			Kind.PRODUCT,
			row.product,
			rounded(row.price, currency),
			rounded(row.cost, currency),
			_("Worksheet"),
		)


def _products_sold(deal, currency: str) -> Iterator[Line]:
	for row in deal.products:
		price, cost = rounded(row.price, currency), rounded(row.cost, currency)
		source = _("Sold with the deal")
		if row.status == "Cancelled":
			price, cost = rules.kept_of_product(price, cost, rounded(row.refund_amount, currency))
			source = _("Cancelled: what was not refunded")
		yield rules.earned(Part.BACK, Kind.PRODUCT, row.product, price, cost, source)


def kinds_sold(deal) -> tuple[str, ...]:
	"""The kinds of the products that the deal sold and that still stand."""
	names = [row.product for row in deal.products if row.status != "Cancelled"]
	kinds = (
		dict(frappe.get_all("FnI Product", {"name": ("in", names)}, ["name", "kind"], as_list=True))
		if names
		else {}
	)
	return tuple(cstr(kinds.get(name)) for name in names)


def _reserve(deal, scenario, currency: str) -> Iterator[Line]:
	if scenario is None or scenario.kind != "Finance":
		return
	lender = deal.get("lender") or scenario.lender
	terms = (
		frappe.db.get_value("Dealer Lender", lender, ["reserve_share", "max_reserve_points"], as_dict=True)
		if lender
		else None
	)
	share = _number(terms.reserve_share) if terms else Decimal(100)
	amount = rules.reserve(
		rounded(scenario.amount_financed, currency),
		_number(scenario.apr),
		_number(scenario.buy_rate),
		cint(scenario.term_months),
		share,
		days_to_first=cint(scenario.days_to_first_payment) or 30,
		most_points=_number(terms.max_reserve_points) if terms else None,
	)
	if amount:
		yield rules.earned(
			Part.BACK,
			Kind.RESERVE,
			_("Finance reserve"),
			amount,
			Money.zero(currency),
			_("({0} % − {1} %) on {2} over {3} months, {4} % of it: {5}").format(
				_number(scenario.apr),
				_number(scenario.buy_rate),
				rounded(scenario.amount_financed, currency),
				cint(scenario.term_months),
				share,
				lender or "-",
			),
		)


def _number(value: object) -> Decimal:
	number = Decimal(cstr(value) or "0")
	return number.normalize() if number else Decimal(0)


def written(doc) -> list[Line]:
	"""The lines that stand in a Deal Gross."""
	return [
		Line(
			Part(row.part),
			Kind(row.kind),
			cstr(row.what),
			rounded(row.income, doc.currency),
			rounded(row.cost, doc.currency),
			cstr(row.source),
		)
		for row in doc.lines
	]


def pack_in(lines: list[Line] | tuple[Line, ...], currency: str) -> Money:
	return total((line.cost for line in lines if line.kind is Kind.PACK), currency)

"""What a scenario may not be, whoever sends it, and what follows from what was entered."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_showroom.worksheet import totals
from dealer_pos_crm.dealer_showroom.worksheet.reading import deposits_for, look_up, number
from dealer_pos_crm.domain import worksheet as rules
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# Written by choosing, asking and approving only.
_BY_STEPS = (
	"status",
	"version",
	"previous_version",
	"position",
	"vehicle",
	"asked_by",
	"asked_at",
	"decided_by",
	"decided_at",
	"decision_note",
	"what_changed",
	"out_of_date",
	"deal",
)


def guard(scenario) -> None:
	"""Frozen means frozen, by form, by file and by program."""
	before = scenario.get_doc_before_save()
	if scenario.flags.of_the_worksheet:
		return
	if before is None:
		scenario.update({"status": "Draft", "version": 1})
		for field in _BY_STEPS[5:12]:
			scenario.set(field, None)
	else:
		if before.status in totals.FROZEN:
			raise Refused(
				"frozen",
				marked("{0} is {1} and stays as it is. Withdraw the request, or change it as a new version"),
				before.label,
				_(before.status),
			)
		for field in _BY_STEPS:
			scenario.set(field, before.get(field))
	scenario.written_by = frappe.session.user


def check_deal(scenario) -> None:
	"""Whoever writes without the worksheet's actions is held to the same deal and stage."""
	from dealer_pos_crm.dealer_showroom.worksheet.scenarios import check_open

	if not scenario.flags.of_the_worksheet:
		check_open(frappe.get_doc("Deal Jacket", scenario.deal))


def fill(scenario) -> None:
	"""What comes from the deal, the car and the catalogue."""
	deal = look_up(scenario, "Deal Jacket", scenario.deal)
	if not deal:
		raise Refused("no_deal", marked("Deal {0} does not exist"), cstr(scenario.deal))
	scenario.company = deal.company
	scenario.currency = company_currency(deal.company)
	scenario.label = cstr(scenario.label).strip() or _("Offer")
	if scenario.is_new() and not scenario.vehicle:
		scenario.vehicle = deal.vehicle
	for table in ("lines", "products", "trades", "taxes"):
		for row in scenario.get(table):
			row.currency = scenario.currency
	_car(scenario)
	_products(scenario)
	_trades(scenario)
	scenario.deposits = to_float(deposits_for(scenario))


def _car(scenario) -> None:
	car = look_up(scenario, "Dealer Vehicle", scenario.vehicle)
	scenario.list_price = flt(car.list_price or car.price) if car else 0
	before = scenario.get_doc_before_save()
	if car and (not flt(scenario.vehicle_cost) or (before and before.vehicle != scenario.vehicle)):
		scenario.vehicle_cost = flt(car.acquisition_cost) + flt(car.recon_cost) + flt(car.other_cost)


def _products(scenario) -> None:
	for row in scenario.products:
		known = look_up(scenario, "FnI Product", row.product)
		if not known:
			continue  # reading refuses it by name
		if known.company and known.company != scenario.company:
			raise Refused(
				"product_company",
				marked("{0} is a product of {1}. Choose one of {2}"),
				row.product,
				known.company,
				scenario.company,
			)
		if not known.enabled and (row.is_new() or scenario.is_new()):
			raise Refused("product_off", marked("{0} is not sold any more. Choose another"), row.product)
		if not flt(row.cost):
			row.cost = known.cost
		row.term_months = cint(row.term_months) or known.term_months


def _trades(scenario) -> None:
	seen = set()
	for row in scenario.trades:
		if row.trade_in in seen:
			raise Refused("trade_twice", marked("Trade-in {0} is in the scenario twice"), row.trade_in)
		seen.add(row.trade_in)
		trade = look_up(scenario, "Trade In", row.trade_in)
		if not trade:
			continue  # reading refuses it by name
		if trade.deal and trade.deal != scenario.deal:
			raise Refused(
				"trade_elsewhere",
				marked("Trade-in {0} belongs to deal {1}. Take it off there first"),
				row.trade_in,
				trade.deal,
			)
		if trade.status in ("Declined", "Returned"):
			raise Refused(
				"trade_gone",
				marked("Trade-in {0} is {1}. Appraise it again, or take it off"),
				row.trade_in,
				_(trade.status),
			)
		row.what = trade.vehicle_title or row.trade_in


def compute(scenario) -> None:
	"""All figures, and the gross. A scenario that no deal can be is refused with the reason."""
	sheet, taxed, found = totals.computed(scenario)
	totals.write(scenario, taxed, found)
	earned = gross(scenario, sheet, found)
	scenario.front_gross = to_float(earned.front) if earned.front is not None else 0
	scenario.back_gross = to_float(earned.back) if earned.back is not None else 0


def gross(scenario, sheet: rules.Worksheet, found: rules.Totals) -> rules.Gross:
	currency = scenario.currency
	cost = rounded(scenario.vehicle_cost, currency) if scenario.vehicle_cost else None
	return rules.gross(sheet, cost, _over_allowance(scenario), reserve(scenario, found))


def _over_allowance(scenario) -> Money:
	over = Money.zero(scenario.currency)
	for row in scenario.trades:
		value = look_up(scenario, "Trade In", row.trade_in)
		if value and value.appraised_at:
			over = over + rounded(row.allowance, scenario.currency)
			over = over - rounded(value.actual_cash_value, scenario.currency)
	return over


def reserve(scenario, found: rules.Totals) -> Money:
	"""The house's share of what the customer's rate brings above the lender's: the difference of the finance
	charges, by the lender's share. Nothing without a buy rate."""
	from dealer_pos_crm.domain import amortisation

	zero = Money.zero(scenario.currency)
	if scenario.kind != "Finance" or not flt(scenario.buy_rate) or not found.financed:
		return zero
	days = 30 if scenario.days_to_first_payment is None else cint(scenario.days_to_first_payment)
	bought = amortisation.loan(found.financed, number(scenario.buy_rate), cint(scenario.term_months), days)
	share = (
		frappe.db.get_value("Dealer Lender", scenario.lender, "reserve_share") if scenario.lender else None
	)
	percent = flt(share) if share is not None else 100.0
	spread = (found.finance_charge - bought.finance_charge).decimal
	return rounded(float(spread) * percent / 100, scenario.currency)

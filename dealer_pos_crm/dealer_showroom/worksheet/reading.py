"""A Deal Scenario as the domain reads it. Also one that is not saved: the form asks before it keeps."""

from decimal import Decimal

import frappe
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_cashier.money import rounded, to_money
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.worksheet import Kind, Line, LineKind, Terms, Trade, Worksheet

DOCTYPE = "Deal Scenario"

# Read at once, so that four offers of one deal ask for its car and its trade one time.
_FIELDS = {
	"Deal Jacket": ("company", "vehicle"),
	"Dealer Vehicle": ("price", "list_price", "acquisition_cost", "recon_cost", "other_cost"),
	"FnI Product": ("price", "cost", "term_months", "taxable", "company", "enabled"),
	"Trade In": (
		"vehicle_title",
		"vin",
		"payoff_lender",
		"deal",
		"customer",
		"status",
		"actual_cash_value",
		"appraised_at",
	),
}


def look_up(scenario, doctype: str, name: str | None):
	"""What a scenario needs of another document; None when it does not exist. ``scenario.flags.known`` shares
	what was read between the scenarios of one request."""
	if not name:
		return None
	known = scenario.flags.known
	key = (doctype, name)
	if known is not None and key in known:
		return known[key]
	found = frappe.db.get_value(doctype, name, list(_FIELDS[doctype]), as_dict=True)
	if known is not None:
		known[key] = found
	return found


def worksheet_of(scenario) -> Worksheet:
	"""What was entered, exactly; refuses amounts with more decimals than the currency has."""
	currency = scenario.currency
	return Worksheet(
		kind=Kind(scenario.kind or "Finance"),
		currency=currency,
		lines=(_vehicle(scenario), *_lines(scenario), *_products(scenario)),
		trades=tuple(_trades(scenario)),
		deposits=to_money(scenario.deposits, currency),
		cash_down=to_money(scenario.cash_down, currency),
		terms=_terms(scenario),
	)


def _vehicle(scenario) -> Line:
	return Line(LineKind.VEHICLE, "", to_money(scenario.price, scenario.currency))


def _lines(scenario) -> list[Line]:
	return [
		Line(
			LineKind(row.kind or "Fee"),
			cstr(row.label).strip() or cstr(row.kind),
			to_money(row.amount, scenario.currency),
			bool(cint(row.taxable)),
			_cost(row.cost, scenario.currency),
		)
		for row in scenario.lines
	]


def _products(scenario) -> list[Line]:
	return [
		Line(
			LineKind.PRODUCT,
			_known_product(scenario, row.product),
			to_money(row.price, scenario.currency),
			bool(cint(row.taxable)),
			_cost(row.cost, scenario.currency),
		)
		for row in scenario.products
	]


def _cost(value: object, currency: str) -> Money | None:
	"""Nobody types a cost of zero: Frappe keeps "not entered" as zero. An unknown cost stays unknown."""
	return rounded(value, currency) if value else None


def _known_product(scenario, name: str | None) -> str:
	if not name or not look_up(scenario, "FnI Product", name):
		raise Refused(
			"no_product",
			marked("{0} is no product of the catalogue. Choose one of the list, or enter it there first"),
			cstr(name) or "-",
		)
	return name


def _trades(scenario):
	for row in scenario.trades:
		trade = look_up(scenario, "Trade In", row.trade_in)
		if not trade:
			raise Refused(
				"no_trade",
				marked("Trade-in {0} does not exist. Appraise it first"),
				cstr(row.trade_in) or "-",
			)
		yield Trade(
			cstr(row.what or trade.vehicle_title or trade.vin or row.trade_in),
			to_money(row.allowance, scenario.currency),
			to_money(row.payoff, scenario.currency),
			cstr(trade.payoff_lender),
		)


def _terms(scenario) -> Terms:
	return Terms(
		term=cint(scenario.term_months),
		apr=number(scenario.apr),
		days_to_first=30 if scenario.days_to_first_payment is None else cint(scenario.days_to_first_payment),
		residual_percent=number(scenario.residual_percent),
		residual_base=to_money(scenario.residual_base, scenario.currency) if scenario.residual_base else None,
		money_factor=number(scenario.money_factor),
	)


def number(value: object) -> Decimal:
	return Decimal(cstr(value) or "0")


def deposits_for(scenario) -> Money:
	"""What is held for the deal of a scenario now."""
	known = scenario.flags.known
	if known is not None and "deposits" in known:
		return known["deposits"]
	held = deposits_of(scenario.deal, scenario.currency)
	if known is not None:
		known["deposits"] = held
	return held


def deposits_of(deal: str, currency: str) -> Money:
	"""What is held for a deal now."""
	held = frappe.get_all(
		"Deposit",
		{"deal": deal, "status": ("in", [status.value for status in HOLDING])},
		pluck="held_amount",
		order_by="name",
	)
	result = Money.zero(currency)
	for amount in held:
		result = result + rounded(amount, currency)
	return result

"""The buyer's order, and the offers side by side. For customers: no cost, no buy rate, no gross."""

from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, format_date

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Dealer, Fact, Mark, Paper, Row, Sum
from dealer_pos_crm.dealer_cashier.printing.words import dealer, less, moment, plain
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom.worksheet import scenarios
from dealer_pos_crm.domain.money import Money

_LESS = ("Discount", "Rebate")


@dataclass(frozen=True)
class Line:
	"""One row of the comparison: a label and a figure of every offer."""

	label: str
	texts: tuple[str, ...]
	strong: bool = False


@dataclass(frozen=True)
class Comparison:
	"""The offers of a deal as columns."""

	title: str
	number: str
	date: str
	dealer: Dealer
	facts: tuple[Fact, ...]
	heads: tuple[str, ...]
	lines: tuple[Line, ...]
	note: str
	closing: str = ""


# --- Buyer's order -------------------------------------------------------------------------------------


def buyers_order(deal: Any) -> Paper:
	"""The approved scenario, else the chosen one with a mark that it is no order yet."""
	approved = scenarios.approved(deal)
	scenario = approved or scenarios.chosen(deal)
	if scenario is None:
		frappe.throw(
			_("{0} has no chosen offer. Choose one on its worksheet first").format(deal.name),
			title=_("Nothing to print"),
		)
	return Paper(
		title=_("Buyer's Order"),
		number=deal.name,
		date=moment(scenario.decided_at or scenario.modified),
		dealer=dealer(deal.company),
		mark=None
		if approved
		else Mark(_("Offer"), _("Not an order yet: the dealership has not approved these figures.")),
		facts=tuple(_facts(deal, scenario)),
		sums=tuple(part for part in (_price(scenario), _paid(scenario), _credit(scenario)) if part),
		terms_title=_("order"),
		terms=_terms(scenario),
		signatures=_signatures(deal),
	)


def _money(scenario: Any, value: object) -> Money:
	return rounded(value or 0, scenario.currency)


def _signed(amount: Money) -> str:
	return less(-amount) if amount.minor < 0 else shown(amount)


def _facts(deal: Any, scenario: Any) -> list[Fact]:
	found = [Fact(_("Buyer"), _party(deal.customer))]
	if deal.co_buyer:
		found.append(Fact(_("Co-buyer"), _party(deal.co_buyer)))
	found += _car(scenario, deal)
	if deal.salesperson:
		found.append(Fact(_("Salesperson"), plain(names_of([deal.salesperson]).get(deal.salesperson, ""))))
	return found


def _party(customer: str) -> str:
	name = frappe.get_cached_value("Customer", customer, "customer_name") or customer
	address = frappe.get_cached_value("Customer", customer, "customer_primary_address")
	if not address:
		return plain(name)
	row = frappe.get_cached_doc("Address", address)
	parts = [
		name,
		row.address_line1,
		row.address_line2,
		" ".join(p for p in (row.city, row.state, row.pincode) if p),
	]
	return plain(", ".join(cstr(part) for part in parts if part))


def _car(scenario: Any, deal: Any) -> list[Fact]:
	name = scenario.vehicle or deal.vehicle
	if not name:
		return [Fact(_("Vehicle"), plain(deal.wanted or ""))]
	car = frappe.get_cached_value(
		"Dealer Vehicle",
		name,
		[
			"model_year",
			"make",
			"model",
			"trim",
			"color",
			"vin",
			"stock_number",
			"condition",
			"mileage",
			"title",
		],
		as_dict=True,
	)
	words = " ".join(cstr(part) for part in (car.model_year or "", car.make, car.model, car.trim) if part)
	text = ", ".join(
		part for part in (words or car.title, car.color, _(car.condition) if car.condition else "") if part
	)
	found = [Fact(_("Vehicle"), plain(text))]
	numbers = [
		_("VIN {0}").format(car.vin) if car.vin else "",
		_("stock {0}").format(car.stock_number) if car.stock_number else "",
		_("{0} miles").format(frappe.utils.fmt_money(cint(car.mileage), precision=0))
		if cint(car.mileage)
		else "",
	]
	if any(numbers):
		found.append(Fact(_("Numbers"), plain(" · ".join(part for part in numbers if part))))
	return found


def _price(scenario: Any) -> Sum:
	rows = [Row(_("Price of the vehicle"), shown(_money(scenario, scenario.price)))]
	for row in scenario.lines:
		amount = _money(scenario, row.amount)
		if not amount:
			continue
		taken = row.kind in _LESS
		rows.append(
			Row(plain(row.label), less(amount) if taken else shown(amount), kind="less" if taken else "part")
		)
	rows += [
		Row(
			plain(row.product),
			shown(_money(scenario, row.price)),
			_("{0} months").format(row.term_months) if cint(row.term_months) else "",
		)
		for row in scenario.products
		if flt(row.price)
	]
	rows.append(Row(_("Subtotal"), shown(_money(scenario, scenario.subtotal)), kind="total"))
	rows += _tax_rows(scenario)
	rows.append(Row(_("Total"), shown(_money(scenario, scenario.total)), kind="total"))
	return Sum(_("Price"), tuple(rows))


def _tax_rows(scenario: Any) -> list[Row]:
	if cstr(scenario.tax_exempt_reason).strip():
		return [
			Row(_("Tax"), shown(_money(scenario, 0)), _("Exempt: {0}").format(scenario.tax_exempt_reason))
		]
	rows = []
	for row in scenario.taxes:
		amount = _money(scenario, row.amount)
		text = plain(row.description)
		if flt(row.rate):
			text = f"{text} {flt(row.rate):g} %"
		if cint(row.included):
			rows.append(Row(text, "", _("{0}, included in the price").format(shown(amount)), kind="void"))
		elif amount:
			rows.append(Row(text, _signed(amount), kind="less" if amount.minor < 0 else "part"))
	return rows


def _paid(scenario: Any) -> Sum:
	"""How the total is paid; the rows add up to what is left."""
	rows = [Row(_("Total"), shown(_money(scenario, scenario.total)))]
	for trade in scenario.trades:
		rows.append(
			Row(
				_("Trade-in: {0}").format(plain(trade.what or trade.trade_in)),
				less(_money(scenario, trade.allowance)),
				_("allowance"),
				"less",
			)
		)
		if flt(trade.payoff):
			rows.append(
				Row(
					_("Payoff of the trade-in"),
					shown(_money(scenario, trade.payoff)),
					_payoff(trade.trade_in),
				)
			)
	for label, value in ((_("Deposits held"), scenario.deposits), (_("Cash down"), scenario.cash_down)):
		if flt(value):
			rows.append(Row(label, less(_money(scenario, value)), kind="less"))
	if scenario.kind == "Cash":
		left = _money(scenario, scenario.balance)
		label = _("To pay at delivery") if left.minor >= 0 else _("Back to the buyer")
		rows.append(Row(label, shown(left if left.minor >= 0 else -left), kind="held"))
	else:
		label = _("Amount financed") if scenario.kind == "Finance" else _("Adjusted capitalized cost")
		rows.append(Row(label, shown(_money(scenario, scenario.amount_financed)), kind="held"))
	return Sum(_("Payment"), tuple(rows))


def _payoff(trade_in: str) -> str:
	lender, until = frappe.db.get_value("Trade In", trade_in, ["payoff_lender", "payoff_good_through"])
	parts = [
		plain(lender or ""),
		_("good through {0}").format(format_date(until)) if until else "",
	]
	return " · ".join(part for part in parts if part)


def _credit(scenario: Any) -> Sum | None:
	"""The disclosure of Regulation Z (12 CFR 1026.18), or of a lease (Regulation M, 12 CFR 1013.4)."""
	if scenario.kind == "Cash":
		return None
	count = cint(scenario.term_months)
	payment, last = _money(scenario, scenario.payment), _money(scenario, scenario.last_payment)
	rows = []
	if scenario.kind == "Finance":
		rows.append(Row(_("Annual percentage rate"), f"{flt(scenario.apr):g} %"))
		rows.append(Row(_("Finance charge"), shown(_money(scenario, scenario.finance_charge))))
		rows.append(Row(_("Total of payments"), shown(_money(scenario, scenario.total_of_payments))))
	else:
		rows.append(Row(_("Rent charge"), shown(_money(scenario, scenario.finance_charge))))
		rows.append(Row(_("Residual"), f"{flt(scenario.residual_percent):g} %"))
		rows.append(Row(_("Miles a year"), frappe.utils.fmt_money(cint(scenario.miles_a_year), precision=0)))
		rows.append(Row(_("Due at signing"), shown(_money(scenario, scenario.due_at_signing))))
	note = plain(scenario.lender or "")
	if scenario.kind == "Finance" and cint(scenario.days_to_first_payment):
		first = _("first after {0} days").format(cint(scenario.days_to_first_payment))
		note = " · ".join(part for part in (note, first) if part)
	if payment == last or count < 2:
		rows.append(Row(_("{0} monthly payments of").format(count), shown(payment), note, "held"))
	else:
		rows.append(Row(_("{0} monthly payments of").format(count - 1), shown(payment), note, "held"))
		rows.append(Row(_("and a last one of"), shown(last)))
	return Sum(_("Lease") if scenario.kind == "Lease" else _("Financing"), tuple(rows))


def _terms(scenario: Any) -> str:
	said = [_("The buyer orders the vehicle described above at these figures.")]
	if scenario.trades:
		said.append(
			_(
				"The trade-in is the buyer's; a payoff above the one shown is the buyer's to pay, one below it is credited."
			)
		)
	if scenario.kind != "Cash":
		said.append(_("Financing depends on the lender's approval of the buyer's credit."))
	return " ".join(said)


def _signatures(deal: Any) -> tuple[str, ...]:
	found = [_("Buyer")]
	if deal.co_buyer:
		found.append(_("Co-buyer"))
	return (*found, _("For {0}").format(deal.company))


# --- Comparison ----------------------------------------------------------------------------------------


def comparison(deal: Any) -> Comparison:
	"""The offers side by side, without what was turned down."""
	offers = [row for row in scenarios.of_deal(deal.name) if row.status != "Rejected"]
	if not offers:
		frappe.throw(_("{0} has no offer to compare").format(deal.name), title=_("Nothing to print"))
	return Comparison(
		title=_("Your Offers"),
		number=deal.name,
		date=format_date(frappe.utils.nowdate()),
		dealer=dealer(deal.company),
		facts=tuple(_facts(deal, offers[0])),
		heads=tuple(plain(row.label) for row in offers),
		lines=tuple(_lines(offers)),
		note=_("Offers, not an order. Financing depends on the lender's approval of your credit."),
	)


def _lines(offers: list) -> list[Line]:
	found = [_line(_("Kind of deal"), offers, lambda row: _(row.kind))]
	found.append(_amounts(_("Price of the vehicle"), offers, "price"))
	for key in dict.fromkeys((row.kind, row.label) for offer in offers for row in offer.lines):
		found.append(_line(plain(key[1]), offers, lambda offer, key=key: _of_line(offer, key)))
	for product in dict.fromkeys(row.product for offer in offers for row in offer.products):
		found.append(_line(plain(product), offers, lambda offer, name=product: _of_product(offer, name)))
	found.append(_amounts(_("Tax"), offers, "tax_total"))
	found.append(_amounts(_("Total"), offers, "total", strong=True))
	if any(offer.trades for offer in offers):
		found.append(_amounts(_("Trade-in allowance"), offers, "trade_allowance", taken=True))
		found.append(_amounts(_("Payoff of the trade-in"), offers, "trade_payoff"))
	found.append(_amounts(_("Deposits held"), offers, "deposits", taken=True))
	found.append(_amounts(_("Cash down"), offers, "cash_down", taken=True))
	found.append(_line(_("Left to pay, or financed"), offers, _left, strong=True))
	if any(offer.kind != "Cash" for offer in offers):
		found.append(
			_line(_("Months"), offers, lambda offer: "" if offer.kind == "Cash" else offer.term_months)
		)
		found.append(
			_line(
				_("Annual percentage rate"),
				offers,
				lambda offer: f"{flt(offer.apr):g} %" if offer.kind == "Finance" else "",
			)
		)
		found.append(_line(_("Monthly payment"), offers, _payment, strong=True))
		found.append(
			_line(_("Finance charge"), offers, lambda offer: _if_credit(offer, offer.finance_charge))
		)
		found.append(
			_line(_("Total of payments"), offers, lambda offer: _if_credit(offer, offer.total_of_payments))
		)
	found.append(_amounts(_("Due at signing"), offers, "due_at_signing"))
	return [line for line in found if any(line.texts)]


def _line(label: str, offers: list, text, *, strong: bool = False) -> Line:
	return Line(label, tuple(cstr(text(offer)) for offer in offers), strong)


def _amounts(label: str, offers: list, field: str, *, taken: bool = False, strong: bool = False) -> Line:
	def text(offer: Any) -> str:
		amount = _money(offer, offer.get(field))
		if not amount:
			return "" if taken or field in ("trade_payoff",) else shown(amount)
		return less(amount) if taken else _signed(amount)

	return _line(label, offers, text, strong=strong)


def _of_line(offer: Any, key: tuple[str, str]) -> str:
	row = next((row for row in offer.lines if (row.kind, row.label) == key), None)
	if row is None or not flt(row.amount):
		return ""
	amount = _money(offer, row.amount)
	return less(amount) if row.kind in _LESS else shown(amount)


def _of_product(offer: Any, product: str) -> str:
	row = next((row for row in offer.products if row.product == product), None)
	return shown(_money(offer, row.price)) if row else ""


def _left(offer: Any) -> str:
	return _signed(_money(offer, offer.balance if offer.kind == "Cash" else offer.amount_financed))


def _payment(offer: Any) -> str:
	return _if_credit(offer, offer.payment)


def _if_credit(offer: Any, value: object) -> str:
	return "" if offer.kind == "Cash" else shown(_money(offer, value))

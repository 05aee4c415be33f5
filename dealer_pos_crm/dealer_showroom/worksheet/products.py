"""F&I products: sold with the contract, cancelled later with a refund."""

import frappe
from frappe import _
from frappe.utils import add_months, cint, cstr, date_diff, flt, getdate

from dealer_pos_crm.dealer_cashier.money import rounded, shown, to_float, to_money
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.dealer_showroom.worksheet import scenarios
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.worksheet import pro_rata_refund

SOLD, CANCELLED = "Sold", "Cancelled"


def catalogue(company: str) -> list[dict]:
	"""The products that are sold in a company, by kind; costs only for whoever may see them."""
	rows = [
		row
		for row in frappe.get_all(
			"FnI Product",
			{"enabled": 1},
			["name", "kind", "company", "price", "cost", "term_months", "term_miles", "taxable"],
			order_by="kind, product_name",
		)
		if row.company in (None, "", company)
	]
	if not _sees_costs():
		for row in rows:
			del row["cost"]
	return rows


def _sees_costs() -> bool:
	return 1 in frappe.new_doc("FnI Product").get_permlevel_access("read")


def sell(deal) -> None:
	"""The products of the approved scenario are the deal's: rows on the deal in hand; the caller keeps it.

	Contract numbers that were filled in stay. Without an approved scenario nothing is sold.
	"""
	scenario = scenarios.approved(deal)
	numbers = {row.product: row.contract_no for row in deal.products if row.status != CANCELLED}
	deal.set("products", [row for row in deal.products if row.status == CANCELLED])
	for row in scenario.products if scenario else ():
		deal.append(
			"products",
			{
				"product": row.product,
				"price": row.price,
				"cost": row.cost,
				"term_months": row.term_months,
				"contract_no": numbers.get(row.product),
				"status": SOLD,
				"currency": deal.currency,
			},
		)


def refund_of(deal, row, on) -> Money:
	"""What a product cancelled on a day gives back: its price by the days that are left of its term."""
	price = rounded(row.price, deal.currency)
	begins = getdate(deal.delivered_at or deal.contracted_on or on)
	months = cint(row.term_months)
	if not deal.delivered_at or getdate(on) <= begins:
		return price  # it never began
	in_all = date_diff(add_months(begins, months), begins) if months else 0
	return pro_rata_refund(price, date_diff(getdate(on), begins), in_all)


@action
def cancel_one(deal_name: str, row_name: str, on: str, reason: str, refund: object = None) -> dict:
	"""Cancel one product that was sold. ``refund`` in major units; by default pro rata by days.

	Writes what is to be refunded and tells it; the money goes back by the accountant's credit note or by the
	provider. The same product twice is refused.
	"""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals
	from dealer_pos_crm.dealer_showroom.gross import gross

	deal = deals.locked(deal_name)
	with explained():
		row = next((row for row in deal.products if row.name == row_name), None)
		if row is None:
			raise Refused("no_product", marked("{0} has no such product any more"), deal.name)
		found = _cancel(deal, row, on, reason, refund, keep=deals.keep)
	# What was earned by it goes with it, and so do commissions.
	gross.late_cost(deal.name, reason=_("{0} was cancelled").format(row.product))
	return found


def cancel(deal, on, reason: str) -> list[str]:
	"""Cancel all products of a deal in hand, as an unwind does: the whole price back. Keeps the deal.

	Returns their names; those cancelled before stay as they are."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	done = []
	for row in deal.products:
		if row.status == SOLD:
			_cancel(deal, row, on, reason, row.price, keep=lambda _deal: None)
			done.append(row.product)
	if done:
		deals.keep(deal)
	return done


def _cancel(deal, row, on, reason: str, refund: object, *, keep) -> dict:
	said = cstr(reason).strip()
	if not said:
		raise Refused("no_reason", marked("Say why {0} is cancelled"), row.product)
	if row.status != SOLD:
		raise Refused(
			"cancelled", marked("{0} was cancelled on {1} already"), row.product, cstr(row.cancelled_on)
		)
	day = getdate(on)
	if deal.contracted_on and day < getdate(deal.contracted_on):
		raise Refused(
			"before_sale",
			marked("{0} was sold on {1}; it cannot be cancelled before"),
			row.product,
			cstr(deal.contracted_on),
		)
	if not cint(frappe.get_cached_value("FnI Product", row.product, "cancellable")) and refund is None:
		raise Refused(
			"not_cancellable",
			marked("{0} cannot be cancelled for a refund. Enter the refund by hand if the provider agrees"),
			row.product,
		)
	amount = refund_of(deal, row, day) if refund in (None, "") else to_money(flt(refund), deal.currency)
	price = rounded(row.price, deal.currency)
	if amount.minor < 0 or amount > price:
		raise Refused(
			"refund", marked("A refund of {0} is not possible; {1} cost {2}"), amount, row.product, price
		)
	row.update({"status": CANCELLED, "cancelled_on": day, "refund_amount": to_float(amount)})
	keep(deal)
	log.write(
		"product.cancelled",
		title=_("{0} cancelled, {1} to refund").format(row.product, shown(amount)),
		customer=deal.customer,
		company=deal.company,
		reference=("Deal Jacket", deal.name),
		vehicle=deal.vehicle,
		deal=deal.name,
		lead=deal.lead,
		department="F&I",
		amount=amount,
		actor=deal.fni_manager or deal.salesperson,
		reason=said,
		facts={"what": row.product, "contract_no": row.contract_no},
	)
	return {"product": row.product, "refund": to_float(amount)}


def shown_refund(deal_name: str, row_name: str, on: str) -> float:
	"""The default refund in major units; zero where there is none to compute."""
	deal = frappe.get_doc("Deal Jacket", deal_name)
	row = next((row for row in deal.products if row.name == row_name), None)
	if row is None:
		return 0.0
	try:
		return to_float(refund_of(deal, row, on))
	except Refused:
		return 0.0

"""What jobs, parts and the whole order cost; the tax by ERPNext's own engine on an invoice that is never saved."""

from collections.abc import Iterable
from decimal import Decimal

import frappe
from erpnext.controllers.accounts_controller import get_taxes_and_charges
from erpnext.controllers.taxes_and_totals import calculate_taxes_and_totals
from frappe.utils import cint, cstr, flt, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_service.orders.order import money, number, rule_jobs
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.money import Money, total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

RATE_FIELDS = {
	"Customer": "labor_rate_customer",
	"Warranty": "labor_rate_warranty",
	"Internal": "labor_rate_internal",
}


def house_rate(company: str, pay_type: str) -> float:
	"""The company's labor rate per hour; zero where none is kept."""
	return flt(settings_of(company).get(RATE_FIELDS[pay_type])) if is_dealership(company) else 0.0


def labor_of(operation: str, pay_type: str, company: str) -> tuple[float, float]:
	"""Hours and rate per hour of an op code for a pay type; its own, else the house's."""
	doc = frappe.get_cached_doc("Labor Operation", operation)
	row = next((row for row in doc.rates if row.pay_type == pay_type), None)
	hours = flt(row.hours) if row and flt(row.hours) else flt(doc.hours)
	rate = flt(row.rate) if row and flt(row.rate) else house_rate(company, pay_type)
	return hours, rate


def selling_rates(items: Iterable[str], currency: str) -> dict[str, float]:
	"""What parts sell for, by item: the standard selling price list, else the item's own rate. Two queries."""
	wanted = sorted({item for item in items if item})
	if not wanted:
		return {}
	found = {
		row.name: flt(row.standard_rate)
		for row in frappe.get_all(
			"Item", {"name": ("in", wanted)}, ["name", "standard_rate"], order_by="name"
		)
	}
	price_list = frappe.db.get_single_value("Selling Settings", "selling_price_list", cache=True)
	if price_list:
		today = nowdate()
		for row in frappe.get_all(
			"Item Price",
			{
				"item_code": ("in", wanted),
				"price_list": price_list,
				"currency": currency,
				"selling": 1,
				"customer": ("is", "not set"),
				"valid_from": ("<=", today),
			},
			["item_code", "price_list_rate", "valid_upto"],
			order_by="valid_from, creation",
		):
			if not row.valid_upto or cstr(row.valid_upto) >= today:
				found[row.item_code] = flt(row.price_list_rate)
	return found


def set_amounts(order) -> None:
	"""Amounts of rows and jobs, totals by who pays, tax, and what the customer authorised."""
	parts, sublets = _row_amounts(order)
	for row in order.jobs:
		price = rules.Price(
			labor=rules.labor_at(number(row.hours), money(order, row.rate)),
			parts=parts.get(cint(row.job_no), money(order, 0)),
			sublet=sublets.get(cint(row.job_no), money(order, 0)),
		)
		row.update(
			{
				"currency": order.currency,
				"labor_amount": to_float(price.labor),
				"parts_amount": to_float(price.parts),
				"sublet_amount": to_float(price.sublet),
				"amount": to_float(price.amount),
			}
		)
	jobs = rule_jobs(order)
	by_payer = rules.totals(jobs, order.currency)
	net, tax = _customer_pay(order, by_payer[rules.PayType.CUSTOMER])
	order.update(
		{
			"customer_total": to_float(net),
			"warranty_total": to_float(by_payer[rules.PayType.WARRANTY]),
			"internal_total": to_float(by_payer[rules.PayType.INTERNAL]),
			"tax_amount": to_float(tax),
			"grand_total": to_float(net + tax),
			"authorised_total": to_float(rules.authorised(jobs, order.currency)),
			"pending_jobs": sum(job.answer is rules.Answer.PENDING for job in jobs),
		}
	)


def _row_amounts(order) -> tuple[dict[int, Money], dict[int, Money]]:
	"""Amount of each part row; sums of parts and of sublets by job number."""
	parts: dict[int, Money] = {}
	for row in order.parts:
		quantity, rate = number(row.qty), money(order, row.rate)
		if quantity <= 0 or rate.minor < 0:
			raise Refused(
				"part_amount",
				marked("Parts row {0}: a quantity above zero and a rate not below zero are needed"),
				row.idx,
			)
		amount = rules.product(quantity, rate)
		row.update({"currency": order.currency, "amount": to_float(amount)})
		parts[cint(row.job_no)] = parts.get(cint(row.job_no), Money.zero(order.currency)) + amount
	sublets: dict[int, Money] = {}
	for row in order.sublets:
		price = money(order, row.price)
		if price.minor < 0 or flt(row.cost) < 0:
			raise Refused(
				"sublet_amount", marked("Sublet row {0}: cost and price are not below zero"), row.idx
			)
		row.currency = order.currency
		sublets[cint(row.job_no)] = sublets.get(cint(row.job_no), Money.zero(order.currency)) + price
	return parts, sublets


def _lines(order) -> list[tuple[str | None, Decimal, Money]]:
	"""What an invoice to the customer would list: (item, quantity, rate)."""
	settings = settings_of(order.company) if is_dealership(order.company) else frappe._dict()
	mine = {
		cint(row.job_no)
		for row in order.jobs
		if row.pay_type == "Customer" and row.answer in ("Pending", "Approved")
	}
	lines = [
		(settings.get("labor_item"), Decimal(1), money(order, row.labor_amount))
		for row in order.jobs
		if cint(row.job_no) in mine and row.labor_amount
	]
	lines += [
		(row.item or settings.get("parts_item"), number(row.qty), money(order, row.rate))
		for row in order.parts
		if cint(row.job_no) in mine and row.amount
	]
	lines += [
		(settings.get("sublet_item"), Decimal(1), money(order, row.price))
		for row in order.sublets
		if cint(row.job_no) in mine and row.price
	]
	return lines


def _customer_pay(order, amount: Money) -> tuple[Money, Money]:
	"""Net and tax of what the customer pays, as ERPNext would invoice it."""
	if not order.tax_template or not amount:
		return amount, Money.zero(order.currency)
	taxes = template_rows(order.tax_template)
	if not taxes:
		return amount, Money.zero(order.currency)
	invoice = frappe.new_doc("Sales Invoice")
	invoice.update(
		{
			"company": order.company,
			"customer": order.customer,
			"currency": order.currency,
			"party_account_currency": order.currency,
			"conversion_rate": 1,
			"plc_conversion_rate": 1,
			"posting_date": nowdate(),
			"disable_rounded_total": 1,
			"taxes_and_charges": order.tax_template,
		}
	)
	for item, quantity, rate in _lines(order):
		invoice.append(
			"items",
			{
				"item_name": item or "-",
				"item_tax_rate": _item_tax(item, order.company),
				"qty": float(quantity),
				"conversion_factor": 1,
				"rate": to_float(rate),
			},
		)
	for row in taxes:
		invoice.append("taxes", row)
	calculate_taxes_and_totals(invoice)
	net = rounded(invoice.net_total, order.currency)
	return net, rounded(invoice.grand_total, order.currency) - net


def template_rows(template: str) -> list[dict]:
	"""The tax rows of a template, as ERPNext copies them; empty when the template is gone or disabled."""
	rows = frappe.cache.hget("dealer_tax_rows", template)
	if rows is None:
		rows = get_taxes_and_charges("Sales Taxes and Charges Template", template) or []
		frappe.cache.hset("dealer_tax_rows", template, rows)
	return [dict(row) for row in rows]


def forget_template(doc, method=None) -> None:
	"""To be called when a tax template changes or goes."""
	frappe.cache.hdel("dealer_tax_rows", doc.name)


def _item_tax(item: str | None, company: str) -> str:
	"""Rates of the item's own tax template of the company, as the invoice would have them; from the cache."""
	if not item or not frappe.db.exists("Item", item, cache=True):
		return "{}"
	rows = frappe.get_cached_doc("Item", item).get("taxes") or []
	for row in rows:
		template = frappe.get_cached_doc("Item Tax Template", row.item_tax_template)
		if template.company == company and not template.disabled:
			return frappe.as_json({tax.tax_type: tax.tax_rate for tax in template.taxes}, indent=None)
	return "{}"


def priced(order, row, price: float, hours: float, parts_amount: Money) -> None:
	"""Hours and rate of a job that make exactly this price together with its parts."""
	wanted = rounded(price, order.currency)
	labor = wanted - parts_amount if wanted > parts_amount else Money.zero(order.currency)
	quantity, rate = rules.fixed_labor(number(hours), labor)
	row.hours, row.rate = float(quantity), to_float(rate)


def sum_of(order, rows: Iterable) -> Money:
	return total(
		(rules.product(number(row.qty), money(order, row.rate)) for row in rows),
		order.currency,
	)

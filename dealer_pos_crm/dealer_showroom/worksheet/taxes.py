"""The taxes of a worksheet, computed by ERPNext's own engine on an invoice that is never saved.

What holds on ERPNext 15, and why it is done so:

- A negative item row is refused by a Sales Invoice (Selling Settings, *Allow Negative rates for Items*), so
  discounts and rebates lower the car's own row, and the trade is no row at all.
- A line that is not taxed carries an Item Tax Template with a rate of zero for every account of the tax
  template. It works for rows on the net total, for compound rows and for taxes included in the price. Without
  it the engine taxes every row.
- Where the taxed amount is less than the invoice says (the trade allowance reduces it) or more (a rebate that
  is taxed all the same), the engine runs once more on the true base. The difference of every account becomes a
  row of its own, charge type *Actual*. A credit is never more than the tax: the base ends at zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import frappe
from erpnext.controllers.taxes_and_totals import calculate_taxes_and_totals
from frappe import _
from frappe.utils import cint, cstr, flt, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_setup.settings import cost_center_of, settings_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.worksheet import LESSENING, Line, Worksheet

TEMPLATE = "Sales Taxes and Charges Template"


@dataclass(frozen=True)
class TaxRow:
	"""One row of the invoice's tax table, and what came out of it."""

	charge_type: str
	account_head: str
	description: str
	rate: float
	row_id: str
	included: bool
	cost_center: str
	amount: Money

	@property
	def actual(self) -> bool:
		return self.charge_type == "Actual"


@dataclass(frozen=True)
class Taxed:
	"""What the engine says: the rows, and the sum of the invoice."""

	rows: tuple[TaxRow, ...]
	total: Money


class _Sums(calculate_taxes_and_totals):
	"""ERPNext's engine, for amounts only: who is taxed is ours to say, and nothing is rendered."""

	def calculate_item_values(self) -> None:
		"""One of each at its amount: there is nothing to multiply, and no price list to look at."""
		for item in self.doc.items:
			for field in ("net_rate", "amount", "net_amount"):
				item.set(field, item.rate)
			for field in ("base_rate", "base_net_rate", "base_amount", "base_net_amount"):
				item.set(field, item.rate)
			item.item_tax_amount = 0.0

	def validate_item_tax_template(self) -> None:
		pass

	def update_item_tax_map(self) -> None:
		accounts = frappe.as_json({tax.account_head: 0 for tax in self.doc.taxes})
		for item in self.doc.items:
			item.item_tax_rate = "{}" if item.flags.taxable else accounts

	def set_item_wise_tax_breakup(self) -> None:
		pass

	def calculate_total_advance(self) -> None:
		pass


def template_of(scenario) -> str | None:
	"""The tax template: the scenario's, else the settings'. None when the sale is exempt."""
	if cstr(scenario.tax_exempt_reason).strip():
		return None
	return scenario.tax_template or settings_of(scenario.company).vehicle_tax_template or None


def template_rows(template: str | None, company: str) -> list[dict]:
	"""The rows of a tax template, as an invoice takes them."""
	if not template:
		return []
	doc = frappe.get_cached_doc(TEMPLATE, template)
	if doc.company != company:
		raise Refused(
			"tax_company",
			marked("Tax template {0} belongs to {1}. Choose one of {2}"),
			template,
			doc.company,
			company,
		)
	return [
		{
			"charge_type": row.charge_type,
			"account_head": row.account_head,
			"description": row.description or row.account_head,
			"rate": flt(row.rate),
			"row_id": cstr(row.row_id),
			"included_in_print_rate": cint(row.included_in_print_rate),
			"cost_center": row.cost_center or cost_center_of(company, "Sales"),
			"tax_amount": flt(row.tax_amount) if row.charge_type == "Actual" else 0,
		}
		for row in doc.taxes
	]


def on_the_invoice(sheet: Worksheet) -> list[Line]:
	"""The lines as an invoice can hold them: what lowers the price is in the car's row."""
	car, *rest = sheet.lines
	amount = car.amount
	for line in rest:
		if line.kind in LESSENING:
			amount = amount - line.amount
	return [replace(car, amount=amount), *(line for line in rest if line.kind not in LESSENING)]


class Engine:
	"""Runs ERPNext's engine over the lines of one worksheet."""

	def __init__(self, company: str, currency: str, taxes: list[dict]) -> None:
		self.company, self.currency, self.taxes = company, currency, taxes

	def run(self, lines: Sequence[Line]) -> tuple[list[Money], Money]:
		"""The tax of every row, and the grand total."""
		invoice = frappe.new_doc("Sales Invoice")
		invoice.update(
			{
				"company": self.company,
				"currency": self.currency,
				"conversion_rate": 1,
				"posting_date": nowdate(),
				"discount_amount": 0,
				"apply_discount_on": "",
				"disable_rounded_total": 1,
			}
		)
		for number, line in enumerate(lines, start=1):
			amount = to_float(line.amount)
			row = invoice.append(
				"items",
				{"item_name": f"{number}", "qty": 1, "rate": amount, "total_weight": 0},
			)
			row.flags.taxable = line.taxable
		for tax in self.taxes:
			invoice.append("taxes", tax)
		_Sums(invoice)
		return (
			[rounded(row.tax_amount, self.currency) for row in invoice.taxes],
			rounded(invoice.grand_total, self.currency),
		)


def compute(scenario, sheet: Worksheet) -> Taxed:
	"""The tax rows of a scenario's invoice and its total."""
	taxes = template_rows(template_of(scenario), scenario.company)
	engine = Engine(scenario.company, scenario.currency, taxes)
	lines = on_the_invoice(sheet)
	amounts, sum_total = engine.run(lines)
	if not taxes:
		return Taxed((), sum_total)
	rows = [
		TaxRow(
			row["charge_type"],
			row["account_head"],
			row["description"],
			row["rate"],
			row["row_id"],
			bool(row["included_in_print_rate"]),
			row["cost_center"],
			amount,
		)
		for row, amount in zip(taxes, amounts, strict=True)
	]
	for description, before, after in _corrections(scenario, sheet, engine, lines, amounts):
		for row in _differences(taxes, before, after, description):
			rows.append(row)
			sum_total = sum_total + row.amount
	return Taxed(tuple(rows), sum_total)


def _corrections(scenario, sheet: Worksheet, engine: Engine, lines: list[Line], amounts: list[Money]):
	"""(why, tax before, tax after) for every way in which the true base differs from the invoice's rows."""
	base, standing = lines, amounts
	untaxed = [line for line in sheet.lines if line.kind in LESSENING and not line.taxable]
	if untaxed:
		car = base[0]
		for line in untaxed:
			car = replace(car, amount=car.amount + line.amount)
		base = [car, *base[1:]]
		found, _sum = engine.run(_few(base, engine.taxes))
		yield _("Tax on {0}").format(", ".join(line.label for line in untaxed)), standing, found
		standing = found
	allowance = sheet.allowance
	if allowance and cint(settings_of(scenario.company).trade_reduces_tax):
		found, _sum = engine.run(_few(_less(base, allowance), engine.taxes))
		yield _("Tax credit for the trade-in"), standing, found


def _few(lines: list[Line], taxes: list[dict]) -> list[Line]:
	"""As few rows as give the same tax: one that is taxed, one that is not. Where rows are rounded one by one or
	counted, all stay."""
	if any(row["included_in_print_rate"] or row["charge_type"] == "On Item Quantity" for row in taxes):
		return lines
	if cint(frappe.db.get_single_value("Accounts Settings", "round_row_wise_tax")):
		return lines
	found: dict[bool, Line] = {}
	for line in lines:
		same = found.get(line.taxable)
		found[line.taxable] = replace(same, amount=same.amount + line.amount) if same else line
	return list(found.values())


def _less(lines: list[Line], amount: Money) -> list[Line]:
	"""The taxed lines, from the car on, less an amount; none below zero."""
	result = []
	for line in lines:
		if line.taxable:
			part = min(line.amount, amount)
			line, amount = replace(line, amount=line.amount - part), amount - part
		result.append(line)
	return result


def _differences(
	taxes: list[dict], before: list[Money], after: list[Money], description: str
) -> list[TaxRow]:
	"""One row an account and cost center, where the tax differs."""
	found: dict[tuple[str, str], Money] = {}
	names: dict[tuple[str, str], str] = {}
	for row, was, now in zip(taxes, before, after, strict=True):
		key = (row["account_head"], row["cost_center"])
		found[key] = found.get(key, Money.zero(was.currency)) + now - was
		names.setdefault(key, frappe.utils.strip_html(row["description"]))
	return [
		TaxRow(
			"Actual",
			account,
			f"{description}: {names[account, cost_center]}",
			0.0,
			"",
			False,
			cost_center,
			amount,
		)
		for (account, cost_center), amount in found.items()
		if amount
	]

"""The worksheet's taxes on a real site: ERPNext's invoice comes to the worksheet's total, to the cent."""

import random

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom.worksheet import invoice_lines, totals
from dealer_pos_crm.domain.money import Money
from tests.site import factories as f
from tests.site import showroom as s
from tests.site import worksheet_data as d


@pytest.fixture(scope="module")
def templates():
	return d.set_up_worksheet()


def invoice_of(scenario, deal):
	"""A Sales Invoice made of the scenario's rows and really inserted and submitted; the caller rolls back."""
	invoice = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": deal.company,
			"customer": deal.customer,
			"currency": scenario.currency,
			"conversion_rate": 1,
			"items": [{"item_code": row["item_code"], "qty": 1} for row in invoice_lines.lines(scenario)],
		}
	)
	invoice.set_missing_values()
	invoice_lines.put(invoice, scenario)
	invoice.insert()
	invoice.submit()
	return invoice


def same(scenario, deal):
	found = totals.totals(scenario)
	invoice = invoice_of(scenario, deal)
	assert rounded(invoice.grand_total, "USD") == found.total
	assert rounded(invoice.outstanding_amount, "USD") == found.total
	assert found.adds_up
	return invoice, found


def scenario_of(deal, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Deal Scenario",
			"deal": deal.name,
			"label": "Test",
			"kind": "Cash",
			"price": 25_000,
			**values,
		}
	)
	return doc.insert()


def test_a_plain_sale(templates):
	deal = s.make_deal()
	scenario = scenario_of(
		deal,
		tax_template=templates["plain"],
		lines=[{"kind": "Fee", "label": "Documentation fee", "amount": 499, "taxable": 1}],
	)
	invoice, found = same(scenario, deal)
	assert found.taxes == Money.of("1593.69", "USD")  # 6.25 % of 25,499
	assert [row.rate for row in invoice.items] == [25_000, 499]
	frappe.db.rollback()


def test_the_trade_reduces_the_tax_by_a_row_of_its_own(templates):
	deal = s.make_deal()
	trade = d.make_trade(deal, allowance=8_000)
	scenario = scenario_of(
		deal,
		tax_template=templates["two"],
		trades=[{"trade_in": trade.name, "allowance": 8_000, "payoff": 0}],
	)
	invoice, found = same(scenario, deal)
	rows = {(row.description, row.account_head): row.tax_amount for row in invoice.taxes}
	credit = {account: amount for (text, account), amount in rows.items() if "credit" in text}
	assert credit == {f"State Sales Tax - {f.ABBR}": -500.0, f"County Tax - {f.ABBR}": -110.0}
	assert found.taxes == Money.of("1296.25", "USD")  # 7.625 % of 17,000
	frappe.db.rollback()


def test_a_trade_above_the_price_takes_all_the_tax_and_no_more(templates):
	deal = s.make_deal()
	trade = d.make_trade(deal, allowance=40_000, value=39_000)
	scenario = scenario_of(
		deal,
		tax_template=templates["flat"],
		trades=[{"trade_in": trade.name, "allowance": 40_000, "payoff": 0}],
	)
	_invoice, found = same(scenario, deal)
	assert found.taxes == Money.of("12.50", "USD")  # the flat fee has no base
	frappe.db.rollback()


def test_the_setting_leaves_the_trade_out_of_the_tax(templates):
	deal = s.make_deal()
	trade = d.make_trade(deal)
	s.set_up_showroom(trade_reduces_tax=0)
	try:
		scenario = scenario_of(
			deal,
			tax_template=templates["plain"],
			trades=[{"trade_in": trade.name, "allowance": 8_000, "payoff": 0}],
		)
		_invoice, found = same(scenario, deal)
		assert found.taxes == Money.of("1562.50", "USD")
	finally:
		frappe.db.rollback()
		s.set_up_showroom(trade_reduces_tax=1)


def test_a_line_that_is_not_taxed(templates):
	deal = s.make_deal()
	scenario = scenario_of(
		deal,
		tax_template=templates["compound"],
		lines=[{"kind": "Fee", "label": "Title fee", "amount": 85, "taxable": 0}],
		products=[{"product": d.product(), "price": 1995, "taxable": 0}],
	)
	invoice, found = same(scenario, deal)
	assert [bool(row.item_tax_template) for row in invoice.items] == [False, True, True]
	alone = scenario_of(deal, tax_template=templates["compound"])
	assert found.taxes == totals.totals(alone).taxes
	frappe.db.rollback()


def test_a_rebate_that_is_taxed_all_the_same(templates):
	deal = s.make_deal()
	scenario = scenario_of(
		deal,
		tax_template=templates["plain"],
		lines=[{"kind": "Rebate", "label": "Factory rebate", "amount": 1_000, "taxable": 0}],
	)
	invoice, found = same(scenario, deal)
	assert invoice.items[0].rate == 24_000
	assert found.taxes == Money.of("1562.50", "USD")
	frappe.db.rollback()


def test_taxes_in_the_price(templates):
	deal = s.make_deal()
	scenario = scenario_of(deal, tax_template=templates["included"], price=23_800)
	invoice, found = same(scenario, deal)
	assert found.total == Money.of(23_800, "USD") and found.taxes == Money.of(0, "USD")
	assert invoice.total_taxes_and_charges == 3_800
	frappe.db.rollback()


def test_an_exempt_sale_has_no_tax_and_says_why(templates):
	deal = s.make_deal()
	scenario = scenario_of(deal, tax_template=templates["plain"], tax_exempt_reason="Resale certificate 123")
	invoice, found = same(scenario, deal)
	assert not invoice.taxes and found.taxes == Money.of(0, "USD")
	frappe.db.rollback()


def test_an_item_with_taxes_of_its_own_is_refused(templates):
	deal = s.make_deal()
	scenario = scenario_of(deal, tax_template=templates["plain"])
	own = invoice_lines.not_taxed(deal.company, [d.account("State Sales Tax")])
	car = frappe.get_doc("Item", "Used Car")
	car.append("taxes", {"item_tax_template": own})
	car.save()
	with pytest.raises(Exception, match="tax templates of its own"):
		invoice_lines.lines(scenario)
	frappe.db.rollback()
	frappe.clear_document_cache("Item", "Used Car")


@pytest.mark.parametrize("seed", range(40))
def test_random_scenarios_are_the_invoice_to_the_cent(templates, seed):
	rng = random.Random(seed)
	deal = s.make_deal()
	cents = lambda high: rng.randrange(0, high * 100) / 100  # noqa: E731
	trades = []
	for _number in range(rng.choice([0, 1, 1, 2])):
		trade = d.make_trade(deal, allowance=cents(20_000))
		trades.append({"trade_in": trade.name, "allowance": trade.allowance, "payoff": 0})
	scenario = scenario_of(
		deal,
		price=10_000 + cents(60_000),
		tax_template=templates[rng.choice(sorted(templates))],
		tax_exempt_reason="Export" if rng.random() < 0.1 else None,
		lines=[
			{
				"kind": rng.choice(["Fee", "Accessory", "Discount", "Rebate"]),
				"label": f"Line {number}",
				"amount": cents(1_500),
				"taxable": rng.choice([0, 1]),
			}
			for number in range(rng.randrange(0, 6))
		],
		products=[
			{"product": d.product(), "price": cents(3_000), "taxable": rng.choice([0, 1])}
			for _number in range(rng.randrange(0, 3))
		],
		trades=trades,
	)
	same(scenario, deal)
	frozen = frappe.get_doc("Deal Scenario", scenario.name)
	frozen.status = "Approved"  # as it is read at delivery: from what was written down
	assert totals.totals(frozen) == totals.totals(scenario)
	assert invoice_lines.tax_rows(frozen) == invoice_lines.tax_rows(scenario)
	frappe.db.rollback()

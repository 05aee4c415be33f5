"""The buyer's order and the comparison: what they add up to, and what they never say."""

import re

import frappe
import pytest

from dealer_pos_crm.dealer_showroom.worksheet import printing
from tests.site import showroom as s
from tests.site import worksheet_data as d


@pytest.fixture(scope="module")
def templates():
	return d.set_up_worksheet()


def values(templates, trade) -> dict:
	return {
		"tax_template": templates["two"],
		"cash_down": 1_000,
		"vehicle_cost": 16_123,
		"lender": d.lender(),
		"lines": [
			{"kind": "Fee", "label": "Documentation <fee>", "amount": 499, "taxable": 1},
			{"kind": "Discount", "label": "Discount", "amount": 250, "taxable": 1},
			{"kind": "Rebate", "label": "Factory rebate", "amount": 750, "taxable": 0},
		],
		"products": [{"product": d.product(), "price": 1995, "taxable": 0}],
		"trades": [{"trade_in": trade.name, "allowance": 8_000, "payoff": 3_000}],
	}


def cents(text: str) -> int:
	digits = int(re.sub(r"\D", "", text) or 0)
	return -digits if text.lstrip().startswith("−") else digits


def test_the_buyers_order_adds_up_visibly(templates):
	deal = s.make_deal()
	trade = d.make_trade(deal, payoff=3_000, payoff_lender=d.payoff_lender())
	d.make_approved(deal, values(templates, trade))
	paper = printing.buyers_order(deal)
	assert paper.mark is None
	price, paid, credit = paper.sums
	rows = list(price.rows)
	subtotal = next(at for at, row in enumerate(rows) if row.kind == "total")
	assert sum(cents(row.amount) for row in rows[:subtotal]) == cents(rows[subtotal].amount)
	taxes = [row for row in rows[subtotal + 1 : -1] if row.kind != "void"]
	assert cents(rows[subtotal].amount) + sum(cents(row.amount) for row in taxes) == cents(rows[-1].amount)
	assert sum(cents(row.amount) for row in paid.rows[:-1]) == cents(paid.rows[-1].amount)
	assert any("monthly payments of" in row.label for row in credit.rows)
	assert paper.signatures[0] == "Buyer"


def test_an_offer_that_is_not_approved_says_so_and_none_prints_nothing(templates):
	deal = s.make_deal()
	with pytest.raises(frappe.ValidationError, match="no chosen offer"):
		printing.buyers_order(deal)
	name = d.make_offer(deal)
	with d.as_user(s.salesperson()):
		from dealer_pos_crm.dealer_showroom.worksheet import scenarios

		scenarios.choose(name)
	deal.reload()
	assert "Not an order yet" in printing.buyers_order(deal).mark.text


def test_prints_say_no_cost_and_escape_what_was_typed(templates):
	deal = s.make_deal()
	trade = d.make_trade(deal, value=7_777, payoff=3_000, payoff_lender=d.payoff_lender())
	made = d.make_approved(deal, values(templates, trade))
	d.make_offer(deal, {"kind": "Cash"})
	with d.as_user(s.salesperson()):
		for print_format in ("Buyers Order", "Offer Comparison"):
			text = frappe.get_print("Deal Jacket", deal.name, print_format)
			assert "Documentation &lt;fee&gt;" in text and "<fee>" not in text
			for secret in ("16,123", "17,000", "850.00", "7,777"):
				assert secret not in text, (print_format, secret)
		standard = frappe.get_print("Deal Scenario", made.name)
		for secret in ("16,123", "17,000", "850.00"):
			assert secret not in standard
		assert "7,777" not in frappe.get_print("Trade In", trade.name)


def test_the_comparison_has_a_column_for_every_offer(templates):
	deal = s.make_deal()
	for kind in ("Cash", "Finance"):
		d.make_offer(deal, {"kind": kind})
	found = printing.comparison(deal)
	assert len(found.heads) == 2 and all(len(line.texts) == 2 for line in found.lines)
	payment = next(line for line in found.lines if line.label == "Monthly payment")
	assert payment.texts[0] == "" and payment.texts[1].startswith("$")

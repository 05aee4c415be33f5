"""Test data of the worksheet: tax templates, items, products, lenders, scenarios that were made as people do."""

from __future__ import annotations

from contextlib import contextmanager

import frappe

from dealer_pos_crm.dealer_showroom.worksheet import approval, scenarios
from dealer_pos_crm.domain.vin import make_vin
from tests.site import factories as f
from tests.site import showroom as s

COMPANY = f.COMPANY


def item(name: str) -> str:
	if not frappe.db.exists("Item", name):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": "Services",
				"stock_uom": "Nos",
				"is_stock_item": 0,
			}
		).insert()
	return name


def account(name: str) -> str:
	full = f"{name} - {f.ABBR}"
	if not frappe.db.exists("Account", full):
		parent = frappe.db.get_value(
			"Account", {"company": COMPANY, "account_type": "Tax", "is_group": 1}, "name"
		) or frappe.db.get_value(
			"Account",
			{"company": COMPANY, "root_type": "Liability", "is_group": 1},
			"name",
			order_by="lft desc",
		)
		frappe.get_doc(
			{
				"doctype": "Account",
				"account_name": name,
				"company": COMPANY,
				"parent_account": parent,
				"account_type": "Tax",
			}
		).insert()
	return full


def tax_template(title: str, *rows: dict) -> str:
	"""A sales tax template; ``rows``: account (name), rate, and what else its row has."""
	name = f"{title} - {f.ABBR}"
	if not frappe.db.exists("Sales Taxes and Charges Template", name):
		frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": title,
				"company": COMPANY,
				"taxes": [
					{
						"charge_type": "On Net Total",
						**row,
						"account_head": account(row["account_head"]),
						"description": row["account_head"],
					}
					for row in rows
				],
			}
		).insert()
	return name


def templates() -> dict[str, str]:
	return {
		"plain": tax_template("Car tax", {"account_head": "State Sales Tax", "rate": 6.25}),
		"two": tax_template(
			"Car tax, county",
			{"account_head": "State Sales Tax", "rate": 6.25},
			{"account_head": "County Tax", "rate": 1.375},
		),
		"compound": tax_template(
			"Car tax, compound",
			{"account_head": "State Sales Tax", "rate": 7},
			{
				"account_head": "Luxury Tax",
				"rate": 3.3,
				"charge_type": "On Previous Row Total",
				"row_id": "1",
			},
			{
				"account_head": "Levy on Tax",
				"rate": 10,
				"charge_type": "On Previous Row Amount",
				"row_id": "2",
			},
		),
		"included": tax_template(
			"Car tax, included", {"account_head": "Value Added Tax", "rate": 19, "included_in_print_rate": 1}
		),
		"flat": tax_template(
			"Car tax, with a flat fee",
			{"account_head": "State Sales Tax", "rate": 5.5},
			{"account_head": "Tire Fee", "charge_type": "Actual", "tax_amount": 12.5, "rate": 0},
		),
	}


def set_up_worksheet(**values) -> dict[str, str]:
	"""The showroom with items, taxes and products. Returns the tax templates by kind."""
	s.set_up_showroom(
		vehicle_item_new=item("New Car"),
		vehicle_item_used=item("Used Car"),
		fee_item=item("Dealer Fee"),
		accessory_item=item("Accessory"),
		trade_reduces_tax=values.pop("trade_reduces_tax", 1),
		**values,
	)
	made = templates()
	frappe.db.commit()
	return made


def product(name: str = "Service Contract 5/60", **values) -> str:
	if not frappe.db.exists("FnI Product", name):
		frappe.get_doc(
			{
				"doctype": "FnI Product",
				"product_name": name,
				"kind": "Service Contract",
				"item": item("F&I Product"),
				"price": 1995,
				"cost": 850,
				"term_months": 60,
				"taxable": 0,
				**values,
			}
		).insert()
		frappe.db.commit()
	return name


def lender(name: str = "First Auto Bank", **values) -> str:
	if not frappe.db.exists("Dealer Lender", name):
		frappe.get_doc(
			{"doctype": "Dealer Lender", "lender_name": name, "reserve_share": 75, **values}
		).insert()
		frappe.db.commit()
	return name


def payoff_lender(name: str = "Old Loan Bank") -> str:
	if not frappe.db.exists("Supplier", name):
		frappe.get_doc({"doctype": "Supplier", "supplier_name": name, "supplier_group": "Services"}).insert(
			ignore_permissions=True
		)
		frappe.db.commit()
	return name


@contextmanager
def as_user(user: str):
	before = frappe.session.user
	frappe.db.commit()
	frappe.set_user(user)
	try:
		yield
		frappe.db.commit()
	finally:
		frappe.db.rollback()
		frappe.set_user(before)


def vin() -> str:
	"""A VIN that is nobody's yet."""
	return make_vin(f"2HGFC2F5GH{int(f.key()[:8], 16) % 1_000_000:06d}")


def make_trade(deal, *, value: float | None = 7_500, **values):
	"""A trade-in of a deal, appraised by a manager unless ``value`` is None."""
	from dealer_pos_crm.dealer_showroom.trade_ins import appraising

	doc = frappe.get_doc(
		{
			"doctype": "Trade In",
			"customer": deal.customer,
			"company": deal.company,
			"deal": deal.name,
			"model_year": 2016,
			"make": "Honda",
			"model": "Civic",
			"mileage": 61_000,
			"allowance": 8_000,
			**values,
		}
	).insert()
	frappe.db.commit()
	if value is not None:
		with as_user(s.sales_manager()):
			appraising.appraise(doc.name, value=value, allowance=doc.allowance)
	return frappe.get_doc("Trade In", doc.name)


def make_offer(deal, values: dict | None = None, *, by: str | None = None) -> str:
	"""A scenario as its salesperson writes it."""
	with as_user(by or s.salesperson()):
		return scenarios.create(deal.name, {"apr": 6, "term_months": 60, "kind": "Finance", **(values or {})})


def make_approved(deal, values: dict | None = None):
	"""A scenario that was chosen, asked about and approved. Returns it."""
	name = make_offer(deal, values)
	with as_user(s.salesperson()):
		scenarios.choose(name)
		approval.ask(name)
	with as_user(s.sales_manager()):
		approval.decide(name, True)
	deal.reload()
	return frappe.get_doc("Deal Scenario", name)

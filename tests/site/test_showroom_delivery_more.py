"""Delivery at the edges: the accounts made by a button, a car kept in stock, a trade-in worth more than the
car, and who may do what through the API."""

import frappe
import pytest
from frappe.utils import nowdate

from dealer_pos_crm.api import delivery as api
from dealer_pos_crm.dealer_setup import showroom_accounting
from tests.site import delivery as d
from tests.site import factories as f
from tests.site import showroom as s


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return d.set_up()


def test_the_setup_shows_makes_and_then_finds_nothing():
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	kept = {field: settings.get(field) for field in ("payoff_account", "fee_item")}
	settings.update(dict.fromkeys(kept))
	settings.save()
	shown = {row["step"] for row in showroom_accounting.preview(f.COMPANY)["changes"]}
	assert shown == {"settings_payoff_account", "settings_fee_item"}  # they exist: only chosen again
	assert not frappe.get_doc("Dealer Settings", f.COMPANY).payoff_account  # looking changes nothing
	showroom_accounting.set_up(f.COMPANY)
	frappe.db.commit()
	settings.reload()
	assert {field: settings.get(field) for field in kept} == kept
	assert frappe.db.get_value("Account", settings.payoff_account, ["root_type", "account_type"]) == (
		"Liability",
		"Payable",
	)
	assert showroom_accounting.preview(f.COMPANY)["ready"]


def test_a_trade_in_worth_more_than_the_car_leaves_the_rest_to_the_buyer():
	before = d.trial_balance()
	deal = d.contracted(price=8000, trades=[{"worth": 10_000, "allowance": 10_000}])
	d.hand_over(deal)
	assert (deal.balance, deal.stage) == (-2000, "Funded")
	assert d.open_on(deal.sales_invoice) == 0 and d.owes(deal.customer) == -2000
	d.take_back(deal)
	assert d.changed(before, d.trial_balance()) == {}
	assert d.owes(deal.customer) == 0


def test_a_car_kept_in_stock_leaves_it_and_comes_back():
	item = f.unique("Camry in stock")
	frappe.get_doc(
		{
			"doctype": "Item",
			"item_code": item,
			"item_name": item,
			"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name"),
			"stock_uom": "Nos",
			"is_stock_item": 1,
			"has_serial_no": 1,
		}
	).insert()
	warehouse = frappe.db.get_value("Warehouse", {"company": f.COMPANY, "is_group": 0}, "name")
	serial = f.unique("SN")
	receipt = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"purpose": "Material Receipt",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"items": [
				{
					"item_code": item,
					"qty": 1,
					"basic_rate": 15_000,
					"t_warehouse": warehouse,
					"serial_no": serial,
					"use_serial_batch_fields": 1,
				}
			],
		}
	)
	receipt.insert()
	receipt.submit()
	car = s.make_car(price=20_000, item=item, serial_no=serial)
	frappe.db.commit()
	before = d.trial_balance()
	deal = d.contracted(car=car, deposits=[20_000])
	held = d.trial_balance()
	d.hand_over(deal)
	assert not frappe.db.get_value("Serial No", serial, "warehouse")
	assert d.changed(held, d.trial_balance())["Cost of Goods Sold"] == 15_000
	d.take_back(deal)
	assert frappe.db.get_value("Serial No", serial, "warehouse") == warehouse
	assert d.changed(held, d.trial_balance()) == {} and before != held


def test_roles_through_the_api():
	deal = d.contracted(deposits=[20_000])
	frappe.db.commit()
	with f.logged_in(s.salesperson()):
		assert api.get_overview(deal.name)["can_deliver"] is False
		for call in (
			lambda: api.deliver(deal.name, f.key(), 12),
			lambda: api.unwind(deal.name, "No reason at all", f.key()),
			lambda: api.fund(deal.name, 1, "Cash", f.key()),
			lambda: api.send_to_lender(deal.name),
			lambda: api.preview_unwind(deal.name),
		):
			with pytest.raises(frappe.PermissionError):
				call()
			frappe.db.rollback()
	with f.logged_in(s.fni()):
		api.deliver(deal.name, f.key(), 12)
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			api.unwind(deal.name, "F&I does not unwind", f.key())
		frappe.db.rollback()
	deal.reload()
	assert deal.stage == "Funded" and deal.delivered_by == s.fni()
	nobody = f.make_user("Desk User", "floor.nobody")
	frappe.db.commit()
	with f.logged_in(nobody), pytest.raises(frappe.PermissionError):
		api.get_overview(deal.name)

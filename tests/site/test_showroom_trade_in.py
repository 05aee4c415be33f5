"""Trade-ins on a real site: appraised by managers, told what our books know, taken in, given back."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from dealer_pos_crm.api import trade_in as api
from dealer_pos_crm.api import worksheet as worksheet_api
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.trade_ins import trade as trades
from dealer_pos_crm.domain.money import Money
from tests.site import factories as f
from tests.site import showroom as s
from tests.site import worksheet_data as d


@pytest.fixture(scope="module", autouse=True)
def house():
	return d.set_up_worksheet()


@pytest.fixture
def deal():
	return s.make_deal()


def codes(trade) -> list[str]:
	return [row["code"] for row in api.warnings(trade.name)]


def somebodys_car(**values):
	return f.make_vehicle(**{"status": "Customer-owned", "company": d.COMPANY, **values})


# --- Appraised ---------------------------------------------------------------------------------------


def test_a_salesperson_describes_and_a_manager_values(deal):
	with d.as_user(s.salesperson()):
		doc = frappe.get_doc(
			{
				"doctype": "Trade In",
				"customer": deal.customer,
				"company": deal.company,
				"deal": deal.name,
				"vin": "1HGCM82633A004352",
				"mileage": 98_000,
				"allowance": 3_000,
				"payoff": 3_500,
				"payoff_lender": d.payoff_lender(),
				"actual_cash_value": 9_999,
				"status": "Accepted",
			}
		).insert()
		assert (doc.status, doc.equity) == ("To Appraise", -500) and not doc.actual_cash_value
		assert doc.model_year == 2003 and "Honda" in doc.vehicle_title
	with d.as_user(s.sales_manager()):
		api.appraise(doc.name, 2_600, 3_000)
	doc.reload()
	assert (doc.status, doc.actual_cash_value, doc.appraised_by) == ("Appraised", 2_600, s.sales_manager())
	assert str(doc.valid_until) == add_days(nowdate(), 7)
	kinds = frappe.get_all("Showroom Log", {"reference_name": doc.name}, ["kind", "amount", "actor"])
	assert [(row.kind, row.amount, row.actor) for row in kinds] == [
		("trade.appraised", 3_000, s.salesperson())
	]
	with d.as_user(s.salesperson()):
		doc = frappe.get_doc("Trade In", doc.name)
		doc.actual_cash_value = 5
		doc.keys = 2
		doc.save()
	assert frappe.db.get_value("Trade In", doc.name, ["actual_cash_value", "keys"]) == (2_600, 2)


def test_a_wrong_vin_is_refused(deal):
	with pytest.raises(frappe.ValidationError, match="check digit"):
		d.make_trade(deal, vin="1HGCM82633A004353", value=None)


def test_an_incomplete_appraisal_says_what_is_missing(deal):
	trade = d.make_trade(deal, value=None, mileage=0)
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="odometer"):
		api.appraise(trade.name, 5_000)
	other = d.make_trade(deal, value=None, payoff=100)
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="no lender"):
		api.appraise(other.name, 5_000)


def test_what_our_books_know_is_told(deal):
	stock = s.make_car()
	assert "in_stock" in codes(d.make_trade(deal, vin=stock.vin, value=None))
	owned = somebodys_car()
	owner = f.make_customer()
	owned.append("owners", {"customer": owner.name, "from_date": "2020-01-01"})
	owned.save()
	trade = d.make_trade(deal, vin=owned.vin, value=None)
	assert codes(trade) == ["other_owner"]
	again = d.make_trade(deal, vin=owned.vin, value=None)
	assert set(codes(again)) == {"other_owner", "twice"}
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="our own stock"):
		api.appraise(d.make_trade(deal, vin=stock.vin, value=None).name, 5_000)


def test_a_payoff_and_an_offer_that_have_run_out_are_told(deal):
	trade = d.make_trade(
		deal,
		payoff=9_000,
		payoff_lender=d.payoff_lender(),
		payoff_good_through=add_days(nowdate(), -3),
		payoff_per_day=2.5,
	)
	frappe.db.set_value("Trade In", trade.name, "valid_until", add_days(nowdate(), -1))
	said = {row["code"]: row["text"] for row in api.warnings(trade.name)}
	assert set(said) == {"payoff_late", "offer_ended"} and "9,007.50" in said["payoff_late"]
	assert worksheet_api.get(deal.name)["trades"][0]["payoff_late"]


# --- Accepted, taken in, given back ------------------------------------------------------------------


def traded(deal, **values):
	trade = d.make_trade(deal, **values)
	d.make_approved(
		deal, {"trades": [{"trade_in": trade.name, "allowance": trade.allowance, "payoff": trade.payoff}]}
	)
	trade.reload()
	return trade


def test_approval_accepts_the_trade_and_what_was_agreed_stays(deal):
	trade = traded(deal, payoff=1_000, payoff_lender=d.payoff_lender())
	assert trade.status == "Accepted"
	(row,) = trades.accepted(deal)
	assert (row.equity, row.over_allowance) == (Money.of(7_000, "USD"), Money.of(500, "USD"))
	assert row.lender == d.payoff_lender()
	trade.allowance = 12_000
	with pytest.raises(frappe.ValidationError, match="stays as agreed"):
		trade.save()
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="approved scenario"):
		api.decline(trade.name, "Changed their mind")


def test_an_unappraised_trade_is_not_approved(deal):
	trade = d.make_trade(deal, value=None)
	name = d.make_offer(deal, {"trades": [{"trade_in": trade.name, "allowance": 8_000, "payoff": 0}]})
	with d.as_user(s.salesperson()):
		worksheet_api.choose(name)
		worksheet_api.ask(name)
	with d.as_user(s.sales_manager()), pytest.raises(frappe.ValidationError, match="appraises it first"):
		worksheet_api.approve(name)
	assert frappe.db.get_value("Deal Scenario", name, "status") == "To Approve"


def test_a_trade_comes_into_stock_and_goes_back(deal):
	trade = traded(deal, vin=d.vin())
	with explained():
		(name,) = trades.take_in(deal)
		assert trades.take_in(deal) == [name]  # once
	frappe.db.commit()
	trade.reload()
	car = frappe.get_doc("Dealer Vehicle", name)
	assert (trade.status, trade.vehicle) == ("Taken In", name)
	assert (car.status, car.acquisition_cost, car.acquired_from, car.trade_in) == (
		"In Recon",
		7_500,
		"Trade-in",
		trade.name,
	)
	assert car.mileage == 61_000 and not car.customer
	assert [row.customer for row in car.owners] == [deal.customer]
	kinds = frappe.get_all("Showroom Log", {"vehicle": name}, pluck="kind", order_by="name")
	assert kinds.count("vehicle.traded_in") == 1
	with explained():
		assert trades.give_back(deal) == [name]
	frappe.db.commit()
	car.reload()
	trade.reload()
	assert (trade.status, car.status, car.customer) == ("Returned", "Customer-owned", deal.customer)
	row = frappe.get_all("Showroom Log", {"vehicle": name, "kind": "vehicle.returned"}, ["reverses"])
	assert row[0].reverses.startswith("vehicle.traded_in:")


def test_a_car_we_know_is_taken_in_with_its_history(deal):
	known = somebodys_car()
	known.append("owners", {"customer": deal.customer, "from_date": "2021-05-01", "how": "Sold by Us"})
	known.append("readings", {"read_on": "2024-01-01", "mileage": 40_000})
	known.save()
	trade = traded(deal, vin=known.vin)
	assert trade.name
	with explained():
		assert trades.take_in(deal) == [known.name]
	known.reload()
	assert len(known.owners) == 1 and str(known.owners[0].to_date) == nowdate()
	assert known.mileage == 61_000 and known.status == "In Recon"
	frappe.db.rollback()


def test_a_trade_that_was_sold_does_not_go_back(deal):
	traded(deal)
	with explained():
		(name,) = trades.take_in(deal)
	frappe.db.set_value("Dealer Vehicle", name, "status", "Sold")
	assert "Sold" in trades.cannot_give_back(deal)[0]
	with pytest.raises(frappe.ValidationError, match="pay its value out"), explained():
		trades.give_back(deal)
	frappe.db.rollback()


def test_a_car_in_our_stock_is_not_taken_in_twice(deal):
	trade = traded(deal)
	stock = s.make_car()
	frappe.db.set_value("Trade In", trade.name, "vin", stock.vin)
	with pytest.raises(frappe.ValidationError, match="in our stock already"), explained():
		trades.take_in(deal)
	frappe.db.rollback()

"""Two people at the same deal at the same instant: one delivery, one funding, and never half of one."""

import frappe
import pytest

from tests.site import delivery as d
from tests.site import factories as f
from tests.site.racers import Racers


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return d.set_up()


@pytest.fixture(scope="module")
def racers(site):
	found = Racers(site)
	yield found
	found.close()


def test_two_people_deliver_one_car(racers):
	for _round in range(3):
		deal = d.contracted("Finance", trades=[{"worth": 3000, "allowance": 3000}])
		finishes = racers.run(
			("deliver_deal", deal.name, f.key(), 12), ("deliver_deal", deal.name, f.key(), 12)
		)
		frappe.db.rollback()
		assert sorted(finish.won for finish in finishes) == [False, True], finishes
		loser = next(finish for finish in finishes if not finish.won)
		assert "DealerRefusal" in loser.kinds or "TryAgain" in loser.kinds, loser
		assert frappe.db.count("Sales Invoice", {"dealer_deal": deal.name, "docstatus": 1}) == 1
		assert frappe.db.count("Journal Entry", {"dealer_deal": deal.name, "docstatus": 1}) == 2
		assert d.events(deal).count("deal.delivered") == 1


def test_one_click_sent_twice(racers):
	deal, key = d.contracted(deposits=[20_000]), f.key()
	finishes = racers.run(("deliver_deal", deal.name, key, 12), ("deliver_deal", deal.name, key, 12))
	frappe.db.rollback()
	assert all(finish.won for finish in finishes), finishes
	assert len({finish.result["sales_invoice"] for finish in finishes}) == 1
	assert sorted(finish.result["repeated"] for finish in finishes) == [False, True]


def test_the_deposit_is_cancelled_while_the_car_is_delivered(racers):
	for later in (0, 0.1, 0.3, 0.6):
		deal = d.contracted(deposits=[20_000])
		payment = frappe.db.get_value(
			"Payment Entry", {"dealer_vehicle": deal.vehicle, "docstatus": 1}, "name"
		)
		delivering, cancelling = racers.run(
			("deliver_deal", deal.name, f.key(), 12), ("cancel", "Payment Entry", payment), later=later
		)
		frappe.db.rollback()
		deal.reload()
		paid = frappe.db.get_value("Payment Entry", payment, "docstatus") == 1
		if delivering.won and paid:
			assert not cancelling.won
			assert (deal.stage, deal.balance) == ("Funded", 0)
		elif delivering.won:
			# cancelled after it: the invoice is open again, and the deal says so
			assert cancelling.won
			assert (deal.stage, deal.balance) == ("Delivered", 20_000)
		else:
			assert cancelling.won
			assert deal.stage != "Delivered" and not deal.sales_invoice
			assert not frappe.db.exists("Sales Invoice", {"dealer_deal": deal.name})
		assert d.open_on(deal.sales_invoice or "-") == deal.balance or not deal.sales_invoice


def test_the_lenders_money_comes_once(racers):
	deal = d.delivered("Finance")
	finishes = racers.run(
		("fund_deal", deal.name, 20_000, f.key()), ("fund_deal", deal.name, 20_000, f.key())
	)
	frappe.db.rollback()
	assert sorted(finish.won for finish in finishes) == [False, True], finishes
	assert d.open_on(deal.lender_entry) == 0


def test_funded_while_it_is_unwound(racers):
	deal = d.delivered("Finance")
	before = d.owes(d.lender_customer())
	funded, unwound = racers.run(
		("fund_deal", deal.name, 20_000, f.key()), ("unwind_deal", deal.name, f.key())
	)
	frappe.db.rollback()
	deal.reload()
	assert unwound.won, unwound
	if funded.won:  # first: the money is owed back to the lender
		assert d.owes(d.lender_customer()) == before - 40_000
	else:
		assert d.owes(d.lender_customer()) == before - 20_000
	assert deal.stage == "Lost" and d.owes(deal.customer) == 0

"""Delivering a car: every row in the books, once, and what refuses it."""

from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_months, flt, getdate, nowdate

from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.delivery import deliver
from dealer_pos_crm.dealer_showroom.delivery.deliver import NotReadyToDeliver
from tests.site import delivery as d
from tests.site import factories as f
from tests.site import showroom as s


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return d.set_up()


@contextmanager
def refusal(code: str):
	with pytest.raises(DealerRefusal) as refused:
		yield refused
	assert refused.value.code == code, refused.value
	frappe.db.rollback()


# --- The books ---------------------------------------------------------------------------------------


def test_cash_deal_with_a_deposit_is_one_invoice_and_the_deposit_applied():
	deal = d.contracted(deposits=[1000], cash_down=0)
	assert d.money(deal)["balance"] == 19_000
	before = d.trial_balance()
	with f.logged_in(s.sales_manager()):
		result = d.hand_over(deal, release_reason="Wire is on its way")

	invoice = result["sales_invoice"]
	assert d.gl("Sales Invoice", invoice) == [
		("Debtors", deal.customer, 20_000, 0),
		("Sales", "", 0, 20_000),
	]
	assert d.changed(before, d.trial_balance()) == {
		"Customer Deposits": 1000,
		"Debtors": 19_000,
		"Sales": -20_000,
	}
	assert frappe.db.get_value("Sales Invoice", invoice, "outstanding_amount") == 19_000
	assert d.money(deal) == {
		"total_due": 20_000,
		"trade_equity": 0,
		"financed_amount": 0,
		"deposits_held": 0,
		"paid_amount": 1000,
		"balance": 19_000,
	}
	assert deal.stage == "Delivered" and deal.released_by == s.sales_manager()
	d.collect(deal, [("Cash", 9000), ("Card", 10_000)])
	assert (deal.stage, deal.balance, d.owes(deal.customer)) == ("Funded", 0, 0)
	assert d.standing(deal, "deal.funded")


def test_finance_with_trade_and_payoff_every_row():
	deal = d.contracted(
		"Finance",
		price=30_000,
		deposits=[500],
		cash_down=1500,
		trades=[{"worth": 9000, "allowance": 10_000, "payoff": 6000}],
	)
	assert d.money(deal)["financed_amount"] == 24_000
	assert d.money(deal)["balance"] == 1500  # the cash down is still to come
	deposit = f.make_deposit(
		frappe.get_doc("Customer", deal.customer),
		frappe.get_doc("Dealer Vehicle", deal.vehicle),
		1500,
		deal=deal.name,
	)
	frappe.db.commit()
	f.take(deposit)
	assert d.money(deal)["balance"] == 0
	before = d.trial_balance()
	d.hand_over(deal, user=s.fni())

	bank = d.lender_customer()
	assert d.gl("Journal Entry", deal.trade_entry) == sorted(
		[
			(d.account("trade_inventory_account"), "", 9000, 0),
			(d.account("over_allowance_account"), "", 1000, 0),
			("Debtors", deal.customer, 0, 4000),
			(d.account("payoff_account"), d.supplier(), 0, 6000),
		]
	)
	assert d.ple(deal.trade_entry) == sorted(
		[
			("Debtors", deal.customer, deal.sales_invoice, -4000),
			(d.account("payoff_account"), d.supplier(), deal.trade_entry, 6000),
		]
	)
	assert d.gl("Journal Entry", deal.lender_entry) == sorted(
		[("Debtors", bank, 24_000, 0), ("Debtors", deal.customer, 0, 24_000)]
	)
	assert d.ple(deal.lender_entry) == sorted(
		[
			("Debtors", bank, deal.lender_entry, 24_000),
			("Debtors", deal.customer, deal.sales_invoice, -24_000),
		]
	)
	assert d.changed(before, d.trial_balance()) == {
		"Customer Deposits": 2000,
		"Debtors": 24_000,
		"Sales": -30_000,
		d.account("trade_inventory_account"): 9000,
		d.account("over_allowance_account"): 1000,
		d.account("payoff_account"): -6000,
	}
	assert d.open_on(deal.sales_invoice) == 0 == d.owes(deal.customer)
	assert d.money(deal) == {
		"total_due": 30_000,
		"trade_equity": 4000,
		"financed_amount": 24_000,
		"deposits_held": 0,
		"paid_amount": 2000,
		"balance": 0,
	}
	assert (deal.stage, deal.funding_status, deal.funding_outstanding) == ("Delivered", "Not Sent", 24_000)


def test_negative_equity_is_owed_with_the_invoice_and_may_be_financed():
	deal = d.contracted(
		"Finance",
		price=20_000,
		trades=[{"worth": 5000, "allowance": 5000, "payoff": 8000}],
	)
	assert d.money(deal)["financed_amount"] == 23_000
	d.hand_over(deal)

	assert d.gl("Journal Entry", deal.trade_entry) == sorted(
		[
			(d.account("trade_inventory_account"), "", 5000, 0),
			("Debtors", deal.customer, 3000, 0),
			(d.account("payoff_account"), d.supplier(), 0, 8000),
		]
	)
	assert d.ple(deal.trade_entry, against=deal.sales_invoice) == [
		("Debtors", deal.customer, deal.sales_invoice, 3000)
	]
	assert d.open_on(deal.sales_invoice) == 0
	assert d.open_on(deal.lender_entry) == 23_000
	assert d.money(deal)["trade_equity"] == -3000
	assert deal.balance == 0


def test_several_trades_below_and_above_their_worth():
	deal = d.contracted(
		price=20_000,
		trades=[
			{"worth": 4000, "allowance": 5000},
			{"worth": 7000, "allowance": 6500, "payoff": 7000},
			{"worth": 2000, "allowance": 2000, "payoff": 500},
		],
	)
	assert d.money(deal)["trade_equity"] == 6000
	assert d.money(deal)["balance"] == 14_000
	with f.logged_in(s.sales_manager()):
		d.hand_over(deal, release_reason="Cash tomorrow, agreed")

	rows = d.gl("Journal Entry", deal.trade_entry)
	assert sum(row[2] - row[3] for row in rows) == 0
	sums: dict[str, float] = {}
	for account, _party, debit, credit in rows:
		sums[account] = sums.get(account, 0) + debit - credit
	assert sums == {
		d.account("trade_inventory_account"): 13_000,
		d.account("over_allowance_account"): 500,
		"Debtors": -6000,
		d.account("payoff_account"): -7500,
	}
	assert d.open_on(deal.sales_invoice) == 14_000 == deal.balance
	assert len(frappe.get_all("Trade In", {"deal": deal.name, "status": "Taken In"})) == 3


def test_with_tax_and_the_credit_for_the_trade_to_the_cent():
	for reduces in (1, 0):
		d.set_up(vehicle_tax_template=d.tax_template(8), trade_reduces_tax=reduces)
		try:
			deal = d.contracted(
				price=19_999.99,
				trades=[{"worth": 5000, "allowance": 5000}],
				lines=[{"kind": "Fee", "label": "Title fee", "amount": 33.33, "taxable": 0}],
			)
			scenario = frappe.get_doc("Deal Scenario", deal.approved_scenario)
			with f.logged_in(s.sales_manager()):
				d.hand_over(deal, release_reason="Cash tomorrow, agreed")
		finally:
			d.set_up()
		taxed = 14_999.99 if reduces else 19_999.99
		total = flt(19_999.99 + 33.33 + taxed * 0.08, 2)
		assert flt(frappe.db.get_value("Sales Invoice", deal.sales_invoice, "grand_total"), 2) == total
		assert flt(scenario.total, 2) == total
		assert deal.balance == flt(total - 5000, 2) == d.open_on(deal.sales_invoice)


def test_a_lease_is_moved_to_the_lessor():
	deal = d.contracted("Lease", price=30_000, cash_down=2000, residual_base=32_000)
	f.take_new(
		frappe.get_doc("Customer", deal.customer),
		frappe.get_doc("Dealer Vehicle", deal.vehicle),
		2000,
		deal=deal.name,
	)
	d.hand_over(deal)
	assert d.open_on(deal.sales_invoice) == 0 == d.owes(deal.customer)
	assert d.open_on(deal.lender_entry) == 28_000


def test_a_car_that_came_in_as_a_trade_leaves_trade_in_cars_when_it_is_sold():
	first = d.contracted(price=20_000, trades=[{"worth": 6000, "allowance": 20_000}])
	d.hand_over(first)
	(traded,) = frappe.get_all("Trade In", {"deal": first.name}, pluck="vehicle")
	car = frappe.get_doc("Dealer Vehicle", traded)
	assert first.stage == "Funded" and car.status == "In Recon"
	car.status = "Front-line Ready"
	car.save()
	frappe.db.commit()
	before = d.trial_balance()
	second = d.delivered(price=8000, car=car, paid=False, mileage=80_010)
	assert d.changed(before, d.trial_balance()) == {
		"Cost of Goods Sold": 6000,
		"Debtors": 8000,
		"Sales": -8000,
		d.account("trade_inventory_account"): -6000,
	}
	assert second.stage == "Delivered"


# --- The car and what follows --------------------------------------------------------------------------


def test_the_car_is_the_buyers_and_nobody_waiting_is_called():
	other = f.make_customer()
	deal = d.contracted(deposits=[20_000])
	frappe.get_doc(
		{"doctype": "Dealer Vehicle Waitlist", "vehicle": deal.vehicle, "customer": other.name}
	).insert()
	d.hand_over(deal, mileage=31)

	car = frappe.get_doc("Dealer Vehicle", deal.vehicle)
	assert (car.status, car.customer, car.sold_deal, car.mileage) == ("Sold", deal.customer, deal.name, 31)
	assert (car.hold, car.held_for, car.hold_deal) == (None, None, None)
	assert (car.owners[-1].customer, car.owners[-1].how) == (deal.customer, "Sold by Us")
	hold = frappe.get_last_doc("Dealer Vehicle Hold", {"vehicle": deal.vehicle})
	assert hold.ended_at and hold.superseded
	said = frappe.get_all("Customer Event", {"vehicle": deal.vehicle}, pluck="event_type")
	assert "vehicle.sold" in said and "vehicle.released" not in said
	assert (
		frappe.db.get_value(
			"Dealer Vehicle Waitlist", {"vehicle": deal.vehicle, "customer": other.name}, "status"
		)
		== "Dropped"
	)
	assert "deal.delivered" in d.events(deal)


def test_without_a_lane_the_first_service_is_a_day_only():
	teams = frappe.get_all("Service Team", {"enabled": 1}, pluck="name")
	for team in teams:
		frappe.db.set_value("Service Team", team, "enabled", 0)
	try:
		deal = d.contracted(deposits=[20_000])
		d.hand_over(deal)
	finally:
		for team in teams:
			frappe.db.set_value("Service Team", team, "enabled", 1)
		frappe.db.commit()
	assert not deal.first_service
	detail = frappe.parse_json(
		frappe.db.get_value("Showroom Log", {"deal": deal.name, "kind": "deal.delivered"}, "detail")
	)
	assert detail["first_service_on"] == str(getdate(add_months(nowdate(), 6)))


def test_with_a_lane_the_first_service_is_booked():
	from tests.site import lane

	lane.set_up_lane()
	if not frappe.db.exists("Service Team", {"company": f.COMPANY, "enabled": 1}):
		frappe.get_doc(
			{"doctype": "Service Team", "team_name": "Main shop", "company": f.COMPANY, "enabled": 1}
		).insert()
	frappe.db.commit()
	deal = d.contracted(deposits=[20_000])
	d.hand_over(deal)
	appointment = frappe.get_doc("Service Appointment", deal.first_service)
	assert (appointment.customer, appointment.vehicle, appointment.status) == (
		deal.customer,
		deal.vehicle,
		"Booked",
	)
	assert getdate(appointment.starts_at) >= getdate(add_months(nowdate(), 6))


# --- Once -------------------------------------------------------------------------------------------------


def test_a_double_click_delivers_once():
	deal, key = d.contracted(deposits=[20_000]), f.key()
	first, second = d.hand_over(deal, key=key), d.hand_over(deal, key=key)
	assert (first["repeated"], second["repeated"]) == (False, True)
	assert first["sales_invoice"] == second["sales_invoice"]
	with refusal("delivered_already"):
		d.hand_over(deal)
	assert frappe.db.count("Sales Invoice", {"dealer_deal": deal.name}) == 1
	assert d.events(deal).count("deal.delivered") == 1


# --- What refuses it -----------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once():
	deal = d.contracted(checks=False, trades=[{"worth": 3000, "allowance": 3000}])
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	kept = settings.trade_inventory_account
	settings.db_set("trade_inventory_account", None)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.db.set_value("Dealer Vehicle", deal.vehicle, "mileage", 500)
	frappe.db.commit()
	try:
		with pytest.raises(NotReadyToDeliver) as refused:
			d.hand_over(deal, mileage=400)
	finally:
		frappe.db.rollback()
		settings.db_set("trade_inventory_account", kept)
		frappe.clear_document_cache("Dealer Settings", f.COMPANY)
		frappe.db.commit()
	text = str(refused.value)
	assert "OFAC" in text and "Trade-in Cars" in text and "500" in text
	assert not frappe.db.exists("Sales Invoice", {"dealer_deal": deal.name})


def test_a_deal_that_is_not_signed_is_not_delivered():
	deal = s.make_deal()
	with pytest.raises(NotReadyToDeliver, match="Contracted"):
		d.hand_over(deal)


def test_unpaid_is_refused_and_only_another_manager_releases_it():
	deal = d.contracted()
	with refusal("not_paid"):
		d.hand_over(deal, user=s.fni())
	with refusal("may_not_release"):
		d.hand_over(deal, user=s.fni(), release_reason="He promised")
	frappe.db.set_value("Deal Jacket", deal.name, "salesperson", s.sales_manager())
	with refusal("own_release"):
		d.hand_over(deal, user=s.sales_manager(), release_reason="I sold it, I know him")
	with refusal("no_reason"):
		d.hand_over(deal, user=d.manager(), release_reason="x")
	assert not frappe.db.exists("Sales Invoice", {"dealer_deal": deal.name})
	d.hand_over(deal, user=d.manager(), release_reason="Wire confirmed by the bank")
	assert (deal.released_by, deal.release_reason) == (d.manager(), "Wire confirmed by the bank")


def test_other_credit_of_the_customer_is_not_touched():
	from tests.site import accountant

	customer = f.make_customer()
	credit = accountant.plain_payment(customer, 700)
	deal = d.contracted(customer=customer, deposits=[20_000])
	d.hand_over(deal)
	credit.reload()
	assert credit.unallocated_amount == 700
	assert d.open_on(deal.sales_invoice) == 0


def test_more_deposit_than_needed_stays_held():
	deal = d.contracted(deposits=[15_000, 7000])
	d.hand_over(deal)
	assert d.money(deal)["deposits_held"] == 2000
	assert (deal.balance, deal.stage) == (0, "Funded")


def test_a_closed_period_refuses_and_leaves_nothing():
	deal = d.contracted(deposits=[20_000])
	before = d.trial_balance()
	period = frappe.get_doc(
		{
			"doctype": "Accounting Period",
			"period_name": f.unique("Today"),
			"company": f.COMPANY,
			"start_date": nowdate(),
			"end_date": nowdate(),
			"closed_documents": [
				{"document_type": "Sales Invoice", "closed": 1},
				{"document_type": "Journal Entry", "closed": 1},
			],
		}
	).insert()
	frappe.db.commit()
	try:
		with pytest.raises(NotReadyToDeliver, match="closed"):
			d.hand_over(deal)
	finally:
		frappe.db.rollback()
		period.delete()
		frappe.db.commit()
	assert d.changed(before, d.trial_balance()) == {}
	deal.reload()
	assert deal.stage == "Contracted" and not deal.sales_invoice
	assert d.hand_over(deal)["stage"] == "Funded"


def test_frozen_books_refuse_and_leave_nothing():
	deal = d.contracted(deposits=[20_000])
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", nowdate())
	frappe.db.commit()
	try:
		with pytest.raises(NotReadyToDeliver, match="frozen"):
			d.hand_over(deal, user=s.fni())
	finally:
		frappe.db.rollback()
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", None)
		frappe.db.commit()
	deal.reload()
	assert deal.stage == "Contracted"


def test_an_error_in_the_middle_leaves_nothing(monkeypatch):
	deal = d.contracted("Finance", trades=[{"worth": 3000, "allowance": 3000}])
	before = d.trial_balance()

	def broken(*_args, **_values):
		raise frappe.ValidationError("the printer is on fire")

	monkeypatch.setattr(deliver.vehicle, "sell", broken)
	with pytest.raises(frappe.ValidationError, match="on fire"):
		d.hand_over(deal)
	frappe.db.rollback()
	monkeypatch.undo()
	assert d.changed(before, d.trial_balance()) == {}
	deal.reload()
	assert (deal.stage, deal.sales_invoice) == ("Contracted", None)
	assert d.hand_over(deal)["stage"] == "Delivered"


def test_a_draft_invoice_of_the_deal_stops_a_second_one():
	deal = d.contracted(deposits=[20_000])
	draft = f.make_invoice(deal.customer, 20_000, submit=False, dealer_deal=deal.name)
	with pytest.raises(NotReadyToDeliver, match=draft.name):
		d.hand_over(deal)
	draft.delete()
	frappe.db.commit()


def test_a_lender_without_a_customer_is_named():
	deal = d.contracted("Finance")
	frappe.db.set_value("Dealer Lender", deal.lender, "customer", None)
	frappe.db.commit()
	kept = d.lender_customer()
	try:
		with pytest.raises(NotReadyToDeliver, match="First Auto Bank"):
			d.hand_over(deal)
	finally:
		frappe.db.rollback()
		customer = frappe.db.get_value("Customer", {"customer_name": "First Auto Bank"})
		frappe.db.set_value("Dealer Lender", deal.lender, "customer", kept or customer)
		frappe.db.commit()

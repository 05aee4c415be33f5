"""What was agreed, who holds the car, and what a request may ask: refused with words that help."""

import json

import frappe
import pytest
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from dealer_pos_crm.api import deposit as api
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site.checks import everything_right, figures
from tests.site.refusals import draft, refused, take


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


# What was agreed


def test_a_refund_above_what_is_left():
	deposit = f.take_new(amount=500)
	f.act(deposit, "Refund", amount=400, reason="Cheaper car")
	with refused(deposit.name, "holds 100.00 USD", "100.01 USD is more"):
		f.act(deposit, "Refund", amount=100.01, reason="A cent more")


@pytest.mark.parametrize("amount", [0, -1, 0.001, "", None, "all"])
def test_a_refund_of_an_impossible_amount(amount):
	deposit = f.take_new(amount=500)
	with refused("not more than zero|decimals|is not an amount"):
		f.act(deposit, "Refund", amount=amount, reason="Cheaper car")


@pytest.mark.parametrize("action", ["Refund", "Move", "Cancel", "Extend Hold", "Forfeit"])
def test_an_action_without_a_reason(action):
	deposit = f.take_new(amount=500, refundable="No")
	with refused(action, "give the reason"):
		f.act(deposit, action, amount=500, reason=" x ")


@pytest.mark.parametrize(
	("terms", "until", "word"), [("Yes", None, "Yes"), ("Until", 0, "Until"), ("Until", 3, "Until")]
)
def test_a_forfeiture_against_the_terms(terms, until, word):
	until = add_days(nowdate(), until) if until is not None else None
	deposit = f.take_new(amount=500, refundable=terms, refundable_until=until)
	with refused("promise this money back", word, "cannot be forfeited"):
		f.act(deposit, "Forfeit", amount=500, reason="Never came back")


def test_a_forfeiture_of_a_part():
	deposit = f.take_new(amount=500, refundable="No")
	with refused(deposit.name, "holds 500.00 USD", "Refund what is given back first"):
		f.act(deposit, "Forfeit", amount=300, reason="Never came back")


def test_terms_with_no_date():
	with refused("Refundable until when", "Set the date"):
		f.make_deposit(refundable="Until")


def test_a_mistake_of_another_day():
	deposit = f.take_new(amount=500)
	payment, today = deposit.tenders[0].payment_entry, nowdate()
	frappe.db.set_value("Payment Entry", payment, "posting_date", add_days(today, -1), update_modified=False)
	try:
		with refused(deposit.name, "another day", "Refund it instead"):
			f.act(deposit, "Cancel", reason="Wrong customer")
	finally:
		frappe.db.set_value("Payment Entry", payment, "posting_date", today, update_modified=False)
		frappe.db.commit()


def test_a_mistake_that_was_already_refunded_in_part():
	deposit = f.take_new(amount=500)
	f.act(deposit, "Refund", amount=100, reason="Cheaper car")
	with refused(deposit.name, "Partly Refunded", "Cancel is not possible now", "Possible: .*Refund"):
		f.act(deposit, "Cancel", reason="Wrong customer")


def test_a_request_that_the_world_has_overtaken():
	deposit = f.take_new(amount=500)
	cashier, manager = f.make_user(roles.CASHIER), f.make_user(roles.MANAGER)
	frappe.db.commit()
	with f.logged_in(cashier):
		asked = f.act(deposit, "Refund", amount=300, reason="Cheaper car")
		assert (asked["status"], deposit.refunded_amount) == ("Requested", 0)
		with refused(cashier, "already asked for this", asked["action"]):
			f.act(deposit, "Refund", amount=300, reason="Cheaper car")
	f.act(deposit, "Refund", amount=400, reason="Agreed with the owner")
	with f.logged_in(manager), refused(deposit.name, "holds 100.00 USD", "300.00 USD is more"):
		api.decide(asked["action"], True)
	with f.logged_in(manager):
		api.decide(asked["action"], False, "Paid already")
		frappe.db.commit()
	everything_right(deposit)
	assert figures(deposit) == (500, 0, 400, 0, 100)


# Vehicles


def test_a_hold_in_the_past():
	with refused("Hold Until is in the past", "choose a later time"):
		f.make_deposit(hold_until=add_to_date(now_datetime(), minutes=-1))
	deposit = draft()
	frappe.db.set_value("Deposit", deposit.name, "hold_until", add_to_date(now_datetime(), minutes=-1))
	with refused("Hold Until is in the past", "choose a later time"):
		take(deposit, ("Cash", 500))
	held = f.take_new(amount=500)
	with refused("Hold Until is in the past", "choose a later time"):
		f.act(
			held,
			"Extend Hold",
			reason="Bank is slow",
			hold_until=str(add_to_date(now_datetime(), minutes=-1)),
		)


@pytest.mark.parametrize("status", ["Sold", "Customer-owned"])
def test_a_car_that_is_not_in_stock(status):
	vehicle = f.make_vehicle()
	deposit, held = draft(vehicle=vehicle), f.take_new(amount=500)
	frappe.db.set_value("Dealer Vehicle", vehicle.name, "status", status)
	with refused(vehicle.name, f"is {status} and cannot be held", "Choose a vehicle in stock"):
		take(deposit, ("Cash", 500))
	with refused(vehicle.name, f"is {status} and cannot be held", "Choose a vehicle in stock"):
		f.act(held, "Move", to_vehicle=vehicle.name, reason="Likes the blue one")


def test_a_move_to_a_car_that_another_holds():
	holder, vehicle = f.make_customer(), f.make_vehicle()
	first, second = f.take_new(holder, vehicle, 500), f.take_new(amount=500)
	with refused("held for", holder.customer_name, first.name, "waiting list"):
		f.act(second, "Move", to_vehicle=vehicle.name, reason="Likes the blue one")


def test_a_move_to_nowhere():
	vehicle = f.make_vehicle()
	deposit = f.take_new(None, vehicle, 500)
	with refused("already is for this vehicle"):
		f.act(deposit, "Move", to_vehicle=vehicle.name, reason="Likes the blue one")
	with refused("Choose the vehicle"):
		f.act(deposit, "Move", reason="Likes another one")


# Requests


@pytest.mark.parametrize("action", ["Explode", "Take", "", None])
def test_an_unknown_action(action):
	deposit = f.take_new(amount=500)
	with refused("is not an action of a deposit", "Refund"):
		f.act(deposit, action, amount=100, reason="Cheaper car")


def test_a_request_without_a_key_or_with_another_ones():
	first, second = f.take_new(amount=500), f.take_new(amount=500)
	with refused("no key of its own", "reload the page"):
		api.act(first.name, "Refund", {"amount": 100, "reason": "Cheaper car"}, "")
	key = f.key()
	f.act(first, "Refund", key, amount=100, reason="Cheaper car")
	with refused("key of another one", first.name, "Reload the page"):
		f.act(second, "Refund", key, amount=100, reason="Cheaper car")
	with refused("key of another one", "Refund", first.name, "Reload the page"):
		f.act(first, "Move", key, to_held_for="A trailer", reason="Cheaper car")


def test_an_answer_that_was_lost_is_given_again():
	deposit = draft()
	key = f.key()
	rows = json.dumps([{"mode_of_payment": "Cash", "amount": 500}])
	first = api.take(deposit.name, rows, key)
	frappe.db.commit()
	again = api.take(deposit.name, rows, key)
	assert again == {**first, "repeated": True}
	refund_key = f.key()
	values = {"amount": 100, "reason": "Cheaper car"}
	first = api.act(deposit.name, "Refund", values, refund_key)
	frappe.db.commit()
	again = api.act(deposit.name, "Refund", values, refund_key)
	assert again == {**first, "repeated": True}
	everything_right(deposit)
	assert figures(deposit) == (500, 0, 100, 0, 400)

"""Deposits at the counter: made and taken in one step, once, whole or not at all; and a till that reports."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.api import counter_health
from dealer_pos_crm.dealer_counter import deposits
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import lane
from tests.site.counter_house import house  # noqa: F401 - a fixture
from tests.site.racers import Racers


def cash(amount: float) -> list[dict]:
	return [{"mode_of_payment": "Cash", "amount": amount}]


def take(house, customer, what: dict, amount: float, tenders=None, key: str | None = None, **values):  # noqa: F811
	"""As the cashier does it, and committed as a request is."""
	frappe.db.commit()
	with f.logged_in(house.cashier):
		state = deposits.take(
			customer.name, f.COMPANY, what, {"amount": amount, **values}, tenders, key or f.key()
		)
		frappe.db.commit()
	return state


def payments(deposit: str) -> list:
	return frappe.get_all(
		"Payment Entry",
		{"dealer_deposit": deposit, "docstatus": 1},
		["name", "paid_amount", "mode_of_payment", "dealer_shift"],
		order_by="name",
	)


def test_a_part_is_paid_for_once_and_counts_in_the_shift(house):  # noqa: F811
	customer, key = f.make_customer(), f.key()
	tenders = [*cash(100), {"mode_of_payment": "Check", "amount": 50, "reference_no": "1042"}]
	state = take(house, customer, {"text": "Roof rack"}, 150, tenders, key)
	assert (state["status"], state["amount"], state["what"], state["repeated"]) == (
		"Held",
		150,
		"Roof rack",
		False,
	)
	assert [(row.paid_amount, row.dealer_shift) for row in payments(state["name"])] == [
		(100, house.shift.name),
		(50, house.shift.name),
	]
	again = take(house, customer, {"text": "Roof rack"}, 150, tenders, key)
	assert (again["name"], again["repeated"]) == (state["name"], True)
	with f.logged_in(house.cashier):
		assert deposits.find(key)["name"] == state["name"]
		assert deposits.find(f.key()) is None
	assert len(payments(state["name"])) == 2
	with pytest.raises(frappe.ValidationError, match="key of another one"):
		take(house, f.make_customer(), {"text": "Roof rack"}, 150, tenders, key)


def test_what_is_refused_leaves_nothing_and_the_same_key_works_then(house):  # noqa: F811
	customer, key = f.make_customer(), f.key()
	with pytest.raises(DealerRefusal):
		take(house, customer, {"text": "Roof rack"}, 150, cash(100), key)
	frappe.db.rollback()
	assert not frappe.db.exists("Deposit", {"customer": customer.name})
	state = take(house, customer, {"text": "Roof rack"}, 150, cash(150), key)
	assert state["taken"] and not state["repeated"]


def test_a_car_is_held_and_an_order_is_its_customers(house):  # noqa: F811
	customer, car = f.make_customer(), f.make_vehicle()
	state = take(house, customer, {"doctype": "Dealer Vehicle", "name": car.name}, 500, cash(500))
	assert state["hold_until"]
	assert frappe.db.get_value("Dealer Vehicle", car.name, ["status", "held_for"]) == (
		"On Hold",
		customer.name,
	)
	order = lane.make_order(customer)
	state = take(house, customer, {"doctype": "Repair Order", "name": order.name}, 80, cash(80))
	kind, held_for, vehicle = frappe.db.get_value("Deposit", state["name"], ["kind", "held_for", "vehicle"])
	assert (kind, vehicle) == ("Part", None) and order.name in held_for
	with pytest.raises(frappe.ValidationError, match="another customer"):
		take(house, f.make_customer(), {"doctype": "Repair Order", "name": order.name}, 80, cash(80))
	frappe.db.rollback()


def test_a_draft_waits_for_its_card_and_may_be_paid_otherwise(house):  # noqa: F811
	customer, key = f.make_customer(), f.key()
	draft = take(house, customer, {"text": "Roof rack"}, 150, None, key)
	assert (draft["status"], draft["taken"]) == ("Draft", False) and not payments(draft["name"])
	assert take(house, customer, {"text": "Roof rack"}, 150, None, key)["name"] == draft["name"]
	with f.logged_in(house.cashier):
		facts = deposits.facts(draft["name"], house.profile)
		assert "Cash" in {row["name"] for row in facts["modes"]}
		paid = deposits.take_draft(draft["name"], cash(150), f.key())
		frappe.db.commit()
	assert paid["taken"] and flt(payments(draft["name"])[0].paid_amount) == 150


def test_a_double_click_in_two_processes_is_one_deposit(house, site):  # noqa: F811
	customer, key = f.make_customer(), f.key()
	frappe.db.commit()
	racers = Racers(site)
	try:
		finishes = racers.run(*[("take_at_counter", customer.name, 90.0, key, house.cashier)] * 2)
	finally:
		racers.close()
	assert all(finish.won for finish in finishes), finishes
	assert len({finish.result["name"] for finish in finishes}) == 1
	assert sorted(finish.result["repeated"] for finish in finishes) == [False, True]
	frappe.db.rollback()
	assert len(payments(finishes[0].result["name"])) == 1


def test_a_screen_that_is_not_as_known_is_told_once_a_day(house):  # noqa: F811
	name = f"ItemCart.{f.key()[:8]}"
	title = "Dealership counter: not as known"
	with f.logged_in(house.cashier):
		told = [counter_health.report([name], "a stack"), counter_health.report([name])]
	assert [row["counter"] for row in told] == [True, True]
	lines = frappe.get_all("Error Log", {"method": title, "error": ("like", f"%{name}%")}, ["error"])
	assert len(lines) == 1 and "a stack" in lines[0].error

"""A request whose answer was lost is taken back before another one is begun: it books now, or never."""

from __future__ import annotations

import frappe
import pytest

from dealer_pos_crm.api import counter as api
from dealer_pos_crm.dealer_counter import deposits, requests
from dealer_pos_crm.dealer_counter.collecting import receipt
from dealer_pos_crm.dealer_counter.refunds import refund
from tests.site import counter_house as h
from tests.site import factories as f
from tests.site.counter_house import house
from tests.site.racers import Racers

__all__ = ["house"]


@pytest.fixture(scope="module", autouse=True)
def counter(house):
	return house


def take_back(key: str, user: str) -> bool:
	frappe.db.commit()
	with f.logged_in(user):
		taken_back = api.take_back(key)["taken_back"]
	frappe.db.commit()
	return taken_back


def test_what_was_carried_out_is_not_taken_back(counter):
	customer, invoices = h.owing(60)
	key = f.key()
	taken = h.collect(customer, h.lines_of(*invoices), [h.cash(60)], key=key)
	assert not take_back(key, counter.cashier)
	assert receipt.find(key)["receipt"] == taken["receipt"]


def test_what_was_taken_back_never_books(counter):
	customer, (invoice,) = h.owing(60)
	key = f.key()
	assert take_back(key, counter.cashier)
	assert take_back(key, counter.cashier)  # asked twice, the same answer
	with pytest.raises(requests.TakenBack):
		h.collect(customer, h.lines_of(invoice), [h.cash(60)], key=key)
	frappe.db.rollback()
	with pytest.raises(requests.TakenBack), f.logged_in(counter.cashier):
		deposits.take(
			customer.name,
			f.COMPANY,
			{"text": "Roof rack"},
			{"amount": 50},
			[{"mode_of_payment": "Cash", "amount": 50}],
			key,
		)
	frappe.db.rollback()
	assert h.open_of(invoice) == 60
	assert not frappe.get_all("Counter Receipt", {"customer": customer.name})
	assert not frappe.get_all("Deposit", {"customer": customer.name})
	assert h.collect(customer, h.lines_of(invoice), [h.cash(60)])["amount"] == 60


def test_a_refund_that_was_taken_back_is_not_asked_for(counter):
	customer, (invoice,) = h.owing(60)
	h.collect(customer, h.lines_of(invoice, amounts=(60,)), [h.cash(90)], keep_rest=True)
	payment = frappe.db.get_value("Payment Entry", {"party": customer.name, "unallocated_amount": (">", 0)})
	key = f.key()
	assert take_back(key, counter.cashier)
	with pytest.raises(requests.TakenBack), f.logged_in(counter.cashier):
		refund.ask("Credit", payment, 30, "Cash", "Paid too much", key)
	frappe.db.rollback()
	assert not frappe.get_all("Counter Refund", {"customer": customer.name})


def test_taking_back_meets_the_request_itself(counter, site):
	racers = Racers(site)
	try:
		for round_number in range(4):
			customer, (invoice,) = h.owing(60)
			key = f.key()
			lines = h.lines_of(invoice, amounts=(25,))
			collected, back = racers.run(
				("collect_lines", customer.name, lines, [h.cash(25)], key, counter.cashier),
				("take_back", key, counter.cashier),
				later=0.03 * round_number,
			)
			frappe.db.rollback()
			made = frappe.get_all("Counter Receipt", {"client_key": key})
			assert back.won, back
			if back.result:
				assert not collected.won and "taken back" in collected.error, collected
			assert bool(back.result) != bool(made), (collected, back)
			assert h.open_of(invoice) == (60 if back.result else 35)
	finally:
		racers.close()


def test_old_keys_are_forgotten():
	key = f.key()
	assert requests.take_back(key)
	frappe.db.sql("update `tabCounter Request` set creation = '2020-01-01' where client_key = %s", key)
	requests.forget_old()
	assert not frappe.db.exists("Counter Request", {"client_key": key})
	frappe.db.commit()

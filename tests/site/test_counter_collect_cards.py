"""A card among the tenders: charged first, booked at once, and never lost whatever becomes of the rest."""

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.terminal import taking
from dealer_pos_crm.dealer_counter.collecting import cards, receipt
from dealer_pos_crm.dealer_counter.shifts import guard
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import counter_house as h
from tests.site import factories as f
from tests.site.counter_house import house
from tests.site.counters import charged, counter, present, quiet_counter

__all__ = ["counter", "house", "quiet_counter"]


def card(counter, amount: float, reader=None) -> dict:
	return {"way": "Card", "amount": amount, "reader": (reader or counter.one).name}


@pytest.fixture
def begun(house, counter):
	"""Two invoices, 60 by card and 40 in cash with 10 back; the reader waits for the card."""
	customer, invoices = h.owing(70, 30)
	state = h.collect(customer, h.lines_of(*invoices), [h.cash(40, 50), card(counter, 60)])
	assert (state["status"], state["missing"], state["payments"]) == ("Collecting", 100, [])
	assert state["card"]["card_payment"]["status"] == "Waiting" and state["card_problem"] == ""
	return customer, invoices, state


def step(house, act, *values, user=None, **more) -> dict:
	"""As the cashier's dialog does it."""
	frappe.db.commit()
	with f.logged_in(user or house.cashier):
		state = act(*values, **more)
		frappe.db.commit()
	return state


def test_half_by_card_and_half_in_cash(house, counter, begun):
	customer, invoices, state = begun
	name, entry_key = state["receipt"], state["card"]["card_payment"]["name"]
	# nothing of it is booked before the card stands, whoever presses
	assert step(house, receipt.finish, name)["status"] == "Collecting"
	assert [row["name"] for row in guard.in_flight(house.shift.name)].count(name) == 1

	present(counter)
	state = step(house, receipt.look, name)
	assert (state["status"], state["missing"], state["may_finish"]) == ("Collecting", 40, True)
	assert [row["state"] for row in state["tenders"]] == ["Waiting", "Booked"]
	assert [h.open_of(invoice) for invoice in invoices] == [10, 30]

	state = step(house, receipt.finish, name)
	assert (state["status"], state["amount"], state["change_amount"]) == ("Taken", 100, 10)
	assert h.owes(customer) == 0 and len(state["payments"]) == 2
	assert {row.dealer_shift for row in h.payments_of(name)} == {house.shift.name}
	assert charged(counter.fake, entry_key) == 6000
	assert guard.in_flight(house.shift.name) == []
	# again, after a reload: the same
	assert step(house, receipt.finish, name)["payments"] == state["payments"]


def test_the_request_that_comes_again_finds_its_card(house, counter):
	customer, (invoice,) = h.owing(45)
	key, lines = f.key(), h.lines_of(invoice)
	first = h.collect(customer, lines, [card(counter, 45)], key=key)
	again = h.collect(customer, lines, [card(counter, 45)], key=key)
	assert again["repeated"] and again["receipt"] == first["receipt"]
	assert again["card"]["card_payment"]["name"] == first["card"]["card_payment"]["name"]
	present(counter)
	# nobody looks any more: what the provider says of it later is enough, and nothing but the card was to come
	taking.state(first["card"]["card_payment"]["name"])
	frappe.db.commit()
	state = receipt.find(key)
	assert (state["status"], h.open_of(invoice)) == ("Taken", 0)
	assert charged(counter.fake, first["card"]["card_payment"]["name"]) == 4500


def test_two_cards_one_after_the_other(house, counter):
	customer, (invoice,) = h.owing(50)
	state = h.collect(customer, h.lines_of(invoice), [card(counter, 20), card(counter, 30, counter.two)])
	present(counter)
	state = step(house, receipt.finish, state["receipt"])
	assert (state["missing"], state["card"]["amount"]) == (30, 30)
	assert state["card"]["card_payment"]["status"] == "Waiting"
	present(counter, reader=counter.two)
	state = step(house, receipt.finish, state["receipt"])
	assert (state["status"], h.open_of(invoice), len(state["payments"])) == ("Taken", 0, 2)


def test_a_declined_card_is_replaced(house, counter, begun):
	customer, _invoices, state = begun
	name, first = state["receipt"], state["card"]["card_payment"]["name"]
	present(counter, "0002")
	state = step(house, receipt.look, name)
	assert state["card"]["card_payment"]["status"] == "Failed" and state["missing"] == 100

	with pytest.raises(DealerRefusal, check=lambda error: error.code == "short"):
		step(house, receipt.replace, name, [h.cash(99)])
	frappe.db.rollback()
	state = step(house, receipt.replace, name, [h.check(100, "88")])
	assert (state["status"], h.owes(customer), state["change_amount"]) == ("Taken", 0, 0)
	assert [row["state"] for row in state["tenders"]] == ["Failed", "Failed", "Booked"]
	assert charged(counter.fake, first) == 0
	assert step(house, receipt.replace, name, [h.check(100, "88")])["payments"] == state["payments"]


def test_closed_in_the_middle_and_found_by_another_cashier(house, counter, begun):
	customer, invoices, state = begun
	name = state["receipt"]
	present(counter)  # the card was shown, the browser is gone
	assert name in [row["name"] for row in receipt.unfinished(shift=house.shift.name)]
	assert name in [row["name"] for row in receipt.unfinished(customer=customer.name)]
	with pytest.raises(DealerRefusal, check=lambda error: error.code == "no_reason"):
		step(house, receipt.give_up, name, " ")
	state = step(house, receipt.give_up, name, "Has no cash on her", user=house.manager)
	# the card was charged: its money stays where the receipt chose, and the receipt stands for it
	assert (state["status"], state["amount"], state["change_amount"]) == ("Taken", 60, 0)
	assert "Has no cash" in state["note"]
	assert [row["state"] for row in state["tenders"]] == ["Failed", "Booked"]
	assert [h.open_of(invoice) for invoice in invoices] == [10, 30]
	assert receipt.unfinished(customer=customer.name) == []


def test_given_up_before_anybody_paid(house, counter, begun):
	customer, _invoices, state = begun
	state = step(house, receipt.give_up, state["receipt"], "Comes back tomorrow")
	assert (state["status"], state["amount"], state["payments"]) == ("Given Up", 0, [])
	assert h.owes(customer) == 100
	# the reader is free for the next one
	_customer, (other,) = h.owing(5, customer=customer)
	again = h.collect(customer, h.lines_of(other), [card(counter, 5)])
	assert again["card_problem"] == ""


def test_what_was_paid_meanwhile_makes_the_charge_a_credit(house, counter, begun):
	customer, invoices, state = begun
	h.collect(customer, h.lines_of(invoices[0]), [h.check(70)])  # at another counter
	present(counter)
	state = step(house, receipt.look, state["receipt"])
	(row,) = [row for row in state["tenders"] if row["way"] == "Card"]
	assert row["state"] == "Booked" and h.owes(customer) == 30 - 60
	told = frappe.get_all(
		"Cashier Log", {"kind": "payment.unapplied", "card_payment": row["card_payment"]["name"]}
	)
	assert len(told) == 1
	with pytest.raises(DealerRefusal, check=lambda error: error.code in ("gone", "more_than_open")):
		step(house, receipt.finish, state["receipt"])
	frappe.db.rollback()
	state = step(house, receipt.give_up, state["receipt"], "Paid at the other counter")
	assert (state["status"], state["amount"], state["credit_amount"]) == ("Taken", 60, 60)


def test_a_reader_that_cannot_be_reached_loses_nothing(house, counter):
	customer, (invoice,) = h.owing(25)
	counter.fake.reader.unplug(counter.one.reader_id)
	state = h.collect(customer, h.lines_of(invoice), [card(counter, 25)])
	assert state["status"] == "Collecting" and h.open_of(invoice) == 25
	counter.fake.reader.plug_in(counter.one.reader_id)
	state = step(house, receipt.replace, state["receipt"], [card(counter, 25, counter.two)])
	present(counter, reader=counter.two)
	state = step(house, receipt.finish, state["receipt"])
	assert (state["status"], h.open_of(invoice)) == ("Taken", 0)


def test_dead_after_the_charge_and_before_its_row_was_written(house, counter, monkeypatch):
	"""The process dies right after the provider was asked: the money finds its tender all the same."""
	customer, (invoice,) = h.owing(35)
	key, begin = f.key(), taking.start

	def dies(**values):
		begin(**values)
		raise RuntimeError("power cut")

	monkeypatch.setattr(taking, "start", dies)
	with pytest.raises(RuntimeError):
		h.collect(customer, h.lines_of(invoice), [card(counter, 35)], key=key)
	frappe.db.rollback()
	monkeypatch.undo()
	present(counter)
	(one,) = cards._tries(cards.next_row(frappe.get_doc("Counter Receipt", receipt.find(key)["receipt"])))
	taking.state(one.name)
	frappe.db.commit()
	state = receipt.find(key)
	assert (state["status"], h.open_of(invoice)) == ("Taken", 0)
	assert charged(counter.fake, one.name) == 3500
	assert flt(state["amount"]) == 35

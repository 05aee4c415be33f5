"""Cards in person, on every kind of document, for the right people, and through storms of faults."""

from __future__ import annotations

import random

import frappe
import pytest

from dealer_pos_crm.api import terminal as api
from dealer_pos_crm.dealer_cashier.terminal import taking
from dealer_pos_crm.dealer_setup import roles
from tests.site import billing, cards, showroom
from tests.site import counters as c
from tests.site import factories as f
from tests.stripe_fake.errors import ApiError
from tests.stripe_fake.faults import KINDS

OPERATIONS = (
	"payment_intents.create",
	"payment_intents.retrieve",
	"payment_intents.cancel",
	"terminal.readers.process_payment_intent",
	"terminal.readers.cancel_action",
	"terminal.readers.retrieve",
	"*",
)


counter = c.counter


def clear(counter) -> None:
	frappe.db.rollback()
	counter.fake.faults.clear()
	counter.fake.finish_hanging()
	for reader in (counter.one, counter.two):
		counter.fake.reader.plug_in(reader.reader_id)


# Documents


def test_a_repair_order_is_paid_at_the_reader(counter):
	billing.set_up()
	order = billing.ready([billing.work()])
	billing.invoice(order)
	order.reload()
	due = order.outstanding
	assert due > 100
	state = c.start(counter.one, "Repair Order", order.name, 100)
	counter.fake.reader.present(counter.one.reader_id)
	assert c.look(state)["booking"] == "Booked"
	order.reload()
	assert order.outstanding == pytest.approx(due - 100)
	state = c.start(counter.one, "Repair Order", order.name, order.outstanding)
	counter.fake.reader.present(counter.one.reader_id)
	assert c.look(state)["phase"] == "Paid"
	order.reload()
	assert (order.outstanding, order.payment_status) == (0, "Paid")


def test_money_down_on_a_deal_is_a_deposit_of_it(counter):
	showroom.set_up_showroom()
	deal = showroom.make_deal()
	state = c.start(counter.one, "Deal Jacket", deal.name, 750)
	counter.fake.reader.present(counter.one.reader_id)
	state = c.look(state)
	assert (state["phase"], state["booking"]) == ("Paid", "Booked")
	deposit = frappe.get_doc("Deposit", {"deal": deal.name})
	assert (deposit.status, deposit.held_amount) == ("Held", 750)
	assert [row.paid_amount for row in c.entries(state["name"])] == [750]


def test_what_a_customer_can_pay_by_card_is_listed(counter):
	customer = f.make_customer()
	invoice = f.make_invoice(customer, 60)
	f.make_invoice(customer, 10, submit=False)
	deposit = f.make_deposit(customer, amount=200)
	frappe.db.commit()
	rows = api.payable_of(customer.name, f.COMPANY)
	assert {(row["doctype"], row["name"], row["open"]) for row in rows} == {
		("Sales Invoice", invoice.name, 60),
		("Deposit", deposit.name, 200),
	}


# People


@pytest.mark.parametrize("role", [roles.SALESPERSON, roles.ADVISOR, roles.TECHNICIAN, roles.BDC])
def test_who_takes_no_money_takes_no_card(counter, role):
	invoice = f.make_invoice(f.make_customer(), 60)
	with f.logged_in(f.make_user(role)), pytest.raises(frappe.PermissionError):
		api.start(
			reader=counter.one.name,
			amount=60,
			client_key=f.key(),
			doctype="Sales Invoice",
			name=invoice.name,
		)


def test_a_cashier_takes_a_card_and_registers_no_reader(counter):
	invoice = f.make_invoice(f.make_customer(), 60)
	fresh = c.new_reader(counter.account)
	frappe.db.commit()
	cashier = f.make_user(roles.CASHIER)
	with f.logged_in(cashier):
		with pytest.raises(frappe.PermissionError):
			api.register_reader(fresh.name, "simulated-wpe")
		with pytest.raises(frappe.PermissionError):
			api.start(
				reader=counter.one.name,
				amount=1,
				client_key=f.key(),
				doctype="User",
				name=cashier,
			)
		state = api.start(
			reader=counter.one.name,
			amount=60,
			client_key=f.key(),
			doctype="Sales Invoice",
			name=invoice.name,
		)
		frappe.db.commit()
		counter.fake.reader.present(counter.one.reader_id)
		state = api.look(state["name"])
		frappe.db.commit()
	assert state["booking"] == "Booked"
	assert frappe.db.get_value("Payment Entry", state["payment_entry"], "owner") == cashier


# Storms


class Storm:
	"""A cashier, a customer and a bad line, who do things in any order."""

	def __init__(self, counter, seed: int) -> None:
		self.counter, self.fake, self.chance = counter, counter.fake, random.Random(seed)
		self.invoice = f.make_invoice(f.make_customer(), 400)
		self.keys = [f.key()]
		frappe.db.commit()

	def reader(self):
		return self.chance.choice([self.counter.one, self.counter.two])

	def names(self) -> list[str]:
		frappe.db.rollback()
		return frappe.get_all(
			"Card Payment", {"for_name": self.invoice.name}, pluck="name", order_by="creation"
		)

	def break_something(self) -> None:
		self.fake.fail_next(
			self.chance.choice(OPERATIONS), self.chance.choice(KINDS), self.chance.choice([1, 2])
		)

	def begin(self) -> None:
		if self.chance.random() < 0.4:
			self.keys.append(f.key())
		c.start(
			self.reader(),
			"Sales Invoice",
			self.invoice.name,
			self.chance.choice([400, 150]),
			key=self.keys[-1],
		)

	def look(self) -> None:
		for name in self.names():
			c.look({"name": name}, by_person=self.chance.random() < 0.5)

	def send(self) -> None:
		for name in self.names()[-1:]:
			taking.send(name, self.chance.choice([None, self.reader().name]))

	def cancel(self) -> None:
		for name in self.names()[-1:]:
			taking.cancel(name)

	def present(self) -> None:
		self.fake.reader.present(self.reader().reader_id, self.chance.choice(["4242", "4444", "0002"]))

	def press_cancel(self) -> None:
		reader = self.fake.readers.retrieve(self.reader().reader_id, {})
		if reader["action"] and reader["action"]["status"] == "in_progress":
			self.fake.reader.press_cancel(reader["id"])

	def unplug(self) -> None:
		self.fake.reader.unplug(self.reader().reader_id)

	def plug_in(self) -> None:
		for reader in (self.counter.one, self.counter.two):
			self.fake.reader.plug_in(reader.reader_id)

	def messages(self) -> None:
		self.fake.finish_hanging()
		cards.deliver(self.fake)

	def step(self) -> None:
		doing = self.chance.choice(
			[
				self.begin,
				self.begin,
				self.look,
				self.send,
				self.cancel,
				self.present,
				self.present,
				self.press_cancel,
				self.unplug,
				self.plug_in,
				self.messages,
				self.break_something,
			]
		)
		try:
			doing()
		except (frappe.ValidationError, ApiError):
			pass  # told to the cashier, or a reader that shows nothing
		frappe.db.commit()
		frappe.local.message_log = []

	def end(self) -> None:
		clear(self.counter)
		cards.deliver(self.fake)
		for name in self.names():
			state = c.look({"name": name}, by_person=True)
			if not state["over"]:
				state = taking.cancel(name)
				frappe.db.commit()
			assert state["over"], state


@pytest.mark.parametrize("seed", range(6))
def test_whatever_goes_wrong_in_any_order_money_is_taken_once_and_booked_once(counter, seed):
	clear(counter)
	storm = Storm(counter, seed)
	for _number in range(14):
		storm.step()
	storm.end()
	charged = booked = 0
	for name in storm.names():
		taken = c.charged(storm.fake, name)
		entries = c.entries(name)
		assert sum(round(row.paid_amount * 100) for row in entries) == taken, name
		assert len(entries) == (1 if taken else 0), name
		assert len([row for row in c.intents(storm.fake) if row["metadata"].get("name") == name]) <= 1
		charged, booked = charged + taken, booked + len(entries)
	storm.invoice.reload()
	assert charged <= 40000
	assert round(storm.invoice.outstanding_amount * 100) == 40000 - charged
	for reader in (counter.one, counter.two):
		assert not frappe.db.get_value("Card Reader", reader.name, "card_payment")

"""Cards in person: readers, one payment on each, declined, cancelled, reloaded, and two cashiers."""

from __future__ import annotations

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.gateway import outbox
from dealer_pos_crm.dealer_cashier.terminal import overview, readers, taking
from dealer_pos_crm.dealer_setup import card_accounting
from tests.site import counters as c
from tests.site import factories as f
from tests.site.counters import begin, holder, present
from tests.site.racers import Racers
from tests.stripe_fake import server as http

counter, quiet_counter, invoice = c.counter, c.quiet_counter, c.invoice


# Readers


def test_a_reader_is_registered_by_its_code_once(counter):
	assert counter.one.reader_id.startswith("tmr_")
	assert counter.one.test_mode and counter.one.state == "Online"
	assert counter.one.location_id == counter.two.location_id  # one place, two readers
	with pytest.raises(frappe.ValidationError, match="registered already"):
		readers.register(counter.one.name, "simulated-wpe")


def test_a_code_that_was_used_is_refused_with_the_remedy(counter):
	doc = c.new_reader(counter.account)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Check the code on the reader"):
		readers.register(doc.name, "used-up-code")
	assert not frappe.db.get_value("Card Reader", doc.name, "reader_id")
	with pytest.raises(frappe.ValidationError, match="Enter the code"):
		readers.register(doc.name, " ")


def test_nobody_types_what_the_provider_says(counter):
	doc = frappe.get_doc("Card Reader", counter.one.name)
	doc.update({"reader_id": "tmr_other", "action_state": "Free", "state": "Offline", "test_mode": 0})
	doc.save()
	doc.reload()
	assert (doc.reader_id, doc.state, doc.test_mode) == (counter.one.reader_id, "Online", 1)
	assert doc.action_state != "Free"


def test_a_reader_that_does_not_answer_is_told(counter):
	counter.fake.fail_next("terminal.readers.retrieve", "refused", times=4)
	with pytest.raises(frappe.ValidationError, match="does not answer"):
		readers.refresh(counter.one.name)
	counter.fake.faults.clear()
	counter.fake.reader.unplug(counter.one.reader_id)
	assert readers.refresh(counter.one.name)["state"] == "Offline"


def test_a_reader_of_another_mode_takes_nothing(counter, invoice):
	frappe.db.set_value("Card Reader", counter.two.name, "test_mode", 0)
	frappe.db.commit()
	try:
		with pytest.raises(frappe.ValidationError, match="another mode"):
			c.start(counter.two, "Sales Invoice", invoice.name, 400)
	finally:
		frappe.db.set_value("Card Reader", counter.two.name, "test_mode", 1)
		frappe.db.commit()


def test_the_reader_chosen_last_comes_first(counter, invoice):
	cashier = f.make_user("Dealer Cashier")
	with f.logged_in(cashier):
		assert readers.choices(f.COMPANY)["usual"] in (None, counter.one.name, counter.two.name)
		c.start(counter.two, "Sales Invoice", invoice.name, 10)
		assert readers.choices(f.COMPANY)["usual"] == counter.two.name


def test_without_a_choice_the_reader_of_the_own_counter_is_meant(counter):
	assert readers.choices(f.COMPANY)["readers"][1:]  # there is more than one
	cashier = f.make_user(("Dealer Cashier", "Sales Manager", "Accounts Manager", "System Manager"))
	frappe.db.set_value("Card Reader", counter.two.name, "counter", f.make_pos_profile())
	with f.logged_in(cashier):
		assert readers.choices(f.COMPANY)["usual"] is None
		f.open_shift()
		assert readers.choices(f.COMPANY)["usual"] == counter.two.name
	frappe.db.rollback()


def test_only_readers_of_the_account_in_use_are_offered(counter):
	assert readers.companies_with_readers([f.COMPANY, "Nobody"]) == [f.COMPANY]
	offered = {row.name for row in readers.choices(f.COMPANY)["readers"]}
	assert {counter.one.name, counter.two.name} <= offered
	frappe.db.set_value("Gateway Account", counter.account, "enabled", 0)
	assert readers.companies_with_readers([f.COMPANY]) == []
	assert not offered & {row.name for row in readers.choices(f.COMPANY)["readers"]}
	frappe.db.rollback()


# The straight way


def test_an_invoice_is_paid_at_the_reader(counter, invoice):
	state = begin(counter, invoice)
	assert (state["phase"], state["moves"]) == ("On Reader", ["cancel", "look"])
	assert state["test_mode"] and holder(counter.one) == state["name"]
	present(counter)
	state = c.look(state)
	assert (state["phase"], state["booking"], state["last4"]) == ("Paid", "Booked", "4242")
	assert holder(counter.one) is None
	(entry,) = c.entries(state["name"])
	assert (entry.paid_amount, entry.unallocated_amount) == (400, 0)
	assert entry.reference_no == c.card_of(state).intent_id
	assert entry.paid_to == frappe.db.get_value("Gateway Account", counter.account, "clearing_account")
	invoice.reload()
	assert invoice.outstanding_amount == 0


def test_a_part_is_taken_by_card_and_the_rest_stays_open(counter, invoice):
	state = begin(counter, invoice, 150.25)
	present(counter)
	assert c.look(state)["phase"] == "Paid"
	invoice.reload()
	assert invoice.outstanding_amount == 249.75


def test_more_than_is_open_is_refused_before_anything_is_asked(counter, invoice):
	before = len(c.intents(counter.fake))
	with pytest.raises(frappe.ValidationError, match="400"):
		begin(counter, invoice, 400.01)
	assert len(c.intents(counter.fake)) == before and holder(counter.one) is None


def test_a_deposit_is_taken_by_card_and_holds_its_car(counter):
	deposit = f.make_deposit()
	state = c.start(counter.one, "Deposit", deposit.name, 500)
	present(counter)
	assert c.look(state)["booking"] == "Booked"
	deposit.reload()
	assert (deposit.status, deposit.held_amount) == ("Held", 500)
	assert frappe.db.exists("Dealer Vehicle Hold", {"active_vehicle": deposit.vehicle})


def test_money_for_no_document_is_the_customers_credit(counter):
	customer = f.make_customer()
	frappe.db.commit()
	state = taking.start(
		reader=counter.one.name,
		asked=lambda: taking.owed_for(None, None, None, customer.name, f.COMPANY, "Touch-up paint"),
		amount=30,
		client_key=f.key(),
	)
	frappe.db.commit()
	present(counter)
	state = c.look(state)
	assert (state["phase"], state["what"]) == ("Paid", "Touch-up paint")
	(entry,) = c.entries(state["name"])
	assert entry.unallocated_amount == 30


# Declined, cancelled, and paid in another way


def test_a_declined_card_and_then_another_one_is_one_payment(counter, invoice):
	state = begin(counter, invoice)
	present(counter, "0002")
	state = c.look(state)
	assert state["phase"] == "Declined" and "declined" in state["decline_message"].lower()
	assert "send" in state["moves"] and not c.entries(state["name"])
	intent = c.card_of(state).intent_id
	state = taking.send(state["name"])
	assert (state["phase"], state["sends"]) == ("On Reader", 2)
	present(counter, "4444")
	state = c.look(state)
	assert state["phase"] == "Paid" and c.card_of(state).intent_id == intent
	assert c.charged(counter.fake, state["name"]) == 40000 and len(c.entries(state["name"])) == 1


def test_the_customer_stops_it_and_pays_at_the_other_counter(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.reader.press_cancel(counter.one.reader_id)
	state = c.look(state)
	assert state["phase"] == "Reader Failed" and "cancel" in state["reader_problem"].lower()
	state = taking.send(state["name"], counter.two.name)
	frappe.db.commit()
	assert (state["phase"], state["card_reader"]) == ("On Reader", counter.two.name)
	assert holder(counter.one) is None and holder(counter.two) == state["name"]
	present(counter, reader=counter.two)
	assert c.look(state)["phase"] == "Paid"


def test_cancelled_at_the_desk_nobody_is_charged(counter, invoice):
	state = begin(counter, invoice)
	state = taking.cancel(state["name"])
	frappe.db.commit()
	assert (state["phase"], state["note"], state["over"]) == ("Cancelled", "", True)
	assert holder(counter.one) is None
	assert counter.fake.readers.retrieve(counter.one.reader_id, {})["action"] is None
	assert c.card_of(state).status == "Cancelled"
	assert taking.cancel(state["name"])["phase"] == "Cancelled"  # clicked twice
	again = begin(counter, invoice)
	assert again["phase"] == "On Reader" and again["name"] != state["name"]


def test_too_late_to_cancel_while_the_bank_decides(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.reader.tap(counter.one.reader_id)
	state = taking.cancel(state["name"])
	frappe.db.commit()
	assert (state["over"], state["note"]) == (False, "too_late")
	counter.fake.reader.finish(counter.one.reader_id)
	state = c.look(state)
	assert state["phase"] == "Paid" and len(c.entries(state["name"])) == 1


def test_what_is_paid_cannot_be_cancelled(counter, invoice):
	state = begin(counter, invoice)
	present(counter)
	with pytest.raises(frappe.ValidationError, match="over"):
		taking.cancel(state["name"])
	assert c.look(state)["phase"] == "Paid"


# Clicked twice, reloaded, two cashiers


def test_the_same_click_twice_is_one_payment(counter, invoice):
	key = f.key()
	one = begin(counter, invoice, key=key)
	two = begin(counter, invoice, key=key)
	assert one["name"] == two["name"] and two["sends"] == 1
	assert taking.by_key(key) == one["name"]


def test_after_a_reload_the_running_payment_is_found(counter, invoice):
	state = begin(counter, invoice)
	facts = overview.facts(taking.owed_for("Sales Invoice", invoice.name, None, None, None, None))
	assert facts["running"] == state["name"]
	present(counter)
	c.look(state)
	facts = overview.facts(taking.owed_for("Sales Invoice", invoice.name, None, None, None, None))
	assert facts["running"] is None and not facts["payable"]


def test_a_second_payment_for_the_document_waits_for_the_first(counter, invoice):
	state = begin(counter, invoice)
	with pytest.raises(frappe.ValidationError, match=state["name"]):
		c.start(counter.two, "Sales Invoice", invoice.name, 400)
	assert holder(counter.two) is None
	present(counter)
	with pytest.raises(frappe.ValidationError, match="is paid"):  # looking at the first one booked it
		c.start(counter.two, "Sales Invoice", invoice.name, 400)
	assert frappe.db.count("Card Payment", {"for_name": invoice.name}) == 1


def test_a_reader_has_one_payment_at_a_time(counter, invoice):
	state = begin(counter, invoice)
	other = f.make_invoice(f.make_customer(), 50)
	with pytest.raises(frappe.ValidationError, match=state["name"]):
		c.start(counter.one, "Sales Invoice", other.name, 50)
	assert holder(counter.one) == state["name"]
	assert not frappe.db.exists("Card Payment", {"for_name": other.name})


def test_two_windows_put_a_payment_on_the_reader_once(counter, invoice):
	state = begin(counter, invoice)
	present(counter, "0002")
	assert c.look(state)["phase"] == "Declined"
	one = taking._plan_send(state["name"], None, 1)
	frappe.db.commit()
	assert one and taking._plan_send(state["name"], None, 1) is None
	outbox.run(one)
	assert c.look(state)["phase"] == "On Reader" and c.look(state)["sends"] == 2


def test_a_test_card_is_shown_to_a_test_reader_only(counter, invoice):
	state = begin(counter, invoice)
	assert state["simulated"]
	state = taking.present_test_card(state["name"])
	assert (state["phase"], state["booking"]) == ("Paid", "Booked")
	frappe.db.set_value("Card Reader", counter.one.name, "device_type", "stripe_s700")
	with pytest.raises(frappe.ValidationError, match="test reader"):
		taking.present_test_card(state["name"])
	frappe.db.rollback()


def test_without_accounts_for_its_books_no_card_is_taken(counter, invoice):
	frappe.db.set_value("Gateway Account", counter.account, "clearing_account", None)
	frappe.clear_document_cache("Gateway Account", counter.account)
	frappe.db.commit()
	before = len(c.intents(counter.fake))
	try:
		with pytest.raises(frappe.ValidationError, match="Clearing Account"):
			begin(counter, invoice)
	finally:
		card_accounting.set_up(f.COMPANY)
		frappe.clear_document_cache("Gateway Account", counter.account)
		frappe.db.commit()
	assert len(c.intents(counter.fake)) == before and holder(counter.one) is None


def test_a_reader_that_a_dead_payment_has_is_given_to_the_next(counter, invoice):
	"""The first cashier's browser is gone; the customer went away, and the reader gave up."""
	state = begin(counter, invoice)
	counter.fake.reader.press_cancel(counter.one.reader_id)
	other = f.make_invoice(f.make_customer(), 50)
	taken = c.start(counter.one, "Sales Invoice", other.name, 50)
	assert taken["phase"] == "On Reader" and holder(counter.one) == taken["name"]
	with pytest.raises(frappe.ValidationError, match=taken["name"]):
		taking.send(state["name"])


def test_two_cashiers_at_one_reader_and_at_one_document(site, counter):
	"""Real processes at the same instant: one reader takes one payment, one document has one."""
	racers = Racers(site, 2)
	invoices = [f.make_invoice(f.make_customer(), 80).name for _number in range(4)]
	frappe.db.commit()
	try:
		with http.serve(counter.fake) as server:
			for pair in (invoices[0:2], invoices[2:4]):
				ends = racers.run(
					*(("take_card", server.url, counter.one.name, name, 80.0, f.key()) for name in pair)
				)
				frappe.db.rollback()
				won = [end.result for end in ends if end.won]
				assert len(won) == 1, [end.error for end in ends]
				assert any("Wait until it is over" in end.error for end in ends if not end.won)
				assert holder(counter.one) == won[0]["name"]
				taking.cancel(won[0]["name"])
				frappe.db.commit()
			single = f.make_invoice(f.make_customer(), 90).name
			frappe.db.commit()
			ends = racers.run(
				("take_card", server.url, counter.one.name, single, 90.0, f.key()),
				("take_card", server.url, counter.two.name, single, 90.0, f.key()),
			)
			frappe.db.rollback()
			assert sum(end.won for end in ends) == 1, [end.error for end in ends]
			assert frappe.db.count("Card Payment", {"for_name": single}) == 1
	finally:
		racers.close()

"""Cards in person when something goes wrong: lost answers, pulled plugs, messages alone, what was left lying."""

from __future__ import annotations

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_cashier.terminal import following, recovery, taking
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.gateways.errors import Rejected
from tests.site import cards
from tests.site import counters as c
from tests.site import factories as f
from tests.site.counters import begin, holder, present

SEND = "terminal.readers.process_payment_intent"


counter, quiet_counter, invoice = c.counter, c.quiet_counter, c.invoice


# Lost answers


def test_the_answer_to_the_reader_is_lost_after_it_arrived(counter, invoice):
	"""The most dangerous one: the card is charged while our screen knows nothing."""
	counter.fake.fail_next(SEND, "timeout_after", times=2)
	state = begin(counter, invoice)
	assert state["phase"] == "On Reader"  # the reader was read again, and shows it
	present(counter)
	state = c.look(state)
	assert state["phase"] == "Paid"
	assert c.charged(counter.fake, state["name"]) == 40000 and len(c.entries(state["name"])) == 1


def test_the_answer_is_lost_and_nothing_had_arrived(counter, invoice):
	counter.fake.fail_next(SEND, "timeout_before", times=2)
	state = begin(counter, invoice)
	assert state["phase"] == "Checking" and "send" not in state["moves"]
	state = c.look(state, by_person=True)  # both are read, then the same call goes out again
	assert (state["phase"], state["sends"]) == ("On Reader", 1)
	keys = {
		one.key
		for one in counter.fake.requests
		if one.operation == SEND and one.params.get("payment_intent") == c.card_of(state).intent_id
	}
	assert len(keys) == 1
	present(counter)
	assert c.look(state)["phase"] == "Paid" and c.charged(counter.fake, state["name"]) == 40000


def test_killed_before_the_payment_was_known_anywhere(counter, invoice):
	"""The process dies right after the row was written: the dialog finds it, and nothing is begun twice."""
	key = f.key()
	frappe.db.commit()
	taking._begin(
		counter.one.name,
		("Sales Invoice", invoice.name),
		lambda: taking.owed_for("Sales Invoice", invoice.name, None, None, None, None),
		400,
		key,
		"automatic",
		{},
	)
	frappe.db.commit()
	state = c.look({"name": taking.by_key(key)})
	assert (state["phase"], state["moves"]) == ("Ready", ["cancel", "look", "send"])
	assert begin(counter, invoice, key=key)["phase"] == "On Reader"
	present(counter)
	assert c.look(state)["phase"] == "Paid" and c.charged(counter.fake, state["name"]) == 40000


def test_the_reader_was_late_and_had_begun(counter, invoice):
	"""The provider says the reader could not be reached, and the reader shows the payment all the same."""
	counter.fake.reader.answers_late(counter.one.reader_id)
	state = begin(counter, invoice)
	assert state["phase"] == "On Reader"
	present(counter)
	assert c.look(state)["phase"] == "Paid"


def test_the_answer_to_the_beginning_is_lost(counter, invoice):
	counter.fake.fail_next("payment_intents.create", "timeout_after", times=2)
	state = begin(counter, invoice)
	assert state["phase"] in ("Starting", "On Reader")
	state = c.look(state, by_person=True)
	if state["phase"] == "Ready":
		state = taking.send(state["name"])
	assert state["phase"] == "On Reader"
	present(counter)
	assert c.look(state)["phase"] == "Paid"
	made = [row for row in c.intents(counter.fake) if row["metadata"].get("name") == state["name"]]
	assert len(made) == 1


def test_nobody_answers_and_the_customer_pays_cash(counter, invoice):
	"""The line is down: nothing is on a reader, so the payment ends at once and cash goes on."""
	counter.fake.fail_next("*", "refused", times=50)
	state = begin(counter, invoice)
	assert (state["phase"], state["silent"], state["sends"]) == ("Starting", True, 0)
	state = taking.cancel(state["name"])
	frappe.db.commit()
	assert state["phase"] == "Cancelled" and holder(counter.one) is None
	counter.fake.faults.clear()
	again = c.look(state)
	assert again["phase"] == "Cancelled" and c.charged(counter.fake, state["name"]) == 0
	assert begin(counter, invoice)["phase"] == "On Reader"


def test_while_it_may_be_on_the_reader_silence_cancels_nothing(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.fail_next("*", "refused", times=50)
	state = c.look(state)
	assert (state["phase"], state["silent"]) == ("Checking", True)
	state = taking.cancel(state["name"])
	frappe.db.commit()
	assert not state["over"] and state["note"] == "not_cancelled"
	with pytest.raises(frappe.ValidationError, match=state["name"]):
		c.start(counter.two, "Sales Invoice", invoice.name, 400)
	counter.fake.faults.clear()
	state = c.look(state, by_person=True)
	assert state["phase"] in ("On Reader", "Cancelled")
	assert c.charged(counter.fake, state["name"]) == 0


# Readers that do not do what they should


def test_an_offline_reader_says_so_and_the_other_takes_over(counter, invoice):
	counter.fake.reader.unplug(counter.one.reader_id)
	state = begin(counter, invoice)
	assert (state["phase"], "send" in state["moves"]) == ("Reader Offline", True)
	state = taking.send(state["name"], counter.two.name)
	assert state["phase"] == "On Reader"
	present(counter, reader=counter.two)
	assert c.look(state)["phase"] == "Paid"


def test_a_busy_reader_says_so(counter, invoice):
	"""Somebody uses it from the provider's own page."""
	client = accounts.client(counter.account)
	other = client.create_payment(key=f.key(), amount=Money(100, "USD"), metadata={}, what="From their page")
	client.process(counter.one.reader_id, other.intent, key=f.key())
	state = begin(counter, invoice)
	assert state["phase"] == "Reader Busy" and "send" in state["moves"]
	counter.fake.reader.press_cancel(counter.one.reader_id)
	assert taking.send(state["name"])["phase"] == "On Reader"


def test_the_plug_is_pulled_in_the_middle(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.reader.unplug(counter.one.reader_id)
	state = c.look(state)
	assert state["phase"] == "Reader Offline"
	other = f.make_invoice(f.make_customer(), 50)
	with pytest.raises(frappe.ValidationError, match=state["name"]):
		c.start(counter.one, "Sales Invoice", other.name, 50)  # it may light up again
	counter.fake.reader.plug_in(counter.one.reader_id)
	assert c.look(state)["phase"] == "On Reader"
	present(counter)
	assert c.look(state)["phase"] == "Paid" and c.charged(counter.fake, state["name"]) == 40000


def test_the_plug_was_pulled_and_the_payment_is_cancelled(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.reader.unplug(counter.one.reader_id)
	state = taking.cancel(state["name"])
	frappe.db.commit()
	assert state["phase"] == "Cancelled"  # the provider says so, whatever the reader still shows
	assert holder(counter.one) is None


def test_an_old_call_does_not_light_a_reader_up_out_of_the_blue(counter, invoice):
	counter.fake.fail_next(SEND, "timeout_before", times=2)
	state = begin(counter, invoice)
	attempt = frappe.get_last_doc("Payment Attempt", {"card_payment": state["name"]}, order_by="name desc")
	long_ago = frappe.utils.add_to_date(attempt.creation, minutes=-3)
	frappe.db.set_value("Payment Attempt", attempt.name, "creation", long_ago, update_modified=False)
	frappe.db.commit()
	state = c.look(state, by_person=True)
	assert state["phase"] == "Reader Failed" and state["refusal"] == "stale_send"
	assert counter.fake.readers.retrieve(counter.one.reader_id, {})["action"] is None
	assert taking.send(state["name"])["phase"] == "On Reader"


# What the provider tells by itself, and what was left lying


def test_messages_alone_bring_a_payment_to_its_end(counter, invoice):
	state = begin(counter, invoice)
	present(counter)
	brought = cards.deliver(counter.fake)
	assert {one.status for one in brought} == {200}
	assert {one.type for one in brought} >= {"payment_intent.succeeded", "terminal.reader.action_succeeded"}
	assert {one.outcome for one in brought} <= {"Done", "Ignored"}
	card = c.card_of(state)
	assert (card.status, card.booking) == ("Captured", "Booked") and len(c.entries(card.name)) == 1
	recovery.sweep()  # no screen looked, and the reader is free all the same
	assert holder(counter.one) is None and c.look(state)["phase"] == "Paid"


def test_a_message_of_a_reader_that_is_none_of_ours(counter):
	account = frappe.get_doc("Gateway Account", counter.account)
	fact = counter.fake.readers.retrieve(counter.one.reader_id, {})
	from dealer_pos_crm.gateways.stripe import reading

	own = reading.reader(fact)
	from dataclasses import replace

	assert following.reader_event(account, own) == counter.one.name
	assert following.reader_event(account, replace(own, reader="tmr_stranger")) is None
	assert following.reader_event(account, replace(own, live=True)) is None


def test_what_was_left_lying_is_ended(counter, invoice):
	state = begin(counter, invoice)
	counter.fake.reader.press_cancel(counter.one.reader_id)
	long_ago = frappe.utils.add_to_date(None, minutes=-31)
	frappe.db.set_value(
		"Card Payment", state["name"], {"creation": long_ago, "seen_at": long_ago}, update_modified=False
	)
	frappe.db.commit()
	recovery.sweep()
	assert c.card_of(state).status == "Cancelled" and holder(counter.one) is None


def test_what_was_paid_and_left_lying_is_booked(counter, invoice):
	state = begin(counter, invoice)
	present(counter)  # and the browser was closed, and no message came
	long_ago = frappe.utils.add_to_date(None, minutes=-31)
	frappe.db.set_value(
		"Card Payment", state["name"], {"creation": long_ago, "seen_at": long_ago}, update_modified=False
	)
	frappe.db.commit()
	recovery.sweep()
	assert c.card_of(state).booking == "Booked" and len(c.entries(state["name"])) == 1


def test_a_refusal_of_ours_is_one_that_the_rules_know():
	from dealer_pos_crm.dealer_cashier.terminal import calls
	from dealer_pos_crm.domain.terminal import UNCLEAR_CODES

	assert calls.STALE in UNCLEAR_CODES and issubclass(Rejected, Exception)

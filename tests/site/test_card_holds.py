"""Holds on cards: placed at a reader, taken in whole or in part, released, warned of, run out."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import authorising
from dealer_pos_crm.dealer_cashier.pay_requests import link, page, request
from dealer_pos_crm.dealer_cashier.terminal import taking
from tests.site import cards
from tests.site import counters as c
from tests.site import factories as f

CAPTURE = "payment_intents.capture"


@pytest.fixture(scope="module")
def counter(site):
	f.make_dealership()
	c.make_address()
	account = cards.gateway_account()
	with cards.use_fake(cards.fake_of(account)):
		yield SimpleNamespace(account=account, fake=cards.fake_of(account), one=c.registered(account))


@pytest.fixture(autouse=True)
def no_fault_waits(counter):
	yield
	counter.fake.faults.clear()


def place(counter, amount: float = 500, customer=None, hours: int = 24, **more) -> dict:
	"""A hold on a card at the reader; the customer has shown the card."""
	customer = customer or f.make_customer()
	frappe.db.commit()
	state = authorising.authorise(
		reader=counter.one.name,
		asked=lambda: taking.owed_for(None, None, None, customer.name, f.COMPANY, "Loaner Civic"),
		amount=amount,
		purpose="Loaner",
		needed_until=add_to_date(now_datetime(), hours=hours),
		client_key=f.key(),
		**more,
	)
	frappe.db.commit()
	counter.fake.reader.present(counter.one.reader_id, "4242")
	state = c.look(state)
	assert state["phase"] == "Held", state
	return state


def told(state: dict) -> list[str]:
	return frappe.get_all(
		"Customer Event",
		{"card_payment": state["name"], "event_type": ("like", "authorisation.%")},
		pluck="event_type",
		order_by="creation, name",
	)


def test_a_hold_says_until_when_it_lives_and_books_nothing(counter):
	state = place(counter)
	seen = authorising.overview(state["name"])
	assert (seen["authorised"], seen["captured"], seen["released"]) == (500, 0, 0)
	intent = counter.fake.object(c.card_of(state).intent_id)
	charge = counter.fake.object(intent["latest_charge"])
	until = charge["payment_method_details"]["card_present"]["capture_before"]
	left = (get_datetime(seen["until"]) - now_datetime()).total_seconds()
	assert abs(left - (until - counter.fake.clock.now())) < 5  # the provider's word, in our time
	assert not seen["ends_too_early"] and not c.entries(state["name"])
	assert state["over"] and state["moves"] == []
	assert not frappe.db.get_value("Card Reader", counter.one.name, "card_payment")
	assert told(state) == ["authorisation.placed"]


def test_a_part_is_taken_and_booked_and_the_rest_released(counter):
	customer = f.make_customer()
	state = place(counter, 500, customer)
	seen = authorising.capture(state["name"], 120.4)
	frappe.db.commit()
	assert (seen["captured"], seen["released"], seen["status"]) == (120.4, 379.6, "Captured")
	(entry,) = c.entries(state["name"])
	assert (entry.paid_amount, entry.unallocated_amount) == (120.4, 120.4)
	assert c.charged(counter.fake, state["name"]) == 12040
	assert told(state) == ["authorisation.placed", "authorisation.captured"]
	with pytest.raises(frappe.ValidationError, match="taken already"):
		authorising.capture(state["name"], 10)
	with pytest.raises(frappe.ValidationError, match="refund"):
		authorising.release(state["name"])


def test_all_of_it_is_taken_for_the_invoice_it_was_placed_for(counter):
	invoice = f.make_invoice(f.make_customer(), 90)
	frappe.db.commit()
	state = authorising.authorise(
		reader=counter.one.name,
		asked=lambda: taking.owed_for("Sales Invoice", invoice.name, None, None, None, None),
		amount=90,
		purpose="Special Order",
		needed_until=add_to_date(now_datetime(), hours=20),
		client_key=f.key(),
	)
	frappe.db.commit()
	counter.fake.reader.present(counter.one.reader_id)
	state = c.look(state)
	authorising.capture(state["name"], 90)
	frappe.db.commit()
	invoice.reload()
	assert invoice.outstanding_amount == 0


def test_a_hold_is_released_and_nothing_is_booked(counter):
	state = place(counter)
	seen = authorising.release(state["name"])
	frappe.db.commit()
	assert (seen["status"], seen["released"], seen["captured"]) == ("Cancelled", 500, 0)
	assert not c.entries(state["name"]) and told(state)[-1] == "authorisation.released"
	with pytest.raises(frappe.ValidationError, match="nothing is held"):
		authorising.capture(state["name"], 10)


@pytest.mark.parametrize(("amount", "words"), [(500.01, "more"), (0, "release"), (-1, "release")])
def test_what_cannot_be_taken_of_a_hold(counter, amount, words):
	state = place(counter)
	with pytest.raises(frappe.ValidationError, match=words):
		authorising.capture(state["name"], amount)
	assert c.charged(counter.fake, state["name"]) == 0


def test_what_is_needed_for_a_week_is_a_deposit(counter):
	with pytest.raises(frappe.ValidationError, match="Take a deposit"):
		place(counter, hours=7 * 24)
	deposit = f.make_deposit()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="charged now"):
		authorising.authorise(
			reader=counter.one.name,
			asked=lambda: taking.owed_for("Deposit", deposit.name, None, None, None, None),
			amount=500,
			purpose="Loaner",
			needed_until=add_to_date(now_datetime(), hours=2),
			client_key=f.key(),
		)
	with pytest.raises(frappe.ValidationError, match="held for"):
		authorising.check_purpose(deposit, "A week off", now_datetime(), "In Person")


def test_the_provider_gives_less_time_than_is_needed(counter):
	counter.fake.habits.hold_in_person = 6 * 3600
	try:
		state = place(counter, hours=20)
	finally:
		counter.fake.habits.hold_in_person = 2 * 86400
	assert authorising.overview(state["name"])["ends_too_early"]


def test_the_end_of_a_hold_is_told_once_before_it(counter):
	state = place(counter)
	authorising.watch()
	assert told(state) == ["authorisation.placed"]  # two days are left
	soon = add_to_date(now_datetime(), hours=23)
	frappe.db.set_value("Card Payment", state["name"], "capture_before", soon)
	frappe.db.commit()
	authorising.watch()
	authorising.watch()
	assert told(state) == ["authorisation.placed", "authorisation.ending"]
	authorising.release(state["name"])


def test_a_hold_that_ran_out_is_seen_without_a_message(counter):
	counter.fake.habits.hold_in_person = 60
	try:
		state = place(counter)
	finally:
		counter.fake.habits.hold_in_person = 2 * 86400
	counter.fake.clock.advance(seconds=61)
	past = add_to_date(now_datetime(), minutes=-1)
	frappe.db.set_value("Card Payment", state["name"], "capture_before", past)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="hold ended"):
		authorising.capture(state["name"], 100)
	authorising.watch()
	assert c.card_of(state).status == "Expired"
	assert told(state)[-1] == "authorisation.expired" and not c.entries(state["name"])
	with pytest.raises(frappe.ValidationError, match="hold ended"):
		authorising.release(state["name"])


def test_the_provider_refuses_to_take_it_and_says_why(counter):
	"""It ran out at the provider while our screen still shows it."""
	state = place(counter)
	counter.fake.intents.cancel(c.card_of(state).intent_id, {"cancellation_reason": "requested_by_customer"})
	with pytest.raises(frappe.ValidationError, match="refused"):
		authorising.capture(state["name"], 100)
	frappe.db.rollback()
	assert c.card_of(state).status == "Cancelled"


def test_the_answer_to_a_capture_is_lost_and_it_is_taken_once(counter):
	state = place(counter)
	counter.fake.fail_next(CAPTURE, "timeout_after", times=2)
	with pytest.raises(frappe.ValidationError, match="no answer"):
		authorising.capture(state["name"], 200)
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="under way"):
		authorising.release(state["name"])
	with pytest.raises(frappe.ValidationError, match="under way"):
		authorising.capture(state["name"], 300)
	seen = authorising.capture(state["name"], 200)  # the same call, with the same key
	frappe.db.commit()
	assert seen["captured"] == 200 and c.charged(counter.fake, state["name"]) == 20000
	assert len(c.entries(state["name"])) == 1


# From afar: the customer places the hold on the pay page


def by_link(amount: float = 250, hours: int = 48, **values):
	"""A request for a hold, sent, with its token."""
	customer = f.make_customer()
	frappe.db.commit()
	made = request.create(
		{
			"customer": customer.name,
			"company": f.COMPANY,
			"what": "Loaner Civic",
			"amount": amount,
			"hold_for": "Loaner",
			"needed_until": add_to_date(now_datetime(), hours=hours),
			"channel": "Link Only",
			**values,
		},
		f.key(),
	)
	frappe.db.commit()
	doc = frappe.get_doc("Pay Request", made["name"])
	return doc, link.token_of(doc)


def placed(counter, doc, token: str):
	"""The customer's card stands for it; the provider's messages have come. The Card Payment."""
	shown = page.view(token)
	assert (shown.face.value, shown.values["hold"]) == ("Payable", True)
	answer = page.start(
		token,
		seen=shown.values["amount_plain"],
		typed=None,
		version=shown.values["terms_version"],
		agreed=True,
	)
	frappe.db.commit()
	assert counter.fake.payer.pay(answer["url"]).outcome == "held"
	cards.deliver(counter.fake)
	frappe.db.rollback()
	return frappe.get_doc("Card Payment", {"pay_request": doc.name})


def test_a_customer_places_a_hold_on_the_pay_page(counter):
	doc, token = by_link()
	card = placed(counter, doc, token)
	assert (card.status, card.capture_method, card.authorised_amount) == ("Authorised", "Manual", 250)
	assert get_datetime(card.needed_until) == get_datetime(doc.needed_until)
	doc.reload()
	shown = page.view(token)
	assert (doc.status, shown.face.value, doc.paid_amount) == ("Held", "Held", 0)
	assert shown.values["held"]["until"] and not c.entries(card.name)
	assert page.start(token, seen="250.00", typed=None, version="", agreed=True)["state"] == "held"
	authorising.capture(card.name, 60)
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.paid_amount, page.view(token).face.value) == ("Paid", 60, "Paid")
	assert [row.paid_amount for row in c.entries(card.name)] == [60]


def test_a_hold_of_the_pay_page_is_let_go(counter):
	doc, token = by_link()
	card = placed(counter, doc, token)
	authorising.release(card.name)
	frappe.db.commit()
	doc.reload()
	assert (doc.status, doc.paid_amount) == ("Cancelled", 0) and "ended" in doc.cancel_reason
	assert page.view(token).face.value == "Cancelled"


def test_what_cannot_be_asked_for_as_a_hold(counter):
	with pytest.raises(frappe.ValidationError, match="Take a deposit"):
		by_link(hours=8 * 24)
	deposit = f.make_deposit()
	with pytest.raises(frappe.ValidationError, match="leave"):
		by_link(for_doctype="Deposit", for_name=deposit.name)
	doc, _token = by_link(hours=5)
	assert get_datetime(doc.expires_at) == get_datetime(doc.needed_until)  # the link ends with its purpose

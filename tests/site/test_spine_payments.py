"""Pay requests and card payments on the spine: their steps, the promises about them, the rebuild, the views."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_cashier import log
from dealer_pos_crm.dealer_crm import vocabulary
from dealer_pos_crm.dealer_crm.export import history
from dealer_pos_crm.dealer_crm.follow_up_view import facts
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.event import EVENT_TYPES
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.listeners import payment_entry
from dealer_pos_crm.rehearsal.codec import event_from_dict, event_to_dict
from tests.site import factories as f
from tests.site.accountant import plain_payment
from tests.site.test_rebuild import run


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def seller(dealership):
	return f.make_user(roles.SALESPERSON)


@pytest.fixture
def request_and_card(seller):
	"""A pay request and its card payment, as rows: what the documents do is tested with them."""
	customer, deposit = f.make_customer(), f.take_new(f.make_customer(), None, 100)
	common = {
		"customer": customer.name,
		"company": f.COMPANY,
		"amount": 500,
		"currency": "USD",
		"what": "A car",
	}
	made = []
	for doctype, values in (
		("Pay Request", {"status": "Sent", "test_mode": 1}),
		("Card Payment", {"status": "Waiting"}),
	):
		doc = frappe.get_doc({"doctype": doctype, **common, **values, "requested_by": seller})
		doc.name = f.key()[:16]
		doc.db_insert()
		made.append(doc)
	frappe.db.commit()
	return customer, *made, deposit


def tell(kind, asked, *, customer=None, **more):
	whom, pay_request, card, _deposit = asked
	values = {
		"title": f"{kind} of 500",
		"customer": whom.name if customer is None else customer,
		"company": f.COMPANY,
		"reference": ("Pay Request", pay_request.name),
		"pay_request": pay_request.name,
		"card_payment": card.name,
		"amount": Money.of("500", "USD"),
		"facts": {"what": "A car", "reason": "Card declined", "how": "Online"},
		**more,
	}
	return log.write(kind, **values)


def promises(asked) -> dict[str, str]:
	return {
		row.rule: row.status
		for row in frappe.get_all(
			"Follow Up", {"pay_request": asked[1].name}, ["rule", "status"], order_by="name"
		)
	}


def test_a_step_is_a_line_of_the_spine_with_what_it_is_about(request_and_card, seller):
	whom, pay_request, card, _deposit = request_and_card
	event_key = tell("pay_request.sent", request_and_card, actor=seller, department="Sales")
	event = frappe.get_doc("Customer Event", {"event_key": event_key})
	assert (event.pay_request, event.card_payment, event.customer) == (pay_request.name, card.name, whom.name)
	assert (event.department, event.actor, event.amount) == ("Sales", seller, 500)
	assert event_key.startswith("pay_request.sent:C")
	made = frappe.get_doc("Follow Up", {"cause": event_key})
	assert (made.subject_kind, made.subject_name) == ("pay_request", pay_request.name)
	assert made.document_owner == seller

	failed = tell("payment.late", request_and_card)
	assert frappe.db.get_value("Customer Event", {"event_key": failed}, "department") == "Accounting"


def test_promises_close_themselves(request_and_card):
	tell("pay_request.sent", request_and_card)
	tell("pay_request.failed", request_and_card)
	assert promises(request_and_card) == {
		"Pay request: not opened for a day": "Stopped",
		"Pay request: payment failed": "Planned",
	}
	tell("pay_request.paid", request_and_card)
	assert set(promises(request_and_card).values()) == {"Stopped"}


def test_a_payment_says_which_request_it_came_by(request_and_card):
	whom, pay_request, card, _deposit = request_and_card
	tell("pay_request.sent", request_and_card)
	entry = plain_payment(whom, 500, dealer_pay_request=pay_request.name)
	event = frappe.get_doc("Customer Event", {"reference_name": entry.name, "event_type": "payment.received"})
	assert event.pay_request == pay_request.name
	entry.cancel()
	undone = frappe.get_doc("Customer Event", {"reverses": event.event_key})
	assert undone.pay_request == pay_request.name
	# The charge's own entry is booked by the charge alone; what it says is read from the same row.
	row = frappe.get_all("Payment Entry", {"name": entry.name}, payment_entry.FIELDS)[0]
	told = payment_entry.events_of({**row, "dealer_card_payment": card.name})
	assert [(one.type, one.card_payment) for one in told] == [
		("payment.received", card.name),
		("payment.reversed", card.name),
	]


def test_money_nobody_could_place_is_looked_after_until_it_goes_back(request_and_card):
	tell("payment.unapplied", request_and_card)
	assert promises(request_and_card) == {"Card payment: came, but could not be used": "Planned"}
	tell("refund.requested", request_and_card)
	assert promises(request_and_card) == {
		"Card payment: came, but could not be used": "Stopped",
		"Refund: approve it": "Planned",
	}


def test_a_steps_record_is_written_once(request_and_card):
	tell("dispute.opened", request_and_card, facts={"due_at": now_datetime().isoformat()})
	row = frappe.get_last_doc("Cashier Log")
	with pytest.raises(frappe.ValidationError, match="never changed"):
		row.save()
	with pytest.raises(frappe.ValidationError, match="stay on file"):
		row.delete()
	with pytest.raises(frappe.ValidationError, match="from a form"):
		frappe.get_doc({"doctype": "Cashier Log", "kind": "terms.accepted", "company": f.COMPANY}).insert()
	with pytest.raises(ValueError, match="is no step"):
		tell("payment.received", request_and_card)  # that is the Payment Entry's to say
	with pytest.raises(ValueError, match="has no lead"):
		tell("pay_request.sent", request_and_card, lead="L-1")


def test_a_call_that_is_nobodys_is_told_all_the_same(request_and_card):
	event_key = tell(
		"gateway.failed", request_and_card, customer="", pay_request=None, card_payment=None, amount=None
	)
	event = frappe.get_doc("Customer Event", {"event_key": event_key})
	assert (event.customer, event.pay_request, event.department) == (None, None, "Accounting")
	assert frappe.db.get_value("Follow Up", {"cause": event_key}, "status") == "Planned"


def test_the_rebuild_tells_every_step_again(request_and_card):
	kinds = sorted(log.KINDS)
	keys = [tell(kind, request_and_card) for kind in kinds]
	frappe.db.commit()
	assert not [line for line in run().lines if any(k in line for k in keys)]
	frappe.db.delete("Customer Event", {"event_key": keys[0]})
	frappe.db.set_value("Customer Event", {"event_key": keys[1]}, "card_payment", "CARD-GONE")
	frappe.db.commit()
	found = [line for line in run(check=False).lines if any(k in line for k in keys[:2])]
	assert found == [f"missing: {keys[0]}", f"different: {keys[1]} (card_payment)"]
	assert not [line for line in run().lines if any(k in line for k in keys)]


def test_the_export_is_what_a_rehearsal_reads(request_and_card):
	sent = tell("pay_request.sent", request_and_card, facts={"what": "A car", "note": "Call Ann"})
	nobody = tell("gateway.failed", request_and_card, customer="", pay_request=None)
	told = {event.key: event for event in history() if event.key in (sent, nobody)}
	assert told[sent].pay_request == request_and_card[1].name
	assert told[sent].facts == {"what": "A car"}
	for event in told.values():
		assert event_from_dict(json.loads(json.dumps(event_to_dict(event)))) == event


def test_everything_of_card_money_has_words():
	assert set(vocabulary.EVENT_NAMES) == EVENT_TYPES
	assert log.KINDS <= vocabulary.recorded()
	subjects = {row["value"] for row in vocabulary.options()["subjects"]}
	assert {"pay_request", "card_payment"} <= subjects


def test_the_promise_shows_the_request_to_who_may_see_it(request_and_card):
	event_key = tell("pay_request.failed", request_and_card)
	name = frappe.db.get_value("Follow Up", {"cause": event_key}, "name")
	shown = facts(name)
	assert shown["pay_request"]["name"] == request_and_card[1].name
	assert (shown["pay_request"]["status"], shown["pay_request"]["test_mode"]) == ("Sent", 1)
	assert shown["card_payment"]["status"] == "Waiting"
	frappe.db.commit()
	with f.logged_in(f.make_user(roles.TECHNICIAN)):
		hidden = facts(name)
	assert (hidden["pay_request"], hidden["card_payment"]) == (None, None)


def test_a_hold_is_warned_of_before_it_ends(request_and_card):
	until = now_datetime() + timedelta(hours=30)
	event_key = tell("authorisation.ending", request_and_card, facts={"until": until.isoformat()})
	made = frappe.get_doc("Follow Up", {"cause": event_key})
	assert abs(made.due_at - (until - timedelta(hours=1))) < timedelta(seconds=1)
	assert made.priority == "High"
	tell("authorisation.captured", request_and_card)
	made.reload()
	assert made.status == "Stopped"

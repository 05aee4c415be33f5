"""What goes wrong with a refund on its way: no answer, a no, a late failure, news in any order."""

from __future__ import annotations

import random

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.card_refunds import (
	following,
	guard,
	overview,
	refund,
	reversing,
	room,
	sending,
	sweep,
)
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.domain.gateway import RefundState
from tests.site import cards
from tests.site import factories as f
from tests.site import refund_house as h
from tests.site.checks import everything_right, figures

fake, account, people, calm = h.fake, h.account, h.people, h.calm


def test_a_definite_no_leaves_the_deposit_as_it_was(account, fake):
	deposit, card = h.pay_deposit(account, fake)
	# Somebody was quicker at the provider's own site, and we have not heard of it.
	fake.refunds.create({"charge": card.charge_id, "amount": 50_000})
	h.refund_deposit(deposit, 500)

	row = h.only_refund(card)
	assert row.status == "Failed"
	assert "already been refunded" in row.failure
	everything_right(deposit)
	assert deposit.status == "Held"
	assert h.held_for(deposit) == deposit.name
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 2
	failed = frappe.get_last_doc("Customer Event", {"reference_name": row.name})
	assert (failed.event_type, failed.card_payment, failed.amount) == ("refund.failed", card.name, 500)
	# The message about the other one arrives: it is booked, and the books are right again.
	(other,) = [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	h.told(account, fake, other["id"])
	everything_right(deposit)
	assert deposit.status == "Refunded"
	h.check_books(card, fake)


@pytest.mark.parametrize(
	"how", ["timeout", "timeout_before", "500_after", "409", "429", "connection refused"]
)
def test_no_answer_is_one_refund_in_the_end(account, fake, how):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.fail_next("refunds.create", how, times=4)  # also of the library's own repetitions
	h.refund_deposit(deposit, 80)
	row = h.only_refund(card)
	assert row.status in ("Sending", "Refunded")
	assert figures(deposit) == (200, 0, 80, 0, 120)
	fake.faults.clear()
	for _again in range(4):
		h.later()
	row.reload()
	assert row.status == "Refunded"
	assert len([one for one in fake.store.all("refund") if one["charge"] == card.charge_id]) == 1
	everything_right(deposit)
	h.check_books(card, fake)


def test_killed_between_commit_and_call_it_is_sent_by_the_sweep(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	f.act(deposit, "Refund", amount=200, reason="Changed her mind")  # the process ends here
	row = h.only_refund(card)
	assert row.status == "Sending"
	assert not [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	assert deposit.status == "Refunded"  # the books are the reservation
	h.later()
	row.reload()
	assert row.status == "Refunded"
	h.check_books(card, fake)


def test_heard_of_before_the_answer_it_is_the_same_refund(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.fail_next("refunds.create", "timeout", times=4)
	h.refund_deposit(deposit, 200)
	(made,) = [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	h.told(account, fake, made["id"])
	row = h.only_refund(card)
	assert (row.status, row.refund_id, row.outside) == ("Refunded", made["id"], 0)
	fake.faults.clear()
	h.later()
	assert h.only_refund(card).refund_id == made["id"]
	h.check_books(card, fake)


def test_after_the_keys_life_it_is_looked_for_and_not_sent_again(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.fail_next("refunds.create", "timeout", times=4)
	h.refund_deposit(deposit, 200)
	fake.faults.clear()
	frappe.db.sql(
		"""update `tabPayment Attempt` set first_sent_at = first_sent_at - interval 2 day
		where about_name = %s""",
		h.only_refund(card).name,
	)
	calls = len(fake.calls("refunds.create"))
	h.later()
	row = h.only_refund(card)
	assert row.status == "Refunded"
	assert len(fake.calls("refunds.create")) == calls
	h.check_books(card, fake)


def test_pending_then_arrived(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 200)
	row = h.only_refund(card)
	assert row.status == "Pending"
	h.check_books(card, fake)
	fake.bank.settle_refund(row.refund_id)
	h.told(account, fake, row.refund_id)
	h.told(account, fake, row.refund_id)
	row.reload()
	assert (row.status, row.arn) == ("Refunded", "74000000000000000000001")
	h.check_books(card, fake)


def test_failed_weeks_later_the_money_is_the_customers_again(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = h.only_refund(card)
	assert (row.status, deposit.status) == ("Refunded", "Refunded")
	fake.bank.fail_refund(row.refund_id)
	h.told(account, fake, row.refund_id)
	h.told(account, fake, row.refund_id)
	row.reload()
	assert (row.status, row.failure) == ("Failed", "The card was reported lost or stolen")
	everything_right(deposit)
	assert (deposit.status, deposit.held_amount) == ("Held", 200)
	h.check_books(card, fake)
	events = frappe.get_all(
		"Customer Event", {"card_payment": card.name}, pluck="event_type", order_by="name"
	)
	assert events.count("refund.failed") == 1
	assert events.count("payment.reversed") == 1
	# It can go back in another way.
	with h.limit_of_one_person():
		h.refund_deposit(deposit, 200)
	assert [one.status for one in h.refunds_of(card)] == ["Failed", "Refunded"]
	h.check_books(card, fake)


def test_failed_after_its_period_was_closed_it_comes_in_again_today(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 150)
	row = h.only_refund(card)
	with h.closed_for(row.payment_entry):
		fake.bank.fail_refund(row.refund_id)
		h.told(account, fake, row.refund_id)
	row.reload()
	assert row.status == "Failed"
	again = frappe.get_doc("Payment Entry", row.reversal_entry)
	assert (again.payment_type, again.paid_amount, again.docstatus) == ("Receive", 150, 1)
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 1
	everything_right(deposit)
	assert deposit.held_amount == 200
	h.check_books(card, fake)
	event = frappe.get_last_doc("Customer Event", {"reference_name": again.name})
	assert (event.event_type, event.reverses) == ("payment.reversed", f"deposit.refunded:{row.payment_entry}")
	with pytest.raises(guard.CardRefundGuarded):
		again.cancel()
	frappe.db.rollback()
	# And from there back to the card.
	h.refund_deposit(deposit, 200)
	everything_right(deposit)
	assert deposit.held_amount == 0
	h.check_books(card, fake)


def test_what_cannot_be_reversed_waits_with_a_task_and_is_done_by_hand(account, fake, people, monkeypatch):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = h.only_refund(card)
	with h.closed_for(row.payment_entry), monkeypatch.context() as patched:
		patched.setattr(reversing, "_receive_again", lambda *_a: frappe.throw("The month is frozen"))
		fake.bank.fail_refund(row.refund_id)
		h.told(account, fake, row.refund_id)
	row.reload()
	assert (row.status, row.reversal_entry) == ("Failed", None)
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 1
	todo = frappe.get_last_doc("ToDo", {"reference_name": row.name})
	assert "The month is frozen" in todo.description and todo.status == "Open"
	assert overview.of(row.name)["may_retry"]
	refund.retry(row.name)
	frappe.db.commit()
	everything_right(deposit)
	assert deposit.status == "Held"
	h.check_books(card, fake)
	todo.reload()
	assert todo.status == "Closed"


def test_the_entry_of_a_refund_is_not_cancelled_by_hand(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	with pytest.raises(guard.CardRefundGuarded, match="cannot be held up"):
		frappe.get_doc("Payment Entry", h.only_refund(card).payment_entry).cancel()
	frappe.db.rollback()


def test_news_in_any_order_end_the_same(account, fake):
	_deposit, card = h.pay_deposit(account, fake, 90)
	deposit = _deposit
	h.refund_deposit(deposit, 90)
	row = h.only_refund(card)
	arrived = accounts.client(account).refund_of(row.refund_id)
	fake.bank.fail_refund(row.refund_id)
	failed = accounts.client(account).refund_of(row.refund_id)
	doc = h.account_doc(account)
	for fact in (failed, arrived, failed, arrived):
		following.observe(doc, fact)
		frappe.db.commit()
	row.reload()
	assert (row.status, row.provider_status) == ("Failed", RefundState.FAILED.value.lower())
	everything_right(deposit)
	h.check_books(card, fake)


def test_an_attempt_that_is_never_answered_can_be_dropped(account, fake):
	deposit, card = h.pay_deposit(account, fake, 60)
	fake.fail_next("refunds.create", "timeout_before", times=99)
	h.refund_deposit(deposit, 60)
	row = h.only_refund(card)
	frappe.db.sql(
		"update `tabPayment Attempt` set first_sent_at = first_sent_at - interval 2 day where about_name = %s",
		row.name,
	)
	h.later()
	attempt = sending.waiting(row.name)
	assert frappe.db.get_value("Payment Attempt", attempt, "status") == "Given Up"
	fake.faults.clear()
	outbox.drop(attempt, "The customer takes a check")
	row.reload()
	assert row.status == "Failed"
	everything_right(deposit)
	assert deposit.status == "Held"
	h.check_books(card, fake)


def test_a_failed_refund_is_a_promise_until_the_money_has_gone_back(account, fake):
	deposit, card = h.pay_deposit(account, fake, 75)
	h.refund_deposit(deposit, 75)
	fake.bank.fail_refund(h.only_refund(card).refund_id)
	h.told(account, fake, h.only_refund(card).refund_id)
	promises = {"card_payment": card.name, "rule": "Refund: failed"}
	assert frappe.db.get_value("Follow Up", promises, "status") in ("Open", "Planned")
	h.refund_deposit(deposit, 75)
	assert frappe.db.get_value("Follow Up", promises, "status") == "Stopped"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_the_books_are_the_providers(account, fake, seed):
	"""Refunds here and there, answers that get lost, news in any order: captured less refunded is what stands
	on the clearing account, and what the deposit says is what the ledger says."""
	chance = random.Random(seed)
	deposit, card = h.pay_deposit(account, fake, 300)
	for _step in range(9):
		_something(chance, account, fake, deposit, card)
		everything_right(deposit)
	fake.faults.clear()
	for _again in range(3):
		h.later()
	for one in list(fake.store.all("refund")):
		if one["charge"] == card.charge_id:
			h.told(account, fake, one["id"])
	everything_right(deposit)
	h.check_books(card, fake)
	assert room.left(card).minor == round(deposit.held_amount * 100)
	assert {row.status for row in h.refunds_of(card)} <= {"Refunded", "Failed", "Pending"}


def _something(chance, account, fake, deposit, card) -> None:
	deposit.reload()
	made = [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	do = chance.choice(["refund", "refund", "lost", "outside", "fail", "settle", "hear", "sweep", "no"])
	amount = chance.choice([10, 25.5, 60, 299.99])
	if do in ("refund", "lost", "no") and deposit.held_amount >= amount:
		if do == "lost":
			fake.fail_next(
				"refunds.create", chance.choice(["timeout", "timeout_before", "500_after"]), times=2
			)
		if do == "no":
			fake.bank.next_refund("failed")
		elif chance.random() < 0.4:
			fake.bank.next_refund("pending")
		h.refund_deposit(deposit, amount)
	elif do == "outside" and fake.charges.refundable(fake.store.get("charge", card.charge_id)) >= 1_000:
		fake.refunds.create({"charge": card.charge_id, "amount": 1_000})
	elif do == "fail" and (open_ones := [one for one in made if one["status"] == "succeeded"]):
		fake.bank.fail_refund(chance.choice(open_ones)["id"])
	elif do == "settle" and (open_ones := [one for one in made if one["status"] == "pending"]):
		fake.bank.settle_refund(chance.choice(open_ones)["id"])
	elif do == "hear" and made:
		h.told(account, fake, chance.choice(made)["id"])
	elif do == "sweep":
		h.later()


def test_what_nobody_said_anything_of_is_asked_for(account, fake):
	deposit, card = h.pay_deposit(account, fake, 40)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 40)
	row = h.only_refund(card)
	fake.bank.settle_refund(row.refund_id)  # its message is lost
	sweep.run()
	row.reload()
	assert row.status == "Pending"  # it was heard of a moment ago
	frappe.db.set_value("Card Refund", row.name, "seen_at", frappe.utils.add_to_date(None, hours=-13))
	frappe.db.commit()
	fake.fail_next("refunds.retrieve", "500", times=4)
	sweep.run()
	fake.faults.clear()
	row.reload()
	assert row.status == "Pending"
	sweep.run()
	row.reload()
	assert row.status == "Refunded"
	h.check_books(card, fake)


def test_the_news_come_through_the_providers_messages(account, fake):
	deposit, card = h.pay_deposit(account, fake, 120)
	h.refund_deposit(deposit, 120)
	row = h.only_refund(card)
	cards.deliver(fake)
	row.reload()
	assert row.status == "Refunded"
	fake.bank.fail_refund(row.refund_id)
	brought = [one for one in cards.deliver(fake) if one.type == "refund.failed"]
	assert [(one.status, one.outcome) for one in brought] == [(200, "Done")], brought
	row.reload()
	assert row.status == "Failed"
	everything_right(deposit)
	assert deposit.status == "Held"
	h.check_books(card, fake)

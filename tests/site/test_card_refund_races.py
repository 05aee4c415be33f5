"""Two want the same card money at the same instant, in processes of their own: it goes out once."""

from __future__ import annotations

from dataclasses import replace

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.card_refunds import room, sending
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import refund_house as h
from tests.site.checks import everything_right, figures
from tests.site.racers import Racers
from tests.site.test_races import all_clean, one_winner

ROUNDS = range(3)


fake, account, people = h.fake, h.account, h.people


@pytest.fixture(scope="module")
def racers(site, people):
	found = Racers(site)
	yield found
	found.close()


def sent(card, fake) -> None:
	"""What was booked is sent; then the books are the provider's."""
	h.later()
	h.check_books(card, fake)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_give_back_more_than_there_is(racers, account, fake, _round):
	card = h.on_account(account, fake, 100)
	finishes = racers.run(*(("refund_card", card.name, 60, f.key()) for _one in range(2)))
	_winner, loser = one_winner(finishes)
	assert "can still be paid back" in loser.error
	frappe.db.rollback()
	assert len(h.refunds_of(card)) == 1
	sent(card, fake)


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_same_request_twice_at_once_is_one(racers, account, fake, _round):
	card, key = h.on_account(account, fake, 100), f.key()
	finishes = racers.run(*(("refund_card", card.name, 40, key) for _one in range(2)))
	all_clean(finishes)
	frappe.db.rollback()
	assert len(h.refunds_of(card)) == 1
	sent(card, fake)


@pytest.mark.parametrize("_round", ROUNDS)
def test_two_managers_approve_the_same(racers, account, fake, _round):
	card = h.on_account(account, fake, 100)
	with f.logged_in(f.make_user(roles.CASHIER, "refund.racer")):
		from dealer_pos_crm.dealer_cashier.card_refunds import refund

		asked = refund.refund(card.name, 100, "Paid twice", f.key())
	managers = [f.make_user(roles.MANAGER, f"refund.manager{number}") for number in range(2)]
	frappe.db.commit()
	finishes = racers.run(*(("approve_refund", asked["refund"], user) for user in managers))
	one_winner(finishes)
	frappe.db.rollback()
	(row,) = h.refunds_of(card)
	assert frappe.db.count("Payment Entry", {"dealer_card_refund": row.name}) == 1
	assert frappe.db.count("Payment Attempt", {"about_name": row.name}) == 1
	sent(card, fake)


@pytest.mark.parametrize("later", [0, 0.02, 0.06])
def test_a_refund_and_a_dispute_do_not_pay_twice(racers, account, fake, later):
	"""Whoever has the payment's row first decides: either the refund is told of the dispute, or it was booked
	before it was known, and the provider refuses it."""
	card = h.on_account(account, fake, 100)
	dispute = fake.bank.dispute(card.charge_id)
	fact = replace(accounts.client(account).dispute(dispute["id"]), metadata={})
	frappe.db.commit()
	finishes = racers.run(
		("refund_card", card.name, 100, f.key()), ("hear_of_dispute", account, fact), later=later
	)
	all_clean(finishes)
	assert finishes[1].won, finishes[1].error
	frappe.db.rollback()
	h.later()
	frappe.db.rollback()
	card.reload()
	rows = h.refunds_of(card)
	assert [row.status for row in rows] in ([], ["Failed"])
	if rows:
		assert "charged back" in rows[0].failure
	assert not [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	assert (card.refunded_amount, card.refund_pending, card.disputed_amount) == (0, 0, 100)
	assert room.left(card).minor == 0
	assert h.books_of(card) == 100  # of the payment and its refunds; the dispute has entries of its own


@pytest.mark.parametrize("_round", ROUNDS)
def test_the_answer_and_the_message_meet(racers, account, fake, _round):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.fail_next("refunds.create", "timeout", times=4)
	h.refund_deposit(deposit, 200)
	fake.faults.clear()
	(row,) = h.refunds_of(card)
	arrived = accounts.client(account).refund_of(_made(fake, card))
	fake.bank.fail_refund(arrived.refund)
	failed = accounts.client(account).refund_of(arrived.refund)
	frappe.db.commit()
	finishes = racers.run(
		("hear_of_refund", account, sending.to_plain(arrived)),
		("hear_of_refund", account, sending.to_plain(failed)),
	)
	all_clean(finishes)
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	row.reload()
	assert row.status == "Failed"
	everything_right(deposit)
	assert figures(deposit) == (200, 0, 0, 0, 200)
	h.later()
	h.check_books(card, fake)


@pytest.mark.parametrize("_round", ROUNDS)
def test_a_refund_here_and_one_at_the_provider(racers, account, fake, _round):
	deposit, card = h.pay_deposit(account, fake, 200)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 15_000})
	fact = sending.to_plain(accounts.client(account).refund_of(made["id"]))
	frappe.db.commit()
	values = {"amount": 120, "reason": "Changed her mind"}
	finishes = racers.run(("act", deposit.name, "Refund", values, f.key()), ("hear_of_refund", account, fact))
	all_clean(finishes)
	assert finishes[1].won, finishes[1].error
	h.later()  # what was booked here and is too much there is refused, and reversed
	everything_right(deposit)
	h.check_books(card, fake)
	statuses = sorted((row.outside, row.status) for row in h.refunds_of(card))
	assert statuses in ([(1, "Refunded")], [(0, "Failed"), (1, "Refunded")])
	assert room.left(card).minor == 5_000


def _made(fake, card) -> str:
	(made,) = [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	return made["id"]

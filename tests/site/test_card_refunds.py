"""Money that goes back to its card: from a deposit, by whose decision, and what the slip says."""

from __future__ import annotations

import frappe
import pytest
from bs4 import BeautifulSoup

from dealer_pos_crm.dealer_cashier.card_refunds import (
	refund,
	room,
	sending,
)
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_cashier.printing.refund import refund_slip
from tests.site import factories as f
from tests.site import refund_house as h
from tests.site import showroom
from tests.site.checks import everything_right, figures

fake, account, people, calm = h.fake, h.account, h.people, h.calm


def test_a_deposit_goes_back_to_its_card(account, fake):
	deposit, card = h.pay_deposit(account, fake)
	done = h.refund_deposit(deposit, 200)

	row = h.only_refund(card)
	assert (row.status, row.amount, row.deposit_action) == ("Refunded", 200, done["action"])
	assert fake.object(row.refund_id)["amount"] == 20_000
	assert fake.object(row.refund_id)["charge"] == card.charge_id
	everything_right(deposit)
	assert figures(deposit) == (500, 0, 200, 0, 300)
	h.check_books(card, fake)
	entry = frappe.get_doc("Payment Entry", row.payment_entry)
	clearing = frappe.db.get_value("Gateway Account", account, "clearing_account")
	assert (entry.payment_type, entry.paid_from, entry.dealer_refund_of) == (
		"Pay",
		clearing,
		card.payment_entry,
	)
	assert (entry.dealer_card_payment, entry.dealer_card_refund) == (card.name, row.name)
	event = frappe.get_last_doc("Customer Event", {"reference_name": entry.name})
	assert (event.event_type, event.card_payment, event.deposit) == (
		"deposit.refunded",
		card.name,
		deposit.name,
	)


def test_several_parts_go_back_until_nothing_is_left(account, fake):
	deposit, card = h.pay_deposit(account, fake, 300)
	for amount in (100, 150.25, 49.75):
		h.refund_deposit(deposit, amount)
	everything_right(deposit)
	assert deposit.status == "Refunded"
	assert h.held_for(deposit) is None
	h.check_books(card, fake)
	assert room.left(card).minor == 0
	assert [row.status for row in h.refunds_of(card)] == ["Refunded"] * 3


def test_each_part_of_a_split_tender_goes_back_its_own_way(account, fake):
	deposit = f.make_deposit(amount=500)
	frappe.db.commit()
	card = h.on_account(account, fake, 300)
	h.use_for_deposit(card, deposit, cash=200)
	h.refund_deposit(deposit, 500)

	everything_right(deposit)
	assert figures(deposit) == (500, 0, 500, 0, 0)
	back = frappe.get_all(
		"Payment Entry",
		{"dealer_deposit": deposit.name, "payment_type": "Pay", "docstatus": 1},
		["mode_of_payment", "paid_amount", "dealer_card_refund"],
		order_by="creation",
	)
	assert [(row.mode_of_payment, row.paid_amount, bool(row.dealer_card_refund)) for row in back] == [
		("Cash", 200, False),
		("Card (online)", 300, True),
	]
	assert h.only_refund(card).amount == 300
	h.check_books(card, fake)


def test_card_money_as_cash_is_a_managers_decision(account, fake, people):
	deposit, card = h.pay_deposit(account, fake, 300)
	with f.logged_in(people["accountant"]):
		asked = f.act(deposit, "Refund", amount=300, reason="Card is gone", mode_of_payment="Cash")
	assert (asked["status"], asked["approval_reason"]) == (
		"Requested",
		"Card money is paid out in another way",
	)
	assert not h.refunds_of(card)
	with f.logged_in(people["manager"]):
		from dealer_pos_crm.dealer_cashier.deposits import actions

		done = actions.decide(asked["action"], True)
	frappe.db.commit()
	assert done["status"] == "Done"
	everything_right(deposit)
	assert deposit.status == "Refunded"
	assert not h.refunds_of(card)  # nothing went through the provider
	h.check_books(card, fake)


def test_cash_does_not_go_back_to_a_card(account, fake):
	deposit = f.take_new(amount=200)
	with h.refused("not_by_card"):
		f.act(deposit, "Refund", amount=200, reason="Changed his mind", mode_of_payment="Card (online)")
	frappe.db.rollback()


def test_a_card_payment_is_not_cancelled_as_a_mistake_of_the_day(account, fake):
	deposit, card = h.pay_deposit(account, fake, 100)
	with h.refused("by_card"):
		f.act(deposit, "Cancel", reason="Typed wrong")
	frappe.db.rollback()
	assert card.name and not h.refunds_of(card)


def test_the_cards_own_limit_counts_over_several_refunds(account, fake, people):
	frappe.db.set_value("Gateway Account", account, "refund_limit", 150)
	frappe.clear_document_cache("Gateway Account", account)
	try:
		deposit, card = h.pay_deposit(account, fake, 400)
		with f.logged_in(people["manager"]):
			assert h.refund_deposit(deposit, 100)["status"] == "Done"
			asked = h.refund_deposit(deposit, 60)
		assert (asked["status"], asked["approval_reason"]) == (
			"Requested",
			"The refund is above the limit for one person",
		)
		assert len(h.refunds_of(card)) == 1
	finally:
		frappe.db.set_value("Gateway Account", account, "refund_limit", 0)
		frappe.clear_document_cache("Gateway Account", account)
		frappe.db.commit()


def test_a_cashier_asks_and_another_person_decides(account, fake, people):
	card = h.on_account(account, fake, 100)
	asked = h.give_back(card, 60, people["cashier"])
	assert (asked["status"], asked["approval_reason"]) == ("Requested", "A refund needs a second person")
	row = h.only_refund(card)
	assert (row.payment_entry, row.refund_id) == (None, None)
	h.check_books(card, fake)
	assert frappe.db.exists("Notification Log", {"document_name": row.name, "for_user": people["manager"]})
	with f.logged_in(people["cashier"]), h.refused("may_not_approve"):
		refund.approve(row.name)
	frappe.db.rollback()
	with f.logged_in(people["manager"]), sending.here():
		refund.approve(row.name, "Fair")
	frappe.db.commit()
	row.reload()
	assert (row.status, row.decided_by, row.decision_note) == ("Refunded", people["manager"], "Fair")
	h.check_books(card, fake)
	assert frappe.db.exists("Notification Log", {"document_name": row.name, "for_user": people["cashier"]})


def test_nobody_approves_their_own(account, fake, people):
	card = h.on_account(account, fake, 2000)
	asked = h.give_back(card, h.LIMIT + 1, people["manager"])
	assert asked["status"] == "Requested"
	with f.logged_in(people["manager"]), h.refused("own_request"):
		refund.approve(asked["refund"])
	frappe.db.rollback()


def test_turned_down_and_withdrawn_nothing_moves(account, fake, people):
	card = h.on_account(account, fake, 100)
	asked = h.give_back(card, 60, people["cashier"])
	with f.logged_in(people["manager"]):
		refund.reject(asked["refund"], "He agreed to the work")
	frappe.db.commit()
	again = h.give_back(card, 50, people["cashier"])
	with f.logged_in(people["manager"]), h.refused("not_own"):
		refund.withdraw(again["refund"])
	frappe.db.rollback()
	with f.logged_in(people["cashier"]):
		refund.withdraw(again["refund"])
	frappe.db.commit()
	assert [row.status for row in h.refunds_of(card)] == ["Rejected", "Withdrawn"]
	with f.logged_in(people["manager"]), h.refused("decided"):
		refund.approve(asked["refund"])
	frappe.db.rollback()
	h.check_books(card, fake)
	events = frappe.get_all(
		"Customer Event", {"card_payment": card.name}, pluck="event_type", order_by="name"
	)
	assert [one for one in events if one.startswith("refund.")] == [
		"refund.requested",
		"refund.rejected",
		"refund.requested",
		"refund.rejected",
	]
	waiting = frappe.get_all(
		"Follow Up", {"card_payment": card.name, "status": ("in", ("Open", "Planned"))}, pluck="title"
	)
	assert not [title for title in waiting if "approval" in title]


def test_a_request_that_waited_is_looked_at_anew(account, fake, people):
	card = h.on_account(account, fake, 100)
	asked = h.give_back(card, 60, people["cashier"])
	h.give_back(card, 70)
	with f.logged_in(people["manager"]), h.refused("more_than_left"):
		refund.approve(asked["refund"])
	frappe.db.rollback()
	h.check_books(card, fake)


def test_while_the_bank_has_the_money_nothing_goes_back(account, fake):
	from dealer_pos_crm.dealer_cashier.disputes import case

	deposit, card = h.pay_deposit(account, fake, 100)
	dispute = fake.bank.dispute(card.charge_id)
	case.observe(h.account_doc(account), accounts.client(account).dispute(dispute["id"]))
	frappe.db.commit()
	for way in ({}, {"mode_of_payment": "Cash"}):  # nor in cash: it would be paid twice all the same
		with h.refused("disputed"):
			h.refund_deposit(deposit, 100, **way)
		frappe.db.rollback()
	fake.bank.decide(dispute["id"], "won")
	case.observe(h.account_doc(account), accounts.client(account).dispute(dispute["id"]))
	frappe.db.commit()
	h.refund_deposit(deposit, 100)
	assert h.only_refund(card).status == "Refunded"


def slip(entry: str) -> str:
	page = BeautifulSoup(frappe.get_print("Payment Entry", entry, "Deposit Refund Slip"), "html5lib")
	for style in page.select("style"):
		style.decompose()
	return " ".join(page.get_text(" ").split())


def test_the_slip_names_the_card_and_when_it_arrives(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	text = slip(h.only_refund(card).payment_entry)
	for words in ("Returned to Visa ending 4242", "within 5 to 10 business days", "74000000000000000000001"):
		assert words in text, text
	assert "$ 200.00" in text


def test_the_slip_of_what_did_not_arrive_is_void(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = h.only_refund(card)
	fake.bank.fail_refund(row.refund_id)
	h.told(account, fake, row.refund_id)
	paper = refund_slip(frappe.get_doc("Payment Entry", row.payment_entry))
	assert "This slip is void" in paper.mark.text
	assert [line.amount for part in paper.sums for line in part.rows] == ["did not arrive"]
	assert not [fact for fact in paper.facts if "business days" in fact.text]


def test_the_slip_of_a_payment_that_is_no_deposits(account, fake):
	card = h.on_account(account, fake, 80)
	h.give_back(card, 80)
	text = slip(h.only_refund(card).payment_entry)
	for words in (
		"Refund",
		"Roof rack",
		"Paid for what was not done",
		"Returned to Visa ending 4242",
		"$ 80.00",
	):
		assert words in text, text
	assert "not a refund of a deposit" not in text.lower()


@pytest.mark.parametrize("how", ["it arrives", "it is refused"])
def test_the_deal_dies_and_its_deposit_finds_its_way_back(account, fake, how):
	from dealer_pos_crm.api import deal as doors

	showroom.set_up_showroom()
	deal = showroom.make_deal()
	deposit, card = h.pay_deposit(
		account,
		fake,
		250,
		customer=frappe.get_doc("Customer", deal.customer),
		vehicle=frappe.get_doc("Dealer Vehicle", deal.vehicle),
		deal=deal.name,
	)
	if how == "it is refused":
		fake.refunds.create({"charge": card.charge_id})
	frappe.db.commit()
	done = doors.lose(deal.name, "Price", None, [{"deposit": deposit.name, "do": "Refund"}])
	frappe.db.commit()
	assert done["lost"]
	everything_right(deposit)
	if how == "it arrives":
		assert (h.only_refund(card).status, deposit.status) == ("Refunded", "Refunded")
		h.check_books(card, fake)
	else:  # the money is still theirs, and somebody has to know
		assert (h.only_refund(card).status, deposit.status) == ("Failed", "Held")
		assert "refund.failed" in f.event_types(card_payment=card.name)
	deal.reload()
	assert deal.stage == "Lost"


def test_the_deposit_shows_what_is_under_way_and_what_came_back(account, fake):
	from dealer_pos_crm.dealer_cashier.deposits import overview as of_deposit

	deposit, card = h.pay_deposit(account, fake, 40)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 30)
	(shown,) = of_deposit.of(deposit.name)["card_refunds"]
	assert (shown.status, shown.amount, shown.card) == ("Pending", 30, "Visa ending 4242")
	fake.bank.fail_refund(h.only_refund(card).refund_id)
	h.told(account, fake, h.only_refund(card).refund_id)
	(shown,) = of_deposit.of(deposit.name)["card_refunds"]
	assert (shown.status, shown.failure) == ("Failed", "The card was reported lost or stolen")
	(way,) = of_deposit.of(deposit.name)["ways"]
	assert (way["card"], way["left"], way["most"], way["why_not"]) == ("Visa ending 4242", 40, 40, "")

"""Money that goes back to its card: booked first, sent once, followed to its end, reversed when it fails."""

from __future__ import annotations

import random

import frappe
import pytest
from bs4 import BeautifulSoup
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.card_refunds import (
	following,
	guard,
	overview,
	refund,
	reversing,
	room,
	sending,
)
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.printing.refund import refund_slip
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.domain.gateway import RefundState
from tests.site import billing, cards, showroom
from tests.site import factories as f
from tests.site import refund_house as h
from tests.site.checks import everything_right, figures

LIMIT = 1000  # of one person, in Dealer Settings


@pytest.fixture(scope="module")
def fake(site):
	return cards.make_fake()


@pytest.fixture(scope="module")
def account(fake):
	f.make_dealership()
	name = cards.gateway_account(fake=fake)
	with cards.use_fake(fake):
		yield name


@pytest.fixture(scope="module")
def people(account):
	frappe.db.set_value("Dealer Settings", f.COMPANY, "refund_limit", LIMIT)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.db.commit()
	return {
		"cashier": f.make_user(roles.CASHIER, "refund.cashier"),
		"accountant": f.make_user(roles.ACCOUNTANT, "refund.accountant"),
		"manager": f.make_user(roles.MANAGER, "refund.manager"),
	}


@pytest.fixture(autouse=True)
def calm(fake):
	yield
	fake.faults.clear()
	fake.refunds.next_ways.clear()


def held_for(deposit) -> str | None:
	"""The deposit that holds its vehicle now."""
	return frappe.db.get_value("Dealer Vehicle Hold", {"active_vehicle": deposit.vehicle}, "deposit")


def told(account, fake, refund_id: str) -> None:
	"""A message about a refund comes in."""
	frappe.db.commit()
	following.observe(h.account_doc(account), accounts.client(account).refund_of(refund_id))
	frappe.db.commit()


def on_account(account, fake, amount: float = 400):
	"""A card payment that nothing was paid with."""
	customer = f.make_customer()
	frappe.db.commit()
	return h.pay(account, amount=amount, fake=fake, customer=customer.name)


def paid_invoice(account, fake, amount: float = 400):
	customer = f.make_customer()
	invoice = f.make_invoice(customer, amount)
	frappe.db.commit()
	card = h.pay(account, "Sales Invoice", invoice.name, amount=amount, fake=fake)
	invoice.reload()
	assert not flt(invoice.outstanding_amount)
	return invoice, card


def give_back(card, amount: float, user: str | None = None, key: str | None = None, **values) -> dict:
	"""As the screen does it."""
	frappe.db.commit()
	with f.logged_in(user or "Administrator"):
		from dealer_pos_crm.api import card_refund

		found = card_refund.refund(
			card_payment=card.name,
			amount=amount,
			reason="Paid for what was not done",
			client_key=key or f.key(),
			**values,
		)
	frappe.db.commit()
	card.reload()
	return found


def only_refund(card):
	(row,) = h.refunds_of(card)
	return row


def refused(code: str):
	return pytest.raises(DealerRefusal, check=lambda error: error.code == code)


# --- Deposits ------------------------------------------------------------------------------------------


def test_a_deposit_goes_back_to_its_card(account, fake):
	deposit, card = h.pay_deposit(account, fake)
	done = h.refund_deposit(deposit, 200)

	row = only_refund(card)
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
	assert held_for(deposit) is None
	h.check_books(card, fake)
	assert room.left(card).minor == 0
	assert [row.status for row in h.refunds_of(card)] == ["Refunded"] * 3


def test_each_part_of_a_split_tender_goes_back_its_own_way(account, fake):
	deposit = f.make_deposit(amount=500)
	frappe.db.commit()
	card = on_account(account, fake, 300)
	_use_for_deposit(card, deposit, cash=200)
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
	assert only_refund(card).amount == 300
	h.check_books(card, fake)


def _use_for_deposit(card, deposit, cash: float) -> None:
	"""The card and cash pay one deposit, as a counter books it: the card's entry is the deposit's."""
	frappe.get_doc("Payment Entry", card.payment_entry).cancel()
	frappe.db.set_value("Card Payment", card.name, {"booking": "", "payment_entry": None})
	frappe.db.set_value("Deposit", deposit.name, "customer", card.customer)
	frappe.db.commit()
	from dealer_pos_crm.dealer_cashier.deposits import actions

	actions.take(
		deposit.name,
		[
			{"mode_of_payment": "Cash", "amount": cash},
			{
				"mode_of_payment": "Card (online)",
				"amount": card.captured_amount,
				"reference_no": card.intent_id,
				"card_payment": card.name,
			},
		],
		f.key(),
	)
	frappe.db.commit()
	entry = frappe.db.get_value(
		"Payment Entry", {"dealer_card_payment": card.name, "docstatus": 1, "payment_type": "Receive"}
	)
	frappe.db.set_value("Card Payment", card.name, {"booking": "Booked", "payment_entry": entry})
	frappe.db.commit()
	deposit.reload()
	card.reload()


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
	with refused("not_by_card"):
		f.act(deposit, "Refund", amount=200, reason="Changed his mind", mode_of_payment="Card (online)")
	frappe.db.rollback()


def test_a_card_payment_is_not_cancelled_as_a_mistake_of_the_day(account, fake):
	deposit, card = h.pay_deposit(account, fake, 100)
	with refused("by_card"):
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


# --- What goes wrong -----------------------------------------------------------------------------------


def test_a_definite_no_leaves_the_deposit_as_it_was(account, fake):
	deposit, card = h.pay_deposit(account, fake)
	# Somebody was quicker at the provider's own site, and we have not heard of it.
	fake.refunds.create({"charge": card.charge_id, "amount": 50_000})
	h.refund_deposit(deposit, 500)

	row = only_refund(card)
	assert row.status == "Failed"
	assert "already been refunded" in row.failure
	everything_right(deposit)
	assert deposit.status == "Held"
	assert held_for(deposit) == deposit.name
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 2
	failed = frappe.get_last_doc("Customer Event", {"reference_name": row.name})
	assert (failed.event_type, failed.card_payment, failed.amount) == ("refund.failed", card.name, 500)
	# The message about the other one arrives: it is booked, and the books are right again.
	(other,) = [one for one in fake.store.all("refund") if one["charge"] == card.charge_id]
	told(account, fake, other["id"])
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
	row = only_refund(card)
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
	row = only_refund(card)
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
	told(account, fake, made["id"])
	row = only_refund(card)
	assert (row.status, row.refund_id, row.outside) == ("Refunded", made["id"], 0)
	fake.faults.clear()
	h.later()
	assert only_refund(card).refund_id == made["id"]
	h.check_books(card, fake)


def test_after_the_keys_life_it_is_looked_for_and_not_sent_again(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.fail_next("refunds.create", "timeout", times=4)
	h.refund_deposit(deposit, 200)
	fake.faults.clear()
	frappe.db.sql(
		"""update `tabPayment Attempt` set first_sent_at = first_sent_at - interval 2 day
		where about_name = %s""",
		only_refund(card).name,
	)
	calls = len(fake.calls("refunds.create"))
	h.later()
	row = only_refund(card)
	assert row.status == "Refunded"
	assert len(fake.calls("refunds.create")) == calls
	h.check_books(card, fake)


def test_pending_then_arrived(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 200)
	row = only_refund(card)
	assert row.status == "Pending"
	h.check_books(card, fake)
	fake.bank.settle_refund(row.refund_id)
	told(account, fake, row.refund_id)
	told(account, fake, row.refund_id)
	row.reload()
	assert (row.status, row.arn) == ("Refunded", "74000000000000000000001")
	h.check_books(card, fake)


def test_failed_weeks_later_the_money_is_the_customers_again(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = only_refund(card)
	assert (row.status, deposit.status) == ("Refunded", "Refunded")
	fake.bank.fail_refund(row.refund_id)
	told(account, fake, row.refund_id)
	told(account, fake, row.refund_id)
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
	frappe.db.set_value("Dealer Settings", f.COMPANY, "refund_limit", LIMIT)
	h.refund_deposit(deposit, 200)
	assert [one.status for one in h.refunds_of(card)] == ["Failed", "Refunded"]
	h.check_books(card, fake)


def test_failed_after_its_period_was_closed_it_comes_in_again_today(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 150)
	row = only_refund(card)
	with closed_for(row.payment_entry):
		fake.bank.fail_refund(row.refund_id)
		told(account, fake, row.refund_id)
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


class closed_for:
	"""While an entry cannot be cancelled, as its month is closed; new ones of today can be made."""

	def __init__(self, entry: str) -> None:
		self.entry = entry

	def __enter__(self) -> None:
		from erpnext.accounts.doctype.payment_entry.payment_entry import PaymentEntry

		self.kept, closed = PaymentEntry.on_cancel, self.entry

		def on_cancel(doc):
			if doc.name == closed:
				frappe.throw("You cannot create or cancel any accounting entries within the closed period")
			return self.kept(doc)

		PaymentEntry.on_cancel = on_cancel

	def __exit__(self, *_error: object) -> None:
		from erpnext.accounts.doctype.payment_entry.payment_entry import PaymentEntry

		PaymentEntry.on_cancel = self.kept


def test_what_cannot_be_reversed_waits_with_a_task_and_is_done_by_hand(account, fake, people, monkeypatch):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = only_refund(card)
	with closed_for(row.payment_entry), monkeypatch.context() as patched:
		patched.setattr(reversing, "_receive_again", lambda *_a: frappe.throw("The month is frozen"))
		fake.bank.fail_refund(row.refund_id)
		told(account, fake, row.refund_id)
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
		frappe.get_doc("Payment Entry", only_refund(card).payment_entry).cancel()
	frappe.db.rollback()


def test_news_in_any_order_end_the_same(account, fake):
	_deposit, card = h.pay_deposit(account, fake, 90)
	deposit = _deposit
	h.refund_deposit(deposit, 90)
	row = only_refund(card)
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


# --- Made at the provider's own site -------------------------------------------------------------------


def test_made_outside_it_is_taken_from_the_deposit(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 5_000})
	told(account, fake, made["id"])
	told(account, fake, made["id"])
	row = only_refund(card)
	assert (row.outside, row.status, row.amount) == (1, "Refunded", 50)
	everything_right(deposit)
	assert figures(deposit) == (200, 0, 50, 0, 150)
	h.check_books(card, fake)


def test_made_outside_of_money_that_paid_an_invoice_the_customer_owes_it(account, fake):
	invoice, card = paid_invoice(account, fake, 400)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 40_000})
	told(account, fake, made["id"])
	row = only_refund(card)
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 1
	h.check_books(card, fake)
	todo = frappe.get_last_doc("ToDo", {"reference_name": row.name})
	assert "customer owes it" in todo.description
	assert customer_owes(invoice.customer) == 400


def test_made_outside_and_failed_it_is_written_down_and_nothing_booked(account, fake):
	_invoice, card = paid_invoice(account, fake, 40)
	fake.bank.next_refund("failed")
	made = fake.refunds.create({"charge": card.charge_id, "amount": 4_000})
	told(account, fake, made["id"])
	row = only_refund(card)
	assert (row.status, row.payment_entry) == ("Failed", None)
	h.check_books(card, fake)


def test_the_charge_of_somebody_else_is_left_alone(account, fake):
	_invoice, card = paid_invoice(account, fake, 40)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 100})
	fact = accounts.client(account).refund_of(made["id"])
	frappe.db.set_value("Card Payment", card.name, {"charge_id": "ch_other", "intent_key": "other"})
	assert following.observe(h.account_doc(account), fact) == ""
	frappe.db.rollback()


def customer_owes(customer: str) -> float:
	rows = frappe.db.sql(
		"select sum(amount) from `tabPayment Ledger Entry` where party = %s and delinked = 0", customer
	)
	return flt(rows[0][0], 2)


# --- Invoices, credit notes, money on account ----------------------------------------------------------


def test_money_on_account_goes_back(account, fake):
	card = on_account(account, fake, 400)
	found = give_back(card, 150)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert flt(frappe.db.get_value("Payment Entry", card.payment_entry, "unallocated_amount"), 2) == 250
	assert customer_owes(card.customer) == -250
	assert give_back(card, 250)["status"] == "Refunded"
	h.check_books(card, fake)
	assert customer_owes(card.customer) == 0


def test_what_paid_an_invoice_stays_there_until_a_credit_note(account, fake):
	invoice, card = paid_invoice(account, fake, 400)
	with refused("used"):
		give_back(card, 100)
	frappe.db.rollback()
	note = credit(invoice, 400)
	found = give_back(card, 400)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert flt(frappe.db.get_value("Sales Invoice", note.name, "outstanding_amount"), 2) == 0
	assert only_refund(card).credit_note == note.name
	assert customer_owes(invoice.customer) == 0


def test_a_note_set_off_against_its_invoice_counts_as_well(account, fake):
	invoice, card = paid_invoice(account, fake, 400)
	credit(invoice, 400, update_outstanding_for_self=0)
	found = give_back(card, 120)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert customer_owes(invoice.customer) == -280


def test_a_reopened_invoice_is_owed_again(account, fake, people):
	invoice, card = paid_invoice(account, fake, 400)
	with f.logged_in(people["accountant"]):
		refund.reopen(card.name, "Sales Invoice", invoice.name, "Pays by check instead")
	frappe.db.commit()
	invoice.reload()
	assert flt(invoice.outstanding_amount) == 400
	assert give_back(card, 400)["status"] == "Refunded"
	h.check_books(card, fake)
	assert customer_owes(invoice.customer) == 400
	with f.logged_in(people["cashier"]), refused("may_not_reopen"):
		refund.reopen(card.name, "Sales Invoice", invoice.name, "Pays by check instead")
	frappe.db.rollback()


def credit(invoice, amount: float, **values):
	from erpnext.controllers.sales_and_purchase_return import make_return_doc

	note = make_return_doc("Sales Invoice", invoice.name)
	note.update(
		{"disable_rounded_total": 1, "payment_schedule": [], "payment_terms_template": None, **values}
	)
	note.items[0].rate = amount
	note.insert()
	note.submit()
	frappe.db.commit()
	return note


def test_held_in_a_deposit_it_is_refunded_there(account, fake):
	_deposit, card = h.pay_deposit(account, fake, 100)
	with refused("in_deposit"):
		give_back(card, 100)
	frappe.db.rollback()
	assert not h.refunds_of(card)


def test_more_than_there_is(account, fake):
	card = on_account(account, fake, 100)
	with refused("more_than_left"):
		give_back(card, 100.01)
	frappe.db.rollback()
	give_back(card, 60)
	with refused("more_than_left"):
		give_back(card, 40.01)
	frappe.db.rollback()
	h.check_books(card, fake)


def test_the_same_request_twice_is_one_refund(account, fake):
	card, key = on_account(account, fake, 100), f.key()
	first, second = give_back(card, 30, key=key), give_back(card, 30, key=key)
	assert (first["refund"], first["repeated"], second["repeated"]) == (second["refund"], False, True)
	h.check_books(card, fake)


# --- Who decides ---------------------------------------------------------------------------------------


def test_a_cashier_asks_and_another_person_decides(account, fake, people):
	card = on_account(account, fake, 100)
	asked = give_back(card, 60, people["cashier"])
	assert (asked["status"], asked["approval_reason"]) == ("Requested", "A refund needs a second person")
	row = only_refund(card)
	assert (row.payment_entry, row.refund_id) == (None, None)
	h.check_books(card, fake)
	assert frappe.db.exists("Notification Log", {"document_name": row.name, "for_user": people["manager"]})
	with f.logged_in(people["cashier"]), refused("may_not_approve"):
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
	card = on_account(account, fake, 2000)
	asked = give_back(card, LIMIT + 1, people["manager"])
	assert asked["status"] == "Requested"
	with f.logged_in(people["manager"]), refused("own_request"):
		refund.approve(asked["refund"])
	frappe.db.rollback()


def test_turned_down_and_withdrawn_nothing_moves(account, fake, people):
	card = on_account(account, fake, 100)
	asked = give_back(card, 60, people["cashier"])
	with f.logged_in(people["manager"]):
		refund.reject(asked["refund"], "He agreed to the work")
	frappe.db.commit()
	again = give_back(card, 50, people["cashier"])
	with f.logged_in(people["manager"]), refused("not_own"):
		refund.withdraw(again["refund"])
	frappe.db.rollback()
	with f.logged_in(people["cashier"]):
		refund.withdraw(again["refund"])
	frappe.db.commit()
	assert [row.status for row in h.refunds_of(card)] == ["Rejected", "Withdrawn"]
	with f.logged_in(people["manager"]), refused("decided"):
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
	card = on_account(account, fake, 100)
	asked = give_back(card, 60, people["cashier"])
	give_back(card, 70)
	with f.logged_in(people["manager"]), refused("more_than_left"):
		refund.approve(asked["refund"])
	frappe.db.rollback()
	h.check_books(card, fake)


# --- Disputes ------------------------------------------------------------------------------------------


def test_while_the_bank_has_the_money_nothing_goes_back(account, fake):
	from dealer_pos_crm.dealer_cashier.disputes import case

	deposit, card = h.pay_deposit(account, fake, 100)
	dispute = fake.bank.dispute(card.charge_id)
	case.observe(h.account_doc(account), accounts.client(account).dispute(dispute["id"]))
	frappe.db.commit()
	with refused("disputed"):
		h.refund_deposit(deposit, 100)
	frappe.db.rollback()
	fake.bank.decide(dispute["id"], "won")
	case.observe(h.account_doc(account), accounts.client(account).dispute(dispute["id"]))
	frappe.db.commit()
	h.refund_deposit(deposit, 100)
	assert only_refund(card).status == "Refunded"


def test_the_screen_says_what_can_go_back_and_why_not(account, fake, people):
	invoice, card = paid_invoice(account, fake, 400)
	found = overview.options(card.name)
	assert (found["left"], found["most"], found["card"]) == (400, 0, "Visa ending 4242")
	assert "Make a credit note" in found["why_not"]
	(same,) = overview.for_document("Sales Invoice", invoice.name)
	assert same["card_payment"] == card.name
	note = credit(invoice, 100)
	(of_note,) = overview.for_document("Sales Invoice", note.name)
	assert (of_note["most"], of_note["why_not"]) == (100, "")
	with f.logged_in(people["cashier"]):
		assert overview.options(card.name)["approval"] == "A refund needs a second person"


def test_an_attempt_that_is_never_answered_can_be_dropped(account, fake):
	deposit, card = h.pay_deposit(account, fake, 60)
	fake.fail_next("refunds.create", "timeout_before", times=99)
	h.refund_deposit(deposit, 60)
	row = only_refund(card)
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


# --- The slip ------------------------------------------------------------------------------------------


def slip(entry: str) -> str:
	page = BeautifulSoup(frappe.get_print("Payment Entry", entry, "Deposit Refund Slip"), "html5lib")
	for style in page.select("style"):
		style.decompose()
	return " ".join(page.get_text(" ").split())


def test_the_slip_names_the_card_and_when_it_arrives(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	text = slip(only_refund(card).payment_entry)
	for words in ("Returned to Visa ending 4242", "within 5 to 10 business days", "74000000000000000000001"):
		assert words in text, text
	assert "$ 200.00" in text


def test_the_slip_of_what_did_not_arrive_is_void(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	h.refund_deposit(deposit, 200)
	row = only_refund(card)
	fake.bank.fail_refund(row.refund_id)
	told(account, fake, row.refund_id)
	paper = refund_slip(frappe.get_doc("Payment Entry", row.payment_entry))
	assert "This slip is void" in paper.mark.text
	assert [line.amount for part in paper.sums for line in part.rows] == ["did not arrive"]
	assert not [fact for fact in paper.facts if "business days" in fact.text]


def test_the_slip_of_a_payment_that_is_no_deposits(account, fake):
	card = on_account(account, fake, 80)
	give_back(card, 80)
	text = slip(only_refund(card).payment_entry)
	for words in (
		"Refund",
		"Roof rack",
		"Paid for what was not done",
		"Returned to Visa ending 4242",
		"$ 80.00",
	):
		assert words in text, text
	assert "not a refund of a deposit" not in text.lower()


# --- All of it together --------------------------------------------------------------------------------


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
		assert (only_refund(card).status, deposit.status) == ("Refunded", "Refunded")
		h.check_books(card, fake)
	else:  # the money is still theirs, and somebody has to know
		assert (only_refund(card).status, deposit.status) == ("Failed", "Held")
		assert "refund.failed" in f.event_types(card_payment=card.name)
	deal.reload()
	assert deal.stage == "Lost"


def test_a_repair_order_that_was_paid_by_card_is_owed_again(account, fake):
	order, invoice = _order_paid_by_card(account, fake)
	card = frappe.get_last_doc("Card Payment", {"repair_order": order.name})
	refund.reopen(card.name, "Sales Invoice", invoice, "Pays by check instead")
	frappe.db.commit()
	order.reload()
	assert order.payment_status == "Unpaid"
	assert give_back(card, card.captured_amount)["status"] == "Refunded"
	order.reload()
	assert order.payment_status == "Unpaid"
	h.check_books(card, fake)
	assert only_refund(card).payment_entry
	entry = frappe.get_doc("Payment Entry", only_refund(card).payment_entry)
	assert (entry.dealer_repair_order, entry.dealer_card_payment) == (order.name, card.name)


def _order_paid_by_card(account, fake):
	billing.set_up()
	order = billing.ready([billing.work()])
	billing.invoice(order)
	order.reload()
	frappe.db.commit()
	h.pay(account, "Repair Order", order.name, amount=order.outstanding, fake=fake)
	order.reload()
	assert order.payment_status == "Paid"
	return order, frappe.db.get_value("Sales Invoice", {"dealer_repair_order": order.name, "docstatus": 1})


def test_a_failed_refund_is_a_promise_until_the_money_has_gone_back(account, fake):
	deposit, card = h.pay_deposit(account, fake, 75)
	h.refund_deposit(deposit, 75)
	fake.bank.fail_refund(only_refund(card).refund_id)
	told(account, fake, only_refund(card).refund_id)
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
			told(account, fake, one["id"])
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
		told(account, fake, chance.choice(made)["id"])
	elif do == "sweep":
		h.later()


def test_what_nobody_said_anything_of_is_asked_for(account, fake):
	from dealer_pos_crm.dealer_cashier.card_refunds import sweep

	deposit, card = h.pay_deposit(account, fake, 40)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 40)
	row = only_refund(card)
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


def test_what_could_not_be_put_right_is_tried_again_by_itself(account, fake, monkeypatch):
	from dealer_pos_crm.dealer_cashier.card_refunds import booking, sweep

	deposit, card = h.pay_deposit(account, fake, 40)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 1_000})
	with monkeypatch.context() as patched:
		patched.setattr(booking, "enter", lambda *_a: frappe.throw("The year is closed"))
		told(account, fake, made["id"])
	row = only_refund(card)
	assert (row.status, row.payment_entry) == ("Refunded", None)
	assert overview.of(row.name)["meaning"]["tone"] == "red"
	todo = frappe.get_last_doc("ToDo", {"reference_name": row.name})
	assert "The year is closed" in todo.description
	sweep.run()
	row.reload()
	assert row.payment_entry
	everything_right(deposit)
	h.check_books(card, fake)
	assert frappe.db.get_value("ToDo", todo.name, "status") == "Closed"


def test_the_deposit_shows_what_is_under_way_and_what_came_back(account, fake):
	from dealer_pos_crm.dealer_cashier.deposits import overview as of_deposit

	deposit, card = h.pay_deposit(account, fake, 40)
	fake.bank.next_refund("pending")
	h.refund_deposit(deposit, 30)
	(shown,) = of_deposit.of(deposit.name)["card_refunds"]
	assert (shown.status, shown.amount, shown.card) == ("Pending", 30, "Visa ending 4242")
	fake.bank.fail_refund(only_refund(card).refund_id)
	told(account, fake, only_refund(card).refund_id)
	(shown,) = of_deposit.of(deposit.name)["card_refunds"]
	assert (shown.status, shown.failure) == ("Failed", "The card was reported lost or stolen")
	(way,) = of_deposit.of(deposit.name)["ways"]
	assert (way["card"], way["left"], way["most"], way["why_not"]) == ("Visa ending 4242", 40, 40, "")

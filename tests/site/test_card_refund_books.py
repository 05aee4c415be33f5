"""Refunds of what was paid for invoices and orders, of money on account, and of those made outside."""

from __future__ import annotations

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.card_refunds import (
	booking,
	following,
	overview,
	refund,
	sweep,
)
from dealer_pos_crm.dealer_cashier.gateway import accounts
from tests.site import factories as f
from tests.site import refund_house as h
from tests.site.checks import everything_right, figures

fake, account, people, calm = h.fake, h.account, h.people, h.calm


def test_made_outside_it_is_taken_from_the_deposit(account, fake):
	deposit, card = h.pay_deposit(account, fake, 200)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 5_000})
	h.told(account, fake, made["id"])
	h.told(account, fake, made["id"])
	row = h.only_refund(card)
	assert (row.outside, row.status, row.amount) == (1, "Refunded", 50)
	everything_right(deposit)
	assert figures(deposit) == (200, 0, 50, 0, 150)
	h.check_books(card, fake)


def test_made_outside_of_money_that_paid_an_invoice_the_customer_owes_it(account, fake):
	invoice, card = h.paid_invoice(account, fake, 400)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 40_000})
	h.told(account, fake, made["id"])
	row = h.only_refund(card)
	assert frappe.db.get_value("Payment Entry", row.payment_entry, "docstatus") == 1
	h.check_books(card, fake)
	todo = frappe.get_last_doc("ToDo", {"reference_name": row.name})
	assert "customer owes it" in todo.description
	assert h.customer_owes(invoice.customer) == 400


def test_made_outside_and_failed_it_is_written_down_and_nothing_booked(account, fake):
	_invoice, card = h.paid_invoice(account, fake, 40)
	fake.bank.next_refund("failed")
	made = fake.refunds.create({"charge": card.charge_id, "amount": 4_000})
	h.told(account, fake, made["id"])
	row = h.only_refund(card)
	assert (row.status, row.payment_entry) == ("Failed", None)
	h.check_books(card, fake)


def test_the_charge_of_somebody_else_is_left_alone(account, fake):
	_invoice, card = h.paid_invoice(account, fake, 40)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 100})
	fact = accounts.client(account).refund_of(made["id"])
	frappe.db.set_value("Card Payment", card.name, {"charge_id": "ch_other", "intent_key": "other"})
	assert following.observe(h.account_doc(account), fact) == ""
	frappe.db.rollback()


def test_money_on_account_goes_back(account, fake):
	card = h.on_account(account, fake, 400)
	found = h.give_back(card, 150)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert flt(frappe.db.get_value("Payment Entry", card.payment_entry, "unallocated_amount"), 2) == 250
	assert h.customer_owes(card.customer) == -250
	assert h.give_back(card, 250)["status"] == "Refunded"
	h.check_books(card, fake)
	assert h.customer_owes(card.customer) == 0


def test_what_paid_an_invoice_stays_there_until_a_credit_note(account, fake):
	invoice, card = h.paid_invoice(account, fake, 400)
	with h.refused("used"):
		h.give_back(card, 100)
	frappe.db.rollback()
	note = h.credit(invoice, 400)
	found = h.give_back(card, 400)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert flt(frappe.db.get_value("Sales Invoice", note.name, "outstanding_amount"), 2) == 0
	assert h.only_refund(card).credit_note == note.name
	assert h.customer_owes(invoice.customer) == 0


def test_a_note_set_off_against_its_invoice_counts_as_well(account, fake):
	invoice, card = h.paid_invoice(account, fake, 400)
	h.credit(invoice, 400, update_outstanding_for_self=0)
	found = h.give_back(card, 120)
	assert found["status"] == "Refunded"
	h.check_books(card, fake)
	assert h.customer_owes(invoice.customer) == -280


def test_a_reopened_invoice_is_owed_again(account, fake, people):
	invoice, card = h.paid_invoice(account, fake, 400)
	with f.logged_in(people["accountant"]):
		refund.reopen(card.name, "Sales Invoice", invoice.name, "Pays by check instead")
	frappe.db.commit()
	invoice.reload()
	assert flt(invoice.outstanding_amount) == 400
	assert h.give_back(card, 400)["status"] == "Refunded"
	h.check_books(card, fake)
	assert h.customer_owes(invoice.customer) == 400
	with f.logged_in(people["cashier"]), h.refused("may_not_reopen"):
		refund.reopen(card.name, "Sales Invoice", invoice.name, "Pays by check instead")
	frappe.db.rollback()


def test_held_in_a_deposit_it_is_refunded_there(account, fake):
	_deposit, card = h.pay_deposit(account, fake, 100)
	with h.refused("in_deposit"):
		h.give_back(card, 100)
	frappe.db.rollback()
	assert not h.refunds_of(card)


def test_more_than_there_is(account, fake):
	card = h.on_account(account, fake, 100)
	with h.refused("more_than_left"):
		h.give_back(card, 100.01)
	frappe.db.rollback()
	h.give_back(card, 60)
	with h.refused("more_than_left"):
		h.give_back(card, 40.01)
	frappe.db.rollback()
	h.check_books(card, fake)


def test_the_same_request_twice_is_one_refund(account, fake):
	card, key = h.on_account(account, fake, 100), f.key()
	first, second = h.give_back(card, 30, key=key), h.give_back(card, 30, key=key)
	assert (first["refund"], first["repeated"], second["repeated"]) == (second["refund"], False, True)
	h.check_books(card, fake)


def test_the_screen_says_what_can_go_back_and_why_not(account, fake, people):
	invoice, card = h.paid_invoice(account, fake, 400)
	found = overview.options(card.name)
	assert (found["left"], found["most"], found["card"]) == (400, 0, "Visa ending 4242")
	assert "Make a credit note" in found["why_not"]
	(same,) = overview.for_document("Sales Invoice", invoice.name)
	assert same["card_payment"] == card.name
	note = h.credit(invoice, 100)
	(of_note,) = overview.for_document("Sales Invoice", note.name)
	assert (of_note["most"], of_note["why_not"]) == (100, "")
	with f.logged_in(people["cashier"]):
		assert overview.options(card.name)["approval"] == "A refund needs a second person"


def test_a_repair_order_that_was_paid_by_card_is_owed_again(account, fake):
	order, invoice = h.order_paid_by_card(account, fake)
	card = frappe.get_last_doc("Card Payment", {"repair_order": order.name})
	refund.reopen(card.name, "Sales Invoice", invoice, "Pays by check instead")
	frappe.db.commit()
	order.reload()
	assert order.payment_status == "Unpaid"
	assert h.give_back(card, card.captured_amount)["status"] == "Refunded"
	order.reload()
	assert order.payment_status == "Unpaid"
	h.check_books(card, fake)
	assert h.only_refund(card).payment_entry
	entry = frappe.get_doc("Payment Entry", h.only_refund(card).payment_entry)
	assert (entry.dealer_repair_order, entry.dealer_card_payment) == (order.name, card.name)


def test_what_could_not_be_put_right_is_tried_again_by_itself(account, fake, monkeypatch):
	deposit, card = h.pay_deposit(account, fake, 40)
	made = fake.refunds.create({"charge": card.charge_id, "amount": 1_000})
	with monkeypatch.context() as patched:
		patched.setattr(booking, "enter", lambda *_a: frappe.throw("The year is closed"))
		h.told(account, fake, made["id"])
	row = h.only_refund(card)
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

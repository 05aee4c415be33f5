"""What a captured card payment does in the books: one Payment Entry, whatever became of its document."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, add_to_date, flt, now_datetime, nowdate

from dealer_pos_crm.dealer_cashier.card_payments import booking, payment, starting, subjects, sweep
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.money import Money
from tests.site import billing, cards, delivery, showroom
from tests.site import factories as f

CARD = "Card Payment"


@pytest.fixture(scope="module")
def account(site):
	f.make_dealership()
	name = cards.gateway_account()
	return frappe.get_doc("Gateway Account", name)


@pytest.fixture(scope="module", autouse=True)
def at_the_provider(account):
	with cards.use_fake(cards.fake_of(account.name)) as front:
		yield front


@pytest.fixture(scope="module")
def fake(account):
	return cards.fake_of(account.name)


def begin(account, owed: subjects.Owed, amount: float, **values) -> str:
	"""A payment on the provider's page, begun and known there."""
	card = starting.start(
		account=account.name,
		channel="Online",
		owed=owed,
		amount=to_money(amount, owed.currency),
		client_key=f.key(),
		success_url="https://dealer.example/back",
		cancel_url="https://dealer.example/left",
		**values,
	)
	starting.call(card.name)
	return card.name


def pay(fake, card: str, number: str = "4242") -> None:
	fake.payer.pay(frappe.db.get_value(CARD, card, "session_id"), number)


def paid(account, fake, owed: subjects.Owed, amount: float, **values) -> frappe._dict:
	"""Begun, paid, and heard of."""
	card = begin(account, owed, amount, **values)
	pay(fake, card)
	sweep.read(card)
	return seen(card)


def seen(card: str):
	return frappe.get_doc(CARD, card)


def entries(card: str, **filters) -> list:
	return frappe.get_all(
		"Payment Entry",
		{"dealer_card_payment": card, "docstatus": 1, "payment_type": "Receive", **filters},
		["name", "paid_amount", "unallocated_amount", "party", "paid_to", "reference_no", "dealer_deposit"],
	)


def one_entry(card: str):
	(found,) = entries(card)
	return found


def on_clearing(account, card: str) -> float:
	"""What the vouchers of a card payment leave on the clearing account."""
	names = frappe.get_all("Payment Entry", {"dealer_card_payment": card}, pluck="name")
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": ("in", names or [""]), "account": account.clearing_account, "is_cancelled": 0},
		["debit", "credit"],
	)
	return flt(sum(row.debit - row.credit for row in rows), 2)


def free(customer, what: str = "Floor mats") -> subjects.Owed:
	return subjects.free(customer.name, f.COMPANY, what)


def test_a_free_amount_stands_as_the_customers_credit(account, fake):
	customer = f.make_customer()
	card = paid(account, fake, free(customer), 120)
	entry = one_entry(card.name)
	assert (card.status, card.booking, card.payment_entry) == ("Captured", "On Account", entry.name)
	assert (entry.paid_amount, entry.unallocated_amount, entry.party) == (120, 120, customer.name)
	assert (entry.paid_to, entry.reference_no) == (account.clearing_account, card.intent_id)
	assert on_clearing(account, card.name) == 120
	assert (card.last4, card.brand, card.test_mode) == ("4242", "visa", 1)


def test_nothing_is_booked_while_nobody_has_paid(account, fake):
	card = begin(account, free(f.make_customer()), 50)
	sweep.read(card)
	assert (seen(card).status, seen(card).booking or "") == ("Waiting", "")
	assert not entries(card)


def test_a_decline_is_told_and_the_next_card_counts(account, fake):
	card = begin(account, free(f.make_customer()), 50)
	pay(fake, card, "0002")
	sweep.read(card)
	assert seen(card).status == "Failed" and seen(card).decline_code
	told = frappe.get_all("Customer Event", {"card_payment": card}, pluck="event_type")
	assert told == ["payment.failed"]
	pay(fake, card)
	sweep.read(card)
	assert (seen(card).status, seen(card).decline_code or "") == ("Captured", "")
	assert one_entry(card).paid_amount == 50


def test_a_deposit_is_taken_and_holds_the_car(account, fake):
	vehicle = f.make_vehicle()
	deposit = f.make_deposit(vehicle=vehicle, amount=500)
	salesperson = f.make_user(roles.SALESPERSON)
	with f.logged_in(salesperson):
		owed = subjects.owed("Deposit", deposit.name)
		card = begin(account, owed, 500)
	pay(fake, card)
	sweep.read(card)
	deposit.reload()
	# Who asked for it may not write payments: it is booked by who looks after the account.
	assert (deposit.status, deposit.taken_by, deposit.taken_amount) == ("Held", account.responsible, 500)
	assert (
		frappe.db.get_value("Dealer Vehicle Hold", {"active_vehicle": vehicle.name}, "deposit")
		== deposit.name
	)
	entry = one_entry(card)
	assert entry.dealer_deposit == deposit.name
	assert (deposit.tenders[0].payment_entry, deposit.tenders[0].reference_no) == (
		entry.name,
		seen(card).intent_id,
	)
	assert (seen(card).booking, seen(card).deposit) == ("Booked", deposit.name)
	assert frappe.db.exists("Customer Event", {"event_type": "deposit.taken", "deposit": deposit.name})


def test_a_cashiers_own_deposit_is_taken_in_the_cashiers_name(account, fake):
	deposit, cashier = f.make_deposit(amount=200), f.make_user(roles.CASHIER)
	with f.logged_in(cashier):
		card = begin(account, subjects.owed("Deposit", deposit.name), 200)
	pay(fake, card)
	sweep.read(card)
	assert frappe.db.get_value("Deposit", deposit.name, ["status", "taken_by"]) == ("Held", cashier)
	assert frappe.db.get_value("Payment Entry", one_entry(card).name, "owner") == cashier


def _unapplied(card: str) -> str:
	"""The reason on the promise that somebody has to look at the money."""
	event = frappe.db.get_value(
		"Customer Event", {"card_payment": card, "event_type": "payment.unapplied"}, "name"
	)
	assert event, "nobody is told of money that found no use"
	return frappe.db.get_value("Cashier Log", {"card_payment": card, "kind": "payment.unapplied"}, "reason")


@pytest.mark.parametrize("how", ["taken", "cancelled car", "changed", "held by another"])
def test_a_deposit_that_cannot_take_it_any_more_leaves_a_credit(account, fake, how):
	vehicle = f.make_vehicle()
	deposit = f.make_deposit(vehicle=vehicle, amount=300)
	card = begin(account, subjects.owed("Deposit", deposit.name), 300)
	pay(fake, card)
	if how == "taken":
		f.take(deposit)
	elif how == "cancelled car":
		frappe.db.set_value("Dealer Vehicle", vehicle.name, "status", "Sold")
	elif how == "changed":
		deposit.amount = 400
		deposit.save()
	else:
		f.take_new(None, vehicle, amount=200)
	frappe.db.commit()
	sweep.read(card)
	assert (seen(card).status, seen(card).booking) == ("Captured", "On Account")
	entry = one_entry(card)
	assert (entry.unallocated_amount, entry.dealer_deposit or "") == (300, "")
	assert _unapplied(card) and seen(card).booking_note
	assert on_clearing(account, card) == 300


def test_a_repair_order_is_paid(account, fake):
	billing.set_up()
	order = billing.ready()
	billing.invoice(order)
	owed = subjects.owed("Repair Order", order.name)
	assert owed.payable and owed.amount.minor > 0
	card = paid(account, fake, owed, float(owed.amount.decimal))
	order.reload()
	assert (card.booking, order.payment_status, order.outstanding) == ("Booked", "Paid", 0)
	assert one_entry(card.name).unallocated_amount == 0


def invoice(customer, amount: float):
	doc = f.make_invoice(customer, amount)
	frappe.db.commit()
	return doc


def pay_cash(doc, amount: float) -> None:
	from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry

	entry = get_payment_entry("Sales Invoice", doc.name, party_amount=amount)
	entry.update({"mode_of_payment": "Cash", "reference_no": "x", "reference_date": nowdate()})
	entry.insert()
	entry.submit()
	frappe.db.commit()


def test_a_repair_order_whose_bill_was_taken_back_leaves_a_credit(account, fake):
	order = billing.ready()
	billing.invoice(order)
	owed = subjects.owed("Repair Order", order.name)
	card = begin(account, owed, float(owed.amount.decimal))
	pay(fake, card)
	for name in billing.documents(order):
		frappe.get_doc("Sales Invoice", name.name).cancel()
	frappe.db.commit()
	sweep.read(card)
	assert (seen(card).booking, one_entry(card).unallocated_amount) == ("On Account", seen(card).amount)
	assert "Nothing is open" in seen(card).booking_note and _unapplied(card)


def test_money_for_a_deposit_whose_request_was_taken_back_leaves_a_credit(account, fake):
	deposit = f.make_deposit(amount=250)
	request = frappe.get_doc(
		{
			"doctype": "Pay Request",
			"customer": deposit.customer,
			"company": f.COMPANY,
			"gateway_account": account.name,
			"for_doctype": "Deposit",
			"for_name": deposit.name,
			"what": "Deposit",
			"amount": 250,
			"amount_basis": "Fixed",
			"status": "Sent",
			"client_key": f.key(),
		}
	)
	request.flags.of_the_house = True
	request.insert(ignore_permissions=True)
	card = begin(account, subjects.owed("Deposit", deposit.name), 250, pay_request=request.name)
	frappe.db.set_value(
		"Pay Request",
		request.name,
		{"status": "Cancelled", "cancelled_on": now_datetime(), "sent_on": now_datetime()},
	)
	frappe.db.commit()
	pay(fake, card)
	sweep.read(card)
	deposit.reload()
	assert (seen(card).booking, deposit.status) == ("On Account", "Draft")
	assert one_entry(card).unallocated_amount == 250
	kinds = frappe.get_all("Cashier Log", {"card_payment": card}, pluck="kind")
	assert len({"payment.late", "payment.unapplied"} & set(kinds)) == 1, kinds  # told once


def test_an_invoice_paid_in_part_meanwhile_takes_what_is_open_and_leaves_the_rest(account, fake):
	doc = invoice(f.make_customer(), 200)
	card = begin(account, subjects.owed("Sales Invoice", doc.name), 200)
	pay(fake, card)
	pay_cash(doc, 150)
	sweep.read(card)
	doc.reload()
	assert (doc.outstanding_amount, seen(card).booking) == (0, "Booked")
	assert one_entry(card).unallocated_amount == 150
	assert _unapplied(card)


def test_an_invoice_paid_or_cancelled_meanwhile_leaves_a_credit(account, fake):
	one, other = invoice(f.make_customer(), 80), invoice(f.make_customer(), 90)
	first = begin(account, subjects.owed("Sales Invoice", one.name), 80)
	second = begin(account, subjects.owed("Sales Invoice", other.name), 90)
	pay(fake, first), pay(fake, second)
	pay_cash(one, 80)
	other.reload()
	other.cancel()
	frappe.db.commit()
	for card, amount in ((first, 80), (second, 90)):
		sweep.read(card)
		assert (seen(card).booking, one_entry(card).unallocated_amount) == ("On Account", amount)
		assert _unapplied(card)


def test_who_pays_twice_has_a_credit_for_the_second(account, fake):
	doc = invoice(f.make_customer(), 70)
	tabs = [begin(account, subjects.owed("Sales Invoice", doc.name), 70) for _tab in range(2)]
	for card in tabs:
		pay(fake, card)
	for card in tabs:
		sweep.read(card)
	assert [seen(card).booking for card in tabs] == ["Booked", "On Account"]
	assert _unapplied(tabs[1]) and entries(tabs[1])[0].unallocated_amount == 70


def test_a_deal_before_delivery_gets_a_deposit(account, fake):
	showroom.set_up_showroom()
	deal = showroom.make_deal(vehicle=showroom.make_car())
	card = paid(account, fake, subjects.owed("Deal Jacket", deal.name), 1000)
	deposit = frappe.get_doc("Deposit", card.deposit)
	assert (card.booking, deposit.deal, deposit.held_amount) == ("Booked", deal.name, 1000)
	assert (deposit.channel, deposit.authorised_how) == ("Remote", "Online")
	deal.reload()
	assert deal.deposits_held == 1000


def test_a_delivered_deal_is_paid_and_what_is_too_much_stays_a_credit(account, fake):
	delivery.set_up()
	deal = delivery.delivered(paid=False)
	owed = subjects.owed("Deal Jacket", deal.name)
	assert float(owed.amount.decimal) == deal.balance > 0
	card = begin(account, owed, deal.balance)
	pay(fake, card)
	delivery.collect(deal, [("Cash", 100)])
	sweep.read(card)
	deal.reload()
	assert (deal.balance, seen(card).booking) == (0, "Booked")
	assert one_entry(card).unallocated_amount == 100 and _unapplied(card)


def test_a_disabled_customers_money_waits_with_a_task_and_is_booked_once_it_can_be(account, fake):
	customer = f.make_customer()
	card = begin(account, free(customer), 60)
	pay(fake, card)
	frappe.db.set_value("Customer", customer.name, "disabled", 1)
	frappe.db.commit()
	sweep.read(card)
	assert (seen(card).status, seen(card).booking) == ("Captured", "Not Booked")
	assert "disabled" in seen(card).booking_note and not entries(card)
	assert _task(card) == account.responsible
	frappe.db.set_value("Customer", customer.name, "disabled", 0)
	frappe.db.commit()
	_long_ago(card)
	sweep.book_unbooked()
	assert seen(card).booking == "On Account" and not _task(card)
	assert one_entry(card).paid_amount == 60


def _task(card: str) -> str | None:
	return frappe.db.get_value(
		"ToDo", {"reference_type": CARD, "reference_name": card, "status": "Open"}, "allocated_to"
	)


def _long_ago(card: str) -> None:
	frappe.db.set_value(CARD, card, "seen_at", add_to_date(now_datetime(), hours=-2), update_modified=False)
	frappe.db.commit()


def test_a_closed_period_makes_the_money_wait(account, fake):
	card = begin(account, free(f.make_customer()), 40)
	pay(fake, card)
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", add_days(nowdate(), 1))
	frappe.db.set_single_value("Accounts Settings", "frozen_accounts_modifier", None)
	frappe.db.commit()
	try:
		sweep.read(card)
		assert (seen(card).booking, entries(card)) == ("Not Booked", [])
		assert _task(card)
	finally:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", None)
		frappe.db.commit()
	_long_ago(card)
	sweep.book_unbooked()
	assert seen(card).booking == "On Account"


def test_a_missing_clearing_account_makes_the_money_wait(account, fake):
	card = begin(account, free(f.make_customer()), 40)
	pay(fake, card)
	frappe.db.set_value("Gateway Account", account.name, "clearing_account", None)
	frappe.clear_document_cache("Gateway Account", account.name)
	frappe.db.commit()
	try:
		sweep.read(card)
		assert seen(card).booking == "Not Booked" and "clearing" in seen(card).booking_note
	finally:
		frappe.db.set_value("Gateway Account", account.name, "clearing_account", account.clearing_account)
		frappe.clear_document_cache("Gateway Account", account.name)
		frappe.db.commit()
	assert booking.book(card, by_person=True) == "On Account"


def test_the_money_of_a_merged_customer_goes_to_who_remains(account, fake):
	old, new = f.make_customer(), f.make_customer()
	card = begin(account, free(old), 30)
	pay(fake, card)
	frappe.rename_doc("Customer", old.name, new.name, merge=True, force=True)
	frappe.db.commit()
	sweep.read(card)
	found = seen(card)
	assert (found.customer, found.payer, found.customer_name) == (new.name, new.name, new.customer_name)
	assert one_entry(card).party == new.name


def test_a_wrong_amount_is_kept_and_booked_only_by_a_person(account, fake):
	card = begin(account, free(f.make_customer()), 100)
	frappe.db.set_value(CARD, card, "amount", 110)
	frappe.db.commit()
	pay(fake, card)
	sweep.read(card)
	found = seen(card)
	assert (found.status, found.booking, found.captured_amount) == ("Captured", "Not Booked", 100)
	assert "110" in found.booking_note and not entries(card) and _task(card)
	_long_ago(card)
	sweep.book_unbooked()
	assert not entries(card)
	assert booking.book(card, by_person=True) == "On Account"
	assert one_entry(card).paid_amount == 100


def test_a_live_fact_never_touches_a_test_payment(account, fake):
	from dataclasses import replace

	from dealer_pos_crm.dealer_cashier.gateway import accounts

	card = begin(account, free(f.make_customer()), 100)
	pay(fake, card)
	session = frappe.db.get_value(CARD, card, "session_id")
	gateway = accounts.client(account.name)
	fact = replace(gateway.payment(gateway.session(session).intent), live=True)
	assert payment.observe(account, fact) == card
	found = seen(card)
	assert (found.status, found.intent_id or "", found.booking or "") == ("Waiting", "", "")
	assert found.booking_note and _task(card) and not entries(card)


def test_an_accountant_cancels_the_entry_and_it_is_booked_again(account, fake):
	card = paid(account, fake, free(f.make_customer()), 45)
	frappe.get_doc("Payment Entry", card.payment_entry).cancel()
	frappe.db.commit()
	card.reload()
	assert (card.booking, card.payment_entry) == ("Booking Cancelled", None) and _task(card.name)
	sweep.book_unbooked()
	booking.book(card.name)
	assert not entries(card.name)  # a machine does not undo an accountant
	assert booking.book(card.name, by_person=True) == "On Account"
	assert one_entry(card.name).paid_amount == 45 and not _task(card.name)


def test_an_amended_entry_takes_the_place_of_the_cancelled_one(account, fake):
	card = paid(account, fake, free(f.make_customer()), 46)
	old = frappe.get_doc("Payment Entry", card.payment_entry)
	old.cancel()
	new = frappe.copy_doc(old)
	new.update({"amended_from": old.name, "docstatus": 0})
	new.insert()
	new.submit()
	frappe.db.commit()
	card.reload()
	assert (card.booking, card.payment_entry) == ("On Account", new.name)
	assert not _task(card.name)


def test_a_second_entry_of_the_same_charge_is_refused(account, fake):
	card = paid(account, fake, free(f.make_customer()), 47)
	copy = frappe.copy_doc(frappe.get_doc("Payment Entry", card.payment_entry))
	with pytest.raises(frappe.ValidationError, match="booked by itself"):
		copy.insert()
	copy.flags.dealer_card_booking = True
	with pytest.raises(frappe.ValidationError, match="in the books already"):
		copy.insert()


def test_subjects_say_why_not(account):
	draft = f.take_new(amount=200)
	assert not subjects.owed("Deposit", draft.name).payable
	with pytest.raises(Exception, match="Held already"):
		starting.start(
			account=account.name,
			channel="Online",
			owed=subjects.owed("Deposit", draft.name),
			amount=Money(20000, "USD"),
			client_key=f.key(),
		)

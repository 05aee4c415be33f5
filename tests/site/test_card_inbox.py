"""Messages of the card provider, worked on until they are done, fetched when they did not come, in any order and
many at once; and who has to know when they cannot be."""

import json
import random
import subprocess

import frappe
import pytest
from frappe.installer import update_site_config
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.api import gateway as api
from dealer_pos_crm.dealer_cashier.gateway import accounts, catch_up, failures, handlers, inbox
from dealer_pos_crm.gateways.stripe import webhooks
from tests.site import cards, gateway
from tests.site import factories as f
from tests.site.gateway import EVENT, doc_of, due, entries, pay, row, tasks
from tests.site.racers import Racers
from tests.stripe_fake.server import serve
from tests.support import SITES, frappe_command

dealership, account, fake, own = gateway.dealership, gateway.account, gateway.fake, gateway.own


# Working on it


def test_what_the_provider_cannot_answer_now_is_tried_again_with_longer_waits(account, fake):
	card = pay(account, fake)
	(one,) = [got for got in cards.deliver(fake, work=False) if got.type == "payment_intent.succeeded"]
	fake.fail_next("payment_intents.retrieve", "500", times=99)
	waits = []
	for number in range(1, 4):
		assert inbox.work(one.row) == "Failed"
		kept = row(one.row)
		waits.append(kept.next_try_at - now_datetime())
		assert kept.attempts == number and "could not be asked" in kept.reason
		assert inbox.work(one.row) == "Failed" and row(one.row).attempts == number  # not before its time
		assert len(tasks(EVENT, one.row)) == (1 if number >= 3 else 0)
		due(one.row)
	assert waits == sorted(waits) and waits[0].seconds <= 60
	fake.faults.clear()
	inbox.sweep()
	assert row(one.row).status == "Done" and len(entries(card)) == 1
	assert [task.status for task in tasks(EVENT, one.row)] == ["Closed"]


def test_after_all_tries_it_is_given_up_told_and_can_be_tried_by_hand(account, fake):
	card = pay(account, fake)
	(one,) = [got for got in cards.deliver(fake, work=False) if got.type == "payment_intent.succeeded"]
	fake.fail_next("payment_intents.retrieve", "refused", times=999)
	for _number in range(len(inbox.WAITS) + 1):
		inbox.work(one.row)
		due(one.row)
	kept = row(one.row)
	assert kept.status == "Given Up" and len(tasks(EVENT, one.row)) == 1
	inbox.sweep()
	assert row(one.row).status == "Given Up"
	fake.faults.clear()
	with f.logged_in(f.make_user("Dealer Accountant")):
		assert api.retry_event(one.row)["status"] == "Done"
	assert len(entries(card)) == 1
	assert [task.status for task in tasks(EVENT, one.row)] == ["Closed"]


def test_what_is_not_there_is_given_up_at_once(account, fake):
	doc = doc_of(account)
	one = fake.webhooks.wrap("payout.paid", {"id": "po_gone", "object": "payout"}, doc.webhook_endpoint)
	got = cards.bring(one)
	assert (got.status, got.outcome) == (200, "Given Up") and "does not have" in got.reason
	assert len(tasks(EVENT, got.row)) == 1


def test_a_key_that_is_no_longer_accepted_is_no_reason_to_give_up(account, fake):
	pay(account, fake)
	one = cards.deliver(fake, work=False)[0]
	good = fake.key
	fake.key = "sk_test_rolled"
	assert inbox.work(one.row) == "Failed" and "key" in row(one.row).reason
	fake.key = good
	due(one.row)
	assert inbox.work(one.row) == "Done"


def test_a_try_that_killed_its_worker_was_one_and_is_taken_up_again(account, fake, monkeypatch):
	card = pay(account, fake)
	(one,) = [got for got in cards.deliver(fake, work=False) if got.type == "payment_intent.succeeded"]

	def killed(*_args):
		raise SystemExit(9)

	monkeypatch.setattr(handlers, "payment", killed)
	with pytest.raises(SystemExit):
		inbox.work(one.row)
	monkeypatch.undo()
	frappe.db.rollback()
	kept = row(one.row)
	assert (kept.status, kept.attempts) == ("Received", 1)
	inbox.sweep()
	assert row(one.row).status == "Received"  # it may be under way still
	due(one.row)
	inbox.sweep()
	assert row(one.row).status == "Done" and len(entries(card)) == 1


def test_an_error_of_the_program_is_logged_and_the_others_go_on(account, fake, monkeypatch):
	pay(account, fake)
	got = cards.deliver(fake, work=False)

	def broken(*_args):
		raise ZeroDivisionError

	monkeypatch.setattr(handlers, "payment", broken)
	one = next(each for each in got if each.type == "payment_intent.succeeded")
	assert inbox.work(one.row) == "Failed"
	kept = row(one.row)
	assert "ZeroDivisionError" in kept.reason
	assert frappe.db.exists("Error Log", {"reference_doctype": EVENT, "reference_name": str(one.row)})
	monkeypatch.undo()
	due(one.row)
	inbox.sweep()
	assert row(one.row).status == "Done"


def test_a_job_works_in_a_process_of_its_own(own, site):
	"""As a worker starts it: nothing is imported but what the job itself asks for."""
	account, fake = own
	pay(account, fake)
	one = cards.deliver(fake, work=False)[0]
	update_site_config(accounts.API_BASE, "http://127.0.0.1:9", validate=False)
	try:
		subprocess.run(
			frappe_command(
				"execute", f"{inbox.__name__}.work", "--kwargs", repr({"name": one.row}), site=site
			),
			cwd=SITES,
			check=True,
			capture_output=True,
		)
	finally:
		update_site_config(accounts.API_BASE, "None", validate=False)
		frappe.local.conf.pop(accounts.API_BASE, None)
	kept = row(one.row)
	assert kept.status == "Failed" and kept.reason.startswith("The provider could not be asked"), kept.reason


def test_what_was_not_started_here_is_ignored(account, fake):
	"""The dealer's web shop may use the same account at the provider."""
	line = {
		"quantity": 1,
		"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Cap"}},
	}
	page = fake.sessions.create(
		{"mode": "payment", "success_url": "https://shop.example", "line_items": [line]}
	)
	fake.payer.pay(page["id"])
	got = cards.deliver(fake)
	assert got and {one.outcome for one in got} == {"Ignored"}, [(one.type, one.reason) for one in got]


def test_a_payment_of_the_account_before_is_left_to_it(own):
	"""The same account at the provider, entered a second time: both hear of every payment."""
	account, fake = own
	card = pay(account, fake)
	second = cards.gateway_account(fake=fake)
	outcomes = {}
	for one in cards.deliver(fake):
		outcomes.setdefault(frappe.db.get_value(EVENT, one.row, "gateway_account"), set()).add(one.outcome)
	for name in frappe.get_all(EVENT, {"gateway_account": second, "status": "Received"}, pluck="name"):
		inbox.work(name)
	assert outcomes[account] == {"Done"} and len(entries(card)) == 1
	fact = webhooks.parsed(json.dumps({"object": "event", "id": f.key(), "type": "payment_intent.succeeded",
		"created": 1, "data": {"object": {"id": frappe.db.get_value("Card Payment", card, "intent_id")}}}).encode())  # fmt: skip
	name, _new = inbox.accept(doc_of(second), fact, source="Webhook")
	frappe.db.commit()
	assert inbox.work(name) == "Ignored"


# What did not come


def test_messages_that_were_lost_are_fetched_once(account, fake):
	cards.gateway_account()  # another account in use: this one is still caught up with by hand
	catch_up.catch_up(account)
	card = pay(account, fake)
	fake.webhooks.next("drop", times=20)
	assert cards.deliver(fake) == []
	assert frappe.db.get_value("Card Payment", card, "status") == "Waiting"
	new = api.fetch_missed(account)["new"]
	assert new >= 2
	rows = frappe.get_all(
		EVENT, {"gateway_account": account, "source": "Catch-up", "status": "Received"}, pluck="name"
	)
	for name in rows:
		inbox.work(name)
	assert frappe.db.get_value("Card Payment", card, "status") == "Captured" and len(entries(card)) == 1
	assert catch_up.catch_up(account) == 0
	doc = doc_of(account)
	assert doc.caught_up_on and doc.caught_up_to


def test_an_outage_is_told_after_an_hour_and_settled_when_it_is_over(own):
	account, fake = own
	catch_up.catch_up(account)
	frappe.db.commit()
	fake.fail_next("events.list", "refused", times=99)
	catch_up.catch_up(account)
	frappe.db.commit()
	assert "could not be reached" in doc_of(account).last_problem and not tasks("Gateway Account", account)
	frappe.db.set_value("Gateway Account", account, "caught_up_on", add_to_date(now_datetime(), hours=-2))
	catch_up.catch_up(account)
	frappe.db.commit()
	catch_up.catch_up(account)
	frappe.db.commit()
	assert [task.status for task in tasks("Gateway Account", account)] == ["Open"]
	fake.faults.clear()
	catch_up.catch_up(account)
	frappe.db.commit()
	assert [task.status for task in tasks("Gateway Account", account)] == ["Closed"]
	assert not doc_of(account).last_problem


def test_a_key_that_cannot_be_used_is_told_at_once_and_fills_no_error_log(own, monkeypatch):
	"""No key, or one that was encrypted with another site's encryption key."""
	account, _fake = own

	def broken(*_args):
		frappe.throw("Encryption key is invalid")

	errors = frappe.db.count("Error Log")
	monkeypatch.setattr(accounts, "secret_key", broken)
	for _number in range(2):
		catch_up.run()
	assert "Encryption key" in doc_of(account).last_problem and len(tasks("Gateway Account", account)) == 1
	assert frappe.db.count("Error Log") == errors
	monkeypatch.undo()
	catch_up.catch_up(account)
	frappe.db.commit()
	assert not doc_of(account).last_problem


def test_a_gap_longer_than_the_provider_keeps_is_said(own):
	account, _fake = own
	frappe.db.set_value("Gateway Account", account, "caught_up_to", "2026-01-01T00:00:00")
	frappe.db.commit()
	catch_up.catch_up(account)
	frappe.db.commit()
	assert "30 days" in doc_of(account).last_problem and tasks("Gateway Account", account)


# Any order, many at once


def state_of(card: str) -> tuple:
	frappe.db.rollback()
	doc = frappe.get_doc("Card Payment", card)
	return (
		doc.status,
		doc.captured_amount,
		doc.refunded_amount,
		doc.disputed_amount,
		doc.booking,
		len(entries(card)),
		sorted(frappe.get_all("Card Refund", {"card_payment": card}, ["status", "amount"], as_list=True)),
		frappe.get_all("Dispute Case", {"card_payment": card}, ["status", "amount"], as_list=True),
	)


def history(fake, charge) -> list:
	"""What happens at the provider after a payment, a step at a time."""
	made = {}

	def refund(amount):
		made["refund"] = fake.refunds.create({"charge": charge, "amount": amount})["id"]

	def dispute():
		made["dispute"] = fake.bank.dispute(charge, amount=50_00)["id"]

	return [
		lambda: refund(100_00),
		lambda: refund(30_00),
		lambda: fake.bank.fail_refund(made["refund"]),
		dispute,
		lambda: fake.bank.decide(made["dispute"], "lost"),
	]


def test_messages_in_every_order_lead_to_the_same_end(own):
	"""Paid, refunded twice, one of it failed, disputed and lost. Messages come twice, late and reordered, some while
	it still goes on and some after all is over; the books end the same."""
	account, fake = own
	ends = set()
	for seed in range(4):
		chance = random.Random(seed)
		card = pay(account, fake)
		page = fake.object(frappe.db.get_value("Card Payment", card, "session_id"))
		charge = fake.object(page["payment_intent"])["latest_charge"]
		mail, waiting = [], []
		for step in [*history(fake, charge), None]:
			fresh = fake.pending_webhooks()
			mail += fresh
			waiting += [*fresh, *fresh]
			chance.shuffle(waiting)
			now = len(waiting) if step is None else chance.randint(0, len(waiting)) * (seed % 3 > 0)
			for delivery in waiting[:now]:
				assert cards.bring(delivery).status == 200
			del waiting[:now]
			if step:
				step()
		ids = [one.event for one in mail]
		for name in frappe.get_all(EVENT, {"event_id": ("in", ids), "status": "Failed"}, pluck="name"):
			inbox.work(name, by_hand=True)
		rows = frappe.get_all(EVENT, {"event_id": ("in", ids)}, ["status", "event_type", "reason"])
		assert len(rows) == len(mail) and {one.status for one in rows} == {"Done"}, rows
		ends.add(repr(state_of(card)))
	assert len(ends) == 1, ends
	assert "'Captured', 500.0, 100.0, 50.0" in ends.pop()


def test_every_kind_we_listen_to_is_worked_on_whatever_it_is_about(own):
	"""Of each kind: one about something of ours, one about something that is not there. No error of the program."""
	account, fake = own
	card = pay(account, fake)
	page = fake.object(frappe.db.get_value("Card Payment", card, "session_id"))
	intent = fake.object(page["payment_intent"])
	place = fake.locations.create({"display_name": "Showroom"})
	things = {
		"payment_intent": intent,
		"checkout.session": page,
		"charge": fake.object(intent["latest_charge"]),
		"refund": fake.refunds.create({"charge": intent["latest_charge"], "amount": 100}),
		"charge.dispute": fake.bank.dispute(intent["latest_charge"], amount=500),
		"payout": fake.advance_to_payout(),
		"terminal.reader": fake.readers.create(
			{"registration_code": "simulated-s700", "label": "x", "location": place["id"]}
		),
	}
	endpoint = doc_of(account).webhook_endpoint
	errors = frappe.db.count("Error Log")
	for kind in webhooks.EVENTS:
		thing = things[max((name for name in things if kind.startswith(f"{name}.")), key=len)]
		got = cards.bring(fake.webhooks.wrap(kind, thing, endpoint))
		assert (got.status, got.outcome) == (200, "Ignored" if "reader" in kind else "Done"), (
			kind,
			got.reason,
		)
		gone = {**thing, "id": "gone", "payment_intent": None}
		got = cards.bring(fake.webhooks.wrap(kind, gone, endpoint))
		assert got.status == 200 and got.outcome in ("Given Up", "Ignored") and got.reason, (kind, got)
	assert frappe.db.count("Error Log") == errors
	assert len(entries(card)) == 1


def test_the_same_message_fifty_times_at_once_is_one(own, site):
	account, fake = own
	card = pay(account, fake)
	mail = {one.type: one for one in fake.pending_webhooks()}
	one = mail["payment_intent.succeeded"]
	with serve(fake) as server:
		racers = Racers(site, 3)
		try:
			finishes = racers.run(
				*[("knock_often", one.raw, one.header, doc_of(account).webhook_key, 17)] * 3
			)
			assert [finish.error for finish in finishes] == [""] * 3
			assert {status for finish in finishes for status in finish.result} == {200}
			assert sum(len(finish.result) for finish in finishes) == 51
			frappe.db.rollback()
			(name,) = frappe.get_all(EVENT, {"event_id": one.event}, pluck="name")
			finishes = racers.run(*[("work_event", name, server.url)] * 3)
			assert [finish.error for finish in finishes] == [""] * 3
		finally:
			racers.close()
	assert row(name).status == "Done" and row(name).attempts == 1
	assert len(entries(card)) == 1 and frappe.db.get_value("Card Payment", card, "status") == "Captured"


# Who has to know


def test_one_task_per_thing_for_whoever_is_responsible(dealership):
	boss = f.make_user("Dealer Accountant")
	account = cards.gateway_account(responsible=boss)
	first = failures.tell(account, title="A <b>", text="x", reference=("Company", f.COMPANY))
	assert failures.tell(doc_of(account), title="B", text="y", reference=("Company", f.COMPANY)) == first
	other = failures.tell(account, title="C", text="z")
	assert other != first
	task = tasks("Company", f.COMPANY)[-1]
	assert task.allocated_to == boss and "<b>A &lt;b&gt;</b>" in task.description
	failures.settled(("Company", f.COMPANY))
	assert tasks("Company", f.COMPANY)[-1].status == "Closed"
	assert tasks("Gateway Account", account)[0].status == "Open"
	frappe.db.set_value("User", boss, "enabled", 0)
	assert failures.person(account) != boss

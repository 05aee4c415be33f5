"""Disputes: one case, its money in the books, its promise, the evidence pack, staged and submitted once."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_to_date, flt, get_datetime, now_datetime

from dealer_pos_crm.api import dispute as api
from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.disputes import sweep
from dealer_pos_crm.dealer_cashier.gateway import accounts, inbox
from dealer_pos_crm.domain.dispute import Part
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import disputes as d
from tests.site import factories as f
from tests.site.disputes import CARD, CASE, case_of, disputed, entries, for_deposit, on, paid, steps, tasks
from tests.site.racers import Racers
from tests.stripe_fake import server

FEE = 15.0


house, no_jobs = d.house, d.no_jobs


# --- The case -----------------------------------------------------------------------------------------


def test_a_dispute_opens_one_case_with_its_day_its_promise_and_its_money(house):
	card, deposit = for_deposit(house)
	_dispute, case = disputed(house, card, reason="product_not_received", due_in_days=5)

	assert (case.card_payment, case.customer, case.deposit) == (card.name, card.customer, deposit)
	assert (case.status, case.round, case.reason, flt(case.amount)) == (
		"Open",
		"Dispute",
		"Not Received",
		500,
	)
	assert abs((get_datetime(case.due_by) - add_to_date(now_datetime(), days=5)).total_seconds()) < 120
	assert case.assigned_to == house.accountant
	assert steps(case.name) == ["dispute.opened"]
	promise = frappe.get_doc("Follow Up", {"card_payment": card.name, "rule": "Dispute: answer it"})
	assert promise.status in ("Planned", "Open")
	assert get_datetime(promise.opens_at) <= now_datetime()  # the next minute opens it
	assert abs((get_datetime(promise.due_at) - get_datetime(case.due_by)).total_seconds()) < 2
	assert "500" in promise.title

	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE)]
	assert on(house, case.name, "clearing_account") == -500 - FEE
	assert on(house, case.name, "dispute_account") == 500
	assert on(house, case.name, "fee_account") == FEE
	assert case.booking == "Booked"
	assert flt(frappe.db.get_value(CARD, card.name, "disputed_amount")) == 500
	references = frappe.get_all(
		"Journal Entry Account",
		{"parent": ("in", [case.withdrawal_entry, case.fee_entry])},
		pluck="reference_name",
	)
	assert not any(references)  # the deposit's payment stays as it was


def test_the_same_news_again_changes_nothing(house):
	card = paid(house)
	dispute, case = disputed(house, card)
	fact = accounts.client(house.account).dispute(dispute)
	before = (entries(case.name), steps(case.name))
	for _time in range(3):
		assert cases.observe(house.doc, fact) == case.name
	frappe.db.commit()
	assert (entries(case.name), steps(case.name)) == before
	assert frappe.db.count(CASE, {"dispute_id": dispute}) == 1


def test_lost_is_a_loss_of_its_department(house):
	card, _deposit = for_deposit(house)
	dispute, case = disputed(house, card)
	house.fake.bank.decide(dispute, "lost")
	cards.deliver(house.fake)
	case.reload()
	assert (case.status, entries(case.name)[-1]) == ("Lost", ("Loss", 500.0))
	assert on(house, case.name, "dispute_account") == 0
	assert on(house, case.name, "chargeback_account") == 500
	center = frappe.get_all("Journal Entry Account", {"parent": case.loss_entry}, pluck="cost_center")
	assert set(center) == {f.make_cost_center("Sales")}
	assert steps(case.name) == ["dispute.opened", "dispute.lost"]
	assert case.decided_on
	promise = frappe.get_doc("Follow Up", {"card_payment": card.name, "rule": "Dispute: answer it"})
	assert promise.status == "Stopped"


def test_won_brings_the_money_back_and_keeps_the_fee(house):
	card = paid(house)
	dispute, case = disputed(house, card)
	house.fake.bank.decide(dispute, "won")
	cards.deliver(house.fake)
	case.reload()
	assert (case.status, entries(case.name)) == (
		"Won",
		[("Withdrawal", 500.0), ("Fee", FEE), ("Return", 500.0)],
	)
	assert on(house, case.name, "clearing_account") == -FEE
	assert on(house, case.name, "dispute_account") == 0
	assert flt(frappe.db.get_value(CARD, card.name, "disputed_amount")) == 0
	assert steps(case.name) == ["dispute.opened", "dispute.won"]


def test_an_inquiry_takes_no_money_and_becomes_a_dispute_with_a_promise_of_its_own(house):
	card = paid(house)
	dispute, case = disputed(house, card, inquiry=True)
	assert (case.round, case.status, entries(case.name), case.booking or "") == ("Inquiry", "Open", [], "")
	house.fake.bank.escalate(dispute)
	cards.deliver(house.fake)
	case.reload()
	assert (case.round, case.status) == ("Dispute", "Open")
	assert steps(case.name) == ["dispute.opened", "dispute.opened"]
	promises = frappe.get_all(
		"Follow Up",
		{"card_payment": card.name, "rule": "Dispute: answer it"},
		["status", "due_at"],
		order_by="creation",
	)
	assert [row.status for row in promises] == ["Stopped", "Planned"]
	assert abs((get_datetime(promises[-1].due_at) - get_datetime(case.due_by)).total_seconds()) < 2
	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE)]


def test_an_inquiry_that_ends_is_closed_without_a_booking(house):
	card = paid(house)
	dispute, case = disputed(house, card, inquiry=True)
	house.fake.bank.decide(dispute, "warning_closed")
	cards.deliver(house.fake)
	case.reload()
	assert (case.status, entries(case.name), steps(case.name)[-1]) == ("Closed", [], "dispute.closed")


def charged_elsewhere(house) -> str:
	"""A charge on the same account that this site did not make."""
	client, fake = accounts.client(house.account), house.fake
	made = client.create_payment(key=f.key(), amount=Money(50_000, "USD"), metadata={}, what="Elsewhere")
	place = fake.locations.create({})["id"]
	reader = fake.readers.create({"registration_code": "simulated-s700", "location": place})
	client.process(reader["id"], made.intent, key=f.key())
	fake.reader.present(reader["id"])
	cards.deliver(fake)
	return client.payment(made.intent).charge


def test_a_dispute_of_a_charge_nobody_knows_is_kept_booked_and_tasked_and_linked_when_it_is_known(house):
	card, charge = paid(house), charged_elsewhere(house)
	row = house.fake.bank.dispute(charge)
	cards.deliver(house.fake)
	case = case_of(row["id"])
	assert (case.card_payment, case.customer, steps(case.name)) == (None, None, [])
	assert len(tasks(case.name)) == 1
	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE)]
	assert api.get_overview(case.name)["known"] is False
	assert api.make_pack(case.name)["left_out"] == []  # a summary of what is known

	frappe.db.set_value(CARD, card.name, "charge_id", charge)
	frappe.db.set_value(CASE, case.name, "seen_at", add_to_date(now_datetime(), days=-1))
	frappe.db.commit()
	sweep.run()
	case.reload()
	assert (case.card_payment, case.customer) == (card.name, card.customer)
	assert steps(case.name) == ["dispute.opened"]
	assert tasks(case.name) == []
	assert flt(frappe.db.get_value(CARD, card.name, "disputed_amount")) == 500


def test_a_dispute_of_the_other_mode_touches_nothing(house):
	card = paid(house)
	row = house.fake.bank.dispute(card.charge_id)
	fact = accounts.client(house.account).dispute(row["id"])
	live = frappe.get_doc("Gateway Account", house.account)
	live.mode = "Live"
	with pytest.raises(frappe.ValidationError, match="other mode"):
		cases.observe(live, fact)
	frappe.db.rollback()
	assert not frappe.db.exists(CASE, {"dispute_id": row["id"]})
	cards.deliver(house.fake)


# --- News in any order --------------------------------------------------------------------------------


def test_an_old_reading_never_undoes_a_newer_one(house):
	card = paid(house)
	row = house.fake.bank.dispute(card.charge_id)
	client = accounts.client(house.account)
	first = client.dispute(row["id"])
	house.fake.bank.decide(row["id"], "won")
	last = client.dispute(row["id"])
	cases.observe(house.doc, last)
	cases.observe(house.doc, first)
	frappe.db.commit()
	case = case_of(row["id"])
	assert case.status == "Won"
	assert flt(case.reinstated_amount) == 500
	cards.deliver(house.fake)
	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE), ("Return", 500.0)]


def test_a_step_back_is_asked_for_again_before_it_is_believed(house, monkeypatch):
	card = paid(house)
	dispute, case = disputed(house, card)
	client = accounts.client(house.account)
	now = client.dispute(dispute)
	frappe.db.set_value(
		CASE,
		case.name,
		{"state": "Under Review", "provider_status": "under_review", "status": "Evidence Sent"},
	)
	frappe.db.commit()
	asked = []
	monkeypatch.setattr(cases, "_read_again_later", asked.append)
	cases.observe(house.doc, now)
	frappe.db.commit()
	assert (asked, case_of(dispute).status) == ([case.name], "Evidence Sent")
	sweep.read_again(case.name)
	frappe.db.commit()
	assert case_of(dispute).status == "Open"


def test_who_asks_for_it_is_told_when_the_provider_does_not_answer(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	house.fake.fail_next("disputes.retrieve", "refused", times=2)
	with pytest.raises(frappe.ValidationError, match="does not answer"):
		api.read_again(case.name)
	house.fake.fail_next("disputes.retrieve", "refused", times=2)
	sweep.read_again(case.name)  # the scheduler asks next time
	assert api.read_again(case.name)["open"]


def test_lost_and_then_won_takes_the_loss_back(house):
	card = paid(house)
	dispute, case = disputed(house, card)
	house.fake.bank.decide(dispute, "lost")
	cards.deliver(house.fake)
	row = house.fake.store.get("dispute", dispute)
	row["status"] = "under_review"  # the bank looks at it again
	house.fake.bank.decide(dispute, "won")
	cards.deliver(house.fake)
	case.reload()
	assert case.status == "Won"
	assert entries(case.name) == [
		("Withdrawal", 500.0),
		("Fee", FEE),
		("Loss", 500.0),
		("Taken Back: Loss", 500.0),
		("Return", 500.0),
	]
	assert on(house, case.name, "chargeback_account") == 0
	assert on(house, case.name, "dispute_account") == 0
	assert steps(case.name) == ["dispute.opened", "dispute.lost", "dispute.won"]


# --- The books say no ---------------------------------------------------------------------------------


def test_what_cannot_be_booked_is_kept_tasked_and_tried_again(house):
	card = paid(house)
	frozen = frappe.get_doc("Accounts Settings")
	before = frozen.acc_frozen_upto
	frappe.db.set_single_value(
		"Accounts Settings", "acc_frozen_upto", add_to_date(now_datetime(), days=5).date()
	)
	frappe.db.commit()
	try:
		_dispute, case = disputed(house, card)
		assert (case.booking, entries(case.name)) == ("Not Booked", [])
		assert case.booking_note
		assert len(tasks(case.name)) == 1
		assert steps(case.name) == ["dispute.opened"]  # the promise does not wait for the books
		assert api.book_again(case.name)["unbooked"]
	finally:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", before)
		frappe.db.commit()
	frappe.db.set_value(CASE, case.name, "book_again_at", add_to_date(now_datetime(), hours=-1))
	frappe.db.commit()
	sweep.run()
	case.reload()
	assert (case.booking, case.booking_note, entries(case.name)) == (
		"Booked",
		None,
		[("Withdrawal", 500.0), ("Fee", FEE)],
	)
	assert tasks(case.name) == []


def test_an_entry_cancelled_by_hand_is_seen_and_can_be_booked_again(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	frappe.get_doc("Journal Entry", case.withdrawal_entry).cancel()
	frappe.db.commit()
	case.reload()
	assert (case.booking, len(tasks(case.name))) == ("Not Booked", 1)
	assert case.withdrawal_entry in case.booking_note
	assert not api.book_again(case.name)["unbooked"]
	frappe.db.commit()
	case.reload()
	assert case.booking == "Booked"
	assert sorted(entries(case.name)) == [("Fee", FEE), ("Withdrawal", 500.0)]


def test_nobody_hangs_an_entry_of_their_own_on_a_case(house):
	card = paid(house)
	_dispute, case = disputed(house, card)
	entry = frappe.copy_doc(frappe.get_doc("Journal Entry", case.fee_entry))
	entry.dealer_dispute_case, entry.dealer_dispute_part = case.name, Part.FEE.value
	with pytest.raises(frappe.ValidationError, match="booked by the case itself"):
		entry.insert()


def test_captured_less_refunded_less_disputed_is_what_the_clearing_account_holds(house):
	card = paid(house)
	for outcome in ("won", "lost"):
		dispute, _case = disputed(house, card, amount=20_000)
		sums = frappe.db.get_value(CARD, card.name, ["captured_amount", "refunded_amount", "disputed_amount"])
		house.fake.bank.decide(dispute, outcome)
		cards.deliver(house.fake)
		assert flt(sums[2]) == 200
	names = frappe.get_all(CASE, {"card_payment": card.name}, pluck="name")
	row = frappe.db.get_value(
		CARD, card.name, ["captured_amount", "refunded_amount", "disputed_amount"], as_dict=True
	)
	assert flt(row.disputed_amount) == 200
	moved = frappe.db.sql(
		"""select sum(debit - credit) from `tabGL Entry` where is_cancelled = 0 and account = %s
		and voucher_no in (%s, %s)"""
		% (
			"%s",
			frappe.db.escape(card.payment_entry),
			", ".join(
				frappe.db.escape(one[0])
				for one in frappe.get_all(
					"Journal Entry",
					{"dealer_dispute_case": ("in", names), "dealer_dispute_part": ("!=", "Fee")},
					["name"],
					as_list=True,
				)
			),
		),
		(house.doc.clearing_account,),
	)
	assert (
		flt(moved[0][0], 2)
		== flt(row.captured_amount) - flt(row.refunded_amount) - flt(row.disputed_amount)
		== 300
	)


# --- At the same instant ------------------------------------------------------------------------------


def test_all_messages_of_a_new_dispute_at_one_instant_make_one_case_with_each_entry_once(house, site):
	card = paid(house)
	racers = Racers(site, 3)
	try:
		with server.serve(house.fake) as stripe:
			row = house.fake.bank.dispute(card.charge_id)
			house.fake.bank.decide(row["id"], "lost")
			events = [one.row for one in cards.deliver(house.fake, work=False)]
			frappe.db.commit()
			assert len(events) == 3  # created, funds withdrawn, closed
			finishes = racers.run(*(("work_event", event, stripe.url) for event in events))
	finally:
		racers.close()
	assert [finish.error for finish in finishes if not finish.won] == []
	frappe.db.rollback()
	for event in events:
		if frappe.db.get_value("Gateway Event", event, "status") != "Done":
			inbox.work(event, by_hand=True)
	case = case_of(row["id"])
	assert frappe.db.count(CASE, {"dispute_id": row["id"]}) == 1
	assert sorted(entries(case.name)) == [("Fee", FEE), ("Loss", 500.0), ("Withdrawal", 500.0)]
	assert steps(case.name) == ["dispute.opened", "dispute.lost"]
	assert case.status == "Lost"

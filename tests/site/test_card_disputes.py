"""Disputes: one case, its money in the books, its promise, the evidence pack, staged and submitted once."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_to_date, flt, get_datetime, now_datetime

from dealer_pos_crm.api import dispute as api
from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.disputes import (
	case as cases,
)
from dealer_pos_crm.dealer_cashier.disputes import (
	sweep,
)
from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.dispute import Part
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import factories as f

CARD = "Card Payment"
CASE = "Dispute Case"
FEE = 15.0


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	f.make_dealership()
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		yield SimpleNamespace(
			account=account,
			fake=fake,
			doc=frappe.get_doc("Gateway Account", account),
			accountant=frappe.db.get_value("Gateway Account", account, "responsible"),
			salesperson=f.make_user(roles.SALESPERSON),
		)


@pytest.fixture(autouse=True)
def no_jobs(house, monkeypatch) -> None:
	"""Jobs are asked for by name where a test wants them."""
	monkeypatch.setattr(cases, "_prepare_later", lambda name: None)


def paid(house, owed=None, amount: float = 500, capture: bool = True):
	"""A captured and booked card payment, paid on the provider's page."""
	owed = owed or subjects.free(f.make_customer().name, f.COMPANY, "Work on the car")
	card = starting.start(
		account=house.account,
		channel=starting.ONLINE,
		owed=owed,
		amount=Money(int(amount * 100), "USD"),
		client_key=f.key(),
		success_url="https://dealer.example/ok",
		cancel_url="https://dealer.example/back",
	)
	starting.call(card.name)
	card.reload()
	visit = house.fake.payer.pay(card.session_url)
	assert visit.outcome == "paid"
	cards.deliver(house.fake)
	card.reload()
	assert (card.status, card.booking in ("Booked", "On Account")) == ("Captured", True), card.booking_note
	return card


def for_deposit(house, amount: float = 500):
	deposit = f.make_deposit(amount=amount)
	frappe.db.commit()
	return paid(house, subjects.owed("Deposit", deposit.name), amount), deposit.name


def disputed(house, card, **values):
	"""The provider's dispute of a card payment, told by its messages; and its case."""
	row = house.fake.bank.dispute(card.charge_id, **values)
	said = cards.deliver(house.fake)
	assert {one.outcome for one in said} == {"Done"}, [one.reason for one in said]
	return row["id"], case_of(row["id"])


def case_of(dispute: str):
	return frappe.get_doc(CASE, {"dispute_id": dispute})


def entries(name: str, **filters) -> list[tuple[str, float]]:
	rows = frappe.get_all(
		"Journal Entry",
		{"dealer_dispute_case": name, "docstatus": 1, **filters},
		["dealer_dispute_part", "total_debit"],
		order_by="creation, name",
	)
	return [(row.dealer_dispute_part, flt(row.total_debit, 2)) for row in rows]


def on(house, name: str, field: str) -> float:
	"""What the entries of a case come to on one of the account's ledger accounts."""
	rows = frappe.db.sql(
		"""select sum(g.debit - g.credit) from `tabGL Entry` g join `tabJournal Entry` j on j.name = g.voucher_no
		where g.is_cancelled = 0 and j.dealer_dispute_case = %s and g.account = %s""",
		(name, house.doc.get(field)),
	)
	return flt(rows[0][0], 2)


def steps(name: str) -> list[str]:
	return frappe.get_all(
		"Customer Event",
		{"reference_doctype": CASE, "reference_name": name},
		pluck="event_type",
		order_by="happened_at, name",
	)


def tasks(name: str) -> list[str]:
	return frappe.get_all(
		"ToDo", {"reference_type": CASE, "reference_name": name, "status": "Open"}, pluck="description"
	)


# --- The case -----------------------------------------------------------------------------------------


def test_a_dispute_opens_one_case_with_its_day_its_promise_and_its_money(house):
	card, deposit = for_deposit(house)
	dispute, case = disputed(house, card, reason="product_not_received", due_in_days=5)

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
	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE)]
	assert (
		frappe.db.count(
			"Follow Up", {"card_payment": card.name, "rule": "Dispute: answer it", "status": ("in", ("Planned", "Open"))}
		)
		>= 1
	)


def test_an_inquiry_that_ends_is_closed_without_a_booking(house):
	card = paid(house)
	dispute, case = disputed(house, card, inquiry=True)
	house.fake.bank.decide(dispute, "warning_closed")
	cards.deliver(house.fake)
	case.reload()
	assert (case.status, entries(case.name), steps(case.name)[-1]) == ("Closed", [], "dispute.closed")


def test_a_dispute_of_a_charge_nobody_knows_is_kept_booked_and_tasked_and_linked_when_it_is_known(house):
	card = paid(house)
	charge, intent, key = frappe.db.get_value(CARD, card.name, ["charge_id", "intent_id", "intent_key"])
	frappe.db.set_value(CARD, card.name, {"charge_id": "ch_other", "intent_key": f.key()})
	frappe.db.commit()
	row = house.fake.bank.dispute(charge)
	cards.deliver(house.fake)
	case = case_of(row["id"])
	assert (case.card_payment, case.customer, steps(case.name)) == (None, None, [])
	assert len(tasks(case.name)) == 1
	assert entries(case.name) == [("Withdrawal", 500.0), ("Fee", FEE)]

	frappe.db.set_value(CARD, card.name, {"charge_id": charge, "intent_key": key})
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
		dispute, case = disputed(house, card)
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
	dispute, case = disputed(house, card)
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
		dispute, case = disputed(house, card, amount=20_000)
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

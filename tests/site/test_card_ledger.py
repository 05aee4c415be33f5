"""Random stories of card money, heard of in any order: the provider's ledger and ours say the same, to the cent.

Per card payment: captured - refunded - disputed is what its vouchers leave on the clearing account; and a charge
has exactly one Payment Entry, or says visibly why it has none.
"""

from __future__ import annotations

import os
import random

import frappe
import pytest
from frappe.utils import add_to_date, flt, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects, sweep
from dealer_pos_crm.dealer_cashier.card_refunds import refund as refunds
from dealer_pos_crm.dealer_cashier.card_refunds import sending
from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.gateway import catch_up, inbox, outbox
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import disputes as d
from tests.site import factories as f

CARD = "Card Payment"
STORIES = int(os.environ.get("DEALER_STORIES", "2"))
STEPS = 40
OURS = ("charge", "refund", "refund_failure", "dispute", "dispute_reversal")

house = d.house


@pytest.fixture(scope="module")
def manager(house) -> str:
	return f.make_user((roles.MANAGER, "Accounts Manager"))


class Story:
	"""Customers pay, are declined, come back; money goes back; banks dispute; messages come as they like."""

	def __init__(self, house, manager: str, seed: int) -> None:
		self.house, self.fake, self.manager = house, house.fake, manager
		self.dice = random.Random(seed)
		self.cards: list[str] = []
		self.late: list = []
		self.moved = 0  # how often money went back, or was about to

	def run(self) -> None:
		steps = {
			self.begin: 3,
			self.pay: 6,
			self.decline: 1,
			self.refund: 5,
			self.fail_refund: 2,
			self.dispute: 3,
			self.decide: 2,
			self.hear: 3,
			self.hear_late: 1,
			self.look: 2,
			self.lose_answers: 1,
			self.clock: 1,
		}
		self.begin("free"), self.pay(), self.look_at(self.cards[0]), self.refund()
		for step in self.dice.choices(list(steps), list(steps.values()), k=STEPS):
			step()
		self.end()

	def begin(self, kind: str = "") -> None:
		amount = self.dice.randint(100, 90_000)
		customer = f.make_customer()
		kind = kind or self.dice.choice(["free", "invoice", "deposit"])
		if kind == "invoice":
			owed = subjects.owed("Sales Invoice", f.make_invoice(customer, amount / 100).name)
		elif kind == "deposit":
			owed = subjects.owed("Deposit", f.make_deposit(customer, amount=amount / 100).name)
		else:
			owed = subjects.free(customer.name, f.COMPANY, "Work on the car")
		for _tab in range(self.dice.choice([1, 1, 2])):  # somebody pays in two tabs
			card = starting.start(
				account=self.house.account,
				channel="Online",
				owed=owed,
				amount=Money(amount, "USD"),
				client_key=f.key(),
				success_url="https://dealer.example/ok",
				cancel_url="https://dealer.example/back",
			)
			frappe.db.commit()
			outbox.run(starting.attempt_of(card.name), quiet=True)
			self.cards.append(card.name)

	def one(self, **filters) -> str | None:
		names = frappe.get_all(
			CARD, {"name": ("in", self.cards or [""]), **filters}, pluck="name", order_by="name"
		)
		return self.dice.choice(names) if names else None

	def _on_the_page(self, number: str) -> None:
		card = self.one(session_id=("is", "set"), status=("in", ("Waiting", "Failed")))
		session = card and self.fake.object(frappe.db.get_value(CARD, card, "session_id"))
		if session and session["status"] == "open":
			self.fake.payer.pay(session["id"], number)

	def pay(self) -> None:
		self._on_the_page("4242")

	def decline(self) -> None:
		self._on_the_page("0002")

	def refund(self) -> None:
		card = self.one(status="Captured", booking=("in", ("Booked", "On Account")))
		if not card:
			return
		part = frappe.db.get_value(CARD, card, "captured_amount") * self.dice.choice([0.25, 0.5, 1])
		try:
			with f.logged_in(self.manager), sending.here():
				refunds.refund(card, flt(part, 2), "Changed their mind", f.key(), None)
			frappe.db.commit()
			self.moved += 1
		except frappe.ValidationError:  # paid an invoice that stands, disputed, or nothing is left
			frappe.db.rollback()

	def fail_refund(self) -> None:
		sent = [row for row in self.fake.store.all("refund") if row["status"] in ("pending", "succeeded")]
		if sent and self.dice.random() < 0.5:
			self.fake.bank.fail_refund(self.dice.choice(sent)["id"])

	def dispute(self) -> None:
		card = self.one(status="Captured", charge_id=("is", "set"))
		charge = card and self.fake.object(frappe.db.get_value(CARD, card, "charge_id"))
		if charge and not charge["disputed"] and not charge["amount_refunded"]:
			self.fake.bank.dispute(charge["id"])
			self.moved += 1

	def decide(self) -> None:
		open_ones = [row for row in self.fake.store.all("dispute") if row["status"] == "needs_response"]
		if open_ones:
			self.fake.bank.decide(self.dice.choice(open_ones)["id"], self.dice.choice(["won", "lost"]))

	def hear(self) -> None:
		waiting = self.fake.pending_webhooks()
		self.dice.shuffle(waiting)
		for message in waiting:
			luck = self.dice.random()
			if luck < 0.2:
				self.late.append(message)
			elif luck > 0.3:  # else it never comes
				cards.bring(message)
				if luck > 0.85:
					cards.bring(message)

	def hear_late(self) -> None:
		while self.late and self.dice.random() < 0.7:
			cards.bring(self.late.pop(self.dice.randrange(len(self.late))))

	def look(self) -> None:
		card = self.one(status=("in", ("Waiting", "Failed", "Captured")))
		if card:
			self.look_at(card)

	def look_at(self, card: str) -> None:
		sweep.read(card)

	def lose_answers(self) -> None:
		self.fake.fail_next(
			self.dice.choice(["refunds.create", "checkout.sessions.create"]),
			self.dice.choice(["timeout_after", "timeout_before", "429", "409"]),
			3,
		)

	def clock(self) -> None:
		"""A while later: what waits is tried again."""
		self.fake.faults.clear()
		for doctype, wanted in (
			("Payment Attempt", ("Sending", "Unknown")),
			("Gateway Event", ("Received", "Failed")),
		):
			frappe.db.set_value(
				doctype, {"status": ("in", wanted)}, "next_try_at", add_to_date(now_datetime(), seconds=-1)
			)
		frappe.db.set_value(
			CARD, {"name": ("in", self.cards or [""])}, "seen_at", add_to_date(now_datetime(), hours=-9)
		)
		frappe.db.commit()
		outbox.sweep()
		inbox.sweep()
		sweep.book_unbooked()

	def end(self) -> None:
		"""Everything that can be heard of is heard of at last."""
		self.hear_late()
		self.clock()
		catch_up.catch_up(self.house.account)
		for name in frappe.get_all("Gateway Event", {"status": ("in", ("Received", "Failed"))}, pluck="name"):
			inbox.work(name, by_hand=True)
		for card in self.cards:
			sweep.read(card)
		self.clock()
		frappe.db.rollback()


def at_the_provider(fake, charge: str) -> float:
	"""What the provider's own ledger says of a charge, without fees."""
	mine = {charge}
	for kind in ("refund", "dispute"):
		mine |= {row["id"] for row in fake.store.all(kind) if row["charge"] == charge}
	rows = [row for row in fake.ledger.rows() if row["source"] in mine]
	assert {row["reporting_category"] for row in rows} <= set(OURS)
	return sum(row["amount"] for row in rows) / 100


def in_the_books(house, card: str) -> float:
	clearing = house.doc.clearing_account
	rows = frappe.db.sql(
		"""select sum(g.debit - g.credit) from `tabGL Entry` g
		left join `tabPayment Entry` p on p.name = g.voucher_no and g.voucher_type = 'Payment Entry'
		left join `tabJournal Entry` j on j.name = g.voucher_no and g.voucher_type = 'Journal Entry'
		left join `tabDispute Case` c on c.name = j.dealer_dispute_case
		where g.account = %s and g.is_cancelled = 0
			and (p.dealer_card_payment = %s or (c.card_payment = %s and j.dealer_dispute_part != 'Fee'))""",
		(clearing, card, card),
	)
	return flt(rows[0][0], 2)


@pytest.mark.parametrize("seed", range(STORIES))
def test_whatever_happens_both_ledgers_say_the_same(house, manager, seed, monkeypatch):
	monkeypatch.setattr(cases, "_prepare_later", lambda name: None)
	story = Story(house, manager, seed)
	story.run()
	captured = 0
	for name in story.cards:
		card = frappe.get_doc(CARD, name)
		session = card.session_id and house.fake.object(card.session_id)
		intent = session and session["payment_intent"] and house.fake.object(session["payment_intent"])
		taken = bool(intent) and intent["status"] == "succeeded"
		assert (card.status == "Captured") is taken, (name, card.status)
		entries = frappe.get_all(
			"Payment Entry",
			{
				"dealer_card_payment": name,
				"payment_type": "Receive",
				"docstatus": 1,
				"dealer_card_refund": ("is", "not set"),
			},
			["name", "paid_amount"],
		)
		if not taken:
			assert not entries
			continue
		captured += 1
		assert card.booking in ("Booked", "On Account"), (name, card.booking, card.booking_note)
		assert [(row.name, row.paid_amount) for row in entries] == [
			(card.payment_entry, card.captured_amount)
		]
		ours = flt(
			card.captured_amount - card.refunded_amount - card.refund_pending - card.disputed_amount, 2
		)
		provider = flt(at_the_provider(house.fake, card.charge_id), 2)
		assert (ours, in_the_books(house, name)) == (provider, provider), (seed, name)
	assert captured and story.moved, "too little happened in this story"

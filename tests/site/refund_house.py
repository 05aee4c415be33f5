"""Card payments that were taken and booked, for tests of what happens to them afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
import pytest
from frappe.utils import add_to_date, flt

from dealer_pos_crm.dealer_cashier.card_payments import payment, starting, subjects
from dealer_pos_crm.dealer_cashier.card_refunds import following, sending
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.money import to_money
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import billing, cards
from tests.site import factories as f

LIMIT = 1000  # of one person, in Dealer Settings


# Fixtures: a test file takes those it needs by a line of its own.


@pytest.fixture(scope="module")
def fake(site):
	return cards.make_fake()


@pytest.fixture(scope="module")
def account(fake):
	"""The company takes cards through the stand-in."""
	f.make_dealership()
	name = cards.gateway_account(fake=fake)
	with cards.use_fake(fake):
		yield name


@pytest.fixture(scope="module")
def people(account) -> Iterator[dict[str, str]]:
	"""Who asks and who decides, and the limit of one person."""
	with limit_of_one_person():
		yield {
			"cashier": f.make_user(roles.CASHIER, "refund.cashier"),
			"accountant": f.make_user(roles.ACCOUNTANT, "refund.accountant"),
			"manager": f.make_user(roles.MANAGER, "refund.manager"),
		}


@pytest.fixture(autouse=True)
def calm(fake) -> None:
	"""No fault and no slow refund is left for the next test."""
	yield
	fake.faults.clear()
	fake.refunds.next_ways.clear()


# Steps


@contextmanager
def limit_of_one_person(amount: float = LIMIT) -> Iterator[None]:
	"""What one person may give back alone, for a while: other tests have a limit of their own."""
	before = frappe.db.get_value("Dealer Settings", f.COMPANY, "refund_limit")
	_set_limit(amount)
	try:
		yield
	finally:
		frappe.db.rollback()
		_set_limit(before)


def _set_limit(amount: float) -> None:
	frappe.db.set_value("Dealer Settings", f.COMPANY, "refund_limit", amount)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.db.commit()


def account_doc(name: str):
	return frappe.get_doc("Gateway Account", name)


def pay(account: str, doctype: str = "", name: str = "", *, amount: float, fake, customer: str | None = None):
	"""A customer pays a document online, and the money is in the books. Returns the Card Payment."""
	owed = subjects.owed(doctype, name) if doctype else free(customer)
	card = starting.start(
		account=account,
		channel="Online",
		owed=owed,
		amount=to_money(amount, "USD"),
		client_key=f.key(),
		success_url="https://dealer.example/paid",
		cancel_url="https://dealer.example/pay",
	)
	starting.call(card.name)
	card.reload()
	visit = fake.payer.pay(card.session_id)
	assert visit.outcome == "paid", visit
	payment.observe(account_doc(account), accounts.client(account).payment(visit.intent))
	frappe.db.commit()
	card.reload()
	assert card.booking in ("Booked", "On Account"), (card.booking, card.booking_note)
	return card


def free(customer: str) -> subjects.Owed:
	return subjects.Owed(
		doctype="",
		name="",
		customer=customer,
		company=f.COMPANY,
		currency="USD",
		amount=to_money(0, "USD"),
		what="Roof rack",
		any_amount=True,
	)


def pay_deposit(account: str, fake, amount: float = 500, **values):
	"""A deposit that was paid by card. Returns (deposit, card payment)."""
	deposit = f.make_deposit(amount=amount, **values)
	frappe.db.commit()
	card = pay(account, "Deposit", deposit.name, amount=amount, fake=fake)
	deposit.reload()
	assert deposit.status == "Held", deposit.status
	return deposit, card


def refunds_of(card) -> list:
	return [
		frappe.get_doc("Card Refund", name)
		for name in frappe.get_all(
			"Card Refund", {"card_payment": card.name}, pluck="name", order_by="creation, name"
		)
	]


def refund_deposit(deposit, amount: float | None = None, **values) -> dict:
	"""As the screen does it: booked, committed, sent."""
	values = {"amount": amount or deposit.held_amount, "reason": "Changed her mind", **values}
	with sending.here():
		done = f.act(deposit, "Refund", **values)
	frappe.db.commit()
	deposit.reload()
	return done


def books_of(card) -> float:
	"""What the vouchers of a card payment leave on the clearing account."""
	account = frappe.db.get_value("Gateway Account", card.gateway_account, "clearing_account")
	rows = frappe.db.sql(
		"""select sum(g.debit - g.credit) from `tabGL Entry` g
		join `tabPayment Entry` p on p.name = g.voucher_no
		where g.account = %s and g.is_cancelled = 0 and p.dealer_card_payment = %s""",
		(account, card.name),
	)
	return flt(rows[0][0], 2)


def check_books(card, fake) -> None:
	"""Captured less refunded, at the provider, is what the books say; and our sums are its own."""
	frappe.db.rollback()
	card.reload()
	charge = fake.object(card.charge_id)
	at_provider = (charge["amount_captured"] - charge["amount_refunded"]) / 100
	assert books_of(card) == at_provider, (books_of(card), at_provider)
	rows = refunds_of(card)
	assert flt(card.refunded_amount, 2) == sum(row.amount for row in rows if row.status == "Refunded")
	under_way = sum(row.amount for row in rows if row.status in ("Sending", "Pending", "Needs Action"))
	assert flt(card.refund_pending, 2) == under_way


def later(minutes: int = 30) -> None:
	"""The calls that are waiting are due now."""
	frappe.db.sql(
		"update `tabPayment Attempt` set next_try_at = %s where status in ('Sending', 'Unknown')",
		add_to_date(None, minutes=-minutes, as_datetime=True),
	)
	frappe.db.commit()
	outbox.sweep()
	frappe.db.commit()


def held_for(deposit) -> str | None:
	"""The deposit that holds its vehicle now."""
	return frappe.db.get_value("Dealer Vehicle Hold", {"active_vehicle": deposit.vehicle}, "deposit")


def told(account, fake, refund_id: str) -> None:
	"""A message about a refund comes in."""
	frappe.db.commit()
	following.observe(account_doc(account), accounts.client(account).refund_of(refund_id))
	frappe.db.commit()


def on_account(account, fake, amount: float = 400):
	"""A card payment that nothing was paid with."""
	customer = f.make_customer()
	frappe.db.commit()
	return pay(account, amount=amount, fake=fake, customer=customer.name)


def paid_invoice(account, fake, amount: float = 400):
	customer = f.make_customer()
	invoice = f.make_invoice(customer, amount)
	frappe.db.commit()
	card = pay(account, "Sales Invoice", invoice.name, amount=amount, fake=fake)
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
	(row,) = refunds_of(card)
	return row


def refused(code: str):
	return pytest.raises(DealerRefusal, check=lambda error: error.code == code)


def customer_owes(customer: str) -> float:
	rows = frappe.db.sql(
		"select sum(amount) from `tabPayment Ledger Entry` where party = %s and delinked = 0", customer
	)
	return flt(rows[0][0], 2)


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


def use_for_deposit(card, deposit, cash: float) -> None:
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


def order_paid_by_card(account, fake):
	billing.set_up()
	order = billing.ready([billing.work()])
	billing.invoice(order)
	order.reload()
	frappe.db.commit()
	pay(account, "Repair Order", order.name, amount=order.outstanding, fake=fake)
	order.reload()
	assert order.payment_status == "Paid"
	return order, frappe.db.get_value("Sales Invoice", {"dealer_repair_order": order.name, "docstatus": 1})

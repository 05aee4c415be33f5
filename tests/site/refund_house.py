"""Card payments that were taken and booked, for tests of what happens to them afterwards."""

from __future__ import annotations

import frappe
from frappe.utils import add_to_date, flt

from dealer_pos_crm.dealer_cashier.card_payments import payment, starting, subjects
from dealer_pos_crm.dealer_cashier.card_refunds import sending
from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.money import to_money
from tests.site import factories as f


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


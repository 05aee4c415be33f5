"""A busy day at the fake: every kind of object it has and every event it knows, for tests that want them all."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

from .fake import Fake
from .inprocess import client

AT_ONCE = "automatic"
Page = Callable[[int, str], str]
Intent = Callable[[int], str]


def busy(fake: Fake, *, page: Page | None = None, intent: Intent | None = None, reader: str = "") -> Fake:
	"""Payments, declines, holds, refunds, disputes, payouts, readers and files, in all their ends.

	``page(minor, capture_method)`` opens a page to pay on and ``intent(minor)`` begins a payment for a reader,
	where they are not to be made at the fake itself; each gives its id. ``reader``: the one to use.
	"""
	api = client(fake)
	page = page or partial(_page, fake, api)
	intent = intent or partial(_intent, fake, api)
	_payments(fake, api, page)
	_holds(fake, api, page)
	_refunds(fake, api, page)
	_counter(fake, api, intent, reader or _reader(api))
	_disputes(fake, api, page)
	_payouts(fake, page)
	api.v1.customers.create({"description": "A customer"})
	return fake


def _page(fake: Fake, api: Any, amount: int, capture: str) -> str:
	line = {
		"quantity": 1,
		"price_data": {"currency": fake.currency, "unit_amount": amount, "product_data": {"name": "Deposit"}},
	}
	made = api.v1.checkout.sessions.create(
		{
			"mode": "payment",
			"success_url": "https://dealer.example/thanks",
			"cancel_url": "https://dealer.example/back",
			"line_items": [line],
			"payment_intent_data": {"capture_method": capture},
		}
	)
	return str(made.id)


def _intent(fake: Fake, api: Any, amount: int) -> str:
	made = api.v1.payment_intents.create(
		{"amount": amount, "currency": fake.currency, "allowed_payment_method_types": ["card_present"]}
	)
	return str(made.id)


def _payments(fake: Fake, api: Any, page: Page) -> None:
	fake.payer.pay(page(50_000, AT_ONCE), "applepay")
	fake.payer.decline(page(50_000, AT_ONCE))
	for ok in (True, False):
		slow = page(50_000, AT_ONCE)
		fake.payer.pay(slow, "bank")
		fake.payer.settle(slow, ok)
	api.v1.checkout.sessions.expire(page(50_000, AT_ONCE))
	asking = api.v1.payment_intents.create({"amount": 1_000, "currency": fake.currency})
	fake.intents.ask_customer(asking.id)
	api.v1.payment_intents.cancel(asking.id)


def _holds(fake: Fake, api: Any, page: Page) -> None:
	for ending in ("capture", "cancel", "expire"):
		intent = fake.payer.pay(page(50_000, "manual")).intent
		if ending == "capture":
			api.v1.payment_intents.capture(intent, {"amount_to_capture": 20_000})
		elif ending == "cancel":
			api.v1.payment_intents.cancel(intent)
	fake.clock.advance(seconds=fake.habits.hold_online + 1)


def _refunds(fake: Fake, api: Any, page: Page) -> None:
	intent = fake.payer.pay(page(50_000, AT_ONCE)).intent
	for way in ("succeeded", "pending", "requires_action", "failed"):
		fake.bank.next_refund(way)
		refund = api.v1.refunds.create({"payment_intent": intent, "amount": 1_000})
		if way == "pending":
			fake.bank.settle_refund(refund.id)
		elif way == "requires_action":
			api.v1.refunds.cancel(refund.id)


def _reader(api: Any) -> str:
	place = api.v1.terminal.locations.create({"display_name": "Showroom", "address": {"country": "US"}})
	made = api.v1.terminal.readers.create({"registration_code": "simulated-s700", "location": place.id})
	return str(made.id)


def _counter(fake: Fake, api: Any, make: Intent, reader: str) -> None:
	for card in ("0002", "4242", None):
		made = make(2_000)
		api.v1.terminal.readers.process_payment_intent(reader, {"payment_intent": made})
		if card:
			fake.reader.present(reader, card)
		else:
			api.v1.terminal.readers.cancel_action(reader)


def _disputes(fake: Fake, api: Any, page: Page) -> None:
	file = io.BytesIO(b"%PDF-1.7")
	file.name = "evidence.pdf"
	evidence = api.v1.files.create({"purpose": "dispute_evidence", "file": file}).id
	for outcome in ("won", "lost", "warning_closed"):
		dispute = fake.bank.dispute(
			fake.payer.pay(page(50_000, AT_ONCE)).intent, inquiry=outcome == "warning_closed"
		)["id"]
		api.v1.disputes.update(dispute, {"evidence": {"receipt": evidence}, "submit": outcome == "won"})
		fake.bank.decide(dispute, outcome)


def _payouts(fake: Fake, page: Page) -> None:
	fake.advance_to_payout()
	fake.payer.pay(page(50_000, AT_ONCE))
	fake.bank.fail_payout(fake.advance_to_payout()["id"])
	by_hand = fake.payouts.create({"amount": 1_000, "currency": fake.currency})
	fake.payouts.cancel(by_hand["id"], {})  # before it is sent

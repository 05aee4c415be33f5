"""Test data of card money: an account at the stand-in for Stripe, and its messages brought to the real door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from unittest import mock

import frappe
from frappe.utils import cint, flt
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.card_payments.subjects import Owed
from dealer_pos_crm.dealer_cashier.gateway import accounts, inbox
from dealer_pos_crm.dealer_setup import card_accounting
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.gateways.stripe import client as stripe_client
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS
from tests.site import factories as f
from tests.stripe_fake import Delivery, Fake, InProcess

DOCTYPE = accounts.DOCTYPE


def make_fake(**values) -> Fake:
	"""One account at Stripe on the machine's clock. A search finds a payment at once; see ``fake.habits``."""
	fake = Fake(**values)
	fake.habits.search_delay = 0
	return fake


def gateway_account(company: str = f.COMPANY, fake: Fake | None = None, **values) -> str:
	"""The company's account in use, at ``fake`` (a new one by default: see ``fake_of``). Commits.

	Whatever account the company had before is switched off. ``values``: fields of Gateway Account.
	"""
	fake = fake or make_fake()
	f.make_dealership()
	for other in frappe.get_all(DOCTYPE, {"company": company, "enabled": 1}, pluck="name"):
		frappe.db.set_value(DOCTYPE, other, "enabled", 0)
	frappe.clear_document_cache(DOCTYPE)
	endpoint = fake.endpoints.create({"url": "https://dealer.example/hook", "enabled_events": list(EVENTS)})
	doc = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"title": f.unique("Stripe"),
			"company": company,
			"enabled": 1,
			"responsible": values.pop("responsible", None) or f.make_user("Dealer Accountant"),
			"secret_key": fake.key,
			"webhook_secret": endpoint["secret"],
			"webhook_endpoint": endpoint["id"],
			"bank_account": bank_account(company),
			**values,
		}
	).insert()
	fake.endpoints.update(endpoint["id"], {"url": doc.webhook_address})
	card_accounting.set_up(company)
	frappe.db.set_value(
		DOCTYPE, doc.name, {"webhook_endpoint": endpoint["id"], "provider_account": fake.account_id}
	)
	frappe.clear_document_cache(DOCTYPE, doc.name)
	frappe.db.commit()
	FAKES[doc.name] = fake
	return doc.name


# Which stand-in stands behind an account of this run of tests.
FAKES: dict[str, Fake] = {}


def fake_of(account: str) -> Fake:
	return FAKES[account]


@contextmanager
def use_fake(*fakes: Fake) -> Iterator[InProcess]:
	"""Whoever asks for a client of a card provider meanwhile talks to these; all of the run's by default.

	Afterwards every call that did something must have carried a key of ours.
	"""
	transport = InProcess(*(fakes or FAKES.values()))
	before = stripe_client.http_client_factory
	stripe_client.http_client_factory = lambda: transport
	accounts.forget_clients()
	try:
		yield transport
	finally:
		stripe_client.http_client_factory = before
		accounts.forget_clients()
	careless = [path for path in transport.careless if not path.startswith("/v1/webhook_endpoints/")]
	assert careless == [], "called without an idempotency key of ours"


def begin(
	account: str,
	amount: Money,
	*,
	customer: str | None = None,
	channel: str = starting.ONLINE,
	capture: str = "automatic",
	owed: Owed | None = None,
	**values,
):
	"""A Card Payment that has begun at the provider's too; by default for no document. ``use_fake`` before."""
	company = frappe.db.get_value(DOCTYPE, account, "company")
	owed = owed or subjects.free(customer or f.make_customer(), company, "A payment")
	online = {"success_url": "https://dealer.example/thanks", "cancel_url": "https://dealer.example/back"}
	card = starting.start(
		account=account,
		channel=channel,
		owed=owed,
		amount=amount,
		capture=capture,
		client_key=f.key(),
		**(online if channel == starting.ONLINE else {}),
		**values,
	)
	starting.call(card.name)
	return frappe.get_doc("Card Payment", card.name)


# Messages


@dataclass(frozen=True)
class Brought:
	"""One message at the door: what it was answered, and its row in the inbox after it was worked on."""

	delivery: Delivery
	status: int
	row: int | None = None
	outcome: str = ""
	reason: str = ""

	@property
	def type(self) -> str:
		return self.delivery.type


def deliver(fake: Fake, *, work: bool = True, account: str | None = None) -> list[Brought]:
	"""Every message that waits, brought to the endpoint as Stripe does and worked on as its job does.

	``work=False`` leaves the jobs undone. ``account`` brings them to another account's address.
	"""
	return [bring(one, work=work, account=account) for one in fake.pending_webhooks()]


def bring(delivery: Delivery, *, work: bool = True, account: str | None = None) -> Brought:
	address = account and frappe.db.get_value(DOCTYPE, account, "webhook_key")
	status, rows = knock(delivery.raw, delivery.header, address or delivery.url.rpartition("account=")[2])
	delivery.answer(status)
	row = frappe.db.get_value("Gateway Event", {"event_id": delivery.event}, "name")
	if work:
		for name in rows:
			inbox.work(name)
	said = frappe.db.get_value("Gateway Event", row, ["status", "reason"], as_dict=True) if row else {}
	return Brought(delivery, status, row, said.get("status") or "", said.get("reason") or "")


def knock(raw: bytes, header: str, webhook_key: str) -> tuple[int, list[int]]:
	"""A POST of these bytes to the guests' endpoint: its status, and the rows it wants to be worked on."""
	from dealer_pos_crm.api import gateway

	rows: list[int] = []
	builder = EnvironBuilder(
		path="/api/method/dealer_pos_crm.api.gateway.webhook",
		method="POST",
		data=raw,
		content_type="application/json",
		headers={"Stripe-Signature": header},
	)
	before, user = getattr(frappe.local, "request", None), frappe.session.user
	frappe.db.commit()
	frappe.local.request = Request(builder.get_environ())
	frappe.local.request_ip = "127.0.0.1"
	frappe.set_user("Guest")
	try:
		with mock.patch.object(inbox, "later", rows.extend):
			gateway.webhook(account=webhook_key)
		frappe.db.commit()
		return 200, rows
	except Exception as error:
		frappe.db.rollback()
		frappe.local.message_log = []
		return cint(getattr(error, "http_status_code", 500)), []
	finally:
		if before is None:
			del frappe.local.request  # Frappe asks whether there is one, not which
		else:
			frappe.local.request = before
		frappe.set_user(user)


def payload(row: int) -> dict:
	"""What the inbox kept of a message."""
	return json.loads(frappe.db.get_value("Gateway Event", row, "payload") or "{}")


# The books


def bank_account(company: str) -> str:
	"""The bank account of the company that payouts arrive on."""
	return frappe.db.get_value(
		"Mode of Payment Account",
		{"parent": f.make_mode("Check", "Bank"), "company": company},
		"default_account",
	)


def balance(account: str) -> float:
	"""What stands on a ledger account: debit less credit."""
	rows = frappe.get_all(
		"GL Entry", {"account": account, "is_cancelled": 0}, ["sum(debit) - sum(credit) as balance"]
	)
	return flt(rows[0].balance if rows else 0, 2)

"""Payments through a stand-in for Stripe and their messages in the inbox, for the tests of both."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.gateway import inbox
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import factories as f

EVENT = inbox.DOCTYPE


# Fixtures: a test file takes those it needs by a line of its own.


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def account(dealership):
	return cards.gateway_account()


@pytest.fixture
def fake(account):
	"""The stand-in, without what an earlier test left on its way."""
	found = cards.fake_of(account)
	found.pending_webhooks()
	found.faults.clear()
	found.webhooks.clear()
	with cards.use_fake():
		yield found


@pytest.fixture
def own(dealership):
	"""An account of the test's own, and the stand-in behind it."""
	account = cards.gateway_account()
	with cards.use_fake():
		yield account, cards.fake_of(account)


# Steps


def doc_of(account):
	return frappe.get_doc("Gateway Account", account)


def begin(account, dollars=500, customer=None) -> tuple[str, str]:
	"""A payment for no document, on the provider's page: the Card Payment and the page."""
	for other in frappe.get_all("Gateway Account", {"company": f.COMPANY}, pluck="name"):
		frappe.db.set_value("Gateway Account", other, "enabled", int(other == account))
	owed = subjects.free(customer or f.make_customer(), f.COMPANY, "Down payment")
	card = starting.start(
		account=account,
		channel="Online",
		owed=owed,
		amount=Money(dollars * 100, "USD"),
		client_key=f.key(),
		success_url="https://dealer.example/thanks",
		cancel_url="https://dealer.example/back",
	)
	frappe.db.commit()
	starting.call(card.name)
	card.reload()
	return card.name, card.session_id


def pay(account, fake, dollars=500) -> str:
	name, session = begin(account, dollars)
	assert fake.payer.pay(session).outcome == "paid"
	return name


def entries(card: str) -> list[str]:
	return frappe.get_all(
		"Payment Entry",
		{"dealer_card_payment": card, "docstatus": 1, "payment_type": "Receive"},
		pluck="name",
	)


def row(name):
	frappe.db.rollback()
	return frappe.get_doc(EVENT, name)


def tasks(doctype, name):
	return frappe.get_all(
		"ToDo",
		{"reference_type": doctype, "reference_name": str(name)},
		["name", "status", "allocated_to", "description"],
		order_by="creation",
	)


def due(name):
	frappe.db.set_value(EVENT, name, "next_try_at", add_to_date(now_datetime(), seconds=-1))
	frappe.db.commit()

"""The stand-in for Stripe behind a site: an account at it, and its messages at the real door."""

from __future__ import annotations

from collections.abc import Iterator

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.gateway import accounts
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.stripe_fake import Fake


@pytest.fixture(scope="module")
def account(site: str) -> str:
	return cards.gateway_account()


@pytest.fixture
def fake(account: str) -> Iterator[Fake]:
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		yield fake


def test_the_account_is_ready_to_take_money(account: str, fake: Fake) -> None:
	doc = frappe.get_doc("Gateway Account", account)
	assert [field for field in (*accounts.BOOKS, "bank_account") if not doc.get(field)] == []
	assert (doc.mode, doc.currency, doc.provider_account) == ("Test", "USD", fake.account_id)
	assert accounts.of_company(doc.company) == account and accounts.lacking(account) == []
	assert accounts.client(account).account().account == fake.account_id


def test_a_payment_is_seen_by_the_client_and_its_messages_are_taken_in(account: str, fake: Fake) -> None:
	gateway = accounts.client(account)
	made = gateway.create_payment(key="test-1", amount=Money(12_345, "USD"), metadata={}, what="Repair")
	reader = fake.readers.create(
		{"registration_code": "simulated-s700", "location": fake.locations.create({})["id"]}
	)
	gateway.process(reader["id"], made.intent, key="test-2")
	fake.reader.present(reader["id"])
	assert gateway.payment(made.intent).captured == Money(12_345, "USD")
	brought = cards.deliver(fake, work=False)
	assert {one.type for one in brought} == {"payment_intent.succeeded", "terminal.reader.action_succeeded"}
	assert {one.status for one in brought} == {200}
	assert all(one.row and one.outcome == "Received" for one in brought)


def test_a_message_that_is_not_stripes_is_turned_away_and_comes_again(account: str, fake: Fake) -> None:
	fake.webhooks.next("forged")
	fake.customers.create({})
	made = accounts.client(account).create_payment(
		key="test-3", amount=Money(100, "USD"), metadata={}, what="Repair"
	)
	accounts.client(account).cancel(made.intent, key="test-4")
	(brought,) = cards.deliver(fake, work=False)
	assert (brought.status, brought.row) == (400, None)
	fake.clock.advance(hours=1)
	(again,) = cards.deliver(fake, work=False)
	assert again.status == 200 and again.row and again.delivery.event == brought.delivery.event

"""Every kind of message we subscribe to goes through the inbox: from a busy day at the stand-in for Stripe, and,
where they lie beside the checkout, with Stripe's own sample objects in them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS
from tests.site import cards, counters
from tests.site import factories as f
from tests.stripe_fake import Fake
from tests.stripe_fake.life import busy
from tests.stripe_fake.samples import CARRIES, SAMPLES, as_event, of_kind

SETTLED = ("Done", "Ignored")
# Of a payment made at the provider's own page: nothing here is meant.
NOBODYS = ("payment_intent.requires_action",)


@pytest.fixture(scope="module")
def account(site: str) -> str:
	return cards.gateway_account()


@pytest.fixture(scope="module")
def brought(account: str) -> Iterator[list[cards.Brought]]:
	"""A busy day of payments that began at this site, some of them refunded and disputed by others."""
	fake = cards.fake_of(account)
	customer = f.make_customer()

	def page(minor: int, capture: str) -> str:
		card = cards.begin(account, Money(minor, "USD"), customer=customer, capture=capture)
		return card.session_id

	def intent(minor: int) -> str:
		return cards.begin(account, Money(minor, "USD"), customer=customer, channel="In Person").intent_id

	with cards.use_fake(fake):
		counters.make_address()
		reader = counters.registered(account).reader_id
		yield cards.deliver(busy(fake, page=page, intent=intent, reader=reader))


def of_type(brought: list[cards.Brought], kind: str) -> list[cards.Brought]:
	return [one for one in brought if one.type == kind]


@pytest.mark.parametrize("kind", EVENTS)
def test_a_message_of_every_kind_is_taken_in_and_settled(brought: list[cards.Brought], kind: str) -> None:
	found = of_type(brought, kind)
	assert found, f"the busy day made no {kind}"
	assert {one.status for one in found} == {200}
	unsettled = [(one.outcome, one.reason) for one in found if one.outcome not in SETTLED]
	assert unsettled == []
	assert all(one.outcome == "Done" or one.reason for one in found), "what is ignored says why"
	if kind not in NOBODYS:
		assert "Done" in {one.outcome for one in found}


def test_every_row_tells_what_it_is_about_and_nothing_personal(brought: list[cards.Brought]) -> None:
	for one in brought:
		row = frappe.db.get_value(
			"Gateway Event",
			one.row,
			["event_type", "object_id", "test_mode", "processed_at", "payload"],
			as_dict=True,
		)
		assert row.event_type == one.type and row.object_id and row.test_mode and row.processed_at
		for word in ("payer@example.com", "Pat Payer", "billing_details", "customer_details"):
			assert word not in (row.payload or "")


def test_the_same_messages_again_change_nothing(account: str, brought: list[cards.Brought]) -> None:
	before = _picture(account)
	with cards.use_fake(cards.fake_of(account)):
		again = [cards.bring(one.delivery) for one in reversed(brought)]
	assert {one.status for one in again} == {200}
	assert [one.row for one in again] == [one.row for one in reversed(brought)]
	assert _picture(account) == before


def test_each_charge_has_one_entry_and_the_clearing_account_is_the_providers_balance(
	account: str, brought: list[cards.Brought]
) -> None:
	fake = cards.fake_of(account)
	payments = frappe.get_all(
		"Card Payment", {"gateway_account": account, "status": "Captured"}, pluck="name"
	)
	entries = frappe.get_all(
		"Payment Entry",
		{"dealer_card_payment": ("in", payments), "payment_type": "Receive", "docstatus": 1},
		pluck="dealer_card_payment",
	)
	assert sorted(entries) == sorted(payments)
	taken = [row for row in fake.store.all("charge") if row["captured"]]
	assert len(payments) == len(taken) > 5
	cases = frappe.get_all("Dispute Case", {"gateway_account": account}, pluck="name")
	booked = _on_clearing(account, "Payment Entry", "dealer_card_payment", payments)  # refunds name it too
	booked += _on_clearing(account, "Journal Entry", "dealer_dispute_case", cases)
	# The provider's fee for a payment is booked with its payout, the one for a dispute with the dispute.
	rows = [row for row in fake.ledger.rows() if not row["reporting_category"].startswith("payout")]
	fees = sum(row["fee"] for row in rows if row["reporting_category"] == "dispute")
	assert booked == (sum(row["amount"] for row in rows) - fees) / 100


def _on_clearing(account: str, doctype: str, link: str, names: list[str]) -> float:
	vouchers = frappe.get_all(doctype, {link: ("in", names or [""]), "docstatus": 1}, pluck="name")
	rows = frappe.get_all(
		"GL Entry",
		{
			"account": frappe.db.get_value("Gateway Account", account, "clearing_account"),
			"voucher_type": doctype,
			"voucher_no": ("in", vouchers or [""]),
			"is_cancelled": 0,
		},
		["debit", "credit"],
	)
	return flt(sum(row.debit - row.credit for row in rows), 2)


def _picture(account: str) -> dict:
	doctypes = ("Gateway Event", "Card Payment", "Card Refund", "Dispute Case", "Gateway Payout")
	made = {doctype: frappe.db.count(doctype, {"gateway_account": account}) for doctype in doctypes}
	return {**made, "entries": frappe.db.count("GL Entry"), "events": frappe.db.count("Customer Event")}


@pytest.fixture(scope="module")
def sampled(site: str) -> Iterator[Fake]:
	"""A stand-in that knows Stripe's sample objects, each as Stripe shows it."""
	if not SAMPLES.exists():
		pytest.skip(f"Stripe's sample objects are not at {SAMPLES}: they were NOT fed through the inbox")
	fake = cards.make_fake()
	cards.gateway_account(fake=fake)
	for kind in {*CARRIES.values(), "balance_transaction"}:
		fake.store.add(of_kind(kind))
	with cards.use_fake(fake):
		yield fake


@pytest.mark.parametrize("kind", EVENTS)
def test_a_sample_of_every_kind_is_settled(sampled: Fake, kind: str) -> None:
	(endpoint,) = sampled.store.rows["webhook_endpoint"]
	event = as_event(kind)
	delivery = sampled.webhooks.wrap(kind, event["data"]["object"], endpoint)
	said = cards.bring(delivery)
	assert (said.status, json.loads(delivery.raw)["type"]) == (200, kind)
	assert said.outcome in SETTLED, said.reason
	assert said.outcome == "Done" or said.reason

"""The stand-in for Stripe and its money: disputes, the balance, payouts; the sums hold in every order."""

from __future__ import annotations

import io
import random

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.stripe_fake import Fake, client
from tests.stripe_fake.ledger import in_person_fee, online_fee
from tests.unit.stripe_helpers import BEGIN, hold, paid, refused

Both = tuple[Fake, stripe.StripeClient]
DAY = 86_400


@pytest.fixture
def both() -> Both:
	fake = Fake(start=BEGIN)
	return fake, client(fake)


def upload(api: stripe.StripeClient, purpose: str = "dispute_evidence") -> str:
	file = io.BytesIO(b"%PDF-1.7")
	file.name = "a.pdf"
	return api.v1.files.create({"purpose": purpose, "file": file}).id  # type: ignore[typeddict-item]


# Disputes


def test_a_dispute_takes_the_money_and_a_fee(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake, 50_000)
	before = fake.ledger.sum()
	dispute = api.v1.disputes.retrieve(fake.bank.dispute(intent)["id"])
	assert (dispute.status, dispute.amount, dispute.is_charge_refundable) == ("needs_response", 50_000, False)
	assert dispute.evidence_details.due_by == BEGIN + 9 * DAY
	assert [row.fee for row in dispute.balance_transactions] == [1_500]
	assert fake.ledger.sum() == before - 51_500
	assert refused(api.v1.refunds.create, {"payment_intent": intent}).code == "charge_disputed"
	fake.bank.decide(dispute.id, "won")
	assert fake.ledger.sum() == before - 1_500
	rows = [row["reporting_category"] for row in fake.ledger.rows()]
	assert rows == ["dispute_reversal", "dispute", "charge"]


def test_evidence_is_staged_often_and_submitted_once(both: Both) -> None:
	fake, api = both
	dispute = fake.bank.dispute(paid(api, fake))["id"]
	update = api.v1.disputes.update
	staged = update(dispute, {"evidence": {"product_description": "A car"}, "submit": False})
	assert (staged.status, staged.evidence_details.submission_count) == ("needs_response", 0)
	update(dispute, {"evidence": {"receipt": upload(api)}, "submit": False})
	sent = update(dispute, {"submit": True})
	assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
	assert sent.evidence.product_description == "A car" and sent.evidence.receipt
	refused(update, dispute, {"evidence": {"product_description": "Two cars"}, "submit": False})
	refused(update, dispute, {"submit": True})
	refused(api.v1.disputes.close, dispute)
	assert update(dispute, {"metadata": {"case": "1"}}).status == "under_review"


def test_evidence_goes_to_the_bank_unless_one_says_not_yet(both: Both) -> None:
	fake, api = both
	dispute = fake.bank.dispute(paid(api, fake))["id"]
	sent = api.v1.disputes.update(dispute, {"evidence": {"product_description": "A car"}})
	assert sent.status == "under_review"


def test_evidence_that_is_not_taken(both: Both) -> None:
	fake, api = both
	dispute = fake.bank.dispute(paid(api, fake))["id"]
	logo = upload(api, "business_logo")
	for evidence in (
		{"receipt": "file_nobody"},
		{"receipt": logo},
		{"product_description": "x" * 20_001},
		{"color": "red"},
	):
		refused(api.v1.disputes.update, dispute, {"evidence": evidence, "submit": False})
	texts = (
		"access_activity_log",
		"billing_address",
		"cancellation_rebuttal",
		"customer_name",
		"service_date",
	)
	more = ("product_description", "uncategorized_text", "refund_policy_disclosure")
	refused(api.v1.disputes.update, dispute, {"evidence": dict.fromkeys((*texts, *more), "x" * 19_000)})
	refused(api.v1.disputes.update, dispute, {"submit": True})
	assert fake.object(dispute)["evidence_details"]["has_evidence"] is False


def test_evidence_after_the_deadline_is_refused(both: Both) -> None:
	fake, api = both
	late = fake.bank.dispute(paid(api, fake), due_in_days=2)["id"]
	never = fake.bank.dispute(paid(api, fake), due_in_days=None)["id"]
	evidence = {"evidence": {"product_description": "A car"}, "submit": False}
	refused(api.v1.disputes.update, never, evidence)
	fake.clock.advance(days=2, seconds=1)
	refused(api.v1.disputes.update, late, evidence)
	assert api.v1.disputes.retrieve(late).evidence_details.past_due is True


def test_an_inquiry_takes_no_money_until_it_is_a_chargeback(both: Both) -> None:
	fake, api = both
	intent = paid(api, fake)
	before = fake.ledger.sum()
	dispute = fake.bank.dispute(intent, inquiry=True)["id"]
	assert fake.ledger.sum() == before
	api.v1.refunds.create({"payment_intent": intent, "amount": 1_000})
	fake.bank.escalate(dispute)
	assert fake.object(dispute)["status"] == "needs_response"
	assert fake.ledger.sum() == before - 1_000 - 51_500
	assert api.v1.disputes.close(dispute).status == "lost"
	other = fake.bank.dispute(paid(api, fake), inquiry=True)["id"]
	assert api.v1.disputes.close(other).status == "warning_closed"


def test_a_dispute_ends_once(both: Both) -> None:
	fake, api = both
	dispute = fake.bank.dispute(paid(api, fake))["id"]
	with pytest.raises(AssertionError):
		fake.bank.decide(dispute, "warning_closed")
	fake.bank.decide(dispute, "lost")
	with pytest.raises(AssertionError):
		fake.bank.decide(dispute, "won")
	prevented = fake.bank.dispute(paid(api, fake), prevented=True)
	assert (prevented["status"], prevented["balance_transactions"]) == ("prevented", [])


def test_cards_that_dispute_on_their_own(both: Both) -> None:
	fake, api = both
	from tests.unit.stripe_helpers import session

	fake.payer.pay(session(api).id, "0259")
	fake.payer.pay(session(api).id, "1976")
	assert {row["status"] for row in fake.store.all("dispute")} == {
		"needs_response",
		"warning_needs_response",
	}


# Payouts


def test_a_payout_is_the_sum_of_its_rows(both: Both) -> None:
	fake, api = both
	first = paid(api, fake, 50_000)
	api.v1.refunds.create({"payment_intent": first, "amount": 10_000})
	fake.bank.dispute(paid(api, fake, 20_000), amount=5_000)
	payout = fake.advance_to_payout()
	assert (payout["status"], payout["reconciliation_status"]) == ("paid", "completed")
	rows = list(
		api.v1.balance_transactions.list(
			{"payout": payout["id"], "limit": 2, "expand": ["data.source"]}
		).auto_paging_iter()
	)
	assert sum(row.net for row in rows if row.type != "payout") == payout["amount"]
	assert sorted(row.reporting_category for row in rows) == [
		"charge",
		"charge",
		"dispute",
		"payout",
		"refund",
	]
	assert {row.source.object for row in rows} == {"charge", "dispute", "payout", "refund"}
	assert fake.ledger.sum() == 0
	paid(api, fake, 1_000)
	second = fake.advance_to_payout()
	assert [row.type for row in api.v1.balance_transactions.list({"payout": second["id"]}).data] == [
		"payout",
		"charge",
	]


def test_a_payout_takes_two_days_and_one_more(both: Both) -> None:
	fake, api = both
	paid(api, fake)
	fake.clock.advance(days=1)
	paid(api, fake)
	with pytest.raises(AssertionError):
		fake.bank.pay_out()
	fake.clock.advance(days=1)
	payout = fake.bank.pay_out()
	assert (payout["status"], payout["reconciliation_status"]) == ("in_transit", "in_progress")
	assert payout["amount"] == 50_000 - 1_480
	fake.clock.advance(days=1)
	assert fake.object(payout["id"])["status"] == "paid"
	said = [event["type"] for event in fake.store.all("event") if event["type"].startswith("payout.")]
	assert said == ["payout.reconciliation_completed", "payout.paid", "payout.created"]


def test_a_payout_that_comes_back_is_in_the_next(both: Both) -> None:
	fake, api = both
	paid(api, fake, 50_000)
	first = fake.advance_to_payout()
	fake.bank.fail_payout(first["id"])
	assert fake.object(first["id"])["status"] == "failed"
	assert fake.ledger.sum() == first["amount"]
	second = fake.advance_to_payout()
	rows = api.v1.balance_transactions.list({"payout": second["id"]}).data
	assert [(row.type, row.net) for row in rows] == [
		("payout", -first["amount"]),
		("payout_failure", first["amount"]),
	]


def test_a_payout_by_hand_is_not_itemised(both: Both) -> None:
	fake, api = both
	paid(api, fake, 50_000)
	assert refused(api.v1.payouts.create, {"amount": 1_000, "currency": "usd"}).code == "balance_insufficient"
	fake.clock.advance(days=2)
	payout = api.v1.payouts.create({"amount": 1_000, "currency": "usd"})
	assert (payout.automatic, payout.reconciliation_status) == (False, "not_applicable")
	refused(api.v1.balance_transactions.list, {"payout": payout.id})
	before = fake.ledger.sum()
	assert api.v1.payouts.cancel(payout.id).status == "canceled"
	assert fake.ledger.sum() == before + 1_000
	sent = api.v1.payouts.create({"amount": 1_000, "currency": "usd"})
	fake.clock.advance(seconds=1)
	assert fake.object(sent.id)["status"] == "in_transit"
	refused(api.v1.payouts.cancel, sent.id)
	fake.clock.advance(days=1)
	assert fake.object(sent.id)["status"] == "paid"
	assert fake.advance_to_payout()["amount"] == before  # what is left, and no more
	assert fake.ledger.sum() == 0


# Sums


def test_fees_are_whole_cents() -> None:
	assert [online_fee(amount) for amount in (50, 1_000, 1_020, 12_345, 50_000)] == [31, 59, 60, 388, 1_480]
	assert [in_person_fee(amount) for amount in (50, 10_000)] == [6, 275]


@settings(max_examples=40)
@given(st.integers(0, 10**6))
def test_the_sums_hold_over_random_lives(seed: int) -> None:
	"""Captured - refunded - disputed - fees is the balance; every payout is the sum of its rows."""
	chance = random.Random(seed)
	fake = Fake(start=BEGIN, seed=seed)
	api = client(fake)
	intents: list[str] = []
	for _ in range(12):
		step = chance.choice(("pay", "hold", "refund", "dispute", "decide", "fail", "payout", "wait"))
		try:
			if step == "pay":
				intents.append(paid(api, fake, chance.randint(50, 90_000)))
			elif step == "hold":
				intent = hold(api, fake, chance.randint(5_000, 90_000))
				api.v1.payment_intents.capture(intent, {"amount_to_capture": chance.randint(1, 5_000)})
				intents.append(intent)
			elif step == "refund" and intents:
				amount = chance.randint(1, 30_000)
				api.v1.refunds.create({"payment_intent": chance.choice(intents), "amount": amount})
			elif step == "dispute" and intents:
				fake.bank.dispute(chance.choice(intents))
			elif step == "decide" and fake.store.all("dispute"):
				fake.bank.decide(
					chance.choice(fake.store.all("dispute"))["id"], chance.choice(("won", "lost"))
				)
			elif step == "fail" and fake.store.all("refund"):
				fake.bank.fail_refund(chance.choice(fake.store.all("refund"))["id"])
			elif step == "payout":
				fake.advance_to_payout()
			else:
				fake.clock.advance(hours=chance.randint(1, 40))
		except (stripe.StripeError, AssertionError):
			pass  # refused, as it has to be; what was refused must have left no trace
	_assert_sums(fake)


def _assert_sums(fake: Fake) -> None:
	charges = fake.store.all("charge")
	moved = {"charge": 0, "refund": 0, "partial_capture_reversal": 0, "refund_failure": 0}
	fees = paid_out = disputed = 0
	for row in fake.ledger.rows():
		assert row["net"] == row["amount"] - row["fee"]
		fees += row["fee"]
		category = row["reporting_category"]
		if category in moved:
			moved[category] += row["amount"]
		elif category.startswith("dispute"):
			disputed += row["amount"]
		else:
			paid_out += row["amount"]
	captured = sum(charge["amount_captured"] for charge in charges)
	assert moved["charge"] + moved["partial_capture_reversal"] == captured
	remainders = sum(charge["amount"] - charge["amount_captured"] for charge in charges if charge["captured"])
	refunded = sum(charge["amount_refunded"] for charge in charges) - remainders
	assert moved["refund"] + moved["refund_failure"] == -refunded
	assert fake.ledger.sum() == captured - refunded + disputed - fees + paid_out
	assert all(0 <= charge["amount_refunded"] <= charge["amount"] for charge in charges)
	for payout in fake.store.all("payout"):
		rows = [
			row for row in fake.ledger.rows() if fake.store.hidden(row["id"]).get("payout") == payout["id"]
		]
		assert sum(row["net"] for row in rows if row["type"] != "payout") == payout["amount"]

"""Our client of Stripe against the strict stand-in: every parameter is checked with the SDK's own description of
it, and every answer and refusal comes back in the words of the trade."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import stripe

from dealer_pos_crm.domain.gateway import DisputeState, PaymentState, PayoutState, RefundState
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import WrongAmount
from dealer_pos_crm.gateways import errors
from dealer_pos_crm.gateways.stripe import client as clients
from dealer_pos_crm.gateways.stripe.client import Gateway, mode_of
from dealer_pos_crm.gateways.stripe.webhooks import EVENTS
from tests.stripe_fake import Fake, InProcess

BEGIN = 1_790_000_000
NOW = datetime.fromtimestamp(BEGIN, timezone.utc).replace(tzinfo=None)
PRICE = Money(50_000, "USD")


@pytest.fixture
def fake() -> Fake:
	made = Fake(start=BEGIN, seed=7)
	made.habits.search_delay = 0
	return made


@pytest.fixture
def gateway(fake: Fake) -> Gateway:
	return Gateway(fake.key, http_client=InProcess(fake))


def session(gateway: Gateway, key: str = "k1", amount: Money = PRICE, **more: Any) -> Any:
	return gateway.create_session(
		key=key,
		amount=amount,
		what="Deposit for a 2019 Camry",
		success_url="https://dealer.example/thanks",
		cancel_url="https://dealer.example/back",
		expires_at=NOW + timedelta(minutes=45),
		metadata={"card_payment": "CP-1", "attempt": 12, "nothing": None},
		**more,
	)


def test_a_payment_on_the_hosted_page_from_the_link_to_the_fee(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway, email="ann@example.com")
	assert page.open and not page.paid and page.intent == "" and page.amount == PRICE
	assert page.expires_at == NOW + timedelta(minutes=45)
	assert page.metadata == {"card_payment": "CP-1", "attempt": "12"}

	fake.payer.pay(page.session)
	page = gateway.session(page.session)
	assert page.complete and page.paid and page.intent
	fact = gateway.payment(page.intent)
	assert (fact.state, fact.captured, fact.amount) == (PaymentState.CAPTURED, PRICE, PRICE)
	assert fact.fee and fact.fee.minor > 0 and fact.charge.startswith("ch_") and fact.balance_transaction
	assert (fact.card.last4, fact.card.brand, fact.card.method) == ("4242", "visa", "card")
	assert fact.metadata == {"card_payment": "CP-1", "attempt": "12"}
	assert not fact.live and not fact.disputed and fact.refunded == Money.zero("USD")
	assert len(fake.calls("payment_intents.retrieve")) == 1  # charge and fee came along


def test_only_cards_and_only_the_companys_currency_are_offered(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway)
	made = fake.object(page.session)
	assert made["payment_method_types"] == ["card"]
	assert made["adaptive_pricing"] == {"enabled": False}


def test_the_same_key_makes_one_and_another_amount_under_it_is_our_fault(gateway: Gateway) -> None:
	assert session(gateway).session == session(gateway).session
	with pytest.raises(errors.KeyConflict):
		session(gateway, amount=Money(1_00, "USD"))


def test_a_declined_card_leaves_the_payment_open(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway)
	fake.payer.decline(page.session)
	fact = gateway.payment(gateway.session(page.session).intent)
	assert fact.state is PaymentState.WAITING and fact.decline_code and fact.decline_message
	assert fact.captured == Money.zero("USD") and fact.captured_at is None


def test_a_hold_is_taken_in_part_and_the_rest_is_no_refund(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway, capture="manual")
	fake.payer.pay(page.session)
	intent = gateway.session(page.session).intent
	held = gateway.payment(intent)
	assert (held.state, held.capturable, held.manual_capture) == (PaymentState.AUTHORISED, PRICE, True)
	assert held.capture_before and held.capture_before > NOW
	taken = gateway.capture(intent, key="c1", amount=Money(20_000, "USD"))
	assert (taken.state, taken.captured, taken.capturable.minor) == (
		PaymentState.CAPTURED,
		Money(20_000, "USD"),
		0,
	)
	assert taken.refunded == Money.zero("USD")
	assert gateway.refunds(charge=taken.charge) == []
	with pytest.raises(errors.Rejected):
		gateway.capture(intent, key="c2", amount=Money(1_00, "USD"))
	gateway.refund(key="r1", charge=taken.charge, amount=Money(5_000, "USD"), metadata={})
	assert gateway.payment(intent).refunded == Money(5_000, "USD")
	assert [one.amount for one in gateway.refunds(intent=intent)] == [Money(5_000, "USD")]


def test_a_released_hold_took_nothing(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway, capture="manual")
	fake.payer.pay(page.session)
	intent = gateway.session(page.session).intent
	gone = gateway.cancel(intent, key="x1", reason="abandoned")
	assert (gone.state, gone.cancel_reason) == (PaymentState.CANCELLED, "abandoned")
	assert gone.captured == gone.refunded == Money.zero("USD")


def test_a_session_can_be_closed_before_anybody_pays(gateway: Gateway) -> None:
	page = gateway.expire_session(session(gateway).session, key="e1")
	assert not page.open and not page.complete and not page.paid


def test_payments_are_found_by_what_we_wrote_on_them(gateway: Gateway, fake: Fake) -> None:
	made = gateway.create_payment(
		key="p1", amount=PRICE, metadata={"attempt": "O'Brien \\ 7"}, what="RO-1042", capture="manual"
	)
	assert [one.intent for one in gateway.find_payments({"attempt": "O'Brien \\ 7"})] == [made.intent]
	assert gateway.find_payments({"attempt": "other"}) == []
	assert [one.intent for one in gateway.recent_payments(NOW - timedelta(hours=1))] == [made.intent]
	fake.habits.search_delay = 60
	later = gateway.create_payment(key="p2", amount=PRICE, metadata={"attempt": "new"}, what="RO-1042")
	assert gateway.find_payments({"attempt": "new"}) == []
	assert later.intent in [one.intent for one in gateway.recent_payments(NOW)]


def test_refunds_and_their_ends(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway)
	charge = fake.payer.pay(page.session).charge
	fake.bank.next_refund("pending")
	waiting = gateway.refund(
		key="r1", charge=charge, amount=Money(30_000, "USD"), metadata={"refund": "CR-1"}
	)
	assert waiting.state is RefundState.PENDING and waiting.metadata == {"refund": "CR-1"}
	fake.bank.fail_refund(waiting.refund)
	failed = gateway.refund_of(waiting.refund)
	assert failed.state is RefundState.FAILED and failed.failure == "lost_or_stolen_card"
	with pytest.raises(errors.Rejected) as refused:
		gateway.refund(key="r2", charge=charge, amount=Money(60_000, "USD"), metadata={})
	assert refused.value.code


def test_a_reader_asks_for_a_card_and_is_done_or_is_stopped(gateway: Gateway, fake: Fake) -> None:
	place = gateway.create_location(
		"Showroom",
		{"line1": "1 Main St", "city": "Denver", "state": "CO", "postal_code": "80014", "country": "US"},
		key="l1",
	)
	reader = gateway.register_reader("simulated-s700", "Front counter", place, key="d1")
	assert reader.online and reader.location == place and reader.action == ""
	assert [one.reader for one in gateway.readers(place)] == [reader.reader]
	made = gateway.create_payment(key="p1", amount=PRICE, metadata={}, what="RO-1042", capture="manual")
	busy = gateway.process(reader.reader, made.intent, key="g1")
	assert (busy.action, busy.intent) == ("In Progress", made.intent)
	assert fake.calls("terminal.readers.process_payment_intent")[0].status == 200
	fake.reader.present(reader.reader)
	assert gateway.reader(reader.reader).action == "Succeeded"
	assert gateway.payment(made.intent).card.method == "card_present"

	other = gateway.create_payment(key="p2", amount=PRICE, metadata={}, what="RO-1043")
	gateway.process(reader.reader, other.intent, key="g2")
	fake.reader.present(reader.reader, "0002")
	failed = gateway.reader(reader.reader)
	assert (failed.action, failed.failed_by) == ("Failed", "Card") and failed.failure_code
	gateway.process(reader.reader, other.intent, key="g3")
	assert gateway.cancel_action(reader.reader, key="g4").action != "In Progress"


def test_a_dispute_with_evidence_that_is_staged_and_then_handed_in(gateway: Gateway, fake: Fake) -> None:
	page = session(gateway)
	charge = fake.payer.pay(page.session).charge
	name = fake.bank.dispute(charge)["id"]
	case = gateway.dispute(name)
	assert case.state is DisputeState.NEEDS_RESPONSE and case.due_by and case.amount == PRICE
	assert case.withdrawn == PRICE and case.fee.minor > 0 and case.charge == charge and not case.refundable
	assert [one.dispute for one in gateway.disputes(NOW - timedelta(days=1))] == [name]
	file = gateway.upload(b"%PDF-1.4 evidence", "evidence.pdf", key="f1")
	staged = gateway.stage_evidence(name, {"service_documentation": file, "receipt": file}, key="s1")
	assert staged.has_evidence and staged.submission_count == 0
	assert staged.state is DisputeState.NEEDS_RESPONSE
	sent = gateway.submit_evidence(name, key="s2")
	assert (sent.submission_count, sent.state) == (1, DisputeState.UNDER_REVIEW)
	fake.bank.decide(name, "won")
	won = gateway.dispute(name)
	assert won.state is DisputeState.WON and won.reinstated == PRICE
	assert gateway.payment(page.intent or case.intent).disputed


def test_a_payout_and_its_rows_add_up(gateway: Gateway, fake: Fake) -> None:
	charges = [fake.payer.pay(session(gateway, key=f"k{number}").session).charge for number in range(3)]
	gateway.refund(key="r1", charge=charges[0], amount=Money(7_00, "USD"), metadata={})
	name = fake.advance_to_payout()["id"]
	payout = gateway.payout(name)
	assert payout.state is PayoutState.PAID and payout.itemised and payout.automatic
	rows = list(gateway.balance_rows(name))
	paid_out = [row for row in rows if row.category != "payout"]
	assert sum(row.net.minor for row in paid_out) == payout.amount.minor
	assert all(row.amount.minor - row.fee.minor == row.net.minor for row in rows)
	assert {row.charge for row in paid_out if row.category == "charge"} == set(charges)
	assert {row.charge for row in paid_out if row.category == "refund"} == {charges[0]}
	assert all(row.intent for row in paid_out)
	assert gateway.balance_row(paid_out[0].transaction) == paid_out[0]
	assert [one.payout for one in gateway.payouts(NOW)] == [name]


def test_the_account_and_where_its_messages_go(gateway: Gateway, fake: Fake) -> None:
	found = gateway.account()
	assert (found.account, found.currency, found.live) == (fake.account_id, "USD", False)
	made = gateway.create_endpoint("https://dealer.example/hook", key="w1")
	assert made.secret.startswith("whsec_") and made.api_version == stripe.api_version
	assert set(made.events) == set(EVENTS)
	assert [one.secret for one in gateway.endpoints()] == [""]
	assert not gateway.update_endpoint(made.endpoint, enabled=False).enabled
	gateway.delete_endpoint(made.endpoint)
	assert gateway.endpoints() == []


def test_missed_messages_are_asked_for_in_portions_the_provider_takes(gateway: Gateway, fake: Fake) -> None:
	gateway.create_endpoint("https://dealer.example/hook", key="w1")
	fake.payer.pay(session(gateway).session)
	fake.pending_webhooks()  # delivered
	fake.webhooks.next("drop", times=99)
	fake.payer.pay(session(gateway, key="k2").session)
	fake.pending_webhooks()  # lost on the way
	missed = list(gateway.events(after=NOW - timedelta(hours=1)))
	assert missed and {one.type for one in missed} <= set(EVENTS)
	assert len(list(gateway.events(undelivered=False))) == 2 * len(missed)
	assert len(fake.calls("events.list")) == 4  # at most 20 kinds a time
	again = gateway.event(missed[0].event)
	assert (again.type, again.object_id) == (missed[0].type, missed[0].object_id)


# What goes wrong


@pytest.mark.parametrize(
	("how", "kind"),
	[
		("timeout_before", errors.Unreachable),
		("refused", errors.Unreachable),
		("500", errors.Unreachable),
		("429", errors.Busy),
		("409", errors.Busy),
	],
)
def test_faults_say_whether_the_outcome_is_known(
	gateway: Gateway, fake: Fake, how: str, kind: type[Exception]
) -> None:
	fake.fail_next("checkout.sessions.create", how, times=clients.RETRIES + 1)
	with pytest.raises(errors.GatewayError) as failed:
		session(gateway)
	assert type(failed.value) is kind
	assert not isinstance(failed.value, errors.Rejected)


def test_a_call_whose_answer_was_lost_is_repeated_with_its_key_and_done_once(
	gateway: Gateway, fake: Fake
) -> None:
	charge = fake.payer.pay(session(gateway).session).charge
	fake.fail_next("refunds.create", "timeout_after")
	done = gateway.refund(key="r1", charge=charge, amount=PRICE, metadata={})
	assert len(fake.calls("refunds.create")) == 2 and len(gateway.refunds(charge=charge)) == 1
	assert done.state is RefundState.SUCCEEDED


def test_a_key_that_is_not_accepted(fake: Fake) -> None:
	stranger = Gateway("sk_test_somebody_else", http_client=InProcess(fake))
	with pytest.raises(errors.WrongKey):
		stranger.account()


def test_what_is_not_there_is_a_definite_no(gateway: Gateway) -> None:
	with pytest.raises(errors.Rejected) as gone:
		gateway.payment("pi_unknown")
	assert gone.value.code == "resource_missing"


class Said(stripe.HTTPClient):
	"""Answers what it was told to."""

	name = "said"

	def __init__(self, status: int, body: str) -> None:
		super().__init__()
		self.status, self.body = status, body

	def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_more: Any) -> Any:
		return self.body, self.status, {}

	def _sleep_time_seconds(self, num_retries: int) -> float:
		return 0


ASK: Callable[[Gateway], Any] = lambda gateway: gateway.payment("pi_1")  # noqa: E731


@pytest.mark.parametrize(
	("status", "body", "kind"),
	[
		(200, "<html>a proxy's page</html>", errors.Unreachable),
		(502, "<html>bad gateway</html>", errors.Unreachable),
		(200, "[]", errors.BadAnswer),
		(200, '{"id": "pi_1", "object": "payment_intent", "status": "a_new_word"}', errors.BadAnswer),
		(200, '{"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": "many"}', errors.BadAnswer),
		(408, '{"error": {"message": "slow"}}', errors.Unreachable),
		(413, '{"error": {"message": "too big"}}', errors.Rejected),
		(403, '{"error": {"message": "not with this key"}}', errors.WrongKey),
		(402, '{"error": {"message": "no", "type": "card_error", "code": "card_declined"}}', errors.Declined),
		(400, '{"error": {"message": "other", "type": "idempotency_error"}}', errors.KeyConflict),
		(400, '{"error": {"message": "slow down", "code": "rate_limit"}}', errors.Busy),
	],
)  # fmt: skip
def test_every_answer_has_a_meaning(status: int, body: str, kind: type[Exception]) -> None:
	with pytest.raises(errors.GatewayError) as failed:
		ASK(Gateway("sk_test_x", http_client=Said(status, body)))
	assert type(failed.value) is kind


def test_a_decline_tells_code_and_payment_and_nothing_personal() -> None:
	body = (
		'{"error": {"message": "Card 4242 4242 4242 4242 of ann@example.com was declined", "type": "card_error",'
		' "code": "card_declined", "decline_code": "do_not_honor", "payment_intent": {"id": "pi_9", "object":'
		' "payment_intent"}}}'
	)
	with pytest.raises(errors.Declined) as failed:
		ASK(Gateway("sk_test_x", http_client=Said(402, body)))
	error = failed.value
	assert (error.code, error.decline_code, error.intent) == ("card_declined", "do_not_honor", "pi_9")
	assert "4242 4242" not in error.message and "ann@" not in error.message


def test_a_call_that_does_something_needs_a_key(gateway: Gateway, fake: Fake) -> None:
	with pytest.raises(ValueError, match="idempotency"):
		gateway.refund(key="", charge="ch_1", amount=PRICE, metadata={})
	assert not fake.calls("refunds.create")


def test_an_amount_that_cannot_be_taken_exactly_is_refused_before_the_call(
	gateway: Gateway, fake: Fake
) -> None:
	with pytest.raises(WrongAmount):
		session(gateway, amount=Money(12_345, "KWD"))
	assert not fake.calls("checkout.sessions.create")


@pytest.mark.parametrize(
	("key", "mode"),
	[
		("sk_test_1", "Test"),
		("rk_test_1", "Test"),
		("sk_live_1", "Live"),
		("rk_live_1", "Live"),
		("pk_test_1", ""),
		("whsec_1", ""),
		("", ""),
	],
)
def test_the_mode_is_the_keys(key: str, mode: str) -> None:
	assert mode_of(key) == mode
	if not mode:
		with pytest.raises(ValueError, match="secret key"):
			Gateway(key)


def test_a_live_key_goes_to_the_provider_alone() -> None:
	with pytest.raises(ValueError, match="Stripe itself"):
		Gateway("sk_live_1", api_base="http://127.0.0.1:8497")
	with pytest.raises(ValueError, match="Stripe itself"):
		Gateway("sk_live_1", http_client=Said(200, "{}"))


def test_calls_are_short_and_uploads_stay_where_calls_go(monkeypatch: pytest.MonkeyPatch) -> None:
	made: dict[str, Any] = {}
	real = stripe.RequestsClient

	def kept(**values: Any) -> Any:
		made.update(values)
		return real(**values)

	monkeypatch.setattr(stripe, "RequestsClient", kept)
	gateway = Gateway("sk_test_1", api_base="http://127.0.0.1:1")
	assert made["timeout"] == (5, 25) and made["session"].trust_env is False
	assert gateway._client._requestor._options.base_addresses["files"] == "http://127.0.0.1:1"
	with pytest.raises(errors.Unreachable) as failed:
		gateway.upload(b"x", "x.pdf", key="f")
	assert "127.0.0.1" not in str(failed.value)  # what a person reads names no addresses of ours

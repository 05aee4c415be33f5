"""The stand-in for Stripe at the counter: one action a reader, and a person who may do anything."""

from __future__ import annotations

import pytest
import stripe

from tests.stripe_fake import Fake, client
from tests.unit.stripe_helpers import BEGIN, refused


class Counter:
	def __init__(self) -> None:
		self.fake = Fake(start=BEGIN)
		self.api = client(self.fake)
		self.readers = self.api.v1.terminal.readers
		place = self.api.v1.terminal.locations.create(
			{"display_name": "Showroom", "address": {"country": "US", "line1": "1 Main St"}}
		)
		self.place = place.id
		self.reader = self.readers.create(
			{"registration_code": "simulated-s700", "label": "Front", "location": place.id}
		).id

	def intent(self, amount: int = 10_000, **more: str) -> str:
		params = {
			"amount": amount,
			"currency": "usd",
			"allowed_payment_method_types": ["card_present"],
			**more,
		}
		return self.api.v1.payment_intents.create(params).id  # type: ignore[arg-type]

	def process(self, intent: str, reader: str = "") -> stripe.terminal.Reader:
		return self.readers.process_payment_intent(reader or self.reader, {"payment_intent": intent})


@pytest.fixture
def counter() -> Counter:
	return Counter()


def test_a_card_is_taken(counter: Counter) -> None:
	intent = counter.intent()
	assert counter.process(intent).action.status == "in_progress"
	counter.fake.reader.present(counter.reader)
	reader = counter.readers.retrieve(counter.reader)
	assert (reader.action.status, reader.action.process_payment_intent.payment_intent) == (
		"succeeded",
		intent,
	)
	paid = counter.api.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge.balance_transaction"]})
	assert paid.status == "succeeded"
	assert paid.latest_charge.payment_method_details.card_present.last4 == "4242"
	assert paid.latest_charge.balance_transaction.fee == 275


def test_stripes_own_test_helper_does_the_same(counter: Counter) -> None:
	intent = counter.intent()
	counter.process(intent)
	helpers = counter.api.v1.test_helpers.terminal.readers
	assert helpers.present_payment_method(counter.reader).action.status == "succeeded"
	refused(helpers.present_payment_method, counter.reader)


def test_one_action_at_a_time(counter: Counter) -> None:
	first, second = counter.intent(), counter.intent()
	counter.process(first)
	assert refused(counter.process, second).code == "terminal_reader_busy"
	other = counter.readers.create({"registration_code": "simulated-s700", "location": counter.place}).id
	assert refused(counter.process, first, other).code == "terminal_reader_busy"
	counter.process(second, other)


def test_a_declined_card_and_then_another(counter: Counter) -> None:
	intent = counter.intent()
	counter.process(intent)
	action = counter.fake.reader.present(counter.reader, "9995")
	assert (action["status"], action["failure_code"]) == ("failed", "card_declined")
	assert action["api_error"]["type"] == "card_error"
	assert action["api_error"]["decline_code"] == "insufficient_funds"
	assert counter.fake.object(intent)["status"] == "requires_payment_method"
	counter.process(intent)
	assert counter.fake.reader.present(counter.reader)["status"] == "succeeded"
	assert refused(counter.process, intent).code == "intent_invalid_state"


def test_nobody_shows_a_card(counter: Counter) -> None:
	intent = counter.intent()
	counter.process(intent)
	counter.fake.reader.walk_away(counter.reader)
	action = counter.readers.retrieve(counter.reader).action
	assert action.status == "failed" and action.api_error is None
	assert counter.fake.object(intent)["status"] == "requires_payment_method"
	counter.process(intent)
	counter.fake.reader.press_cancel(counter.reader)
	assert counter.readers.retrieve(counter.reader).action.failure_code == "customer_canceled"


def test_an_action_is_cancelled_unless_the_bank_is_being_asked(counter: Counter) -> None:
	intent = counter.intent()
	counter.process(intent)
	assert counter.readers.cancel_action(counter.reader).action is None
	refused(counter.api.v1.test_helpers.terminal.readers.present_payment_method, counter.reader)
	counter.process(intent)
	counter.fake.reader.tap(counter.reader)
	assert refused(counter.readers.cancel_action, counter.reader).code == "terminal_reader_busy"
	counter.fake.clock.advance(seconds=500)
	counter.fake.reader.finish(counter.reader)
	assert counter.fake.object(intent)["status"] == "succeeded"


def test_a_reader_without_network(counter: Counter) -> None:
	intent = counter.intent()
	counter.fake.reader.unplug(counter.reader)
	assert refused(counter.process, intent).code == "terminal_reader_offline"
	assert [one.id for one in counter.readers.list({"status": "offline"}).data] == [counter.reader]
	counter.fake.reader.plug_in(counter.reader)
	counter.process(intent)


def test_a_reader_that_answers_too_late_has_begun_all_the_same(counter: Counter) -> None:
	intent = counter.intent()
	counter.fake.reader.answers_late(counter.reader)
	assert refused(counter.process, intent).code == "terminal_reader_timeout"
	counter.fake.reader.present(counter.reader)
	assert counter.fake.object(intent)["status"] == "succeeded"


def test_a_payment_that_was_cancelled_meanwhile_takes_no_money(counter: Counter) -> None:
	intent = counter.intent()
	counter.process(intent)
	counter.api.v1.payment_intents.cancel(intent)
	assert counter.fake.reader.present(counter.reader)["status"] == "failed"
	assert counter.fake.store.rows.get("charge", {}) == {}


def test_a_hold_at_the_counter(counter: Counter) -> None:
	intent = counter.intent(capture_method="manual")
	counter.process(intent)
	counter.fake.reader.present(counter.reader)
	held = counter.api.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]})
	assert held.status == "requires_capture"
	assert held.latest_charge.payment_method_details.card_present.capture_before == BEGIN + 2 * 86_400
	counter.fake.clock.advance(days=2)
	assert counter.fake.object(intent)["status"] == "canceled"


def test_only_card_present_goes_to_a_reader(counter: Counter) -> None:
	online = counter.api.v1.payment_intents.create({"amount": 1000, "currency": "usd"}).id
	refused(counter.process, online)
	refused(counter.process, "pi_nobody")
	refused(counter.api.v1.payment_intents.confirm, counter.intent(), {"payment_method": "pm_card_visa"})


def test_readers_are_registered_renamed_and_removed(counter: Counter) -> None:
	refused(counter.readers.create, {"registration_code": "used-up", "location": counter.place})
	refused(counter.readers.create, {"registration_code": "simulated-s700"})
	refused(counter.readers.create, {"registration_code": "simulated-s700", "location": "tml_nobody"})
	assert counter.readers.update(counter.reader, {"label": "Back"}).label == "Back"
	assert counter.readers.delete(counter.reader).deleted is True
	assert counter.readers.list().data == []

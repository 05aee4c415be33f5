"""Card readers at the counter: one action at a time, and a person in front of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes_more as shapes
from .cards import CARDS
from .errors import ApiError, refused
from .intents import PAYABLE
from .params import merged_metadata
from .store import Row, equal, page

if TYPE_CHECKING:
	from .fake import Fake


class Locations:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def create(self, params: Row) -> Row:
		fake = self._fake
		row = shapes.location(
			fake.store.new_id("tml"),
			display_name=params.get("display_name", ""),
			livemode=fake.livemode,
			metadata=merged_metadata({}, params.get("metadata")),
		)
		row["address"].update(params.get("address") or {})
		return fake.store.add(row)

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("terminal.location", name)

	def update(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		row["metadata"] = merged_metadata(row["metadata"], params.get("metadata"))
		row["display_name"] = params.get("display_name", row["display_name"])
		return row

	def list(self, params: Row) -> Row:
		return page(self._fake.store.all("terminal.location"), params, "/v1/terminal/locations")


class Readers:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	# The API

	def create(self, params: Row) -> Row:
		fake = self._fake
		code = params["registration_code"]
		if code.startswith("used"):
			raise refused("The registration code has been used or has expired.", param="registration_code")
		if not params.get("location"):
			raise refused("A reader needs a location.", param="location")
		fake.store.get("terminal.location", params["location"], "location", status=400)
		row = shapes.reader(
			fake.store.new_id("tmr"),
			label=params.get("label") or "STRM26000000000",
			location=params["location"],
			livemode=fake.livemode,
			metadata=merged_metadata({}, params.get("metadata")),
		)
		if code.startswith("simulated"):
			row["device_type"] = "simulated_stripe_s700"
		return fake.store.add(row)

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("terminal.reader", name)

	def update(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		row["label"] = params.get("label") or row["label"]
		row["metadata"] = merged_metadata(row["metadata"], params.get("metadata"))
		return row

	def delete(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		del self._fake.store.rows["terminal.reader"][row["id"]]
		return {"id": name, "object": "terminal.reader", "deleted": True}

	def list(self, params: Row) -> Row:
		fits = equal(params, "location", "status", "serial_number", "device_type")
		rows = [row for row in self._fake.store.all("terminal.reader") if fits(row)]
		return page(rows, params, "/v1/terminal/readers")

	def process_payment_intent(self, name: str, params: Row) -> Row:
		fake = self._fake
		reader = self.retrieve(name, {})
		intent = fake.store.get("payment_intent", params["payment_intent"], "payment_intent", status=400)
		if "card_present" not in intent["payment_method_types"]:
			raise refused(
				"The PaymentIntent does not allow card_present.", "payment_intent_invalid_parameter"
			)
		if intent["status"] not in PAYABLE:
			raise refused(
				f"The PaymentIntent is {intent['status']} and cannot be processed by a reader.",
				"intent_invalid_state",
				"payment_intent",
			)
		if reader["status"] != "online":
			raise refused("Reader is offline.", "terminal_reader_offline")
		if self._busy(reader):
			raise refused("Reader is currently busy processing another request.", "terminal_reader_busy")
		for other in fake.store.all("terminal.reader"):
			if self._busy(other) and self._intent_of(other) == intent["id"]:
				raise refused(
					"The PaymentIntent is on another reader.", "terminal_reader_busy", "payment_intent"
				)
		hidden = fake.store.hidden(name)
		hidden["until"], hidden["authorising"] = fake.clock.now() + fake.habits.reader_patience, False
		reader["action"] = {
			"type": "process_payment_intent",
			"status": "in_progress",
			"failure_code": None,
			"failure_message": None,
			"api_error": None,
			"process_payment_intent": {"payment_intent": intent["id"]},
		}
		if hidden.pop("late", False):  # the reader has begun, and Stripe does not know it
			raise refused("Could not communicate with the reader in time.", "terminal_reader_timeout")
		return reader

	def cancel_action(self, name: str, params: Row) -> Row:
		reader = self.retrieve(name, {})
		if reader["status"] != "online":
			raise refused("Reader is offline.", "terminal_reader_offline")
		if self._busy(reader) and self._fake.store.hidden(name).get("authorising"):
			raise refused(
				"Reader is processing the payment; it cannot be cancelled now.", "terminal_reader_busy"
			)
		if self._busy(reader):
			reader["action"] = None
			self._fake.events.emit("terminal.reader.action_updated", reader)
		return reader

	def present_payment_method(self, name: str, params: Row) -> Row:
		"""Stripe's own helper for tests."""
		number = (params.get("card_present") or {}).get("number", "4242")
		self.tap(name)
		self.finish(name, number[-4:])
		return self.retrieve(name, {})

	# The person in front of the reader

	def tap(self, name: str) -> None:
		"""A card is shown; until ``finish`` the bank is being asked, and nothing can be cancelled."""
		reader = self.retrieve(name, {})
		if not self._busy(reader):
			raise refused(
				"The reader is not waiting for a card.", "terminal_reader_invalid_location_for_payment"
			)
		self._fake.store.hidden(name)["authorising"] = True

	def finish(self, name: str, card: str) -> None:
		fake = self._fake
		reader = self.retrieve(name, {})
		fake.store.hidden(name)["authorising"] = False
		intent = fake.store.get("payment_intent", self._intent_of(reader))
		try:
			fake.intents.attempt(intent, CARDS[card], reader=name)
		except ApiError as error:
			self._fail(reader, error.error.get("code", ""), str(error.error["message"]), error)
		else:
			reader["action"]["status"] = "succeeded"
			fake.events.emit("terminal.reader.action_succeeded", reader)

	def give_up(self, name: str, code: str, message: str) -> None:
		reader = self.retrieve(name, {})
		assert self._busy(reader), f"{reader['label']} is not busy"
		self._fail(reader, code, message, None)

	def _fail(self, reader: Row, code: str, message: str, error: ApiError | None) -> None:
		api_error = None
		if error is not None:
			api_error = {key: value for key, value in error.error.items() if key != "payment_intent"}
		reader["action"].update(
			status="failed", failure_code=code, failure_message=message, api_error=api_error
		)
		self._fake.events.emit("terminal.reader.action_failed", reader)

	def tick(self) -> None:
		now = self._fake.clock.now()
		for reader in self._fake.store.all("terminal.reader"):
			hidden = self._fake.store.hidden(reader["id"])
			if self._busy(reader) and not hidden["authorising"] and hidden["until"] <= now:
				self._fail(reader, "customer_timeout", "The customer did not present a card in time.", None)

	def _busy(self, reader: Row) -> bool:
		return bool(reader["action"]) and reader["action"]["status"] == "in_progress"

	def _intent_of(self, reader: Row) -> str:
		return str(reader["action"]["process_payment_intent"]["payment_intent"])

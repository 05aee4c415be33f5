"""The people and banks around the account: who pays, who disputes, who stands at the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import ApiError
from .sessions import PageClosed
from .store import Row, plain_copy

if TYPE_CHECKING:
	from .fake import Fake


@dataclass(frozen=True)
class Visit:
	"""What a payer saw. ``outcome``: paid, held, processing, declined or left; ``url``: where the page sends them."""

	outcome: str
	url: str = ""
	message: str = ""
	intent: str = ""
	charge: str = ""


class Payer:
	"""Somebody on a hosted page. A page that has expired or is done raises PageClosed, as a shut door would."""

	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def pay(self, session: str, card: str = "4242") -> Visit:
		"""``session``: its id or address. ``card``: last digits of a test card; "bank" for a slow bank debit."""
		fake = self._fake
		with fake.lock:
			row = self._session(session)
			try:
				fake.sessions.pay(row, card)
			except ApiError as error:
				return Visit(
					"declined",
					"",
					str(error),
					row["payment_intent"] or "",
					str(error.error.get("charge", "")),
				)
			intent = fake.store.get("payment_intent", row["payment_intent"])
			outcome = {"succeeded": "paid", "requires_capture": "held", "processing": "processing"}[
				intent["status"]
			]
			return Visit(outcome, self._success(row), "", intent["id"], intent["latest_charge"])

	def decline(self, session: str, card: str = "0002") -> Visit:
		return self.pay(session, card)

	def abandon(self, session: str) -> Visit:
		"""Goes back without paying; the page stays open."""
		row = self._session(session)
		self._fake.sessions.open_one(row)
		return Visit("left", row["cancel_url"] or "")

	def settle(self, session: str, ok: bool = True) -> None:
		"""A slow method ends, days later."""
		with self._fake.lock:
			self._fake.sessions.settle(self._session(session), ok)

	def _session(self, session: str) -> Row:
		name = session.rstrip("/").rpartition("/")[2].partition("?")[0]
		return self._fake.store.get("checkout.session", name)

	def _success(self, row: Row) -> str:
		return str(row["success_url"]).replace("{CHECKOUT_SESSION_ID}", row["id"])


class Bank:
	"""The banks: the cardholder's, who disputes and takes refunds, and ours, who takes payouts."""

	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def dispute(
		self,
		charge: str,
		*,
		amount: int | None = None,
		reason: str = "fraudulent",
		inquiry: bool = False,
		prevented: bool = False,
		due_in_days: int | None = 9,
	) -> Row:
		"""``charge``: or the payment intent. ``amount`` in minor units, all by default. The dispute."""
		fake = self._fake
		with fake.lock:
			if charge.startswith("pi_"):
				charge = fake.store.get("payment_intent", charge)["latest_charge"]
			row = fake.disputes.open(
				fake.store.get("charge", charge), amount=amount, reason=reason, inquiry=inquiry,
				prevented=prevented, due_in_days=due_in_days,
			)  # fmt: skip
			return plain_copy(row)  # type: ignore[no-any-return]

	def escalate(self, dispute: str) -> None:
		with self._fake.lock:
			self._fake.disputes.escalate(self._fake.store.get("dispute", dispute))

	def decide(self, dispute: str, outcome: str) -> None:
		"""won, lost, prevented; an inquiry ends as warning_closed."""
		with self._fake.lock:
			self._fake.disputes.decide(self._fake.store.get("dispute", dispute), outcome)

	def next_refund(self, way: str) -> None:
		"""The next refund is pending, requires_action, failed (at once) or succeeded."""
		assert way in ("pending", "requires_action", "failed", "succeeded"), way
		self._fake.refunds.next_ways.append(way)

	def settle_refund(self, refund: str) -> None:
		with self._fake.lock:
			self._fake.refunds.succeed(self._fake.store.get("refund", refund))

	def fail_refund(self, refund: str, reason: str = "lost_or_stolen_card") -> None:
		"""Also of a refund that had succeeded: the money comes back."""
		with self._fake.lock:
			self._fake.refunds.fail(self._fake.store.get("refund", refund), reason)

	def pay_out(self) -> Row:
		"""What is available now goes on its way; it arrives a day later on the fake's clock."""
		with self._fake.lock:
			return plain_copy(self._fake.payouts.pay_out())  # type: ignore[no-any-return]

	def fail_payout(self, payout: str, code: str = "account_closed") -> None:
		with self._fake.lock:
			self._fake.payouts.fail(self._fake.store.get("payout", payout), code)


class Person:
	"""Somebody at a card reader."""

	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def present(self, reader: str, card: str = "4242") -> Row:
		"""Shows a card, and the bank answers. The reader's action afterwards."""
		with self._fake.lock:
			self._fake.readers.tap(reader)
			self._fake.readers.finish(reader, card)
			return plain_copy(self._fake.readers.retrieve(reader, {})["action"])  # type: ignore[no-any-return]

	def tap(self, reader: str) -> None:
		"""Shows a card; the bank has not answered yet. ``finish`` follows."""
		with self._fake.lock:
			self._fake.readers.tap(reader)

	def finish(self, reader: str, card: str = "4242") -> None:
		with self._fake.lock:
			self._fake.readers.finish(reader, card)

	def press_cancel(self, reader: str) -> None:
		with self._fake.lock:
			self._fake.readers.give_up(reader, "customer_canceled", "The customer cancelled.")

	def walk_away(self, reader: str) -> None:
		"""Nobody shows a card, until the reader gives up."""
		with self._fake.lock:
			self._fake.clock.advance(seconds=self._fake.habits.reader_patience + 1)

	def unplug(self, reader: str) -> None:
		self._fake.readers.retrieve(reader, {})["status"] = "offline"

	def plug_in(self, reader: str) -> None:
		self._fake.readers.retrieve(reader, {})["status"] = "online"

	def answers_late(self, reader: str) -> None:
		"""The next payment begins on the reader, but the caller is told that it could not be reached."""
		self._fake.store.hidden(reader)["late"] = True


__all__ = ["Bank", "PageClosed", "Payer", "Person", "Visit"]

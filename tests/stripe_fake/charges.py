"""Charges: one try of a card each. They are made by payment intents alone; callers only read and search them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes
from .ledger import in_person_fee, online_fee
from .params import merged_metadata
from .search import found_by
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake


class Charges:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def make(self, intent: Row, card: Row, reader: str | None, capture_before: int | None) -> Row:
		fake, amount = self._fake, intent["amount"]
		if card.get("bank"):
			details = shapes.bank_debit_details(card["last4"])
		elif reader:
			details = shapes.card_present_details(card, amount, reader, capture_before)
		else:
			details = shapes.card_details(card, amount, capture_before)
		name = fake.store.new_id("py" if card.get("bank") else "ch")
		row = shapes.charge(
			name,
			amount=amount,
			currency=intent["currency"],
			created=fake.clock.now(),
			livemode=fake.livemode,
			intent=intent["id"],
			customer=intent["customer"],
			description=intent["description"],
			metadata=dict(intent["metadata"]),
			payment_method=intent["payment_method"],
			payment_method_details=details,
			receipt_url=f"https://pay.stripe.com/receipts/payment/{name}",
		)
		intent["latest_charge"] = row["id"]
		fake.store.hidden(name).update(card=card, in_person=bool(reader))
		return fake.store.add(row)

	def fail(self, charge: Row, code: str, decline_code: str | None, message: str) -> None:
		charge.update(
			status="failed",
			paid=False,
			failure_code=code,
			failure_message=message,
			outcome=shapes.outcome(False, decline_code),
			receipt_url=None,
		)
		self._fake.events.emit("charge.failed", charge)

	def authorise(self, charge: Row) -> None:
		charge.update(status="succeeded", paid=True, outcome=shapes.outcome(True))
		self._fake.events.emit("charge.succeeded", charge)

	def take(self, charge: Row, amount: int) -> None:
		"""The money of a charge arrives in the balance: all of it, or (partial capture) a part of a hold."""
		fake = self._fake
		in_person = fake.store.hidden(charge["id"])["in_person"]
		fee = (in_person_fee if in_person else online_fee)(amount)
		charge.update(captured=True, amount_captured=amount, status="succeeded", paid=True)
		kind = "payment" if charge["id"].startswith("py_") else "charge"
		row = fake.ledger.add(
			kind, "charge", charge["amount"], source=charge["id"], fee=fee, words=charge["description"] or ""
		)
		if fake.habits.fee_delay:
			fake.store.hidden(charge["id"])["settles"] = (fake.clock.now() + fake.habits.fee_delay, row["id"])
		else:
			charge["balance_transaction"] = row["id"]
		rest = charge["amount"] - amount
		if rest:
			reversal = fake.refunds.remainder(charge, rest)
			back = fake.ledger.add(
				"refund", "partial_capture_reversal", -rest, source=(reversal or charge)["id"]
			)
			if reversal:
				reversal["balance_transaction"] = back["id"]

	def release(self, charge: Row, *, expired: bool) -> None:
		"""A hold is given back, as a refund of money that was never taken."""
		row = self._fake.refunds.remainder(charge, charge["amount"])
		if row and expired:
			row["reason"] = "expired_uncaptured_charge"
		if self._fake.habits.remainder_is_refund:
			self._fake.events.emit("charge.refunded", charge)

	def tick(self) -> None:
		now = self._fake.clock.now()
		for charge in self._fake.store.all("charge"):
			settles = self._fake.store.hidden(charge["id"]).get("settles")
			if settles and settles[0] <= now:
				charge["balance_transaction"] = settles[1]
				del self._fake.store.hidden(charge["id"])["settles"]
				self._fake.events.emit("charge.updated", charge, {"balance_transaction": None})

	def refundable(self, charge: Row) -> int:
		"""What may still be refunded, in minor units: the refunds that stand come off what was captured."""
		if not charge["captured"]:
			return 0
		refunded = sum(
			row["amount"]
			for row in self._fake.store.all("refund")
			if row["charge"] == charge["id"]
			and row["status"] not in ("failed", "canceled")
			and not self._fake.store.hidden(row["id"]).get("remainder")
		)
		return int(charge["amount_captured"]) - refunded

	# The API

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("charge", name)

	def update(self, name: str, params: Row) -> Row:
		charge = self._fake.store.get("charge", name)
		if "metadata" in params:
			charge["metadata"] = merged_metadata(charge["metadata"], params["metadata"])
		charge.update({field: params[field] for field in ("description", "receipt_email") if field in params})
		self._fake.events.emit("charge.updated", charge)
		return charge

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "customer", "payment_intent"), created_in(params)
		rows = [row for row in self._fake.store.all("charge") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/charges")

	def search(self, params: Row) -> Row:
		return found_by(self._fake, "charge", params, "/v1/charges/search")

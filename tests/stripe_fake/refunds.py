"""Refunds: of what was captured and not refunded yet, at once, later, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes
from .errors import ApiError, refused, wrong_params
from .params import merged_metadata
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake

OPEN_DISPUTE = ("needs_response", "under_review")


class Refunds:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake
		self.next_ways: list[
			str
		] = []  # pending | requires_action | failed | fails_later, for the refunds to come

	def create(self, params: Row) -> Row:
		fake = self._fake
		charge = self._charge(params)
		amount = self._amount(charge, params.get("amount"))
		card = fake.store.hidden(charge["id"]).get("card", {})
		way = self.next_ways.pop(0) if self.next_ways else card.get("refunds", "succeeded")
		row = self._make(
			charge,
			amount,
			status="succeeded" if way == "fails_later" else "pending" if way == "failed" else way,
			reason=params.get("reason"),
			metadata=merged_metadata({}, params.get("metadata")),
		)
		if row["status"] == "succeeded":
			self._pay(row)
		self._count(charge)
		fake.events.emit("refund.created", row)
		fake.events.emit("charge.refunded", charge)
		if way == "failed":
			self.fail(row, "unknown")
		return row

	def _charge(self, params: Row) -> Row:
		fake = self._fake
		if params.get("charge"):
			charge = fake.store.get("charge", params["charge"], "charge")
			if params.get("payment_intent") not in (None, charge["payment_intent"]):
				raise refused("The charge does not belong to the payment intent.", param="charge")
		elif params.get("payment_intent"):
			intent = fake.store.get("payment_intent", params["payment_intent"], "payment_intent")
			if intent["status"] != "succeeded":
				raise refused(
					f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.",
					"resource_missing",
				)
			charge = fake.store.get("charge", intent["latest_charge"])
		else:
			raise wrong_params("One of the following params should be provided: payment_intent or charge.")
		if charge["status"] != "succeeded" or not charge["captured"]:
			raise refused(
				f"Charge {charge['id']} cannot be refunded; it was not captured.", "charge_not_refundable"
			)
		disputes = [row for row in fake.store.all("dispute") if row["charge"] == charge["id"]]
		if any(not row["is_charge_refundable"] and row["status"] != "won" for row in disputes):
			raise refused(
				f"Charge {charge['id']} has been charged back; cannot issue a refund.", "charge_disputed"
			)
		return charge

	def _amount(self, charge: Row, asked: int | None) -> int:
		left = self._fake.charges.refundable(charge)
		if left <= 0:
			raise refused(f"Charge {charge['id']} has already been refunded.", "charge_already_refunded")
		amount = left if asked is None else asked
		if amount < 1:
			raise refused("Invalid positive integer", "parameter_invalid_integer", "amount")
		if amount > left:
			raise refused(
				f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
				"amount_too_large",
				"amount",
			)
		return amount

	def _make(self, charge: Row, amount: int, **more: object) -> Row:
		fake = self._fake
		row = shapes.refund(
			fake.store.new_id("re"),
			amount=amount,
			currency=charge["currency"],
			created=fake.clock.now(),
			charge=charge["id"],
			intent=charge["payment_intent"],
			**more,
		)
		return fake.store.add(row)

	def remainder(self, charge: Row, amount: int) -> Row | None:
		"""The part of a hold that was not taken, as Stripe shows it: a refund of money that never moved."""
		if not self._fake.habits.remainder_is_refund:
			return None
		row = self._make(charge, amount)
		self._fake.store.hidden(row["id"])["remainder"] = True
		charge["amount_refunded"] += amount
		charge["refunded"] = charge["amount_refunded"] == charge["amount"]
		return row

	def _count(self, charge: Row) -> None:
		fake = self._fake
		charge["amount_refunded"] = sum(
			row["amount"]
			for row in fake.store.all("refund")
			if row["charge"] == charge["id"] and row["status"] not in ("failed", "canceled")
		)
		charge["refunded"] = charge["amount_refunded"] >= (
			charge["amount"] if fake.habits.remainder_is_refund else charge["amount_captured"]
		)

	def _pay(self, row: Row) -> None:
		bank = row["charge"].startswith("py_")
		moved = self._fake.ledger.add(
			"payment_refund" if bank else "refund", "refund", -row["amount"], source=row["id"], at_once=True,
			words="REFUND FOR CHARGE",
		)  # fmt: skip
		row["balance_transaction"] = moved["id"]
		row["destination_details"] = {
			"type": "card",
			"card": {
				"type": "refund",
				"reference": "74000000000000000000001",
				"reference_status": "available",
			},
		}

	# What the bank does with it later

	def succeed(self, row: Row) -> None:
		assert row["status"] in ("pending", "requires_action"), f"{row['id']} is {row['status']}"
		row["status"] = "succeeded"
		self._pay(row)
		self._fake.events.emit("refund.updated", row, {"status": "pending"})
		self._fake.events.emit("charge.refund.updated", row)

	def fail(self, row: Row, reason: str) -> None:
		fake = self._fake
		assert row["status"] in ("pending", "requires_action", "succeeded"), f"{row['id']} is {row['status']}"
		row.update(status="failed", failure_reason=reason)
		if row["balance_transaction"]:
			back = fake.ledger.add(
				"refund_failure", "refund_failure", row["amount"], source=row["id"], at_once=True,
				words="REFUND FAILURE",
			)  # fmt: skip
			row["failure_balance_transaction"] = back["id"]
		self._count(fake.store.get("charge", row["charge"]))
		for kind in ("refund.failed", "refund.updated", "charge.refund.updated"):
			fake.events.emit(kind, row)

	# The API

	def cancel(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		if row["status"] != "requires_action":
			raise refused(
				f"Refund {name} cannot be canceled; it is {row['status']}.", "resource_unexpected_state"
			)
		row["status"] = "canceled"
		self._count(self._fake.store.get("charge", row["charge"]))
		self._fake.events.emit("refund.updated", row, {"status": "requires_action"})
		return row

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("refund", name)

	def update(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		row["metadata"] = merged_metadata(row["metadata"], params.get("metadata"))
		self._fake.events.emit("refund.updated", row)
		return row

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "charge", "payment_intent"), created_in(params)
		rows = [row for row in self._fake.store.all("refund") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/refunds")


__all__ = ["ApiError", "Refunds"]

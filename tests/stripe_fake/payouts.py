"""Payouts: the available rows of the balance on their way to the bank account, grouped, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes_more as shapes
from .errors import refused
from .params import merged_metadata
from .store import Row, created_in, equal, page, plain_copy

if TYPE_CHECKING:
	from .fake import Fake

ON_ITS_WAY = 86400  # seconds from payout to bank account


class Payouts:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	# What time and the bank do

	def pay_out(self) -> Row:
		"""An automatic payout of all that is available and not paid out yet; it is on its way."""
		fake = self._fake
		rows = fake.ledger.unpaid()
		amount = sum(row["net"] for row in rows)
		assert amount > 0, f"there is nothing to pay out ({amount})"
		payout = self._make(amount, automatic=True)
		for row in rows:
			fake.store.hidden(row["id"])["payout"] = payout["id"]
		fake.store.hidden(payout["balance_transaction"])["payout"] = payout["id"]
		return payout

	def _make(self, amount: int, *, automatic: bool, **more: object) -> Row:
		fake = self._fake
		now = fake.clock.now()
		payout = shapes.payout(
			fake.store.new_id("po"),
			amount=amount,
			currency=fake.currency,
			created=now,
			livemode=fake.livemode,
			automatic=automatic,
			arrival_date=now + ON_ITS_WAY,
			reconciliation_status="in_progress" if automatic else "not_applicable",
			status="in_transit" if automatic else "pending",
			**more,
		)
		fake.store.add(payout)
		row = fake.ledger.add(
			"payout", "payout", -amount, source=payout["id"], at_once=True, words="STRIPE PAYOUT"
		)
		payout["balance_transaction"] = row["id"]
		fake.events.emit("payout.created", payout)
		return payout

	def advance_and_pay(self) -> Row:
		fake = self._fake
		with fake.lock:
			latest = max((row["available_on"] for row in fake.ledger.rows()), default=0)
			fake.clock.advance(seconds=max(0, latest - fake.clock.now()))
			payout = self.pay_out()
			fake.clock.advance(seconds=ON_ITS_WAY)
			return plain_copy(payout)  # type: ignore[no-any-return]

	def tick(self) -> None:
		fake = self._fake
		for payout in reversed(fake.store.all("payout")):
			if payout["status"] == "pending" and payout["created"] < fake.clock.now():
				payout["status"] = "in_transit"
			if payout["status"] == "in_transit" and payout["arrival_date"] <= fake.clock.now():
				payout["status"] = "paid"
				payout["trace_id"] = {"status": "supported", "value": f"fake{payout['id'][-8:]}"}
				fake.events.emit("payout.paid", payout)
				if payout["automatic"]:
					payout["reconciliation_status"] = "completed"
					fake.events.emit("payout.reconciliation_completed", payout)

	def fail(self, payout: Row, code: str) -> None:
		"""The bank sends the money back, also days after it had arrived; it is available again."""
		fake = self._fake
		assert payout["status"] in ("in_transit", "paid"), f"{payout['id']} is {payout['status']}"
		back = fake.ledger.add(
			"payout_failure", "payout_reversal", payout["amount"], source=payout["id"], at_once=True,
			words="PAYOUT FAILURE",
		)  # fmt: skip
		payout.update(
			status="failed",
			failure_code=code,
			failure_message="The bank account has been closed."
			if code == "account_closed"
			else f"Failed: {code}",
			failure_balance_transaction=back["id"],
		)
		fake.events.emit("payout.failed", payout)

	# The API

	def create(self, params: Row) -> Row:
		available = sum(row["net"] for row in self._fake.ledger.rows() if row["status"] == "available")
		if params["amount"] > available:
			raise refused(
				"You have insufficient funds in your Stripe account.", "balance_insufficient", "amount"
			)
		more = {name: params[name] for name in ("description", "statement_descriptor") if name in params}
		return self._make(
			params["amount"], automatic=False, metadata=merged_metadata({}, params.get("metadata")), **more
		)

	def cancel(self, name: str, params: Row) -> Row:
		payout = self.retrieve(name, {})
		if payout["status"] != "pending":
			raise refused(f"Payout {name} is {payout['status']} and cannot be canceled.")
		payout["status"] = "canceled"
		self._fake.ledger.add("payout_cancel", "payout_reversal", payout["amount"], source=name, at_once=True)
		self._fake.events.emit("payout.canceled", payout)
		return payout

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("payout", name)

	def update(self, name: str, params: Row) -> Row:
		payout = self.retrieve(name, {})
		payout["metadata"] = merged_metadata(payout["metadata"], params.get("metadata"))
		return payout

	def list(self, params: Row) -> Row:
		fits = equal(params, "status", "destination")
		created, arrives = created_in(params), created_in(params, "arrival_date")
		rows = [row for row in self._fake.store.all("payout") if fits(row) and created(row) and arrives(row)]
		return page(rows, params, "/v1/payouts")

"""The balance: one row per movement of money, with its fee and what Stripe's reports call it.

Fees as a dealership in the USA sees them: 2.9 % + 30 cents online, 2.7 % + 5 cents at a reader, 15.00 for a
dispute; a refund keeps the fee.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import shapes
from .errors import refused
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake

DISPUTE_FEE = 1500
DAY = 86400


def online_fee(amount: int) -> int:
	return (amount * 29 + 500) // 1000 + 30


def in_person_fee(amount: int) -> int:
	return (amount * 27 + 500) // 1000 + 5


class Ledger:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def add(
		self, kind: str, category: str, amount: int, *, source: str | None, fee: int = 0, words: str = "",
		at_once: bool = False,
	) -> Row:  # fmt: skip
		"""``amount``: signed minor units; ``fee``: what Stripe takes. ``at_once``: it moves money that is there."""
		fake = self._fake
		now = fake.clock.now()
		fees = [shapes.fee_detail(fee, fake.currency, "Stripe processing fees")] if fee else []
		row = shapes.balance_transaction(
			fake.store.new_id("txn"),
			amount=amount,
			fee=fee,
			kind=kind,
			category=category,
			currency=fake.currency,
			created=now,
			available_on=now if at_once else now + fake.habits.available_after * DAY,
			source=source,
			description=words or None,
			fees=fees,
		)
		if row["available_on"] <= now:
			row["status"] = "available"
		return fake.store.add(row)

	def rows(self) -> list[Row]:
		return self._fake.store.all("balance_transaction")

	def sum(self, *categories: str) -> int:
		"""Net of all rows, or of those with the given reporting categories."""
		return sum(
			row["net"] for row in self.rows() if not categories or row["reporting_category"] in categories
		)

	def tick(self) -> None:
		now = self._fake.clock.now()
		for row in self.rows():
			if row["status"] == "pending" and row["available_on"] <= now:
				row["status"] = "available"

	def unpaid(self) -> list[Row]:
		"""Available rows that no payout has taken yet, oldest first."""
		return [
			row
			for row in reversed(self.rows())
			if row["status"] == "available" and not self._fake.store.hidden(row["id"]).get("payout")
		]

	# The API

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("balance_transaction", name)

	def list(self, params: Row) -> Row:
		payout = params.get("payout")
		if payout is not None:
			found = self._fake.store.get("payout", payout, "payout", status=400)
			if not found["automatic"]:
				raise refused(
					"Balance transaction history can only be filtered on automatic transfers, not manual.",
					param="payout",
				)
		fits, in_time = equal(params, "currency", "source", "type"), created_in(params)
		rows = [
			row
			for row in self.rows()
			if fits(row)
			and in_time(row)
			and (payout is None or self._fake.store.hidden(row["id"]).get("payout") == payout)
		]
		return page(rows, params, "/v1/balance_transactions")

	def balance(self, params: Row) -> Row:
		def total(status: str) -> list[dict[str, Any]]:
			amount = sum(row["net"] for row in self.rows() if row["status"] == status)
			return [{"amount": amount, "currency": self._fake.currency, "source_types": {"card": amount}}]

		return {
			"object": "balance",
			"available": total("available"),
			"livemode": self._fake.livemode,
			"pending": total("pending"),
		}

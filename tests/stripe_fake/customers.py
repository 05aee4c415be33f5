"""Customers, and the account itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import shapes_more as shapes
from .params import merged_metadata
from .store import Row, created_in, equal, page

if TYPE_CHECKING:
	from .fake import Fake

KEPT = ("description", "email", "name", "phone")


class Accounts:
	def __init__(self, fake: Fake) -> None:
		self._row = shapes.account(
			fake.account_id, created=fake.clock.now(), currency=fake.currency, country=fake.country
		)

	def retrieve_current(self, params: Row) -> Row:
		return self._row


class Customers:
	def __init__(self, fake: Fake) -> None:
		self._fake = fake

	def create(self, params: Row) -> Row:
		fake = self._fake
		row = shapes.customer(
			fake.store.new_id("cus"),
			created=fake.clock.now(),
			livemode=fake.livemode,
			metadata=merged_metadata({}, params.get("metadata")),
			**{name: params[name] for name in KEPT if name in params},
		)
		return fake.store.add(row)

	def retrieve(self, name: str, params: Row) -> Row:
		return self._fake.store.get("customer", name)

	def update(self, name: str, params: Row) -> Row:
		row = self.retrieve(name, {})
		row["metadata"] = merged_metadata(row["metadata"], params.get("metadata"))
		row.update({field: params[field] or None for field in KEPT if field in params})
		return row

	def list(self, params: Row) -> Row:
		fits, in_time = equal(params, "email"), created_in(params)
		rows = [row for row in self._fake.store.all("customer") if fits(row) and in_time(row)]
		return page(rows, params, "/v1/customers")

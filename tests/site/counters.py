"""Test data of cards in person: a counter with two readers at the stand-in for Stripe."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest

from dealer_pos_crm.dealer_cashier.terminal import readers, taking
from tests.site import cards
from tests.site import factories as f
from tests.stripe_fake import Fake

# Fixtures: a test file takes those it needs by a line of its own.


@pytest.fixture(scope="module")
def counter(site: str) -> Iterator[SimpleNamespace]:
	"""A house that takes cards: the account, its stand-in, and two readers that are one and two."""
	f.make_dealership()
	make_address()
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		one, two = (registered(account, f.unique(title)) for title in ("Counter 1", "Counter 2"))
		yield SimpleNamespace(account=account, fake=fake, one=one, two=two)


@pytest.fixture(autouse=True)
def quiet_counter(counter: SimpleNamespace) -> Iterator[None]:
	"""Both readers plugged in and free, and no fault waiting for the next test."""
	yield
	frappe.db.rollback()
	counter.fake.faults.clear()
	counter.fake.finish_hanging()
	for reader in (counter.one, counter.two):
		counter.fake.reader.plug_in(reader.reader_id)
		counter.fake.readers.retrieve(reader.reader_id, {})["action"] = None
		frappe.db.set_value("Card Reader", reader.name, "card_payment", None)
	frappe.db.commit()


@pytest.fixture
def invoice(counter: SimpleNamespace):
	made = f.make_invoice(f.make_customer(), 400)
	frappe.db.commit()
	return made


# Steps


def make_address(company: str = f.COMPANY) -> str:
	"""Where the readers stand; the provider wants to know it."""
	title = f"{company} Showroom"
	known = frappe.db.get_value("Address", {"address_title": title}, "name")
	if known:
		return known
	return (
		frappe.get_doc(
			{
				"doctype": "Address",
				"address_title": title,
				"address_type": "Office",
				"address_line1": "1 Summit Road",
				"city": "Denver",
				"state": "CO",
				"pincode": "80202",
				"country": "United States",
				"is_primary_address": 1,
				"links": [{"link_doctype": "Company", "link_name": company}],
			}
		)
		.insert()
		.name
	)


def new_reader(account: str, title: str | None = None, **values):
	"""A Card Reader that is not registered yet."""
	company = frappe.db.get_value("Gateway Account", account, "company")
	return frappe.get_doc(
		{
			"doctype": "Card Reader",
			"title": title or f.unique("Counter"),
			"company": company,
			"gateway_account": account,
			"enabled": 1,
			**values,
		}
	).insert()


def registered(account: str, title: str | None = None, **values):
	"""A Card Reader that takes payments. Commits."""
	doc = new_reader(account, title, **values)
	frappe.db.commit()
	readers.register(doc.name, readers.TEST_CODE)
	frappe.db.commit()
	doc.reload()
	return doc


def start(reader, doctype: str, name: str, amount: float, key: str | None = None, **more) -> dict:
	"""What the dialog's button does."""
	frappe.db.commit()
	state = taking.start(
		reader=reader.name,
		asked=lambda: taking.owed_for(doctype, name, None, None, None, None),
		amount=amount,
		client_key=key or f.key(),
		**more,
	)
	frappe.db.commit()
	return state


def look(state: dict, **more) -> dict:
	found = taking.state(state["name"], **more)
	frappe.db.commit()
	return found


def card_of(state: dict):
	return frappe.get_doc("Card Payment", state["name"])


def intents(fake: Fake) -> list[dict]:
	"""Every payment that the provider knows."""
	return fake.store.all("payment_intent")


def charged(fake: Fake, name: str) -> int:
	"""Minor units that the provider took for one Card Payment, over all that it knows of it."""
	return sum(row["amount_received"] for row in intents(fake) if row["metadata"].get("name") == name)


def entries(name: str) -> list[dict]:
	"""Payment Entries that stand for a card payment."""
	return frappe.get_all(
		"Payment Entry",
		{"dealer_card_payment": name, "docstatus": 1},
		["name", "paid_amount", "paid_to", "unallocated_amount", "reference_no"],
	)


def begin(counter: SimpleNamespace, invoice, amount: float = 400, **more) -> dict:
	"""An invoice is to be paid at the first reader."""
	return start(counter.one, "Sales Invoice", invoice.name, amount, **more)


def present(counter: SimpleNamespace, card: str = "4242", reader=None) -> None:
	"""The customer shows a card, and the bank answers."""
	counter.fake.reader.present((reader or counter.one).reader_id, card)


def holder(reader) -> str | None:
	"""The payment that has a reader."""
	return frappe.db.get_value("Card Reader", reader.name, "card_payment")

"""Disputed card payments: paid on the provider's page, disputed by the bank, told by its messages."""

from __future__ import annotations

import io
from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt, now_datetime
from pypdf import PdfWriter

from dealer_pos_crm.dealer_cashier.card_payments import starting, subjects
from dealer_pos_crm.dealer_cashier.disputes import case as cases
from dealer_pos_crm.dealer_cashier.disputes import rendering
from dealer_pos_crm.domain.money import Money
from tests.site import cards
from tests.site import factories as f

CARD = "Card Payment"
CASE = "Dispute Case"


# Fixtures: a test file takes those it needs by a line of its own.


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	"""A dealership with an account at the stand-in, which answers meanwhile."""
	f.make_dealership()
	account = cards.gateway_account()
	fake = cards.fake_of(account)
	with cards.use_fake(fake):
		yield SimpleNamespace(
			account=account,
			fake=fake,
			doc=frappe.get_doc("Gateway Account", account),
			accountant=frappe.db.get_value("Gateway Account", account, "responsible"),
		)


@pytest.fixture(autouse=True)
def no_jobs(house, monkeypatch) -> None:
	"""Jobs are asked for by name where a test wants them."""
	monkeypatch.setattr(cases, "_prepare_later", lambda name: None)


@pytest.fixture
def quick(monkeypatch) -> None:
	"""Pages without the cost of setting them, where their looks are not what is tested."""
	blank = PdfWriter()
	blank.add_blank_page(200, 200)
	out = io.BytesIO()
	blank.write(out)
	monkeypatch.setattr(rendering, "_pdf", lambda html: out.getvalue())


# Steps


def paid(house, owed=None, amount: float = 500):
	"""A captured and booked card payment."""
	owed = owed or subjects.free(f.make_customer().name, f.COMPANY, "Work on the car")
	card = starting.start(
		account=house.account,
		channel=starting.ONLINE,
		owed=owed,
		amount=Money(round(amount * 100), "USD"),
		client_key=f.key(),
		success_url="https://dealer.example/ok",
		cancel_url="https://dealer.example/back",
	)
	starting.call(card.name)
	card.reload()
	visit = house.fake.payer.pay(card.session_url)
	assert visit.outcome == "paid"
	cards.deliver(house.fake)
	card.reload()
	assert (card.status, card.booking in ("Booked", "On Account")) == ("Captured", True), card.booking_note
	return card


def for_deposit(house, amount: float = 500):
	"""A deposit paid by card: the card payment, and the deposit's name."""
	deposit = f.make_deposit(amount=amount)
	frappe.db.commit()
	return paid(house, subjects.owed("Deposit", deposit.name), amount), deposit.name


def disputed(house, card, **values):
	"""The provider's dispute of a card payment, told by its messages; and its case."""
	row = house.fake.bank.dispute(card.charge_id, **values)
	said = cards.deliver(house.fake)
	assert {one.outcome for one in said} == {"Done"}, [one.reason for one in said]
	return row["id"], case_of(row["id"])


def case_of(dispute: str):
	return frappe.get_doc(CASE, {"dispute_id": dispute})


def entries(name: str) -> list[tuple[str, float]]:
	"""What the standing entries of a case say, in order: (part, amount)."""
	rows = frappe.get_all(
		"Journal Entry",
		{"dealer_dispute_case": name, "docstatus": 1},
		["dealer_dispute_part", "total_debit"],
		order_by="creation, name",
	)
	return [(row.dealer_dispute_part, flt(row.total_debit, 2)) for row in rows]


def on(house, name: str, field: str) -> float:
	"""What the entries of a case come to on one of the account's ledger accounts."""
	rows = frappe.db.sql(
		"""select sum(g.debit - g.credit) from `tabGL Entry` g join `tabJournal Entry` j on j.name = g.voucher_no
		where g.is_cancelled = 0 and j.dealer_dispute_case = %s and g.account = %s""",
		(name, house.doc.get(field)),
	)
	return flt(rows[0][0], 2)


def steps(name: str) -> list[str]:
	"""What the timeline says of a case, in order."""
	return frappe.get_all(
		"Customer Event",
		{"reference_doctype": CASE, "reference_name": name},
		pluck="event_type",
		order_by="happened_at, name",
	)


def tasks(name: str) -> list[str]:
	filters = {"reference_type": CASE, "reference_name": name, "status": "Open"}
	return frappe.get_all("ToDo", filters, pluck="description")


def accept_terms(house, card, text: str = "The deposit is refundable for seven days.", **values) -> str:
	"""The customer ticked the box on a pay page that this payment belongs to."""
	request = frappe.get_doc(
		{
			"doctype": "Pay Request",
			"customer": card.customer,
			"what": card.what,
			"amount": card.amount,
			"amount_basis": "Fixed",
			"company": card.company,
			"gateway_account": house.account,
			"currency": card.currency,
			"status": "Paid",
			"channel": "Link Only",
			"client_key": f.key(),
			"token_nonce": f.key(),
			"expires_at": now_datetime(),
		}
	)
	request.flags.of_the_house = True
	request.insert(ignore_permissions=True)
	acceptance = frappe.get_doc(
		{
			"doctype": "Terms Acceptance",
			"pay_request": request.name,
			"customer": card.customer,
			"company": card.company,
			"accepted_at": now_datetime(),
			"version": "abc123",
			"address": "203.0.113.7",
			"device": "Mozilla/5.0 (iPhone)",
			"amount": card.amount,
			"currency": card.currency,
			"text": text,
			**values,
		}
	)
	acceptance.flags.of_the_house = True
	acceptance.insert(ignore_permissions=True)
	frappe.db.set_value(CARD, card.name, "pay_request", request.name)
	frappe.db.commit()
	return acceptance.name

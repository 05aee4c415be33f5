"""Several at the same instant: two tabs, two clerks, a customer who pays while the request is taken back."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.installer import update_site_config

from dealer_pos_crm.dealer_cashier.gateway import accounts, outbox
from dealer_pos_crm.dealer_cashier.pay_requests import link, page, request
from tests.site import cards
from tests.site import factories as f
from tests.site.racers import Racers
from tests.stripe_fake import server as http

ROUNDS = 3


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	"""A stand-in for Stripe that other processes reach as well."""
	with http.serve(cards.make_fake()) as server:
		update_site_config(accounts.API_BASE, server.url, validate=False)
		frappe.local.conf[accounts.API_BASE] = server.url
		account = cards.gateway_account(
			fake=server.fake, terms="Paid is paid.", terms_required=1, allow_partial=1
		)
		racers = Racers(site, 2)
		try:
			yield SimpleNamespace(account=account, fake=server.fake, racers=racers)
		finally:
			racers.close()
			update_site_config(accounts.API_BASE, "None", validate=False)
			frappe.local.conf.pop(accounts.API_BASE, None)


def ask(**values):
	invoice = f.make_invoice(f.make_customer(), 300)
	frappe.db.commit()
	made = request.create(
		{"for_doctype": "Sales Invoice", "for_name": invoice.name, "channel": "Link Only", **values}, f.key()
	)
	frappe.db.commit()
	doc = frappe.get_doc("Pay Request", made["name"])
	doc.token = link.token_of(doc)
	doc.version = page.view(doc.token).values["terms_version"]
	frappe.db.rollback()
	return doc


def pages(house: SimpleNamespace, doc) -> list[dict]:
	"""The pages at the provider that were opened for a request."""
	frappe.db.rollback()
	ours = set(frappe.get_all("Card Payment", {"pay_request": doc.name}, pluck="name"))
	return [row for row in house.fake.store.all("checkout.session") if row["metadata"].get("name") in ours]


def start(doc, amount: str = "") -> tuple:
	return ("pay_page_start", doc.token, "300.00", doc.version, amount)


def test_two_tabs_at_the_same_instant_open_one_page(house: SimpleNamespace) -> None:
	for _round in range(ROUNDS):
		doc = ask()
		finishes = house.racers.run(start(doc), start(doc))
		assert all(finish.won for finish in finishes), finishes
		states = {finish.result["state"] for finish in finishes}
		assert "go" in states and states <= {"go", "down"}, "who is too early is asked to try again"
		assert len(pages(house, doc)) == 1
		assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 1
		assert frappe.db.count("Terms Acceptance", {"pay_request": doc.name}) == 1


def test_two_tabs_with_two_amounts_leave_one_page_open(house: SimpleNamespace) -> None:
	for _round in range(ROUNDS):
		doc = ask()
		finishes = house.racers.run(start(doc, "100"), start(doc, "200"))
		assert all(finish.won for finish in finishes), finishes
		handed_out = {finish.result.get("url") for finish in finishes} - {None}
		still_open = [row for row in pages(house, doc) if row["status"] == "open"]
		assert len({row["url"] for row in still_open} & handed_out) <= 1, "nobody pays twice from two tabs"


def test_taken_back_at_the_instant_somebody_goes_to_pay(house: SimpleNamespace) -> None:
	for _round in range(ROUNDS):
		doc = ask()
		finishes = house.racers.run(start(doc), ("cancel_pay_request", doc.name))
		assert all(finish.won for finish in finishes), finishes
		for attempt in frappe.get_all(
			"Payment Attempt", {"operation": "Expire Checkout Session", "status": "Sending"}, pluck="name"
		):
			outbox.run(attempt, quiet=True)  # as its job does
		doc.reload()
		assert doc.status == "Cancelled"
		gone = finishes[0].result["state"]
		assert gone in ("go", "cancelled", "down")
		if gone == "go" and [row for row in pages(house, doc) if row["status"] == "open"]:
			pytest.fail("a page stays open that nobody would wait for")


def test_two_clerks_ask_for_the_same_money_once(house: SimpleNamespace) -> None:
	for _round in range(ROUNDS):
		invoice = f.make_invoice(f.make_customer(), 300)
		frappe.db.commit()
		values = {"for_doctype": "Sales Invoice", "for_name": invoice.name, "channel": "Link Only"}
		finishes = house.racers.run(("ask_to_pay", values, f.key()), ("ask_to_pay", values, f.key()))
		assert [finish.won for finish in finishes].count(True) == 1, finishes
		(loser,) = (finish for finish in finishes if not finish.won)
		assert "asks for this already" in loser.error or "Try again" in loser.error
		frappe.db.rollback()
		assert frappe.db.count("Pay Request", {"for_name": invoice.name}) == 1


def test_the_same_click_twice_at_the_same_instant_is_one_request(house: SimpleNamespace) -> None:
	for _round in range(ROUNDS):
		invoice = f.make_invoice(f.make_customer(), 300)
		frappe.db.commit()
		values = {"for_doctype": "Sales Invoice", "for_name": invoice.name, "channel": "Link Only"}
		key = f.key()
		finishes = house.racers.run(("ask_to_pay", values, key), ("ask_to_pay", values, key))
		assert all(finish.won for finish in finishes), finishes
		assert len({finish.result["name"] for finish in finishes}) == 1

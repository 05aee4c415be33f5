"""A card at the counter: the dialog from the first click to the receipt, and what it says on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import counter_house as screen
from tests.browser import steps
from tests.browser.card_house import open_house
from tests.browser.conftest import Console, screenshot
from tests.site import counter_house, factories
from tests.site import counters as c

Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def counter(site: str) -> Iterator[SimpleNamespace]:
	"""A house that takes cards, with two readers."""
	with open_house() as house:
		c.make_address()
		house.one, house.two = (
			c.registered(house.account, title) for title in ("Service Counter", "Showroom Desk")
		)
		yield house
		frappe.db.set_value("Card Reader", {"gateway_account": house.account}, "enabled", 0)
		frappe.db.commit()


def take_card(page: Page) -> None:
	page.get_by_role("button", name="Take Card").click()


def state(page: Page, phase: str):
	shown = page.locator(f".dlr-reader:visible [data-phase='{phase}']")
	expect(shown).to_be_visible(timeout=15_000)
	return shown


def button(page: Page, label: str):
	return page.locator(".dlr-reader:visible .modal-footer").get_by_role("button", name=label, exact=True)


def test_a_declined_card_then_a_good_one_pays_the_invoice(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	invoice = factories.make_invoice(factories.make_customer("Ann Buyer"), 389.2)
	frappe.db.commit()
	page = steps.form(desk, "Sales Invoice", invoice.name, steps.cashier())
	take_card(page)
	shown = page.locator(".dlr-reader:visible")
	expect(shown).to_contain_text("TEST MODE")
	expect(shown).to_contain_text("389.20 is open")
	shown.get_by_label("Reader").select_option(counter.one.name)
	shown.get_by_label(re.compile("Amount")).fill("400")
	expect(shown).to_contain_text("take the rest in another way")
	expect(button(page, "Take $ 400.00")).to_be_disabled()
	shown.get_by_label(re.compile("Amount")).fill("389.20")
	expect(button(page, "Take $ 389.20")).to_be_enabled()
	screenshot(page, "card-1-choose")
	button(page, "Take $ 389.20").click()
	state(page, "On Reader")
	screenshot(page, "card-2-on-reader")
	c.present(counter, "0002")
	expect(state(page, "Declined")).to_contain_text("declined")
	screenshot(page, "card-3-declined")
	button(page, "Try Another Card").click()
	state(page, "On Reader")
	c.present(counter, "4444")
	expect(state(page, "Paid")).to_contain_text("Mastercard •••• 4444")
	screenshot(page, "card-4-paid")
	button(page, "Done").click()
	expect(page.locator(".indicator-pill:visible", has_text="Paid").first).to_be_visible()
	console.assert_clean()
	frappe.db.rollback()
	paid = frappe.get_all("Card Payment", {"for_name": invoice.name}, ["booking", "captured_amount"])
	assert [(row.booking, row.captured_amount) for row in paid] == [("Booked", 389.2)]


def test_a_reload_in_the_middle_finds_the_payment_again(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	deposit = steps.draft()
	page = steps.form(desk, "Deposit", deposit.name, steps.cashier())
	take_card(page)
	page.locator(".dlr-reader:visible").get_by_label("Reader").select_option(counter.two.name)
	button(page, "Take $ 500.00").click()
	state(page, "On Reader")
	page.reload()
	steps.shown(page, "Deposit", deposit.name)
	take_card(page)
	state(page, "On Reader")
	c.present(counter, reader=counter.two)
	state(page, "Paid")
	expect(button(page, "Print Receipt")).to_be_visible()
	button(page, "Done").click()
	expect(page.locator(".dlr-answer .dlr-number")).to_have_text("$ 500.00")
	console.assert_clean()


def test_cancelled_and_an_unplugged_reader(desk: Desk, console: Console, counter: SimpleNamespace) -> None:
	invoice = factories.make_invoice(factories.make_customer(), 75)
	frappe.db.commit()
	page = steps.form(desk, "Sales Invoice", invoice.name, steps.cashier())
	take_card(page)
	page.locator(".dlr-reader:visible").get_by_label("Reader").select_option(counter.one.name)
	button(page, "Take $ 75.00").click()
	state(page, "On Reader")
	button(page, "Cancel Payment").click()
	expect(state(page, "Cancelled")).to_contain_text("Nothing was charged")
	screenshot(page, "card-5-cancelled")
	counter.fake.reader.unplug(counter.one.reader_id)
	try:
		button(page, "Begin Again").click()
		button(page, "Take $ 75.00").click()
		expect(state(page, "Reader Offline")).to_contain_text("power")
		screenshot(page, "card-6-offline")
		button(page, "Other Reader").click()
		steps.primary(steps.dialog(page, "Other Reader")).click()
		state(page, "On Reader")
	finally:
		counter.fake.reader.plug_in(counter.one.reader_id)
	c.present(counter, reader=counter.two)
	state(page, "Paid")
	console.assert_clean()


def test_a_hold_is_placed_and_taken_in_part(desk: Desk, console: Console, counter: SimpleNamespace) -> None:
	invoice = factories.make_invoice(factories.make_customer(), 60)
	frappe.db.commit()
	page = steps.form(desk, "Sales Invoice", invoice.name, steps.cashier())
	page.evaluate("() => void dealer.card.holds.hold({doctype: 'Sales Invoice', name: cur_frm.doc.name})")
	shown = page.locator(".dlr-reader:visible")
	shown.get_by_label(re.compile("Amount")).fill("60")
	shown.get_by_label("Reader").select_option(counter.one.name)
	screenshot(page, "card-7-hold")
	button(page, "Hold $ 60.00").click()
	state(page, "On Reader")
	c.present(counter)
	expect(state(page, "Held")).to_contain_text("The hold ends")
	screenshot(page, "card-8-held")
	button(page, "Done").click()
	frappe.db.rollback()
	name = frappe.db.get_value("Card Payment", {"for_name": invoice.name})
	page.goto(steps.route("Card Payment", name))
	steps.shown(page, "Card Payment", name)
	page.get_by_role("button", name="Capture").click()
	asked = steps.dialog(page, "Capture")
	steps.field(asked, "amount").fill("45")
	expect(asked).to_contain_text("15.00 is released")
	screenshot(page, "card-9-capture")
	steps.primary(asked).click()
	expect(page.locator(".desk-alert")).to_contain_text("45.00 charged")
	screenshot(page, "card-10-captured")
	console.assert_clean()


def test_the_point_of_sale_takes_a_card_for_an_open_invoice(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	customer = factories.make_customer()
	invoice = factories.make_invoice(customer, 42)
	cashier = counter_house.cashier(factories.unique("card.cashier").replace(" ", "."))
	counter_house.set_up()
	counter_house.open_shift(cashier)
	page = desk("point-of-sale", cashier, steps.PASSWORD)
	screen.ready(page)
	page.evaluate("name => dealer.counter.pos.choose(name)", customer.name)
	screen.shown(page, customer.customer_name)
	page.locator(".page-head:visible .menu-btn-group button").click()
	page.locator(".menu-btn-group .dropdown-item:visible", has_text="Card Payment").click()
	asked = steps.dialog(page, "Card Payment of")
	expect(steps.field(asked, "subject")).to_contain_text(invoice.name)
	screenshot(page, "card-11-pos")
	steps.primary(asked).click()
	page.locator(".dlr-reader:visible").get_by_label("Reader").select_option(counter.two.name)
	button(page, "Take $ 42.00").click()
	state(page, "On Reader")
	c.present(counter, reader=counter.two)
	state(page, "Paid")
	button(page, "Done").click()
	console.assert_clean()
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 0

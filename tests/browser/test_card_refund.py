"""Money goes back to its card: the dialogs say where to, a cashier asks and a manager decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Browser, Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.card_house import open_house
from tests.browser.conftest import Console, screenshot
from tests.site import factories
from tests.site import refund_house as h

Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	with open_house() as found, h.limit_of_one_person():
		yield found


def manager() -> str:
	return steps.person(roles.MANAGER, "browser.refunds.manager")


def test_the_refund_of_a_deposit_says_where_the_money_goes(
	desk: Desk, console: Console, house: SimpleNamespace
) -> None:
	deposit, card = h.pay_deposit(house.account, house.fake, 500)
	page = steps.form(desk, "Deposit", deposit.name, manager())
	steps.in_menu(page, "Actions", "Refund")
	shown = steps.dialog(page, "Refund")
	steps.field(shown, "reason").fill("Found a cheaper one")
	expect(shown).to_contain_text("goes back to Visa ending 4242, and is there in 5 to 10 business days")
	screenshot(page, "refund-deposit")
	steps.field(shown, "mode_of_payment").select_option("Cash")
	expect(shown).to_contain_text("as Cash, not to Visa ending 4242")
	expect(shown).not_to_contain_text("TEST MODE")
	steps.field(shown, "mode_of_payment").select_option("")
	expect(shown).to_contain_text("TEST MODE")
	steps.primary(shown).click()
	expect(page.locator(".alert-message", has_text="on its way to Visa ending 4242")).to_be_visible()
	expect(page.locator(".dlr-answer .dlr-label").first).to_have_text("Refunded")
	console.assert_clean()
	frappe.db.rollback()
	(row,) = h.refunds_of(card)
	assert (row.status, house.fake.object(row.refund_id)["amount"]) == ("Refunded", 50_000)
	page.goto(steps.route("Card Refund", row.name))
	steps.shown(page, "Card Refund", row.name)
	expect(page.locator(".dlr-overview")).to_contain_text("Visa ending 4242")
	expect(page.locator(".dlr-overview")).to_contain_text("5 to 10 business days")
	screenshot(page, "refund-form")
	console.assert_clean()


def test_a_cashier_asks_and_a_manager_sends_it(
	desk: Desk,
	browser: Browser,
	base_url: str,
	login: Callable[..., None],
	console: Console,
	house: SimpleNamespace,
) -> None:
	customer = factories.make_customer("Pat Payer")
	frappe.db.commit()
	card = h.pay(house.account, amount=120, fake=house.fake, customer=customer.name)
	page = steps.form(desk, "Card Payment", card.name, steps.cashier())
	steps.button(page, "Refund").click()
	shown = steps.dialog(page, "Refund to Visa ending 4242")
	expect(shown).to_contain_text("TEST MODE")
	steps.field(shown, "amount").fill("120.01")
	expect(shown).to_contain_text("is more than can go back here")
	expect(steps.primary(shown)).to_be_disabled()
	steps.field(shown, "amount").fill("45.50")
	steps.field(shown, "reason").fill("Charged for two filters, one was fitted")
	expect(shown).to_contain_text("A manager is asked first")
	screenshot(page, "refund-ask")
	steps.primary(shown).click()
	expect(page.locator(".alert-message", has_text="A manager was asked")).to_be_visible()
	frappe.db.rollback()
	(row,) = h.refunds_of(card)
	assert (row.status, row.amount) == ("Requested", 45.5)

	with steps.another_window(browser, base_url, console) as other:
		login(other, manager(), steps.PASSWORD)
		other.goto(steps.route("Card Refund", row.name))
		steps.shown(other, "Card Refund", row.name)
		expect(other.locator(".dlr-overview")).to_contain_text("Waits for another person")
		screenshot(other, "refund-decide")
		steps.button(other, "Approve").click()
		steps.primary(steps.dialog(other, "Approve Refund")).click()
		expect(other.locator(".alert-message", has_text="on its way to Visa ending 4242")).to_be_visible()
		screenshot(other, "refund-sent")
	frappe.db.rollback()
	row.reload()
	assert row.status == "Refunded"
	h.check_books(card, house.fake)
	console.assert_clean()


def test_money_that_paid_an_invoice_shows_the_way_out(
	desk: Desk, console: Console, house: SimpleNamespace
) -> None:
	invoice = factories.make_invoice(factories.make_customer("Ann Buyer"), 389.2)
	frappe.db.commit()
	card = h.pay(house.account, "Sales Invoice", invoice.name, amount=389.2, fake=house.fake)
	page = steps.form(desk, "Sales Invoice", invoice.name, manager())
	page.get_by_role("button", name="Refund to Card").click()
	shown = steps.dialog(page, "Nothing Can Go Back Yet")
	expect(shown).to_contain_text("Make a credit note for it first")
	screenshot(page, "refund-used")
	shown.get_by_role("button", name=f"Reopen {invoice.name}").click()
	reopen = steps.dialog(page, f"Reopen {invoice.name}")
	steps.field(reopen, "reason").fill("Pays by check instead")
	steps.primary(reopen).click()
	back = steps.dialog(page, "Refund to Visa ending 4242")
	steps.field(back, "reason").fill("Pays by check instead")
	screenshot(page, "refund-reopened")
	steps.primary(back).click()
	expect(page.locator(".alert-message", has_text="on its way to Visa ending 4242")).to_be_visible()
	console.assert_clean()
	frappe.db.rollback()
	h.check_books(card, house.fake)
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 389.2

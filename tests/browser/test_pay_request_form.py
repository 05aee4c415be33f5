"""Asking for money at the desk: one dialog from the document, the request's form and its list."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from dealer_pos_crm.dealer_cashier.pay_requests import request
from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import cards
from tests.site import factories as f

Desk = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def account(site: str) -> Iterator[str]:
	steps.dealership()
	name = cards.gateway_account(terms="A payment is given back as the law says.", terms_required=1)
	frappe.clear_cache()
	yield name


def salesperson() -> str:
	return steps.person(roles.SALESPERSON, "browser.salesperson")


def field(dialog: Locator, name: str) -> Locator:
	return dialog.locator(f"[data-fieldname={name}] input")


def enter(dialog: Locator, name: str, text: str) -> None:
	field(dialog, name).fill(text)
	field(dialog, name).press("Tab")


def channel(dialog: Locator, label: str) -> None:
	dialog.locator("[data-fieldname=channel] select").select_option(label=label)


def test_a_salesperson_asks_for_a_deposit_and_hands_the_link_over(desk: Desk, console: Console) -> None:
	deposit = steps.draft(customer=f.make_customer("Pat Payer"))
	page = steps.form(desk, "Deposit", deposit.name, salesperson())
	console.assert_clean()
	page.get_by_role("button", name="Send Pay Request").click()
	dialog = page.locator(".dlr-ask:visible")
	expect(dialog.get_by_text("Test mode")).to_be_visible()
	expect(dialog.get_by_text("You get a link for")).to_be_visible()
	screenshot(page, "request-1-dialog")
	channel(dialog, "Text Message")
	field(dialog, "phone").fill("+1 555 010 2233")
	expect(dialog.get_by_text("cannot send text messages")).to_be_visible()
	expect(dialog.get_by_role("button", name="Send", exact=True)).to_be_disabled()
	screenshot(page, "request-2-no-text")
	channel(dialog, "Link Only")
	dialog.get_by_role("button", name="Send", exact=True).click()
	expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
	page.wait_for_timeout(400)
	screenshot(page, "request-3-link")
	page.get_by_role("button", name="Done").click()
	expect(page.locator(".dlr-pay-open")).to_contain_text("Pay request")
	page.wait_for_timeout(400)
	screenshot(page, "request-4-deposit")
	console.assert_clean()


def test_the_form_says_where_it_stands_and_ends_it(desk: Desk, console: Console) -> None:
	deposit = steps.draft(customer=f.make_customer("Pat Payer", email_id="pat@customers.example"))
	made = request.create(
		{"for_doctype": "Deposit", "for_name": deposit.name, "channel": "Link Only"}, f.key()
	)
	frappe.db.commit()
	page = steps.form(desk, "Pay Request", made["name"], salesperson())
	expect(page.get_by_text("To be paid")).to_be_visible()
	expect(page.get_by_role("button", name="Copy Link")).to_be_visible()
	screenshot(page, "request-5-form")
	page.get_by_role("button", name="Cancel Request").click()
	dialog = page.locator(".dlr-ask:visible")
	dialog.locator("[data-fieldname=reason] textarea").fill("The car was sold at the counter")
	dialog.get_by_role("button", name="Cancel Request").click()
	expect(page.get_by_text("The car was sold at the counter").first).to_be_visible()
	page.wait_for_timeout(500)
	screenshot(page, "request-6-cancelled")
	page.goto("/app/pay-request")
	expect(page.locator(".list-row").first).to_be_visible()
	page.get_by_role("button", name="Ask for a Payment").click()
	expect(page.locator(".dlr-ask:visible")).to_be_visible()
	page.wait_for_timeout(400)
	screenshot(page, "request-7-list")
	console.assert_clean()


def test_a_free_amount_from_the_customers_form(desk: Desk, console: Console) -> None:
	customer = f.make_customer("Pat Payer", email_id="pat@customers.example")
	frappe.db.commit()
	page = steps.form(desk, "Customer", customer.name, salesperson())
	page.get_by_role("button", name="Send Pay Request").click()
	dialog = page.locator(".dlr-ask:visible")
	field(dialog, "what").fill("Roof rack")
	enter(dialog, "amount", "80")
	channel(dialog, "Link Only")
	dialog.get_by_role("button", name="Send", exact=True).click()
	expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
	page.get_by_role("button", name="Done").click()
	page.get_by_role("tab", name="Dealership").click()
	expect(page.get_by_role("region", name="Open pay requests")).to_contain_text("Roof rack")
	page.wait_for_timeout(500)
	screenshot(page, "request-8-customer")
	console.assert_clean()
	frappe.db.rollback()
	assert frappe.db.get_value("Pay Request", {"customer": customer.name}, ["amount", "status"]) == (
		80,
		"Sent",
	)

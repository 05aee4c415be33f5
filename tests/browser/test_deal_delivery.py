"""F&I delivers a car, sends its contract and books the lender's money; a manager unwinds a deal."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import delivery as d
from tests.site import showroom as s

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	company = d.set_up()
	steps.person(roles.FNI, "floor.fni")
	steps.person(roles.SALES_MANAGER, "floor.manager")
	return company


def deal_form(desk: Desk, deal, user: str) -> Page:
	page = steps.form(desk, "Deal Jacket", deal.name, user)
	expect(page.locator(".dlr-path")).to_be_visible()
	return page


def contract_tab(page: Page) -> None:
	page.get_by_role("tab", name="Contract").click()
	expect(page.locator(".dlr-delivery")).to_be_visible()


def fresh(deal):
	frappe.db.rollback()
	return frappe.get_doc("Deal Jacket", deal.name)


def test_a_deal_is_delivered_sent_and_funded(desk: Desk, console: Console) -> None:
	deal = d.contracted(
		"Finance", price=30_000, deposits=[500], trades=[{"worth": 9000, "allowance": 10_000, "payoff": 6000}]
	)
	page = deal_form(desk, deal, s.fni())
	contract_tab(page)
	expect(page.locator(".dlr-delivery")).to_contain_text("Ready to deliver")
	screenshot(page, "deal_ready_to_deliver")

	steps.button(page, "Deliver").click()
	shown = steps.dialog(page, "Deliver")
	mileage = steps.field(shown, "mileage")
	mileage.fill("14")
	mileage.blur()
	expect(shown).to_contain_text("An invoice over")
	expect(shown).to_contain_text("25,500.00 is moved to First Auto Bank")
	screenshot(page, "deal_deliver_dialog")
	steps.primary(shown).click()
	expect(shown).to_be_hidden(timeout=30_000)
	expect(page.locator(".dlr-path .dlr-path-here")).to_have_text("Delivered")
	delivered = fresh(deal)
	assert (delivered.stage, delivered.mileage_out, delivered.balance) == ("Delivered", 14, 0)
	contract_tab(page)
	expect(page.locator(".dlr-delivery")).to_contain_text("Not Sent")
	screenshot(page, "deal_delivered")

	steps.button(page, "Send to Lender").click()
	shown = steps.dialog(page, "Send to First Auto Bank")
	screenshot(page, "deal_send_dialog")
	steps.primary(shown).click()
	expect(shown).to_be_hidden(timeout=30_000)
	contract_tab(page)
	expect(page.locator(".dlr-delivery")).to_contain_text("Sent")

	steps.button(page, "Funded").click()
	shown = steps.dialog(page, "First Auto Bank Paid")
	expect(shown).to_contain_text("Then the contract is paid in full.")
	screenshot(page, "deal_fund_dialog")
	steps.primary(shown).click()
	expect(shown).to_be_hidden(timeout=30_000)
	expect(page.locator(".dlr-path .dlr-path-here")).to_have_text("Funded")
	assert fresh(deal).funding_status == "Funded"
	console.assert_clean()


def test_what_is_missing_is_listed_and_a_manager_unwinds(desk: Desk, console: Console) -> None:
	deal = d.contracted(deposits=[20_000], checks=False)
	page = deal_form(desk, deal, s.sales_manager())
	contract_tab(page)
	expect(page.locator(".dlr-delivery")).to_contain_text("OFAC")
	steps.button(page, "Deliver").click()
	shown = steps.dialog(page, "Not Ready to Deliver")
	expect(shown).to_contain_text("OFAC")
	screenshot(page, "deal_not_ready")

	s.make_checks(deal)
	d.hand_over(deal)
	page.reload()
	expect(page.locator(".dlr-path .dlr-path-here")).to_have_text("Funded")
	steps.in_menu(page, "Money", "Unwind…")
	shown = steps.dialog(page, f"Unwind {deal.name}")
	expect(shown).to_contain_text("is credited in full")
	steps.field(shown, "reason").fill("The buyer's job fell through")
	steps.field(shown, "reason").blur()
	screenshot(page, "deal_unwind_dialog")
	steps.primary(shown).click()
	expect(shown).to_be_hidden(timeout=30_000)
	expect(page.locator(".dlr-path-lost").first).to_be_visible()
	assert fresh(deal).unwind_reason == "The buyer's job fell through"
	contract_tab(page)
	screenshot(page, "deal_unwound")
	console.assert_clean()

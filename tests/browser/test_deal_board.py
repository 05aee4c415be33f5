"""The deal board as a salesperson uses it: a drag past a gate is refused on the card, which goes back."""

from __future__ import annotations

import re
from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories as f
from tests.site import showroom as s

Desk = Callable[..., Page]
SLOW = 30_000  # ms: a form's first drawing, money on its way back


@pytest.fixture(autouse=True)
def emptied(site: str) -> None:
	"""A pipeline with nothing in it but what a test puts there."""
	s.set_up_showroom()
	frappe.db.sql("update `tabDeal Jacket` set stage = 'Lost', open_vehicle = null where stage != 'Lost'")
	frappe.db.commit()


def board(desk: Desk, query: str = "", user: str | None = None) -> Page:
	page = desk(f"deal-board{query}", user or s.salesperson(), steps.PASSWORD)
	expect(page.locator(".dlr-board-foot").or_(page.locator(".dlr-board > .dlr-note")).first).to_be_visible(
		timeout=SLOW
	)
	return page


def column(page: Page, stage: str) -> Locator:
	return page.locator(f".dlr-lane[data-lane='{stage}']")


def card(page: Page, deal) -> Locator:
	return page.locator(f".dlr-car[data-name='{deal.name}']")


def stage_of(deal) -> str:
	frappe.db.rollback()
	return frappe.db.get_value("Deal Jacket", deal.name, "stage")


def test_a_drag_past_a_gate_is_refused_on_the_card(desk: Desk, page: Page, console: Console) -> None:
	deal = s.make_deal(deal_type="Finance")
	board(desk)
	page.set_viewport_size({"width": 1900, "height": 900})  # both columns in sight
	card(page, deal).drag_to(column(page, "F&I"))
	expect(card(page, deal).get_by_role("alert")).to_contain_text("Make a scenario on the worksheet")
	expect(column(page, "New").locator(f"[data-name='{deal.name}']")).to_be_visible()
	expect(column(page, "F&I").locator(".dlr-car")).to_have_count(0)
	assert stage_of(deal) == "New"
	screenshot(page, "deal-board-refused")
	card(page, deal).get_by_role("button", name="Close").click()
	expect(card(page, deal).get_by_role("alert")).to_have_count(0)
	card(page, deal).drag_to(column(page, "Visit"))
	expect(column(page, "Visit").locator(f"[data-name='{deal.name}']")).to_be_visible()
	expect(column(page, "Visit").locator(".dlr-lane-count")).to_have_text("1")
	expect(card(page, deal)).not_to_have_class(re.compile("busy"), timeout=SLOW)
	assert stage_of(deal) == "Visit"
	steps.without_refusal(console, "DealerRefusal").assert_clean()


def test_by_key_with_filters_in_the_address(desk: Desk, page: Page, console: Console) -> None:
	mine, other = s.make_deal(), s.make_deal(salesperson=s.second_salesperson())
	board(desk)
	expect(page.locator(".dlr-car")).to_have_count(2)
	page.get_by_role("button", name=re.compile("mine")).click()
	expect(page.locator(".dlr-car")).to_have_count(1)
	expect(page).to_have_url(re.compile("only=mine"))
	page.reload()
	expect(card(page, mine)).to_be_visible()
	expect(card(page, other)).to_have_count(0)
	card(page, mine).focus()
	page.keyboard.press("m")
	card(page, mine).get_by_role("menuitem", name="Contacted", exact=True).click()
	expect(column(page, "Contacted").locator(f"[data-name='{mine.name}']")).to_be_focused()
	expect(card(page, mine)).not_to_have_class(re.compile("busy"))
	assert stage_of(mine) == "Contacted"
	page.keyboard.press("Enter")
	expect(page).to_have_url(re.compile(mine.name))
	expect(page.locator(".dlr-path-here")).to_have_text("Contacted", timeout=SLOW)
	console.assert_clean()


def test_a_lost_deal_says_why_and_what_becomes_of_the_deposit(
	desk: Desk, page: Page, console: Console
) -> None:
	deal = s.make_deal()
	deposit = f.take_new(
		frappe.get_doc("Customer", deal.customer), frappe.get_doc("Dealer Vehicle", deal.vehicle)
	)
	board(desk, user=s.sales_manager())
	expect(card(page, deal)).to_contain_text("held $ 500.00")
	card(page, deal).focus()
	page.keyboard.press("m")
	card(page, deal).get_by_role("menuitem", name="Lost…").click()
	dialog = page.get_by_role("dialog")
	button = dialog.get_by_role("button", name="Deal Lost", exact=True)
	dialog.locator("select[data-fieldname=reason]").select_option("Price")
	expect(button).to_be_disabled()
	expect(dialog).to_contain_text(f"What becomes of deposit {deposit.name}?")
	dialog.locator("select[data-fieldname=do_0]").select_option("Refund")
	expect(button).to_be_enabled()
	screenshot(page, "deal-lost")
	button.click()
	expect(card(page, deal)).to_have_count(0, timeout=SLOW)
	assert stage_of(deal) == "Lost"
	assert frappe.db.get_value("Deposit", deposit.name, "status") == "Refunded"
	console.assert_clean()


def test_the_managers_board_leads_to_what_waits(desk: Desk, page: Page, console: Console) -> None:
	deal = s.make_deal(expected_delivery=frappe.utils.nowdate())
	desk("sales-manager-board", s.sales_manager(), steps.PASSWORD)
	tile = page.locator("[data-tile=delivery]")
	expect(tile).to_contain_text("To deliver today")
	screenshot(page, "sales-manager-board")
	tile.get_by_role("link", name=deal.customer_name).click()
	expect(page).to_have_url(re.compile(deal.name))
	console.assert_clean()

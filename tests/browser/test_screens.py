"""Every list of ours and the workspace open for the people who use them, and complain of nothing."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import lane

Desk = Callable[..., Page]
LISTS = (
	"Deposit",
	"Deposit Action",
	"Dealer Vehicle",
	"Dealer Vehicle Waitlist",
	"Follow Up",
	"Follow Up Rule",
)


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


@pytest.mark.parametrize("who", [steps.cashier, steps.manager], ids=["cashier", "manager"])
def test_the_workspace_and_the_lists(desk: Desk, console: Console, who: Callable[[], str]) -> None:
	steps.taken(amount=700)
	page = desk("dealership", who(), steps.PASSWORD)
	cards = page.locator(".number-widget-box")
	expect(cards).to_have_count(5)
	expect(cards.filter(has_text="Money Held in Deposits").locator(".number")).to_contain_text("$ ")
	expect(page.locator(".shortcut-widget-box")).to_have_count(5)
	expect(page.locator(".shortcut-widget-box", has_text="Held Deposits")).to_contain_text("Held")
	screenshot(page, f"workspace-{who.__name__}")
	for doctype in LISTS:
		page.evaluate("doctype => frappe.set_route('List', doctype)", doctype)
		page.wait_for_function(
			"doctype => window.cur_list?.doctype === doctype && cur_list.data !== undefined", arg=doctype
		)
		steps.settled(page)
		expect(page.locator(".page-container:visible .page-title")).to_contain_text(doctype)
	console.assert_clean()


@pytest.mark.parametrize("who", [lane.advisor, lane.technician], ids=["advisor", "technician"])
def test_the_workspace_of_the_lane(desk: Desk, console: Console, who: Callable[[], str]) -> None:
	lane.set_up_lane()
	user = who()
	lane.make_order(approved=True)
	page = desk("service-lane", user, steps.PASSWORD)
	cards = page.locator(".number-widget-box")
	expect(cards).to_have_count(4)
	expect(cards.filter(has_text="Cars in the Lane").locator(".number")).to_contain_text(re.compile("[1-9]"))
	expect(page.locator(".shortcut-widget-box", has_text="Open Repair Orders")).to_contain_text("Open")
	screenshot(page, f"workspace-lane-{who.__name__}")
	page.locator(".shortcut-widget-box", has_text="Lane Board").click()
	expect(page.locator(".dlr-board-foot")).to_be_visible()
	console.assert_clean()

"""A cashier closes the shift by keyboard alone; a manager agrees on the spot and sees it on the Counters page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import counter_house as screen
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import counter_house, shift_house

Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def counter(site: str) -> Iterator[SimpleNamespace]:
	with screen.open_counter() as found:
		shift_house.set_up()
		counter_house.profile(dealer_blind_count=1)
		frappe.db.commit()
		yield found
		counter_house.profile(dealer_blind_count=0)
		frappe.db.commit()


def test_a_shift_is_closed_by_keyboard(desk: Desk, console: Console, counter: SimpleNamespace) -> None:
	counter_house.sell(shift_house.f.make_customer(), 40, user=counter.cashier)
	shift_house.pay(25, "Check", user=counter.cashier)
	page = screen.at_counter(desk, counter.cashier)
	page.keyboard.press("F10")
	dialog = page.locator(".dlr-shift-dialog:visible")
	first = dialog.get_by_label("Pieces of $ 100.00")
	expect(first).to_be_focused()
	# Blind: nothing tells what should be there.
	expect(dialog).not_to_contain_text("should be")
	page.keyboard.type("1")
	for _row in range(3):  # 100, 50, 20, 10
		page.keyboard.press("Enter")
	page.keyboard.type("3")
	expect(dialog.locator("[data-cash]")).to_have_text("$ 130.00")
	screenshot(page, "shift-count")

	page.reload()
	screen.ready(page)
	page.keyboard.press("F10")
	expect(dialog.locator("[data-cash]")).to_have_text("$ 130.00")
	dialog.get_by_label("Check: counted", exact=True).focus()
	page.keyboard.type("25")
	page.keyboard.press("Tab")
	page.keyboard.type("1")
	page.keyboard.press("Control+Enter")
	row = dialog.locator("tr[data-mode='Cash']")
	expect(row).to_contain_text("$ 10.00 short")
	close = dialog.get_by_role("button", name="Close Shift", exact=True)
	expect(close).to_be_disabled()
	expect(dialog.get_by_label("Reason")).to_be_focused()
	page.keyboard.press("W")
	page.keyboard.press("Tab")
	page.keyboard.type("Ten too much handed back")
	expect(close).to_be_enabled()
	screenshot(page, "shift-result")
	page.keyboard.press("Control+Enter")
	expect(dialog).to_contain_text("Shift Closed", timeout=30_000)
	screenshot(page, "shift-closed")
	frappe.db.rollback()
	count = frappe.get_doc("Shift Count", {"shift": counter.shift.name})
	assert count.status == "Closed" and count.difference == -10 and count.booking == "Booked"
	assert [(line.denomination, line.pieces) for line in count.cash] == [(100, 1), (10, 3)]
	assert count.blind and count.modes[0].counted_amount == 130
	assert frappe.db.get_value("POS Closing Entry", count.closing_entry, "status") == "Submitted"
	dialog.get_by_role("button", name="Done").click()
	page.wait_for_load_state()
	console.assert_clean()


def test_the_manager_sees_every_counter(desk: Desk, console: Console, counter: SimpleNamespace) -> None:
	shift = counter_house.open_shift(counter.cashier, cash=80)
	counter_house.sell(shift_house.f.make_customer(), 12, user=counter.cashier)
	page = desk("counters", counter_house.manager(), steps.PASSWORD)
	card = page.locator(f".dlr-counters .dlr-card[data-name='{shift.name}']")
	expect(card).to_contain_text("$ 92.00")
	expect(card).to_contain_text("1 sale")
	last = page.locator(".dlr-counters-last")
	expect(last).to_contain_text("$ 10.00 short")
	expect(last).to_contain_text("Ten too much handed back")
	page.set_viewport_size({"width": 1024, "height": 768})
	assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
	screenshot(page, "counters")
	console.assert_clean()

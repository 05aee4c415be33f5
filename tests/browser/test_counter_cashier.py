"""A real cashier, with that role alone: their shift, their first sale, its receipt and the copy of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import frappe
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import counter_house, steps
from tests.browser.conftest import Console
from tests.site import counter_house as counter
from tests.site import factories as f


def test_a_cashier_opens_a_shift_sells_and_prints(desk: Callable[..., Page], console: Console):
	counter.set_up()
	part = counter_house.part()
	customer = f.make_customer(f.unique("Walk In"))
	profile = counter.profile("First Day", customer=customer.name)
	user = f.make_user(roles.CASHIER)  # who never had a shift
	frappe.db.commit()
	try:
		page = desk("point-of-sale", user, steps.PASSWORD)
		counter_house.open_shift(page, profile)
		counter_house.add_item(page, part)
		name = counter_house.pay(page)
		_print_twice(page, name, frappe.utils.get_fullname(user))
		console.assert_clean()
	finally:
		counter.end_shifts_of(user)


def _print_twice(page: Page, name: str, who: str) -> None:
	"""ERPNext's own button gives the original, the page of receipts a copy."""
	page.locator(".past-order-summary .print-btn:visible").click()
	original = page.frame_locator(".dlr-print-frame").first
	expect(original.locator(".dealer-roll")).to_contain_text(name)
	expect(original.locator(".dp-copy")).to_have_count(0)

	page.keyboard.press("F7")
	page.wait_for_url(re.compile("counter-receipts"))
	search = page.get_by_role("searchbox")
	search.fill(name)
	row = page.locator(".dlr-receipt")
	expect(row).to_have_count(1)
	expect(row).to_contain_text("printed")
	search.press("ArrowDown")
	page.keyboard.press("p")
	expect(row).to_contain_text("printed 2 times")
	copy = page.frame_locator(".dlr-print-frame").last
	expect(copy.locator(".dp-copy")).to_contain_text(re.compile(rf"Copy no\. 1 · .* · {re.escape(who)}"))
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

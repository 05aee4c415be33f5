"""A dealership's counter in a browser: the cashier's shift is open, ERPNext's point of sale is on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import frappe
from frappe.utils import flt
from playwright.sync_api import Locator, Page, expect

from tests.browser import steps
from tests.site import counter_house
from tests.site import factories as f

PART = "Wiper Blade"
PRICE = 24.0
SLOW = 20_000  # ms: the server saves, submits, reads anew; on a busy machine


@contextmanager
def open_counter(**profile_values) -> Iterator[SimpleNamespace]:
	"""``company``, ``profile``, ``cashier``, ``shift`` and ``part`` (an item with a price, no stock kept).

	``profile_values``: fields of the POS Profile, such as ``dealer_counter=0``. The shift ends without a closing.
	"""
	counter_house.set_up()
	user = counter_house.cashier()
	profile = counter_house.profile(**profile_values)
	found = SimpleNamespace(
		company=f.COMPANY,
		profile=profile,
		cashier=user,
		shift=counter_house.open_shift(user),
		part=part(),
	)
	frappe.db.commit()
	try:
		yield found
	finally:
		frappe.db.rollback()
		counter_house.end_shifts_of(user)
		if profile_values:
			counter_house.profile(dealer_counter=1)
		frappe.db.commit()


def part(name: str = PART, price: float = PRICE) -> str:
	"""A part that is sold at the counter: no stock is kept of it, so that a test needs none."""
	if not frappe.db.exists("Item", name):
		frappe.get_doc(
			{
				"doctype": "Item",
				"item_code": name,
				"item_name": name,
				"item_group": frappe.db.get_value("Item Group", {"is_group": 0}, "name"),
				"stock_uom": "Nos",
				"is_stock_item": 0,
				"is_sales_item": 1,
			}
		).insert(ignore_permissions=True)
	if not frappe.db.exists("Item Price", {"item_code": name, "price_list": "Standard Selling"}):
		frappe.get_doc(
			{
				"doctype": "Item Price",
				"item_code": name,
				"price_list": "Standard Selling",
				"selling": 1,
				"price_list_rate": price,
			}
		).insert(ignore_permissions=True)
	return name


def at_counter(desk: Callable[..., Page], user: str) -> Page:
	"""The point of sale as this user sees it, ready to sell; with our strip where the counter has it."""
	page = desk("point-of-sale", user, steps.PASSWORD)
	ready(page)
	return page


def ready(page: Page) -> None:
	page.wait_for_function("() => window.cur_pos?.frm?.doc?.pos_profile && cur_pos.cart?.customer_field")
	expect(page.locator(".customer-cart-container")).to_be_visible()
	steps.settled(page)
	expect(page.locator("#freeze.in")).to_have_count(0)


def open_shift(page: Page, profile: str, cash: float = 0) -> None:
	"""ERPNext's own dialog, as it asks whoever has no shift yet; with ``cash`` as the float."""
	dialog = page.locator(".modal.show").filter(has_text="Create POS Opening Entry")
	expect(dialog.locator("[data-fieldname=company] input")).to_be_focused()  # the dialog stands
	field = dialog.locator("[data-fieldname=pos_profile] input")
	field.click()
	field.press_sequentially(profile)
	dialog.locator(".awesomplete [role=option]").filter(has_text=profile).first.click()
	drawer = dialog.locator(".grid-row").filter(has_text="Cash").first
	expect(drawer).to_be_visible()
	if cash:  # ERPNext's own table: what is typed into it is not ours to try
		page.evaluate(
			"""cash => {
				const table = cur_dialog.fields_dict.balance_details;
				table.df.data.find((row) => row.mode_of_payment === "Cash").opening_amount = cash;
				table.grid.refresh();
			}""",
			cash,
		)
	dialog.get_by_role("button", name="Submit").click()
	expect(dialog).to_be_hidden()
	ready(page)


def strip(page: Page) -> Locator:
	return page.locator(".dlr-strip")


def find(page: Page, text: str) -> Locator:
	"""Type into the strip's search by keyboard alone; what is found."""
	page.keyboard.press("F2")
	box = strip(page).get_by_role("combobox")
	expect(box).to_be_focused()
	box.press_sequentially(text)
	options = strip(page).get_by_role("option")
	expect(options.first).to_be_visible(timeout=SLOW)
	return options


def choose(page: Page, text: str, customer_name: str) -> None:
	"""Find a customer and take the first one found; the strip shows them."""
	expect(find(page, text).first).to_contain_text(customer_name)
	page.keyboard.press("Enter")
	shown(page, customer_name)


def shown(page: Page, customer_name: str) -> None:
	expect(strip(page).locator(".dlr-strip-who")).to_contain_text(customer_name, timeout=SLOW)
	steps.settled(page)
	expect(page.locator("#freeze.in")).to_have_count(0)


def add_item(page: Page, item: str = PART) -> None:
	"""Put an item into the cart by clicking on it, as a cashier does."""
	before = lines(page)
	page.locator(".items-container .item-wrapper").filter(has_text=item).click()
	page.wait_for_function(
		"count => cur_pos.frm.doc.items.reduce((sum, row) => sum + row.qty, 0) > count", arg=before
	)
	steps.settled(page)


def lines(page: Page) -> float:
	return flt(page.evaluate("() => cur_pos.frm.doc.items.reduce((sum, row) => sum + row.qty, 0)"))


def pay(page: Page) -> str:
	"""Check out and pay in cash, whole. Returns the POS Invoice."""
	checkout = page.locator(".cart-totals-section .checkout-btn")
	expect(checkout).to_have_attribute("style", re.compile("blue-500"))  # before that it does nothing
	checkout.click()
	expect(page.locator(".submit-order-btn")).to_be_visible(timeout=SLOW)
	steps.settled(page)
	cash = page.locator(".mode-of-payment[data-mode='cash']")
	if "border-primary" not in (cash.get_attribute("class") or ""):
		cash.click(position={"x": 8, "y": 8})
	page.locator(".submit-order-btn").click()
	page.get_by_role("button", name="Yes").click()
	expect(page.locator(".past-order-summary .totals-container")).to_be_visible(timeout=SLOW)
	steps.settled(page)
	return page.evaluate("() => cur_pos.frm.doc.name")


def new_sale(page: Page) -> None:
	page.locator(".past-order-summary .new-btn").click()
	ready(page)

"""Collect at the counter: an order by card and cash, by keyboard alone, and with a network that drops."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser import counter_house as screen
from tests.browser import steps
from tests.browser.card_house import open_house
from tests.browser.conftest import Console, screenshot
from tests.site import billing, counter_house
from tests.site import counters as c
from tests.site import factories as f

Desk = Callable[..., Page]
FORGET = (
	"() => Object.keys(localStorage).filter((key) => key.startsWith('dealer_collect'))"
	".forEach((key) => localStorage.removeItem(key))"
)
COLLECT = "**/api/method/dealer_pos_crm.api.counter_receipt.collect"


@pytest.fixture(scope="module")
def counter(site: str) -> Iterator[SimpleNamespace]:
	"""A counter with an open shift and a card reader."""
	with open_house() as house, screen.open_counter() as found:
		c.make_address()
		billing.set_up()
		found.fake = house.fake
		found.account = house.account
		found.one = c.registered(house.account, "Service Counter")
		frappe.db.commit()
		yield found
		frappe.db.set_value("Card Reader", {"gateway_account": house.account}, "enabled", 0)
		frappe.db.commit()


def at_counter(desk: Desk, counter: SimpleNamespace, customer) -> Page:
	page = screen.at_counter(desk, counter.cashier)
	stands_there(page, customer)
	return page


def stands_there(page: Page, customer) -> None:
	page.evaluate("name => dealer.counter.pos.choose(name)", customer.name)
	screen.shown(page, customer.customer_name)


def dialog(page: Page) -> Locator:
	return page.locator(".dlr-collect-dialog:visible")


def button(page: Page, label: str) -> Locator:
	return dialog(page).get_by_role("button", name=label, exact=True)


def tender(page: Page, label: str) -> Locator:
	return dialog(page).get_by_role("group", name=label, exact=True)


def next_customer(page: Page) -> None:
	"""By Enter: the button that goes on has the keyboard."""
	expect(dialog(page).locator(".modal-footer .btn-primary")).to_be_focused()
	page.keyboard.press("Enter")
	expect(page.locator(".dlr-collect-dialog")).to_have_count(0)


def receipts_of(customer) -> list:
	"""In the order in which they were begun."""
	frappe.db.rollback()
	return frappe.get_all(
		"Counter Receipt",
		{"customer": customer.name},
		["name", "status", "amount", "change_amount", "credit_amount"],
		order_by="name",
	)


def test_an_order_is_paid_half_by_card_and_half_in_cash(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	order = billing.ready(customer=f.make_customer(f.unique("Ann Buyer")))
	billing.invoice(order)
	customer = frappe.get_doc("Customer", order.customer)
	f.make_invoice(customer, 23.40)
	order.reload()
	half = flt(order.outstanding / 2, 2)
	rest = flt(order.outstanding + 23.40 - half, 2)
	frappe.db.commit()

	page = at_counter(desk, counter, customer)
	page.keyboard.press("F4")
	expect(dialog(page).get_by_role("checkbox")).to_have_count(2)
	tender(page, "Cash").get_by_label("Given").fill("5000")
	expect(dialog(page)).to_contain_text("change")
	screenshot(page, "collect-1-cash-over")
	tender(page, "Cash").get_by_label("Given").fill("")
	button(page, "Card Reader").click()
	tender(page, "Card Reader").get_by_label("Amount").fill(str(half))
	expect(dialog(page)).to_contain_text("is missing")
	button(page, "Cash").click()
	expect(tender(page, "Cash").get_by_label("Amount")).to_have_value(f"{rest:,.2f}")
	tender(page, "Cash").get_by_label("Given").fill(str(rest + 10))
	expect(dialog(page).locator(".dlr-collect-back")).to_contain_text("10.00")
	screenshot(page, "collect-2-split")
	dialog(page).locator(".modal-footer .btn-primary").click()
	expect(page.locator(".dlr-reader:visible [data-phase='On Reader']")).to_be_visible(timeout=15_000)
	screenshot(page, "collect-3-on-reader")
	c.present(counter, "4444")
	done = dialog(page).locator(".dlr-collect-done")
	expect(done.locator(".dlr-collect-big")).to_contain_text("10.00", timeout=15_000)
	screenshot(page, "collect-4-done")
	button(page, "Next Customer").click()
	expect(page.locator(".dlr-collect-dialog")).to_have_count(0)
	console.assert_clean()

	(receipt,) = receipts_of(customer)
	assert (receipt.status, flt(receipt.amount, 2), receipt.change_amount) == ("Taken", half + rest, 10)
	paid = {row.mode_of_payment: row.paid_amount for row in counter_house.payments_of(receipt.name)}
	assert sum(paid.values()) == pytest.approx(half + rest)
	assert counter_house.owes(customer) == 0
	assert frappe.db.get_value("Repair Order", order.name, "payment_status") == "Paid"


def test_keyboard_alone_and_an_answer_that_is_lost(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	customer, _invoices = counter_house.owing(40, 60, customer=f.make_customer(f.unique("Kay Board")))
	page = at_counter(desk, counter, customer)

	def done_but_not_told(route: Route) -> None:
		route.fetch()
		route.abort()

	# No answer: asked again with the same key by itself.
	page.route(COLLECT, done_but_not_told, times=1)
	page.keyboard.press("F4")
	expect(tender(page, "Cash").get_by_label("Given")).to_be_focused()
	page.keyboard.type("50")
	only = button(page, "Take $ 50.00 only; the rest stays open")
	expect(only).to_be_visible()
	only.focus()
	page.keyboard.press("Enter")
	page.keyboard.press("Control+Enter")
	done = dialog(page).locator(".dlr-collect-done")
	expect(done).to_contain_text("is taken once", timeout=40_000)
	expect(done).to_contain_text("$ 50.00 stays open")
	(first,) = receipts_of(customer)
	assert (first.status, first.amount, first.change_amount) == ("Taken", 50, 0)
	assert counter_house.owes(customer) == 50
	next_customer(page)

	# No answer for good, and a reload in the middle: the one result is shown.
	stands_there(page, customer)
	page.route(COLLECT, done_but_not_told)
	page.keyboard.press("F4")
	expect(tender(page, "Cash").get_by_label("Given")).to_be_focused()
	page.keyboard.type("60")
	dialog(page).get_by_text("as the customer's credit").click()
	page.keyboard.press("Control+Enter")
	expect(dialog(page)).to_contain_text("No answer came back")
	page.reload()
	screen.ready(page)
	stands_there(page, customer)
	page.keyboard.press("F4")
	expect(dialog(page).locator(".dlr-collect-done")).to_contain_text("is taken once", timeout=40_000)
	_first, second = receipts_of(customer)
	assert (second.status, second.amount, second.credit_amount) == ("Taken", 60, 10)
	assert counter_house.owes(customer) == -10
	next_customer(page)
	console.errors.clear()  # the answers that were cut off


def test_a_receipt_that_somebody_left_is_offered_first(
	desk: Desk, console: Console, counter: SimpleNamespace
) -> None:
	customer, _invoices = counter_house.owing(75, customer=f.make_customer(f.unique("Lea Half")))
	page = at_counter(desk, counter, customer)
	page.keyboard.press("F4")
	button(page, "Card Reader").click()
	page.keyboard.press("Control+Enter")
	expect(page.locator(".dlr-reader:visible [data-phase='On Reader']")).to_be_visible(timeout=15_000)
	c.present(counter, "0002")
	expect(page.locator(".dlr-reader:visible [data-phase='Declined']")).to_be_visible(timeout=15_000)
	page.keyboard.press("Escape")
	expect(page.locator(".dlr-collect-dialog")).to_have_count(0)
	page.evaluate(FORGET)  # another cashier's browser knows nothing of it
	page.keyboard.press("F4")
	expect(dialog(page)).to_contain_text("not finished")
	expect(dialog(page).locator(".modal-footer .btn-primary")).to_be_focused()
	screenshot(page, "collect-5-left")
	page.keyboard.press("Enter")
	expect(page.locator(".dlr-reader:visible [data-phase='Declined']")).to_be_visible(timeout=15_000)
	button(page, "Pay in Another Way").click()
	button(page, "Check").click()
	page.keyboard.type("1042")
	screenshot(page, "collect-6-another-way")
	page.keyboard.press("Control+Enter")
	expect(dialog(page).locator(".dlr-collect-done")).to_contain_text("1042", timeout=15_000)
	screenshot(page, "collect-7-check")
	next_customer(page)
	(receipt,) = receipts_of(customer)
	assert (receipt.status, receipt.amount) == ("Taken", 75)
	assert counter_house.owes(customer) == 0
	console.assert_clean()
	steps.settled(page)

"""The Dealership tab of a customer: asked for when looked at, money first, then what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime
from playwright.sync_api import Page, Request, expect

from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.domain.event import Event
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


def asked_of_us(page: Page) -> list[str]:
	"""What the page asks of our API from now on."""
	found: list[str] = []

	def note(request: Request) -> None:
		if "/api/method/dealer_pos_crm." in request.url:
			found.append(request.url.split("/api/method/")[1].split("?")[0])

	page.on("request", note)
	return found


def open_tab(page: Page) -> None:
	page.locator(".form-tabs").get_by_role("tab", name="Dealership").click()


def make_events(customer: str, count: int, company: str) -> None:
	begin = now_datetime() - timedelta(days=2)
	spine.record(
		Event(
			key=f"message.sent:{customer}:{number}",
			type="message.sent",
			happened_at=begin + timedelta(minutes=number),
			customer=customer,
			company=company,
			department="Service" if number % 2 else "Sales",
			title=f"Message {number}",
		)
		for number in range(count)
	)
	frappe.db.commit()


def test_the_tab_asks_only_when_it_is_looked_at(desk: Desk, page: Page, console: Console) -> None:
	customer = factories.make_customer()
	deposit = steps.taken(customer=customer, amount=500)
	factories.make_invoice(customer, 18_300)
	frappe.db.commit()
	asked = asked_of_us(page)
	steps.form(desk, "Customer", customer.name, steps.manager())
	assert asked == []
	open_tab(page)
	money = page.locator(".dlr-money-row")
	expect(money.get_by_role("button", name="Owed")).to_contain_text("$ 18,300.00")
	expect(money.get_by_role("button", name="Held")).to_contain_text("$ 500.00")
	expect(money.get_by_role("button", name="Credit")).to_contain_text("$ 0.00")
	expect(page.get_by_role("region", name="Open deposits")).to_contain_text(deposit.name)
	expect(page.get_by_role("region", name="Promises")).to_contain_text("Agree the next step")
	expect(page.get_by_role("region", name="Vehicles")).to_contain_text("2019 Toyota Camry")
	expect(page.get_by_role("region", name="Timeline")).to_contain_text("Invoice over $ 18,300.00")
	assert asked == ["dealer_pos_crm.api.customer.get_overview"]  # one request for all of it
	screenshot(page, "customer-tab")
	console.assert_clean()


def test_the_timeline_pages_and_filters(desk: Desk, page: Page, console: Console) -> None:
	customer = factories.make_customer()
	make_events(customer.name, 45, steps.dealership())
	steps.form(desk, "Customer", customer.name, steps.manager())
	open_tab(page)
	timeline = page.get_by_role("region", name="Timeline")
	lines = timeline.locator("[data-line]")
	expect(lines).to_have_count(20)
	expect(lines.first).to_contain_text("Message 44")
	timeline.get_by_role("button", name="Load More").click()
	expect(lines).to_have_count(40)
	expect(lines.nth(20)).to_be_focused()  # the keyboard goes on where the new lines begin
	page.keyboard.press("ArrowDown")
	expect(lines.nth(21)).to_be_focused()
	timeline.get_by_role("button", name="Load More").click()
	expect(lines).to_have_count(45)
	expect(timeline.get_by_role("button", name="Load More")).to_have_count(0)

	timeline.get_by_label("Department").select_option("Service")
	expect(lines).to_have_count(20)
	expect(lines.first).to_contain_text("Message 43")
	expect(lines.filter(has_text="Sales")).to_have_count(0)
	page.reload()  # the address keeps tab and filter
	expect(timeline.get_by_label("Department")).to_have_value("Service")
	expect(lines.first).to_contain_text("Message 43")
	console.assert_clean()


def test_an_empty_customer_and_a_failed_answer_are_told(desk: Desk, page: Page, console: Console) -> None:
	customer = factories.make_customer()
	frappe.db.commit()
	page.route("**/dealer_pos_crm.api.customer.get_overview*", lambda route: route.abort(), times=1)
	steps.form(desk, "Customer", customer.name, steps.manager())
	open_tab(page)
	failed = page.locator(".dlr-customer").get_by_role("alert")
	expect(failed).to_contain_text("could not be loaded")
	failed.get_by_role("button", name="Try Again").click()
	expect(page.get_by_role("region", name="Timeline")).to_contain_text("Nothing has happened yet")
	expect(page.get_by_role("region", name="Promises")).to_contain_text("Nothing is promised")
	console.errors = [text for text in console.errors if "ERR_FAILED" not in text]
	console.assert_clean()


def test_without_a_dealership_there_is_no_tab(desk: Desk, page: Page, console: Console) -> None:
	customer = factories.make_customer()
	frappe.db.commit()
	asked = asked_of_us(page)
	steps.form(desk, "Customer", customer.name, steps.manager())
	tab = page.locator(".form-tabs").get_by_role("tab", name="Dealership")
	expect(tab).to_be_visible()
	page.evaluate("() => { delete frappe.boot.dealer; cur_frm.refresh(); }")
	expect(tab).to_be_hidden()
	assert asked == []
	console.assert_clean()

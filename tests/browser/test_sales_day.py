"""My Day, as a salesperson has it open: who waits, the keys, logging contact; and a manager's look at it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories as f
from tests.site import showroom as s

Desk = Callable[..., Page]


@pytest.fixture
def me(site: str) -> str:
	s.set_up_showroom()
	user = f.make_user(roles.SALESPERSON)
	frappe.db.commit()
	return user


def waiting(user: str, minutes: int, **values):
	lead = s.make_lead(lead_owner=user, **values)
	since = now_datetime().replace(microsecond=0) - timedelta(minutes=minutes)
	clock = {"dealer_waiting_since": since, "dealer_received_at": since}
	for field, after in (("dealer_due_at", 5), ("dealer_warn_at", 15), ("dealer_escalate_at", 60)):
		clock[field] = since + timedelta(minutes=after)
	frappe.db.set_value("Lead", lead.name, clock)
	frappe.db.commit()
	return lead


def day(desk: Desk, user: str, query: str = "") -> Page:
	page = desk(f"sales-day{query}", user, steps.PASSWORD)
	expect(page.locator(".dlr-board-foot")).to_be_visible()
	return page


def row(page: Page, lead):
	return page.locator(f".dlr-mine-row[data-name='Lead:{lead.name}']")


def test_the_day_is_worked_by_keys(desk: Desk, page: Page, console: Console, me: str) -> None:
	late = waiting(me, 25, first_name="Carla", dealer_wanted="2019 Toyota Camry")
	fresh = waiting(me, 1, first_name="Ann", dealer_wanted="2024 Subaru Outback")
	day(desk, me)
	waits = page.get_by_role("region", name="Wait for an answer")
	expect(waits.locator(".dlr-mine-row")).to_have_count(2)
	expect(waits.locator(".dlr-mine-row").first).to_contain_text(re.compile(r"Carla.*2019 Toyota Camry"))
	expect(row(page, late)).to_contain_text(re.compile(r"(19|2\d) min late, warned"))
	expect(row(page, fresh)).to_contain_text(re.compile(r"[34] min left"))
	expect(page.get_by_role("region", name="Expected today")).to_contain_text("Nobody is expected")
	screenshot(page, "sales-day")

	page.keyboard.press("ArrowDown")
	expect(row(page, late)).to_be_focused()
	page.keyboard.press("ArrowDown")
	expect(row(page, fresh)).to_be_focused()
	page.keyboard.press("c")
	dialog = page.locator(".modal.show")
	expect(dialog).to_contain_text("The clock stops")
	dialog.locator("textarea").fill("Comes on Friday")
	page.keyboard.press("Control+Enter")
	expect(waits.locator(".dlr-mine-row")).to_have_count(1)
	expect(page.get_by_role("region", name="Leads in hand")).to_contain_text("Ann")
	expect(row(page, fresh)).to_be_focused()
	frappe.db.rollback()
	told = frappe.db.get_value("Lead", fresh.name, ["dealer_state", "dealer_first_response_by"], as_dict=True)
	assert told == {"dealer_state": "Answered", "dealer_first_response_by": me}

	page.keyboard.press("?")
	expect(page.locator(".modal.show")).to_contain_text("log contact")
	page.locator(".modal.show .btn-modal-close").click()
	expect(page.locator(".modal.show")).to_have_count(0)
	row(page, late).focus()
	page.keyboard.press("Enter")
	page.wait_for_url(re.compile(rf"lead/{late.name}"))
	console.assert_clean()


def test_only_and_search_live_in_the_address(desk: Desk, page: Page, console: Console, me: str) -> None:
	waiting(me, 3, first_name="Ann")
	waiting(me, 3, first_name="Carla")
	day(desk, me)
	page.get_by_label("Name, car, number").fill("carla")
	expect(page.get_by_role("region", name="Wait for an answer").locator(".dlr-mine-row")).to_have_count(1)
	page.get_by_role("button", name=re.compile("wait for an answer")).click()
	expect(page).to_have_url(re.compile(r"q=carla&only=waiting"))
	page.reload()
	expect(page.locator(".dlr-mine-list")).to_have_count(1)
	expect(page.locator(".dlr-mine-row")).to_have_count(1)
	page.get_by_role("button", name="Show all").click()
	expect(page.locator(".dlr-mine-list")).to_have_count(6)
	console.assert_clean()


def test_an_empty_day_says_so(desk: Desk, page: Page, console: Console, me: str) -> None:
	day(desk, me)
	expect(page.locator(".dlr-mine")).to_contain_text("Nobody waits for an answer")
	expect(page.locator(".dlr-mine")).to_contain_text("No open deal")
	expect(page.get_by_label("Whose day")).to_have_count(0)
	console.assert_clean()


def test_a_manager_looks_at_another_ones_day(desk: Desk, page: Page, console: Console, me: str) -> None:
	lead = waiting(me, 8)
	day(desk, s.sales_manager(), f"?user={me}")
	expect(row(page, lead)).to_be_visible()
	expect(page.locator(".title-text").first).to_contain_text("The Day of")
	page.get_by_label("Whose day").select_option("")
	expect(row(page, lead)).to_have_count(0)
	console.assert_clean()


def test_another_ones_day_is_refused_to_a_salesperson(desk: Desk, page: Page, me: str) -> None:
	page = desk(f"sales-day?user={s.sales_manager()}", me, steps.PASSWORD)
	expect(page.get_by_role("alert").first).to_contain_text("no right")

"""The worksheet in the deal's form, with real logins: two offers, one chosen, asked about, approved by another
person, frozen."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import frappe
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Console
from tests.browser.steps import PASSWORD, another_window
from tests.site import showroom as s
from tests.site import worksheet_data as d

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def patience() -> Iterator[None]:
	"""The first request of a fresh web server loads everything."""
	expect.set_options(timeout=20_000)
	yield
	expect.set_options(timeout=5_000)


@pytest.fixture
def deal(site: str):
	templates = d.set_up_worksheet()
	frappe.db.set_value(
		"Dealer Settings", d.COMPANY, {"vehicle_tax_template": templates["plain"], "doc_fee": 499}
	)
	frappe.clear_document_cache("Dealer Settings", d.COMPANY)
	d.product()
	frappe.db.commit()
	return s.make_deal()


def sheet(page: Page):
	return page.get_by_role("region", name="Worksheet")


def cell(page: Page, label: str, at: int):
	return sheet(page).get_by_label(label, exact=True).nth(at)


def foot(page: Page, at: int):
	return sheet(page).locator("tfoot td").nth(at)


def test_two_offers_one_chosen_and_approved_by_another(
	desk: Desk, deal, browser: Browser, base_url: str, console: Console, login
) -> None:
	page = desk(f"deal-jacket/{deal.name}", user=s.salesperson(), password=PASSWORD)
	sheet(page).get_by_role("button", name="Make an offer").click()
	expect(sheet(page).locator("thead")).to_contain_text("Draft")
	expect(sheet(page).locator("tbody")).to_contain_text("Documentation fee")
	expect(sheet(page)).not_to_contain_text("gross")

	# Typed in place, computed while typing: 20,000 + 499 and 6.25 %, at 6 % over 60 months.
	cell(page, "Price", 0).fill("20,000")
	cell(page, "Annual percentage rate", 0).fill("6")
	expect(sheet(page).locator("tr.dlr-ws-total td").first).to_have_text(re.compile(r"21,780\.19"))
	expect(sheet(page).locator("tr.dlr-ws-payment td").first).to_contain_text("421.07")
	foot(page, 0).get_by_role("button", name="Save").click()
	expect(foot(page, 0).get_by_role("button", name="Save")).to_have_count(0)

	foot(page, 0).get_by_role("button", name="Copy").click()
	expect(sheet(page).locator("thead th")).to_have_count(3)
	cell(page, "Months", 1).fill("0")
	expect(foot(page, 1)).to_contain_text("A term of 0 months is not possible")
	cell(page, "Months", 1).fill("72")
	expect(foot(page, 1)).not_to_contain_text("not possible")
	foot(page, 1).get_by_role("button", name="Choose").click()
	expect(sheet(page).locator("thead th").nth(2)).to_contain_text("Customer's choice")
	foot(page, 1).get_by_role("button", name="Ask for approval").click()
	expect(sheet(page).locator("thead th").nth(2)).to_contain_text("To Approve")
	expect(foot(page, 1).get_by_role("button", name="Approve")).to_have_count(0)
	expect(cell(page, "Months", 1)).to_be_disabled()

	with another_window(browser, base_url, console) as other:
		login(other, s.sales_manager(), PASSWORD)
		other.goto(f"/app/deal-jacket/{deal.name}")
		expect(sheet(other)).to_contain_text("Front gross")
		foot(other, 1).get_by_role("button", name="Approve").click()
		dialog = other.get_by_role("dialog")
		expect(dialog).to_contain_text("Total")
		dialog.get_by_role("button", name="Approve").click()
		expect(sheet(other).locator("thead th").nth(2)).to_contain_text("Approved")

	page.reload()
	expect(sheet(page).locator("thead th").nth(2)).to_contain_text("Approved")
	foot(page, 1).get_by_role("button", name="Change").click()
	expect(sheet(page).locator("thead th")).to_have_count(4)
	frappe.db.rollback()
	approved = frappe.db.get_value("Deal Jacket", deal.name, "approved_scenario")
	assert frappe.db.get_value("Deal Scenario", approved, ["status", "term_months"]) == ("Approved", 72)
	console.assert_clean()

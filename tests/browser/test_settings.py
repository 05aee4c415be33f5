"""Setting a company up: shown before it is done, done once, and said when it is there already."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories

Desk = Callable[..., Page]


@pytest.fixture
def company(site: str) -> Iterator[str]:
	"""A company that is no dealership yet; it goes again, so that the others find one dealership only."""
	name = factories.unique("Valley Motors")
	frappe.get_doc(
		{
			"doctype": "Company",
			"company_name": name,
			"abbr": name.split()[-1].upper(),
			"default_currency": "USD",
			"country": "United States",
			"chart_of_accounts": "Standard",
		}
	).insert()
	frappe.db.commit()
	yield name
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.delete_doc("Dealer Settings", name, force=True, ignore_missing=True)
	frappe.db.commit()


def test_set_up_deposit_accounting(desk: Desk, company: str, console: Console) -> None:
	page = desk("dealer-settings/new")
	steps.field(page, "company").fill(company)
	page.get_by_role("option", name=company).first.click()
	steps.settled(page)
	steps.button(page, "Save").click()
	status = page.locator("[data-fieldname='status_html']")
	expect(status).to_contain_text("Deposits cannot be taken yet")
	expect(page.locator(".title-area .indicator-pill")).to_be_hidden()  # not "Not Saved"
	status.get_by_role("button", name="Set up deposit accounting").click()

	shown = steps.dialog(page, "Set Up Deposit Accounting")
	rows = shown.locator("tbody tr")
	expect(rows.first).to_contain_text("Customer Deposits")
	expect(shown).to_contain_text("Book Advance Payments in Separate Party Account")
	screenshot(page, "set-up-deposit-accounting")
	frappe.db.rollback()
	flag = "book_advance_payments_in_separate_party_account"
	assert not frappe.db.get_value("Company", company, flag)  # shown, not done
	steps.primary(shown).click()
	expect(status).to_contain_text("Already set up")
	frappe.db.rollback()
	assert frappe.db.get_value("Company", company, flag)
	account = frappe.db.get_value("Dealer Settings", company, "deposit_account")
	assert account == frappe.db.get_value("Company", company, "default_advance_received_account")

	page.reload()
	expect(status).to_contain_text("Already set up")
	expect(status.get_by_role("button", name="Set Up Deposit Accounting")).to_have_count(0)
	console.assert_clean()


def test_new_settings_begin_with_usual_values(desk: Desk, company: str, console: Console) -> None:
	settings = frappe.get_doc({"doctype": "Dealer Settings", "company": company}).insert()
	frappe.db.commit()
	page = desk(f"dealer-settings/{settings.name}")
	expect(steps.field(page, "quiet_from")).to_have_value("21:00:00")
	expect(steps.field(page, "quiet_until")).to_have_value("08:00:00")
	expect(page.locator("[data-fieldname='departments'] .grid-row[data-idx]")).to_have_count(6)
	expect(page.locator(".title-area .indicator-pill")).to_be_hidden()  # not "Not Saved"
	console.assert_clean()

"""Desk opens for a person who logs in by the login form, and complains of nothing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Console
from tests.support import PASSWORD


def test_log_in_and_see_desk(page: Page, console: Console) -> None:
	page.goto("/login")
	page.fill("#login_email", "Administrator")
	page.fill("#login_password", PASSWORD)
	page.click(".btn-login")
	page.wait_for_url("**/app**")
	expect(page.locator(".navbar .navbar-home")).to_be_visible()
	expect(page.locator(".layout-main-section").first).to_be_visible()
	console.assert_clean()


def test_a_wrong_password_stays_outside(page: Page) -> None:
	page.goto("/login")
	page.fill("#login_email", "Administrator")
	page.fill("#login_password", "not the password")
	page.click(".btn-login")
	expect(page.locator(".btn-login")).to_contain_text("Invalid Login")
	assert "/login" in page.url


def test_the_customer_list_opens(desk: Callable[..., Page], console: Console) -> None:
	page = desk("customer")
	expect(page.locator(".page-title")).to_contain_text("Customer")
	console.assert_clean()

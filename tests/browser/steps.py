"""What the browser tests share: people of a dealership, things to work on, and the ways of Desk."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import frappe
from playwright.sync_api import Browser, Locator, Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser.conftest import Console
from tests.site import factories

PASSWORD = "pw-Dealer-2026!"


def dealership() -> str:
	"""A company that takes deposits. What is made here is committed: the web server shall see it."""
	company = factories.make_dealership()
	frappe.db.commit()
	return company


def person(role: str | tuple[str, ...], local: str) -> str:
	"""A real login with just this role."""
	user = factories.make_user(role, local)
	frappe.db.commit()
	return user


def cashier() -> str:
	return person(roles.CASHIER, "browser.cashier")


def manager() -> str:
	return person(roles.SALES_MANAGER, "browser.manager")


def salesperson() -> str:
	return person(roles.SALESPERSON, "browser.sales")


def draft(**values):
	deposit = factories.make_deposit(**values)
	frappe.db.commit()
	return deposit


def taken(**values):
	deposit = factories.take_new(**values)
	frappe.db.commit()
	return deposit


@contextmanager
def another_window(browser: Browser, base_url: str, console: Console) -> Iterator[Page]:
	"""A second person at a second machine."""
	context = browser.new_context(base_url=base_url, viewport={"width": 1440, "height": 900}, locale="en-US")
	context.set_default_timeout(20_000)
	page = context.new_page()
	console.watch(page)
	try:
		yield page
	finally:
		context.close()


def route(doctype: str, name: str | int) -> str:
	return f"/app/{doctype.lower().replace(' ', '-')}/{name}"


def form(desk: Callable[..., Page], doctype: str, name: str | int, user: str) -> Page:
	"""The form of a document as this user sees it, with everything that it asks of the server."""
	page = desk(route(doctype, name).removeprefix("/app/"), user, PASSWORD)
	shown(page, doctype, name)
	return page


def shown(page: Page, doctype: str, name: str | int) -> None:
	page.wait_for_function(
		"([doctype, name]) => window.cur_frm?.doctype === doctype && String(cur_frm.doc?.name) === name",
		arg=[doctype, str(name)],
	)
	settled(page)


def settled(page: Page) -> None:
	page.wait_for_load_state("networkidle")
	expect(page.locator("body[data-ajax-state='complete']")).to_be_attached()


def button(page: Page, name: str) -> Locator:
	"""The button of the page's head."""
	return page.locator(".page-head").get_by_role("button", name=name, exact=True)


def in_menu(page: Page, group: str, name: str) -> None:
	"""Choose from a group of buttons in the page's head."""
	page.locator(".page-head .inner-group-button").get_by_role("button", name=group).click()
	page.locator(".page-head .inner-group-button").get_by_role("menuitem", name=name).or_(
		page.locator(".page-head .inner-group-button .dropdown-item").filter(
			has_text=re.compile(f"^\\s*{name}\\s*$")
		)
	).first.click()


def dialog(page: Page, title: str) -> Locator:
	found = page.locator(".modal.show").filter(has=page.locator(".modal-title", has_text=title))
	expect(found).to_be_visible()
	return found


def primary(shown: Locator) -> Locator:
	return shown.locator(".modal-footer .standard-actions .btn-modal-primary")


def field(where: Page | Locator, fieldname: str) -> Locator:
	return where.locator(f"[data-fieldname='{fieldname}']").locator("input, textarea, select").first


def without_refusal(console: Console, kind: str) -> Console:
	"""Frappe and Chromium both write a refusal to the console; here one of this kind was meant to come."""
	console.errors = [text for text in console.errors if "417" not in text and kind not in text]
	return console

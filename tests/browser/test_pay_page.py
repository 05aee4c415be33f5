"""The customer's pay page on a phone: from the link to the receipt, and its honest words in between."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from dealer_pos_crm.dealer_cashier.pay_requests import link, request
from tests.browser.card_house import bring_messages, open_house
from tests.browser.conftest import PHONE, Console, screenshot
from tests.site import factories as f


@pytest.fixture(scope="module")
def house(site: str, base_url: str) -> Iterator[SimpleNamespace]:
	terms = "A payment is given back as the law says."
	with open_house(base_url, terms=terms, terms_required=1, min_part=50) as found:
		frappe.db.set_value(
			"Company", f.COMPANY, {"phone_no": "(555) 010-2233", "email": "hello@summit-motors.example"}
		)
		frappe.db.commit()
		yield found


def ask(doctype: str, name: str, **values):
	frappe.db.commit()
	made = request.create(
		{"for_doctype": doctype, "for_name": name, "channel": "Link Only", **values}, f.key()
	)
	frappe.db.commit()
	doc = frappe.get_doc("Pay Request", made["name"])
	return doc, f"/{link.PAGE}/{link.token_of(doc)}"


def deposit() -> tuple:
	made = f.make_deposit(f.make_customer("Pat Payer"), amount=500)
	return made, *ask("Deposit", made.name)


def face(page: Page, name: str) -> None:
	expect(page.locator(f"main[data-face='{name}']")).to_be_visible(timeout=30_000)


def accept(page: Page) -> None:
	page.get_by_label("I have read the terms and accept them").check()


SMALL = """() => [...document.querySelectorAll("button, input[type=text]")].filter((node) => node.offsetParent)
	.map((node) => node.getBoundingClientRect()).filter((box) => box.height < 44 || box.right > innerWidth).length"""


def assert_usable(page: Page) -> None:
	"""Nothing for axe to find, room for thumbs, and no wider than the phone."""
	found = Axe().run(page)
	assert found.violations_count == 0, found.generate_report()
	assert page.evaluate(SMALL) == 0
	assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "it scrolls sideways"


def test_a_customer_pays_a_deposit_on_a_phone(phone: Page, console: Console, house: SimpleNamespace) -> None:
	made, doc, address = deposit()
	answer = phone.goto(address)
	assert answer.headers["cache-control"] == "no-store"
	assert "default-src 'none'" in answer.headers["content-security-policy"]
	face(phone, "payable")
	expect(phone.locator(".amount")).to_have_text("$ 500.00")
	expect(phone.get_by_text("TEST MODE")).to_be_visible()
	assert_usable(phone)
	screenshot(phone, "pay-1-page")
	phone.get_by_role("button", name="Pay $ 500.00 by card").click()
	expect(phone.get_by_role("alert")).to_have_text("Please accept the terms first")
	assert phone.evaluate("document.activeElement.id") == "accepted"
	assert_usable(phone)
	screenshot(phone, "pay-2-terms")
	accept(phone)
	phone.get_by_role("button", name="Pay $ 500.00 by card").click()
	phone.wait_for_url(f"{house.url}/pay/**")
	phone.get_by_role("button", name="Decline").click()
	phone.get_by_role("button", name="Pay", exact=True).click()
	face(phone, "paid")
	expect(phone.get_by_text("is held for you until")).to_be_visible()
	expect(phone.get_by_text("•••• 4242")).to_be_visible()
	assert_usable(phone)
	screenshot(phone, "pay-3-paid")
	console.assert_clean()
	frappe.db.rollback()
	doc.reload()
	made.reload()
	assert (doc.status, made.status, doc.opened_count > 0) == ("Paid", "Held", True)


def test_it_reads_well_in_the_dark_and_takes_a_part(
	phone: Page, console: Console, house: SimpleNamespace
) -> None:
	invoice = f.make_invoice(f.make_customer("Pat Payer"), 389.2)
	_doc, address = ask("Sales Invoice", invoice.name, allow_partial=1)
	phone.emulate_media(color_scheme="dark")
	phone.goto(address)
	face(phone, "payable")
	assert_usable(phone)
	accept(phone)
	phone.get_by_label("Amount to pay now").fill("a lot")
	phone.get_by_role("button", name="Pay by card").click()
	expect(phone.get_by_role("alert")).to_contain_text("is not clear")
	assert_usable(phone)
	screenshot(phone, "pay-4-dark-part")
	phone.get_by_label("Amount to pay now").fill("100")
	phone.get_by_role("button", name="Pay by card").click()
	phone.wait_for_url(f"{house.url}/pay/**")
	phone.get_by_role("button", name="Pay", exact=True).click()
	expect(phone.get_by_text("$ 100.00 is paid already; this is the rest.")).to_be_visible(timeout=30_000)
	expect(phone.locator(".amount")).to_have_text("$ 289.20")
	assert_usable(phone)
	screenshot(phone, "pay-5-rest")
	console.assert_clean()


def test_the_amount_changes_under_the_open_page(phone: Page, house: SimpleNamespace) -> None:
	invoice = f.make_invoice(f.make_customer("Pat Payer"), 389.2)
	doc, address = ask("Sales Invoice", invoice.name)
	phone.goto(address)
	face(phone, "payable")
	frappe.db.set_value("Sales Invoice", invoice.name, "outstanding_amount", 300)
	frappe.db.commit()
	accept(phone)
	phone.get_by_role("button", name="Pay $ 389.20 by card").click()
	expect(
		phone.get_by_text("It was $ 389.20 when you opened the page. $ 300.00 is open now.")
	).to_be_visible()
	assert_usable(phone)
	screenshot(phone, "pay-6-changed")
	frappe.db.rollback()
	frappe.db.set_value("Sales Invoice", invoice.name, "outstanding_amount", 389.2)
	frappe.db.commit()
	assert frappe.db.count("Card Payment", {"pay_request": doc.name}) == 0


def test_it_says_honestly_when_there_is_nothing_to_pay(phone: Page, house: SimpleNamespace) -> None:
	_made, doc, address = deposit()
	request.cancel(doc.name, "The car was sold")
	frappe.db.commit()
	assert phone.goto(address).status == 410
	face(phone, "cancelled")
	assert_usable(phone)
	screenshot(phone, "pay-7-cancelled")
	assert phone.goto(f"/{link.PAGE}/nothing.atall").status == 404
	face(phone, "gone")
	assert_usable(phone)
	assert "Summit" not in phone.content() and "Pat" not in phone.content()
	screenshot(phone, "pay-8-gone")
	assert phone.goto(f"/{link.PAGE}").status == 404


def test_without_a_script_and_with_the_provider_down(
	browser: Browser, base_url: str, house: SimpleNamespace
) -> None:
	_made, _doc, address = deposit()
	context = browser.new_context(base_url=base_url, viewport=PHONE, java_script_enabled=False)
	page = context.new_page()
	page.goto(address)
	page.get_by_label("I have read the terms and accept them").check()
	house.fake.fail_next("checkout.sessions.create", "refused", times=2)
	page.get_by_role("button", name="Pay $ 500.00 by card").click()
	expect(page.get_by_text("cannot be reached at the moment. Nothing was taken")).to_be_visible()
	screenshot(page, "pay-9-down")
	frappe.db.rollback()
	frappe.db.sql(
		"update `tabPayment Attempt` set next_try_at = now() - interval 1 day where status = 'Unknown'"
	)
	frappe.db.commit()
	page.get_by_role("button", name="Pay $ 500.00 by card").click()
	page.wait_for_url(f"{house.url}/pay/**")
	page.get_by_role("button", name="Pay", exact=True).click()
	page.goto(address)
	for _try in range(5):
		if page.locator("main[data-face='paid']").count():
			break
		bring_messages(house)
		page.reload()
	expect(page.locator("main[data-face='paid']")).to_be_visible()
	context.close()

"""Taking up cards: a key, the books, the messages; the form says each time what is next, and when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.card_house import bring_messages, open_house
from tests.browser.conftest import Console, screenshot
from tests.site import factories as f

Desk = Callable[..., Page]


@pytest.fixture
def house(site: str, base_url: str) -> Iterator[SimpleNamespace]:
	with open_house(base_url) as opened:
		# The house's own account steps back for one that is made in the form.
		opened.fake.endpoints.delete(
			frappe.db.get_value("Gateway Account", opened.account, "webhook_endpoint"), {}
		)
		frappe.db.set_value("Gateway Account", opened.account, "enabled", 0)
		frappe.db.commit()
		yield opened


def test_from_the_key_to_the_first_message(desk: Desk, house: SimpleNamespace, console: Console) -> None:
	page = desk("gateway-account/new")
	steps.field(page, "title").fill("Summit at Stripe")
	for field, value in (("company", f.COMPANY), ("responsible", "Administrator")):
		steps.field(page, field).fill(value)
		page.get_by_role("option", name=value).first.click()
	steps.field(page, "secret_key").fill(house.fake.key)
	steps.button(page, "Save").click()
	status = page.locator("[data-fieldname='status_html']")
	expect(status).to_contain_text("TEST MODE")
	frappe.db.rollback()
	name = frappe.db.get_value("Gateway Account", {"title": "Summit at Stripe"}, "name")
	assert house.fake.key not in page.content()

	# The accounts were there already; without one of them money could not be booked.
	frappe.db.set_value("Gateway Account", name, "fee_account", None)
	frappe.db.commit()
	page.reload()
	expect(status).to_contain_text("Card money cannot be booked yet")
	status.get_by_role("button", name="Set Up Card Accounting").click()
	shown = steps.dialog(page, "Set Up Card Accounting")
	expect(shown).to_contain_text("Card Processing Fees")
	steps.primary(shown).click()

	expect(status).to_contain_text("does not tell us of payments yet")
	status.get_by_role("button", name="Connect Messages").click()
	expect(status).to_contain_text("Cards can be taken")
	screenshot(page, "gateway-account-ready")
	steps.button(page, "Check Connection").click()
	expect(page.get_by_text("in Test mode")).to_be_visible()

	# Somebody pays in a web shop of the same account: heard of, and left alone.
	line = {
		"quantity": 1,
		"price_data": {"currency": "usd", "unit_amount": 900, "product_data": {"name": "Cap"}},
	}
	shop = house.fake.sessions.create(
		{"mode": "payment", "success_url": "https://shop.example", "line_items": [line]}
	)
	house.fake.payer.pay(shop["id"])
	house.account = name
	bring_messages(house)
	page.keyboard.press("Escape")
	page.goto("/app/gateway-event")
	row = page.locator(".list-row", has_text="payment_intent.succeeded").first
	expect(row).to_contain_text("Ignored")
	row.get_by_text("payment_intent.succeeded").click()
	expect(page.locator(".form-message")).to_contain_text("was not started from this site")
	screenshot(page, "gateway-event")
	console.assert_clean()

"""Leads come in over real HTTP, from the dealer's own page on a phone, and are decided on in Desk."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
import requests
from playwright.sync_api import Browser, Page, expect

from dealer_pos_crm.dealer_crm.leads import intake
from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories as f
from tests.site import leads as made
from tests.site import showroom

Desk = Callable[..., Page]


@pytest.fixture(scope="module", autouse=True)
def dealership(site: str) -> str:
	return showroom.set_up_showroom()


@pytest.fixture(scope="module")
def feed(dealership: str) -> str:
	return made.make_feed("HTTP")


def token_of(user: str) -> dict[str, str]:
	doc = frappe.get_doc("User", user)
	doc.api_key, doc.api_secret = f.key()[:15], "secret-of-a-test"
	doc.save()
	frappe.db.commit()
	return {"Authorization": f"token {doc.api_key}:secret-of-a-test"}


def test_a_provider_hands_in_adf(base_url: str, feed: str) -> None:
	door = f"{base_url}/api/method/dealer_pos_crm.api.lead.receive_adf"
	provider = token_of(f.make_user(roles.LEAD_PROVIDER, "portal.http"))
	text = made.Person().adf()

	def post(data: bytes, **values: object) -> requests.Response:
		known = {"params": {"feed": feed}, "headers": {**provider, "Content-Type": "application/xml"}}
		return requests.post(door, data=data, timeout=30, **{**known, **values})

	first = post(text.encode())
	assert first.status_code == 202, first.text
	told = first.json()["message"]
	assert told["status"] == "received"
	again = post(text.encode("utf-16"))
	assert (again.status_code, again.json()["message"]["status"]) == (202, "duplicate")
	frappe.db.rollback()
	row = frappe.get_doc("Lead Intake", told["intake"][0]["id"])
	assert row.channel == "HTTP" and row.feed == feed

	assert post(b"").status_code == 400
	assert post(b"<adf>" + b"x" * (5 * 1024 * 1024)).status_code == 413
	assert post(text.encode(), params={"feed": "No Such Feed"}).status_code == 404
	assert post(text.encode(), headers={}).status_code == 403, "nobody without a token"
	cashier = token_of(f.make_user(roles.CASHIER, "portal.cashier"))
	assert post(text.encode(), headers=cashier).status_code == 403
	assert requests.get(door, headers=provider, timeout=30).status_code == 403, "by POST alone"
	as_field = requests.post(
		door, data={"adf": made.Person().adf(), "feed": feed}, headers=provider, timeout=30
	)
	assert as_field.status_code == 202
	hostile = post(b'<!DOCTYPE adf [<!ENTITY x SYSTEM "file:///etc/passwd">]><adf>&x;</adf>')
	assert hostile.status_code == 202
	assert intake.work(hostile.json()["message"]["intake"][0]["id"]) == "Failed"
	for doctype in ("Lead", "Customer", "Lead Intake"):
		answer = requests.get(f"{base_url}/api/resource/{doctype}", headers=provider, timeout=30)
		assert answer.status_code == 403, f"a provider reads {doctype}"


def test_the_form_on_a_phone(browser: Browser, base_url: str, console: Console) -> None:
	feed = frappe.get_doc("Lead Feed", made.make_feed("Web Form", consent_text="You may text me."))
	person = made.Person()
	context = browser.new_context(base_url=base_url, viewport={"width": 360, "height": 740}, locale="en-US")
	page = context.new_page()
	console.watch(page)
	page.goto(f"/dealer-enquiry?form={feed.form_key}&stock=S4711")
	expect(page.get_by_role("heading")).to_have_text("Ask Summit Motors")
	assert page.evaluate("document.documentElement.scrollWidth") <= 360, "nothing sticks out"
	for field in page.locator("input:visible, textarea:visible").all():
		assert field.evaluate("e => e.labels.length") == 1, "every field has a label"
	page.get_by_role("button", name="Send").click()
	expect(page.get_by_role("alert")).to_have_text("Tell us your name")
	page.get_by_label("First name").fill(person.first)
	page.get_by_label("Last name").fill(person.last)
	page.get_by_role("button", name="Send").click()
	expect(page.get_by_role("alert")).to_contain_text("so that we can answer")
	page.get_by_label("Phone").fill(person.phone)
	page.get_by_label("You may text me.").check()
	screenshot(page, "lead-form-phone")
	page.get_by_role("button", name="Send").click()
	expect(page.get_by_role("status")).to_contain_text("a person will answer")
	expect(page.get_by_label("First name")).to_be_hidden()
	screenshot(page, "lead-form-sent")
	context.close()
	frappe.db.rollback()
	(row,) = frappe.get_all("Lead Intake", {"feed": feed.name}, pluck="name")
	assert intake.work(row) == "Done"
	lead = frappe.get_doc("Lead", made.lead_of(row))
	assert "You may text me." in lead.dealer_comments and lead.dealer_wanted == "S4711"
	console.assert_clean()


def test_no_form_without_its_key(page: Page) -> None:
	assert page.goto("/dealer-enquiry").status == 404
	assert page.goto("/dealer-enquiry?form=Our%20Site").status == 404


def test_who_it_is_is_decided_on_the_lead(desk: Desk, console: Console, feed: str) -> None:
	person = made.Person()
	customer = f.make_customer(f"{person.first} {person.last}")
	frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": person.first,
			"phone_nos": [{"phone": person.phone, "is_primary_mobile_no": 1}],
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		}
	).insert()
	frappe.db.commit()
	asks = made.Person("Zachary", person.last, phone=person.phone)
	(row,) = intake.accept(asks.adf(), channel="HTTP", feed=feed)
	frappe.db.commit()
	intake.work(row.name)
	lead = made.lead_of(row)
	manager = showroom.sales_manager()
	page = desk(f"lead/{lead}", user=manager, password=steps.PASSWORD)
	card = page.locator(".dlr-lead-ask")
	expect(card).to_contain_text("Is this a customer on file?")
	expect(card).to_contain_text("same phone")
	screenshot(page, "lead-to-check")
	page.get_by_role("button", name="This Is Them").click()
	expect(page.locator(".dlr-lead-line")).to_contain_text(person.first)
	expect(card).to_have_count(0)
	frappe.db.rollback()
	assert frappe.db.get_value("Lead", lead, "dealer_customer") == customer.name
	console.assert_clean()


def test_a_failed_message_becomes_a_lead_by_hand(desk: Desk, console: Console, feed: str) -> None:
	person = made.Person()
	text = person.adf().replace(person.email, "none").replace(person.phone, "later")
	(row,) = intake.accept(text, channel="HTTP", feed=feed)
	frappe.db.commit()
	intake.work(row.name)
	page = desk(f"lead-intake/{row.name}", user=showroom.bdc(), password=steps.PASSWORD)
	expect(page.locator(".form-message")).to_contain_text("nobody could answer")
	page.get_by_role("button", name="Make Lead by Hand").click()
	dialog = page.locator(".modal-dialog:visible")
	expect(dialog.locator("[data-fieldname=first_name] input")).to_have_value(person.first)
	dialog.locator("[data-fieldname=mobile_no] input").fill(person.phone)
	page.keyboard.press("Control+Enter")
	page.wait_for_function("() => frappe.get_route()[1] === 'Lead'")
	frappe.db.rollback()
	assert frappe.db.get_value("Lead Intake", row.name, "status") == "Done"
	console.assert_clean()

"""At the door and in the deal: the up dialog, a test drive, the checklist; each with the login of who does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import frappe
import pytest
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories, showroom

Desk = Callable[..., Page]
TEMPLATE = "Papers of the Browser"


@pytest.fixture(autouse=True)
def house(site: str) -> Iterator[str]:
	expect.set_options(
		timeout=20_000
	)  # a lead that begins is routed, matched and told before the dialog closes
	yield showroom.set_up_showroom()
	expect.set_options(timeout=5_000)


@pytest.fixture
def papers(house: str) -> Iterator[None]:
	"""A short list of papers is in force."""
	if not frappe.db.exists("Deal Document Template", TEMPLATE):
		rows = (
			("Photo ID", "F&I", 0, 1),
			("Privacy notice", "F&I", 1, 0),
			("Buyer's order", "Contracted", 0, 0),
		)
		frappe.get_doc(
			{
				"doctype": "Deal Document Template",
				"title": TEMPLATE,
				"company": factories.COMPANY,
				"documents": [
					{
						"document": name,
						"required_before": stage,
						"note_is_enough": note,
						"sensitive": sensitive,
					}
					for name, stage, note, sensitive in rows
				],
			}
		).insert()
		frappe.db.commit()
	_switch(1)
	yield
	_switch(0)


def _switch(enabled: int) -> None:
	frappe.db.rollback()
	doc = frappe.get_doc("Deal Document Template", TEMPLATE)
	doc.enabled = enabled
	doc.save()
	frappe.db.commit()


def bdc() -> str:
	return steps.person(roles.BDC, "browser.bdc")


def fni() -> str:
	return steps.person(roles.FNI, "browser.fni")


def test_a_receptionist_finds_a_customer_while_typing_and_the_visit_is_made(
	desk: Desk, console: Console
) -> None:
	customer = factories.make_customer(factories.unique("Quentin Returning"), mobile_no="+15550107788")
	seller = steps.salesperson()
	page = desk("showroom-visit", bdc(), steps.PASSWORD)
	page.get_by_role("button", name="Somebody Is Here").click()
	shown = steps.dialog(page, "Somebody Is Here")
	steps.field(shown, "person").press_sequentially("quentin ret", delay=20)
	found = shown.locator("[data-dlr=pick]", has_text=customer.customer_name)
	expect(found).to_contain_text("+15550107788")
	found.click()
	expect(shown).to_contain_text("is on file: the visit is added")
	expect(steps.field(shown, "person")).to_be_hidden()
	welcome = shown.get_by_role("button", name="Welcome")
	expect(welcome).to_be_disabled()
	who = steps.field(shown, "salesperson")
	who.fill(seller)
	who.press("Tab")
	expect(welcome).to_be_enabled()
	screenshot(page, "somebody-is-here")
	welcome.click()
	expect(shown).to_be_hidden()
	expect(page.locator(".list-row", has_text=customer.customer_name)).to_contain_text("Here")
	frappe.db.rollback()
	made = frappe.get_all(
		"Showroom Visit", {"customer": customer.name}, ["kind", "salesperson", "greeted_by"]
	)
	assert [(row.kind, row.salesperson, row.greeted_by) for row in made] == [("Walk-in", seller, bdc())]
	console.assert_clean()


def test_somebody_new_is_a_lead_by_keyboard_alone(desk: Desk, console: Console) -> None:
	seller = steps.salesperson()
	name = factories.unique("Norbert Newcomer")
	page = desk("showroom-visit", seller, steps.PASSWORD)
	page.get_by_role("button", name="Somebody Is Here").click()
	shown = steps.dialog(page, "Somebody Is Here")
	steps.field(shown, "person").fill(name)
	expect(shown).to_contain_text("A phone number is still missing")
	steps.field(shown, "phone").fill(f"555 01{name[-3:].translate(str.maketrans('abcdef', '012345'))} 4471")
	expect(shown).to_contain_text("is new here")
	welcome = shown.get_by_role("button", name="Welcome")
	expect(welcome).to_be_enabled()
	page.keyboard.press("Control+Enter")
	expect(shown).to_be_hidden()
	expect(page.locator(".list-row", has_text=name)).to_contain_text("Walk-in")
	frappe.db.rollback()
	lead = frappe.get_all(
		"Lead", {"lead_name": name}, ["dealer_lead_type", "lead_owner", "dealer_first_response_by"]
	)
	assert len(lead) == 1 and lead[0].dealer_lead_type == "Walk-in"
	assert lead[0].dealer_first_response_by == seller
	console.assert_clean()


def test_a_car_leaves_and_comes_back(desk: Desk, console: Console) -> None:
	deal = showroom.make_deal(salesperson=steps.salesperson())
	page = steps.form(desk, "Deal Jacket", deal.name, steps.salesperson())
	steps.in_menu(page, "Showroom", "Test Drive")
	shown = steps.dialog(page, "Test Drive")
	key = shown.get_by_role("button", name="Hand Over the Key")
	expect(shown).to_contain_text("Look at the driving licence first")
	expect(key).to_be_disabled()
	steps.field(shown, "licence_seen").check()
	until = shown.locator("input[data-fieldname=licence_valid_until]")
	until.fill("01-01-2020")
	until.press("Tab")
	expect(shown).to_contain_text("A sales manager can decide otherwise")
	expect(key).to_be_disabled()
	until.fill("01-01-2031")
	until.press("Tab")
	expect(key).to_be_enabled()
	key.click()
	expect(page.get_by_role("button", name="Car Is Back")).to_be_visible()
	expect(page.get_by_role("button", name="Print Gate Pass")).to_be_visible()
	screenshot(page, "test-drive-out")
	page.get_by_role("button", name="Car Is Back").click()
	back = steps.dialog(page, "Back From the Test Drive")
	steps.field(back, "mileage_in").fill("12")
	steps.field(back, "mileage_in").press("Tab")
	back.get_by_role("button", name="Car Is Back").click()
	expect(back).to_be_hidden(timeout=20_000)
	frappe.db.rollback()
	assert frappe.db.get_value("Dealer Vehicle", deal.vehicle, "mileage") == 12
	console.assert_clean()


def row_of(page: Page, document: str):
	return page.locator(".dlr-paper", has_text=document).first


def test_the_checklist_takes_a_file_and_hides_what_is_sensitive(
	desk: Desk, papers: None, console: Console, tmp_path: Path, login: Callable[..., None]
) -> None:
	deal = showroom.make_deal(salesperson=steps.salesperson())
	scan = tmp_path / "photo id.txt"
	scan.write_text(f"a scan {factories.key()}")
	page = steps.form(desk, "Deal Jacket", deal.name, fni())
	page.get_by_role("tab", name="Documents").click()
	expect(page.locator(".dlr-papers").first).to_contain_text("0 of 3 documents are here")
	with page.expect_file_chooser() as chooser:
		row_of(page, "Photo ID").get_by_role("button", name=re.compile("^Upload")).click()
	chooser.value.set_files(scan)
	expect(row_of(page, "Photo ID").get_by_role("link", name="received")).to_be_visible()
	row_of(page, "Privacy notice").get_by_role("button", name=re.compile("^Note")).click()
	shown = steps.dialog(page, "Note: Privacy notice")
	shown.locator("textarea").fill("Handed over at the desk")
	shown.get_by_role("button", name="Save the Note").click()
	expect(row_of(page, "Privacy notice")).to_contain_text("noted: Handed over at the desk")
	expect(page.locator(".dlr-papers").first).to_contain_text("2 of 3 documents are here")
	screenshot(page, "checklist-of-fni")
	address = row_of(page, "Photo ID").get_by_role("link", name="received").get_attribute("href")
	assert page.request.get(str(address)).ok
	console.assert_clean()

	page = steps.form(desk, "Deal Jacket", deal.name, steps.salesperson())
	page.get_by_role("tab", name="Documents").click()
	photo = row_of(page, "Photo ID")
	expect(photo).to_contain_text("received")
	expect(photo.get_by_role("link")).to_have_count(0)
	expect(photo.get_by_role("button")).to_have_count(0)
	assert page.request.get(str(address)).status == 403
	expect(page.locator(".dlr-compliance")).to_contain_text("F&I or a manager makes these checks")
	expect(page.locator(".dlr-compliance").get_by_role("button")).to_have_count(0)
	screenshot(page, "checklist-of-a-salesperson")


def test_fni_records_a_check_and_another_manager_clears_the_alert(desk: Desk, console: Console) -> None:
	deal = showroom.make_deal()
	page = steps.form(desk, "Deal Jacket", deal.name, fni())
	page.get_by_role("tab", name="Documents").click()
	line = page.locator(".dlr-compliance .dlr-paper", has_text="OFAC")
	line.get_by_role("button").click()
	shown = steps.dialog(page, "OFAC check of")
	steps.field(shown, "method").fill("Treasury search")
	steps.field(shown, "result").select_option("Alert")
	expect(shown).to_contain_text("Something does not fit")
	shown.locator("textarea").fill("Same name, other date of birth")
	shown.locator("textarea").press("Tab")
	shown.get_by_role("button", name="Record the Check").click()
	expect(line).to_contain_text("alert")
	expect(line.get_by_role("button")).to_have_count(0)
	console.assert_clean()

	page = steps.form(desk, "Deal Jacket", deal.name, steps.manager())
	page.get_by_role("tab", name="Documents").click()
	line = page.locator(".dlr-compliance .dlr-paper", has_text="OFAC")
	line.get_by_role("button", name="Clear the Alert").click()
	shown = steps.dialog(page, "Clear the Alert")
	shown.locator("textarea").fill("Compared the date of birth: another person")
	shown.locator("textarea").press("Tab")
	shown.get_by_role("button", name="Clear the Alert").click()
	expect(line).to_contain_text("done")
	expect(line).to_contain_text("cleared by")
	screenshot(page, "alert-cleared")
	console.assert_clean()

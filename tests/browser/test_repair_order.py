"""An advisor's repair order: checked in, recommended, answered at the price shown, and refused with a way out."""

from __future__ import annotations

import re
from collections.abc import Callable

import frappe
import pytest
from frappe.utils import add_days, nowdate
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories, lane

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	company = lane.set_up_lane()
	lane.advisor()
	frappe.db.commit()
	return company


def order_form(desk: Desk, name: str) -> Page:
	page = steps.form(desk, "Repair Order", name, lane.advisor())
	expect(page.locator(".dlr-ro")).to_be_visible()
	return page


def fresh(name: str):
	frappe.db.rollback()
	return frappe.get_doc("Repair Order", name)


def test_a_car_drives_in(desk: Desk, console: Console) -> None:
	customer = factories.make_customer()
	car = lane.make_car(customer)
	earlier = lane.make_order(customer, car, mileage_in=28_000)
	number = lane.recommend(earlier, title="Rear brake pads")
	lane.answer(earlier, number, "Declined")
	lane.answer(earlier, 1, "Declined")

	page = desk(f"repair-order/new?customer={customer.name}", lane.advisor(), steps.PASSWORD)
	shown = steps.dialog(page, "Check In")
	expect(shown.get_by_text("is in the shop already")).to_be_visible()  # its only car was chosen by itself
	shown.locator(".dlr-line", has_text="Rear brake pads").get_by_role("checkbox").check()
	mileage = steps.field(shown, "mileage_in")
	mileage.fill("27000")
	mileage.blur()
	check_in = steps.primary(shown)
	expect(shown).to_contain_text("The odometer showed 28,000 before")
	expect(check_in).to_be_disabled()
	mileage.fill("29500")
	mileage.blur()
	steps.field(shown, "tag").fill("B12")
	screenshot(page, "check_in")
	check_in.click()
	page.wait_for_function("window.cur_frm?.doc?.name?.startsWith('RO-')")
	expect(page.locator(".dlr-ro")).to_contain_text("1 job pending")
	expect(page.locator(".dlr-ro-job")).to_contain_text("Rear brake pads")
	name = page.evaluate("cur_frm.doc.name")
	order = fresh(name)
	assert (order.customer, order.vehicle, order.mileage_in, order.tag) == (
		customer.name,
		car.name,
		29_500,
		"B12",
	)
	assert order.jobs[0].amount == 300


def test_recommended_answered_and_started(desk: Desk, console: Console) -> None:
	order = lane.make_order(approved=True, contact_phone="(555) 010-2233")
	page = order_form(desk, order.name)
	steps.button(page, "Recommend Job").click()
	shown = steps.dialog(page, "Add Job")
	expect(steps.primary(shown)).to_be_disabled()
	steps.field(shown, "title").fill("Front brake pads")
	steps.field(shown, "hours").fill("2")
	steps.field(shown, "hours").blur()
	steps.primary(shown).click()
	expect(page.locator(".dlr-ro")).to_contain_text("1 job pending")

	steps.button(page, "Record Answer").click()
	shown = steps.dialog(page, "Answer to Job 2")
	expect(shown.locator(".dlr-asked")).to_contain_text("300.00")
	steps.field(shown, "how").select_option("Phone")
	expect(steps.field(shown, "phone")).to_have_value(re.compile("010-2233"))
	screenshot(page, "record_answer")
	steps.primary(shown).click()
	expect(page.locator(".dlr-ro")).to_contain_text("All answered")
	row = fresh(order.name).jobs[1]
	assert (row.answer, row.answered_how, row.amount_shown) == ("Approved", "Phone", 300)
	steps.button(page, "Start Work").click()
	expect(page.locator(".dlr-ro")).to_contain_text("In Progress")
	screenshot(page, "repair_order")


def test_the_price_changed_while_the_dialog_was_open(desk: Desk, console: Console) -> None:
	order = lane.make_order()
	page = order_form(desk, order.name)
	steps.button(page, "Record Answer").click()
	shown = steps.dialog(page, "Answer to Job 1")
	order.jobs[0].hours = 2
	order.save()
	frappe.db.commit()
	steps.field(shown, "how").select_option("In Person")
	steps.primary(shown).click()
	refusal = shown.get_by_role("alert")
	expect(refusal).to_contain_text("costs 300.00 USD now, not 150.00 USD")
	assert fresh(order.name).jobs[0].answer == "Pending"
	steps.without_refusal(console, "DealerRefusal")


def test_the_second_advisor_is_told_what_the_first_changed(desk: Desk, console: Console) -> None:
	order = lane.make_order()
	page = order_form(desk, order.name)
	order.tag = "Z9"
	order.save()
	frappe.db.commit()
	page.evaluate("cur_frm.set_value('damage_notes', 'Scratch on the left door')")
	page.evaluate("cur_frm.save().catch(() => {})")
	expect(page.locator(".modal.show")).to_contain_text("changed: Tag")
	assert fresh(order.name).damage_notes is None
	steps.without_refusal(console, "TimestampMismatchError")


def test_parts_arrive(desk: Desk, console: Console) -> None:
	part = {"description": "Rotor", "rate": 80, "state": "Ordered", "eta": add_days(nowdate(), 2)}
	order = lane.make_order(works=[{"title": "Brakes", "parts": [part]}], approved=True)
	page = order_form(desk, order.name)
	expect(page.locator(".dlr-ro")).to_contain_text("1 awaited")
	steps.in_menu(page, "Lane", "Where Parts Are")
	shown = steps.dialog(page, "Where Parts Are")
	shown.get_by_label("State of Rotor").select_option("Arrived")
	steps.primary(shown).click()
	expect(page.locator(".dlr-ro")).to_contain_text("Arrived")
	assert fresh(order.name).parts[0].state == "Arrived"


def test_thirty_jobs_and_sixty_parts(desk: Desk, console: Console) -> None:
	works = [
		{
			"title": f"Job {number}",
			"parts": [
				{"description": f"Part {number}a", "rate": 9.99},
				{"description": f"Part {number}b", "rate": 1},
			],
		}
		for number in range(1, 31)
	]
	order = lane.make_order(works=works)
	page = order_form(desk, order.name)
	jobs = page.locator(".dlr-ro-job")
	expect(jobs).to_have_count(8)
	page.get_by_role("button", name="Show all 30 jobs").click()
	expect(jobs).to_have_count(30)
	steps.button(page, "Record Answer").click()
	shown = steps.dialog(page, "Record Answer")
	shown.get_by_role("button", name="Approve All 30").click()
	steps.field(shown, "how").select_option("In Person")
	steps.primary(shown).click()
	expect(page.locator(".dlr-ro")).to_contain_text("All answered")
	assert {row.answer for row in fresh(order.name).jobs} == {"Approved"}


def test_found_by_the_tail_of_its_vin(desk: Desk, console: Console) -> None:
	order = lane.make_order()
	vin = frappe.db.get_value("Dealer Vehicle", order.vehicle, "vin")
	page = desk("repair-order", lane.advisor(), steps.PASSWORD)
	steps.button(page, "Find").click()
	shown = steps.dialog(page, "Find a Repair Order")
	steps.field(shown, "text").fill(vin[-7:])
	shown.get_by_role("link", name=re.compile(order.name)).click()
	steps.shown(page, "Repair Order", order.name)

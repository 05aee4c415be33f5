"""The lane board as an advisor uses it all day: cards, filters, moves by key and by drag, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Callable

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime
from playwright.sync_api import Locator, Page, expect

from dealer_pos_crm.dealer_service.appointments import book
from dealer_pos_crm.dealer_service.orders import status
from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories, lane

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def emptied(site: str) -> None:
	"""A lane with nothing in it but what a test puts there."""
	lane.set_up_lane()
	frappe.db.set_value(
		"Repair Order", {"status": ("not in", ("Closed", "Cancelled"))}, "status", "Cancelled"
	)
	frappe.db.set_value(
		"Service Appointment", {"status": ("in", ("Booked", "Confirmed"))}, "status", "Cancelled"
	)
	frappe.db.commit()


def make_order(minutes: int = 120, **values):
	promised = add_to_date(now_datetime().replace(microsecond=0), minutes=minutes)
	return lane.make_order(**{"approved": True, "promised_at": promised, **values})


def in_status(order, to: str):
	status.change(order.name, to)
	frappe.db.commit()
	return order


def board(desk: Desk, query: str = "", user: str | None = None) -> Page:
	page = desk(f"lane-board{query}", user or lane.advisor(), steps.PASSWORD)
	expect(page.locator(".dlr-board-foot").or_(page.locator(".dlr-board > .dlr-note")).first).to_be_visible()
	return page


def column(page: Page, name: str) -> Locator:
	return page.locator(f".dlr-lane[data-lane='{name}']")


def card(page: Page, order) -> Locator:
	return page.locator(f".dlr-car[data-name='{order.name}']")


def test_the_board_says_what_is_late_and_what_waits(desk: Desk, page: Page, console: Console) -> None:
	late, soon, waits = make_order(-20, tag="L1"), make_order(30, tag="S1"), make_order(tag="W1")
	in_status(late, "In Progress")
	lane.recommend(waits, title="Rear brakes")
	in_status(waits, "Waiting Customer")
	board(desk)
	expect(column(page, "Open").locator(".dlr-car")).to_have_count(1)
	expect(card(page, late)).to_contain_text(re.compile(r"\d+ min late"))
	expect(card(page, soon)).to_contain_text(re.compile(r"in (2\d|30) min"))
	expect(card(page, waits)).to_contain_text("1 job pending answer")
	expect(card(page, waits).get_by_role("button", name="Record Answer")).to_be_visible()
	expect(page.get_by_role("group", name="Show only")).to_contain_text("3 in the shop")
	screenshot(page, "lane-board")
	page.get_by_role("button", name="1 late").click()
	expect(page.locator(".dlr-car")).to_have_count(1)
	expect(page).to_have_url(re.compile(r"only=late"))
	page.reload()
	expect(page.locator(".dlr-car")).to_have_count(1)
	expect(card(page, late)).to_be_visible()
	console.assert_clean()


def test_filters_live_in_the_address(desk: Desk, page: Page, console: Console) -> None:
	mine = make_order(tag="M1")
	other = make_order(tag="O1", advisor=lane.second_advisor())
	board(desk)
	expect(page.locator(".dlr-car")).to_have_count(2)
	page.get_by_label("Advisor").select_option(lane.second_advisor())
	expect(page.locator(".dlr-car")).to_have_count(1)
	expect(card(page, other)).to_be_visible()
	page.get_by_label("Advisor").select_option("")
	page.get_by_label("Search the board").fill("#m1")
	expect(page.locator(".dlr-car")).to_have_count(1)
	expect(card(page, mine)).to_be_visible()
	card(page, mine).click()
	steps.shown(page, "Repair Order", mine.name)
	page.go_back()
	expect(page.get_by_label("Search the board")).to_have_value("#m1")
	expect(page).to_have_url(re.compile(r"q=%23m1"))
	expect(page.locator(".dlr-car:visible")).to_have_count(1)
	page.get_by_role("button", name="Show all").click()
	expect(page.locator(".dlr-car:visible")).to_have_count(2)
	console.assert_clean()


def test_a_car_is_moved_by_keyboard(desk: Desk, page: Page, console: Console) -> None:
	order, behind = make_order(60), make_order(90)
	board(desk)
	page.keyboard.press("ArrowDown")
	expect(card(page, order)).to_be_focused()
	page.keyboard.press("ArrowDown")
	expect(card(page, behind)).to_be_focused()
	page.keyboard.press("ArrowUp")
	page.keyboard.press("m")
	menu = card(page, order).get_by_role("menu")
	expect(menu.get_by_role("menuitem", name="In Progress")).to_be_focused()
	page.keyboard.press("ArrowDown")
	page.keyboard.press("Enter")
	moved = column(page, "Waiting Parts").locator(f".dlr-car[data-name='{order.name}']")
	expect(moved).to_be_focused()  # the keyboard goes along with the car
	page.wait_for_function("() => !document.querySelector('.dlr-car-busy')")
	expect(moved).to_be_focused()
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Order", order.name, "status") == "Waiting Parts"
	page.keyboard.press("ArrowLeft")
	expect(card(page, behind)).to_be_focused()
	page.keyboard.press("?")
	expect(steps.dialog(page, "Keys of the lane board")).to_contain_text("move it to another column")
	console.assert_clean()


def test_a_refused_move_goes_back_and_says_why(desk: Desk, page: Page, console: Console) -> None:
	order = in_status(make_order(), "In Progress")
	board(desk)
	card(page, order).focus()
	page.keyboard.press("m")
	card(page, order).get_by_role("menuitem", name="Ready").click()
	told = page.locator(".dlr-board-refusal")
	expect(told).to_contain_text("Approved and not done: job 1")
	expect(column(page, "In Progress").locator(".dlr-car")).to_have_count(1)
	expect(column(page, "Ready").locator(".dlr-car")).to_have_count(0)
	expect(card(page, order)).to_be_focused()
	page.keyboard.press("Escape")
	expect(told).to_have_count(0)
	card(page, order).drag_to(column(page, "Invoiced"))
	expect(told).to_contain_text("make it Ready first")
	card(page, order).drag_to(column(page, "Waiting Parts"))
	expect(column(page, "Waiting Parts").locator(".dlr-car")).to_have_count(1)
	page.wait_for_function("() => !document.querySelector('.dlr-car-busy')")
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Order", order.name, "status") == "Waiting Parts"
	steps.without_refusal(console, "DealerRefusal").assert_clean()


def test_an_answer_is_recorded_on_the_board(desk: Desk, page: Page, console: Console) -> None:
	order = make_order()
	lane.recommend(order, title="Rear brakes")
	board(desk)
	card(page, order).focus()
	page.keyboard.press("a")
	answer = steps.dialog(page, "Answer to Job 2")
	steps.field(answer, "how").select_option("In Person")
	steps.primary(answer).click()
	expect(answer).to_have_count(0)
	expect(card(page, order)).not_to_contain_text("pending")
	expect(card(page, order)).to_be_focused()
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Order", order.name, "pending_jobs") == 0
	console.assert_clean()


def test_a_visit_from_the_appointment_to_the_key(desk: Desk, page: Page, console: Console) -> None:
	"""Check in, recommend and answer, invoice, take the money, hand over: all of it on the board."""
	customer = factories.make_customer()
	car = lane.make_car(customer)
	booked = book.book(
		factories.key(),
		[{"service_name": "Oil and filter", "hours": 1, "price": 89}],
		customer=customer.name,
		vehicle=car.name,
		company=factories.COMPANY,
		starts_at=add_to_date(now_datetime().replace(second=0, microsecond=0), minutes=20),
		duration=1,
		concern="Oil change",
	)["name"]
	frappe.db.commit()
	user = steps.person((roles.ADVISOR, roles.CASHIER), "lane.small.shop")
	board(desk, user=user)
	column(page, "Booked").get_by_role("button", name="Check In").click()
	check_in = steps.dialog(page, "Check In")
	steps.field(check_in, "mileage_in").fill("31000")
	check_in.get_by_label("The customer agrees").check()
	steps.primary(check_in).click()
	opened = column(page, "Open").locator(".dlr-car")
	expect(opened).to_be_focused()  # the board stays, with the keyboard on the new order
	expect(column(page, "Booked").locator(".dlr-car")).to_have_count(0)
	frappe.db.rollback()
	name = frappe.db.get_value("Service Appointment", booked, "repair_order")
	order = frappe.get_doc("Repair Order", name)
	assert order.jobs[0].answer == "Approved"

	lane.recommend(order, title="Wiper blades", hours=0.2)
	lane.finish(order, to=None)
	page.keyboard.press("r")
	opened.get_by_role("button", name="Record Answer").click()
	answer = steps.dialog(page, "Answer to Job 2")
	answer.get_by_role("radio", name="Decline").click()
	answer.locator(".dlr-asked-more input").fill("Later")
	steps.field(answer, "how").select_option("In Person")
	steps.primary(answer).click()
	expect(answer).to_have_count(0)
	opened.focus()
	page.keyboard.press("m")
	opened.get_by_role("menuitem", name="Ready").click()
	ready = column(page, "Ready").locator(".dlr-car")
	ready.get_by_role("button", name="Invoice").click()
	steps.primary(steps.dialog(page, "Invoice")).click()
	invoiced = column(page, "Invoiced").locator(".dlr-car")
	expect(invoiced).to_contain_text("owes $ 89.00")
	invoiced.get_by_role("button", name="Collect").click()
	collect = steps.dialog(page, "Collect")
	steps.primary(collect).click()
	expect(collect.locator(".dlr-collect-done")).to_contain_text("RCT-")
	collect.get_by_role("button", name="Done", exact=True).click()
	expect(collect).to_have_count(0)
	invoiced.get_by_role("button", name="Hand Over").click()
	hand_over = steps.dialog(page, "Hand Over")
	steps.field(hand_over, "mileage_out").fill("31004")
	steps.primary(hand_over).click()
	expect(page.locator(".dlr-board-empty")).to_be_visible()
	frappe.db.rollback()
	assert frappe.db.get_value("Repair Order", name, ["status", "payment_status", "outstanding"]) == (
		"Closed",
		"Paid",
		0,
	)
	console.assert_clean()


def test_it_keeps_up_without_jumping(desk: Desk, page: Page, console: Console) -> None:
	orders = [make_order(60 + number) for number in range(8)]
	board(desk)
	last = card(page, orders[-1])
	last.focus()
	scrolled = column(page, "Open").locator(".dlr-lane-cards").evaluate("list => list.scrollTop")
	assert scrolled > 0
	in_status(orders[0], "In Progress")
	page.keyboard.press("r")
	expect(column(page, "In Progress").locator(".dlr-car")).to_have_count(1)
	expect(last).to_be_focused()
	assert last.evaluate("card => card.getBoundingClientRect().bottom <= window.innerHeight")
	console.assert_clean()


def test_an_empty_lane_and_a_failed_answer_are_told(desk: Desk, page: Page, console: Console) -> None:
	page.route("**/dealer_pos_crm.api.lane.load*", lambda route: route.abort(), times=1)
	board(desk, user=lane.advisor())
	page.get_by_role("alert").get_by_role("button", name="Try Again").click()
	empty = page.locator(".dlr-board-empty")
	expect(empty).to_contain_text("none is in the shop")
	empty.get_by_role("button", name="New Walk-in").click()
	expect(steps.dialog(page, "Check In")).to_be_visible()
	console.errors = [text for text in console.errors if "ERR_FAILED" not in text]
	console.assert_clean()


def test_a_technician_looks_and_clocks(desk: Desk, page: Page, console: Console) -> None:
	user = lane.technician()
	order = lane.make_order(works=[{"title": "Front brakes", "hours": 2, "technician": user}], approved=True)
	board(desk, user=user)
	expect(card(page, order)).to_be_visible()
	expect(card(page, order).get_by_role("button", name="Move")).to_have_count(0)
	expect(page.locator(".dlr-board")).not_to_contain_text("$")  # the work, not the money
	page.evaluate("() => frappe.set_route('my-jobs')")
	job = page.locator(f".dlr-job[data-job='{order.name}:1']")
	job.get_by_role("button", name="Clock On").click()
	now = page.locator(".dlr-now")
	expect(now).to_contain_text("On the clock since")
	expect(now).to_contain_text("Front brakes")
	screenshot(page, "my-jobs")
	job.get_by_role("button", name="Done").click()
	done = steps.dialog(page, "Job 1 Is Done")
	expect(done).to_contain_text("clocked off at the same time")
	steps.field(done, "cause").fill("Pads at 2 mm")
	steps.field(done, "correction").fill("Pads and rotors replaced")
	steps.primary(done).click()
	expect(now).to_contain_text("Not on the clock")
	expect(page.get_by_role("region", name="Done")).to_contain_text("Front brakes")
	frappe.db.rollback()
	row = frappe.get_doc("Repair Order", order.name).jobs[0]
	assert (row.done, row.cause, row.correction) == (1, "Pads at 2 mm", "Pads and rotors replaced")
	console.assert_clean()


def test_who_may_not_see_orders_is_told(desk: Desk, page: Page, console: Console) -> None:
	user = factories.make_user("Desk User", "lane.nobody")
	frappe.db.commit()
	page = desk("lane-board", user, steps.PASSWORD)
	expect(page.locator("body")).to_contain_text(re.compile("not permitted|No permission|not have", re.I))

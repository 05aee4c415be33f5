"""The day board and the appointment's form, as an advisor has them open all day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote

import frappe
import pytest
from frappe.utils import now_datetime
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories, lane

Desk = Callable[..., Page]
DOCTYPE = "Service Appointment"


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


@pytest.fixture
def advisor(dealership: str) -> str:
	return steps.person(roles.ADVISOR, "browser.advisor")


def own_day() -> datetime:
	"""A day ahead for which nobody is booked yet: at eight."""
	day = (now_datetime() + timedelta(days=60)).replace(hour=8, minute=0, second=0, microsecond=0)
	while frappe.db.exists(DOCTYPE, {"starts_at": ("between", [day, day + timedelta(hours=14)])}):
		day += timedelta(days=1)
	return day


def booked(**values) -> str:
	return lane.make_appointment(**values).name


def board(desk: Desk, user: str, day: datetime, more: str = "") -> Page:
	page = desk(f"service-day-board?day={day:%Y-%m-%d}{more}", user, steps.PASSWORD)
	expect(page.locator(".dlr-day-sheet")).to_be_visible()
	return page


def card(page: Page, name: str):
	return page.locator(f".dlr-visit[data-name='{name}']")


def status_of(name: str) -> str:
	frappe.db.rollback()
	return frappe.db.get_value(DOCTYPE, name, "status")


def test_a_day_is_worked_from_the_board(desk: Desk, advisor: str, console: Console) -> None:
	own, other = lane.make_team(2), lane.make_team(8)
	# Both columns in sight: what is dragged is dropped where one sees it.
	frappe.db.set_value("Service Team", {"name": ("not in", [own, other])}, "enabled", 0)
	frappe.db.commit()
	day = own_day()
	first = booked(starts_at=day, team=own, advisor=advisor)
	second = booked(starts_at=day + timedelta(hours=2), team=own, advisor=advisor)
	page = board(desk, advisor, day)
	head = page.locator(".dlr-day-head", has_text=own)
	expect(head).to_contain_text("3 of 2 h")
	expect(head).to_contain_text("1 h too much")
	expect(card(page, first)).to_contain_text("Booked")

	card(page, first).get_by_role("button", name="Confirm").click()
	shown = steps.dialog(page, "Confirm")
	steps.primary(shown).click()
	expect(card(page, first)).to_contain_text("Confirmed")
	assert status_of(first) == "Confirmed"

	# By keyboard: to the second one, and to another time.
	card(page, first).focus()
	page.keyboard.press("ArrowDown")
	expect(card(page, second)).to_be_focused()
	page.keyboard.press("m")
	shown = steps.dialog(page, "Reschedule")
	expect(shown.locator(".dlr-week")).to_contain_text(own)
	field = shown.locator("[data-fieldname='starts_at'] input")
	field.fill(f"{day:%m-%d-%Y} 15:00:00")
	field.press("Tab")
	expect(shown.locator(".dlr-sentence")).to_contain_text("15:00")
	screenshot(page, "day-board-reschedule")
	steps.primary(shown).click()
	expect(card(page, second)).to_have_count(0)
	expect(page.locator(".dlr-visit")).to_have_count(2)
	assert status_of(second) == "Rescheduled"
	new = frappe.db.get_value(DOCTYPE, second, "rescheduled_to")
	expect(card(page, new)).to_contain_text("15:00")

	# To another team at the same hour: dropped there, once the dialog has let go of the page.
	expect(page.locator(".modal-backdrop")).to_have_count(0)
	to = page.locator(".dlr-day-head", has_text=other).bounding_box()
	here = card(page, new).bounding_box()
	assert to and here
	card(page, new).drag_to(
		page.locator(".dlr-day-sheet"),
		target_position={
			"x": to["x"] + to["width"] / 2 - page.locator(".dlr-day-sheet").bounding_box()["x"],
			"y": here["y"] + 10 - page.locator(".dlr-day-sheet").bounding_box()["y"],
		},
		force=True,
	)
	expect(page.locator(".dlr-day-head", has_text=other)).to_contain_text("1.5 of 8 h")
	frappe.db.rollback()
	assert frappe.db.get_value(DOCTYPE, new, "team") == other
	screenshot(page, "day-board")
	console.assert_clean()


def test_the_address_keeps_day_columns_and_search(desk: Desk, advisor: str, console: Console) -> None:
	own, day = lane.make_team(8), own_day()
	first = booked(starts_at=day, team=own, advisor=advisor)
	second = booked(starts_at=day, team=own, advisor=advisor)
	name = frappe.db.get_value(DOCTYPE, first, "customer_name")
	page = board(desk, advisor, day)
	expect(page.locator(".dlr-visit")).to_have_count(2)
	page.get_by_role("button", name="Advisors").click()
	page.keyboard.press("/")
	page.keyboard.type(name)
	expect(card(page, second)).to_have_count(0)
	page.reload()
	expect(card(page, first)).to_be_visible()
	expect(page.locator(".dlr-visit")).to_have_count(1)
	expect(page.get_by_role("button", name="Advisors")).to_have_attribute("aria-pressed", "true")
	assert f"day={day:%Y-%m-%d}" in page.url and "by=advisor" in page.url
	page.get_by_role("button", name="The day after").click()
	page.wait_for_url(f"**day={day + timedelta(days=1):%Y-%m-%d}**")
	console.assert_clean()


def test_it_brings_itself_up_to_date_without_jumping(desk: Desk, advisor: str, console: Console) -> None:
	own, day = lane.make_team(40), own_day()
	names = [booked(starts_at=day + timedelta(hours=at % 9), team=own) for at in range(27)]
	page = board(desk, advisor, day)
	card(page, names[0]).wait_for()
	page.keyboard.press("ArrowDown")
	for _step in range(16):
		page.keyboard.press("ArrowDown")
	here = page.evaluate("() => document.activeElement.dataset.name")
	at = card(page, here).bounding_box()
	late = booked(starts_at=day, team=own)  # another row high up
	page.evaluate("() => frappe.pages['service-day-board'].dlr_screen.ask()")
	expect(page.locator(".dlr-quick", has_text="expected")).to_contain_text("28")
	assert page.evaluate("() => document.activeElement.dataset.name") == here
	now = card(page, here).bounding_box()
	assert at and now and abs(now["y"] - at["y"]) <= 2, (at, now)
	assert late not in names
	console.assert_clean()


def test_a_day_of_five_hundred_draws_what_is_in_sight(desk: Desk, advisor: str, console: Console) -> None:
	"""The answer is the server's own, multiplied: only the browser's side is tried here."""
	own, day = lane.make_team(400), own_day()
	booked(starts_at=day, team=own)
	many = """
		() => {
			const call = dealer.call;
			dealer.call = async (method, ...words) => {
				const answer = await call(method, ...words);
				if (!method.endsWith("get_board") || answer.same || !answer.rows.length) return answer;
				const [row] = answer.rows;
				answer.rows = Array.from({ length: 500 }, (_, at) => {
					const copy = [...row];
					const hour = String(8 + Math.floor(at / 55)).padStart(2, "0");
					copy[0] = `APT-${at}`;
					copy[2] = answer.day + ` ${hour}:00:00`;
					return copy;
				});
				return answer;
			};
		}
	"""
	page = desk("service-appointment", advisor, steps.PASSWORD)
	page.evaluate(many)
	page.evaluate("() => frappe.set_route('service-day-board')")
	expect(page.locator(".dlr-day-sheet")).to_be_visible()  # today, when nobody may be booked
	started = page.evaluate("() => performance.now()")
	page.evaluate(
		f"() => {{ const box = document.querySelector('.dlr-day-step input'); box.value = '{day:%Y-%m-%d}'; box.dispatchEvent(new Event('change')); }}"
	)
	expect(page.locator(".dlr-quick", has_text="expected")).to_contain_text("500")
	took = page.evaluate("() => performance.now()") - started
	drawn = page.locator(".dlr-visit").count()
	assert 0 < drawn < 150, drawn
	page.locator(".dlr-day-scroll").evaluate("(box) => (box.scrollTop = box.scrollHeight)")
	expect(card(page, "APT-499")).to_be_visible()
	assert page.locator(".dlr-visit").count() < 150
	screenshot(page, "day-board-500")
	assert took < 20_000
	console.assert_clean()


def test_booking_shows_what_to_know_and_adds_declined_work(
	desk: Desk, advisor: str, console: Console
) -> None:
	customer = factories.make_customer(mobile_no="(555) 010-2233")
	car = lane.make_car(customer)
	row = frappe.get_doc(
		{
			"doctype": "Declined Service",
			"service_name": "Rear brake pads",
			"severity": "Red",
			"kind": "Declined",
			"price": 389.2,
			"currency": "USD",
			"status": "Open",
			"vehicle": car.name,
			"customer": customer.name,
			"company": factories.COMPANY,
			"declined_on": now_datetime() - timedelta(days=40),
			"first_declined_on": now_datetime() - timedelta(days=40),
		}
	)
	row.flags.of_the_lane = True
	row.insert(ignore_permissions=True)
	factories.make_invoice(customer, 412.6)
	frappe.db.commit()
	page = desk("service-appointment/new", advisor, steps.PASSWORD)
	page.wait_for_function("() => window.cur_frm?.doctype === 'Service Appointment' && cur_frm.is_new()")
	page.evaluate("(name) => cur_frm.set_value('customer', name)", customer.name)
	context = page.locator("[data-fieldname='context']")
	expect(context).to_contain_text("owes $ 412.60")
	expect(context).to_contain_text("Rear brake pads")  # the only car is chosen by itself
	context.get_by_role("button", name="Add Rear brake pads").click()
	expect(context).to_contain_text("added")
	page.evaluate("(at) => cur_frm.set_value('starts_at', at)", f"{own_day():%Y-%m-%d %H:%M:%S}")
	steps.field(page, "concern").fill("Grinds when I brake")
	screenshot(page, "booking")
	steps.button(page, "Book").click()
	page.wait_for_function("() => !cur_frm.is_new()")
	steps.settled(page)
	frappe.db.rollback()
	doc = frappe.get_last_doc(DOCTYPE, {"customer": customer.name})
	assert doc.jobs[0].declined_service == row.name
	assert (doc.contact_phone, doc.advisor) == ("(555) 010-2233", advisor)
	assert frappe.db.get_value("Declined Service", row.name, "status") == "Booked"
	expect(steps.button(page, "Confirm")).to_be_visible()
	screenshot(page, "appointment-booked")
	console.assert_clean()


def test_an_arriving_customer_checks_in_from_the_form(desk: Desk, advisor: str, console: Console) -> None:
	doc = lane.make_appointment(
		starts_at=now_datetime().replace(second=0, microsecond=0) + timedelta(minutes=3), advisor=advisor
	)
	page = steps.form(desk, DOCTYPE, doc.name, advisor)
	steps.button(page, "Check In").click()
	shown = steps.dialog(page, "Check In")
	steps.field(shown, "mileage_in").fill("30100")
	steps.field(shown, "mileage_in").press("Tab")
	screenshot(page, "appointment-check-in")
	steps.primary(shown).dblclick()
	page.wait_for_function("() => window.cur_frm?.doctype === 'Repair Order' && !cur_frm.is_new()")
	assert status_of(doc.name) == "Arrived"
	assert frappe.db.count("Repair Order", {"appointment": doc.name}) == 1
	page.go_back()
	steps.shown(page, DOCTYPE, doc.name)
	expect(steps.button(page, "Open Repair Order")).to_be_visible()
	screenshot(page, "appointment-arrived")
	console.assert_clean()


def test_the_calendar_and_the_list(desk: Desk, advisor: str, console: Console) -> None:
	name = booked(starts_at=now_datetime().replace(second=0, microsecond=0) + timedelta(minutes=2))
	doc = frappe.get_doc(DOCTYPE, name)
	page = desk("service-appointment/view/calendar/default", advisor, steps.PASSWORD)
	expect(page.locator(".fc-view")).to_be_visible()
	steps.settled(page)
	screenshot(page, "appointments-calendar")
	steps.settled(page)
	page.goto(f"/app/service-appointment/view/list?customer={quote(doc.customer)}")
	expect(page.locator(".list-row", has_text=doc.customer_name)).to_be_visible()
	screenshot(page, "appointments-list")
	console.assert_clean()

"""A technician's inspection on a tablet, and what an advisor and a manager make of what was declined."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Page, expect

from dealer_pos_crm.dealer_service.inspections import defaults
from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories, lane

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def shop(site: str) -> str:
	company = lane.set_up_lane()
	defaults.add()
	frappe.db.commit()
	return company


def technician() -> str:
	return steps.person(roles.TECHNICIAN, "browser.technician")


def advisor() -> str:
	return steps.person(roles.ADVISOR, "browser.advisor")


def service_manager() -> str:
	return steps.person(roles.SERVICE_MANAGER, "browser.service.manager")


def point(page: Page, name: str):
	return page.locator(".dlr-point").filter(has=page.get_by_text(name, exact=True))


def saved(page: Page) -> None:
	page.wait_for_function("() => window.cur_frm?.dlr_sheet && !cur_frm.dlr_waiting")


def test_a_sheet_is_tapped_through_and_finished(desk: Desk, console: Console) -> None:
	order = lane.make_order(tag="H 12")
	page = steps.form(desk, "Repair Order", order.name, technician())
	page.set_viewport_size({"width": 820, "height": 1180})
	page.evaluate("() => dealer.inspection.start(cur_frm.doc.name, 'Quick Check')")
	page.wait_for_function("() => window.cur_frm?.doctype === 'Vehicle Inspection' && cur_frm.dlr_sheet")
	steps.settled(page)
	brakes = point(page, "Front brakes")
	expect(page.locator(".page-head:visible .title-text")).to_contain_text("2019 Toyota Camry")
	before = brakes.bounding_box()
	brakes.get_by_role("button", name="Now").click()
	expect(brakes.get_by_role("button", name="Now")).to_have_attribute("aria-pressed", "true")
	point(page, "Wiper blades").get_by_role("button", name="Soon").click()
	saved(page)
	assert abs(brakes.bounding_box()["y"] - before["y"]) <= 6  # nothing jumps under the finger
	expect(page.locator(".dlr-counts")).to_contain_text("1 now")
	expect(page.locator(".dlr-counts")).to_contain_text("7 left")
	brakes.get_by_role("button", name="Recommend").click()
	expect(brakes).to_contain_text("Pending")
	brakes.locator("[data-dlr=note]").click()
	note = steps.dialog(page, "Front brakes")
	steps.field(note, "note").fill("2 mm left")
	steps.primary(note).click()
	expect(brakes).to_contain_text("2 mm left")
	screenshot(page, "inspection-in-work")
	page.get_by_role("button", name="All others green").click()
	saved(page)
	expect(page.locator(".dlr-counts")).to_contain_text("7 good")
	steps.button(page, "Finish").click()
	expect(page.locator(".dlr-sheet-done")).to_be_visible()
	frappe.db.rollback()
	name = page.evaluate("() => cur_frm.doc.name")
	assert frappe.db.get_value("Vehicle Inspection", name, ["status", "red", "yellow", "green"]) == (
		"Done",
		1,
		1,
		7,
	)
	assert frappe.get_doc("Repair Order", order.name).jobs[-1].title == "Front brakes"
	console.assert_clean()


def test_keys_give_the_colours(desk: Desk, console: Console) -> None:
	order = lane.make_order()
	frappe.set_user(technician())
	from dealer_pos_crm.dealer_service.inspections import sheet

	name = sheet.start(order.name, "Quick Check")
	frappe.db.commit()
	frappe.set_user("Administrator")
	page = steps.form(desk, "Vehicle Inspection", name, technician())
	page.wait_for_function("() => window.cur_frm?.dlr_sheet")
	page.locator(".dlr-point").first.focus()
	for key in ("g", "y", "r"):
		page.keyboard.press(key)
	saved(page)
	results = page.evaluate("() => cur_frm.dlr_sheet.points.slice(0, 4).map((row) => row.result)")
	assert results == ["Green", "Yellow", "Red", None]
	console.assert_clean()


def test_declined_work_is_booked_or_given_up(desk: Desk, console: Console) -> None:
	order = lane.make_order(works=[{"title": "Front brake pads", "hours": 2, "severity": "Red"}])
	lane.answer(order, 1, "Declined")
	name = lane.job(order, 1).declined_service
	page = steps.form(desk, "Declined Service", name, advisor())
	expect(page.locator(".dlr-intro")).to_contain_text("$ 300.00")
	steps.button(page, "Book Appointment").click()
	page.wait_for_function("() => window.cur_frm?.doctype === 'Service Appointment' && cur_frm.is_new()")
	assert page.evaluate("() => cur_frm.doc.jobs.map((row) => row.declined_service)") == [name]
	steps.settled(page)
	page = steps.form(desk, "Declined Service", name, advisor())
	steps.in_menu(page, "Give Up", "Done Elsewhere")
	dialog = steps.dialog(page, "Done Elsewhere")
	expect(dialog).to_contain_text("Nobody asks for it any more")
	steps.primary(dialog).click()
	expect(page.locator(".page-head .indicator-pill").first).to_have_text("Done Elsewhere")
	frappe.db.rollback()
	assert frappe.db.get_value("Declined Service", name, "status") == "Closed"
	console.assert_clean()


def test_a_manager_sees_what_came_back_and_looks_closer(desk: Desk, console: Console) -> None:
	customer = factories.make_customer()
	vehicle = lane.make_car(customer)
	works = [{"title": "Front brake pads", "hours": 2, "severity": "Red"}]
	lane.answer(lane.make_order(customer, vehicle, works), 1, "Declined")
	lane.answer(lane.make_order(customer, vehicle, works), 1)
	page = desk("query-report/Declined and Recovered", service_manager(), steps.PASSWORD)
	expect(page.locator(".report-summary")).to_contain_text("%")
	expect(page.locator(".chart-wrapper svg")).to_be_visible()
	# On a busy machine Desk may measure its table before it is laid out; then it is drawn without rows.
	page.evaluate("() => frappe.query_report.render_datatable()")
	page.locator("[data-dlr=drill]").last.click()
	page.wait_for_function(
		"() => frappe.query_report?.get_filter_value('group_by') === 'Each One' && frappe.query_report.data?.some((row) => row.service_name)"
	)
	expect(page.locator(".dt-scrollable")).to_contain_text("Front brake pads")
	screenshot(page, "declined-and-recovered")
	page = desk("query-report/Open Declined Work", service_manager(), steps.PASSWORD)
	expect(page.locator(".report-summary")).to_contain_text("To Call About Now")
	console.assert_clean()

"""The point of sale of a dealership: the customer's strip, found by keyboard, and a till that never breaks."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt
from playwright.sync_api import Page, Route, expect

from tests.browser import counter_house as counter
from tests.browser import steps
from tests.site import billing, lane
from tests.site import factories as f

STRIP = "dealer_pos_crm.api.counter.strip"
PAUSE = 40  # ms between two keys: quicker is a scanner


@pytest.fixture(scope="module")
def house(site) -> Iterator[SimpleNamespace]:
	with counter.open_counter() as found:
		yield found


@pytest.fixture(scope="module")
def ann(house) -> SimpleNamespace:
	"""A customer with a car, an order to pay, and another car."""
	billing.set_up()
	customer = f.make_customer(f.unique("Ann Counter"))
	car, other = lane.make_car(customer), lane.make_car(customer)
	order = billing.ready([billing.work()], customer=customer, vehicle=car)
	billing.invoice(order)
	frappe.db.commit()
	name = frappe.db.get_value("Customer", customer.name, "customer_name")
	return SimpleNamespace(customer=customer.name, title=name, car=car, other=other, order=order.name)


def asked(page: Page, method: str) -> list[str]:
	"""What the page asks of a method from now on."""
	urls: list[str] = []
	page.on("request", lambda request: method in request.url and urls.append(request.url))
	return urls


def test_found_by_a_vin_and_sold_to_a_car_by_keyboard(desk, house, ann, console):
	page = counter.at_counter(desk, house.cashier)
	requests = asked(page, STRIP)
	expect(counter.strip(page).get_by_role("combobox")).to_be_focused()
	counter.choose(page, ann.car.vin[-6:], ann.title)
	assert len(requests) == 1, requests
	line = counter.strip(page).locator(".dlr-strip-line")
	expect(line).to_contain_text(ann.order)
	expect(line).to_contain_text("Owes")
	chosen = line.locator("[data-act=vehicle][aria-pressed=true]")
	expect(chosen).to_contain_text(ann.car.vin[-4:])
	assert line.bounding_box()["height"] == 56
	assert not page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")

	page.keyboard.press("Shift+F4")
	expect(counter.strip(page).locator(".dlr-strip-more")).to_contain_text(ann.order)
	page.keyboard.press("Escape")
	expect(counter.strip(page).locator(".dlr-strip-more")).to_be_hidden()

	counter.add_item(page)
	page.keyboard.press("Shift+F2")  # the next one is for the other car
	cars = steps.dialog(page, "Vehicle of This Sale")
	expect(cars.get_by_role("option", selected=True)).to_be_focused()
	page.keyboard.press("ArrowDown")
	page.keyboard.press("Enter")
	expect(cars).to_be_hidden()
	counter.add_item(page)
	expect(page.locator(".cart-item-wrapper .dlr-line-car")).to_have_count(2)
	sale = counter.pay(page)
	frappe.db.rollback()
	rows = frappe.get_all(
		"POS Invoice Item", {"parent": sale}, ["qty", "dealer_vehicle"], order_by="idx", as_list=True
	)
	assert list(rows) == [(1, ann.car.name), (1, ann.other.name)]
	assert len(requests) == 2, requests  # read again after the sale, once
	counter.new_sale(page)
	expect(counter.strip(page).get_by_role("combobox")).to_be_visible()
	console.assert_clean()


def test_a_deposit_by_keyboard(desk, house, ann, console):
	page = counter.at_counter(desk, house.cashier)
	counter.choose(page, ann.title, ann.title)
	page.keyboard.press("F8")
	dialog = steps.dialog(page, "Take Deposit")
	expect(steps.field(dialog, "subject")).to_be_focused()
	page.keyboard.press("End")
	expect(steps.field(dialog, "part")).to_be_visible()
	page.keyboard.press("Tab")
	page.keyboard.type("150", delay=PAUSE)
	page.keyboard.press("Tab")
	page.keyboard.type("Roof rack", delay=PAUSE)
	expect(dialog.locator(".dlr-tender-amount input")).to_have_value("150.00")
	expect(steps.primary(dialog)).to_be_enabled()
	page.keyboard.press("Control+Enter")
	expect(dialog).to_be_hidden(timeout=counter.SLOW)
	taken = steps.dialog(page, "Deposit Taken")
	expect(taken.get_by_role("button", name="Print Receipt")).to_be_focused(timeout=counter.SLOW)
	page.keyboard.press("Escape")
	expect(taken).to_be_hidden()
	expect(counter.strip(page)).to_contain_text("Held")
	expect(page.locator(".submit-order-btn")).to_be_hidden()  # Ctrl+Enter was the dialog's alone
	frappe.db.rollback()
	name, amount = frappe.db.get_value(
		"Deposit", {"customer": ann.customer, "held_for": "Roof rack"}, ["name", "held_amount"]
	)
	assert flt(amount) == 150
	assert frappe.db.get_value("Payment Entry", {"dealer_deposit": name}, "dealer_shift") == house.shift.name
	console.assert_clean()


def test_a_counter_without_our_setting_is_untouched(desk, house, console):
	counter.counter_house.profile(dealer_counter=0)
	frappe.db.commit()
	try:
		page = desk("", house.cashier, steps.PASSWORD)
		ours, files = asked(page, "api.counter"), asked(page, "dealer_counter.bundle")
		page.goto("/app/point-of-sale")
		counter.ready(page)
		assert not ours and not files, (ours, files)
		expect(counter.strip(page)).to_have_count(0)
		assert not page.evaluate("() => Boolean(window.dealer.counter)")
		console.assert_clean()
	finally:
		counter.counter_house.profile(dealer_counter=1)
		frappe.db.commit()


def test_an_unknown_screen_falls_back_with_one_notice(desk, house, ann):
	page = desk("", house.cashier, steps.PASSWORD)

	def another_version(route: Route) -> None:
		answer = route.fetch()
		route.fulfill(response=answer, body=answer.text().replace("reset_customer_selector", "pick_anew"))

	page.route("**/point-of-sale.bundle.*.js", another_version)
	page.goto("/app/point-of-sale")
	notice = steps.dialog(page, "Dealership Counter")
	expect(notice).to_contain_text("Sales work as usual")
	page.evaluate("() => frappe.hide_msgprint(true)")  # Escape is lost on a dialog that still fades in
	expect(notice).to_be_hidden()
	counter.ready(page)
	expect(counter.strip(page)).to_have_count(0)
	page.evaluate("name => cur_pos.cart.customer_field.set_value(name)", ann.customer)
	page.wait_for_function("name => cur_pos.frm.doc.customer === name", arg=ann.customer)
	steps.settled(page)
	counter.add_item(page)
	frappe.db.rollback()
	assert frappe.db.exists("Error Log", {"error": ("like", "%ItemCart.reset_customer_selector%")})


def test_a_fault_of_ours_leaves_the_till_usable(desk, house, ann):
	page = counter.at_counter(desk, house.cashier)
	page.route(f"**/{STRIP}*", lambda route: route.abort())
	page.evaluate(
		"""() => dealer.counter.pos.register({
			id: "broken", label: "Broken", shortcut: "Shift+F9", action() { throw new Error("ours") },
		})"""
	)
	page.keyboard.press("Shift+F9")
	expect(page.locator(".desk-alert")).to_contain_text("Sales work as usual")
	counter.find(page, ann.title)
	page.keyboard.press("Enter")
	expect(counter.strip(page).get_by_role("button", name="Try Again")).to_be_visible()
	counter.add_item(page)
	assert counter.pay(page)

"""A deposit at the counter: taken, split, applied, refunded with a second person, and refused with a way out."""

from __future__ import annotations

import re
from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories

TAKE = "**/api/method/dealer_pos_crm.api.deposit.take"
Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


def payments_of(deposit: str) -> list[tuple[str, float]]:
	frappe.db.rollback()  # a new look at what the web server has committed
	rows = frappe.get_all(
		"Payment Entry",
		{"dealer_deposit": deposit, "docstatus": 1},
		["mode_of_payment", "paid_amount"],
		order_by="paid_amount desc",
	)
	return [(row.mode_of_payment, row.paid_amount) for row in rows]


def status_of(deposit: str) -> str:
	frappe.db.rollback()
	return str(frappe.db.get_value("Deposit", deposit, "status"))


def test_a_cashier_takes_a_new_deposit_with_split_tender(desk: Desk, console: Console) -> None:
	customer, vehicle = factories.make_customer(), factories.make_vehicle()
	cashier = steps.cashier()
	page = desk(f"deposit/new?customer={customer.name}&vehicle={vehicle.name}", cashier, steps.PASSWORD)
	expect(steps.field(page, "terms")).to_have_value(re.compile("refunded"))  # what the company shows
	expect(steps.field(page, "hold_until")).not_to_have_value("")
	steps.field(page, "amount").fill("500")
	steps.button(page, "Take Deposit").click()

	shown = steps.dialog(page, "Take Deposit of")
	first = shown.get_by_role("group", name="Payment 1")
	take = steps.primary(shown)
	expect(first.get_by_label("Amount")).to_have_value("500.00")
	expect(take).to_be_enabled()
	first.get_by_label("Paid with").select_option("Cash")
	first.get_by_label("Amount").fill("300")
	expect(shown).to_contain_text("200.00 of $ 500.00 is still to be paid")
	expect(take).to_be_disabled()
	shown.get_by_role("button", name="Split Payment").click()
	second = shown.get_by_role("group", name="Payment 2")
	second.get_by_label("Paid with").select_option("Card")
	expect(second.get_by_label("Amount")).to_have_value("200.00")  # the rest, by itself
	second.get_by_label("Amount").fill("250")
	expect(shown).to_contain_text("50.00 too much")
	second.get_by_label("Amount").fill("200")
	second.get_by_label("Reference").fill("A-4711")
	screenshot(page, "take-split-tender")
	page.keyboard.press("Control+Enter")

	done = steps.dialog(page, "Deposit Taken")
	expect(steps.primary(done)).to_have_text("Print Receipt")
	done.get_by_role("button", name="Done").click()
	expect(page.locator(".dlr-answer .dlr-number")).to_have_text("$ 500.00")
	expect(page.locator(".dlr-answer")).to_contain_text("in 7 days")
	expect(page.locator(".dlr-history tbody tr").first).to_contain_text("+$ ")
	name = page.evaluate("() => cur_frm.doc.name")
	assert payments_of(name) == [("Cash", 300), ("Card", 200)]
	assert status_of(name) == "Held"
	console.assert_clean()


def test_a_double_click_takes_once(desk: Desk, console: Console) -> None:
	deposit = steps.draft()
	page = steps.form(desk, "Deposit", deposit.name, steps.cashier())
	steps.button(page, "Take Deposit").click()
	steps.primary(steps.dialog(page, "Take Deposit of")).dblclick()
	steps.dialog(page, "Deposit Taken")
	assert len(payments_of(deposit.name)) == 1
	console.assert_clean()


def test_a_second_try_after_a_lost_answer_takes_nothing_twice(desk: Desk) -> None:
	deposit = steps.draft()
	page = steps.form(desk, "Deposit", deposit.name, steps.cashier())

	def lose_the_answer(route: Route) -> None:
		route.fetch()  # the server does it
		route.abort()  # and nobody hears of it

	page.route(TAKE, lose_the_answer, times=1)
	steps.button(page, "Take Deposit").click()
	shown = steps.dialog(page, "Take Deposit of")
	steps.primary(shown).click()
	expect(shown.get_by_role("alert")).to_contain_text("No answer came back")
	assert len(payments_of(deposit.name)) == 1
	steps.primary(shown).click()
	steps.dialog(page, "Deposit Taken")
	assert len(payments_of(deposit.name)) == 1


def test_a_refund_is_asked_for_and_approved(
	desk: Desk, console: Console, browser: Browser, base_url: str, login: Callable[..., None]
) -> None:
	deposit = steps.taken(amount=400)
	page = steps.form(desk, "Deposit", deposit.name, steps.cashier())
	steps.in_menu(page, "Actions", "Refund")
	shown = steps.dialog(page, "Refund")
	expect(shown).to_contain_text("A manager is asked first")
	expect(steps.primary(shown)).to_be_disabled()  # no reason yet
	steps.field(shown, "amount").fill("150")
	steps.field(shown, "reason").fill("Found another car")
	steps.primary(shown).click()
	waiting = page.locator("[data-request]")
	expect(waiting).to_contain_text("Found another car")
	expect(waiting.get_by_role("button", name="Withdraw")).to_be_visible()
	expect(waiting.get_by_role("button", name="Approve", exact=True)).to_have_count(0)
	expect(waiting.get_by_role("button", name="Approve Now")).to_be_visible()
	screenshot(page, "refund-asked-for")
	assert status_of(deposit.name) == "Held"

	with steps.another_window(browser, base_url, console) as other:
		login(other, steps.manager(), steps.PASSWORD)
		other.goto(steps.route("Deposit", deposit.name))
		steps.shown(other, "Deposit", deposit.name)
		other.locator("[data-request]").get_by_role("button", name="Approve").click()
		asked = steps.dialog(other, "Approve")
		expect(asked).to_contain_text("$ 150.00 goes back to")
		steps.primary(asked).click()
		expect(other.locator(".dlr-answer .dlr-number")).to_have_text("$ 250.00")
		expect(other.locator(".dlr-history tbody tr").first).to_contain_text("−$ 150.00")
		screenshot(other, "refund-approved")
	assert status_of(deposit.name) == "Partly Refunded"
	console.assert_clean()


def test_a_rejected_request_pays_nothing(desk: Desk, console: Console) -> None:
	deposit = steps.taken(amount=400)
	with factories.logged_in(steps.cashier()):
		factories.act(deposit, "Refund", amount=400, reason="No longer wanted")
	page = steps.form(desk, "Deposit", deposit.name, steps.manager())
	page.locator("[data-request]").get_by_role("button", name="Reject").click()
	shown = steps.dialog(page, "Reject")
	expect(steps.primary(shown)).to_be_disabled()
	steps.field(shown, "note").fill("The terms say otherwise")
	steps.primary(shown).click()
	expect(page.locator("[data-request]")).to_have_count(0)
	assert status_of(deposit.name) == "Held"
	console.assert_clean()


def test_applying_to_an_open_invoice_is_the_one_button(desk: Desk, console: Console) -> None:
	customer, vehicle = factories.make_customer(), factories.make_vehicle()
	deposit = steps.taken(customer=customer, vehicle=vehicle, amount=500)
	invoice = factories.make_invoice(customer, 18_300, vehicle)
	frappe.db.commit()
	page = steps.form(desk, "Deposit", deposit.name, steps.manager())
	steps.button(page, "Apply to Invoice").click()
	shown = steps.dialog(page, "Apply to Invoice")
	expect(shown).to_contain_text(f"$ 500.00 of the deposit pays {invoice.name}")
	expect(shown).to_contain_text("Nothing stays held")
	steps.primary(shown).click()
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Applied")
	expect(page.locator(".dlr-history")).to_contain_text(invoice.name)
	expect(steps.button(page, "Apply to Invoice")).to_be_hidden()
	frappe.db.rollback()
	assert frappe.db.get_value("Sales Invoice", invoice.name, "outstanding_amount") == 17_800
	console.assert_clean()


def test_an_invoice_offers_the_deposit(desk: Desk, console: Console) -> None:
	customer, vehicle = factories.make_customer(), factories.make_vehicle()
	deposit = steps.taken(customer=customer, vehicle=vehicle, amount=500)
	invoice = factories.make_invoice(customer, 300, vehicle)
	frappe.db.commit()
	page = steps.form(desk, "Sales Invoice", invoice.name, steps.manager())
	expect(page.locator(".form-message")).to_contain_text(deposit.name)
	steps.button(page, "Apply Deposit").click()
	shown = steps.dialog(page, "Apply to Invoice")
	expect(steps.field(shown, "amount")).to_have_value("300.00")
	expect(shown).to_contain_text("It is then paid in full")
	steps.primary(shown).click()
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Paid")
	assert status_of(deposit.name) == "Partly Applied"
	console.assert_clean()


def test_a_held_vehicle_offers_the_waiting_list(desk: Desk, console: Console) -> None:
	vehicle, waiting = factories.make_vehicle(), factories.make_customer()
	deposit = steps.draft(customer=waiting, vehicle=vehicle)
	page = steps.form(desk, "Deposit", deposit.name, steps.cashier())
	steps.button(page, "Take Deposit").click()
	shown = steps.dialog(page, "Take Deposit of")
	first = steps.taken(vehicle=vehicle)  # somebody else is faster
	steps.primary(shown).click()
	refusal = shown.get_by_role("alert")
	expect(refusal).to_contain_text("is held for")
	expect(refusal.get_by_role("link", name=first.name)).to_be_visible()
	screenshot(page, "held-by-another")
	refusal.get_by_role("button", name="Add to Waiting List").click()
	expect(shown).to_be_hidden()
	expect(page.locator(".desk-alert")).to_contain_text("is on the waiting list")
	frappe.db.rollback()
	assert frappe.db.exists("Dealer Vehicle Waitlist", {"vehicle": vehicle.name, "customer": waiting.name})
	assert status_of(deposit.name) == "Draft"
	steps.without_refusal(console, "VehicleHeld").assert_clean()


def test_a_new_deposit_says_at_once_that_the_vehicle_is_held(desk: Desk, console: Console) -> None:
	vehicle = factories.make_vehicle()
	steps.taken(vehicle=vehicle)
	page = desk(f"deposit/new?vehicle={vehicle.name}", steps.cashier(), steps.PASSWORD)
	warning = page.locator(".dlr-overview .dlr-note")
	expect(warning).to_contain_text("is held for")
	expect(warning.get_by_role("button", name="Add to Waiting List")).to_be_visible()
	console.assert_clean()


def test_terms_follow_the_choice_until_somebody_writes_their_own(desk: Desk, console: Console) -> None:
	page = desk("deposit/new", steps.cashier(), steps.PASSWORD)
	terms = steps.field(page, "terms")
	expect(terms).to_have_value(re.compile("refunded in full on request"))
	steps.field(page, "refundable").select_option("No")
	expect(terms).to_have_value(re.compile("not refundable"))
	terms.fill("As agreed on the phone")
	terms.press("Tab")
	steps.field(page, "refundable").select_option("Yes")
	steps.settled(page)
	expect(terms).to_have_value("As agreed on the phone")
	console.assert_clean()


def test_a_salesperson_prepares_and_a_cashier_takes(desk: Desk, console: Console) -> None:
	deposit = steps.draft()
	page = steps.form(desk, "Deposit", deposit.name, steps.salesperson())
	expect(page.locator(".dlr-answer")).to_contain_text("To be taken")
	expect(steps.button(page, "Take Deposit")).to_have_count(0)
	console.assert_clean()

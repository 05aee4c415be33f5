"""Recon and stock at the desk: the board of a car's steps, who may press what, the panel on the car."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Locator, Page, expect

from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import stock_house as house

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	steps.dealership()
	return house.set_up()


def technician() -> str:
	return steps.person(roles.TECHNICIAN, "browser.tech")


def board(desk: Desk, recon: str, user: str) -> Page:
	page = desk(f"vehicle-recon/{recon}", user, steps.PASSWORD)
	page.wait_for_selector(".dlr-recon-step")
	return page


def card(page: Page, step: str) -> Locator:
	return page.locator(f".dlr-recon-step[data-step='{step}']")


def test_a_technician_works_through_the_board(desk: Desk, console: Console) -> None:
	car = house.bought()
	recon = house.recon_of(car).name
	page = board(desk, recon, technician())
	inspection = card(page, "Inspection")
	inspection.get_by_role("button", name="Start").click()
	expect(inspection).to_contain_text("In Progress")
	inspection.get_by_role("button", name="Finish").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname=cost] input").fill("85")
	dialog.locator("[data-fieldname=note] textarea").fill("Front pads 2 mm")
	dialog.get_by_role("button", name="Finish").click()
	expect(inspection).to_contain_text("Done")
	expect(inspection).to_contain_text("$ 85.00")
	expect(page.locator(".dlr-recon-head")).to_contain_text("1 of 6")
	parts = card(page, "Parts")
	parts.get_by_role("button", name="More for Parts").click()
	expect(parts.locator(".dropdown-menu")).not_to_contain_text("Leave Out")
	parts.get_by_text("Wait for Parts").click()
	page.locator(".modal.show").get_by_role("button", name="Wait for Parts").click()
	expect(parts).to_contain_text("Waiting for Parts")
	screenshot(page, "recon-board")
	console.assert_clean()


def test_what_costs_too_much_is_approved_by_a_manager(desk: Desk, console: Console) -> None:
	car = house.bought()
	recon = house.recon_of(car)
	page = board(desk, recon.name, technician())
	mechanical = card(page, "Mechanical")
	mechanical.get_by_role("button", name="More for Mechanical").click()
	mechanical.get_by_text("Ask for Approval").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname=amount] input").fill("1850")
	dialog.get_by_role("button", name="Ask", exact=True).click()
	expect(mechanical).to_contain_text("Waiting for Approval")
	expect(mechanical.get_by_role("button", name="Approve")).to_have_count(0)
	page = board(desk, recon.name, steps.manager())
	mechanical = card(page, "Mechanical")
	expect(mechanical).to_contain_text("$ 1,850.00")
	mechanical.get_by_role("button", name="Approve").click()
	page.locator(".modal.show").get_by_role("button", name="Approve $ 1,850.00").click()
	expect(mechanical).to_contain_text("In Progress")
	console.assert_clean()


def test_the_car_says_how_it_stands_and_a_salesperson_sees_no_cost(desk: Desk, console: Console) -> None:
	car = house.bought(price=21_500, list_price=23_000, acquisition_cost=15_432.11)
	page = steps.form(desk, "Dealer Vehicle", car.name, steps.salesperson())
	stock = page.locator(".dlr-stock")
	expect(stock).to_contain_text("93.5 % of list")
	expect(stock.locator(".dlr-recon-line li").first).to_have_text("Inspection")
	assert "15,432" not in page.content()
	page.get_by_role("button", name="Stock", exact=True).click()
	page.get_by_role("link", name="New Price").click()
	dialog = page.locator(".modal.show")
	dialog.locator("[data-fieldname=price] input").fill("20900")
	dialog.locator("[data-fieldname=reason] input").fill("Market check")
	dialog.get_by_role("button", name="Change Price").click()
	expect(stock).to_contain_text("Market check")
	expect(stock).to_contain_text("$ 20,900.00")
	screenshot(page, "stock-panel")
	frappe.db.rollback()
	assert frappe.db.get_value("Dealer Vehicle", car.name, "price") == 20_900
	console.assert_clean()

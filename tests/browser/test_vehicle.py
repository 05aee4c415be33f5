"""A vehicle at the desk: its VIN checked while it is typed, its hold told, its deposit one click away."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Page, expect

from dealer_pos_crm.domain.vin import make_vin
from tests.browser import steps
from tests.browser.conftest import Console, screenshot
from tests.site import factories

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


def test_a_vin_is_checked_while_it_is_typed(desk: Desk, console: Console) -> None:
	known = factories.make_vehicle()
	frappe.db.commit()
	page = desk("dealer-vehicle/new?trim=LE", steps.salesperson(), steps.PASSWORD)
	if page.locator(".modal.show").count():  # quick entry
		page.get_by_role("button", name="Edit Full Form").click()
	vin, verdict = steps.field(page, "vin"), page.locator(".dlr-vin")
	good = make_vin("1HGCM8263A123456")
	vin.fill(good[:-2])
	expect(verdict).to_have_text("2 more characters")
	wrong = good[:8] + ("0" if good[8] != "0" else "1") + good[9:]
	vin.fill(wrong)
	expect(verdict).to_contain_text("The check digit (position 9)")
	vin.fill(good.replace("1", "I", 1))
	verdict.get_by_role("button", name=f"Use {good}").click()
	expect(verdict).to_contain_text("The check digit fits")
	expect(steps.field(page, "model_year")).not_to_have_value("")  # what the VIN knows is filled in
	vin.fill(known.vin)
	expect(verdict).to_contain_text("Already on file")
	expect(verdict.get_by_role("link")).to_contain_text("2019 Toyota Camry")
	screenshot(page, "vin-already-on-file")
	console.assert_clean()


def test_a_free_vehicle_takes_a_deposit(desk: Desk, console: Console) -> None:
	vehicle = factories.make_vehicle()
	frappe.db.commit()
	page = steps.form(desk, "Dealer Vehicle", vehicle.name, steps.cashier())
	steps.button(page, "Take Deposit").click()
	page.wait_for_function("() => window.cur_frm?.doctype === 'Deposit' && cur_frm.is_new()")
	expect(steps.field(page, "hold_until")).not_to_have_value("")
	assert page.evaluate("() => cur_frm.doc.vehicle") == vehicle.name
	console.assert_clean()


def test_a_held_vehicle_says_for_whom_and_takes_names(desk: Desk, console: Console) -> None:
	vehicle, waiting = factories.make_vehicle(), factories.make_customer()
	deposit = steps.taken(vehicle=vehicle)
	page = steps.form(desk, "Dealer Vehicle", vehicle.name, steps.cashier())
	banner = page.locator(".form-message")
	expect(banner).to_contain_text(f"Held for {deposit.customer_name} until")
	expect(banner.get_by_role("link", name=deposit.name)).to_be_visible()
	expect(steps.button(page, "Take Deposit")).to_have_count(0)
	steps.button(page, "Add to Waiting List").click()
	shown = steps.dialog(page, "Add to Waiting List")
	steps.field(shown, "customer").fill(waiting.name)
	shown.get_by_role("option", name=waiting.name).first.click()
	steps.primary(shown).click()
	expect(banner).to_contain_text(waiting.customer_name)
	frappe.db.rollback()
	assert frappe.db.exists("Dealer Vehicle Waitlist", {"vehicle": vehicle.name, "customer": waiting.name})
	console.assert_clean()

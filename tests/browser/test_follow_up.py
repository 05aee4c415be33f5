"""A promise in the hand of its owner, and the rule that made it."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.conftest import Console, screenshot

Desk = Callable[..., Page]


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return steps.dealership()


def open_follow_up(owner: str) -> str:
	"""The promise that follows from a deposit whose salesperson this is."""
	deposit = steps.taken(salesperson=owner)
	name = frappe.db.get_value("Follow Up", {"deposit": deposit.name, "status": "Open"}, "name")
	assert name, "a deposit that is taken promises the next step"
	return str(name)


def fields_of(name: str, *fields: str) -> list[str]:
	frappe.db.rollback()
	row = frappe.db.get_value("Follow Up", name, fields, as_dict=True)
	return [row[field] for field in fields]


def test_an_outcome_ends_it(desk: Desk, console: Console) -> None:
	owner = steps.salesperson()
	name = open_follow_up(owner)
	page = steps.form(desk, "Follow Up", name, owner)
	expect(page.locator(".dlr-title")).to_contain_text("Agree the next step for 2019 Toyota Camry")
	expect(page.locator(".dlr-say")).to_contain_text("confirm what happens next")
	expect(page.locator(".dlr-overview")).to_contain_text("Deposit: agree the next step")  # the rule
	screenshot(page, "follow-up-open")
	steps.button(page, "Left Message").click()
	shown = steps.dialog(page, "Left Message")
	steps.field(shown, "note").fill("Calls back on Monday")
	page.keyboard.press("Control+Enter")
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Done")
	expect(page.locator(".dlr-note-green")).to_contain_text("Calls back on Monday")
	expect(steps.button(page, "Reached")).to_be_hidden()
	status, outcome, todo = fields_of(name, "status", "outcome", "todo")
	assert (status, outcome) == ("Done", "Left Message")
	assert frappe.db.get_value("ToDo", todo, "status") == "Closed"
	console.assert_clean()


def test_another_outcome_needs_words(desk: Desk, console: Console) -> None:
	owner = steps.salesperson()
	name = open_follow_up(owner)
	page = steps.form(desk, "Follow Up", name, owner)
	steps.in_menu(page, "Other Outcome", "Other")
	shown = steps.dialog(page, "Other")
	expect(steps.primary(shown)).to_be_disabled()
	steps.field(shown, "note").fill("Moved abroad")
	steps.primary(shown).click()
	expect(page.locator(".title-area .indicator-pill")).to_have_text("Done")
	assert fields_of(name, "outcome_note") == ["Moved abroad"]
	console.assert_clean()


def test_it_is_given_to_somebody_else(desk: Desk, console: Console) -> None:
	owner, other = steps.salesperson(), steps.manager()
	name = open_follow_up(owner)
	page = steps.form(desk, "Follow Up", name, owner)
	page.locator(".page-head .menu-btn-group > button").click()
	page.locator(".page-head .menu-btn-group .dropdown-item", has_text="Give to Somebody Else").click()
	shown = steps.dialog(page, "Give to Somebody Else")
	steps.field(shown, "user").fill(other)
	shown.get_by_role("option", name=other).first.click()
	steps.primary(shown).click()
	expect(shown).to_be_hidden()
	steps.settled(page)
	owner_user, todo = fields_of(name, "owner_user", "todo")
	assert owner_user == other
	assert frappe.db.get_value("ToDo", todo, "allocated_to") == other
	console.assert_clean()


def test_the_list_says_what_is_overdue(desk: Desk, console: Console) -> None:
	owner = steps.salesperson()
	name = open_follow_up(owner)
	frappe.db.set_value("Follow Up", name, "due_at", "2020-01-01 10:00:00")
	frappe.db.commit()
	page = desk("follow-up", owner, steps.PASSWORD)
	row = page.locator(".list-row", has=page.locator(f"[data-name='{name}']"))
	expect(row.locator(".indicator-pill").first).to_have_text("Overdue")
	console.assert_clean()


def test_a_rule_is_told_in_plain_words_while_it_is_written(desk: Desk, console: Console) -> None:
	page = steps.form(desk, "Follow Up Rule", "Hold: ends in a day", steps.manager())
	sentence = page.locator("[data-fieldname='sentence']")
	expect(sentence).to_contain_text(
		"When Vehicle held, the customer's sales owner gets a task of high priority"
	)
	expect(sentence).to_contain_text("It opens 1 day before the end of the hold, due within 1 day.")
	steps.field(page, "wait_value").fill("-3")
	steps.field(page, "due_value").click()
	expect(sentence).to_contain_text("It opens 3 days before the end of the hold")
	steps.field(page, "priority").select_option("Low")
	expect(sentence).to_contain_text("a task of low priority")
	event = steps.field(page, "event_type")
	event.fill("forfeited")
	page.locator("[data-fieldname='event_type'] .awesomplete li", has_text="Deposit forfeited").click()
	expect(sentence).to_contain_text("When Deposit forfeited")
	screenshot(page, "rule-sentence")
	console.assert_clean()


def test_a_new_rule_is_for_every_company(desk: Desk, console: Console) -> None:
	page = desk("follow-up-rule/new", steps.manager(), steps.PASSWORD)
	expect(page.locator("[data-fieldname='sentence']")).to_contain_text("Choose what happens")
	expect(steps.field(page, "only_company")).to_have_value("")
	console.assert_clean()

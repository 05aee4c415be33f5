"""A disputed payment at the accountant's desk: the pack, the staging, and the submission that is a second act."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.card_house import open_house
from tests.browser.conftest import Console, screenshot
from tests.site import disputes

Desk = Callable[..., Page]
PATIENCE = 90_000  # a pack of real pages


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	with open_house(responsible=accountant()) as found:
		yield found


def accountant() -> str:
	return steps.person("Dealer Accountant", "browser.disputes")


def test_an_accountant_answers_a_dispute(desk: Desk, console: Console, house: SimpleNamespace) -> None:
	card, _deposit = disputes.for_deposit(house)
	disputes.accept_terms(house, card)
	_dispute, case = disputes.disputed(house, card, reason="credit_not_processed", due_in_days=5)
	frappe.db.commit()
	page = steps.form(desk, "Dispute Case", case.name, accountant())
	top = page.locator(".dlr-overview")
	expect(top).to_contain_text("due in 5 days")
	expect(top).to_contain_text("Do not refund this payment")
	expect(top).to_contain_text("Taken by the bank")
	screenshot(page, "dispute-open")

	steps.field(page, "rebuttal").fill("She signed that it is kept, and never asked for it back.")
	steps.button(page, "Save").click()
	steps.button(page, "Make Evidence Pack").first.click()
	expect(top.get_by_role("link", name="pages")).to_be_visible(timeout=PATIENCE)
	steps.button(page, "Stage Evidence").last.click()
	expect(top).to_contain_text("Nothing has been sent to the bank yet", timeout=PATIENCE)
	assert house.fake.object(case.dispute_id)["evidence_details"]["submission_count"] == 0
	screenshot(page, "dispute-staged")

	steps.button(page, "Submit to Bank").click()
	shown = steps.dialog(page, "Submit to the bank")
	expect(shown).to_contain_text("usually final")
	expect(steps.primary(shown)).to_be_disabled()
	shown.get_by_label("I have read what is staged").check()
	screenshot(page, "dispute-submit")
	steps.primary(shown).click()
	expect(top).to_contain_text("The bank reads the answer", timeout=PATIENCE)
	screenshot(page, "dispute-sent")
	row = house.fake.object(case.dispute_id)
	assert (row["status"], row["evidence_details"]["submission_count"]) == ("under_review", 1)
	assert row["evidence"]["refund_refusal_explanation"].startswith("She signed")
	console.assert_clean()

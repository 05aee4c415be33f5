"""Money back at the counter: a manager beside the cashier agrees by PIN; goods come back with a reason."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt
from playwright.sync_api import Page, expect

from dealer_pos_crm.api import approval
from tests.browser import counter_house as counter
from tests.browser import steps
from tests.browser.conftest import screenshot
from tests.site import counter_house
from tests.site import factories as f

PIN = "729516"


@pytest.fixture(scope="module")
def house(site) -> Iterator[SimpleNamespace]:
	with counter.open_counter() as found:
		found.manager = counter_house.manager()
		frappe.db.commit()
		with f.logged_in(found.manager):
			approval.set_pin("pw-Dealer-2026!", PIN)
		frappe.db.commit()
		yield found


def approve(page: Page, manager: str, button: str, pin: str = PIN) -> None:
	dialog = page.locator(".dlr-approve.show")
	expect(dialog).to_be_visible(timeout=20_000)
	dialog.locator("select[data-fieldname='approver']").select_option(manager)
	secret = dialog.locator("input[data-fieldname='secret']")
	secret.click()
	secret.press_sequentially("480172")
	page.keyboard.press("Enter")
	expect(dialog.get_by_role("alert")).to_contain_text("do not go together", timeout=20_000)
	expect(secret).to_be_focused()
	assert secret.get_attribute("type") == "password"
	secret.press_sequentially(pin)
	screenshot(page, f"counter-approve-{button.lower().split()[0]}")
	page.keyboard.press("Enter")
	expect(page.locator(".dlr-approve.show")).to_have_count(0, timeout=20_000)


def test_a_deposit_and_goods_go_back_with_a_managers_pin(desk, house, console):
	customer = f.make_customer()
	deposit = f.take_new(customer, amount=200)
	sale = counter_house.sell(customer, 24)
	frappe.db.commit()
	page = counter.at_counter(desk, house.cashier)
	page.set_viewport_size({"width": 1280, "height": 800})
	page.evaluate("name => dealer.counter.pos.choose(name)", customer.name)
	expect(counter.strip(page)).to_contain_text(customer.customer_name, timeout=20_000)
	steps.settled(page)

	# The deposit, by keyboard: F9, Enter, how much and why.
	page.keyboard.press("F9")
	rows = page.locator(".dlr-refund-list .dlr-refund-row")
	expect(rows).to_have_count(1, timeout=20_000)
	expect(rows.first).to_contain_text("200.00")
	expect(rows.first.get_by_role("button")).to_be_focused()
	screenshot(page, "counter-refund")
	page.keyboard.press("Enter")
	dialog = page.locator(".dlr-ask.show")
	steps.field(dialog, "reason").fill("Bought elsewhere")
	expect(dialog.get_by_text("A manager is asked first")).to_be_visible()
	page.keyboard.press("Control+Enter")
	expect(page.locator(".dlr-asked-now.show")).to_be_visible(timeout=20_000)
	screenshot(page, "counter-asked-now")
	page.get_by_role("button", name="Approve Now").click()
	approve(page, house.manager, "deposit")
	handed = steps.dialog(page, "Hand It Over")
	expect(handed).to_contain_text("200.00")
	screenshot(page, "counter-hand-over")
	handed.get_by_role("button", name="Close").click()
	steps.settled(page)
	frappe.db.rollback()
	done = frappe.get_last_doc("Deposit Action", {"deposit": deposit.name, "action": "Refund"})
	assert (done.status, done.decided_by, done.decided_how) == ("Done", house.manager, "PIN at the Counter")
	entry = frappe.get_doc("Payment Entry", {"dealer_deposit": deposit.name, "payment_type": "Pay"})
	assert (entry.paid_amount, entry.dealer_shift) == (200, house.shift.name)
	# The screen is still the cashier's, and can go on writing.
	assert page.evaluate("() => frappe.session.user") == house.cashier
	assert page.evaluate("() => frappe.xcall('frappe.auth.get_logged_user')") == house.cashier

	# The return: the submit waits for the reason and the manager.
	page.evaluate(
		"""name => frappe.db.get_doc("POS Invoice", name).then(doc => cur_pos.make_return_invoice(doc))
			.then(() => cur_pos.cart.load_invoice())""",
		sale.name,
	)
	steps.settled(page)
	page.locator(".cart-totals-section .checkout-btn").click()
	expect(page.locator(".submit-order-btn")).to_be_visible(timeout=20_000)
	steps.settled(page)
	page.locator(".submit-order-btn").click()
	page.get_by_role("button", name="Yes").click()
	dialog = page.locator(".dlr-ask.show")
	steps.field(dialog, "reason").fill("Wrong size")
	screenshot(page, "counter-return")
	page.set_viewport_size({"width": 1024, "height": 768})
	dialog.get_by_role("button", name="Pay Back").click()
	page.get_by_role("button", name="Approve Now").click()
	approve(page, house.manager, "return")
	expect(page.locator(".past-order-summary .totals-container")).to_be_visible(timeout=20_000)
	steps.settled(page)
	frappe.db.rollback()
	back = frappe.get_doc("POS Invoice", {"return_against": sale.name})
	assert back.docstatus == 1 and flt(back.grand_total) == -24
	agreed = frappe.get_doc("Counter Refund", {"return_invoice": back.name})
	assert (agreed.status, agreed.kind, agreed.reason) == ("Done", "Return", "Wrong size")
	steps.without_refusal(console, "NotWhoTheySay").assert_clean()

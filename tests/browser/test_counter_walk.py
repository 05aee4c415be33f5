"""A cashier's day, in one go: a shift opened, parts sold, an order paid half by card and half in cash, a deposit
taken and another one refunded with a manager beside, the shift closed; and the ledger says the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt
from playwright.sync_api import Locator, Page, expect

from dealer_pos_crm.api import approval
from dealer_pos_crm.dealer_setup import counter_accounting
from tests.browser import counter_house as screen
from tests.browser import steps
from tests.browser.card_house import open_house
from tests.browser.conftest import Console, screenshot
from tests.site import billing, counter_house
from tests.site import counters as c
from tests.site import factories as f

Desk = Callable[..., Page]
PIN = "729516"
FLOAT = 100.0


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	"""A counter whose cashier has no shift yet, a card reader, and a manager with a PIN."""
	with open_house() as cards:
		c.make_address()
		counter_house.set_up()
		billing.set_up()
		counter_accounting.set_up(f.COMPANY)
		found = SimpleNamespace(
			fake=cards.fake,
			account=cards.account,
			one=c.registered(cards.account, "Walk Counter"),
			cashier=counter_house.cashier(f.unique("walk.cashier").replace(" ", ".")),
			manager=counter_house.manager(),
			profile=counter_house.profile(),
			part=screen.part("Trailer Hitch"),
			card_mode=frappe.db.get_value("Gateway Account", cards.account, "terminal_mode"),
		)
		counter_house.end_shifts_of(found.cashier)
		frappe.db.commit()
		with f.logged_in(found.manager):
			approval.set_pin(steps.PASSWORD, PIN)
		frappe.db.commit()
		yield found
		frappe.db.rollback()
		counter_house.end_shifts_of(found.cashier)
		frappe.db.set_value("Card Reader", {"gateway_account": found.account}, "enabled", 0)
		frappe.db.commit()


def test_a_day_at_the_counter(desk: Desk, console: Console, house: SimpleNamespace) -> None:
	customer = f.make_customer(f.unique("Dana Day"))
	order = billing.ready(customer=customer)
	billing.invoice(order)
	earlier = f.take_new(customer, amount=200)
	frappe.db.commit()
	order.reload()
	by_card = flt(order.outstanding / 2, 2)
	in_cash = flt(order.outstanding - by_card, 2)

	page = desk("point-of-sale", house.cashier, steps.PASSWORD)
	screen.open_shift(page, house.profile, FLOAT)
	screen.choose(page, customer.customer_name, customer.customer_name)
	sold = sell(page, house.part)
	screen.choose(page, customer.customer_name, customer.customer_name)
	collect(page, house, order, by_card, in_cash)
	screen.choose(page, customer.customer_name, customer.customer_name)
	take_deposit(page, "Roof rack", 150)
	give_back(page, house, "200.00")
	frappe.db.rollback()
	shift = frappe.get_all("POS Opening Entry", {"user": house.cashier, "status": "Open"}, pluck="name")
	assert len(shift) == 1

	drawer = flt(FLOAT + sold + in_cash + 150 - 200, 2)
	close_shift(page, {"Cash": drawer - 1, house.card_mode: by_card}, short=1)
	console.errors = [one for one in console.errors if "401" not in one]
	console.assert_clean()

	frappe.db.rollback()
	every_cent(shift[0], house, drawer - 1, by_card)
	assert frappe.db.get_value("Repair Order", order.name, "payment_status") == "Paid"
	earlier.reload()
	assert (earlier.status, earlier.refunded_amount) == ("Refunded", 200)


def sell(page: Page, part: str) -> float:
	"""A part for cash, with the tax of the house. Returns what it came to."""
	screen.add_item(page, part)
	name = screen.pay(page)
	screen.new_sale(page)
	frappe.db.rollback()
	return flt(frappe.db.get_value("POS Invoice", name, "grand_total"))


def collect(page: Page, house: SimpleNamespace, order, by_card: float, in_cash: float) -> None:
	page.keyboard.press("F4")
	dialog = page.locator(".dlr-collect-dialog:visible")
	expect(dialog.get_by_role("checkbox")).to_have_count(1)
	button(dialog, "Card Reader").click()
	tender(dialog, "Card Reader").get_by_label("Amount").fill(str(by_card))
	expect(dialog).to_contain_text("is missing")
	button(dialog, "Cash").click()
	expect(tender(dialog, "Cash").get_by_label("Amount")).to_have_value(f"{in_cash:,.2f}")
	dialog.locator(".modal-footer .btn-primary").click()
	expect(page.locator(".dlr-reader:visible [data-phase='On Reader']")).to_be_visible(timeout=15_000)
	c.present(house)
	expect(dialog.locator(".dlr-collect-done")).to_be_visible(timeout=15_000)
	button(dialog, "Next Customer").click()
	expect(page.locator(".dlr-collect-dialog")).to_have_count(0)


def button(dialog: Locator, label: str) -> Locator:
	return dialog.get_by_role("button", name=label, exact=True)


def tender(dialog: Locator, label: str) -> Locator:
	return dialog.get_by_role("group", name=label, exact=True)


def take_deposit(page: Page, what: str, amount: int) -> None:
	page.keyboard.press("F8")
	dialog = steps.dialog(page, "Take Deposit")
	expect(steps.field(dialog, "subject")).to_be_focused()
	page.keyboard.press("End")
	expect(steps.field(dialog, "part")).to_be_visible()
	page.keyboard.press("Tab")
	page.keyboard.type(str(amount), delay=40)
	page.keyboard.press("Tab")
	page.keyboard.type(what, delay=40)
	expect(steps.primary(dialog)).to_be_enabled()
	page.keyboard.press("Control+Enter")
	taken = steps.dialog(page, "Deposit Taken")
	expect(taken.get_by_role("button", name="Print Receipt")).to_be_focused()
	page.keyboard.press("Escape")
	expect(taken).to_be_hidden()


def give_back(page: Page, house: SimpleNamespace, amount: str) -> None:
	"""A deposit goes back: the manager beside the cashier types a PIN."""
	page.keyboard.press("F9")
	row = page.locator(".dlr-refund-list .dlr-refund-row").filter(has_text=amount)
	row.get_by_role("button").click()
	dialog = page.locator(".dlr-ask.show")
	steps.field(dialog, "reason").fill("Bought elsewhere")
	expect(dialog.get_by_text("A manager is asked first")).to_be_visible()
	page.keyboard.press("Control+Enter")
	page.get_by_role("button", name="Approve Now").click()
	approval_dialog = page.locator(".dlr-approve.show")
	approval_dialog.locator("select[data-fieldname='approver']").select_option(house.manager)
	approval_dialog.locator("input[data-fieldname='secret']").press_sequentially(PIN)
	page.keyboard.press("Enter")
	expect(page.get_by_text("is booked and goes to")).to_be_visible(timeout=screen.SLOW)
	page.locator(".modal.show .modal-footer").get_by_role("button", name="Close").click()
	expect(page.locator(".modal.show")).to_have_count(0)
	steps.settled(page)


def close_shift(page: Page, counted: dict[str, float], short: float) -> None:
	"""Notes and coins, the slips of the reader; a note is missing, and the cashier says why."""
	page.keyboard.press("F10")
	dialog = page.get_by_role("dialog", name="Close Shift")
	expect(dialog.locator("[data-piece]").last).to_be_visible()
	left = round(counted["Cash"] * 100)
	for piece in dialog.locator("[data-piece]").all():
		worth = round(float(piece.get_attribute("data-piece")) * 100)
		count, left = divmod(left, worth)
		piece.fill(str(count))
	assert left == 0
	for mode, amount in counted.items():
		if mode != "Cash":
			dialog.locator(f"[data-mode='{mode}']").fill(str(amount))
	screenshot(page, "walk-1-count")
	page.keyboard.press("Control+Enter")
	expect(dialog.locator(".dlr-shift-result")).to_be_visible()
	expect(dialog).to_contain_text(f"{short:,.2f}")
	dialog.locator("[data-reason]").select_option("Wrong Change")
	dialog.locator("[data-note]").fill("A dollar too much change for the wipers")
	screenshot(page, "walk-2-result")
	page.keyboard.press("Control+Enter")
	expect(dialog).to_contain_text("Shift Closed", timeout=20_000)
	screenshot(page, "walk-3-closed")


def every_cent(shift: str, house: SimpleNamespace, cash: float, card: float) -> None:
	"""What the ledger moved on the drawer's and the reader's account for this shift is what was counted."""
	count = frappe.get_doc("Shift Count", {"shift": shift})
	assert (count.status, count.difference, count.reason) == ("Closed", -1, "Wrong Change")
	closing = frappe.get_doc("POS Closing Entry", count.closing_entry)
	assert (closing.docstatus, closing.status) == (1, "Submitted")
	told = {
		row.mode_of_payment: (row.expected_amount, row.closing_amount)
		for row in closing.payment_reconciliation
	}
	assert told["Cash"] == (pytest.approx(cash + 1), pytest.approx(cash))
	assert told[house.card_mode] == (pytest.approx(card), pytest.approx(card))
	sales = frappe.get_all("POS Invoice", {"dealer_shift": shift}, pluck="consolidated_invoice")
	assert sales and all(sales)
	vouchers = [
		*sales,
		*frappe.get_all("Payment Entry", {"dealer_shift": shift, "docstatus": 1}, pluck="name"),
		count.journal_entry,
	]
	assert moved(vouchers, counter_house.account_of("Cash")) == pytest.approx(cash - FLOAT)
	assert moved(vouchers, counter_house.account_of(house.card_mode)) == pytest.approx(card)


def moved(vouchers: list[str], account: str) -> float:
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_no": ("in", vouchers), "account": account, "is_cancelled": 0},
		["debit", "credit"],
	)
	return sum(row.debit - row.credit for row in rows)

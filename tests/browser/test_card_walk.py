"""The walk of card money: a deposit paid on a phone, the car on hold, the next step, the books, the payout two
days later; then the deal dies, and the money finds its way back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace

import frappe
import pytest
from playwright.sync_api import Browser, Page, expect

from dealer_pos_crm.dealer_cashier.pay_requests import link
from dealer_pos_crm.dealer_cashier.payouts import reading
from dealer_pos_crm.dealer_setup import roles
from tests.browser import steps
from tests.browser.card_house import bring_messages, open_house
from tests.browser.conftest import Console, screenshot
from tests.site import factories as f
from tests.site.refund_house import limit_of_one_person

Desk = Callable[..., Page]


@pytest.fixture(scope="module")
def house(site: str, base_url: str) -> Iterator[SimpleNamespace]:
	terms = {"terms": "A payment is given back as the law says.", "terms_required": 1}
	with open_house(base_url, **terms) as found, limit_of_one_person():
		yield found


@pytest.fixture
def as_user(
	browser: Browser, base_url: str, console: Console, login: Callable[..., None]
) -> Iterator[Callable[[str, str, str], Page]]:
	"""``as_user(user, doctype, name)``: the form in a window of that person's own."""
	windows = []

	def _form(user: str, doctype: str, name: str) -> Page:
		window = steps.another_window(browser, base_url, console)
		page = window.__enter__()
		windows.append(window)
		login(page, user, steps.PASSWORD)
		page.goto(steps.route(doctype, name))
		steps.shown(page, doctype, name)
		return page

	yield _form
	for window in reversed(windows):
		window.__exit__(None, None, None)


def test_a_deposit_from_afar_and_its_way_back(
	phone: Page, as_user: Callable[..., Page], house: SimpleNamespace, console: Console
) -> None:
	seller = steps.person(roles.SALESPERSON, "browser.walk.sales")
	accountant = steps.person(roles.ACCOUNTANT, "browser.walk.accountant")
	manager = steps.person(roles.MANAGER, "browser.walk.manager")
	deposit = steps.draft(customer=f.make_customer("Robin Remote"), amount=500, salesperson=seller)

	# The salesperson asks.
	page = as_user(seller, "Deposit", deposit.name)
	page.get_by_role("button", name="Send Pay Request").click()
	dialog = page.locator(".dlr-ask:visible")
	dialog.locator("[data-fieldname=channel] select").select_option(label="Link Only")
	dialog.get_by_role("button", name="Send", exact=True).click()
	expect(page.get_by_role("img", name="QR code of the link")).to_be_visible()
	frappe.db.rollback()
	request = frappe.get_last_doc("Pay Request", {"deposit": deposit.name})

	# The customer pays, on a phone.
	phone.goto(f"/{link.PAGE}/{link.token_of(request)}")
	phone.get_by_label("I have read the terms and accept them").check()
	phone.get_by_role("button", name="Pay $ 500.00 by card").click()
	phone.wait_for_url(f"{house.url}/pay/**")
	phone.get_by_role("button", name="Pay", exact=True).click()
	expect(phone.locator("main[data-face='paid']")).to_be_visible(timeout=30_000)
	screenshot(phone, "walk-1-paid")
	bring_messages(house)

	# The car is on hold; the salesperson has the next step.
	deposit.reload()
	request.reload()
	assert (deposit.status, request.status) == ("Held", "Paid")
	assert frappe.db.get_value("Dealer Vehicle", deposit.vehicle, "status") == "On Hold"
	promise = frappe.db.get_value(
		"Follow Up", {"deposit": deposit.name, "status": "Open"}, ["name", "owner_user", "todo"], as_dict=True
	)
	assert promise.owner_user == seller
	page.reload()
	steps.shown(page, "Deposit", deposit.name)
	expect(page.locator(".dlr-answer .dlr-label").first).to_have_text("Held")
	screenshot(page, "walk-2-held")
	page.goto(steps.route("Follow Up", promise.name))
	steps.shown(page, "Follow Up", promise.name)
	screenshot(page, "walk-3-next-step")

	# The accountant has the entry and, two days later, the payout.
	card = frappe.get_last_doc("Card Payment", {"pay_request": request.name})
	books = as_user(accountant, "Card Payment", card.name)
	expect(books.get_by_text(card.payment_entry).first).to_be_visible()
	screenshot(books, "walk-4-card-payment")
	house.fake.advance_to_payout()
	bring_messages(house)
	payout = frappe.get_last_doc("Gateway Payout", {"gateway_account": house.account})
	reading.read(payout.name)
	frappe.db.commit()
	books.goto(steps.route("Gateway Payout", payout.name))
	steps.shown(books, "Gateway Payout", payout.name)
	expect(books.get_by_text("Every row is explained to the cent. Book it")).to_be_visible()
	steps.button(books, "Book").click()
	steps.primary(steps.dialog(books, f"Book payout {payout.payout_id}")).click()
	expect(books.get_by_text("Match the entry with the bank's statement")).to_be_visible()
	screenshot(books, "walk-5-payout")
	frappe.db.rollback()
	payout.reload()
	assert payout.status == "Booked"

	# The deal dies: the refund goes back to the card it came from.
	desk = as_user(manager, "Deposit", deposit.name)
	steps.in_menu(desk, "Actions", "Refund")
	shown = steps.dialog(desk, "Refund")
	steps.field(shown, "reason").fill("Lost his job")
	expect(shown).to_contain_text("goes back to Visa ending 4242")
	steps.primary(shown).click()
	expect(desk.locator(".dlr-answer .dlr-label").first).to_have_text("Refunded")
	screenshot(desk, "walk-6-refunded")
	bring_messages(house)
	deposit.reload()
	assert deposit.status == "Refunded"
	refund = frappe.get_last_doc("Card Refund", {"card_payment": card.name})
	assert (refund.status, house.fake.object(refund.refund_id)["amount"]) == ("Refunded", 50_000)
	assert frappe.db.get_value("Dealer Vehicle", deposit.vehicle, "status") != "On Hold"
	told = frappe.get_all(
		"Customer Event", {"customer": deposit.customer}, pluck="event_type", order_by="happened_at, name"
	)
	for step in (
		"pay_request.sent",
		"pay_request.opened",
		"pay_request.paid",
		"deposit.taken",
		"deposit.refunded",
	):
		assert step in told
	console.assert_clean()

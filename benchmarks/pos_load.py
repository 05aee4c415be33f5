"""What ERPNext's point of sale takes to open: without the app, with it, and at a dealership's counter.

Run inside a bench, from its ``sites`` folder:
``python ../apps/dealer_pos_crm/benchmarks/pos_load.py BARE_SITE BARE_ADDRESS SITE ADDRESS [rounds]``.
BARE_SITE has ERPNext only; the addresses are those of web servers for the two sites. It commits what it makes.
In Chromium, with a warm cache, each round opens all three, one after the other, in turn.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import frappe
from frappe.utils import now_datetime
from frappe.utils.password import update_password
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = os.environ.get("DEALER_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
PASSWORD = "pw-Dealer-2026!"
ROLES = ("System Manager", "Accounts Manager", "Accounts User", "Sales Manager", "Sales User")
READY = """() => window.cur_pos?.frm?.doc?.pos_profile && document.querySelector(".item-wrapper")
	&& document.querySelector(".customer-section input")
	&& (!STRIP || document.querySelector(".dlr-strip input")) && !document.querySelector("#freeze.in")"""


def prepare(site: str, counters: dict[str, int]) -> None:
	"""A cashier with an open shift at a POS Profile of their own, by name; ``counters``: whether it is ours."""
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	company = frappe.get_all("Company", pluck="name", order_by="creation", limit=1)[0]
	mode_with_account(company)
	for number in range(12):
		item(f"POS Part {number}")
	for name, ours in counters.items():
		shift(cashier(name), profile(name, company, ours), company)
	frappe.db.commit()
	frappe.clear_cache()
	frappe.destroy()


def mode_with_account(company: str) -> None:
	mode = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == company for row in mode.accounts):
		account = frappe.db.get_value("Account", {"company": company, "account_type": "Cash", "is_group": 0})
		mode.append("accounts", {"company": company, "default_account": account})
		mode.save()


def item(name: str) -> None:
	if frappe.db.exists("Item", name):
		return
	group = frappe.get_all("Item Group", {"is_group": 0}, pluck="name", order_by="name", limit=1)[0]
	frappe.get_doc(
		{"doctype": "Item", "item_code": name, "item_group": group, "stock_uom": "Nos", "is_stock_item": 0}
	).insert()
	frappe.get_doc(
		{
			"doctype": "Item Price",
			"item_code": name,
			"price_list": "Standard Selling",
			"selling": 1,
			"price_list_rate": 24,
		}
	).insert()


def cashier(name: str) -> str:
	email = f"pos.{name}@example.com"
	if not frappe.db.exists("User", email):
		user = frappe.get_doc(
			{"doctype": "User", "email": email, "first_name": name, "send_welcome_email": 0}
		)
		user.insert()
		user.add_roles(*ROLES)
	update_password(email, PASSWORD)
	return email


def profile(name: str, company: str, ours: int) -> str:
	title = f"POS {name}"
	if not frappe.db.exists("POS Profile", title):
		first = {"company": company, "is_group": 0}
		frappe.get_doc(
			{
				"doctype": "POS Profile",
				"name": title,
				"company": company,
				"currency": frappe.get_cached_value("Company", company, "default_currency"),
				"warehouse": frappe.get_all("Warehouse", first, pluck="name", order_by="name", limit=1)[0],
				"write_off_account": frappe.get_cached_value("Company", company, "write_off_account")
				or frappe.get_all("Account", {**first, "root_type": "Expense"}, pluck="name", limit=1)[0],
				"write_off_cost_center": frappe.get_cached_value("Company", company, "cost_center"),
				"selling_price_list": "Standard Selling",
				"payments": [{"mode_of_payment": "Cash", "default": 1}],
			}
		).insert()
	if frappe.get_meta("POS Profile").has_field("dealer_counter"):
		frappe.db.set_value("POS Profile", title, "dealer_counter", ours)
	return title


def shift(user: str, pos_profile: str, company: str) -> None:
	if frappe.db.exists("POS Opening Entry", {"user": user, "status": "Open", "docstatus": 1}):
		return
	opening = frappe.get_doc(
		{
			"doctype": "POS Opening Entry",
			"company": company,
			"pos_profile": pos_profile,
			"user": user,
			"period_start_date": now_datetime(),
			"balance_details": [{"mode_of_payment": "Cash", "opening_amount": 0}],
		}
	)
	opening.insert()
	opening.submit()


def logged_in(browser: Browser, address: str, name: str) -> Page:
	context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}, locale="en-US")
	page = context.new_page()
	page.set_default_timeout(120_000)
	answer = page.request.post("/api/method/login", form={"usr": f"pos.{name}@example.com", "pwd": PASSWORD})
	assert answer.ok, answer.text()
	return page


def opened(page: Page, strip: bool) -> tuple[float, int]:
	"""Milliseconds from the address to a screen that can sell, and the requests to the server until then."""
	asked: list[str] = []

	def count(request) -> None:
		if "/api/method/" in request.url and "socket.io" not in request.url:
			asked.append(request.url)

	page.goto("about:blank")
	page.on("request", count)
	begin = time.perf_counter()
	page.goto("/app/point-of-sale", wait_until="commit")
	page.wait_for_function(READY.replace("STRIP", str(strip).lower()))
	took = (time.perf_counter() - begin) * 1000
	page.remove_listener("request", count)
	page.wait_for_load_state("networkidle")
	return took, len(asked)


def main() -> None:
	bare, bare_address, site, address = sys.argv[1:5]
	rounds = int(sys.argv[5]) if len(sys.argv) > 5 else 10
	prepare(bare, {"bare": 0})
	prepare(site, {"plain": 0, "counter": 1})
	found: dict[str, list[float]] = {"bare": [], "plain": [], "counter": []}
	requests: dict[str, int] = {}
	with sync_playwright() as playwright:
		browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
		pages = {
			name: logged_in(browser, bare_address if name == "bare" else address, name) for name in found
		}
		for number in range(rounds + 2):
			for name, page in pages.items():
				took, requests[name] = opened(page, name == "counter")
				if number >= 2:  # the first two fill the caches
					found[name].append(took)
		browser.close()
	for name, times in found.items():
		extra = statistics.median(mine - base for mine, base in zip(times, found["bare"], strict=True))
		print(
			f"{name}: median {statistics.median(times):.0f} ms (fastest {min(times):.0f}), {requests[name]} requests; "
			f"paired with bare: {extra:+.0f} ms"
		)


if __name__ == "__main__":
	main()

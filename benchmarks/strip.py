"""The counter's strip for a customer with a long history beside one with a short one; figures to read only.

``python benchmarks/strip.py SITE [--events 2000] [--customers 20000] [--rounds 40]``, with the bench's Python, on a
site that may be changed. The two are asked for in turn in one run, as the cashier who stands at the counter. The
long one has as many events, and a paid invoice in the ledger and an old promise for every ten of them. Searches go
through as many customers, each with an invoice.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402

from benchmarks.on_site import Count  # noqa: E402
from tests.support import SITES, connected  # noqa: E402

SHORT = 20


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--events", type=int, default=2000)
	words.add_argument("--customers", type=int, default=20_000)
	words.add_argument("--rounds", type=int, default=40)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site):
		measure(given.events, given.customers, given.rounds)


def measure(events: int, crowd: int, rounds: int) -> None:
	from dealer_pos_crm.dealer_counter.screen import search, strip
	from tests.site import counter_house
	from tests.site import factories as f

	counter_house.set_up()
	cashier = counter_house.cashier()
	customers = {count: customer(count) for count in (SHORT, events)}
	fill(crowd - frappe.db.count("Customer"))
	frappe.db.commit()
	asked = {
		f"strip, {count:,} events": lambda name=name: strip.of(name, f.COMPANY, counter_house.PROFILE)
		for count, name in customers.items()
	}
	number = frappe.db.get_value("Sales Invoice", {"customer": customers[events]}, "name")
	named = frappe.db.get_value("Customer", customers[SHORT], "customer_name")
	asked["search by name"] = lambda: search.find(named, f.COMPANY)
	asked["search by the end of a number"] = lambda: search.find(number[-5:], f.COMPANY)
	frappe.set_user(cashier)
	times: dict[str, list[float]] = {what: [] for what in asked}
	statements: dict[str, int] = {}
	for turn in range(rounds + 3):
		for what, ask in asked.items():
			begin = time.perf_counter()
			with Count() as count:
				ask()
			if turn >= 3:  # the first ones warm what is cached
				times[what].append((time.perf_counter() - begin) * 1000)
				statements[what] = count.statements
	print(f"customers on the site: {frappe.db.count('Customer'):,}")
	for what, found in times.items():
		ordered = sorted(found)
		print(
			f"{what:34} {statistics.median(found):7.1f} ms  95 %: {ordered[int(len(ordered) * 0.95)]:6.1f} ms"
			f"  {statements[what]:3} statements",
			flush=True,
		)


def customer(events: int) -> str:
	"""A customer with open invoices, a deposit, cars, and a history of this length."""
	from tests.site import counter_house
	from tests.site import factories as f

	found = f.make_customer(f.unique(f"Bench {events}"))
	_customer, invoices = counter_house.owing(120, 80, customer=found)
	f.take_new(found, False, 150)
	now, company = frappe.utils.now(), f.COMPANY
	fields = [
		"customer",
		"event_type",
		"title",
		"happened_at",
		"company",
		"event_key",
		"creation",
		"modified",
	]
	rows = [
		(found.name, "payment.received", "Payment", now, company, f.key(), now, now)
		for _each in range(events)
	]
	insert("Customer Event", fields, rows)
	account = f.debtors_account()
	ledger = []
	for number in range(events // 10):
		paid = f"{invoices[0].name}-{number}"
		for amount in (50, -50):
			ledger.append(
				(
					f.key(), company, "Customer", found.name, account, "Sales Invoice", paid, "Sales Invoice", paid,
					amount, amount, "USD", 0, now, now, frappe.utils.nowdate(),
				)
			)  # fmt: skip
	insert(
		"Payment Ledger Entry",
		[
			"name", "company", "party_type", "party", "account", "voucher_type", "voucher_no",
			"against_voucher_type", "against_voucher_no", "amount", "amount_in_account_currency",
			"account_currency", "delinked", "creation", "modified", "posting_date",
		],
		ledger,
	)  # fmt: skip
	promises = [
		(found.name, "Done", "Called", company, f.key(), now, now, now) for _each in range(events // 10)
	]
	insert(
		"Follow Up",
		["customer", "status", "title", "company", "follow_up_key", "due_at", "creation", "modified"],
		promises,
	)
	return found.name


def fill(missing: int) -> None:
	"""Other customers, each with an invoice, so that a search has something to go through."""
	now, tag = frappe.utils.now(), frappe.generate_hash(length=6)
	people = [f"Crowd {tag} {number}" for number in range(missing)]
	insert(
		"Customer",
		["name", "customer_name", "disabled", "creation", "modified"],
		[(name, name, 0, now, now) for name in people],
	)
	company = frappe.db.get_value("Company", {}, "name")
	insert(
		"Sales Invoice",
		["name", "customer", "company", "docstatus", "creation", "modified"],
		[(f"SINV-{tag}-{number:05d}", name, company, 1, now, now) for number, name in enumerate(people)],
	)


def insert(doctype: str, fields: list[str], rows: list[tuple]) -> None:
	if "name" not in fields:  # an autoincrement
		fields = ["name", *fields]
		rows = [(frappe.db.get_next_sequence_val(doctype), *row) for row in rows]
	frappe.db.bulk_insert(doctype, fields, rows)


if __name__ == "__main__":
	main()

"""Collecting three invoices under one receipt beside three plain Payment Entries; figures to read, never to pass.

``python benchmarks/collect.py SITE [--rounds 15]``, with the bench's Python, on a site that may be changed. In turn in
one run, commit included, each on three new invoices of a new customer: ERPNext's own three payments with the app's
listeners as they always run; a receipt in cash; a receipt by cash and a check.
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
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry  # noqa: E402
from frappe.utils import nowdate  # noqa: E402

from dealer_pos_crm.dealer_counter.collecting import receipt  # noqa: E402
from tests.site import counter_house as house  # noqa: E402
from tests.site import factories as f  # noqa: E402
from tests.site.counting import statements  # noqa: E402
from tests.support import SITES, connected  # noqa: E402

AMOUNTS = (412.6, 23.4, 64)
WARM_UP = 2


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--rounds", type=int, default=15)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site):
		measure(given.rounds)


def measure(rounds: int) -> None:
	house.set_up()
	user = house.cashier("bench.cashier")
	house.open_shift(user, house.profile("Bench Counter"))
	ways = {
		"three plain Payment Entries": plain,
		"a receipt, in cash": lambda *values: collect(*values, [house.cash(500)]),
		"a receipt, cash and a check": lambda *values: collect(*values, [house.cash(250), house.check(250)]),
	}
	times: dict[str, list[float]] = {name: [] for name in ways}
	counts: dict[str, int] = {}
	for number in range(-WARM_UP, rounds):
		for name, way in ways.items():
			customer, invoices = house.owing(*AMOUNTS)
			with f.logged_in(user), statements() as found:
				begun = time.perf_counter()
				way(customer, invoices)
				frappe.db.commit()
				took = (time.perf_counter() - begun) * 1000
			assert house.owes(customer) == 0, name
			if number >= 0:
				times[name].append(took)
				counts[name] = len(found)
	for name, taken in times.items():
		low, middle, high = statistics.quantiles(taken, n=4)
		print(f"{name:32} {middle:7.0f} ms ({low:.0f} to {high:.0f})  {counts[name]:4} statements")
	first, second = (times[name] for name in list(ways)[:2])
	beside = statistics.median(b / a for a, b in zip(first, second, strict=True))
	print(f"a receipt in cash beside three payments, round by round: {beside:.2f} times")


def plain(customer, invoices) -> None:
	"""What a person does without the counter: a payment per invoice."""
	for invoice in invoices:
		payment = get_payment_entry("Sales Invoice", invoice.name)
		payment.update({"mode_of_payment": "Cash", "reference_no": "1", "reference_date": nowdate()})
		payment.paid_to = house.account_of("Cash")
		payment.insert()
		payment.submit()


def collect(customer, invoices, tenders: list[dict]) -> None:
	receipt.collect(customer.name, f.COMPANY, house.lines_of(*invoices), tenders, f.key())


if __name__ == "__main__":
	main()

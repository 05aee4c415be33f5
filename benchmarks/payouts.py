"""A payout of many rows: read, matched with the books and booked; figures to read, never to pass or fail.

``python benchmarks/payouts.py SITE [--rows 10000]``, with the bench's Python, on a site that may be changed.
The card payments and their Payment Entries are put into the tables in bulk; what is measured is what runs when
a payout arrives. The provider's own answer time is not part of it.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402

from benchmarks.on_site import Count  # noqa: E402
from dealer_pos_crm.domain.gateway import BalanceRow, PayoutFact, PayoutState  # noqa: E402
from dealer_pos_crm.domain.money import Money  # noqa: E402
from tests.support import SITES, connected  # noqa: E402

DEPARTMENTS = ("Service", "Sales", "Parts")


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--rows", type=int, default=10_000)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site):
		measure(given.rows)


def measure(count: int) -> None:
	from dealer_pos_crm.dealer_cashier.payouts import booking, matching, reading
	from dealer_pos_crm.dealer_cashier.payouts import payout as rows_of
	from tests.site import cards

	account = frappe.get_doc("Gateway Account", cards.gateway_account())
	frappe.db.commit()
	tag = frappe.generate_hash(length=6)
	rows = fill(account, count, tag)
	net = Money(sum(row.net.minor for row in rows), account.currency)
	fact = PayoutFact(
		payout=f"po_{tag}",
		state=PayoutState.PAID,
		provider_status="paid",
		amount=net,
		live=False,
		automatic=True,
		itemised=False,
		arrival_date=datetime.now(),
	)
	name = reading.observe(account, fact)
	frappe.db.commit()
	payout = rows_of.locked(name)
	step(f"{count:,} rows kept and matched", lambda: matching.keep(payout, rows))
	frappe.db.commit()
	assert payout.status == rows_of.RECONCILED, (payout.status, payout.exception_count)
	step("the same again, after a broken-off reading", lambda: matching.keep(rows_of.locked(name), rows))
	frappe.db.commit()
	tracemalloc.start()
	matching.keep(rows_of.locked(name), rows)
	_now, peak = tracemalloc.get_traced_memory()
	tracemalloc.stop()
	frappe.db.commit()
	print(f"{'memory at its peak (Python objects)':44} {peak / 1e6:8.1f} MB")
	step("matched again (nothing has changed)", lambda: matching.match_again(name))
	frappe.db.commit()
	step("booked", lambda: booking.book(name))
	frappe.db.commit()


def step(what: str, work) -> None:
	begin = time.perf_counter()
	with Count() as count:
		work()
	print(f"{what:44} {time.perf_counter() - begin:8.2f} s   {count.statements:6} statements", flush=True)


def fill(account, count: int, tag: str) -> list[BalanceRow]:
	"""Booked card payments, and the provider's rows for them."""
	now, currency = frappe.utils.now(), account.currency
	payments, entries, rows = [], [], []
	for number in range(count):
		amount, fee = 5_000 + number % 7_000, 175
		charge, payment = f"ch_{tag}{number:06d}", f"BENCH-{tag}-{number:06d}"
		department = DEPARTMENTS[number % len(DEPARTMENTS)]
		money = {"company": account.company}
		payments.append(
			{
				"name": payment,
				"charge_id": charge,
				"intent_id": f"pi_{tag}{number:06d}",
				"intent_key": f"{account.name}-{tag}-{number}",
				"gateway_account": account.name,
				"department": department,
				"amount": amount / 100,
				"captured_amount": amount / 100,
				"fee_amount": fee / 100,
				"status": "Captured",
				"booking": "Booked",
				"currency": currency,
				**money,
			}
		)
		entries.append(
			{
				"name": f"PE-{payment}",
				"docstatus": 1,
				"payment_type": "Receive",
				"party_type": "Customer",
				"dealer_card_payment": payment,
				"paid_amount": amount / 100,
				"received_amount": amount / 100,
				"base_paid_amount": amount / 100,
				"posting_date": now[:10],
				**money,
			}
		)
		rows.append(
			BalanceRow(
				transaction=f"txn_{tag}{number:06d}",
				category="charge",
				source=charge,
				amount=Money(amount, currency),
				fee=Money(fee, currency),
				net=Money(amount - fee, currency),
				created_at=datetime.now() - timedelta(days=2, seconds=number),
				charge=charge,
			)
		)
	put("Card Payment", payments, now)
	put("Payment Entry", entries, now)
	frappe.db.commit()
	return rows


def put(doctype: str, rows: list[dict], now: str) -> None:
	always = {"creation": now, "modified": now, "owner": "Administrator", "modified_by": "Administrator"}
	values = [tuple({**row, **always}.values()) for row in rows]
	frappe.db.bulk_insert(doctype, list({**rows[0], **always}), values, chunk_size=2000)


if __name__ == "__main__":
	main()

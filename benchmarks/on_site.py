"""What the app costs on a site: paired in one run, the app's hooks on and off in turn, with SQL counts.

Run inside a bench, from its ``sites`` folder:
``../env/bin/python ../apps/dealer_pos_crm/benchmarks/on_site.py SITE [rounds]``. It commits what it makes.
"""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import frappe

from benchmarks import lane, showroom
from dealer_pos_crm.dealer_crm.store import FrappeStore
from dealer_pos_crm.domain.event import Event
from tests.site import factories as f

WARM_UP = 4
EVENTS = 2000


class Count:
	"""SQL statements while it is open; transaction control does not count."""

	def __enter__(self) -> Count:
		self.statements = 0
		self._sql = sql = frappe.db.sql

		def counted(query, *args, **kwargs):
			if str(query).split(None, 1)[0].lower() not in ("commit", "start", "savepoint", "rollback"):
				self.statements += 1
			return sql(query, *args, **kwargs)

		frappe.db.sql = counted
		return self

	def __exit__(self, *_error) -> None:
		frappe.db.sql = self._sql


@contextmanager
def without_app() -> Iterator[None]:
	"""ERPNext as it is without our document events and timeline."""
	hooks = frappe.get_doc_hooks()
	all_hooks = frappe.get_hooks
	frappe.local.doc_events_hooks = {
		doctype: {
			event: [handler for handler in handlers if not handler.startswith("dealer_pos_crm.")]
			for event, handlers in events.items()
		}
		for doctype, events in hooks.items()
	}

	def filtered(hook=None, default="_KEEP_DEFAULT_LIST", app_name=None):
		found = all_hooks(hook, default, app_name)
		if hook is None:
			found = frappe._dict(found)
			found["additional_timeline_content"] = {
				doctype: [method for method in methods if not method.startswith("dealer_pos_crm.")]
				for doctype, methods in found["additional_timeline_content"].items()
			}
		return found

	frappe.get_hooks = filtered
	try:
		yield
	finally:
		frappe.local.doc_events_hooks = hooks
		frappe.get_hooks = all_hooks


def measure(work: Callable[[], object]) -> tuple[float, int]:
	"""Milliseconds and statements of one run, its commit included."""
	gc.collect()
	with Count() as count:
		begin = time.perf_counter()
		work()
		frappe.db.commit()
		took = (time.perf_counter() - begin) * 1000
	frappe.local.message_log = []
	return took, count.statements


def paired(name: str, make: Callable[[], Callable[[], object]], rounds: int) -> dict:
	"""The same work with and without the app, in turn."""
	plain, ours = [], []
	for number in range(rounds + WARM_UP):
		order = [False, True] if number % 2 else [True, False]
		for with_app in order:
			work = make()
			frappe.db.commit()
			if with_app:
				result = measure(work)
			else:
				with without_app():
					result = measure(work)
			if number >= WARM_UP:
				(ours if with_app else plain).append(result)
	extra = sorted(a[0] - b[0] for a, b in zip(ours, plain, strict=True))
	return {
		"name": name,
		"without_ms": statistics.median(t for t, _n in plain),
		"with_ms": statistics.median(t for t, _n in ours),
		"extra_ms": statistics.median(extra),
		"extra_ms_quartiles": [extra[len(extra) // 4], extra[-len(extra) // 4]],
		"without_sql": statistics.median(n for _t, n in plain),
		"with_sql": statistics.median(n for _t, n in ours),
	}


def alone(name: str, make: Callable[[], Callable[[], object]], rounds: int) -> dict:
	runs = []
	for number in range(rounds + WARM_UP):
		work = make()
		frappe.db.commit()
		result = measure(work)
		if number >= WARM_UP:
			runs.append(result)
	times = sorted(t for t, _n in runs)
	return {
		"name": name,
		"median_ms": statistics.median(times),
		"p90_ms": times[int(len(times) * 0.9) - 1],
		"sql": statistics.median(n for _t, n in runs),
	}


def beside(name: str, ours: Callable[[], Callable], theirs: Callable[[], Callable], rounds: int) -> dict:
	"""Our document and ERPNext's of the same size, in turn, in one run."""
	runs: dict[str, list[tuple[float, int]]] = {"ours": [], "erpnext": []}
	for number in range(rounds + WARM_UP):
		makers = [("ours", ours), ("erpnext", theirs)]
		for who, make in makers if number % 2 else reversed(makers):
			work = make()
			frappe.db.commit()
			result = measure(work)
			if number >= WARM_UP:
				runs[who].append(result)
	less = sorted(b[0] - a[0] for a, b in zip(runs["ours"], runs["erpnext"], strict=True))
	return {
		"name": name,
		"ours_ms": statistics.median(t for t, _n in runs["ours"]),
		"erpnext_ms": statistics.median(t for t, _n in runs["erpnext"]),
		"less_ms": statistics.median(less),
		"less_ms_quartiles": [less[len(less) // 4], less[-len(less) // 4]],
		"ours_sql": statistics.median(n for _t, n in runs["ours"]),
		"erpnext_sql": statistics.median(n for _t, n in runs["erpnext"]),
	}


def payment(customer: str) -> Callable[[], object]:
	def work() -> None:
		doc = frappe.get_doc(
			{
				"doctype": "Payment Entry",
				"payment_type": "Receive",
				"company": f.COMPANY,
				"posting_date": frappe.utils.nowdate(),
				"mode_of_payment": "Cash",
				"party_type": "Customer",
				"party": customer,
				"paid_from": f.debtors_account(),
				"paid_to": frappe.db.get_value(
					"Account", {"company": f.COMPANY, "account_type": "Cash", "is_group": 0}, "name"
				),
				"paid_amount": 100,
				"received_amount": 100,
				"source_exchange_rate": 1,
				"target_exchange_rate": 1,
			}
		)
		doc.insert()
		doc.submit()

	return work


def invoice(customer: str) -> Callable[[], object]:
	def work() -> None:
		doc = f.make_invoice(customer, 100, submit=False)
		doc.submit()

	return work


def deposit() -> Callable[[], object]:
	made = f.make_deposit(CUSTOMER)

	def work() -> None:
		from dealer_pos_crm.dealer_cashier.deposits import actions

		actions.take(made.name, [{"mode_of_payment": "Cash", "amount": made.amount}], f.key())

	return work


def form(customer: str) -> Callable[[], object]:
	from frappe.desk.form.load import getdoc

	def work() -> None:
		frappe.local.response = frappe._dict({"docs": []})
		getdoc("Customer", customer)

	return work


def give_events(customer: str, number: int) -> None:
	store = FrappeStore()
	now = frappe.utils.now_datetime()
	for index in range(number):
		store.add_event(
			Event(
				key=f"survey.answered:bench-{customer}-{index}",
				type="survey.answered",
				happened_at=frappe.utils.add_to_date(now, minutes=-index),
				customer=customer,
				company=f.COMPANY,
				title=f"Answer {index}",
			)
		)
	frappe.db.commit()


def main(site: str, rounds: int) -> None:
	global CUSTOMER
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	f.make_dealership()
	CUSTOMER = f.make_customer()
	busy, quiet = f.make_customer(), f.make_customer()
	give_events(busy.name, EVENTS)
	results = {
		"paired": [
			paired("Payment Entry, insert and submit", lambda: payment(CUSTOMER.name), rounds),
			paired("Sales Invoice, insert and submit", lambda: invoice(CUSTOMER.name), rounds),
			paired(f"Customer form, {EVENTS} events", lambda: form(busy.name), rounds),
			paired("Customer form, no events", lambda: form(quiet.name), rounds),
		],
		"alone": [alone("Take a deposit (one tender, holds a vehicle)", deposit, rounds)],
	}
	for kind, rows in lane.results(beside, alone, rounds).items():
		results.setdefault(kind, []).extend(rows)
	results["alone"].extend(showroom.results(alone, rounds))
	frappe.destroy()
	print(json.dumps(results, indent=1))


CUSTOMER = None

if __name__ == "__main__":
	main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30)

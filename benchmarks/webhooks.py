"""How many messages of the card provider are accepted a second; figures to read, never to pass or fail.

``python benchmarks/webhooks.py SITE [--count 300] [--lanes 2]``, with the bench's Python, on a site that may be
changed. Frappe's own web server on this machine and real HTTP. In turn, so that all meet the same machine: a bare
ping, a new message (checked, kept, its job asked for), the same one again, and one with a wrong signature. No
network is touched: what messages are about is read by their jobs, which are not measured, and these are about
nothing that has to be read.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402
import requests  # noqa: E402

from benchmarks.leads import say, served  # noqa: E402
from benchmarks.on_site import Count  # noqa: E402
from tests.support import SITES, connected  # noqa: E402

WARM_UP = 10
SECRET = "whsec_benchmark"


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--count", type=int, default=300)
	words.add_argument("--lanes", type=int, default=2)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site), served(given.site) as url:
		measure(url, given.count, given.lanes)


def measure(url: str, count: int, lanes: int) -> None:
	address = f"{url}/api/method/dealer_pos_crm.api.gateway.webhook?account={account().webhook_key}"
	session = requests.Session()
	session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=lanes))

	def post(body: bytes, secret: str, expected: int) -> float:
		headers = {"Stripe-Signature": sign(body, secret), "Content-Type": "application/json"}
		begin = time.perf_counter()
		answer = session.post(address, data=body, headers=headers, timeout=60)
		took = time.perf_counter() - begin
		assert answer.status_code == expected, answer.text
		return took

	def ping(_body: bytes) -> float:
		begin = time.perf_counter()
		answer = session.get(f"{url}/api/method/ping", timeout=60)
		assert answer.status_code == 200
		return time.perf_counter() - begin

	ways = {
		"bare ping": ping,
		"new messages": lambda body: post(body, SECRET, 200),
		"the same again": lambda body: post(body, SECRET, 200),
		"wrong signature": lambda body: post(body, "whsec_other", 400),
	}
	bodies = [message() for _number in range(count + WARM_UP)]
	for way in ways.values():
		for body in bodies[:WARM_UP]:
			way(body)
	for body in bodies[:WARM_UP]:
		ways["new messages"](body)
	bodies = bodies[WARM_UP:]
	single: dict[str, list[float]] = {name: [] for name in ways}
	half = count // 2
	for body in bodies[:half]:
		for name, way in ways.items():
			single[name].append(way(body))
	for name, times in single.items():
		say("one after the other", name, times)
	for name, way in ways.items():
		begin = time.perf_counter()
		with ThreadPoolExecutor(lanes) as pool:
			times = list(pool.map(way, bodies[half:]))
		say(f"{lanes} connections at once", name, times, len(times) / (time.perf_counter() - begin))
	statements()


def statements() -> None:
	"""SQL of keeping one message, by what it is."""
	from dealer_pos_crm.dealer_cashier.gateway import inbox
	from dealer_pos_crm.gateways.stripe import webhooks

	doc = account()
	inbox.accept(doc, webhooks.parsed(message()), source="Webhook")
	fact = webhooks.parsed(message())
	for what in ("a new message", "the same again"):
		with Count() as count:
			inbox.accept(doc, fact, source="Webhook")
		print(f"{what:42} {count.statements} SQL statements")
	frappe.db.rollback()


def account():
	"""An account with a key that opens nothing, of the test company."""
	from tests.site import factories as f

	f.make_dealership()
	name = frappe.db.get_value("Gateway Account", {"title": "Benchmark"}, "name")
	if name:
		return frappe.get_doc("Gateway Account", name)
	doc = frappe.get_doc(
		{
			"doctype": "Gateway Account",
			"title": "Benchmark",
			"company": f.COMPANY,
			"enabled": 0,
			"responsible": "Administrator",
			"secret_key": "sk_test_benchmark",
			"webhook_secret": SECRET,
		}
	).insert()
	frappe.db.commit()
	return doc


def message() -> bytes:
	"""A charge that was captured, of the size that the provider sends."""
	return json.dumps(
		{
			"id": f"evt_{uuid.uuid4().hex}",
			"object": "event",
			"api_version": "benchmark",
			"created": int(time.time()),
			"livemode": False,
			"pending_webhooks": 1,
			"type": "charge.captured",  # of no payment: its job asks nobody
			"data": {
				"object": {
					"id": f"ch_{uuid.uuid4().hex}",
					"object": "charge",
					"amount": 50_000,
					"amount_captured": 50_000,
					"payment_intent": None,
					"currency": "usd",
					"status": "succeeded",
					"description": "Deposit " * 20,
					"metadata": {"site": "x", "name": "CARD-1"},
					"shipping": {"name": "Ann Buyer", "address": {"line1": "1 Main St"}},
					"more": ["x" * 60] * 25,
				}
			},
		},
		indent=2,
	).encode()


def sign(body: bytes, secret: str) -> str:
	from stripe import WebhookSignature

	return WebhookSignature.generate_signature_header(body.decode(), secret)


if __name__ == "__main__":
	main()

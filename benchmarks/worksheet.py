"""What a keystroke in a deal's worksheet costs: all offers of a deal recomputed in one request.

Run inside a bench, from its ``sites`` folder:
``../env/bin/python ../apps/dealer_pos_crm/benchmarks/worksheet.py SITE [rounds] [address of its web server]``.
It commits what it makes. The target is 100 ms for the round trip as a person sees it.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.cookiejar import CookieJar
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import frappe

from tests.site import showroom as s
from tests.site import worksheet_data as d

OFFERS = 4
METHOD = "dealer_pos_crm.api.worksheet.recompute"


def prepare() -> tuple[str, list[dict]]:
	"""A deal with four offers, each with fees, products and a trade; what the form sends for all of them."""
	templates = d.set_up_worksheet()
	deal = s.make_deal()
	trade = d.make_trade(deal, payoff=3_000, payoff_lender=d.payoff_lender())
	values = {
		"tax_template": templates["compound"],
		"lines": [
			{"kind": "Fee", "label": "Documentation fee", "amount": 499, "taxable": 1},
			{"kind": "Fee", "label": "Title fee", "amount": 85, "taxable": 0},
			{"kind": "Accessory", "label": "Floor mats", "amount": 149.5, "taxable": 1},
			{"kind": "Discount", "label": "Discount", "amount": 500, "taxable": 1},
			{"kind": "Rebate", "label": "Rebate", "amount": 750, "taxable": 0},
		],
		"products": [{"product": d.product(), "price": 1995, "taxable": 0}],
		"trades": [{"trade_in": trade.name, "allowance": 8_000, "payoff": 3_000}],
	}
	names = [d.make_offer(deal, values) for _number in range(OFFERS)]
	return deal.name, [
		{"name": name, "values": {**values, "price": 21_500 + at, "apr": 6, "term_months": 60 + 6 * at}}
		for at, name in enumerate(names)
	]


def timed(work: Callable[[], object], rounds: int, warm_up: int = 4) -> dict[str, float]:
	took, busy = [], []
	for number in range(rounds + warm_up):
		begin, cpu = time.perf_counter(), time.process_time()
		work()
		if number >= warm_up:
			took.append((time.perf_counter() - begin) * 1000)
			busy.append((time.process_time() - cpu) * 1000)
	took.sort()
	return {
		"median_ms": statistics.median(took),
		"p90_ms": took[int(len(took) * 0.9)],
		"cpu_ms": statistics.median(busy),
	}


def on_the_server(deal: str, columns: list[dict], rounds: int) -> dict[str, float]:
	from dealer_pos_crm.api import worksheet as api

	text = json.dumps(columns)

	def work() -> None:
		frappe.local.document_cache = {}  # a request begins without the documents of the one before
		answer = api.recompute(deal, text)
		assert all("result" in row for row in answer), answer
		frappe.db.rollback()

	with d.as_user(s.salesperson()):
		return timed(work, rounds)


def round_trip(address: str, deal: str, columns: list[dict], rounds: int) -> dict[str, float]:
	"""With a real login, over HTTP, the answer read and parsed."""
	opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

	def post(method: str, **values: str) -> dict:
		body = urllib.parse.urlencode(values).encode()
		with opener.open(f"{address}/api/method/{method}", body, timeout=30) as answer:
			return json.load(answer)

	post("login", usr=s.salesperson(), pwd="pw-Dealer-2026!")
	with opener.open(f"{address}/app", timeout=30) as page:
		token = page.read().decode().partition('csrf_token = "')[2].partition('"')[0]
	opener.addheaders.append(("X-Frappe-CSRF-Token", token))
	text = json.dumps(columns)

	def work() -> None:
		answer = post(METHOD, deal=deal, columns=text)["message"]
		assert all("result" in row for row in answer), answer

	found = timed(work, rounds)
	plain = timed(lambda: post("frappe.ping"), rounds)
	return {**found, "ping_ms": plain["median_ms"]}


def main() -> None:
	site, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 30
	frappe.init(site=site, sites_path=".")
	frappe.connect()
	frappe.set_user("Administrator")
	deal, columns = prepare()
	frappe.db.commit()
	server = on_the_server(deal, columns, rounds)
	print(
		f"Recompute {OFFERS} offers, server: median {server['median_ms']:.1f} ms, p90 {server['p90_ms']:.1f} ms, "
		f"of it {server['cpu_ms']:.1f} ms at work in Python"
	)
	if len(sys.argv) > 3:
		trip = round_trip(sys.argv[3].rstrip("/"), deal, columns, rounds)
		print(
			f"Recompute {OFFERS} offers, round trip: median {trip['median_ms']:.1f} ms, "
			f"p90 {trip['p90_ms']:.1f} ms (an empty request: {trip['ping_ms']:.1f} ms)"
		)


if __name__ == "__main__":
	main()

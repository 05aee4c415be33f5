"""How soon a customer sees the pay page, and what it costs the database; figures to read, never to pass or fail.

``python benchmarks/pay_page.py SITE [--count 100]``, with the bench's Python, on a site that may be changed.
Frappe's own web server on this machine and real HTTP, the page asked for as a guest. In turn, so that all meet the
same machine: a bare ping, the page of a deposit, of an invoice, of a request that was taken back, and a link that
does not work. Time to first byte is until the answer's head is there; statements are counted in this process, by
a page that has been asked for before.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402
import requests  # noqa: E402

from benchmarks.leads import served  # noqa: E402
from tests.support import SITES, connected  # noqa: E402

WARM_UP = 5


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--count", type=int, default=100)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site), served(given.site) as url:
		measure(url, given.count)


def measure(url: str, count: int) -> None:
	pages = {name: f"{url}{path}" for name, path in links().items()}
	ways = {"bare ping": f"{url}/api/method/ping", **pages}
	session = requests.Session()
	frappe.conf.dealer_pay_pages_per_hour = 10**6
	taken: dict[str, list[float]] = {name: [] for name in ways}
	size: dict[str, int] = {}
	for number in range(count + WARM_UP):
		for name, address in ways.items():
			begin = time.perf_counter()
			answer = session.get(address, timeout=60, stream=True)
			if number >= WARM_UP:
				taken[name].append(time.perf_counter() - begin)
			size[name] = len(answer.content)
			assert answer.status_code != 429, (
				"set dealer_pay_pages_per_hour higher in the site's configuration"
			)
	statements = {name: counted(address.rpartition("/")[2]) for name, address in pages.items()}
	for name, times in taken.items():
		times.sort()
		middle, most = times[len(times) // 2] * 1000, times[int(len(times) * 0.95)] * 1000
		sql = f", {statements[name]} statements" if name in statements else ""
		print(
			f"{name:24} {middle:6.1f} ms to the first byte, 95 %: {most:6.1f} ms, {size[name]:6} bytes{sql}"
		)


def links() -> dict[str, str]:
	"""A page of each kind."""
	from dealer_pos_crm.dealer_cashier.pay_requests import link, request
	from tests.site import cards
	from tests.site import factories as f

	cards.gateway_account(terms="A payment is given back as the law says. " * 40, terms_required=1)
	found = {}
	for name, document in (
		("a deposit", lambda: f.make_deposit()),
		("an invoice", lambda: f.make_invoice(f.make_customer(), 300)),
		("taken back", lambda: f.make_deposit()),
	):
		doc = document()
		frappe.db.commit()
		made = request.create(
			{"for_doctype": doc.doctype, "for_name": doc.name, "channel": "Link Only"}, f.key()
		)
		frappe.db.commit()
		found[name] = f"/{link.PAGE}/{link.token_of(frappe.get_doc('Pay Request', made['name']))}"
		if name == "taken back":
			request.cancel(made["name"], "For the benchmark")
			frappe.db.commit()
	return {**found, "a link that is not good": f"/{link.PAGE}/{'x' * 60}.{'y' * 43}"}


def counted(token: str) -> int:
	from dealer_pos_crm.dealer_cashier.pay_requests import page
	from tests.site.counting import statements

	page.view(token)
	frappe.db.rollback()
	with statements() as found:
		page.view(token)
	frappe.db.rollback()
	return len(found)


if __name__ == "__main__":
	main()

"""How many leads a second come in through the endpoint; figures to read, never to pass or fail.

``python benchmarks/leads.py SITE [--count 200] [--lanes 2]``, with the bench's Python, on a site that may be
changed. Frappe's own web server on this machine, a provider's API user, real HTTP. In turn: a message handed in
at our door, and the same person posted as a bare Lead to ERPNext's REST door, so that both meet the same machine.
Then the messages are read, as their jobs would, and how long a lead is on its way.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import frappe  # noqa: E402
import requests  # noqa: E402

from tests.support import SITES, connected, frappe_command  # noqa: E402

WARM_UP = 5


def main() -> None:
	words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
	words.add_argument("site")
	words.add_argument("--count", type=int, default=200)
	words.add_argument("--lanes", type=int, default=2)
	given = words.parse_args()
	os.chdir(SITES)
	with connected(given.site), served(given.site) as url:
		measure(url, min(given.count, 280), given.lanes)


def measure(url: str, count: int, lanes: int) -> None:
	from dealer_pos_crm.dealer_setup import roles
	from tests.site import factories as f
	from tests.site import leads as made
	from tests.site import showroom

	showroom.set_up_showroom()
	feed = made.make_feed("HTTP")
	ours = headers(f.make_user((roles.LEAD_PROVIDER, roles.BDC), "bench.provider"))
	people = [made.Person() for _number in range(2 * (count + WARM_UP))]

	def hand_in(person) -> float:
		begin = time.perf_counter()
		answer = requests.post(
			f"{url}/api/method/dealer_pos_crm.api.lead.receive_adf",
			params={"feed": feed},
			data=person.adf().encode(),
			headers={**ours, "Content-Type": "application/xml"},
			timeout=30,
		)
		assert answer.status_code == 202, answer.text
		return time.perf_counter() - begin

	def bare(person) -> float:
		begin = time.perf_counter()
		answer = requests.post(
			f"{url}/api/resource/Lead",
			json={"first_name": person.first, "last_name": person.last, "mobile_no": person.phone},
			headers=ours,
			timeout=30,
		)
		assert answer.status_code == 200, answer.text
		return time.perf_counter() - begin

	for person in people[-2 * WARM_UP :]:
		hand_in(person)
	single = [(hand_in(one), bare(other)) for one, other in zip(people[:40:2], people[1:40:2], strict=True)]
	say("one after the other", "messages", [pair[0] for pair in single])
	say("one after the other", "bare Leads", [pair[1] for pair in single])
	for name, door, who in (("messages", hand_in, people[40::2]), ("bare Leads", bare, people[41::2])):
		who = who[: count - 20]
		begin = time.perf_counter()
		with ThreadPoolExecutor(lanes) as pool:
			times = list(pool.map(door, who))
		wall = time.perf_counter() - begin
		say(f"{lanes} connections at once", name, times, len(who) / wall)
	reading()


def reading() -> None:
	from dealer_pos_crm.dealer_crm.leads import intake

	frappe.db.rollback()
	names = frappe.get_all(
		"Lead Intake", {"status": "Received"}, pluck="name", order_by="name desc", limit=100
	)
	times = []
	for name in names:
		begin = time.perf_counter()
		if intake.work(name) == "Done":
			times.append(time.perf_counter() - begin)
	if times:
		say("read, matched, given to somebody and timed", "leads", times, len(times) / sum(times))


def say(how: str, what: str, times: list[float], rate: float | None = None) -> None:
	median = statistics.median(times) * 1000
	low, _middle, high = (value * 1000 for value in statistics.quantiles(times, n=4))
	a_second = f"{rate or len(times) / sum(times):7.1f} a second"
	print(f"{how:42} {what:11} {a_second}   median {median:6.1f} ms ({low:.1f} .. {high:.1f})", flush=True)


def headers(user: str) -> dict[str, str]:
	"""The user's token."""
	doc = frappe.get_doc("User", user)
	doc.api_key, secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
	doc.api_secret = secret
	doc.save()
	frappe.db.commit()
	return {"Authorization": f"token {doc.api_key}:{secret}"}


class served:
	"""Frappe's web server for the site, on a free port of this machine."""

	def __init__(self, site: str) -> None:
		with socket.socket() as probe:
			probe.bind(("127.0.0.1", 0))
			self.port = probe.getsockname()[1]
		self.words = frappe_command("serve", "--port", str(self.port), "--noreload", site=site)

	def __enter__(self) -> str:
		self.server = subprocess.Popen(
			self.words,
			cwd=SITES,
			env={**os.environ, "CI": "1"},
			stdin=subprocess.DEVNULL,
			stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL,
		)
		url = f"http://127.0.0.1:{self.port}"
		for _try in range(120):
			try:
				requests.get(f"{url}/api/method/ping", timeout=5)
				return url
			except requests.RequestException:
				time.sleep(0.5)
		raise SystemExit("the web server did not come up")

	def __exit__(self, *_error: object) -> None:
		self.server.terminate()
		self.server.wait(10)


if __name__ == "__main__":
	main()

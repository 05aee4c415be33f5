"""How often another number is taken for a card's, how many cards are found, and what looking costs.

``python benchmarks/card_numbers.py [--vins FILE.csv] [--count 20000]``: numbers of every kind that a dealership
writes, of their own forms and random otherwise; with ``--vins`` a CSV with a column ``vin``, whose VINs and
whole rows are looked at too. Beside it what Luhn alone would have masked. Inside a bench, from its ``sites``
folder, ``--site SITE`` adds what the guard costs each document that is saved.
"""

from __future__ import annotations

import argparse
import csv
import random
import re
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dealer_pos_crm.domain.card_numbers import mask  # noqa: E402
from dealer_pos_crm.domain.vin import make_vin  # noqa: E402

_LUHN_ONLY = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")
CARDS = {
	"Visa": ("4", 16), "Mastercard": ("5[1-5]", 16), "Mastercard 2": ("2[3-6]", 16), "American Express": ("3[47]", 15),
	"Discover": ("6011", 16), "Diners Club": ("36", 14), "JCB": ("353", 16), "UnionPay": ("62", 16),
	"UnionPay 19": ("62", 19), "Maestro": ("67", 18),
}  # fmt: skip
BETWEEN = ("", " ", "-", ".", "\u00a0", "&nbsp;", "<br>")


def luhn_valid(digits: str) -> bool:
	total = sum(
		sum(divmod(int(digit) * (2 if at % 2 else 1), 10)) for at, digit in enumerate(reversed(digits))
	)
	return total % 10 == 0


def with_check(digits: str) -> str:
	return next(digits + str(last) for last in range(10) if luhn_valid(digits + str(last)))


def luhn_alone(text: str) -> bool:
	return any(luhn_valid(re.sub(r"\D", "", run)) for run in _LUHN_ONLY.findall(text))


def kinds(rng: random.Random) -> dict[str, Callable[[], str]]:
	"""A number of each kind, as it is written."""

	def digits(count: int) -> str:
		return "".join(rng.choice("0123456789") for _ in range(count))

	def moment() -> datetime:
		return datetime(2015, 1, 1) + timedelta(seconds=rng.randrange(4 * 10**8))

	def gtin(count: int, lead: str = "") -> str:
		body = lead + digits(count - 1 - len(lead))
		total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(body)))
		return body + str(-total % 10)

	def account() -> str:
		body = digits(14)
		return f"DK{98 - int(body + '132000') % 97:02d}{body}"

	return {
		"VIN, made": lambda: make_vin(f"{rng.choice(('1HG', '4T1', 'WBA'))}{digits(5)}A{digits(7)}"),
		"name of an invoice, a payment, an order": lambda: f"SINV-{rng.randint(2020, 2030)}-{digits(5)}",
		"phone, E.164": lambda: f"+{rng.choice((1, 33, 44, 49, 52, 351))}{digits(rng.randint(9, 11))}",
		"phone, with 00": lambda: f"00{rng.choice((33, 44, 49, 52, 351))}{digits(10)}",
		"phone, country and no plus": lambda: f"{rng.choice((33, 44, 46, 49))}{digits(11)}",
		"two phones, as in the USA": lambda: f"{digits(3)}-{digits(3)}-{digits(4)} {digits(3)}-{digits(3)}-{digits(4)}",
		"tracking, UPS": lambda: f"1Z{digits(3)}AA1{digits(8)}",
		"tracking, FedEx 12": lambda: digits(12),
		"tracking, FedEx 15": lambda: digits(15),
		"tracking, USPS 22": lambda: gtin(22, "94"),
		"tracking, USPS 22 in fours": lambda: re.sub(r"(\d{4})(?=\d)", r"\1 ", gtin(22, "94")),
		"order at a shop, 3-7-7": lambda: f"{digits(3)}-{digits(7)}-{digits(7)}",
		"IMEI": lambda: with_check(f"35{digits(12)}"),
		"barcode, 13": lambda: gtin(13),
		"barcode, 14": lambda: gtin(14),
		"account, IBAN of digits": account,
		"account, bank and number": lambda: f"{digits(9)} {digits(rng.randint(8, 10))}",
		"moment, in milliseconds": lambda: str(int(moment().timestamp() * 1000)),
		"moment, in microseconds": lambda: str(int(moment().timestamp() * 1_000_000)),
		"moment, as digits": lambda: f"{moment():%Y%m%d%H%M%S}",
		"hash": lambda: f"{rng.getrandbits(160):040x}",
		"odometers in a row": lambda: " ".join(digits(5) for _ in range(3)),
		"years in a row": lambda: " ".join(str(rng.randint(1998, 2030)) for _ in range(4)),
		"prices in a row": lambda: " ".join(f"{rng.randint(1, 99)},{digits(3)}.{digits(2)}" for _ in range(3)),
		"16 digits that say nothing": lambda: digits(16),
		"13 digits that say nothing": lambda: digits(13),
	}  # fmt: skip


def false_alarms(name: str, texts: Iterable[str]) -> None:
	texts = list(texts)
	ours = sum(mask(text) != text for text in texts)
	alone = sum(luhn_alone(text) for text in texts)
	print(
		f"  {name:42} {len(texts):>8,} {100 * alone / len(texts):>8.2f} % {100 * ours / len(texts):>8.3f} %  {ours:>6,}"
	)


def found(rng: random.Random, count: int) -> None:
	print(f"\nCards found, of {count:,} of each brand in {len(BETWEEN)} ways of writing")
	for brand, (pattern, length) in CARDS.items():
		hits = 0
		for number in range(count):
			lead = re.sub(r"\[(.)(?:-(.)|(.))\]", lambda m: rng.choice((m[1], m[2] or m[3])), pattern)
			digits = with_check(
				lead + "".join(rng.choice("0123456789") for _ in range(length - 1 - len(lead)))
			)
			between = BETWEEN[number % len(BETWEEN)]
			sizes = (4, 6, 5) if length in (14, 15) else (4,) * 5
			parts, at = [], 0
			for size in sizes:
				parts.append(digits[at : at + size])
				at += size
			written = f"<p>Card {between.join(part for part in parts if part)} exp 12/29</p>"
			hits += digits not in re.sub(r"<[^>]*>|&nbsp;|\D", "", mask(written))
		print(f"  {brand:20} {100 * hits / count:.2f} %")


def per_text(text: str) -> float:
	"""Microseconds to look at a text, the best of five."""
	rounds = max(3, 200_000 // (len(text) + 1))
	best = float("inf")
	for _time in range(5):
		began = time.perf_counter()
		for _round in range(rounds):
			mask(text)
		best = min(best, (time.perf_counter() - began) / rounds)
	return best * 1e6


def cost() -> None:
	print("\nLooking at a text")
	note = "The customer called about the brakes of RO 12345 at 45,120 miles; call back (555) 010-2233. "
	page = "<div style='font-size:12px'><p>Order 4 of 2026-11-22 12:00, (555) 010-2233</p></div>"
	for name, text in (
		("a line without digits, 40 characters", "Will come on Friday morning, if possible"),
		("a note, 92 characters", note),
		("a long note, 2,760 characters", note * 30),
		("a mail of 20 kB in HTML", page * 240),
		("1 MB without digits", "No digits in this one. " * 45_000),
	):
		print(f"  {name:42} {per_text(text):>10,.1f} µs")


def on_site(site: str) -> None:
	import frappe

	frappe.init(site=site, sites_path=".")
	frappe.connect()
	from dealer_pos_crm.dealer_setup.card_numbers import guard

	print("\nThe guard, for a document that is saved (three calls: insert, validate, and none of it SQL)")
	for doctype in (
		"Payment Entry",
		"Sales Invoice",
		"Customer",
		"Deposit",
		"Repair Order",
		"Comment",
		"Item",
		"Stock Entry",
	):
		name = frappe.db.get_value(doctype, {}, "name")
		doc = frappe.get_doc(doctype, name) if name else frappe.new_doc(doctype)
		guard(doc)
		best = float("inf")
		for _time in range(7):
			began = time.perf_counter()
			for _round in range(300):
				guard(doc)
			best = min(best, (time.perf_counter() - began) / 300)
		print(f"  {doctype:42} {best * 1e6:>10,.1f} µs")
	frappe.destroy()


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--count", type=int, default=20_000)
	parser.add_argument("--vins", type=Path)
	parser.add_argument("--site")
	options = parser.parse_args()
	rng = random.Random(42)
	print(f"  {'taken for a card, of':42} {'looked at':>8} {'Luhn only':>10} {'ours':>10}")
	if options.vins:
		with options.vins.open(newline="") as file:
			rows = list(csv.DictReader(file))
		false_alarms("VIN, real", (row["vin"] for row in rows))
		false_alarms("real sales, as a line with spaces", (" ".join(row.values()) for row in rows))
		false_alarms(
			"real sales, as a row of HTML",
			("".join(f"<td>{value}</td>" for value in row.values()) for row in rows),
		)
	for name, make in kinds(rng).items():
		false_alarms(name, (make() for _ in range(options.count)))
	found(rng, options.count // 4)
	cost()
	if options.site:
		on_site(options.site)


if __name__ == "__main__":
	main()

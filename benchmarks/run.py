"""Runs the benchmarks and prints their figures; never part of pass or fail.

``make bench`` or ``python3 benchmarks/run.py [--rounds 30] [--only rehearsal|site]``. The rehearsal needs
nothing; the figures on a site need a bench, found as ``make test`` finds it, and use its test site.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import app, bench, beside, database, services, venv
from tools.console import Failure, NotHere
from tools.site import TEST, Sites

ROOT = Path(__file__).resolve().parent.parent


def rehearsal() -> None:
	print("\nRehearsal", flush=True)
	python = str(venv.ensure())
	subprocess.run([python, str(ROOT / "benchmarks" / "rehearsal.py")], check=True, cwd=ROOT)
	print("\nCard numbers", flush=True)
	subprocess.run([python, str(ROOT / "benchmarks" / "card_numbers.py")], check=True, cwd=ROOT)
	print("\nReminders", flush=True)
	subprocess.run([python, str(ROOT / "benchmarks" / "reminders.py")], check=True, cwd=ROOT)


def on_site(rounds: int) -> None:
	try:
		found = bench.find()
		with found.locked():
			services.ensure(found)
			sites = Sites(found, database.find_root(found))
			app.install(found)
			sites.restore(TEST, allow_tests=True, pause_scheduler=1)
			sites.install_app(TEST)
			code, output = found.read(
				[beside.ensure(found), found.app / "benchmarks" / "on_site.py", TEST, str(rounds)],
				timeout=1800,
			)
	except (NotHere, Failure) as reason:
		print(f"\nOn a site: NOT RUN, {reason}")
		return
	if code != 0:
		raise SystemExit(output)
	show(json.loads(output[output.index("{\n") :]))


def show(results: dict) -> None:
	print("\nOn a site, paired: the app's hooks off and on in turn (medians; extra with quartiles)")
	for row in results["paired"]:
		low, high = row["extra_ms_quartiles"]
		print(
			f"  {row['name']:40} {row['without_ms']:7.1f} -> {row['with_ms']:7.1f} ms"
			f"   extra {row['extra_ms']:+5.1f} ms ({low:+.1f} .. {high:+.1f})"
			f"   SQL {row['without_sql']:g} -> {row['with_sql']:g}"
		)
	print("\nOn a site, beside ERPNext's own document of the same size (medians; less with quartiles)")
	for row in results["beside"]:
		low, high = row["less_ms_quartiles"]
		print(
			f"  {row['name']:40} {row['ours_ms']:7.1f} ms, ERPNext {row['erpnext_ms']:7.1f} ms"
			f"   less {row['less_ms']:.1f} ms ({low:.1f} .. {high:.1f})"
			f"   SQL {row['ours_sql']:g}, ERPNext {row['erpnext_sql']:g}"
		)
	print("\nOn a site, alone")
	for row in results["alone"]:
		print(
			f"  {row['name']:40} median {row['median_ms']:.1f} ms, p90 {row['p90_ms']:.1f} ms,"
			f" {row['sql']:g} SQL statements"
		)


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--rounds", type=int, default=30)
	parser.add_argument("--only", choices=["rehearsal", "site"])
	options = parser.parse_args()
	print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}")
	if options.only != "site":
		rehearsal()
	if options.only != "rehearsal":
		on_site(options.rounds)


if __name__ == "__main__":
	main()

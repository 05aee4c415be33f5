"""How fast the rehearsal is, and whether its memory stays flat; figures to read, never to pass or fail.

``python benchmarks/rehearsal.py [--sizes 20000 100000 400000] [--mixes deposits lane showroom]``: for each mix and size a
history of a dealership is written to a temporary folder and rehearsed in a process of its own, from the file
to the last follow-up.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dealer_pos_crm.domain.event import SUBJECTS, Event  # noqa: E402
from dealer_pos_crm.rehearsal import schema  # noqa: E402
from dealer_pos_crm.rehearsal.history import HistoryReader  # noqa: E402
from dealer_pos_crm.rehearsal.rules import RuleBook  # noqa: E402
from dealer_pos_crm.rehearsal.run import rehearse  # noqa: E402
from dealer_pos_crm.rehearsal.sources import Source  # noqa: E402
from dealer_pos_crm.rehearsal.store import SqliteStore  # noqa: E402
from dealer_pos_crm.rehearsal.summit_motors import script  # noqa: E402
from dealer_pos_crm.rehearsal.summit_motors.house import house  # noqa: E402
from dealer_pos_crm.rehearsal.writer import write_jsonl  # noqa: E402

SIZES = (20_000, 100_000, 400_000)
_BRANCHES = 40  # houses like Summit Motors that run side by side, month after month
_NAMES = ("key", "occasion", "reverses", "customer", "reference_name", *SUBJECTS)


# Events of the service lane and of the showroom lead to many more promises than those of deposits and sales.
_LANE = ("appointment.", "ro.", "job.", "part.", "inspection.", "claim.", "declined_service.")
_FLOOR = (
	"lead.", "visit.", "test_drive.", "trade.", "deal.", "compliance.", "product.", "we_owe.", "title.",
	"vehicle.stocked", "vehicle.recon", "vehicle.frontline", "vehicle.repriced", "vehicle.sold",
	"vehicle.returned", "vehicle.traded_in",
)  # fmt: skip
MIXES = ("deposits", "lane", "showroom")


def history(count: int, mix: str) -> Iterator[Event]:
	"""So many events in the order of time: months of forty houses, the ids of each its own.

	``mix``: deposits and sales only, with the service lane, or with lane and showroom.
	"""
	told = 0
	seeds = [house(seed) for seed in range(1, 5)]
	for number in itertools.count():
		month = date(2015, 1, 31) + timedelta(days=30 * number)
		events = []
		for branch in range(_BRANCHES):
			mark = f"{number:03d}-{branch:02d}-"
			for event in script.month(seeds[branch % len(seeds)], month):
				if _belongs(event, mix):
					events.append(_renamed(event, mark))
		random.Random(str(month)).shuffle(events)
		for event in sorted(events, key=lambda one: one.happened_at):
			yield event
			told += 1
			if told == count:
				return


def _belongs(event: Event, mix: str) -> bool:
	of_the_floor = event.type.startswith(_FLOOR) or bool(event.deal or event.lead)
	if mix == "showroom":
		return True
	return not of_the_floor and (mix == "lane" or not event.type.startswith(_LANE))


def _renamed(event: Event, mark: str) -> Event:
	return replace(event, **{name: mark + value for name in _NAMES if (value := getattr(event, name))})


def measure(path: Path) -> dict[str, float]:
	"""Rehearse the file into one on disk; called in a fresh process."""
	connection = schema.connect(str(path.with_suffix(".sqlite")))
	wall, cpu = time.perf_counter(), time.process_time()
	with HistoryReader(path) as reader:
		source = Source.of(connection, reader)
		rehearse(reader, SqliteStore(connection, RuleBook()), source)
	wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
	promised, opened = connection.execute("SELECT count(*), count(opened_at) FROM follow_ups").fetchone()
	(bad,) = connection.execute("SELECT count(*) FROM bad_rows").fetchone()
	return {
		"events": source.tally.rows,
		"bad": bad,
		"promised": promised,
		"opened": opened,
		"wall": wall,
		"cpu": cpu,
		"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
		"file_mb": path.stat().st_size / 1e6,
	}


def _in_a_process(*words: str) -> str:
	"""Whoever is started by a large process counts its memory as their own peak: this one stays small."""
	return subprocess.run(
		[sys.executable, __file__, *words], check=True, capture_output=True, text=True
	).stdout


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
	parser.add_argument("--mixes", nargs="+", choices=MIXES, default=MIXES)
	parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
	parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
	options = parser.parse_args()
	if options.write:
		with options.write.open("w", encoding="utf-8") as file:
			write_jsonl(history(options.sizes[0], options.mixes[0]), file)
		return
	if options.one:
		print(json.dumps(measure(options.one)))
		return
	print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores (one is used)")
	print(
		f"{'mix':9} {'events':>9} {'follow-ups':>11} {'opened':>9} {'seconds':>8} {'events/s':>9} {'per CPU s':>10} "
		f"{'peak MB':>8} {'file MB':>8}"
	)
	with tempfile.TemporaryDirectory() as folder:
		for mix, size in itertools.product(options.mixes, options.sizes):
			path = Path(folder) / f"{mix}-{size}.jsonl"
			_in_a_process("--write", str(path), "--sizes", str(size), "--mixes", mix)
			found = json.loads(_in_a_process("--one", str(path)))
			print(
				f"{mix:9} {found['events']:9,d} {found['promised']:11,d} {found['opened']:9,d} {found['wall']:8.1f} "
				f"{found['events'] / found['wall']:9,.0f} {found['events'] / found['cpu']:10,.0f} "
				f"{found['peak_mb']:8.0f} {found['file_mb']:8.0f}",
				flush=True,
			)


if __name__ == "__main__":
	main()

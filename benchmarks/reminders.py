"""How long it takes to plan the next service of 100,000 vehicles; figures to read, never to pass or fail.

``python benchmarks/reminders.py [--vehicles 100000]``: each vehicle has its readings and the work done on
it; the forecast says what is due when, closing its repair order plans the follow-ups, a third of the
customers book in time, and a year goes by in which the reminders open. In a rehearsal's file on disk,
with all default rules.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dealer_pos_crm.domain.default_rules import DEFAULT_RULES  # noqa: E402
from dealer_pos_crm.domain.event import Event  # noqa: E402
from dealer_pos_crm.domain.follow_up import promise  # noqa: E402
from dealer_pos_crm.domain.maintenance import Done, next_maintenance  # noqa: E402
from dealer_pos_crm.domain.spine import record  # noqa: E402
from dealer_pos_crm.domain.vehicle import Reading  # noqa: E402
from dealer_pos_crm.rehearsal import schema  # noqa: E402
from dealer_pos_crm.rehearsal.rules import DEFAULT_HOURS, RuleBook  # noqa: E402
from dealer_pos_crm.rehearsal.run import open_until  # noqa: E402
from dealer_pos_crm.rehearsal.store import SqliteStore  # noqa: E402

BEGIN = datetime(2026, 1, 5, 8)
REMINDER = "Next service: invite"


def closed(number: int, rng: random.Random) -> Event:
	"""A repair order closed within one week; with what the forecast says of the car."""
	at = BEGIN + timedelta(seconds=rng.randrange(6 * 86_400))
	miles = rng.randint(8_000, 15_000)
	readings = [
		Reading(at.date() - timedelta(days=120 * back), 60_000 - back * miles // 3)
		for back in range(5, -1, -1)
	]
	done = Done("OCF", "Oil and filter change", at.date(), 60_000, months=6, miles=7_500)
	found = next_maintenance(readings, [done], at.date(), 12_000)
	facts = {"what": "2019 Toyota Camry", "advisor": "Sam Whitfield"}
	if found is not None:
		facts["next_service"] = found.service
		facts["next_service_on"] = found.on.isoformat()
		facts["next_service_basis"] = " ".join(str(sentence) for sentence in found.basis)
	return Event(
		key=f"ro.closed:{number}",
		type="ro.closed",
		happened_at=at,
		customer=f"C-{number}",
		company="Summit Motors",
		title="Repair order closed",
		department="Service",
		repair_order=f"RO-{number}",
		vehicle=f"V-{number}",
		actor=f"advisor{number % 20}@example.com",
		facts=facts,
	)


def booked(number: int, rng: random.Random) -> Event:
	at = BEGIN + timedelta(days=rng.randint(40, 120))
	return Event(
		key=f"appointment.booked:{number}",
		type="appointment.booked",
		happened_at=at,
		customer=f"C-{number}",
		company="Summit Motors",
		title="Appointment booked",
		department="Service",
		appointment=f"APT-{number}",
		vehicle=f"V-{number}",
	)


def timed(name: str, vehicles: int, work: Callable[[], object]) -> object:
	begin = time.process_time()
	result = work()
	took = time.process_time() - begin
	print(f"{name:52} {took:8.2f} s of CPU {vehicles / took:10,.0f} vehicles/s", flush=True)
	return result


def in_batches(events: list[Event], store: SqliteStore) -> Iterator[None]:
	for start in range(0, len(events), 5000):
		store.begin()
		for event in events[start : start + 5000]:
			record(event, store)
		store.commit()
		yield


def main() -> None:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--vehicles", type=int, default=100_000)
	count = parser.parse_args().vehicles
	rng = random.Random(1)
	print(f"Python {sys.version.split()[0]}, {os.cpu_count()} cores (one is used), {count:,} vehicles")
	closings = timed(
		"forecast of the next service, six readings a car",
		count,
		lambda: sorted((closed(n, rng) for n in range(count)), key=lambda one: one.happened_at),
	)
	assert isinstance(closings, list)
	rules = [rule for rule in DEFAULT_RULES if rule.event_type == "ro.closed"]
	timed(
		f"planning alone, {len(rules)} promises a car",
		count,
		lambda: [
			promise(rule, event, DEFAULT_HOURS) for event in closings for rule in rules if rule.matches(event)
		],
	)
	with tempfile.TemporaryDirectory() as folder:
		connection = schema.connect(str(Path(folder) / "reminders.sqlite"))
		store = SqliteStore(connection, RuleBook())
		timed("recorded, with its promises kept", count, lambda: list(in_batches(closings, store)))
		bookings = [booked(n, rng) for n in range(0, count, 3)]
		timed("a third of them books: promises end", len(bookings), lambda: list(in_batches(bookings, store)))

		def year() -> None:
			store.begin()
			open_until(datetime.combine(date(2027, 1, 5), BEGIN.time()), store, inclusive=True)
			store.commit()

		timed("a year goes by: what is due opens", count, year)
		found = dict(
			connection.execute(
				"SELECT status, count(*) FROM follow_ups WHERE rule = ? GROUP BY status", (REMINDER,)
			).fetchall()
		)
		connection.close()
	print(", ".join(f"{status} {number:,}" for status, number in sorted(found.items())))
	print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


if __name__ == "__main__":
	main()

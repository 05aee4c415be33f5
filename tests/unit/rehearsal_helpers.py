"""What the tests of the rehearsal share: small histories, and a rehearsal of one in a few words."""

import json
import random
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import FollowUp
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.rehearsal import schema
from dealer_pos_crm.rehearsal.history import BadRow, HistoryReader
from dealer_pos_crm.rehearsal.rows import EVENT_COLUMNS, FOLLOW_UP_COLUMNS, event_of, follow_up_of
from dealer_pos_crm.rehearsal.rules import RuleBook
from dealer_pos_crm.rehearsal.run import rehearse
from dealer_pos_crm.rehearsal.sources import Source
from dealer_pos_crm.rehearsal.store import SqliteStore

MONDAY = datetime(2025, 3, 3, 10)
COMPANY = "Summit Motors"


def usd(amount: str) -> Money:
	return Money.of(amount, "USD")


def event(type_: str, key: str = "", *, at: datetime = MONDAY, **fields: object) -> Event:
	values: dict[str, object] = {
		"key": key or f"{type_}:1",
		"type": type_,
		"happened_at": at,
		"customer": "C-1",
		"company": COMPANY,
		"title": f"{type_} told",
	}
	return Event(**{**values, **fields})  # type: ignore[arg-type]


def row(**fields: object) -> dict[str, object]:
	"""A line of a history that is right; ``fields`` bend it, None takes a field away."""
	values: dict[str, object] = {
		"key": "deposit.taken:P-1",
		"type": "deposit.taken",
		"happened_at": "2025-03-03T10:00:00",
		"customer": "C-1",
		"company": COMPANY,
		"title": "Deposit",
		"deposit": "DEP-1",
		"amount": "500.00",
		"currency": "USD",
		**fields,
	}
	return {name: value for name, value in values.items() if value is not None}


def write_lines(path: Path, lines: Iterable[object]) -> Path:
	"""A file of JSON lines; what is text already is written as it is."""
	text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
	path.write_text(text, encoding="utf-8")
	return path


def read(path: Path, **options: object) -> list[tuple[int, Event | BadRow]]:
	with HistoryReader(path, **options) as reader:  # type: ignore[arg-type]
		return list(reader)


def bad(path: Path, **options: object) -> list[tuple[int, str]]:
	return [(line, item.kind) for line, item in read(path, **options) if isinstance(item, BadRow)]


def play(
	path: Path,
	db: str | Path = "",
	book: RuleBook | None = None,
	*,
	until: datetime | None = None,
	batch: int = 50,
	currency: str | None = None,
	reader_class: type[HistoryReader] = HistoryReader,
) -> sqlite3.Connection:
	"""Rehearse a file; the connection is the caller's to close."""
	connection = schema.connect(str(db))
	try:
		with reader_class(path, currency=currency) as reader:
			store = SqliteStore(connection, book or RuleBook())
			rehearse(reader, store, Source.of(connection, reader), until=until, batch=batch)
	except BaseException:
		connection.close()
		raise
	return connection


def events_in(connection: sqlite3.Connection) -> dict[str, Event]:
	found = connection.execute(f"SELECT {', '.join(EVENT_COLUMNS)} FROM events")
	return {told.key: told for told in map(event_of, found)}


def follow_ups_in(connection: sqlite3.Connection) -> dict[str, FollowUp]:
	found = connection.execute(f"SELECT {', '.join(FOLLOW_UP_COLUMNS)} FROM follow_ups")
	return {one.key: one for one in map(follow_up_of, found)}


def state(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
	"""All that a rehearsal found, for comparison; not how it got there (counts of lines told again)."""
	tables = {
		"events": EVENT_COLUMNS,
		"follow_ups": [*FOLLOW_UP_COLUMNS, "owner"],
		"bad_rows": ["line", "kind", "reason"],
		"meta": ["name", "value"],
		"owners": ["customer", "department", "user", "stated"],
	}
	return {
		table: sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr)
		for table, columns in tables.items()
	}


_ABOUT_DEPOSITS = (
	"deposit.taken", "deposit.taken", "deposit.applied", "deposit.refunded", "deposit.forfeited",
	"deposit.moved", "deposit.hold_expired", "vehicle.held", "vehicle.held", "vehicle.released",
	"deposit.reinstated", "payment.reversed",
)  # fmt: skip
_OTHERS = ("invoice.issued", "payment.received", "message.received", "consent.given", "lead.received")


def wild(seed: int, count: int, *, ordered: bool = True) -> list[Event]:
	"""A history that no dealership has: everything happens to a few deposits, much at the same instant,
	halves of one occasion, reversals of what is to come and of reversals."""
	rng = random.Random(seed)
	at = MONDAY
	made: list[Event] = []
	for number in range(count):
		at += timedelta(minutes=rng.choice((0, 0, 1, 30, 600, 3000)))
		kind = rng.choice(_ABOUT_DEPOSITS if rng.random() < 0.8 else _OTHERS)
		deposit = f"DEP-{rng.randrange(4)}" if kind in _ABOUT_DEPOSITS else None
		key = f"{kind}:{number}"
		facts = {"what": "a car", "waiting": str(rng.randrange(3)), "reason": "so"}
		if rng.random() < 0.8:
			facts["hold_until"] = (at + timedelta(days=rng.randrange(5))).isoformat()
		undone = None
		if kind in ("deposit.reinstated", "payment.reversed"):
			undone = rng.choice(made).key if made and rng.random() < 0.8 else f"deposit.taken:{number + 1}"
		made.append(
			event(
				kind,
				key,
				at=at,
				customer=f"C-{rng.randrange(3)}",
				department=rng.choice(("Sales", "Service", None)),
				deposit=deposit,
				vehicle=rng.choice(("V-1", "V-2", None)),
				amount=usd(str(rng.randrange(1, 2000))) if kind not in ("consent.given",) else None,
				actor=rng.choice(("ann@x.example", "bob@x.example", None)),
				facts=facts,
				reverses=undone,
				occasion=f"deposit.taken|{deposit}" if kind == "deposit.taken" and rng.random() < 0.5 else "",
			)
		)
	if not ordered:
		rng.shuffle(made)
	return made


_IN_THE_LANE = (
	"appointment.booked", "appointment.confirmed", "appointment.kept", "appointment.missed",
	"appointment.rescheduled", "ro.opened", "ro.invoiced", "ro.paid", "ro.closed", "ro.reopened",
	"job.recommended", "job.recommended", "job.approved", "job.declined", "job.declined", "job.deferred",
	"job.withdrawn", "part.arrived", "part.delayed", "declined_service.booked",
	"declined_service.recovered", "declined_service.reopened", "claim.submitted", "claim.denied", "vehicle.sold",
)  # fmt: skip


def wild_lane(seed: int, count: int, *, ordered: bool = True) -> list[Event]:
	"""A service lane that no dealership has: answers before questions, two orders that share their jobs."""
	rng = random.Random(f"lane-{seed}")
	at = MONDAY
	made: list[Event] = []
	for number in range(count):
		at += timedelta(minutes=rng.choice((0, 0, 5, 40, 600, 3000, 12000)))
		kind = rng.choice(_IN_THE_LANE)
		undoes = kind.endswith((".withdrawn", ".reopened")) and made
		made.append(
			event(
				kind,
				f"{kind}:{number}",
				at=at,
				customer=f"C-{rng.randrange(2)}",
				department="Service",
				declined_service=rng.choice(("DS-1", "DS-2", None)),
				appointment=rng.choice(("APT-1", "APT-2", None)) if kind.startswith(("app", "ro")) else None,
				repair_order=rng.choice(("RO-1", "RO-2")) if not kind.startswith("app") else None,
				vehicle=rng.choice(("V-1", "V-2", None)),
				reference_doctype="Manufacturer Claim",
				reference_name=rng.choice(("MC-1", "MC-2")),
				amount=usd(str(rng.randrange(0, 900))),
				actor=rng.choice(("ann@x.example", "bob@x.example", None)),
				facts={
					"what": "a car",
					"service": "some work",
					"severity": rng.choice(("Red", "Yellow", "")),
					"job": str(rng.randrange(3) or ""),
					"part": rng.choice(("Mirror", "Filter")),
					"special": "1",
					"lead_hours": str(rng.choice((1, 40, 200))),
					**{
						name: (at + timedelta(hours=rng.choice((0, 1, 80, 300)))).isoformat()
						for name in ("starts_at", "promised_at", "deferred_until", "next_service_on")
						if rng.random() < 0.8
					},
				},
				reverses=rng.choice(made).key if undoes else None,
			)
		)
	if not ordered:
		rng.shuffle(made)
	return made


_IN_THE_SHOWROOM = (
	"lead.received", "lead.received", "lead.asked", "lead.assigned", "lead.responded", "lead.converted",
	"lead.lost", "lead.reopened", "visit.made", "visit.ended", "test_drive.taken", "test_drive.returned",
	"appointment.booked", "appointment.kept", "appointment.missed", "deal.opened", "deal.stage_changed",
	"deal.approval_asked", "deal.approved", "deal.ready_for_fni", "deal.contracted", "deal.delivered",
	"deal.delivery_undone", "deal.sent_to_lender", "deal.funded", "deal.lost", "deal.unwound",
	"we_owe.promised", "we_owe.done", "title.opened", "title.issued", "compliance.alerted",
	"vehicle.recon_started", "vehicle.recon_step_done", "vehicle.frontline_ready", "vehicle.sold",
	"consent.revoked", "consent.given",
)  # fmt: skip


def wild_showroom(seed: int, count: int, *, ordered: bool = True) -> list[Event]:
	"""A showroom that no dealership has: leads that nobody knows, cars without anybody, steps in any order."""
	rng = random.Random(f"showroom-{seed}")
	at = MONDAY
	made: list[Event] = []
	for number in range(count):
		at += timedelta(minutes=rng.choice((0, 0, 5, 40, 600, 3000, 12000)))
		kind = rng.choice(_IN_THE_SHOWROOM)
		undoes = kind in ("lead.reopened", "deal.delivery_undone", "deal.unwound") and made
		of_a_car = kind.startswith("vehicle.")
		made.append(
			event(
				kind,
				f"{kind}:S{number}",
				at=at,
				customer="" if of_a_car else rng.choice(("C-0", "C-1", "", "")),
				department="Sales",
				lead=None if of_a_car else rng.choice(("L-1", "L-2")),
				deal=rng.choice(("D-1", "D-2", None)) if kind.startswith(("deal", "we", "title")) else None,
				appointment=rng.choice(("SA-1", "SA-2")) if kind.startswith("app") else None,
				vehicle=rng.choice(("V-1", "V-2")) if of_a_car else rng.choice(("V-1", None)),
				reference_doctype="Showroom Visit",
				reference_name=rng.choice(("SV-1", "SV-2")),
				actor=rng.choice(("ann@x.example", "bob@x.example", None)),
				facts={
					"what": "a car",
					"step": rng.choice(("Detail", "Photos")),
					"lead_hours": str(rng.choice((1, 40, 200))),
					"sales_owner": rng.choice(("", "", "", "cy@x.example")),
					**{
						name: (at + timedelta(hours=rng.choice((0, 1, 80, 300)))).isoformat()
						for name in ("starts_at", "due_at", "due_on", "funding_due_on", "first_service_on")
						if rng.random() < 0.8
					},
				},
				reverses=rng.choice(made).key if undoes else None,
			)
		)
	if not ordered:
		rng.shuffle(made)
	return made


_FROM_AFAR = (
	"pay_request.sent", "pay_request.sent", "pay_request.opened", "pay_request.paid", "pay_request.part_paid",
	"pay_request.failed", "pay_request.expired", "pay_request.cancelled", "payment.failed", "payment.unapplied",
	"payment.late", "payment.received", "payment.reversed", "deposit.taken", "deposit.refunded", "refund.paid",
	"authorisation.placed", "authorisation.ending", "authorisation.captured", "authorisation.expired",
	"refund.requested", "refund.failed", "refund.rejected", "dispute.opened", "dispute.evidence_sent",
	"dispute.won", "gateway.failed", "terms.accepted",
)  # fmt: skip


def wild_afar(seed: int, count: int, *, ordered: bool = True) -> list[Event]:
	"""Money from afar as no gateway tells it: outcomes before requests, calls that are nobody's."""
	rng = random.Random(f"afar-{seed}")
	at = MONDAY
	made: list[Event] = []
	for number in range(count):
		at += timedelta(minutes=rng.choice((0, 0, 5, 40, 600, 3000, 12000)))
		kind = rng.choice(_FROM_AFAR)
		made.append(
			event(
				kind,
				f"{kind}:C{number}",
				at=at,
				customer="" if kind == "gateway.failed" and rng.random() < 0.5 else f"C-{rng.randrange(2)}",
				department=rng.choice(("Sales", "Service", "Accounting")),
				pay_request=rng.choice(("PAY-1", "PAY-2", None)),
				card_payment=rng.choice(("CARD-1", "CARD-2", "CARD-3", None)),
				deposit=rng.choice(("D-1", "D-2"))
				if kind.startswith("deposit")
				else rng.choice(("D-1", None)),
				repair_order=rng.choice(("RO-1", None, None)),
				reference_doctype="Dispute Case",
				reference_name=rng.choice(("DSP-1", "DSP-2")),
				amount=usd(str(rng.randrange(1, 900))),
				actor=rng.choice(("ann@x.example", "bob@x.example", None)),
				facts={
					"what": "a car",
					"reason": rng.choice(("", "Card declined")),
					"how": rng.choice(("Online", "In person")),
					**{
						name: (at + timedelta(hours=rng.choice((0, 1, 80, 300)))).isoformat()
						for name in ("due_at", "until", "expires_at")
						if rng.random() < 0.7
					},
				},
				reverses=rng.choice(made).key if made and kind == "payment.reversed" else None,
			)
		)
	if not ordered:
		rng.shuffle(made)
	return made


WILD = (wild, wild_lane, wild_showroom, wild_afar)


def batches(lines: Sequence[Event]) -> list[int]:
	return sorted({1, 2, 3, 7, len(lines), len(lines) + 5})

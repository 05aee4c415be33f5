"""The store in Frappe's database keeps what the store in memory keeps, whatever is told in whatever order."""

import random
from datetime import datetime, time, timedelta

import frappe
import pytest

from dealer_pos_crm.dealer_crm import rules
from dealer_pos_crm.dealer_crm import store as module
from dealer_pos_crm.dealer_crm.store import FrappeStore
from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import Rule, Span, Unit
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.spine import open_due, record
from tests.unit.memory_store import MemoryStore

MONDAY = datetime(2026, 3, 2, 9)
END = MONDAY + timedelta(days=60)
HOURS = BusinessHours(dict.fromkeys(range(6), (time(8), time(18))))
RULES = (
	*DEFAULT_RULES,
	Rule("again", "vehicle.held", "{vehicle}", stops=frozenset({"vehicle.held"}), about="vehicle"),
	Rule("customer", "deposit.taken", "{amount}", about="customer", stops=frozenset({"payment.reversed"})),
	Rule("capped", "deposit.applied", "{reason}", wait=Span(2, Unit.DAYS), cap=1, cap_days=90),
)
TYPES = (
	"deposit.taken",
	"deposit.applied",
	"deposit.refunded",
	"deposit.hold_expired",
	"payment.reversed",
	"vehicle.held",
	"vehicle.released",
)
LANE = (
	"appointment.booked",
	"appointment.missed",
	"appointment.kept",
	"ro.opened",
	"ro.closed",
	"job.recommended",
	"job.approved",
	"job.declined",
	"job.withdrawn",
	"declined_service.booked",
	"declined_service.recovered",
	"part.delayed",
	"claim.submitted",
	"claim.denied",
)
FLOOR = (
	"lead.received",
	"lead.asked",
	"lead.responded",
	"lead.lost",
	"visit.made",
	"visit.ended",
	"appointment.missed",
	"deal.opened",
	"deal.stage_changed",
	"deal.delivered",
	"deal.lost",
	"deal.unwound",
	"we_owe.promised",
	"title.opened",
	"vehicle.recon_started",
	"consent.revoked",
)
AFAR = (
	"pay_request.sent",
	"pay_request.opened",
	"pay_request.paid",
	"pay_request.failed",
	"payment.failed",
	"payment.late",
	"payment.received",
	"deposit.taken",
	"refund.requested",
	"refund.failed",
	"refund.paid",
	"authorisation.ending",
	"authorisation.captured",
	"dispute.opened",
	"dispute.won",
	"gateway.failed",
)


def history(seed: int) -> list[Event]:
	"""A few things that happened: at once, in split occasions, some undone, some undone before they were told."""
	chance = random.Random(seed)
	types = (TYPES, LANE, FLOOR, AFAR)[seed % 4]
	keys = [f"store-{seed}-{number}" for number in range(chance.randint(2, 9))]
	events = []
	for key in keys:
		others = [other for other in keys if other != key]
		hours = chance.choice([0, 0, 1, 2, 30, 31])
		events.append(
			Event(
				key=key,
				type=chance.choice(types),
				happened_at=MONDAY + timedelta(hours=hours),
				customer=chance.choice(
					(
						f"Store Ann {seed}",
						f"Store Ann {seed}",
						f"Store Bob {seed}",
						"" if types is FLOOR else f"Store Bob {seed}",
					)
				),
				company="Nowhere",
				title=key,
				pay_request=chance.choice([None, f"P1-{seed}", f"P2-{seed}"]) if types is AFAR else None,
				card_payment=chance.choice([None, f"C1-{seed}", f"C2-{seed}"]) if types is AFAR else None,
				deposit=chance.choice([None, f"D1-{seed}", f"D1-{seed}", f"D2-{seed}"]),
				declined_service=chance.choice([None, f"S1-{seed}", f"S2-{seed}"]),
				appointment=chance.choice([None, f"A1-{seed}"]),
				repair_order=chance.choice([None, f"R1-{seed}", f"R1-{seed}", f"R2-{seed}"]),
				lead=chance.choice([None, f"L1-{seed}", f"L2-{seed}"]) if types is FLOOR else None,
				deal=chance.choice([None, f"J1-{seed}"]) if types is FLOOR else None,
				department=chance.choice([None, "Sales"]),
				vehicle=chance.choice([None, f"V1-{seed}", f"V2-{seed}"]),
				reference_doctype="Manufacturer Claim",
				reference_name=chance.choice(["MC-1", "MC-2"]),
				amount=chance.choice([None, Money(0, "USD"), Money(90000, "USD")]),
				facts={
					"waiting": chance.choice(["0", "2"]),
					"what": key,
					"hold_until": (MONDAY + timedelta(days=3)).isoformat(),
					"starts_at": (MONDAY + timedelta(days=9)).isoformat(),
					"next_service_on": (MONDAY + timedelta(days=50)).isoformat(),
					"lead_hours": "216",
					"due_on": (MONDAY + timedelta(days=20)).date().isoformat(),
					"first_service_on": (MONDAY + timedelta(days=30)).date().isoformat(),
					"until": (MONDAY + timedelta(days=3)).isoformat(),
					"due_at": (MONDAY + timedelta(days=2)).isoformat(),
					"to": chance.choice(["Visit", "Write-up"]),
					"item": chance.choice(["Key", "Mats"]),
					"severity": chance.choice(["Red", "Yellow"]),
					"job": chance.choice(["1", "2"]),
					"part": "Mirror",
				},
				occasion=chance.choice(["", "", f"split-{seed}", chance.choice(others)]),
				reverses=chance.choice([None, None, None, "ghost", chance.choice(others)]),
			)
		)
	return events


@pytest.fixture(autouse=True)
def same_rules(site, monkeypatch):
	monkeypatch.setattr(rules, "all_rules", lambda: list(RULES))
	monkeypatch.setattr(module, "business_hours", lambda company: HOURS)
	monkeypatch.setattr(module, "owner_of", lambda follow_up, rule: None)


def outline(follow_up):
	return (
		follow_up.key,
		follow_up.status.value,
		follow_up.cause,
		follow_up.cause_at,
		follow_up.customer,
		follow_up.subject,
		follow_up.title,
		follow_up.opens_at,
		follow_up.due_at,
		follow_up.opened_at,
		follow_up.ended_at,
		follow_up.stopped_by,
		follow_up.reason,
	)


MINE = "cause in %(causes)s"


def of_this(seed: int) -> dict:
	return {"causes": tuple(f"store-{seed}-{number}" for number in range(10))}


def kept_in_frappe(seed: int):
	rows = module._follow_ups(MINE, of_this(seed), "order by follow_up_key")
	return sorted(outline(row) for row in rows)


def open_all(store):
	while open_due(END, store, 100):
		pass


@pytest.mark.parametrize("seed", range(90))
def test_both_stores_keep_the_same(seed):
	events = history(seed)
	chance = random.Random(seed)
	told = events + chance.choices(events, k=3)
	chance.shuffle(told)
	memory, database = MemoryStore(RULES, HOURS), FrappeStore()
	for event in told:
		ours = record(event, database)
		theirs = record(event, memory)
		assert ours.written == theirs.written
	assert kept_in_frappe(seed) == sorted(outline(f) for f in memory.follow_ups.values())

	open_all(memory)
	database.due_to_open = lambda now, limit: database.planned(MINE, of_this(seed), now, limit)
	open_all(database)
	assert kept_in_frappe(seed) == sorted(outline(f) for f in memory.follow_ups.values())


@pytest.mark.parametrize("seed", range(90, 105))
def test_an_event_comes_back_as_it_was_told(seed):
	for event in history(seed):
		FrappeStore().add_event(event)
		assert FrappeStore().event(event.key) == event


def test_an_event_that_does_not_fit_is_an_error_and_not_cut_off_in_silence():
	with pytest.raises(Exception, match="too long"):
		FrappeStore().add_event(
			Event(
				key="x" * 400, type="deposit.taken", happened_at=MONDAY, customer="A", company="B", title="t"
			)
		)
	frappe.db.rollback()

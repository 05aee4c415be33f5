"""The rules a new site starts with, each against what happens in a dealership; the service lane's have a file of their own."""

from datetime import date, datetime, time

import pytest

from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES, DEPOSIT_RULES
from dealer_pos_crm.domain.event import EVENT_TYPES, SUBJECTS, Event
from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.spine import open_due, record

from .memory_store import MemoryStore

HOURS = BusinessHours(
	{**dict.fromkeys(range(5), (time(8), time(18))), 5: (time(9), time(14))}, frozenset({date(2026, 3, 5)})
)
TUESDAY = datetime(2026, 3, 3, 15)
RULES = {rule.name: rule for rule in DEPOSIT_RULES}


def told(key, type_, at, **more):
	facts = {"what": "2019 Toyota Camry …123456", **more.pop("facts", {})}
	values = {"customer": "Ann", "company": "Summit", "title": type_, "deposit": "DEP-1", "vehicle": "CAR-1"}
	return Event(key=key, type=type_, happened_at=at, facts=facts, **{**values, **more})


TAKEN = told(
	"t", "deposit.taken", TUESDAY, amount=Money.of("500", "USD"), facts={"kind": "Hold"}, actor="casey"
)
HELD = told(
	"h",
	"vehicle.held",
	TUESDAY,
	facts={"hold_until": "2026-03-06T18:00:00", "hold_until_text": "Friday 18:00"},
)
EXPIRED = told("x", "deposit.hold_expired", TUESDAY, amount=Money.of("500", "USD"))
REFUNDED = told(
	"f", "deposit.refunded", TUESDAY, amount=Money.of("500", "USD"), facts={"reason": "found another car"}
)
RELEASED = told("r", "vehicle.released", TUESDAY, facts={"waiting": "2"})


def dealership(*events):
	store = MemoryStore(DEFAULT_RULES, HOURS)
	for event in events:
		record(event, store)
	return store


def promised(store, rule) -> FollowUp:
	(found,) = (f for f in store.follow_ups.values() if f.rule == rule)
	return found


CASES = {
	"Deposit: agree the next step": (
		TAKEN,
		"Agree the next step for 2019 Toyota Camry …123456",
		TUESDAY,
		datetime(2026, 3, 3, 18),
	),
	"Hold: ends in a day": (
		HELD,
		"The hold on 2019 Toyota Camry …123456 ends Friday 18:00",
		datetime(2026, 3, 5, 18),
		datetime(2026, 3, 6, 18),
	),
	"Hold: has ended": (
		EXPIRED,
		"The hold on 2019 Toyota Camry …123456 has ended, the deposit is still here",
		TUESDAY,
		datetime(2026, 3, 3, 18),
	),
	"Refund: look at the reason": (
		REFUNDED,
		"Refund for 2019 Toyota Camry …123456: review the reason",
		TUESDAY,
		datetime(2026, 3, 6, 18),  # Thursday is a holiday
	),
	"Vehicle free: call the waiting list": (
		RELEASED,
		"2019 Toyota Camry …123456 is free again: call 2 on the waiting list",
		TUESDAY,
		datetime(2026, 3, 3, 18),
	),
}


def test_each_default_rule_has_an_example():
	assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", CASES)
def test_what_a_default_rule_promises(name):
	event, title, opens, due = CASES[name]
	store = dealership(event)
	made = promised(store, name)
	assert [f.rule for f in store.follow_ups.values()] == [name]
	assert (made.title, made.opens_at, made.due_at) == (title, opens, due)
	assert made.status is Status.PLANNED
	assert made.talking_points and "{" not in made.talking_points
	assert open_due(opens, store) == [store.follow_ups[made.key]]
	assert store.follow_ups[made.key].status is Status.OPEN


def later(type_, hour=16, **more):
	return told(f"later {type_}", type_, TUESDAY.replace(hour=hour), **more)


@pytest.mark.parametrize(
	("name", "ends"),
	[
		*(("Deposit: agree the next step", f"deposit.{how}") for how in ("applied", "refunded", "forfeited")),
		*(("Hold: ends in a day", f"deposit.{how}") for how in ("applied", "refunded", "forfeited", "moved")),
		("Hold: ends in a day", "vehicle.held"),
		("Hold: ends in a day", "vehicle.released"),
		*(("Hold: has ended", f"deposit.{how}") for how in ("applied", "refunded", "forfeited", "moved")),
		("Hold: has ended", "vehicle.held"),
		("Vehicle free: call the waiting list", "vehicle.held"),
		("Vehicle free: call the waiting list", "vehicle.sold"),
	],
)
def test_what_ends_a_default_promise(name, ends):
	store = dealership(CASES[name][0], later(ends))
	assert promised(store, name).status is Status.STOPPED
	assert promised(store, name).stopped_by == f"later {ends}"
	elsewhere = dealership(CASES[name][0], later(ends, deposit="DEP-2", vehicle="CAR-2"))
	made = elsewhere.follow_ups[promised(store, name).key]
	assert made.status is Status.PLANNED


def test_the_waiting_list_is_called_off_by_another_customers_hold():
	store = dealership(RELEASED, later("vehicle.held", customer="Bob", deposit="DEP-7"))
	assert promised(store, "Vehicle free: call the waiting list").status is Status.STOPPED


def test_nobody_waiting_nobody_to_call():
	store = dealership(told("r", "vehicle.released", TUESDAY, facts={"waiting": "0"}))
	assert store.follow_ups == {}


def test_a_hold_expiry_does_not_end_with_the_release_that_follows_it():
	store = dealership(EXPIRED, later("vehicle.released"))
	assert promised(store, "Hold: has ended").status is Status.PLANNED


def test_an_extended_hold_warns_once_before_its_new_end():
	longer = told("h2", "vehicle.held", TUESDAY.replace(hour=16), facts={"hold_until": "2026-03-10T18:00:00"})
	store = dealership(HELD, longer)
	by_cause = {f.cause: f for f in store.follow_ups.values()}
	assert by_cause["h"].status is Status.STOPPED
	assert (by_cause["h2"].status, by_cause["h2"].opens_at) == (Status.PLANNED, datetime(2026, 3, 9, 18))


def test_a_hold_without_an_end_warns_of_none():
	assert dealership(told("h", "vehicle.held", TUESDAY)).follow_ups == {}


def test_a_hold_of_hours_is_due_before_it_ends():
	short = told("h", "vehicle.held", TUESDAY, facts={"hold_until": "2026-03-03T18:00:00"})
	made = promised(dealership(short), "Hold: ends in a day")
	assert (made.opens_at, made.due_at) == (TUESDAY, datetime(2026, 3, 3, 18))


def test_a_split_tender_is_one_promise():
	halves = [
		told(f"t{n}", "deposit.taken", TUESDAY, occasion="DEP-1 taken", facts={"kind": "Hold"})
		for n in (1, 2)
	]
	assert len(dealership(*halves).follow_ups) == 1


def test_a_cancelled_receipt_takes_its_promise_back():
	store = dealership(TAKEN, later("payment.reversed", reverses="t"))
	assert promised(store, "Deposit: agree the next step").status is Status.STOPPED


def test_an_applied_deposit_that_comes_back_is_promised_again():
	store = dealership(TAKEN, later("deposit.applied"))
	assert promised(store, "Deposit: agree the next step").status is Status.STOPPED
	record(later("deposit.reinstated", hour=17, reverses="later deposit.applied"), store)
	assert promised(store, "Deposit: agree the next step").status is Status.PLANNED


@pytest.mark.parametrize("rule", DEFAULT_RULES, ids=lambda rule: rule.name)
def test_default_rules_are_sound(rule):
	assert rule.enabled
	assert rule.event_type in EVENT_TYPES
	assert rule.stops <= EVENT_TYPES
	assert rule.about is None or rule.about in (*SUBJECTS, "customer")
	assert rule.stops_share is None or rule.stops
	assert rule.priority in ("Low", "Medium", "High")
	assert (rule.owner is Owner.ROUND_ROBIN) == bool(rule.owner_role)
	assert rule.title and rule.talking_points
	assert "{" not in rule.title.format_map(Anything()) + rule.talking_points.format_map(Anything())


class Anything(dict):
	def __missing__(self, name):
		return "…"

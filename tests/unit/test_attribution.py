"""A lead turns out to be a customer: what was told of it leaves what it would have left, had one known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import Rule, Span, Status, Unit
from dealer_pos_crm.domain.spine import open_due, record, retell
from dealer_pos_crm.rehearsal.rules import DEFAULT_HOURS

from .memory_store import MemoryStore
from .rehearsal_helpers import MONDAY, event, wild_showroom

RULES = (
	*DEFAULT_RULES,
	Rule(
		"back",
		"visit.ended",
		"{what}",
		about="customer",
		wait=Span(1, Unit.DAYS),
		stops=frozenset({"deal.opened", "visit.made", "lead.responded", "appointment.booked"}),
	),
	Rule("ask", "lead.received", "{what}", stops=frozenset({"lead.responded", "deal.opened"})),
	Rule("sell", "deal.lost", "{what}", about="customer", stops=frozenset({"lead.received", "visit.made"})),
)


def known(told: Event) -> Event:
	if told.lead == "L-1" and not told.customer:
		return replace(told, customer="C-0")
	return told


def attribute(store: MemoryStore) -> None:
	"""As a site does it: the name on everything first, then each event is told again in order of time."""
	unknown = [one for one in store.events.values() if known(one) != one]
	for one in unknown:
		store.events[one.key] = known(one)
	for key, promise in store.follow_ups.items():
		if promise.subjects.get("lead") == "L-1" and not promise.customer:
			store.follow_ups[key] = replace(promise, customer="C-0")
	for one in sorted(unknown, key=lambda one: one.happened_at):
		retell(store.events[one.key], store)


@pytest.mark.parametrize("generous", [False, True])
@pytest.mark.parametrize("seed", range(60))
def test_it_is_as_if_one_had_known_from_the_first(seed, generous):
	events = wild_showroom(seed, 40, ordered=bool(seed % 2))
	told = MemoryStore(RULES, DEFAULT_HOURS, generous=generous)
	wanted = MemoryStore(RULES, DEFAULT_HOURS)
	for one in events:
		record(one, told)
		record(known(one), wanted)
	attribute(told)
	assert told.state() == wanted.state()


@pytest.mark.parametrize("seed", range(30))
def test_what_is_open_stays_open_unless_it_was_answered(seed):
	events = wild_showroom(seed, 40)
	told, wanted = MemoryStore(RULES, DEFAULT_HOURS), MemoryStore(RULES, DEFAULT_HOURS)
	for one in events:
		record(one, told)
		record(known(one), wanted)
	open_due(max(one.happened_at for one in events), told, 1000)
	before = {key: promise.status for key, promise in told.follow_ups.items()}
	attribute(told)
	for key, promise in told.follow_ups.items():
		if before[key] is Status.SUPPRESSED:
			continue
		assert (promise.customer, promise.subject) == (
			wanted.follow_ups[key].customer,
			wanted.follow_ups[key].subject,
		)
		if wanted.follow_ups[key].status is Status.STOPPED:
			assert promise.status is Status.STOPPED
		elif before[key] is not Status.STOPPED:
			assert promise.status is before[key]


def test_what_the_customer_did_in_the_meantime_ends_the_promise_of_the_lead():
	left = event("visit.ended", lead="L-1", customer="")
	bought = event("deal.opened", deal="D-1", customer="C-0", at=MONDAY + timedelta(hours=2))
	store = MemoryStore(RULES, DEFAULT_HOURS)
	for one in (left, bought):
		record(one, store)
	(promise,) = [one for one in store.follow_ups.values() if one.rule == "back"]
	assert (promise.subject, promise.status) == (("lead", "L-1"), Status.PLANNED)
	attribute(store)
	(promise,) = [one for one in store.follow_ups.values() if one.rule == "back"]
	assert (promise.subject, promise.status) == (("customer", "C-0"), Status.STOPPED)
	assert promise.stopped_by == bought.key


def test_what_nobody_is_named_in_ends_nothing_of_anybody_else():
	store = MemoryStore(
		(Rule("call", "visit.ended", "t", about="customer", stops=frozenset({"visit.made"})),), DEFAULT_HOURS
	)
	record(event("visit.ended", customer="", vehicle=None), store)
	record(event("visit.made", customer="", vehicle=None, at=MONDAY + timedelta(hours=1)), store)
	(promise,) = store.follow_ups.values()
	assert promise.status is Status.PLANNED

"""The spine: any order and any repetition of the same events leaves the same timeline and promises."""

import random
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_rules import DEPOSIT_RULES, SETTLED
from dealer_pos_crm.domain.event import SUBJECTS, Event
from dealer_pos_crm.domain.follow_up import Clock, Condition, FollowUp, Rule, Span, Status, Unit
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.spine import FULFILLED, NOTHING, REVERSED, Store, open_due, record

from .memory_store import MemoryStore

EXAMPLES = settings().max_examples  # of the profile that conftest loads

MONDAY = datetime(2026, 3, 2, 9)
END = MONDAY + timedelta(days=60)
HOURS = BusinessHours(dict.fromkeys(range(6), (time(8), time(18))))

# Next to the shipped rules: promises that supersede each other, about any subject, capped, waiting.
EXTRA_RULES = (
	Rule("again", "vehicle.held", "{vehicle}", stops=frozenset({"vehicle.held"}), about="vehicle"),
	Rule(
		"customer",
		"deposit.taken",
		"{amount} {deposit}",
		about="customer",
		stops=frozenset({"deposit.applied", "payment.reversed"}),
	),
	Rule("big", "deposit.taken", "big", conditions=(Condition("amount", ">", "500"),), stops=SETTLED, cap=1),
	Rule(
		"later",
		"deposit.applied",
		"{reason}",
		wait=Span(2, Unit.DAYS),
		wait_clock=Clock.BUSINESS,
		stops=frozenset({"deposit.applied", "deposit.refunded"}),
		about="customer",
		cap=1,
		cap_days=90,
	),
	Rule("forever", "deposit.refunded", "no stop", cap=2),
	Rule(
		"shared",
		"vehicle.held",
		"{job}",
		about="vehicle",
		stops=frozenset({"vehicle.released", "lead.received"}),
		stops_share="job",
	),
	Rule("off", "deposit.taken", "off", enabled=False, stops=frozenset({"lead.received"})),
)
RULES = (*DEPOSIT_RULES, *EXTRA_RULES)

TYPES = (
	"deposit.taken",
	"deposit.applied",
	"deposit.refunded",
	"deposit.moved",
	"deposit.hold_expired",
	"deposit.reinstated",
	"payment.reversed",
	"vehicle.held",
	"vehicle.released",
	"lead.received",
)


@st.composite
def histories(draw, most=8):
	"""A few things that happened to two customers: many at once, in split occasions, some undone, some
	undone that were never told, some that undo an undoing."""
	size = draw(st.integers(1, most))
	keys = [f"e{n}" for n in range(size)]
	maybe = st.sampled_from
	types = draw(st.lists(maybe(TYPES), min_size=1, max_size=4, unique=True))
	events = []
	for key in keys:
		others = [other for other in keys if other != key]
		hold_until = draw(maybe([None, MONDAY, MONDAY + timedelta(days=3), "soon"]))
		facts = {"waiting": draw(maybe(["0", "2"])), "what": key, "job": draw(maybe(["", "1", "2"]))}
		if hold_until:
			facts["hold_until"] = hold_until if isinstance(hold_until, str) else hold_until.isoformat()
		amount = draw(maybe([None, 0, 100, 900]))
		events.append(
			Event(
				key=key,
				type=draw(maybe(types)),
				happened_at=MONDAY + timedelta(hours=draw(maybe([0, 0, 1, 2, 30, 31]))),
				customer=draw(maybe(["Ann", "Bob"])),
				company="Summit",
				title=key,
				deposit=draw(maybe([None, "DEP-1", "DEP-1", "DEP-2"])),
				vehicle=draw(maybe([None, "CAR-1", "CAR-1", "CAR-2"])),
				amount=None if amount is None else Money.of(amount, "USD"),
				facts=facts,
				occasion=draw(maybe(["", "", "", "split", *others])),
				reverses=draw(maybe([None, None, None, "ghost", *others])),
			)
		)
	return events


def tell(events, store=None):
	store = store or MemoryStore(RULES, HOURS)
	for event in events:
		record(event, store)
	return store


def open_all(store, now=END, limit=3):
	while open_due(now, store, limit):
		pass
	return store


def expected(events):
	"""What a set of events leads to, said once more and differently: key -> (status, cause, stop)."""
	undone = {event.reverses for event in events}
	result = {}
	for rule_ in RULES:
		matching = [event for event in events if rule_.enabled and rule_.matches(event)]
		for occasion in {event.occasion for event in matching}:
			causes = [event for event in matching if event.occasion == occasion]
			standing = [event for event in causes if event.key not in undone]
			cause = min(standing or causes, key=lambda event: (event.happened_at, event.key))
			key = f"{rule_.name}|{occasion}"
			if not standing:
				result[key] = (Status.STOPPED, cause.key, None)
				continue
			kinds = [rule_.about] if rule_.about and getattr(cause, rule_.about) else SUBJECTS
			kind = next((kind for kind in kinds if getattr(cause, kind)), "customer")
			ends = [
				(event.happened_at, event.key)
				for event in events
				if event.type in rule_.stops
				and event.key not in undone
				and event.occasion != occasion
				and getattr(event, kind) == getattr(cause, kind)
				and not (rule_.stops_share and len({event.facts["job"], cause.facts["job"], ""}) == 3)
				and (
					event.happened_at > cause.happened_at
					or (event.happened_at == cause.happened_at and event.type != cause.type)
					or (
						(event.happened_at, event.type) == (cause.happened_at, cause.type)
						and event.key > cause.key
					)
				)
			]
			stop = min(ends)[1] if ends else None
			result[key] = (Status.STOPPED if ends else Status.PLANNED, cause.key, stop)
	return result


def outline(follow_up: FollowUp):
	return follow_up.status, follow_up.cause, follow_up.stopped_by


@settings(max_examples=4 * EXAMPLES)
@given(histories(), st.randoms(use_true_random=False))
def test_any_order_and_repetition_leaves_the_same(events, chance):
	first = tell(events)
	again = events + chance.choices(events, k=chance.randrange(6))
	chance.shuffle(again)
	second = tell(again, MemoryStore(RULES, HOURS, generous=True))
	assert second.state() == first.state()
	assert open_all(second).state() == open_all(first).state()


@settings(max_examples=3 * EXAMPLES)
@given(histories(), st.booleans())
def test_promises_are_what_the_set_of_events_implies(events, generous):
	store = tell(events, MemoryStore(RULES, HOURS, generous=generous))
	assert {key: outline(f) for key, f in store.follow_ups.items()} == expected(events)
	assert set(store.events) == {event.key for event in events}


@given(histories(), st.randoms(use_true_random=False))
def test_telling_it_all_again_changes_nothing(events, chance):
	store = open_all(tell(events))
	before = store.state()
	for event in chance.sample(events, len(events)):
		assert record(event, store) is NOTHING
	assert store.state() == before
	assert open_due(END, store) == []


@given(histories())
def test_an_outcome_tells_what_changed(events):
	store = MemoryStore(RULES, HOURS)
	for event in events:
		before = dict(store.follow_ups)
		outcome = record(event, store)
		assert outcome.written
		changed = {key: f for key, f in store.follow_ups.items() if before.get(key) != f}
		reported = {f.key: f for f in (*outcome.promised, *outcome.stopped)}
		assert {
			key: f for key, f in changed.items() if f.status is Status.STOPPED
		}.items() <= reported.items()
		assert all(store.follow_ups[key] == f for key, f in reported.items())
		assert set(reported) <= set(changed)


@settings(max_examples=3 * EXAMPLES // 2)
@given(histories(), st.integers(1, 5))
def test_the_size_of_a_batch_does_not_matter(events, limit):
	assert open_all(tell(events), limit=limit).state() == open_all(tell(events), limit=200).state()


class Life(RuleBasedStateMachine):
	"""Events arrive in any order, again and again, while promises are opened and ended by people."""

	@initialize(events=histories(), seed=st.integers(0, 10), generous=st.booleans())
	def begins(self, events, seed, generous):
		self.pool = random.Random(seed).sample(events, len(events))
		self.told: list[Event] = []
		self.store = MemoryStore(RULES, HOURS, generous=generous)
		self.now = MONDAY
		self.final: dict[str, FollowUp] = {}

	@rule()
	def something_happens(self):
		if self.pool:
			self.told.append(self.pool.pop())
			assert record(self.told[-1], self.store).written

	@precondition(lambda self: self.told)
	@rule(which=st.integers(0, 7))
	def it_is_told_again(self, which):
		before = self.store.state()
		assert record(self.told[which % len(self.told)], self.store) is NOTHING
		assert self.store.state() == before

	@rule(hours=st.sampled_from([0, 1, 24, 24 * 7]))
	def the_clock_runs(self, hours):
		self.now += timedelta(hours=hours)
		for follow_up in open_due(self.now, self.store):
			assert follow_up.opens_at <= self.now
			if follow_up.status is Status.SUPPRESSED:
				assert follow_up.reason
				self.final[follow_up.key] = follow_up

	def opened(self):
		return [f for f in self.store.follow_ups.values() if f.status is Status.OPEN]

	@precondition(lambda self: self.opened())
	@rule(data=st.data())
	def somebody_ends_one(self, data):
		follow_up = data.draw(st.sampled_from(self.opened()))
		done = replace(follow_up, status=Status.DONE, ended_at=self.now, reason="Called")
		self.store.save_follow_up(done)
		self.final[done.key] = done

	@invariant()
	def what_a_person_or_a_restraint_ended_stays_ended(self):
		for key, follow_up in self.final.items():
			assert self.store.follow_ups[key] == follow_up

	@invariant()
	def every_other_promise_stands_as_the_events_imply(self):
		implied = expected(self.told)
		assert set(self.store.follow_ups) == set(implied)
		undone = {event.reverses for event in self.told if event.reverses}
		for key, follow_up in self.store.follow_ups.items():
			status, _cause, by = implied[key]
			if follow_up.status is Status.PLANNED or (
				follow_up.status is Status.STOPPED and follow_up.opened_at is None
			):
				assert outline(follow_up) == implied[key]
			elif follow_up.status is Status.OPEN:
				assert (status, by) != (Status.STOPPED, None), "its cause is undone"
				if status is Status.STOPPED:  # only by what came before the cause it was opened for
					stop = self.store.events[by]
					assert stop.happened_at <= follow_up.cause_at
			elif follow_up.status is Status.STOPPED:
				assert status is Status.STOPPED
				assert (follow_up.stopped_by is None) == (by is None)
				assert follow_up.stopped_by not in undone
			assert (follow_up.status is Status.STOPPED) <= bool(follow_up.reason and follow_up.ended_at)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=2 * EXAMPLES, stateful_step_count=25)


# --- examples, one rule of the spine each -----------------------------------------------------------

NEXT = "Deposit: agree the next step"


def happened(key, type_="deposit.taken", hours=0, **more):
	values = {"customer": "Ann", "company": "Summit", "title": key, "deposit": "DEP-1", **more}
	return Event(key=key, type=type_, happened_at=MONDAY + timedelta(hours=hours), **values)


TAKEN = happened("taken")
APPLIED = happened("applied", "deposit.applied", 2)


def promise_of(store, occasion="taken", rule_=NEXT):
	return store.follow_ups[f"{rule_}|{occasion}"]


def shop():
	return MemoryStore(DEPOSIT_RULES, HOURS)


def test_the_memory_store_is_a_store():
	store: Store = shop()
	assert store.is_reversed("x") is False


def test_an_unknown_type_is_refused_and_leaves_nothing():
	store = shop()
	with pytest.raises(Refused) as refused:
		record(happened("x", "deposit.lost"), store)
	assert refused.value.code == "event_type"
	assert store.state() == ({}, {})


def test_an_event_is_written_once():
	store = shop()
	outcome = record(TAKEN, store)
	assert outcome.written
	assert outcome.promised == (promise_of(store),)
	assert record(TAKEN, store) is NOTHING
	assert not NOTHING.written


def test_an_answer_stops_the_promise():
	store = tell([TAKEN], shop())
	outcome = record(APPLIED, store)
	(ended,) = outcome.stopped
	assert (ended.stopped_by, ended.ended_at, ended.reason) == ("applied", APPLIED.happened_at, FULFILLED)
	assert promise_of(store) == ended


def test_an_answer_that_was_told_first_stops_it_as_well():
	store = tell([APPLIED], shop())
	(made,) = record(TAKEN, store).promised
	assert (made.status, made.stopped_by) == (Status.STOPPED, "applied")


def test_the_earliest_of_several_answers_counts():
	events = [TAKEN, APPLIED, happened("refunded", "deposit.refunded", 1)]
	for order in (events, events[::-1]):
		assert promise_of(tell(order, shop())).stopped_by == "refunded"


def test_a_reversed_cause_takes_the_promise_back():
	undone = happened("undone", "payment.reversed", 5, reverses="taken")
	for order in ([TAKEN, undone], [undone, TAKEN]):
		ended = promise_of(tell(order, shop()))
		assert (ended.status, ended.reason, ended.stopped_by) == (Status.STOPPED, REVERSED, None)


def test_a_reversed_answer_brings_the_promise_back():
	back = happened("back", "deposit.reinstated", 5, reverses="applied")
	for order in ([TAKEN, APPLIED, back], [back, APPLIED, TAKEN], [TAKEN, back, APPLIED]):
		assert promise_of(tell(order, shop())).status is Status.PLANNED


def test_a_reversed_answer_leaves_the_next_one():
	back = happened("back", "deposit.reinstated", 5, reverses="applied")
	store = tell([TAKEN, APPLIED, happened("refunded", "deposit.refunded", 3), back], shop())
	assert promise_of(store).stopped_by == "refunded"


def test_an_open_promise_that_is_answered_remembers_that_it_was_open():
	store = open_all(tell([TAKEN], shop()), MONDAY)
	record(APPLIED, store)
	assert (promise_of(store).status, promise_of(store).opened_at) == (Status.STOPPED, MONDAY)


def test_an_event_that_answers_one_half_and_undoes_it_is_reported_by_what_it_leaves():
	rule_ = Rule("r", "deposit.taken", "t", stops=frozenset({"payment.reversed"}))
	halves = [happened("half 1", occasion="split"), happened("half 2", hours=3, occasion="split")]
	store = tell(halves, MemoryStore([rule_], HOURS))
	outcome = record(happened("undone", "payment.reversed", 1, reverses="half 1"), store)
	assert outcome.stopped == ()
	assert outline(promise_of(store, "split", "r")) == (Status.PLANNED, "half 2", None)


def test_a_promise_that_comes_back_opens_again_in_spite_of_its_own_cap():
	store = open_all(tell([TAKEN], with_rule(cap=1, stops=SETTLED)), MONDAY)
	record(APPLIED, store)
	record(happened("back", "deposit.reinstated", 5, reverses="applied"), store)
	assert (promise_of(store, rule_="r").status, promise_of(store, rule_="r").opened_at) == (
		Status.PLANNED,
		None,
	)
	(opened,) = open_due(END, store)
	assert opened.status is Status.OPEN


def test_a_promise_whose_rule_is_gone_is_left_alone():
	store = tell(
		[TAKEN, happened("other", deposit="DEP-2")], MemoryStore(DEPOSIT_RULES, HOURS, generous=True)
	)
	del store.rules[NEXT]
	before = dict(store.follow_ups)
	record(APPLIED, store)
	record(happened("undone", "payment.reversed", 5, reverses="other"), store)
	assert store.follow_ups == before


def test_an_open_promise_that_is_taken_back_remembers_that_it_was_open():
	store = open_all(tell([TAKEN], shop()), MONDAY)
	outcome = record(happened("undone", "payment.reversed", 5, reverses="taken"), store)
	assert outcome.stopped == (promise_of(store),)
	assert (promise_of(store).status, promise_of(store).opened_at) == (Status.STOPPED, MONDAY)


@pytest.mark.parametrize("status", [Status.OPEN, Status.DONE, Status.SUPPRESSED])
@pytest.mark.parametrize("occasion", ["split", "half 1"])
def test_a_late_half_does_not_open_a_promise_anew(status, occasion):
	"""Also when the second half names the first as the occasion, and is told before it."""
	store = tell([happened("half 2", hours=1, occasion=occasion)], shop())
	open_all(store)
	follow_up = replace(promise_of(store, occasion), status=status)
	store.save_follow_up(follow_up)
	record(happened("half 1", occasion=occasion), store)
	assert promise_of(store, occasion) == follow_up


def test_one_half_undone_leaves_the_promise_of_the_other():
	halves = [happened(f"half {n}", occasion="split", hours=n) for n in (1, 2)]
	undone = happened("undone", "payment.reversed", 5, reverses="half 1")
	store = tell([*halves, undone], shop())
	assert (promise_of(store, "split").status, promise_of(store, "split").cause) == (Status.PLANNED, "half 2")
	record(happened("undone 2", "payment.reversed", 6, reverses="half 2"), store)
	assert promise_of(store, "split").reason == REVERSED


def test_an_open_promise_stays_open_while_one_half_stands():
	halves = [happened(f"half {n}", occasion="split", hours=n) for n in (1, 2)]
	store = open_all(tell(halves, shop()))
	before = promise_of(store, "split")
	record(happened("undone", "payment.reversed", 5, reverses="half 1"), store)
	assert promise_of(store, "split") == before
	assert before.status is Status.OPEN


def test_an_answer_between_a_late_half_and_the_open_promise_ends_it():
	store = open_all(tell([happened("half 2", hours=3, occasion="split"), APPLIED], shop()))
	assert promise_of(store, "split").status is Status.OPEN
	record(happened("half 1", hours=1, occasion="split"), store)
	assert (promise_of(store, "split").status, promise_of(store, "split").stopped_by) == (
		Status.STOPPED,
		"applied",
	)


def test_a_first_telling_needs_no_look_for_an_older_promise():
	"""The submit path has a budget of statements: one occasion, one event, nothing to look up."""
	store = tell([TAKEN, happened("half 1", occasion="split", deposit="DEP-2")], shop())
	assert store.calls["follow_up"] == 0
	record(happened("half 2", occasion="split", deposit="DEP-2"), store)
	assert store.calls["follow_up"] == 1


# --- opening ---------------------------------------------------------------------------------------


def test_a_promise_opens_at_its_time_and_once():
	until = {"hold_until": (MONDAY + timedelta(days=3)).isoformat()}
	store = tell([happened("held", "vehicle.held", vehicle="CAR-1", facts=until)], shop())
	opens = MONDAY + timedelta(days=2)
	assert open_due(opens - timedelta(seconds=1), store) == []
	(opened,) = open_due(opens, store)
	assert (opened.status, opened.opened_at) == (Status.OPEN, opens)
	assert open_due(opens, store) == []


def test_what_another_worker_opened_is_not_opened_again():
	store = tell([TAKEN], shop())
	store.taken_by_others.add(promise_of(store).key)
	assert open_due(END, store) == []


@pytest.mark.parametrize("gone", ["disabled", "removed"])
def test_a_rule_that_is_off_suppresses_its_promises(gone):
	store = tell([TAKEN], shop())
	if gone == "disabled":
		store.rules[NEXT] = replace(store.rules[NEXT], enabled=False)
	else:
		del store.rules[NEXT]
	(ended,) = open_due(END, store)
	assert (ended.status, ended.ended_at) == (Status.SUPPRESSED, END)
	assert "switched off" in ended.reason
	assert promise_of(store) == ended


def with_rule(**more):
	return MemoryStore([Rule("r", "deposit.taken", "t", **more)], HOURS)


def test_a_promise_without_consent_is_suppressed():
	store = tell([TAKEN], with_rule(needs_consent=True))
	store.refusing.add("Ann")
	(ended,) = open_due(END, store)
	assert (ended.status, "consented" in ended.reason) == (Status.SUPPRESSED, True)


def test_a_promise_just_after_a_contact_is_suppressed():
	store = tell([TAKEN], with_rule(quiet_hours_after_contact=4))
	store.contacts["Ann"] = END - timedelta(hours=3)
	(ended,) = open_due(END, store)
	assert ended.status is Status.SUPPRESSED


def test_a_cap_lets_the_earliest_through():
	events = [happened(f"t{n}", hours=n, deposit=f"DEP-{n}") for n in range(4)]
	events.append(happened("bob", hours=9, customer="Bob"))
	store = open_all(tell(events[::-1], with_rule(cap=2)))
	statuses = {f.cause: f.status for f in store.follow_ups.values()}
	assert statuses == {
		"t0": Status.OPEN,
		"t1": Status.OPEN,
		"t2": Status.SUPPRESSED,
		"t3": Status.SUPPRESSED,
		"bob": Status.OPEN,
	}


def test_at_most_so_many_are_opened_at_once():
	events = [happened(f"t{n}", deposit=f"DEP-{n}") for n in range(5)]
	store = tell(events, with_rule())
	assert [len(open_due(END, store, limit=2)) for _round in range(4)] == [2, 2, 1, 0]

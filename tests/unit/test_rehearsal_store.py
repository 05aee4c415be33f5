"""The SQLite store keeps the spine's protocol: it leads to the very promises that a store in memory leads to."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from dealer_pos_crm.domain.default_rules import DEFAULT_RULES, SETTLED
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import Clock, Condition, Owner, Rule, Span, Status, Unit
from dealer_pos_crm.domain.spine import Store, open_due, record
from dealer_pos_crm.rehearsal import schema
from dealer_pos_crm.rehearsal.rules import DEFAULT_HOURS, RuleBook
from dealer_pos_crm.rehearsal.run import open_until
from dealer_pos_crm.rehearsal.store import SqliteStore

from .memory_store import MemoryStore
from .rehearsal_helpers import MONDAY, WILD, event, events_in, follow_ups_in, usd, wild

RULES = (
	*DEFAULT_RULES,
	Rule(
		"customer", "deposit.taken", "{amount}", about="customer", stops=frozenset({"deposit.applied"}), cap=2
	),
	Rule("again", "vehicle.held", "{vehicle}", about="vehicle", stops=frozenset({"vehicle.held"})),
	Rule(
		"later",
		"deposit.applied",
		"{reason}",
		wait=Span(2, Unit.DAYS),
		wait_clock=Clock.BUSINESS,
		about="customer",
		stops=frozenset({"deposit.applied", "invoice.issued"}),
	),
	Rule("big", "deposit.taken", "big", conditions=(Condition("amount", ">", "500"),), stops=SETTLED, cap=1),
	Rule("answer", "lead.received", "{what}", owner=Owner.SALES, cap=2, stops=frozenset({"lead.responded"})),
	Rule(
		"again?",
		"visit.ended",
		"{what}",
		about="customer",
		owner=Owner.SALES,
		wait=Span(1, Unit.DAYS),
		quiet_hours_after_contact=12,
		unless_opted_out=True,
		stops=frozenset({"deal.opened", "visit.made"}),
	),
	Rule("clean", "vehicle.recon_started", "{what}", cap=1, stops=frozenset({"vehicle.frontline_ready"})),
	Rule("unpaid", "pay_request.sent", "{amount}", stops=frozenset({"payment.received", "deposit.taken"})),
	Rule("off", "deposit.taken", "off", enabled=False, stops=frozenset({"lead.received"})),
)


def sqlite_store(rules: Sequence[Rule] = RULES) -> SqliteStore:
	store = SqliteStore(schema.connect(":memory:"), RuleBook(tuple(rules), DEFAULT_HOURS))
	store.begin()
	return store


def play_in_memory(events: Sequence[Event], rules: Sequence[Rule], end: datetime) -> MemoryStore:
	"""The rehearsal's own order of things, over the plain store."""
	store = MemoryStore(rules, DEFAULT_HOURS)

	def open_before(moment: datetime, *, inclusive: bool) -> None:
		while planned := [f.opens_at for f in store.follow_ups.values() if f.status is Status.PLANNED]:
			at = min(planned)
			if at > moment or (at == moment and not inclusive):
				return
			assert open_due(at, store)

	for one in events:
		open_before(one.happened_at, inclusive=False)
		record(one, store)
	open_before(end, inclusive=True)
	return store


@pytest.mark.parametrize("ordered", [True, False], ids=["in order", "shuffled"])
@pytest.mark.parametrize("seed", range(36))
def test_same_promises_as_in_memory(seed, ordered):
	events = WILD[seed % len(WILD)](seed, 60, ordered=ordered)
	end = max(one.happened_at for one in events) + timedelta(days=2)
	plain = play_in_memory(events, RULES, end)
	store = sqlite_store()
	for one in events:
		if store.next_opening is not None and store.next_opening < one.happened_at:
			open_until(one.happened_at, store, inclusive=False)
		record(one, store)
	open_until(end, store, inclusive=True)
	assert events_in(store.connection) == plain.events
	assert follow_ups_in(store.connection) == plain.follow_ups


@pytest.mark.parametrize("seed", range(15))
def test_any_order_leads_to_the_same_plans(seed):
	history = WILD[seed % len(WILD)]
	events = history(seed, 40)
	found = []
	for order in (events, list(reversed(events)), history(seed, 40, ordered=False)):
		store = sqlite_store()
		for one in [*order, *order]:
			record(one, store)
		found.append((events_in(store.connection), follow_ups_in(store.connection)))
	assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
	("version", "lacking"),
	[(3, ("pay_request", "card_payment")), (2, ("lead", "pay_request", "card_payment"))],
)
def test_a_file_of_an_earlier_version_goes_on(tmp_path, version, lacking):
	path = str(tmp_path / "old.sqlite")
	before = [one for one in wild(1, 40) if one.type != "gateway.failed"]
	store = SqliteStore(schema.connect(path), RuleBook(RULES, DEFAULT_HOURS))
	store.begin()
	for one in before:
		record(one, store)
	store.commit()
	told, promised = events_in(store.connection), follow_ups_in(store.connection)
	store.connection.close()
	old = sqlite3.connect(path)
	for table in ("events", "follow_ups"):
		for name in lacking:
			if name == "lead" and table == "follow_ups":
				old.execute(
					"DROP INDEX IF EXISTS follow_up_opened_of_lead"
				)  # made by its rules, not by its version
			old.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
	old.execute(f"PRAGMA user_version = {version}")
	old.close()

	again = SqliteStore(schema.connect(path), RuleBook(RULES, DEFAULT_HOURS))
	assert again.connection.execute("PRAGMA user_version").fetchone() == (schema.VERSION,)
	assert (events_in(again.connection), follow_ups_in(again.connection)) == (told, promised)
	again.begin()
	sent = event(
		"pay_request.sent", "s", at=before[-1].happened_at, pay_request="PAY-1", card_payment="CARD-1"
	)
	assert record(sent, again).written
	assert again.event("s") == sent
	assert {f.subject for f in follow_ups_in(again.connection).values()} >= {("pay_request", "PAY-1")}


def test_a_file_of_another_time_is_refused(tmp_path):
	path = str(tmp_path / "new.sqlite")
	connection = schema.connect(path)
	for version in (1, schema.VERSION + 1):
		connection.execute(f"PRAGMA user_version = {version}")
		connection.close()
		with pytest.raises(schema.NotARehearsal, match="--fresh"):
			schema.connect(path)
		connection = sqlite3.connect(path)


def test_it_is_a_store_to_the_type_checker():
	store: Store = sqlite_store()
	assert store.stop_types()


def test_money_and_facts_come_back_as_they_went():
	store = sqlite_store()
	told = event(
		"deposit.taken",
		amount=usd("0.00"),
		facts={"what": 'quote " and \\ and\nline and ünï \U0001f697', "empty": ""},
		at=MONDAY.replace(microsecond=5),
		occasion="other",
	)
	store.add_event(told)
	assert store.event(told.key) == told


def test_undo_leaves_nothing_of_a_step():
	store = sqlite_store()
	before = store.next_opening
	store.set_mark()
	record(event("deposit.taken", deposit="D", amount=usd("5")), store)
	assert store.next_opening is not None
	store.undo()
	assert store.next_opening is before
	assert events_in(store.connection) == {} == follow_ups_in(store.connection)


class TestRestraint:
	def judged(self, rule: Rule, *events: Event) -> tuple[Status, str]:
		store = sqlite_store([rule])
		for one in events:
			record(one, store)
		open_until(MONDAY + timedelta(hours=1), store, inclusive=True)
		made = follow_ups_in(store.connection)["call|invoice.issued:1"]
		return made.status, made.reason

	def rule(self, **changes: object) -> Rule:
		return Rule("call", "invoice.issued", "Call", wait=Span(1, Unit.HOURS), **changes)

	def test_no_consent_without_a_word(self):
		assert self.judged(self.rule(needs_consent=True), event("invoice.issued"))[0] is Status.SUPPRESSED

	@pytest.mark.parametrize(
		("said", "status"),
		[
			(["consent.given"], Status.OPEN),
			(["consent.given", "consent.revoked"], Status.SUPPRESSED),
			(["consent.revoked", "consent.given"], Status.OPEN),
		],
	)
	def test_the_last_word_on_consent_counts(self, said, status):
		words = [
			event(type_, f"w{number}", at=MONDAY - timedelta(days=5 - number))
			for number, type_ in enumerate(said)
		]
		later = event("consent.revoked", "later", at=MONDAY + timedelta(days=1))
		judged = self.judged(self.rule(needs_consent=True), *words, event("invoice.issued"), later)
		assert judged[0] is status

	@pytest.mark.parametrize(
		("said", "status"),
		[
			([], Status.OPEN),
			(["consent.given"], Status.OPEN),
			(["consent.revoked"], Status.SUPPRESSED),
			(["consent.revoked", "consent.given"], Status.OPEN),
		],
	)
	def test_an_opt_out_counts_until_it_is_taken_back(self, said, status):
		words = [
			event(type_, f"w{number}", at=MONDAY - timedelta(days=5 - number))
			for number, type_ in enumerate(said)
		]
		assert self.judged(self.rule(unless_opted_out=True), *words, event("invoice.issued"))[0] is status
		assert self.judged(self.rule(), *words, event("invoice.issued"))[0] is Status.OPEN

	@pytest.mark.parametrize(("hours", "status"), [(2, Status.OPEN), (4, Status.SUPPRESSED)])
	def test_quiet_after_contact(self, hours, status):
		spoke = event("message.received", at=MONDAY - timedelta(hours=2))
		rule = self.rule(quiet_hours_after_contact=hours)
		assert self.judged(rule, spoke, event("invoice.issued"))[0] is status

	def test_an_automatic_message_is_no_contact(self):
		sent = event("message.sent", at=MONDAY)
		rule = self.rule(quiet_hours_after_contact=9)
		assert self.judged(rule, sent, event("invoice.issued"))[0] is Status.OPEN

	def test_cap_for_a_customer(self):
		earlier = event("invoice.issued", "before", at=MONDAY - timedelta(days=2))
		other = event("invoice.issued", "other", at=MONDAY - timedelta(days=2), customer="C-2")
		assert self.judged(self.rule(cap=1), earlier, event("invoice.issued"))[0] is Status.SUPPRESSED
		assert self.judged(self.rule(cap=1), other, event("invoice.issued"))[0] is Status.OPEN


class TestOwners:
	def owner(self, rule: Rule, *events: Event) -> str:
		store = sqlite_store([rule])
		for one in events:
			record(one, store)
		open_until(MONDAY + timedelta(days=9), store, inclusive=True)
		return store.connection.execute("SELECT owner FROM follow_ups WHERE cause = 'cause'").fetchone()[0]

	def cause(self, **fields: object) -> Event:
		return event("invoice.issued", "cause", **fields)

	def test_a_named_user(self):
		rule = Rule("r", "invoice.issued", "t", owner=Owner.USER, owner_user="kim@x.example")
		assert self.owner(rule, self.cause()) == "kim@x.example"

	def test_round_robin_names_the_role(self):
		rule = Rule("r", "invoice.issued", "t", owner=Owner.ROUND_ROBIN, owner_role="Dealer Manager")
		assert self.owner(rule, self.cause()) == "Dealer Manager (round robin)"

	def test_the_actor_of_the_document(self):
		rule = Rule("r", "invoice.issued", "t", owner=Owner.DOCUMENT)
		assert self.owner(rule, self.cause(actor="ann@x.example")) == "ann@x.example"
		assert "not known" in self.owner(rule, self.cause())

	@pytest.mark.parametrize(
		("owner", "department", "fact"),
		[
			(Owner.SALES, "Sales", "sales_owner"),
			(Owner.SERVICE, "Service", "service_owner"),
			(Owner.BDC, "BDC", "bdc_owner"),
		],
	)
	def test_the_last_who_acted_unless_the_history_says(self, owner, department, fact):
		rule = Rule("r", "invoice.issued", "t", owner=owner)
		earlier = MONDAY - timedelta(days=1)
		acted = event("ro.opened", at=earlier, department=department, actor="ann@x.example")
		stated = event("ro.closed", at=earlier, facts={fact: "bob@x.example"})
		stranger = event("ro.paid", at=earlier, department=department, actor="eve@x.example", customer="C-9")
		assert self.owner(rule, acted, stranger, self.cause()) == "ann@x.example"
		assert self.owner(rule, stated, acted, self.cause()) == "bob@x.example"
		assert self.owner(rule, acted, stated, self.cause(department=department, actor="x@x.example")) == (
			"bob@x.example"
		)
		assert "not known" in self.owner(rule, self.cause())


def test_a_file_that_is_something_else_is_left_alone(tmp_path):
	other = tmp_path / "other.sqlite"
	with sqlite3.connect(other) as connection:
		connection.execute("CREATE TABLE precious (x)")
	text = tmp_path / "letter.txt"
	text.write_text("Dear reader, " * 100)
	for path in (other, text):
		before = path.read_bytes()
		with pytest.raises(schema.NotARehearsal):
			schema.connect(str(path))
		with pytest.raises(schema.NotARehearsal):
			schema.remove(path)
		assert path.read_bytes() == before


def test_remove_takes_a_rehearsal_away(tmp_path):
	path = tmp_path / "r.sqlite"
	schema.connect(str(path)).close()
	schema.remove(path)
	assert list(tmp_path.iterdir()) == []
	schema.remove(path)  # not there: nothing to do

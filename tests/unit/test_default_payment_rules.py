"""The rules of card money, each against what happens with it: when it speaks, to whom, and what makes it silent."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.default_payment_rules import PAYMENT_RULES
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.event import Event
from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Status
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.spine import open_due, record

from .memory_store import MemoryStore

HOURS = BusinessHours(
	{**dict.fromkeys(range(5), (time(8), time(18))), 5: (time(9), time(14))}, frozenset({date(2026, 3, 5)})
)
TUESDAY = datetime(2026, 3, 3, 15)
WEDNESDAY_MORNING, WEDNESDAY_EVENING = datetime(2026, 3, 4, 8), datetime(2026, 3, 4, 18)
RULES = {rule.name: rule for rule in PAYMENT_RULES}
CAR = "2019 Toyota Camry …123456"


def told(type_, at=TUESDAY, key="", **more):
	facts = {"what": CAR, "reason": "Card declined.", "how": "Online", **more.pop("facts", {})}
	values = {
		"customer": "Ann",
		"company": "Summit",
		"title": type_,
		"department": "Sales",
		"pay_request": "PAY-1",
		"card_payment": "CARD-1",
		"deposit": "DEP-1",
		"amount": Money.of("500", "USD"),
		"actor": "robin",
		**more,
	}
	return Event(key=key or f"{type_}:{at:%d%H%M}", type=type_, happened_at=at, facts=facts, **values)


def house(*events):
	store = MemoryStore(DEFAULT_RULES, HOURS)
	for event in events:
		record(event, store)
	return store


def of(store, rule) -> FollowUp:
	(found,) = (f for f in store.follow_ups.values() if f.rule == rule)
	return found


IN_PERSON = {"pay_request": None, "facts": {"how": "In person"}}
DUE_AT = {
	"facts": {"due_at": "2026-03-12T23:59:00"},
	"reference_doctype": "Dispute Case",
	"reference_name": "DSP-1",
}
# rule -> cause, opens, due, whom it is about
CASES = {
	"Pay request: not opened for a day": (
		told("pay_request.sent"), WEDNESDAY_MORNING, WEDNESDAY_EVENING, ("pay_request", "PAY-1"),
	),
	"Pay request: opened, not paid": (
		told("pay_request.opened"), WEDNESDAY_MORNING, WEDNESDAY_EVENING, ("pay_request", "PAY-1"),
	),
	"Pay request: the rest is not paid": (
		told("pay_request.part_paid"), datetime(2026, 3, 6, 8), datetime(2026, 3, 6, 18), ("pay_request", "PAY-1"),
	),
	"Pay request: payment failed": (
		told("pay_request.failed"), TUESDAY, TUESDAY.replace(hour=16), ("pay_request", "PAY-1"),
	),
	"Pay request: ran out unpaid": (
		told("pay_request.expired"), TUESDAY, TUESDAY.replace(hour=18), ("pay_request", "PAY-1"),
	),
	"Card payment: failed at the counter": (
		told("payment.failed", **IN_PERSON), TUESDAY.replace(minute=10), TUESDAY.replace(hour=16, minute=10),
		("customer", "Ann"),
	),
	"Card payment: came, but could not be used": (
		told("payment.unapplied"), TUESDAY, datetime(2026, 3, 4, 9), ("card_payment", "CARD-1"),
	),
	"Card payment: too late or twice": (
		told("payment.late"), TUESDAY, datetime(2026, 3, 4, 9), ("card_payment", "CARD-1"),
	),
	"Card payment: the gateway gave no answer": (
		told("gateway.failed"), TUESDAY.replace(hour=16), TUESDAY.replace(hour=18), ("card_payment", "CARD-1"),
	),
	"Hold on a card: about to end": (
		told("authorisation.ending", facts={"until": "2026-03-04T15:00:00"}),
		TUESDAY, datetime(2026, 3, 4, 14), ("card_payment", "CARD-1"),
	),
	"Hold on a card: has ended": (
		told("authorisation.expired"), TUESDAY, TUESDAY.replace(hour=18), ("customer", "Ann"),
	),
	"Refund: approve it": (
		told("refund.requested"), TUESDAY, datetime(2026, 3, 4, 9), ("card_payment", "CARD-1"),
	),
	"Refund: failed": (
		told("refund.failed"), TUESDAY, TUESDAY.replace(hour=17), ("card_payment", "CARD-1"),
	),
	"Dispute: answer it": (
		told("dispute.opened", **DUE_AT), TUESDAY, datetime(2026, 3, 12, 23, 59), ("card_payment", "CARD-1"),
	),
	"Dispute: nothing to answer": (
		told("dispute.opened"), TUESDAY, TUESDAY.replace(hour=18), ("card_payment", "CARD-1"),
	),
}  # fmt: skip


def test_each_rule_has_an_example():
	assert set(CASES) == set(RULES)


@pytest.mark.parametrize("name", CASES)
def test_what_a_rule_promises(name):
	cause, opens, due, about = CASES[name]
	store = house(cause)
	made = of(store, name)
	assert [f.rule for f in store.follow_ups.values()] == [name]
	assert (made.opens_at, made.due_at, made.subject) == (opens, due, about)
	assert CAR in made.title
	assert "{" not in made.title + made.talking_points
	open_due(opens, store)
	assert store.follow_ups[made.key].status is Status.OPEN


# What a rule says is over when: of each stop the very thing that the promise is about.
@pytest.mark.parametrize(
	("name", "stop"), [(name, stop) for name, rule in RULES.items() for stop in sorted(rule.stops)]
)
def test_every_stop_ends_it_and_only_of_the_same_matter(name, stop):
	cause, _opens, _due, _about = CASES[name]
	later = TUESDAY + timedelta(minutes=5)
	same = {"reference_doctype": cause.reference_doctype, "reference_name": cause.reference_name}
	store = house(cause, told(stop, later, "later", **same))
	assert (of_cause(store, name).status, of_cause(store, name).stopped_by) == (Status.STOPPED, "later")

	other = {"customer": "Bob", "pay_request": "PAY-2", "card_payment": "CARD-2", "deposit": "DEP-2"}
	assert (
		of_cause(house(cause, told(stop, later, "later", **{**same, **other})), name).status is Status.PLANNED
	)


def of_cause(store, name) -> FollowUp:
	(found,) = (f for f in store.follow_ups.values() if f.rule == name and f.cause != "later")
	return found


def names(store, *statuses):
	return sorted(f.rule for f in store.follow_ups.values() if f.status in statuses)


def test_a_paid_request_leaves_nothing_to_do_but_for_the_deposit():
	at = [TUESDAY + timedelta(minutes=n) for n in range(4)]
	store = house(
		told("pay_request.sent", at[0]),
		told("pay_request.opened", at[1]),
		told("deposit.taken", at[2], facts={"kind": "Hold", "mode": "Card (online)"}),
		told("pay_request.paid", at[2]),
	)
	assert names(store, Status.PLANNED) == ["Deposit: agree the next step"]
	assert of(store, "Deposit: agree the next step").subject == ("deposit", "DEP-1")
	record(told("deposit.applied", at[3], pay_request=None, card_payment=None), store)
	assert names(store, Status.PLANNED) == []


def test_a_declined_card_online_is_said_once():
	store = house(told("payment.failed"), told("pay_request.failed"))
	assert names(store, Status.PLANNED) == ["Pay request: payment failed"]


def test_the_next_card_at_the_counter_silences_it_before_it_speaks():
	declined = told("payment.failed", card_payment="CARD-1", **{**IN_PERSON})
	paid = told("payment.received", TUESDAY + timedelta(minutes=2), pay_request=None, card_payment="CARD-2")
	store = house(declined, paid)
	assert open_due(TUESDAY + timedelta(hours=1), store) == []
	assert names(store, Status.STOPPED) == ["Card payment: failed at the counter"]


def test_a_request_sent_again_is_waited_for_anew():
	again = told("pay_request.sent", TUESDAY + timedelta(hours=20))
	store = house(told("pay_request.sent"), again)
	by_cause = {f.cause: f for f in store.follow_ups.values()}
	assert [f.status for f in by_cause.values()] == [Status.STOPPED, Status.PLANNED]
	assert by_cause[again.key].opens_at == datetime(2026, 3, 6, 8)  # Thursday is a holiday


def test_a_dispute_that_is_known_too_late_is_looked_at_within_a_day():
	past = {**DUE_AT, "facts": {"due_at": "2026-03-01T23:59:00"}}
	made = of(house(told("dispute.opened", **past)), "Dispute: answer it")
	assert (made.opens_at, made.due_at) == (TUESDAY, TUESDAY + timedelta(days=1))


def test_two_disputes_of_one_payment_are_two_matters():
	second = {**DUE_AT, "reference_name": "DSP-2"}
	store = house(
		told("dispute.opened", key="a", **DUE_AT),
		told("dispute.opened", TUESDAY + timedelta(hours=1), key="b", **second),
		told("dispute.evidence_sent", TUESDAY + timedelta(days=1), **DUE_AT),
	)
	assert {f.cause: f.status for f in store.follow_ups.values()} == {
		"a": Status.STOPPED,
		"b": Status.PLANNED,
	}


def test_an_inquiry_that_becomes_a_dispute_is_one_promise_with_the_later_day():
	later = {**DUE_AT, "facts": {**DUE_AT.get("facts", {}), "due_at": "2026-03-20 23:59:00"}}
	store = house(
		told("dispute.opened", key="a", **DUE_AT),
		told("dispute.opened", TUESDAY + timedelta(days=1), key="b", **later),
	)
	assert {f.cause: f.status for f in store.follow_ups.values()} == {
		"a": Status.STOPPED,
		"b": Status.PLANNED,
	}


def test_evidence_that_is_only_staged_answers_nothing():
	store = house(
		told("dispute.opened", **DUE_AT), told("dispute.evidence_staged", TUESDAY + timedelta(1), **DUE_AT)
	)
	assert of(store, "Dispute: answer it").status is Status.PLANNED


def test_a_refund_that_fails_later_is_back_on_the_desk():
	"""Requested, approved and booked, then the bank returns it."""
	store = house(
		told("refund.requested"),
		told("refund.paid", TUESDAY + timedelta(hours=1)),
		told("refund.failed", TUESDAY + timedelta(days=3)),
	)
	assert names(store, Status.PLANNED) == ["Refund: failed"]


def test_money_is_looked_after_by_accounting_whatever_it_is_for():
	for name in ("Card payment: too late or twice", "Refund: failed", "Dispute: answer it"):
		assert of(house(CASES[name][0]), name).department == "Accounting"
		assert RULES[name].owner_role == "Dealer Accountant"
	assert RULES["Refund: approve it"].owner_role == "Dealer Manager"


def test_whoever_asked_for_the_money_hears_of_it():
	for name in (
		"Pay request: not opened for a day",
		"Pay request: payment failed",
		"Hold on a card: about to end",
	):
		assert RULES[name].owner is Owner.DOCUMENT
		assert of(house(CASES[name][0]), name).document_owner == "robin"


def test_a_call_that_is_nobodys_is_somebodys_task():
	nobody = replace(
		told("gateway.failed"), customer="", pay_request=None, card_payment=None, deposit=None, amount=None
	)
	store = house(
		nobody, replace(nobody, key="another", occasion="another", happened_at=TUESDAY + timedelta(minutes=1))
	)
	assert [f.status for f in store.follow_ups.values()] == [Status.PLANNED] * 2
	open_due(TUESDAY + timedelta(hours=2), store)
	assert names(store, Status.OPEN) == ["Card payment: the gateway gave no answer"] * 2

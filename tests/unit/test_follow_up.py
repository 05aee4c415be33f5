from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.event import SUBJECTS, Event
from dealer_pos_crm.domain.follow_up import (
	OPERATORS,
	Clock,
	Condition,
	Rule,
	Span,
	Standing,
	Status,
	Unit,
	fill,
	follow_up_key,
	promise,
	restrain,
	stopped,
	stops,
	subject_of,
	value_of,
)
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import Refused

MONDAY = datetime(2026, 3, 2, 10)
HOURS = BusinessHours(dict.fromkeys(range(5), (time(8), time(18))), frozenset({date(2026, 3, 4)}))


def event(key="e1", type_="deposit.taken", at=MONDAY, **more):
	values = {"customer": "Ann", "company": "Summit", "title": "", **more}
	return Event(key=key, type=type_, happened_at=at, **values)


def rule(**more):
	return Rule(**{"name": "r", "event_type": "deposit.taken", "title": "t", **more})


# --- what an event says ---------------------------------------------------------------------------

RICH = event(
	amount=Money.of("500.00", "USD"),
	vehicle="CAR-1",
	deposit="DEP-1",
	department="Sales",
	actor="sam",
	facts={"kind": "Hold", "waiting": "2", "empty": "", "odd": "NaN", "code": "00A"},
)


@pytest.mark.parametrize(
	("field", "operator", "value", "holds"),
	[
		("amount", ">", "499.99", True),
		("amount", ">", "500", False),
		("amount", ">=", "500", True),
		("amount", "<", "500.01", True),
		("amount", "<", "500", False),
		("amount", "<=", "500", True),
		("amount", "<=", "499", False),
		("amount", "=", "500", True),
		("amount", "!=", "500", False),
		("amount", "in", "100, 500", True),
		("amount", "not in", "100, 500", False),
		("waiting", ">", "0", True),
		("waiting", ">", "10", False),  # as numbers, not as text
		("waiting", "<", "10", True),
		("waiting", ">", "many", False),
		("kind", "=", "Hold", True),
		("kind", "=", "hold", False),
		("kind", "!=", "Order", True),
		("kind", ">", "A", False),
		("kind", "in", "Order, Hold", True),
		("kind", "in", "Order", False),
		("kind", "not in", "Order, Part", True),
		("kind", "is set", "", True),
		("kind", "is not set", "", False),
		("empty", "is set", "", False),
		("empty", "is not set", "", True),
		("missing", "is set", "", False),
		("missing", "is not set", "", True),
		("missing", "=", "", True),
		("missing", "=", "x", False),
		("missing", "!=", "x", True),
		("missing", "<", "5", False),
		("missing", "in", "None, x", False),
		("missing", "in", "x,", False),
		("missing", "not in", "x", True),
		("odd", ">", "1", False),
		("odd", "<", "1", False),
		("odd", "=", "1", False),
		("waiting", "<", "sNaN", False),
		("waiting", "=", "NaN", False),
		("odd", "=", "NaN", True),
		("department", "=", "Sales", True),
		("vehicle", "is set", "", True),
		("deal", "is set", "", False),
		("actor", "=", "sam", True),
		("type", "=", "deposit.taken", True),
	],
)
def test_conditions(field, operator, value, holds):
	assert Condition(field, operator, value).holds(RICH) is holds


def test_an_unknown_operator_is_refused():
	with pytest.raises(Refused) as refused:
		Condition("amount", "~", "1")
	assert refused.value.code == "operator"


@given(
	st.sampled_from(["kind", "amount", "x"]),
	st.sampled_from(OPERATORS),
	st.text(max_size=6),
	st.one_of(st.none(), st.text(max_size=6)),
)
def test_no_condition_breaks_a_payment(field, operator, value, fact):
	"""Conditions are judged while a payment is submitted: whatever a manager types, they only say yes or no."""
	told = event(facts={} if fact is None else {"kind": fact})
	assert Condition(field, operator, value).holds(told) in (True, False)


def test_an_amount_of_zero_is_an_amount():
	free = event(amount=Money.zero("USD"))
	assert value_of(free, "amount") == 0
	assert Condition("amount", "<", "10").holds(free)
	assert fill("{amount}", free) == "0.00 USD"
	assert value_of(event(), "amount") is None


def test_places_are_filled_with_what_the_event_says():
	text = "{amount} ({kind}) for {vehicle} {missing}{deal}by {actor} {not a place} {0}"
	assert fill(text, RICH) == "500.00 USD (Hold) for CAR-1 by sam {not a place} {0}"
	assert fill(" {missing} ", RICH) == ""
	assert fill("{kind}", event(facts={"kind": "{actor}"})) == "{actor}"  # filled once


# --- what a promise is about ------------------------------------------------------------------------


@pytest.mark.parametrize(
	("subjects", "about", "expected"),
	[
		({"deposit": "D", "vehicle": "V"}, None, ("deposit", "D")),
		({"declined_service": "S", "repair_order": "R", "vehicle": "V"}, None, ("declined_service", "S")),
		({"appointment": "A", "repair_order": "R", "vehicle": "V"}, None, ("appointment", "A")),
		({"deal": "L", "repair_order": "R", "vehicle": "V"}, None, ("repair_order", "R")),
		({"deal": "L", "vehicle": "V"}, None, ("deal", "L")),
		({"vehicle": "V"}, None, ("vehicle", "V")),
		({}, None, ("customer", "Ann")),
		({"deposit": "D", "vehicle": "V"}, "vehicle", ("vehicle", "V")),
		({"deposit": "D", "vehicle": "V"}, "customer", ("customer", "Ann")),
		({"deposit": "D"}, "vehicle", ("deposit", "D")),  # no vehicle: rather the deposit than everything
		({}, "vehicle", ("customer", "Ann")),
		# How the money came is not what a deposit is about.
		({"pay_request": "P", "card_payment": "C", "deposit": "D", "vehicle": "V"}, None, ("deposit", "D")),
		({"pay_request": "P", "card_payment": "C"}, None, ("customer", "Ann")),
		({"pay_request": "P", "deposit": "D"}, "pay_request", ("pay_request", "P")),
		({"pay_request": "P", "deposit": "D"}, "card_payment", ("deposit", "D")),
	],
)
def test_subject(subjects, about, expected):
	assert subject_of(event(**subjects), about) == expected


@pytest.mark.parametrize(
	"kind",
	[
		"pay_request.sent", "pay_request.paid", "payment.failed", "payment.late", "refund.failed", "dispute.opened",
		"authorisation.ending", "gateway.failed", "terms.accepted",
	],
)  # fmt: skip
def test_of_a_step_of_the_paying_it_is_the_paying(kind):
	more = {"deposit": "D", "deal": "L", "vehicle": "V"}
	assert subject_of(event("e", kind, pay_request="P", card_payment="C", **more)) == ("pay_request", "P")
	assert subject_of(event("e", kind, card_payment="C", **more)) == ("card_payment", "C")
	assert subject_of(event("e", kind, **more)) == ("deposit", "D")


# --- rules --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
	("more", "code"),
	[
		({"due": Span(-1, Unit.DAYS)}, "due"),
		({"wait": Span(-1, Unit.DAYS)}, "wait"),
		({"wait": Span(-1, Unit.DAYS), "anchor": "x", "wait_clock": Clock.BUSINESS}, "wait"),
		({"about": "lender"}, "about"),
	],
)
def test_rules_that_cannot_be(more, code):
	with pytest.raises(Refused) as refused:
		rule(**more)
	assert refused.value.code == code


@pytest.mark.parametrize(
	("more", "matches"),
	[
		({}, True),
		({"event_type": "deposit.applied"}, False),
		({"company": "Summit"}, True),
		({"company": "Other"}, False),
		({"conditions": (Condition("kind", "=", "Hold"),)}, True),
		({"conditions": (Condition("kind", "=", "Hold"), Condition("amount", ">", "900"))}, False),
		({"anchor": "missing"}, False),
		({"anchor": "kind"}, False),
	],
)
def test_rules_match(more, matches):
	assert rule(**more).matches(RICH) is matches


@pytest.mark.parametrize(
	("raw", "matches"),
	[
		("2026-03-10T18:00:00", True),
		("2026-03-10 18:00:00", True),
		("2026-03-10", True),
		("", False),
		("soon", False),
		("2026-03-10T18:00:00+00:00", False),  # whose zone is it? domain time is naive
	],
)
def test_an_anchor_is_a_naive_date_or_time(raw, matches):
	counted = rule(anchor="until")
	told = event(facts={"until": raw})
	assert counted.matches(told) is matches
	if matches:
		assert promise(counted, told, ALWAYS_OPEN).opens_at.date() == date(2026, 3, 10)
	else:
		with pytest.raises(Refused) as refused:
			counted.times(told, ALWAYS_OPEN)
		assert refused.value.code == "anchor"


def hours_later(n):
	return MONDAY + timedelta(hours=n)


@pytest.mark.parametrize(
	("more", "opens", "due"),
	[
		({}, MONDAY, MONDAY + timedelta(days=1)),
		(
			{"wait": Span(5, Unit.MINUTES), "due": Span(2, Unit.HOURS)},
			MONDAY + timedelta(minutes=5),
			MONDAY + timedelta(minutes=125),
		),
		(
			{"wait": Span(1, Unit.DAYS), "wait_clock": Clock.BUSINESS, "due": Span(0, Unit.DAYS)},
			datetime(2026, 3, 3, 8),
			datetime(2026, 3, 3, 8),
		),
		(  # Monday 10:00 and nine business hours
			{"wait": Span(9, Unit.HOURS), "wait_clock": Clock.BUSINESS},
			datetime(2026, 3, 3, 9),
			datetime(2026, 3, 4, 9),
		),
		({"due": Span(0, Unit.DAYS), "due_clock": Clock.BUSINESS}, MONDAY, datetime(2026, 3, 2, 18)),
		(  # two working days from Monday, closed on Wednesday
			{"due": Span(2, Unit.DAYS), "due_clock": Clock.BUSINESS},
			MONDAY,
			datetime(2026, 3, 5, 18),
		),
		({"due": Span(30, Unit.MINUTES), "due_clock": Clock.BUSINESS}, MONDAY, hours_later(0.5)),
	],
)
def test_times(more, opens, due):
	assert rule(**more).times(event(), HOURS) == (opens, due)


A_DAY_BEFORE = {"anchor": "until", "wait": Span(-1, Unit.DAYS), "due": Span(1, Unit.DAYS)}


@pytest.mark.parametrize(
	("until", "opens", "due"),
	[
		(hours_later(72), hours_later(48), hours_later(72)),
		(hours_later(24), MONDAY, hours_later(24)),
		(hours_later(4), MONDAY, hours_later(4)),  # a short hold: due when it ends, not a day later
		(hours_later(0), MONDAY, hours_later(24)),  # ends this instant: a day from now
		(hours_later(-4), MONDAY, hours_later(24)),  # ended already: likewise
	],
)
def test_a_promise_before_a_date_opens_no_earlier_than_its_event(until, opens, due):
	told = event(facts={"until": until.isoformat()})
	assert rule(**A_DAY_BEFORE).times(told, ALWAYS_OPEN) == (opens, due)


def test_a_same_day_promise_on_a_date_that_has_passed_is_due_the_same_day():
	late = rule(anchor="until", due=Span(0, Unit.DAYS), due_clock=Clock.BUSINESS)
	told = event(facts={"until": "2026-02-27T12:00:00"})
	assert late.times(told, HOURS) == (MONDAY, datetime(2026, 3, 2, 18))


spans = st.builds(Span, st.integers(0, 40), st.sampled_from(Unit))
clocks = st.sampled_from(Clock)


@given(
	spans,
	clocks,
	spans,
	clocks,
	st.integers(-60, 60),
	st.datetimes(datetime(2026, 2, 1), datetime(2026, 4, 1)),
	st.booleans(),
)
def test_a_promise_is_never_due_before_it_opens_nor_open_before_its_event(
	wait, wait_clock, due, due_clock, back, at, anchored
):
	if anchored and wait_clock is Clock.CALENDAR:
		wait = Span(back, wait.unit)
	made = rule(
		wait=wait,
		wait_clock=wait_clock,
		due=due,
		due_clock=due_clock,
		anchor="until" if anchored else None,
	)
	told = event(at=at, facts={"until": (at + timedelta(hours=back)).isoformat()})
	opens, ends = made.times(told, HOURS)
	assert at <= opens <= ends


def test_a_promise_carries_what_led_to_it():
	made = promise(rule(title="Call about {vehicle}", talking_points="{kind}"), RICH, ALWAYS_OPEN)
	assert made.key == follow_up_key("r", "e1") == "r|e1"
	assert (made.cause, made.cause_at, made.customer, made.company) == ("e1", MONDAY, "Ann", "Summit")
	assert (made.title, made.talking_points) == ("Call about CAR-1", "Hold")
	assert (made.department, made.document_owner) == ("Sales", "sam")
	assert (made.status, made.subject) == (Status.PLANNED, ("deposit", "DEP-1"))
	assert made.subjects == {**dict.fromkeys(SUBJECTS), "deposit": "DEP-1", "vehicle": "CAR-1"}
	assert promise(rule(department="BDC"), RICH, ALWAYS_OPEN).department == "BDC"


# --- what ends a promise --------------------------------------------------------------------------

ENDED_BY = rule(stops=frozenset({"deposit.applied", "deposit.taken"}))
MADE = promise(ENDED_BY, event("m", deposit="DEP-1", vehicle="CAR-1"), ALWAYS_OPEN)


@pytest.mark.parametrize(
	("told", "ends"),
	[
		(event("x", "deposit.applied", deposit="DEP-1", at=hours_later(1)), True),
		(event("x", "deposit.applied", deposit="DEP-1", customer="Bob", at=hours_later(1)), True),
		(event("x", "deposit.applied", deposit="DEP-1", at=hours_later(0)), True),
		(event("a", "deposit.applied", deposit="DEP-1", at=hours_later(0)), True),
		(event("x", "deposit.applied", deposit="DEP-1", at=hours_later(-1)), False),
		(event("x", "deposit.applied", deposit="DEP-2", vehicle="CAR-1", at=hours_later(1)), False),
		(event("x", "deposit.refunded", deposit="DEP-1", at=hours_later(1)), False),
		(event("x", "deposit.applied", deposit="DEP-1", at=hours_later(1), occasion="m"), False),
		(event("m", "deposit.taken", deposit="DEP-1"), False),
		(event("x", "deposit.taken", deposit="DEP-1", at=hours_later(1)), True),
		# Of two of one kind at one instant the later key stands; they must not end each other.
		(event("x", "deposit.taken", deposit="DEP-1"), True),
		(event("a", "deposit.taken", deposit="DEP-1"), False),
	],
)
def test_stops(told, ends):
	assert stops(ENDED_BY, MADE, told) is ends


def test_a_promise_about_a_customer_is_ended_by_what_the_customer_does():
	made = promise(ENDED_BY, event("m"), ALWAYS_OPEN)
	assert stops(ENDED_BY, made, event("x", "deposit.applied", deposit="DEP-9", at=hours_later(1)))
	assert not stops(ENDED_BY, made, event("x", "deposit.applied", customer="Bob", at=hours_later(1)))


def test_a_stopped_promise_says_by_what():
	by = event("x", "deposit.applied", at=hours_later(3))
	ended = stopped(MADE, by, "why")
	assert (ended.status, ended.stopped_by, ended.ended_at, ended.reason) == (
		Status.STOPPED,
		"x",
		hours_later(3),
		"why",
	)


# --- restraint ------------------------------------------------------------------------------------


def test_consent():
	asking = rule(needs_consent=True)
	assert "consented" in restrain(asking, MONDAY, Standing(consents=False))
	assert restrain(asking, MONDAY, Standing(consents=True)) is None
	assert restrain(rule(), MONDAY, Standing(consents=False)) is None


def test_an_opt_out():
	asking = rule(unless_opted_out=True)
	assert "does not want" in restrain(asking, MONDAY, Standing(opted_out=True))
	assert restrain(asking, MONDAY, Standing(consents=False)) is None
	assert restrain(rule(), MONDAY, Standing(opted_out=True)) is None


@pytest.mark.parametrize(
	("minutes_ago", "silent"), [(0, True), (119, True), (120, False), (121, False), (None, False)]
)
def test_quiet_time_after_a_contact(minutes_ago, silent):
	contact = None if minutes_ago is None else MONDAY - timedelta(minutes=minutes_ago)
	standing = Standing(last_contact=contact)
	assert (restrain(rule(quiet_hours_after_contact=2), MONDAY, standing) is not None) == silent
	assert restrain(rule(), MONDAY, standing) is None


@pytest.mark.parametrize(
	("days_ago", "cap", "capped"),
	[
		([], 1, False),
		([1], 1, True),
		([0], 1, True),
		([29.99], 1, True),
		([30], 1, False),
		([-1], 1, False),
		([1, 2], 3, False),
		([1, 2, 3], 3, True),
		([1, 2, 40], 3, False),
		([1, 2, 3, 4], 0, False),
	],
)
def test_cap(days_ago, cap, capped):
	opened = [MONDAY - timedelta(days=days) for days in days_ago]
	standing = Standing(opened_of_rule=opened)
	assert (restrain(rule(cap=cap), MONDAY, standing) is not None) == capped

"""Rules and hours as JSON: there and back, and plain words for what is wrong."""

import json
from datetime import date, time
from pathlib import Path

import pytest

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.follow_up import Channel, Clock, Condition, Owner, Rule, Span, Unit
from dealer_pos_crm.rehearsal.rules import (
	DEFAULT_HOURS,
	RuleBook,
	RuleError,
	dump_rules,
	hours_from_dict,
	hours_to_dict,
	load_rules,
	rule_from_dict,
	rule_to_dict,
	rulebook_from_dict,
)

EVERYTHING = Rule(
	name="All",
	event_type="job.declined",
	title="Call about {what}",
	talking_points="…",
	enabled=False,
	conditions=(Condition("amount", ">", "100"), Condition("actor", "is set")),
	company="Summit Motors",
	department="Service",
	about="repair_order",
	anchor="promised_at",
	wait=Span(-90, Unit.MINUTES),
	wait_clock=Clock.CALENDAR,
	due=Span(1, Unit.HOURS),
	due_clock=Clock.BUSINESS,
	owner=Owner.ROUND_ROBIN,
	owner_role="Dealer BDC",
	owner_user="ann@x.example",
	priority="Low",
	channel=Channel.MESSAGE,
	stops=frozenset({"job.approved", "appointment.booked"}),
	cap=2,
	cap_days=90,
	quiet_hours_after_contact=24,
	needs_consent=True,
	unless_opted_out=True,
)
LEAST = {"name": "r", "event_type": "deposit.taken", "title": "t"}


@pytest.mark.parametrize("rule", [*DEFAULT_RULES, EVERYTHING], ids=lambda rule: rule.name)
def test_there_and_back(rule):
	assert rule_from_dict(json.loads(json.dumps(rule_to_dict(rule)))) == rule


@pytest.mark.parametrize("hours", [DEFAULT_HOURS, ALWAYS_OPEN, BusinessHours({0: (time(9), time(17, 30))})])
def test_hours_there_and_back(hours):
	assert hours_from_dict(hours_to_dict(hours)) == hours


def test_closed_days_there_and_back():
	hours = BusinessHours({0: (time(9), time(17))}, frozenset({date(2025, 12, 25)}))
	assert hours_from_dict(hours_to_dict(hours)) == hours


def test_the_whole_book(tmp_path):
	book = RuleBook((EVERYTHING,), DEFAULT_HOURS)
	path = tmp_path / "rules.json"
	path.write_text(dump_rules(book), encoding="utf-8-sig")
	assert load_rules(path) == book


def test_what_is_left_out_has_its_default():
	assert rule_from_dict(LEAST) == Rule("r", "deposit.taken", "t")
	assert rulebook_from_dict([LEAST]) == RuleBook((Rule("r", "deposit.taken", "t"),), DEFAULT_HOURS)


@pytest.mark.parametrize(
	("changes", "says"),
	[
		({"name": ""}, "missing name"),
		({"title": None}, "missing title"),
		({"ownr": "User"}, "“r”: unknown field “ownr”; did you mean owner"),
		({"event_type": "deposit.taked"}, "did you mean deposit.taken"),
		({"stops": ["deposit.taked"]}, "did you mean deposit.taken"),
		({"stops": "deposit.taken"}, "must be a list"),
		({"owner": "Salesman"}, "Sales Owner, Service Owner"),
		({"owner": "User"}, "owner_user"),
		({"owner": "Round Robin in Role"}, "owner_role"),
		({"wait": "2"}, "such as “2 days”"),
		({"wait": 2}, "such as “2 days”"),
		({"wait": "9999 days"}, "ten years"),
		({"wait": "-1 day"}, "date to count back from"),
		({"due": "-1 day", "anchor": "x"}, "cannot be negative"),
		(
			{"about": "person"},
			"deposit, declined_service, appointment, repair_order, deal, lead, vehicle, customer",
		),
		({"priority": "Urgent"}, "Low, Medium, High"),
		({"enabled": "yes"}, "true or false"),
		({"cap": -1}, "whole number"),
		({"cap": True}, "whole number"),
		({"cap": 1.5}, "whole number"),
		({"title": 5}, "must be text"),
		({"conditions": [{"field": "amount", "operator": "~"}]}, "operator"),
		({"conditions": [{"operator": "="}]}, "needs a field"),
		({"conditions": [{"field": "a", "operator": "=", "value": None}]}, "compare"),
		({"conditions": [{"field": "a", "operatr": "="}]}, "unknown field “operatr”; did you mean operator"),
		({"conditions": ["amount > 5"]}, "objects of field"),
	],
)
def test_what_is_wrong_is_said(changes, says):
	with pytest.raises(RuleError, match=says):
		rule_from_dict({**LEAST, **changes}, "rule 1")


@pytest.mark.parametrize(
	("data", "says"),
	[
		({}, "list"),
		("x", "list"),
		({"rules": {}}, "must be a list"),
		({"rules": ["x"]}, "rule 1 must be an object"),
		({"rules": [], "hour": {}}, "did you mean hours"),
		([LEAST, {**LEAST}], "two rules are named “r”"),
		({"rules": [], "hours": {"Mon": ["8:00", "9:00"]}}, "unknown field “Mon”"),
		({"rules": [], "hours": {"Monday": ["8", "late"]}}, "hours are such as"),
		({"rules": [], "hours": {"Monday": ["08:00"]}}, "hours are such as"),
		({"rules": [], "hours": {"Monday": ["09:00", "08:00"]}}, "before they begin"),
		({"rules": [], "hours": {"closed": []}}, "at least one day"),
		({"rules": [], "hours": {"Monday": ["08:00", "09:00"], "closed": ["Xmas"]}}, "hours are such as"),
	],
)
def test_a_book_that_is_wrong(data, says):
	with pytest.raises(RuleError, match=says):
		rulebook_from_dict(data)


@pytest.mark.parametrize(
	("content", "says"), [(b"{", "not JSON"), (b"\xff", "UTF-8"), (b"[" * 99_999, "not JSON")]
)
def test_a_file_that_is_no_rules(tmp_path, content, says):
	path: Path = tmp_path / "rules.json"
	path.write_bytes(content)
	with pytest.raises(RuleError, match=says):
		load_rules(path)

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import absence, routing
from dealer_pos_crm.domain.absence import Absence, Calendar
from dealer_pos_crm.domain.clock import BusinessHours
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.routing import Assign, Member, Person, Rule, Why, Wish, choose, share

NOW = datetime(2026, 3, 2, 10)
EARLIER = NOW - timedelta(hours=1)


def people(*names, **special):
	return {
		**{name: Person(name) for name in names},
		**{name: replace(Person(name), **v) for name, v in special.items()},
	}


def rounds(*members, **values):
	return Rule(
		"r", "Round", members=tuple(m if isinstance(m, Member) else Member(m) for m in members), **values
	)


def verdicts(choice):
	return {one.user: one.why for _rule, judged in choice.judged for one in judged}


def test_whoever_waited_longest_gets_it():
	rule = rounds(Member("ann", last_given_at=NOW), Member("bob", last_given_at=EARLIER), Member("cem"))
	assert choose([rule], Wish(), people("ann", "bob", "cem")).user == "cem"
	rule = rounds(Member("ann", last_given_at=NOW), Member("bob", last_given_at=EARLIER))
	choice = choose([rule], Wish(), people("ann", "bob"))
	assert (choice.user, choice.turn) == ("bob", True)
	assert verdicts(choice) == {"bob": Why.TURN, "ann": Why.LATER}


def test_of_equals_whoever_has_least():
	assert (
		choose([rounds("ann", "bob")], Wish(), people(ann={"open_leads": 4}, bob={"open_leads": 1})).user
		== "bob"
	)


@pytest.mark.parametrize(
	("special", "why"),
	[
		({"works_here": False}, Why.NOT_HERE),
		({"away": True}, Why.AWAY),
		({"at_work": False}, Why.OFF),
		({"open_leads": 3}, Why.FULL),
	],
)
def test_who_cannot_have_it_and_why(special, why):
	rule = rounds(Member("ann", max_open=3), "bob")
	choice = choose([rule], Wish(), people("bob", ann=special))
	assert choice.user == "bob"
	assert verdicts(choice)["ann"] is why


def test_somebody_out_of_the_round_and_a_user_nobody_knows():
	choice = choose([rounds(Member("ann", enabled=False), "ghost", "bob")], Wish(), people("ann", "bob"))
	assert verdicts(choice) == {"ann": Why.OUT_OF_ROUND, "ghost": Why.NOT_HERE, "bob": Why.TURN}


def test_whoever_may_get_leads_at_any_hour():
	rule = rounds("ann", only_at_work=False)
	assert choose([rule], Wish(), people(ann={"at_work": False})).user == "ann"


def test_at_night_whoever_works_then_else_whoever_is_there_in_the_morning():
	owl, lark, late = {"at_work": True}, {"at_work": False, "at_opening": True}, {"at_work": False}
	assert choose([rounds("owl", "lark")], Wish(), people(owl=owl, lark=lark)).user == "owl"
	choice = choose([rounds("late", "lark")], Wish(), people(late=late, lark=lark))
	assert choice.user == "lark"
	assert verdicts(choice)["late"] is Why.OFF


def test_rules_in_order_and_only_those_that_fit():
	used = Rule("u", "Used", priority=20, condition="Used", assign=Assign.ONE_PERSON, user="ulf")
	make = Rule("m", "Make", priority=10, make="Subaru ", assign=Assign.ONE_PERSON, user="sue")
	off = Rule("o", "Off", priority=1, enabled=False, assign=Assign.ONE_PERSON, user="ann")
	there = people("ulf", "sue", "ann")
	assert choose([used, make, off], Wish(make="SUBARU", condition="Used"), there).user == "sue"
	assert choose([used, make, off], Wish(make="Ford", condition="Used"), there).user == "ulf"
	assert choose([used, make, off], Wish(make="Ford", condition="New"), there).user is None


def test_a_rule_with_nobody_hands_on_to_the_next():
	first = Rule("a", "A", priority=1, assign=Assign.ONE_PERSON, user="ann")
	choice = choose([first, rounds("bob")], Wish(), people("bob", ann={"away": True}))
	assert (choice.user, choice.rule) == ("bob", "r")


def test_the_sales_owner_when_there_is_one():
	rule = Rule("s", "Owner", assign=Assign.SALES_OWNER)
	assert choose([rule], Wish(), people("ann"), sales_owner="ann").user == "ann"
	assert choose([rule], Wish(), people("ann", "max"), manager="max").user == "max"


def test_the_cover_of_one_person_and_the_covers_cover():
	rule = Rule("p", "One", assign=Assign.ONE_PERSON, user="ann")
	there = people("cem", ann={"away": True, "cover": "bob"}, bob={"away": True, "cover": "cem"})
	choice = choose([rule], Wish(), there)
	assert choice.user == "cem"
	assert choice.reason.values == ("ann",)


def test_covers_in_a_circle_are_no_cover():
	there = people(ann={"away": True, "cover": "bob"}, bob={"away": True, "cover": "ann"})
	assert routing.stands_in(there["ann"], there) is None
	assert choose([Rule("p", "One", assign=Assign.ONE_PERSON, user="ann")], Wish(), there).user is None


@pytest.mark.parametrize(
	("fallback", "manager", "special", "gets"),
	[
		("fay", "max", {}, "fay"),
		("", "max", {}, "max"),
		("fay", "max", {"fay": {"away": True}}, "max"),
		("fay", "", {"fay": {"at_work": False}}, "fay"),
		("fay", "max", {"fay": {"works_here": False}}, "max"),
		("fay", "max", {"fay": {"away": True}, "max": {"away": True}}, "fay"),
		("", "", {}, None),
	],
)
def test_the_last_resort(fallback, manager, special, gets):
	there = {**people("fay", "max"), **people(**special)}
	assert choose([], Wish(), there, fallback=fallback, manager=manager).user == gets


@given(st.lists(st.integers(0, 4), min_size=1, max_size=40))
def test_a_round_is_fair(absent):
	"""Whoever is there all the time never falls behind another by more than one lead."""
	given_at = dict.fromkeys("abcde")
	got = dict.fromkeys("abcde", 0)
	always = {name for number, name in enumerate("abcde") if number not in absent}
	for turn, away in enumerate(absent):
		there = people(**{name: {"away": "abcde"[away] == name} for name in "abcde"})
		rule = rounds(*(Member(name, last_given_at=given_at[name]) for name in "abcde"))
		user = choose([rule], Wish(), there).user
		assert user != "abcde"[away]
		given_at[user], got[user] = NOW + timedelta(minutes=turn), got[user] + 1
	counts = [got[name] for name in always]
	assert not counts or max(counts) - min(counts) <= 1


@pytest.mark.parametrize(
	"rule",
	[
		Rule("x", "X", assign=Assign.ONE_PERSON),
		Rule("x", "X"),
		rounds("ann", "ann"),
		rounds(Member("ann", enabled=False)),
		rounds(Member("ann", max_open=-1)),
	],
)
def test_rules_that_could_give_to_nobody(rule):
	with pytest.raises(Refused):
		routing.check(rule)


def test_a_switched_off_rule_may_be_empty_of_people():
	routing.check(replace(rounds(Member("ann", enabled=False)), enabled=False))


@given(
	st.lists(st.text("xyz", min_size=1), unique=True),
	st.lists(st.sampled_from("abc"), min_size=1, unique=True),
)
def test_sharing_is_even(names, to):
	given_to = share(names, to)
	assert set(given_to) == set(names)
	counts = [list(given_to.values()).count(user) for user in to]
	assert max(counts) - min(counts) <= 1


def test_sharing_keeps_together_what_belongs_together():
	assert share(["1", "2", "3"], ["a", "b"], {"1": "b", "2": "b", "3": "gone"}) == {
		"1": "b",
		"2": "b",
		"3": "a",
	}
	with pytest.raises(Refused):
		share(["1"], [])


# Who is at work

HOUSE = BusinessHours(dict.fromkeys(range(5), (time(9), time(18))), frozenset({date(2026, 3, 4)}))


@pytest.mark.parametrize(
	("calendar", "moment", "there"),
	[
		(Calendar(), datetime(2026, 3, 2, 10), True),
		(Calendar(), datetime(2026, 3, 2, 19), False),
		(Calendar(week={0: (time(14), time(22))}), datetime(2026, 3, 2, 19), True),
		(Calendar(week={0: (time(14), time(22))}), datetime(2026, 3, 2, 10), False),
		(Calendar(week={2: (time(9), time(22))}), datetime(2026, 3, 4, 10), False),  # the house is closed
		(Calendar(absences=(Absence(date(2026, 3, 1), date(2026, 3, 2)),)), datetime(2026, 3, 2, 10), False),
		(Calendar(absences=(Absence(date(2026, 3, 1), date(2026, 3, 2)),)), datetime(2026, 3, 3, 10), True),
	],
)
def test_who_is_at_work(calendar, moment, there):
	assert calendar.at_work(moment, HOUSE) is there


def test_absences_that_cannot_be():
	with pytest.raises(Refused):
		Absence(date(2026, 3, 2), date(2026, 3, 1))
	with pytest.raises(Refused):
		absence.check(
			[Absence(date(2026, 3, 2), date(2026, 3, 5)), Absence(date(2026, 3, 1), date(2026, 3, 2))]
		)
	absence.check([Absence(date(2026, 3, 3), date(2026, 3, 5)), Absence(date(2026, 3, 1), date(2026, 3, 2))])

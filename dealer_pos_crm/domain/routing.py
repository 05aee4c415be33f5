"""Who gets a lead: the first rule that fits and has somebody, then the house's fallback, then the manager.

Everything is handed in and nothing is remembered here, so that a manager can be shown who would get the
next lead, and why, by the very code that gives it.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from .refusal import Refused, _


class Assign(str, enum.Enum):
	ROUND_ROBIN = "Round Robin"
	ONE_PERSON = "One Person"
	SALES_OWNER = "The Customer's Sales Owner"


@dataclass(frozen=True)
class Wish:
	"""What a lead says that rules ask about."""

	lead_type: str = ""
	source: str = ""
	make: str = ""
	condition: str = ""  # New or Used


@dataclass(frozen=True)
class Member:
	user: str
	max_open: int = 0  # 0: no limit
	enabled: bool = True
	last_given_at: datetime | None = None


@dataclass(frozen=True)
class Rule:
	name: str
	title: str
	priority: int = 10
	enabled: bool = True
	lead_type: str = ""
	source: str = ""
	make: str = ""
	condition: str = ""
	assign: Assign = Assign.ROUND_ROBIN
	user: str = ""
	only_at_work: bool = True
	members: tuple[Member, ...] = ()

	def fits(self, wish: Wish) -> bool:
		"""Whether every demand of the rule is met; an empty one asks for nothing."""
		return self.enabled and all(
			not wanted or _plain(wanted) == _plain(said)
			for wanted, said in (
				(self.lead_type, wish.lead_type),
				(self.source, wish.source),
				(self.make, wish.make),
				(self.condition, wish.condition),
			)
		)


def _plain(text: str) -> str:
	return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Person:
	"""Somebody who might get it, as they stand at this moment."""

	user: str
	works_here: bool = True
	away: bool = False
	at_work: bool = True
	at_opening: bool = False  # while the house is closed: whether they are at work when it opens next
	cover: str = ""  # who stands in while away
	open_leads: int = 0


class Why(str, enum.Enum):
	"""Why somebody got it, or did not. The value is untranslated text."""

	TURN = _("It is their turn: they were given a lead the longest time ago")
	ONLY_ONE = _("The rule names them")
	SALES_OWNER = _("They look after this customer already")
	COVER = _("They stand in for {0}, who is away")
	FALLBACK = _("No rule has anybody for it; the settings name them")
	MANAGER = _("No rule has anybody for it; they lead the department")
	NOT_HERE = _("Disabled, or no user")
	AWAY = _("Away today")
	OFF = _("Not at work at that time")
	FULL = _("Has {0} open leads, the most the rule allows")
	OUT_OF_ROUND = _("Not in the round at the moment")
	LATER = _("Comes later in the round")
	NO_OWNER = _("The customer has no sales owner, or nobody knows the customer yet")
	NOBODY = _("Nobody is named")


@dataclass(frozen=True)
class Judged:
	"""One candidate and the verdict; ``values`` fill the text."""

	user: str
	why: Why
	values: tuple[str, ...] = ()
	chosen: bool = False


@dataclass(frozen=True)
class Choice:
	"""Who gets it: ``user`` is None when nobody can. ``rule`` is empty for the fallback."""

	user: str | None
	rule: str = ""
	turn: bool = False  # it was their turn in a round, which now moves on
	judged: tuple[tuple[str, tuple[Judged, ...]], ...] = field(default_factory=tuple)

	@property
	def reason(self) -> Judged | None:
		"""The verdict on the one who gets it."""
		return next((one for _rule, found in self.judged for one in found if one.chosen), None)


def in_order(rules: Sequence[Rule]) -> list[Rule]:
	return sorted(rules, key=lambda rule: (rule.priority, rule.title, rule.name))


def choose(
	rules: Sequence[Rule],
	wish: Wish,
	people: Mapping[str, Person],
	*,
	sales_owner: str = "",
	fallback: str = "",
	manager: str = "",
) -> Choice:
	"""Who gets a lead. ``people`` knows everybody named anywhere; who is missing there is no user."""
	told: list[tuple[str, tuple[Judged, ...]]] = []
	for rule in in_order(rules):
		if not rule.fits(wish):
			continue
		judged = tuple(_judge(rule, people, sales_owner))
		told.append((rule.name, judged))
		for one in judged:
			if one.chosen:
				return Choice(one.user, rule.name, rule.assign is Assign.ROUND_ROBIN, tuple(told))
	last = tuple(_last_resort(people, fallback, manager))
	told.append(("", last))
	return Choice(next((one.user for one in last if one.chosen), None), judged=tuple(told))


def _judge(rule: Rule, people: Mapping[str, Person], sales_owner: str) -> Iterator[Judged]:
	if rule.assign is Assign.ROUND_ROBIN:
		yield from _round(rule, people)
	elif rule.assign is Assign.ONE_PERSON:
		yield from _one(rule.user, Why.ONLY_ONE, people, rule.only_at_work)
	elif sales_owner:
		yield from _one(sales_owner, Why.SALES_OWNER, people, rule.only_at_work)
	else:
		yield Judged("", Why.NO_OWNER)


def _round(rule: Rule, people: Mapping[str, Person]) -> Iterator[Judged]:
	"""Everybody in the round in order of their turn: who waited longest first, of equals who has least."""
	if not rule.members:
		yield Judged("", Why.NOBODY)
	found = False
	ordered = sorted(rule.members, key=lambda member: _turn(member, people))
	# At night: whoever works now; when nobody does, those who are there when the house opens.
	now = any(
		_against(member, people.get(member.user), rule.only_at_work, True) is None for member in ordered
	)
	for member in ordered:
		against = _against(member, people.get(member.user), rule.only_at_work, now)
		if against is not None:
			yield against
		else:
			yield Judged(member.user, Why.LATER if found else Why.TURN, chosen=not found)
			found = True


def _turn(member: Member, people: Mapping[str, Person]) -> tuple[datetime, int, str]:
	person = people.get(member.user)
	return member.last_given_at or datetime.min, person.open_leads if person else 0, member.user


def _against(member: Member, person: Person | None, only_at_work: bool, now: bool) -> Judged | None:
	if not member.enabled:
		return Judged(member.user, Why.OUT_OF_ROUND)
	if person is None or not person.works_here:
		return Judged(member.user, Why.NOT_HERE)
	if person.away:
		return Judged(member.user, Why.AWAY)
	if only_at_work and not (person.at_work if now else person.at_opening):
		return Judged(member.user, Why.OFF)
	if member.max_open and person.open_leads >= member.max_open:
		return Judged(member.user, Why.FULL, (str(person.open_leads),))
	return None


def _one(user: str, why: Why, people: Mapping[str, Person], only_at_work: bool) -> Iterator[Judged]:
	"""One person, or while they are away whoever stands in for them."""
	if not user:
		yield Judged("", Why.NOBODY)
		return
	person = people.get(user)
	if person is None or not person.works_here:
		yield Judged(user, Why.NOT_HERE)
	elif person.away:
		yield Judged(user, Why.AWAY)
		cover = stands_in(person, people)
		if cover:
			yield Judged(cover, Why.COVER, (user,), chosen=True)
	elif only_at_work and not (person.at_work or person.at_opening):
		yield Judged(user, Why.OFF)
	else:
		yield Judged(user, why, chosen=True)


def stands_in(person: Person, people: Mapping[str, Person]) -> str | None:
	"""Who covers somebody who is away: their cover, or that one's, until one is here; None when nobody is."""
	seen = {person.user}
	user = person.cover
	while user and user not in seen:
		seen.add(user)
		found = people.get(user)
		if found is None or not found.works_here:
			return None
		if not found.away:
			return user
		user = found.cover
	return None


def _last_resort(people: Mapping[str, Person], fallback: str, manager: str) -> Iterator[Judged]:
	"""Somebody must have it, at work or not; who is away is covered where that is possible."""
	found = False
	for user, why in ((fallback, Why.FALLBACK), (manager, Why.MANAGER)):
		if not user or found:
			continue
		for one in _one(user, why, people, only_at_work=False):
			found = found or one.chosen
			yield one
	if not found:
		for user, why in ((fallback, Why.FALLBACK), (manager, Why.MANAGER)):
			person = people.get(user)
			if person is not None and person.works_here:  # away without a cover: still better than nobody
				yield Judged(user, why, chosen=True)
				return
		yield Judged("", Why.NOBODY)


def check(rule: Rule) -> None:
	"""Raise ``Refused`` for a rule that could never give a lead to anybody, or says a thing twice."""
	if rule.assign is Assign.ONE_PERSON and not rule.user:
		raise Refused("routing_rule", _("{0}: choose the person who gets the leads"), rule.title)
	if rule.assign is not Assign.ROUND_ROBIN:
		return
	if not rule.members:
		raise Refused("routing_rule", _("{0}: a round needs at least one member"), rule.title)
	users = [member.user for member in rule.members]
	twice = next((user for user in users if users.count(user) > 1), None)
	if twice:
		raise Refused("routing_rule", _("{0}: {1} is in the round twice"), rule.title, twice)
	if rule.enabled and not any(member.enabled for member in rule.members):
		raise Refused(
			"routing_rule",
			_("{0}: nobody is in the round. Put at least one member in, or switch the rule off"),
			rule.title,
		)
	if any(member.max_open < 0 for member in rule.members):
		raise Refused("routing_rule", _("{0}: the most open leads cannot be negative"), rule.title)


def share(names: Sequence[str], to: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, str]:
	"""Spread documents over people: each to whoever has got least so far, of equals in the order given.

	``known``: who should have one of them because they have what belongs to it; others are ignored.
	Raises ``Refused`` when there is nobody.
	"""
	if not to:
		raise Refused("hand_over", _("Say who takes it over"))
	load = dict.fromkeys(to, 0)
	given: dict[str, str] = {}
	for name in names:
		user = (known or {}).get(name, "")
		if user not in load:
			user = min(to, key=lambda one: (load[one], to.index(one)))
		given[name] = user
		load[user] += 1
	return given

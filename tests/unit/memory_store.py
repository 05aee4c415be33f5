"""The spine's store in memory: the protocol taken at its word.

A *frugal* store returns no more than it must, a *generous* one everything that might matter: a store of
either kind, or in between, must lead to the same.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from dealer_pos_crm.domain.clock import ALWAYS_OPEN, BusinessHours
from dealer_pos_crm.domain.event import EVENT_TYPES, SUBJECTS, Event
from dealer_pos_crm.domain.follow_up import CONSENT, CONTACTS, FollowUp, Rule, Standing, Status


class MemoryStore:
	"""``rules`` keeps disabled rules too; ``contacts`` (beside the events) and ``refusing`` feed the rules
	of restraint."""

	def __init__(
		self, rules: Sequence[Rule], hours: BusinessHours = ALWAYS_OPEN, *, generous: bool = False
	) -> None:
		self.generous = generous
		self.rules: dict[str, Rule] = {rule.name: rule for rule in rules}
		self.business_hours = hours
		self.events: dict[str, Event] = {}
		self.reversed: set[str] = set()
		self.follow_ups: dict[str, FollowUp] = {}
		self.contacts: dict[str, datetime] = {}
		self.refusing: set[str] = set()
		self.taken_by_others: set[str] = set()
		self.calls: dict[str, int] = defaultdict(int)

	def add_event(self, event: Event) -> bool:
		if event.key in self.events:
			return False
		self.events[event.key] = event
		if event.reverses:
			self.reversed.add(event.reverses)
		return True

	def event(self, key: str) -> Event | None:
		return self.events.get(key)

	def rules_for(self, event_type: str) -> Sequence[Rule]:
		return [rule for rule in self.rules.values() if rule.enabled and rule.event_type == event_type]

	def rule(self, name: str) -> Rule | None:
		return self.rules.get(name)

	def hours(self, company: str) -> BusinessHours:
		return self.business_hours

	def stop_types(self) -> frozenset[str]:
		if self.generous:
			return EVENT_TYPES
		return frozenset().union(*(rule.stops for rule in self.rules.values()))

	def of_occasion(self, occasion: str) -> Sequence[tuple[Event, bool]]:
		return [
			(event, event.key in self.reversed)
			for event in self.events.values()
			if event.occasion == occasion
		]

	def stop_candidates(self, follow_up: FollowUp, types: frozenset[str]) -> Sequence[Event]:
		if self.generous:
			return [event for event in self.events.values() if event.key not in self.reversed]
		subject, name = follow_up.subject
		return [
			event
			for event in self.events.values()
			if event.type in types
			and getattr(event, subject) == name
			and event.happened_at >= follow_up.cause_at
			and event.key not in self.reversed
		]

	def touched_by(self, event: Event) -> Sequence[FollowUp]:
		if self.generous:
			return list(self.follow_ups.values())
		mine = {(name, getattr(event, name)) for name in SUBJECTS if getattr(event, name)}
		return [
			follow_up
			for follow_up in self.follow_ups.values()
			if ((event.customer and follow_up.customer == event.customer) or follow_up.subject in mine)
			and (
				follow_up.status in (Status.PLANNED, Status.OPEN)
				or (
					follow_up.status is Status.STOPPED
					and follow_up.stopped_by is not None
					and follow_up.ended_at is not None
					and (follow_up.ended_at, follow_up.stopped_by) > (event.happened_at, event.key)
				)
			)
		]

	def reopened_by(self, reversed_event: Event) -> Sequence[FollowUp]:
		if self.generous:
			return list(self.follow_ups.values())
		return [
			follow_up
			for follow_up in self.follow_ups.values()
			if follow_up.occasion == reversed_event.occasion or follow_up.stopped_by == reversed_event.key
		]

	def is_reversed(self, key: str) -> bool:
		return key in self.reversed

	def follow_up(self, key: str) -> FollowUp | None:
		self.calls["follow_up"] += 1
		return self.follow_ups.get(key)

	def save_follow_up(self, follow_up: FollowUp) -> None:
		self.follow_ups[follow_up.key] = follow_up

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		due = [
			follow_up
			for follow_up in self.follow_ups.values()
			if follow_up.status is Status.PLANNED and follow_up.opens_at <= now
		]
		return sorted(due, key=lambda follow_up: (follow_up.opens_at, follow_up.key))[:limit]

	def standing(self, follow_up: FollowUp, now: datetime) -> Standing:
		if follow_up.person is None:
			return Standing()
		kind, name = follow_up.person
		return Standing(
			opened_of_rule=[
				other.opened_at
				for other in self.follow_ups.values()
				if other.rule == follow_up.rule
				and (other.customer if kind == "customer" else other.subjects.get(kind)) == name
				and other.opened_at is not None
			],
			last_contact=self._last_contact(kind, name, now),
			consents=name not in self.refusing,
			opted_out=self._last_word(kind, name, now) == "consent.revoked",
		)

	def _last_word(self, kind: str, name: str, now: datetime) -> str | None:
		said = [
			(event.happened_at, number, event.type)
			for number, event in enumerate(self.events.values())
			if getattr(event, kind) == name and event.type in CONSENT and event.happened_at <= now
		]
		return max(said)[2] if said else None

	def _last_contact(self, kind: str, name: str, now: datetime) -> datetime | None:
		told = [
			event.happened_at
			for event in self.events.values()
			if getattr(event, kind) == name and event.type in CONTACTS and event.happened_at <= now
		]
		return self.contacts.get(name) or max(told, default=None)

	def open(self, follow_up: FollowUp) -> bool:
		if follow_up.key in self.taken_by_others:
			return False
		if self.follow_ups[follow_up.key].status is not Status.PLANNED:
			return False
		self.follow_ups[follow_up.key] = follow_up
		return True

	def state(self) -> tuple[Mapping[str, Event], Mapping[str, FollowUp]]:
		"""Everything the spine left, for comparison."""
		return dict(self.events), dict(self.follow_ups)

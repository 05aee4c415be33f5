"""The spine: every event once, and the promises that follow from it.

``record`` is the one walk that production, the rehearsal and the rebuild share. For any order and any
repetition of the same events it leaves the same events, the same promises and the same stops.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from .clock import BusinessHours
from .event import EVENT_TYPES, Event
from .follow_up import (
	FollowUp,
	Rule,
	Standing,
	Status,
	follow_up_key,
	promise,
	restrain,
	same_matter,
	stopped,
	stops,
	subject_of,
)
from .refusal import Refused, _

REVERSED = _("What led to it was reversed")
FULFILLED = _("Something happened that answers it")

# What a person or a rule of restraint has ended; no event changes it again.
ENDED = frozenset({Status.DONE, Status.SUPPRESSED})


class Store(Protocol):
	"""Where events and promises are kept. All methods work inside the caller's transaction."""

	def add_event(self, event: Event) -> bool:
		"""Keep the event; False when its key is already there."""

	def event(self, key: str) -> Event | None: ...

	def rules_for(self, event_type: str) -> Sequence[Rule]:
		"""The enabled rules that this type of event sets off."""

	def rule(self, name: str) -> Rule | None:
		"""The rule of that name, enabled or not."""

	def hours(self, company: str) -> BusinessHours: ...

	def stop_types(self) -> frozenset[str]:
		"""Event types that some rule names as a stop."""

	def of_occasion(self, occasion: str) -> Sequence[tuple[Event, bool]]:
		"""The events of an occasion, each with whether it has been reversed."""

	def stop_candidates(self, follow_up: FollowUp, types: frozenset[str]) -> Sequence[Event]:
		"""Events of these types, about the promise's subject, at or after its cause, not reversed."""

	def touched_by(self, event: Event) -> Sequence[FollowUp]:
		"""Promises the event might stop: planned, open, or stopped by something later, of its customer
		or about one of its subjects."""

	def reopened_by(self, reversed_event: Event) -> Sequence[FollowUp]:
		"""Promises whose occasion is the reversed event's, or that it stopped."""

	def is_reversed(self, key: str) -> bool: ...

	def follow_up(self, key: str) -> FollowUp | None: ...

	def save_follow_up(self, follow_up: FollowUp) -> None:
		"""Insert the promise, or replace the one with the same key."""

	def due_to_open(self, now: datetime, limit: int) -> Sequence[FollowUp]:
		"""Planned promises whose time has come, earliest first (of equals by key, as a cap lets the first
		through), none that another worker has in hand."""

	def standing(self, follow_up: FollowUp, now: datetime) -> Standing: ...

	def open(self, follow_up: FollowUp) -> bool:
		"""Turn a planned promise into an open one with an owner; False when another did so first."""


@dataclass(frozen=True)
class Outcome:
	"""What one event changed."""

	written: bool
	promised: tuple[FollowUp, ...] = ()
	stopped: tuple[FollowUp, ...] = ()


NOTHING = Outcome(written=False)


def record(event: Event, store: Store) -> Outcome:
	"""Write an event once, with the promises it opens and those it ends.

	Raises ``Refused`` for an event type that the product does not know.
	"""
	if event.type not in EVENT_TYPES:
		raise Refused("event_type", _("{0} is not an event type"), event.type)
	if not store.add_event(event):
		return NOTHING
	return _follow(event, store)


def retell(event: Event, store: Store) -> Outcome:
	"""Judge anew what follows from an event that the store has, since its customer became known.

	Leaves what ``record`` would have left, had the customer been known from the first.
	"""
	return _follow(event, store, again=True)


def _follow(event: Event, store: Store, *, again: bool = False) -> Outcome:
	promised = _promise(event, store, again)
	changed: list[FollowUp] = []
	if event.type in store.stop_types():
		touched = store.touched_by(event)
		if touched and not store.is_reversed(event.key):  # most payments touch nothing: one question less
			for follow_up in touched:
				changed.extend(_stop_by(event, follow_up, store))
	if event.reverses:
		first = store.event(event.reverses)
		if first is not None:
			for follow_up in store.reopened_by(first):
				changed.extend(_reconsider(follow_up, store))
	last = {follow_up.key: follow_up for follow_up in changed}  # an answer may also undo: twice changed
	return Outcome(True, tuple(promised), tuple(f for f in last.values() if f.status is Status.STOPPED))


def _promise(event: Event, store: Store, again: bool) -> list[FollowUp]:
	"""Make the promises an event leads to; an earlier cause of the same occasion takes over."""
	rules = [rule for rule in store.rules_for(event.type) if rule.matches(event)]
	if not rules:
		return []
	told = store.of_occasion(event.occasion)
	first = len(told) == 1 and not again  # then nothing can have been promised on this occasion
	made: list[FollowUp] = []
	for rule in rules:
		existing = None if first else store.follow_up(follow_up_key(rule.name, event.occasion))
		made.extend(_judge(rule, told, existing, store))
		if again and existing is not None and existing.status not in ENDED:
			_say_whose(existing, rule, event, store)
	return made


def _say_whose(existing: FollowUp, rule: Rule, event: Event, store: Store) -> None:
	"""A promise that goes on as it is belongs to the customer all the same."""
	now = store.follow_up(existing.key)
	if now is not None and now.cause == event.key:
		about = subject_of(event, rule.about)
		if (now.customer, now.subject) != (event.customer, about):
			store.save_follow_up(replace(now, customer=event.customer, subject=about))


def _judge(
	rule: Rule, told: Sequence[tuple[Event, bool]], existing: FollowUp | None, store: Store
) -> list[FollowUp]:
	"""Write what the events of an occasion and its stops make of a promise; empty when nothing changes."""
	if existing is not None and existing.status in ENDED:
		return []
	made = _settle(rule, told, store)
	if made is None:
		return []
	if existing is not None and made.status is Status.STOPPED:
		made = replace(made, opened_at=existing.opened_at)
	if made == existing or (
		existing is not None and existing.status is Status.OPEN and made.status is Status.PLANNED
	):
		return []
	store.save_follow_up(made)
	return [made]


def _settle(rule: Rule, told: Sequence[tuple[Event, bool]], store: Store) -> FollowUp | None:
	"""The promise as the events of its occasion and its stops have it, were it never opened."""
	causes = [(event, undone) for event, undone in told if rule.matches(event)]
	if not causes:
		return None
	cause, undone = min(causes, key=lambda pair: (pair[1], pair[0].happened_at, pair[0].key))
	made = promise(rule, cause, store.hours(cause.company))
	if undone:
		return replace(made, status=Status.STOPPED, ended_at=cause.happened_at, reason=REVERSED)
	if not rule.stops:
		return made
	stop = _first_stop(rule, cause, made, store.stop_candidates(made, rule.stops))
	return made if stop is None else stopped(made, stop, FULFILLED)


def _first_stop(rule: Rule, cause: Event, follow_up: FollowUp, events: Iterable[Event]) -> Event | None:
	found = [event for event in events if stops(rule, follow_up, event) and same_matter(rule, cause, event)]
	return min(found, key=lambda event: (event.happened_at, event.key), default=None)


def _stop_by(event: Event, follow_up: FollowUp, store: Store) -> list[FollowUp]:
	if follow_up.status in ENDED:
		return []
	rule = store.rule(follow_up.rule)
	if rule is None or not stops(rule, follow_up, event):
		return []
	if rule.stops_share is not None:  # only then the cause is read again
		cause = store.event(follow_up.cause)
		if cause is not None and not same_matter(rule, cause, event):
			return []
	if follow_up.status is Status.STOPPED:
		if follow_up.stopped_by is None or follow_up.ended_at is None:
			return []
		if (follow_up.ended_at, follow_up.stopped_by) <= (event.happened_at, event.key):
			return []
	ended = stopped(follow_up, event, FULFILLED)
	store.save_follow_up(ended)
	return [ended]


def _reconsider(follow_up: FollowUp, store: Store) -> list[FollowUp]:
	"""Judge a promise again after one of its events was reversed."""
	rule = store.rule(follow_up.rule)
	if rule is None:
		return []
	return _judge(rule, store.of_occasion(follow_up.occasion), follow_up, store)


def open_due(now: datetime, store: Store, limit: int = 200) -> list[FollowUp]:
	"""Open the planned promises whose time has come, or suppress them with the reason.

	Returns what was opened or suppressed, at most ``limit``; call again while it returns something.
	"""
	settled: list[FollowUp] = []
	for follow_up in store.due_to_open(now, limit):
		rule = store.rule(follow_up.rule)
		if rule is None or not rule.enabled:
			ended = replace(
				follow_up,
				status=Status.SUPPRESSED,
				ended_at=now,
				reason=_("The rule was switched off or removed"),
			)
			store.save_follow_up(ended)
			settled.append(ended)
			continue
		forbidden = restrain(rule, now, store.standing(follow_up, now))
		if forbidden is not None:
			ended = replace(follow_up, status=Status.SUPPRESSED, ended_at=now, reason=forbidden)
			store.save_follow_up(ended)
			settled.append(ended)
			continue
		opened = replace(follow_up, status=Status.OPEN, opened_at=now)
		if store.open(opened):
			settled.append(opened)
	return settled

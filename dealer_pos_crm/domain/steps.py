"""The steps of something booked: from which state each may be taken, where it leads, what settles it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from .reasons import not_now
from .refusal import Refused

S = TypeVar("S", bound=Enum)
A = TypeVar("A", bound=Enum)


@dataclass(frozen=True)
class Steps(Generic[S, A]):
	"""``allowed``: the states that a step may be taken from, for every step in the order of a screen.

	``arrival``: the one step left once a document settles that the person was here; ``settled`` is the code and
	the text of the refusal of any other. ``nothing``: the text when no step is possible any more.
	"""

	allowed: Mapping[A, frozenset[S]]
	result: Mapping[A, S]
	arrival: A
	settled: tuple[str, str]
	nothing: str

	def possible(self, status: S, *, settled: bool = False) -> tuple[A, ...]:
		"""What can be done now."""
		if settled:
			return (self.arrival,) if status in self.allowed[self.arrival] else ()
		return tuple(action for action, states in self.allowed.items() if status in states)

	def after(self, action: A, status: S, name: str, *, settled: bool = False) -> S:
		"""The state that follows. Raises ``Refused`` (``wrong_status``, or the code of ``settled``) with what is
		possible instead."""
		possible = self.possible(status, settled=settled)
		if action in possible:
			return self.result[action]
		if settled:
			code, template = self.settled
			raise Refused(code, template, name, action.value)
		raise not_now(name, status, action, possible, self.nothing)

	def is_done(self, action: A, status: S) -> bool:
		"""Whether the action was carried out already: doing it again changes nothing."""
		return status is self.result[action]

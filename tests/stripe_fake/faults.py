"""What goes wrong on the way to the fake, when a test asks for it."""

from __future__ import annotations

from dataclasses import dataclass, field

TIMEOUT_AFTER = "timeout_after"  # the effect is there, the answer never arrives
TIMEOUT_BEFORE = "timeout_before"  # nothing has happened, and nobody knows
CONFLICT = "409"
TOO_MANY = "429"
BROKEN = "500"  # nothing has happened; the 500 is kept under the key
BROKEN_AFTER = "500_after"  # the effect is there, and the 500 is kept under the key
REFUSED = "refused"  # no connection at all
HANGS = "hangs"  # times out; goes on at Stripe (409 for the same key) until fake.finish_hanging()
KINDS = (TIMEOUT_AFTER, TIMEOUT_BEFORE, CONFLICT, TOO_MANY, BROKEN, BROKEN_AFTER, REFUSED, HANGS)
ALIASES = {"timeout": TIMEOUT_AFTER, "timeout after commit": TIMEOUT_AFTER, "connection refused": REFUSED}


class Lost(Exception):
	"""The caller gets no answer."""


class TimedOut(Lost):
	pass


class NoConnection(Lost):
	pass


@dataclass
class Fault:
	operation: str
	how: str
	times: int


@dataclass
class Faults:
	"""Faults wait for their operation ("refunds.create", "checkout.*", "*") and are used up in order."""

	waiting: list[Fault] = field(default_factory=list)

	def plan(self, operation: str, how: str, times: int = 1) -> None:
		how = ALIASES.get(how, how)
		if how not in KINDS:
			raise ValueError(f"no such fault {how!r}; there are {', '.join(KINDS)}")
		self.waiting.append(Fault(operation, how, times))

	def take(self, operation: str) -> str | None:
		for fault in self.waiting:
			if fault.operation in ("*", operation) or (
				fault.operation.endswith(".*") and operation.startswith(fault.operation[:-1])
			):
				fault.times -= 1
				if fault.times <= 0:
					self.waiting.remove(fault)
				return fault.how
		return None

	def clear(self) -> None:
		self.waiting.clear()

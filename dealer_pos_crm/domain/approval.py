"""Approving at somebody else's screen: what a PIN must be, and when one has been guessed at too often.

A PIN is typed where others look on and tried by who stands at the counter: it is long enough not to be guessed
within the tries that a lock-out leaves, and it is no password anywhere else.
"""

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from .refusal import Refused, _

SHORTEST = 6
LONGEST = 12
WRONG_TRIES = 5
LOCKED_FOR = timedelta(minutes=15)


class How(str, enum.Enum):
	"""How the person who decided showed who they are."""

	OWN_SCREEN = "At a Screen of Their Own"
	PIN = "PIN at the Counter"
	PASSWORD = "Password at the Counter"


def check_pin(pin: str) -> str:
	"""The PIN as it is kept. Refused: too short, no digits, one digit repeated, a run up or down, or a short
	pattern again and again (121212)."""
	if not (pin.isascii() and pin.isdigit()):
		raise Refused("pin_digits", _("A PIN has digits only"))
	if not SHORTEST <= len(pin) <= LONGEST:
		raise Refused("pin_length", _("A PIN has {0} to {1} digits"), SHORTEST, LONGEST)
	if is_run(pin):
		raise Refused("pin_run", _("Digits in a row, such as 123456, are guessed first; choose others"))
	if is_repeat(pin):
		raise Refused("pin_repeat", _("Digits that repeat, such as 111111 or 121212, are guessed first"))
	return pin


def is_run(pin: str) -> bool:
	"""Whether each digit follows the one before, up or down; 0 comes after 9."""
	steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
	return steps in ({1}, {9})


def is_repeat(pin: str) -> bool:
	"""Whether the PIN is a part of itself over and over: 111111, 121212, 123123."""
	return any(
		len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size)
		for size in range(1, len(pin) // 2 + 1)
	)


@dataclass(frozen=True)
class Tries:
	"""Wrong tries in a row, and until when none is looked at."""

	wrong: int = 0
	locked_until: datetime | None = None

	def locked(self, now: datetime) -> bool:
		return self.locked_until is not None and now < self.locked_until

	def after_wrong(self, now: datetime) -> "Tries":
		"""One more wrong try. A lock-out that is over starts the count anew."""
		wrong = 1 if self.locked_until is not None and now >= self.locked_until else self.wrong + 1
		return Tries(wrong, now + LOCKED_FOR if wrong >= WRONG_TRIES else None)

	def after_right(self) -> "Tries":
		return Tries()

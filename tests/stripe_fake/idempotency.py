"""Answers kept under the caller's key, as Stripe keeps them: same key, same parameters, same answer.

Kept for 24 hours. An answer is kept only if the endpoint began to work (also a 500, a declined card or an
impossible step); wrong parameters, a wrong API key, 409 and 429 are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .clock import Clock
from .errors import key_conflict, key_in_use, wrong_params

LIFE = 24 * 3600
LONGEST = 255


@dataclass
class Kept:
	fingerprint: str
	since: int
	answer: tuple[int, dict[str, Any]] | None = None  # None: still in flight


class Keys:
	def __init__(self, clock: Clock) -> None:
		self._clock = clock
		self._kept: dict[str, Kept] = {}

	def begin(self, key: str, fingerprint: str) -> tuple[int, dict[str, Any]] | None:
		"""The kept answer, or None: go on, and tell the answer with ``keep`` or ``forget``."""
		if len(key) > LONGEST:
			raise wrong_params(f"Idempotency keys must be at most {LONGEST} characters", None)
		self.prune()
		kept = self._kept.get(key)
		if kept is None:
			self._kept[key] = Kept(fingerprint, self._clock.now())
			return None
		if kept.fingerprint != fingerprint:
			raise key_conflict(key)
		if kept.answer is None:
			raise key_in_use(key)
		return kept.answer

	def keep(self, key: str, status: int, body: dict[str, Any]) -> None:
		self._kept[key].answer = (status, body)

	def forget(self, key: str) -> None:
		self._kept.pop(key, None)

	def prune(self) -> None:
		old = self._clock.now() - LIFE
		self._kept = {key: kept for key, kept in self._kept.items() if kept.since > old}

	def __contains__(self, key: str) -> bool:
		return key in self._kept

"""The fake's own time: it follows the machine's clock, or stands still, and can be put forward."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
	def __init__(self, start: int | None = None) -> None:
		"""``start``: a fixed time in seconds since 1970; without it the machine's own clock runs."""
		self._start = start
		self._ahead = 0
		self.on_change: list[Callable[[], None]] = []

	def now(self) -> int:
		return (int(time.time()) if self._start is None else self._start) + self._ahead

	def ahead(self) -> int:
		"""Seconds before its callers, who live on the machine's clock; none for a clock of its own."""
		return self._ahead if self._start is None else 0

	def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> int:
		step = int(days * 86400 + hours * 3600 + minutes * 60 + seconds)
		assert step >= 0, "time does not go back"
		self._ahead += step
		for tell in self.on_change:
			tell()
		return self.now()

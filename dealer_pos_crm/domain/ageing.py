"""How long something has stood: whole days, and the bucket that a report puts them in."""

from dataclasses import dataclass
from datetime import date


def days_between(since: date, until: date) -> int:
	"""Whole days from one day to another; never below zero."""
	return max((until - since).days, 0)


@dataclass(frozen=True)
class Ageing:
	"""Buckets by their last day: ``Ageing(30, 60)`` has "0-30", "31-60" and "61+"."""

	last_days: tuple[int, ...]

	def __init__(self, *last_days: int) -> None:
		if not last_days or list(last_days) != sorted(set(last_days)):
			raise ValueError("buckets follow one another")
		object.__setattr__(self, "last_days", last_days)

	@property
	def labels(self) -> tuple[str, ...]:
		begins = (0, *(day + 1 for day in self.last_days))
		closed = (f"{begin}-{end}" for begin, end in zip(begins, self.last_days, strict=False))
		return (*closed, f"{begins[-1]}+")

	def label_of(self, days: int) -> str:
		"""The bucket of an age, as it is shown."""
		return self.labels[sum(days > day for day in self.last_days)]

"""A multi-point inspection: every point gets a colour, red and yellow ones become recommended jobs."""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .refusal import Refused, _


class Colour(str, enum.Enum):
	GREEN = "Green"
	YELLOW = "Yellow"
	RED = "Red"


class Status(str, enum.Enum):
	IN_WORK = "In Work"
	DONE = "Done"


# What the customer is asked about.
TO_RECOMMEND = frozenset({Colour.YELLOW, Colour.RED})
_NAMED = 5


@dataclass(frozen=True)
class Point:
	"""One point of a car; ``colour`` None: not looked at yet. ``job_no``: the job recommended for it."""

	name: str
	colour: Colour | None = None
	job_no: int = 0
	section: str = ""


@dataclass(frozen=True)
class Counts:
	red: int = 0
	yellow: int = 0
	green: int = 0
	left: int = 0

	@property
	def worst(self) -> Colour | None:
		"""The colour of the whole car; None when nothing has been looked at."""
		if self.red:
			return Colour.RED
		if self.yellow:
			return Colour.YELLOW
		return Colour.GREEN if self.green else None


def counts(points: Iterable[Point]) -> Counts:
	found = {colour: 0 for colour in (*Colour, None)}
	for point in points:
		found[point.colour] += 1
	return Counts(found[Colour.RED], found[Colour.YELLOW], found[Colour.GREEN], found[None])


def colour_of(value: str | None) -> Colour | None:
	"""The colour of that name; empty: none yet. Raises ``Refused`` with code ``colour``."""
	if not value:
		return None
	for colour in Colour:
		if colour.value == value:
			return colour
	raise Refused(
		"colour",
		_("{0} is no result; choose one of: {1}"),
		value,
		", ".join(colour.value for colour in Colour),
	)


def check_changeable(status: Status, name: str) -> None:
	"""A finished sheet was shown to the customer and stays as it is. Raises ``inspection_done``."""
	if status is Status.DONE:
		raise Refused("inspection_done", _("{0} is finished; open it again first"), name)


def check_rate(point: Point, colour: Colour | None) -> None:
	"""A point whose job is on the repair order stays red or yellow. Raises ``point_has_job``."""
	if point.job_no and colour not in TO_RECOMMEND:
		raise Refused(
			"point_has_job",
			_("{0} is job {1} of the repair order already; take the job off first"),
			point.name,
			point.job_no,
		)


def check_recommend(point: Point) -> Colour:
	"""The severity of the job to recommend. Raises ``nothing_to_recommend``."""
	if point.colour is None or point.colour not in TO_RECOMMEND:
		raise Refused(
			"nothing_to_recommend", _("{0} is not red or yellow; there is nothing to recommend"), point.name
		)
	return point.colour


def check_finish(points: Sequence[Point], name: str) -> Counts:
	"""Every point was looked at. Raises ``Refused``: ``no_points``, ``points_left``."""
	found = counts(points)
	if not points:
		raise Refused("no_points", _("{0} has no points"), name)
	if found.left:
		left = [point.name for point in points if point.colour is None]
		rest = f" (+{len(left) - _NAMED})" if len(left) > _NAMED else ""
		raise Refused(
			"points_left",
			_("{0} points have no result yet: {1}"),
			found.left,
			", ".join(left[:_NAMED]) + rest,
		)
	return found


def not_recommended(points: Iterable[Point]) -> list[Point]:
	"""Red and yellow points that nobody has offered to the customer yet, red first."""
	return sorted(
		(point for point in points if point.colour in TO_RECOMMEND and not point.job_no),
		key=lambda point: point.colour is not Colour.RED,
	)

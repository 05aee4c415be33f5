"""The car somebody asks for, and how near a car of the stock comes to it."""

from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

NEAR = 60  # of 100: worth showing
_LIKE = 85


@dataclass(frozen=True, slots=True)
class Wish:
	"""What was asked for; empty texts and 0 are not said. ``condition`` is New, Used or empty."""

	year: int = 0
	make: str = ""
	model: str = ""
	trim: str = ""
	condition: str = ""


def nearness(wish: Wish, car: Wish) -> int:
	"""0 to 100. Another make or model is no answer to a wish, an older year or another trim is."""
	if not wish.make or not _alike(wish.make, car.make):
		return 0
	points = 40
	if wish.model:
		if not _alike(wish.model, car.model):
			return 0
		points += 35
	if wish.year and car.year:
		points += max(0, 15 - 5 * abs(wish.year - car.year))
	if wish.trim and car.trim and _alike(wish.trim, car.trim):
		points += 5
	if wish.condition and _condition(car.condition) == wish.condition:
		points += 5
	return points


def _condition(text: str) -> str:
	return "Used" if text == "Certified" else text


def _alike(one: str, other: str) -> bool:
	return bool(other) and (
		fuzz.token_set_ratio(one, other, processor=default_process) >= _LIKE
		or default_process(one).replace(" ", "") == default_process(other).replace(" ", "")
	)

"""The dealership at the beginning: who and what there is before the first act."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cars import CarRow, Vehicle, vehicles
from .people import SEED, Customer, customers


@dataclass(frozen=True)
class House:
	customers: tuple[Customer, ...]
	vehicles: tuple[Vehicle, ...]
	seed: int = SEED


def house(seed: int = SEED, cars: Sequence[CarRow] = ()) -> House:
	"""200 customers and 300 vehicles; the first vehicles are the real ``cars`` where some are given."""
	people = customers(seed)
	return House(people, vehicles(people, seed, cars=cars), seed)

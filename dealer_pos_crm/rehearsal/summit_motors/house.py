"""The dealership at the beginning: who and what there is before the first act."""

from collections.abc import Sequence
from dataclasses import dataclass

from .cars import CarRow, Vehicle, arrivals, vehicles
from .people import SEED, Customer, customers, prospects


@dataclass(frozen=True)
class House:
	customers: tuple[Customer, ...]
	vehicles: tuple[Vehicle, ...]
	seed: int = SEED
	prospects: tuple[Customer, ...] = ()  # people who will ask about a car
	arrivals: tuple[Vehicle, ...] = ()  # cars that will come in


def house(seed: int = SEED, cars: Sequence[CarRow] = ()) -> House:
	"""200 customers and 300 vehicles; the first vehicles are the real ``cars`` where some are given. Then
	those who are still to come: people who ask, and cars that are bought."""
	people = customers(seed)
	return House(people, vehicles(people, seed, cars=cars), seed, prospects(seed), arrivals(seed))

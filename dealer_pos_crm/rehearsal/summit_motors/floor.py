"""The floor of Summit Motors: who works there, which cars are free, and what happens next."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from ...domain.money import Money
from .acts import TakeDeposit
from .cars import Vehicle
from .lane_acts import AnyAct
from .people import CURRENCY, Customer, staff_of

_OPENS, _CLOSES = 9, 18  # when acts happen; the house itself opens a little earlier
_HOLD_ENDS = time(18)


def dollars(amount: int | str) -> Money:
	return Money.of(amount, CURRENCY)


@dataclass
class Held:
	taken: TakeDeposit
	vehicle_id: str | None
	hold_until: datetime | None
	held: Money
	expired: bool = False


@dataclass
class Floor:
	"""The state of one run, and a queue of what will happen, worked off in time."""

	customers: tuple[Customer, ...]
	vehicles: tuple[Vehicle, ...]
	rng: random.Random
	acts: list[AnyAct] = field(default_factory=list)

	def __post_init__(self) -> None:
		self._queue: list[tuple[datetime, int, Callable[[datetime], None]]] = []
		self._turn = 0
		self._now = datetime.min
		self._numbers: dict[str, int] = {}
		self._vehicle = {vehicle.id: vehicle for vehicle in self.vehicles}
		self._free = [v.id for v in self.vehicles if v.status == "Front-line Ready"]
		self._holder: dict[str, str] = {}  # vehicle -> deposit
		self._waiting: dict[str, list[str]] = {}  # vehicle -> customers
		self._deposits: dict[str, Held] = {}
		self._cashiers = [person.email for person in staff_of("Dealer Cashier")]
		self._accountant = staff_of("Dealer Accountant")[0].email
		self._manager = staff_of("Dealer Manager")[0].email
		self._sales_manager = staff_of("Dealer Sales Manager")[0].email
		self._service_manager = staff_of("Dealer Service Manager")[0].email
		self._fni = staff_of("Dealer FnI")[0].email

	def _how_many(self, usual: float) -> int:
		whole = int(usual)
		count = whole + (self.rng.random() < usual - whole)
		return max(0, count + self.rng.choice((-1, 0, 0, 1)) * (whole > 0))

	def _moment(self, day: date) -> datetime:
		"""Some second of the day's opening hours."""
		seconds = self.rng.randrange((_CLOSES - _OPENS) * 3600)
		return datetime.combine(day, time(_OPENS)) + timedelta(seconds=seconds)

	def _later(self, at: datetime, least: int, most: int) -> datetime:
		"""A moment so many days later, on a day when the house is open."""
		day = at.date() + timedelta(days=self.rng.randint(least, most))
		if day.weekday() == 6:
			day += timedelta(days=1)
		return self._moment(day)

	def _hold_end(self, at: datetime, least: int = 2, most: int = 6) -> datetime:
		day = at.date() + timedelta(days=self.rng.randint(least, most))
		if day.weekday() == 6:
			day += timedelta(days=1)
		return datetime.combine(day, _HOLD_ENDS)

	def _open_hour(self, at: datetime) -> datetime:
		if _OPENS <= at.hour < _CLOSES and at.weekday() < 6:
			return at
		day = at.date() if at.weekday() < 6 else at.date() - timedelta(days=1)
		return self._moment(day)

	def _at(self, at: datetime, act: Callable[[datetime], None]) -> None:
		"""Let it happen then; what should have happened already happens within the hour."""
		if at < self._now:
			at = self._now + timedelta(minutes=self.rng.randint(6, 50))
		self._turn += 1
		heapq.heappush(self._queue, (at, self._turn, act))

	def _run(self, end: datetime) -> list[AnyAct]:
		"""Let happen what is in the queue, and what comes of it, until the end."""
		while self._queue and self._queue[0][0] <= end:
			self._now, _turn, act = heapq.heappop(self._queue)
			act(self._now)
		return self.acts

	def _id(self, prefix: str) -> str:
		self._numbers[prefix] = self._numbers.get(prefix, 0) + 1
		return f"{prefix}-{self._numbers[prefix]:04d}"

	def _pick(self, odds: dict[str, int]) -> str:
		return self.rng.choices(list(odds), list(odds.values()))[0]

	def _customer(self) -> Customer:
		return self.rng.choice(self.customers)

	def _reference(self, mode: str) -> str | None:
		"""What stands on the slip: an approval code, a check number, a wire's reference."""
		if mode == "Cash":
			return None
		if mode == "Credit Card":
			return f"A{self.rng.randrange(100_000):05d}"
		return (
			str(self.rng.randrange(1001, 9999)) if mode == "Cheque" else f"W{self.rng.randrange(10**6):06d}"
		)

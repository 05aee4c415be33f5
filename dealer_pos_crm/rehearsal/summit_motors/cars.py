"""The vehicles of Summit Motors: stock, cars in recon and cars of service customers.

The first eight characters of a VIN are what makers really use for the model; serial numbers are made up
and the check digit is right.
"""

import csv
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ...domain.money import Money
from ...domain.vin import check, make_vin
from .people import CURRENCY, SEED, Customer

NEWEST_YEAR = 2026
_YEAR_CODES = {2010 + place: code for place, code in enumerate("ABCDEFGHJKLMNPRSTVWXY")}


@dataclass(frozen=True, slots=True)
class Vehicle:
	"""A car. ``status`` is In Recon, Front-line Ready or Customer-owned; only the last has an ``owner``
	(a customer's id) and no price."""

	id: str  # the stock number; of a customer's car the plate
	vin: str
	year: int
	make: str
	model: str
	trim: str
	color: str
	mileage: int
	price: Money | None
	status: str
	plate: str | None = None
	owner: str | None = None

	@property
	def what(self) -> str:
		"""As people here call it."""
		return f"{self.year} {self.make} {self.model}"


@dataclass(frozen=True, slots=True)
class CarRow:
	"""A real car from a list: enough to be one of the vehicles."""

	vin: str
	year: int
	make: str
	model: str
	trim: str
	color: str | None = None
	mileage: int | None = None
	price: int | None = None  # dollars


# make, model, VIN positions 1-8, plant, trims, first year, price new
_MODELS: tuple[tuple[str, str, str, str, tuple[str, ...], int, int], ...] = (
	("Toyota", "Camry", "4T1G11AK", "U", ("LE", "SE", "XLE", "XSE"), 2018, 29_400),
	("Toyota", "RAV4", "2T3P1RFV", "W", ("LE", "XLE", "Adventure", "Limited"), 2019, 32_800),
	("Toyota", "Tacoma", "3TMCZ5AN", "M", ("SR", "SR5", "TRD Sport"), 2016, 38_600),
	("Honda", "Civic", "2HGFE2F5", "H", ("LX", "Sport", "EX", "Touring"), 2018, 26_300),
	("Honda", "CR-V", "7FARS4H7", "E", ("LX", "EX", "EX-L", "Sport Touring"), 2019, 34_500),
	("Honda", "Pilot", "5FNYG1H7", "B", ("Sport", "EX-L", "TrailSport"), 2019, 43_900),
	("Ford", "F-150", "1FTFW1E5", "F", ("XL", "XLT", "Lariat"), 2018, 47_800),
	("Ford", "Explorer", "1FMSK8DH", "G", ("Base", "XLT", "Limited"), 2020, 42_600),
	("Ford", "Escape", "1FMCU9H6", "U", ("Active", "ST-Line", "Platinum"), 2020, 31_900),
	("Chevrolet", "Silverado 1500", "1GCUYDED", "Z", ("WT", "LT", "RST", "LTZ"), 2019, 48_300),
	("Chevrolet", "Equinox", "3GNAXUEV", "L", ("LS", "LT", "Premier"), 2018, 29_700),
	("Jeep", "Grand Cherokee", "1C4RJFBG", "C", ("Laredo", "Limited", "Overland"), 2017, 45_200),
	("Jeep", "Wrangler", "1C4HJXDG", "W", ("Sport", "Sahara", "Rubicon"), 2018, 44_100),
	("Subaru", "Outback", "4S4BTACC", "3", ("Base", "Premium", "Limited"), 2020, 33_600),
	("Subaru", "Forester", "JF2SKAGC", "H", ("Base", "Premium", "Sport"), 2019, 31_800),
	("Hyundai", "Tucson", "KM8JBCAE", "U", ("SE", "SEL", "Limited"), 2019, 30_900),
	("Kia", "Telluride", "5XYP5DHC", "G", ("LX", "EX", "SX"), 2020, 42_700),
	("Nissan", "Rogue", "5N1AT3BA", "C", ("S", "SV", "SL"), 2018, 30_600),
	("Mazda", "CX-5", "JM3KFBCM", "0", ("S", "Preferred", "Turbo"), 2017, 31_200),
	("Volkswagen", "Atlas", "1V2WR2CA", "C", ("SE", "SEL", "Cross Sport"), 2018, 39_800),
)
_COLORS = (
	"White|Black|Silver|Gray|Blue|Red|Pearl white|Dark green|Bronze|Sand",
	(22, 20, 13, 17, 10, 8, 4, 2, 2, 2),
)
_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_IN_STOCK, _IN_RECON = 0.55, 0.10  # of all vehicles; the rest are customers' cars


def vehicles(
	customers: Sequence[Customer], seed: int = SEED, count: int = 300, cars: Sequence[CarRow] = ()
) -> tuple[Vehicle, ...]:
	"""So many vehicles, the same ones for the same seed. Real ``cars`` come first while there are any."""
	rng = random.Random(f"vehicles-{seed}")
	stock = round(count * _IN_STOCK)
	recon = stock + round(count * _IN_RECON)
	serials = rng.sample(range(100_000, 999_999), count)
	made = []
	for number in range(count):
		row = cars[number] if number < len(cars) else None
		make, model, trim, year, new_price, vin = _model(rng, serials[number])
		age = max(0, NEWEST_YEAR - 1 - year)
		mileage = rng.randint(4, 60) if age == 0 else sum(rng.randint(7_000, 14_500) for _year in range(age))
		if row is not None:
			make, model, trim, year, vin = row.make, row.model, row.trim, row.year, row.vin
		color = rng.choices(_COLORS[0].split("|"), _COLORS[1])[0]
		status = "Front-line Ready" if number < stock else "In Recon" if number < recon else "Customer-owned"
		plate = f"{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}{rng.choice(_LETTERS)}-{number:03d}"
		price = round(new_price * 0.885**age / 100) * 100 - 5
		if row is not None:
			color = row.color or color
			mileage = mileage if row.mileage is None else row.mileage
			price = row.price or price
		owned = status == "Customer-owned"
		made.append(
			Vehicle(
				id=plate if owned else f"{'N' if age == 0 else 'U'}{2400 + number}",
				vin=vin,
				year=year,
				make=make,
				model=model,
				trim=trim,
				color=color,
				mileage=mileage,
				price=None if owned else Money.of(price, CURRENCY),
				status=status,
				plate=plate if owned else None,
				owner=rng.choice(customers).id if owned else None,
			)
		)
	return tuple(made)


def arrivals(seed: int = SEED, count: int = 140) -> tuple[Vehicle, ...]:
	"""Cars that the house buys while the script runs, in the order in which they come; a third are new."""
	rng = random.Random(f"arrivals-{seed}")
	serials = rng.sample(range(100_000, 999_999), count)
	made = []
	for number in range(count):
		make, model, trim, year, new_price, vin = _model(rng, serials[number])
		age = max(0, NEWEST_YEAR - 1 - year)
		made.append(
			Vehicle(
				id=f"{'N' if age == 0 else 'U'}{3400 + number}",
				vin=vin,
				year=year,
				make=make,
				model=model,
				trim=trim,
				color=rng.choices(_COLORS[0].split("|"), _COLORS[1])[0],
				mileage=rng.randint(4, 60)
				if age == 0
				else sum(rng.randint(7_000, 14_500) for _y in range(age)),
				price=Money.of(round(new_price * 0.885**age / 100) * 100 - 5, CURRENCY),
				status="In Recon",
			)
		)
	return tuple(made)


def _model(rng: random.Random, serial: int) -> tuple[str, str, str, int, int, str]:
	make, model, pattern, plant, trims, since, price = rng.choice(_MODELS)
	year = rng.choices(range(since, NEWEST_YEAR), [1 + n for n in range(NEWEST_YEAR - since)])[0]
	grade = rng.randrange(len(trims))
	vin = make_vin(f"{pattern}{_YEAR_CODES[year]}{plant}{serial:06d}")
	return make, model, trims[grade], year, price + grade * 1_900, vin


class CarsError(Exception):
	"""The list of cars cannot be used; the text says why."""


def read_cars(path: Path, limit: int = 300) -> list[CarRow]:
	"""The first cars of a CSV with vin, year, make, model and trim (color, odometer, price if it has
	them), each VIN once; rows with a VIN or year that cannot be are passed over."""
	found: dict[str, CarRow] = {}
	try:
		with path.open(encoding="utf-8-sig", newline="") as file:
			reader = csv.DictReader(file)
			missing = [
				n for n in ("vin", "year", "make", "model", "trim") if n not in (reader.fieldnames or ())
			]
			if missing:
				raise CarsError(f"{path.name} has no column {', '.join(missing)}")
			for car in _car_rows(reader):
				found.setdefault(car.vin, car)
				if len(found) == limit:
					break
	except (OSError, UnicodeDecodeError, csv.Error) as error:
		raise CarsError(f"{path.name} cannot be read: {error}") from None
	if not found:
		raise CarsError(f"{path.name} holds no car with a valid VIN")
	return list(found.values())


def _car_rows(rows: Iterable[Mapping[str, str]]) -> Iterator[CarRow]:
	for row in rows:
		vin = check(row["vin"])
		year = _whole(row["year"])
		if vin.problems or year is None or not row["make"] or not row["model"]:
			continue
		yield CarRow(
			vin=vin.vin,
			year=year,
			make=row["make"],
			model=row["model"],
			trim=row["trim"] or "",
			color=(row.get("color") or "").capitalize() or None,
			mileage=_whole(row.get("odometer") or row.get("mileage")),
			price=_whole(row.get("price")),
		)


def _whole(text: str | None) -> int | None:
	try:
		number = int(text or "")
	except ValueError:
		return None
	return number if 0 < number < 10_000_000 else None

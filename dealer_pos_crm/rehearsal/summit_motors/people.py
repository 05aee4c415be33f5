"""The people of Summit Motors: staff and customers. Nobody of them exists.

Mail goes to domains that can never be registered (RFC 2606); telephone numbers lie in the range that
is kept free for fiction (555-01xx).
"""

import random
from dataclasses import dataclass

COMPANY = "Summit Motors"
ABBREVIATION = "SM"
CURRENCY = "USD"
DEPARTMENTS = ("Sales", "F&I", "Service", "Parts", "BDC", "Accounting")
MAIL = "summit-motors.example"
SEED = 1  # the dealership that everybody sees; another number makes another one


@dataclass(frozen=True, slots=True)
class Staff:
	"""Somebody who works here. ``first``: the first of that role; a small demo needs only these."""

	first_name: str
	last_name: str
	role: str
	department: str
	title: str
	first: bool = True

	@property
	def name(self) -> str:
		return f"{self.first_name} {self.last_name}"

	@property
	def email(self) -> str:
		return f"{self.first_name}.{self.last_name}@{MAIL}".lower()


STAFF: tuple[Staff, ...] = (
	Staff("Grace", "Holloway", "Dealer Manager", "Accounting", "General manager"),
	Staff("Victor", "Ramos", "Dealer Sales Manager", "Sales", "Sales manager"),
	Staff("Helen", "Brandt", "Dealer Service Manager", "Service", "Service manager"),
	Staff("Marcus", "Bell", "Dealer Salesperson", "Sales", "Sales consultant"),
	Staff("Priya", "Nair", "Dealer Salesperson", "Sales", "Sales consultant", first=False),
	Staff("Dean", "Kowalski", "Dealer Salesperson", "Sales", "Sales consultant", first=False),
	Staff("Tessa", "Lindqvist", "Dealer Salesperson", "Sales", "Sales consultant", first=False),
	Staff("Ruth", "Okafor", "Dealer Cashier", "Accounting", "Cashier"),
	Staff("Jorge", "Medina", "Dealer Cashier", "Accounting", "Cashier", first=False),
	Staff("Owen", "Tanaka", "Dealer FnI", "F&I", "F&I manager"),
	Staff("Sam", "Whitfield", "Dealer Service Advisor", "Service", "Service advisor"),
	Staff("Elena", "Petrova", "Dealer Service Advisor", "Service", "Service advisor", first=False),
	Staff("Luis", "Ortega", "Dealer Technician", "Service", "Master technician"),
	Staff("Ray", "Dubois", "Dealer Technician", "Service", "Technician", first=False),
	Staff("Kim", "Sato", "Dealer Technician", "Service", "Technician", first=False),
	Staff("Nora", "Fischer", "Dealer Parts", "Parts", "Parts counter"),
	Staff("Amira", "Haddad", "Dealer BDC", "BDC", "BDC agent"),
	Staff("Paul", "Nguyen", "Dealer Accountant", "Accounting", "Accountant"),
)


def staff_of(role: str) -> tuple[Staff, ...]:
	return tuple(person for person in STAFF if person.role == role)


@dataclass(frozen=True, slots=True)
class Customer:
	"""A customer. ``email`` is missing for some; ``sales_owner`` is the mail address of a salesperson."""

	id: str
	name: str
	kind: str  # Individual or Company, as ERPNext has it
	phone: str
	email: str | None
	street: str
	city: str
	state: str
	postal_code: str
	sales_owner: str


_FIRST = (
	"Aaron Abigail Adele Alan Alicia Amber Andre Angela Anthony Beatrice Benjamin Bianca Brandon Brenda Caleb "
	"Camila Carl Carmen Cecilia Chloe Claire Colin Cynthia Damon Daniel Daphne Deborah Derek Diane Dominic "
	"Edith Eduardo Elaine Elias Emily Eric Esther Evelyn Felix Fiona Gabriel Gail George Gloria Hannah Harold "
	"Hector Hugo Ian Imani Irene Isaac Jasmine Jerome Joanne Julian Karen Keith Lamar Laura Leah Leon Lillian "
	"Malik Margaret Martin Maya Miguel Naomi Nathan Nicole Oliver Olivia Oscar Patricia Peter Quentin Rachel "
	"Ramon Rebecca Robert Rosa Samuel Sandra Seth Simone Sophia Stephen Susan Terrence Theresa Thomas Valerie "
	"Vincent Walter Wendy William Yolanda Zachary"
).split()
_LAST = (
	"Abbott Acosta Alvarez Andersen Archer Bailey Baptiste Barrett Becker Bishop Blackwell Boyd Brennan Brooks "
	"Calloway Campos Carver Castillo Chang Clarke Cohen Collins Costa Crawford Dalton Delgado Dixon Donovan "
	"Doyle Duarte Ellison Espinoza Farrell Faulkner Fleming Foster Gallagher Garner Gibbs Goodwin Grady Grant "
	"Gupta Hale Hammond Harper Hendricks Hoffman Hughes Ingram Jacobs Jansen Jennings Keller Kim Knox Kovacs "
	"Lambert Larsen Levine Lopez Lowery Maddox Marsh McBride Mendez Meyers Mitchell Moran Morrow Murray Nash "
	"Newman Norris Novak Osborne Pacheco Palmer Park Patel Pierce Porter Quinn Ramsey Reyes Rhodes Rivera "
	"Sawyer Schultz Shah Silva Singh Stanton Sutton Tran Underwood Vance Vargas Wagner Walsh Weaver Whitaker "
	"Yates Young Zimmerman"
).split()
_FIRMS = (
	"Harbor Plumbing LLC",
	"Redwood Landscaping Inc",
	"Bright Path Preschool",
	"Tri-County Electric",
	"Lakeside Catering Co",
	"Summit View Apartments",
	"Granite State Roofing",
	"Parkway Dental Group",
	"Northgate Couriers",
	"Blue Heron Realty",
)
_STREETS = (
	"Alder Way|Birchwood Dr|Canyon Rd|Cedar St|Elm Ave|Foothill Blvd|Juniper Ct|Lakeview Ter|Maple St|"
	"Mill Pond Rd|Orchard Ln|Pine Ridge Rd|Quarry St|River Rd|Sunset Dr|Willow Bend"
).split("|")
_TOWNS = (
	("Fairhaven", "80401"),
	("Cedar Falls", "80403"),
	("Pine Valley", "80425"),
	("Granite Bay", "80433"),
	("Lakemont", "80439"),
)


def customers(seed: int = SEED, count: int = 200) -> tuple[Customer, ...]:
	"""So many customers, the same ones for the same seed; no two share a name or a phone number."""
	rng = random.Random(f"customers-{seed}")
	owners = [person.email for person in staff_of("Dealer Salesperson")]
	names = [f"{first} {last}" for first in _FIRST for last in _LAST]
	rng.shuffle(names)
	lines = rng.sample(range(100_000), count)
	made = []
	for number in range(count):
		firm = number % 20 == 13 and number // 20 < len(_FIRMS)
		name = _FIRMS[number // 20] if firm else names[number]
		mail = f"{name.lower().replace(' ', '.')}@example.com"
		if firm:
			mail = f"office@{''.join(name.lower().split()[:2]).replace('-', '')}.example.com"
		town, postal_code = rng.choice(_TOWNS)
		made.append(
			Customer(
				id=f"C-{number + 1:03d}",
				name=name,
				kind="Company" if firm else "Individual",
				phone=f"(555) 01{lines[number] // 10_000}-{lines[number] % 10_000:04d}",
				email=None if rng.random() < 0.12 else mail,
				street=f"{rng.randint(12, 4980)} {rng.choice(_STREETS)}",
				city=town,
				state="CO",
				postal_code=postal_code,
				sales_owner=rng.choice(owners),
			)
		)
	return tuple(made)


def prospects(seed: int = SEED, count: int = 600) -> tuple[Customer, ...]:
	"""People who are no customers yet, the same ones for the same seed; they have names of their own."""
	taken = {person.name for person in customers(seed)}
	owners = [person.email for person in staff_of("Dealer Salesperson")]
	rng = random.Random(f"prospects-{seed}")
	names = [name for first in _FIRST for last in _LAST if (name := f"{first} {last}") not in taken]
	rng.shuffle(names)
	lines = rng.sample(range(100_000), count)
	made = []
	for number, name in enumerate(names[:count]):
		town, postal_code = rng.choice(_TOWNS)
		made.append(
			Customer(
				id=f"P-{number + 1:03d}",
				name=name,
				kind="Individual",
				phone=f"(555) 01{lines[number] // 10_000}-{lines[number] % 10_000:04d}",
				email=f"{name.lower().replace(' ', '.')}@example.com",
				street=f"{rng.randint(12, 4980)} {rng.choice(_STREETS)}",
				city=town,
				state="CO",
				postal_code=postal_code,
				sales_owner=rng.choice(owners),
			)
		)
	return tuple(made)

"""What the service lane of Summit Motors does, by op code, and what it finds on the cars."""

from dataclasses import dataclass

from ...domain.money import Money
from .people import CURRENCY

# Dollars an hour, by who pays.
RATES = {"Customer": 165, "Warranty": 142, "Internal": 120}
INSPECTION = "Summit Motors Walk-Around"


@dataclass(frozen=True, slots=True)
class Operation:
	"""``tenths`` of an hour, and what the parts cost the customer. ``every``: months and miles."""

	op_code: str
	name: str
	category: str
	tenths: int
	parts: str
	cause: str
	correction: str
	every: tuple[int, int] | None = None
	section: str = ""  # of the inspection sheet; empty: not a point of it
	red: int = 0  # how often of a hundred it is red when it is found

	def price(self, pay_type: str = "Customer") -> Money:
		"""What a customer is shown for the whole job."""
		return Money(self.tenths * RATES[pay_type] * 10, CURRENCY) + Money.of(self.parts or "0", CURRENCY)


OPERATIONS: dict[str, Operation] = {
	row.op_code: row
	for row in (
		Operation(
			"OCF", "Oil and filter change", "Maintenance", 5, "48.50",
			"Due by time and mileage", "Drained and filled, filter changed, no leaks", (6, 7_500),
		),
		Operation(
			"TROT", "Tire rotation and balance", "Tires", 6, "",
			"Due by mileage", "Rotated front to rear, balanced, torqued", (6, 7_500),
		),
		Operation(
			"30K", "30,000 mile service", "Maintenance", 24, "186.20",
			"Due by mileage", "All points of the maker's sheet done", (36, 30_000),
		),
		Operation(
			"60K", "60,000 mile service", "Maintenance", 38, "312.75",
			"Due by mileage", "All points of the maker's sheet done", (72, 60_000),
		),
		Operation(
			"BRKF", "Front brake pads and rotors", "Repair", 22, "268.40",
			"Pads at 2 mm, rotors scored", "Pads and rotors replaced, bedded in, test drive", None, "Brakes", 70,
		),
		Operation(
			"BRKR", "Rear brake pads", "Repair", 14, "124.90",
			"Pads at 3 mm", "Pads replaced, pins greased", None, "Brakes", 40,
		),
		Operation(
			"BFLU", "Brake fluid exchange", "Maintenance", 8, "24.60",
			"Water in the fluid above 3 %", "Fluid exchanged, pedal firm", (36, 45_000), "Brakes", 10,
		),
		Operation(
			"TIRE4", "Four tires, mounted and balanced", "Tires", 16, "684.00",
			"Tread at 2/32 inch", "Four tires mounted, balanced, torqued", None, "Tires", 60,
		),
		Operation(
			"ALIGN", "Wheel alignment", "Tires", 10, "",
			"Toe out of range, tires worn inside", "Aligned to specification, sheet attached", None, "Tires", 5,
		),
		Operation(
			"BATT", "Battery replacement", "Repair", 6, "189.00",
			"Holds 54 % of its rated current", "Battery replaced, charging tested", None, "Under the hood", 45,
		),
		Operation(
			"COOL", "Coolant flush", "Maintenance", 12, "42.60",
			"Coolant protects to 10 degrees only", "Flushed and filled, no leaks", (60, 60_000), "Under the hood", 5,
		),
		Operation(
			"BELT", "Serpentine belt", "Repair", 11, "74.15",
			"Cracks across the ribs", "Belt replaced, tensioner checked", None, "Under the hood", 25,
		),
		Operation(
			"FILT", "Cabin and engine air filter", "Maintenance", 4, "61.30",
			"Filters clogged", "Both filters replaced", (24, 30_000), "Under the hood", 0,
		),
		Operation(
			"TRNS", "Transmission fluid service", "Maintenance", 15, "138.80",
			"Fluid dark", "Fluid exchanged, adaptation reset", (60, 60_000), "Under the vehicle", 5,
		),
		Operation(
			"STRT", "Front struts", "Repair", 34, "412.00",
			"Left strut leaks oil", "Both struts replaced, aligned", None, "Under the vehicle", 30,
		),
		Operation(
			"CARM", "Lower control arm bushings", "Repair", 28, "236.40",
			"Bushings torn", "Both arms replaced, aligned", None, "Under the vehicle", 65,
		),
		Operation(
			"WIPE", "Wiper blades and bulbs", "Repair", 3, "57.25",
			"Blades streak, one brake light out", "Blades and bulb replaced", None, "Lights and wipers", 35,
		),
		Operation(
			"DIAG", "Check engine light diagnosis", "Diagnosis", 10, "",
			"Code P0420 stored", "Tested upstream and downstream sensor, exhaust tight",
		),
		Operation(
			"NOISE", "Noise or vibration diagnosis", "Diagnosis", 10, "",
			"Rattle from the heat shield", "Shield fixed, test drive without noise",
		),
		Operation(
			"O2S", "Oxygen sensor, under warranty", "Repair", 9, "164.80",
			"Sensor heater open", "Sensor replaced, code cleared, test drive",
		),
	)
}  # fmt: skip

# What people come for, with how often, and in which words.
ASKED: dict[str, tuple[int, str]] = {
	"OCF": (36, "Oil change, and please look it over"),
	"TROT": (10, "Rotate the tires"),
	"30K": (8, "The 30,000 mile service is due"),
	"60K": (5, "The 60,000 mile service is due"),
	"BRKF": (7, "Squeals when braking"),
	"BATT": (4, "Starts slowly in the morning"),
	"TIRE4": (4, "Needs new tires before the winter"),
	"DIAG": (9, "Check engine light is on"),
	"NOISE": (7, "Rattles over bumps"),
	"ALIGN": (4, "Pulls to the right"),
	"FILT": (4, "Smell from the vents"),
}
FOUND = tuple(row.op_code for row in OPERATIONS.values() if row.section)
UNDER_WARRANTY = "O2S"

DECLINE_REASONS = (
	"Too expensive right now",
	"Wants to ask at home first",
	"Wants a second opinion",
	"No time today",
	"Thinks of selling the car",
)
ELSEWHERE_REASONS = ("Had it done at a tire shop", "A friend did it")
APPOINTMENT_CANCELLED = (
	"Child is sick",
	"Has to work that day",
	"Car runs fine again",
	"Found an earlier time elsewhere",
)
DENIALS = ("Cause and correction do not match the part", "No photo of the failed part")
RELEASES = ("Fleet account, pays by check on the first", "Known customer, card reader was down")

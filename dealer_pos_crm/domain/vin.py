"""A vehicle identification number: cleaned, checked, and what it hints at.

Law: 49 CFR 565.13 (17 characters, no I, O or Q) and 565.15 (check digit in position 9, model year in
position 10). The check digit binds vehicles for the North American market from model year 1981;
elsewhere ISO 3779 leaves the position to the maker, so there a mismatch only warns.
"""

import enum
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from .refusal import Refused, _

LENGTH = 17

# 49 CFR 565.15, table III: what a letter counts. I, O and Q do not exist in a VIN.
_LETTERS = {1: "AJ", 2: "BKS", 3: "CLT", 4: "DMU", 5: "ENV", 6: "FW", 7: "GPX", 8: "HY", 9: "RZ"}
_VALUES: dict[str, int] = {
	**{str(digit): digit for digit in range(10)},
	**{letter: value for value, letters in _LETTERS.items() for letter in letters},
}
# Table IV: what a position weighs; the check digit itself (position 9) weighs nothing.
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

# Table VII: the model year letters, from 1980 on; the cycle repeats every thirty years.
_YEARS = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_YEAR = 1980
_CYCLE = len(_YEARS)

# What a hand or a scanner meant by a letter that no VIN has.
_MEANT = {"I": "1", "O": "0", "Q": "0"}
_CORRECTED = str.maketrans(_MEANT)

# Chassis numbers from before 1981 had 5 to 14 characters; from 15 on, a 17-character VIN was meant.
_LONGEST_OLD_NUMBER = 14


class Severity(str, enum.Enum):
	ERROR = "Error"
	WARNING = "Warning"


@dataclass(frozen=True)
class Problem:
	"""One thing that is wrong with a VIN; ``code``, ``template`` and ``values`` as in ``Refused``."""

	severity: Severity
	code: str
	template: str
	values: tuple[str, ...] = ()

	def __str__(self) -> str:
		return self.template.format(*self.values)

	def refusal(self) -> Refused:
		return Refused(self.code, self.template, *self.values)


@dataclass(frozen=True)
class VinCheck:
	"""What is known of a VIN from its characters alone.

	``years`` are the model years that position 10 can mean, the likeliest first. ``make`` and
	``country`` are hints from a table of makers; they never block. ``suggestion`` is a VIN with a
	matching check digit that was probably meant.
	"""

	vin: str
	problems: tuple[Problem, ...] = ()
	years: tuple[int, ...] = ()
	make: str | None = None
	country: str | None = None
	suggestion: str | None = None

	@property
	def errors(self) -> tuple[Problem, ...]:
		return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)

	@property
	def warnings(self) -> tuple[Problem, ...]:
		return tuple(problem for problem in self.problems if problem.severity is Severity.WARNING)

	@property
	def ok(self) -> bool:
		"""Nothing forbids the VIN; there may be warnings."""
		return not self.errors

	@property
	def year(self) -> int | None:
		"""The likeliest model year."""
		return self.years[0] if self.years else None

	@property
	def last8(self) -> str:
		"""The last eight characters, as the trade reads a VIN over the phone."""
		return self.vin[-8:]

	@property
	def last6(self) -> str:
		"""The last six characters, the serial number."""
		return self.vin[-6:]

	def accepted(self) -> str:
		"""The cleaned VIN; raises ``Refused`` with the first error when there is one."""
		for problem in self.errors:
			raise problem.refusal()
		return self.vin


def normalise(text: str | None) -> str:
	"""Upper case, without the spaces, dashes and invisible characters that paper and scanners add."""
	return "".join(
		character
		for character in (text or "").upper()
		if not character.isspace() and unicodedata.category(character) not in ("Pd", "Cf", "Cc")
	)


def meant(text: str) -> str:
	"""With the digits that were meant by letters which no VIN has."""
	return text.translate(_CORRECTED)


def check_digit(vin: str) -> str:
	"""The digit (or X) that position 9 of a 17-character VIN must hold; its own content does not count.

	Raises ``Refused`` when the length or a character is not that of a VIN. Source: 49 CFR 565.15(c).
	"""
	if len(vin) != LENGTH:
		raise Refused("vin_length", _("{0} has {1} characters; a VIN has {2}"), vin, len(vin), LENGTH)
	total = 0
	for position, (character, weight) in enumerate(zip(vin, _WEIGHTS, strict=True), start=1):
		if weight and character not in _VALUES:
			raise Refused(
				"vin_character",
				_("{0} at position {1} of {2} cannot be in a VIN"),
				character,
				position,
				vin,
			)
		total += _VALUES.get(character, 0) * weight
	return "0123456789X"[total % 11]


def make_vin(pattern: str) -> str:
	"""A VIN with the right check digit, from its 16 other characters (positions 1-8 and 10-17).

	Raises ``Refused`` when these are not 16 characters of a VIN.
	"""
	rest = normalise(pattern)
	if len(rest) != LENGTH - 1:
		raise Refused(
			"vin_pattern",
			_("{0} has {1} characters; give the 16 of a VIN without its check digit"),
			rest,
			len(rest),
		)
	vin = rest[:8] + "0" + rest[8:]
	return vin[:8] + check_digit(vin) + vin[9:]


def is_north_american(vin: str) -> bool:
	"""Whether the first characters name the United States, Canada or Mexico (1 to 5, and 7F to 70)."""
	return vin[:1] in tuple("12345") or (vin[:1] == "7" and vin[1:2] not in ("", *"ABCDE"))


def model_years(vin: str) -> tuple[int, ...]:
	"""The model years that position 10 can mean, the likeliest first; none when it says nothing.

	For cars and light trucks a letter in position 7 means 2010 or later, a digit means earlier
	(49 CFR 565.15, table VII, footnote). Heavy trucks, trailers and other markets do not keep to it.
	"""
	if len(vin) != LENGTH or vin[9] not in _YEARS:
		return ()
	early = _FIRST_YEAR + _YEARS.index(vin[9])
	late = early + _CYCLE
	return (late, early) if vin[6].isalpha() else (early, late)


def check(text: str | None, latest_year: int | None = None) -> VinCheck:
	"""Everything that is wrong with a VIN, and what it hints at. Never raises for bad input.

	``latest_year`` drops model years that are still to come (give next year, or the one after).
	What is wrong is an error on a North American car from 1981 on (15 characters or more: before, no
	number was as long); on any other it warns, as other markets and older cars have their own numbers.
	"""
	vin = normalise(text)
	if not vin:
		return VinCheck(vin, (Problem(Severity.ERROR, "vin_missing", _("Enter the VIN")),))
	problems = tuple(_problems(vin))
	years = tuple(y for y in model_years(vin) if latest_year is None or y <= latest_year)
	make, country = _hints(vin) if len(vin) == LENGTH else (None, None)
	return VinCheck(vin, problems, years, make, country, _suggestion(vin) if problems else None)


def _problems(vin: str) -> Iterator[Problem]:
	severity = _severity(vin)
	if len(vin) != LENGTH:
		missing = LENGTH - len(vin)
		template = (
			_("{0} has {1} characters; a VIN has {2}, so {3} missing")
			if missing > 0
			else _("{0} has {1} characters; a VIN has {2}, so {3} too many")
		)
		yield Problem(severity, "vin_length", template, (vin, str(len(vin)), str(LENGTH), str(abs(missing))))
	readable = True
	for position, character in enumerate(vin, start=1):
		if character in _MEANT:
			readable = False
			yield Problem(
				severity,
				"vin_character",
				_("{0} at position {1} cannot be in a VIN (I, O and Q are never used); it is probably {2}"),
				(character, str(position), _MEANT[character]),
			)
		elif character not in _VALUES:
			readable = False
			yield Problem(
				severity if character.isascii() else Severity.ERROR,  # a Cyrillic A looks like an A
				"vin_character",
				_("{0} at position {1} cannot be in a VIN; type a digit or a plain letter A to Z"),
				(character, str(position)),
			)
	if readable and len(vin) == LENGTH:
		expected = check_digit(vin)
		if vin[8] != expected:
			yield Problem(
				severity,
				"vin_check_digit",
				_(
					"The check digit (position 9) of {0} is {1}, but the other characters make {2}; "
					"compare the VIN with the vehicle"
				),
				(vin, vin[8], expected),
			)


def _severity(vin: str) -> Severity:
	if is_north_american(vin.translate(_CORRECTED)) and len(vin) > _LONGEST_OLD_NUMBER:
		return Severity.ERROR
	return Severity.WARNING


def _suggestion(vin: str) -> str | None:
	"""The VIN that was probably meant: look-alikes corrected, or the I dropped that bar codes of
	imported cars begin with. Only one whose check digit fits is offered."""
	for meant in (vin.translate(_CORRECTED), vin[1:].translate(_CORRECTED) if vin[0] == "I" else ""):
		if len(meant) == LENGTH and all(c in _VALUES for c in meant):
			if meant[8] == check_digit(meant):
				return meant
	return None


def _hints(vin: str) -> tuple[str | None, str | None]:
	"""Make and country as a table of makers has them; nothing when it does not know."""
	try:
		from vininfo import Vin  # only here: it loads large tables

		known = Vin(vin)
		make, country = known.manufacturer, known.country
	except Exception:  # a hint must not stop a car from being entered
		return None, None
	if not isinstance(make, str) or make == "UnsupportedBrand":
		make = None
	return make, country if isinstance(country, str) else None

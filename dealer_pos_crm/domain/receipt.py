"""Receipts: what a text that somebody types may be, and what a print is: the original, or which copy."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum

SHORTEST = 2
LAST_FOUR = 4
_LEAST_PHONE = 7  # digits; fewer end a number of a document as often
_MOST_PHONE = 15
_LEAST_NUMBER = 3
_WORDS = 6

_AMOUNT = re.compile(r"[$€£]?\s*(\d{1,3}(?:,\d{3})+|\d+)(\.\d{1,2})?\s*")
_LAST_FOUR = re.compile(r"(?:[*x•…. -]|ending(?: in)?|last(?: four)?)*\s*(\d{4})", re.IGNORECASE)
_PHONE = re.compile(r"[\d\s().+\-/]+")
_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_DAY = re.compile(r"(\d{1,2})[/.\-](\d{1,2})(?:[/.\-](\d{2}|\d{4}))?")
_NAMED_DAYS = {"today": 0, "yesterday": 1}
_NOT_DIGIT = re.compile(r"\D")
_LETTER = re.compile(r"[^\W\d_]")


class Kind(str, Enum):
	"""What is looked for."""

	RECEIPT = "Receipt"
	DEPOSIT = "Deposit"
	REFUND = "Refund"
	CARD = "Card"
	SALE = "Sale"
	PAYMENT = "Payment"


@dataclass(frozen=True)
class Question:
	"""What to look for; a text may be several things at once, and an empty part is not looked for."""

	text: str = ""
	number: str = ""  # of a document, an order or a check: whole, or a part of it
	amount: Decimal | None = None  # in major units
	last_four: str = ""
	day: date | None = None
	phone: str = ""  # digits: whole, or its end
	words: tuple[str, ...] = ()  # of a customer's name

	@property
	def asks_nothing(self) -> bool:
		return not (
			self.number or self.amount is not None or self.last_four or self.day or self.phone or self.words
		)


def question(typed: str, today: date, *, day_first: bool = False) -> Question:
	"""What a text may be. ``day_first``: 03/04 is the third of April.

	A day is nothing else: nobody means an amount with two slashes. Too short a text asks nothing.
	"""
	text = " ".join((typed or "").split())
	day = _day(text, today, day_first)
	if day:
		return Question(text, day=day)
	if len(text) < SHORTEST and not text.isdigit():
		return Question(text)
	digits = _NOT_DIGIT.sub("", text)
	amount = _amount(text)
	is_number = " " not in text and len(digits) >= _LEAST_NUMBER and (amount is None or text.isdigit())
	return Question(
		text,
		number=text.upper() if is_number else "",
		amount=amount,
		last_four=_last_four(text),
		phone=digits if _PHONE.fullmatch(text) and _LEAST_PHONE <= len(digits) <= _MOST_PHONE else "",
		words=tuple(text.split()[:_WORDS]) if _LETTER.search(text) and not _last_four(text) else (),
	)


def _day(text: str, today: date, day_first: bool) -> date | None:
	named = _NAMED_DAYS.get(text.casefold())
	if named is not None:
		return today - timedelta(days=named)
	iso = _ISO_DAY.fullmatch(text)
	if iso:
		return _of(int(iso[1]), int(iso[2]), int(iso[3]))
	found = _DAY.fullmatch(text)
	if not found:
		return None
	if not found[3] and "." in text:
		return None  # 12.50 is an amount
	first, second = int(found[1]), int(found[2])
	month, day = (second, first) if day_first else (first, second)
	if not found[3]:
		this_year = _of(today.year, month, day)
		return _of(today.year - 1, month, day) if this_year and this_year > today else this_year
	year = int(found[3])
	return _of(year + 2000 if year < 100 else year, month, day)


def _of(year: int, month: int, day: int) -> date | None:
	try:
		return date(year, month, day)
	except ValueError:
		return None


def _amount(text: str) -> Decimal | None:
	found = _AMOUNT.fullmatch(text)
	if not found:
		return None
	try:
		amount = Decimal(found[1].replace(",", "") + (found[2] or ""))
	except InvalidOperation:
		return None
	return amount if 0 < amount < 10_000_000_000 else None


def _last_four(text: str) -> str:
	found = _LAST_FOUR.fullmatch(text)
	return found[1] if found else ""


# Prints


@dataclass(frozen=True)
class Printed:
	"""The how-manieth print of a document this is. The first is the original."""

	number: int

	@property
	def is_copy(self) -> bool:
		return self.number > 1

	@property
	def copy(self) -> int:
		"""Number of the copy; 0 for the original."""
		return max(0, self.number - 1)


def on_a_roll(
	chosen: str | None, house: str | None, is_roll: Callable[[str], bool], *, at_counter: bool
) -> bool:
	"""Whether a receipt goes on 80 mm paper: as the point of sale's own print format says, else the
	dealership's; where neither says anything, a counter has a roll and a desk a sheet."""
	for name in (chosen, house):
		if name:
			return is_roll(name)
	return at_counter

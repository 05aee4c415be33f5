"""Who stands at the counter: what a typed text may be, and which of the finds is the likeliest.

One text can be several things: "4821" ends a phone, a VIN and an order's number. Each find says how it was
found; the best way decides the order, and one customer found in several ways stands once, with all of them.
"""

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass

from . import vin

SHORTEST = 2
TAIL = 4  # characters of a VIN, digits of a phone: fewer fit too many
_NUMBER = 3  # digits of a document's number
_WORDS = 6  # of a name; more are no name

_NOT_ALNUM = re.compile(r"[\W_]+")
_NOT_DIGIT = re.compile(r"\D")
_LETTER = re.compile(r"[^\W\d_]")
_PHONE = re.compile(r"[\d\s().+\-/]+")


class Kind(str, enum.Enum):
	"""What a text was found as."""

	NAME = "Name"
	PHONE = "Phone"
	EMAIL = "E-mail"
	VIN = "VIN"
	PLATE = "Plate"
	STOCK = "Stock Number"
	DOCUMENT = "Document"


class Fit(enum.IntEnum):
	"""How well; the higher, the likelier that this was meant."""

	INSIDE = 30
	WORDS = 50
	BEGINS = 60
	TAIL = 70
	EXACT = 100


@dataclass(frozen=True)
class Question:
	"""What to look for. An empty part is not looked for."""

	text: str  # cleaned
	words: tuple[str, ...] = ()  # of a name
	digits: str = ""  # of a phone, whole or its end
	email: str = ""
	vins: tuple[str, ...] = ()  # whole, or its end; as typed, and as a reader of paper meant it
	plate: str = ""  # without blanks and dashes
	stock: str = ""
	number: str = ""  # of a document: whole, or what it ends with

	def __bool__(self) -> bool:
		return bool(
			self.words or self.digits or self.email or self.vins or self.plate or self.stock or self.number
		)


def question(typed: str) -> Question:
	"""What a text that somebody types may be. Too short a text is no question."""
	text = " ".join((typed or "").split())
	if len(text) < SHORTEST:
		return Question("")
	if "@" in text:
		return Question(text, email=text.lower())
	compact = _NOT_ALNUM.sub("", text).upper()
	digits = _NOT_DIGIT.sub("", text)
	lettered = bool(_LETTER.search(text))
	is_one_word = " " not in text
	words = tuple(text.split()[:_WORDS]) if lettered else ()
	is_phone = len(digits) >= TAIL and bool(_PHONE.fullmatch(text))
	tail = vin.normalise(text) if digits else ""
	return Question(
		text,
		words=words,
		digits=digits if is_phone else "",
		vins=tuple(dict.fromkeys((tail, vin.meant(tail)))) if TAIL <= len(tail) <= vin.LENGTH else (),
		plate=compact if SHORTEST <= len(compact) <= 10 else "",
		stock=text if is_one_word else "",
		number=text.upper() if is_one_word and len(digits) >= _NUMBER else "",
	)


def name_fit(name: str, words: Iterable[str]) -> Fit | None:
	"""How a name fits words; nothing, when one of them is not in it."""
	said, wanted = name.casefold(), [word.casefold() for word in words]
	if not wanted or any(word not in said for word in wanted):
		return None
	if said == " ".join(wanted):
		return Fit.EXACT
	if said.startswith(" ".join(wanted)):
		return Fit.BEGINS
	parts = re.split(r"[\s\-.,']+", said)
	if all(any(part.startswith(word) for part in parts) for word in wanted):
		return Fit.WORDS
	return Fit.INSIDE


def tail_fit(value: str, wanted: str) -> Fit:
	"""How a number fits: whole, its end, or somewhere in it."""
	if value == wanted:
		return Fit.EXACT
	return Fit.TAIL if value.endswith(wanted) else Fit.INSIDE


@dataclass(frozen=True)
class Find:
	"""One way in which a customer was found. ``weight`` parts equal fits: an open order before a closed one."""

	customer: str | None
	kind: Kind
	fit: Fit
	text: str = ""
	doctype: str = ""
	name: str = ""
	weight: int = 0

	@property
	def rank(self) -> tuple[int, int]:
		return (-int(self.fit), -self.weight)


@dataclass(frozen=True)
class Row:
	"""One customer (or, in stock, nobody's car) with every way it was found, the best first."""

	customer: str | None
	finds: tuple[Find, ...]


def ranked(finds: Iterable[Find]) -> list[Row]:
	"""A row a customer, the likeliest first. Cars of nobody stand for themselves."""
	grouped: dict[tuple[str, str], list[Find]] = {}
	for find in finds:
		key = ("", find.customer) if find.customer else (find.doctype, find.name)
		own = grouped.setdefault(key, [])
		if all((one.doctype, one.name, one.kind) != (find.doctype, find.name, find.kind) for one in own):
			own.append(find)
	rows = [Row(own[0].customer, tuple(sorted(own, key=_order))) for own in grouped.values()]
	return sorted(rows, key=_likeliest)


def _likeliest(row: Row) -> tuple[tuple[int, int], bool, int, str]:
	return (row.finds[0].rank, row.customer is None, -len(row.finds), row.customer or "")


def _order(find: Find) -> tuple[tuple[int, int], str, str]:
	return (find.rank, find.doctype, find.name)

"""What a print says, before it is laid out: plain texts, amounts as people read them."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Literal


@dataclass(frozen=True)
class Fact:
	"""A label and what stands behind it."""

	label: str
	text: str


@dataclass(frozen=True)
class Row:
	"""One line of a sum. ``kind``: "part" adds, "less" takes away, "total" and "held" are results, "void" counts not;
	"strong" is a part that catches the eye."""

	label: str
	amount: str
	note: str = ""
	kind: Literal["part", "less", "total", "held", "void", "strong"] = "part"


@dataclass(frozen=True)
class Sum:
	"""Lines that add up visibly, under a heading."""

	title: str
	rows: tuple[Row, ...]


@dataclass(frozen=True)
class Mark:
	"""What must not be overlooked: why this paper is no receipt."""

	title: str
	text: str


@dataclass(frozen=True)
class Dealer:
	"""Who prints, where no Letter Head says it. ``logo`` is a data URI."""

	name: str
	address: tuple[str, ...] = ()
	phone: str = ""
	reach: tuple[str, ...] = ()
	logo: str = ""


@dataclass(frozen=True)
class Paper:
	"""Everything one print says, in its order."""

	title: str
	number: str
	date: str
	dealer: Dealer
	facts: tuple[Fact, ...] = ()
	amount_label: str = ""
	amount: str = ""
	in_words: str = ""
	sums: tuple[Sum, ...] = ()
	terms_title: str = ""
	terms: str = ""
	signatures: tuple[str, ...] = ()
	closing: str = ""
	mark: Mark | None = None
	copy: str = ""  # which copy it is, of when and whose; empty on the original
	# The same once more, for the few sentences of an e-mail.
	customer: str = ""
	what: str = ""
	held: str = ""
	held_until: str = ""

	@property
	def roll_mm(self) -> int:
		"""Length of 80 mm paper that holds all of it, in mm: rather a little too long than cut."""
		mm = 24.0 + (16 if self.dealer.logo else 0)
		mm += _mm([self.dealer.name], 28, 5.6) + _mm((*self.dealer.address, *self.dealer.reach), 42, 3.9)
		mm += _mm([self.copy], 40, 4.2) + (3 if self.copy else 0)
		if self.mark:
			mm += 11 + _mm([self.mark.text], 40, 4.2)
		mm += sum(_mm([fact.text], 29, 4.2) + 0.8 for fact in self.facts)
		if self.amount:
			mm += 12 + _mm([self.in_words], 40, 4.2)
		for part in self.sums:
			mm += 7 + sum(_mm([row.label], 26, 4.2) + 0.8 for row in part.rows)
			mm += _mm([row.note for row in part.rows], 42, 4.4)
			mm += 0.9 * sum(row.kind in ("total", "held") for row in part.rows)  # their lines and size
		if self.terms:
			mm += (
				4
				+ _mm([self.terms_title], 32, 4.1)
				+ _mm([line or " " for line in self.terms.splitlines()], 46, 4.1)
			)
		return ceil(mm + 18.5 * len(self.signatures) + 7)


def _mm(texts: Iterable[str], width: int, line: float) -> float:
	"""Height of texts in lines of ``width`` characters, ``line`` mm each."""
	return sum(max(1, ceil(len(text) / width)) * line for text in texts if text)

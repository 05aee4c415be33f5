"""What the house earns by a deal before commissions: front (the car) and back (products and financing).

Every line says its income, its cost and where the number comes from. Once commissions are posted the lines
stay; what changes later is a line of its own.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from . import amortisation
from .money import Money, total


class Part(str, enum.Enum):
	FRONT = "Front"
	BACK = "Back"


class State(str, enum.Enum):
	EXPECTED = "Expected"
	DELIVERED = "Delivered"
	UNWOUND = "Unwound"


class Kind(str, enum.Enum):
	VEHICLE = "Vehicle"
	LINE = "Line"
	TRADE = "Trade"
	RECON = "Recon"
	OTHER_COST = "Other Cost"
	PACK = "Pack"
	WE_OWE = "We Owe"
	PRODUCT = "Product"
	RESERVE = "Reserve"
	ADJUSTMENT = "Adjustment"
	UNWIND = "Unwind"


@dataclass(frozen=True, slots=True)
class Line:
	"""One reason why gross is what it is. ``source``: where the amounts come from, in words."""

	part: Part
	kind: Kind
	what: str
	income: Money
	cost: Money
	source: str = ""

	@property
	def gross(self) -> Money:
		return self.income - self.cost


@dataclass(frozen=True, slots=True)
class Gross:
	lines: tuple[Line, ...]
	currency: str

	def of(self, part: Part) -> Money:
		return total((line.gross for line in self.lines if line.part is part), self.currency)

	@property
	def front(self) -> Money:
		return self.of(Part.FRONT)

	@property
	def back(self) -> Money:
		return self.of(Part.BACK)

	@property
	def total(self) -> Money:
		return self.front + self.back


def earned(part: Part, kind: Kind, what: str, income: Money, cost: Money, source: str = "") -> Line:
	return Line(part, kind, what, income, cost, source)


def spent(part: Part, kind: Kind, what: str, cost: Money, source: str = "") -> Line:
	return Line(part, kind, what, Money.zero(cost.currency), cost, source)


def over_allowance(allowance: Money, cash_value: Money | None) -> Money:
	"""What a customer was given for the trade above its worth; below zero when less. A trade that nobody
	appraised is worth what was given."""
	return Money.zero(allowance.currency) if cash_value is None else allowance - cash_value


def reserve(
	financed: Money,
	rate: Decimal,
	buy_rate: Decimal,
	term: int,
	share: Decimal,
	*,
	days_to_first: int = amortisation.MONTH_DAYS,
	most_points: Decimal | None = None,
) -> Money:
	"""The dealer's part of the finance charge above the lender's buy rate, half up to the cent.

	(total of payments at the contract rate - total of payments at the buy rate) x share. Rates in percent a
	year, ``share`` in percent. Points above ``most_points`` earn nothing. Zero without a spread.
	"""
	zero = Money.zero(financed.currency)
	if most_points is not None and most_points > 0:
		rate = min(rate, buy_rate + most_points)
	if financed.minor <= 0 or term <= 0 or buy_rate <= 0 or rate <= buy_rate:
		return zero
	paid = amortisation.loan(financed, rate, term, days_to_first).total_of_payments
	owed = amortisation.loan(financed, buy_rate, term, days_to_first).total_of_payments
	return percent_of(paid - owed, share)


def percent_of(amount: Money, percent: Decimal) -> Money:
	"""Half up (away from zero) to the smallest unit."""
	minor = (Decimal(amount.minor) * percent / 100).to_integral_value(ROUND_HALF_UP)
	return Money(int(minor), amount.currency)


def kept_of_product(price: Money, cost: Money, refund: Money) -> tuple[Money, Money]:
	"""Income and cost of a product that was cancelled: the provider gives back its part as the house does."""
	income = price - refund
	if not price:
		return income, cost
	minor = (Decimal(cost.minor) * income.minor / price.minor).to_integral_value(ROUND_HALF_UP)
	return income, Money(int(minor), cost.currency)


def frozen(before: Sequence[Line], now: Gross, text: str, source: str) -> Gross:
	"""The lines as they were, and what the gross has changed by since, as one line for each part.

	Coming again with the same gross adds nothing.
	"""
	zero = Money.zero(now.currency)
	standing = Gross(tuple(before), now.currency)
	found = [
		Line(part, Kind.ADJUSTMENT, text, zero, standing.of(part) - now.of(part), source)
		for part in Part
		if standing.of(part) != now.of(part)
	]
	return Gross((*before, *found), now.currency)


def undone(before: Iterable[Line], currency: str, text: str, source: str) -> Gross:
	"""Nothing is left of it; the lines stay as the history of what it was."""
	lines = tuple(before)
	zero = Money.zero(currency)
	whole = Gross(lines, currency)
	back = [Line(part, Kind.UNWIND, text, -whole.of(part), zero, source) for part in Part if whole.of(part)]
	return Gross((*lines, *back), currency)

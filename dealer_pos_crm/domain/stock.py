"""A car in stock: how long it stands there, and what that costs."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .ageing import Ageing
from .money import Money
from .refusal import Refused, _

# As the trade reads the age of its stock.
AGEING = Ageing(30, 60, 90)


def holding_cost(per_day: Money, days: int) -> Money:
	"""What a car has cost by standing there: floor plan, insurance, depreciation, as one amount a day."""
	return Money(per_day.minor * max(days, 0), per_day.currency)


@dataclass(frozen=True)
class Cost:
	"""What a stock car has cost the house so far."""

	acquisition: Money
	recon: Money
	other: Money

	@property
	def total(self) -> Money:
		return self.acquisition + self.recon + self.other


def check_price(price: Money, floor: Money | None, *, is_manager: bool, name: str) -> None:
	"""Refuse a price below the car's lowest, unless a manager asks for it.

	The lowest price itself stays unsaid: whoever is refused may not know it. Raises ``Refused`` with codes
	``price_negative``, ``below_floor``.
	"""
	if price.minor < 0:
		raise Refused("price_negative", _("{0}: a price below zero is not possible"), name)
	if floor is None or not floor or is_manager or not price or price >= floor:
		return
	raise Refused(
		"below_floor",
		_("{0} cannot be offered for {1}: that is below its lowest price. Ask a sales manager"),
		name,
		price,
	)


def share_of_list(price: Money, list_price: Money) -> Decimal | None:
	"""The price in percent of the list price, to a tenth; None without a list price."""
	if not list_price:
		return None
	percent = Decimal(price.minor) * 100 / Decimal(list_price.minor)
	return percent.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

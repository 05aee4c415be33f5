"""A lease by money factor, as the trade computes it.

Base payment = depreciation + rent charge, where
depreciation = (adjusted capitalized cost - residual) / months and
rent charge = (adjusted capitalized cost + residual) * money factor (Regulation M, 12 CFR 1013.4(f), names
the same parts). A money factor times 2,400 is about the annual rate in percent.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from .amortisation import LONGEST_TERM
from .money import Money
from .refusal import Refused, _

LARGEST_FACTOR = Decimal("0.04")  # about 96 % a year; a larger one is a rate typed as a factor
_PREC = Context(prec=34)


@dataclass(frozen=True, slots=True)
class Lease:
	"""``payment`` every month, the first at signing; amounts before tax on the payment."""

	cap_cost: Money
	residual: Money
	term: int
	depreciation: Money  # a month
	rent: Money  # a month
	payment: Money
	due_at_signing: Money
	rent_charge: Money  # all months
	total_of_payments: Money


def residual(base: Money, percent: Decimal) -> Money:
	"""What the car is worth at the end, from the list price. Code ``residual`` outside 0 to 100 percent."""
	if not percent.is_finite() or not 0 <= percent <= 100:
		raise Refused("residual", _("A residual of {0} % is not possible; enter 0 to 100"), percent)
	with localcontext(_PREC):
		return _cents(base.decimal * percent / 100, base)


def lease(
	cap_cost: Money, residual_value: Money, money_factor: Decimal, term: int, *, cash_down: Money
) -> Lease:
	"""Payments of a lease. ``cap_cost`` is the adjusted one: what is left after trade, deposits and cash.

	Due at signing are the cash and the first payment. The payment is rounded once, half up; rent is what the
	payments exceed the depreciation by, so that all sums add up. Codes ``term``, ``money_factor``,
	``nothing_financed``, ``residual_above``.
	"""
	if not 1 <= term <= LONGEST_TERM:
		raise Refused("term", _("A term of {0} months is not possible; enter 1 to {1}"), term, LONGEST_TERM)
	if not money_factor.is_finite() or not 0 <= money_factor <= LARGEST_FACTOR:
		raise Refused(
			"money_factor",
			_("{0} is no money factor; divide the yearly rate in percent by 2400 (6 % is 0.0025)"),
			money_factor,
		)
	if cap_cost.minor <= 0:
		raise Refused("nothing_financed", _("{0} cannot be financed; enter more than zero"), cap_cost)
	if residual_value > cap_cost:
		raise Refused(
			"residual_above",
			_("The residual {0} is above what is leased, {1}; less cash down, or a lower residual"),
			residual_value,
			cap_cost,
		)
	with localcontext(_PREC):
		wear = (cap_cost.decimal - residual_value.decimal) / term
		charge = (cap_cost.decimal + residual_value.decimal) * money_factor
		payment = _cents(wear + charge, cap_cost)
		depreciation = _cents(wear, cap_cost)
	paid = Money(payment.minor * term, cap_cost.currency)
	return Lease(
		cap_cost=cap_cost,
		residual=residual_value,
		term=term,
		depreciation=depreciation,
		rent=payment - depreciation,
		payment=payment,
		due_at_signing=cash_down + payment,
		rent_charge=paid - (cap_cost - residual_value),
		total_of_payments=paid,
	)


def _cents(value: Decimal, like: Money) -> Money:
	return Money.of(value.quantize(like.decimal, rounding=ROUND_HALF_UP), like.currency)

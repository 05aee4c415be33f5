"""A loan repaid by level monthly payments, to the cent.

The rate that is entered is the annual percentage rate. Payments follow the actuarial method of
Regulation Z, Appendix J to 12 CFR 1026, general equation (b)(8): with ``i`` the rate of one month,

	A = P * sum over k = 0 .. n-1 of 1 / ((1 + f*i) * (1 + i)**(t + k))

where the first payment is due after ``t`` full months and the fraction ``f`` of one. A month counts
thirty days and odd days count by thirtieths (b)(5)(ii); they bear simple interest for their fraction and
do not compound. The actuarial method is taken rather than actual/365 simple interest because it is the one
in which the rate entered and the rate disclosed are the same number, and a first payment after thirty days
gives the payment of every published amortisation table.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal, localcontext

from .money import Money, total
from .refusal import Refused, _

MONTH_DAYS = 30
LONGEST_TERM = 240  # months; a boat or motor home is financed for 20 years, a car for 8
HIGHEST_RATE = Decimal(100)  # percent a year; a larger one is a slip of the finger
LONGEST_WAIT = 365  # days to the first payment

_PREC = Context(prec=34)
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Installment:
	"""One payment of the schedule; ``balance`` is what is owed after it."""

	number: int
	payment: Money
	interest: Money
	principal: Money
	balance: Money


@dataclass(frozen=True, slots=True)
class Loan:
	"""What the disclosure says: ``term`` - 1 payments of ``payment`` and one of ``last_payment``."""

	amount: Money
	term: int
	payment: Money
	last_payment: Money
	finance_charge: Money
	total_of_payments: Money


def check_terms(term: int, rate: Decimal, days_to_first: int = MONTH_DAYS) -> None:
	"""Refuse terms that are none. ``rate`` in percent a year. Codes ``term``, ``rate``, ``first_payment``."""
	if not 1 <= term <= LONGEST_TERM:
		raise Refused("term", _("A term of {0} months is not possible; enter 1 to {1}"), term, LONGEST_TERM)
	if not rate.is_finite() or not 0 <= rate <= HIGHEST_RATE:
		raise Refused("rate", _("A rate of {0} % is not possible; enter 0 to {1}"), rate, HIGHEST_RATE)
	if not 1 <= days_to_first <= LONGEST_WAIT:
		raise Refused(
			"first_payment",
			_("A first payment after {0} days is not possible; enter 1 to {1}"),
			days_to_first,
			LONGEST_WAIT,
		)


def _first_growth(i: Decimal, days: int) -> Decimal:
	"""By what the amount has grown when the first payment is due: (1 + f*i) * (1 + i)**t."""
	months, odd = divmod(days, MONTH_DAYS)
	return (1 + i * odd / MONTH_DAYS) * (1 + i) ** months


def _factor(i: Decimal, term: int, days: int) -> Decimal:
	"""The present value of ``term`` payments of 1."""
	if i == 0:
		return Decimal(term)
	later = (1 - (1 + i) ** -(term - 1)) / i  # the payments after the first, seen from the first
	return (1 + later) / _first_growth(i, days)


def _monthly(rate: Decimal) -> Decimal:
	return rate / 100 / _MONTHS


def _cents(value: Decimal, like: Money, rounding: str = ROUND_HALF_UP) -> Money:
	return Money.of(value.quantize(like.decimal, rounding=rounding), like.currency)


def payment(amount: Money, rate: Decimal, term: int, days_to_first: int = MONTH_DAYS) -> Money:
	"""The level payment, rounded half up to the cent. ``rate`` in percent a year; refuses as ``loan``."""
	return loan(amount, rate, term, days_to_first).payment


def loan(amount: Money, rate: Decimal, term: int, days_to_first: int = MONTH_DAYS) -> Loan:
	"""Payments of a loan. Refuses terms as ``check_terms``, and ``nothing_financed``, ``too_small``."""
	rows = schedule(amount, rate, term, days_to_first)
	paid = total((row.payment for row in rows), amount.currency)
	return Loan(amount, term, rows[0].payment, rows[-1].payment, paid - amount, paid)


def schedule(
	amount: Money, rate: Decimal, term: int, days_to_first: int = MONTH_DAYS
) -> tuple[Installment, ...]:
	"""Every payment. Interest is rounded to the cent each month; the last payment takes what is left."""
	check_terms(term, rate, days_to_first)
	if amount.minor <= 0:
		raise Refused("nothing_financed", _("{0} cannot be financed; enter more than zero"), amount)
	with localcontext(_PREC):
		i = _monthly(rate)
		exact = amount.decimal / _factor(i, term, days_to_first)
		for rounding in (ROUND_HALF_UP, ROUND_DOWN):  # down where tiny payments would end too early
			level = _cents(exact, amount, rounding)
			rows = _rows(amount, i, term, days_to_first, level)
			if level and rows[-1].payment.minor > 0:
				return rows
	raise Refused("too_small", _("{0} is too little for {1} payments; shorten the term"), amount, term)


def _rows(amount: Money, i: Decimal, term: int, days: int, level: Money) -> tuple[Installment, ...]:
	rows: list[Installment] = []
	balance = amount
	growth = _first_growth(i, days) - 1
	for number in range(1, term + 1):
		interest = _cents(balance.decimal * (growth if number == 1 else i), amount)
		due = level if number < term else balance + interest
		balance = balance + interest - due
		rows.append(Installment(number, due, interest, due - interest, balance))
	return tuple(rows)


def apr(amount: Money, payment: Money, term: int, days_to_first: int = MONTH_DAYS) -> Decimal:
	"""The annual percentage rate of level payments, in percent with four decimals.

	Zero when the payments do not exceed the amount. Refuses payments that no rate up to a thousand percent
	explains (code ``no_rate``). Regulation Z lets a disclosed rate differ by 1/8 of one point (1026.22(a)(2)).
	"""
	check_terms(term, Decimal(0), days_to_first)
	if amount.minor <= 0 or payment.minor <= 0:
		raise Refused("nothing_financed", _("{0} cannot be financed; enter more than zero"), amount)
	with localcontext(_PREC):
		wanted = amount.decimal / payment.decimal
		if wanted >= term:
			return Decimal("0.0000")
		low, high = Decimal(0), _monthly(Decimal(1000))
		if _factor(high, term, days_to_first) > wanted:
			raise Refused("no_rate", _("No rate explains {0} payments of {1} for {2}"), term, payment, amount)
		while high - low > Decimal("1e-12"):
			middle = (low + high) / 2
			if _factor(middle, term, days_to_first) > wanted:
				low = middle
			else:
				high = middle
		return (low * 100 * _MONTHS).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)

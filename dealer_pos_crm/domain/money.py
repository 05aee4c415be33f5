"""Money as whole minor units of one currency. No floats past this door."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Union

from .refusal import WrongAmount, _

# ISO 4217: digits after the decimal separator, where they are not two.
EXPONENTS: dict[str, int] = {
	**dict.fromkeys(
		(
			"BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()  # no minor unit
		),
		0,
	),
	**dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
	**dict.fromkeys("CLF UYW".split(), 4),
}

_CURRENCY = re.compile(r"[A-Z]{3}")

# Wide enough for every amount that is let in, and it says so when digits would be lost.
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation])

# Digits before the decimal separator; ERPNext's currency columns hold twelve.
_LARGEST = 15

Amount = Union["Money", Decimal, int, str]


def exponent_of(currency: str) -> int:
	"""Digits after the decimal separator of an ISO 4217 currency code; two where ISO says nothing else."""
	if not _CURRENCY.fullmatch(currency):
		raise WrongAmount(
			"currency", _("{0} is not a currency code; use three letters such as USD"), currency
		)
	return EXPONENTS.get(currency, 2)


@dataclass(frozen=True, order=False)
class Money:
	"""An exact amount: ``minor`` whole cents (or yen, or fils) of ``currency``."""

	minor: int
	currency: str

	def __post_init__(self) -> None:
		if type(self.minor) is not int:
			raise TypeError(f"minor units are whole numbers, not {type(self.minor).__name__}")
		exponent_of(self.currency)

	@classmethod
	def of(cls, amount: "Decimal | int | str", currency: str) -> "Money":
		"""Money from a decimal amount in major units ("12.50").

		Raises ``WrongAmount`` for text that is no number, for more decimals than the currency has and for
		more than any ledger holds; ``TypeError`` for a float, which cannot hold cents exactly.
		"""
		if isinstance(amount, bool) or not isinstance(amount, Decimal | int | str):
			raise TypeError(f"give Decimal, int or text, not {type(amount).__name__}")
		exponent = exponent_of(currency)
		try:
			value = Decimal(amount)
		except InvalidOperation:
			raise WrongAmount("not_a_number", _("{0} is not an amount"), amount) from None
		if not value.is_finite():
			raise WrongAmount("not_a_number", _("{0} is not an amount"), amount)
		if value.adjusted() >= _LARGEST and value:
			raise WrongAmount("too_large", _("{0} is more than the books can hold"), amount)
		try:
			exact = value.quantize(Decimal(1).scaleb(-exponent), context=_EXACT)
		except Inexact:
			raise WrongAmount(
				"too_precise",
				_("{0} has more decimals than {1} allows ({2}); round it first"),
				amount,
				currency,
				exponent,
			) from None
		return cls(int(exact.scaleb(exponent)), currency)

	@classmethod
	def zero(cls, currency: str) -> "Money":
		return cls(0, currency)

	@property
	def decimal(self) -> Decimal:
		"""The amount in major units, with the currency's own number of decimals."""
		# From text, as arithmetic would round to the decimal context.
		return Decimal(f"{self.minor}E-{exponent_of(self.currency)}")

	def _same(self, other: "Money") -> None:
		if not isinstance(other, Money):
			raise TypeError(f"money meets money, not {type(other).__name__}")
		if other.currency != self.currency:
			raise WrongAmount(
				"currency_mixed",
				_("{0} and {1} cannot be added or compared; use one currency"),
				self.currency,
				other.currency,
			)

	def __add__(self, other: "Money") -> "Money":
		self._same(other)
		return Money(self.minor + other.minor, self.currency)

	def __sub__(self, other: "Money") -> "Money":
		self._same(other)
		return Money(self.minor - other.minor, self.currency)

	def __neg__(self) -> "Money":
		return Money(-self.minor, self.currency)

	def __lt__(self, other: "Money") -> bool:
		self._same(other)
		return self.minor < other.minor

	def __le__(self, other: "Money") -> bool:
		self._same(other)
		return self.minor <= other.minor

	def __gt__(self, other: "Money") -> bool:
		self._same(other)
		return self.minor > other.minor

	def __ge__(self, other: "Money") -> bool:
		self._same(other)
		return self.minor >= other.minor

	def __bool__(self) -> bool:
		return self.minor != 0

	def __str__(self) -> str:
		return f"{self.decimal:,f} {self.currency}"


def total(amounts: Iterable[Money], currency: str) -> Money:
	"""The sum of amounts that are all in ``currency``; zero of it when there are none."""
	result = Money.zero(currency)
	for amount in amounts:
		result = result + amount
	return result


def positive(amount: Money) -> Money:
	"""The amount itself, refused when it is zero or less."""
	if amount.minor <= 0:
		raise WrongAmount("not_positive", _("{0} is not more than zero; enter the amount received"), amount)
	return amount

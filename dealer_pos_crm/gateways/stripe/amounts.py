"""Money as Stripe counts it: mostly the currency's minor units, with the exceptions Stripe lists.

Source: docs.stripe.com/currencies (zero-decimal, three-decimal and special currencies).
"""

from dealer_pos_crm.domain.money import Money, exponent_of
from dealer_pos_crm.domain.refusal import WrongAmount, _

# Digits after the separator in Stripe's whole numbers, where ISO 4217 says otherwise.
_EXPONENTS = {"ISK": 2, "UGX": 2, "MGA": 0}
# Stripe wants the last of three decimals to be zero.
_THREE_DECIMALS = 3
# ISO's code for "no currency": what a provider sent without one compares equal to nothing of ours.
NO_CURRENCY = "XXX"


def to_stripe(amount: Money) -> int:
	"""The whole number that Stripe takes for an amount; ``WrongAmount`` where it cannot take it exactly."""
	ours = exponent_of(amount.currency)
	theirs = _EXPONENTS.get(amount.currency, ours)
	number, rest = (
		(amount.minor * 10 ** (theirs - ours), 0)
		if theirs >= ours
		else divmod(amount.minor, 10 ** (ours - theirs))
	)
	if rest or (theirs == _THREE_DECIMALS and number % 10):
		raise WrongAmount("too_precise", _("{0} cannot be taken by card; round it first"), amount)
	return number


def from_stripe(number: int | None, currency: str | None) -> Money:
	"""Money from Stripe's whole number; zero of no currency where it names none."""
	code = str(currency or NO_CURRENCY).upper()
	ours = exponent_of(code)
	theirs = _EXPONENTS.get(code, ours)
	if theirs <= ours:
		return Money(int(number or 0) * 10 ** (ours - theirs), code)
	whole, rest = divmod(int(number or 0), 10 ** (theirs - ours))
	if rest:
		raise WrongAmount("too_precise", _("{0} has parts that {1} does not have"), number, code)
	return Money(whole, code)

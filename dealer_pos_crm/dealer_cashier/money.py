"""The door between Frappe's floats and the domain's exact money."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

import frappe

from dealer_pos_crm.domain.money import Money, exponent_of

_STORED = Decimal("1e-9")  # Frappe keeps amounts with nine decimals


def to_money(value: float | int | str | Decimal | None, currency: str) -> Money:
	"""Exact money from what Frappe holds. Raises ``WrongAmount`` when it has more decimals than the currency."""
	if value is None or value == "":
		return Money.zero(currency)
	try:
		exact = Decimal(str(value).strip())
		if exact.is_finite():
			exact = exact.quantize(_STORED, rounding=ROUND_HALF_EVEN).normalize()
	except InvalidOperation:  # no number at all, or one with more digits than any amount has
		return Money.of(str(value), currency)
	return Money.of(exact, currency)


def to_float(amount: Money) -> float:
	"""What Frappe wants to be given. Exact to the cent for any amount a dealer will see."""
	return float(amount.decimal)


def rounded(value: float | None, currency: str) -> Money:
	"""Money from a computed amount, rounded to the currency; for reading, never for deciding."""
	places = Money.zero(currency).decimal
	return Money.of(Decimal(str(value or 0)).quantize(places, rounding=ROUND_HALF_EVEN), currency)


def company_currency(company: str) -> str:
	return frappe.get_cached_value("Company", company, "default_currency")


def shown(amount: Money) -> str:
	"""As people read it, in the site's number format: ``$ 1,234.50``. No query: this runs in payments."""
	number = frappe.utils.fmt_money(to_float(amount), precision=exponent_of(amount.currency))
	symbol, on_right = frappe.get_cached_value("Currency", amount.currency, ["symbol", "symbol_on_right"])
	symbol = symbol or amount.currency
	return f"{number} {symbol}" if on_right else f"{symbol} {number}"

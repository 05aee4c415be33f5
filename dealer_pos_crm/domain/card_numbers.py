"""Finding card numbers in free text, so that none is ever kept (PCI DSS: the number is never stored)."""

import re

# 13 to 19 digits, with single spaces or dashes between them, not inside a longer run of digits.
_RUN = re.compile(r"(?<!\d)(?:\d[ -]?){12,18}\d(?!\d)")


def is_card_number(digits: str) -> bool:
	"""Luhn-valid and 13 to 19 digits long (ISO/IEC 7812)."""
	if not 13 <= len(digits) <= 19 or not digits.isdigit() or len(set(digits)) == 1:
		return False
	total = 0
	for position, digit in enumerate(reversed(digits)):
		value = int(digit) * (2 if position % 2 else 1)
		total += value - 9 if value > 9 else value
	return total % 10 == 0


def mask(text: str) -> str:
	"""The text with all but the last four digits of every card number replaced by stars."""

	def replace(match: re.Match[str]) -> str:
		run = match.group()
		digits = re.sub(r"\D", "", run)
		if not is_card_number(digits):
			return run
		return "*" * (len(digits) - 4) + digits[-4:]

	return _RUN.sub(replace, text)

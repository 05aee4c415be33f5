"""Telephone numbers as keys: the same number, however it was typed, is the same text."""

import re

import phonenumbers

_DIGITS = re.compile(r"\d")
_LEAST = 7  # digits; shorter ones are extensions and house numbers
_MOST = 40  # characters; a longer text is no number


def key(text: str | None, country: str = "US") -> str:
	"""The number in E.164 ("+15550102233"), or "" for what is no telephone number.

	``country``: two letters, for numbers without a country code. An extension does not count.
	"""
	said = (text or "").strip()
	if len(said) > _MOST or len(_DIGITS.findall(said)) < _LEAST:
		return ""
	try:
		number = phonenumbers.parse(said, country.upper())
	except phonenumbers.NumberParseException:
		return ""
	if not phonenumbers.is_possible_number(number):
		return ""
	number.extension = None
	return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def shown(text: str | None, country: str = "US") -> str:
	"""The number as people of the country read it ("(555) 010-2233"); as it was typed when it is none."""
	said = (text or "").strip()
	found = key(said, country)
	if not found:
		return said
	number = phonenumbers.parse(found, None)
	own = phonenumbers.country_code_for_region(country.upper()) == number.country_code
	form = phonenumbers.PhoneNumberFormat
	return str(phonenumbers.format_number(number, form.NATIONAL if own else form.INTERNATIONAL))

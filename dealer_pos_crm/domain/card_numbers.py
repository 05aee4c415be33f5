"""Finding card numbers in free text, so that none is ever kept (PCI DSS: the number is never stored).

A card number has 13 to 19 digits, the last of them a check digit (Luhn), and begins with a range that one of
the card brands issues, each with lengths of its own (ISO/IEC 7812). That tells it from the other long numbers
of a dealership: VINs, phones, IMEIs, tracking, order and account numbers, barcodes, moments in milliseconds.
People write it in groups, with spaces, dashes or dots between them; a mail client puts tags between them.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import pairwise

# (first, last) of the digits a number begins with, and how long such numbers are.
_RANGES: tuple[tuple[str, str, frozenset[int]], ...] = (
	("2200", "2204", frozenset({16, 17, 18, 19})),  # Mir
	("2221", "2720", frozenset({16})),  # Mastercard
	("300", "305", frozenset({14, 16})),  # Diners Club
	("3095", "3095", frozenset({14, 16})),
	("34", "34", frozenset({15})),  # American Express
	("3528", "3589", frozenset({16, 17, 18, 19})),  # JCB
	("36", "36", frozenset({14, 16})),  # Diners Club
	("37", "37", frozenset({15})),  # American Express
	("38", "39", frozenset({14, 16})),  # Diners Club
	("4", "4", frozenset({13, 16, 19})),  # Visa
	("50", "50", frozenset({16, 17, 18, 19})),  # Maestro, Elo, RuPay, Verve, Dankort
	("51", "55", frozenset({16})),  # Mastercard
	("56", "58", frozenset({16, 17, 18, 19})),  # Maestro
	("60", "60", frozenset({16})),  # Discover, RuPay, Hipercard, cards of stores
	("6011", "6011", frozenset({17, 18, 19})),  # Discover
	("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
	("6304", "6304", frozenset({16, 17, 18, 19})),  # Maestro, Laser
	("636", "639", frozenset({16, 17, 18, 19})),  # InterPayment, Elo, Maestro
	("644", "659", frozenset({16, 17, 18, 19})),  # Discover, RuPay, Troy, Verve
	("67", "67", frozenset({16, 17, 18, 19})),  # Maestro
	("81", "82", frozenset({16})),  # UnionPay, RuPay
	("9792", "9792", frozenset({16})),  # Troy
)
_WIDE = 4  # digits that tell the range
_STARTS: list[int] = []
_ENDS: list[tuple[int, frozenset[int]]] = []
for _first, _last, _lengths in sorted(_RANGES, key=lambda row: (row[0].ljust(_WIDE, "0"), -len(row[0]))):
	_STARTS.append(int(_first.ljust(_WIDE, "0")))
	_ENDS.append((int(_last.ljust(_WIDE, "9")), _lengths))

# What may stand between two digits of one number: nothing that is seen, a space, a dash, a dot; and tags.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_SPACES = " \t\u00a0\u2000-\u200a\u202f\u205f\u3000"
_DASHES = "\\-._\u2010-\u2015\u2212\u00b7\u2022"
_TAG = "<[^<>]{1,400}>"
_ENTITY = "&(?:nbsp|ensp|emsp|thinsp|shy|zwnj|zwj|ndash|mdash|hyphen|#x?[0-9a-fA-F]{1,6});"
_BETWEEN = rf"(?:[{_UNSEEN}{_SPACES}\r\n{_DASHES}]|{_TAG}|{_ENTITY}){{1,12}}"
_RUN = re.compile(rf"\d(?<!\d\d)(?:(?:{_BETWEEN})?\d){{12,}}")
_GROUP = re.compile(r"\d+")
# Tags and entities may have digits of their own; they are not the number's.
_TOKEN = re.compile(rf"{_TAG}|{_ENTITY}|(\d+)")
_SPACE = re.compile(rf"[{_SPACES}]|&(?:nbsp|ensp|emsp|thinsp|#160|#x[aA]0);")
# Formatting that divides no word.
_NOTHING = re.compile(
	rf"[{_UNSEEN}]|&(?:shy|zwnj|zwj);|"
	r"</?(?:a|abbr|b|big|code|em|font|i|ins|kbd|mark|s|small|span|strong|sub|sup|tt|u|wbr)\b[^<>]*>",
	re.IGNORECASE,
)

_IBAN = re.compile(r"[A-Z]{2}$")
_MASKED = "*" * 9  # before the last four digits of the shortest number
_SPOKEN_OF = re.compile(
	r"\b(?:card|cards|cc|visa|credit|debit|pan|karte|kreditkarte|carte|tarjeta)\b[^.!?\n]{0,40}$",
	re.IGNORECASE,
)
_HASH = 30  # a token so long, with digits and letters all over it, is a machine's
_KEPT = 4  # digits that stay readable
_PHONES_AND_ORDERS = frozenset(
	{7, 9, 10}
)  # groups as phones, orders and bank accounts have them; cards never


def is_card_number(digits: str) -> bool:
	"""Of a brand's range and length, and Luhn-valid. ``digits`` are only digits."""
	length = len(digits)
	if not 13 <= length <= 19 or not digits.isdecimal():
		return False
	lead = int(digits[:_WIDE])
	at = bisect_right(_STARTS, lead)
	# Ranges lie within each other at most once (6011 in 60).
	if not any(lead <= _ENDS[i][0] and length in _ENDS[i][1] for i in range(max(0, at - 2), at)):
		return False
	return _luhn(digits) and len(set(digits)) > 1


def mask(text: str) -> str:
	"""The text with all but the last four digits of every card number replaced by stars."""
	if len(text) < 13:
		return text
	found = list(_found(text))
	for start, end in reversed(found):
		text = text[:start] + _starred(text[start:end]) + text[end:]
	return text


def _luhn(digits: str) -> bool:
	total = 0
	for position, digit in enumerate(reversed(digits)):
		value = int(digit) * (2 if position % 2 else 1)
		total += value - 9 if value > 9 else value
	return total % 10 == 0


def _starred(number: str) -> str:
	if "<" not in number and "&" not in number:
		digits = "".join(_GROUP.findall(number))
		return "*" * (len(digits) - _KEPT) + digits[-_KEPT:]
	# Tags stay where they are, or the rest of the page would lose its form.
	places = [at for group in _groups(number, 0) for at in range(*group)]
	hidden = set(places[:-_KEPT])
	return "".join("*" if at in hidden else character for at, character in enumerate(number))


def _found(text: str) -> Iterator[tuple[int, int]]:
	"""Where card numbers begin and end, from left to right, none within another."""
	for run in _RUN.finditer(text):
		groups = _groups(run.group(), run.start())
		first = groups[0]
		if first[1] - first[0] == _KEPT and text.endswith(_MASKED, 0, first[0]):
			groups = groups[1:]  # the end of a number that is masked already
		if groups:
			yield from _in_run(text, groups)


def _groups(text: str, offset: int) -> list[tuple[int, int]]:
	"""Where the digits stand, group by group."""
	return [
		(match.start() + offset, match.end() + offset) for match in _TOKEN.finditer(text) if match.group(1)
	]


def _in_run(text: str, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
	joined = _joined(text, groups)
	whole = _digits(text, groups)
	if _evenly(text, groups):
		if _is_parcel(whole):
			return
		sizes = {length for length, _parts in joined}
		if (
			not sizes & _PHONES_AND_ORDERS
			and is_card_number(whole)
			and not _something_else(text, groups, whole)
		):
			yield groups[0][0], groups[-1][1]
			return
	first = 0
	while first < len(joined):
		for last in range(first, min(first + 6, len(joined))):
			shape = [length for length, _parts in joined[first : last + 1]]
			if sum(shape) > 19:
				break
			if sum(shape) < 13 or not _usual(shape):
				continue
			parts = [part for _length, inner in joined[first : last + 1] for part in inner]
			digits = _digits(text, parts)
			if is_card_number(digits) and not _something_else(text, parts, digits):
				yield parts[0][0], parts[-1][1]
				first = last
				break
		first += 1


def _joined(text: str, groups: list[tuple[int, int]]) -> list[tuple[int, list[tuple[int, int]]]]:
	"""Groups as they are seen: what is divided only by formatting is one."""
	seen: list[tuple[int, list[tuple[int, int]]]] = []
	for start, end in groups:
		if seen and not _NOTHING.sub("", text[seen[-1][1][-1][1] : start]):
			length, parts = seen.pop()
			seen.append((length + end - start, [*parts, (start, end)]))
		else:
			seen.append((end - start, [(start, end)]))
	return seen


def _usual(shape: list[int]) -> bool:
	"""Whether people write a card number in groups like these: fours and a rest, 4-6-5, 4-6-4, one piece."""
	if len(shape) == 1 or shape in ([4, 6, 5], [4, 6, 4], [8, 8], [4, 3, 3, 3]):
		return True
	return all(length == 4 for length in shape[:-1]) and 1 <= shape[-1] <= 4


def _evenly(text: str, groups: list[tuple[int, int]]) -> bool:
	"""Whether the same one sign divides all groups, so that they are one number however long each is."""
	between = {
		_SPACE.sub(" ", _NOTHING.sub("", text[left[1] : right[0]])) for left, right in pairwise(groups)
	} - {""}
	sign = next(iter(between), "")
	return len(between) <= 1 and len(sign) <= 1 and sign not in {"\n", "\r"}  # a number a line is a list


def _digits(text: str, groups: list[tuple[int, int]]) -> str:
	"""The digits as 0 to 9, whatever the script."""
	found = "".join(text[start:end] for start, end in groups)
	return found if found.isascii() else "".join(str(int(digit)) for digit in found)


def _something_else(text: str, groups: list[tuple[int, int]], digits: str) -> bool:
	"""Whether it only looks like a card number: a phone or an account number, a barcode, a piece of a hash."""
	start, end = groups[0][0], groups[-1][1]
	before = text[max(0, start - 60) : start]
	if len(digits) <= 15 and before.rstrip("( ").endswith("+"):
		return True  # E.164: at most fifteen digits behind the plus
	if _IBAN.search(before) and _is_iban(before[-2:] + digits):
		return True
	if len(digits) == 13 and not _SPOKEN_OF.search(before):
		return _is_phone(digits) or _is_barcode(digits)
	return len(groups) == 1 and _in_a_hash(text, start, end)


def _is_iban(text: str) -> bool:
	"""ISO 13616; of countries whose account numbers are digits only."""
	return int(text[4:] + "".join(str(int(sign, 36)) for sign in text[:4])) % 97 == 1


def _is_phone(digits: str) -> bool:
	"""A number of central, western or northern Europe, written with its country and without a plus.

	Visa gave up numbers of thirteen digits long ago; phones of that length are dialled every day.
	"""
	return digits[:2] in {"40", "41", "43", "44", "45", "46", "47", "48", "49"} or digits[:3] in {
		"420",
		"421",
		"423",
	}


def _is_barcode(digits: str) -> bool:
	"""GTIN, and what parcels have: the last digit checks the others, by threes and ones."""
	return sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(reversed(digits))) % 10 == 0


def _is_parcel(digits: str) -> bool:
	"""A tracking number of USPS or FedEx, in which a card's could seem to stand."""
	return 20 <= len(digits) <= 22 and digits.startswith("9") and _is_barcode(digits)


def _in_a_hash(text: str, start: int, end: int) -> bool:
	left, right = start, end
	while left and text[left - 1].isalnum() and start - left < 64:
		left -= 1
	while right < len(text) and text[right].isalnum() and right - end < 64:
		right += 1
	around = text[left:start] + text[end:right]
	return right - left >= _HASH and len(re.findall(r"\d+", around)) >= 3 and not around.isdecimal()

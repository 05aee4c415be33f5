"""Card numbers are found in free text, however they are written; other long numbers are left alone."""

import random
import re
import time
import uuid
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.card_numbers import is_card_number, mask
from dealer_pos_crm.domain.vin import make_vin

# Published test numbers of the brands and of the large gateways.
TEST_NUMBERS = (
	"4242424242424242", "4000056655665556", "4111111111111111", "4012888888881881", "4222222222222",
	"4000002500003155", "4000000000000002", "4917610000000000", "4462030000000000", "4484070000000000",
	"5555555555554444", "2223003122003222", "5200828282828210", "5105105105105100", "2720994326581252",
	"378282246310005", "371449635398431", "378734493671000", "341111111111111",
	"6011111111111117", "6011000990139424", "6011981111111113", "6500000000000002",
	"3056930009020004", "36227206271667", "30569309025904", "38520000023237",
	"3566002020360505", "3530111333300000", "3566111111111113",
	"6200000000000005", "6200000000000047", "6205500000000000004", "6250941006528599",
	"6759649826438453", "6304000000000000", "6799990100000000019", "5018000000000009", "5019717010103742",
	"2200000000000004", "5066991111111118", "6062826786276634", "8171999927660000", "9792030394440796",
)  # fmt: skip
LENGTHS = {
	"4": (16, 19),
	"51": (16,),
	"2500": (16,),
	"37": (15,),
	"36": (14,),
	"6011": (16, 19),
	"3530": (16,),
}


def luhn(digits: str) -> str:
	"""The digits with their check digit."""
	total = sum(
		sum(divmod(int(digit) * (1 if at % 2 else 2), 10)) for at, digit in enumerate(reversed(digits))
	)
	return digits + str(-total % 10)


def spread(digits: str, sizes: list[int], between: str) -> str:
	parts, at = [], 0
	for size in sizes:
		parts.append(digits[at : at + size])
		at += size
	return between.join(part for part in [*parts, digits[at:]] if part)


def readable(text: str) -> str:
	"""All digits of a text, in their order, without tags and entities."""
	return "".join(c for c in re.sub(r"<[^>]*>|&[^;]*;", "", text) if c.isdigit())


@pytest.mark.parametrize("number", TEST_NUMBERS)
@pytest.mark.parametrize(
	"between",
	["", " ", "-", ".", "\u00a0", "\u202f", "\u2013", "  ", " - ", "&nbsp;", "<br>", "</td><td>", "\n"],
)
def test_every_brands_test_numbers_are_masked_however_they_are_written(number, between):
	sizes = [4, 6] if len(number) in (14, 15) else [4] * 4
	for text in (
		spread(number, sizes, between),
		f"Card {spread(number, sizes, between)}, exp 12/29",
		f"<p>pay <b>{spread(number, sizes, between)}</b> 12 29 123</p>",
	):
		found = mask(text)
		assert number not in readable(found), text
		assert readable(found).count(number[-4:]) >= 1
		assert mask(found) == found


@pytest.mark.parametrize(
	("text", "masked"),
	[
		("4242424242424242", "************4242"),
		("card 4242 4242 4242 4242, exp 12/29", "card ************4242, exp 12/29"),
		("3782-822463-10005", "***********0005"),
		("pay 6011111111111117 and 5555555555554444", "pay ************1117 and ************4444"),
		("4222222222222", "*********2222"),
		("4242424242424242, 378282246310005", "************4242, ***********0005"),
		("visa4242424242424242exp1229", "visa************4242exp1229"),
		("4242 4242 4242 4242 12 29 123", "************4242 12 29 123"),
		("2 x 4242424242424242", "2 x ************4242"),
		("1. 4242424242424242 2. 5555555555554444", "1. ************4242 2. ************4444"),
		("4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2", "************4242"),
		("42424 24242 424242", "************4242"),
		("４２４２ ４２４２ ４２４２ ４２４２", "************４２４２"),
		("\u0664\u0662\u0664\u0662" * 4, "************\u0664\u0662\u0664\u0662"),
		# Tags stay, so that the page keeps its form.
		("<p>4242<b>4242</b> 4242&nbsp;4242</p>", "<p>****<b>****</b> ****&nbsp;4242</p>"),
		("42424<b>24242</b>424242", "*****<b>*****</b>**4242"),
		("<td>4242</td><td>4242</td><td>4242</td><td>4242</td>", "<td>****</td><td>****</td><td>****</td><td>4242</td>"),
		("<a href='tel:4242424242424242'>call</a>", "<a href='tel:************4242'>call</a>"),
		("4242\u200b4242\u200b4242\u200b4242", "************4242"),
		("**4242 4242 4242 4242**", "**************4242**"),
		# Thirteen digits that would be a phone: the word beside them decides.
		("4915112345678", "4915112345678"),
		("her card: 4915112345678", "her card: *********5678"),
	],
)  # fmt: skip
def test_what_is_written_is_masked(text, masked):
	assert mask(text) == masked
	assert mask(masked) == masked


def with_check(digits: str, check) -> str:
	return next(digits + str(last) for last in range(10) if check(digits + str(last)))


@pytest.mark.parametrize(
	"text",
	[
		"",
		"4242424242424241",  # the check digit is wrong
		"1M8GDM9AXKP042788",  # a VIN
		"call (555) 010-2233 or (555) 010-2244",
		"0000000000000000",
		"4444444444444",
		"ref 424242424242",  # twelve digits
		"42424242424242424242",  # twenty digits
		"DEP-2026-00042, 20,500.00",
		luhn("110002223334444"),  # of no brand
		luhn("4242424242424"),  # fourteen digits: of no brand
		"+49 151 1234 5678",  # a phone, Luhn-valid as thirteen digits
		"+4915112345678",
		"tel. (+44) 7911 1234 563",
		"IMEI " + luhn("35209900176148"),  # fifteen digits with a Luhn check digit of its own
		"DK50 0040 0440 1162 43 and DK5000400440116243",  # an account
		"1Z 999 AA1 0123 4567 84",
		"9400 1000 0000 0000 0000 00",
		"9405 4242 4242 4242 4242 40",  # a parcel, with a check digit of its own
		"302-1234567-1234564",
		"021000021 62000000005",
		"1764000000000, 1764000000000000",  # moments in milliseconds and microseconds
		"20261122053012 2026112205301234",
		"2019 2020 2021 2022",
		"2019\n2021\n4111\n1111\n2500",
		"404-1234567-1234567",  # an order at a shop
		"sha1 da39a3ee5e6b4b4242424242424242af3c1890",
		"4006381333931",  # a barcode
		"12.50 13.25 14.00 45.10 66.00",
		"4,242,424,242,424,242.00",
	],
)
def test_other_numbers_stay(text):
	assert mask(text) == text


@given(
	st.sampled_from(sorted(LENGTHS)),
	st.text(st.characters(exclude_categories=["Nd", "Cs"], exclude_characters="+<>&;*"), max_size=20),
	st.sampled_from(["", " ", "-", ".", "\u00a0", "&nbsp;", "<wbr>"]),
	st.data(),
)
def test_a_card_number_never_survives(lead, around, between, data):
	length = data.draw(st.sampled_from(LENGTHS[lead]))
	body = lead + "".join(data.draw(st.sampled_from("0123456789")) for _ in range(length - 1 - len(lead)))
	digits = luhn(body)
	if len(set(digits)) == 1:
		return
	written = between.join(digits[i : i + 4] for i in range(0, len(digits), 4))
	found = mask(f"{around}x{written}x{around}")
	assert digits not in readable(found)
	assert readable(found) == digits[-4:]
	assert mask(found) == found
	assert found.startswith(around)
	assert found.endswith(around)


@given(st.text(st.sampled_from("0123456789 -.\n+*ABx<b>&nbsp;"), max_size=120))
def test_masking_ends_and_hides_only_digits(text):
	found = mask(text)
	assert mask(found) == found
	assert re.sub(r"[\d*\s.\-]|&nbsp;", "", found) == re.sub(r"[\d*\s.\-]|&nbsp;", "", text)


@given(st.text(max_size=300))
def test_any_text_can_be_asked(text):
	if sum(c.isdecimal() for c in text) < 13:
		assert mask(text) == text
	else:
		mask(text)


@pytest.mark.parametrize(
	"text",
	[
		"1 " * 20_000,
		("1" + "<a>" * 11) * 5_000,
		"<" * 50_000,
		"4242 " * 8_000,
		"1" * 50_000,
		("1" * 12 + "x") * 4_000,
	],
)
def test_no_text_takes_long(text):
	began = time.perf_counter()
	mask(text)
	assert time.perf_counter() - began < 3  # a tenth of it on a quiet machine


def kept(texts) -> float:
	"""The share of texts that stay as they are."""
	texts = list(texts)
	return sum(mask(text) == text for text in texts) / len(texts)


def test_hardly_any_other_number_is_taken_for_a_card():
	"""Of random digits one in ten is Luhn-valid; these have forms of their own, and stay."""
	rng = random.Random(7)

	def digits(count: int) -> str:
		return "".join(rng.choice("0123456789") for _ in range(count))

	makers = ("1HG", "4T1", "WBA")
	vins = [make_vin(f"{rng.choice(makers)}{digits(5)}A{digits(7)}") for _ in range(2000)]
	assert kept(vins) == 1
	day = datetime(2020, 1, 1)
	moments = [day + timedelta(seconds=rng.randrange(10**9)) for _ in range(2000)]
	assert kept(f"{moment:%Y%m%d%H%M%S%f}"[: rng.randint(13, 16)] for moment in moments) == 1
	assert kept(str(int(moment.timestamp() * 1000)) for moment in moments) == 1
	assert kept(f"+{rng.choice((1, 33, 49, 52, 351))}{digits(11)}" for _ in range(2000)) == 1
	assert (
		kept(f"{rng.choice((33, 44, 46, 49))} {digits(3)} {digits(4)} {digits(4)}" for _ in range(2000)) == 1
	)
	assert (
		kept(
			f"({digits(3)}) {digits(3)}-{digits(4)} / ({digits(3)}) {digits(3)}-{digits(4)}"
			for _ in range(2000)
		)
		== 1
	)
	assert kept(luhn(f"35{digits(12)}") for _ in range(2000)) == 1
	assert (
		kept(
			f"SINV-2026-{digits(5)}, ACC-PAY-2026-{digits(5)}, {digits(3)},{digits(3)}.{digits(2)}"
			for _ in range(2000)
		)
		== 1
	)
	assert kept(f"94001{digits(17)}" for _ in range(2000)) == 1
	assert kept(f"1Z{digits(3)}AA1{digits(8)}" for _ in range(2000)) == 1
	assert kept(str(uuid.UUID(int=rng.getrandbits(128))) for _ in range(2000)) == 1
	assert kept(f"{rng.getrandbits(256):064x}" for _ in range(2000)) == 1
	# Digits that say nothing about themselves: a few remain, or a card could hide among them.
	assert kept(digits(16) for _ in range(4000)) > 0.95


@pytest.mark.parametrize(
	("digits", "yes"),
	[
		("4242424242424242", True), ("424242424242424²", False), ("4" * 16, False), ("", False), ("42", False),
		("6011000990139424", True), ("1234567812345670", False),
	],
)  # fmt: skip
def test_what_a_card_number_is(digits, yes):
	assert is_card_number(digits) is yes

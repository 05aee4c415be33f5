"""ADF: every shape that is met is read; nothing that is sent does harm."""

from __future__ import annotations

import builtins
import socket
import time
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealer_pos_crm.domain import adf, markup
from dealer_pos_crm.domain.refusal import Refused
from tests.unit.adf_shapes import CAR, PERSON, SHAPES, WHOLE
from tests.unit.adf_shapes import adf as message


def one(data: bytes | str) -> adf.Prospect:
	(found,) = adf.read(data)
	return found


def test_a_whole_message() -> None:
	lead = one(WHOLE)
	assert lead.complete and not lead.notes
	assert lead.first_id == adf.Id("CP-1001", "CarsPortal", "1")
	assert lead.requested_at == datetime(2026, 11, 20, 10, 15, 30, tzinfo=timezone(timedelta(hours=-8)))
	who = lead.customer
	assert (who.first, who.middle, who.last) == ("Ann", "B.", "Buyer")
	assert who.emails == ("ann.buyer@example.com",)
	assert [(p.number, p.kind) for p in who.phones] == [
		("555.010.2244", "cellphone"),  # the one they want to be called on comes first
		("(555) 010-2233", "voice"),
	]
	assert (who.street, who.apartment, who.city) == ("12 Oak Street", "4", "Springfield")
	assert (who.region, who.postal_code, who.country) == ("IL", "62701", "US")
	assert lead.wanted is not None and lead.wanted.words == "2019 Toyota Camry SE"
	assert (lead.wanted.vin, lead.wanted.stock, lead.wanted.status) == ("4T1B11HK5KU123456", "S4711", "Used")
	assert lead.wanted.comments == "Is it still there?"
	(trade,) = lead.given
	assert trade.words == "2012 Honda Civic" and trade.odometer == "91000 mi"
	assert lead.comments == "Call after six, please."
	assert lead.timeframe == "within a week, 2026-11-21"
	assert (lead.vendor, lead.provider, lead.service) == (
		"Summit Motors",
		"Cars Portal Inc",
		"Used car leads",
	)


@pytest.mark.parametrize("shape", SHAPES)
def test_shapes_that_are_met(shape: str) -> None:
	lead = one(SHAPES[shape])
	assert lead.customer.name.lower() == "ann buyer"
	assert lead.customer.emails == ("ann.buyer@example.com",)
	assert lead.customer.phones[0].number == "555-010-2233"
	if shape != "no vehicle":
		assert lead.wanted is not None and lead.wanted.words.lower() == "2019 toyota camry"
		assert len(lead.vehicles) == 1
	assert lead.complete


def test_what_stands_in_odd_places() -> None:
	assert one(SHAPES["comments inside contact"]).comments == "Call me"
	assert one(SHAPES["vendor outside prospect"]).vendor == "Summit Motors"
	assert one(SHAPES["vendor without a name"]).vendor == ""
	assert one(SHAPES["an ampersand left bare"]).comments == "Black & white"
	assert one(SHAPES["a sign in a text"]).comments == "price < 20000 and > 15000"


ENCODINGS = {
	"utf-8": WHOLE.encode(),
	"utf-8 with a mark": WHOLE.encode("utf-8-sig"),
	"utf-16 with a mark": WHOLE.encode("utf-16"),
	"utf-16 without a mark": WHOLE.encode("utf-16-le"),
	"utf-16 the other way": WHOLE.encode("utf-16-be"),
	"utf-32": WHOLE.encode("utf-32"),
	"windows-1252 that says utf-8": WHOLE.replace("Ann", "Änn").encode("cp1252"),
	"utf-8 that says latin-1": WHOLE.replace('"UTF-8"', '"ISO-8859-1"').replace("Ann", "Änn").encode(),
	"utf-8 that says utf-16": WHOLE.replace('"UTF-8"', '"UTF-16"').encode(),
	"an encoding nobody knows": WHOLE.replace('"UTF-8"', '"X-PORTAL"').replace("Ann", "Änn").encode("cp1252"),
	"latin-2": WHOLE.replace('"UTF-8"', '"ISO-8859-2"').replace("Ann", "Łan").encode("iso8859-2"),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_encodings(encoding: str) -> None:
	lead = one(ENCODINGS[encoding])
	assert lead.customer.last == "Buyer"
	assert lead.customer.first in ("Ann", "Änn", "Łan")
	assert adf.key_of(lead) == adf.key_of(one(WHOLE)), "the same message in any encoding is one"


def test_a_message_without_an_id_is_known_by_what_matters() -> None:
	text = message(CAR + PERSON + "<requestdate>2026-11-20T10:00:00Z</requestdate>")
	same = text.replace("555-010-2233", "(555) 010 2233").replace("Ann Buyer", "ANN  BUYER")
	assert adf.key_of(one(text)) == adf.key_of(one(same.encode("utf-16")))
	assert adf.key_of(one(text)) != adf.key_of(one(text.replace("Camry", "Corolla")))
	assert adf.key_of(one(text)) != adf.key_of(one(text.replace("11-20", "11-21")))
	assert adf.key_of(one(text)) != adf.key_of(one(text.replace("ann.buyer", "anna.buyer")))


def test_an_id_that_says_nothing_is_none() -> None:
	for nothing in ("0", "", "N/A", "null"):
		assert one(message(f"<id source='P'>{nothing}</id>" + CAR + PERSON)).first_id is None
	first = one(message("<id sequence='2' source='B'>b</id><id sequence='1' source='A'>a</id>" + PERSON))
	assert first.first_id is not None and first.first_id.value == "a"


def test_several_prospects() -> None:
	text = (
		"<adf>"
		+ "".join(
			f"<prospect><id source='P'>{n}</id>{CAR}{PERSON.replace('Ann', f'Ann{n}')}</prospect>"
			for n in range(3)
		)
		+ "<vendor><vendorname>Summit</vendorname></vendor></adf>"
	)
	leads = adf.read(text)
	assert [lead.customer.first for lead in leads] == ["Ann0", "Ann1", "Ann2"]
	assert {lead.vendor for lead in leads} == {"Summit"}
	assert len({adf.key_of(lead) for lead in leads}) == 3
	for lead in leads:  # each one's own text is enough to read it again
		again = one(lead.raw)
		assert again.customer == lead.customer and again.vendor == "Summit"
		assert adf.key_of(again) == adf.key_of(lead)


@pytest.mark.parametrize(
	("text", "expected"),
	[
		(
			"2026-11-20T10:15:30-08:0",
			datetime(2026, 11, 20, 10, 15, 30, tzinfo=timezone(timedelta(hours=-8))),
		),
		(
			"2026-11-20T10:15:30-8:00",
			datetime(2026, 11, 20, 10, 15, 30, tzinfo=timezone(timedelta(hours=-8))),
		),
		(
			"2026-11-20T10:15-0830",
			datetime(2026, 11, 20, 10, 15, tzinfo=timezone(-timedelta(hours=8, minutes=30))),
		),
		("2026-11-20T10:15:30.123Z", datetime(2026, 11, 20, 10, 15, 30, tzinfo=timezone.utc)),
		("2026-11-20 10:15:30", datetime(2026, 11, 20, 10, 15, 30)),
		("11/20/2026 3:05 PM", datetime(2026, 11, 20, 15, 5)),
		("11/20/2026 12:05:09 am", datetime(2026, 11, 20, 0, 5, 9)),
		("2026-02-31", None),
		("2026-11-20T10:15:30-99:00", datetime(2026, 11, 20, 10, 15, 30)),
		("soon", None),
	],
)
def test_dates(text: str, expected: datetime | None) -> None:
	assert one(message(f"<requestdate>{text}</requestdate>" + PERSON)).requested_at == expected


@pytest.mark.parametrize(
	("full", "parts"),
	[
		("Ann Buyer", ("Ann", "", "Buyer")),
		("Buyer, Ann", ("Ann", "", "Buyer")),
		("Ann B. Buyer", ("Ann", "B.", "Buyer")),
		("John Smith Jr.", ("John", "", "Smith Jr.")),
		("John Smith, Jr.", ("John", "", "Smith Jr.")),
		("Cher", ("Cher", "", "")),
	],
)
def test_full_names(full: str, parts: tuple[str, str, str]) -> None:
	who = one(
		message(f"<customer><contact><name>{full}</name><phone>5550102233</phone></contact></customer>")
	)
	assert (who.customer.first, who.customer.middle, who.customer.last) == parts


def test_a_business() -> None:
	who = one(
		message(
			"<customer><contact><name part='full' type='business'>Acme Inc</name>"
			"<email>fleet@acme.example</email></contact></customer>"
		)
	).customer
	assert who.company == "Acme Inc" and not who.first


def test_a_trade_in_among_the_comments() -> None:
	assert adf.trade_in_words("Hi\nTrade-in: 2012 Honda Civic, 91k miles\nBye") == (
		"Trade-in: 2012 Honda Civic, 91k miles"
	)
	assert adf.trade_in_words("I have no trade-in to offer you") == ""
	assert adf.trade_in_words("Call me") == ""


@pytest.mark.parametrize("cut", range(60, len(WHOLE) - 20, 37))
def test_cut_off_anywhere(cut: int) -> None:
	try:
		lead = one(WHOLE[:cut])
	except Refused as refused:
		assert refused.code in ("no_adf", "nothing_in_it")
		assert cut < WHOLE.index("Toyota") + 30, "there was something to read"
	else:
		assert not lead.complete and lead.notes
		assert lead.customer.emails in ((), ("ann.buyer@example.com",)) or cut < WHOLE.index("</email>")


@pytest.mark.parametrize(
	("data", "code"),
	[
		("", "empty"),
		("   \n", "empty"),
		("Good morning", "no_adf"),
		("<html><p>Buy our leads</p></html>", "no_adf"),
		("<adf></adf>", "nothing_in_it"),
		("<adf><prospect><id>1</id></prospect></adf>", "nothing_in_it"),
		("<adf>" + "<contact>" * 100, "too_deep"),
		("<adf>" + "<option/>" * 60_000, "too_many"),
		("<adf>" + "<" * 300_000, "too_many"),
		("<adf>" + f"<prospect>{PERSON}</prospect>" * 300 + "</adf>", "too_many_prospects"),
		(b"<adf>" + b" " * (6 * 1024 * 1024), "too_large"),
		("<adf>" + " " * (6 * 1024 * 1024), "too_large"),
	],
)
def test_refusals(data: bytes | str, code: str) -> None:
	with pytest.raises(Refused) as refused:
		adf.read(data)
	assert refused.value.code == code


# What would do harm


@pytest.fixture
def _no_doors(monkeypatch: pytest.MonkeyPatch) -> None:
	def closed(*_args: object, **_kwargs: object) -> None:
		raise AssertionError("something was opened")

	monkeypatch.setattr(builtins, "open", closed)
	monkeypatch.setattr(socket, "socket", closed)
	monkeypatch.setattr(socket, "create_connection", closed)


BOMB = """<?xml version="1.0"?><!DOCTYPE adf [
<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>
"""
OUTSIDE = """<!DOCTYPE adf [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % y SYSTEM "http://127.0.0.1/y"> %y;]>
"""


@pytest.mark.usefixtures("_no_doors")
def test_a_bomb_and_the_outside_do_nothing() -> None:
	bomb = one(BOMB + message(PERSON + "<comments>&e;</comments>", ""))
	assert bomb.comments == "&e;" and bomb.customer.name == "Ann Buyer"
	outside = one(OUTSIDE + message(PERSON + "<comments>&x;</comments>", ""))
	assert outside.comments == "&x;"


LONG = 5 * 1024 * 1024 - 2000
HOSTILE = {
	"one long text": message(PERSON + "<comments>" + "a" * LONG + "</comments>"),
	"a long e-mail": message(PERSON + "<email>" + "a" * LONG + "</email>"),
	"a long address": message(PERSON + "<email>" + "a@" * (LONG // 2) + "</email>"),
	"digits": message(PERSON + "<phone>" + "4" * LONG + "</phone><comments>" + "4 " * 9000 + "</comments>"),
	"comments that never end": "<adf>" + PERSON + "<!--" * (LONG // 4),
	"character data that never ends": "<adf>" + PERSON + "<![CDATA[" * (LONG // 9),
	"document types": "<!DOCTYPE [" * (LONG // 11) + message(PERSON),
	"tags that never end": "<adf>" + PERSON + "<a" * (LONG // 2),
	"attributes": "<adf>" + PERSON + ("<id " + "a" * 3900 + " x=1>") * (LONG // 3920),
	"quotes": "<adf>" + PERSON + '<id a="' * (LONG // 7),
	"closing tags": "<adf>" + PERSON + "</contact>" * (LONG // 10),
	"escapes": "&lt;adf&gt;" + "&amp;" * (LONG // 5),
	"trade": message(PERSON + "<comments>" + "trade " * 3000 + "</comments>"),
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_five_megabytes_of_malice(attack: str) -> None:
	begin = time.process_time()
	try:
		for lead in adf.read(HOSTILE[attack].encode()):
			adf.key_of(adf.masked(lead))
			adf.trade_in_words(lead.comments)
	except Refused:
		pass
	assert time.process_time() - begin < 20, "its work does not grow with the square of the text"


def test_card_numbers_are_masked_everywhere() -> None:
	card = "4111 1111 1111 1111"
	lead = adf.masked(
		one(
			message(
				PERSON + f"<comments>Charge {card}</comments><vehicle><comments>{card}</comments></vehicle>"
			)
		)
	)
	assert "1111 1111" not in repr(lead) and "1111" in lead.comments


_PIECES = st.sampled_from(
	(
		"<adf> </adf> <prospect> </prospect> <customer> <contact> <name> </name> <email> a@b.example <phone> "
		"5550102233 <vehicle> <year> 2019 <!-- --> <![CDATA[ ]]> <!DOCTYPE ]> <!ENTITY &x; &lt;adf&gt; &amp; <?xml "
		"?> < > \" <requestdate> 2026-11-20T10:00:00-08:0 \x00 é <id> <comments> [ <vehicle/interest='trade-in'>"
	).split(" ")
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.text(max_size=400), st.lists(_PIECES, max_size=60).map("".join)))
def test_nothing_but_a_refusal_is_ever_raised(data: bytes | str) -> None:
	try:
		leads = adf.read(data)
	except Refused as refused:
		assert refused.template
	else:
		assert leads
		for lead in leads:
			assert adf.key_of(lead)
			assert len(lead.customer.name) < 700 and len(lead.comments) <= 20_000


@settings(max_examples=150, deadline=None)
@given(
	st.integers(min_value=0, max_value=len(WHOLE)),
	st.integers(min_value=0, max_value=60),
	st.text(max_size=20),
)
def test_a_message_with_a_hole_in_it(at: int, gap: int, stuffing: str) -> None:
	try:
		adf.read(WHOLE[:at] + stuffing + WHOLE[at + gap :])
	except Refused:
		pass


def test_limits_are_what_the_page_says() -> None:
	assert markup.MOST_BYTES == 5 * 1024 * 1024

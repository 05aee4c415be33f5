"""Who asks: certain only where a mistake would need two coincidences, and never on a telephone number alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import phone
from dealer_pos_crm.domain.lead_match import Comparison, Party, Verdict, compare, decide, name_likeness
from dealer_pos_crm.domain.vehicle_wish import NEAR, Wish, nearness

PHONE = "+15550102233"
ANN = Party(
	name="Ann Buyer", emails=("ann@buyers.example",), phones=(PHONE,),
	street="12 Oak Street", city="Springfield", postal_code="62701",
)  # fmt: skip


def verdict(asks: Party, known: Party) -> Verdict:
	return compare(asks, known).verdict


@pytest.mark.parametrize(
	("asks", "known", "expected"),
	[
		(ANN, ANN, Verdict.CERTAIN),
		(replace(ANN, phones=()), ANN, Verdict.CERTAIN),  # e-mail and name
		(replace(ANN, emails=()), ANN, Verdict.CERTAIN),  # phone and name
		(replace(ANN, name="Buyer, Ann", emails=()), ANN, Verdict.CERTAIN),  # as lists write it
		(replace(ANN, name="ANN BUYER"), ANN, Verdict.CERTAIN),
		(replace(ANN, name="Anne Buyer", phones=()), ANN, Verdict.CERTAIN),  # e-mail, and nearly the name
		(replace(ANN, name="Anne Buyr", emails=()), ANN, Verdict.TO_CHECK),  # phone, and nearly the name
		(replace(ANN, name="Robert Buyer", emails=()), ANN, Verdict.TO_CHECK),  # a family's phone
		(replace(ANN, name="Robert Buyer", phones=()), ANN, Verdict.TO_CHECK),  # a family's e-mail
		(replace(ANN, name="Zed Stranger", emails=()), ANN, Verdict.TO_CHECK),  # a phone that was given on
		(replace(ANN, name="", emails=()), ANN, Verdict.TO_CHECK),  # a phone without a name
		(replace(ANN, emails=(), phones=()), ANN, Verdict.TO_CHECK),  # name and address
		(Party(name="Ann Buyer"), ANN, Verdict.NOBODY),  # a name is not a person
		(Party(name="Zed Stranger", emails=("z@z.example",)), ANN, Verdict.NOBODY),
		(Party(), ANN, Verdict.NOBODY),
	],
)
def test_who_it_is(asks: Party, known: Party, expected: Verdict) -> None:
	assert verdict(asks, known) is expected


def test_father_and_son() -> None:
	senior = Party(name="John Smith Sr.", phones=(PHONE,))
	assert verdict(Party(name="John Smith Jr.", phones=(PHONE,)), senior) is Verdict.TO_CHECK
	assert verdict(
		Party(name="John Smith Junior", phones=(PHONE,)), replace(senior, name="John Smith Jr")
	) is (Verdict.CERTAIN)


def test_a_person_and_a_company() -> None:
	acme = Party(
		name="Acme Inc", is_company=True, emails=("ann@acme.example",), phones=(PHONE,), people=("Ann Buyer",)
	)
	ann = Party(name="Ann Buyer", emails=("ann@acme.example",), phones=(PHONE,))
	assert verdict(ann, acme) is Verdict.TO_CHECK, "her own car, or the company's: a person asks"
	assert verdict(replace(ann, company_name="Acme, Inc."), acme) is Verdict.CERTAIN
	assert verdict(replace(ann, company_name="Acme, Inc."), ANN) is not Verdict.CERTAIN


def test_an_office_address_proves_little() -> None:
	one = Party(name="Ann Buyer", emails=("info@acme.example",))
	assert verdict(one, replace(one, phones=(PHONE,))) is Verdict.TO_CHECK


def test_reasons_are_told() -> None:
	told = compare(replace(ANN, name="Robert Buyer", emails=()), ANN)
	assert {reason.code for reason in told.reasons} == {"phone", "family", "address"}
	assert all(reason.template.format(*reason.values) for reason in told.reasons)


def test_two_who_are_certain_are_none() -> None:
	same = compare(ANN, ANN)
	assert decide([("A", same), ("B", compare(ANN, Party()))])[0] == "A"
	found, asked = decide([("B", same), ("A", same)])
	assert found is None and [key for key, _comparison in asked] == ["A", "B"]


def test_the_likeliest_comes_first() -> None:
	weak = compare(replace(ANN, name="Zed Stranger", emails=(), street=""), ANN)
	_found, asked = decide([("weak", weak), ("sure", compare(ANN, ANN))])
	assert [key for key, _comparison in asked] == ["sure", "weak"]


_TEXTS = st.text(max_size=20)
_PARTIES = st.builds(
	Party, name=_TEXTS, company_name=_TEXTS, is_company=st.booleans(),
	emails=st.lists(_TEXTS, max_size=2).map(tuple), phones=st.just((PHONE,)), street=_TEXTS, city=_TEXTS,
	postal_code=_TEXTS, people=st.lists(_TEXTS, max_size=2).map(tuple),
)  # fmt: skip


@given(_PARTIES, _PARTIES)
def test_a_phone_alone_never_makes_it_certain(asks: Party, known: Party) -> None:
	found: Comparison = compare(asks, known)
	assert 0 <= found.score <= 100
	codes = {reason.code for reason in found.reasons}
	if found.verdict is Verdict.CERTAIN:
		assert codes & {"name", "like_name"}
	assert found.verdict is not Verdict.NOBODY, "a phone that is known is always shown to a person"


@given(_TEXTS, _TEXTS)
def test_likeness_has_no_direction(one: str, other: str) -> None:
	assert name_likeness(one, other) == name_likeness(other, one)


@pytest.mark.parametrize(
	"text",
	["(555) 010-2233", "555-010-2233", "5550102233", "+1 555 010 2233", "1-555-010-2233", "555.010.2233 x12"],
)
def test_a_number_is_one_however_it_is_typed(text: str) -> None:
	assert phone.key(text) == PHONE
	assert phone.shown(text) == "(555) 010-2233"


@pytest.mark.parametrize("text", ["", None, "12", "call me", "4111111111111111111111", "x" * 5000])
def test_what_is_no_number(text: str | None) -> None:
	assert phone.key(text) == ""


def test_numbers_of_other_countries() -> None:
	assert phone.key("+44 20 7946 0958") == phone.key("020 7946 0958", "GB") == "+442079460958"
	assert phone.shown("+44 20 7946 0958") == "+44 20 7946 0958"


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text: str) -> None:
	found = phone.key(text)
	assert found == "" or phone.key(found) == found


@pytest.mark.parametrize(
	("car", "near"),
	[
		(Wish(2019, "Toyota", "Camry", "SE", "Used"), True),
		(Wish(2017, "TOYOTA", "Camry", "", "Certified"), True),
		(Wish(2019, "Toyota", "Corolla", "", "Used"), False),
		(Wish(2019, "Ford", "Camry", "", "Used"), False),
	],
)
def test_which_cars_come_near(car: Wish, near: bool) -> None:
	assert (nearness(Wish(2019, "Toyota", "Camry", "", "Used"), car) >= NEAR) is near


def test_the_nearest_car_is_the_same_year() -> None:
	wish = Wish(2019, "Ford", "F-150")
	assert nearness(wish, Wish(2019, "Ford", "F150")) > nearness(wish, Wish(2016, "Ford", "F-150 XLT")) > 0
	assert nearness(Wish(2019, "", "Camry"), Wish(2019, "Toyota", "Camry")) == 0

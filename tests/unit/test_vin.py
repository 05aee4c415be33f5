import csv
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain import vin as vin_module
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.vin import (
	Severity,
	check,
	check_digit,
	is_north_american,
	make_vin,
	model_years,
	normalise,
)

# From 49 CFR 565 and the trade; the sums are 351 (X), 411 (4) and 89 (1).
KNOWN = ("1M8GDM9AXKP042788", "1G4AH59H45G118341", "1" * 17)

CHARACTERS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
patterns = st.text(CHARACTERS, min_size=16, max_size=16)
vins = patterns.map(make_vin)
american_vins = st.builds(lambda first, rest: make_vin(first + rest[1:]), st.sampled_from("12345"), patterns)


def codes(result):
	return [(problem.severity, problem.code) for problem in result.problems]


@pytest.mark.parametrize("vin", KNOWN)
def test_known_vins_pass(vin):
	result = check(vin)
	assert result.problems == ()
	assert result.accepted() == vin


def test_paper_and_scanner_noise_is_cleaned():
	assert normalise("  1m8-gdm9a xkp‑04\t2788\r\n​") == KNOWN[0]
	assert normalise(None) == ""


def test_an_empty_vin_is_an_error():
	assert codes(check(" - ")) == [(Severity.ERROR, "vin_missing")]
	assert check(None).year is None
	assert check("").suggestion is None


@pytest.mark.parametrize(
	("typed", "letter", "position", "meant"),
	[
		("1M8GDM9AXKPO42788", "O", "12", "0"),
		("IM8GDM9AXKP042788", "I", "1", "1"),
		("1M8GDM9AXKP04278Q", "Q", "17", "0"),
	],
)
def test_a_look_alike_is_named_with_its_place_and_what_was_meant(typed, letter, position, meant):
	(problem,) = check(typed).problems
	assert problem.severity is Severity.ERROR
	assert problem.values == (letter, position, meant)
	assert f"{letter} at position {position}" in str(problem)
	assert f"probably {meant}" in str(problem)


def test_a_correction_is_offered_when_its_check_digit_fits():
	assert check("1M8GDM9AXKPO42788").suggestion == KNOWN[0]
	assert check("1M8GDM9AXKPQ42788").suggestion == KNOWN[0]
	assert check("1M8GDM9AXKPO42789").suggestion is None
	assert check(KNOWN[0]).suggestion is None


def test_the_import_letter_of_a_bar_code_is_seen_through():
	car = make_vin("JTDBT923" + "71234567")
	assert check("I" + car).suggestion == car


@pytest.mark.parametrize("character", ["*", "А", "é"])  # the second is Cyrillic
def test_other_characters_are_named(character):
	(problem,) = check("1M8GDM9AXKP04278" + character).problems
	assert (problem.severity, problem.code) == (Severity.ERROR, "vin_character")
	assert problem.values == (character.upper(), "17")


def test_a_foreign_letter_is_an_error_everywhere():
	(problem,) = check("WVWZZZ1JZXW0000А1").problems
	assert problem.severity is Severity.ERROR
	(problem,) = check("WVWZZZ1JZXW0000*1").problems
	assert problem.severity is Severity.WARNING


def test_a_wrong_check_digit_names_expected_and_found():
	result = check("1M8GDM9A1KP042788")
	(problem,) = result.problems
	assert problem.severity is Severity.ERROR
	assert problem.values == ("1M8GDM9A1KP042788", "1", "X")
	assert "is 1, but the other characters make X" in str(problem)
	with pytest.raises(Refused) as refused:
		result.accepted()
	assert refused.value.code == "vin_check_digit"
	assert refused.value.template == problem.template


@pytest.mark.parametrize("first", "12345")
def test_a_wrong_check_digit_is_an_error_on_a_north_american_car(first):
	right = make_vin(first + "M8GDM9AKP042788")
	wrong = right[:8] + ("0" if right[8] != "0" else "1") + right[9:]
	assert codes(check(wrong)) == [(Severity.ERROR, "vin_check_digit")]
	assert not check(wrong).ok


@pytest.mark.parametrize("vin", ["WVWZZZ1JZXW000001", "JTDBT92361234567X", "7A3YGDEE0NF000001"])
def test_a_wrong_check_digit_only_warns_elsewhere(vin):
	result = check(vin)
	assert codes(result) == [(Severity.WARNING, "vin_check_digit")]
	assert result.ok
	assert result.accepted() == vin
	assert result.warnings == result.problems


def test_region_of_seven_is_split_between_new_zealand_and_the_united_states():
	assert not is_north_american("7A3")
	assert not is_north_american("7E9")
	assert is_north_american("7FA")
	assert is_north_american("7SA")
	assert is_north_american("700")
	assert not is_north_american("7")
	assert not is_north_american("0AA")
	assert not is_north_american("6AA")


@pytest.mark.parametrize(
	("vin", "severity", "difference", "word"),
	[
		("1M8GDM9AXKP04278", Severity.ERROR, "1", "missing"),  # one key missed
		("1M8GDM9AXKP04278812", Severity.ERROR, "2", "too many"),
		("1M8GDM9AXKP0427", Severity.ERROR, "2", "missing"),
		("1G1234567890AB", Severity.WARNING, "3", "missing"),  # may be a car from before 1981
		("JN1-15 012345", Severity.WARNING, "6", "missing"),  # a Japanese frame number
		("WVWZZZ1JZXW00001", Severity.WARNING, "1", "missing"),
	],
)
def test_a_wrong_length_is_an_error_where_17_were_meant(vin, severity, difference, word):
	(problem,) = check(vin).problems
	assert (problem.severity, problem.code) == (severity, "vin_length")
	assert problem.values[3] == difference
	assert word in str(problem)


@pytest.mark.parametrize(
	("vin", "years"),
	[
		("1M8GDM9AXKP042788", (1989, 2019)),  # a digit in position 7
		("4T4BF1FK5DR275482", (2013, 1983)),  # a letter in position 7
		("1G4AH59H45G118341", (2005, 2035)),
		("1" * 17, (2001, 2031)),
		("11111111101111111", ()),  # 0 is no model year, nor U, nor Z
		("111111111U1111111", ()),
		("111111111Z1111111", ()),
		("11111111", ()),
	],
)
def test_model_years(vin, years):
	assert model_years(vin) == years


def test_each_year_code_of_the_regulation():
	assert [model_years("1" * 9 + code + "1" * 7)[0] for code in "ABHJKLNPRSTVWXY129"] == [
		1980, 1981, 1987, 1988, 1989, 1990, 1992, 1993, 1994, 1995, 1996, 1997, 1998, 1999, 2000, 2001, 2002, 2009,
	]  # fmt: skip


def test_years_to_come_can_be_dropped():
	assert check(KNOWN[1], latest_year=2026).years == (2005,)
	assert check(KNOWN[0], latest_year=2019).years == (1989, 2019)
	assert check(KNOWN[0], latest_year=2018).years == (1989,)


def test_tails():
	result = check(KNOWN[0])
	assert result.last8 == "KP042788"
	assert result.last6 == "042788"


def test_make_and_country_are_hinted():
	result = check("4T4BF1FK5DR275482")
	assert (result.make, result.country) == ("Toyota", "United States")
	assert check("ZZZZZZZZZZZZZZZZZ").make is None


def test_hints_never_block(monkeypatch):
	import vininfo

	def broken(_vin):
		raise RuntimeError

	monkeypatch.setattr(vininfo, "Vin", broken)
	result = check(KNOWN[0])
	assert result.ok
	assert (result.make, result.country) == (None, None)
	monkeypatch.setitem(vin_module.__builtins__, "__import__", broken)
	assert check(KNOWN[0]).ok


@pytest.mark.parametrize("pattern", ["", "1M8GDM9AKP04278", "1M8GDM9AXKP042788", "1M8GDM9AKP04278O"])
def test_make_vin_refuses_what_is_no_pattern(pattern):
	with pytest.raises(Refused):
		make_vin(pattern)


@pytest.mark.parametrize(
	("letters", "value"),
	[(letters, n) for n, letters in enumerate("AJ BKS CLT DMU ENV FW GPX HY RZ".split(), start=1)],
)
def test_what_letters_count(letters, value):
	for letter in letters:
		assert check_digit("0" * 16 + letter) == "0123456789X"[2 * value % 11]


@pytest.mark.parametrize(
	("position", "weight"), list(enumerate((8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)))
)
def test_what_positions_weigh(position, weight):
	vin = "0" * position + "1" + "0" * (16 - position)
	assert check_digit(vin) == "0123456789X"[weight]


def test_check_digit_refuses_what_no_vin_has():
	with pytest.raises(Refused) as refused:
		check_digit("1M8GDM9AXKPO42788")
	assert refused.value.values[:2] == ("O", "12")


def test_check_digit_refuses_another_length():
	with pytest.raises(Refused) as refused:
		check_digit("1M8")
	assert refused.value.code == "vin_length"


@given(vins)
def test_a_made_vin_passes_anywhere(vin):
	assert check(vin).problems == ()


@given(american_vins, st.integers(0, 16), st.sampled_from(CHARACTERS))
def test_one_wrong_character_is_seen_unless_it_counts_the_same(vin, position, character):
	"""What the check digit is for: a single slip is found, except between characters of equal value."""
	typed = vin[:position] + character + vin[position + 1 :]
	if not is_north_american(typed):
		return
	same_value = vin_module._VALUES[character] == vin_module._VALUES[vin[position]]
	unchanged = typed == vin if position == 8 else same_value
	assert check(typed).ok == unchanged


@given(st.text(max_size=25))
def test_any_text_gets_a_verdict(text):
	result = check(text)
	assert result.vin == normalise(text) == normalise(result.vin)
	assert result.problems or check_digit(result.vin) == result.vin[8]
	for problem in result.problems:
		assert str(problem) == str(problem.refusal())


DATA = Path(os.environ.get("DEALER_SHARED_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
AUCTIONS = DATA / "vehicles" / "camry_auctions.csv"


@pytest.mark.skipif(not AUCTIONS.is_file(), reason=f"no auction data at {AUCTIONS} (set DEALER_SHARED_DATA)")
def test_every_auctioned_camry_passes():
	with AUCTIONS.open(newline="") as file:
		cars = list(csv.DictReader(file))
	assert len(cars) > 1000
	results = [(car, check(car["vin"])) for car in cars]
	assert [result for _car, result in results if result.problems] == []
	assert [result for car, result in results if result.year != int(car["year"])] == []
	hinted = sum(result.make == car["make"] for car, result in results)
	assert hinted > 0.98 * len(cars)  # the table of makers takes a few Toyotas for Scions

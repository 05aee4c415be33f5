"""What a typed text may be, and who is the likeliest."""

import pytest

from dealer_pos_crm.domain.counter_search import Find, Fit, Kind, name_fit, question, ranked, tail_fit


@pytest.mark.parametrize("text", ["", " ", "a", None])
def test_too_short_a_text_is_no_question(text):
	assert not question(text)


@pytest.mark.parametrize(
	("text", "digits"),
	[
		("(555) 010-2233", "5550102233"),
		("555.010.2233", "5550102233"),
		("+1 555 010 2233", "15550102233"),
		("2233", "2233"),
		("223", ""),
		("RO-2233", ""),
		("12 Main", ""),
	],
)
def test_a_phone_is_digits_in_any_format(text, digits):
	assert question(text).digits == digits


def test_one_text_may_be_several_things():
	asked = question("4821")
	assert (asked.digits, asked.vins, asked.plate, asked.stock, asked.number) == (
		"4821", ("4821",), "4821", "4821", "4821",
	)  # fmt: skip
	assert not asked.words


def test_letters_that_no_vin_has_are_also_read_as_the_digits_that_were_meant():
	assert question("4t1bo23").vins == ("4T1BO23", "4T1B023")
	assert question("camry").vins == ()  # no digit: a word
	assert question("123").vins == ()  # too short to say a car
	assert question("4T1BF1FK5CU123456" + "7").vins == ()  # too long for any


def test_a_name_is_words_and_no_plate_of_a_sentence():
	asked = question("  Ann   Buyer ")
	assert asked.words == ("Ann", "Buyer")
	assert asked.plate == "ANNBUYER"
	assert (asked.stock, asked.number, asked.digits) == ("", "", "")


def test_an_address_is_nothing_else():
	asked = question("Ann@Example.com")
	assert asked.email == "ann@example.com"
	assert not (asked.words or asked.plate or asked.vins or asked.number)


@pytest.mark.parametrize(
	("name", "typed", "fit"),
	[
		("Ann Buyer", "ann buyer", Fit.EXACT),
		("Ann Buyer", "ann b", Fit.BEGINS),
		("Ann Buyer", "buy ann", Fit.WORDS),
		("Ann O'Hara-Buyer", "buyer", Fit.WORDS),
		("Joanna Buyer", "anna", Fit.INSIDE),
		("Joanna Buyer", "anna smith", None),
		("Ann Buyer", "", None),
	],
)
def test_how_a_name_fits(name, typed, fit):
	assert name_fit(name, typed.split()) is fit


def test_how_a_number_fits():
	assert tail_fit("RO-2026-00042", "RO-2026-00042") is Fit.EXACT
	assert tail_fit("RO-2026-00042", "0042") is Fit.TAIL
	assert tail_fit("+15550102233", "5501") is Fit.INSIDE


def _find(customer, kind=Kind.NAME, fit=Fit.BEGINS, **values):
	return Find(customer, kind, fit, **values)


def test_a_customer_stands_once_with_every_way_it_was_found_the_best_first():
	rows = ranked(
		[
			_find("ANN"),
			_find("BOB", fit=Fit.WORDS),
			_find("ANN", Kind.DOCUMENT, Fit.EXACT, doctype="Repair Order", name="RO-1"),
			_find("ANN", Kind.DOCUMENT, Fit.EXACT, doctype="Repair Order", name="RO-1"),
		]
	)
	assert [row.customer for row in rows] == ["ANN", "BOB"]
	assert [find.kind for find in rows[0].finds] == [Kind.DOCUMENT, Kind.NAME]


def test_the_better_fit_goes_first_then_the_weight_then_more_ways():
	rows = ranked(
		[
			_find("MANY", Kind.PHONE, Fit.TAIL, weight=1),
			_find("MANY", Kind.VIN, Fit.TAIL),
			_find("OPEN", Kind.DOCUMENT, Fit.TAIL, weight=1),
			_find("OLD", Kind.DOCUMENT, Fit.TAIL),
			_find("PLATE", Kind.PLATE, Fit.EXACT),
		]
	)
	assert [row.customer for row in rows] == ["PLATE", "MANY", "OPEN", "OLD"]


def test_cars_of_nobody_stand_for_themselves_behind_people():
	rows = ranked(
		[
			_find(None, Kind.VIN, Fit.TAIL, doctype="Dealer Vehicle", name="V-1"),
			_find(None, Kind.VIN, Fit.TAIL, doctype="Dealer Vehicle", name="V-2"),
			_find("ANN", Kind.VIN, Fit.TAIL, doctype="Dealer Vehicle", name="V-3"),
		]
	)
	assert [row.customer for row in rows] == ["ANN", None, None]
	assert [row.finds[0].name for row in rows] == ["V-3", "V-1", "V-2"]

"""Recalls: the key of a car, what the public service answers, files with good and bad lines."""

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealer_pos_crm.domain.recall import (
	BACKOFF,
	Campaign,
	Car,
	Status,
	by_car,
	campaign_of,
	campaign_of_nhtsa,
	check_settled,
	is_fresh,
	next_try,
	read_file,
)
from dealer_pos_crm.domain.refusal import Refused

NOW = datetime(2026, 6, 1, 12)
ANSWER = {
	"Manufacturer": "Example Motor Company",
	"NHTSACampaignNumber": "24V634000",
	"parkIt": True,
	"parkOutSide": False,
	"ReportReceivedDate": "23/08/2024",
	"Component": "FUEL SYSTEM, GASOLINE",
	"Summary": "A fuel  leak\nmay occur.",
	"Consequence": "A leak increases the risk of a fire.",
	"Remedy": "Dealers will replace the injectors.",
	"ModelYear": "2019",
	"Make": "TOYOTA",
	"Model": "RAV4",
}


def code_of(call, *args, **kwargs) -> str:
	with pytest.raises(Refused) as refused:
		call(*args, **kwargs)
	return refused.value.code


def test_every_spelling_of_a_car_is_one_key():
	assert Car("Toyota", "RAV4", 2019).key == Car(" TOYOTA ", "Rav 4", 2019).key == "toyota|rav4|2019"
	assert Car("Ford", "F-150", 2019).key != Car("Ford", "F-250", 2019).key
	assert not Car("", "RAV4", 2019).is_complete and not Car("Toyota", "-", 2019).is_complete
	assert not Car("Toyota", "RAV4", 0).is_complete


def test_an_answer_of_the_service_is_read():
	assert campaign_of_nhtsa(ANSWER) == Campaign(
		number="24V634000",
		component="FUEL SYSTEM, GASOLINE",
		summary="A fuel leak may occur.",
		consequence="A leak increases the risk of a fire.",
		remedy="Dealers will replace the injectors.",
		reported_on=date(2024, 8, 23),
		do_not_drive=True,
	)


@pytest.mark.parametrize(
	("text", "day"),
	[("05/03/2024", date(2024, 3, 5)), ("06/15/2003", date(2003, 6, 15)), ("2024-05-31", date(2024, 5, 31))],
)
def test_dates_day_first_unless_that_cannot_be(text, day):
	assert campaign_of_nhtsa({**ANSWER, "ReportReceivedDate": text}).reported_on == day


def test_a_campaign_needs_a_number_and_a_date_that_is_one():
	assert code_of(campaign_of, {"campaign": ""}) == "campaign"
	assert code_of(campaign_of, {"campaign": "two words"}) == "campaign"
	assert code_of(campaign_of, {"campaign": "24V1", "reported_on": "soon"}) == "date"


@given(
	st.builds(
		Campaign,
		st.from_regex(r"[A-Z0-9]{2,12}", fullmatch=True),
		*([st.text("abc XYZ,.", max_size=20).map(lambda text: " ".join(text.split()))] * 4),
		st.one_of(st.none(), st.dates()),
		st.booleans(),
		st.booleans(),
	)
)
def test_what_is_kept_is_read_again(campaign):
	assert campaign_of(json.loads(json.dumps(campaign.as_dict()))) == campaign


def test_fresh_for_thirty_days():
	assert is_fresh(NOW - timedelta(days=29), NOW)
	assert not is_fresh(NOW - timedelta(days=30), NOW) and not is_fresh(None, NOW)


def test_asked_again_later_and_later_and_then_by_a_person():
	waits = [next_try(attempts, NOW) for attempts in range(1, len(BACKOFF) + 1)]
	assert waits == sorted(waits) and waits[0] == NOW + timedelta(minutes=5)
	assert next_try(len(BACKOFF) + 1, NOW) is None and next_try(0, NOW) is None


def test_settling_says_where_or_why():
	check_settled(Status.DONE, "24V1", order="RO-1", reason=None)
	check_settled(Status.DONE, "24V1", order=None, reason="by the dealer in Springfield")
	check_settled(Status.NOT_APPLICABLE, "24V1", order=None, reason="VIN not in range")
	check_settled(Status.OPEN, "24V1", order=None, reason=None)
	assert code_of(check_settled, Status.DONE, "24V1", order=None, reason=" ") == "recall_done"
	assert code_of(check_settled, Status.NOT_APPLICABLE, "24V1", order="RO-1", reason=None) == "recall_reason"


CSV = """vin,make,model,model_year,campaign,component,reported_on,status,reason
4T1BF1FK5CU123456,,,,24V634000,Fuel system,2024-08-23,,
,Toyota,RAV4,2019,24V700000,"Air bags, front",23/08/2024,,
,Toyota,,2019,24V700001,,,,
4T1BF1FK5CU123456,,,,24V634001,,,Done,at the factory
4T1BF1FK5CU123456,,,,24V634002,,,Done,
,Toyota,RAV4,2019,24V700002,,,Done,recalled

,,,,,,,,
4T1BF1FK5CU123456,,,,24V634003,,soon,,
"""


def test_a_csv_is_read_line_by_line():
	found = read_file(CSV)
	assert [(line.number, line.campaign.number) for line in found.lines] == [
		(2, "24V634000"),
		(3, "24V700000"),
		(5, "24V634001"),
	]
	assert found.lines[1].campaign.component == "Air bags, front"
	assert found.lines[2].status is Status.DONE
	assert [(wrong.number, wrong.why.code) for wrong in found.wrong] == [
		(4, "which_car"),
		(6, "recall_done"),
		(7, "which_car"),
		(10, "date"),
	]


def test_semicolons_and_a_mark_at_the_beginning_are_fine():
	found = read_file("\ufeffVIN;Campaign;Component\n4T1BF1FK5CU123456;24V1;Doors, rear\n")
	assert found.lines[0].campaign.component == "Doors, rear" and not found.wrong


def test_an_answer_of_the_service_is_a_file_too():
	found = read_file(json.dumps({"Count": 2, "results": [ANSWER, {**ANSWER, "Model": ""}]}))
	assert found.lines[0].car == Car("TOYOTA", "RAV4", 2019)
	assert [(wrong.number, wrong.why.code) for wrong in found.wrong] == [(2, "which_car")]
	assert [line.vin for line in read_file('[{"vin": "1M8GDM9AXKP042788", "campaign": "24V1"}]').lines] == [
		"1M8GDM9AXKP042788"
	]


@pytest.mark.parametrize(
	("text", "code"),
	[
		("", "empty_file"),
		("   \n ", "empty_file"),
		("a,b,c\n1,2,3", "header"),
		("vin,component\nx,y", "header"),
		("vin,campaign,owner_phone\nx,24V1,555", "columns"),
		("{not json", "json"),
		('{"results": {"a": 1}}', "json"),
	],
)
def test_a_file_that_cannot_be_read_says_why(text, code):
	assert code_of(read_file, text) == code


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text):
	try:
		found = read_file(text)
	except Refused:
		return
	assert len({line.number for line in found.lines} & {wrong.number for wrong in found.wrong}) == 0


def test_a_model_is_told_once_a_campaign():
	found = by_car(read_file(CSV.replace("24V700002,,,Done,recalled", "24V700000,again,,,")).lines)
	assert list(found) == ["toyota|rav4|2019"]
	_car, campaigns = found["toyota|rav4|2019"]
	assert [(campaign.number, campaign.component) for campaign in campaigns] == [("24V700000", "again")]

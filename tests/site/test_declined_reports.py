"""What was declined and what came back: each piece of work once, figures that add up, a list to call by."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_days, getdate

from dealer_pos_crm.dealer_service.declined import figures
from dealer_pos_crm.dealer_service.report.declined_and_recovered import declined_and_recovered as recovery
from dealer_pos_crm.dealer_service.report.open_declined_work import open_declined_work as calls
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import lane

REPORTS = ("Declined and Recovered", "Open Declined Work")


@pytest.fixture(scope="module", autouse=True)
def shop(site):
	lane.set_up_lane()
	_away()


def _away() -> None:
	"""What other tests declined does not count here."""
	frappe.db.sql("update `tabDeclined Service` set first_declined_on = '2020-01-01', status = 'Closed'")
	frappe.db.commit()


@pytest.fixture(scope="module")
def story(shop):
	"""Two advisors: 300 red won back for 250, 450 declined twice, 60 yellow given up, 90 that was a mistake."""
	customer = f.make_customer(mobile_no="555-010-2233")
	car = SimpleNamespace(customer=customer, vehicle=lane.make_car(customer))

	def no(title: str, hours: float, severity: str, **values) -> str:
		order = lane.make_order(
			car.customer, car.vehicle, [{"title": title, "hours": hours, "severity": severity}], **values
		)
		lane.answer(order, 1, "Declined")
		return lane.job(order, 1).declined_service

	from dealer_pos_crm.dealer_service.declined import book

	won = no("Front brake pads", 2, "Red")
	order = lane.make_order(
		car.customer, car.vehicle, [{"title": "Front brake pads", "price": 250, "hours": 1}]
	)
	lane.answer(order, 1)
	twice = no("Timing belt", 2, "Red", advisor=lane.second_advisor())
	assert no("Timing belt", 3, "Red", advisor=lane.second_advisor()) == twice
	gone = no("Cabin filter", 0.4, "Yellow")
	book.close(gone, "Done Elsewhere")
	mistake = no("Wiper blades", 0.6, "Yellow")
	book.close(mistake, "Entered by Mistake", "Wrong car")
	frappe.db.set_value("Declined Service", twice, "first_declined_on", add_days(getdate(), -40))
	frappe.db.commit()
	return SimpleNamespace(won=won, twice=twice, gone=gone, mistake=mistake, **vars(car))


def run(**filters) -> tuple:
	return recovery.execute(
		{
			"company": lane.COMPANY,
			"from_date": add_days(getdate(), -60),
			"to_date": getdate(),
			"group_by": "Month",
			**filters,
		}
	)


def summed(data, field: str) -> float:
	return round(sum(row[field] for row in data), 2)


@pytest.mark.parametrize("by", recovery.WAYS)
def test_every_way_to_group_adds_up_to_the_same(story, by):
	_columns, data, _note, chart, summary = run(group_by=by)
	figures_of = {row["label"]: row["value"] for row in summary}
	assert (figures_of["Declined"], figures_of["Recovered"], figures_of["Still Open"]) == (810, 250, 450)
	assert figures_of["Rate"] == "30.9 %"
	for field, total in (("declined", 810), ("recovered", 250), ("open", 450), ("given_up", 60)):
		assert summed(data, field) == total, field
	assert summed(data, "count") == 3 and summed(data, "recovered_count") == 1
	assert [sum(one["values"]) for one in chart["data"]["datasets"]] == [810, 250]
	assert len(chart["data"]["labels"]) == len(data)


def test_each_advisor_and_severity_has_its_own_rate(story):
	data = {row["key"]: row for row in run(group_by="Advisor")[1]}
	assert (data[lane.advisor()]["declined"], data[lane.advisor()]["rate"]) == (360, 69.4)
	assert (data[lane.second_advisor()]["declined"], data[lane.second_advisor()]["rate"]) == (450, 0)
	data = run(group_by="Severity")[1]
	assert [(row["key"], row["declined"]) for row in data] == [("Red", 750), ("Yellow", 60)]


def test_narrowed_down_to_each_one(story):
	data = run(group_by="Each One")[1]
	assert {row["name"]: (row["counted"], row["recovered"]) for row in data} == {
		story.won: (300, 250),
		story.twice: (450, 0),
		story.gone: (60, 0),
		story.mistake: (0, 0),
	}
	data = run(group_by="Each One", advisor=lane.second_advisor())[1]
	assert [row["name"] for row in data] == [story.twice]
	data = run(from_date=add_days(getdate(), -1), severity="Red")[1]
	assert summed(data, "declined") == 300
	assert run(from_date="2019-01-01", to_date="2019-02-01")[1] == []


@pytest.mark.parametrize(
	"filters",
	[{"company": None}, {"group_by": "Customer"}, {"severity": "Purple"}, {"from_date": "2030-01-01"}],
)
def test_what_cannot_be_asked_is_refused(filters):
	with pytest.raises(frappe.ValidationError):
		run(**filters)


def test_the_list_to_call_by(story):
	_columns, data, _message, chart, summary = calls.execute({"company": lane.COMPANY})
	row = next(row for row in data if row["name"] == story.twice)
	assert (row["phone"], row["age"], row["times_declined"], row["price"]) == ("555-010-2233", 40, 2, 450)
	assert row["call_due"] and row["due"] == ""
	assert {found["name"] for found in data} == {story.twice}
	labels, values = chart["data"]["labels"], chart["data"]["datasets"][0]["values"]
	assert dict(zip(labels, values, strict=True)) == {
		"0-7 days": 0,
		"8-30 days": 0,
		"31-90 days": 450,
		"91-180 days": 0,
		"over 180 days": 0,
	}
	assert {row["label"]: row["value"] for row in summary} == {
		"Open": 450,
		"Red": 450,
		"Booked": 0,
		"To Call About Now": 1,
	}
	assert calls.execute({"company": lane.COMPANY, "severity": "Green"})[1] == []


@pytest.mark.parametrize(("days", "band"), [(0, 0), (7, 0), (8, 1), (90, 2), (180, 3), (181, 4), (9999, 4)])
def test_age_bands(days, band):
	assert figures.band_of(days) == band
	assert len(figures.bands()) == len(figures.AGES) + 1


@pytest.mark.parametrize("report", REPORTS)
def test_reports_run_for_those_who_may(report, story):
	filters = {
		"company": lane.COMPANY,
		"from_date": str(add_days(getdate(), -60)),
		"to_date": str(getdate()),
	}
	from frappe.desk.query_report import run as run_report

	for user, may in (
		(lane.service_manager(), True),
		(lane.advisor(), True),
		(f.make_user(roles.CASHIER, "only.dealer_cashier"), False),
	):
		frappe.db.commit()
		with f.logged_in(user):
			if may:
				assert run_report(report, filters=filters)["result"]
			else:
				with pytest.raises(frappe.PermissionError):
					run_report(report, filters=filters)

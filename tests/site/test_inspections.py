"""Inspection sheets on a site: from a template, one tap a point, one click to the repair order, then told."""

import frappe
import pytest

from dealer_pos_crm.api import inspection as api
from dealer_pos_crm.dealer_service.inspections import defaults, sheet
from dealer_pos_crm.dealer_service.orders import jobs
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import lane

QUICK = "Quick Check"


@pytest.fixture(scope="module", autouse=True)
def shop(site):
	lane.set_up_lane()
	defaults.add()
	lane.make_operation("WIPER", "Wiper blades, front", hours=0.3)
	frappe.db.commit()


@pytest.fixture
def order():
	return lane.make_order()


@pytest.fixture
def started(order):
	with f.logged_in(lane.technician()):
		name = api.start(order.name, QUICK)
		frappe.db.commit()
	return name


def rows(name: str) -> dict[str, str]:
	return {point["point"]: point["row"] for point in api.get(name)["points"]}


def tap(name: str, point: str, colour: str | None) -> dict:
	frappe.db.commit()
	with f.logged_in(lane.technician()):
		result = api.rate(name, [rows(name)[point]], colour)
		frappe.db.commit()
	return result


def test_a_new_site_has_templates_and_one_is_usual():
	found = frappe.get_all(
		"Inspection Template", {"enabled": 1}, ["name", "is_default"], order_by="creation, name"
	)
	assert {row.name for row in found} >= {"Multi-Point Inspection", QUICK}
	assert [row.name for row in found if row.is_default] == ["Multi-Point Inspection"]
	assert sheet.template_for(lane.COMPANY) == "Multi-Point Inspection"
	count = frappe.db.count("Inspection Template")
	defaults.add()
	assert frappe.db.count("Inspection Template") == count


def test_another_default_is_the_only_one():
	doc = frappe.get_doc(
		{
			"doctype": "Inspection Template",
			"template_name": f.unique("EV"),
			"is_default": 1,
			"points": [{"section": "Battery", "point": "Coolant loop"}],
		}
	).insert()
	assert frappe.get_all("Inspection Template", {"is_default": 1}, pluck="name") == [doc.name]
	doc.append("points", {"section": "battery ", "point": "coolant loop"})
	with pytest.raises(frappe.ValidationError):
		doc.save()


def test_a_sheet_is_started_once_and_belongs_to_the_order(order, started):
	with f.logged_in(lane.technician()):
		assert api.start(order.name) == started
	doc = frappe.get_doc("Vehicle Inspection", started)
	assert (doc.vehicle, doc.customer, doc.company) == (order.vehicle, order.customer, order.company)
	assert doc.technician == lane.technician() and doc.vehicle_title == order.vehicle_title
	assert len(doc.points) == sum(len(points) for _section, points in defaults.TEMPLATES[QUICK])


def test_one_tap_a_point_then_the_rest_is_green(started):
	tap(started, "Front brakes", "Red")
	shown = tap(started, "Leaks", "Yellow")
	assert shown["counts"] == {"red": 1, "yellow": 1, "green": 0, "left": 7}
	shown = tap(started, "Leaks", None)
	assert shown["counts"]["left"] == 8
	with f.logged_in(lane.technician()):
		shown = api.others_green(started, "Tires")
		assert shown["counts"] == {"red": 1, "yellow": 0, "green": 1, "left": 7}
		shown = api.others_green(started)
	frappe.db.commit()
	assert shown["counts"] == {"red": 1, "yellow": 0, "green": 8, "left": 0}
	doc = frappe.get_doc("Vehicle Inspection", started)
	assert (doc.red, doc.yellow, doc.green) == (1, 0, 8)


def test_note_and_photo_of_this_site(started):
	row = rows(started)["Front brakes"]
	api.remark(started, row, note="2 mm left")
	shown = api.remark(started, row, photo="/private/files/pad.jpg")
	point = next(point for point in shown["points"] if point["row"] == row)
	assert (point["note"], point["photo"]) == ("2 mm left", "/private/files/pad.jpg")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		api.remark(started, row, photo="https://elsewhere.example/x.jpg")


def test_recommended_in_one_click_and_once(order, started):
	tap(started, "Front brakes", "Red")
	row = rows(started)["Front brakes"]
	api.remark(started, row, note="2 mm left")
	frappe.db.commit()
	with f.logged_in(lane.technician()):
		shown = api.recommend(started, row)
		frappe.db.commit()
		again = api.recommend(started, row)
		frappe.db.commit()
	order.reload()
	assert len(order.jobs) == 2
	job = order.jobs[-1]
	assert (job.title, job.severity, job.origin, job.answer) == (
		"Front brakes",
		"Red",
		"Inspection",
		"Pending",
	)
	assert "2 mm left" in job.concern and job.hours == 0
	point = next(point for point in again["points"] if point["row"] == row)
	assert point["job_no"] == job.job_no and point["job"]["answer"] == "Pending"
	assert shown["counts"]["red"] == 1


def test_an_op_code_brings_its_price_and_is_not_added_twice(order, started):
	tap(started, "Wiper blades", "Yellow")
	tap(started, "All lamps", "Yellow")
	api.recommend(started, rows(started)["Wiper blades"], "WIPER")
	frappe.db.commit()
	api.recommend(started, rows(started)["All lamps"], "WIPER")
	frappe.db.commit()
	order.reload()
	assert [job.labor_operation for job in order.jobs].count("WIPER") == 1
	job = order.jobs[-1]
	assert (job.title, job.hours, job.amount) == ("Wiper blades, front", 0.3, 45)


def test_work_that_the_order_has_already_is_joined(started, order):
	lane.recommend(order, title="Brakes, front")
	tap(started, "Front brakes", "Red")
	shown = api.recommend(started, rows(started)["Front brakes"])
	frappe.db.commit()
	order.reload()
	assert len(order.jobs) == 2
	assert next(p for p in shown["points"] if p["point"] == "Front brakes")["job_no"] == 2


def test_a_job_taken_off_the_order_can_be_recommended_again(order, started):
	tap(started, "Leaks", "Red")
	row = rows(started)["Leaks"]
	api.recommend(started, row)
	frappe.db.commit()
	with pytest.raises(DealerRefusal):
		tap(started, "Leaks", "Green")
	order.reload()
	jobs.remove(order.name, order.jobs[-1].job_no)
	frappe.db.commit()
	api.recommend(started, row)
	frappe.db.commit()
	order.reload()
	assert [job.title for job in order.jobs].count("Leaks") == 1


def test_green_is_not_recommended(started):
	tap(started, "Leaks", "Green")
	with pytest.raises(DealerRefusal):
		api.recommend(started, rows(started)["Leaks"])


def test_a_declined_recommendation_lives_on(order, started):
	tap(started, "Front brakes", "Red")
	api.recommend(started, rows(started)["Front brakes"])
	frappe.db.commit()
	lane.answer(order, 2, "Declined")
	shown = api.get(started)
	assert next(p for p in shown["points"] if p["job_no"] == 2)["job"]["answer"] == "Declined"
	found = frappe.get_doc("Declined Service", lane.job(order, 2).declined_service)
	assert (found.severity, found.service_name) == ("Red", "Front brakes")


def test_finished_when_all_was_looked_at_and_told_once(order, started):
	tap(started, "Leaks", "Yellow")
	with pytest.raises(DealerRefusal):
		api.finish(started)
	frappe.db.rollback()
	with f.logged_in(lane.technician()):
		api.others_green(started)
		assert api.finish(started)["status"] == "Done"
		assert api.finish(started)["status"] == "Done"
		frappe.db.commit()
	events = [event for event in lane.events(order) if event[0].startswith("inspection")]
	assert events == [("inspection.done", None)]
	facts = frappe.get_value(
		"Customer Event",
		{"repair_order": order.name, "event_type": "inspection.done"},
		["detail", "reference_name"],
	)
	assert '"yellow": "1"' in facts[0] and '"not_recommended": "1"' in facts[0]
	assert facts[1] == started
	with pytest.raises(DealerRefusal):
		tap(started, "Leaks", "Green")
	frappe.db.rollback()
	api.recommend(started, rows(started)["Leaks"])  # the customer is asked after the technician is done
	frappe.db.commit()


def test_opened_again_the_telling_is_taken_back(order, started):
	api.others_green(started)
	api.finish(started)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		api.reopen(started, " ")
	api.reopen(started, "Forgot the spare")
	frappe.db.commit()
	events = [event for event in lane.events(order) if event[0].startswith("inspection")]
	assert events == [("inspection.done", None), ("inspection.reopened", "inspection.done")]
	tap(started, "Leaks", "Yellow")


def test_a_form_changes_texts_not_results(started):
	tap(started, "Leaks", "Red")
	doc = frappe.get_doc("Vehicle Inspection", started)
	doc.notes = "Quiet car"
	doc.status = "Done"
	doc.points[0].result = "Red"
	doc.points[0].job_no = 7
	doc.save()
	doc.reload()
	assert (doc.notes, doc.status, doc.red, doc.points[0].job_no) == ("Quiet car", "In Work", 1, 0)


def test_a_cancelled_order_is_not_inspected(order):
	from dealer_pos_crm.dealer_service.orders import closing

	closing.cancel(order.name, "Wrong customer")
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError):
		api.start(order.name)


@pytest.mark.parametrize("role", [roles.CASHIER, roles.SALESPERSON])
def test_who_may_only_look(started, role):
	user = f.make_user(role, f"only.{frappe.scrub(role)}")
	frappe.db.commit()
	with f.logged_in(user):
		shown = api.get(started)
		for call in (
			lambda: api.rate(started, [shown["points"][0]["row"]], "Red"),
			lambda: api.finish(started),
			lambda: api.recommend(started, shown["points"][0]["row"]),
		):
			with pytest.raises(frappe.PermissionError):
				call()

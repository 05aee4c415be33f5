"""Recalls on a site: looked up through the outbox without holding up the lane, settled, read from a file."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, cint, now_datetime

from dealer_pos_crm.api import recall as api
from dealer_pos_crm.dealer_service.recalls import importing, lookup, table
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.domain.recall import BACKOFF, Car
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.gateways.errors import BadAnswer, Unreachable
from dealer_pos_crm.gateways.nhtsa import Nhtsa
from tests.site import factories as f
from tests.site import lane
from tests.site.counting import statements
from tests.site.recall_server import campaign, recall_server


@pytest.fixture(scope="module", autouse=True)
def shop(site):
	return lane.set_up_lane(recall_lookup=1)


@pytest.fixture
def server():
	with recall_server() as found:
		yield found


@pytest.fixture
def jobs(monkeypatch):
	"""What was left to the background, instead of running there."""
	left = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **options: left.append((method, options)))
	return left


@pytest.fixture(autouse=True)
def nothing_waits(shop):
	"""What other tests left in the box does not take part."""
	frappe.db.sql("delete from `tabRecall Lookup` where status != 'Done'")
	frappe.db.commit()


def model() -> dict:
	return {"make": "Toyota", "model": f.unique("Model"), "model_year": 2019}


def make_vehicle(**values):
	vehicle = lane.make_car(**values)
	frappe.db.commit()
	return vehicle


def answered(vehicle) -> None:
	"""The background job, with the commit at its end."""
	lookup.answer(vehicle.name)
	frappe.db.commit()


def row_of(vehicle):
	frappe.db.rollback()
	car = Car(vehicle.make, vehicle.model, cint(vehicle.model_year))
	return frappe.get_doc("Recall Lookup", {"lookup_key": car.key})


def open_numbers(vehicle) -> list[str]:
	return [found.campaign for found in table.open_for(vehicle.name)]


def test_opening_an_order_writes_the_box_and_calls_nobody(server, jobs):
	vehicle = make_vehicle(**model())
	lane.make_order(vehicle=vehicle)
	found = row_of(vehicle)
	assert (found.status, found.vehicle, found.attempts) == ("Queued", vehicle.name, 0)
	assert server.asked == []
	asked = [
		options for method, options in jobs if method == "dealer_pos_crm.dealer_service.recalls.lookup.answer"
	]
	assert asked and asked[0]["enqueue_after_commit"] and asked[0]["vehicle"] == vehicle.name


def test_the_job_asks_by_model_alone_and_keeps_the_answer(server, jobs):
	vehicle = make_vehicle(**model())
	server.answers(campaign("24V634000"), campaign("25V000111", parkIt=True, Component="STEERING"))
	lookup.ask(vehicle.name)
	frappe.db.commit()
	answered(vehicle)
	frappe.db.commit()
	assert server.asked == [
		{
			"path": "/recalls/recallsByVehicle",
			"make": "Toyota",
			"model": vehicle.model,
			"modelYear": "2019",
		}
	]
	assert vehicle.vin not in json.dumps(server.headers)
	assert open_numbers(vehicle) == ["25V000111", "24V634000"]  # do not drive comes first
	found = row_of(vehicle)
	assert (found.status, found.found, found.attempts, found.error) == ("Done", 2, 1, None)
	first = table.open_for(vehicle.name)[0]
	assert (first.component, first.do_not_drive, first.source) == ("STEERING", 1, "NHTSA")


def test_another_car_of_the_kind_is_answered_without_a_call(server, jobs):
	kind = model()
	first, second = make_vehicle(**kind), make_vehicle(**kind)
	server.answers(campaign("24V634000"))
	answered(first)
	assert open_numbers(second) == ["24V634000"]  # it was on file already
	third = make_vehicle(**{**kind, "make": "TOYOTA"})
	answered(third)
	answered(third)
	assert open_numbers(third) == ["24V634000"]
	assert len(server.asked) == 1


def test_after_thirty_days_it_asks_again_and_keeps_what_was_settled(server, jobs):
	vehicle = make_vehicle(**model())
	server.answers(campaign("24V634000"))
	answered(vehicle)
	table.settle(table.open_for(vehicle.name)[0].name, "Not Applicable", reason="VIN not in range")
	frappe.db.commit()
	frappe.db.set_value("Recall Lookup", row_of(vehicle).name, "answered_at", add_days(now_datetime(), -31))
	frappe.db.commit()
	server.answers(campaign("24V634000", Summary="More is known now."), campaign("25V1"))
	answered(vehicle)
	frappe.db.commit()
	assert len(server.asked) == 2
	assert open_numbers(vehicle) == ["25V1"]
	kept = frappe.get_doc("Vehicle Recall", {"vehicle": vehicle.name, "campaign": "24V634000"})
	assert (kept.status, kept.summary) == ("Not Applicable", "More is known now.")


def test_a_service_that_is_down_is_asked_again_later_and_then_a_person_is(server, jobs):
	vehicle = make_vehicle(**model())
	server.fails(503)
	answered(vehicle)
	found = row_of(vehicle)
	assert (found.status, found.attempts) == ("Failed", 1) and "503" in found.error
	assert abs(found.next_try - now_datetime() - timedelta(minutes=BACKOFF[0])) < timedelta(minutes=1)
	lookup.retry_due()
	assert len(server.asked) == 1  # not yet
	for attempt in range(2, len(BACKOFF) + 2):
		frappe.db.set_value("Recall Lookup", found.name, "next_try", add_days(now_datetime(), -1))
		frappe.db.commit()
		lookup.retry_due()
		assert row_of(vehicle).attempts == attempt
	found = row_of(vehicle)
	assert (found.status, found.next_try) == ("Failed", None)
	assert frappe.db.exists("Error Log", {"reference_doctype": "Recall Lookup", "reference_name": found.name})
	server.answers(campaign("24V634000"))
	api.try_again(found.name)
	frappe.db.commit()
	assert ("dealer_pos_crm.dealer_service.recalls.lookup.call", found.name) in [
		(method, options.get("name")) for method, options in jobs
	]
	lookup.call(found.name)
	frappe.db.commit()
	assert row_of(vehicle).status == "Done" and open_numbers(vehicle) == ["24V634000"]


def test_while_the_service_is_down_it_is_asked_once_a_round(server, jobs):
	vehicles = [make_vehicle(**model()) for _count in range(3)]
	for vehicle in vehicles:
		frappe.db.set_value(
			"Recall Lookup", lookup.ask(vehicle.name), "creation", add_days(now_datetime(), -1)
		)
	frappe.db.commit()
	server.fails(503)
	lookup.retry_due()
	assert len(server.asked) == 1
	server.answers()
	lookup.retry_due()
	assert len(server.asked) == 3
	assert sorted(row_of(vehicle).status for vehicle in vehicles) == ["Done", "Done", "Failed"]


def test_nobody_listens_at_all(jobs):
	frappe.local.conf["dealer_recall_url"] = "http://127.0.0.1:9"
	try:
		vehicle = make_vehicle(**model())
		answered(vehicle)
		assert row_of(vehicle).status == "Failed" and row_of(vehicle).next_try
	finally:
		frappe.local.conf.pop("dealer_recall_url")


def test_a_worker_that_died_is_noticed(server, jobs):
	vehicle = make_vehicle(**model())
	name = lookup.ask(vehicle.name)
	frappe.db.set_value("Recall Lookup", name, {"status": "Sent", "asked_at": now_datetime(), "attempts": 1})
	frappe.db.commit()
	lookup.call(name)
	assert server.asked == []  # another worker has it in hand
	frappe.db.set_value("Recall Lookup", name, "asked_at", add_days(now_datetime(), -1))
	frappe.db.commit()
	lookup.retry_due()
	assert len(server.asked) == 1 and row_of(vehicle).status == "Done"


@pytest.mark.parametrize(
	"body", [b"<html>", b"[]", b'{"results": [1]}', b'{"results": [{"Component": "x"}]}']
)
def test_an_answer_that_is_none_is_not_asked_for_again(server, jobs, body):
	vehicle = make_vehicle(**model())
	server.fails(200, body)
	answered(vehicle)
	found = row_of(vehicle)
	assert (found.status, found.next_try) == ("Failed", None) and found.error
	with pytest.raises(BadAnswer):
		Nhtsa(server.url).campaigns(Car("Toyota", "Camry", 2019))


@pytest.mark.parametrize(
	("status", "kind"), [(429, Unreachable), (500, Unreachable), (302, BadAnswer), (401, BadAnswer)]
)
def test_the_client_says_what_went_wrong(server, status, kind):
	server.fails(status)
	with pytest.raises(kind):
		Nhtsa(server.url).campaigns(Car("Toyota", "Camry", 2019))


def test_a_model_that_the_service_does_not_know_has_no_recalls(server, jobs):
	vehicle = make_vehicle(**model())
	server.fails(400)
	answered(vehicle)
	assert (row_of(vehicle).status, row_of(vehicle).found) == ("Done", 0)


def test_switched_off_nothing_is_asked(server, jobs):
	lane.set_up_lane(recall_lookup=0)
	try:
		vehicle = make_vehicle(**model())
		assert lookup.ask(vehicle.name) is None
		answered(vehicle)
		assert server.asked == [] and jobs == []
	finally:
		lane.set_up_lane(recall_lookup=1)


def test_a_car_without_make_model_or_year_is_not_asked_about(server, jobs):
	vehicle = make_vehicle(**{**model(), "model": None})
	assert lookup.ask(vehicle.name) is None and jobs == []
	assert api.open_for(vehicle.name) == {"recalls": [], "lookup": {"on": True, "known": False}}


def test_the_lane_reads_one_table_once(server, jobs):
	vehicle = make_vehicle(**model())
	server.answers(campaign("24V634000"))
	answered(vehicle)
	frappe.db.commit()
	with statements() as counted:
		assert len(table.open_for(vehicle.name)) == 1
	assert len(counted) == 1, counted
	assert len(server.asked) == 1


@pytest.fixture
def recall(server, jobs):
	vehicle = make_vehicle(**model())
	server.answers(campaign("24V634000"))
	answered(vehicle)
	frappe.db.commit()
	return frappe.get_doc("Vehicle Recall", {"vehicle": vehicle.name})


def test_done_on_an_order_of_the_same_car(recall):
	order = lane.make_order(vehicle=frappe.get_doc("Dealer Vehicle", recall.vehicle))
	elsewhere = lane.make_order()
	frappe.db.commit()
	with f.logged_in(lane.advisor()):
		with pytest.raises(frappe.ValidationError):
			api.settle(recall.name, "Done", repair_order=elsewhere.name)
		with pytest.raises(DealerRefusal):
			api.settle(recall.name, "Not Applicable")
		api.settle(recall.name, "Done", repair_order=order.name)
	recall.reload()
	assert (recall.status, recall.repair_order, recall.settled_by) == ("Done", order.name, lane.advisor())
	assert table.open_for(recall.vehicle) == []
	api.settle(recall.name, "Open")
	recall.reload()
	assert (recall.status, recall.repair_order, recall.settled_on) == ("Open", None, None)


def test_a_status_is_not_typed_in(recall):
	recall.status = "Done"
	with pytest.raises(frappe.ValidationError):
		recall.save()


def test_a_campaign_stands_once_on_a_vehicle(recall):
	with pytest.raises(frappe.DuplicateEntryError):
		frappe.get_doc(
			{"doctype": "Vehicle Recall", "vehicle": recall.vehicle, "campaign": "24v634000"}
		).insert()


@pytest.mark.parametrize("role", [roles.TECHNICIAN, roles.CASHIER])
def test_who_may_not_settle(recall, role):
	user = f.make_user(role, f"only.{frappe.scrub(role)}")
	frappe.db.commit()
	with f.logged_in(user), pytest.raises(frappe.PermissionError):
		api.settle(recall.name, "Done", reason="at another dealer")


def test_a_file_by_vin_and_by_model(server, jobs):
	kind = model()
	one, two = make_vehicle(**kind), make_vehicle(**kind)
	text = "\n".join(
		[
			"vin,make,model,model_year,campaign,component,status,reason",
			f"{one.vin.lower()},,,,26V1,Seats,,",
			f"{one.vin},,,,26V2,Doors,Done,at the factory",
			f",Toyota,{kind['model']},2019,26V3,Air bags,,",
			"1M8GDM9AXKP042788,,,,26V1,Seats,,",
			",Toyota,,2019,26V4,,,",
		]
	)
	found = importing.import_text(text)
	frappe.db.commit()
	assert (found["new"], found["settled"], found["unknown"]) == (4, 1, ["1M8GDM9AXKP042788"])
	assert [wrong["line"] for wrong in found["wrong"]] == [6] and "VIN" in found["wrong"][0]["why"]
	assert sorted(open_numbers(one)) == ["26V1", "26V3"] and open_numbers(two) == ["26V3"]
	again = importing.import_text(text)
	assert (again["new"], again["settled"]) == (0, 0)
	# A car of the kind that comes later is answered from the file, without a call.
	later = make_vehicle(**kind)
	answered(later)
	assert open_numbers(later) == ["26V3"] and server.asked == []
	with pytest.raises(Refused):
		importing.import_text("name,phone\nAnn,555")


def test_a_file_is_the_users_own_upload():
	doc = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{f.key()}.csv",
			"is_private": 1,
			"content": "vin,campaign\n1M8GDM9AXKP042788,26V9\n",
		}
	).insert()
	frappe.db.commit()
	assert api.import_file(doc.file_url)["unknown_count"] == 1
	with f.logged_in(lane.advisor()), pytest.raises(frappe.ValidationError):
		api.import_file(doc.file_url)

"""A technician's clock: one job at a time, what it does to the order, and how a forgotten one is set right."""

from __future__ import annotations

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime, nowdate

from dealer_pos_crm.api import lane as api
from dealer_pos_crm.dealer_service import clocks, my_jobs
from dealer_pos_crm.dealer_service.orders import closing, jobs, status
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_setup.settings import WEEKDAYS
from tests.site import factories as f
from tests.site import lane
from tests.site.racers import Racers


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return lane.set_up_lane()


@pytest.fixture
def technician() -> str:
	"""Somebody new each time: a clock that still runs is nobody else's."""
	user = f.make_user(roles.TECHNICIAN)
	frappe.db.commit()
	return user


def on(user: str, order, job_no: int = 1) -> dict:
	with f.logged_in(user):
		result = api.clock_on(order.name, job_no)
		frappe.db.commit()
	order.reload()
	return result


def off(user: str) -> dict:
	with f.logged_in(user):
		result = api.clock_off()
		frappe.db.commit()
	return result


def back_date(clock: dict, **by: int) -> None:
	"""As if it had begun earlier."""
	began = add_to_date(get_datetime(clock["started_at"]), **{unit: -count for unit, count in by.items()})
	frappe.db.set_value("Technician Clock", clock["name"], "started_at", began)
	frappe.db.commit()


def test_the_first_clock_puts_the_order_to_work(technician):
	order = lane.make_order(approved=True)
	assert order.status == "Open"
	result = on(technician, order)
	assert result["off"] is None
	assert (order.status, order.jobs[0].technician) == ("In Progress", technician)
	assert ("ro.status_changed", None) in lane.events(order)
	assert [row.technician for row in clocks.open_clocks(order.name)] == [technician]
	again = on(technician, order)
	assert again["repeated"] and again["clock"].name == result["clock"]["name"]
	assert frappe.db.count("Technician Clock", {"repair_order": order.name}) == 1
	assert lane.events(order).count(("ro.status_changed", None)) == 1


def test_clocking_on_elsewhere_clocks_off_first(technician):
	first, second = lane.make_order(approved=True), lane.make_order(approved=True)
	begun = on(technician, first)["clock"]
	back_date(begun, minutes=90)
	result = on(technician, second)
	assert result["off"]["repair_order"] == first.name
	assert result["off"]["hours"] == pytest.approx(1.5, abs=0.02)
	assert clocks.open_clocks(first.name) == []
	assert [row.repair_order for row in clocks.open_clocks(second.name)] == [second.name]
	assert off(technician)["off"]["repair_order"] == second.name
	assert off(technician) == {"off": None}


def test_two_machines_at_once_leave_one_clock(site, technician):
	orders = [lane.make_order(approved=True) for _number in range(2)]
	racers = Racers(site)
	try:
		for _round in range(3):
			racers.run(*(("clock_on", order.name, 1, technician) for order in orders))
			frappe.db.rollback()
			running = frappe.get_all("Technician Clock", {"active_technician": technician}, pluck="name")
			assert len(running) == 1
			ended = frappe.get_all(
				"Technician Clock",
				{"technician": technician, "name": ("!=", running[0])},
				["ended_at", "active_technician"],
			)
			assert all(row.ended_at and not row.active_technician for row in ended)
			off(technician)
	finally:
		racers.close()


def test_nobody_works_on_what_nobody_agreed_to(technician):
	order = lane.make_order()
	with pytest.raises(DealerRefusal, match="not approved yet"):
		on(technician, order)
	lane.answer(order, 1, "Declined")
	with pytest.raises(DealerRefusal, match="is not to be done"):
		on(technician, order)
	order.reload()
	assert (order.status, clocks.open_clocks(order.name)) == ("Open", [])


def test_warranty_work_needs_no_answer_of_the_customer(technician):
	order = lane.make_order(works=[{"title": "Recall 26V-101", "hours": 1, "pay_type": "Warranty"}])
	assert order.jobs[0].answer == "Pending"
	assert on(technician, order)["clock"]["job_title"] == "Recall 26V-101"


def test_a_refused_clock_leaves_the_running_one_alone(technician):
	first, second = lane.make_order(approved=True), lane.make_order()
	on(technician, first)
	with pytest.raises(DealerRefusal):
		on(technician, second)
	frappe.db.rollback()
	assert [row.technician for row in clocks.open_clocks(first.name)] == [technician]


def test_done_and_ended_work_takes_no_clock(technician):
	order = lane.make_order(approved=True)
	lane.finish(order)
	with pytest.raises(DealerRefusal, match="marked done"):
		on(technician, order)
	status.set_status(order, "Invoiced", tell=False)
	frappe.db.commit()
	with pytest.raises(DealerRefusal, match="nobody can clock on"):
		on(technician, order)


def test_an_open_clock_keeps_the_order_from_ready_and_closing(technician):
	order = lane.make_order(approved=True)
	on(technician, order)
	lane.finish(order, to=None)
	with pytest.raises(DealerRefusal, match="Still clocked on"):
		status.change(order.name, "Ready")
	frappe.db.rollback()
	with pytest.raises(DealerRefusal, match="Still clocked on"):
		closing.close(order.name, 30_010)
	frappe.db.rollback()
	off(technician)
	status.change(order.name, "Ready")
	frappe.db.commit()
	assert frappe.db.get_value("Repair Order", order.name, "status") == "Ready"


def test_a_forgotten_clock_ends_at_closing_time_and_is_shown(technician):
	order = lane.make_order(approved=True)
	clock = on(technician, order)["clock"]
	back_date(clock, days=2)
	began = frappe.db.get_value("Technician Clock", clock["name"], "started_at")
	shown = {row.name: row for row in clocks.to_check([f.COMPANY])}
	assert shown[clock["name"]].should_end == began + timedelta(days=1)  # no opening hours: a day at most
	ended = off(technician)["off"]
	assert (ended["to_check"], ended["hours"]) == (1, 24)
	assert clock["name"] in {row.name for row in clocks.to_check([f.COMPANY])}


def test_only_a_manager_corrects_and_says_why(technician):
	order = lane.make_order(approved=True)
	clock = on(technician, order)["clock"]
	back_date(clock, days=2)
	began = frappe.db.get_value("Technician Clock", clock["name"], "started_at")
	times = {"started_at": str(began), "ended_at": str(began + timedelta(hours=3))}
	for user in (technician, lane.advisor()):
		with f.logged_in(user), pytest.raises(frappe.PermissionError):
			api.correct_clock(clock["name"], **times, reason="I went home at four")
		frappe.db.rollback()
	with f.logged_in(lane.service_manager()):
		frappe.db.commit()
		with pytest.raises(DealerRefusal, match="Say why"):
			api.correct_clock(clock["name"], **times, reason="")
		frappe.db.rollback()
		api.correct_clock(clock["name"], **times, reason="Went home at four, asked today")
		frappe.db.commit()
	row = frappe.get_doc("Technician Clock", clock["name"])
	assert (row.hours, row.active_technician, row.to_check) == (3, None, 0)
	assert (row.correction_reason, row.corrected_by) == (
		"Went home at four, asked today",
		lane.service_manager(),
	)
	assert clock["name"] not in {found.name for found in clocks.to_check([f.COMPANY])}
	assert frappe.db.count("Version", {"ref_doctype": "Technician Clock", "docname": str(row.name)})


def test_a_correction_may_not_overlap(technician):
	first, second = lane.make_order(approved=True), lane.make_order(approved=True)
	early = on(technician, first)["clock"]
	back_date(early, hours=4)
	late = on(technician, second)["clock"]
	now = now_datetime().replace(microsecond=0)
	with f.logged_in(lane.service_manager()):
		frappe.db.commit()
		with pytest.raises(DealerRefusal, match="may not overlap"):
			api.correct_clock(
				late["name"], str(now - timedelta(hours=2)), str(now), reason="Began two hours earlier"
			)
	frappe.db.rollback()


def test_nobody_types_times(technician):
	order = lane.make_order(approved=True)
	clock = on(technician, order)["clock"]
	with f.logged_in(technician):
		doc = frappe.get_doc("Technician Clock", clock["name"])
		doc.started_at = add_to_date(now_datetime(), hours=-5)
		with pytest.raises(frappe.ValidationError, match="My Jobs"):
			doc.save()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="still clocked on"):
		frappe.delete_doc("Technician Clock", clock["name"])


def test_a_running_clock_goes_along_when_a_user_is_renamed(technician):
	order = lane.make_order(approved=True)
	clock = on(technician, order)["clock"]
	renamed = f"renamed.{f.key()[:8]}@summit-motors.example"
	frappe.rename_doc("User", technician, renamed, force=True)
	frappe.db.commit()
	assert clocks.running_of(technician) is None
	assert clocks.running_of(renamed).name == clock["name"]
	assert off(renamed)["off"]["name"] == clock["name"]


@pytest.mark.parametrize("role", [roles.CASHIER, roles.SALESPERSON, roles.ACCOUNTANT, roles.PARTS])
def test_who_has_no_clock(role):
	order = lane.make_order(approved=True)
	with f.logged_in(f.make_user(role)):
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			api.clock_on(order.name, 1)
		with pytest.raises(frappe.PermissionError):
			api.clock_off()


def test_my_jobs_are_mine_and_nobodys(technician):
	other = f.make_user(roles.TECHNICIAN)
	order = lane.make_order(
		works=[
			{"title": "Brakes", "hours": 2, "technician": technician},
			{"title": "Battery", "hours": 0.5},
			{"title": "Wipers", "hours": 0.3, "technician": other},
		],
		approved=True,
	)
	lane.recommend(order, title="Cabin filter", hours=0.2)  # nobody's and not agreed to: not offered
	with f.logged_in(technician):
		found = api.get_my_jobs()
	mine = [job["title"] for job in found["mine"] if job["parent"] == order.name]
	free = [job["title"] for job in found["free"] if job["parent"] == order.name]
	assert mine == ["Brakes"]
	if found["free_count"] <= my_jobs.FREE:
		assert free == ["Battery"]
	assert found["running"] is None
	begun = on(technician, order, 2)["clock"]
	with f.logged_in(technician):
		found = api.get_my_jobs()
	assert {job["title"] for job in found["mine"] if job["parent"] == order.name} == {"Brakes", "Battery"}
	assert found["running"].name == begun["name"]
	assert [row.name for row in found["today"]] == [begun["name"]]


def hours_of(*users: str) -> dict[str, dict]:
	"""Rows of the report over today."""
	columns, rows, _note, chart = frappe.get_doc("Report", "Technician Time").execute_script_report(
		{"company": f.COMPANY, "from_date": nowdate(), "to_date": nowdate()}
	)[:4]
	assert {"clocked", "flagged", "billed", "efficiency"} <= {column["fieldname"] for column in columns}
	assert len(chart["data"]["labels"]) == len(rows)
	return {row["technician"]: row for row in rows if row["technician"] in users}


def test_the_report_counts_what_was_clocked_done_and_billed(technician):
	order = lane.make_order(
		works=[
			{"title": "Brakes", "hours": 2, "technician": technician},
			{"title": "Battery", "hours": 0.5, "technician": technician},
		],
		approved=True,
	)
	back_date(on(technician, order, 1)["clock"], hours=1)
	off(technician)
	found = hours_of(technician)[technician]
	assert found["clocked"] == pytest.approx(1, abs=0.02)
	assert (found["flagged"], found["billed"], found["jobs"]) == (0, 0, 0)
	lane.finish(order)
	found = hours_of(technician)[technician]
	assert (found["flagged"], found["billed"], found["jobs"]) == (2.5, 0, 2)
	status.set_status(order, "Invoiced", tell=False, invoiced_at=now_datetime())
	frappe.db.commit()
	found = hours_of(technician)[technician]
	assert found["billed"] == 2.5
	assert found["productivity"] == pytest.approx(250, abs=5)
	assert (found["available"], found["efficiency"]) == (None, None)  # no opening hours are kept


def test_work_taken_back_is_not_flagged_and_two_share_a_job(technician):
	helper = f.make_user(roles.TECHNICIAN)
	order = lane.make_order(works=[{"title": "Engine", "hours": 4, "technician": technician}], approved=True)
	for user, hours in ((technician, 3), (helper, 1)):
		back_date(on(user, order)["clock"], hours=hours)
		off(user)
	lane.finish(order, to=None)
	found = hours_of(technician, helper)
	assert found[technician]["flagged"] == pytest.approx(3, abs=0.03)
	assert found[technician]["flagged"] + found[helper]["flagged"] == 4
	jobs.take_back(order.name, 1, "Leaks again")
	frappe.db.commit()
	assert {row["flagged"] for row in hours_of(technician, helper).values()} == {0}


def test_with_opening_hours_there_is_an_efficiency(technician):
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	for day in WEEKDAYS:
		settings.append("business_hours", {"weekday": day, "opens": "00:00:00", "closes": "20:00:00"})
	settings.save()
	frappe.db.commit()
	try:
		order = lane.make_order(
			works=[{"title": "Engine", "hours": 5, "technician": technician}], approved=True
		)
		on(technician, order)
		off(technician)
		lane.finish(order)
		found = hours_of(technician)[technician]
	finally:
		settings.reload()
		settings.business_hours = []
		settings.save()
		frappe.db.commit()
	assert (found["available"], found["efficiency"]) == (20, 25)


def test_a_technician_sees_the_own_hours_only(technician):
	helper = f.make_user(roles.TECHNICIAN)
	order = lane.make_order(approved=True)
	on(helper, order)
	off(helper)
	on(technician, order)
	off(technician)
	with f.logged_in(technician):
		assert set(hours_of(technician, helper)) == {technician}
	with f.logged_in(lane.service_manager()):
		assert set(hours_of(technician, helper)) == {technician, helper}

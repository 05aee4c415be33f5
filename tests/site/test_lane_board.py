"""The lane board: what it shows, to whom, and that it asks the same few questions however full the shop is."""

from __future__ import annotations

import frappe
import pytest
from frappe.desk.doctype.number_card.number_card import get_result
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from dealer_pos_crm.api import lane as api
from dealer_pos_crm.api import repair_order as order_api
from dealer_pos_crm.dealer_service import board
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import lane
from tests.site.counting import statements

QUESTIONS = 8


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return lane.set_up_lane()


def card(order) -> dict | None:
	frappe.db.commit()
	found = api.load()
	return next((row for row in found["orders"] if row.name == order.name), None)


def expected_today(customer, **values):
	"""An appointment of today, as it stands in the table."""
	name = f"APT-{f.key()[:10]}"
	at = get_datetime(f"{nowdate()} 23:30:00")
	frappe.get_doc(
		{
			"doctype": "Service Appointment",
			"name": name,
			"customer": customer.name,
			"customer_name": customer.customer_name,
			"company": f.COMPANY,
			"starts_at": at,
			"ends_at": at,
			"duration": 1,
			"status": "Booked",
			"concern": "Oil change",
			**values,
		}
	).db_insert()
	return name


def test_a_card_says_what_an_advisor_asks(site):
	customer = f.make_customer()
	car = lane.make_car(customer, plate="7LANE1")
	promised = add_to_date(now_datetime().replace(microsecond=0), hours=2)
	order = lane.make_order(customer, car, approved=True, promised_at=promised, tag="A17")
	lane.recommend(
		order,
		parts=[
			{"description": "Pads", "qty": 1, "rate": 90, "state": "In Stock"},
			{
				"description": "Rotors",
				"qty": 2,
				"rate": 60,
				"state": "Ordered",
				"eta": add_days(nowdate(), 2),
			},
		],
	)
	found = card(order)
	assert (found.status, found.tag, found.promised_at) == ("Open", "A17", promised)
	assert (found.vin, found.plate) == (car.vin[-6:], "7LANE1")
	assert found.customer_name == customer.customer_name
	assert (found.pending_jobs, found.jobs, found.done) == (1, 1, 0)
	assert (found.parts["state"], found.parts["missing"]) == ("Ordered", 1)
	assert str(found.parts["eta"]) == add_days(nowdate(), 2)
	assert found.grand_total == order.grand_total > 0
	assert found.status_since is not None


def test_parts_of_turned_down_work_are_not_waited_for(site):
	order = lane.make_order(approved=True)
	number = lane.recommend(
		order, parts=[{"description": "Rotors", "qty": 2, "rate": 60, "state": "To Order"}]
	)
	assert card(order).parts["state"] == "To Order"
	lane.answer(order, number, "Declined")
	assert card(order).parts is None


def test_who_is_on_it_is_shown(site):
	order = lane.make_order(approved=True)
	user = f.make_user(roles.TECHNICIAN)
	frappe.db.commit()
	with f.logged_in(user):
		api.clock_on(order.name, 1)
		frappe.db.commit()
	found = card(order)
	assert (found.status, found.working) == ("In Progress", [user])
	with f.logged_in(user):
		api.clock_off()
		frappe.db.commit()
	assert card(order).working == []


def test_what_has_ended_leaves_the_board(site):
	order = lane.make_order(approved=True)
	assert card(order)
	frappe.db.set_value("Repair Order", order.name, "status", "Closed")
	assert card(order) is None


def test_expected_today_and_nobody_else(site):
	customer = f.make_customer()
	today = expected_today(customer)
	others = [
		expected_today(customer, status="Arrived"),
		expected_today(customer, status="Cancelled"),
		expected_today(customer, starts_at=add_to_date(now_datetime(), days=1)),
		expected_today(customer, starts_at=add_to_date(now_datetime(), days=-1)),
	]
	booked = [row.name for row in board.load()["booked"]]
	assert today in booked
	assert not set(others) & set(booked)


def test_a_team_is_the_appointments_or_its_technicians(site):
	user = f.make_user(roles.TECHNICIAN)
	team = frappe.get_doc(
		{
			"doctype": "Service Team",
			"team_name": f.unique("Express"),
			"company": f.COMPANY,
			"capacity_hours": 8,
			"members": [{"technician": user}],
		}
	).insert()
	order = lane.make_order(
		works=[{"title": "Oil", "hours": 1, "technician": user}, {"title": "Tires", "hours": 1}],
		approved=True,
	)
	found = card(order)
	assert found.teams == [team.name]
	assert found.jobs == 2
	assert team.name in api.load()["teams"]


def test_a_move_is_the_ladders_decision(site):
	order = lane.make_order(approved=True)
	with f.logged_in(lane.advisor()):
		frappe.db.commit()
		assert order_api.change_status(order.name, "Waiting Parts") == "Waiting Parts"
		frappe.db.commit()
		with pytest.raises(DealerRefusal, match="Approved and not done: job 1"):
			order_api.change_status(order.name, "Ready")
		frappe.db.rollback()
	found = api.load()
	assert "Ready" in found["moves"]["Waiting Parts"]
	assert found["moves"]["Invoiced"] == []
	assert card(order).status == "Waiting Parts"


@pytest.mark.parametrize(
	("role", "may"),
	[
		(
			roles.ADVISOR,
			{"see_money", "see_appointments", "move", "open_order", "book", "invoice", "hand_over"},
		),
		(roles.TECHNICIAN, {"see_appointments"}),
		(roles.CASHIER, {"see_money", "see_appointments", "invoice", "take_money", "hand_over"}),
		(roles.BDC, {"see_appointments", "book"}),
		(
			roles.SERVICE_MANAGER,
			{
				"see_money",
				"see_appointments",
				"move",
				"open_order",
				"book",
				"invoice",
				"take_money",
				"hand_over",
				"correct_clocks",
			},
		),
	],
)
def test_who_may_what(role, may):
	lane.make_order(approved=True)
	user = f.make_user(role)
	frappe.db.commit()
	with f.logged_in(user):
		found = api.load()
	assert {right for right, given in found["may"].items() if given} == may
	assert found["orders"]
	assert any(row.grand_total for row in found["orders"]) is ("see_money" in may)
	assert found["forgotten"] == [] or "correct_clocks" in may


def test_a_user_kept_to_one_company_sees_no_other(site):
	"""User permissions hold on the board as they do in lists."""
	order = lane.make_order(approved=True)
	user = f.make_user(roles.ADVISOR)
	other = frappe.db.get_value("Customer", {"name": ("!=", order.customer)}, "name")
	frappe.get_doc(
		{"doctype": "User Permission", "user": user, "allow": "Customer", "for_value": other}
	).insert()
	frappe.db.commit()
	with f.logged_in(user):
		assert order.name not in [row.name for row in api.load()["orders"]]


def _fill(count: int) -> None:
	"""Rows as they stand in the tables, without the steps that lead there."""
	template = lane.make_order(approved=True)
	for number in range(count):
		values = template.as_dict(no_nulls=True)
		name = f"RO-F-{f.key()[:10]}"
		for key in ("jobs", "parts", "sublets", "photos", "client_key", "appointment"):
			values.pop(key, None)
		frappe.get_doc({**values, "name": name, "status": board.SHOWN[number % 6]}).db_insert()
		for line in range(3):
			frappe.get_doc(
				{
					**template.jobs[0].as_dict(no_nulls=True),
					"name": f.key()[:10],
					"parent": name,
					"job_no": line + 1,
					"idx": line + 1,
				}
			).db_insert()
		frappe.get_doc(
			{
				"doctype": "Repair Order Part",
				"name": f.key()[:10],
				"parent": name,
				"parenttype": "Repair Order",
				"parentfield": "parts",
				"job_no": 1,
				"idx": 1,
				"qty": 1,
				"description": "Pads",
				"state": "Ordered",
			}
		).db_insert()


def asked() -> tuple[int, dict]:
	with statements() as sent:
		found = board.load()
	return len(sent), found


def test_150_cars_cost_as_many_questions_as_one(site):
	lane.make_order(approved=True)
	customer = f.make_customer()
	board.load()
	few, before = asked()
	_fill(150)
	for _number in range(100):
		expected_today(customer)
	many, after = asked()
	assert len(after["orders"]) >= len(before["orders"]) + 150
	assert len(after["booked"]) >= len(before["booked"]) + 100
	assert many == few <= QUESTIONS


def test_too_many_is_said(site, monkeypatch):
	_fill(6)
	monkeypatch.setattr(board, "LIMIT", 5)
	found = board.load()
	assert len(found["orders"]) == 5
	assert found["cut"]["orders"]
	promised = [row.promised_at for row in found["orders"] if row.promised_at]
	assert promised == sorted(promised)


def card_says(name: str, more: list) -> float:
	"""What a number card of the workspace shows; ``more`` stands for what its script adds."""
	doc = frappe.get_doc("Number Card", name)
	return get_result(doc.as_json(), [*frappe.parse_json(doc.filters_json), *more])


def test_the_workspace_counts_what_the_board_shows(site):
	now = now_datetime()
	late = [["Repair Order", "promised_at", "<", str(now)]]
	cars, missed, waiting = (
		card_says("Cars in the Lane", []),
		card_says("Promises Late", late),
		card_says("Orders Waiting for an Answer", []),
	)
	lane.make_order(approved=True, promised_at=add_to_date(now, hours=-1))
	lane.make_order(approved=True, promised_at=add_to_date(now, hours=3))
	lane.make_order(promised_at=None)  # nothing promised is not late; its job waits for an answer
	assert card_says("Cars in the Lane", []) == cars + 3
	assert card_says("Promises Late", late) == missed + 1
	assert card_says("Orders Waiting for an Answer", []) == waiting + 1

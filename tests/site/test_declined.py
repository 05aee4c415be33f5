"""Declined work on a site: told by answers, won back, let go, given up; and each step's way back."""

import itertools
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_days, add_to_date, getdate, now_datetime

from dealer_pos_crm.api import declined as api
from dealer_pos_crm.dealer_service.declined import book, nightly
from dealer_pos_crm.dealer_service.orders import answers, closing, jobs
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import lane
from tests.site.counting import statements
from tests.site.racers import Racers

_days = itertools.count(2)  # a vehicle is expected once at a time
PADS = {"title": "Front brake pads", "hours": 2, "severity": "Red"}


@pytest.fixture(scope="module", autouse=True)
def shop(site):
	return lane.set_up_lane(declined_expiry_days=365)


@pytest.fixture
def car():
	customer = f.make_customer()
	vehicle = lane.make_car(customer)
	frappe.db.commit()
	return SimpleNamespace(customer=customer, vehicle=vehicle)


def visit(car, *works, **values):
	return lane.make_order(car.customer, car.vehicle, list(works) or [PADS], **values)


def no(order, job_no: int = 1, what: str = "Declined", **values) -> str:
	"""The customer says no; the name of the row that carries it."""
	lane.answer(order, job_no, what, **values)
	return lane.job(order, job_no).declined_service


def row(name: str):
	frappe.db.rollback()
	return frappe.get_doc("Declined Service", name)


def told(name: str) -> list[tuple[str, str | None]]:
	rows = frappe.get_all(
		"Customer Event",
		{"declined_service": name, "event_type": ("like", "declined_service.%")},
		["event_type", "event_key", "reverses"],
		order_by="name",
	)
	types = {found.event_key: found.event_type for found in rows}
	return [
		(found.event_type.split(".")[1], (types.get(found.reverses) or ".").split(".")[1] or None)
		for found in rows
	]


def promises(name: str, status: str) -> int:
	return frappe.db.count("Follow Up", {"declined_service": name, "status": status})


def alive(vehicle: str) -> list[str]:
	return [found.name for found in book.open_for(vehicle)]


def test_a_no_lives_on_with_price_reason_and_promises(car):
	order = visit(car)
	name = no(order)
	found = row(name)
	assert (found.status, found.kind, found.severity, found.price) == ("Open", "Declined", "Red", 300)
	assert (found.reason, found.declined_by, found.advisor) == ("Too dear today", "Ann Buyer", lane.advisor())
	assert (found.repair_order, found.job_no, found.times_declined) == (order.name, 1, 1)
	assert (found.customer, found.vehicle, found.company) == (
		car.customer.name,
		car.vehicle.name,
		lane.COMPANY,
	)
	assert getdate(found.expires_on) == getdate(add_days(found.declined_on, 365))
	assert promises(name, "Planned") == 3  # red: after 1, 7 and 30 days


def test_open_work_is_offered_red_and_due_first(car):
	works = [
		{"title": "Cabin filter", "hours": 1, "severity": "Yellow"},
		PADS,
		{"title": "Coolant flush", "hours": 1, "severity": "Red"},
	]
	order = visit(car, *works)
	yellow, red = no(order, 1), no(order, 2)
	later = no(order, 3, "Deferred")
	offered = book.open_for(car.vehicle.name)
	assert [found.name for found in offered] == [red, yellow, later]
	assert [found.due for found in offered] == [True, True, False]
	assert book.open_for(None) == []


def test_saying_no_again_is_one_row_and_one_value(car):
	first = visit(car)
	name = no(first)
	again = visit(car, {"title": "Replace brake pads, front", "hours": 3, "severity": "Red"})
	assert no(again, reason="Next month") == name
	found = row(name)
	assert (found.price, found.times_declined, found.repair_order) == (450, 2, again.name)
	assert found.first_declined_on == found.answers[0].answered_on
	assert found.service_name == "Front brake pads"
	assert alive(car.vehicle.name) == [name]
	assert (promises(name, "Planned"), promises(name, "Stopped")) == (3, 3)


def test_the_same_op_code_is_the_same_work_whatever_it_is_called(car):
	code = lane.make_operation("BRK-F", "Brakes, front axle", hours=2)
	name = no(visit(car, {"labor_operation": code, "severity": "Red"}))
	order = visit(car, {"labor_operation": code, "title": "Pads and rotors"})
	lane.answer(order, 1)
	assert row(name).status == "Recovered"


def test_approved_on_a_later_order_it_is_won_back_once(car):
	name = no(visit(car))
	order = visit(car, PADS, {"title": "Front brake pads", "hours": 1})
	lane.answer(order, 1)
	found = row(name)
	assert (found.status, found.recovered_order, found.recovered_job_no) == ("Recovered", order.name, 1)
	assert found.recovered_amount == 300
	assert lane.job(order, 1).declined_service == name
	lane.answer(order, 2)
	assert not lane.job(order, 2).declined_service
	assert told(name) == [("recovered", None)]
	assert promises(name, "Planned") == 0


def test_an_approval_taken_back_leaves_it_undone_and_the_promises_stand_again(car):
	name = no(visit(car))
	order = visit(car)
	lane.answer(order, 1)
	answers.withdraw(order.name, 1, "Clicked the wrong line")
	frappe.db.commit()
	assert row(name).status == "Open"
	assert told(name) == [("recovered", None), ("reopened", "recovered")]
	assert promises(name, "Planned") == 3


def test_a_cancelled_order_has_won_nothing_back(car):
	name = no(visit(car))
	order = visit(car)
	lane.answer(order, 1)
	closing.cancel(order.name, "Wrong car")
	frappe.db.commit()
	found = row(name)
	assert (found.status, found.recovered_order, found.recovered_amount) == ("Open", None, 0)


def test_a_new_price_of_the_approved_job_is_what_was_won_back(car):
	name = no(visit(car))
	order = visit(car)
	lane.answer(order, 1)
	jobs.revise(order.name, 1, "Loyal customer", price=290)
	frappe.db.commit()
	assert row(name).recovered_amount == 290
	assert told(name) == [("recovered", None)]


def test_a_no_taken_back_never_was(car):
	order = visit(car)
	name = no(order)
	answers.withdraw(order.name, 1, "Meant another job")
	frappe.db.commit()
	found = row(name)
	assert (found.status, found.closed_reason) == ("Closed", "Answer Taken Back")
	assert promises(name, "Planned") == 0
	assert no(order) == name
	assert row(name).status == "Open"
	assert promises(name, "Planned") == 3


def test_a_second_no_taken_back_leaves_the_first(car):
	name = no(visit(car))
	order = visit(car, {"title": "Front brake pads", "hours": 4, "severity": "Yellow"})
	no(order)
	answers.withdraw(order.name, 1, "Not asked yet")
	frappe.db.commit()
	found = row(name)
	assert (found.status, found.price, found.severity, found.times_declined) == ("Open", 300, "Red", 1)
	assert promises(name, "Planned") == 3


def test_a_change_of_mind_at_the_counter_is_no_recovery(car):
	order = visit(car)
	name = no(order)
	lane.answer(order, 1)
	found = row(name)
	assert (found.status, found.closed_reason) == ("Closed", "Answer Taken Back")
	lane.answer(order, 1, "Declined")
	assert lane.job(order, 1).declined_service == name and row(name).status == "Open"


def appointment(car, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Service Appointment",
			"customer": car.customer.name,
			"vehicle": car.vehicle.name,
			"company": lane.COMPANY,
			"starts_at": add_to_date(now_datetime(), days=next(_days)),
			"duration": 1,
			"concern": "Brakes",
			"advisor": lane.advisor(),
			**values,
		}
	).insert()
	frappe.db.commit()
	return doc


def book_it(car, name: str):
	doc = appointment(car)
	job = doc.append("jobs", {"service_name": "Front brake pads", "declined_service": name})
	assert book.booked(doc, job) == name
	frappe.db.commit()
	return doc


def test_booked_stops_the_promises_and_a_cancelled_booking_brings_them_back(car):
	name = no(visit(car))
	doc = book_it(car, name)
	assert (row(name).status, row(name).booked_appointment) == ("Booked", doc.name)
	assert promises(name, "Planned") == 0
	assert book.open_for(car.vehicle.name)[0].booked_appointment == doc.name
	assert book.unbooked(doc) == [name]
	frappe.db.commit()
	assert (row(name).status, row(name).booked_appointment) == ("Open", None)
	assert told(name) == [("booked", None), ("reopened", "booked")]
	assert promises(name, "Planned") == 3
	assert book.unbooked(doc) == []


def test_booked_without_a_link_it_is_found_by_its_name(car):
	name = no(visit(car))
	doc = appointment(car)
	assert book.booked(doc, doc.append("jobs", {"service_name": "Brake pads (front)"})) == name
	assert book.booked(doc, doc.append("jobs", {"service_name": "Wiper blades"})) is None


def test_booked_twice_the_later_appointment_has_it(car):
	name = no(visit(car))
	first, second = book_it(car, name), book_it(car, name)
	assert row(name).booked_appointment == second.name
	assert book.unbooked(first) == []
	assert told(name) == [("booked", None), ("reopened", "booked"), ("booked", None)]


def test_a_visit_that_did_not_do_it_lets_it_go(car):
	name = no(visit(car))
	doc = book_it(car, name)
	order = lane.make_order(car.customer, car.vehicle, [], appointment=doc.name)
	assert row(name).status == "Booked"
	closing.cancel(order.name, "Customer left")
	frappe.db.commit()
	assert row(name).status == "Open"


def test_the_nightly_run_lets_go_what_an_appointment_left_behind(car):
	name = no(visit(car))
	doc = book_it(car, name)
	frappe.db.set_value("Service Appointment", doc.name, "status", "No-show")
	frappe.db.commit()
	assert nightly.expire() >= 1
	assert row(name).status == "Open"


def test_it_expires_and_a_new_no_brings_it_back_with_its_first_day(car):
	name = no(visit(car))
	frappe.db.set_value("Declined Service", name, "expires_on", getdate())
	frappe.db.commit()
	nightly.expire()
	assert row(name).status == "Open"  # its last day
	frappe.db.set_value("Declined Service", name, "expires_on", add_days(getdate(), -1))
	frappe.db.commit()
	nightly.expire()
	found = row(name)
	assert (found.status, found.closed_reason) == ("Closed", "Expired")
	assert no(visit(car)) == name
	found = row(name)
	assert (found.status, found.times_declined, found.closed_reason) == ("Open", 2, None)
	assert told(name) == [("closed", None), ("reopened", None)]
	assert promises(name, "Planned") == 3


def test_done_elsewhere_is_over_and_the_next_no_is_a_new_matter(car):
	name = no(visit(car))
	assert api.close(name, "Done Elsewhere", "Quick lube down the road") == [name]
	frappe.db.commit()
	found = row(name)
	assert (found.status, found.closed_reason) == ("Closed", "Done Elsewhere")
	assert found.closed_note == "Quick lube down the road"
	assert promises(name, "Planned") == 0
	assert no(visit(car)) != name


def test_a_closing_by_mistake_is_undone(car):
	name = no(visit(car))
	api.close(name, "Done Elsewhere")
	frappe.db.commit()
	api.reopen(name, "It was another car")
	frappe.db.commit()
	assert row(name).status == "Open" and promises(name, "Planned") == 3
	assert told(name) == [("closed", None), ("reopened", "closed")]
	with pytest.raises(DealerRefusal):
		api.reopen(name, "Once more")


def test_sold_and_opted_out_close_all_they_are_about(car):
	order = visit(car, PADS, {"title": "Coolant flush", "hours": 1})
	pads, coolant = no(order, 1), no(order, 2)
	other_car = SimpleNamespace(customer=car.customer, vehicle=lane.make_car(car.customer))
	elsewhere = no(visit(other_car))
	assert sorted(api.close(pads, "Sold the Car")) == sorted([pads, coolant])
	frappe.db.commit()
	assert row(elsewhere).status == "Open"
	order = visit(car, PADS)
	third = no(order)
	assert third not in (pads, coolant)
	assert sorted(api.close(third, "Opted Out")) == sorted([third, elsewhere])
	frappe.db.commit()
	assert _words(car) == ["consent.revoked"]
	api.reopen(third, "She has changed her mind")
	frappe.db.commit()
	assert _words(car) == ["consent.revoked", "consent.given"]


def _words(car) -> list[str]:
	return frappe.get_all(
		"Customer Event",
		{"customer": car.customer.name, "event_type": ("like", "consent.%")},
		pluck="event_type",
		order_by="name",
	)


def test_sold_to_another_the_last_owners_work_is_given_up(car):
	name = no(visit(car))
	buyer = f.make_customer()
	vehicle = frappe.get_doc("Dealer Vehicle", car.vehicle.name)
	vehicle.owners[-1].to_date = getdate()
	vehicle.append("owners", {"customer": buyer.name, "from_date": getdate(), "how": "Bought Elsewhere"})
	vehicle.save()
	frappe.db.commit()
	found = row(name)
	assert (found.status, found.closed_reason) == ("Closed", "Sold the Car")
	theirs = no(visit(SimpleNamespace(customer=buyer, vehicle=vehicle)))
	assert theirs != name and row(theirs).customer == buyer.name


def test_a_vehicle_that_only_gets_a_reading_keeps_its_work(car):
	name = no(visit(car))
	vehicle = frappe.get_doc("Dealer Vehicle", car.vehicle.name)
	vehicle.color = "Blue"
	vehicle.save()
	assert row(name).status == "Open"


def test_the_first_owner_on_file_is_no_sale():
	customer = f.make_customer()
	car = SimpleNamespace(customer=customer, vehicle=lane.make_car())
	name = no(visit(car))
	vehicle = frappe.get_doc("Dealer Vehicle", car.vehicle.name)
	vehicle.append("owners", {"customer": f.make_customer().name, "from_date": "2024-01-01"})
	vehicle.save()
	frappe.db.commit()
	assert row(name).status == "Open"


def test_a_merged_customer_keeps_the_row_and_its_name(car):
	name = no(visit(car))
	other = f.make_customer()
	frappe.db.commit()
	frappe.rename_doc("Customer", car.customer.name, other.name, merge=True)
	frappe.db.commit()
	found = row(name)
	assert (found.customer, found.customer_name) == (other.name, other.customer_name)
	assert found.answers[0].customer == other.name


@pytest.fixture(scope="module")
def racers(site, shop):
	found = Racers(site)
	yield found
	found.close()


def test_declined_on_two_orders_at_the_same_instant_it_is_one_row(car, racers):
	orders = [visit(car), visit(car)]
	said = {"how": "In Person", "by": "Ann Buyer", "amount_shown": 300, "reason": "Too dear"}
	for _attempt in range(3):
		finishes = racers.run(*(("answer_job", order.name, 1, "Declined", said) for order in orders))
		assert all(finish.won for finish in finishes), finishes
		frappe.db.rollback()
		names = {lane.job(order, 1).declined_service for order in orders}
		assert len(names) == 1
		found = row(names.pop())
		assert (found.status, found.times_declined, len(alive(car.vehicle.name))) == ("Open", 2, 1)
		for order in orders:
			answers.withdraw(order.name, 1, "Once more")
			frappe.db.commit()
		assert alive(car.vehicle.name) == []


def test_won_back_on_two_orders_at_the_same_instant_it_counts_once(car, racers):
	name = no(visit(car))
	orders = [visit(car), visit(car)]
	said = {"how": "In Person", "by": "Ann Buyer", "amount_shown": 300}
	finishes = racers.run(*(("answer_job", order.name, 1, "Approved", said) for order in orders))
	assert all(finish.won for finish in finishes), finishes
	frappe.db.rollback()
	assert [lane.job(order, 1).declined_service for order in orders].count(name) == 1
	assert told(name) == [("recovered", None)]


def test_nobody_writes_a_row_by_hand(car):
	name = no(visit(car))
	found = row(name)
	found.price = 1
	with pytest.raises(frappe.ValidationError):
		found.save()
	with pytest.raises(frappe.ValidationError):
		row(name).delete()
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc(
			{
				"doctype": "Declined Service",
				"service_name": "Typed in",
				"vehicle": car.vehicle.name,
				"customer": car.customer.name,
				"company": lane.COMPANY,
			}
		).insert()


@pytest.mark.parametrize("role", [roles.TECHNICIAN, roles.SALESPERSON, roles.CASHIER])
def test_who_may_not_close(car, role):
	name = no(visit(car))
	user = f.make_user(role, f"only.{frappe.scrub(role)}")
	frappe.db.commit()
	with f.logged_in(user), pytest.raises(frappe.PermissionError):
		api.close(name, "Done Elsewhere")


def test_an_advisor_may_and_only_for_a_reason_of_a_persons(car):
	name = no(visit(car))
	frappe.db.commit()
	with f.logged_in(lane.advisor()):
		assert name in [found.name for found in api.open_for(car.vehicle.name)]
		with pytest.raises(DealerRefusal):
			api.close(name, "Expired")
		with pytest.raises(DealerRefusal):
			api.close(name, "Entered by Mistake")
		frappe.db.rollback()
		assert api.close(name, "Entered by Mistake", "Wrong vehicle") == [name]
		frappe.db.commit()
		with pytest.raises(DealerRefusal):
			api.close(name, "Done Elsewhere")


def test_finding_the_open_work_is_one_query(car):
	no(visit(car))
	with statements() as counted:
		book.open_for(car.vehicle.name)
	assert len(counted) == 1, counted

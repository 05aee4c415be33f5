"""What goes wrong with a repair order: two at once, changed behind its back, what it points at gone."""

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.dealer_service.orders import jobs
from tests.site import factories as f
from tests.site import lane
from tests.site.racers import Racers
from tests.site.test_repair_order import refused


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return lane.set_up_lane()


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def make_appointment(customer=None, car=None):
	from dealer_pos_crm.dealer_service.appointments import book

	customer = customer or f.make_customer()
	car = car or lane.make_car(customer)
	lane.make_operation("OIL-AN-HOUR", "Oil change")
	frappe.db.commit()
	booked = book.book(
		f.key(),
		[{"service_name": "Oil change", "labor_operation": "OIL-AN-HOUR"}],
		customer=customer.name,
		vehicle=car.name,
		company=f.COMPANY,
		starts_at=add_to_date(now_datetime().replace(microsecond=0), hours=2),
		duration=1,
		concern="Oil light is on",
		advisor=lane.advisor(),
	)
	frappe.db.commit()
	return frappe.get_doc("Service Appointment", booked["name"])


def opening_of(appointment) -> dict:
	return {
		"customer": appointment.customer,
		"vehicle": appointment.vehicle,
		"company": appointment.company,
		"appointment": appointment.name,
		"mileage_in": 20_000,
	}


# --- Two advisors -----------------------------------------------------------------------------------


def test_the_second_advisor_is_told_who_changed_what():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}])
	lane.second_advisor()
	frappe.db.commit()
	mine = frappe.get_doc("Repair Order", order.name)
	with f.logged_in(lane.second_advisor()):
		theirs = frappe.get_doc("Repair Order", order.name)
		theirs.tag = "B22"
		theirs.jobs[1].hours = 3
		theirs.save()
		frappe.db.commit()
	mine.damage_notes = "Scratch on the left door"
	frappe.db.commit()
	with pytest.raises(frappe.TimestampMismatchError) as caught:
		mine.save()
	said = str(caught.value)
	name = frappe.db.get_value("User", lane.second_advisor(), "full_name")
	assert name in said
	assert "Tag" in said
	assert "job 2: Hours" in said
	assert "Damage" not in said
	assert frappe.db.get_value("Repair Order", order.name, "damage_notes") is None


def test_an_answer_meanwhile_is_told_as_well():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}])
	mine = frappe.get_doc("Repair Order", order.name)
	lane.answer(order, 1)
	lane.recommend(order, title="Three")
	mine.tag = "C3"
	frappe.db.commit()
	with pytest.raises(frappe.TimestampMismatchError) as caught:
		mine.save()
	said = str(caught.value)
	assert "job 1: Answer" in said
	assert "job 3 added" in said


def test_what_was_known_is_not_told_again():
	order = lane.make_order()
	order.tag = "A1"
	order.save()
	frappe.db.commit()
	mine = frappe.get_doc("Repair Order", order.name)
	order.damage_notes = "Dent"
	order.save()
	frappe.db.commit()
	mine.tag = "A2"
	with pytest.raises(frappe.TimestampMismatchError) as caught:
		mine.save()
	assert "Damage" in str(caught.value)
	assert "Tag" not in str(caught.value)


def test_an_appointment_brings_its_work_at_the_price_that_was_shown():
	from dealer_pos_crm.api import repair_order as api

	appointment = make_appointment()
	shown = api.check_in_context(appointment=appointment.name)["appointment"]["works"]
	assert [(row["title"], row["price"]) for row in shown] == [("Oil change", 150)]
	values = {**opening_of(appointment), "authorised_by": "Ann Buyer"}
	said = refused(api.check_in, {**values, "authorised_amount": 140}, f.key())
	assert "amount_outdated" in said
	assert "150.00" in said
	assert not frappe.db.exists("Repair Order", {"appointment": appointment.name})
	name = api.check_in({**values, "authorised_amount": 150}, f.key())
	frappe.db.commit()
	order = frappe.get_doc("Repair Order", name)
	assert (order.jobs[0].answer, order.jobs[0].amount_shown, order.authorised_total) == (
		"Approved",
		150,
		150,
	)
	assert order.concern == "Oil light is on"


# --- At the same instant ----------------------------------------------------------------------------


@pytest.mark.parametrize("_round", range(3))
def test_two_open_the_same_appointment(racers, _round):
	appointment = make_appointment()
	values = opening_of(appointment)
	finishes = racers.run(("open_order", values), ("open_order", values))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert finishes[0].result == finishes[1].result
	frappe.db.rollback()
	assert frappe.get_all("Repair Order", {"appointment": appointment.name}, pluck="name") == [
		finishes[0].result
	]
	appointment.reload()
	assert (appointment.status, appointment.repair_order) == ("Arrived", finishes[0].result)
	order = frappe.get_doc("Repair Order", finishes[0].result)
	assert [row.title for row in order.jobs] == ["Oil change"]
	assert [kind for kind, _ in lane.events(order)].count("ro.opened") == 1


@pytest.mark.parametrize("_round", range(3))
def test_a_double_click_on_check_in(racers, _round):
	customer = f.make_customer()
	values = {
		"customer": customer.name,
		"vehicle": lane.make_car(customer).name,
		"company": f.COMPANY,
		"client_key": f.key(),
		"mileage_in": 10,
	}
	frappe.db.commit()
	finishes = racers.run(("open_order", values), ("open_order", values))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert finishes[0].result == finishes[1].result
	frappe.db.rollback()
	assert frappe.db.count("Repair Order", {"customer": customer.name}) == 1


@pytest.mark.parametrize("_round", range(3))
def test_two_answers_to_one_job(racers, _round):
	order = lane.make_order()
	values = {"how": "In Person", "by": "Ann", "amount_shown": 150}
	finishes = racers.run(
		("answer_job", order.name, 1, "Approved", values),
		("answer_job", order.name, 1, "Declined", {**values, "reason": "Too dear"}),
	)
	# Both are conversations that took place; the one that came last stands, and undoes the first.
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	order.reload()
	told = [event for event in lane.events(order) if event[0] in ("job.approved", "job.declined")]
	assert len(told) == 2
	assert told[0][1] is None
	assert told[1][1] == told[0][0]
	last = {"job.approved": "Approved", "job.declined": "Declined"}[told[1][0]]
	assert order.jobs[0].answer == last


@pytest.mark.parametrize("_round", range(3))
def test_status_and_answer_meet(racers, _round):
	order = lane.make_order()
	finishes = racers.run(
		("change_status", order.name, "In Progress"),
		("answer_job", order.name, 1, "Approved", {"how": "In Person", "by": "Ann", "amount_shown": 150}),
	)
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	order.reload()
	assert (order.status, order.jobs[0].answer) == ("In Progress", "Approved")


# --- Behind its back --------------------------------------------------------------------------------


def test_an_approved_job_stays_as_it_was_told():
	order = lane.make_order(
		works=[
			{
				"title": "Brakes",
				"parts": [{"description": "Pads", "rate": 80}],
				"sublets": [{"description": "Turn rotors", "price": 40, "cost": 25}],
			}
		],
		approved=True,
	)

	def tried(change) -> str:
		fresh = frappe.get_doc("Repair Order", order.name)
		change(fresh)
		return refused(fresh.save)

	def set_on(row, **values):
		row.update(values)

	assert "Hours" in tried(lambda doc: set_on(doc.jobs[0], hours=5))
	assert "Rate" in tried(lambda doc: set_on(doc.jobs[0], rate=1))
	assert "Service" in tried(lambda doc: set_on(doc.jobs[0], title="Brakes and more"))
	assert "Pay Type" in tried(lambda doc: set_on(doc.jobs[0], pay_type="Warranty"))
	assert "Qty" in tried(lambda doc: set_on(doc.parts[0], qty=2))
	assert "Price" in tried(lambda doc: set_on(doc.sublets[0], price=90))
	assert "Parts" in tried(lambda doc: doc.append("parts", {"job_no": 1, "description": "X", "rate": 9}))
	assert "Parts" in tried(lambda doc: doc.set("parts", []))
	assert "Sublets" in tried(lambda doc: doc.set("sublets", []))
	assert "stays on the order" in tried(
		lambda doc: doc.set("jobs", []) or doc.set("parts", []) or doc.set("sublets", [])
	)
	assert "answer_by_hand" in tried(lambda doc: set_on(doc.jobs[0], answer="Pending"))
	assert "answer_by_hand" in tried(lambda doc: set_on(doc.jobs[0], amount_shown=1))
	assert "answer_by_hand" in tried(lambda doc: set_on(doc.jobs[0], done=1))
	assert "status_by_hand" in tried(lambda doc: set_on(doc, status="Closed"))
	assert "fixed" in tried(lambda doc: set_on(doc, customer=f.make_customer().name))
	fresh = frappe.get_doc("Repair Order", order.name)
	fresh.jobs[0].cause = "Worn"
	fresh.sublets[0].state = "Back"
	fresh.save()
	assert fresh.jobs[0].amount == 270


def test_a_row_is_not_changed_by_itself():
	order = lane.make_order(approved=True)
	row = frappe.get_doc("Repair Order Job", order.jobs[0].name)
	row.rate = 1
	assert "in the repair order itself" in refused(row.save)
	assert "in the repair order itself" in refused(frappe.delete_doc, "Repair Order Job", row.name)


def test_a_job_sent_as_approved_is_pending():
	order = lane.make_order()
	order.append(
		"jobs", {"title": "Sneaked in", "hours": 1, "answer": "Approved", "amount_shown": 150, "done": 1}
	)
	order.save()
	assert (order.jobs[1].answer, order.jobs[1].done, order.authorised_total) == ("Pending", 0, 0)


def test_what_only_steps_write_is_not_listened_to():
	order = lane.make_order()
	order.update(
		{"paid_total": 99, "closed_at": now_datetime(), "opened_at": "2020-01-01 00:00:00", "last_job_no": 0}
	)
	order.save()
	order.reload()
	assert (order.paid_total, order.closed_at) == (0, None)
	assert str(order.opened_at) > "2026"


def test_a_closed_order_keeps_its_jobs():
	order = lane.make_order()
	lane.answer(order, 1, "Declined")
	lane.finish(order)
	lane.close(order)
	order.append("jobs", {"title": "Later", "hours": 1})
	assert "not_working" in refused(order.save)
	order.reload()
	order.concern = "Another story"
	assert "not_working" in refused(order.save)
	order.reload()
	order.contact_phone = "(555) 010-9999"
	order.save()


# --- What it points at is gone ----------------------------------------------------------------------


def test_the_item_of_a_part_is_gone_and_work_goes_on():
	item = f.make_item(f.unique("Old part"))
	order = lane.make_order(works=[{"title": "Brakes", "parts": [{"item": item, "rate": 80}]}])
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Item", item)
	frappe.db.rollback()
	frappe.delete_doc("Item", item, force=True)
	frappe.db.commit()
	lane.answer(order, 1)
	lane.finish(order)
	assert order.status == "Ready"
	assert order.parts[0].description == item
	assert jobs.revise(order.name, 1, "Less work", price=200)["amount"].minor == 20000


def test_the_car_was_sold_to_somebody_else():
	first, second = f.make_customer(), f.make_customer()
	car = lane.make_car(first)
	lane.make_order(first, car)
	car.reload()
	car.owners[0].to_date = "2026-01-01"
	car.append("owners", {"customer": second.name, "from_date": "2026-01-01", "how": "Bought Elsewhere"})
	car.save()
	frappe.db.commit()
	frappe.local.message_log = []
	order = lane.make_order(first, car, mileage_in=30_500)
	said = " ".join(str(row.get("message")) for row in frappe.local.message_log)
	assert second.customer_name in said
	from dealer_pos_crm.api import repair_order as api

	assert api.get_overview(order.name)["owner"]["name"] == second.name


def test_the_customer_is_merged_while_the_order_is_open():
	old, new = f.make_customer(), f.make_customer()
	order = lane.make_order(old, lane.make_car(old))
	frappe.rename_doc("Customer", old.name, new.name, merge=True, show_alert=False)
	frappe.db.commit()
	order.reload()
	assert (order.customer, order.customer_name) == (new.name, new.customer_name)
	lane.answer(order, 1)
	lane.finish(order)
	assert order.status == "Ready"
	assert set(frappe.get_all("Customer Event", {"repair_order": order.name}, pluck="customer")) == {new.name}


def test_an_appointment_is_opened_once_also_after_a_cancellation():
	from dealer_pos_crm.dealer_service.orders import closing, opening

	appointment = make_appointment()
	name = opening.open_order(**opening_of(appointment))
	frappe.db.commit()
	closing.cancel(name, "Opened by mistake")
	frappe.db.commit()
	said = refused(opening.open_order, **opening_of(appointment))
	assert name in said
	assert "Reopen" in said


def test_a_cancelled_appointment_is_not_opened():
	from dealer_pos_crm.dealer_service.appointments import book
	from dealer_pos_crm.dealer_service.orders import opening

	appointment = make_appointment()
	book.cancel(appointment.name, "Car is sold")
	frappe.db.commit()
	assert "appointment_status" in refused(opening.open_order, **opening_of(appointment))

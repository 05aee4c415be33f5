"""A repair order from the counter to the key: jobs, answers, prices, parts, the end."""

import json

import frappe
import pytest
from frappe.utils import add_days, add_to_date, now_datetime, nowdate

from dealer_pos_crm.api import repair_order as api
from dealer_pos_crm.dealer_service.orders import answers, closing, finding, jobs, opening, status
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f
from tests.site import lane


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return lane.set_up_lane()


def refused(call, *args, **values) -> str:
	"""The words of a refusal; nothing is left of what was refused."""
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError) as caught:
		call(*args, **values)
	frappe.db.rollback()
	return f"{getattr(caught.value, 'code', '')}: {caught.value}"


def test_a_day_in_the_lane():
	customer = f.make_customer()
	car = lane.make_car(customer)
	order = lane.make_order(customer, car, approved=True, mileage_in=31_000, tag="A17")
	assert (order.status, order.grand_total, order.authorised_total) == ("Open", 150, 150)
	assert order.jobs[0].answered_by == "Ann Buyer"
	car.reload()
	assert car.mileage == 31_000
	assert frappe.db.get_value("Customer", customer.name, "dealer_service_owner") == lane.advisor()

	number = lane.recommend(order, parts=[{"description": "Pads", "qty": 1, "rate": 89.9}])
	assert number == 2
	assert order.jobs[1].amount == 389.90
	assert order.pending_jobs == 1
	lane.answer(order, 2, "Approved", how="Phone", phone="(555) 010-2233")
	assert order.authorised_total == 539.90

	lane.finish(order)
	assert order.status == "Ready"
	assert status.blockers_to_invoice(order) == []
	assert [code for code, _text in status.blockers_to_close(order)] == ["no_mileage_out", "not_invoiced"]
	status.set_status(order, "Invoiced", tell=False)
	frappe.db.commit()
	assert "not_handed_over" in refused(closing.close, order.name, 31_012)
	lane.close(order, 31_012)
	assert order.status == "Closed"
	car.reload()
	assert car.mileage == 31_012
	assert [kind for kind, _undone in lane.events(order)] == [
		"ro.opened",
		"job.approved",
		"job.recommended",
		"job.approved",
		"job.done",
		"job.done",
		"ro.ready",
		"ro.closed",
	]


# --- Opening ----------------------------------------------------------------------------------------


def test_without_customer_or_vehicle_it_says_what_is_missing():
	customer = f.make_customer()
	car = lane.make_car(customer)
	assert "needs its vehicle" in refused(
		opening.open_order, customer=customer.name, vehicle=None, company=f.COMPANY, client_key=f.key()
	)
	assert "needs its customer" in refused(
		opening.open_order, customer=None, vehicle=car.name, company=f.COMPANY, client_key=f.key()
	)


def test_a_disabled_customer_is_named():
	customer = f.make_customer(disabled=1)
	said = refused(lane.make_order, customer, lane.make_car())
	assert "customer_disabled" in said
	assert customer.name in said


def test_mileage_below_the_last_reading_wants_a_reason():
	customer = f.make_customer()
	car = lane.make_car(customer)
	lane.make_order(customer, car, mileage_in=50_000)
	assert "mileage_lower" in refused(lane.make_order, customer, car, mileage_in=49_000)
	order = lane.make_order(customer, car, mileage_in=100, mileage_explanation="Instrument cluster replaced")
	car.reload()
	assert car.mileage == 100
	reading = next(row for row in car.readings if row.source == f"{order.name} in")
	assert reading.explanation == "Instrument cluster replaced"


def test_a_corrected_mileage_corrects_its_reading():
	order = lane.make_order(mileage_in=40_000)
	order.mileage_in = 41_000
	order.save()
	readings = frappe.get_all(
		"Dealer Vehicle Reading", {"parent": order.vehicle}, ["mileage", "source"], order_by="idx"
	)
	assert [(row.mileage, row.source) for row in readings] == [(41_000, f"{order.name} in")]
	assert frappe.db.get_value("Dealer Vehicle", order.vehicle, "mileage") == 41_000


def test_the_same_request_twice_is_one_order():
	customer = f.make_customer()
	car = lane.make_car(customer)
	key = f.key()
	first = lane.make_order(customer, car, client_key=key)
	second = lane.make_order(customer, car, client_key=key)
	assert first.name == second.name
	assert len(second.jobs) == 1
	assert lane.events(second) == [("ro.opened", None)]


def test_a_form_may_open_an_order_too():
	customer = f.make_customer()
	order = frappe.get_doc(
		{
			"doctype": "Repair Order",
			"company": f.COMPANY,
			"customer": customer.name,
			"vehicle": lane.make_car(customer).name,
			"status": "Closed",
			"mileage_in": 12_000,
			"payment_status": "Paid",
			"jobs": [{"title": "Wash", "hours": 0.5, "answer": "Approved", "done": 1, "amount_shown": 1}],
		}
	).insert()
	assert (order.status, order.payment_status) == ("Open", "Not Invoiced")
	assert (order.jobs[0].answer, order.jobs[0].done, order.jobs[0].amount) == ("Pending", 0, 75)
	assert order.jobs[0].origin == "At Opening"
	assert lane.events(order) == [("ro.opened", None)]


def test_a_comeback_is_of_the_same_car_and_earlier():
	customer = f.make_customer()
	car = lane.make_car(customer)
	first = lane.make_order(customer, car)
	again = lane.make_order(customer, car, comeback_of=first.name, comeback_reason="Noise is back")
	assert again.comeback_of == first.name
	other = lane.make_order()
	assert "comeback_vehicle" in refused(lane.make_order, customer, car, comeback_of=other.name)
	first.comeback_of = again.name
	assert "comeback_later" in refused(first.save)


# --- Jobs and prices --------------------------------------------------------------------------------


def test_an_op_code_brings_hours_rate_and_parts():
	oil = lane.make_price("Oil 5W-30", 8.5)
	name = lane.make_operation("LOF-T", "Oil and filter change", hours=0.5, parts=[(oil, 5)])
	doc = frappe.get_doc("Labor Operation", name)
	if not doc.rates:
		doc.append("rates", {"pay_type": "Warranty", "hours": 0.4, "rate": 100})
		doc.save()
	order = lane.make_order(
		works=[{"labor_operation": name}, {"labor_operation": name, "pay_type": "Warranty", "parts": ()}]
	)
	first, second = order.jobs
	assert (first.title, first.hours, first.rate, first.amount) == ("Oil and filter change", 0.5, 150, 117.5)
	assert (second.hours, second.rate, second.amount) == (0.4, 100, 40)
	assert (order.customer_total, order.warranty_total) == (117.5, 40)
	assert [(row.job_no, row.item, row.qty, row.amount) for row in order.parts] == [(1, oil, 5, 42.5)]


def test_a_fixed_price_is_the_price_to_the_cent():
	order = lane.make_order(
		works=[
			{
				"title": "Brake special",
				"hours": 1.7,
				"price": 249.99,
				"parts": [{"description": "Pads", "rate": 89.9}],
			},
			{"title": "Free wash", "hours": 0.3, "price": 0},
		]
	)
	assert [row.amount for row in order.jobs] == [249.99, 0]
	assert order.jobs[0].flagged_hours == 1.7


def test_a_number_is_never_given_twice():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}])
	jobs.remove(order.name, 2)
	frappe.db.commit()
	assert lane.recommend(order, title="Three") == 3
	order.append("jobs", {"title": "Four", "hours": 1, "job_no": 3})
	order.append("parts", {"job_no": 3, "description": "Clip", "qty": 1, "rate": 1})
	order.save()
	assert [row.job_no for row in order.jobs] == [1, 3, 4]


def test_what_the_customer_came_for_is_no_recommendation():
	order = lane.make_order()
	api.recommend(order.name, json.dumps({"title": "Wipers", "hours": 0.2}), asked_for=1)
	frappe.db.commit()
	frappe.db.set_value("Repair Order", order.name, "opened_at", "2026-01-01 08:00:00")
	frappe.db.commit()
	api.recommend(order.name, json.dumps({"title": "Bulb", "hours": 0.2}), asked_for=1)
	frappe.db.commit()
	order.reload()
	assert [row.origin for row in order.jobs] == ["At Opening", "At Opening", "Found"]
	assert lane.events(order) == [("ro.opened", None), ("job.recommended", None)]


def test_parts_belong_to_a_job_that_is_there():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}])
	order.append("parts", {"job_no": 9, "description": "Clip", "qty": 1, "rate": 1})
	assert "there is no job 9" in refused(order.save)


def test_tax_is_what_the_invoice_will_say():
	template = service_tax()
	taxed = {"title": "Brakes", "hours": 1.3, "parts": [{"description": "Pads", "qty": 3, "rate": 33.33}]}
	order = lane.make_order(works=[taxed, {"title": "Recall", "pay_type": "Warranty"}], tax_template=template)
	net = 195 + 99.99
	assert order.customer_total == net
	invoice = f.make_invoice(order.customer, net, submit=False)
	invoice.taxes_and_charges = template
	invoice.append("taxes", tax_row())
	invoice.save()
	assert order.tax_amount == invoice.total_taxes_and_charges > 0
	assert order.grand_total == invoice.grand_total
	lane.answer(order, 1, "Declined")
	assert (order.customer_total, order.tax_amount, order.grand_total) == (0, 0, 0)


def tax_row() -> dict:
	return {
		"charge_type": "On Net Total",
		"account_head": f.tax_account(),
		"description": "Sales Tax",
		"rate": 8.25,
	}


def service_tax() -> str:
	name = f"Service 8.25 - {f.ABBR}"
	if not frappe.db.exists("Sales Taxes and Charges Template", name):
		frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": "Service 8.25",
				"company": f.COMPANY,
				"taxes": [tax_row()],
			}
		).insert()
	return name


# --- Answers ----------------------------------------------------------------------------------------


def test_the_price_on_the_screen_is_old():
	order = lane.make_order()
	shown = order.jobs[0].amount
	order.jobs[0].hours = 1.2
	order.save()
	said = refused(answers.record, order.name, 1, "Approved", how="In Person", by="Ann", amount_shown=shown)
	assert "amount_outdated" in said
	assert "180.00" in said
	assert frappe.db.get_value("Repair Order Job", {"parent": order.name}, "answer") == "Pending"


def test_an_answer_by_phone_keeps_the_number():
	order = lane.make_order()
	assert "no_phone" in refused(
		answers.record, order.name, 1, "Approved", how="Phone", by="Ann", amount_shown=150
	)
	lane.answer(order, 1, how="Phone", phone="(555) 010-2233")
	row = order.jobs[0]
	assert (row.answer, row.answered_how, row.answered_phone, row.amount_shown) == (
		"Approved",
		"Phone",
		"(555) 010-2233",
		150,
	)


def test_one_conversation_is_all_or_none():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}])
	rows = [
		{"job_no": 1, "answer": "Approved", "amount_shown": 150},
		{"job_no": 2, "answer": "Declined", "amount_shown": 150},
	]
	assert "no_reason" in refused(
		api.record_answers, order.name, json.dumps(rows), how="In Person", by="Ann Buyer"
	)
	order.reload()
	assert {row.answer for row in order.jobs} == {"Pending"}
	assert lane.events(order) == [("ro.opened", None)]


def test_the_order_goes_on_when_the_customer_has_answered():
	order = lane.make_order()
	status.change(order.name, "Waiting Customer")
	frappe.db.commit()
	lane.answer(order, 1)
	assert order.status == "In Progress"


def test_declined_work_lives_on_and_comes_back():
	order = lane.make_order(works=[{"title": "Oil"}])
	number = lane.recommend(order, title="Rear brake pads", severity="Red")
	lane.answer(order, number, "Declined")
	declined = order.jobs[1].declined_service
	assert frappe.db.get_value("Declined Service", declined, "status") == "Open"
	answers.withdraw(order.name, number, "Clicked the wrong one")
	frappe.db.commit()
	order.reload()
	assert order.jobs[1].answer == "Pending"
	assert frappe.db.get_value("Declined Service", declined, "status") == "Closed"
	lane.answer(order, number, "Declined")
	declined = order.jobs[1].declined_service
	assert lane.events(order)[-1][0] == "job.declined"

	later = lane.make_order(
		frappe.get_doc("Customer", order.customer), frappe.get_doc("Dealer Vehicle", order.vehicle)
	)
	assert [row["name"] for row in api.get_overview(later.name)["declined"]] == [declined]
	(found,) = api.take_up(later.name, json.dumps([declined]))
	frappe.db.commit()
	assert api.take_up(later.name, json.dumps([declined])) == [found]
	frappe.db.commit()
	assert lane.job(later, found).amount == 300  # the price that was shown then
	lane.answer(later, found, "Approved")
	assert frappe.db.get_value("Declined Service", declined, "status") == "Recovered"
	answers.withdraw(later.name, found, "She called back")
	frappe.db.commit()
	assert frappe.db.get_value("Declined Service", declined, "status") == "Open"


def test_an_answer_taken_back_reverses_its_event():
	order = lane.make_order(approved=True)
	answers.withdraw(order.name, 1, "Clicked the wrong one")
	frappe.db.commit()
	assert lane.events(order)[-1] == ("job.withdrawn", "job.approved")
	order.reload()
	assert (order.authorised_total, order.pending_jobs) == (0, 1)


# --- A new price ------------------------------------------------------------------------------------


def test_within_the_tolerance_the_approval_stands():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}], approved=True)
	found = jobs.revise(order.name, 1, "Rusted bolts", price=180)
	frappe.db.commit()
	order.reload()
	assert not found["ask_again"]
	assert (order.jobs[0].answer, order.jobs[0].amount, order.jobs[0].amount_shown) == ("Approved", 180, 150)
	assert order.authorised_total == 300
	assert lane.events(order)[-1][0] == "job.revised"


def test_beyond_the_tolerance_the_customer_is_asked_again():
	order = lane.make_order(works=[{"title": "One"}, {"title": "Two"}], approved=True)
	found = jobs.revise(order.name, 1, "Rusted bolts", price=180.01)
	frappe.db.commit()
	order.reload()
	assert found["ask_again"]
	assert (order.jobs[0].answer, order.pending_jobs, order.authorised_total) == ("Pending", 1, 150)
	assert lane.events(order)[-2:] == [("job.revised", None), ("job.withdrawn", "job.approved")]
	assert "no_reason" in refused(jobs.revise, order.name, 2, "", price=1)


def test_where_the_state_says_so_a_cent_asks_again(dealership):
	lane.set_up_lane(authorisation_tolerance=0)
	try:
		order = lane.make_order(approved=True)
		assert jobs.revise(order.name, 1, "Sales tax", price=150.01)["ask_again"]
	finally:
		frappe.db.rollback()
		lane.set_up_lane()


def test_a_part_more_is_a_new_price():
	order = lane.make_order(approved=True)
	found = jobs.revise(order.name, 1, "A gasket too", parts=[{"description": "Gasket", "qty": 2, "rate": 5}])
	frappe.db.commit()
	order.reload()
	assert not found["ask_again"]
	assert order.jobs[0].amount == 160
	assert [row.description for row in order.parts] == ["Gasket"]


# --- Parts ------------------------------------------------------------------------------------------


def test_a_part_on_its_way():
	order = lane.make_order(
		works=[{"title": "Brakes", "parts": [{"description": "Rotor", "rate": 80, "state": "To Order"}]}]
	)
	key = order.parts[0].row_key

	def say(**values):
		frappe.db.commit()
		found = api.set_part_states(order.name, json.dumps([{"row_key": key, **values}]))
		frappe.db.commit()
		order.reload()
		return found

	assert "no_eta" in refused(say, state="Ordered")
	assert say(state="Ordered", eta=add_days(nowdate(), 2), special_order=1) == "Ordered"
	assert say(eta=add_days(nowdate(), 5)) == "Ordered"
	assert say(state="Arrived") == "Arrived"
	assert order.parts[0].arrived_at
	assert say(state="Ordered") == "Ordered"
	assert lane.events(order)[1:] == [
		("part.ordered", None),
		("part.delayed", None),
		("part.arrived", None),
		("part.ordered", "part.arrived"),
	]
	told = frappe.get_last_doc("Customer Event", {"repair_order": order.name, "event_type": "part.arrived"})
	facts = json.loads(told.detail) if isinstance(told.detail, str) else told.detail
	assert (facts["part"], facts["special"]) == ("Rotor", "1")


def test_a_part_comes_after_the_car_has_left():
	part = {"description": "Rotor", "rate": 80, "state": "Ordered", "eta": add_days(nowdate(), 2)}
	order = lane.make_order(works=[{"title": "Brakes", "parts": [part]}])
	lane.answer(order, 1, "Deferred")
	status.change(order.name, "Ready")
	frappe.db.commit()
	lane.close(order)
	assert (
		api.set_part_states(order.name, json.dumps([{"row_key": order.parts[0].row_key, "state": "Arrived"}]))
		is None
	)  # deferred work waits for nothing
	frappe.db.commit()
	assert lane.events(order)[-1] == ("part.arrived", None)


def test_one_state_for_the_parts_that_count():
	order = lane.make_order(
		works=[
			{"title": "One", "parts": [{"description": "A", "rate": 1}]},
			{"title": "Two", "parts": [{"description": "B", "rate": 1, "state": "To Order"}]},
		]
	)
	assert api.get_overview(order.name)["parts"]["state"] == "To Order"
	lane.answer(order, 2, "Declined")
	assert api.get_overview(order.name)["parts"]["state"] == "In Stock"


# --- Status and the end -----------------------------------------------------------------------------


def test_ready_is_said_of_finished_work():
	order = lane.make_order(approved=True)
	assert "undone" in refused(status.change, order.name, "Ready")
	assert "own_step" in refused(status.change, order.name, "Invoiced")
	assert "three_cs" in refused(jobs.finish, order.name, 1)
	jobs.finish(order.name, 1, cause="Loose shield", correction="Tightened")
	frappe.db.commit()
	jobs.finish(order.name, 1)
	assert status.change(order.name, "Ready") == "Ready"
	assert status.change(order.name, "Ready") == "Ready"
	frappe.db.commit()
	assert [kind for kind, _ in lane.events(order)].count("ro.ready") == 1


def _promises(order) -> dict[str, str]:
	rows = frappe.get_all(
		"Follow Up",
		{"repair_order": order.name, "rule": "Promised time: it was missed"},
		["status", "opens_at"],
		order_by="cause_at, name",
	)
	return {str(row.opens_at): row.status for row in rows}


def test_a_promise_is_kept_by_being_ready_and_stands_again_with_the_work():
	first = add_to_date(now_datetime().replace(second=0, microsecond=0), hours=3)
	order = lane.make_order(approved=True, promised_at=first)
	assert _promises(order) == {str(first): "Planned"}
	later = add_to_date(first, hours=2)
	order.promised_at = later
	order.save()
	frappe.db.commit()
	assert _promises(order) == {str(first): "Stopped", str(later): "Planned"}
	lane.finish(order)
	assert _promises(order)[str(later)] == "Stopped"
	status.change(order.name, "In Progress")
	frappe.db.commit()
	assert _promises(order) == {str(first): "Stopped", str(later): "Planned"}
	order.reload()
	order.promised_at = None
	order.save()
	frappe.db.commit()
	assert set(_promises(order).values()) == {"Stopped"}
	assert [kind for kind, _ in lane.events(order)].count("ro.promised") == 3


def test_only_approved_work_is_finished():
	order = lane.make_order()
	assert "not_approved" in refused(jobs.finish, order.name, 1, cause="x", correction="y")


def test_an_order_without_work_closes_without_a_bill():
	order = lane.make_order()
	lane.answer(order, 1, "Declined")
	status.change(order.name, "Ready")
	frappe.db.commit()
	assert "no_mileage_out" in refused(closing.close, order.name)
	lane.close(order, 30_001)
	assert order.status == "Closed"
	assert lane.events(order)[-1] == ("ro.closed", None)
	assert closing.close(order.name)["status"] == "Closed"


def test_an_odometer_that_was_replaced_in_the_shop():
	order = lane.make_order()
	lane.answer(order, 1, "Declined")
	status.change(order.name, "Ready")
	frappe.db.commit()
	assert "mileage_out_lower" in refused(closing.close, order.name, 5)
	order.reload()
	order.mileage_explanation = "Instrument cluster replaced"
	order.save()
	lane.close(order, 5)
	assert order.status == "Closed"
	assert frappe.db.get_value("Dealer Vehicle", order.vehicle, "mileage") == 5


def test_cancelled_and_opened_again():
	order = lane.make_order(approved=True)
	assert "no_reason" in refused(closing.cancel, order.name, "")
	closing.cancel(order.name, "Towed elsewhere")
	frappe.db.commit()
	order.reload()
	assert (order.status, order.cancel_reason) == ("Cancelled", "Towed elsewhere")
	assert lane.events(order)[-1] == ("ro.cancelled", "ro.opened")
	with f.logged_in(lane.advisor()):
		assert "may_not_reopen" in refused(closing.reopen, order.name, "Came back")
	with f.logged_in(lane.service_manager()):
		assert closing.reopen(order.name, "Came back") == "Open"
		frappe.db.commit()
	assert lane.events(order)[-1] == ("ro.reopened", "ro.cancelled")


def test_done_work_is_not_cancelled_away():
	order = lane.make_order(approved=True)
	lane.finish(order, to=None)
	assert "work_done" in refused(closing.cancel, order.name, "Changed her mind")


def test_only_what_nobody_relied_on_is_deleted():
	order = lane.make_order()
	frappe.delete_doc("Repair Order", order.name)
	frappe.db.commit()
	assert not frappe.db.exists("Repair Order", order.name)
	assert lane.events(order) == [("ro.opened", None), ("ro.cancelled", "ro.opened")]
	order = lane.make_order(approved=True)
	assert "holds answers" in refused(frappe.delete_doc, "Repair Order", order.name)


def test_an_estimate_has_a_number_of_its_own():
	order = lane.make_order()
	frappe.db.commit()
	number = closing.estimate_number(order.name)
	frappe.db.commit()
	assert number.startswith("EST-")
	assert closing.estimate_number(order.name) == number


# --- Search and rights ------------------------------------------------------------------------------


def test_found_by_whatever_is_at_hand():
	phone = f"(555) 010-{frappe.generate_hash(length=4)}"
	customer = f.make_customer(mobile_no="(555) 017-4466")
	plate = f.unique("P")[-8:].upper()
	order = lane.make_order(customer, lane.make_car(customer, plate=plate), tag=f"T{plate[:5]}")
	vin = frappe.db.get_value("Dealer Vehicle", order.vehicle, "vin")
	assert phone  # a number that nobody has is not found
	for text in (order.name, customer.customer_name, vin[-6:], plate, order.tag, "0174466", "555-017-4466"):
		found = [row.name for row in finding.find(text)["rows"]]
		assert order.name in found, text
	assert finding.find("x")["rows"] == []
	assert finding.find("no such thing")["rows"] == []


def test_who_may_what():
	order = lane.make_order(approved=True)
	people = f.make_people()
	with f.logged_in(lane.technician()):
		api.set_work(order.name, 1, json.dumps({"cause": "Worn", "technician": lane.advisor()}))
		frappe.db.commit()
		api.finish_job(order.name, 1, correction="Replaced")
		frappe.db.commit()
		for call in (
			lambda: api.change_status(order.name, "Ready"),
			lambda: api.record_answers(order.name, "[]", "In Person", "Ann"),
			lambda: api.recommend(order.name, "{}"),
			lambda: api.cancel(order.name, "Because"),
		):
			with pytest.raises(frappe.PermissionError):
				call()
	order.reload()
	assert (order.jobs[0].done, order.jobs[0].cause, order.jobs[0].technician) == (1, "Worn", None)
	with f.logged_in(people["Dealer Cashier"]):
		assert api.get_overview(order.name)["may"] == {
			"edit": False,
			"work": False,
			"parts": False,
			"reopen": False,
		}
		with pytest.raises(frappe.PermissionError):
			api.finish_job(order.name, 1)
	with f.logged_in(people["Nobody"]), pytest.raises(frappe.PermissionError):
		api.get_overview(order.name)


def test_a_refusal_has_a_code():
	order = lane.make_order()
	frappe.db.commit()
	with pytest.raises(DealerRefusal) as caught:
		answers.record(order.name, 1, "Maybe", how="In Person", by="Ann", amount_shown=150)
	assert caught.value.code == "no_answer"

"""A repair order from the counter to the key: jobs, answers, prices, parts, the end."""

import frappe
import pytest
from frappe.utils import add_days, cint, getdate, now_datetime, nowdate

from dealer_pos_crm.dealer_service.orders import answers, closing, jobs, opening, parts, status
from tests.site import factories as f
from tests.site import lane


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return lane.set_up_lane()


def test_a_day_in_the_lane(site):
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
		"ro.status_changed",
		"ro.closed",
	]

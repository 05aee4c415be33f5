"""The forecast of the next maintenance, from a vehicle's readings and what was done on it."""

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate

from dealer_pos_crm.dealer_service.maintenance import forecast
from tests.site import billing, lane
from tests.site import factories as f
from tests.site.counting import statements


@pytest.fixture(scope="module", autouse=True)
def shop(site):
	lane.set_up_lane(miles_a_year=12_000)
	lane.make_operation(
		"OIL-12", "Oil and filter service", is_maintenance=1, interval_months=12, interval_miles=10_000
	)
	lane.make_operation("BF-24", "Brake fluid", is_maintenance=1, interval_months=24)
	frappe.db.commit()


def car_with(*readings: tuple[int, int]):
	"""A car with readings: (days ago, mileage)."""
	customer = f.make_customer()
	vehicle = lane.make_car(
		customer,
		readings=[{"read_on": add_days(getdate(), -days), "mileage": mileage} for days, mileage in readings],
	)
	frappe.db.commit()
	return customer, vehicle


def done_today(customer, vehicle, *codes: str, mileage: int):
	order = lane.make_order(
		customer, vehicle, [{"labor_operation": code} for code in codes], approved=True, mileage_in=mileage
	)
	lane.finish(order)
	return order


def test_by_predicted_mileage_with_its_grounds():
	customer, vehicle = car_with((300, 20_000), (200, 25_000), (100, 30_000))
	done_today(customer, vehicle, "OIL-12", mileage=35_000)
	found = forecast.forecast(vehicle.name)
	assert (found.service, found.op_code, found.by_mileage) == ("Oil and filter service", "OIL-12", True)
	assert found.on == found.due == add_days(getdate(), 200)
	for text in ("45,000", "35,000", "4 readings", "12 months"):
		assert text in found.basis, found.basis


def test_too_few_readings_take_the_houses_figure_and_say_so():
	customer, vehicle = car_with()
	done_today(customer, vehicle, "OIL-12", mileage=35_000)
	found = forecast.forecast(vehicle.name)
	assert "too few readings" in found.basis and "12,000 a year" in found.basis
	assert (found.due - getdate()).days == 305


def test_the_earlier_of_several_is_next():
	customer, vehicle = car_with((400, 30_000))
	done_today(customer, vehicle, "OIL-12", "BF-24", mileage=31_000)
	found = forecast.upcoming(vehicle.name)
	assert [row.op_code for row in found] == ["OIL-12", "BF-24"]
	assert found[0].due == getdate(add_months(getdate(), 12)) and not found[0].by_mileage


def test_only_work_that_was_done_counts():
	customer, vehicle = car_with((300, 20_000))
	order = lane.make_order(
		customer, vehicle, [{"labor_operation": "OIL-12"}], approved=True, mileage_in=25_000
	)
	assert forecast.forecast(vehicle.name) is None
	lane.finish(order)
	assert forecast.forecast(vehicle.name) is not None
	assert forecast.forecast(f.make_vehicle().name) is None


def test_closing_the_order_says_when_to_come_again():
	billing.set_up()
	customer, vehicle = car_with((300, 20_000), (150, 26_000))
	order = billing.ready(
		[{"labor_operation": "OIL-12"}], customer, vehicle=vehicle, advisor=lane.advisor(), mileage_in=32_000
	)
	billing.invoice(order)
	order.reload()
	billing.collect(order, [("Cash", order.outstanding)])
	billing.release(order, 32_010)
	order.reload()
	assert order.status == "Closed"
	assert (order.next_service, getdate(order.next_service_on)) == (
		"Oil and filter service",
		forecast.forecast(vehicle.name).on,
	)
	told = frappe.parse_json(
		frappe.db.get_value(
			"Customer Event", {"repair_order": order.name, "event_type": "ro.closed"}, "detail"
		)
	)
	assert told["next_service_on"] == str(order.next_service_on)
	assert told["next_service_basis"] == order.next_service_basis
	assert "median of" in order.next_service_basis
	planned = frappe.get_all(
		"Follow Up", {"repair_order": order.name, "status": "Planned"}, ["title"], order_by="name"
	)
	assert any("Oil and filter service" in row.title for row in planned)


def test_three_queries_at_most():
	customer, vehicle = car_with((300, 20_000), (150, 26_000))
	done_today(customer, vehicle, "OIL-12", mileage=32_000)
	forecast.forecast(vehicle.name)
	frappe.db.commit()
	with statements() as counted:
		forecast.forecast(vehicle.name)
	assert len(counted) <= 3, counted

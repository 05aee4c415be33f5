"""One car is held for one customer: by the deposit that holds it longest, until the last of them lets go."""

import frappe
import pytest
from frappe.utils import add_days, now_datetime

from dealer_pos_crm.dealer_showroom import holds
from tests.site import factories as f
from tests.site.checks import everything_right, hold_of


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


def in_days(days: int):
	return add_days(now_datetime().replace(microsecond=0), days)


@pytest.fixture
def two():
	"""A customer who held a car for five days and then put more money down, to hold it for ten."""
	customer, vehicle = f.make_customer(), f.make_vehicle()
	first = f.take_new(customer, vehicle, 200, hold_until=in_days(5))
	second = f.take_new(customer, vehicle, 400, hold_until=in_days(10), kind="Down Payment")
	return first, second, vehicle


def test_more_money_of_the_same_customer_holds_it_longer(two):
	first, second, vehicle = two
	for deposit in two[:2]:
		everything_right(deposit)
		assert deposit.status == "Held"
	assert hold_of(vehicle) == second.name
	assert vehicle.hold_until == second.hold_until
	assert f.event_types(vehicle=vehicle.name).count("vehicle.released") == 0
	assert first.hold_until < second.hold_until


def test_a_shorter_hold_of_the_same_customer_changes_nothing():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	first = f.take_new(customer, vehicle, 200, hold_until=in_days(10))
	second = f.take_new(customer, vehicle, 400, hold_until=in_days(5))
	everything_right(first)
	everything_right(second)
	assert hold_of(vehicle) == first.name


def test_the_other_deposit_goes_on_holding_when_one_is_refunded(two):
	first, second, vehicle = two
	f.act(second, "Refund", amount=400, reason="Bank said no")
	everything_right(second)
	everything_right(first)
	assert hold_of(vehicle) == first.name
	assert vehicle.hold_until == first.hold_until
	f.act(first, "Refund", amount=200, reason="And no again")
	assert hold_of(vehicle) is None
	assert vehicle.status == "Front-line Ready"


def test_the_other_deposit_goes_on_holding_when_one_moves(two):
	first, second, vehicle = two
	other = f.make_vehicle()
	f.act(second, "Move", to_vehicle=other.name, reason="Wants both")
	everything_right(first)
	everything_right(second)
	assert (hold_of(vehicle), hold_of(other)) == (first.name, second.name)
	f.act(first, "Move", to_vehicle=other.name, reason="Wants this one only")
	everything_right(first)
	assert (hold_of(vehicle), hold_of(other)) == (None, second.name)


def test_another_customer_is_refused_with_or_without_a_hold(two):
	_first, second, vehicle = two
	stranger = f.make_customer()
	name = frappe.db.get_value("Customer", second.customer, "customer_name")
	for values in ({}, {"kind": "Down Payment", "hold_until": None}):
		draft = f.make_deposit(stranger, vehicle, 300, **values)
		frappe.db.commit()
		with pytest.raises(holds.VehicleHeld, match=f"{name}.*{second.name}.*waiting list"):
			f.take(draft)
		frappe.db.rollback()


def test_a_hold_without_an_end_gets_the_companys_days():
	deposit = f.make_deposit(hold_until=None)
	days = frappe.db.get_value("Dealer Settings", f.COMPANY, "hold_days")
	assert (deposit.hold_until - now_datetime()).days in (days - 1, days)


def test_a_down_payment_need_not_hold_the_car():
	vehicle = f.make_vehicle()
	deposit = f.take_new(None, vehicle, 900, kind="Down Payment", hold_until=None)
	everything_right(deposit)
	assert (deposit.status, deposit.hold_until, hold_of(vehicle)) == ("Held", None, None)


def test_who_waited_and_gets_the_car_waits_no_longer():
	vehicle = f.make_vehicle()
	first, waiting = f.take_new(None, vehicle, 200), f.make_customer()
	line = frappe.get_doc(
		{"doctype": "Dealer Vehicle Waitlist", "vehicle": vehicle.name, "customer": waiting.name}
	).insert()
	f.act(first, "Refund", amount=200, reason="Changed her mind")
	second = f.take_new(waiting, vehicle, 300)
	line.reload()
	assert (hold_of(vehicle), line.status) == (second.name, "Got the Vehicle")


def test_a_sale_ends_the_hold_and_says_so_once():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	vehicle.reload()
	vehicle.status = "Sold"
	vehicle.save()
	everything_right(deposit)
	assert (hold_of(vehicle), vehicle.status) == (None, "Sold")
	assert (deposit.status, deposit.hold_until) == ("Held", None)
	said = frappe.get_all(
		"Comment", {"reference_doctype": "Deposit", "reference_name": deposit.name}, pluck="content"
	)
	assert len([text for text in said if "is Sold" in text]) == 1


def test_nobody_writes_a_hold_onto_a_car(two):
	_first, second, vehicle = two
	vehicle.reload()
	vehicle.update({"held_for": None, "hold_deposit": None, "hold_until": None, "color": "Blue"})
	vehicle.save()
	frappe.db.commit()
	assert hold_of(vehicle) == second.name
	vehicle.status = "Front-line Ready"
	with pytest.raises(frappe.ValidationError, match="release the hold first"):
		vehicle.save()

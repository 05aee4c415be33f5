"""Recon on a site: from coming in to the front line, who may do what, costs, two at the same instant."""

import frappe
import pytest
from frappe.utils import add_days, get_datetime, getdate, now_datetime, nowdate

from dealer_pos_crm.api import recon as api
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.recon import recon, templates
from tests.site import billing, showroom
from tests.site import factories as f
from tests.site import stock_house as house
from tests.site.racers import Racers


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return house.set_up()


@pytest.fixture(scope="module")
def racers(site, dealership):
	found = Racers(site)
	yield found
	found.close()


def status_of(car) -> str:
	return frappe.db.get_value("Dealer Vehicle", car.name, "status")


def test_a_new_dealership_has_templates_to_start_with():
	found = dict(
		frappe.get_all("Recon Template", {"company": house.COMPANY}, ["for_condition", "name"], as_list=True)
	)
	assert set(found) >= {"Used", "New"}
	steps = [row.step for row in frappe.get_doc("Recon Template", found["Used"]).steps]
	assert steps == ["Inspection", "Mechanical", "Parts", "Detail", "Photos", "Final check"]
	templates.add(house.COMPANY)
	assert frappe.db.count("Recon Template", {"company": house.COMPANY}) == len(found)


def test_a_car_that_is_bought_begins_its_recon_and_has_a_stock_number():
	car = house.bought()
	assert car.stock_number.startswith("S")
	doc = house.recon_of(car)
	assert (doc.status, doc.current_step) == ("Open", "Inspection")
	due = [get_datetime(row.due_at) for row in doc.steps]
	assert due == sorted(due) and due[0] > now_datetime()
	assert house.showroom_events(car) == ["vehicle.stocked", "vehicle.recon_started"]
	told = frappe.get_last_doc("Customer Event", {"vehicle": car.name, "event_type": "vehicle.recon_started"})
	assert told.customer in (None, "") and car.title in told.title


def test_one_recon_at_a_time():
	car = house.bought()
	assert recon.start(car.name) == house.recon_of(car).name
	assert frappe.db.count("Vehicle Recon", {"vehicle": car.name}) == 1


def test_the_last_step_brings_the_car_to_the_front_line():
	car = house.bought()
	doc = house.recon_of(car)
	house.finish_all(doc, but="Final check", cost=100)
	assert status_of(car) == "In Recon"
	recon.finish_step(doc.name, house.key(doc, "Final check"))
	frappe.db.commit()
	doc.reload()
	car.reload()
	assert (doc.status, doc.open_vehicle) == ("Front-line Ready", None)
	assert car.status == "Front-line Ready" and getdate(car.frontline_on) == getdate()
	assert car.recon_cost == 500
	events = house.showroom_events(car)
	assert events.count("vehicle.recon_step_done") == 6
	assert events.count("vehicle.frontline_ready") == 1 and events[-1] == "vehicle.frontline_ready"


def test_a_held_car_is_ready_when_its_hold_ends():
	car = house.bought()
	deposit = f.take_new(vehicle=car)
	car.reload()
	assert (car.status, car.free_status) == ("On Hold", "In Recon")
	house.finish_all(house.recon_of(car))
	car.reload()
	assert (car.status, car.free_status) == ("On Hold", "Front-line Ready")
	f.act(deposit, "Refund", amount=500, reason="Customer changed their mind")
	assert status_of(car) == "Front-line Ready"


def test_a_car_of_the_front_line_goes_back_to_recon():
	car = showroom.make_car()
	recon.start(car.name)
	assert status_of(car) == "In Recon"


def test_a_sold_car_has_no_recon():
	car = showroom.make_car(status="Customer-owned")
	with pytest.raises(DealerRefusal, match="in stock"):
		recon.start(car.name)


def test_parts_are_waited_for_until_a_day():
	doc = house.recon_of(house.bought())
	key = house.key(doc, "Parts")
	with pytest.raises(DealerRefusal):
		recon.wait_for_parts(doc.name, key, add_days(nowdate(), -1))
	recon.wait_for_parts(doc.name, key, add_days(nowdate(), 3), note="Left mirror")
	doc.reload()
	row = house.step(doc, "Parts")
	assert (row.status, row.note) == ("Waiting for Parts", "Left mirror")
	assert doc.parts_eta == getdate(add_days(nowdate(), 3))
	recon.start_step(doc.name, key)
	doc.reload()
	assert house.step(doc, "Parts").parts_eta is None and doc.parts_eta is None


def test_more_than_the_limit_is_approved_by_a_manager_who_did_not_ask():
	doc = house.recon_of(house.bought())
	key = house.key(doc, "Mechanical")
	frappe.db.commit()
	with f.logged_in(house.service_manager()):
		with pytest.raises(DealerRefusal, match="approval"):
			recon.finish_step(doc.name, key, cost=1900)
		recon.ask_approval(doc.name, key, 1900, note="Transmission service")
		frappe.db.commit()
		with pytest.raises(DealerRefusal, match="yourself"):
			recon.decide(doc.name, key, True)
	with f.logged_in(house.technician()), pytest.raises(DealerRefusal, match="manager"):
		recon.decide(doc.name, key, True)
	with f.logged_in(showroom.sales_manager()):
		recon.decide(doc.name, key, True)
		frappe.db.commit()
	doc.reload()
	row = house.step(doc, "Mechanical")
	assert (row.status, row.approved_amount, row.approved_by) == (
		"In Progress",
		1900,
		showroom.sales_manager(),
	)
	with pytest.raises(DealerRefusal, match="approval"):
		recon.finish_step(doc.name, key, cost=1900.01)
	recon.finish_step(doc.name, key, cost=1900)
	doc.reload()
	assert house.step(doc, "Mechanical").cost == 1900


def test_turned_down_it_waits_again_with_the_reason():
	doc = house.recon_of(house.bought())
	key = house.key(doc, "Mechanical")
	recon.ask_approval(doc.name, key, 5000)
	frappe.db.commit()
	with f.logged_in(showroom.sales_manager()):
		with pytest.raises(DealerRefusal):
			recon.decide(doc.name, key, False)
		recon.decide(doc.name, key, False, note="Wholesale it instead")
		frappe.db.commit()
	doc.reload()
	row = house.step(doc, "Mechanical")
	assert (row.status, row.estimate, row.note) == ("Waiting", 0, "Wholesale it instead")


def test_a_technician_does_the_own_steps_and_free_ones():
	doc = house.recon_of(house.bought())
	tech = house.technician()
	inspection, detail, photos = (house.key(doc, name) for name in ("Inspection", "Detail", "Photos"))
	recon.arrange(doc.name, photos, {"owner_user": showroom.salesperson()})
	frappe.db.commit()
	with f.logged_in(tech):
		api.start_step(doc.name, inspection)
		api.finish_step(doc.name, inspection, cost=80)
		api.finish_step(doc.name, detail)
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			api.finish_step(doc.name, photos)
		with pytest.raises(frappe.PermissionError):
			api.skip_step(doc.name, house.key(doc, "Parts"), "Not needed")
		with pytest.raises(frappe.PermissionError):
			api.cancel(doc.name, "No")
	doc.reload()
	assert (house.step(doc, "Inspection").owner_user, house.step(doc, "Inspection").done_by) == (tech, tech)
	with f.logged_in(showroom.salesperson()):
		api.finish_step(doc.name, photos)
		frappe.db.commit()
		with pytest.raises(frappe.PermissionError):
			api.finish_step(doc.name, house.key(doc, "Parts"))
	with f.logged_in(f.make_user(roles.CASHIER, "recon.cashier")), pytest.raises(frappe.PermissionError):
		api.get_board(doc.name)


def test_a_salesperson_sees_the_steps_and_no_cost():
	car = house.bought()
	doc = house.recon_of(car)
	house.finish_all(doc, but="Final check", cost=123.45)
	with f.logged_in(showroom.salesperson()):
		shown = frappe.as_json([api.get_board(doc.name), api.get_panel(car.name)])
		assert "Inspection" in shown and "123.45" not in shown and "617.25" not in shown
		form = frappe.get_doc("Vehicle Recon", doc.name)
		form.apply_fieldlevel_read_permissions()
		assert "617.25" not in frappe.as_json(form.as_dict()) and "123.45" not in frappe.as_json(
			form.as_dict()
		)
		rows = frappe.get_list("Vehicle Recon", {"name": doc.name}, ["name", "cost"])
		assert not rows[0].get("cost")
	with f.logged_in(showroom.sales_manager()):
		assert api.get_board(doc.name)["cost"] == pytest.approx(617.25)


def test_the_form_writes_notes_and_nothing_else():
	doc = house.recon_of(house.bought())
	with f.logged_in(house.service_manager()):
		form = frappe.get_doc("Vehicle Recon", doc.name)
		form.update({"notes": "Second key is missing", "status": "Front-line Ready", "cost": 1})
		form.steps[0].status = "Done"
		form.save()
	doc.reload()
	assert (doc.notes, doc.status, doc.steps[0].status) == ("Second key is missing", "Open", "Waiting")
	with pytest.raises(frappe.ValidationError, match="begins from its car"):
		frappe.get_doc(
			{"doctype": "Vehicle Recon", "vehicle": house.bought().name, "company": house.COMPANY}
		).insert()
	with pytest.raises(frappe.ValidationError, match="stays on file"):
		frappe.delete_doc("Vehicle Recon", doc.name)


def test_a_skipped_step_says_why_and_more_work_can_be_added():
	doc = house.recon_of(house.bought())
	with pytest.raises(DealerRefusal):
		recon.skip_step(doc.name, house.key(doc, "Detail"), " ")
	recon.skip_step(doc.name, house.key(doc, "Detail"), "Came detailed")
	key = recon.add_step(doc.name, "Windshield", owner_user=house.technician())
	house.finish_all(doc, but="Windshield")
	assert doc.status == "Open"
	recon.finish_step(doc.name, key, cost=210)
	doc.reload()
	assert (doc.status, doc.cost) == ("Front-line Ready", 210)


def test_the_next_step_has_its_whole_target_however_late_the_one_before_was():
	doc = house.recon_of(house.bought())
	frappe.db.set_value(
		"Vehicle Recon Step", house.step(doc, "Mechanical").name, "due_at", "2026-01-02 10:00:00"
	)
	frappe.db.commit()
	recon.finish_step(doc.name, house.key(doc, "Inspection"))
	doc.reload()
	assert get_datetime(house.step(doc, "Mechanical").due_at) > now_datetime()


def test_a_cancelled_recon_keeps_what_it_has_cost():
	car = house.bought()
	doc = house.recon_of(car)
	recon.finish_step(doc.name, house.key(doc, "Inspection"), cost=95)
	recon.cancel(doc.name, "Goes to auction as it is")
	frappe.db.commit()
	assert frappe.db.get_value("Dealer Vehicle", car.name, "recon_cost") == 95
	again = recon.start(car.name)
	assert again != doc.name
	with pytest.raises(DealerRefusal, match="Cancelled"):
		recon.finish_step(doc.name, house.key(doc, "Parts"))


def test_a_step_costs_what_its_repair_order_bills_to_the_house():
	billing.set_up(labor_rate_internal=100)
	car = house.bought()
	doc = house.recon_of(car)
	key = house.key(doc, "Mechanical")
	order = billing.ready([billing.work(hours=3, pay_type="Internal", department="Sales")], vehicle=car)
	other = billing.ready([billing.work()])
	with pytest.raises(DealerRefusal, match="repair order of"):
		recon.arrange(doc.name, key, {"repair_order": other.name})
	frappe.db.rollback()
	recon.arrange(doc.name, key, {"repair_order": order.name})
	recon.finish_step(doc.name, key)
	frappe.db.commit()
	doc.reload()
	assert house.step(doc, "Mechanical").cost == 0, "nothing is billed yet"
	billing.invoice(order)
	frappe.db.commit()
	doc.reload()
	billed = house.step(doc, "Mechanical").cost
	assert billed == 300
	assert frappe.db.get_value("Dealer Vehicle", car.name, "recon_cost") == 300
	journal = frappe.db.get_value(
		"Journal Entry", {"dealer_repair_order": order.name, "docstatus": 1}, "name"
	)
	frappe.get_doc("Journal Entry", journal).cancel()
	frappe.db.commit()
	assert frappe.db.get_value("Dealer Vehicle", car.name, "recon_cost") == 0


@pytest.mark.parametrize("_round", range(3))
def test_two_finish_the_last_step_at_the_same_instant(racers, _round):
	car = house.bought()
	doc = house.recon_of(car)
	house.finish_all(doc, but="Final check")
	key = house.key(doc, "Final check")
	finishes = racers.run(*(("recon_step", "finish_step", doc.name, key) for _number in range(2)))
	assert sorted(finish.won for finish in finishes) == [False, True], [finish.error for finish in finishes]
	loser = next(finish for finish in finishes if not finish.won)
	assert "ValidationError" in loser.kinds and ("Done" in loser.error or "Front-line Ready" in loser.error)
	frappe.db.rollback()
	events = house.showroom_events(car)
	assert (events.count("vehicle.recon_step_done"), events.count("vehicle.frontline_ready")) == (6, 1)


def test_the_last_two_steps_are_finished_at_the_same_instant(racers):
	car = house.bought()
	doc = house.recon_of(car)
	recon.skip_step(doc.name, house.key(doc, "Photos"), "Done already")
	frappe.db.commit()
	left = [house.key(doc, "Detail"), house.key(doc, "Final check")]
	for name in ("Inspection", "Mechanical", "Parts"):
		recon.finish_step(doc.name, house.key(doc, name), cost=10)
		frappe.db.commit()
	finishes = racers.run(*(("recon_step", "finish_step", doc.name, key) for key in left))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	frappe.db.rollback()
	assert house.recon_of(car).status == "Front-line Ready"
	assert house.showroom_events(car).count("vehicle.frontline_ready") == 1


def test_two_start_the_recon_of_one_car(racers):
	car = showroom.make_car()
	frappe.db.commit()
	finishes = racers.run(*(("start_recon", car.name) for _number in range(2)))
	assert all(finish.won for finish in finishes), [finish.error for finish in finishes]
	assert finishes[0].result == finishes[1].result
	frappe.db.rollback()
	assert frappe.db.count("Vehicle Recon", {"vehicle": car.name}) == 1

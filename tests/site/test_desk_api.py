"""What the screens ask for: the state of a deposit or a vehicle, a VIN, the words of rules, a promise's facts."""

from __future__ import annotations

import json

import frappe
import pytest
from frappe.utils import add_to_date, get_datetime, now_datetime

from dealer_pos_crm import boot
from dealer_pos_crm.api import deposit as deposit_api
from dealer_pos_crm.api import follow_up as follow_up_api
from dealer_pos_crm.api import rules as rules_api
from dealer_pos_crm.api import vehicle as vehicle_api
from dealer_pos_crm.dealer_crm import vocabulary
from dealer_pos_crm.dealer_setup import roles, settings
from dealer_pos_crm.domain.event import EVENT_TYPES
from dealer_pos_crm.domain.vin import make_vin
from tests.site import factories


@pytest.fixture(autouse=True)
def dealership(site: str) -> str:
	return factories.make_dealership()


def test_a_draft_shows_how_it_can_be_taken():
	cashier = factories.make_user(roles.CASHIER)
	draft = factories.make_deposit()
	with factories.logged_in(cashier):
		facts = deposit_api.get_overview(draft.name)
	assert facts["actions"] == ["Take"]
	assert {"Cash", "Card", "Check"} <= {mode.name for mode in facts["modes"]}
	assert facts["vehicle"]["title"].startswith("2019 Toyota Camry")
	assert facts["vehicle"]["hold"] is None


def test_the_usual_mode_is_the_one_this_person_took_last():
	cashier, prepared = factories.make_user(roles.CASHIER), factories.make_deposit()
	frappe.db.commit()
	with factories.logged_in(cashier):
		factories.take(prepared, [("Card", 500)])
	factories.take_new(tenders=[("Check", 500)])  # somebody else, later
	draft = factories.make_deposit()
	with factories.logged_in(cashier):
		assert deposit_api.get_overview(draft.name)["usual_mode"] == "Card"


def test_the_form_knows_who_must_be_asked():
	cashier, manager = factories.make_user(roles.CASHIER), factories.make_user(roles.SALES_MANAGER)
	deposit = factories.take_new(refundable="No")
	with factories.logged_in(cashier):
		asked = deposit_api.get_overview(deposit.name)["approval"]
	assert asked["Refund"] and asked["Refund above"] and asked["Forfeit"] and asked["Cancel"]
	with factories.logged_in(manager):
		asked = deposit_api.get_overview(deposit.name)["approval"]
	assert asked["Refund"] is None and asked["Forfeit"] is None and asked["Cancel"] is None
	assert asked["Refund above"]  # above the limit nobody pays back alone


def test_the_overview_names_people_and_who_waits():
	deposit = factories.take_new()
	waiting = factories.make_customer()
	frappe.get_doc(
		{"doctype": "Dealer Vehicle Waitlist", "vehicle": deposit.vehicle, "customer": waiting.name}
	).insert()
	facts = deposit_api.get_overview(deposit.name)
	assert [row.customer_name for row in facts["waiting"]] == [waiting.customer_name]
	assert facts["people"]["Administrator"] == "Administrator"
	assert facts["movements"][0].mode == "Cash"
	assert facts["vehicle"]["hold"].ours


def test_defaults_say_that_somebody_else_holds_the_vehicle():
	deposit = factories.take_new()
	found = deposit_api.defaults(factories.COMPANY, deposit.vehicle)
	assert found["vehicle"]["hold"].customer_name == deposit.customer_name
	assert not found["vehicle"]["hold"].ours
	assert found["terms"] == found["texts"][found["refundable"]]
	assert get_datetime(found["hold_until"]) > add_to_date(now_datetime(), days=6)


def test_a_customers_own_vehicle_is_not_held_by_default():
	vehicle = factories.make_vehicle(status="Customer-owned")
	found = deposit_api.defaults(factories.COMPANY, vehicle.name)
	assert found["hold_until"] is None
	assert found["vehicle"]["status"] == "Customer-owned"


def test_an_invoice_is_offered_deposits_for_its_vehicle_only():
	customer = factories.make_customer()
	one, other = factories.take_new(customer), factories.take_new(customer)
	rack = factories.take_new(customer, vehicle=False, amount=120)
	offered = deposit_api.for_invoice(customer.name, factories.COMPANY, one.vehicle)
	assert [row.name for row in offered] == [one.name, rack.name]
	offered = deposit_api.for_invoice(customer.name, factories.COMPANY)
	assert {row.name for row in offered} == {one.name, other.name, rack.name}


def test_a_vehicle_tells_its_hold_and_its_list():
	deposit = factories.take_new()
	state = vehicle_api.get_state(deposit.vehicle)
	assert state["hold"].deposit == deposit.name
	assert state["waiting"] == []


def test_a_vin_is_explained_not_refused():
	vin = make_vin("1HGCM8263A123456")
	assert vehicle_api.check_vin(vin)["problems"] == []
	typed = vehicle_api.check_vin(vin.lower().replace("1", "i", 1))
	assert typed["suggestion"] == vin
	assert typed["problems"][0]["severity"] == "Error"
	known = factories.make_vehicle()
	assert vehicle_api.check_vin(known.vin)["on_file"].name == known.name
	assert vehicle_api.check_vin(known.vin, known.name)["on_file"] is None  # itself does not count


def test_a_vin_is_not_explained_to_those_who_enter_no_vehicles():
	with factories.logged_in(factories.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		vehicle_api.check_vin("1HGCM82633A004352")


def test_every_event_has_a_name_and_those_that_happen_come_first():
	assert set(vocabulary.EVENT_NAMES) == EVENT_TYPES
	found = rules_api.options()
	marks = [row["recorded"] for row in found["events"]]
	assert marks == sorted(marks, reverse=True)
	assert {"deposit.taken", "vehicle.held", "customer.merged"} <= vocabulary.recorded() <= EVENT_TYPES


def test_what_rules_may_say_is_what_events_say():
	"""The facts offered for conditions and texts, against the events of a deposit's whole life."""
	customer = factories.make_customer()
	deposit = factories.take_new(customer)
	factories.act(deposit, "Refund", amount=100, reason="A part of it")
	rows = frappe.get_all("Customer Event", {"customer": customer.name}, ["event_type", "detail"])
	said = {row.event_type: set(json.loads(row.detail or "{}")) for row in rows}
	assert {"what", "kind", "mode"} <= said["deposit.taken"]
	assert {"what", "reason"} <= said["deposit.refunded"]
	assert {"what", "hold_until", "hold_until_text"} <= said["vehicle.held"]
	assert set(vocabulary.ANCHORS) & said["vehicle.held"] == {"hold_until"}


def test_a_promise_comes_with_its_facts():
	customer = factories.make_customer(mobile_no="+1 555 010 2233")
	deposit = factories.take_new(customer)
	name = frappe.db.get_value("Follow Up", {"deposit": deposit.name, "status": "Open"}, "name")
	facts = follow_up_api.get_facts(name)
	assert facts["whom"]["mobile_no"] == "+1 555 010 2233"
	assert facts["cause"]["event_type"] == "deposit.taken"
	assert facts["cause"]["reference_doctype"] == "Payment Entry"
	assert facts["deposit"].held_amount == 500
	assert facts["vehicle"]["name"] == deposit.vehicle
	assert facts["events"] and len(facts["events"]) <= 5


def test_desk_is_told_which_companies_are_dealerships(monkeypatch: pytest.MonkeyPatch):
	info = frappe._dict()
	boot.extend_bootinfo(info)
	assert factories.COMPANY in info.dealer["companies"]
	monkeypatch.setattr(boot, "companies", lambda: [])
	info = frappe._dict()
	boot.extend_bootinfo(info)
	assert "dealer" not in info  # a site without a dealership is told nothing
	assert settings.companies()

"""A salesperson's day: what is on it, whose it is, and what it costs."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.api import lead_desk
from dealer_pos_crm.dealer_crm.leads import panel, response
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom import day
from tests.site import factories as f
from tests.site import showroom as s
from tests.site.counting import statements


@pytest.fixture(scope="module", autouse=True)
def house(site):
	return s.set_up_showroom()


def waits(lead, minutes):
	since = now_datetime() - timedelta(minutes=minutes)
	values = {"dealer_waiting_since": since}
	for field, after in (("dealer_due_at", 5), ("dealer_warn_at", 15), ("dealer_escalate_at", 60)):
		values[field] = since + timedelta(minutes=after)
	frappe.db.set_value("Lead", lead.name, values)
	return lead.name


def test_the_most_urgent_lead_comes_first_with_what_is_left_of_its_time():
	me = f.make_user(roles.SALESPERSON)
	late, fresh, escalated = (
		waits(s.make_lead(lead_owner=me, dealer_wanted="2020 Fit"), minutes) for minutes in (8, 1, 80)
	)
	done = s.make_lead(lead_owner=me)
	response.responded(done.name, how="Call", by=me)
	other = s.make_lead(lead_owner=f.make_user(roles.SALESPERSON))
	with f.logged_in(me):
		told = day.load()
	assert [row.name for row in told["waiting"]] == [escalated, late, fresh]
	assert [row.urgency for row in told["waiting"]] == ["Escalated", "Late", "In Time"]
	assert told["waiting"][0].minutes_left in (-75, -76)
	assert told["waiting"][2].minutes_left in (3, 4)
	assert told["waiting"][0].what == "2020 Fit"
	assert [row.name for row in told["answered"]] == [done.name]
	assert other.name not in str(told)


def test_deals_say_what_is_missing_next():
	me = f.make_user(roles.SALESPERSON)
	deal = s.make_deal(salesperson=me)
	with f.logged_in(me):
		told = day.load()
	(row,) = told["deals"]
	assert row.name == deal.name
	assert row.next
	assert isinstance(row.missing, list)


def test_the_day_costs_the_same_however_much_there_is():
	few, many = f.make_user(roles.SALESPERSON), f.make_user(roles.SALESPERSON)
	for user, count in ((few, 1), (many, 6)):
		for _number in range(count):
			waits(s.make_lead(lead_owner=user), 3)
			s.make_deal(salesperson=user)
	found = {}
	for user in (few, many):
		with f.logged_in(user):
			day.load()  # permissions and settings are cached from now on
			with statements() as sent:
				day.load()
			found[user] = len(sent)
	assert found[few] == found[many]
	assert found[many] <= 14


def test_another_ones_day_is_a_managers():
	me, other = f.make_user(roles.SALESPERSON), f.make_user(roles.SALESPERSON)
	lead = waits(s.make_lead(lead_owner=other), 3)
	with f.logged_in(me), pytest.raises(frappe.PermissionError):
		lead_desk.get_day(other)
	with f.logged_in(s.sales_manager()):
		told = lead_desk.get_day(other)
	assert [row.name for row in told["waiting"]] == [lead]
	assert other in told["team"]


def test_who_sees_no_leads_sees_no_day():
	with f.logged_in(f.make_user(roles.TECHNICIAN)), pytest.raises(frappe.PermissionError):
		lead_desk.get_day()


def test_the_panel_of_a_lead_tells_its_clock_and_its_answers():
	me = f.make_user(roles.SALESPERSON)
	lead = s.make_lead(lead_owner=me)
	with f.logged_in(me):
		told = lead_desk.get_response(lead.name)
		assert told["waiting"]["urgency"] == "In Time"
		assert told["first"] is None
		lead_desk.log_contact(lead.name, "Text", "Comes at six", client_key=f.key())
		told = panel.load(lead.name)
	assert told["waiting"] is None
	assert told["first"]["by"] == me
	assert {step.kind for step in told["steps"]} >= {"lead.received", "lead.assigned", "lead.responded"}
	assert next(step for step in told["steps"] if step.kind == "lead.responded").how == "Text"


def test_contact_is_logged_by_who_may_write_the_lead():
	lead = s.make_lead()
	with f.logged_in(f.make_user(roles.CASHIER)), pytest.raises(frappe.PermissionError):
		lead_desk.log_contact(lead.name, "Call")

"""The service lane's rules on a site: whom they go to, what ends them, and how they came to older sites."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, rules, vocabulary
from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.domain.default_rules import DEFAULT_RULES
from dealer_pos_crm.domain.default_service_rules import SERVICE_RULES
from dealer_pos_crm.patches.v0_2 import cancelled_deposits_end_promises, rules_of_the_service_lane
from tests.site import factories as f

ASK = "Job: ask for the answer"
SAVE = "No-show: save it the same day"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture(scope="module")
def advisor(dealership):
	user = f.make_user(roles.ADVISOR, "ada.advisor")
	frappe.db.commit()
	return user


@pytest.fixture
def lane(advisor):
	"""Steps of a lane as its documents would write them, all by one advisor for one customer's car."""
	customer, vehicle = f.make_customer(), f.make_vehicle()

	def step(kind, number="1", **values):
		values = {"customer": customer.name, "vehicle": vehicle.name, "actor": advisor, **values}
		facts = {"what": vehicle.title, "service": "Brake pads", **values.pop("facts", {})}
		if kind.startswith(("ro.", "job.", "part.")):
			values.setdefault("repair_order", f"RO-{vehicle.name}")
		key = log.write(
			kind,
			title=kind,
			company=f.COMPANY,
			reference=("Repair Order", f"RO-{vehicle.name}"),
			job_no=int(number) if kind.startswith("job.") else None,
			facts=facts,
			**values,
		)
		frappe.db.commit()
		return key

	step.customer, step.vehicle = customer, vehicle
	return step


def promises(customer, rule):
	follow_ups.open_due()
	frappe.db.commit()
	return frappe.get_all(
		"Follow Up", {"customer": customer.name, "rule": rule}, ["*"], order_by="cause_at, name"
	)


def test_an_answer_ends_the_asking_for_its_own_job_only(lane):
	before = now_datetime() - timedelta(days=3)
	lane("job.recommended", "1", at=before)
	lane("job.recommended", "2", at=before)
	first, second = promises(lane.customer, ASK)
	assert {first.status, second.status} == {"Open"}
	answer = lane("job.approved", "2")
	assert [row.status for row in promises(lane.customer, ASK)] == ["Open", "Stopped"]
	assert frappe.db.get_value("ToDo", second.todo, "status") == "Closed"
	lane("job.withdrawn", "2", reverses=answer)
	assert [row.status for row in promises(lane.customer, ASK)] == ["Open", "Open"]
	lane("ro.cancelled")
	assert [row.status for row in promises(lane.customer, ASK)] == ["Stopped", "Stopped"]


def test_a_no_show_goes_to_the_advisor_unless_the_customer_has_somebody(lane, advisor):
	lane("appointment.missed", appointment="APT-A")
	assert [row.owner_user for row in promises(lane.customer, SAVE)] == [advisor]
	own = f.make_user(roles.ADVISOR, "olga.owner")
	lane.customer.db_set("dealer_service_owner", own)
	lane("appointment.missed", appointment="APT-B")
	assert sorted(row.owner_user for row in promises(lane.customer, SAVE)) == sorted([advisor, own])


def test_a_new_appointment_saves_the_no_show(lane):
	lane("appointment.missed", appointment="APT-A")
	lane("appointment.booked", appointment="APT-B", vehicle=f.make_vehicle().name)
	assert [row.status for row in promises(lane.customer, SAVE)] == ["Open"]
	key = lane("appointment.booked", appointment="APT-C")
	(row,) = promises(lane.customer, SAVE)
	assert (row.status, row.stopped_by) == ("Stopped", key)


def test_the_lane_is_a_contact_that_keeps_a_letter_back(lane):
	"""Yellow work is written about after ten days, not to somebody who was here yesterday."""
	rule = "Declined, yellow: write after ten days"
	past = now_datetime() - timedelta(days=11)
	lane("job.declined", declined_service="DS-A", at=past, facts={"severity": "Yellow"})
	lane("ro.opened", at=now_datetime() - timedelta(days=1), repair_order="RO-OTHER")
	(row,) = promises(lane.customer, rule)
	assert row.status == "Suppressed" and "contact" in row.reason


def test_every_rule_of_the_lane_is_there_as_shipped():
	shipped = {rule.name: rule for rule in SERVICE_RULES}
	there = {rule.name: rule for rule in rules.all_rules() if rule.name in shipped}
	assert there == shipped


def test_the_form_offers_what_the_rules_use():
	found = vocabulary.options()
	facts = {row["value"] for row in found["facts"]}
	anchors = {row["value"] for row in found["anchors"]}
	for rule in DEFAULT_RULES:
		used = {condition.field for condition in rule.conditions} | {rule.stops_share}
		assert used - {None} <= facts, rule.name
		assert rule.anchor is None or rule.anchor in anchors
	assert {rule.event_type for rule in SERVICE_RULES} <= vocabulary.recorded()


# --- patches ---------------------------------------------------------------------------------------------


def snapshot():
	frappe.db.commit()
	return sorted(
		(doc.name, doc.title, doc.enabled, str(doc.modified), sorted(row.event_type for row in doc.stops))
		for doc in (
			frappe.get_doc("Follow Up Rule", name) for name in frappe.get_all("Follow Up Rule", pluck="name")
		)
	)


@pytest.fixture
def back_again():
	"""The shipped rules as they were, whatever a test did to them."""
	yield
	frappe.db.rollback()
	for rule in DEFAULT_RULES:
		if frappe.db.exists("Follow Up Rule", rule.name):
			doc = frappe.get_doc("Follow Up Rule", rule.name)
			doc.update(rules.as_document(rule))
			doc.save()
		else:
			frappe.get_doc(rules.as_document(rule)).insert()
	frappe.db.commit()


def test_patches_change_nothing_on_a_site_that_has_it_all():
	before = snapshot()
	cancelled_deposits_end_promises.execute()
	rules_of_the_service_lane.execute()
	assert snapshot() == before


def test_missing_rules_of_the_lane_come_and_edited_ones_stay(back_again):
	frappe.delete_doc("Follow Up Rule", ASK)
	edited = frappe.get_doc("Follow Up Rule", SAVE)
	edited.update({"title": "Ring them", "enabled": 0, "stops": []})
	edited.save()
	frappe.delete_doc("Follow Up Rule", "Refund: look at the reason")  # a manager did not want it
	before = {row[0]: row for row in snapshot()}
	rules_of_the_service_lane.execute()
	after = {row[0]: row for row in snapshot()}
	assert set(after) - set(before) == {ASK}
	assert after[SAVE] == before[SAVE]


def test_a_cancelled_deposit_comes_beside_a_refunded_one_and_nowhere_else(back_again):
	step = frappe.get_doc("Follow Up Rule", "Deposit: agree the next step")
	step.update({"title": "Ours", "stops": [{"event_type": "deposit.refunded"}]})
	step.save()
	hold = frappe.get_doc("Follow Up Rule", "Hold: has ended")
	hold.set("stops", [{"event_type": "vehicle.held"}])  # edited away
	hold.save()
	cancelled_deposits_end_promises.execute()
	after = {row[0]: row for row in snapshot()}
	assert after[step.name][4] == ["deposit.cancelled", "deposit.refunded"] and after[step.name][1] == "Ours"
	assert after[hold.name][4] == ["vehicle.held"]
	once = snapshot()
	cancelled_deposits_end_promises.execute()
	assert snapshot() == once

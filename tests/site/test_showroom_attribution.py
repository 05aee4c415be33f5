"""What is told of a lead that nobody knows yet, and what becomes of it when the lead is a customer."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, rules, timeline
from dealer_pos_crm.dealer_crm.attribution import attribute
from dealer_pos_crm.dealer_crm.export import history
from dealer_pos_crm.dealer_crm.follow_up_view import facts
from dealer_pos_crm.dealer_crm.rebuild import Rebuild
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.domain.default_service_rules import IN_SERVICE, SERVICE_RULES
from dealer_pos_crm.domain.default_showroom_rules import SHOWROOM_RULES
from dealer_pos_crm.patches.v0_3 import rules_of_the_showroom
from tests.site import factories as f
from tests.site import showroom as s

BE_BACK = "Be-back: call the next day"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return s.set_up_showroom()


@pytest.fixture
def lead():
	doc = s.make_lead()
	frappe.db.commit()
	return doc


def told(kind, lead=None, customer=None, at=None, reference=None, **more):
	key = log.write(
		kind,
		title=kind,
		customer=customer,
		company=s.COMPANY,
		reference=reference or ("Lead", lead),
		lead=lead,
		actor=s.salesperson(),
		at=at or now_datetime(),
		**{"facts": {"what": "2021 Camry", "outcome": "Thinking"}, **more},
	)
	frappe.db.commit()
	return key


def promise(lead, rule):
	(name,) = frappe.get_all("Follow Up", {"lead": lead, "rule": rule}, pluck="name")
	return frappe.get_doc("Follow Up", name)


def differences():
	rebuild = Rebuild(check=True, restart=True)
	for _rows in rebuild.run():
		pass
	return rebuild.report.lines


def ago(**span):
	return now_datetime() - timedelta(**span)


def test_a_lead_is_told_of_without_a_customer(lead):
	told("visit.made", lead.name)
	rows = frappe.get_all("Customer Event", {"lead": lead.name}, ["customer", "event_type"])
	assert {row.customer for row in rows} == {None}
	assert {"lead.received", "visit.made"} <= {row.event_type for row in rows}
	assert differences() == []


def test_the_customer_is_put_on_all_of_it_and_the_rebuild_agrees(lead):
	told("visit.made", lead.name)
	told("visit.ended", lead.name)
	customer = f.make_customer().name
	attribute(lead.name, customer)
	frappe.db.commit()
	for doctype in ("Customer Event", "Showroom Log", "Follow Up"):
		rows = frappe.get_all(doctype, {"lead": lead.name}, pluck="customer")
		assert rows and set(rows) == {customer}, doctype
	assert differences() == []
	before = frappe.get_all("Follow Up", {"lead": lead.name}, ["*"], order_by="name")
	attribute(lead.name, customer)  # once more changes nothing
	assert frappe.get_all("Follow Up", {"lead": lead.name}, ["*"], order_by="name") == before


def test_what_named_a_customer_stays_theirs(lead):
	other, customer = f.make_customer().name, f.make_customer().name
	key = told("visit.made", lead.name, other)
	attribute(lead.name, customer)
	assert frappe.db.get_value("Customer Event", {"event_key": key}, "customer") == other


def test_what_the_customer_did_in_the_meantime_ends_the_promise(lead):
	customer = f.make_customer().name
	told("visit.ended", lead.name, at=ago(hours=3))
	visit = told("visit.made", customer=customer, at=ago(hours=1), reference=("Customer", customer))
	assert promise(lead.name, BE_BACK).status == "Planned"
	attribute(lead.name, customer)
	row = promise(lead.name, BE_BACK)
	assert (row.status, row.stopped_by) == ("Stopped", visit)
	assert (row.subject_kind, row.subject_name) == ("customer", customer)


def test_an_open_task_says_the_customer_instead_of_the_lead(lead):
	told("visit.ended", lead.name, at=ago(days=5))
	follow_ups.open_due()
	row = promise(lead.name, BE_BACK)
	assert row.status == "Open" and row.owner_user == s.salesperson()
	task = frappe.db.get_value("ToDo", row.todo, "description")
	assert lead.name in task
	customer = f.make_customer()
	attribute(lead.name, customer.name)
	row = promise(lead.name, BE_BACK)
	assert (row.status, row.customer, row.subject_kind) == ("Open", customer.name, "customer")
	task = frappe.db.get_value("ToDo", row.todo, "description")
	assert customer.name in task and lead.name not in task


def test_caps_count_what_the_lead_was_called_about():
	"""A cap is one of a person: what was opened for the lead counts for the customer."""
	rule = "Lead lost: try again after a month"
	first, second = f.unique("LEAD"), f.unique("LEAD")  # long ago: they came in before they were lost
	customer = f.make_customer().name
	told("lead.lost", first, at=ago(days=33))
	follow_ups.open_due()
	assert promise(first, rule).status == "Open"
	attribute(first, customer)
	told("lead.lost", second, customer, at=ago(days=31))
	follow_ups.open_due()
	row = promise(second, rule)
	assert row.status == "Suppressed" and "cap" in row.reason.lower()
	for doctype in ("Showroom Log", "Customer Event", "Follow Up"):
		frappe.db.delete(doctype, {"lead": ("in", (first, second))})
	frappe.db.commit()


def test_the_form_shows_the_lead_until_there_is_a_customer(lead):
	told("visit.ended", lead.name, at=ago(days=5))
	row = promise(lead.name, BE_BACK)
	shown = facts(row.name)
	assert (shown["whom"]["kind"], shown["whom"]["name"]) == ("Lead", lead.name)
	assert shown["whom"]["mobile_no"] == lead.mobile_no
	assert shown["held"] == [] and shown["events"]
	attribute(lead.name, f.make_customer().name)
	shown = facts(row.name)
	assert shown["whom"]["kind"] == "Customer"
	assert shown["lead"]["name"] == lead.name


def test_the_form_shows_the_car_of_nobody():
	car = s.make_car()
	told("vehicle.frontline_ready", vehicle=car.name, reference=("Dealer Vehicle", car.name))
	(name,) = frappe.get_all("Follow Up", {"vehicle": car.name}, pluck="name")
	shown = facts(name)
	assert (shown["whom"]["kind"], shown["whom"]["title"]) == ("Dealer Vehicle", car.title)
	follow_ups.open_due()
	row = frappe.get_doc("Follow Up", name)
	assert row.status == "Open"
	assert car.name in follow_ups.task_text(row)


def test_the_lead_s_timeline_is_the_customer_s_too(lead):
	told("visit.made", lead.name)
	of_lead = timeline.get_timeline("Lead", lead.name)
	assert any("visit.made" in line["content"] for line in of_lead)
	customer = f.make_customer().name
	attribute(lead.name, customer)
	of_customer = [line["content"] for line in timeline.get_timeline("Customer", customer)]
	assert [line["content"] for line in of_lead] == of_customer


def test_a_name_with_markup_does_not_become_markup_in_the_task(lead):
	row = frappe._dict(title="<b>x</b>", talking_points="", customer=None, lead=lead.name, vehicle=None)
	frappe.db.set_value("Lead", lead.name, "title", "<img src=x onerror=alert(1)>")
	text = follow_ups.task_text(row)
	assert "<img" not in text and "<b>x" not in text


def test_the_export_names_who_has_a_lead_of_nobody(lead):
	told("visit.made", lead.name)
	(event,) = [e for e in history() if e.lead == lead.name and e.type == "visit.made"]
	assert event.customer == ""
	assert event.facts["sales_owner"] == lead.lead_owner
	attribute(lead.name, f.make_customer().name)
	(event,) = [e for e in history() if e.lead == lead.name and e.type == "visit.made"]
	assert event.customer.startswith("C-")


# --- rules on sites that had the app before ------------------------------------------------------------------


def documents():
	return {doc.name: doc for doc in (frappe.get_doc("Follow Up Rule", n) for n in _names())}


def _names():
	return frappe.get_all("Follow Up Rule", pluck="name", order_by="name")


def test_every_rule_of_the_showroom_is_there_as_shipped():
	shipped = {rule.name: rule for rule in SHOWROOM_RULES}
	assert {rule.name: rule for rule in rules.all_rules() if rule.name in shipped} == shipped


def test_the_patch_changes_nothing_on_a_site_that_has_it_all():
	before = {name: str(doc.modified) for name, doc in documents().items()}
	rules_of_the_showroom.execute()
	assert {name: str(doc.modified) for name, doc in documents().items()} == before


def test_older_rules_about_appointments_become_the_lane_s():
	changed = [rule.name for rule in SERVICE_RULES if IN_SERVICE in rule.conditions]
	assert len(changed) == 5
	for name in changed:
		doc = frappe.get_doc("Follow Up Rule", name)
		doc.set("conditions", [row for row in doc.conditions if row.fieldname != "department"])
		doc.title = f"Ours: {doc.title}"[:140]
		doc.save()
	frappe.delete_doc("Follow Up Rule", BE_BACK)
	frappe.db.set_value("Follow Up Rule", changed[0], "enabled", 0)
	try:
		rules_of_the_showroom.execute()
		rules_of_the_showroom.execute()
		after = documents()
		assert BE_BACK in after
		for name in changed:
			said = [(row.fieldname, row.value) for row in after[name].conditions]
			assert said.count(("department", "Service")) == 1
			assert after[name].title.startswith("Ours: ")
		assert after[changed[0]].enabled == 0
	finally:
		frappe.db.rollback()
		rules.forget()

"""Somebody leaves: what they looked after goes to others, whole, logged, and again without harm."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.api import lead_desk
from dealer_pos_crm.dealer_crm import follow_ups, reassign
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import showroom as s

ALL = ["customers_sales", "customers_service", "customers_bdc", "leads", "deals", "appointments", "promises"]


@pytest.fixture(scope="module", autouse=True)
def house(site):
	return s.set_up_showroom()


@pytest.fixture
def leaver():
	return f.make_user(roles.SALESPERSON)


def promise(user, customer):
	now = now_datetime()
	doc = frappe.get_doc(
		{
			"doctype": "Follow Up",
			"title": "Call them",
			"status": "Open",
			"rule": frappe.db.get_value("Follow Up Rule", {}, "name"),
			"company": s.COMPANY,
			"department": "Sales",
			"customer": customer,
			"subject_kind": "customer",
			"subject_name": customer,
			"opens_at": now,
			"opened_at": now,
			"due_at": now + timedelta(days=1),
			"cause_at": now,
			"follow_up_key": f.key(),
		}
	)
	doc.flags.of_the_promise = True
	doc.insert()
	follow_ups.give_task(doc.name, user)
	return doc.name


def furnish(leaver, customers=3):
	"""Customers, leads, a deal and a promise of somebody."""
	names = [f.make_customer(dealer_sales_owner=leaver).name for _number in range(customers)]
	leads = [s.make_lead(lead_owner=leaver) for _number in range(2)]
	frappe.db.set_value("Lead", leads[0].name, "dealer_customer", names[0])
	deal = s.make_deal(customer=frappe.get_doc("Customer", names[1]), salesperson=leaver)
	return names, leads, deal, promise(leaver, names[2])


def owner_of(customer):
	return frappe.db.get_value("Customer", customer, "dealer_sales_owner")


def test_counts_say_what_somebody_has(leaver):
	furnish(leaver)
	found = reassign.owned_by(leaver)
	assert (found["customers_sales"], found["leads"], found["deals"]) == (3, 2, 1)
	assert found["promises"] >= 1
	assert found["repair_orders"] == 0


def test_everything_goes_to_several_and_one_customers_things_stay_together(leaver):
	customers, leads, deal, task = furnish(leaver)
	first, second = f.make_user(roles.SALESPERSON), f.make_user(roles.SALESPERSON)
	with f.logged_in(s.sales_manager()):
		answer = reassign.hand_over(leaver, to=[first, second], what=ALL, reason="Left the house")
	assert answer["left"] == []
	assert sum(reassign.owned_by(leaver).values()) == 0
	owners = [owner_of(name) for name in customers]
	assert {owners.count(first), owners.count(second)} == {1, 2}
	assert frappe.db.get_value("Lead", leads[0].name, "lead_owner") == owners[0]
	assert frappe.db.get_value("Deal Jacket", deal.name, "salesperson") == owners[1]
	assert frappe.db.get_value("Follow Up", task, "owner_user") == owners[2]


def test_each_change_is_told_where_one_looks_for_it(leaver):
	customers, leads, deal, _task = furnish(leaver, customers=3)
	taker = f.make_user(roles.SALESPERSON)
	reassign.hand_over(leaver, to=[taker], what=ALL, reason="Left the house")
	version = frappe.get_last_doc("Version", {"ref_doctype": "Customer", "docname": customers[0]})
	assert ["dealer_sales_owner", leaver, taker] in frappe.parse_json(version.data)["changed"]
	kinds = frappe.get_all("Showroom Log", {"lead": leads[1].name, "actor": taker}, pluck="kind")
	assert "lead.assigned" in kinds
	assert frappe.db.exists("Showroom Log", {"deal": deal.name, "kind": "deal.assigned", "actor": taker})
	comment = frappe.get_last_doc("Comment", {"reference_doctype": "User", "reference_name": leaver})
	assert "Left the house" in comment.content


def test_a_second_time_changes_nothing(leaver):
	customers, *_rest = furnish(leaver)
	taker, other = f.make_user(roles.SALESPERSON), f.make_user(roles.SALESPERSON)
	reassign.hand_over(leaver, to=[taker], what=ALL, reason="Left the house")
	again = reassign.hand_over(leaver, to=[other], what=ALL, reason="Left the house")
	assert again == {"done": {}, "left": []}
	assert owner_of(customers[0]) == taker


def test_only_what_was_chosen(leaver):
	customers, leads, _deal, _task = furnish(leaver)
	taker = f.make_user(roles.SALESPERSON)
	reassign.hand_over(leaver, to=[taker], what=["leads"], reason="Holiday")
	assert frappe.db.get_value("Lead", leads[0].name, "lead_owner") == taker
	assert owner_of(customers[0]) == leaver


def test_one_document_that_refuses_keeps_no_other(leaver, monkeypatch):
	_customers, leads, _deal, _task = furnish(leaver)
	taker = f.make_user(roles.SALESPERSON)
	give = reassign.routing.give

	def refuses(lead, user, reason=None):
		give(lead, user, reason)
		if lead == leads[0].name:
			frappe.throw("not this one")

	monkeypatch.setattr(reassign.routing, "give", refuses)
	answer = reassign.hand_over(leaver, to=[taker], what=["leads"], reason="Left the house")
	assert [row["name"] for row in answer["left"]] == [leads[0].name]
	assert "not this one" in answer["left"][0]["why"]
	assert frappe.db.get_value("Lead", leads[0].name, "lead_owner") == leaver, "half done"
	assert frappe.db.get_value("Lead", leads[1].name, "lead_owner") == taker


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"to": []}, "who takes"),
		({"what": []}, "what is handed over"),
		({"what": ["houses"]}, "what is handed over"),
		({"reason": " "}, "why"),
	],
)
def test_what_is_not_said_is_asked_for(leaver, values, says):
	asked = {"to": [f.make_user(roles.SALESPERSON)], "what": ["leads"], "reason": "Left", **values}
	with pytest.raises(frappe.ValidationError, match=says):
		reassign.start(leaver, **asked)


def test_not_to_themselves_and_not_to_somebody_disabled(leaver):
	with pytest.raises(frappe.ValidationError, match="themselves"):
		reassign.start(leaver, [leaver], ["leads"], "Left")
	gone = f.make_user(roles.SALESPERSON)
	frappe.db.set_value("User", gone, "enabled", 0)
	frappe.clear_document_cache("User", gone)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		reassign.start(leaver, [gone], ["leads"], "Left")


def test_only_managers_hand_over(leaver):
	with f.logged_in(f.make_user(roles.SALESPERSON)):
		with pytest.raises(frappe.PermissionError):
			lead_desk.get_owned(leaver)
		with pytest.raises(frappe.PermissionError):
			lead_desk.hand_over(leaver, ["x"], ["leads"], "because")


def test_much_is_a_job_that_begins_again_where_it_stopped(leaver, monkeypatch):
	customers = [f.make_customer(dealer_sales_owner=leaver).name for _number in range(7)]
	frappe.db.commit()
	first, second = f.make_user(roles.SALESPERSON), f.make_user(roles.SALESPERSON)
	frappe.db.commit()
	monkeypatch.setattr(reassign, "IN_REQUEST", 3)
	monkeypatch.setattr(reassign, "BATCH", 2)
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	answer = reassign.start(leaver, [first, second], ["customers_sales"], "Left the house")
	assert answer["queued"] is True
	(method, values) = queued[0]
	assert method == "dealer_pos_crm.dealer_crm.reassign.work"
	assert values["deduplicate"]
	arguments = {name: values[name] for name in ("user", "to", "what", "reason", "told")}

	hand, calls = reassign._hand, []

	def dies(*args):
		calls.append(args)
		if len(calls) == 2:
			raise RuntimeError("the worker was killed")
		return hand(*args)

	monkeypatch.setattr(reassign, "_hand", dies)
	with pytest.raises(RuntimeError):
		reassign.work(**arguments)
	frappe.db.rollback()
	handed = [name for name in customers if owner_of(name) != leaver]
	assert len(handed) == 2, "a batch is whole or not at all"
	assert reassign.overview(leaver)["running"] is False
	monkeypatch.setattr(reassign, "_hand", hand)
	assert reassign.work(**arguments)["done"] == {"customers_sales": 5}
	owners = [owner_of(name) for name in customers]
	assert leaver not in owners
	assert set(owners) == {first, second}

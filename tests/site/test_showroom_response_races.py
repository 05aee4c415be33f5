"""Two at the same instant: two leads go to two people, one answer is told once, one thing has one owner."""

import frappe
import pytest

from dealer_pos_crm.dealer_crm import reassign
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import showroom as s
from tests.site.racers import Racers

ROUNDS = range(4)


@pytest.fixture(scope="module", autouse=True)
def house(site):
	s.set_up_showroom()
	frappe.db.delete("Lead Routing Rule", {"company": s.COMPANY})
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.db.delete("Lead Routing Rule", {"company": s.COMPANY})
	frappe.db.commit()


@pytest.fixture(scope="module")
def racers(site, house):
	found = Racers(site)
	yield found
	found.close()


def nobodys_lead():
	"""A lead on file that nobody has yet."""
	lead = s.make_lead()
	frappe.db.set_value("Lead", lead.name, "lead_owner", None)
	return lead.name


def test_two_leads_at_one_instant_go_to_two_people(racers):
	users = [f.make_user(roles.SALESPERSON) for _number in range(2)]
	frappe.get_doc(
		{
			"doctype": "Lead Routing Rule",
			"title": f.unique("Round"),
			"company": s.COMPANY,
			"members": [{"user": user} for user in users],
		}
	).insert()
	for _round in ROUNDS:
		leads = [nobodys_lead(), nobodys_lead()]
		frappe.db.commit()
		finishes = racers.run(*(("route_lead", lead) for lead in leads))
		assert [finish.error for finish in finishes] == ["", ""]
		frappe.db.rollback()
		owners = [frappe.db.get_value("Lead", lead, "lead_owner") for lead in leads]
		assert sorted(owners) == sorted(users)


def test_two_answers_at_one_instant_are_told_once(racers):
	users = [f.make_user(roles.SALESPERSON) for _number in range(2)]
	for _round in ROUNDS:
		lead = s.make_lead(lead_owner=users[0])
		frappe.db.commit()
		finishes = racers.run(*(("answer_lead", lead.name, "Call", f.key(), user) for user in users))
		assert [finish.error for finish in finishes] == ["", ""]
		frappe.db.rollback()
		assert frappe.db.count("Showroom Log", {"lead": lead.name, "kind": "lead.responded"}) == 1
		assert frappe.db.count("Communication", {"reference_name": lead.name}) == 2, "both were there"
		assert sorted(finish.result["answered"] for finish in finishes) == [False, True]


def test_a_double_click_logs_one_contact(racers):
	user = f.make_user(roles.SALESPERSON)
	for _round in ROUNDS:
		lead, key = s.make_lead(lead_owner=user), f.key()
		frappe.db.commit()
		finishes = racers.run(*(("answer_lead", lead.name, "Call", key, user) for _click in range(2)))
		assert [finish.error for finish in finishes] == ["", ""]
		frappe.db.rollback()
		assert frappe.db.count("Communication", {"reference_name": lead.name}) == 1


def test_two_managers_hand_over_the_same_things(racers):
	takers = [f.make_user(roles.SALESPERSON) for _number in range(2)]
	for _round in ROUNDS:
		leaver = f.make_user(roles.SALESPERSON)
		customers = [f.make_customer(dealer_sales_owner=leaver).name for _number in range(6)]
		leads = [s.make_lead(lead_owner=leaver).name for _number in range(3)]
		frappe.db.commit()
		what = ["customers_sales", "leads"]
		finishes = racers.run(*(("hand_over_all", leaver, [taker], what) for taker in takers))
		for finish in finishes:
			assert finish.won or "TryAgain" in finish.kinds, finish.error
		frappe.db.rollback()
		assert sum(reassign.owned_by(leaver).values()) == 0
		owners = {frappe.db.get_value("Customer", name, "dealer_sales_owner") for name in customers}
		assert owners <= set(takers)
		for name in customers:
			versions = frappe.get_all("Version", {"ref_doctype": "Customer", "docname": name}, pluck="data")
			assert sum("dealer_sales_owner" in data for data in versions) == 1
		for name in leads:
			assert frappe.db.count("Showroom Log", {"lead": name, "kind": "lead.assigned"}) == 2

"""Leads: received once by whatever way, matched with a reason, lost, opened again, converted, merged, deleted."""

import frappe
import pytest
from frappe.utils import add_days, now_datetime

from dealer_pos_crm.api import lead as api
from dealer_pos_crm.dealer_crm.leads import converting, matching, points, receiving
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.domain.refusal import Refused
from tests.site import factories as f
from tests.site import leads as made
from tests.site import showroom


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return showroom.set_up_showroom()


def values_of(person: made.Person, **values) -> dict:
	return {
		"company": showroom.COMPANY,
		"first_name": person.first,
		"last_name": person.last,
		"email_id": person.email,
		"mobile_no": person.phone,
		"dealer_wanted": "2019 Toyota Camry",
		**values,
	}


def asks(person: made.Person | None = None, **values):
	name = receiving.receive(values_of(person or made.Person(), **values))
	frappe.db.commit()
	return frappe.get_doc("Lead", name)


def known(person: made.Person, **values):
	"""A customer on file with a contact and an address."""
	customer = f.make_customer(f"{person.first} {person.last}", **values)
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": person.first,
			"last_name": person.last,
			"email_ids": [{"email_id": person.email, "is_primary": 1}] if person.email else [],
			"phone_nos": [{"phone": person.phone, "is_primary_mobile_no": 1}] if person.phone else [],
			"links": [{"link_doctype": "Customer", "link_name": customer.name}],
		}
	).insert()
	frappe.db.commit()
	customer.flags.contact = contact
	return customer


def long_ago(lead, days: int = 200) -> None:
	at = add_days(now_datetime(), -days)
	frappe.db.set_value(
		"Lead",
		lead.name,
		{"creation": at, "dealer_received_at": at, "dealer_last_contact_at": at},
		update_modified=False,
	)
	frappe.db.commit()


def reason(needs_note: int = 0) -> str:
	name = f"Bought elsewhere {needs_note}"
	if not frappe.db.exists("Deal Lost Reason", name):
		frappe.get_doc(
			{"doctype": "Deal Lost Reason", "reason": name, "needs_note": needs_note, "enabled": 1}
		).insert()
		frappe.db.commit()
	return name


def elsewhere() -> str:
	"""A company that is no dealership."""
	name = "Somewhere Else"
	if not frappe.db.exists("Company", name):
		frappe.get_doc(
			{
				"doctype": "Company",
				"company_name": name,
				"abbr": "SE",
				"default_currency": "USD",
				"country": "United States",
			}
		).insert()
		frappe.db.commit()
	return name


# Received


def test_by_hand_it_is_received_given_and_timed_once() -> None:
	lead = showroom.make_lead()
	frappe.db.commit()
	lead.reload()
	assert lead.dealer_received_at and lead.dealer_due_at and lead.dealer_state == "New"
	assert lead.dealer_match == matching.NOBODY
	lead.job_title = "Teacher"
	lead.save()
	receiving.begin(lead)
	assert made.kinds(lead.name).count("lead.received") == 1


def test_where_there_is_no_dealership_nothing_happens() -> None:
	lead = frappe.get_doc(
		{"doctype": "Lead", "first_name": f.unique("Nobody"), "company": elsewhere()}
	).insert()
	lead.job_title = "Teacher"
	lead.save()
	lead.reload()
	assert not made.kinds(lead.name) and not lead.dealer_received_at and not lead.dealer_match
	lead.delete()


def test_its_company_is_chosen_later() -> None:
	lead = frappe.get_doc({"doctype": "Lead", "first_name": f.unique("Late")})
	lead.company = ""
	lead.insert()
	assert not made.kinds(lead.name)
	lead.company = showroom.COMPANY
	lead.save()
	assert made.kinds(lead.name).count("lead.received") == 1


def test_nobody_outside_is_asked_for_a_portrait(monkeypatch) -> None:
	import requests

	def outside(*_args, **_values):
		raise AssertionError("the network was used")

	monkeypatch.setattr(requests, "get", outside)
	monkeypatch.setattr(requests.Session, "request", outside)
	lead = asks()
	assert lead.email_id and not frappe.flags.in_import
	with pytest.raises(frappe.ValidationError):
		receiving.receive(values_of(made.Person(email="not an address")))
	assert not frappe.flags.in_import, "also when the lead was refused"


def test_the_same_person_within_the_days_is_the_same_lead() -> None:
	person = made.Person()
	first = asks(person)
	car = showroom.make_car()
	again = asks(
		person, dealer_vehicle=car.name, dealer_wanted="2019 Toyota Camry", dealer_comments="Still there?"
	)
	assert again.name == first.name and again.dealer_vehicle == car.name
	assert "Still there?" in again.dealer_comments
	assert made.kinds(first.name).count("lead.asked") == 1
	assert "lead.reopened" not in made.kinds(first.name)


def test_by_phone_and_name_it_is_the_same_lead_too() -> None:
	person = made.Person()
	first = asks(person, email_id="")
	digits = "".join(letter for letter in person.phone if letter.isdigit())
	again = asks(person, email_id="", mobile_no=f"+1 {digits}")
	assert again.name == first.name


def test_a_family_shares_a_phone_and_has_two_leads() -> None:
	person = made.Person()
	first = asks(person, email_id="")
	other = asks(person, email_id="", first_name="Zachary")
	assert other.name != first.name


def test_later_the_standing_lead_is_opened_again() -> None:
	person = made.Person()
	first = asks(person)
	long_ago(first)
	again = asks(person)
	assert again.name == first.name and again.dealer_state == "New"
	assert [kind for kind in made.kinds(first.name) if kind in ("lead.reopened", "lead.asked")] == [
		"lead.reopened",
		"lead.asked",
	]
	assert again.dealer_waiting_since


def test_who_was_lost_and_asks_again_is_alive() -> None:
	person = made.Person()
	lead = asks(person)
	receiving.lose(lead.name, reason())
	frappe.db.commit()
	again = asks(person)
	assert again.name == lead.name and again.dealer_state == "New" and not again.dealer_lost_reason
	lost, opened = (
		frappe.db.get_value(
			"Customer Event", {"lead": lead.name, "event_type": kind}, ["event_key", "reverses"]
		)
		for kind in ("lead.lost", "lead.reopened")
	)
	assert opened[1] == lost[0]


def test_a_lead_of_another_company_is_explained() -> None:
	person = made.Person()
	frappe.get_doc(
		{"doctype": "Lead", "first_name": "Ann", "email_id": person.email, "company": showroom.COMPANY}
	).insert()
	other = elsewhere()
	frappe.db.set_value("Lead", {"email_id": person.email}, "company", other)
	with pytest.raises(Refused, match="CRM Settings"):
		receiving.receive(values_of(person))
	frappe.db.rollback()


def test_a_lead_from_before_the_app_becomes_the_dealerships() -> None:
	person = made.Person()
	old = frappe.get_doc({"doctype": "Lead", "first_name": person.first, "email_id": person.email})
	old.company = ""
	old.insert()
	lead = asks(person)
	assert lead.name == old.name and lead.company == showroom.COMPANY
	assert made.kinds(lead.name).count("lead.received") == 1


def test_card_numbers_do_not_enter_by_hand() -> None:
	lead = showroom.make_lead(dealer_comments="4111 1111 1111 1111")
	assert lead.dealer_comments == "************1111"


# Who


def test_a_certain_customer_is_put_on_the_lead_at_once() -> None:
	person = made.Person()
	customer = known(person)
	lead = asks(person)
	assert (lead.dealer_customer, lead.dealer_match) == (customer.name, matching.MATCHED)
	assert set(frappe.get_all("Customer Event", {"lead": lead.name}, pluck="customer")) == {customer.name}, (
		"what happens is on the customer's timeline"
	)


def test_a_phone_under_another_name_is_asked_about() -> None:
	person = made.Person()
	customer = known(person)
	lead = asks(person, email_id="", first_name="Zachary")
	assert (lead.dealer_customer, lead.dealer_match) == (None, matching.TO_CHECK)
	with f.logged_in(showroom.salesperson()):
		panel = api.get_panel(lead.name)
		(candidate,) = panel["candidates"]
		assert candidate["customer"] == customer.name and not candidate["certain"]
		assert {row["code"] for row in candidate["reasons"]} >= {"phone", "family"}
		facts = {row["label"]: row for row in candidate["facts"]}
		assert facts["Phone"]["same"] and not facts["Name"]["same"]
		with pytest.raises(DealerRefusal, match="Decide on the lead first"):
			converting.customer_for(lead.name)
		api.this_is_them(lead.name, customer.name)
	lead.reload()
	assert (lead.dealer_customer, lead.dealer_match) == (customer.name, matching.MATCHED)
	assert set(frappe.get_all("Customer Event", {"lead": lead.name}, pluck="customer")) == {customer.name}


def test_somebody_else_is_not_asked_about_again() -> None:
	person = made.Person()
	known(person)
	lead = asks(person, email_id="", first_name="Zachary")
	api.somebody_else(lead.name)
	frappe.db.commit()
	assert api.get_panel(lead.name)["candidates"] == []
	customer = converting.customer_for(lead.name)
	assert frappe.db.get_value("Customer", customer, "customer_name").startswith("Zachary")


def test_two_customers_of_one_name_and_phone_are_asked_about() -> None:
	person = made.Person()
	known(person), known(person)
	lead = asks(person)
	assert lead.dealer_match == matching.TO_CHECK
	assert len(api.get_panel(lead.name)["candidates"]) == 2


def test_who_may_not_see_customers_sees_no_candidates() -> None:
	person = made.Person()
	known(person)
	lead = asks(person, email_id="", first_name="Zachary")
	reader = f.make_user("Desk User")
	frappe.share.add("Lead", lead.name, reader, read=1)
	with f.logged_in(reader):
		assert api.get_panel(lead.name)["candidates"] == []
		with pytest.raises(frappe.PermissionError):
			api.this_is_them(lead.name, "anybody")


def test_numbers_and_addresses_are_found_as_they_change() -> None:
	person = made.Person()
	customer = known(person)
	contact = customer.flags.contact
	assert points.customers_by(phones=[person.phone.replace("-", ".")]) == [customer.name]
	contact.phone_nos = []
	contact.append("phone_nos", {"phone": "+1 212 555 0199", "is_primary_mobile_no": 1})
	contact.save()
	assert points.customers_by(phones=[person.phone]) == []
	assert customer.name in points.customers_by(phones=["(212) 555-0199"])
	contact.delete()
	assert points.customers_by(emails=[person.email]) == []


def test_the_keys_can_be_made_again() -> None:
	person = made.Person()
	customer, lead = known(person), asks()
	frappe.db.delete(points.DOCTYPE)
	assert points.rebuild() > 2
	assert points.customers_by(phones=[person.phone]) == [customer.name]
	assert points.found_by("Lead", emails=[lead.email_id.upper()]) == [lead.name]


# What


def test_the_car_by_vin_or_stock_number() -> None:
	car = showroom.make_car()
	assert matching.vehicle_named(showroom.COMPANY, car.vin.lower(), None) == car.name
	assert matching.vehicle_named(showroom.COMPANY, "", car.stock_number) == car.name
	assert matching.vehicle_named("Another", None, car.stock_number) is None
	assert matching.vehicle_named(showroom.COMPANY, "NOTHERE", "NOTHERE") is None


def test_cars_that_come_near() -> None:
	make = f"Make{f.key()[:6]}"
	near = showroom.make_car(make=make, model="Camry", model_year=2018)
	showroom.make_car(make=make, model="Corolla", model_year=2019)
	showroom.make_car(make=make, model="Camry", model_year=2019, status="Sold")
	lead = asks(dealer_wanted=f"2019 {make} Camry", dealer_wanted_make=make)
	with f.logged_in(showroom.salesperson()):
		assert [car["name"] for car in api.get_panel(lead.name)["cars"]] == [near.name]
		api.choose_vehicle(lead.name, near.name)
		panel = api.get_panel(lead.name)
	assert panel["vehicle"]["name"] == near.name and panel["cars"] == []


# Converted


def test_a_lead_becomes_a_customer_once() -> None:
	lead = asks(lead_owner=showroom.salesperson())
	with f.logged_in(showroom.salesperson()):
		customer = api.convert(lead.name)
		assert api.convert(lead.name) == customer
	frappe.db.commit()
	lead.reload()
	assert (lead.dealer_state, lead.status, lead.dealer_customer) == ("Converted", "Converted", customer)
	row = frappe.db.get_value("Customer", customer, ["lead_name", "dealer_sales_owner"], as_dict=True)
	assert row.lead_name == lead.name and row.dealer_sales_owner == showroom.salesperson()
	assert made.kinds(lead.name).count("lead.converted") == 1
	assert set(frappe.get_all("Customer Event", {"lead": lead.name}, pluck="customer")) == {customer}
	lead.job_title = "Teacher"
	lead.save()
	assert lead.status == "Converted"


def test_the_one_who_is_known_gets_no_second_file() -> None:
	person = made.Person()
	customer = known(person)
	lead = asks(person)
	before = frappe.db.count("Customer")
	assert converting.customer_for(lead.name) == customer.name
	assert frappe.db.count("Customer") == before


# Lost


def test_lost_with_a_reason_and_open_again() -> None:
	lead = asks()
	with f.logged_in(showroom.sales_manager()):
		with pytest.raises(DealerRefusal, match="no reason in use"):
			api.lose(lead.name, "No such reason")
		with pytest.raises(DealerRefusal, match="few words"):
			api.lose(lead.name, reason(1))
		api.lose(lead.name, reason(1), "Bought a boat")
		with pytest.raises(DealerRefusal, match="lost already"):
			api.lose(lead.name, reason())
	lead.reload()
	assert lead.dealer_state == "Lost" and not lead.dealer_waiting_since
	api.reopen(lead.name)
	lead.reload()
	assert lead.dealer_state == "New" and not lead.dealer_lost_reason and lead.dealer_waiting_since
	with pytest.raises(DealerRefusal, match="not lost"):
		api.reopen(lead.name)


def test_a_converted_lead_is_not_lost() -> None:
	lead = asks()
	converting.customer_for(lead.name)
	with pytest.raises(DealerRefusal, match="Lose the deal instead"):
		receiving.lose(lead.name, reason())


def test_rights() -> None:
	lead = asks()
	stranger = f.make_user(roles.TECHNICIAN)
	with f.logged_in(stranger):
		for call in (
			lambda: api.get_panel(lead.name),
			lambda: api.lose(lead.name, reason()),
			lambda: api.reopen(lead.name),
			lambda: api.convert(lead.name),
			lambda: api.somebody_else(lead.name),
			lambda: api.choose_vehicle(lead.name, None),
		):
			with pytest.raises(frappe.PermissionError):
				call()


# Gone


def test_deleted_it_leaves_nothing_waiting() -> None:
	feed = made.make_feed("HTTP")
	from dealer_pos_crm.dealer_crm.leads import intake

	(row,) = intake.accept(made.Person().adf(), channel="HTTP", feed=feed)
	frappe.db.commit()
	intake.work(row.name)
	name = made.lead_of(row)
	frappe.delete_doc("Lead", name)
	frappe.db.commit()
	assert not frappe.db.exists("Follow Up", {"lead": name, "status": ("in", ("Planned", "Open"))})
	assert not frappe.db.exists("ToDo", {"status": "Open", "description": ("like", f"%{name}%")})
	assert not frappe.db.exists(points.DOCTYPE, {"party_name": name})
	message = frappe.get_doc("Lead Intake", row.name)
	assert message.status == "Ignored" and name in message.reason and not message.lead
	assert made.kinds(name)[-1] == "lead.lost"


def test_what_a_deal_hangs_on_is_not_deleted() -> None:
	lead = asks()
	customer = converting.customer_for(lead.name)
	showroom.make_deal(frappe.get_doc("Customer", customer), lead=lead.name)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Lead", lead.name)


def test_merged_leads_are_one() -> None:
	person = made.Person()
	customer = known(person)
	keeps, goes = asks(), asks(person)
	assert goes.dealer_customer == customer.name
	frappe.rename_doc("Lead", goes.name, keeps.name, merge=True)
	frappe.db.commit()
	keeps.reload()
	assert keeps.dealer_customer == customer.name
	for doctype in ("Customer Event", "Showroom Log", "Follow Up"):
		assert not frappe.db.exists(doctype, {"lead": goes.name}), doctype
	assert not frappe.db.exists("Follow Up", {"subject_kind": "lead", "subject_name": goes.name})
	assert not frappe.db.exists(points.DOCTYPE, {"party_name": goes.name})

"""Who gets a lead, and what stops its clock, on a real site."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, get_datetime, now_datetime, nowdate

from dealer_pos_crm.dealer_crm import absences, staff
from dealer_pos_crm.dealer_crm.leads import contact, response, routing
from dealer_pos_crm.dealer_crm.owners import owner_of
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f
from tests.site import showroom as s


@pytest.fixture(scope="module", autouse=True)
def house(site):
	s.set_up_showroom()
	frappe.db.delete("Lead Routing Rule", {"company": s.COMPANY})
	frappe.db.delete("Staff Calendar")
	staff.forget()
	frappe.db.commit()
	yield


@pytest.fixture(autouse=True)
def forget():
	yield
	staff._forget_again()


def make_rule(*users, assign="Round Robin", **values):
	doc = frappe.get_doc(
		{
			"doctype": "Lead Routing Rule",
			"title": f.unique("Rule"),
			"company": s.COMPANY,
			"assign": assign,
			"members": [{"user": user} if isinstance(user, str) else user for user in users],
			**values,
		}
	)
	return doc.insert()


def arrived(**values):
	"""A lead that came in by itself: nobody is its owner yet."""
	doc = s.make_lead(lead_owner="Administrator", **values)
	doc.reload()
	return doc


def people(count=3):
	return [f.make_user(roles.SALESPERSON) for _number in range(count)]


def away(user, days=0, until=2, cover=None):
	return frappe.get_doc(
		{
			"doctype": "Staff Calendar",
			"user": user,
			"cover": cover,
			"absences": [{"from_date": add_days(nowdate(), days), "to_date": add_days(nowdate(), until)}],
		}
	).insert()


def waited(lead, minutes):
	"""As if the customer had asked so long ago."""
	since = now_datetime() - timedelta(minutes=minutes)
	frappe.db.set_value("Lead", lead.name, {"dealer_waiting_since": since, "dealer_received_at": since})
	lead.reload()


def log_of(lead, kind):
	return frappe.get_all(
		"Showroom Log", {"lead": lead.name, "kind": kind}, ["actor", "reason", "detail"], order_by="name"
	)


# Who gets it


def test_a_round_goes_round():
	users = people()
	rule = make_rule(*users)
	owners = [arrived().lead_owner for _number in range(6)]
	assert sorted(owners[:3]) == sorted(users)
	assert owners[3:] == owners[:3]
	assert arrived().dealer_routing_rule == rule.name


def test_an_assignment_is_told_with_its_reason_and_the_owner_looks_after_it():
	(user,) = people(1)
	make_rule(user)
	lead = arrived(dealer_wanted="2024 Outback")
	(step,) = log_of(lead, "lead.assigned")
	assert step.actor == user
	assert "turn" in step.reason
	assert lead.dealer_assigned_at


def test_a_salesperson_keeps_the_lead_they_enter():
	make_rule(*people(1))
	mine = f.make_user(roles.SALESPERSON)
	lead = s.make_lead(lead_owner=mine)
	lead.reload()
	assert lead.lead_owner == mine
	assert not lead.dealer_routing_rule


def test_the_first_rule_that_fits_by_priority():
	special, other = people(2)
	make_rule(other, priority=20)
	make_rule(special, priority=10, make="Subaru")
	assert arrived(dealer_wanted_make="subaru").lead_owner == special
	assert arrived(dealer_wanted_make="Ford").lead_owner == other


def test_who_is_away_gets_none_and_who_has_enough_gets_none():
	gone, full, here = people()
	away(gone)
	make_rule(gone, {"user": full, "max_open": 1}, here)
	owners = [arrived().lead_owner for _number in range(4)]
	assert gone not in owners
	assert owners.count(full) == 1
	assert owners.count(here) == 3


def test_the_cover_of_one_person_gets_it():
	gone, cover = people(2)
	away(gone, cover=cover)
	make_rule(assign="One Person", user=gone)
	lead = arrived()
	assert lead.lead_owner == cover


def test_the_sales_owner_of_a_known_customer():
	owner, other = people(2)
	customer = f.make_customer(dealer_sales_owner=owner)
	make_rule(other, priority=20)
	make_rule(assign="The Customer's Sales Owner", priority=10)
	lead = arrived()
	assert lead.lead_owner == other
	choice = routing.decide(s.COMPANY, routing.wish_of(lead), owner)
	assert choice.user == owner
	assert routing.sales_owner_of(frappe._dict(dealer_customer=customer.name)) == owner


def test_nobody_fits_the_settings_name_somebody_else_the_manager_has_it():
	fallback = f.make_user(roles.SALES_MANAGER)
	settings = frappe.get_doc("Dealer Settings", s.COMPANY)
	settings.lead_fallback_owner = fallback
	settings.save()
	assert arrived().lead_owner == fallback
	settings.reload()
	settings.lead_fallback_owner = None
	settings.save()
	manager = next(row.manager for row in settings.departments if row.department == "Sales")
	assert arrived().lead_owner == manager


@pytest.mark.parametrize(
	("values", "says"),
	[
		({}, "at least one member"),
		({"assign": "One Person"}, "choose the person"),
	],
)
def test_a_rule_that_can_give_to_nobody_is_refused(values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		make_rule(**values)


def test_a_rule_does_not_name_somebody_twice_or_somebody_disabled():
	(user,) = people(1)
	with pytest.raises(frappe.ValidationError, match="twice"):
		make_rule(user, user)
	frappe.db.set_value("User", user, "enabled", 0)
	frappe.clear_document_cache("User", user)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		make_rule(user)


def test_saving_an_old_form_does_not_set_the_round_back():
	users = people(2)
	rule = make_rule(*users)
	first = arrived().lead_owner
	rule.title = f.unique("Renamed")
	rule.save()
	assert arrived().lead_owner != first


def test_the_preview_says_who_and_why_and_gives_nothing():
	gone, here = people(2)
	away(gone)
	rule = make_rule(gone, here)
	told = routing.preview(rule.name)
	assert told["user"] == here
	assert {row["user"]: row["chosen"] for row in told["steps"]} == {gone: False, here: True}
	assert "Away" in next(row["why"] for row in told["steps"] if row["user"] == gone)
	assert routing.preview(rule.name)["user"] == here


def test_giving_a_lead_moves_its_open_promises_and_keeps_the_clock():
	first, second = people(2)
	lead = s.make_lead(lead_owner=first)
	lead.reload()
	due = lead.dealer_due_at
	promise = make_promise(lead, first)
	routing.give(lead.name, second, "Off sick")
	lead.reload()
	assert lead.lead_owner == second
	assert lead.dealer_due_at == due
	assert frappe.db.get_value("Follow Up", promise, "owner_user") == second
	assert (
		frappe.db.get_value("ToDo", {"reference_name": str(promise), "status": "Open"}, "allocated_to")
		== second
	)
	assert log_of(lead, "lead.assigned")[-1].reason == "Off sick"
	before = len(log_of(lead, "lead.assigned"))
	routing.give(lead.name, second)
	assert len(log_of(lead, "lead.assigned")) == before


def test_another_owner_on_the_form_is_told_once():
	first, second = people(2)
	lead = s.make_lead(lead_owner=first)
	lead.reload()
	promise = make_promise(lead, first)
	lead.lead_owner = second
	lead.save()
	assert [row.actor for row in log_of(lead, "lead.assigned")] == [first, second]
	assert frappe.db.get_value("Follow Up", promise, "owner_user") == second
	lead.job_title = "Baker"
	lead.save()
	assert len(log_of(lead, "lead.assigned")) == 2


def test_a_lead_is_not_given_to_somebody_who_left():
	lead = s.make_lead()
	(gone,) = people(1)
	frappe.db.set_value("User", gone, "enabled", 0)
	frappe.clear_document_cache("User", gone)
	with pytest.raises(frappe.ValidationError, match="disabled"):
		routing.give(lead.name, gone)


def make_promise(lead, owner, due_in=1):
	"""An open promise about a lead, on its owner's list."""
	from dealer_pos_crm.dealer_crm.follow_ups import give_task

	rule = frappe.db.get_value("Follow Up Rule", {}, "name")
	now = now_datetime()
	doc = frappe.get_doc(
		{
			"doctype": "Follow Up",
			"title": "Call them",
			"status": "Open",
			"rule": rule,
			"company": s.COMPANY,
			"department": "Sales",
			"lead": lead.name,
			"subject_kind": "lead",
			"subject_name": lead.name,
			"opens_at": now,
			"opened_at": now,
			"due_at": now + timedelta(days=due_in),
			"cause_at": now,
			"follow_up_key": f.key(),
		}
	)
	doc.flags.of_the_promise = True
	doc.insert()
	give_task(doc.name, owner)
	return doc.name


# The clock


def test_a_lead_waits_from_the_moment_it_came():
	lead = arrived()
	assert lead.dealer_waiting_since == lead.dealer_received_at
	assert lead.dealer_waiting_since < lead.dealer_due_at <= lead.dealer_warn_at <= lead.dealer_escalate_at
	assert lead.dealer_due_at - lead.dealer_waiting_since == timedelta(minutes=5)


def test_a_logged_call_stops_the_clock_once():
	lead = arrived()
	waited(lead, 12)
	user = f.make_user(roles.SALESPERSON)
	with f.logged_in(user):
		answer = contact.log(lead.name, "Call", "Comes on Friday <b>", client_key="k1")
		again = contact.log(lead.name, "Call", "Comes on Friday <b>", client_key="k1")
	assert answer["answered"] is True
	assert again["answered"] is False
	lead.reload()
	assert (lead.dealer_state, lead.dealer_waiting_since, lead.dealer_due_at) == ("Answered", None, None)
	assert lead.dealer_first_response_minutes in (12, 13)
	assert lead.dealer_first_response_by == user
	(step,) = log_of(lead, "lead.responded")
	facts = frappe.parse_json(step.detail)
	assert facts["how"] == "Call"
	assert int(facts["minutes"]) in (12, 13)
	(message,) = frappe.get_all(
		"Communication",
		{"reference_doctype": "Lead", "reference_name": lead.name},
		["content", "communication_medium"],
	)
	assert message.communication_medium == "Phone"
	assert "&lt;b&gt;" in message.content


def test_a_message_left_is_an_attempt_and_counts():
	lead = arrived()
	with f.logged_in(s.salesperson()):
		contact.log(lead.name, "Left Message")
	(step,) = log_of(lead, "lead.responded")
	assert frappe.parse_json(step.detail)["reached"] == "0"


def test_a_way_that_is_none_is_refused():
	lead = arrived()
	with pytest.raises(frappe.ValidationError, match="no way"):
		contact.log(lead.name, "Visit")


def mail(lead, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent",
			"subject": "Your question",
			"content": "Yes, it is here.",
			"sender": s.salesperson(),
			"recipients": lead.email_id,
			**values,
		}
	)
	return doc.insert()


def test_an_e_mail_to_the_address_answers_wherever_it_hangs():
	lead = arrived()
	customer = f.make_customer()
	mail(lead, reference_doctype="Customer", reference_name=customer.name)
	lead.reload()
	assert lead.dealer_state == "Answered"
	assert lead.dealer_first_response_by == s.salesperson()


@pytest.mark.parametrize(
	"values",
	[
		{"communication_type": "Automated Message"},
		{"sender": "robot@house.example"},
		{"sender": "Administrator <admin@example.com>"},
	],
)
def test_what_a_machine_sends_is_no_answer(values):
	lead = arrived()
	mail(lead, reference_doctype="Lead", reference_name=lead.name, **values)
	lead.reload()
	assert lead.dealer_state == "New"
	assert lead.dealer_waiting_since


def test_asked_again_is_a_new_wait_and_answered_again():
	lead = arrived()
	first = response.responded(lead.name, how="Call", by=s.salesperson())
	assert first
	assert response.responded(lead.name, how="Text", by=s.salesperson()) is None
	mail(lead, sent_or_received="Received", sender=lead.email_id, recipients="sales@house.example")
	lead.reload()
	assert lead.dealer_waiting_since
	assert lead.dealer_state == "Answered"
	minutes = lead.dealer_first_response_minutes
	assert len(log_of(lead, "lead.asked")) == 1
	mail(lead, sent_or_received="Received", sender=lead.email_id, recipients="sales@house.example")
	assert len(log_of(lead, "lead.asked")) == 1, "they wait already"
	assert response.responded(lead.name, how="Text", by=s.salesperson())
	lead.reload()
	assert lead.dealer_first_response_minutes == minutes
	assert not lead.dealer_waiting_since


@pytest.mark.parametrize("subject", ["Automatic reply: away", "Out of Office", "Undeliverable: your mail"])
def test_an_automatic_reply_asks_nothing(subject):
	lead = arrived()
	response.responded(lead.name, how="E-mail", by=s.salesperson())
	mail(lead, sent_or_received="Received", sender=lead.email_id, subject=subject)
	lead.reload()
	assert not lead.dealer_waiting_since


def call(lead, status, direction="Outgoing", **values):
	number = lead.mobile_no
	doc = frappe.get_doc(
		{
			"doctype": "Call Log",
			"id": f.key(),
			"type": direction,
			"status": "Ringing",
			"from": number if direction == "Incoming" else "+15550100000",
			"to": "+15550100000" if direction == "Incoming" else number,
			"start_time": now_datetime(),
			**values,
		}
	).insert()
	doc.status = status
	doc.save()
	return doc


@pytest.mark.parametrize(
	("direction", "status", "answers"),
	[
		("Outgoing", "Completed", True),
		("Outgoing", "No Answer", True),
		("Incoming", "Completed", True),
		("Outgoing", "Failed", False),
		("Incoming", "No Answer", False),
		("Outgoing", "In Progress", False),
	],
)
def test_calls_of_the_telephony(direction, status, answers):
	lead = arrived()
	call(lead, status, direction)
	lead.reload()
	assert bool(lead.dealer_waiting_since) is not answers


def test_a_missed_call_of_the_customer_is_a_question():
	lead = arrived()
	response.responded(lead.name, how="Call", by=s.salesperson(), at=get_datetime(lead.dealer_received_at))
	call(lead, "No Answer", "Incoming")
	lead.reload()
	assert lead.dealer_waiting_since


def test_a_walk_in_entered_by_a_person_was_met():
	with f.logged_in(s.salesperson()):
		lead = s.make_lead(dealer_lead_type="Walk-in")
	lead.reload()
	assert lead.dealer_state == "Answered"
	assert lead.dealer_first_response_minutes == 0
	assert not lead.dealer_waiting_since


def test_a_contact_before_the_question_is_none_of_its_answers():
	lead = arrived()
	before = get_datetime(lead.dealer_waiting_since) - timedelta(minutes=3)
	assert response.responded(lead.name, how="Call", by=s.salesperson(), at=before) is None
	lead.reload()
	assert lead.dealer_waiting_since


def test_minutes_that_contradict_each_other_are_refused_in_the_settings():
	settings = frappe.get_doc("Dealer Settings", s.COMPANY)
	settings.lead_warn_minutes = 2
	with pytest.raises(frappe.ValidationError, match="must not be less"):
		settings.save()


# Absences


def test_a_promise_that_opens_while_somebody_is_away_goes_to_the_cover():
	from dealer_pos_crm.domain.follow_up import FollowUp, Owner, Rule

	gone, cover = people(2)
	lead = s.make_lead(lead_owner=gone)
	now = now_datetime()
	rule = Rule(name="r", event_type="lead.received", title="t", owner=Owner.SALES)
	promise = FollowUp(
		"k", "r", "o", "c", now, "", s.COMPANY, "Sales", ("lead", lead.name), "t", "", now, now,
		subjects={"lead": lead.name},
	)  # fmt: skip
	assert owner_of(promise, rule) == gone
	calendar = away(gone, cover=cover)
	assert owner_of(promise, rule) == cover
	away(cover)
	assert owner_of(promise, rule) not in (gone, cover)
	calendar.absences = []
	calendar.save()
	assert owner_of(promise, rule) == gone


def test_open_promises_due_meanwhile_go_to_the_cover_when_the_absence_begins():
	gone, cover = people(2)
	lead = s.make_lead(lead_owner=gone)
	soon, later = make_promise(lead, gone, due_in=1), make_promise(lead, gone, due_in=10)
	away(gone, cover=cover)
	assert frappe.db.get_value("Follow Up", soon, "owner_user") == cover
	assert frappe.db.get_value("Follow Up", later, "owner_user") == gone
	assert absences.begin(gone) == 0


@pytest.mark.parametrize(
	("values", "says"),
	[
		({"absences": [{"from_date": "2026-05-02", "to_date": "2026-05-01"}]}, "before it begins"),
		(
			{
				"absences": [
					{"from_date": "2026-05-01", "to_date": "2026-05-09"},
					{"from_date": "2026-05-09", "to_date": "2026-05-12"},
				]
			},
			"overlap",
		),
		({"hours": [{"weekday": "Monday", "opens": "10:00:00", "closes": "09:00:00"}]}, "before they begin"),
	],
)
def test_a_calendar_that_cannot_be_is_refused(values, says):
	with pytest.raises(frappe.ValidationError, match=says):
		frappe.get_doc({"doctype": "Staff Calendar", "user": people(1)[0], **values}).insert()


def test_nobody_stands_in_for_themselves():
	(user,) = people(1)
	with pytest.raises(frappe.ValidationError, match="themselves"):
		away(user, cover=user)

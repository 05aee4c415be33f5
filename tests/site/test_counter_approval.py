"""A manager decides at the cashier's screen: who they are, what they decide, and what stays the cashier's."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from dealer_pos_crm.api import approval, deposit
from dealer_pos_crm.dealer_counter.approvals.on_the_spot import NotWhoTheySay
from dealer_pos_crm.dealer_counter.approvals.password import LockedOut
from dealer_pos_crm.dealer_counter.approvals.pin import NotYours
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import counter_house, racers
from tests.site import factories as f
from tests.site.test_races import one_winner

PASSWORD = "pw-Dealer-2026!"
PIN = "729516"
BY_PIN, BY_PASSWORD = "PIN at the Counter", "Password at the Counter"

house = counter_house.house


@pytest.fixture(scope="module")
def people(house: SimpleNamespace) -> SimpleNamespace:
	"""The house, with two managers who have a PIN."""
	house.second = f.make_user(roles.MANAGER, "counter.second.manager")
	frappe.db.commit()
	for user in (house.manager, house.second):
		with f.logged_in(user):
			assert approval.set_pin(PASSWORD, PIN)["set"]
		frappe.db.commit()
	return house


def request(people: SimpleNamespace, user: str | None = None, amount: float = 50) -> dict:
	"""A deposit of 200 whose refund the cashier asks for."""
	made = f.take_new(amount=200)
	frappe.db.commit()
	with f.logged_in(user or people.cashier):
		asked = deposit.act(made.name, "Refund", {"amount": amount, "reason": "Changed their mind"}, f.key())
	frappe.db.commit()
	assert asked["status"] == "Requested"
	return asked


def decide(people, name: str, approver: str, secret: str = PIN, how: str = BY_PIN, yes=1, **more) -> dict:
	frappe.db.commit()
	with f.logged_in(more.pop("user", None) or people.cashier):
		try:
			return approval.decide("Deposit Action", name, approver, secret, how, yes, **more)
		finally:
			# As a request ends: what was not committed is undone.
			frappe.db.rollback() if frappe.flags.get("refused") else frappe.db.commit()


def refused(people, error, name: str, *values, **more) -> str:
	frappe.flags.refused = True
	try:
		with pytest.raises(error) as told:
			decide(people, name, *values, **more)
	finally:
		frappe.flags.refused = False
	return str(told.value)


def action(name: str):
	return frappe.get_doc("Deposit Action", name)


def test_a_pin_is_its_owners_and_cannot_be_read(people):
	with f.logged_in(people.manager):
		with pytest.raises(NotYours):
			approval.set_pin("not-mine", "480172")
		with pytest.raises(DealerRefusal, match="123456"):
			approval.set_pin(PASSWORD, "345678")
	with f.logged_in(people.cashier), pytest.raises(frappe.PermissionError):
		approval.set_pin(PASSWORD, "480172")
	row = frappe.get_doc("Approver PIN", {"user": people.manager})
	assert PIN not in frappe.as_json(row)
	(kept,) = frappe.db.sql(
		"select password, encrypted from `__Auth` where doctype = 'Approver PIN' and name = %s", row.name
	)
	assert PIN not in kept[0] and not kept[1]
	# Nobody gives somebody a PIN on the form; taking one away is the site's administrator's.
	row.failures = 0
	with pytest.raises(frappe.ValidationError, match="its owner"):
		row.save()
	row.reload()
	row.enabled = 0
	row.save()
	frappe.db.rollback()


def test_a_manager_approves_at_the_cashiers_screen(people):
	asked = request(people)
	with f.logged_in(people.cashier):
		shown = approval.options("Deposit Action", asked["action"])
	assert shown["amount"] == 50 and shown["reason"] == "Changed their mind" and shown["why"]
	assert {people.manager, people.second} <= {row["user"] for row in shown["people"]}
	assert people.cashier not in {row["user"] for row in shown["people"]}
	assert any(asked["deposit"] == row["text"] for row in shown["trace"])

	frappe.db.commit()
	frappe.set_user(people.cashier)
	session = frappe.local.session
	session.sid, session.data = "the-cashiers-own", frappe._dict(csrf_token="kept")
	try:
		answer = approval.decide(
			"Deposit Action", asked["action"], people.manager, PIN, BY_PIN, 1, "Seen the papers"
		)
		assert frappe.local.session is session
		assert (session.user, session.sid, session.data.csrf_token) == (
			people.cashier,
			"the-cashiers-own",
			"kept",
		)
		frappe.db.commit()
	finally:
		frappe.set_user("Administrator")
	done = action(asked["action"])
	assert answer["approved"] and answer["status"] == "Done"
	assert (done.decided_by, done.decided_how, done.decision_note) == (
		people.manager,
		BY_PIN,
		"Seen the papers",
	)
	entry = frappe.get_doc("Payment Entry", answer["documents"][0]["name"])
	assert (entry.owner, entry.payment_type, entry.paid_amount) == (people.manager, "Pay", 50)
	assert entry.dealer_shift == people.shift.name  # the drawer is the cashier's
	# Once more: it is decided already, and nothing goes out twice.
	assert "already Done" in refused(people, DealerRefusal, asked["action"], people.manager)
	assert frappe.db.count("Payment Entry", {"dealer_deposit": asked["deposit"], "payment_type": "Pay"}) == 1


def test_a_manager_says_no(people):
	asked = request(people)
	refused(people, DealerRefusal, asked["action"], people.manager, yes=0)  # not without saying why
	decide(
		people, asked["action"], people.manager, PASSWORD, BY_PASSWORD, 0, note="Not before the title is back"
	)
	done = action(asked["action"])
	assert (done.status, done.decided_how) == ("Rejected", BY_PASSWORD)


def test_five_wrong_pins_lock_it_for_a_while(people):
	asked = request(people)
	for _try in range(4):
		refused(people, NotWhoTheySay, asked["action"], people.second, "480172")
	assert "wrong tries" in refused(people, LockedOut, asked["action"], people.second, "480172")
	refused(people, LockedOut, asked["action"], people.second, PIN)
	assert action(asked["action"]).status == "Requested"
	row = frappe.get_doc("Approver PIN", {"user": people.second})
	assert row.failures == 5 and row.locked_until > now_datetime()
	row.db_set("locked_until", add_to_date(None, seconds=-1))
	decide(people, asked["action"], people.second)
	assert action(asked["action"]).status == "Done"
	assert frappe.db.get_value("Approver PIN", row.name, "failures") == 0


def test_the_wrong_people_are_all_told_the_same(people):
	asked = request(people)
	disabled = f.make_user(roles.MANAGER, "counter.left.manager")
	with f.logged_in(disabled):
		approval.set_pin(PASSWORD, PIN)
	frappe.db.set_value("User", disabled, "enabled", 0)
	frappe.clear_document_cache("User", disabled)
	frappe.db.commit()
	told = {
		refused(people, NotWhoTheySay, asked["action"], who)
		for who in (disabled, people.accountant, "nobody@summit-motors.example", people.cashier + "x")
	}
	assert len(told) == 1
	assert "cannot approve" in refused(people, DealerRefusal, asked["action"], people.cashier)
	# A manager's own request is another manager's to decide.
	both = f.make_user((roles.MANAGER, roles.CASHIER), "counter.both")
	with f.logged_in(both):
		approval.set_pin(PASSWORD, PIN)
	frappe.db.commit()
	big = f.take_new(amount=2000)
	frappe.db.commit()
	with f.logged_in(both):
		own = deposit.act(big.name, "Refund", {"amount": 1900, "reason": "Deal is off"}, f.key())
	frappe.db.commit()
	assert own["status"] == "Requested"
	assert "cannot approve" in refused(people, DealerRefusal, own["action"], both, user=both)
	decide(people, own["action"], people.manager, user=both)
	assert action(own["action"]).status == "Done"


def test_who_may_not_see_the_request_learns_nothing(people):
	asked = request(people)
	technician = f.make_user(roles.TECHNICIAN, "counter.technician")
	frappe.db.commit()
	with f.logged_in(technician):
		with pytest.raises(frappe.PermissionError):
			approval.options("Deposit Action", asked["action"])
		with pytest.raises(frappe.PermissionError):
			approval.decide("Deposit Action", asked["action"], people.manager, PIN, BY_PIN, 1)
	with pytest.raises(frappe.PermissionError):
		approval.options("User", people.manager)


def test_a_password_is_counted_by_frappe_and_not_enough_with_two_factors(people):
	asked = request(people)
	tracked = lambda: frappe.cache.hget("login_failed_count", people.manager) or 0  # noqa: E731
	before = tracked()
	refused(people, NotWhoTheySay, asked["action"], people.manager, "wrong", BY_PASSWORD)
	assert tracked() == before + 1
	assert frappe.db.exists("Activity Log", {"user": people.manager, "status": "Failed"})
	frappe.db.set_single_value("System Settings", "enable_two_factor_auth", 1)
	frappe.db.set_value("Role", roles.MANAGER, "two_factor_auth", 1)
	frappe.clear_cache(doctype="System Settings")
	frappe.db.commit()
	try:
		with f.logged_in(people.cashier):
			ways = approval.options("Deposit Action", asked["action"])["ways"]
		assert BY_PIN in ways and BY_PASSWORD not in ways
		refused(people, frappe.PermissionError, asked["action"], people.manager, PASSWORD, BY_PASSWORD)
	finally:
		frappe.db.set_single_value("System Settings", "enable_two_factor_auth", 0)
		frappe.db.set_value("Role", roles.MANAGER, "two_factor_auth", 0)
		frappe.clear_cache(doctype="System Settings")
		frappe.db.commit()
	decide(people, asked["action"], people.manager, PASSWORD, BY_PASSWORD)
	assert action(asked["action"]).decided_how == BY_PASSWORD
	assert not tracked()


def test_two_managers_at_two_counters_decide_the_same(site, people):
	found = racers.Racers(site)
	try:
		for _round in range(3):
			asked = request(people)
			finishes = found.run(
				*(
					("approve_here", "Deposit Action", asked["action"], people.cashier, who, PIN)
					for who in (people.manager, people.second)
				)
			)
			frappe.db.rollback()
			one_winner(finishes)
			paid = frappe.get_all(
				"Payment Entry",
				{"dealer_deposit": asked["deposit"], "payment_type": "Pay"},
				pluck="docstatus",
			)
			assert paid == [1]
	finally:
		found.close()

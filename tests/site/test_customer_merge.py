"""Two customers become one, or one gets another name: deposits, ledgers, holds, promises and the waiting
list follow, and nothing is told twice."""

import frappe
import pytest

from dealer_pos_crm.dealer_crm import customer_view
from tests.site import factories as f
from tests.site.checks import events, everything_right, figures, follow_up, hold_of

NEXT_STEP = "Deposit: agree the next step"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


def waits(customer, vehicle):
	return frappe.get_doc(
		{"doctype": "Dealer Vehicle Waitlist", "vehicle": vehicle.name, "customer": customer.name}
	).insert()


@pytest.fixture(scope="module")
def merged(dealership):
	"""Two customers who both hold deposits, one of them applied in part; then they are one."""
	old, new = f.make_customer(), f.make_customer()
	old_car, new_car, wanted = f.make_vehicle(), f.make_vehicle(), f.make_vehicle()
	first, second = f.take_new(old, old_car, 500), f.take_new(new, new_car, 300)
	invoice = f.make_invoice(old, 900, old_car)
	f.act(first, "Apply", amount=200, sales_invoice=invoice.name)
	lines = [waits(old, wanted), waits(new, wanted), waits(new, old_car)]
	frappe.db.commit()
	counts = {
		customer.name: frappe.db.count("Customer Event", {"customer": customer.name})
		for customer in (old, new)
	}
	frappe.rename_doc("Customer", old.name, new.name, merge=True)
	frappe.db.commit()
	return frappe._dict(
		old=old.name,
		new=frappe.get_doc("Customer", new.name),
		first=first,
		second=second,
		cars=(old_car, new_car),
		lines=lines,
		events=sum(counts.values()),
	)


def test_both_deposits_are_the_merged_customers(merged):
	for deposit, amounts in ((merged.first, (500, 200, 0, 0, 300)), (merged.second, (300, 0, 0, 0, 300))):
		everything_right(deposit)
		assert (deposit.customer, deposit.customer_name) == (merged.new.name, merged.new.customer_name)
		assert figures(deposit) == amounts
	assert f.balance(f.deposits_account(), merged.new.name) == -600
	assert f.balance(f.debtors_account(), merged.new.name) == 700
	assert f.balance(f.deposits_account(), merged.old) == 0


def test_the_holds_stay_with_the_merged_customer(merged):
	for deposit, car in zip((merged.first, merged.second), merged.cars, strict=True):
		assert hold_of(car) == deposit.name
		assert car.held_for == merged.new.name


def test_the_spine_is_one_and_tells_the_merge_once(merged):
	assert frappe.db.count("Customer Event", {"customer": merged.old}) == 0
	told = f.event_types(customer=merged.new.name)
	assert len(told) == merged.events + 1
	assert told.count("customer.merged") == 1


def test_the_promises_go_on(merged):
	promise = follow_up(merged.second, NEXT_STEP)
	assert (promise.status, promise.customer) == ("Open", merged.new.name)
	text = frappe.db.get_value("ToDo", promise.todo, "description")
	assert merged.new.name in text and merged.old not in text
	assert frappe.db.count("Follow Up", {"customer": merged.old}) == 0


def test_nobody_waits_twice_or_for_the_own_car(merged):
	states = [frappe.db.get_value("Dealer Vehicle Waitlist", line.name, "status") for line in merged.lines]
	assert states == ["Waiting", "Dropped", "Dropped"]


def test_the_money_row_is_the_ledgers(merged):
	row = next(row for row in customer_view.overview(merged.new.name)["money"] if row["company"] == f.COMPANY)
	assert (row["owed"], row["held"], row["credit"]) == (700, 600, 0)


def test_life_goes_on_after_the_merge(merged):
	f.act(merged.first, "Refund", amount=300, reason="The rest back")
	f.act(merged.second, "Refund", amount=300, reason="That one, too")
	for deposit in (merged.first, merged.second):
		everything_right(deposit)
	assert [merged.first.status, merged.second.status] == ["Applied", "Refunded"]
	assert f.balance(f.deposits_account(), merged.new.name) == 0


def test_a_promise_about_the_customer_alone_follows_a_new_name():
	rule = frappe.get_doc(
		{
			"doctype": "Follow Up Rule",
			"rule_name": f.unique("Thanks"),
			"enabled": 1,
			"event_type": "payment.received",
			"title": "Thank for {amount}",
			"owner_kind": "Document Owner",
			"stops": [{"event_type": "refund.paid"}],
		}
	).insert()
	try:
		from tests.site.accountant import plain_payment

		customer = f.make_customer()
		plain_payment(customer, 40)
		frappe.db.commit()
		new = f.unique("Renamed")
		frappe.rename_doc("Customer", customer.name, new)
		frappe.db.commit()
		row = frappe.db.get_value(
			"Follow Up", {"rule": rule.name}, ["customer", "subject_kind", "subject_name"]
		)
		assert row == (new, "customer", new)
	finally:
		rule.reload()
		rule.enabled = 0
		rule.save()
		frappe.db.commit()


def test_a_renamed_customer_keeps_everything():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	before = events(deposit)
	new = f.unique("Ann Married")
	frappe.rename_doc("Customer", customer.name, new)
	everything_right(deposit)

	assert (deposit.customer, deposit.customer_name) == (
		new,
		frappe.db.get_value("Customer", new, "customer_name"),
	)
	assert events(deposit) == before
	assert "customer.merged" not in f.event_types(customer=new)
	assert hold_of(vehicle) == deposit.name
	f.act(deposit, "Refund", amount=500, reason="Changed her mind")
	everything_right(deposit)
	assert deposit.status == "Refunded"

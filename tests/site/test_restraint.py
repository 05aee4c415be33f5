"""What keeps a promise from being opened, and that it says so: the rule is off, a cap, a contact, no consent."""

import frappe
import pytest
from frappe.utils import now_datetime

from dealer_pos_crm.dealer_crm import follow_ups, spine
from dealer_pos_crm.dealer_service import log
from dealer_pos_crm.domain.event import Event
from tests.site import factories as f
from tests.site.accountant import plain_payment


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def make_rule():
	"""Rules of a test's own, switched off after it."""
	made = []

	def make(**values):
		rule = frappe.get_doc(
			{
				"doctype": "Follow Up Rule",
				"rule_name": f.unique("Thank you"),
				"enabled": 1,
				"event_type": "payment.received",
				"title": "Thank for {amount}",
				"owner_kind": "Document Owner",
				**values,
			}
		).insert()
		made.append(rule)
		frappe.db.commit()
		return rule

	yield make
	frappe.db.rollback()
	for rule in made:
		frappe.db.set_value("Follow Up Rule", rule.name, "enabled", 0)
		rule.forget_rules()
	frappe.db.commit()


def promised(rule, customer) -> list[tuple[str, str | None]]:
	follow_ups.open_due()
	rows = frappe.get_all(
		"Follow Up", {"rule": rule.name, "customer": customer.name}, ["status", "reason"], order_by="name"
	)
	return [(row.status, row.reason) for row in rows]


def pay(customer) -> None:
	plain_payment(customer, 40)
	frappe.db.commit()


def test_without_restraint_each_payment_is_thanked_for(make_rule):
	rule, customer = make_rule(), f.make_customer()
	pay(customer)
	pay(customer)
	assert promised(rule, customer) == [("Open", None), ("Open", None)]


def test_a_rule_that_is_switched_off_in_between_suppresses(make_rule):
	rule, customer = make_rule(), f.make_customer()
	pay(customer)
	rule.enabled = 0
	rule.save()
	frappe.db.commit()
	assert promised(rule, customer) == [("Suppressed", "The rule was switched off or removed")]
	pay(customer)
	assert len(promised(rule, customer)) == 1


def test_a_cap_is_kept_for_each_customer(make_rule):
	rule = make_rule(cap=1, cap_days=7)
	customer, other = f.make_customer(), f.make_customer()
	for payer in (customer, customer, other):
		pay(payer)
	reached = ("Suppressed", "The cap for this rule and customer is reached")
	assert promised(rule, customer) == [("Open", None), reached]
	assert promised(rule, other) == [("Open", None)]
	pay(customer)
	assert promised(rule, customer) == [("Open", None), reached, reached]


def test_nobody_calls_right_after_somebody_has_called(make_rule):
	rule = make_rule(quiet_hours_after_contact=24)
	customer, other = f.make_customer(), f.make_customer()
	spine.record(
		[
			Event(
				key=f"message.received:{f.key()}",
				type="message.received",
				happened_at=now_datetime(),
				customer=customer.name,
				company=f.COMPANY,
				title="Called about the car",
			)
		]
	)
	pay(customer)
	pay(other)
	assert promised(rule, customer) == [("Suppressed", "Somebody has just been in contact with the customer")]
	assert promised(rule, other) == [("Open", None)]


def test_no_consent_no_promise(make_rule):
	rule, customer = make_rule(needs_consent=1), f.make_customer()
	pay(customer)
	assert promised(rule, customer) == [
		("Suppressed", "The customer has not consented to this kind of contact")
	]


def test_an_opt_out_is_remembered_until_it_is_taken_back(make_rule):
	rule, customer, other = make_rule(unless_opted_out=1), f.make_customer(), f.make_customer()

	def says(word: str) -> None:
		log.write(
			word, title=word, customer=customer.name, company=f.COMPANY, reference=("Customer", customer.name)
		)
		frappe.db.commit()

	says("consent.revoked")
	pay(customer)
	pay(other)
	assert promised(rule, customer) == [("Suppressed", "The customer does not want to be asked about this")]
	assert promised(rule, other) == [("Open", None)]
	says("consent.given")
	pay(customer)
	assert [status for status, _reason in promised(rule, customer)] == ["Suppressed", "Open"]


def test_conditions_and_company_decide_which_payment_counts(make_rule):
	rule = make_rule(
		conditions=[
			{"fieldname": "amount", "operator": ">=", "value": "40.00"},
			{"fieldname": "mode", "operator": "in", "value": "Cash, Card"},
		]
	)
	customer = f.make_customer()
	plain_payment(customer, 39.99)
	pay(customer)
	assert promised(rule, customer) == [("Open", None)]

"""A warranty claim from the manufacturer's invoice to its money, or to what was lost of it."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from frappe.utils import add_days, flt, getdate, nowdate

from dealer_pos_crm.dealer_service.billing import claims
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import billing as b
from tests.site import factories as f
from tests.site import lane


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return b.set_up()


@pytest.fixture
def order():
	made = b.ready(
		[b.work("Recall", 2, pay_type="Warranty", parts=[{"description": "Pump", "qty": 1, "rate": 60}])]
	)
	b.invoice(made)
	return made


def claim_of(order):
	return frappe.get_doc("Manufacturer Claim", {"repair_order": order.name})


def act(what, order, *values, **named):
	frappe.db.commit()
	result = getattr(claims, what)(claim_of(order).name, *values, **named)
	frappe.db.commit()
	return result


def state(order) -> tuple:
	claim = claim_of(order)
	return claim.status, flt(claim.claimed_amount), flt(claim.paid_amount), flt(claim.difference)


def test_a_claim_is_submitted_and_paid_in_full(order):
	assert state(order) == ("To Submit", 300, 0, 0)
	act("submit", order, " W-77 ")
	assert state(order) == ("Submitted", 300, 0, 0)
	act("submit", order, "W-78")  # the number is corrected
	act("pay", order, 300, "Card", f.key())

	assert state(order) == ("Paid", 300, 300, 0)
	assert flt(b.only(order).outstanding_amount) == 0
	claim = claim_of(order)
	assert (claim.claim_number, claim.answered_on) == ("W-78", getdate())
	events = lane.events(order)
	assert events.count(("claim.submitted", None)) == events.count(("claim.paid", None)) == 1
	assert {
		row.customer
		for row in frappe.get_all(
			"Customer Event", {"event_type": ("like", "claim.%"), "repair_order": order.name}, ["customer"]
		)
	} == {order.customer}


def test_a_claim_paid_short_books_the_difference(order):
	before = b.owes(b.manufacturer())
	act("submit", order, "W-1")
	act("pay", order, 280, "Card", f.key(), book_difference=True)

	assert state(order) == ("Partly Paid", 300, 280, 20)
	assert flt(b.only(order).outstanding_amount) == 0
	assert b.owes(b.manufacturer()) - before == -300
	entry = claim_of(order).difference_entry
	assert b.gl("Journal Entry", entry) == [
		("Debtors", "Service", b.manufacturer(), 0, 20),
		("Warranty Claim Differences", "Service", "", 20, 0),
	]
	assert ("claim.paid", None) in lane.events(order)
	assert order.name not in {row.repair_order for row in claims.open_claims(f.COMPANY)}


def test_a_claim_paid_in_two_parts_waits_in_between(order):
	act("submit", order, "W-1")
	act("pay", order, 100, "Card", f.key())
	assert state(order) == ("Partly Paid", 300, 100, 0)
	assert ("claim.paid", None) not in lane.events(order)
	act("pay", order, 150, "Card", f.key())
	act("settle", order, "No more will come")

	assert state(order) == ("Partly Paid", 300, 250, 50)
	assert ("claim.paid", None) in lane.events(order)


def test_a_double_click_on_paid_books_once(order):
	act("submit", order, "W-1")
	key = f.key()
	first, second = act("pay", order, 100, "Card", key), act("pay", order, 100, "Card", key)

	assert (first["repeated"], second["repeated"]) == (False, True)
	assert state(order) == ("Partly Paid", 300, 100, 0)


def test_money_booked_in_erpnext_is_the_claims_too(order):
	act("submit", order, "W-1")
	payment = get_payment_entry("Sales Invoice", b.only(order).name)
	payment.update({"reference_no": "1", "reference_date": nowdate()})
	payment.insert().submit()
	frappe.db.commit()
	assert state(order) == ("Paid", 300, 300, 0)

	payment.reload()
	payment.cancel()
	frappe.db.commit()
	assert state(order) == ("Submitted", 300, 0, 0)
	assert ("claim.submitted", "claim.paid") in lane.events(order)


@pytest.mark.parametrize(
	("what", "values"),
	[
		("pay", (10, "Card", "k1")),
		("deny", ("Wear and tear", "Write Off")),
		("settle", ()),
		("submit", ("",)),
	],
)
def test_what_is_too_early_is_refused(order, what, values):
	with pytest.raises(DealerRefusal):
		act(what, order, *values)
	frappe.db.rollback()
	assert state(order) == ("To Submit", 300, 0, 0)


def test_more_than_was_claimed_is_refused(order):
	act("submit", order, "W-1")
	with pytest.raises(DealerRefusal, match="more than that"):
		act("pay", order, 300.01, "Card", f.key())
	frappe.db.rollback()
	assert state(order) == ("Submitted", 300, 0, 0)
	assert b.documents(order, "Payment Entry") == []


def test_a_denied_claim_is_written_off(order):
	act("submit", order, "W-1")
	act("deny", order, "Wear and tear", "Write Off")

	assert state(order) == ("Denied", 300, 0, 300)
	assert flt(b.only(order).outstanding_amount) == 0
	assert order.name in frappe.db.get_value("Journal Entry", claim_of(order).difference_entry, "user_remark")
	assert b.position(order)[0] == "Invoiced"
	assert ("claim.denied", None) in lane.events(order)


def test_a_denied_claim_is_billed_to_the_customer(order):
	before = b.owes(b.manufacturer())
	act("submit", order, "W-1")
	act("deny", order, "Wear and tear", "Bill Customer")

	assert state(order)[0] == "Denied"
	assert b.owes(b.manufacturer()) - before == -300
	bill = b.only(order, customer=order.customer)
	assert (flt(bill.grand_total), bill.dealer_pay_type) == (300, "Customer")
	assert b.position(order) == ("Invoiced", "Unpaid", 300, 0, 300)
	b.collect(order, [("Cash", 300)])
	assert b.position(order) == ("Invoiced", "Paid", 300, 300, 0)


def test_a_denied_claim_is_borne_by_the_house(order):
	before = b.owes(b.manufacturer())
	act("submit", order, "W-1")
	act("deny", order, "Wear and tear", "Bill Internal")

	assert b.owes(b.manufacturer()) - before == -300
	(journal,) = b.documents(order, "Journal Entry")
	assert b.gl("Journal Entry", journal.name) == [
		("Internal Service Cost", "Service", "", 300, 0),
		("Internal Service Income", "Parts", "", 0, 60),
		("Internal Service Income", "Service", "", 0, 240),
	]
	assert b.position(order) == ("Invoiced", "Paid", 0, 0, 0)


def test_the_age_of_a_claim_counts_from_its_submission(order):
	act("submit", order, "W-1", add_days(nowdate(), -40))
	row = next(row for row in claims.open_claims(f.COMPANY) if row.repair_order == order.name)

	assert (row.age, str(row.open_amount)) == (40, "300.00 USD")


def test_nobody_makes_or_changes_a_claim_by_hand(order):
	claim = claim_of(order)
	claim.update({"claimed_amount": 1, "status": "Paid", "notes": "Called them"})
	claim.save()
	claim.reload()
	assert (claim.status, flt(claim.claimed_amount), claim.notes) == ("To Submit", 300, "Called them")
	with pytest.raises(frappe.ValidationError, match="warranty invoice"):
		frappe.get_doc(
			{
				"doctype": "Manufacturer Claim",
				"repair_order": order.name,
				"manufacturer": b.manufacturer(),
			}
		).insert()

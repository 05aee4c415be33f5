"""What is open on a repair order follows the books, whoever wrote in them."""

import frappe
import pytest
from erpnext.accounts.doctype.payment_entry.payment_entry import get_payment_entry
from erpnext.controllers.sales_and_purchase_return import make_return_doc
from frappe.utils import flt

from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import accountant, lane
from tests.site import billing as b
from tests.site import factories as f


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return b.set_up()


def invoiced(works=None, **values):
	order = b.ready(works or [b.work()], **values)
	b.invoice(order)
	return order


def test_split_and_staged_payments():
	order = invoiced()
	b.collect(order, [("Cash", 50), ("Card", 30.25)])
	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 80.25, 69.75)
	assert ("ro.paid", None) not in lane.events(order)

	result = b.collect(order, [("Card", 69.75)])
	assert b.position(order) == ("Invoiced", "Paid", 150, 150, 0)
	assert lane.events(order).count(("ro.paid", None)) == 1
	payments = b.documents(order, "Payment Entry")
	assert [(p.mode_of_payment, flt(p.paid_amount), p.dealer_vehicle) for p in payments] == [
		("Cash", 50, order.vehicle),
		("Card", 30.25, order.vehicle),
		("Card", 69.75, order.vehicle),
	]
	assert b.gl("Payment Entry", result["payments"][0])[1][:2] == ("Debtors", "Service")
	assert b.owes(order.customer) == 0


def test_more_than_is_open_is_refused_and_nothing_is_taken():
	order = invoiced()
	with pytest.raises(DealerRefusal, match="too much"):
		b.collect(order, [("Cash", 100), ("Card", 50.01)])
	frappe.db.rollback()

	assert b.documents(order, "Payment Entry") == []
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)


def test_a_double_click_takes_the_money_once():
	order, key = invoiced(), f.key()
	first = b.collect(order, [("Cash", 40)], key)
	second = b.collect(order, [("Cash", 40)], key)

	assert (first["repeated"], second["repeated"]) == (False, True)
	assert first["payments"] == second["payments"]
	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 40, 110)


def test_a_payment_written_in_erpnext_counts_and_its_cancellation_too():
	order = invoiced()
	payment = get_payment_entry("Sales Invoice", b.only(order).name)
	payment.update({"reference_no": "1", "reference_date": frappe.utils.nowdate()})
	payment.insert().submit()
	frappe.db.commit()
	assert b.position(order) == ("Invoiced", "Paid", 150, 150, 0)

	payment.reload()
	payment.cancel()
	frappe.db.commit()
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)
	assert ("ro.status_changed", "ro.paid") in lane.events(order)


def test_unreconciling_opens_the_order_again():
	order = invoiced()
	(payment,) = b.collect(order, [("Cash", 150)])["payments"]
	unreconcile = frappe.get_doc(
		{
			"doctype": "Unreconcile Payment",
			"company": f.COMPANY,
			"voucher_type": "Payment Entry",
			"voucher_no": payment,
		}
	)
	unreconcile.add_references()
	unreconcile.insert().submit()
	frappe.db.commit()

	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)


def test_an_invoice_cancelled_after_payment_reopens_and_the_payment_pays_the_next_one():
	order = invoiced()
	b.collect(order, [("Cash", 100)])
	first = b.only(order)
	first.cancel()
	frappe.db.commit()

	assert b.position(order) == ("Ready", "Not Invoiced", 0, 0, 0)
	assert ("ro.reopened", "ro.invoiced") in lane.events(order)
	assert b.owes(order.customer) == -100  # the customer's credit, in nobody's pocket

	b.invoice(order)
	assert b.only(order).name != first.name
	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 100, 50)
	assert b.owes(order.customer) == 50


def test_only_what_was_cancelled_is_billed_again():
	order = invoiced([b.work(), b.work("Recall", pay_type="Warranty"), b.work("Detail", pay_type="Internal")])
	b.only(order, customer=order.customer).cancel()
	frappe.db.commit()
	assert b.position(order)[0] == "Ready"

	b.invoice(order)
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)
	assert len(b.documents(order)) == 2
	assert len(b.documents(order, "Journal Entry")) == 1
	assert frappe.db.count("Manufacturer Claim", {"repair_order": order.name}) == 1


@pytest.mark.parametrize("values", [{"labor_amount": 60, "amount": 60, "rate": 60}, {"answer": "Declined"}])
def test_what_stands_on_a_bill_must_still_be_what_it_says(values):
	order = invoiced([b.work(), b.work("Recall", pay_type="Warranty")])
	b.only(order, customer=order.customer).cancel()
	frappe.db.set_value("Repair Order Job", lane.job(order, 2).name, values)
	frappe.db.commit()
	with pytest.raises(DealerRefusal, match="Job 2"):
		b.invoice(order)
	frappe.db.rollback()
	assert len(b.documents(order)) == 1


def test_a_warranty_invoice_made_again_goes_on_the_same_claim():
	order = invoiced([b.work(), b.work("Recall", pay_type="Warranty")])
	b.only(order, dealer_pay_type="Warranty").cancel()
	frappe.db.commit()
	assert b.position(order)[0] == "Ready"
	b.invoice(order)

	(claim,) = frappe.get_all("Manufacturer Claim", {"repair_order": order.name}, ["sales_invoice", "status"])
	assert (claim.sales_invoice, claim.status) == (
		b.only(order, dealer_pay_type="Warranty").name,
		"To Submit",
	)


def credit(invoice: str, share: float = 1):
	note = make_return_doc("Sales Invoice", invoice)
	note.update({"update_stock": 0, "disable_rounded_total": 1})
	for row in note.items:
		row.rate = flt(row.rate * share, 2)
	note.insert().submit()
	frappe.db.commit()
	return note


def test_a_full_credit_note_reopens():
	order = invoiced()
	credit(b.only(order).name)

	assert b.position(order) == ("Ready", "Not Invoiced", 0, 0, 0)
	assert ("ro.reopened", "ro.invoiced") in lane.events(order)
	b.invoice(order)
	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)


def test_a_part_credit_note_counts_and_does_not_reopen():
	order = invoiced()
	credit(b.only(order).name, 0.2)
	assert b.position(order) == ("Invoiced", "Unpaid", 120, 0, 120)

	b.collect(order, [("Cash", 120)])
	assert b.position(order) == ("Invoiced", "Paid", 120, 120, 0)


def test_a_credit_after_payment_is_owed_to_the_customer():
	order = invoiced()
	b.collect(order, [("Cash", 150)])
	credit(b.only(order).name, 0.2)

	assert b.position(order) == ("Invoiced", "Paid", 120, 150, -30)
	assert b.owes(order.customer) == -30


def test_an_amended_invoice_is_the_orders_again():
	order = invoiced()
	first = b.only(order)
	first.cancel()
	frappe.db.commit()
	assert b.position(order)[0] == "Ready"
	accountant.amended(first).insert().submit()
	frappe.db.commit()

	assert b.position(order) == ("Invoiced", "Unpaid", 150, 0, 150)
	assert b.invoice(order)["repeated"]


def test_an_invoice_written_by_hand_bills_the_order():
	order = b.ready()
	invoice = f.make_invoice(order.customer, 140, dealer_repair_order=order.name)
	frappe.db.commit()

	assert b.position(order) == ("Invoiced", "Unpaid", 140, 0, 140)
	assert b.invoice(order)["documents"] == [{"doctype": "Sales Invoice", "name": invoice.name}]


def test_a_deposit_for_the_vehicle_pays_the_order():
	customer = f.make_customer()
	vehicle = lane.make_car(customer)
	deposit = f.take_new(customer, vehicle, 100, kind="Part", hold_until=None)
	order = invoiced(customer=customer, vehicle=vehicle)
	f.act(deposit, "Apply", amount=100, sales_invoice=b.only(order).name)

	assert b.position(order) == ("Invoiced", "Partly Paid", 150, 100, 50)
	b.collect(order, [("Cash", 50)])
	assert b.position(order) == ("Invoiced", "Paid", 150, 150, 0)


# --- an insurer with a deductible -------------------------------------------------------------------


@pytest.fixture
def insured():
	insurer = b.named_customer("Safe Harbor Insurance")
	before = b.owes(insurer)
	order = b.ready([b.work("Fender", 10), b.work("Oil change", 1)])
	b.bill_to(order, 1, insurer)
	b.set_on(order, insurer=insurer, deductible=500)
	b.invoice(order)
	return order, insurer, before


def test_each_payer_owes_an_exact_amount(insured):
	order, insurer, before = insured
	whole = b.only(order, customer=insurer)
	own = b.only(order, customer=order.customer)

	assert b.gl("Sales Invoice", whole.name) == [
		("Debtors", "Service", insurer, 1500, 0),
		("Sales", "Service", "", 0, 1500),
	]
	assert (flt(whole.outstanding_amount), flt(own.outstanding_amount)) == (1000, 150)
	(journal,) = b.documents(order, "Journal Entry")
	assert set(b.gl("Journal Entry", journal.name)) == {
		("Debtors", "Service", insurer, 0, 500),
		("Debtors", "Service", order.customer, 500, 0),
	}
	assert (b.owes(insurer) - before, b.owes(order.customer)) == (1000, 650)
	assert b.position(order) == ("Invoiced", "Unpaid", 650, 0, 650)


def test_the_customer_pays_invoice_and_deductible_at_once(insured):
	order, insurer, before = insured
	b.collect(order, [("Card", 600), ("Cash", 50)])

	assert b.position(order) == ("Invoiced", "Paid", 650, 650, 0)
	assert (b.owes(order.customer), b.owes(insurer) - before) == (0, 1000)
	assert b.release(order)["status"] == "Closed"  # the insurer pays later


def test_cancelling_the_insurers_invoice_takes_the_deductible_back(insured):
	order, insurer, before = insured
	b.only(order, customer=insurer).cancel()
	frappe.db.commit()

	assert b.documents(order, "Journal Entry") == []
	assert (b.owes(insurer) - before, b.owes(order.customer)) == (0, 150)
	assert b.position(order) == ("Ready", "Unpaid", 150, 0, 150)
	b.invoice(order)
	assert (b.owes(insurer) - before, b.owes(order.customer)) == (1000, 650)
	assert b.position(order) == ("Invoiced", "Unpaid", 650, 0, 650)


def test_crediting_the_insurers_invoice_takes_the_deductible_back(insured):
	order, insurer, before = insured
	credit(b.only(order, customer=insurer).name)

	assert b.documents(order, "Journal Entry") == []
	assert (b.owes(insurer) - before, b.owes(order.customer)) == (0, 150)
	assert b.position(order) == ("Ready", "Unpaid", 150, 0, 150)


@pytest.mark.parametrize(("deductible", "words"), [(1500, "not less"), (2000, "not less")])
def test_a_deductible_above_the_bill_is_refused(deductible, words):
	insurer = b.named_customer("Safe Harbor Insurance")
	order = b.ready([b.work("Fender", 10)])
	b.bill_to(order, 1, insurer)
	b.set_on(order, insurer=insurer, deductible=deductible)
	with pytest.raises(DealerRefusal, match=words):
		b.invoice(order)
	frappe.db.rollback()
	assert b.documents(order) == []


# --- the car leaves -----------------------------------------------------------------------------------


def test_a_car_leaves_when_it_is_paid():
	order = invoiced()
	with pytest.raises(DealerRefusal, match="150"):
		b.release(order)
	frappe.db.rollback()
	b.collect(order, [("Cash", 150)])
	first = b.release(order)
	second = b.release(order)

	assert (first["status"], first["repeated"], second["repeated"]) == ("Closed", False, True)
	assert (order.mileage_out, order.handed_over_by, order.released_by) == (30_010, "Administrator", None)
	assert lane.events(order).count(("ro.closed", None)) == 1


def test_only_a_manager_releases_an_unpaid_car():
	order = invoiced()
	with f.logged_in(lane.advisor()), pytest.raises(DealerRefusal, match="service manager"):
		b.release(order, reason="He pays tomorrow")
	frappe.db.rollback()
	with f.logged_in(lane.service_manager()):
		b.release(order, reason="Pays on account, monthly")

	assert (order.status, order.released_by, order.release_reason) == (
		"Closed",
		lane.service_manager(),
		"Pays on account, monthly",
	)
	b.collect(order, [("Cash", 150)])
	assert b.position(order) == ("Closed", "Paid", 150, 150, 0)


def test_a_closed_order_whose_invoice_is_cancelled_is_open_again():
	order = invoiced()
	b.collect(order, [("Cash", 150)])
	b.release(order)
	b.only(order).cancel()
	frappe.db.commit()

	assert b.position(order) == ("Ready", "Not Invoiced", 0, 0, 0)
	events = lane.events(order)
	assert ("ro.reopened", "ro.closed") in events
	assert ("ro.status_changed", "ro.invoiced") in events
	assert ("ro.status_changed", "ro.paid") in events

"""What an accountant does to a deposit's payments and invoices in ERPNext itself; the deposit is right
afterwards: its amounts, its tenders, the hold, the spine and the promises."""

import frappe
import pytest

from tests.site import factories as f
from tests.site.accountant import amended, payment_of, refund_of, unreconcile
from tests.site.checks import events, everything_right, figures, follow_up, hold_of

NEXT_STEP = "Deposit: agree the next step"
REVIEW = "Refund: look at the reason"


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def held():
	"""A customer, a car and 500 held for it."""
	customer, vehicle = f.make_customer(), f.make_vehicle()
	return f.take_new(customer, vehicle, 500), customer, vehicle


def test_cancelling_the_payment_gives_the_car_back(held):
	deposit, _customer, vehicle = held
	payment_of(deposit).cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Cancelled", (0, 0, 0, 0, 0))
	assert hold_of(vehicle) is None
	assert vehicle.status == "Front-line Ready"
	assert events(deposit) == [
		("deposit.taken", None),
		("vehicle.held", None),
		("payment.reversed", "deposit.taken"),
		("deposit.cancelled", None),
		("vehicle.released", None),
	]
	promise = follow_up(deposit, NEXT_STEP)
	assert (promise.status, promise.reason) == ("Stopped", "What led to it was reversed")
	assert frappe.db.get_value("ToDo", promise.todo, "status") == "Closed"


def test_one_of_two_payments_cancelled_leaves_the_other_held(held):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, tenders=[("Cash", 200), ("Card", 300)])
	payment_of(deposit).cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (300, 0, 0, 0, 300))
	assert hold_of(vehicle) == deposit.name
	assert follow_up(deposit, NEXT_STEP).status == "Open"


def test_an_amended_payment_stays_the_deposits_own(held):
	deposit, _customer, vehicle = held
	old = payment_of(deposit)
	old.cancel()
	frappe.db.commit()
	new = amended(old)
	new.mode_of_payment = "Card"
	new.insert()
	new.submit()

	everything_right(deposit)
	assert (deposit.status, deposit.held_amount) == ("Held", 500)
	assert [(row.payment_entry, row.cancelled, row.left_amount) for row in deposit.tenders] == [
		(old.name, 1, 0),
		(new.name, 0, 500),
	]
	assert hold_of(vehicle) == deposit.name
	assert events(deposit)[-2:] == [("deposit.taken", None), ("vehicle.held", None)]
	assert follow_up(deposit, NEXT_STEP).status == "Planned"


def test_an_amended_payment_does_not_take_the_car_from_its_new_holder(held):
	deposit, _customer, vehicle = held
	old = payment_of(deposit)
	old.cancel()
	frappe.db.commit()
	second = f.take_new(f.make_customer(), vehicle, 300)
	new = amended(old)
	new.insert()
	new.submit()

	everything_right(deposit)
	assert (deposit.status, deposit.held_amount, deposit.hold_until) == ("Held", 500, None)
	assert hold_of(vehicle) == second.name
	said = frappe.get_all(
		"Comment", {"reference_doctype": "Deposit", "reference_name": deposit.name}, pluck="content"
	)
	assert len([text for text in said if second.name in text]) == 1


def test_an_amendment_for_another_customer_is_refused(held):
	deposit, _customer, _vehicle = held
	old = payment_of(deposit)
	old.cancel()
	frappe.db.commit()
	new = amended(old)
	new.party = f.make_customer().name
	with pytest.raises(frappe.ValidationError, match=deposit.name):
		new.insert()


def test_an_amended_amount_is_what_is_held(held):
	deposit, customer, _vehicle = held
	old = payment_of(deposit)
	old.cancel()
	frappe.db.commit()
	new = amended(old)
	new.paid_amount = new.received_amount = 450
	new.insert()
	new.submit()

	everything_right(deposit)
	assert (deposit.status, deposit.held_amount) == ("Held", 450)
	assert f.balance(f.deposits_account(), customer.name) == -450


def test_unreconciled_money_is_held_again(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=500, sales_invoice=invoice.name)
	assert follow_up(deposit, NEXT_STEP).status == "Stopped"
	unreconcile(deposit.tenders[0].payment_entry)

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert hold_of(vehicle) == deposit.name
	assert events(deposit)[-2:] == [("deposit.applied", None), ("deposit.reinstated", "deposit.applied")]
	assert follow_up(deposit, NEXT_STEP).status == "Planned"
	invoice.reload()
	assert invoice.outstanding_amount == 20000
	assert f.balance(f.debtors_account(), customer.name) == 20000


def test_cancelling_the_invoice_gives_the_money_back_to_the_deposit(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	f.act(deposit, "Apply", amount=200, sales_invoice=invoice.name)
	invoice.reload()
	invoice.cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert hold_of(vehicle) == deposit.name
	assert events(deposit)[-4:] == [
		("deposit.applied", None),
		("deposit.applied", None),
		("deposit.reinstated", "deposit.applied"),
		("deposit.reinstated", "deposit.applied"),
	]
	assert follow_up(deposit, NEXT_STEP).status == "Planned"
	assert f.balance(f.debtors_account(), customer.name) == 0


def test_an_applied_payment_that_is_cancelled_opens_the_invoice_again(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	payment_of(deposit).cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Cancelled", (0, 0, 0, 0, 0))
	assert hold_of(vehicle) is None
	promise = follow_up(deposit, NEXT_STEP)
	assert (promise.status, promise.reason) == ("Stopped", "What led to it was reversed")
	invoice.reload()
	assert invoice.outstanding_amount == 20000


def test_an_invoice_for_the_same_car_may_take_the_deposit_as_an_advance(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle, submit=False, allocate_advances_automatically=1)
	assert [row.reference_name for row in invoice.advances] == [deposit.tenders[0].payment_entry]
	invoice.submit()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Applied", (500, 500, 0, 0, 0))
	assert hold_of(vehicle) == deposit.name
	assert events(deposit)[-1] == ("deposit.applied", None)
	assert follow_up(deposit, NEXT_STEP).status == "Stopped"
	invoice.reload()
	assert invoice.outstanding_amount == 19500


def test_a_credit_note_leaves_the_applied_deposit_applied(held):
	from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return

	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=500, sales_invoice=invoice.name)
	note = make_sales_return(invoice.name)
	note.insert()
	note.submit()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Applied", (500, 500, 0, 0, 0))
	assert f.event_types(customer=customer.name, reference_name=note.name) == ["invoice.credited"]
	assert f.balance(f.debtors_account(), customer.name) == -500


def test_a_cancelled_refund_is_held_again(held):
	deposit, customer, vehicle = held
	f.act(deposit, "Refund", amount=500, reason="Cheaper car")
	assert (deposit.status, hold_of(vehicle)) == ("Refunded", None)
	refund_of(deposit).cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert hold_of(vehicle) == deposit.name
	assert ("payment.reversed", "deposit.refunded") in events(deposit)
	assert follow_up(deposit, REVIEW).status == "Stopped"
	assert follow_up(deposit, NEXT_STEP).status == "Planned"
	assert f.balance(f.deposits_account(), customer.name) == -500


def test_a_cancelled_refund_cannot_be_amended_past_the_deposit(held):
	deposit, _customer, _vehicle = held
	f.act(deposit, "Refund", amount=500, reason="Cheaper car")
	refund = refund_of(deposit)
	refund.cancel()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=deposit.name):
		amended(refund).insert()
	frappe.db.rollback()
	everything_right(deposit)


def test_a_refund_that_loses_its_match_is_still_paid_out(held):
	deposit, customer, _vehicle = held
	f.act(deposit, "Refund", amount=200, reason="Cheaper car")
	unreconcile(deposit.tenders[0].payment_entry)

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Partly Refunded", (500, 0, 200, 0, 300))
	assert f.balance(f.deposits_account(), customer.name) == -300
	with pytest.raises(frappe.ValidationError, match="holds"):
		f.act(deposit, "Refund", amount=400, reason="Once more")
	frappe.db.rollback()
	f.act(deposit, "Refund", amount=300, reason="All of it")
	everything_right(deposit)
	assert deposit.status == "Refunded"


def test_a_receipt_whose_refund_stands_is_not_cancelled_alone(held):
	deposit, _customer, _vehicle = held
	f.act(deposit, "Refund", amount=200, reason="Cheaper car")
	with pytest.raises(frappe.LinkExistsError, match=refund_of(deposit).name):
		payment_of(deposit).cancel()
	frappe.db.rollback()
	refund_of(deposit).cancel()
	frappe.db.commit()
	payment_of(deposit).cancel()
	everything_right(deposit)
	assert deposit.status == "Cancelled"


def test_a_cancelled_forfeiture_is_held_again():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, refundable="No")
	result = f.act(deposit, "Forfeit", amount=500, reason="Never came back")
	assert hold_of(vehicle) is None
	frappe.get_doc("Sales Invoice", result["documents"][0]["name"]).cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert hold_of(vehicle) == deposit.name
	assert ("deposit.reinstated", "deposit.forfeited") in events(deposit)
	assert "invoice.cancelled" not in f.event_types(customer=customer.name)
	assert follow_up(deposit, NEXT_STEP).status == "Planned"
	assert f.balance(f.debtors_account(), customer.name) == 0


def test_a_sold_car_is_not_held_again(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	vehicle.reload()
	vehicle.status = "Sold"
	vehicle.save()

	everything_right(deposit)
	assert deposit.status == "Partly Applied"
	assert hold_of(vehicle) is None
	assert vehicle.status == "Sold"

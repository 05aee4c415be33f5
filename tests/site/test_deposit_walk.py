"""The walk of a deposit: taken, applied, refunded, forfeited, moved, cancelled; the ledger right each time."""

import frappe
import pytest

from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import factories as f


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


def test_taking_books_the_money_as_a_liability_and_holds_the_car():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)

	assert deposit.status == "Held"
	assert (deposit.taken_amount, deposit.held_amount) == (500, 500)
	assert f.balance(f.deposits_account(), customer.name) == -500
	assert f.balance(f.debtors_account(), customer.name) == 0
	vehicle.reload()
	assert (vehicle.status, vehicle.held_for, vehicle.hold_deposit) == (
		"On Hold",
		customer.name,
		deposit.name,
	)
	assert sorted(f.event_types(customer=customer.name)) == ["deposit.taken", "vehicle.held"]
	payment = frappe.get_doc("Payment Entry", deposit.tenders[0].payment_entry)
	assert payment.docstatus == 1
	assert payment.dealer_deposit == deposit.name
	assert payment.cost_center == "Sales - SM"


def test_split_tender_is_several_payments_and_one_promise():
	deposit = f.take_new(amount=500, tenders=[("Cash", 200), ("Card", 300)])

	assert [(row.mode_of_payment, row.amount) for row in deposit.tenders] == [("Cash", 200), ("Card", 300)]
	assert f.event_types(deposit=deposit.name).count("deposit.taken") == 2
	promises = frappe.get_all(
		"Follow Up", {"deposit": deposit.name, "rule": "Deposit: agree the next step"}, ["status"]
	)
	assert [row.status for row in promises] == ["Open"]


def test_applied_in_part_then_whole():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, tenders=[("Cash", 200), ("Card", 300)])
	invoice = f.make_invoice(customer, 20000, vehicle)
	frappe.db.commit()

	f.act(deposit, "Apply", amount=250, sales_invoice=invoice.name)
	assert (deposit.status, deposit.held_amount, deposit.applied_amount) == ("Partly Applied", 250, 250)
	f.act(deposit, "Apply", amount=250, sales_invoice=invoice.name)
	assert (deposit.status, deposit.held_amount) == ("Applied", 0)

	invoice.reload()
	assert invoice.outstanding_amount == 19500
	assert f.balance(f.deposits_account(), customer.name) == 0
	assert f.balance(f.debtors_account(), customer.name) == 19500
	vehicle.reload()
	assert vehicle.status == "On Hold"
	promise = frappe.get_doc("Follow Up", {"deposit": deposit.name, "rule": "Deposit: agree the next step"})
	assert promise.status == "Stopped"
	assert frappe.db.get_value("ToDo", promise.todo, "status") == "Closed"


def test_refund_in_part_then_whole_goes_back_as_it_was_paid():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, tenders=[("Cash", 200), ("Card", 300)])

	f.act(deposit, "Refund", amount=150, reason="Changed her mind")
	assert (deposit.status, deposit.held_amount, deposit.refunded_amount) == ("Partly Refunded", 350, 150)
	f.act(deposit, "Refund", amount=350, reason="Changed her mind altogether")
	assert (deposit.status, deposit.held_amount) == ("Refunded", 0)

	refunds = frappe.get_all(
		"Payment Entry",
		{"dealer_deposit": deposit.name, "payment_type": "Pay", "docstatus": 1},
		["mode_of_payment", "paid_amount", "dealer_refund_of"],
		order_by="creation",
	)
	assert [(r.mode_of_payment, r.paid_amount) for r in refunds] == [
		("Cash", 150),
		("Cash", 50),
		("Card", 300),
	]
	assert {r.dealer_refund_of for r in refunds} == {row.payment_entry for row in deposit.tenders}
	assert f.balance(f.deposits_account(), customer.name) == 0
	assert f.balance(f.debtors_account(), customer.name) == 0
	assert not frappe.get_all("Sales Invoice", {"customer": customer.name})
	vehicle.reload()
	assert vehicle.status == "Front-line Ready"


def test_forfeit_makes_an_invoice_paid_by_the_deposit():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500, refundable="No")
	result = f.act(deposit, "Forfeit", amount=500, reason="Never came back")

	assert deposit.status == "Forfeited"
	invoice = frappe.get_doc("Sales Invoice", result["documents"][0]["name"])
	assert (invoice.outstanding_amount, invoice.status) == (0, "Paid")
	assert f.balance(f.deposits_account(), customer.name) == 0
	assert f.balance(f.debtors_account(), customer.name) == 0
	assert "deposit.forfeited" in f.event_types(deposit=deposit.name)


def test_move_takes_the_hold_along():
	customer, old, new = f.make_customer(), f.make_vehicle(), f.make_vehicle()
	deposit = f.take_new(customer, old, 500)
	f.act(deposit, "Move", to_vehicle=new.name, reason="Likes the blue one")

	old.reload()
	new.reload()
	assert (old.status, new.status, deposit.vehicle) == ("Front-line Ready", "On Hold", new.name)
	assert "deposit.moved" in f.event_types(deposit=deposit.name)


def test_a_mistake_of_today_is_cancelled():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	f.act(deposit, "Cancel", reason="Wrong customer")

	vehicle.reload()
	assert (deposit.status, vehicle.status) == ("Cancelled", "Front-line Ready")
	assert f.balance(f.deposits_account(), customer.name) == 0
	assert "payment.reversed" in f.event_types(deposit=deposit.name)


def test_a_second_customer_is_told_who_holds_the_car():
	customer, vehicle = f.make_customer("Zoe Holder " + f.key()[:6]), f.make_vehicle()
	f.take_new(customer, vehicle, 500)
	second = f.make_deposit(f.make_customer(), vehicle, 300)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match=customer.customer_name):
		f.take(second)
	frappe.db.rollback()
	assert not frappe.get_all("Payment Entry", {"dealer_deposit": second.name})
	assert frappe.db.get_value("Deposit", second.name, "status") == "Draft"


def test_a_double_click_takes_the_money_once():
	deposit = f.make_deposit()
	frappe.db.commit()
	client_key = f.key()
	first = f.take(deposit, client_key=client_key)
	again = f.take(deposit, client_key=client_key)
	assert again["repeated"] and again["action"] == first["action"]
	assert frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name}) == 1


@pytest.mark.parametrize("amount", [0, -5, 0.001, 10.005])
def test_amounts_that_are_none_are_refused(amount):
	with pytest.raises((DealerRefusal, frappe.NonNegativeError)):
		f.make_deposit(amount=amount)


def test_a_refund_above_what_is_left_is_refused():
	deposit = f.take_new(amount=500)
	with pytest.raises(DealerRefusal, match="holds"):
		f.act(deposit, "Refund", amount=500.01, reason="Too much")

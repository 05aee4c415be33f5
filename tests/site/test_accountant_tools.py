"""ERPNext's tools around a deposit: reconciliation, reposting, orders, bank, the POS closing; and money
that was taken before the company booked deposits as a liability."""

import frappe
import pytest
from frappe.utils import add_days, nowdate

from dealer_pos_crm.dealer_cashier.deposits import ledger
from tests.site import factories as f
from tests.site.accountant import (
	amended,
	payment_of,
	plain_payment,
	reconcile,
	refund_of,
	repost_accounting,
	repost_payments,
	unreconcile,
)
from tests.site.checks import events, everything_right, figures, hold_of


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def held():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	return f.take_new(customer, vehicle, 500), customer, vehicle


def in_state(state: str, deposit, customer, vehicle) -> list[tuple[str, str]]:
	"""Bring the deposit there; returns the vouchers it then consists of."""
	vouchers = [("Payment Entry", deposit.tenders[0].payment_entry)]
	if state == "applied":
		invoice = f.make_invoice(customer, 20000, vehicle)
		f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
		vouchers.append(("Sales Invoice", invoice.name))
	if state == "refunded":
		f.act(deposit, "Refund", amount=200, reason="Cheaper car")
		vouchers.append(("Payment Entry", refund_of(deposit).name))
	return vouchers


@pytest.mark.parametrize("state", ["held", "applied", "refunded"])
def test_reposting_the_accounts_changes_nothing(held, state):
	deposit, customer, vehicle = held
	vouchers = in_state(state, deposit, customer, vehicle)
	before = (deposit.status, figures(deposit), events(deposit))
	repost_accounting(vouchers)

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before


def test_reposting_all_payments_leaves_deposits_out(held):
	deposit, customer, vehicle = held
	in_state("applied", deposit, customer, vehicle)
	before = (deposit.status, figures(deposit), events(deposit))
	repost_payments()

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before
	assert deposit.applied_amount == 300


def test_reposting_a_deposits_payment_alone_is_refused(held):
	deposit, customer, vehicle = held
	vouchers = in_state("applied", deposit, customer, vehicle)
	with pytest.raises(frappe.ValidationError, match=f"{deposit.name}.*Repost Accounting Ledger"):
		repost_payments(vouchers)
	frappe.db.rollback()
	everything_right(deposit)


def test_the_reconciliation_tool_may_use_it_for_the_same_car(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, vehicle)
	reconcile(customer, payment=deposit.tenders[0].payment_entry, invoice=invoice.name)

	everything_right(deposit)
	assert (deposit.status, deposit.applied_amount) == ("Applied", 500)
	assert events(deposit)[-1] == ("deposit.applied", None)


def test_a_refund_may_be_matched_with_its_receipt_again(held):
	deposit, _customer, _vehicle = held
	f.act(deposit, "Refund", amount=200, reason="Cheaper car")
	unreconcile(deposit.tenders[0].payment_entry)
	before = (deposit.status, figures(deposit), events(deposit))
	from erpnext.accounts.utils import reconcile_against_document

	refund = refund_of(deposit)
	reconcile_against_document(
		[
			frappe._dict(
				voucher_type="Payment Entry",
				voucher_no=deposit.tenders[0].payment_entry,
				against_voucher_type="Payment Entry",
				against_voucher=refund.name,
				account=refund.paid_to,
				party_type="Customer",
				party=deposit.customer,
				is_advance="Yes",
				dr_or_cr="credit_in_account_currency",
				unreconciled_amount=500,
				unadjusted_amount=500,
				allocated_amount=200,
				difference_amount=0,
				exchange_rate=1,
				grand_total=0,
				outstanding_amount=0,
			)
		]
	)

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before


def test_a_cancelled_order_touches_its_own_advance_only(held):
	deposit, customer, vehicle = held
	order = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": f.COMPANY,
			"customer": customer.name,
			"transaction_date": nowdate(),
			"delivery_date": add_days(nowdate(), 7),
			"items": [{"item_code": f.make_item(), "qty": 1, "rate": 800, "delivery_date": nowdate()}],
		}
	)
	order.insert()
	order.submit()
	advance = plain_payment(
		customer,
		100,
		references=[
			{"reference_doctype": "Sales Order", "reference_name": order.name, "allocated_amount": 100}
		],
	)
	frappe.db.commit()
	before = (deposit.status, figures(deposit), events(deposit))
	order.reload()
	order.cancel()

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before
	assert hold_of(vehicle) == deposit.name
	assert f.event_types(customer=customer.name, reference_name=advance.name) == ["payment.received"]


def test_bank_clearance_is_not_an_event(held):
	deposit, _customer, _vehicle = held
	before = (deposit.status, figures(deposit), events(deposit))
	frappe.db.set_value("Payment Entry", deposit.tenders[0].payment_entry, "clearance_date", nowdate())

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before


def test_a_payment_deleted_after_its_cancellation_leaves_the_deposit_cancelled(held):
	deposit, _customer, vehicle = held
	payment = payment_of(deposit)
	payment.cancel()
	frappe.db.commit()
	frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 1)
	try:
		frappe.delete_doc("Payment Entry", payment.name)
		frappe.db.commit()
		from dealer_pos_crm.dealer_cashier.deposits import refresh

		refresh.refresh(deposit.name)
		deposit.reload()
		assert deposit.status == "Cancelled"
		assert hold_of(vehicle) is None
	finally:
		frappe.db.rollback()
		frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 0)
		frappe.db.delete("Customer Event", {"deposit": deposit.name, "reference_name": payment.name})
		frappe.db.commit()


def test_what_nobody_told_is_found_the_same_night(held):
	from dealer_pos_crm.dealer_cashier.deposits import refresh

	deposit, _customer, _vehicle = held
	frappe.db.set_value("Deposit", deposit.name, "held_amount", 123)
	frappe.db.commit()
	refresh.check_all_open()
	frappe.db.rollback()
	everything_right(deposit)
	assert figures(deposit) == (500, 0, 0, 0, 500)
	logged = frappe.get_all("Error Log", {"reference_name": deposit.name}, pluck="method")
	assert logged == [f"Deposit {deposit.name} had fallen behind the ledger"]


def test_the_pos_closing_has_nothing_to_do_with_deposits(held):
	deposit, customer, vehicle = held
	before = (deposit.status, figures(deposit), events(deposit))
	sale, closing = f.sell_at_pos(customer, 40)

	everything_right(deposit)
	assert (deposit.status, figures(deposit), events(deposit)) == before
	assert hold_of(vehicle) == deposit.name
	consolidated = frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice")
	assert closing.docstatus == 1 and consolidated
	told = frappe.get_all("Customer Event", {"customer": customer.name}, pluck="reference_name")
	assert told.count(sale.name) == 1 and consolidated not in told


@pytest.fixture
def before_set_up():
	"""The company books advances in the receivable account, as it did before it was set up."""
	company = frappe.get_doc("Company", f.COMPANY)
	company.db_set("book_advance_payments_in_separate_party_account", 0)
	frappe.clear_document_cache("Company", f.COMPANY)
	frappe.db.commit()
	yield
	frappe.db.rollback()
	company.db_set("book_advance_payments_in_separate_party_account", 1)
	frappe.clear_document_cache("Company", f.COMPANY)
	frappe.db.commit()


def taken_without_set_up(customer, vehicle, amount: float):
	"""A deposit whose payment was booked in the receivable account."""
	deposit = f.make_deposit(customer, vehicle, amount)
	payment = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": "Cash",
			"party_type": "Customer",
			"party": customer.name,
			"paid_from": f.debtors_account(),
			"paid_to": f.cash_account(),
			"paid_amount": amount,
			"received_amount": amount,
			"source_exchange_rate": 1,
			"target_exchange_rate": 1,
			"dealer_deposit": deposit.name,
			"dealer_vehicle": vehicle.name,
		}
	)
	payment.flags.dealer_deposit = True
	payment.insert()
	payment.submit()
	frappe.db.commit()
	deposit.reload()
	return deposit


def test_the_ledger_is_read_right_in_both_ways_of_booking(before_set_up):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = taken_without_set_up(customer, vehicle, 500)
	assert f.balance(f.debtors_account(), customer.name) == -500
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))

	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	assert (deposit.status, figures(deposit)) == ("Partly Applied", (500, 300, 0, 0, 200))
	unreconcile(deposit.tenders[0].payment_entry)
	deposit.reload()
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	invoice.reload()
	invoice.cancel()
	frappe.db.commit()
	deposit.reload()
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert ledger.read(deposit.name, "USD").position.held.minor == 50000


def test_no_deposit_is_taken_or_refunded_before_the_set_up(before_set_up):
	customer, vehicle = f.make_customer(), f.make_vehicle()
	draft = f.make_deposit(customer, vehicle)
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="Set up deposit accounting"):
		f.take(draft)
	frappe.db.rollback()
	deposit = taken_without_set_up(customer, vehicle, 500)
	with pytest.raises(frappe.ValidationError, match="Set up deposit accounting"):
		f.act(deposit, "Refund", amount=100, reason="Cheaper car")


def test_money_from_before_the_set_up_can_be_settled_after_it():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	company = frappe.get_doc("Company", f.COMPANY)
	company.db_set("book_advance_payments_in_separate_party_account", 0)
	frappe.clear_document_cache("Company", f.COMPANY)
	deposit = taken_without_set_up(customer, vehicle, 500)
	company.db_set("book_advance_payments_in_separate_party_account", 1)
	frappe.clear_document_cache("Company", f.COMPANY)
	frappe.db.commit()

	invoice = f.make_invoice(customer, 20000, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	assert (deposit.status, figures(deposit)) == ("Partly Applied", (500, 300, 0, 0, 200))
	old = payment_of(deposit)
	with pytest.raises(frappe.ValidationError, match=f"{old.name} was booked in .*amend"):
		f.act(deposit, "Refund", amount=200, reason="The rest back")
	frappe.db.rollback()

	unreconcile(old.name)
	old.reload()
	old.cancel()
	frappe.db.commit()
	new = amended(old)
	new.paid_from = f.debtors_account()
	new.insert()
	new.submit()
	frappe.db.commit()
	f.act(deposit, "Refund", amount=200, reason="The rest back")
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Applied", (500, 300, 200, 0, 0))
	assert f.balance(f.deposits_account(), customer.name) == 0
	assert f.balance(f.debtors_account(), customer.name) == 19700

"""A deposit goes only where it is meant to: no other invoice, no tool, no journal and no hand eats it."""

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.dealer_cashier.deposits.guard import DepositGuarded
from tests.site import factories as f
from tests.site.accountant import payment_of, plain_payment, process_reconciliation, reconcile
from tests.site.checks import events, everything_right, figures


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


@pytest.fixture
def held():
	customer, vehicle = f.make_customer(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	yield deposit, customer, vehicle
	frappe.db.rollback()
	everything_right(deposit)
	assert (deposit.status, figures(deposit)) == ("Held", (500, 0, 0, 0, 500))
	assert events(deposit) == [("deposit.taken", None), ("vehicle.held", None)]


def refused(deposit, vehicle=None):
	"""A refusal that names the deposit, what it is held for, and what to do instead."""
	words = f"{deposit.name}.*held for.*{vehicle.title if vehicle else deposit.held_for}.*(apply|refund)"
	return pytest.raises(DepositGuarded, match=words)


def advance(payment: str, amount: float, allocated: float) -> dict:
	return {
		"reference_type": "Payment Entry",
		"reference_name": payment,
		"advance_amount": amount,
		"allocated_amount": allocated,
		"ref_exchange_rate": 1,
		"account": f.deposits_account(),
	}


def test_an_invoice_for_another_car_cannot_pick_it_by_hand(held):
	deposit, customer, vehicle = held
	other = f.make_vehicle()
	rows = [advance(deposit.tenders[0].payment_entry, 500, 500)]
	with refused(deposit, vehicle):
		f.make_invoice(customer, 20000, other, submit=False, advances=rows)


def test_an_invoice_for_no_car_cannot_pick_it_by_hand(held):
	deposit, customer, vehicle = held
	rows = [advance(deposit.tenders[0].payment_entry, 500, 120)]
	with refused(deposit, vehicle):
		f.make_invoice(customer, 120, None, submit=False, advances=rows)


def test_a_deposit_for_no_car_is_applied_on_the_deposit_only():
	customer = f.make_customer()
	deposit = f.take_new(customer, False, 200)
	with refused(deposit):
		f.make_invoice(
			customer, 300, None, submit=False, advances=[advance(deposit.tenders[0].payment_entry, 200, 200)]
		)
	frappe.db.rollback()
	invoice = f.make_invoice(customer, 300)
	f.act(deposit, "Apply", amount=200, sales_invoice=invoice.name)
	everything_right(deposit)
	assert deposit.status == "Applied"


def test_a_draft_for_the_car_is_refused_when_the_deposit_moves_before_its_submit():
	customer, vehicle, other = f.make_customer(), f.make_vehicle(), f.make_vehicle()
	deposit = f.take_new(customer, vehicle, 500)
	rows = [advance(deposit.tenders[0].payment_entry, 500, 500)]
	invoice = f.make_invoice(customer, 20000, vehicle, submit=False, advances=rows)
	frappe.db.commit()
	f.act(deposit, "Move", to_vehicle=other.name, reason="Likes the blue one")
	with refused(deposit, other):
		invoice.submit()
	frappe.db.rollback()
	everything_right(deposit)
	assert deposit.status == "Held"


def test_automatic_allocation_leaves_it_out_and_uses_the_other_advances(held):
	deposit, customer, _vehicle = held
	f.take_new(customer, False, 70)
	free = plain_payment(customer, 100)
	frappe.db.commit()
	frappe.local.message_log = []
	invoice = f.make_invoice(customer, 450, None, submit=False, allocate_advances_automatically=1)
	said = [frappe.as_unicode(message) for message in frappe.local.message_log]
	assert any(deposit.name in text and "Left out" in text for text in said)
	invoice.submit()
	frappe.db.commit()

	invoice.reload()
	assert [(row.reference_name, row.allocated_amount, row.idx) for row in invoice.advances] == [
		(free.name, 100, 1)
	]
	assert (invoice.total_advance, invoice.outstanding_amount) == (100, 350)
	assert flt(sum(row.payment_amount for row in invoice.payment_schedule)) == 350
	assert frappe.db.get_value("Payment Entry", free.name, "unallocated_amount") == 0
	assert f.balance(f.debtors_account(), customer.name) == 350


def test_automatic_allocation_with_nothing_but_a_deposit_leaves_the_invoice_open(held):
	_deposit, customer, _vehicle = held
	invoice = f.make_invoice(customer, 450, None, allocate_advances_automatically=1)
	frappe.db.commit()
	invoice.reload()
	assert (invoice.advances, invoice.total_advance, invoice.outstanding_amount) == ([], 0, 450)
	assert flt(sum(row.payment_amount for row in invoice.payment_schedule)) == 450


def test_the_reconciliation_tool_cannot_use_it_for_another_car(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 20000, f.make_vehicle())
	frappe.db.commit()
	with refused(deposit, vehicle):
		reconcile(customer, payment=deposit.tenders[0].payment_entry, invoice=invoice.name)
	frappe.db.rollback()
	invoice.reload()
	assert invoice.outstanding_amount == 20000


def test_the_reconciliation_job_leaves_it_out_and_ends(held):
	_deposit, customer, _vehicle = held
	free = plain_payment(customer, 100)
	invoice = f.make_invoice(customer, 450)
	frappe.db.commit()
	log = process_reconciliation(customer)

	assert [(row.reference_name, row.allocated_amount) for row in log.allocations] == [(free.name, 100)]
	assert (log.total_allocations, log.reconciled_entries, log.error_log) == (1, 1, None)
	invoice.reload()
	assert invoice.outstanding_amount == 350


def test_the_reconciliation_job_with_nothing_but_a_deposit_does_nothing(held):
	_deposit, customer, _vehicle = held
	invoice = f.make_invoice(customer, 450)
	frappe.db.commit()
	log = process_reconciliation(customer)
	assert (log.allocations, log.total_allocations, log.error_log) == ([], 0, None)
	invoice.reload()
	assert invoice.outstanding_amount == 450


def test_an_invoice_with_its_payment_takes_no_deposit(held):
	deposit, customer, vehicle = held
	with pytest.raises(DepositGuarded, match="POS screen takes no deposits"):
		f.make_invoice(
			customer,
			500,
			vehicle,
			submit=False,
			is_pos=1,
			payments=[{"mode_of_payment": "Cash", "amount": 0, "account": f.cash_account()}],
			advances=[advance(deposit.tenders[0].payment_entry, 500, 500)],
		)


def test_a_pos_sale_takes_no_deposit(held):
	deposit, customer, _vehicle = held
	shift = f.open_shift()
	sale = frappe.get_doc(
		{
			"doctype": "POS Invoice",
			"company": f.COMPANY,
			"customer": customer.name,
			"pos_profile": shift.pos_profile,
			"is_pos": 1,
			"currency": "USD",
			"conversion_rate": 1,
			"items": [{"item_code": f.make_item(), "qty": 1, "rate": 500}],
			"payments": [{"mode_of_payment": "Cash", "amount": 500, "account": f.cash_account()}],
			"advances": [advance(deposit.tenders[0].payment_entry, 500, 500)],
		}
	)
	with pytest.raises(DepositGuarded, match="POS screen takes no deposits"):
		sale.insert()


def journal(rows: list[dict]):
	return frappe.get_doc(
		{
			"doctype": "Journal Entry",
			"company": f.COMPANY,
			"posting_date": frappe.utils.nowdate(),
			"accounts": [{"cost_center": f"Sales - {f.ABBR}", **row} for row in rows],
		}
	)


def test_a_journal_cannot_point_at_its_payment(held):
	deposit, customer, vehicle = held
	rows = [
		{
			"account": f.deposits_account(),
			"party_type": "Customer",
			"party": customer.name,
			"debit_in_account_currency": 500,
			"reference_type": "Payment Entry",
			"reference_name": deposit.tenders[0].payment_entry,
		},
		{"account": f.income_account(), "credit_in_account_currency": 500},
	]
	with refused(deposit, vehicle):
		journal(rows).insert()


def test_a_journal_cannot_take_from_the_deposits_account(held):
	deposit, customer, vehicle = held
	rows = [
		{
			"account": f.deposits_account(),
			"party_type": "Customer",
			"party": customer.name,
			"debit_in_account_currency": 500,
		},
		{"account": f.income_account(), "credit_in_account_currency": 500},
	]
	with refused(deposit, vehicle):
		journal(rows).insert()


def test_a_journal_about_something_else_passes(held):
	_deposit, customer, _vehicle = held
	rows = [
		{
			"account": f.debtors_account(),
			"party_type": "Customer",
			"party": customer.name,
			"debit_in_account_currency": 50,
		},
		{"account": f.income_account(), "credit_in_account_currency": 50},
	]
	doc = journal(rows)
	doc.insert()
	doc.submit()
	frappe.db.commit()
	assert doc.docstatus == 1


@pytest.mark.parametrize("payment_type", ["Receive", "Pay"])
def test_a_payment_made_by_hand_cannot_carry_its_name(held, payment_type):
	deposit, customer, _vehicle = held
	values = {"payment_type": payment_type, "dealer_deposit": deposit.name}
	if payment_type == "Pay":
		values |= {"paid_from": f.cash_account(), "paid_to": f.debtors_account()}
	with pytest.raises(DepositGuarded, match=deposit.name):
		plain_payment(customer, 100, **values)


def test_a_refund_by_hand_is_sent_to_the_deposit(held):
	deposit, customer, vehicle = held
	with pytest.raises(DepositGuarded, match=f"{deposit.name}.*{vehicle.title}.*refund on the Deposit"):
		pay_out(customer, 200)


def test_a_free_credit_may_be_paid_out_by_hand(held):
	deposit, customer, _vehicle = held
	plain_payment(customer, 100)
	pay_out(customer, 60)
	frappe.db.commit()
	assert f.balance(f.deposits_account(), customer.name) == -540
	with pytest.raises(DepositGuarded, match=f"40.*{deposit.name}"):
		pay_out(customer, 60)


def pay_out(customer, amount: float):
	values = {"payment_type": "Pay", "paid_from": f.cash_account(), "paid_to": f.debtors_account()}
	return plain_payment(customer, amount, **values)


def test_a_duplicate_of_its_payment_is_a_payment_like_any_other(held):
	deposit, customer, _vehicle = held
	payment = payment_of(deposit)
	copy = frappe.copy_doc(payment, ignore_no_copy=False)
	assert (copy.dealer_deposit, copy.dealer_vehicle, copy.dealer_refund_of) == (None, None, None)
	copy.insert()
	copy.submit()
	frappe.db.commit()
	assert f.event_types(customer=customer.name, reference_name=copy.name) == ["payment.received"]
	with pytest.raises(DepositGuarded, match=deposit.name):
		frappe.copy_doc(payment).insert()


def test_a_submitted_payment_cannot_be_allocated_or_relabelled_by_hand(held):
	deposit, customer, vehicle = held
	invoice = f.make_invoice(customer, 900, f.make_vehicle())
	frappe.db.commit()
	payment = payment_of(deposit)
	payment.append(
		"references",
		{"reference_doctype": "Sales Invoice", "reference_name": invoice.name, "allocated_amount": 100},
	)
	with refused(deposit, vehicle):
		payment.save()
	frappe.db.rollback()
	payment = payment_of(deposit)
	payment.dealer_deposit = None
	with pytest.raises(frappe.UpdateAfterSubmitError):
		payment.save()


def test_an_invoice_cannot_call_itself_a_forfeiture(held):
	deposit, customer, vehicle = held
	with pytest.raises(DepositGuarded, match=deposit.name):
		f.make_invoice(customer, 500, vehicle, submit=False, dealer_forfeited_deposit=deposit.name)

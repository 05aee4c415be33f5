"""A check comes back: what it paid is open again, to the cent, and the matter ends once."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, cint, flt, nowdate

from dealer_pos_crm.api import bank_deposit
from dealer_pos_crm.api import returned_check as api
from dealer_pos_crm.dealer_counter.banking import check_ending, slip
from dealer_pos_crm.dealer_counter.banking import returned_checks as cases
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.listeners import payment_entry as listener
from tests.site import bank_house as bank
from tests.site import billing, delivery
from tests.site import counter_house as counter
from tests.site import factories as f
from tests.site.racers import Racers


@pytest.fixture(scope="module")
def books(site):
	with bank.books() as found:
		frappe.db.set_value("Dealer Settings", f.COMPANY, "returned_check_fee", 25)
		frappe.db.set_value("Company", f.COMPANY, "write_off_account", f._account("Write Off"))
		frappe.clear_document_cache("Dealer Settings", f.COMPANY)
		frappe.clear_document_cache("Company", f.COMPANY)
		frappe.db.commit()
		yield found


def deposited(*payments) -> str:
	"""The checks of these payments are at the bank. Returns the slip."""
	frappe.db.commit()
	items = [{"kind": "Check", "doctype": one.doctype, "name": one.name} for one in payments]
	with f.logged_in(counter.accountant()):
		made = bank_deposit.take(f.COMPANY, items, f.key())
		frappe.db.commit()
	return made["name"]


def came_back(payment, key: str | None = None, user: str | None = None, **values) -> dict:
	frappe.db.commit()
	with f.logged_in(user or counter.accountant()):
		state = api.record(
			payment.doctype,
			payment.name,
			values.pop("reason", "Insufficient Funds"),
			key or f.key(),
			**values,
		)
		frappe.db.commit()
	return state


def by_check(amount: float) -> list[dict]:
	return [{"mode_of_payment": "Check", "amount": amount, "reference_no": "4711"}]


def steps(case: str) -> list[str]:
	return frappe.get_all(
		"Customer Event",
		{"reference_doctype": "Returned Check", "reference_name": case},
		pluck="event_type",
		order_by="name",
	)


def test_a_split_receipt_by_check_from_the_counter_to_made_good(books) -> None:
	counter.open_shift()
	customer, (first, second) = counter.owing(200, 150)
	state = counter.collect(
		customer, counter.lines_of(first, second), [counter.check(300, "2201"), counter.cash(50)]
	)
	check = next(one for one in counter.payments_of(state["receipt"]) if one.mode_of_payment == "Check")
	check = frappe.get_doc("Payment Entry", check.name)
	with pytest.raises(frappe.ValidationError, match="never at the bank"):
		came_back(check)
	frappe.db.rollback()
	counter.end_shifts_of(counter.cashier())
	on = deposited(check)

	asked = api.asking("Payment Entry", check.name)
	assert asked["why_not"] == "" and asked["fee"] == 25 and asked["check_no"] == "2201"
	assert sum(row["amount"] for row in asked["opens"]) == 300
	key = f.key()
	done = came_back(check, key, bank_fee="12.50", customer_fee=25)
	again = came_back(check, key)
	assert again["repeated"] and again["name"] == done["name"]
	with pytest.raises(frappe.ValidationError, match="came back already"):
		came_back(check)
	frappe.db.rollback()

	case = frappe.get_doc("Returned Check", done["name"])
	assert (case.status, case.amount, case.check_no, case.bank_deposit) == ("Open", 300, "2201", on)
	assert bank.rows_of(case.reversal, "Payment Entry") == {f.debtors_account(): 300, books.bank: -300}
	assert bank.rows_of(case.fee_entry) == {books.fees: 12.5, books.bank: -12.5}
	assert bank.rows_of(case.fee_invoice, "Sales Invoice") == {
		f.debtors_account(): 25,
		books.fee_income: -25,
	}
	# What it had paid is open again; the fee beside it. The cash stays where it was.
	opened = {first.name: counter.open_of(first), second.name: counter.open_of(second)}
	assert sum(opened.values()) == 300
	assert counter.owes(customer) == 325
	check.reload()
	assert (check.docstatus, check.unallocated_amount, check.dealer_returned_check) == (1, 0, case.name)
	assert frappe.db.get_value("Payment Entry", case.reversal, "dealer_shift") is None
	assert frappe.db.get_value("Counter Receipt", state["receipt"], ["status", "reversed_amount"]) == (
		"Part Reversed",
		300,
	)
	assert frappe.get_all("Bank Deposit Item", {"parent": on}, pluck="state") == ["Returned"]
	for document in (check, frappe.get_doc("Payment Entry", case.reversal)):
		with pytest.raises(slip.OnASlip, match=case.name):
			frappe.get_doc("Payment Entry", document.name).cancel()
		frappe.db.rollback()
	with pytest.raises(slip.OnASlip, match=case.name):
		frappe.get_doc("Journal Entry", case.fee_entry).cancel()
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="came back"):
		bank_deposit.cancel(on, "Wrong bag")
	frappe.db.rollback()

	# The customer is told of, once, and nobody says that money was paid out.
	assert steps(case.name) == ["check.returned"]
	reversal = frappe.get_doc("Payment Entry", case.reversal)
	(event,) = listener.events_of(reversal.as_dict())
	assert (event.type, event.reverses) == ("payment.reversed", f"payment.received:{check.name}")
	assert "refund.paid" not in f.event_types(customer=customer.name)
	promise = frappe.get_all(
		"Follow Up", {"customer": customer.name, "rule": ("like", "Check: came back%")}, ["status", "title"]
	)
	assert len(promise) == 1 and "2201" in promise[0].title

	# No check again, until a manager says so.
	assert cint(frappe.db.get_value("Customer", customer.name, "dealer_no_checks"))
	counter.open_shift()
	with pytest.raises((frappe.ValidationError, Refused)):
		counter.collect(customer, counter.lines_of(first, amounts=(10,)), [counter.check(10, "2202")])
	frappe.db.rollback()
	with f.logged_in(counter.cashier()), pytest.raises(frappe.PermissionError):
		api.allow_checks(customer.name, "They are good for it")
	frappe.db.rollback()
	with f.logged_in(counter.manager()):
		api.allow_checks(customer.name, "They are good for it")
	assert not cint(frappe.db.get_value("Customer", customer.name, "dealer_no_checks"))
	frappe.db.commit()

	# Paid again, in two steps; the second one ends it.
	pay = [(invoice, amount) for invoice in (first, second) if (amount := opened[invoice.name])]
	counter.collect(customer, counter.lines_of(pay[0][0], amounts=(pay[0][1],)), [counter.cash(pay[0][1])])
	check_ending.run()
	assert frappe.db.get_value("Returned Check", case.name, "status") == "Open"
	overview = api.get_overview(case.name)
	assert sum(row["left"] for row in overview["documents"]) == pay[1][1] and overview["fee_open"] == 25
	counter.collect(customer, counter.lines_of(pay[1][0], amounts=(pay[1][1],)), [counter.cash(pay[1][1])])
	counter.end_shifts_of(counter.cashier())
	check_ending.run()
	check_ending.run()
	assert frappe.db.get_value("Returned Check", case.name, ["status", "made_good_on"]) == (
		"Made Good",
		frappe.utils.getdate(nowdate()),
	)
	assert steps(case.name) == ["check.returned", "check.made_good"]
	(status,) = frappe.get_all(
		"Follow Up", {"customer": customer.name, "rule": ("like", "Check: came back%")}, pluck="status"
	)
	assert status not in ("Planned", "Open")
	with pytest.raises(frappe.ValidationError, match="Made Good"):
		api.write_off(case.name, "Too late")
	frappe.db.rollback()


def test_a_deposit_by_check_is_held_no_more(books) -> None:
	for keep in (0, 1):
		vehicle = f.make_vehicle()
		deposit = f.take_new(None, vehicle, tenders=[("Check", 500)])
		(payment,) = frappe.get_all("Payment Entry", {"dealer_deposit": deposit.name}, pluck="name")
		payment = frappe.get_doc("Payment Entry", payment)
		assert frappe.db.get_value("Dealer Vehicle", vehicle.name, "status") == "On Hold"
		deposited(payment)
		assert api.asking("Payment Entry", payment.name)["holds"]
		done = came_back(payment, keep_hold=keep)
		deposit.reload()
		assert (deposit.status, deposit.held_amount, deposit.refunded_amount) == ("Refunded", 0, 500)
		assert bank.rows_of(done["reversal"], "Payment Entry") == {
			f.deposits_account(): 500,
			books.bank: -500,
		}
		assert f.balance("Customer Deposits", deposit.customer) == 0
		assert counter.owes(deposit.customer) == 0
		status = frappe.db.get_value("Dealer Vehicle", vehicle.name, "status")
		assert (status == "On Hold") == bool(keep)
		movement = frappe.get_last_doc("Deposit Movement", {"deposit": deposit.name})
		assert "came back" in movement.reason
		assert "deposit.refunded" not in f.event_types(deposit=deposit.name)
		# The same money again would make it good; here a person says so.
		with f.logged_in(counter.accountant()):
			check_ending.look(done["name"])
			assert frappe.db.get_value("Returned Check", done["name"], "status") == "Open"
			assert api.made_good(done["name"], "They bought elsewhere")["status"] == "Made Good"
		frappe.db.commit()


def test_of_a_deposit_that_was_applied_in_part_the_invoice_is_open_again(books) -> None:
	vehicle = f.make_vehicle()
	deposit = f.take_new(None, vehicle, tenders=[("Check", 500)])
	customer = frappe.get_doc("Customer", deposit.customer)
	invoice = f.make_invoice(customer, 300, vehicle)
	f.act(deposit, "Apply", amount=300, sales_invoice=invoice.name)
	assert counter.open_of(invoice) == 0
	(name,) = frappe.get_all("Payment Entry", {"dealer_deposit": deposit.name}, pluck="name")
	payment = frappe.get_doc("Payment Entry", name)
	deposited(payment)
	done = came_back(payment)
	deposit.reload()
	assert counter.open_of(invoice) == 300 and counter.owes(customer) == 300
	assert (deposit.status, deposit.applied_amount, deposit.held_amount) == ("Refunded", 0, 0)
	left = {row["name"]: row["left"] for row in api.get_overview(done["name"])["documents"]}
	assert left == {invoice.name: 300, deposit.name: 200}


def test_credit_a_refund_and_a_write_off(books) -> None:
	customer, (invoice,) = counter.owing(60)
	check = bank.receive(customer, 100, invoices=((invoice, 60),), number="77")
	deposited(check)
	done = came_back(check, reason="Account Closed", customer_fee=10)
	check.reload()
	assert counter.open_of(invoice) == 60 and check.unallocated_amount == 0
	assert counter.owes(customer) == 70
	with f.logged_in(counter.cashier()), pytest.raises(frappe.PermissionError):
		api.write_off(done["name"], "Gone")
	with f.logged_in(counter.accountant()):
		with pytest.raises(frappe.ValidationError, match="written off"):
			api.write_off(done["name"], " ")
		written = api.write_off(done["name"], "Moved away, no address")
		frappe.db.commit()
	assert written["status"] == "Written Off"
	entry = frappe.db.get_value("Returned Check", done["name"], "write_off_entry")
	assert bank.rows_of(entry) == {f._account("Write Off"): 60, f.debtors_account(): -60}
	assert counter.open_of(invoice) == 0 and counter.owes(customer) == 10
	assert steps(done["name"]) == ["check.returned", "check.written_off"]


def test_a_sale_by_check_is_owed_on_account(books) -> None:
	counter.open_shift()
	sale = counter.sell(f.make_customer(), 60, "Check")
	counter.end_shifts_of(counter.cashier())
	# What the closing of the shift does.
	bank.receive(f.make_customer(), 60)
	frappe.db.set_value(
		"POS Invoice", sale.name, "consolidated_invoice", f.make_invoice(f.make_customer(), 60).name
	)
	deposited(sale)
	done = came_back(sale)
	assert bank.rows_of(done["reversal_entry"]) == {f.debtors_account(): 60, books.bank: -60}
	assert counter.owes(sale.customer) == 60
	counter.open_shift()
	line = {"doctype": "Journal Entry", "name": done["reversal_entry"], "amount": 60}
	counter.collect(sale.customer, [line], [counter.cash(60)])
	counter.end_shifts_of(counter.cashier())
	check_ending.run()
	assert frappe.db.get_value("Returned Check", done["name"], "status") == "Made Good"
	assert counter.owes(sale.customer) == 0


def test_a_delivered_deal_and_a_repair_order_are_owed_again(books) -> None:
	delivery.set_up()
	deal = delivery.delivered(paid=False)
	was = deal.balance
	assert was > 0
	delivery.collecting.collect(deal.name, by_check(was), f.key())
	frappe.db.commit()
	assert delivery.money(deal)["balance"] == 0
	billing.set_up()
	order = billing.ready()
	billing.invoice(order)
	open_before = billing.position(order)
	owed = billing.owes(order.customer)
	billing.collecting.collect(order.name, by_check(owed), f.key())
	frappe.db.commit()
	order.reload()
	assert billing.owes(order.customer) == 0 and billing.position(order) != open_before
	for document, party in ((deal, deal.customer), (order, order.customer)):
		(name,) = frappe.get_all(
			"Payment Entry", {"party": party, "mode_of_payment": "Check", "docstatus": 1}, pluck="name"
		)
		payment = frappe.get_doc("Payment Entry", name)
		deposited(payment)
		done = came_back(payment)
		document.reload()
		case = frappe.get_doc("Returned Check", done["name"])
		assert bank.rows_of(case.reversal, "Payment Entry")[books.bank] == -payment.paid_amount
		assert steps(case.name) == ["check.returned"]
	assert delivery.money(deal)["balance"] == was
	assert billing.position(order) == open_before and billing.owes(order.customer) == owed


def test_in_a_closed_period_the_invoice_is_open_again_all_the_same(books) -> None:
	customer, (invoice,) = counter.owing(80)
	check = bank.receive(customer, 80, invoices=((invoice, 80),))
	deposited(check)
	rows = {
		"Payment Entry": [check.name],
		**{
			doctype: frappe.get_all(doctype, {"voucher_no": check.name}, pluck="name")
			for doctype in ("GL Entry", "Payment Ledger Entry")
		},
	}
	with counter.dated(add_days(nowdate(), -60), rows):
		frappe.db.set_value("Accounts Settings", None, "acc_frozen_upto", add_days(nowdate(), -10))
		frappe.clear_cache(doctype="Accounts Settings")
		frappe.db.commit()
		try:
			done = came_back(check)
		finally:
			frappe.db.set_value("Accounts Settings", None, "acc_frozen_upto", None)
			frappe.clear_cache(doctype="Accounts Settings")
			frappe.db.commit()
	assert counter.open_of(invoice) == 80 and counter.owes(customer) == 80
	assert str(frappe.db.get_value("Payment Entry", done["reversal"], "posting_date")) == nowdate()


def test_what_is_refused(books) -> None:
	customer = f.make_customer()
	cash = bank.receive(customer, 20, "Cash")
	check = bank.receive(customer, 30)
	deposited(check)
	for payment, values, words in (
		(cash, {}, "did not come with a check"),
		(check, {"reason": "Whatever"}, "Choose why"),
		(check, {"reason": "Other", "note": ""}, "Say in a few words"),
		(check, {"returned_on": add_days(nowdate(), 1)}, "not here yet"),
		(check, {"returned_on": add_days(nowdate(), -1)}, "cannot have come back"),
		(check, {"customer_fee": 25.01}, "The house charges"),
		(check, {"bank_fee": -1}, "cannot be"),
	):
		with pytest.raises((frappe.ValidationError, Refused), match=words):
			came_back(payment, **values)
		frappe.db.rollback()
	with f.logged_in(counter.cashier()), pytest.raises(frappe.PermissionError):
		api.record("Payment Entry", check.name, "Other", f.key())
	doc = frappe.new_doc("Returned Check")
	doc.update({"reason": "Other", "returned_on": nowdate(), "payment_entry": check.name})
	with pytest.raises(frappe.ValidationError, match="booked together"):
		doc.insert()
	frappe.db.rollback()


def test_two_clicks_at_one_instant_are_one_case(books, site) -> None:
	customer, (invoice,) = counter.owing(45)
	check = bank.receive(customer, 45, invoices=((invoice, 45),))
	deposited(check)
	racers = Racers(site)
	try:
		finishes = racers.run(*(("check_came_back", check.name, f.key()) for _number in range(2)))
		assert sorted(one.won for one in finishes) == [False, True]
		other = bank.receive(customer, 15)
		deposited(other)
		key = f.key()
		finishes = racers.run(*[("check_came_back", other.name, key)] * 2)
		assert all(one.won for one in finishes), [one.error for one in finishes]
		assert len({one.result["name"] for one in finishes}) == 1
	finally:
		racers.close()
	frappe.db.rollback()
	assert flt(counter.open_of(invoice)) == 45
	assert len(frappe.get_all("Returned Check", {"payment_entry": ("in", [check.name, other.name])})) == 2
	assert cases.standing("Payment Entry", check.name)

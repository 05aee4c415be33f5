"""Collecting at the counter: several documents, several ways, one receipt; and that it is done once."""

import frappe
import pytest
from frappe.utils import flt

from dealer_pos_crm.dealer_counter.collecting import dues, overview, receipt
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import billing as b
from tests.site import counter_house as h
from tests.site import delivery as d
from tests.site import factories as f
from tests.site.counter_house import house
from tests.site.racers import Racers

__all__ = ["house"]


@pytest.fixture(scope="module", autouse=True)
def counter(house):
	return house


def refused(code: str):
	return pytest.raises(DealerRefusal, check=lambda error: error.code == code)


def credit_note(invoice, amount: float):
	from tests.site.refund_house import credit

	return credit(invoice, amount)


def euro_debtors() -> str:
	"""A receivable account that is kept in euros."""
	name = f"Debtors EUR - {f.ABBR}"
	if not frappe.db.exists("Account", name):
		frappe.db.set_value("Currency", "EUR", "enabled", 1)
		frappe.get_doc(
			{
				"doctype": "Account",
				"company": f.COMPANY,
				"account_name": "Debtors EUR",
				"account_type": "Receivable",
				"account_currency": "EUR",
				"parent_account": frappe.db.get_value("Account", f.debtors_account(), "parent_account"),
			}
		).insert()
	return name


def lines_for(customer) -> list[dict]:
	"""All that the dialog would offer, whole."""
	name = customer if isinstance(customer, str) else customer.name
	return [
		{"doctype": row["doctype"], "name": row["name"], "amount": row["open"]}
		for row in overview.start(name, f.COMPANY)["payables"]
		if not row["why_not"]
	]


def insured_order(customer):
	"""An order with a bill of its own, and a deductible of the insurer's bill."""
	order = b.ready([b.work(), b.work("Body work", 4)], customer)
	insurer = b.named_customer("Granite Mutual")
	b.set_on(order, insurer=insurer, deductible=100)
	b.bill_to(order, 2, insurer)
	b.invoice(order)
	return order


def test_an_order_a_deal_and_an_old_invoice_in_four_ways(counter):
	"""One person with everything: the order's bill and its deductible, a delivered deal, a plain invoice; paid by
	cash with change, a check, a deposit for the car and a credit from before."""
	b.set_up()
	d.set_up()
	customer = f.make_customer()
	_customer, (old,) = h.owing(40.10, customer=customer)
	deal = d.delivered(price=1000, customer=customer, paid=False)
	order = insured_order(customer)
	car = frappe.get_doc("Dealer Vehicle", order.vehicle)
	deposit = f.take_new(customer, vehicle=False, amount=60)
	h.collect(customer, [], [h.cash(25)], keep_rest=True)
	frappe.db.commit()

	offered = overview.start(customer.name, f.COMPANY)
	assert {
		(row["doctype"], row["repair_order"], row["deal"], row["open"]) for row in offered["payables"]
	} == {
		("Sales Invoice", None, None, 40.10),
		("Sales Invoice", None, deal.name, 1000),
		("Sales Invoice", order.name, None, 150),
		("Journal Entry", order.name, None, 100),
	}
	assert [row["amount"] for row in offered["credits"]] == [25]
	assert [(row["deposit"], row["amount"]) for row in offered["deposits"]] == [(deposit.name, 60)]
	whole = flt(sum(row["open"] for row in offered["payables"]), 2)

	state = h.collect(
		customer,
		lines_for(customer),
		[
			{"way": "Mode", "mode_of_payment": "Cash", "given": 700},
			h.check(600, "1042"),
			{"way": "Deposit", "deposit": deposit.name, "amount": 60},
			{"way": "Credit", "amount": 25},
		],
	)
	kept = flt(whole - 600 - 60 - 25, 2)
	assert (state["status"], state["amount"], state["credit_amount"]) == ("Taken", whole, 0)
	assert (state["change_amount"], state["given_amount"]) == (
		flt(700 - kept, 2),
		flt(whole + 700 - kept, 2),
	)
	assert h.owes(customer) == 0
	order.reload()
	deal.reload()
	deposit.reload()
	assert (order.payment_status, deal.balance, deposit.status) == ("Paid", 0, "Applied")
	assert h.open_of(old) == 0

	payments = h.payments_of(state["receipt"])
	assert sorted((row.mode_of_payment, row.paid_amount) for row in payments) == [
		("Cash", kept),
		("Check", 600),
	]
	assert {row.dealer_shift for row in payments} == {counter.shift.name} == {state["shift"]}
	entry = frappe.get_doc(
		"Payment Entry", next(row.name for row in payments if row.mode_of_payment == "Check")
	)
	assert (entry.dealer_instrument, entry.dealer_face_value, entry.reference_no) == (
		"Personal Check",
		600,
		"1042",
	)
	assert entry.owner == counter.cashier and car.name in (entry.dealer_vehicle, order.vehicle)
	booked = frappe.get_all(
		"Customer Event",
		{"reference_doctype": "Payment Entry", "reference_name": ("in", [row.name for row in payments])},
		pluck="event_type",
	)
	assert booked == ["payment.received"] * 2


def test_more_than_is_open_is_credit_only_when_said_so(counter):
	customer, (invoice,) = h.owing(80)
	with refused("overpaid"):
		h.collect(customer, h.lines_of(invoice), [h.check(100)])
	frappe.db.rollback()
	state = h.collect(customer, h.lines_of(invoice), [h.check(100)], keep_rest=True)
	assert (state["amount"], state["credit_amount"], h.owes(customer)) == (100, 20, -20)
	(credit,) = dues.credits_of(customer.name, f.COMPANY)
	assert (credit.document, str(credit.amount)) == (("Payment Entry", state["payments"][0]), "20.00 USD")

	_customer, (second,) = h.owing(50, customer=customer)
	note_of = h.owing(30, customer=customer)[1][0]
	note = credit_note(note_of, 30)  # nothing is owed of it any more, and nothing to be had
	assert [row["name"] for row in overview.start(customer.name, f.COMPANY)["payables"]] == [second.name]
	with refused("no_credit"):
		h.collect(customer, h.lines_of(second), [{"way": "Credit", "amount": 50}])
	frappe.db.rollback()
	state = h.collect(customer, h.lines_of(second), [{"way": "Credit", "amount": 20}, h.cash(30)])
	assert h.open_of(second) == 0 and len(state["payments"]) == 1
	assert dues.credits_of(customer.name, f.COMPANY) == []
	assert note.docstatus == 1


def test_a_credit_note_of_a_paid_invoice_is_set_off_against_another_one(counter):
	customer, (paid, other) = h.owing(90, 70)
	h.collect(customer, h.lines_of(paid), [h.cash(90)])
	note = credit_note(paid, 40)
	(credit,) = dues.credits_of(customer.name, f.COMPANY)
	assert (credit.document, str(credit.amount)) == (("Sales Invoice", note.name), "40.00 USD")
	state = h.collect(
		customer, h.lines_of(other), [{"way": "Credit", "amount": 40, "credit_of": note.name}, h.cash(30)]
	)
	assert (state["status"], h.open_of(other), h.owes(customer)) == ("Taken", 0, 0)
	assert dues.credits_of(customer.name, f.COMPANY) == []


def test_checks_have_a_number_and_are_not_taken_of_everybody(counter):
	customer, (invoice,) = h.owing(80)
	with refused("no_number"):
		h.collect(customer, h.lines_of(invoice), [h.check(80, "")])
	frappe.db.rollback()
	frappe.db.set_value("Customer", customer.name, "dealer_no_checks", 1)
	frappe.db.commit()
	with refused("no_checks"):
		h.collect(customer, h.lines_of(invoice), [h.check(80)])
	frappe.db.rollback()
	state = h.collect(customer, h.lines_of(invoice, amounts=(30,)), [h.check(30, "7", "Cashier's Check")])
	assert state["status"] == "Taken"
	state = h.collect(customer, h.lines_of(invoice, amounts=(50,)), [h.check(50)], user=counter.manager)
	assert (state["shift"], h.open_of(invoice)) == (None, 0)


def test_a_deposit_of_a_deal_is_not_eaten_by_another_document(counter):
	customer = f.make_customer()
	deposit = f.take_new(customer, amount=300)  # for a car
	_customer, (invoice,) = h.owing(80, customer=customer)
	(held,) = overview.start(customer.name, f.COMPANY)["deposits"]
	assert held["may_pay"] == []
	with refused("other_purpose"):
		h.collect(customer, h.lines_of(invoice), [{"way": "Deposit", "deposit": deposit.name, "amount": 80}])
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError):  # nor by naming its payment as a credit
		entry = frappe.db.get_value("Payment Entry", {"dealer_deposit": deposit.name})
		h.collect(customer, h.lines_of(invoice), [{"way": "Credit", "credit_of": entry, "amount": 80}])
	frappe.db.rollback()
	deposit.reload()
	assert (deposit.held_amount, h.open_of(invoice)) == (300, 80)


def test_another_currency_is_refused_clearly(counter):
	customer = f.make_customer(default_currency="EUR")
	invoice = f.make_invoice(
		customer,
		100,
		currency="EUR",
		conversion_rate=1.1,
		debit_to=euro_debtors(),
		party_account_currency="EUR",
	)
	frappe.db.commit()
	(row,) = overview.start(customer.name, f.COMPANY)["payables"]
	assert "EUR" in row["why_not"] and "USD" in row["why_not"]
	with refused("not_payable"):
		h.collect(customer, [{"doctype": "Sales Invoice", "name": invoice.name, "amount": 10}], [h.cash(10)])


def test_one_request_is_one_receipt_whatever_happens_to_its_answer(counter):
	customer, (invoice,) = h.owing(80)
	key = f.key()
	with f.logged_in(counter.cashier):
		assert receipt.find(key) is None
	first = h.collect(customer, h.lines_of(invoice), [h.cash(80, 100)], key=key)
	again = h.collect(customer, h.lines_of(invoice), [h.cash(80, 100)], key=key)
	found = receipt.find(key)
	assert (first["repeated"], again["repeated"], found["repeated"]) == (False, True, True)
	assert first["receipt"] == again["receipt"] == found["receipt"]
	assert first["payments"] == again["payments"] == found["payments"]
	assert len(first["payments"]) == 1
	with pytest.raises(receipt.OtherRequest):
		h.collect(customer, h.lines_of(invoice), [h.cash(70)], key=key)
	frappe.db.rollback()
	with pytest.raises(frappe.ValidationError, match="key"):
		receipt.collect(customer.name, f.COMPANY, h.lines_of(invoice), [h.cash(80)], "")


def test_all_or_nothing(counter, monkeypatch):
	"""The last of three tenders fails: no receipt, no payment, and the same key may be used again."""
	from dealer_pos_crm.dealer_counter.collecting import booking

	customer, (invoice,) = h.owing(80)
	send, sent, key = booking.shared.submit, [], f.key()

	def dies(payment, *values):
		sent.append(payment)
		if len(sent) == 3:
			raise RuntimeError("power cut")
		return send(payment, *values)

	monkeypatch.setattr(booking.shared, "submit", dies)
	tenders = [h.cash(30), h.check(20), h.check(30, "2")]
	with pytest.raises(RuntimeError):
		h.collect(customer, h.lines_of(invoice), tenders, key=key)
	frappe.db.rollback()
	assert (receipt.find(key), h.open_of(invoice)) == (None, 80)
	assert not frappe.db.exists("Payment Entry", {"party": customer.name})
	monkeypatch.undo()
	assert len(h.collect(customer, h.lines_of(invoice), tenders, key=key)["payments"]) == 3


def test_a_cancelled_payment_turns_the_receipt(counter):
	customer, (invoice,) = h.owing(80)
	state = h.collect(customer, h.lines_of(invoice), [h.cash(30), h.check(50)])
	for entry, status, back in zip(state["payments"], ("Part Reversed", "Reversed"), (30, 80), strict=True):
		with f.logged_in(counter.accountant):
			frappe.get_doc("Payment Entry", entry).cancel()
			frappe.db.commit()
		state = receipt.state(state["receipt"])
		assert (state["status"], state["reversed_amount"]) == (status, back)
	assert {row["state"] for row in state["tenders"]} == {"Reversed"}
	assert h.open_of(invoice) == 80


def test_nobody_writes_a_receipt_by_hand(counter):
	customer, (invoice,) = h.owing(10)
	name = h.collect(customer, h.lines_of(invoice), [h.cash(10)])["receipt"]
	doc = frappe.get_doc("Counter Receipt", name)
	doc.note = "Paid twice"
	with f.logged_in(counter.manager), pytest.raises(frappe.ValidationError, match="Collect"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="stays"):
		frappe.delete_doc("Counter Receipt", name)


# Real processes


@pytest.fixture(scope="module")
def racers(site):
	found = Racers(site)
	yield found
	found.close()


def test_two_counters_collect_the_same_order_at_the_same_instant(counter, racers):
	b.set_up()
	second = h.cashier("counter.cashier.two")
	h.open_shift(second, h.profile("Second Counter"))
	for round_number in range(3):
		order = b.ready()
		b.invoice(order)
		(line,) = lines_for(order.customer)
		jobs = [
			("collect_lines", order.customer, [line], [h.cash(line["amount"])], f.key(), user)
			for user in (counter.cashier, second)
		]
		finishes = racers.run(*jobs, later=0.02 * round_number)
		frappe.db.rollback()
		assert sorted(finish.won for finish in finishes) == [False, True], finishes
		(lost,) = [finish for finish in finishes if not finish.won]
		assert order.customer or lost
		assert "open" in lost.error or "Somebody else" in lost.error, lost.error
		order.reload()
		assert (order.payment_status, order.paid_total) == ("Paid", line["amount"])
		assert len(frappe.get_all("Counter Receipt", {"customer": order.customer})) == 1
		# the second one is told what is left: nothing
		assert overview.start(order.customer, f.COMPANY)["payables"] == []


def test_a_double_click_in_two_processes_is_one_receipt(counter, racers):
	for _round in range(3):
		customer, (invoice,) = h.owing(180)  # a part is paid: nothing but the key says that the two are one
		lines = h.lines_of(invoice, amounts=(60,))
		job = ("collect_lines", customer.name, lines, [h.cash(60)], f.key(), counter.cashier)
		finishes = racers.run(job, job)
		frappe.db.rollback()
		assert all(finish.won for finish in finishes), finishes
		assert sorted(finish.result["repeated"] for finish in finishes) == [False, True]
		one, two = (finish.result for finish in finishes)
		assert (one["receipt"], one["payments"]) == (two["receipt"], two["payments"])
		assert (h.open_of(invoice), len(one["payments"])) == (120, 1)


def test_two_counters_take_two_parts_of_one_invoice_at_the_same_instant(counter, racers):
	"""Both are right, and what is open afterwards is what the ledger says."""
	second = h.cashier("counter.cashier.two")
	h.open_shift(second, h.profile("Second Counter"))
	for _round in range(3):
		customer, (invoice,) = h.owing(100)
		finishes = racers.run(
			*(
				(
					"collect_lines",
					customer.name,
					h.lines_of(invoice, amounts=(amount,)),
					[h.cash(amount)],
					f.key(),
					user,
				)
				for amount, user in ((40, counter.cashier), (60, second))
			)
		)
		frappe.db.rollback()
		assert all(finish.won for finish in finishes), finishes
		assert (h.open_of(invoice), h.owes(customer)) == (0, 0)

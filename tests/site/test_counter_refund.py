"""Money that goes back over the counter: out of credits, with returns, by whom, and only once."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, flt, nowdate

from dealer_pos_crm.api import approval, counter_refund
from dealer_pos_crm.dealer_counter.refunds import returns
from dealer_pos_crm.dealer_counter.refunds.booking import CounterRefundGuarded
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import counter_house, racers
from tests.site import factories as f
from tests.site import refund_house as cards
from tests.site.test_races import all_clean, one_winner

PASSWORD = "pw-Dealer-2026!"
PIN = "729516"

house, fake, account = counter_house.house, cards.fake, cards.account


@pytest.fixture(scope="module", autouse=True)
def limit(house):
	with cards.limit_of_one_person(500):
		yield


def refused(code: str):
	return pytest.raises(DealerRefusal, check=lambda error: error.code == code)


def note(paid: float = 300, back: float = 120, mode: str = "Cash"):
	"""An invoice that was paid, and a credit note that owes some of it. Returns the credit note."""
	invoice = f.make_invoice(f.make_customer(), paid)
	pay(invoice.customer, paid, mode, invoice)
	return cards.credit(invoice, back)


def pay(customer: str, amount: float, mode: str = "Cash", invoice=None, **values):
	"""A Payment Entry by hand; without an invoice it stays a credit."""
	entry = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Receive",
			"company": f.COMPANY,
			"posting_date": nowdate(),
			"mode_of_payment": mode,
			"party_type": "Customer",
			"party": customer,
			"paid_from": f.debtors_account(),
			"paid_to": counter_house.account_of(mode),
			"paid_amount": amount,
			"received_amount": amount,
			"reference_no": "4711",
			"reference_date": nowdate(),
			**values,
		}
	)
	if invoice:
		entry.append(
			"references",
			{
				"reference_doctype": invoice.doctype,
				"reference_name": invoice.name,
				"allocated_amount": amount,
			},
		)
	entry.insert()
	entry.submit()
	frappe.db.commit()
	return entry


def ask(
	user: str, kind: str, source: str, amount: float, mode: str = "Cash", key: str | None = None, **more
) -> dict:
	frappe.db.commit()
	with f.logged_in(user):
		found = counter_refund.ask(
			kind, source, amount, mode, more.pop("reason", "Overcharged"), key or f.key(), **more
		)
	frappe.db.commit()
	return found


def decide(user: str, name: str, yes: int = 1, why: str | None = None) -> dict:
	frappe.db.commit()
	with f.logged_in(user):
		found = counter_refund.decide(name, yes, why)
	frappe.db.commit()
	return found


def test_a_credit_note_is_paid_out_with_a_managers_yes(house):
	owed, key = note(), f.key()
	till = f.balance(f.cash_account())
	with f.logged_in(house.cashier):
		(row,) = counter_refund.options(owed.customer, f.COMPANY)["credits"]
	assert (row["kind"], row["name"], row["amount"]) == ("Credit Note", owed.name, 120)
	assert row["approval"] and row["approval_above"]
	asked = ask(house.cashier, "Credit Note", owed.name, 120, key=key)
	assert asked["status"] == "Requested" and not asked["payment_entry"]
	assert counter_house.open_of(owed) == -120
	assert ask(house.cashier, "Credit Note", owed.name, 120, key=key)["repeated"]
	with f.logged_in(house.cashier):
		assert counter_refund.find(key)["refund"] == asked["refund"]
		assert counter_refund.find(f.key()) is None
		(waits,) = counter_refund.options(owed.customer, f.COMPANY)["waiting"]
		assert waits["name"] == asked["refund"]
	with refused("already_requested"):
		ask(house.cashier, "Credit Note", owed.name, 120)
	with refused("may_not_approve"):
		decide(house.accountant, asked["refund"])
	done = decide(house.manager, asked["refund"])
	assert done["status"] == "Done" and decide(house.manager, asked["refund"])["repeated"]
	entry = frappe.get_doc("Payment Entry", done["payment_entry"])
	assert (entry.payment_type, entry.paid_amount, entry.mode_of_payment) == ("Pay", 120, "Cash")
	assert (entry.dealer_counter_refund, entry.dealer_shift) == (asked["refund"], house.shift.name)
	assert counter_house.open_of(owed) == 0 and counter_house.owes(owed.customer) == 0
	assert flt(f.balance(f.cash_account()) - till, 2) == -120
	row = frappe.get_doc("Counter Refund", asked["refund"])
	assert (row.decided_by, row.decided_how, row.shift) == (
		house.manager,
		"At a Screen of Their Own",
		house.shift.name,
	)
	assert {"refund.requested", "refund.paid"} <= set(f.event_types(customer=owed.customer))
	# Cancelled by an accountant: it did not go out, and is owed again.
	entry.cancel()
	frappe.db.commit()
	row.reload()
	assert row.status == "Cancelled" and counter_house.open_of(owed) == -120


def test_a_credit_and_the_limit_of_one_person(house):
	customer = f.make_customer().name
	credit = pay(customer, 900)
	first = ask(house.accountant, "Credit", credit.name, 300)
	assert first["status"] == "Done"
	credit.reload()
	assert credit.unallocated_amount == 600 and counter_house.owes(customer) == -600
	second = ask(house.accountant, "Credit", credit.name, 201)
	assert second["status"] == "Requested"
	assert "limit" in frappe.db.get_value("Counter Refund", second["refund"], "approval_reason")
	assert ask(house.accountant, "Credit", credit.name, 200)["status"] == "Done"
	# What somebody paid out by hand meanwhile is not there any more, although the payment still says so.
	hand = pay(
		customer,
		350,
		payment_type="Pay",
		paid_from=f.cash_account(),
		paid_to=f.debtors_account(),
	)
	with refused("more_than_there"):
		ask(house.manager, "Credit", credit.name, 201)
	with refused("more_than_there"):
		decide(house.manager, second["refund"])
	assert hand.docstatus == 1
	with f.logged_in(house.accountant):
		frappe.db.commit()
		assert counter_refund.withdraw(second["refund"])["status"] == "Withdrawn"
	frappe.db.commit()
	assert "refund.rejected" in f.event_types(customer=customer)


def of_deposit() -> str:
	"""The payment of a deposit: it goes back by its own door."""
	return frappe.db.get_value("Payment Entry", {"dealer_deposit": f.take_new(amount=50).name}, "name")


def test_what_is_refused(house):
	owed = note()
	with refused("no_reason"):
		ask(house.cashier, "Credit Note", owed.name, 10, reason="x")
	with refused("more_than_there"):
		ask(house.cashier, "Credit Note", owed.name, 120.01)
	with refused("no_number"):
		ask(house.cashier, "Credit Note", owed.name, 10, mode="Check")
	with refused("no_source"):
		ask(house.cashier, "Credit", of_deposit(), 10)
	asked = ask(house.cashier, "Credit Note", owed.name, 10)
	with refused("no_reason"):
		decide(house.manager, asked["refund"], 0)
	assert decide(house.manager, asked["refund"], 0, "Ask the advisor first")["status"] == "Rejected"
	with refused("decided"):
		decide(house.manager, asked["refund"])
	# By hand: no form, no deletion, no Payment Entry that borrows the name, and no payout of the counter's own.
	row = frappe.get_doc("Counter Refund", asked["refund"])
	for step in (row.save, row.delete):
		with pytest.raises(frappe.ValidationError):
			step()
	with pytest.raises(CounterRefundGuarded):
		pay(owed.customer, 10, dealer_counter_refund=row.name)
	with f.logged_in(house.cashier), pytest.raises(frappe.PermissionError):
		pay(
			owed.customer,
			10,
			payment_type="Pay",
			paid_from=f.cash_account(),
			paid_to=f.debtors_account(),
		)


def test_a_check_has_to_clear_and_a_card_gets_its_own_back(house, account, fake):
	fresh = note(mode="Check")
	asked = ask(house.accountant, "Credit Note", fresh.name, 50)
	assert asked["status"] == "Requested" and "cleared" in asked["approval_reason"]
	payments = frappe.get_all(
		"Payment Entry Reference", {"reference_name": fresh.return_against}, pluck="parent"
	)
	with counter_house.dated(add_days(nowdate(), -20), {"Payment Entry": payments}):
		assert ask(house.accountant, "Credit Note", fresh.name, 51)["status"] == "Done"

	invoice, card = cards.paid_invoice(account, fake, 400)
	owed = cards.credit(invoice, 150)
	with f.logged_in(house.accountant):
		(row,) = counter_refund.options(owed.customer, f.COMPANY)["credits"]
		(by_card,) = counter_refund.options(owed.customer, f.COMPANY)["cards"]
	assert (row["of_cards"], by_card["card_payment"], by_card["most"]) == (150, card.name, 150)
	with refused("not_by_card"):
		ask(house.accountant, "Credit Note", owed.name, 50, mode="Card (online)")
	asked = ask(house.accountant, "Credit Note", owed.name, 50)
	assert "another way" in asked["approval_reason"]
	# The manager beside the counter agrees, by PIN; the rest goes to the card, and no more than the rest.
	with f.logged_in(house.manager):
		approval.set_pin(PASSWORD, PIN)
	frappe.db.commit()
	with f.logged_in(house.accountant):
		answer = approval.decide(
			"Counter Refund", asked["refund"], house.manager, PIN, "PIN at the Counter", 1
		)
		frappe.db.commit()
	assert answer["status"] == "Done" and counter_house.open_of(owed) == -100
	to_card = cards.give_back(card, 100, user=house.cashier)
	assert to_card["status"] == "Requested"
	with f.logged_in(house.cashier):
		sent = approval.decide("Card Refund", to_card["refund"], house.manager, PIN, "PIN at the Counter", 1)
		frappe.db.commit()
	assert sent["status"] == "Refunded", sent
	assert frappe.db.get_value("Card Refund", to_card["refund"], "decided_how") == "PIN at the Counter"
	assert counter_house.open_of(owed) == 0
	cards.check_books(card, fake)


def draft_return(sale, user: str, mode: str | None = None, qty: float | None = None):
	"""The return of a sale as the POS screen makes and saves it."""
	from erpnext.accounts.doctype.pos_invoice.pos_invoice import make_sales_return

	frappe.db.commit()
	with f.logged_in(user):
		back = make_sales_return(sale.name)
		back.disable_rounded_total = 1
		if qty:
			back.items[0].qty = -qty
		back.run_method("set_missing_values")
		back.run_method("calculate_taxes_and_totals")
		back.set("payments", [])
		back.append(
			"payments",
			{
				"mode_of_payment": mode or sale.payments[0].mode_of_payment,
				"amount": back.grand_total,
				"account": counter_house.account_of(mode or sale.payments[0].mode_of_payment),
			},
		)
		back.paid_amount = back.grand_total
		back.insert()
	frappe.db.commit()
	return back


def submit(doc, user: str) -> None:
	frappe.db.commit()
	with f.logged_in(user):
		found = frappe.get_doc(doc.doctype, doc.name)
		try:
			found.submit()
		except Exception:
			frappe.db.rollback()
			raise
	frappe.db.commit()


def ask_return(doc, user: str, reason: str = "Wrong part") -> dict:
	frappe.db.commit()
	with f.logged_in(user):
		found = counter_refund.ask_return(doc.name, reason, f.key())
	frappe.db.commit()
	return found


def test_goods_come_back_with_a_reason_and_a_second_person(house):
	customer = f.make_customer()
	sale = counter_house.sell(customer, 60)
	back = draft_return(sale, house.cashier)
	with pytest.raises(returns.ReturnNotApproved, match="nobody agreed"):
		submit(back, house.cashier)
	with f.logged_in(house.cashier):
		state = counter_refund.return_state(back.name)
	assert (state["needed"], state["amount"], state["return_against"]) == (True, 60, sale.name)
	assert state["why"] and "Cash" in state["ways"]
	asked = ask_return(back, house.cashier)
	assert asked["status"] == "Requested"
	with pytest.raises(returns.ReturnNotApproved):
		submit(back, house.cashier)
	# It is another return now: the money would leave in another way than was asked for.
	with f.logged_in(house.cashier):
		changed = frappe.get_doc("POS Invoice", back.name)
		changed.payments[0].update({"mode_of_payment": "Check", "account": counter_house.account_of("Check")})
		changed.save()
		frappe.db.commit()
	with refused("changed"):
		decide(house.manager, asked["refund"])
	again = ask_return(back, house.cashier)
	assert frappe.db.get_value("Counter Refund", asked["refund"], "status") == "Withdrawn"
	decide(house.manager, again["refund"])
	with f.logged_in(house.cashier):
		assert not counter_refund.return_state(back.name)["needed"]
	submit(back, house.cashier)
	row = frappe.get_doc("Counter Refund", again["refund"])
	assert (row.status, row.kind, row.return_invoice, row.amount) == ("Done", "Return", back.name, 60)
	assert row.shift == house.shift.name and not row.payment_entry
	# Cancelled: the approval is used up, and does not serve its amendment.
	frappe.get_doc("POS Invoice", back.name).cancel()
	frappe.db.commit()
	row.reload()
	assert row.status == "Cancelled"


def test_a_return_that_is_not_ours_or_a_managers_own(house):
	customer = f.make_customer()
	sale = counter_house.sell(customer, 80)
	back = draft_return(sale, house.cashier)
	# A manager at the counter says the reason, and that is all; it is one approval for one draft.
	both = f.make_user((roles.MANAGER, roles.CASHIER), "counter.both")
	done = ask_return(back, both)
	assert done["status"] == "Done"
	row = frappe.get_doc("Counter Refund", done["refund"])
	assert (row.decided_by, row.decided_how or None) == (both, None)
	frappe.delete_doc("POS Invoice", back.name)
	frappe.db.commit()
	row.reload()
	assert (row.status, row.return_invoice) == ("Cancelled", None)
	other = draft_return(sale, house.cashier)
	with pytest.raises(returns.ReturnNotApproved):
		submit(other, house.cashier)
	# No more goes back than came in.
	with f.logged_in(house.cashier):
		more = frappe.get_doc("POS Invoice", other.name)
		more.payments[0].amount = -80.01
		with refused("more_than_paid"):
			returns.check(more)
	# Without our setting ERPNext's own return is left alone, and a sale is none of it.
	plain = frappe.get_doc("POS Invoice", other.name)
	plain.pos_profile = counter_house.profile("Plain Till", dealer_counter=0)
	returns.check(plain)
	returns.check(sale)
	frappe.db.rollback()


def test_two_want_the_same_credit(site, house):
	found = racers.Racers(site)
	try:
		for _round in range(3):
			credit = pay(f.make_customer().name, 100)
			finishes = found.run(
				*(
					("ask_counter_refund", "Credit", credit.name, 60, f.key(), house.accountant)
					for _one in range(2)
				)
			)
			frappe.db.rollback()
			_winner, loser = one_winner(finishes)
			assert "can go back" in loser.error
			assert counter_house.owes(credit.party) == -40
			owed, key = note(), f.key()
			finishes = found.run(
				*(
					("ask_counter_refund", "Credit Note", owed.name, 40, key, house.accountant)
					for _one in range(2)
				)
			)
			frappe.db.rollback()
			all_clean(finishes)
			assert counter_house.open_of(owed) == -80
			finishes = found.run(
				*(
					("ask_counter_refund", "Credit Note", owed.name, 50, f.key(), house.accountant)
					for _one in range(2)
				)
			)
			frappe.db.rollback()
			one_winner(finishes)
			assert counter_house.open_of(owed) == -30
	finally:
		found.close()


def test_cash_that_is_agreed_to_later_waits_for_a_drawer(house):
	"""The shift it was asked for in is over: no drawer would ever miss it."""
	owed = note()
	asked = ask(house.cashier, "Credit Note", owed.name, 120)
	counter_house.end_shifts_of(house.cashier)
	with refused("no_shift"):
		decide(house.manager, asked["refund"])
	frappe.db.rollback()
	assert frappe.db.get_value("Counter Refund", asked["refund"], "status") == "Requested"
	shift = counter_house.open_shift(house.cashier)
	done = decide(house.manager, asked["refund"])
	assert frappe.db.get_value("Payment Entry", done["payment_entry"], "dealer_shift") == shift.name

"""Bank deposits: what waits, one slip with one entry, what the bank found, and taking it back."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_days, flt, nowdate

from dealer_pos_crm.api import bank_deposit as api
from dealer_pos_crm.api import setup as setup_api
from dealer_pos_crm.dealer_cashier.payouts import tenders
from dealer_pos_crm.dealer_cashier.report.payout_reconciliation import payout_reconciliation
from dealer_pos_crm.dealer_counter.banking import reconciling, slip, undeposited
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.listeners import pos_invoice as listeners
from tests.site import bank_house as bank
from tests.site import counter_house as counter
from tests.site import factories as f
from tests.site.racers import Racers


@pytest.fixture(scope="module")
def books(site):
	with bank.books() as found:
		yield found


@pytest.fixture(scope="module")
def accountant(books):
	return counter.accountant()


def check_of(entry) -> dict:
	return {"kind": "Check", "doctype": entry.doctype, "name": entry.name}


def take(books, items: list[dict], key: str | None = None, **more) -> dict:
	frappe.db.commit()
	with f.logged_in(counter.accountant()):
		state = api.take(books.company, items, key or f.key(), **more)
		frappe.db.commit()
	return state


def listed(books) -> dict[str, frappe._dict]:
	return {row.name: row for row in undeposited.of(books.company)["checks"]}


def balance(account: str) -> float:
	return flt(undeposited.balances_of([account], "USD")[account].decimal)


def test_setting_up_is_shown_first_and_done_once(books) -> None:
	shown = setup_api.get_accounting(books.company, "counter")
	assert shown["ready"] and not [note for note in shown["notes"] if "books on" in note]
	frappe.db.set_value("Mode of Payment", "Money Order", "dealer_instrument", "")
	frappe.db.set_value("Dealer Settings", books.company, "bank_fee_account", None)
	frappe.clear_document_cache("Dealer Settings", books.company)
	shown = setup_api.get_accounting(books.company, "counter")
	assert {row["step"] for row in shown["changes"]} == {
		"settings_bank_fee_account",
		"instrument_money_order_mode",
	}
	setup_api.set_up_accounting(books.company, "counter")
	assert setup_api.get_accounting(books.company, "counter")["ready"]
	assert frappe.db.get_value("Mode of Payment", "Money Order", "dealer_instrument") == "Money Order"
	frappe.db.commit()


def test_a_slip_from_cash_and_checks_to_the_statement(books, accountant) -> None:
	customer, (invoice,) = counter.owing(300)
	personal = bank.receive(customer, 300, invoices=((invoice, 300),), number="2201")
	cashiers = bank.receive(customer, 120.55, "Cashier's Check")
	bank.receive(customer, 650, "Cash")
	count = bank.counted_shift(counter.open_shift(), 600, 100)
	counter.end_shifts_of(counter.cashier())

	waiting = undeposited.of(books.company)
	row = listed(books)[personal.name]
	assert (row.check_no, row.payer, row.amount, row.age, row.why_not) == (
		"2201",
		customer.customer_name,
		300,
		0,
		"",
	)
	(cash,) = [one for one in waiting["cash"] if one["account"] == books.cash]
	(of_shift,) = [one for one in cash["shifts"] if one["count"] == count]
	assert (of_shift["counted"], of_shift["stays"], of_shift["left"]) == (600, 100, 500)
	assert cash["balance"] == flt(cash["rest"] + sum(one["left"] for one in cash["shifts"]), 2)
	assert waiting["bank_account"] == books.bank and 0.01 in waiting["denominations"]

	before = {account: balance(account) for account in (books.cash, books.checks, books.bank)}
	items = [
		{"kind": "Cash", "account": books.cash, "amount": 500, "count": count},
		check_of(personal),
		check_of(cashiers),
	]
	key = f.key()
	notes = [{"denomination": 100, "pieces": 4}, {"denomination": 20, "pieces": 5}]
	made = take(books, items, key, slip_no="BAG-7", cash=notes)
	assert made["status"] == "At the Bank" and not made["repeated"]
	assert (made["cash_amount"], made["check_amount"], made["check_count"]) == (500, 420.55, 2)
	assert bank.rows_of(made["journal_entry"]) == {
		books.bank: 920.55,
		books.cash: -500,
		books.checks: -420.55,
	}
	assert frappe.db.get_value("Journal Entry", made["journal_entry"], ["cheque_no", "owner"]) == (
		"BAG-7",
		accountant,
	)
	# A double click, and the answer that was lost.
	again = take(books, items, key)
	assert again["repeated"] and again["name"] == made["name"]
	assert api.find(key)["name"] == made["name"] and api.find(f.key()) is None
	assert balance(books.bank) == flt(before[books.bank] + 920.55, 2)
	assert not {personal.name, cashiers.name} & set(listed(books))
	assert not [
		one
		for cash in undeposited.of(books.company)["cash"]
		for one in cash["shifts"]
		if one["count"] == count
	]
	with pytest.raises(slip.OnASlip, match=made["name"]):
		take(books, [check_of(personal)])
	with pytest.raises(frappe.ValidationError, match="no cash left"):
		take(books, [{"kind": "Cash", "account": books.cash, "amount": 1, "count": count}])

	# Its check, its entry and itself are not undone behind its back.
	for document in (personal, frappe.get_doc("Journal Entry", made["journal_entry"])):
		with pytest.raises(slip.OnASlip, match=made["name"]):
			frappe.get_doc(document.doctype, document.name).cancel()
		frappe.db.rollback()
	doc = frappe.get_doc("Bank Deposit", made["name"])
	with pytest.raises(frappe.ValidationError, match="made together"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="stays on file"):
		doc.delete()
	frappe.db.rollback()

	# The report: what is still here, and what is on its way to the bank.
	moved = [
		one
		for one in tenders.movements(books.company, tenders.accounts_of(books.company), nowdate(), nowdate())
		if one.account == books.checks
	]
	assert flt(sum(one.to_bank.decimal for one in moved)) <= -420.55
	assert not any(one.other for one in moved if one.to_bank)
	assert not_cleared(books) >= 920.55
	on_the_way = flt(reconciling.on_the_way(books.company).decimal)
	assert on_the_way >= 920.55
	figures = {row["label"]: row["value"] for row in report(books)[4]}
	assert figures["Bank Deposits Not on a Statement Yet"] == on_the_way
	assert figures.get("On Hand: Undeposited Checks", 0) == balance(books.checks)

	# The bank found ten less; the entry matches its statement.
	with f.logged_in(accountant):
		api.correct(made["name"], 910.55, "A ten was missing")
	frappe.db.commit()
	doc.reload()
	assert doc.bank_amount == 910.55 and doc.difference_reason == "A ten was missing"
	assert bank.rows_of(doc.journal_entry) == {
		books.bank: 910.55,
		books.over_short: 10,
		books.cash: -500,
		books.checks: -420.55,
	}
	assert doc.journal_entry != made["journal_entry"] and slip.entries_of(doc.name) == [doc.journal_entry]

	waits = not_cleared(books)
	bank.cleared(doc.journal_entry, nowdate())
	overview = api.get_overview(doc.name)
	assert overview["status"] == "Reconciled" and overview["read_again"] and not overview["may_cancel"]
	assert not_cleared(books) == flt(waits - 910.55, 2)
	with pytest.raises(frappe.ValidationError, match="bank's statement"):
		api.cancel(doc.name, "Wrong bag")
	frappe.db.rollback()
	reconciling.run()
	assert frappe.db.get_value("Bank Deposit", doc.name, "status") == "Reconciled"
	bank.cleared(doc.journal_entry, None)
	reconciling.run()
	assert frappe.db.get_value("Bank Deposit", doc.name, ["status", "reconciled_on"]) == ("At the Bank", None)

	# Taken back: everything is here again.
	with f.logged_in(accountant):
		assert api.cancel(doc.name, "Wrong bag")["status"] == "Cancelled"
	frappe.db.commit()
	assert {account: balance(account) for account in before} == before
	assert {personal.name, cashiers.name} <= set(listed(books))
	shown = slip.for_print(doc.name)
	assert shown["checks"][0]["check_no"] == "2201"
	assert shown["notes_and_coins"][0] == {"denomination": 100, "pieces": 4, "amount": 400}


def report(books) -> tuple:
	return payout_reconciliation.execute({"company": books.company, "to_date": nowdate()})


def not_cleared(books) -> float:
	found = tenders.not_cleared(books.company, {books.bank: []})
	return flt(found[books.bank].decimal)


def test_what_a_slip_refuses(books) -> None:
	customer = f.make_customer()
	check = bank.receive(customer, 80)
	wire = bank.receive(customer, 70, "Card")
	bank.receive(customer, 40, "Cash")
	cash = balance(books.cash)
	count = bank.counted_shift(counter.open_shift(), 150, 100)
	counter.end_shifts_of(counter.cashier())
	for items, more, words in (
		([], {}, "Choose what is brought"),
		([check_of(check), check_of(check)], {}, "twice"),
		([{"kind": "Cash", "account": books.cash, "amount": cash + 0.01}], {}, "is more than that"),
		(
			[{"kind": "Cash", "account": books.cash, "amount": 50.01, "count": count}],
			{},
			"is not at the bank",
		),
		([{"kind": "Cash", "account": books.bank, "amount": 1}], {}, "no account that cash lies on"),
		([{"kind": "Cash", "account": books.cash, "amount": "1.005"}], {}, "more decimals"),
		([check_of(wire)], {}, "did not come with a check"),
		([check_of(check)], {"deposit_date": add_days(nowdate(), 1)}, "not here yet"),
		([check_of(check)], {"bank_account": books.cash}, "no bank account"),
		(
			[{"kind": "Cash", "account": books.cash, "amount": 40}],
			{"cash": [{"denomination": 20, "pieces": 1}]},
			"come to",
		),
	):
		with pytest.raises((frappe.ValidationError, Refused), match=words):
			take(books, items, **more)
		frappe.db.rollback()
	with f.logged_in(counter.cashier()), pytest.raises(frappe.PermissionError):
		api.take(books.company, [check_of(check)], f.key())
	# In the drawer of a shift that is open.
	shift = counter.open_shift()
	frappe.db.set_value("Payment Entry", check.name, "dealer_shift", shift.name)
	assert listed(books)[check.name].why_not
	with pytest.raises(frappe.ValidationError, match="still open"):
		take(books, [check_of(check)])
	frappe.db.rollback()
	counter.end_shifts_of(counter.cashier())
	frappe.get_doc("Payment Entry", check.name).cancel()
	frappe.db.commit()
	with pytest.raises(frappe.ValidationError, match="was cancelled"):
		take(books, [check_of(check)])


def test_a_check_of_a_sale_waits_for_the_closing_of_its_shift(books) -> None:
	counter.open_shift()
	sale = counter.sell(f.make_customer(), 60, "Check")
	row = listed(books)[sale.name]
	assert (row.doctype, row.amount, row.account) == ("POS Invoice", 60, books.checks) and row.why_not
	with pytest.raises(frappe.ValidationError, match="still open"):
		take(books, [check_of(sale)])
	frappe.db.rollback()
	# What the closing does to it: the money stands in the ledger, the sale says where.
	bank.receive(f.make_customer(), 60)
	invoice = f.make_invoice(sale.customer, 60)
	frappe.db.set_value("POS Invoice", sale.name, "consolidated_invoice", invoice.name)
	made = take(books, [check_of(sale)])
	assert frappe.db.get_value("POS Invoice", sale.name, "dealer_bank_deposit") == made["name"]
	assert bank.rows_of(made["journal_entry"]) == {books.bank: 60, books.checks: -60}
	with pytest.raises(slip.OnASlip, match=made["name"]):
		listeners.before_cancel(frappe.get_doc("POS Invoice", sale.name))
	closing = frappe.get_doc(
		{"doctype": "POS Closing Entry", "name": "closing", "pos_transactions": [{"pos_invoice": sale.name}]}
	)
	with pytest.raises(slip.OnASlip, match=made["name"]):
		slip.check_cancel_closing(closing)
	with f.logged_in(counter.manager()):
		api.cancel(made["name"], "Only a test")
	counter.end_shifts_of(counter.cashier())


def test_in_a_closed_period_what_changes_is_booked_today(books) -> None:
	customer = f.make_customer()
	day = add_days(nowdate(), -40)
	check = bank.receive(customer, 90)
	made = take(books, [check_of(check)], deposit_date=day)
	frappe.db.set_value("Accounts Settings", None, "acc_frozen_upto", add_days(nowdate(), -10))
	frappe.clear_cache(doctype="Accounts Settings")
	frappe.db.commit()
	try:
		with f.logged_in(counter.accountant()):
			api.correct(made["name"], 95, "They counted again")
			assert slip.entries_of(made["name"])[0] == made["journal_entry"]
			(_old, new) = slip.entries_of(made["name"])
			assert bank.rows_of(new) == {books.bank: 5, books.over_short: -5}
			api.cancel(made["name"], "Never left the house")
		frappe.db.commit()
	finally:
		frappe.db.set_value("Accounts Settings", None, "acc_frozen_upto", None)
		frappe.clear_cache(doctype="Accounts Settings")
		frappe.db.commit()
	sums: dict[str, float] = {}
	for entry in slip.entries_of(made["name"]):
		for account, amount in bank.rows_of(entry).items():
			sums[account] = flt(sums.get(account, 0) + amount, 2)
	assert set(sums.values()) == {0}
	assert check.name in listed(books)


def test_two_slips_at_one_instant_hold_each_check_once(books, site) -> None:
	check = bank.receive(f.make_customer(), 75)
	racers = Racers(site)
	try:
		items, keys = [check_of(check)], (f.key(), f.key())
		finishes = racers.run(*(("bank_slip", books.company, items, key) for key in keys))
		assert sorted(one.won for one in finishes) == [False, True]
		(lost,) = [one for one in finishes if not one.won]
		assert "OnASlip" in lost.kinds
		# The same request twice is one slip.
		other = bank.receive(f.make_customer(), 33)
		key = f.key()
		finishes = racers.run(*[("bank_slip", books.company, [check_of(other)], key)] * 2)
		assert all(one.won for one in finishes)
		assert len({one.result["name"] for one in finishes}) == 1
		# Cancelled and carried away at one instant: one of the two.
		torn = bank.receive(f.make_customer(), 21)
		finishes = racers.run(
			("cancel", "Payment Entry", torn.name),
			("bank_slip", books.company, [check_of(torn)], f.key()),
		)
		assert sorted(one.won for one in finishes) == [False, True], [one.error for one in finishes]
		frappe.db.rollback()
		docstatus, on = frappe.db.get_value("Payment Entry", torn.name, ["docstatus", "dealer_bank_deposit"])
		assert (docstatus == 2) != bool(on)
		# All cash that is there, twice at once.
		bank.receive(f.make_customer(), 25, "Cash")
		everything = balance(books.cash)
		frappe.db.rollback()
		items = [{"kind": "Cash", "account": books.cash, "amount": everything}]
		finishes = racers.run(*[("bank_slip", books.company, items, f.key()) for _number in range(2)])
		assert sorted(one.won for one in finishes) == [False, True]
		frappe.db.rollback()
		assert balance(books.cash) == 0
	finally:
		racers.close()

"""A shift from opening to closing: what counts, what is refused, and where the difference goes."""

from __future__ import annotations

import frappe
import pytest
from erpnext.accounts.doctype.pos_invoice_merge_log import pos_invoice_merge_log as merging
from frappe.utils import add_to_date, flt, now_datetime

from dealer_pos_crm.dealer_counter.approvals import on_the_spot
from dealer_pos_crm.dealer_counter.shifts import (
	closing,
	counting,
	differences,
	expected,
	guard,
	overview,
	watch,
)
from dealer_pos_crm.dealer_counter.shifts.guard import MoneyInFlight, OutsideTheShift
from dealer_pos_crm.dealer_counter.shifts.stamping import ShiftClosing
from dealer_pos_crm.dealer_setup import roles
from tests.site import counter_house
from tests.site import factories as f
from tests.site import shift_house as house


@pytest.fixture(scope="module", autouse=True)
def counter(site):
	house.set_up()
	yield
	frappe.db.rollback()
	counter_house.end_shifts_of(house.cashier())


def test_a_shift_to_the_cent(only_a_cashier):
	"""Sales, change, a return, deposits, collections and money paid out: all in the closing, by mode."""
	shift = house.open_shift(cash=100)
	sold = house.sell(40)
	house.sell(17.35, payments=[_tender("Cash", 20)], change_amount=2.65, base_change_amount=2.65)
	house.sell(30, payments=[_tender("Cash", 10), _tender("Card", 20)])
	deposit = f.make_deposit(vehicle=False, amount=250)
	frappe.db.commit()
	with f.logged_in(house.cashier()):
		f.take(deposit, [("Cash", 200), ("Card", 50)])
	house.pay(75.5, "Check")
	house.pay(5.25, kind="Pay", user=_paying_cashier(shift))
	deposit_payments = frappe.get_all(
		"Payment Entry", {"dealer_deposit": deposit.name, "docstatus": 1}, pluck="dealer_shift"
	)
	assert set(deposit_payments) == {shift.name}
	assert frappe.db.get_value("POS Invoice", sold.name, "dealer_shift") == shift.name

	sums = {one.mode: one for one in expected.expected(shift.name)}
	cash = 100 + 40 + 17.35 + 10 + 200 - 5.25
	assert float(sums["Cash"].expected.decimal) == pytest.approx(cash)
	assert float(sums["Cash"].sales.decimal) == 67.35
	assert float(sums["Cash"].refunds.decimal) == 5.25
	assert float(sums["Card"].expected.decimal) == 70
	assert float(sums["Check"].expected.decimal) == 75.5

	key = f.key()
	first = house.count(shift, key=key, Cash=cash, Card=70, Check=75.5)
	again = house.count(shift, key=key, Cash=1, Card=1, Check=1)
	assert again["repeated"] and again["name"] == first["name"] and again["difference"] == 0
	assert not first["needs_reason"]
	done = house.close(first)
	assert done["status"] == "Closed" and done["booking"] == "Not Needed"
	assert house.close(first)["closing_entry"] == done["closing_entry"]
	entry = house.entry_of(done)
	assert entry.status == "Submitted" and entry.docstatus == 1 and entry.user == house.cashier()
	rows = house.rows_of(entry)
	assert rows["Cash"] == (100, cash, cash)
	assert rows["Card"] == (0, 70, 70) and rows["Check"] == (0, 75.5, 75.5)
	assert entry.grand_total == 87.35 and len(entry.pos_transactions) == 3
	for row in entry.pos_transactions:
		assert frappe.db.get_value("POS Invoice", row.pos_invoice, "consolidated_invoice")
	assert frappe.db.get_value("POS Opening Entry", shift.name, "status") == "Closed"
	assert frappe.db.count("POS Closing Entry", {"pos_opening_entry": shift.name}) == 1


def _tender(mode: str, amount: float) -> dict:
	return {"mode_of_payment": mode, "amount": amount, "account": counter_house.account_of(mode)}


def _paying_cashier(shift) -> str:
	"""The cashier with an accountant's right to pay out: whoever it is, it is this drawer."""
	user = frappe.get_doc("User", shift.user)
	user.add_roles(roles.ACCOUNTANT)
	frappe.db.commit()
	return shift.user


@pytest.fixture
def only_a_cashier():
	yield
	frappe.db.rollback()
	frappe.get_doc("User", house.cashier()).remove_roles(roles.ACCOUNTANT)
	frappe.db.commit()


def test_a_mere_cashier_closes_and_short_is_booked_once():
	"""Short within the limit: a reason, one Journal Entry, linked both ways; a cancelled payment is told after."""
	shift = house.open_shift(cash=100)
	sale = house.sell(60)
	payment = house.pay(40)
	before = f.balance("Cash Over and Short")
	state = house.count(shift, Cash=195.5)
	assert state["needs_reason"] and not state["needs_approval"] and state["words"] == "$ 4.50 short"
	with pytest.raises(frappe.ValidationError, match="reason"):
		house.close(state)
	frappe.db.rollback()
	done = house.close(state, reason="Wrong Change", note="Gave 4.50 too much")
	assert done["status"] == "Closed" and done["booking"] == "Booked", done
	entry = frappe.get_doc("Journal Entry", done["journal_entry"])
	assert entry.docstatus == 1 and entry.dealer_shift_count == state["name"] and entry.total_debit == 4.5
	assert all(row.cost_center for row in entry.accounts)
	assert flt(f.balance("Cash Over and Short") - before, 2) == 4.5
	assert differences.book(state["name"]) == entry.name
	assert frappe.db.count("Journal Entry", {"dealer_shift_count": state["name"], "docstatus": 1}) == 1
	# A cashier writes no invoice but those of a closing.
	assert frappe.db.get_value("POS Invoice", sale.name, "consolidated_invoice")
	with f.logged_in(house.cashier()), pytest.raises(frappe.PermissionError):
		f.make_invoice(f.make_customer().name, 10)
	frappe.db.rollback()

	payment.reload()
	payment.cancel()
	frappe.db.commit()
	count = frappe.get_doc("Shift Count", state["name"])
	assert count.status == "Closed" and count.changed_amount == -40 and payment.name in count.changes
	assert frappe.db.exists("Notification Log", {"document_type": "Shift Count", "document_name": count.name})
	assert house.rows_of(house.entry_of(done))["Cash"][1] == 200

	entry.reload()
	entry.cancel()
	frappe.db.commit()
	count.reload()
	assert not count.journal_entry and count.booking == "Cancelled"
	watch.run()
	count.reload()
	assert not count.journal_entry
	assert differences.book(count.name)
	frappe.db.commit()


def test_far_off_waits_for_a_manager_and_the_shift_stands_still():
	shift = house.open_shift(cash=100)
	house.sell(50)
	draft = house.sell(5, submit=False)
	state = house.count(shift, Cash=120, Card=10)
	assert state["needs_approval"]
	waiting = house.close(state, reason="Unknown", note="Nobody knows")
	assert waiting["waits"] and waiting["status"] == "Counted" and not waiting["closing_entry"]
	with f.logged_in(house.cashier()), pytest.raises(ShiftClosing, match="is being closed"):
		frappe.get_doc("POS Invoice", draft.name).submit()
	frappe.db.rollback()
	with pytest.raises(ShiftClosing):
		house.pay(5)
	frappe.db.rollback()
	with f.logged_in(house.cashier()), pytest.raises(frappe.ValidationError, match="may not agree"):
		closing.approve(state["name"])
	frappe.db.rollback()
	shown = next(row for row in overview.counters(f.COMPANY)["shifts"] if row["name"] == shift.name)
	assert shown["state"] == "waits" and shown["cash"] == 150 and shown["words"] == "$ 20.00 short"

	with f.logged_in(house.cashier()):
		closing.reopen(state["name"], "Found the note under the tray")
		frappe.db.commit()
	house.pay(5)
	with pytest.raises(frappe.ValidationError, match="Count again"):
		house.close(state, reason="Unknown", note="Nobody knows")
	frappe.db.rollback()
	state = house.count(shift, Cash=125, Card=10)
	house.close(state, reason="Unknown", note="Nobody knows")
	with f.logged_in(house.cashier()):
		done = on_the_spot.decide(
			"Shift Count",
			state["name"],
			counter_house.manager(),
			"pw-Dealer-2026!",
			"Password at the Counter",
			True,
			"Talked to them",
		)
		assert frappe.session.user == house.cashier()
	with f.logged_in(counter_house.manager()):
		again = closing.approve(state["name"])
	assert done["status"] == again["status"] == "Closed" and done["booking"] == "Booked", done
	assert frappe.db.get_value("Shift Count", state["name"], "decided_how") == "Password at the Counter"
	assert house.entry_of(done).modified_by == house.cashier()
	entry = frappe.get_doc("Journal Entry", done["journal_entry"])
	# What a miscounted mode lacks and another has too much of is moved, the rest is short.
	assert entry.total_debit == 30
	assert frappe.db.get_value("Shift Count", state["name"], "approved_by") == counter_house.manager()


def test_nothing_is_left_in_flight():
	shift = house.open_shift()
	customer = f.make_customer()
	frappe.get_doc(
		{
			"doctype": "Card Payment",
			"customer": customer.name,
			"what": "Invoice",
			"amount": 80,
			"currency": "USD",
			"status": "Processing",
			"channel": "In Person",
			"company": f.COMPANY,
			"shift": shift.name,
			"client_key": f.key(),
		}
	).db_insert()
	card = frappe.db.get_value("Card Payment", {"shift": shift.name}, "name")
	frappe.db.commit()
	with pytest.raises(MoneyInFlight, match=f"(?s){card}.*80.00"):
		house.count(shift, Cash=100)
	frappe.db.rollback()
	with f.logged_in(house.cashier()):
		assert [row["name"] for row in counting.facts(shift.name)["in_flight"]] == [card]
	with pytest.raises(MoneyInFlight):
		_by_form(shift, Cash=100).submit()
	frappe.db.rollback()
	frappe.db.set_value("Card Payment", card, "status", "Cancelled")
	receipt = frappe.new_doc("Counter Receipt")
	receipt.update(
		{"shift": shift.name, "status": "Collecting", "customer": customer.name, "currency": "USD"}
	)
	receipt.update({"name": f.unique("RCT"), "company": f.COMPANY, "client_key": f.key()})
	receipt.db_insert()
	frappe.db.commit()
	with pytest.raises(MoneyInFlight, match=receipt.name):
		house.count(shift, Cash=100)
	frappe.db.rollback()
	frappe.db.set_value("Counter Receipt", receipt.name, "status", "Given Up")
	frappe.db.commit()
	# Left open by somebody who went home: whoever keeps the books counts and closes, the sales stay the cashier's.
	accountant = counter_house.accountant()
	done = house.close(house.count(shift, user=accountant, Cash=100), user=accountant)
	assert done["status"] == "Closed" and house.entry_of(done).user == house.cashier()


def test_over_and_short_that_cannot_be_booked_is_kept_and_told(monkeypatch):
	shift = house.open_shift(cash=100)
	state = house.count(shift, Cash=107)
	_account(None)
	with f.logged_in(house.cashier()):
		assert any("over or short" in line for line in counting.facts(shift.name)["problems"])
	with pytest.raises(frappe.ValidationError, match="Dealer Settings"):
		house.close(state, reason="Unknown", note="Seven too many")
	frappe.db.rollback()
	assert frappe.db.get_value("Shift Count", state["name"], "status") == "Counting"
	_account(house.over_short())

	with monkeypatch.context() as broken:
		broken.setattr(differences, "_entry", lambda *_values: frappe.throw("The period is closed"))
		done = house.close(state, reason="Unknown", note="Seven too many")
	assert (done["status"], done["booking"]) == ("Closed", "Failed")
	assert "period is closed" in done["booking_problem"]
	task = {"reference_type": "Shift Count", "reference_name": state["name"], "status": "Open"}
	assert frappe.db.count("ToDo", task) == 1
	ago = add_to_date(now_datetime(), minutes=-10)
	frappe.db.set_value("Shift Count", state["name"], "modified", ago, update_modified=False)
	frappe.db.commit()
	watch.run()
	assert frappe.db.get_value("Shift Count", state["name"], "booking") == "Booked"
	assert frappe.db.count("ToDo", task) == 0
	entry = frappe.get_doc("Journal Entry", {"dealer_shift_count": state["name"], "docstatus": 1})
	over = next(row for row in entry.accounts if row.account == house.over_short())
	assert over.credit == 7  # over is income


def _account(name: str | None) -> None:
	frappe.db.set_value("Dealer Settings", f.COMPANY, "over_short_account", name)
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	frappe.db.commit()


def _by_form(shift, user: str | None = None, **counted):
	"""A closing as ERPNext's own form saves it, with whatever the browser made of it."""
	modes = [mode.replace("_", " ") for mode in counted]
	frappe.db.commit()
	with f.logged_in(user or house.cashier()):
		entry = frappe.get_doc(
			{
				"doctype": "POS Closing Entry",
				"pos_opening_entry": shift.name,
				"pos_profile": shift.pos_profile,
				"user": shift.user,
				"company": f.COMPANY,
				"period_start_date": shift.period_start_date,
				"period_end_date": add_to_date(now_datetime(), hours=-5),
				"payment_reconciliation": [
					{
						"mode_of_payment": mode,
						"opening_amount": 1,
						"expected_amount": 2,
						"closing_amount": amount,
					}
					for mode, amount in zip(modes, counted.values(), strict=True)
				],
			}
		)
		entry.insert()
		frappe.db.commit()
	return entry


def test_who_closes_in_the_form_closes_the_same():
	"""The browser said something else; and the last sale came after its form was filled."""
	shift = house.open_shift(cash=100)
	house.pay(30, "Check")
	entry = _by_form(shift, Cash=112, Check=30)
	last = house.sell(12)
	with f.logged_in(house.cashier()):
		entry.reload()
		entry.submit()
		frappe.db.commit()
	entry.reload()
	assert house.rows_of(entry)["Cash"] == (100, 112, 112) and house.rows_of(entry)["Check"] == (0, 30, 30)
	assert [row.pos_invoice for row in entry.pos_transactions] == [last.name]
	assert frappe.db.get_value("POS Invoice", last.name, "consolidated_invoice")
	count = frappe.get_doc("Shift Count", entry.dealer_shift_count)
	assert count.status == "Closed" and count.closing_entry == entry.name

	# Cancelled by who may, the shift is open again and its count begins anew.
	entry.cancel()
	frappe.db.commit()
	count.reload()
	assert count.status == "Counting" and not count.closing_entry
	assert frappe.db.get_value("POS Opening Entry", shift.name, ["status", "dealer_closing"]) == (
		"Open",
		None,
	)
	far_off = _by_form(shift, Cash=10, Check=30)
	with f.logged_in(house.cashier()), pytest.raises(frappe.ValidationError, match="a manager has to agree"):
		far_off.submit()
	frappe.db.rollback()
	frappe.delete_doc("POS Closing Entry", far_off.name)
	frappe.db.commit()
	assert house.close(house.count(shift, Cash=112, Check=30))["status"] == "Closed"


def test_a_profile_without_our_setting_is_left_alone():
	profile = counter_house.profile("Plain Counter", dealer_counter=0)
	shift = house.open_shift(profile=profile)
	payment = house.pay(30)
	assert not payment.dealer_shift
	entry = _by_form(shift, Cash=7)
	row = entry.payment_reconciliation[0]
	assert (row.opening_amount, row.expected_amount) == (1, 2) and not entry.dealer_shift_count
	entry.submit()
	frappe.db.commit()
	assert not frappe.db.exists("Shift Count", {"shift": shift.name})


def test_a_sale_that_no_closing_would_count_is_refused():
	shift = house.open_shift()
	draft = house.sell(5, submit=False)
	other = counter_house.cashier("second.cashier")
	house.open_shift(user=other)
	with f.logged_in(other), pytest.raises(OutsideTheShift, match="began"):
		frappe.get_doc("POS Invoice", draft.name).submit()
	frappe.db.rollback()
	counter_house.end_shifts_of(other)
	with pytest.raises(frappe.ValidationError, match=r"(?i)no open"):
		house.sell(5, user=other)
	frappe.db.rollback()
	with f.logged_in(other), pytest.raises(frappe.PermissionError):
		counting.count(shift.name, {}, f.key())
	foreign = frappe._dict(pos_profile=house.PROFILE, company=f.COMPANY, currency="EUR", owner=shift.user)
	with pytest.raises(OutsideTheShift, match="takes USD only"):
		guard.check_sale(foreign)


def test_forty_sales_go_through_the_background_job(monkeypatch):
	"""Queued: nothing is sold meanwhile; failed: told and tried again; done: to the cent."""
	shift = house.open_shift(cash=100)
	customers = [f.make_customer() for _number in range(3)]
	sales = [
		house.sell(number + 0.25, "Cash" if number % 2 else "Card", customers[number % 3])
		for number in range(1, 41)
	]
	cash = 100 + sum(number + 0.25 for number in range(1, 41) if number % 2)
	card = sum(number + 0.25 for number in range(1, 41) if not number % 2)
	jobs: list[dict] = []
	monkeypatch.setattr(merging, "enqueue", lambda job, **values: jobs.append(values))
	monkeypatch.setattr(merging, "is_scheduler_inactive", lambda: False)
	monkeypatch.setattr(counting, "is_scheduler_inactive", lambda: True)
	with pytest.raises(frappe.ValidationError, match="scheduler"):
		house.count(shift, Cash=cash, Card=card)
	frappe.db.rollback()
	with f.logged_in(house.cashier()):
		assert any("scheduler" in line for line in counting.facts(shift.name)["problems"])
	monkeypatch.setattr(counting, "is_scheduler_inactive", lambda: False)

	queued = house.close(
		house.count(shift, Cash=cash + 3, Card=card), reason="Unknown", note="Three too many"
	)
	assert queued["closing_status"] == "Queued" and queued["status"] == "Counted" and len(jobs) == 1
	with pytest.raises(ShiftClosing, match="is being closed"):
		house.sell(1)
	frappe.db.rollback()
	with pytest.raises(ShiftClosing):
		house.pay(1)
	frappe.db.rollback()
	assert _state(shift) == "queued"
	frappe.db.set_value(
		"POS Closing Entry",
		queued["closing_entry"],
		"modified",
		add_to_date(now_datetime(), minutes=-30),
		update_modified=False,
	)
	frappe.db.commit()
	watch.run()
	assert _state(shift) == "hangs" and _tasks(shift) == 1

	_work(jobs[0], monkeypatch, fail=True)
	assert _state(shift) == "failed" and _tasks(shift) == 1
	assert frappe.db.get_value("Shift Count", queued["name"], "status") == "Closing Failed"
	with f.logged_in(counter_house.manager()):
		closing.go_on(queued["name"])
	assert len(jobs) == 2
	_work(jobs[1], monkeypatch)
	frappe.db.commit()
	done = frappe.get_doc("Shift Count", queued["name"])
	assert done.status == "Closed" and _tasks(shift) == 0
	watch.book(done.name)
	done.reload()
	assert done.booking == "Booked"
	entry = frappe.get_doc("POS Closing Entry", queued["closing_entry"])
	assert entry.status == "Submitted" and len(entry.pos_transactions) == 40
	assert house.rows_of(entry)["Cash"] == (100, cash, cash + 3) and house.rows_of(entry)["Card"][1] == card
	merged = frappe.get_all(
		"POS Invoice", {"name": ("in", [sale.name for sale in sales])}, pluck="consolidated_invoice"
	)
	assert all(merged) and len(set(merged)) == 3
	booked = frappe.get_all("Sales Invoice", {"name": ("in", merged), "docstatus": 1}, pluck="grand_total")
	assert flt(sum(booked), 2) == flt(sum(number + 0.25 for number in range(1, 41)), 2)


def _state(shift) -> str:
	rows = overview.counters(f.COMPANY)["shifts"]
	return next((row["state"] for row in rows if row["name"] == shift.name), "closed")


def _tasks(shift) -> int:
	return frappe.db.count(
		"ToDo", {"reference_type": "POS Opening Entry", "reference_name": shift.name, "status": "Open"}
	)


def _work(job: dict, monkeypatch, fail: bool = False) -> None:
	"""What a worker does with a queued job: the entry as it was handed over, by whoever closed."""
	values = {name: job[name] for name in ("invoice_by_customer", "closing_entry")}
	with f.logged_in(house.cashier()), monkeypatch.context() as broken:
		if fail:
			broken.setattr(merging, "split_invoices", lambda _rows: frappe.throw("The ledger is frozen"))
			with pytest.raises(frappe.ValidationError):
				merging.create_merge_logs(**values)
		else:
			merging.create_merge_logs(**values)

"""A sale, a payment and a closing at the same instant, by real processes: inside the closing, or refused."""

from __future__ import annotations

import frappe
import pytest

from tests.site import counter_house
from tests.site import factories as f
from tests.site import shift_house as house
from tests.site.racers import Racers

SAID = "being closed|closed just now|Count again|not open|no open|somebody else is working"


@pytest.fixture(scope="module")
def racers(site):
	house.set_up()
	house.cashier()
	racing = Racers(site, 3)
	yield racing
	racing.close()
	frappe.db.rollback()
	counter_house.end_shifts_of(house.cashier())


@pytest.mark.parametrize("later", [0, 0.06])
def test_nothing_slips_between_reading_and_closing(racers, later):
	customer = f.make_customer()
	shift = house.open_shift(cash=100)
	house.sell(5, customer=customer)
	state = house.count(shift, Cash=105)
	user = house.cashier()
	closed, sold, paid = racers.run(
		("shift_step", "close_it", user, state["name"]),
		("shift_step", "sell_one", user, customer.name),
		("shift_step", "pay_one", user, customer.name),
		later=later,
	)
	frappe.db.rollback()
	_to_the_cent(shift, closed, sold, paid)
	if not closed.won:  # what came first had to be counted; nothing is left behind
		extra = 10 * (sold.won + paid.won)
		house.close(house.count(shift, Cash=105 + extra))
		assert frappe.db.get_value("POS Opening Entry", shift.name, "status") == "Closed"


@pytest.mark.parametrize("later", [0.03])
def test_nothing_slips_past_the_form(racers, later):
	"""ERPNext's own form read the sales before; the server reads them again under the lock."""
	customer = f.make_customer()
	shift = house.open_shift(cash=100)
	user = house.cashier()
	with f.logged_in(user):
		entry = frappe.get_doc(
			{
				"doctype": "POS Closing Entry",
				"pos_opening_entry": shift.name,
				"pos_profile": shift.pos_profile,
				"user": user,
				"company": f.COMPANY,
				"period_start_date": shift.period_start_date,
				"period_end_date": shift.period_start_date,
				"payment_reconciliation": [{"mode_of_payment": "Cash", "closing_amount": 110}],
			}
		).insert()
		frappe.db.commit()
	closed, sold, paid = racers.run(
		("shift_step", "close_form", user, entry.name),
		("shift_step", "sell_one", user, customer.name),
		("shift_step", "pay_one", user, customer.name),
		later=later,
	)
	frappe.db.rollback()
	_to_the_cent(shift, closed, sold, paid)


def _to_the_cent(shift, closed, sold, paid) -> None:
	"""What won counts in the closing; what lost was told why and left nothing."""
	for finish in (closed, sold, paid):
		if not finish.won:
			assert frappe.utils.cstr(finish.error) and any(
				words.lower() in finish.error.lower() for words in SAID.split("|")
			), finish.error
	entry = frappe.get_all(
		"POS Closing Entry", {"pos_opening_entry": shift.name, "docstatus": 1}, pluck="name"
	)
	standing = frappe.get_all("Payment Entry", {"dealer_shift": shift.name, "docstatus": 1}, pluck="name")
	assert standing == ([paid.result] if paid.won else [])
	if not entry:
		return
	doc = frappe.get_doc("POS Closing Entry", entry[0])
	inside = {row.pos_invoice for row in doc.pos_transactions}
	sales = set(frappe.get_all("POS Invoice", {"dealer_shift": shift.name, "docstatus": 1}, pluck="name"))
	assert inside == sales and (not sold.won or sold.result in inside)
	expected = 100 + 10 * len(standing) + sum(row.grand_total for row in doc.pos_transactions)
	assert house.rows_of(doc)["Cash"][1] == expected

"""What the tests of shifts have in common: a counter of their own, payments at it, and counting."""

from __future__ import annotations

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_counter.shifts import closing, counting
from tests.site import accountant, counter_house
from tests.site import factories as f

PROFILE = "Shift Counter"


def set_up() -> str:
	counter_house.set_up()
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.over_short_account = over_short()
	settings.over_short_limit = 20
	settings.save()
	counter_house.profile(PROFILE)
	frappe.db.commit()
	return PROFILE


def over_short() -> str:
	name = f"Cash Over and Short - {f.ABBR}"
	if not frappe.db.exists("Account", name):
		frappe.get_doc(
			{
				"doctype": "Account",
				"company": f.COMPANY,
				"account_name": "Cash Over and Short",
				"parent_account": f._account("Indirect Expenses"),
				"account_type": "Expense Account",
			}
		).insert()
	return name


def cashier() -> str:
	return counter_house.cashier("shift.cashier")


def open_shift(cash: float = 100, user: str | None = None, profile: str = PROFILE):
	return counter_house.open_shift(user or cashier(), profile, cash)


def sell(amount: float, mode: str = "Cash", customer=None, user: str | None = None, **values):
	values.setdefault("pos_profile", PROFILE)
	return counter_house.sell(customer or f.make_customer(), amount, mode, user=user or cashier(), **values)


def pay(amount: float, mode: str = "Cash", kind: str = "Receive", user: str | None = None, **values):
	"""A Payment Entry of a customer by whoever stands at the counter. Commits."""
	customer = f.make_customer()
	account = counter_house.account_of(mode)
	values = {"reference_no": "77", "reference_date": frappe.utils.nowdate(), **values}
	if kind == "Pay":
		values |= {"payment_type": "Pay", "paid_from": account, "paid_to": f.debtors_account()}
	else:
		values |= {"paid_to": account}
	with f.logged_in(user or cashier()):
		made = accountant.plain_payment(customer, amount, mode_of_payment=mode, **values)
		frappe.db.commit()
	return made


def count(shift, key: str | None = None, user: str | None = None, **counted) -> dict:
	"""Counted amounts by mode, zero where none is named. Commits."""
	modes = [mode.replace("_", " ") for mode in counted]
	amounts = {mode: 0 for mode in counter_house.MODES} | dict(zip(modes, counted.values(), strict=True))
	frappe.db.commit()
	with f.logged_in(user or cashier()):
		state = counting.count(shift.name, amounts, key or f.key())
		frappe.db.commit()
	return state


def close(state: dict, user: str | None = None, **why) -> dict:
	frappe.db.commit()
	with f.logged_in(user or cashier()):
		done = closing.close(state["name"], **why)
		frappe.db.commit()
	return done


def entry_of(state: dict):
	return frappe.get_doc("POS Closing Entry", state["closing_entry"])


def rows_of(entry) -> dict[str, tuple[float, float, float]]:
	"""Mode -> (opening, expected, closing) of a POS Closing Entry."""
	return {
		row.mode_of_payment: (
			flt(row.opening_amount, 2),
			flt(row.expected_amount, 2),
			flt(row.closing_amount, 2),
		)
		for row in entry.payment_reconciliation
	}


# What racers do, each by whoever stands at the counter


def sell_one(customer: str, user: str) -> str:
	return sell(10, customer=customer, user=user).name


def pay_one(customer: str, user: str) -> str:
	return pay(10, user=user).name


def close_it(count_name: str, user: str) -> dict:
	return close({"name": count_name}, user=user)


def close_form(entry: str, user: str) -> str:
	with f.logged_in(user):
		doc = frappe.get_doc("POS Closing Entry", entry)
		doc.reload()
		doc.submit()
		frappe.db.commit()
	return doc.name

"""The house of the counter's tests: a dealership with a counter, its modes, an open shift and a real cashier.

A test file takes the fixture ``house`` by a line of its own (``from tests.site.counter_house import house``),
or calls ``set_up`` and what it needs. Everything commits, as the product does.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import flt, now_datetime, nowdate

from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f

PROFILE = "Front Counter"

# Mode of payment -> (kind of account, what is handed over).
MODES = {
	"Cash": ("Cash", "Currency"),
	"Check": ("Bank", "Personal Check"),
	"Cashier's Check": ("Bank", "Cashier's Check"),
	"Money Order": ("Bank", "Money Order"),
	"Card": ("Bank", ""),
}


# Fixtures


@pytest.fixture(scope="module")
def house(site: str) -> Iterator[SimpleNamespace]:
	"""``company``, ``profile``, ``cashier``, ``manager``, ``accountant`` (users), ``shift`` (POS Opening Entry of
	the cashier, Open, with 100 in cash). The shift is ended without a closing when the module is done."""
	yield from _house()


def _house() -> Iterator[SimpleNamespace]:
	set_up()
	people = {"cashier": cashier(), "manager": manager(), "accountant": accountant()}
	found = SimpleNamespace(
		company=f.COMPANY, profile=profile(), shift=open_shift(people["cashier"]), **people
	)
	frappe.db.commit()
	yield found
	frappe.db.rollback()
	end_shifts_of(people["cashier"])
	frappe.db.commit()


# Setting up


def set_up() -> str:
	"""A dealership whose modes of payment know what is handed over, and its counter. Returns the company."""
	f.make_dealership()
	for mode in MODES:
		make_mode(mode)
	f.make_item()
	profile()
	frappe.db.commit()
	return f.COMPANY


def make_mode(mode: str) -> str:
	"""A mode of payment with its account and its instrument."""
	account, instrument = MODES[mode]
	f.make_mode(mode, account)
	if frappe.db.get_value("Mode of Payment", mode, "dealer_instrument") != instrument:
		frappe.db.set_value("Mode of Payment", mode, "dealer_instrument", instrument)
		frappe.clear_document_cache("Mode of Payment", mode)
	return mode


def profile(name: str = PROFILE, **values) -> str:
	"""A POS Profile with our setting and all the modes; ``values``: fields of it, set each time."""
	if not frappe.db.exists("POS Profile", name):
		frappe.get_doc(
			{
				"doctype": "POS Profile",
				"name": name,
				"company": f.COMPANY,
				"currency": "USD",
				"warehouse": frappe.db.get_value("Warehouse", {"company": f.COMPANY, "is_group": 0}, "name"),
				"write_off_account": f._account("Write Off"),
				"write_off_cost_center": frappe.get_cached_value("Company", f.COMPANY, "cost_center"),
				"income_account": f.income_account(),
				"selling_price_list": "Standard Selling",
				"payments": [
					{"mode_of_payment": mode, "default": int(mode == "Cash"), "allow_in_returns": 1}
					for mode in MODES
				],
			}
		).insert()
	frappe.db.set_value("POS Profile", name, {"dealer_counter": 1, **values})
	frappe.clear_document_cache("POS Profile", name)
	return name


def cashier(local: str = "counter.cashier") -> str:
	"""A user with the cashier's role and no other."""
	return f.make_user(roles.CASHIER, local)


def manager() -> str:
	return f.make_user(roles.MANAGER, "counter.manager")


def accountant() -> str:
	return f.make_user(roles.ACCOUNTANT, "counter.accountant")


# Shifts


def open_shift(user: str | None = None, pos_profile: str | None = None, cash: float = 100):
	"""A shift of ``user`` (the cashier) with ``cash`` in the drawer; one that was open before ends. Commits.
	Returns the POS Opening Entry."""
	user = user or cashier()
	end_shifts_of(user)
	opening = frappe.get_doc(
		{
			"doctype": "POS Opening Entry",
			"company": f.COMPANY,
			"pos_profile": pos_profile or profile(),
			"user": user,
			"period_start_date": now_datetime(),
			"balance_details": [
				{"mode_of_payment": mode, "opening_amount": cash if mode == "Cash" else 0} for mode in MODES
			],
		}
	)
	opening.insert()
	opening.submit()
	frappe.db.commit()
	return opening


def end_shifts_of(user: str) -> None:
	"""End open shifts without a closing, so that the next module begins anew."""
	for name in frappe.get_all("POS Opening Entry", {"user": user, "status": "Open"}, pluck="name"):
		frappe.db.set_value("POS Opening Entry", name, "status", "Closed")
	frappe.db.commit()


def part() -> str:
	"""What ``sell`` sells, at any price: no list has one for it, whatever other tests have sold."""
	name = f.make_item("Counter Part")
	frappe.db.delete("Item Price", {"item_code": name})
	return name


@contextmanager
def dated(day: str, rows: dict[str, list[str]]) -> Iterator[None]:
	"""As if these rows (names by doctype) had been posted on ``day``; today again afterwards, as the spine tells
	it. Commits."""

	def post(on: str) -> None:
		for doctype, names in rows.items():
			frappe.db.set_value(doctype, {"name": ("in", names)}, "posting_date", on, update_modified=False)
		frappe.db.commit()

	post(day)
	try:
		yield
	finally:
		frappe.db.rollback()
		post(nowdate())


def sell(
	customer, amount: float, mode: str = "Cash", *, user: str | None = None, submit: bool = True, **values
):
	"""A sale at the POS screen in the open shift of ``user`` (the cashier). Commits. Returns the POS Invoice."""
	item = part()
	frappe.db.commit()
	with f.logged_in(user or cashier()):
		sale = frappe.get_doc(
			{
				"doctype": "POS Invoice",
				"company": f.COMPANY,
				"customer": customer if isinstance(customer, str) else customer.name,
				"pos_profile": values.pop("pos_profile", None) or profile(),
				"is_pos": 1,
				"currency": "USD",
				"conversion_rate": 1,
				"disable_rounded_total": 1,
				"items": [
					{
						"item_code": item,
						"qty": 1,
						"rate": amount,
						"income_account": f.income_account(),
					}
				],
				"payments": [{"mode_of_payment": mode, "amount": amount, "account": account_of(mode)}],
				**values,
			}
		)
		sale.insert()
		if submit:
			sale.submit()
		frappe.db.commit()
	return sale


def account_of(mode: str) -> str:
	"""The account that a mode of payment books to."""
	return frappe.db.get_value(
		"Mode of Payment Account", {"parent": mode, "company": f.COMPANY}, "default_account"
	)


# Customers and what they owe


def owing(*amounts: float, customer=None):
	"""A customer with one plain invoice per amount. Commits. Returns (customer, invoices)."""
	customer = customer or f.make_customer()
	invoices = [f.make_invoice(customer, amount) for amount in amounts]
	frappe.db.commit()
	return customer, invoices


def lines_of(*invoices, amounts: tuple[float, ...] = ()) -> list[dict]:
	"""Lines of a receipt that pay these invoices: whole, or the amounts named."""
	wanted = amounts or tuple(flt(invoice.grand_total) for invoice in invoices)
	return [
		{"doctype": invoice.doctype, "name": invoice.name, "amount": amount}
		for invoice, amount in zip(invoices, wanted, strict=True)
	]


def cash(amount: float, given: float | None = None) -> dict:
	"""A tender in notes and coins."""
	return {"way": "Mode", "mode_of_payment": "Cash", "amount": amount, "given": given}


def check(amount: float, number: str = "1042", mode: str = "Check", **values) -> dict:
	"""A tender by check or what is like one."""
	return {"way": "Mode", "mode_of_payment": mode, "amount": amount, "reference_no": number, **values}


def collect(
	customer, lines: list[dict], tenders: list[dict], *, key: str | None = None, user=None, **more
) -> dict:
	"""Collect as the cashier does, at the counter. Commits. Returns the receipt's state."""
	from dealer_pos_crm.dealer_counter.collecting import receipt

	frappe.db.commit()
	with f.logged_in(user or cashier()):
		state = receipt.collect(
			customer if isinstance(customer, str) else customer.name,
			f.COMPANY,
			lines,
			tenders,
			key or f.key(),
			**more,
		)
		frappe.db.commit()
	return state


def owes(customer) -> float:
	"""What the Payment Ledger says that a customer owes on all accounts; negative: is owed."""
	rows = frappe.db.sql(
		"""select sum(amount) from `tabPayment Ledger Entry`
		where party_type = 'Customer' and party = %s and company = %s and delinked = 0""",
		(customer if isinstance(customer, str) else customer.name, f.COMPANY),
	)
	return flt(rows[0][0], 2)


def open_of(invoice) -> float:
	"""What ERPNext says is open on an invoice."""
	return flt(frappe.db.get_value(invoice.doctype, invoice.name, "outstanding_amount"), 2)


def payments_of(receipt: str) -> list:
	"""The Payment Entries of a receipt, as they were made."""
	return frappe.get_all(
		"Payment Entry",
		{"dealer_counter_receipt": receipt, "docstatus": 1},
		["name", "mode_of_payment", "paid_amount", "unallocated_amount", "reference_no", "dealer_shift"],
		order_by="creation, name",
	)

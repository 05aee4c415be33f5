"""A cashier with that role alone: everything of a day at the counter, and nothing else."""

from __future__ import annotations

import json

import frappe
import pytest
from erpnext.selling.page.point_of_sale import point_of_sale as pos
from frappe.boot import get_allowed_pages
from frappe.desk.form.load import getdoc
from frappe.utils import flt

from dealer_pos_crm.api import deposit as deposits
from dealer_pos_crm.api import receipt as receipts
from dealer_pos_crm.api import shift as shifts
from dealer_pos_crm.dealer_counter import rights
from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from tests.site import counter_house as counter
from tests.site import factories as f

house = counter.house

READ = (
	"Accounts Settings",
	"Company",
	"Currency",
	"Customer Group",
	"Item",
	"Item Group",
	"Item Price",
	"Mode of Payment",
	"POS Profile",
	"POS Settings",
	"Price List",
	"Serial No",
	"Stock Settings",
	"Territory",
	"UOM",
	"Warehouse",
	"Card Payment",
	"Counter Receipt",
	"Counter Refund",
	"Shift Count",
)
# Of ERPNext and of ours: what is no business of a cashier.
NEVER = (
	"Approver PIN",
	"Bank Transaction",
	"Commission Entry",
	"Commission Plan",
	"Deal Scenario",
	"Employee",
	"GL Entry",
	"Gateway Payout",
	"Journal Entry",
	"Lead Routing Rule",
	"POS Invoice Merge Log",
	"Payment Ledger Entry",
	"Payment Reconciliation",
	"Period Closing Voucher",
	"Purchase Invoice",
	"Server Script",
	"System Settings",
	"Unreconcile Payment",
)
NOT_WRITTEN = (
	*READ,
	"Bank Deposit",
	"Dealer Settings",
	"Repair Order Job",
	"Returned Check",
	"Sales Invoice",
)
SUBMITTED = ("POS Opening Entry", "POS Invoice", "POS Closing Entry", "Payment Entry", "Sales Invoice")


@pytest.fixture
def cashier(house):
	with f.logged_in(house.cashier):
		yield house
	frappe.db.rollback()


def test_the_matrix_of_rights(cashier):
	"""What the role may do by itself, whatever a screen offers."""
	held = set(frappe.get_roles())
	assert held & {*roles.ROLES, "Accounts User", "Sales User", "System Manager"} == {roles.CASHIER}
	assert [doctype for doctype in READ if not frappe.has_permission(doctype, "read")] == []
	assert [doctype for doctype in NEVER if frappe.has_permission(doctype, "read")] == []
	written = {
		doctype
		for doctype in NOT_WRITTEN
		for right in ("create", "delete")
		if frappe.db.exists("DocType", doctype) and frappe.has_permission(doctype, right)
	}
	assert written <= {"Sales Invoice"}  # those of a closing alone: see below
	assert frappe.get_meta("Cash Report").get_permlevel_access("read") == [
		0
	]  # no taxpayer's number, no pattern
	for doctype in SUBMITTED:
		assert frappe.has_permission(doctype, "submit"), doctype
		for right in ("cancel", "amend", "delete"):
			assert not frappe.has_permission(doctype, right), (doctype, right)


def test_what_others_do_is_refused_at_the_door(house):
	"""The functions of the counter that belong to accountants and managers."""
	company, customer = f.COMPANY, f.make_customer().name
	deposit = f.take_new(amount=60)
	frappe.db.commit()
	with f.logged_in(house.cashier):
		asked = deposits.act(deposit.name, "Refund", {"amount": 10, "reason": "Changed their mind"}, f.key())
	frappe.db.commit()
	doors = {
		"approval.own_pin": (),
		"approval.set_pin": ("pw-Dealer-2026!", "729516"),
		"bank_deposit.find": (f.key(),),
		"bank_deposit.take": (company, counter.account_of("Check"), [], f.key()),
		"cash_report.get_notices": (company, 2026),
		"cash_report.mark_sent": (company, [], "2027-01-31"),
		"cash_report.volunteer": (customer, company, "Paid twice in a day"),
		"deposit.decide": (asked["action"], True),
		"returned_check.find": (f.key(),),
		"setup.set_up_accounting": (company, "counter"),
		"shift.load_counters": (company,),
	}
	with f.logged_in(house.cashier):
		open_doors = []
		for door, values in doors.items():
			try:
				frappe.get_attr(f"dealer_pos_crm.api.{door}")(*values)
				open_doors.append(door)
			except (frappe.PermissionError, DealerRefusal):
				frappe.db.rollback()
	assert open_doors == []


def test_the_point_of_sale_is_open_to_them_and_keeps_its_own_roles(house):
	page = frappe.get_doc("Page", "point-of-sale")
	with f.logged_in(house.cashier):
		assert page.is_permitted() and "point-of-sale" in get_allowed_pages()
	custom = frappe.get_all(
		"Has Role",
		{"parenttype": "Custom Role", "parent": frappe.db.get_value("Custom Role", {"page": page.name})},
		pluck="role",
	)
	assert set(custom) == {row.role for row in page.roles} | {roles.CASHIER}
	with f.logged_in(f.make_user(roles.SALESPERSON)):
		assert not page.is_permitted()


def test_the_page_is_given_back(site):
	frappe.set_user("Administrator")
	try:
		before = roles._own_roles("point-of-sale")
		roles.open_pages()
		roles.open_pages()
		assert frappe.db.count("Custom Role", {"page": "point-of-sale"}) == 1
		roles.close_pages()
		assert not frappe.db.exists("Custom Role", {"page": "point-of-sale"})
		assert roles._own_roles("point-of-sale") == before
		# A site that let somebody else in keeps that.
		frappe.get_doc(
			{"doctype": "Custom Role", "page": "point-of-sale", "roles": [{"role": "Sales User"}]}
		).insert()
		roles.open_pages()
		roles.close_pages()
		kept = frappe.get_doc("Custom Role", {"page": "point-of-sale"})
		assert [row.role for row in kept.roles] == ["Sales User"]
	finally:
		frappe.db.rollback()
		frappe.clear_cache()


def test_a_day_at_the_counter(house):
	"""Through ERPNext's own functions, as its screen calls them: open, look up, sell, deposit, print, count, close."""
	customer, invoices = counter.owing(80)
	user = f.make_user(roles.CASHIER)
	profile = counter.profile("Cashier's Day")
	frappe.db.commit()
	with f.logged_in(user):
		assert pos.check_opening_entry(user) == []
		amounts = [{"mode_of_payment": "Cash", "opening_amount": 50}]
		opening = pos.create_opening_voucher(profile, f.COMPANY, json.dumps(amounts))
		frappe.db.commit()
		assert pos.get_pos_profile_data(profile)["name"] == profile
		assert pos.get_items(0, 20, "Standard Selling", "All Item Groups", profile)["items"]
		sale = counter.sell(customer, 30, user=user, pos_profile=profile)
		getdoc("POS Invoice", sale.name)
		taken = counter.collect(customer, counter.lines_of(*invoices), [counter.cash(80)], user=user)
		deposit = f.make_deposit(customer, vehicle=False, amount=100)
		frappe.db.commit()
		deposits.take(deposit.name, [{"mode_of_payment": "Cash", "amount": 100}], f.key())
		frappe.db.commit()
		assert receipts.print_of("POS Invoice", sale.name)["number"] == 1
		assert receipts.print_of("Counter Receipt", taken["receipt"])["number"] == 1
		asked = deposits.act(deposit.name, "Refund", {"amount": 10, "reason": "Changed their mind"}, f.key())
		assert asked["status"] == "Requested"  # a second person decides
		frappe.db.commit()
		counted = shifts.count(opening["name"], {"Cash": 260}, f.key())
		frappe.db.commit()
		closed = shifts.close(counted["name"])
		frappe.db.commit()
	frappe.db.rollback()
	count = frappe.get_doc("Shift Count", closed["name"])
	assert (count.status, flt(count.difference)) == ("Closed", 0)
	sale.reload()
	assert sale.consolidated_invoice
	assert frappe.db.get_value("Sales Invoice", sale.consolidated_invoice, ["docstatus", "owner"]) == (
		1,
		user,
	)


def test_no_invoice_journal_or_payout_by_hand(cashier):
	customer = f.make_customer()
	with pytest.raises(frappe.PermissionError):
		f.make_invoice(customer, 10)
	journal = frappe.get_doc({"doctype": "Journal Entry", "company": f.COMPANY, "posting_date": "2026-11-22"})
	with pytest.raises(frappe.PermissionError):
		journal.insert()
	payout = frappe.get_doc(
		{
			"doctype": "Payment Entry",
			"payment_type": "Pay",
			"party_type": "Customer",
			"party": customer.name,
			"company": f.COMPANY,
			"paid_from": counter.account_of("Cash"),
			"paid_to": frappe.get_cached_value("Company", f.COMPANY, "default_receivable_account"),
			"paid_amount": 10,
			"received_amount": 10,
			"mode_of_payment": "Cash",
		}
	)
	with pytest.raises(frappe.PermissionError, match="does not pay out by hand"):
		payout.insert()


def test_other_peoples_shifts_are_theirs(house):
	other = f.make_user(roles.CASHIER)
	theirs = counter.open_shift(other, counter.profile("Other Counter"))
	with f.logged_in(house.cashier):
		seen = frappe.get_list("POS Opening Entry", pluck="name", limit=0)
		assert house.shift.name in seen and theirs.name not in seen
		assert frappe.has_permission("POS Opening Entry", "read", house.shift.name)
		assert not frappe.has_permission("POS Opening Entry", "read", theirs.name)
		with pytest.raises(frappe.PermissionError):
			shifts.count(theirs.name, {"Cash": 1}, f.key())
		frappe.db.rollback()
		for_other = frappe.get_doc(
			{
				"doctype": "POS Opening Entry",
				"company": f.COMPANY,
				"pos_profile": house.profile,
				"user": other,
				"period_start_date": frappe.utils.now_datetime(),
				"balance_details": [{"mode_of_payment": "Cash", "opening_amount": 0}],
			}
		)
		with pytest.raises(frappe.PermissionError):
			for_other.insert()
		closing = frappe.get_doc(
			{
				"doctype": "POS Closing Entry",
				"company": f.COMPANY,
				"pos_profile": theirs.pos_profile,
				"user": other,
				"pos_opening_entry": theirs.name,
				"period_start_date": theirs.period_start_date,
				"period_end_date": frappe.utils.now_datetime(),
			}
		)
		with pytest.raises(frappe.PermissionError):
			closing.insert()
	frappe.db.rollback()
	for role in (roles.MANAGER, roles.ACCOUNTANT):
		with f.logged_in(f.make_user(role)):
			assert {house.shift.name, theirs.name} <= set(
				frappe.get_list("POS Opening Entry", pluck="name", limit=0)
			)
			assert not frappe.has_permission("POS Opening Entry", "write", theirs.name)
	assert rights.sees_all_shifts("Administrator")
	counter.end_shifts_of(other)


def test_prices_are_the_houses_unless_the_counter_lets_them_change(house):
	item = f.make_item()
	customer = f.make_customer()
	counter_profile = counter.profile("Fixed Prices", allow_rate_change=0, allow_discount_change=0)
	user = f.make_user(roles.CASHIER)
	counter.open_shift(user, counter_profile)

	def sold(**values):
		row = {
			"item_code": item,
			"qty": 1,
			"rate": values.pop("rate", 50),
			"price_list_rate": 50,
			"income_account": f.income_account(),
		}
		return counter.sell(
			customer, 50, user=user, submit=False, pos_profile=counter_profile, items=[row], **values
		)

	sold()
	for cheaper in ({"rate": 40}, {"discount_amount": 5}, {"additional_discount_percentage": 10}):
		with pytest.raises(frappe.PermissionError, match="change no prices"):
			sold(**cheaper)
		frappe.db.rollback()
	counter.profile("Fixed Prices", allow_rate_change=1, allow_discount_change=1)
	frappe.db.commit()
	sold(rate=40)
	sold(discount_amount=5)
	counter.end_shifts_of(user)

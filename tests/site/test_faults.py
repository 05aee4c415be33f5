"""Bad input and broken circumstances: a message that names what, why and what to do; and nothing is written."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from multiprocessing import get_context

import frappe
import pytest
from frappe.utils import nowdate

from dealer_pos_crm.api import deposit as api
from dealer_pos_crm.dealer_cashier.deposits import taking
from tests.site import factories as f
from tests.site.checks import everything_right
from tests.site.refusals import draft, everything, refused, take


@pytest.fixture(scope="module", autouse=True)
def dealership(site):
	return f.make_dealership()


# Amounts


@pytest.mark.parametrize(
	("amount", "words"),
	[
		(0, "not more than zero"),
		(-5, "cannot be negative|not more than zero"),
		(0.001, "more decimals than USD allows"),
		(10.005, "more decimals than USD allows"),
		(1e30, "more than the books can hold"),
	],
)
def test_a_deposit_of_an_impossible_amount(amount, words):
	with refused(words):
		f.make_deposit(amount=amount)


@pytest.mark.parametrize(
	("tenders", "words"),
	[
		([], ("500.00 USD were paid", "add a mode of payment")),
		([("Cash", 499.99)], ("499.99 USD", "500.00 USD", "correct one of them by 0.01 USD")),
		([("Cash", 300), ("Card", 200.01)], ("500.01 USD", "correct one of them")),
		([("Cash", 500), ("Card", 0)], ("0.00 USD is not more than zero",)),
		([("Cash", 600), ("Card", -100)], ("-100.00 USD is not more than zero",)),
		([("Cash", 499.995), ("Card", 0.005)], ("more decimals than USD allows",)),
		([("Cash", "five hundred")], ("five hundred is not an amount",)),
		([("Cash", "1e40")], ("1e40 is more than the books can hold",)),
		([("Cash", "NaN")], ("is not an amount",)),
		([("Barter", 500)], ("Barter",)),
		([("", 500)], ("[Mm]ode of [Pp]ayment",)),
	],
)
def test_tenders_that_do_not_fit(tenders, words):
	deposit = draft()
	with refused(*words):
		take(deposit, *tenders)


def test_the_companys_own_limits():
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.db_set({"min_deposit": 50, "max_deposit": 900})
	frappe.clear_document_cache("Dealer Settings", f.COMPANY)
	try:
		for amount, words in (
			(49.99, "smallest deposit is 50.00 USD"),
			(900.01, "largest deposit is 900.00 USD"),
		):
			deposit = draft(amount=amount)
			with refused(words):
				take(deposit, ("Cash", amount))
	finally:
		settings.db_set({"min_deposit": 0, "max_deposit": 0})
		frappe.clear_document_cache("Dealer Settings", f.COMPANY)
		frappe.db.commit()


# Accounts and currencies


@pytest.fixture
def foreign_account(dealership):
	"""Makes accounts kept in euros, and takes them away again: others look for any cash account."""
	made = []

	def make(like: str):
		near = frappe.get_doc("Account", like)
		account = frappe.get_doc(
			{
				"doctype": "Account",
				"company": f.COMPANY,
				"account_name": f"{near.account_name} EUR",
				"parent_account": near.parent_account,
				"account_type": near.account_type,
				"account_currency": "EUR",
			}
		).insert()
		made.append(account)
		return account.name

	yield make
	frappe.db.rollback()
	for account in made:
		for parent in frappe.get_all("Party Account", {"account": account.name}, pluck="parent"):
			frappe.db.delete("Party Account", {"parent": parent})
		frappe.db.delete("Mode of Payment Account", {"default_account": account.name})
		frappe.delete_doc("Account", account.name)
	frappe.db.commit()


def test_a_customer_whose_account_is_kept_in_another_currency(foreign_account):
	account = foreign_account(f.debtors_account())
	customer = f.make_customer(default_currency="EUR", accounts=[{"company": f.COMPANY, "account": account}])
	deposit = draft(customer=customer)
	with refused(customer.name, "EUR", "USD only"):
		take(deposit, ("Cash", 500))


def test_a_mode_of_payment_kept_in_another_currency(foreign_account):
	account = foreign_account(f.cash_account())
	mode = f.unique("Euro Cash")
	frappe.get_doc(
		{
			"doctype": "Mode of Payment",
			"mode_of_payment": mode,
			"type": "Cash",
			"accounts": [{"company": f.COMPANY, "default_account": account}],
		}
	).insert()
	deposit = draft()
	with refused(account, "EUR", "USD", "choose another mode of payment"):
		take(deposit, (mode, 500))
	held = f.take_new(amount=500)
	with refused(account, "EUR", "USD", "choose another mode of payment"):
		f.act(held, "Refund", amount=100, reason="Wants euros", mode_of_payment=mode)


def test_a_mode_of_payment_without_an_account():
	name = f.unique("Voucher")
	frappe.get_doc({"doctype": "Mode of Payment", "mode_of_payment": name, "type": "General"}).insert()
	deposit = draft()
	with refused("default Cash or Bank account", name):
		take(deposit, (name, 500))


@contextmanager
def company_with(**values):
	company = frappe.get_doc("Company", f.COMPANY)
	before = {field: company.get(field) for field in values}
	company.db_set(values)
	frappe.clear_document_cache("Company", f.COMPANY)
	frappe.db.commit()
	try:
		yield
	finally:
		frappe.db.rollback()
		company.db_set(before)
		frappe.clear_document_cache("Company", f.COMPANY)
		frappe.db.commit()


@pytest.mark.parametrize(
	"values",
	[{"book_advance_payments_in_separate_party_account": 0}, {"default_advance_received_account": None}],
)
def test_a_company_that_is_not_set_up(values):
	deposit, held = draft(), f.take_new(amount=500)
	with company_with(**values):
		for attempt in (
			lambda: take(deposit, ("Cash", 500)),
			lambda: f.act(held, "Refund", amount=100, reason="Cheaper car"),
		):
			with refused(f.COMPANY, "does not yet book deposits", "Set up deposit accounting"):
				attempt()


def test_a_company_without_a_receivable_account():
	deposit = draft()
	with (
		company_with(default_receivable_account=None),
		refused(f.COMPANY, "no receivable account", "Default Receivable Account"),
	):
		take(deposit, ("Cash", 500))


def test_a_frozen_date():
	deposit, held = draft(), f.take_new(amount=500)
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", nowdate())
	try:
		for attempt in (
			lambda: take(deposit, ("Cash", 500)),
			lambda: f.act(held, "Refund", amount=100, reason="Cheaper car"),
		):
			with refused("not authorized to add or update entries before"):
				attempt()
	finally:
		frappe.db.rollback()
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", None)
		frappe.db.commit()


def test_a_closed_period():
	deposit, held = draft(), f.take_new(amount=500)
	period = frappe.get_doc(
		{
			"doctype": "Accounting Period",
			"period_name": f.unique("Closed"),
			"company": f.COMPANY,
			"start_date": nowdate(),
			"end_date": nowdate(),
			"closed_documents": [{"document_type": "Payment Entry", "closed": 1}],
		}
	).insert()
	frappe.db.commit()
	try:
		for attempt in (
			lambda: take(deposit, ("Cash", 500)),
			lambda: f.act(held, "Refund", amount=100, reason="Cheaper car"),
		):
			with refused("Payment Entry", "closed Accounting Period"):
				attempt()
	finally:
		frappe.db.rollback()
		period.delete()
		frappe.db.commit()


# Customers


@pytest.mark.parametrize(("field", "word"), [("disabled", "disabled"), ("is_frozen", "frozen")])
def test_a_customer_who_may_not_be_dealt_with(field, word):
	deposit = draft()
	frappe.db.set_value("Customer", deposit.customer, field, 1)
	frappe.clear_document_cache("Customer", deposit.customer)
	with refused(deposit.customer, word, "Enable the customer"):
		take(deposit, ("Cash", 500))


# Breakdowns


class Breakdown(frappe.ValidationError):
	pass


@pytest.mark.parametrize("after", [1, 2])
def test_an_error_between_the_payment_and_the_deposit(monkeypatch, after):
	deposit = draft()
	keep, calls = taking._keep_tender, []

	def break_down(*values):
		calls.append(values)
		if len(calls) == after:
			raise Breakdown("The lights went out")
		keep(*values)

	monkeypatch.setattr(taking, "_keep_tender", break_down)
	with refused("The lights went out"):
		take(deposit, ("Cash", 200), ("Card", 300))
	monkeypatch.undo()
	assert len(calls) == after
	take(deposit, ("Cash", 200), ("Card", 300))
	everything_right(deposit)
	assert deposit.status == "Held"


def _die_midway(site: str, deposit: str, key: str) -> None:
	from tests.support import connected

	with connected(site):
		taking._keep_tender = lambda *values: os._exit(9)
		api.take(deposit, json.dumps([{"mode_of_payment": "Cash", "amount": 500}]), key)


def test_a_process_killed_between_the_payment_and_the_deposit(site):
	deposit = draft()
	before, key = everything(), f.key()
	frappe.db.commit()
	process = get_context("spawn").Process(target=_die_midway, args=(site, deposit.name, key))
	process.start()
	process.join(60)
	assert process.exitcode == 9
	frappe.db.rollback()
	after = everything()
	assert [doctype for doctype in before if before[doctype] != after[doctype]] == []

	api.take(deposit.name, json.dumps([{"mode_of_payment": "Cash", "amount": 500}]), key)
	everything_right(deposit)
	assert deposit.status == "Held"
	assert frappe.db.count("Payment Entry", {"dealer_deposit": deposit.name}) == 1


def test_a_follow_up_that_cannot_be_opened_does_not_keep_the_money_out(monkeypatch):
	from dealer_pos_crm.dealer_crm import follow_ups

	def broken(*values):
		raise Breakdown("No such list")

	monkeypatch.setattr(follow_ups, "give_task", broken)
	deposit = draft()
	take(deposit, ("Cash", 500))
	monkeypatch.undo()
	everything_right(deposit)
	assert deposit.status == "Held"
	assert frappe.db.get_value("Follow Up", {"deposit": deposit.name}, "status") == "Planned"

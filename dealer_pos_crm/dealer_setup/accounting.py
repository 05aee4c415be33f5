"""Where deposits are booked: the accounts and the company's switches, shown before they are changed."""

from dataclasses import asdict

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_setup.chart import Change, existing, group_for, make, name_of
from dealer_pos_crm.dealer_setup.settings import settings_of

DEPOSIT_ACCOUNT = "Customer Deposits"
FORFEIT_ACCOUNT = "Forfeited Deposits"


class DepositAccountingMissing(frappe.ValidationError):
	"""The company is not set up to book deposits as a liability."""


def check_ready(company: str) -> None:
	"""Refuse to move deposit money before the company books it as a liability."""
	flag, account = frappe.get_cached_value(
		"Company",
		company,
		["book_advance_payments_in_separate_party_account", "default_advance_received_account"],
	)
	if cint(flag) and account:
		return
	frappe.throw(
		_(
			"{0} does not yet book deposits as a liability. Open {1} and choose Set up deposit accounting"
		).format(frappe.bold(company), get_link_to_form("Dealer Settings", company)),
		DepositAccountingMissing,
		title=_("Deposit Accounting"),
	)


def planned_changes(company: str) -> list[Change]:
	"""What ``set_up`` would change, in order; empty when everything is set up."""
	settings = settings_of(company)
	doc = frappe.get_doc("Company", company)
	changes: list[Change] = []
	deposit_account = settings.deposit_account or doc.default_advance_received_account
	account = deposit_account or existing(company, DEPOSIT_ACCOUNT)
	if not account:
		parent = group_for(company, "Liability", ("Current Liabilities", "Accounts Payable"))
		changes.append(
			Change("deposit_account", parent, _("New account"), "", name_of(company, DEPOSIT_ACCOUNT))
		)
	shown = account or name_of(company, DEPOSIT_ACCOUNT)
	forfeit = settings.forfeit_income_account or existing(company, FORFEIT_ACCOUNT)
	if not forfeit:
		parent = group_for(company, "Income", ("Indirect Income",))
		changes.append(
			Change("forfeit_account", parent, _("New account"), "", name_of(company, FORFEIT_ACCOUNT))
		)
	if not cint(doc.book_advance_payments_in_separate_party_account):
		label = doc.meta.get_label("book_advance_payments_in_separate_party_account")
		changes.append(Change("switch", company, _(label), _("off"), _("on")))
	if doc.default_advance_received_account != shown:
		label = doc.meta.get_label("default_advance_received_account")
		changes.append(
			Change("default_account", company, _(label), doc.default_advance_received_account or "", shown)
		)
	if settings.deposit_account != shown:
		changes.append(
			Change(
				"settings_deposit",
				_("Dealer Settings"),
				_("Customer Deposits Account"),
				settings.deposit_account or "",
				shown,
			)
		)
	shown_forfeit = forfeit or name_of(company, FORFEIT_ACCOUNT)
	if settings.forfeit_income_account != shown_forfeit:
		changes.append(
			Change(
				"settings_forfeit",
				_("Dealer Settings"),
				_("Forfeit Income Account"),
				settings.forfeit_income_account or "",
				shown_forfeit,
			)
		)
	return changes


def preview(company: str) -> dict:
	"""The changes, and what an accountant should know before agreeing to them."""
	changes = planned_changes(company)
	unallocated = frappe.db.count(
		"Payment Entry",
		{
			"company": company,
			"party_type": "Customer",
			"payment_type": "Receive",
			"docstatus": 1,
			"unallocated_amount": (">", 0),
			"book_advance_payments_in_separate_party_account": 0,
		},
	)
	notes = []
	if changes and unallocated:
		notes.append(
			_(
				"{0} advances taken before stay in the receivable account; only new ones go to the new account"
			).format(unallocated)
		)
	return {"ready": not changes, "changes": [asdict(change) for change in changes], "notes": notes}


def set_up(company: str) -> dict:
	"""Make the changes. Running it again finds nothing to do."""
	changes = planned_changes(company)
	if not changes:
		return {"ready": True, "changes": [], "notes": [_("Already set up")]}
	settings = frappe.get_doc("Dealer Settings", company, for_update=True)
	doc = frappe.get_doc("Company", company)
	deposit_account = (
		settings.deposit_account
		or doc.default_advance_received_account
		or existing(company, DEPOSIT_ACCOUNT)
		or make(
			company,
			DEPOSIT_ACCOUNT,
			group_for(company, "Liability", ("Current Liabilities", "Accounts Payable")),
			"Receivable",
		)
	)
	forfeit_account = (
		settings.forfeit_income_account
		or existing(company, FORFEIT_ACCOUNT)
		or make(
			company, FORFEIT_ACCOUNT, group_for(company, "Income", ("Indirect Income",)), "Income Account"
		)
	)
	doc.update(
		{
			"book_advance_payments_in_separate_party_account": 1,
			"default_advance_received_account": deposit_account,
		}
	)
	doc.save()
	settings.update({"deposit_account": deposit_account, "forfeit_income_account": forfeit_account})
	settings.save()
	return {"ready": True, "changes": [asdict(change) for change in changes], "notes": []}

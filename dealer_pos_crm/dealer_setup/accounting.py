"""Where deposits are booked: the accounts and the company's switches, shown before they are changed."""

from dataclasses import asdict, dataclass

import frappe
from frappe import _
from frappe.utils import cint, get_link_to_form

from dealer_pos_crm.dealer_setup.settings import settings_of

DEPOSIT_ACCOUNT = "Customer Deposits"
FORFEIT_ACCOUNT = "Forfeited Deposits"


class DepositAccountingMissing(frappe.ValidationError):
	"""The company is not set up to book deposits as a liability."""


@dataclass(frozen=True)
class Change:
	"""One thing that setting up would change: where, what, from, to. ``step`` is stable."""

	step: str
	document: str
	field: str
	before: str
	after: str


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
	account = deposit_account or _existing(company, DEPOSIT_ACCOUNT)
	if not account:
		parent = _parent(company, "Liability", ("Current Liabilities", "Accounts Payable"))
		changes.append(
			Change("deposit_account", parent, _("New account"), "", _account_name(company, DEPOSIT_ACCOUNT))
		)
	shown = account or _account_name(company, DEPOSIT_ACCOUNT)
	forfeit = settings.forfeit_income_account or _existing(company, FORFEIT_ACCOUNT)
	if not forfeit:
		parent = _parent(company, "Income", ("Indirect Income",))
		changes.append(
			Change("forfeit_account", parent, _("New account"), "", _account_name(company, FORFEIT_ACCOUNT))
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
	shown_forfeit = forfeit or _account_name(company, FORFEIT_ACCOUNT)
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
		or _existing(company, DEPOSIT_ACCOUNT)
		or _make(
			company,
			DEPOSIT_ACCOUNT,
			_parent(company, "Liability", ("Current Liabilities", "Accounts Payable")),
			"Receivable",
		)
	)
	forfeit_account = (
		settings.forfeit_income_account
		or _existing(company, FORFEIT_ACCOUNT)
		or _make(company, FORFEIT_ACCOUNT, _parent(company, "Income", ("Indirect Income",)), "Income Account")
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


def _account_name(company: str, name: str) -> str:
	return f"{name} - {frappe.get_cached_value('Company', company, 'abbr')}"


def _existing(company: str, name: str) -> str | None:
	return frappe.db.get_value(
		"Account", {"company": company, "account_name": name, "is_group": 0, "disabled": 0}, "name"
	)


def _parent(company: str, root_type: str, preferred: tuple[str, ...]) -> str:
	"""The group a new account goes under: one of the usual names, else the first group of that root."""
	for name in preferred:
		found = frappe.db.get_value(
			"Account",
			{"company": company, "account_name": name, "is_group": 1, "root_type": root_type},
			"name",
		)
		if found:
			return found
	found = frappe.db.get_value(
		"Account",
		{"company": company, "is_group": 1, "root_type": root_type, "parent_account": ("is", "set")},
		"name",
		order_by="lft",
	) or frappe.db.get_value(
		"Account", {"company": company, "is_group": 1, "root_type": root_type}, "name", order_by="lft"
	)
	if not found:
		frappe.throw(
			_("{0} has no group account of type {1}; complete the chart of accounts first").format(
				company, _(root_type)
			)
		)
	return found


def _make(company: str, name: str, parent: str, account_type: str) -> str:
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"company": company,
			"account_name": name,
			"parent_account": parent,
			"account_type": account_type,
			"account_currency": frappe.get_cached_value("Company", company, "default_currency"),
		}
	)
	return account.insert().name

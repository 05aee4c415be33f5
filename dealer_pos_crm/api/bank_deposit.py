"""Bank deposits, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_counter.banking import overview, reconciling, slip
from dealer_pos_crm.dealer_counter.banking import undeposited as waiting


def _may(right: str, name: str | None = None) -> None:
	frappe.has_permission(slip.DOCTYPE, right, name, throw=True)


@frappe.whitelist()
def undeposited(company: str) -> dict:
	"""What is not at the bank yet: cash by account and shift, and every check with its number, payer and age."""
	_may("read")
	frappe.has_permission("Company", "read", company, throw=True)
	return waiting.of(company)


@frappe.whitelist(methods=["POST"])
def take(
	company: str,
	items: str | list,
	client_key: str,
	bank_account: str | None = None,
	deposit_date: str | None = None,
	slip_no: str | None = None,
	cash: str | list | None = None,
) -> dict:
	"""Make a slip and book it. ``items``: {kind: Cash, account, amount, count} and {kind: Check, doctype, name};
	``cash``: [{denomination, pieces}]."""
	_may("create")
	frappe.has_permission("Company", "read", company, throw=True)
	return slip.take(
		company,
		frappe.parse_json(items),
		client_key,
		bank_account=bank_account,
		deposit_date=deposit_date,
		slip_no=slip_no,
		cash=frappe.parse_json(cash or "[]"),
	)


@frappe.whitelist()
def find(client_key: str) -> dict | None:
	"""What became of a request whose answer was lost; null when it never arrived."""
	_may("create")
	return slip.find(client_key)


@frappe.whitelist()
def get_overview(bank_deposit: str) -> dict:
	"""All a Bank Deposit form shows besides its fields."""
	_may("read", bank_deposit)
	return overview.of(bank_deposit)


@frappe.whitelist(methods=["POST"])
def read_again(bank_deposit: str) -> dict:
	"""Bring the slip in line with ERPNext's bank reconciliation."""
	_may("read", bank_deposit)
	return reconciling.read(bank_deposit)


@frappe.whitelist(methods=["POST"])
def correct(bank_deposit: str, bank_amount: float | str, reason: str | None = None) -> dict:
	"""The bank credited another amount than the slip says."""
	_may("write", bank_deposit)
	return slip.correct(bank_deposit, bank_amount, reason)


@frappe.whitelist(methods=["POST"])
def cancel(bank_deposit: str, reason: str) -> dict:
	"""Take a slip back while no statement has confirmed it."""
	_may("write", bank_deposit)
	return slip.cancel(bank_deposit, reason)

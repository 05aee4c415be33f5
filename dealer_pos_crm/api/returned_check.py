"""Checks that came back from the bank, from the screens. Amounts are in major units of the company's currency."""

import frappe

from dealer_pos_crm.dealer_counter.banking import check_ending, check_overview, returned_checks


def _may(right: str, name: str | None = None) -> None:
	frappe.has_permission(returned_checks.DOCTYPE, right, name, throw=True)


def _may_read(doctype: str, name: str) -> None:
	"""Sales of the point of sale are the cashiers' own; whoever records returned checks sees the one it is about."""
	if doctype != "POS Invoice":
		frappe.has_permission(doctype, "read", name, throw=True)


@frappe.whitelist()
def asking(doctype: str, name: str) -> dict:
	"""What recording the return of a check would open again, and what it may cost. Changes nothing."""
	_may("read")
	_may_read(doctype, name)
	return check_overview.asking(doctype, name)


@frappe.whitelist(methods=["POST"])
def record(
	doctype: str,
	name: str,
	reason: str,
	client_key: str,
	returned_on: str | None = None,
	note: str | None = None,
	bank_fee: float | str | None = None,
	customer_fee: float | str | None = None,
	keep_hold: bool | int = False,
) -> dict:
	"""The check of a Payment Entry or POS Invoice came back."""
	_may("write")
	_may_read(doctype, name)
	return returned_checks.record(
		doctype,
		name,
		{
			"reason": reason,
			"returned_on": returned_on,
			"note": note,
			"bank_fee": bank_fee,
			"customer_fee": customer_fee,
			"keep_hold": keep_hold,
		},
		client_key,
	)


@frappe.whitelist()
def find(client_key: str) -> dict | None:
	"""What became of a request whose answer was lost; null when it never arrived."""
	_may("write")
	return returned_checks.find(client_key)


@frappe.whitelist()
def get_overview(returned_check: str) -> dict:
	"""All a Returned Check form shows besides its fields."""
	_may("read", returned_check)
	return check_overview.of(returned_check)


@frappe.whitelist(methods=["POST"])
def look(returned_check: str) -> dict:
	"""Close it when everything it had paid is paid again; leave it otherwise."""
	_may("read", returned_check)
	return check_ending.look(returned_check)


@frappe.whitelist(methods=["POST"])
def made_good(returned_check: str, note: str) -> dict:
	"""It was settled in another way."""
	_may("write", returned_check)
	return check_ending.made_good(returned_check, note)


@frappe.whitelist(methods=["POST"])
def write_off(returned_check: str, reason: str, account: str | None = None) -> dict:
	"""Give up what is still open of it."""
	_may("write", returned_check)
	return check_ending.write_off(returned_check, account, reason)


@frappe.whitelist(methods=["POST"])
def allow_checks(customer: str, note: str) -> None:
	"""Take checks of the customer again; a manager decides."""
	frappe.has_permission("Customer", "write", customer, throw=True)
	check_ending.allow_checks(customer, note)

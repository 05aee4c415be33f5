"""Accounts of a company's chart: found by name, or made under the group where they belong."""

from dataclasses import dataclass

import frappe
from frappe import _


@dataclass(frozen=True)
class Change:
	"""One thing that setting up would change: where, what, from, to. ``step`` is stable."""

	step: str
	document: str
	field: str
	before: str
	after: str


def name_of(company: str, account_name: str) -> str:
	"""What an account of that name is called in the company."""
	return f"{account_name} - {frappe.get_cached_value('Company', company, 'abbr')}"


def existing(company: str, account_name: str) -> str | None:
	return frappe.db.get_value(
		"Account", {"company": company, "account_name": account_name, "is_group": 0, "disabled": 0}, "name"
	)


def group_for(company: str, root_type: str, preferred: tuple[str, ...]) -> str:
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


def make(company: str, account_name: str, parent: str, account_type: str) -> str:
	account = frappe.get_doc(
		{
			"doctype": "Account",
			"company": company,
			"account_name": account_name,
			"parent_account": parent,
			"account_type": account_type,
			"account_currency": frappe.get_cached_value("Company", company, "default_currency"),
		}
	)
	return account.insert().name

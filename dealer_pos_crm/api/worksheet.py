"""The worksheet of a deal, from the screens. Amounts are in major units of the company's currency.

Costs, buy rate and gross are taken from and given to only those who see level 1 of a scenario.
"""

import frappe

from dealer_pos_crm.dealer_showroom.worksheet import approval, products, refreshing, scenarios, view
from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE


def _may(deal: str, right: str) -> None:
	frappe.has_permission(DOCTYPE, right, throw=True)
	frappe.has_permission("Deal Jacket", "read", deal, throw=True)
	if right != "read":
		frappe.has_permission("Deal Jacket", "write", deal, throw=True)


def _may_scenario(scenario: str, right: str) -> None:
	frappe.has_permission(DOCTYPE, right, scenario, throw=True)
	deal = frappe.db.get_value(DOCTYPE, scenario, "deal")
	frappe.has_permission("Deal Jacket", "read" if right == "read" else "write", deal, throw=True)


@frappe.whitelist()
def get(deal: str) -> dict:
	"""The scenarios of a deal side by side, and what there is to choose from."""
	_may(deal, "read")
	return view.of(deal)


@frappe.whitelist(methods=["POST"])
def recompute(deal: str, columns: str | list) -> list[dict]:
	"""The figures of scenarios while they are typed, all in one request; nothing is written."""
	_may(deal, "read")
	return view.recompute(deal, frappe.parse_json(columns))


@frappe.whitelist(methods=["POST"])
def create(deal: str, copy_of: str | None = None, values: str | dict | None = None) -> str:
	"""A further scenario, from the usual values or as a copy. Returns its name."""
	_may(deal, "create")
	return scenarios.create(deal, frappe.parse_json(values or "{}"), copy_of=copy_of or None)


@frappe.whitelist(methods=["POST"])
def save(scenario: str, values: str | dict) -> dict:
	"""Keep what was entered: ``scenarios.ENTERED`` and rows of lines, products, trades. Returns its column."""
	_may_scenario(scenario, "write")
	scenarios.save(scenario, frappe.parse_json(values))
	return view.column(frappe.get_doc(DOCTYPE, scenario), see=scenarios.may_see_costs())


@frappe.whitelist(methods=["POST"])
def choose(scenario: str) -> None:
	"""The customer takes this one."""
	_may_scenario(scenario, "write")
	scenarios.choose(scenario)


@frappe.whitelist(methods=["POST"])
def remove(scenario: str) -> None:
	"""Delete a scenario that is not chosen."""
	_may_scenario(scenario, "write")
	scenarios.remove(scenario)


@frappe.whitelist(methods=["POST"])
def ask(scenario: str) -> None:
	"""Ask a manager to approve the chosen scenario."""
	_may_scenario(scenario, "write")
	approval.ask(scenario)


@frappe.whitelist(methods=["POST"])
def withdraw(scenario: str, reason: str | None = None) -> None:
	"""Take the request for approval back."""
	_may_scenario(scenario, "write")
	approval.withdraw(scenario, reason)


@frappe.whitelist(methods=["POST"])
def approve(scenario: str, note: str | None = None) -> None:
	"""A manager who is not the author approves."""
	_may_scenario(scenario, "write")
	approval.decide(scenario, True, note)


@frappe.whitelist(methods=["POST"])
def reject(scenario: str, note: str) -> None:
	"""A manager who is not the author says what has to change."""
	_may_scenario(scenario, "write")
	approval.decide(scenario, False, note)


@frappe.whitelist(methods=["POST"])
def new_version(scenario: str) -> str:
	"""A copy to change of a scenario that is frozen. Returns its name."""
	_may_scenario(scenario, "write")
	return scenarios.new_version(scenario)


@frappe.whitelist(methods=["POST"])
def renew(scenario: str) -> str:
	"""Bring a scenario up to date with the deal's car and deposits. Returns the name of what is up to date."""
	_may_scenario(scenario, "write")
	return refreshing.renew(scenario)


@frappe.whitelist(methods=["POST"])
def cancel_product(
	deal: str, row: str, on: str, reason: str, refund: float | int | str | None = None
) -> dict:
	"""Cancel an F&I product that was sold. Without ``refund``: pro rata by days."""
	frappe.has_permission("FnI Product", "write", throw=True)
	frappe.has_permission("Deal Jacket", "write", deal, throw=True)
	return products.cancel_one(deal, row, on, reason, refund)


@frappe.whitelist()
def refund_of(deal: str, row: str, on: str) -> float:
	"""What cancelling a product on a day gives back, pro rata by days."""
	frappe.has_permission("FnI Product", "write", throw=True)
	frappe.has_permission("Deal Jacket", "read", deal, throw=True)
	return products.shown_refund(deal, row, on)

"""Deals, from the screens. Amounts are in major units of the deal's currency."""

import frappe

from dealer_pos_crm.dealer_cashier.card_refunds import sending
from dealer_pos_crm.dealer_showroom.deals import (
	board,
	holding,
	losing,
	managing,
	opening,
	overview,
	stages,
	vehicle,
)


def _may(deal: str, right: str) -> None:
	frappe.has_permission("Deal Jacket", right, deal, throw=True)


def _may_settle(deposits: list[dict]) -> None:
	"""Whoever pays a deposit back or moves it has the right to do so there."""
	for row in deposits:
		frappe.has_permission("Deposit", "write", row.get("deposit"), throw=True)
		frappe.has_permission("Payment Entry", "submit", throw=True)


@frappe.whitelist(methods=["POST"])
def open_deal(values: str | dict, client_key: str) -> str:
	"""Open a deal; ``values``: customer, company, vehicle, lead, salesperson and ``opening.VALUES``."""
	frappe.has_permission("Deal Jacket", "create", throw=True)
	given = dict(frappe.parse_json(values))
	for doctype, field in (("Customer", "customer"), ("Dealer Vehicle", "vehicle"), ("Lead", "lead")):
		if given.get(field):
			frappe.has_permission(doctype, "read", given[field], throw=True)
	known = ("customer", "company", "vehicle", "lead", "salesperson", *opening.VALUES)
	told = {field: given.get(field) for field in known if given.get(field) not in (None, "")}
	return opening.open_deal(
		customer=told.pop("customer", None), company=told.pop("company", None), client_key=client_key, **told
	)


@frappe.whitelist(methods=["POST"])
def open_from_lead(
	lead: str, client_key: str, customer: str | None = None, vehicle: str | None = None
) -> str:
	"""Open the deal of a lead: its customer, its salesperson, what it wants. Returns its name."""
	frappe.has_permission("Deal Jacket", "create", throw=True)
	frappe.has_permission("Lead", "write", lead, throw=True)
	return opening.open_from_lead(
		lead, client_key=client_key, customer=customer or None, vehicle=vehicle or None
	)


@frappe.whitelist()
def get_context(customer: str | None = None, vehicle: str | None = None, lead: str | None = None) -> dict:
	"""What the dialog of a new deal should know."""
	frappe.has_permission("Deal Jacket", "create", throw=True)
	return overview.context(customer or None, vehicle or None, lead or None)


@frappe.whitelist()
def get_overview(deal: str) -> dict:
	"""All a Deal form shows besides its fields."""
	_may(deal, "read")
	return overview.of(deal)


@frappe.whitelist(methods=["POST"])
def move(deal: str, to: str, reason: str | None = None) -> str:
	"""Move a deal to another stage; refused with all that is missing. Returns its stage."""
	_may(deal, "write")
	return stages.move(deal, to, reason=reason)


@frappe.whitelist(methods=["POST"])
def hold(deal: str, until: str | None = None) -> str:
	"""Hold the vehicle for the deal. Returns until when."""
	_may(deal, "write")
	return str(holding.hold(deal, until))


@frappe.whitelist(methods=["POST"])
def let_go(deal: str, reason: str) -> None:
	"""Set the vehicle free though the deal goes on."""
	_may(deal, "write")
	holding.let_go(deal, reason)


@frappe.whitelist(methods=["POST"])
def change_vehicle(deal: str, to: str, reason: str, client_key: str) -> None:
	"""Another vehicle for the deal; its held deposits move along."""
	_may(deal, "write")
	frappe.has_permission("Dealer Vehicle", "read", to, throw=True)
	vehicle.change(deal, to, reason, client_key)


@frappe.whitelist()
def held_deposits(deal: str) -> list[dict]:
	"""The deposits that losing a deal must settle, and whose refund needs a second person."""
	_may(deal, "read")
	frappe.has_permission("Deposit", "read", throw=True)
	return losing.held_for_dialog(deal)


@frappe.whitelist(methods=["POST"])
def lose(deal: str, reason: str, note: str | None = None, deposits: str | list | None = None) -> dict:
	"""The deal comes to nothing; every held deposit says what becomes of it: refund, move or keep."""
	_may(deal, "write")
	answers = frappe.parse_json(deposits) or []
	_may_settle(answers)
	with sending.here():  # what was paid by card goes back to it now
		return losing.lose(deal, reason, note, answers)


@frappe.whitelist(methods=["POST"])
def reopen(deal: str, reason: str) -> str:
	"""A lost deal goes on. Returns its stage."""
	_may(deal, "write")
	return losing.reopen(deal, reason)


@frappe.whitelist()
def load_board(filters: str | dict | None = None) -> dict:
	"""The pipeline: the first cards of each stage, how many there are, and what the user may do."""
	frappe.has_permission("Deal Jacket", "read", throw=True)
	return board.load(frappe.parse_json(filters) or {})


@frappe.whitelist()
def more_of(stage: str, skip: int, filters: str | dict | None = None) -> dict:
	"""Further cards of one column."""
	frappe.has_permission("Deal Jacket", "read", throw=True)
	return board.more(stage, skip, frappe.parse_json(filters) or {})


@frappe.whitelist()
def load_manager(company: str | None = None) -> dict:
	"""The sales manager's board: what waits for whom, each with its first rows."""
	frappe.has_permission("Deal Jacket", "read", throw=True)
	frappe.has_permission("Lead", "read", throw=True)
	return managing.load(company or None)

"""What the Deposit form shows beside its fields."""

import frappe
from frappe.utils import add_days, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.deposit import Action, Status, allowed_actions

_TERMS_FIELD = {"Yes": "terms_yes", "Until": "terms_until", "No": "terms_no"}


def of(name: str) -> dict:
	"""What is possible now, the history with reasons, requests that wait, and the open follow-ups."""
	deposit = frappe.get_doc("Deposit", name)
	return {
		"actions": _possible(deposit),
		"movements": _movements(name),
		"requests": _requests(name),
		"follow_ups": _follow_ups(name),
		"waiting": _waiting(deposit.vehicle),
	}


def _possible(deposit) -> list[str]:
	may_move = frappe.has_permission("Payment Entry", "submit")
	found = []
	for action in allowed_actions(Status(deposit.status)):
		if action is not Action.EXTEND and not may_move:
			continue
		if action is Action.EXTEND and not deposit.vehicle:
			continue
		if action is Action.MOVE and (deposit.applied_amount or deposit.forfeited_amount):
			continue
		if action is Action.CANCEL and (not deposit.taken_on or getdate(deposit.taken_on) != getdate()):
			continue
		if action is Action.FORFEIT and _promised(deposit):
			continue
		found.append(action.value)
	return found


def _promised(deposit) -> bool:
	return deposit.refundable == "Yes" or (
		deposit.refundable == "Until" and getdate(deposit.refundable_until) >= getdate()
	)


def _movements(name: str) -> list[dict]:
	return frappe.get_all(
		"Deposit Movement",
		filters={"deposit": name},
		fields=[
			"name",
			"movement",
			"amount",
			"currency",
			"moved_at",
			"against_doctype",
			"against_name",
			"reason",
			"actor",
			"action",
			"reverses",
		],
		order_by="name desc",
		limit=200,
	)


def _requests(name: str) -> list[dict]:
	rows = frappe.get_all(
		"Deposit Action",
		filters={"deposit": name, "status": "Requested"},
		fields=[
			"name",
			"action",
			"amount",
			"currency",
			"reason",
			"requested_by",
			"requested_at",
			"approval_reason",
		],
		order_by="creation",
	)
	who = actions.asker()
	for row in rows:
		row["may_decide"] = who.may_approve and row.requested_by != who.user
		row["is_mine"] = row.requested_by == who.user
	return rows


def _follow_ups(name: str) -> list[dict]:
	return frappe.get_all(
		"Follow Up",
		filters={"deposit": name},
		fields=["name", "title", "status", "owner_user", "opens_at", "due_at", "reason", "outcome"],
		order_by="field(status, 'Open', 'Planned', 'Done', 'Stopped', 'Suppressed'), due_at",
		limit=20,
	)


def _waiting(vehicle: str | None) -> list[dict]:
	if not vehicle:
		return []
	return frappe.get_all(
		"Dealer Vehicle Waitlist",
		filters={"vehicle": vehicle, "status": "Waiting"},
		fields=["name", "customer", "added_on", "salesperson"],
		order_by="added_on",
		limit=20,
	)


def open_invoices(name: str) -> list[dict]:
	"""Submitted invoices of the customer with something open, those for the deposit's vehicle first."""
	deposit = frappe.db.get_value("Deposit", name, ["customer", "company", "vehicle"], as_dict=True)
	rows = frappe.get_all(
		"Sales Invoice",
		filters={
			"customer": deposit.customer,
			"company": deposit.company,
			"docstatus": 1,
			"is_return": 0,
			"is_pos": 0,
			"outstanding_amount": (">", 0),
		},
		fields=["name", "posting_date", "grand_total", "outstanding_amount", "currency", "dealer_vehicle"],
		order_by="posting_date, name",
		limit=100,
	)
	fitting = [
		row
		for row in rows
		if not (row.dealer_vehicle and deposit.vehicle) or row.dealer_vehicle == deposit.vehicle
	]
	return sorted(fitting, key=lambda row: row.dealer_vehicle != deposit.vehicle)


def defaults(company: str, refundable: str | None) -> dict:
	"""What a new deposit starts with."""
	settings = settings_of(company)
	kind = refundable or settings.default_refundable or "Yes"
	now = now_datetime().replace(second=0, microsecond=0)
	return {
		"refundable": kind,
		"terms": settings.get(_TERMS_FIELD[kind]),
		"hold_until": get_datetime(add_days(now, settings.hold_days)) if settings.hold_days else None,
	}

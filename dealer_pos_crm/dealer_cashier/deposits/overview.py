"""What the Deposit form shows beside its fields."""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import add_days, cstr, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_cashier.money import to_float
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.deposit import HOLDING, Action, Status, allowed_actions, needs_approval
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.vehicle import HOLDABLE
from dealer_pos_crm.domain.vehicle import Status as VehicleStatus

MOVEMENTS = 100
_TERMS_FIELD = {"Yes": "terms_yes", "Until": "terms_until", "No": "terms_no"}


def of(name: str) -> dict:
	"""What is possible now, the history with reasons, requests that wait, and the open follow-ups."""
	deposit = frappe.get_doc("Deposit", name)
	possible = _possible(deposit)
	movements, requests, follow_ups = _movements(name), _requests(name), _follow_ups(name)
	waiting = waiting_for(deposit.vehicle)
	return {
		"actions": possible,
		"approval": _approval(deposit),
		"invoices": open_invoices(name) if Action.APPLY.value in possible else [],
		"modes": payment_modes(deposit.company) if _pays(possible) else [],
		"ways": cards.ways(deposit) if Action.REFUND.value in possible else [],
		"usual_mode": usual_mode(deposit.company) if Action.TAKE.value in possible else None,
		"card_refunds": cards.open_of(name),
		"vehicle": vehicle_state(deposit.vehicle, deposit.name),
		"movements": movements,
		"requests": requests,
		"follow_ups": follow_ups,
		"waiting": waiting,
		"people": names_of(
			in_rows(movements, "actor")
			| in_rows(requests, "requested_by")
			| in_rows(follow_ups, "owner_user")
			| in_rows(waiting, "salesperson")
			| {deposit.taken_by, deposit.salesperson}
		),
	}


def _pays(possible: list[str]) -> bool:
	return bool({Action.TAKE.value, Action.REFUND.value} & set(possible))


def _approval(deposit) -> dict:
	"""Why a second person would have to approve what this user does; None where nobody must.

	A refund may need it for another reason above the limit than up to it (``limit`` in major units).
	"""
	asker = actions.asker()
	limit = actions.limit_left(deposit)
	above = Money(limit.minor + 1, limit.currency)

	def why(action: Action, amount: Money) -> str | None:
		text = needs_approval(action, amount, limit, asker, against_terms=actions.against_terms(deposit))
		return _(text) if text else None

	return {
		"limit": to_float(limit),
		"Refund": why(Action.REFUND, limit),
		"Refund above": why(Action.REFUND, above),
		"Other way": cards.why_another_way(asker),
		"Forfeit": why(Action.FORFEIT, limit),
		"Cancel": why(Action.CANCEL, limit),
	}


def vehicle_state(vehicle: str | None, deposit: str | None) -> dict | None:
	"""The vehicle's title and status, and who holds it; ``ours``: the hold is this deposit's."""
	if not vehicle:
		return None
	row = frappe.db.get_value("Dealer Vehicle", vehicle, ["name", "title", "status"], as_dict=True)
	if not row:
		return None
	hold = frappe.db.get_value(
		"Dealer Vehicle Hold",
		{"active_vehicle": vehicle},
		["customer", "hold_until", "deposit"],
		as_dict=True,
	)
	if hold:
		hold.customer_name = frappe.db.get_value("Customer", hold.customer, "customer_name")
		hold.ours = bool(deposit) and hold.deposit == deposit
	return {**row, "hold": hold}


def payment_modes(company: str) -> list[dict]:
	"""Modes of payment that have an account in the company: these a cashier can take money with."""
	mode = frappe.qb.DocType("Mode of Payment")
	account = frappe.qb.DocType("Mode of Payment Account")
	return (
		frappe.qb.from_(mode)
		.join(account)
		.on(account.parent == mode.name)
		.select(mode.name, mode.type)
		.where((mode.enabled == 1) & (account.company == company) & (account.default_account != ""))
		.orderby(mode.name)
		.run(as_dict=True)
	)


def usual_mode(company: str) -> str | None:
	"""What this user took the last deposit with; else what the company took its last one with."""
	deposit = frappe.qb.DocType("Deposit")
	tender = frappe.qb.DocType("Deposit Tender")
	last = (
		frappe.qb.from_(deposit)
		.join(tender)
		.on(tender.parent == deposit.name)
		.select(tender.mode_of_payment)
		.where((deposit.company == company) & deposit.taken_on.isnotnull())
		.orderby(deposit.creation, order=frappe.qb.desc)
		.orderby(tender.idx)
		.limit(1)
	)
	own = last.where(deposit.taken_by == frappe.session.user).run()
	found = own or last.run()
	return found[0][0] if found else None


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
			"payment_entry.mode_of_payment as mode",
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
		limit=MOVEMENTS,
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
			"sales_invoice",
			"mode_of_payment",
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


def waiting_for(vehicle: str | None) -> list[dict]:
	"""The first customers on a vehicle's waiting list, in its order."""
	if not vehicle:
		return []
	return frappe.get_all(
		"Dealer Vehicle Waitlist",
		filters={"vehicle": vehicle, "status": "Waiting"},
		fields=[
			"name",
			"customer",
			"customer.customer_name as customer_name",
			"added_on",
			"salesperson",
			"note",
		],
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


def for_invoice(customer: str, company: str, vehicle: str | None) -> list[dict]:
	"""Deposits of the customer that hold money this invoice may take: those for its vehicle, and those
	for no vehicle at all. Without a vehicle on the invoice: all of them."""
	rows = frappe.get_list(
		"Deposit",
		filters={
			"customer": customer,
			"company": company,
			"status": ("in", [status.value for status in HOLDING]),
		},
		fields=[
			"name",
			"customer_name",
			"status",
			"held_amount",
			"currency",
			"vehicle",
			"vehicle.title as vehicle_title",
			"held_for",
		],
		order_by="taken_on, name",
		limit=50,
	)
	return [row for row in rows if not (vehicle and row.vehicle) or row.vehicle == vehicle]


def defaults(company: str, refundable: str | None, vehicle: str | None) -> dict:
	"""What a new deposit starts with, and who holds its vehicle already."""
	settings = settings_of(company)
	kind = refundable or settings.default_refundable or "Yes"
	state = vehicle_state(vehicle, None)
	return {
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
		"refundable": kind,
		"terms": settings.get(_TERMS_FIELD[kind]),
		"texts": {choice: cstr(settings.get(field)) for choice, field in _TERMS_FIELD.items()},
		"hold_until": _hold_until(settings.hold_days, state),
		"vehicle": state,
	}


def _hold_until(days: int | None, vehicle: dict | None) -> datetime | None:
	"""The end of the usual hold; None where the house holds nothing, or nobody can hold this vehicle."""
	if not days or (vehicle and VehicleStatus(vehicle["status"]) not in HOLDABLE):
		return None
	return get_datetime(add_days(now_datetime().replace(second=0, microsecond=0), days))

"""A salesperson's day: who waits for an answer, who is expected, what was promised, which deals go on.

A fixed number of queries, however much there is to do.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_crm import staff
from dealer_pos_crm.dealer_crm.leads.routing import OPEN_STATES, SELLING
from dealer_pos_crm.dealer_setup.people import in_rows, names_of, people_with
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_setup.settings import business_hours, companies
from dealer_pos_crm.dealer_showroom.deals import board
from dealer_pos_crm.domain import deal as deal_rules
from dealer_pos_crm.domain.clock import ALWAYS_OPEN
from dealer_pos_crm.domain.lead_response import Clock, minutes_left, urgency

SHOWN = 60  # of each list; the count says how many there are
_LOOKS_AT_OTHERS = frozenset({SALES_MANAGER, MANAGER, "System Manager"})
_LEAD = [
	"name", "lead_name", "dealer_lead_type as lead_type", "dealer_state as state", "dealer_customer as customer",
	"dealer_wanted as wanted", "dealer_vehicle as vehicle", "dealer_vehicle.title as vehicle_title",
	"dealer_waiting_since as waiting_since", "dealer_due_at as due_at", "dealer_warn_at as warn_at",
	"dealer_escalate_at as escalate_at", "dealer_last_contact_at as last_contact_at",
	"dealer_received_at as received_at", "dealer_first_response_at as first_response_at", "company",
]  # fmt: skip


def may_look_at_others() -> bool:
	return bool(_LOOKS_AT_OTHERS & set(frappe.get_roles()))


def load(user: str | None = None) -> dict:
	"""Everything on the page My Day of a user; the session's unless a manager looks at another's.

	Datetimes are the server's; minutes are business minutes. Raises ``PermissionError`` for another's day
	without being a manager.
	"""
	user = user or frappe.session.user
	if user != frappe.session.user and not may_look_at_others():
		frappe.throw(_("Only a sales manager looks at another one's day"), frappe.PermissionError)
	mine = companies()
	now = now_datetime()
	waiting, waiting_count = _waiting(user, mine, now)
	answered, answered_count = _answered(user, mine)
	visits = _appointments(user, mine, now)
	promises, promise_count = _promises(user, mine)
	deals, deal_count = _deals(user, mine)
	drives = _drives(user, mine)
	team = _team()
	return {
		"is_dealership": bool(mine),
		"user": user,
		"now": now,
		"hours": _hours(mine, now),
		"waiting": waiting,
		"answered": answered,
		"appointments": visits,
		"promises": promises,
		"deals": deals,
		"drives": drives,
		"counts": {
			"waiting": waiting_count,
			"answered": answered_count,
			"promises": promise_count,
			"deals": deal_count,
		},
		"away": staff.away(user),
		"people": names_of(in_rows(deals, "salesperson", "second_salesperson") | {user}) | team,
		"team": sorted(team, key=lambda one: (team[one].casefold(), one)),
		"may": {
			"look_at_others": may_look_at_others(),
			"log": bool(frappe.has_permission("Lead", "write")),
			"new_lead": bool(frappe.has_permission("Lead", "create")),
		},
	}


def _hours(mine: list[str], now: datetime) -> dict:
	"""Whether the house is open, so that a screen left open goes on counting only then."""
	house = business_hours(mine[0]) if mine else ALWAYS_OPEN
	span = house.span(now.date())
	return {"open": house.is_open(now), "closes_at": span[1] if span else None}


def _leads(filters: dict, order: str) -> list[dict]:
	return frappe.get_list(
		"Lead",
		filters={**filters, "dealer_received_at": ("is", "set")},
		fields=_LEAD,
		order_by=order,
		limit=SHOWN,
	)


def _count(doctype: str, filters: dict, rows: list) -> int:
	"""How many there are; asked only when the list is full."""
	if len(rows) < SHOWN:
		return len(rows)
	return len(frappe.get_list(doctype, filters=filters, pluck="name", limit=0))


def _waiting(user: str, mine: list[str], now: datetime) -> tuple[list[dict], int]:
	"""Leads whose customer waits for an answer, the most urgent first."""
	filters = {
		"lead_owner": user,
		"company": ("in", mine or [""]),
		"dealer_state": ("in", OPEN_STATES),
		"dealer_waiting_since": ("is", "set"),
	}
	rows = _leads(filters, "`tabLead`.`dealer_due_at`, `tabLead`.`name`")
	for row in rows:
		house = business_hours(row.company)
		row.minutes_left = minutes_left(get_datetime(row.due_at), now, house)
		row.urgency = urgency(
			Clock(
				*(get_datetime(row[field]) for field in ("waiting_since", "due_at", "warn_at", "escalate_at"))
			),
			now,
		).value
		_words(row)
	return rows, _count("Lead", filters, rows)


def _answered(user: str, mine: list[str]) -> tuple[list[dict], int]:
	"""Leads that nobody waits on; first whoever was not spoken to for the longest time."""
	filters = {
		"lead_owner": user,
		"company": ("in", mine or [""]),
		"dealer_state": ("in", OPEN_STATES),
		"dealer_waiting_since": ("is", "not set"),
	}
	rows = _leads(filters, "`tabLead`.`dealer_last_contact_at`, `tabLead`.`name`")
	for row in rows:
		_words(row)
	return rows, _count("Lead", filters, rows)


def _words(row) -> None:
	row.what = row.pop("vehicle_title", None) or row.pop("wanted", None) or ""


def _appointments(user: str, mine: list[str], now: datetime) -> list[dict]:
	"""Who is expected today, and who was and nobody has said whether they came."""
	return frappe.get_list(
		"Showroom Appointment",
		filters={
			"salesperson": user,
			"company": ("in", mine or [""]),
			"starts_at": ("between", (now - timedelta(days=3), datetime.combine(now.date(), datetime.max.time()))),
			"status": ("in", ("Booked", "Confirmed", "Kept", "No-show")),
		},
		or_filters=[
			["Showroom Appointment", "starts_at", ">=", datetime.combine(now.date(), datetime.min.time())],
			["Showroom Appointment", "status", "in", ("Booked", "Confirmed")],
		],
		fields=[
			"name", "person_name", "contact_phone", "starts_at", "purpose", "status", "customer", "lead", "deal",
			"vehicle", "vehicle.title as what",
		],
		order_by="`tabShowroom Appointment`.`starts_at`",
		limit=SHOWN,
	)  # fmt: skip


def _promises(user: str, mine: list[str]) -> tuple[list[dict], int]:
	filters = {"owner_user": user, "status": "Open", "company": ("in", mine or [""])}
	rows = frappe.get_list(
		"Follow Up",
		filters=filters,
		fields=[
			"name", "title", "due_at", "priority", "customer", "lead", "deal", "vehicle", "talking_points",
			"customer.customer_name as customer_name", "lead.lead_name as lead_name",
		],
		order_by="`tabFollow Up`.`due_at`, `tabFollow Up`.`name`",
		limit=SHOWN,
	)  # fmt: skip
	for row in rows:
		row.who = row.pop("customer_name", None) or row.pop("lead_name", None) or ""
	return rows, _count("Follow Up", filters, rows)


def _deals(user: str, mine: list[str]) -> tuple[list[dict], int]:
	"""The deals somebody works on, alone or as the second, the farthest first, each with what is missing."""
	stages = [stage.value for stage in deal_rules.ORDER if stage not in deal_rules.ENDED]
	filters = {"company": ("in", mine or [""]), "stage": ("in", stages)}
	either = [
		["Deal Jacket", field, "=", user] for field in ("salesperson", "second_salesperson", "fni_manager")
	]
	rows = frappe.get_list(
		"Deal Jacket",
		filters=filters,
		or_filters=either,
		fields=[
			"name", "stage", "stage_since", "customer", "customer_name", "vehicle", "vehicle_title", "wanted",
			"deal_type", "company", "salesperson", "second_salesperson", "deposits_held", "hold_until",
			"expected_delivery", "chosen_scenario", "approved_scenario", "lender", "balance", "currency",
		],
		order_by="`tabDeal Jacket`.`stage_since`, `tabDeal Jacket`.`name`",
		limit=SHOWN,
	)  # fmt: skip
	missing = board.missing_of(rows) if rows else {}
	for row in rows:
		row.next, row.missing = missing[row.name]
		row.what = row.vehicle_title or row.wanted or ""
	rows.sort(key=lambda row: -deal_rules.position(deal_rules.Stage(row.stage)))
	count = len(rows)
	if count == SHOWN:
		count = len(frappe.get_list("Deal Jacket", filters=filters, or_filters=either, pluck="name", limit=0))
	return rows, count


def _drives(user: str, mine: list[str]) -> list[dict]:
	"""Cars that are out with a customer."""
	return frappe.get_list(
		"Test Drive",
		filters={"salesperson": user, "status": "Out", "company": ("in", mine or [""])},
		fields=[
			"name",
			"person_name",
			"out_at",
			"due_back_at",
			"dealer_plate",
			"vehicle",
			"vehicle.title as what",
		],
		order_by="`tabTest Drive`.`due_back_at`",
		limit=SHOWN,
	)


def _team() -> dict[str, str]:
	"""Who sells, by name; for a manager who looks at another's day."""
	if not may_look_at_others():
		return {}
	return people_with(SELLING)

"""What the top of the Deal form shows: where it stands, what to do next, the money, what is missing."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import holding, stages
from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage

HISTORY = 50


def of(name: str) -> dict:
	"""Everything about a deal besides its fields. Amounts are in the deal's currency."""
	deal = frappe.get_doc(DOCTYPE, name)
	stage = Stage(deal.stage)
	facts = stages.facts_for(deal)
	following = rules.next_stage(stage, facts)
	working = stage in rules.WORKING
	standing = holds.active_hold(deal.vehicle) if deal.vehicle and working else None
	others = holding.others_on(deal.vehicle, but=deal.name) if working else []
	history, promises = _history(name), _promises(name)
	deposits = _deposits(name)
	return {
		"path": [each.value for each in rules.ORDER],
		"reached": {
			each.value: cstr(deal.get(field)) for each, field in stages.REACHED.items() if deal.get(field)
		},
		"next": following.value if following else None,
		"missing": _missing(deal, following, facts) if following and working else [],
		"may": _may(deal, stage),
		"hold": _hold(deal, standing),
		"others": [{**row, "holds": bool(standing) and standing.customer == row.customer} for row in others],
		"deposits": deposits,
		"appointments": _appointments(name),
		"promises": promises,
		"history": history,
		"stuck_days": cint(settings_of(deal.company).deal_stuck_days),
		"people": names_of(
			in_rows(history, "actor")
			| in_rows(promises, "owner_user")
			| in_rows(others, "salesperson")
			| {deal.salesperson, deal.second_salesperson, deal.fni_manager, deal.sales_manager}
		),
	}


def _missing(deal, to: Stage, facts) -> list[dict]:
	if to in rules.OWN_STEP:
		return []
	return [{"code": code, "text": text} for code, text in stages.reasons(deal, to, facts)]


def _may(deal, stage: Stage) -> dict:
	edit = bool(frappe.has_permission(DOCTYPE, "write", deal))
	roles = set(frappe.get_roles())
	working = stage in rules.WORKING
	return {
		"edit": edit,
		"move": edit and working,
		"lose": edit and working,
		"reopen": edit and stage is Stage.LOST and not deal.unwound_at,
		"take_back": edit and stage is rules.SIGNED and bool(stages.TAKES_BACK & roles),
		"take_deposit": working and bool(frappe.has_permission("Deposit", "create")),
		"change_vehicle": edit and rules.before(stage, rules.SIGNED) and working,
	}


def _hold(deal, standing) -> dict | None:
	"""Whether the vehicle is kept for this customer, and until when; or for whom else."""
	if not standing:
		return None
	ours = standing.customer == deal.customer
	return {
		"ours": ours,
		"until": cstr(standing.hold_until),
		"deposit": standing.deposit,
		"deal": standing.deal,
		"by_deal": bool(ours and deal.hold_until and get_datetime(deal.hold_until) > now_datetime()),
		"customer_name": frappe.db.get_value("Customer", standing.customer, "customer_name"),
	}


def _deposits(name: str) -> list[dict]:
	if not frappe.has_permission("Deposit", "read"):
		return []
	return frappe.get_all(
		"Deposit",
		{"deal": name},
		["name", "status", "amount", "held_amount", "applied_amount", "currency", "taken_on"],
		order_by="creation",
	)


def _appointments(name: str) -> list[dict]:
	return frappe.get_list(
		"Showroom Appointment",
		filters={"deal": name, "status": ("in", ("Booked", "Confirmed"))},
		fields=["name", "starts_at", "purpose", "status"],
		order_by="starts_at",
		limit=5,
	)


def _promises(name: str) -> list[dict]:
	if not frappe.has_permission("Follow Up", "read"):
		return []
	return frappe.get_list(
		"Follow Up",
		filters={"deal": name, "status": ("in", ("Open", "Planned"))},
		fields=["name", "title", "status", "owner_user", "due_at", "opens_at"],
		order_by="due_at",
		limit=10,
	)


def _history(name: str) -> list[dict]:
	return frappe.get_all(
		"Customer Event",
		{"deal": name},
		["name", "event_type", "title", "happened_at", "actor", "amount", "currency", "reference_doctype",
		"reference_name", "reverses"],
		order_by="happened_at desc, name desc",
		limit=HISTORY,
	)  # fmt: skip


def context(customer: str | None = None, vehicle: str | None = None, lead: str | None = None) -> dict:
	"""What the dialog of a new deal should know: deals there are, and who holds the car."""
	from dealer_pos_crm.dealer_showroom.deals.deal import working_deals

	standing = holds.active_hold(vehicle) if vehicle else None
	return {
		"deals": working_deals(customer) if customer else [],
		"others": holding.others_on(vehicle),
		"held": holds.held_text(standing) if standing and standing.customer != customer else None,
		"lead": frappe.db.get_value(
			"Lead",
			lead,
			["lead_name", "dealer_customer", "dealer_vehicle", "dealer_wanted", "company", "lead_owner"],
			as_dict=True,
		)
		if lead
		else None,
		"stages": [_(stage.value) for stage in rules.ORDER],
	}

"""What a screen shows of a recon. What it costs is told to those who may see that."""

import frappe
from frappe.utils import cint, flt, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded, to_float
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import business_hours, settings_of
from dealer_pos_crm.dealer_showroom.recon import rights
from dealer_pos_crm.dealer_showroom.recon.reading import DOCTYPE, rule_step
from dealer_pos_crm.domain import recon as rules
from dealer_pos_crm.domain import stock
from dealer_pos_crm.domain.ageing import days_between
from dealer_pos_crm.domain.vehicle import HOLDABLE
from dealer_pos_crm.domain.vehicle import Status as CarStatus

_COSTS = ("estimate", "cost", "approved_amount", "needs_approval_above")


def board(name: str) -> dict:
	"""A recon with its steps in order; ``can`` lists the acts that the session's user may try."""
	recon = frappe.get_doc(DOCTYPE, name)
	sees_cost = rights.has(rights.SEES_COST)
	names = names_of(
		in_rows([row.as_dict() for row in recon.steps], "owner_user", "done_by", "asked_by", "approved_by")
	)
	manages = rights.has(rights.MANAGING)
	is_open = recon.status == rules.Status.OPEN.value
	now = now_datetime()
	found = {
		"name": recon.name,
		"vehicle": recon.vehicle,
		"status": recon.status,
		"currency": recon.currency,
		"steps": [_step(recon, row, names, manages, sees_cost, now) for row in recon.steps],
		"may": {
			"manage": manages and is_open,
			"see_cost": sees_cost,
			"change": is_open and manages,
		},
		**timing(recon, now),
	}
	if sees_cost:
		found |= {"estimate": flt(recon.estimate), "cost": flt(recon.cost), "holding": holding(recon)}
	return found


def _step(recon, row, names: dict, manages: bool, sees_cost: bool, now) -> dict:
	ended = rules.StepStatus(row.status) in rules.ENDED
	found = {
		"key": row.key,
		"step": row.step,
		"department": row.department,
		"status": row.status,
		"owner_user": row.owner_user,
		"owner": names.get(row.owner_user, row.owner_user),
		"target_days": row.target_days,
		"due_at": row.due_at,
		"late": not ended and bool(row.due_at) and get_datetime(row.due_at) < now,
		"started_at": row.started_at,
		"done_at": row.done_at,
		"done_by": names.get(row.done_by, row.done_by),
		"asked_by": names.get(row.asked_by, row.asked_by),
		"approved_by": names.get(row.approved_by, row.approved_by),
		"parts_eta": row.parts_eta,
		"parts_late": bool(row.parts_eta) and getdate(row.parts_eta) < getdate(),
		"repair_order": row.repair_order,
		"note": row.note,
		"can": _can(recon, row, manages),
	}
	if sees_cost:
		found |= {field: flt(row.get(field)) for field in _COSTS}
	return found


def _can(recon, row, manages: bool) -> list[str]:
	if recon.status != rules.Status.OPEN.value:
		return []
	may_work = rights.may_work(row)
	own_request = row.asked_by == frappe.session.user
	limit = rule_step(recon, row).limit
	found = []
	for act in rules.possible(rules.StepStatus(row.status)):
		if act in (rules.Act.APPROVE, rules.Act.TURN_DOWN):
			allowed = manages and not own_request
		elif act is rules.Act.SKIP:
			allowed = manages
		else:
			allowed = may_work and (act is not rules.Act.ASK or limit is not None)
		if allowed:
			found.append(act.value)
	return found


def timing(recon, now=None) -> dict:
	"""Business days since it began, or that it took; red after the settings' target."""
	end = get_datetime(recon.ready_at) if recon.ready_at else now or now_datetime()
	days = rules.business_days(business_hours(recon.company), get_datetime(recon.started_at), end)
	target = cint(settings_of(recon.company).recon_target_days)
	return {
		"started_at": recon.started_at,
		"ready_at": recon.ready_at,
		"days": float(days),
		"target_days": target,
		"late": bool(target) and days > target,
	}


def holding(recon) -> float:
	"""What the days in recon cost by standing: calendar days, as interest and insurance count them."""
	per_day = rounded(settings_of(recon.company).holding_cost_per_day, company_currency(recon.company))
	end = getdate(recon.ready_at) if recon.ready_at else getdate()
	return to_float(stock.holding_cost(per_day, days_between(getdate(recon.started_at), end)))


def panel(vehicle: str) -> dict:
	"""The last recon of a car in short."""
	status = frappe.db.get_value("Dealer Vehicle", vehicle, "status")
	may_start = CarStatus(status) in HOLDABLE and bool(frappe.has_permission(DOCTYPE, "create"))
	names = frappe.get_list(DOCTYPE, {"vehicle": vehicle}, pluck="name", order_by="started_at desc", limit=1)
	if not names:
		return {"recon": None, "may_start": may_start}
	found = board(names[0])
	is_open = found["status"] == rules.Status.OPEN.value
	return {"recon": found, "may_start": may_start and not is_open}

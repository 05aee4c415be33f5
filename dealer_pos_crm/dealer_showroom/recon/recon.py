"""Recon of a car: begun from a template, worked through step by step, ending at the front line.

Each function is one act of a person and a transaction of its own, or a part of the caller's. Amounts come
in major units of the company's currency.
"""

from datetime import datetime
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.dealer_showroom import holds, log
from dealer_pos_crm.dealer_showroom.recon import billed, rights, templates
from dealer_pos_crm.dealer_showroom.recon.reading import (
	DOCTYPE,
	locked,
	money,
	row_of,
	rule_step,
	rule_steps,
)
from dealer_pos_crm.domain import recon as rules
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.vehicle import HOLDABLE
from dealer_pos_crm.domain.vehicle import Status as CarStatus


@action
def start(vehicle: str, *, template: str | None = None) -> str:
	"""Begin a recon for a car in stock and return its name; the open one when it is in recon already.

	``template``: a Recon Template, else the one for the car's condition. The car is In Recon from now on;
	one that is held is so when its hold ends. Raises ``DealerRefusal`` for a car that is not in stock.
	"""
	holds.lock(vehicle)
	known = open_recon(vehicle)
	if known:
		return known
	car = frappe.get_doc("Dealer Vehicle", vehicle, for_update=True)
	with explained():
		if CarStatus(car.status) not in HOLDABLE:
			raise Refused(
				"not_in_stock",
				marked("{0} is {1}: only a car in stock goes through recon. Take it into stock first"),
				car.title,
				_(car.status),
			)
		name = _begin(car, template)
	if car.status == CarStatus.ON_HOLD.value:
		car.db_set("free_status", CarStatus.IN_RECON.value)
	elif car.status != CarStatus.IN_RECON.value:
		car.db_set("status", CarStatus.IN_RECON.value, notify=True)
	return name


def open_recon(vehicle: str) -> str | None:
	"""The recon that the car is in, read past any snapshot."""
	rows = frappe.db.sql(
		"select name from `tabVehicle Recon` where open_vehicle = %s lock in share mode", vehicle
	)
	return rows[0][0] if rows else None


def _begin(car, template: str | None) -> str:
	now = now_datetime().replace(microsecond=0)
	chosen = templates.chosen(car, template)
	currency = company_currency(car.company)
	recon = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"vehicle": car.name,
			"vehicle_title": car.title,
			"company": car.company,
			"template": chosen.name,
			"status": rules.Status.OPEN.value,
			"started_at": now,
			"currency": currency,
			"open_vehicle": car.name,
		}
	)
	targets = [_days(step.target_days) for step in chosen.steps]
	for step, due_at in zip(chosen.steps, rules.plan(business_hours(car.company), now, targets), strict=True):
		recon.append(
			"steps",
			{
				"step": step.step,
				"department": step.department,
				"owner_user": step.owner_user,
				"status": rules.StepStatus.WAITING.value,
				"target_days": step.target_days,
				"due_at": due_at,
				"needs_approval_above": step.needs_approval_above,
				"currency": currency,
				"key": frappe.generate_hash(length=10),
			},
		)
	_sum_up(recon)
	recon.flags.of_the_recon = True
	recon.insert(ignore_permissions=True)
	_log(recon, "vehicle.recon_started", _("Recon started: {0}").format(car.title), recon.steps[0])
	return recon.name


def _days(value: object) -> Decimal:
	return Decimal(cstr(value) or "1")


# --- Acts on a step ----------------------------------------------------------------------------------


@action
def start_step(recon: str, key: str) -> None:
	"""Work on a step begins, or goes on after its parts came. Whoever takes up a free step owns it."""
	doc, row = _at(recon, key)
	with explained():
		step = rule_step(doc, row)
		status = rules.take(step, rules.Act.START)
		rules.check_spending(step, step.estimate)
	_move(row, status)
	row.owner_user = row.owner_user or frappe.session.user
	row.parts_eta = None
	_keep(doc)


@action
def finish_step(recon: str, key: str, *, cost: float | None = None, note: str | None = None) -> str:
	"""A step is done; ``cost`` is what it really cost, else what its repair order billed, else as it stands.

	Returns the status of the recon: the last step brings the car to the front line.
	"""
	doc, row = _at(recon, key)
	with explained():
		step = rule_step(doc, row)
		status = rules.take(step, rules.Act.FINISH)
		if row.repair_order:
			spent = billed.of_order(row.repair_order, doc.currency)
		else:
			spent = money(doc, cost) if cost is not None else step.cost
		_check_amount(row, spent)
		rules.check_spending(step, spent)
	row.cost = to_float(spent)
	_move(row, status)
	row.update({"done_by": frappe.session.user, "parts_eta": None, "note": note or row.note})
	row.owner_user = row.owner_user or frappe.session.user
	_log(
		doc,
		"vehicle.recon_step_done",
		_("Recon: {0} done, {1}").format(_(row.step), doc.vehicle_title),
		row,
		facts=_next(doc),
		occasion=f"{doc.name}:{row.key}",
	)
	_keep(doc)
	return doc.status


@action
def skip_step(recon: str, key: str, reason: str) -> str:
	"""A step is left out, with the reason. Returns the status of the recon."""
	doc, row = _at(recon, key, managing=_("Leaving a step out"))
	with explained():
		status = rules.take(rule_step(doc, row), rules.Act.SKIP)
		_check_said(reason, row)
	_move(row, status)
	row.update({"done_by": frappe.session.user, "parts_eta": None, "note": reason.strip()})
	_log(
		doc,
		"vehicle.recon_step_done",
		_("Recon: {0} left out, {1}").format(_(row.step), doc.vehicle_title),
		row,
		facts={"skipped": "1", **_next(doc)},
		occasion=f"{doc.name}:{row.key}",
	)
	_keep(doc)
	return doc.status


@action
def wait_for_parts(recon: str, key: str, eta: str, *, note: str | None = None) -> None:
	"""A step waits for parts until a day (ISO date)."""
	doc, row = _at(recon, key)
	day = getdate(eta) if eta else None
	with explained():
		status = rules.take(rule_step(doc, row), rules.Act.WAIT_PARTS)
		rules.check_eta(day, getdate(), cstr(row.step))
	_move(row, status)
	row.update({"parts_eta": day, "note": note or row.note})
	row.owner_user = row.owner_user or frappe.session.user
	_keep(doc)


@action
def ask_approval(recon: str, key: str, amount: float, *, note: str | None = None) -> None:
	"""Somebody found that a step will cost more than it may: a manager decides."""
	doc, row = _at(recon, key)
	with explained():
		step = rule_step(doc, row)
		wanted = money(doc, amount)
		_check_amount(row, wanted)
		status = rules.take(step, rules.Act.ASK)
		if not rules.needs_approval(step, wanted):
			raise Refused(
				"no_approval_needed",
				marked("{0} may cost {1} without asking; go on with the work"),
				row.step,
				wanted,
			)
	_move(row, status)
	row.update({"estimate": to_float(wanted), "asked_by": frappe.session.user, "note": note or row.note})
	_keep(doc)


@action
def decide(recon: str, key: str, approve: bool, *, note: str | None = None) -> None:
	"""A manager who did not ask approves what a step may cost, or turns it down with a note."""
	doc, row = _at(recon, key, any_step=True)
	with explained():
		step = rule_step(doc, row)
		rules.check_approver(step, frappe.session.user, is_manager=rights.has(rights.MANAGING))
		status = rules.take(step, rules.Act.APPROVE if approve else rules.Act.TURN_DOWN)
		if not approve:
			_check_said(note, row)
	_move(row, status)
	row.note = note or row.note
	if approve:
		row.update({"approved_amount": to_float(step.estimate), "approved_by": frappe.session.user})
	else:
		row.update({"asked_by": None, "estimate": row.approved_amount})
	_keep(doc)


# --- What a manager arranges ---------------------------------------------------------------------------


@action
def arrange(recon: str, key: str, values: dict) -> None:
	"""Give a step its owner, estimate or repair order: any of ``owner_user``, ``estimate``, ``repair_order``."""
	doc, row = _at(recon, key)
	if "owner_user" in values and (values["owner_user"] or None) != (row.owner_user or None):
		rights.check_managing(_("Giving a step to somebody"))
		row.owner_user = values["owner_user"] or None
	with explained():
		if rules.StepStatus(row.status) in rules.ENDED:
			raise Refused("step_status", marked("{0} is {1}; it stays as it is"), row.step, _(row.status))
		if "estimate" in values:
			estimate = money(doc, values["estimate"])
			_check_amount(row, estimate)
			row.estimate = to_float(estimate)
		if "repair_order" in values:
			_link_order(doc, row, values["repair_order"] or None)
	_keep(doc)


def _link_order(recon, row, order: str | None) -> None:
	if order:
		vehicle, status = frappe.db.get_value("Repair Order", order, ["vehicle", "status"]) or (None, None)
		if vehicle != recon.vehicle or status == "Cancelled":
			raise Refused(
				"other_order",
				marked("{0} is no standing repair order of {1}; choose one of this car"),
				order,
				recon.vehicle_title,
			)
		row.cost = to_float(billed.of_order(order, recon.currency))
	row.repair_order = order


@action
def add_step(recon: str, step: str, *, department: str = "Service", target_days: float = 1, owner_user=None):
	"""More is to be done than the template knew. Returns the key of the new step, the last one."""
	rights.check_managing(_("Adding a step"))
	doc = locked(recon)
	with explained():
		rules.check_open(rules.Status(doc.status), doc.name)
		if not cstr(step).strip():
			raise Refused("step_name", marked("Say what is to be done"))
		begin = max([get_datetime(row.due_at) for row in doc.steps if row.due_at] + [now_datetime()])
		due_at = rules.due(business_hours(doc.company), begin, _days(target_days))
	row = doc.append(
		"steps",
		{
			"step": step.strip(),
			"department": department,
			"owner_user": owner_user or None,
			"status": rules.StepStatus.WAITING.value,
			"target_days": target_days,
			"due_at": due_at.replace(microsecond=0),
			"currency": doc.currency,
			"key": frappe.generate_hash(length=10),
		},
	)
	_keep(doc)
	return row.key


@action
def cancel(recon: str, reason: str) -> None:
	"""The car leaves before it is ready (a trade given back, sold as it is). What it has cost stays its cost."""
	rights.check_managing(_("Cancelling a recon"))
	end(recon, reason)


def end(recon: str, reason: str) -> None:
	"""Part of what happens to the car, whoever does it: no right of its own is asked for."""
	doc = locked(recon)
	with explained():
		rules.check_open(rules.Status(doc.status), doc.name)
		if not cstr(reason).strip():
			raise Refused("reason", marked("Say why the recon of {0} ends"), doc.vehicle_title)
	doc.status = rules.Status.CANCELLED.value
	doc.open_vehicle = None
	doc.notes = "\n".join(line for line in (doc.notes, reason.strip()) if line)
	_keep(doc)


def costs_changed(order: str) -> None:
	"""A repair order was billed, or its bill taken back: steps that it stands for cost what it bills."""
	recons = frappe.get_all(
		"Vehicle Recon Step",
		{"repair_order": order, "parenttype": DOCTYPE},
		pluck="parent",
		distinct=True,
		order_by="parent",
	)
	for name in recons:
		doc = locked(name)
		for row in doc.steps:
			if row.repair_order == order:
				row.cost = to_float(billed.of_order(order, doc.currency))
		_keep(doc)


# --- Shared -----------------------------------------------------------------------------------------


def _at(recon: str, key: str, *, managing: str = "", any_step: bool = False):
	"""The recon locked and its step, after the right to it was checked."""
	doc = locked(recon)
	row = row_of(doc, key)
	if managing:
		rights.check_managing(managing)
	elif not any_step:
		rights.check_work(row)
	with explained():
		rules.check_open(rules.Status(doc.status), doc.name)
	return doc, row


def _check_amount(row, amount) -> None:
	if amount.minor < 0:
		raise Refused("negative", marked("{0}: a cost below zero is not possible"), row.step)


def _check_said(text: str | None, row) -> None:
	if len(cstr(text).strip()) < 3:
		raise Refused("reason", marked("{0}: say why"), row.step)


def _move(row, status: rules.StepStatus) -> None:
	now = now_datetime().replace(microsecond=0)
	row.status = status.value
	if status is not rules.StepStatus.WAITING and not row.started_at:
		row.started_at = now
	row.done_at = now if status in rules.ENDED else None


def _keep(recon) -> None:
	"""Save what an act has changed; bring the car to the front line when nothing is left to do."""
	now = now_datetime().replace(microsecond=0)
	statuses = [rules.StepStatus(row.status) for row in recon.steps]
	_let_next_begin(recon, statuses, now)
	is_open = recon.status == rules.Status.OPEN.value
	if is_open and rules.is_ready(statuses):
		recon.status = rules.Status.READY.value
		recon.ready_at = now
		recon.open_vehicle = None
		recon.days = float(rules.business_days(business_hours(recon.company), recon.started_at, now))
	_sum_up(recon)
	recon.flags.of_the_recon = True
	recon.save(ignore_permissions=True)
	if is_open and recon.status == rules.Status.READY.value:
		_to_front_line(recon, now)
	write_cost(recon.vehicle)


def _next(recon) -> dict[str, str]:
	"""Whose turn it is after a step has ended, and by when: what a promise about a late step counts from."""
	statuses = [rules.StepStatus(row.status) for row in recon.steps]
	_let_next_begin(recon, statuses, now_datetime().replace(microsecond=0))
	at = rules.current(statuses)
	if at is None:
		return {}
	row = recon.steps[at]
	due = get_datetime(row.due_at).isoformat(timespec="minutes") if row.due_at else ""
	return {"next_step": cstr(row.step), "next_due_at": due}


def _let_next_begin(recon, statuses, now: datetime) -> None:
	"""Whose turn it is now has the whole target, however late the step before it was."""
	at = rules.current(statuses)
	if at is None:
		return
	row = recon.steps[at]
	if recon.current_step and recon.current_step != row.step and not row.started_at:
		earliest = rules.due(business_hours(recon.company), now, _days(row.target_days))
		row.due_at = max(get_datetime(row.due_at), earliest) if row.due_at else earliest


def _sum_up(recon) -> None:
	steps = rule_steps(recon)
	estimate, cost = rules.costs(steps, recon.currency)
	at = rules.current([step.status for step in steps])
	row = recon.steps[at] if at is not None and recon.status == rules.Status.OPEN.value else None
	recon.update(
		{
			"estimate": to_float(estimate),
			"cost": to_float(cost),
			"current_step": row.step if row else None,
			"due_at": row.due_at if row else None,
			"parts_eta": min(
				(getdate(step.parts_eta) for step in recon.steps if step.parts_eta), default=None
			),
		}
	)


def _to_front_line(recon, now: datetime) -> None:
	"""The car is for sale, or will be when its hold ends; one that was sold meanwhile stays sold."""
	car = frappe.get_doc("Dealer Vehicle", recon.vehicle, for_update=True)
	if car.status == CarStatus.IN_RECON.value:
		car.db_set({"status": CarStatus.FRONT_LINE_READY.value, "frontline_on": now}, notify=True)
	elif car.status == CarStatus.ON_HOLD.value:
		car.db_set({"free_status": CarStatus.FRONT_LINE_READY.value, "frontline_on": now}, notify=True)
	else:
		return
	_log(
		recon,
		"vehicle.frontline_ready",
		_("Front-line ready: {0}").format(recon.vehicle_title),
		None,
		facts={"days": cstr(recon.days)},
	)


def write_cost(vehicle: str) -> None:
	"""The recon cost of a car: of what was done since it came into stock. A sold car's gross follows."""
	acquired_on, company, before, deal = frappe.db.get_value(
		"Dealer Vehicle", vehicle, ["acquired_on", "company", "recon_cost", "sold_deal"], for_update=True
	)
	table = frappe.qb.DocType(DOCTYPE)
	query = frappe.qb.from_(table).select(table.cost).where(table.vehicle == vehicle)
	if acquired_on:
		query = query.where(table.started_at >= get_datetime(acquired_on))
	currency = company_currency(company)
	cost = total((money(frappe._dict(currency=currency), row[0]) for row in query.run()), currency)
	if money(frappe._dict(currency=currency), before) == cost:
		return
	frappe.db.set_value("Dealer Vehicle", vehicle, "recon_cost", to_float(cost))
	if deal:
		from dealer_pos_crm.dealer_showroom.gross import gross

		gross.late_cost(deal)


def _log(recon, kind: str, title: str, row, *, facts: dict | None = None, occasion: str | None = None) -> str:
	return log.write(
		kind,
		title=title,
		customer=None,
		company=recon.company,
		reference=(DOCTYPE, recon.name),
		vehicle=recon.vehicle,
		facts={
			"what": recon.vehicle_title,
			"step": cstr(row.step) if row is not None else "",
			"due_at": get_datetime(row.due_at).isoformat(timespec="minutes")
			if row is not None and row.due_at
			else "",
			**(facts or {}),
		},
		occasion=occasion,
	)

"""A deal is lost, with its reason and with every deposit of it settled; and opened again."""

import uuid

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.card_refunds import deposits as cards
from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.deals import deposits, holding, opening, stages
from dealer_pos_crm.dealer_showroom.deals.deal import (
	action,
	keep,
	locked,
	standing_step,
	step,
)
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

REFUND, MOVE, KEEP = "Refund", "Move", "Keep"
# Shipped reasons: (name, needs a note).
REASONS = (
	("Price", 0),
	("Payment Too High", 0),
	("Trade Value", 0),
	("Credit", 0),
	("Bought Elsewhere", 0),
	("Vehicle Sold", 0),
	("Changed Mind", 0),
	("No Contact", 0),
	("Other", 1),
)


def add_reasons() -> None:
	"""The reasons that a new site starts with; once, so that one which a manager removed stays away."""
	for reason, needs_note in REASONS:
		if not frappe.db.exists("Deal Lost Reason", reason):
			frappe.get_doc(
				{"doctype": "Deal Lost Reason", "reason": reason, "needs_note": needs_note, "enabled": 1}
			).insert(ignore_permissions=True)


@action
def lose(name: str, reason: str, note: str | None = None, deposits_to: list[dict] | None = None) -> dict:
	"""End a deal that comes to nothing.

	``deposits_to``: for each held deposit what becomes of it: dicts of deposit, do (Refund, Move, Keep) and,
	with them, mode_of_payment, to_vehicle, held_for. Refused with the list while one of them has no answer.
	A refund that a second person must approve is asked for, and the deal stays open until then: returns
	``{"lost": bool, "waiting": [deposit, ...]}``.
	"""
	wanted = {cstr(row.get("deposit")): row for row in deposits_to or ()}
	held_names = [row.name for row in deposits.held_of(name)]
	cards.lock(document for deposit in held_names for document in cards.to_lock(deposit))
	money = {deposit: actions.locked(deposit) for deposit in sorted(held_names)}
	deal = locked(name)
	with explained():
		rules.check_lost(Stage(deal.stage), deal.name)
		text, note = _reason(reason, note)
		held = deposits.held_of(name, now=True)
		_all_answered(deal, held, wanted)
		waiting = []
		for row in held:
			if row.name not in money:
				money[row.name] = actions.locked(row.name)
			if not _settle(deal, money[row.name], wanted[row.name], text):
				waiting.append(row.name)
		if waiting:
			return {"lost": False, "waiting": waiting}
		_lose(locked(name), reason, text, note)
	return {"lost": True, "waiting": []}


def _reason(reason: str, note: str | None) -> tuple[str, str]:
	found = frappe.db.get_value("Deal Lost Reason", reason, ["reason", "needs_note", "enabled"], as_dict=True)
	if not found or not found.enabled:
		raise Refused(
			"no_reason",
			marked("Choose why it was lost: {0}"),
			", ".join(
				_(name)
				for name in frappe.get_all(
					"Deal Lost Reason", {"enabled": 1}, pluck="name", order_by="creation"
				)
			),
		)
	note = cstr(note).strip()
	if cint(found.needs_note) and len(note) < 3:
		raise Refused("no_note", marked("{0}: say in a few words what it was"), _(found.reason))
	return _(found.reason), note


def _all_answered(deal, held: list[dict], wanted: dict[str, dict]) -> None:
	open_ones = [row for row in held if cstr(wanted.get(row.name, {}).get("do")) not in (REFUND, MOVE, KEEP)]
	if open_ones:
		raise Refused(
			"deposits_held",
			marked("{0} holds money of the customer. Refund, move or keep it first: {1}"),
			deal.name,
			", ".join(
				f"{get_link_to_form('Deposit', row.name)} ({shown(rounded(row.held_amount, row.currency))})"
				for row in open_ones
			),
		)


def _settle(deal, deposit, answer: dict, reason: str) -> bool:
	"""Do with one deposit what was decided. Whether it is settled; False while a second person must approve."""
	do = answer["do"]
	why = _("Deal {0} lost: {1}").format(deal.name, reason)
	key = cstr(answer.get("client_key")) or f"lost:{deal.name}:{deposit.name}:{uuid.uuid4().hex[:8]}"
	if do == REFUND:
		found = actions.act_on(
			deposit,
			"Refund",
			{
				"amount": deposit.held_amount,
				"reason": why,
				"mode_of_payment": answer.get("mode_of_payment"),
				"reference_no": answer.get("reference_no"),
			},
			key,
		)
		return found["status"] == "Done"
	if do == MOVE and not answer.get("to_vehicle"):
		raise Refused("no_vehicle", marked("Choose the vehicle that deposit {0} moves to"), deposit.name)
	if do == KEEP and deposit.applied_amount:
		raise Refused("applied", marked("{0} is already applied in part. Refund the rest"), deposit.name)
	values = (
		{"to_vehicle": answer["to_vehicle"]}
		if do == MOVE
		else {"to_held_for": cstr(answer.get("held_for")).strip() or _("another car")}
	)
	actions.act_on(deposit, "Move", {"reason": why, **values}, key)
	return True


def _lose(deal, reason: str, text: str, note: str) -> None:
	now = now_datetime().replace(microsecond=0)
	came_from = deal.stage
	stages.enter(
		deal,
		Stage.LOST,
		tell=False,
		lost_reason=reason,
		lost_note=note or None,
		lost_at=now,
		stage_before=came_from,
	)
	holding.release_for(deal, _("Deal {0} is lost").format(deal.name))
	_cancel_appointments(deal, text)
	step(
		deal,
		"deal.lost",
		reason=text,
		facts={"reason": reason, "from": came_from, "to": Stage.LOST.value, "note": note},
	)


def _cancel_appointments(deal, reason: str) -> None:
	from dealer_pos_crm.dealer_showroom.visits import appointments

	for name in frappe.get_all(
		"Showroom Appointment",
		{"deal": deal.name, "status": ("in", ("Booked", "Confirmed"))},
		pluck="name",
		order_by="name",
	):
		appointments.cancel(name, _("Deal {0} lost: {1}").format(deal.name, reason))


@action
def reopen(name: str, reason: str) -> str:
	"""A lost deal goes on where it stood, as far as that still stands. Returns its stage."""
	deal = locked(name)
	with explained():
		if deal.stage != Stage.LOST.value:
			raise Refused("not_lost", marked("{0} is {1}, not lost"), deal.name, _(deal.stage))
		if deal.unwound_at:
			raise Refused(
				"unwound", marked("{0} was unwound and stays closed. Open a new deal instead"), deal.name
			)
		if len(cstr(reason).strip()) < 3:
			raise Refused("no_reason", marked("Say in a few words why {0} goes on"), deal.name)
		opening.refuse_second(deal.customer, deal.vehicle, but=deal.name)
		there = (
			Stage(deal.stage_before) if deal.stage_before in {s.value for s in rules.WORKING} else Stage.NEW
		)
		if there is Stage.DEPOSIT and not stages.has_deposit(deal.name):
			there = rules.after_deposit_gone(there, None, stages.evidence_of(deal))
		if there is Stage.CONTRACTED:
			there = Stage.FNI  # a contract of a lost deal is signed again
		deal.update({"lost_reason": None, "lost_note": None, "lost_at": None, "stage_before": None})
		stages.mark(deal, there)
		keep(deal)
		step(
			deal,
			"deal.reopened",
			reason=cstr(reason).strip(),
			facts={"from": Stage.LOST.value, "to": there.value},
			reverses=standing_step(deal, "deal.lost"),
		)
		holding.follow_stage(deal, Stage.LOST)
		deposits.adopt(deal)
		holding.tell_others(deal)
	return deal.stage


def held_for_dialog(name: str) -> list[dict]:
	"""The deposits that the dialog asks about, and whether this user's refund would need a second person."""
	from dealer_pos_crm.domain.deposit import Action, needs_approval

	rows = deposits.held_of(name)
	for row in rows:
		doc = frappe.get_doc("Deposit", row.name)
		why = needs_approval(
			Action.REFUND,
			rounded(row.held_amount, row.currency),
			actions.limit_left(doc),
			actions.asker(),
			against_terms=actions.against_terms(doc),
		)
		row.approval = _(why) if why else None
		row.vehicle_title = (
			frappe.db.get_value("Dealer Vehicle", row.vehicle, "title") if row.vehicle else None
		)
	return rows

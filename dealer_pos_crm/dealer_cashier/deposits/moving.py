"""A deposit goes to another vehicle, or its hold runs longer. No money moves."""

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.deposits.ledger import Ledger
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import deposits as deals
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

Made = list[tuple[str, str]]


def check_move(deposit, action, facts: Ledger) -> None:
	if facts.position.applied or facts.position.forfeited:
		raise Refused("applied", marked("{0} is already applied in part and stays where it is"), deposit.name)
	if not action.to_vehicle and not cstr(action.to_held_for).strip():
		frappe.throw(_("Choose the vehicle the deposit moves to, or write what it is for"))
	if action.to_vehicle and action.to_vehicle == deposit.vehicle:
		frappe.throw(_("The deposit already is for this vehicle"))
	if action.to_vehicle:
		holds.check_free(action.to_vehicle, deposit.customer)


def move(deposit, action, facts: Ledger) -> Made:
	standing = holds.active_hold(deposit.vehicle) if deposit.vehicle else None
	if standing and standing.deposit == deposit.name:
		holds.release(standing.name, _("The deposit moved"))
	until = action.hold_until or (deposit.hold_until if action.to_vehicle else None)
	if until and get_datetime(until) <= now_datetime():
		raise Refused("hold_past", marked("Hold Until is in the past; choose a later time"))
	deposit.db_set(
		{
			"vehicle": action.to_vehicle or None,
			"held_for": None if action.to_vehicle else cstr(action.to_held_for).strip(),
			"hold_until": until if action.to_vehicle else None,
		}
	)
	frappe.clear_document_cache("Deposit", deposit.name)
	if standing and standing.deposit == deposit.name:
		holds.pass_on(standing.vehicle, deposit.customer)
	deals.moved_to(deposit)
	if action.to_vehicle and until:
		holds.extend(deposit.name, until)
	return [("Dealer Vehicle", action.to_vehicle)] if action.to_vehicle else []


def check_extend(deposit, action, facts: Ledger) -> None:
	if not deposit.vehicle:
		frappe.throw(_("{0} holds no vehicle").format(deposit.name))
	if not action.hold_until or get_datetime(action.hold_until) <= now_datetime():
		raise Refused("hold_past", marked("Hold Until is in the past; choose a later time"))
	holds.check_free(deposit.vehicle, deposit.customer)


def extend(deposit, action, facts: Ledger) -> Made:
	deposit.db_set("hold_until", get_datetime(action.hold_until))
	holds.extend(deposit.name, action.hold_until)
	return [("Dealer Vehicle", deposit.vehicle)]

"""Deposits of a deal: which are its own, and what taking or giving back one does to its stage."""

import frappe
from frappe import _
from frappe.utils import get_link_to_form

from dealer_pos_crm.dealer_showroom.deals.deal import DOCTYPE
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.deposit import HOLDING
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

_HOLDING = tuple(status.value for status in HOLDING)
_WORKING = tuple(stage.value for stage in rules.ORDER if stage in rules.WORKING)


def lock_of(deposit) -> None:
	"""Keep others from the deal behind a deposit, after the deposit and before its vehicle."""
	name = deposit.deal or only_deal(deposit)
	if name:
		frappe.db.get_value(DOCTYPE, name, "name", for_update=True)


def only_deal(deposit) -> str | None:
	"""The open deal of the deposit's customer on its vehicle, when there is exactly one."""
	if not deposit.vehicle:
		return None
	names = frappe.get_all(
		DOCTYPE,
		{
			"customer": deposit.customer,
			"vehicle": deposit.vehicle,
			"company": deposit.company,
			"stage": ("in", _WORKING),
		},
		pluck="name",
		order_by="name",
		limit=2,
	)
	return names[0] if len(names) == 1 else None


def link(deposit) -> None:
	"""Before its money is taken: the deposit is its deal's."""
	if not deposit.deal:
		deal = only_deal(deposit)
		# Read past the snapshot: it may have been lost while this one waited for its lock.
		if deal and frappe.db.get_value(DOCTYPE, deal, "stage", for_update=True) in _WORKING:
			deposit.db_set("deal", deal)
			frappe.clear_document_cache("Deposit", deposit.name)
	check(deposit)


def check(deposit) -> None:
	"""The deal that a deposit names is the customer's, still open, and about the same vehicle."""
	if not deposit.deal:
		return
	deal = frappe.db.get_value(
		DOCTYPE,
		deposit.deal,
		["customer", "company", "vehicle", "vehicle_title", "stage"],
		as_dict=True,
		for_update=True,
	)
	link_to = get_link_to_form(DOCTYPE, deposit.deal)
	if not deal:
		raise Refused("no_deal", marked("Deal {0} does not exist"), deposit.deal)
	if deal.customer != deposit.customer or deal.company != deposit.company:
		raise Refused(
			"other_customer",
			marked("{0} is a deal of {1} ({2}); this deposit is of {3} ({4})"),
			link_to,
			deal.customer,
			deal.company,
			deposit.customer,
			deposit.company,
		)
	if deal.stage not in _WORKING:
		raise Refused(
			"deal_ended", marked("{0} is {1} and takes no deposit any more"), link_to, _(deal.stage)
		)
	if deposit.vehicle and deal.vehicle and deposit.vehicle != deal.vehicle:
		raise Refused(
			"other_vehicle",
			marked("{0} is about {1}. Choose that vehicle, or change it in the deal first"),
			link_to,
			deal.vehicle_title or deal.vehicle,
		)


def adopt(deal) -> list[str]:
	"""A deal begins, or gets its vehicle: the customer's held deposits on it that have no deal are its own."""
	if not deal.vehicle:
		return []
	names = frappe.get_all(
		"Deposit",
		{
			"customer": deal.customer,
			"company": deal.company,
			"vehicle": deal.vehicle,
			"deal": ("is", "not set"),
			"status": ("in", _HOLDING),
		},
		pluck="name",
		order_by="name",
	)
	for name in names:
		frappe.db.set_value("Deposit", name, "deal", deal.name)
		frappe.clear_document_cache("Deposit", name)
	if names:
		follow(deal)
	return names


def held_of(deal_name: str, *, now: bool = False) -> list[dict]:
	"""The deal's deposits whose money is still held, the oldest first. ``now``: read past the snapshot, by
	whoever has the deal's lock."""
	deposit = frappe.qb.DocType("Deposit")
	query = (
		frappe.qb.from_(deposit)
		.select(
			deposit.name,
			deposit.held_amount,
			deposit.applied_amount,
			deposit.currency,
			deposit.vehicle,
			deposit.held_for,
			deposit.status,
			deposit.refundable,
		)
		.where((deposit.deal == deal_name) & (deposit.held_amount > 0))
		.orderby(deposit.taken_on, deposit.name)
	)
	return (query.for_update() if now else query).run(as_dict=True)


def moved(deposit_name: str) -> None:
	"""The money of a deposit has changed: its deal's stage and what is held for it follow."""
	name = frappe.db.get_value("Deposit", deposit_name, "deal")
	if name:
		settle(name)


def settle(deal_name: str) -> None:
	"""Bring a deal in line with the deposits that are held for it now."""
	from dealer_pos_crm.dealer_showroom.deals import stages

	deal = frappe.get_doc(DOCTYPE, deal_name, for_update=True)
	follow(deal)
	if stages.has_deposit(deal.name):
		stages.reached(deal, Stage.DEPOSIT.value)
		return
	stage = Stage(deal.stage)
	if stage is not Stage.DEPOSIT:
		return
	change = stages.last_change(deal, stage)
	there = rules.after_deposit_gone(stage, change[1] if change else None, stages.evidence_of(deal))
	stages.set_back(deal, there.value, _("No deposit is held any more"))


def follow(deal) -> None:
	"""What is held for the deal, in its currency."""
	held = frappe.db.sql("select sum(held_amount) from `tabDeposit` where deal = %s", deal.name)[0][0] or 0
	if float(deal.deposits_held or 0) != float(held):
		deal.db_set("deposits_held", float(held), update_modified=False)
	from dealer_pos_crm.dealer_showroom.worksheet import refreshing

	refreshing.deposits_moved(deal.name)


def moved_to(deposit) -> None:
	"""A deposit is for another vehicle now: it leaves the deal that is not about it, for the one that is."""
	old = deposit.deal
	if old and deposit.vehicle and frappe.db.get_value(DOCTYPE, old, "vehicle") == deposit.vehicle:
		return
	new = only_deal(deposit)
	if new == old:
		return
	deposit.db_set("deal", new)
	frappe.clear_document_cache("Deposit", deposit.name)
	if old:
		settle(old)

"""What follows when a deal is saved with another vehicle, customer or salesperson."""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from dealer_pos_crm.dealer_showroom.deals import deposits, holding
from dealer_pos_crm.dealer_showroom.deals.checks import changed
from dealer_pos_crm.dealer_showroom.deals.deal import step
from dealer_pos_crm.dealer_showroom.worksheet import refreshing
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage


def tell(deal) -> None:
	"""Called after a save."""
	if not deal.get_doc_before_save():
		return
	_vehicle(deal)
	_salesperson(deal)


def _vehicle(deal) -> None:
	"""The old vehicle is free and the new one held, in the transaction of the change."""
	before = deal.get_doc_before_save()
	by_vehicle, by_customer = changed(deal, "vehicle"), changed(deal, "customer")
	if not by_vehicle and not by_customer:
		return
	held = bool(deal.hold_until) and get_datetime(deal.hold_until) > now_datetime()
	if by_vehicle:
		refreshing.vehicle_changed(deal)
	if before.vehicle:
		holding.release_for(
			deal,
			_("The deal is about another vehicle") if by_vehicle else _("The deal is another customer's"),
			vehicle=before.vehicle,
			customer=before.customer,
		)
	if not deal.vehicle or Stage(deal.stage) not in rules.WORKING:
		return
	if held or not rules.before(Stage(deal.stage), rules.HOLDS_FROM):
		holding.hold_for(deal)
	if by_vehicle:
		holding.tell_others(deal)
	if deposits.adopt(deal):
		deposits.settle(deal.name)
		deal.reload()


def _salesperson(deal) -> None:
	if not changed(deal, "salesperson"):
		return
	before = deal.get_doc_before_save()
	step(deal, "deal.assigned", reverses=None, facts={"before": _name(before.salesperson)})
	move_promises(deal, before.salesperson, deal.salesperson)


def _name(user: str | None) -> str:
	from dealer_pos_crm.dealer_setup.people import names_of

	return names_of([user]).get(user, "") if user else ""


def move_promises(deal, old: str | None, new: str | None) -> int:
	"""The open and planned promises of the deal that the old salesperson keeps are the new one's. How many."""
	from dealer_pos_crm.dealer_crm import follow_ups

	count = 0
	for row in frappe.get_all(
		"Follow Up",
		{"deal": deal.name, "status": ("in", ("Planned", "Open")), "owner_user": old},
		["name", "status"],
		order_by="name",
	):
		if row.status == "Open":
			follow_ups.reassign(row.name, new)
		else:
			frappe.db.set_value("Follow Up", row.name, "owner_user", new)
		count += 1
	return count

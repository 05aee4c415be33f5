"""The world changed under a worksheet: money came or went, the deal is about another car."""

import frappe
from frappe import _

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom.worksheet import scenarios
from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE, deposits_of
from dealer_pos_crm.dealer_showroom.worksheet.totals import FROZEN
from dealer_pos_crm.domain.deal import Stage, before
from dealer_pos_crm.domain.refusal import Refused


def deposits_moved(deal_name: str) -> None:
	"""A deposit of the deal was taken, refunded or moved, or the deal is about another vehicle now. The open
	scenarios count the deposits anew; a frozen one says what changed and stays (delivery takes what is held).

	Called with the deal locked, in the caller's transaction. Never refuses: money is not stopped by a sum.
	"""
	deal = frappe.db.get_value("Deal Jacket", deal_name, ["stage", "vehicle"], as_dict=True)
	if not deal or not before(Stage(deal.stage), Stage.DELIVERED) or deal.stage == Stage.LOST.value:
		return
	for row in frappe.get_all(
		DOCTYPE, {"deal": deal_name, "status": ("!=", "Replaced")}, ["name", "status"], order_by="name"
	):
		_refresh(frappe.get_doc(DOCTYPE, row.name, for_update=True), deal)


def _refresh(scenario, deal) -> None:
	held = deposits_of(scenario.deal, scenario.currency)
	counted = rounded(scenario.deposits, scenario.currency)
	recounted = held != counted and scenario.status not in FROZEN and _counts_anew(scenario)
	said = []
	if scenario.vehicle != deal.vehicle:
		said.append(_("The deal is about another vehicle now"))
	if held != counted and not recounted:
		said.append(_("Deposits are {0}, the worksheet says {1}").format(shown(held), shown(counted)))
	text = "\n".join(said) or None
	if (scenario.out_of_date or None) != text:
		scenario.db_set("out_of_date", text, notify=True)


def _counts_anew(scenario) -> bool:
	"""Recompute an open scenario with the deposits of today. False when they leave nothing to compute."""
	from dealer_pos_crm.dealer_showroom.worksheet import writing

	trial = frappe.copy_doc(scenario)
	try:
		writing.fill(trial)
		writing.compute(trial)
	except Refused:
		return False
	scenarios.keep(scenario)
	return True


def vehicle_changed(deal) -> None:
	"""The deal in hand is about another car: what was approved for the old one is no approval any more."""
	scenario = scenarios.chosen(deal)
	if scenario is None:
		return
	had = deal.approved_scenario
	scenarios.sync_approval(deal, scenario)
	if had != deal.approved_scenario:
		frappe.db.set_value(
			"Deal Jacket",
			deal.name,
			{field: deal.get(field) for field in ("approved_scenario", "approved_by", "approved_at")},
		)
	deposits_moved(deal.name)


@action
def renew(name: str) -> str:
	"""Bring a scenario up to date: the deal's car with its price, the deposits of today. A frozen one becomes a
	new version. Returns the name of the scenario that is up to date."""
	deal, scenario = scenarios.locked(name)
	with explained():
		scenarios.check_open(deal)
	if scenario.status in FROZEN:
		name = scenarios.new_version(name)
		scenario = frappe.get_doc(DOCTYPE, name, for_update=True)
	with explained():
		if scenario.vehicle != deal.vehicle or scenario.previous_version:
			other = frappe.db.get_value(DOCTYPE, scenario.previous_version, "vehicle")
			if deal.vehicle and (scenario.vehicle != deal.vehicle or other not in (None, deal.vehicle)):
				price = frappe.db.get_value("Dealer Vehicle", deal.vehicle, "price")
				scenario.update({"price": price or scenario.price, "vehicle_cost": 0, "residual_base": 0})
		scenario.update({"vehicle": deal.vehicle, "out_of_date": None})
	scenarios.keep_edited(scenario)
	return name

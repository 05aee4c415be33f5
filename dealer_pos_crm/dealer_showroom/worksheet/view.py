"""What the worksheet in the deal's form shows. Costs, buy rate and gross only to whoever may see them."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, getdate, nowdate

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.worksheet import (
	approval,
	invoice_lines,
	products,
	scenarios,
	totals,
	writing,
)
from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE
from dealer_pos_crm.domain import trade_in as trade_rules
from dealer_pos_crm.domain.deal import SIGNED, Stage, before
from dealer_pos_crm.domain.refusal import Refused

_FIGURES = (*totals.FIELDS.values(),)
_GROSS = ("front_gross", "back_gross")


def of(deal_name: str) -> dict:
	"""Everything: the scenarios as columns, and what may be done."""
	deal = frappe.get_doc("Deal Jacket", deal_name)
	see = scenarios.may_see_costs()
	columns = [column(scenario, see=see) for scenario in scenarios.of_deal(deal_name)]
	people = {user for row in columns for user in (row["asked_by"], row["decided_by"], row["written_by"])}
	stage = Stage(deal.stage)
	return {
		"deal": deal.name,
		"company": deal.company,
		"currency": deal.currency,
		"vehicle": deal.vehicle,
		"vehicle_title": deal.vehicle_title,
		"price": flt(frappe.db.get_value("Dealer Vehicle", deal.vehicle, "price")) if deal.vehicle else 0,
		"chosen": deal.chosen_scenario,
		"approved": deal.approved_scenario,
		"open": before(stage, SIGNED) and stage is not Stage.LOST,
		"may_edit": bool(frappe.has_permission("Deal Jacket", "write", deal)),
		"sees_costs": see,
		"scenarios": columns,
		"products": products.catalogue(deal.company),
		"trades": trades(deal),
		"lenders": lenders(),
		"tax_templates": tax_templates(deal.company),
		"names": names_of(people),
	}


def column(scenario, *, see: bool) -> dict:
	"""One scenario as the screen holds it."""
	found = {
		"name": scenario.name,
		"status": scenario.status,
		"version": cint(scenario.version),
		"previous_version": scenario.previous_version,
		"frozen": scenario.status in totals.FROZEN,
		"vehicle": scenario.vehicle,
		"list_price": flt(scenario.list_price),
		"out_of_date": cstr(scenario.out_of_date),
		"asked_by": scenario.asked_by,
		"asked_at": scenario.asked_at,
		"decided_by": scenario.decided_by,
		"decided_at": scenario.decided_at,
		"decision_note": cstr(scenario.decision_note),
		"written_by": scenario.written_by or scenario.owner,
		"may_decide": scenario.status == "To Approve" and approval.may_decide(scenario),
		"values": values(scenario, see=see),
		"result": result(scenario, see=see),
		"changes": [
			{
				"label": _(change.label),
				"before": to_float(change.before) if change.before is not None else None,
				"after": to_float(change.after) if change.after is not None else None,
			}
			for change in _changes(scenario)
		],
		"missing": invoice_lines.missing_items(scenario),
	}
	return found


def _changes(scenario):
	try:
		return approval.changes(scenario)
	except Refused:
		return ()


def values(scenario, *, see: bool) -> dict:
	"""What was entered, as the screen sends it back."""
	found = {
		field: scenario.get(field) for field in (*scenarios.ENTERED, *(scenarios.ENTERED_1 if see else ()))
	}
	for table, (fields, costs) in scenarios.TABLES.items():
		found[table] = [
			{
				"name": row.name,
				**{field: row.get(field) for field in (*fields, *(costs if see else ()))},
				**({"what": row.what} if table == "trades" else {}),
			}
			for row in scenario.get(table)
		]
	return found


def result(scenario, *, see: bool) -> dict:
	"""What came out: figures, tax rows, and the gross for whoever sees it."""
	found = {field: flt(scenario.get(field)) for field in _FIGURES}
	found["taxes"] = [
		{
			"description": row.description,
			"rate": flt(row.rate),
			"amount": flt(row.amount),
			"included": cint(row.included),
			"actual": row.charge_type == "Actual",
		}
		for row in scenario.taxes
	]
	if see:
		found |= {field: flt(scenario.get(field)) for field in _GROSS}
		found["gross_known"] = bool(scenario.vehicle_cost)
	return found


def recompute(deal_name: str, columns: list[dict]) -> list[dict]:
	"""Figures of scenarios as they are being typed; nothing is written. Each of ``columns``: name (of a saved
	one, or empty), values. A scenario that cannot be computed says why and leaves the others alone."""
	see = scenarios.may_see_costs()
	standing = {
		row: frappe.get_doc(DOCTYPE, row)
		for row in frappe.get_all(
			DOCTYPE,
			{"deal": deal_name, "name": ("in", [given.get("name") or "" for given in columns])},
			pluck="name",
			order_by="name",
		)
	}
	known: dict = {}
	answers = []
	for given in columns:
		scenario = standing.get(given.get("name"))
		if scenario is None:
			answers.append({"name": given.get("name"), "problem": _("This scenario does not exist any more")})
			continue
		if scenario.status in totals.FROZEN:
			answers.append({"name": scenario.name, "result": result(scenario, see=see)})
			continue
		answers.append({"name": scenario.name, **_computed(scenario, given.get("values") or {}, known, see)})
	return answers


def _computed(scenario, entered: dict, known: dict, see: bool) -> dict:
	scenarios.put(scenario, entered)
	scenario.flags.known = known
	try:
		writing.fill(scenario)
		writing.compute(scenario)
	except Refused as refused:
		return {"problem": _(refused.template).format(*refused.values), "code": refused.code}
	return {"result": result(scenario, see=see)}


# --- Choices -------------------------------------------------------------------------------------------


def trades(deal) -> list[dict]:
	"""The trade-ins that a scenario of the deal may count, with what has run out."""
	rows = frappe.get_all(
		"Trade In",
		{
			"customer": ("in", [name for name in (deal.customer, deal.co_buyer) if name]),
			"status": ("not in", ("Declined", "Returned")),
			"company": deal.company,
		},
		[
			"name",
			"vehicle_title",
			"vin",
			"status",
			"deal",
			"allowance",
			"payoff",
			"payoff_good_through",
			"payoff_per_day",
			"payoff_lender",
			"valid_until",
			"currency",
		],
		order_by="creation",
	)
	today = getdate(nowdate())
	found = []
	for row in rows:
		if row.deal and row.deal != deal.name:
			continue
		payoff = rounded(row.payoff, deal.currency)
		good = getdate(row.payoff_good_through) if row.payoff_good_through else None
		late = trade_rules.is_late(payoff, good, today)
		now = trade_rules.payoff_on(payoff, good, rounded(row.payoff_per_day, deal.currency), today)
		found.append(
			{
				**row,
				"what": row.vehicle_title or row.vin or row.name,
				"payoff_late": late,
				"payoff_now": to_float(now),
				"expired": bool(row.valid_until) and getdate(row.valid_until) < today,
			}
		)
	return found


def lenders() -> list[dict]:
	return frappe.get_all(
		"Dealer Lender", {"enabled": 1}, ["name", "max_reserve_points"], order_by="lender_name"
	)


def tax_templates(company: str) -> list[dict]:
	"""The company's sales tax templates; the usual one first."""
	usual = settings_of(company).vehicle_tax_template
	rows = frappe.get_all(
		"Sales Taxes and Charges Template",
		{"company": company, "disabled": 0},
		["name", "title"],
		order_by="title",
	)
	return sorted(({**row, "usual": row.name == usual} for row in rows), key=lambda row: not row["usual"])

"""A recon in hand: locked and fresh, and as the rules read it."""

import frappe
from frappe import _
from frappe.utils import cstr, flt

from dealer_pos_crm.dealer_cashier.money import rounded
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.domain import recon as rules
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Vehicle Recon"


def locked(name: str):
	"""The recon as it is now, kept from others until the end of this transaction.

	After the deal that sold its car and after the car, as everywhere: a late cost changes all three.
	"""
	vehicle = frappe.db.get_value(DOCTYPE, name, "vehicle")
	if not vehicle:
		frappe.throw(_("There is no recon {0}").format(name), frappe.DoesNotExistError)
	lock_deal_of(vehicle)
	holds.lock(vehicle)
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def lock_deal_of(vehicle: str) -> None:
	deal = frappe.db.get_value("Dealer Vehicle", vehicle, "sold_deal")
	if deal:
		frappe.db.get_value("Deal Jacket", deal, "name", for_update=True)


def row_of(recon, key: str):
	"""The step of that key; refused with the steps there are."""
	for row in recon.steps:
		if row.key == key:
			return row
	frappe.throw(
		_("{0} has no such step. Its steps: {1}").format(
			recon.name, ", ".join(cstr(row.step) for row in recon.steps) or "-"
		)
	)


def money(recon, value: object) -> Money:
	return rounded(value or 0, recon.currency)


def rule_step(recon, row) -> rules.Step:
	"""A step as the domain reads it."""
	return rules.Step(
		name=cstr(row.step),
		status=rules.StepStatus(row.status or "Waiting"),
		estimate=money(recon, row.estimate),
		cost=money(recon, row.cost),
		approved=money(recon, row.approved_amount),
		limit=money(recon, row.needs_approval_above) if flt(row.needs_approval_above) else None,
		asked_by=row.asked_by or None,
	)


def rule_steps(recon) -> list[rules.Step]:
	return [rule_step(recon, row) for row in recon.steps]

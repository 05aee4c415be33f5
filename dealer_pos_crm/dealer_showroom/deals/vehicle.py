"""A deal is about another car: what is held for the old one goes with it, or stays, as the customer wants."""

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.deposits import actions
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_showroom import holds
from dealer_pos_crm.dealer_showroom.deals import deposits
from dealer_pos_crm.dealer_showroom.deals.deal import action, keep, locked
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


@action
def change(name: str, vehicle: str, reason: str, client_key: str | None = None) -> None:
	"""Change the vehicle of a deal. Its held deposits move to the new one in the same transaction.

	Refused when somebody else holds the new one, when it is not in stock, and once the contract is signed.
	"""
	held = {row.name: actions.locked(row.name) for row in deposits.held_of(name)}
	deal = locked(name)
	with explained():
		if not rules.before(Stage(deal.stage), rules.SIGNED):
			raise Refused(
				"signed", marked("{0} is {1}. Take the contract back first"), deal.name, _(deal.stage)
			)
		if len(cstr(reason).strip()) < 3:
			raise Refused("no_reason", marked("Say in a few words why the vehicle changes"))
		if deal.vehicle == vehicle:
			return
		holds.check_free(vehicle, deal.customer)
		deal.flags.changing_vehicle = True
		deal.vehicle = vehicle
		keep(deal)
		for number, deposit in enumerate(held.values()):
			actions.act_on(
				deposit,
				"Move",
				{"to_vehicle": vehicle, "reason": cstr(reason).strip()},
				f"{client_key}:{number}" if client_key else frappe.generate_hash(length=20),
			)

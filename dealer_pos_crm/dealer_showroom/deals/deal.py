"""A deal in hand: locked and fresh, kept, and what its steps say to the spine."""

from collections.abc import Mapping
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cstr

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom import log
from dealer_pos_crm.domain.deal import Stage
from dealer_pos_crm.domain.money import Money

DOCTYPE = "Deal Jacket"

__all__ = ["DOCTYPE", "action", "facts_of", "keep", "locked", "money", "standing_step", "step"]


def locked(name: str):
	"""The deal as it is now, kept from others until the end of this transaction. Deposits are locked before
	it, the vehicle and its hold after it."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(deal) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	before = deal.flags.of_the_deal
	deal.flags.of_the_deal = True
	try:
		deal.save(ignore_permissions=True)
	finally:
		deal.flags.of_the_deal = before


def money(deal, value: object) -> Money:
	"""An amount of the deal, rounded to its currency."""
	return rounded(value or 0, deal.currency)


def what(deal) -> str:
	"""The car in words; while there is none, what is wanted."""
	return cstr(deal.vehicle_title) or cstr(deal.vehicle) or cstr(deal.wanted) or _("a car")


def facts_of(deal) -> dict[str, str]:
	"""What a step tells about the deal, without personal data of the customer."""
	facts = {
		"what": what(deal),
		"salesperson": names_of([deal.salesperson]).get(deal.salesperson, "") if deal.salesperson else "",
		"stage": cstr(deal.stage),
		"deal_type": cstr(deal.deal_type),
	}
	return {name: value for name, value in facts.items() if value}


# One line of the timeline per step: {0} the deal, {1} the car, {2} the amount, {3} the new stage.
def _title(kind: str, deal, amount: Money | None, facts: Mapping[str, object]) -> str:
	texts = {
		"deal.opened": _("Deal {0} opened: {1}"),
		"deal.assigned": _("Deal {0} is looked after by {4}"),
		"deal.stage_changed": _("Deal {0}: {3}"),
		"deal.approval_asked": _("Deal {0}: approval asked"),
		"deal.approved": _("Deal {0}: scenario approved"),
		"deal.rejected": _("Deal {0}: scenario turned down"),
		"deal.ready_for_fni": _("Deal {0} is ready for F&I: {1}"),
		"deal.contracted": _("Deal {0} signed: {1}"),
		"deal.delivered": _("{1} delivered"),
		"deal.delivery_undone": _("Delivery of {1} taken back"),
		"deal.sent_to_lender": _("Deal {0} sent to {5}"),
		"deal.returned_by_lender": _("Deal {0} came back from {5}"),
		"deal.funded": _("Deal {0} funded"),
		"deal.funding_reversed": _("Deal {0}: funding taken back"),
		"deal.lost": _("Deal {0} lost: {6}"),
		"deal.reopened": _("Deal {0} open again: {1}"),
		"deal.unwound": _("Deal {0} unwound: {1}"),
	}
	if kind not in texts:
		raise ValueError(f"{kind} needs a title of its own")
	return texts[kind].format(
		deal.name,
		what(deal),
		shown(amount) if amount is not None else "",
		_(cstr(facts.get("to"))) if facts.get("to") else "",
		cstr(facts.get("salesperson")),
		cstr(facts.get("lender")) or _("the lender"),
		_(cstr(facts.get("reason"))) if facts.get("reason") else "",
	)


def step(
	deal,
	kind: str,
	*,
	title: str | None = None,
	amount: Money | None = None,
	actor: str | None = None,
	reason: str | None = None,
	facts: Mapping[str, object] | None = None,
	occasion: str | None = None,
	reverses: str | None = None,
	appointment: str | None = None,
	vehicle: str | None = None,
	department: str | None = None,
	reference: tuple[str, str] | None = None,
	at: datetime | None = None,
) -> str:
	"""Write a step of the deal down (see ``log.write``). Returns its event key.

	Who looks after what follows is the salesperson unless ``actor`` says otherwise; ``vehicle`` is the
	deal's, ``reference`` the deal itself.
	"""
	said = {**facts_of(deal), **(facts or {})}
	return log.write(
		kind,
		title=title or _title(kind, deal, amount, said),
		customer=deal.customer,
		company=deal.company,
		reference=reference or (DOCTYPE, deal.name),
		vehicle=vehicle or deal.vehicle,
		appointment=appointment,
		deal=deal.name,
		lead=deal.lead,
		department=department,
		amount=amount,
		actor=actor or deal.salesperson,
		reason=reason,
		facts=said,
		occasion=occasion,
		reverses=reverses,
		at=at,
	)


def standing_step(deal, kind: str | tuple[str, ...]) -> str | None:
	"""The key of the deal's last step of these kinds that nothing has undone yet; None when there is none.

	``deal``: the document or its name.
	"""
	name = deal if isinstance(deal, str) else deal.name
	return log.LOG.standing(kind, {"deal": name})


def working_deals(customer: str, vehicle: str | None = None) -> list[dict]:
	"""The deals of a customer that are not delivered, lost or funded; the newest first."""
	from dealer_pos_crm.domain.deal import WORKING

	filters = {"customer": customer, "stage": ("in", [stage.value for stage in Stage if stage in WORKING])}
	if vehicle:
		filters["vehicle"] = vehicle
	return frappe.get_all(
		DOCTYPE,
		filters,
		["name", "stage", "vehicle", "vehicle_title", "wanted", "salesperson", "company"],
		order_by="creation desc",
	)

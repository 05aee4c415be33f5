"""Where a deal stands, what keeps it from going on, and who or what moves it."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, now_datetime

from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import FNI, MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.deals import holding
from dealer_pos_crm.dealer_showroom.deals.deal import action, keep, locked, standing_step, step
from dealer_pos_crm.dealer_showroom.worksheet import products, scenarios
from dealer_pos_crm.domain import deal as rules
from dealer_pos_crm.domain.deal import Evidence, Facts, Stage
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# Who takes a signed contract back.
TAKES_BACK = frozenset({SALES_MANAGER, MANAGER, FNI, "System Manager"})
# The step that says a stage itself; all other stages are told by deal.stage_changed.
_OWN_KIND = {Stage.FNI: "deal.ready_for_fni", Stage.CONTRACTED: "deal.contracted"}
# Which field keeps when a stage was first reached.
REACHED = {
	Stage.CONTACTED: "reached_contacted",
	Stage.APPOINTMENT: "reached_appointment",
	Stage.VISIT: "reached_visit",
	Stage.WRITE_UP: "reached_write_up",
	Stage.DEPOSIT: "reached_deposit",
	Stage.FNI: "reached_fni",
	Stage.CONTRACTED: "reached_contracted",
	Stage.DELIVERED: "reached_delivered",
	Stage.FUNDED: "reached_funded",
}


# --- What stands -----------------------------------------------------------------------------------------


def facts_for(deal) -> Facts:
	"""What the gates ask about a deal, as the database has it now."""
	return Facts(
		name=deal.name,
		deal_type=cstr(deal.deal_type),
		vehicle=bool(deal.vehicle),
		wanted=bool(cstr(deal.wanted).strip()),
		scenario=has_scenario(deal.name),
		deposit=has_deposit(deal.name),
		approved=scenarios.approved(deal) is not None,
		lender=bool(deal.lender or _lender_of(deal.approved_scenario)),
		vehicle_taken=holding.taken_by_another(deal),
		missing_for_write_up=tuple(_missing(deal, Stage.WRITE_UP)),
		missing_for_fni=tuple(_missing(deal, Stage.FNI)),
		missing_for_contract=tuple(_missing(deal, Stage.CONTRACTED)),
	)


def has_scenario(deal_name: str) -> bool:
	return bool(
		frappe.db.exists("Deal Scenario", {"deal": deal_name, "status": ("not in", ("Rejected", "Replaced"))})
	)


def has_deposit(deal_name: str) -> bool:
	"""Whether money of the customer is held for the deal, or went into its invoice."""
	return bool(
		frappe.db.sql(
			"""select 1 from `tabDeposit` where deal = %s and status != 'Draft'
			and (held_amount > 0 or applied_amount > 0) limit 1""",
			deal_name,
		)
	)


def _lender_of(scenario: str | None) -> str | None:
	return frappe.db.get_value("Deal Scenario", scenario, "lender") if scenario else None


def _missing(deal, stage: Stage) -> list[str]:
	"""Papers that the checklist asks for before a stage and that are not there, or not valid any more."""
	from dealer_pos_crm.dealer_showroom.documents import checklist

	return checklist.missing(deal, stage.value)


def evidence_of(deal) -> Evidence:
	"""What happened in a deal, and with its lead before there was one."""
	mine = {"deal": deal.name}
	lead = {"lead": deal.lead} if deal.lead else None
	answered = bool(lead) and bool(frappe.db.get_value("Lead", deal.lead, "dealer_first_response_at"))
	return Evidence(
		contacted=answered,
		appointment=_any("Showroom Appointment", mine, lead, {"status": ("not in", ("Cancelled", "Rescheduled"))}),
		visited=_any("Showroom Visit", mine, lead, {}),
		written_up=bool(deal.vehicle or deal.wanted) and not deal.is_new() and has_scenario(deal.name),
		deposit=not deal.is_new() and has_deposit(deal.name),
	)  # fmt: skip


def _any(doctype: str, mine: dict, lead: dict | None, more: dict) -> bool:
	return any(
		about and frappe.db.exists(doctype, {**about, **more})
		for about in (mine if mine["deal"] else None, lead)
	)


# --- Gates -----------------------------------------------------------------------------------------------


def blockers(deal, to: str) -> list[str]:
	"""What is missing before the deal may be at that stage, in the user's language."""
	return [text for _code, text in reasons(deal, rules.named(to))]


def reasons(deal, to: Stage, facts: Facts | None = None) -> list[tuple[str, str]]:
	"""The same with the code of each, which says where its remedy is."""
	return [
		(code, _(text).format(*values)) for code, text, values in rules.blockers(to, facts or facts_for(deal))
	]


def refuse_for(deal, to: Stage, found: list[tuple[str, str]]) -> None:
	"""Refuse with everything that stands in the way, so that it is cleared in one go."""
	if found:
		raise Refused(
			found[0][0],
			marked("{0} cannot go on to {1} yet: {2}"),
			deal.name,
			_(to.value),
			"; ".join(text for _code, text in found),
		)


# --- Moving ----------------------------------------------------------------------------------------------


@action
def move(name: str, to: str, *, reason: str | None = None) -> str:
	"""Move a deal by hand, on the board or in the form. Refused with all that is missing.

	The same stage again changes nothing. Returns the stage.
	"""
	deal = locked(name)
	with explained():
		stage, wanted = Stage(deal.stage), rules.named(to)
		if stage is wanted:
			return deal.stage
		rules.check_by_hand(
			stage,
			wanted,
			deal.name,
			reason=cstr(reason),
			may_reopen=bool(TAKES_BACK & set(frappe.get_roles())),
		)
		refuse_for(deal, wanted, reasons(deal, wanted))
		if wanted is Stage.CONTRACTED:
			_sign(deal)
		elif stage is Stage.CONTRACTED:
			_take_back(deal, cstr(reason))
		enter(deal, wanted, reason=reason)
	return deal.stage


def reached(deal, stage: str) -> bool:
	"""Something happened that brings a deal on to a stage: forward only, never past a gate that is shut.

	``deal``: the document, locked. Whether it moved.
	"""
	if not deal:
		return False
	to = rules.named(stage)
	if not rules.before(Stage(deal.stage), to) or not rules.moves_by_itself(
		Stage(deal.stage), to, facts_for(deal)
	):
		return False
	enter(deal, to)
	return True


def set_back(deal, stage: str, reason: str) -> None:
	"""What moved a deal is undone: it stands at an earlier stage again."""
	to = rules.named(stage)
	if Stage(deal.stage) is not to:
		enter(deal, to, reason=reason, reverses=_step_into(deal, Stage(deal.stage)))


def enter(
	deal,
	to: Stage,
	*,
	kind: str | None = None,
	reason: str | None = None,
	reverses: str | None = None,
	tell: bool = True,
	facts: dict | None = None,
	**values: object,
) -> str | None:
	"""Write the new stage and say so. Judges nothing: who calls it has asked the gates.

	``tell=False`` for a caller whose own step says it; ``values`` are kept with it. Returns the event's key.
	"""
	old = Stage(deal.stage)
	forward = not rules.before(to, old)
	deal.update(values)
	mark(deal, to)
	if old is Stage.CONTRACTED and rules.before(to, old):
		deal.contracted_on = None
	keep(deal)
	key = None
	if tell:
		said = {"from": old.value, "to": to.value, **(facts or {})}
		key = step(
			deal,
			kind or (_OWN_KIND.get(to, "deal.stage_changed") if forward else "deal.stage_changed"),
			facts=said,
			reason=cstr(reason).strip() or None,
			reverses=reverses or _undone(deal, old, to),
		)
	holding.follow_stage(deal, old)
	return key


def _undone(deal, old: Stage, to: Stage) -> str | None:
	"""A contract or the handing over to F&I that is taken back is undone by the step that takes it back."""
	if rules.before(to, old) and old in _OWN_KIND:
		return standing_step(deal, _OWN_KIND[old])
	return None


def _step_into(deal, stage: Stage) -> str | None:
	"""The standing step that brought the deal where it is."""
	if stage in _OWN_KIND:
		return standing_step(deal, _OWN_KIND[stage])
	found = last_change(deal, stage)
	return found[0] if found else None


def last_change(deal, to: Stage) -> tuple[str, Stage | None] | None:
	"""The last stage_changed that brought a deal to a stage: (its key, where the deal came from)."""
	from dealer_pos_crm.dealer_showroom.log import LOG

	key = standing_step(deal, "deal.stage_changed")
	if not key:
		return None
	detail = frappe.parse_json(frappe.db.get_value("Showroom Log", LOG.name_of(key), "detail") or "{}")
	if detail.get("to") != to.value:
		return None
	came_from = detail.get("from")
	return key, Stage(came_from) if came_from in {stage.value for stage in Stage} else None


def mark(deal, to: Stage) -> None:
	"""The stage, since when, and how far the deal ever came."""
	now = now_datetime().replace(microsecond=0)
	deal.update({"stage": to.value, "stage_since": now})
	field = REACHED.get(to)
	if field and not deal.get(field):
		deal.set(field, now)
	deal.furthest = max(cint(deal.furthest), rules.position(to))


def _sign(deal) -> None:
	"""The contract: what was agreed on the approved scenario is the deal's from now on."""
	deal.contracted_on = now_datetime().date()
	deal.lender = deal.lender or (None if deal.deal_type == "Cash" else _lender_of(deal.approved_scenario))
	products.sell(deal)


def _take_back(deal, reason: str) -> None:
	"""A contract is taken back: what it sold was not sold."""
	deal.set("products", [row for row in deal.products if row.status == "Cancelled"])

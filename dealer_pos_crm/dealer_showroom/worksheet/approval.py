"""A manager approves what was agreed; the author does not."""

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_showroom.worksheet import scenarios, totals
from dealer_pos_crm.dealer_showroom.worksheet.reading import DOCTYPE, worksheet_of
from dealer_pos_crm.domain import worksheet as rules
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

APPROVES = frozenset({SALES_MANAGER, MANAGER})


def authors(scenario) -> set[str]:
	"""Whoever wrote the figures or asked; none of them approves."""
	return {user for user in (scenario.owner, scenario.written_by, scenario.asked_by) if user}


def may_decide(scenario, user: str | None = None) -> bool:
	user = user or frappe.session.user
	return bool(APPROVES & set(frappe.get_roles(user))) and user not in authors(scenario)


@action
def ask(name: str) -> None:
	"""Ask a manager to approve the chosen scenario. From here on its figures stand. Asking twice asks once."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal, scenario = scenarios.locked(name)
	with explained():
		scenarios.check_open(deal)
		if scenario.status == "To Approve":
			return
		if deal.chosen_scenario != name:
			raise Refused(
				"not_chosen", marked("{0} is not the chosen one. Choose it first, then ask"), scenario.label
			)
		if scenario.status == "Approved":
			raise Refused("approved", marked("{0} is approved already"), scenario.label)
		if not scenario.vehicle or scenario.vehicle != deal.vehicle:
			raise Refused(
				"other_vehicle",
				marked("{0} was written for another vehicle than the deal's. Bring it up to date first"),
				scenario.label,
			)
		scenario.out_of_date = None
		from dealer_pos_crm.dealer_showroom.worksheet import writing

		writing.fill(scenario)
		writing.compute(scenario)
		scenario.update(
			{
				"status": "To Approve",
				"asked_by": frappe.session.user,
				"asked_at": now_datetime().replace(microsecond=0),
				"decided_by": None,
				"decided_at": None,
				"decision_note": None,
				"what_changed": "\n".join(said_changes(scenario)) or None,
			}
		)
	scenarios.keep(scenario)
	deals.step(
		deal,
		"deal.approval_asked",
		amount=rounded(scenario.total, scenario.currency),
		facts={"scenario": scenario.label},
		occasion=f"approval:{scenario.name}",
	)


@action
def withdraw(name: str, reason: str | None = None) -> None:
	"""Take the request back: the figures can be edited again."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal, scenario = scenarios.locked(name)
	with explained():
		if scenario.status != "To Approve":
			raise Refused(
				"not_asked", marked("{0} is {1}; no approval waits"), scenario.label, _(scenario.status)
			)
		scenario.update({"status": "Chosen", "asked_by": None, "asked_at": None, "what_changed": None})
	scenarios.keep(scenario)
	deals.step(
		deal,
		"deal.rejected",
		title=_("Deal {0}: request for approval withdrawn").format(deal.name),
		reason=cstr(reason).strip() or _("Withdrawn"),
		facts={"scenario": scenario.label, "withdrawn": "yes"},
		reverses=deals.standing_step(deal, "deal.approval_asked"),
	)


@action
def decide(name: str, approve: bool, note: str | None = None) -> None:
	"""Approve or turn down. Not by the author, nor by whoever asked; turning down needs a note."""
	from dealer_pos_crm.dealer_showroom.deals import deal as deals

	deal, scenario = scenarios.locked(name)
	said = cstr(note).strip()
	with explained():
		scenarios.check_open(deal)
		_check_decision(scenario, approve, said)
		scenario.update(
			{
				"status": "Approved" if approve else "Rejected",
				"decided_by": frappe.session.user,
				"decided_at": now_datetime().replace(microsecond=0),
				"decision_note": said or None,
			}
		)
		if approve and cstr(scenario.vehicle) != cstr(deal.vehicle):
			raise Refused(
				"other_vehicle",
				marked("{0} was written for another vehicle than the deal's. Bring it up to date first"),
				scenario.label,
			)
	scenarios.keep(scenario)
	if approve:
		_replace_others(scenario)
		scenarios.sync_approval(deal, scenario)
		deals.keep(deal)
		_accept_trades(deal, scenario)
	deals.step(
		deal,
		"deal.approved" if approve else "deal.rejected",
		amount=rounded(scenario.total, scenario.currency),
		reason=said or None,
		facts={
			"scenario": scenario.label,
			"by": names_of([frappe.session.user]).get(frappe.session.user, ""),
		},
	)


def _check_decision(scenario, approve: bool, note: str) -> None:
	if not APPROVES & set(frappe.get_roles()):
		raise Refused(
			"no_approver", marked("Only a sales manager or the dealer manager approves {0}"), scenario.label
		)
	if scenario.status != "To Approve":
		raise Refused(
			"not_asked",
			marked("{0} is {1}; no approval waits. Whoever wants it asks first"),
			scenario.label,
			_(scenario.status),
		)
	if frappe.session.user in authors(scenario):
		raise Refused(
			"author",
			marked("You wrote {0} or asked for its approval; another manager decides"),
			scenario.label,
		)
	if not approve and not note:
		raise Refused("no_note", marked("Say what has to change in {0}"), scenario.label)
	for row in scenario.trades if approve else ():
		_check_appraised(row.trade_in)


def _replace_others(scenario) -> None:
	"""One approved scenario a deal: those before are history."""
	for name in frappe.get_all(
		DOCTYPE,
		{"deal": scenario.deal, "status": "Approved", "name": ("!=", scenario.name)},
		pluck="name",
		order_by="name",
	):
		old = frappe.get_doc(DOCTYPE, name, for_update=True)
		old.status = "Replaced"
		scenarios.keep(old)


def _accept_trades(deal, scenario) -> None:
	"""The trades of the approved scenario are accepted; one that is not in it any more is an offer again."""
	from dealer_pos_crm.dealer_showroom.trade_ins import trade as trades
	from dealer_pos_crm.domain.trade_in import Status

	wanted = {row.trade_in: row for row in scenario.trades}
	standing = frappe.get_all(
		"Trade In", {"deal": deal.name, "status": Status.ACCEPTED.value}, pluck="name", order_by="name"
	)
	for name in (*standing, *(name for name in wanted if name not in standing)):
		trade = trades.locked(name)
		if name in wanted:
			trade.update(
				{
					"status": Status.ACCEPTED.value,
					"deal": deal.name,
					"allowance": wanted[name].allowance,
					"payoff": wanted[name].payoff,
				}
			)
		else:
			trade.status = Status.APPRAISED.value
		trades.keep(trade)


def _check_appraised(trade_in: str) -> None:
	status = frappe.db.get_value("Trade In", trade_in, "status")
	if status not in ("Appraised", "Accepted"):
		raise Refused(
			"not_appraised",
			marked("Trade-in {0} is {1}. A manager appraises it first"),
			trade_in,
			_(status) if status else "-",
		)


# --- What a new version changes ------------------------------------------------------------------------


def compared_with(scenario):
	"""The scenario that this one is measured against: the approved one it was made from, else the deal's."""
	name = scenario.previous_version or frappe.db.get_value(
		DOCTYPE, {"deal": scenario.deal, "status": "Approved", "name": ("!=", scenario.name or "")}, "name"
	)
	if not name or name == scenario.name or not frappe.db.exists(DOCTYPE, name):
		return None
	return frappe.get_doc(DOCTYPE, name)


def changes(scenario, old=None) -> tuple[rules.Change, ...]:
	"""What differs from the version before; nothing when there is none."""
	old = old or compared_with(scenario)
	if old is None:
		return ()
	before, after = worksheet_of(old), worksheet_of(scenario)
	return rules.changes(before, after, totals.stored(old), totals.totals(scenario))


def said_changes(scenario, old=None) -> list[str]:
	"""The same as sentences: "Price: $ 25,000.00 → $ 24,500.00"."""
	return [
		_("{0}: {1} → {2}").format(
			_(change.label),
			shown(change.before) if change.before is not None else "-",
			shown(change.after) if change.after is not None else "-",
		)
		for change in changes(scenario, old)
	]

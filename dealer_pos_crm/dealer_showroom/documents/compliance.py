"""OFAC and Red Flags: who was checked against what, by whom, and how an alert was cleared."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date, get_datetime, getdate, now_datetime

from dealer_pos_crm.dealer_crm.confidential import may_know
from dealer_pos_crm.dealer_setup.acting import action, once
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.deals import deal as deals
from dealer_pos_crm.domain import compliance as rules
from dealer_pos_crm.domain.compliance import Check, Kind, Result, State
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Compliance Check"
# Who clears an alert that somebody else has raised.
CLEARS = frozenset({SALES_MANAGER, MANAGER})
_SHOWN = (
	"name",
	"result",
	"list_date",
	"method",
	"notes",
	"checked_by",
	"checked_at",
	"cleared_by",
	"cleared_at",
	"clearing_note",
)
VALUES = ("list_date", "result", "method", "notes", "attested", *rules.ID_CHECKS)


@once
def check(deal: str, party: str, kind: str, *, client_key: str | None = None, **values) -> dict:
	"""Record a check of a buyer or co-buyer. ``values``: see ``VALUES``. Returns name and result.

	The result of a Red Flags check follows from its five questions.
	"""
	if client_key and (known := frappe.db.get_value(DOCTYPE, {"client_key": client_key}, ["name", "result"])):
		return {"name": known[0], "result": known[1], "repeated": True}
	doc = frappe.new_doc(DOCTYPE)
	doc.update({field: values[field] for field in VALUES if values.get(field) not in (None, "")})
	doc.update({"deal": deal, "party": party, "kind": kind, "client_key": client_key})
	doc.insert()
	return {"name": doc.name, "result": doc.result, "repeated": False}


def begin(doc) -> None:
	"""What a check must say, from a screen or from a form."""
	deal = frappe.db.get_value("Deal Jacket", doc.deal, ["customer", "co_buyer", "company"], as_dict=True)
	if not deal or doc.party not in (deal.customer, deal.co_buyer):
		raise Refused(
			"other_person",
			marked("{0} is neither buyer nor co-buyer of {1}"),
			cstr(doc.party),
			cstr(doc.deal),
		)
	doc.company = deal.company
	doc.party_name = frappe.db.get_value("Customer", doc.party, "customer_name")
	now = now_datetime().replace(microsecond=0)
	if Kind(doc.kind) is Kind.OFAC:
		listed = getdate(doc.list_date) if doc.list_date else None
		result = rules.check_ofac(listed, doc.result, now.date(), doc.method)
		doc.update({**dict.fromkeys(rules.ID_CHECKS, 0), "attested": 0})
	else:
		answers = {field: bool(cint(doc.get(field))) for field in rules.ID_CHECKS}
		result = rules.red_flags_result(answers, bool(cint(doc.attested)))
		doc.list_date = None
	rules.check_alert_note(result, doc.notes)
	doc.update({"result": result.value, "checked_at": now, "checked_by": frappe.session.user})
	doc.update(dict.fromkeys(("cleared_by", "cleared_at", "clearing_note")))


def checked(doc) -> None:
	"""The timeline says that a check was made; only those entitled read that it raised an alert."""
	alert = doc.result == Result.ALERT.value
	if not alert:
		_note_on_checklist(doc)
	_step(doc, "compliance.alerted" if alert else "compliance.checked", _("{0} check recorded"))


@action
def clear(name: str, note: str) -> dict:
	"""A manager who did not make the check clears its alert, with a note of how."""
	doc = frappe.get_doc(DOCTYPE, name, for_update=True)
	with explained():
		if doc.result == Result.CLEARED.value and doc.cleared_by == frappe.session.user:
			return {"name": doc.name, "result": doc.result, "repeated": True}
		if not CLEARS & set(frappe.get_roles()):
			raise Refused("needs_manager", marked("{0}: only a sales manager clears it"), doc.name)
		text = rules.check_clearing(
			doc.name, Result(doc.result), cstr(doc.checked_by), frappe.session.user, note
		)
		doc.update(
			{
				"result": Result.CLEARED.value,
				"cleared_by": frappe.session.user,
				"cleared_at": now_datetime().replace(microsecond=0),
				"clearing_note": text,
			}
		)
		doc.flags.of_its_steps = True
		doc.save()
		_note_on_checklist(doc)
		_step(doc, "compliance.cleared", _("{0} check completed"))
	return {"name": doc.name, "result": doc.result, "repeated": False}


def _note_on_checklist(doc) -> None:
	"""Once everybody is checked, the checklist's line of the OFAC result says so by itself."""
	from dealer_pos_crm.dealer_showroom.documents import checklist

	deal = deals.locked(doc.deal)
	open_checks = [kind for _party, kind, state, _check in states(deal) if state is not State.DONE]
	if Kind.OFAC not in open_checks and checklist.ofac_noted(deal, _("By {0}").format(doc.name)):
		deals.keep(deal)


def _step(doc, kind: str, title: str) -> None:
	deal = frappe.get_doc("Deal Jacket", doc.deal)
	deals.step(
		deal,
		kind,
		title=title.format(_(doc.kind)),
		facts={"check": doc.kind},
		department="F&I",
		reference=(DOCTYPE, doc.name),
	)


# --- What is missing -------------------------------------------------------------------------------------


def missing(deal) -> list[str]:
	"""What keeps a deal from its delivery. Neutral words: an alert is nobody's business but F&I's."""
	texts = {
		State.MISSING: _("{0} check of {1}"),
		State.EXPIRED: _("{0} check of {1} again: the last one is of {2}"),
		State.ALERT: _("{0} check of {1} is not complete; ask F&I"),
	}
	return [
		texts[state].format(
			_(kind.value), _name(party), format_date(check.checked_at) if check is not None else ""
		)
		for party, kind, state, check in states(deal)
		if state is not State.DONE
	]


def states(deal) -> list[tuple[str, Kind, State, Check | None]]:
	"""Of buyer and co-buyer: where each check stands."""
	parties = [party for party in (deal.customer, deal.co_buyer) if party]
	rows = frappe.get_all(
		DOCTYPE,
		{"deal": deal.name},
		["name", "kind", "party", "result", "checked_at"],
		order_by="checked_at, name",
	)
	checks = [
		Check(row.name, Kind(row.kind), row.party, Result(row.result), get_datetime(row.checked_at))
		for row in rows
	]
	return rules.states(parties, checks, getdate(), cint(settings_of(deal.company).compliance_valid_days))


def _name(customer: str) -> str:
	return cstr(frappe.db.get_value("Customer", customer, "customer_name")) or customer


def view(deal) -> dict:
	"""Where the checks stand, for the deal's form; who may not know of alerts sees done or not done."""
	entitled = may_know()
	found = states(deal)
	rows = {}
	if entitled:
		names = [check.name for _party, _kind, _state, check in found if check]
		rows = {
			row.name: row
			for row in frappe.get_list(
				DOCTYPE,
				{"name": ("in", names or [""])},
				list(_SHOWN),
				order_by="name",
			)
		}
	days = cint(settings_of(deal.company).compliance_valid_days)
	lines = []
	for party, kind, state, check in found:
		row = rows.get(check.name) if check else None
		until = rules.valid_until(check.checked_at, days) if check else None
		lines.append(
			{
				"party": party,
				"party_name": _name(party),
				"kind": kind.value,
				"state": state.value if entitled or state is State.DONE else State.MISSING.value,
				"valid_until": cstr(until) if until and state is State.DONE else None,
				"check": {**row} if row else None,
				"may_clear": bool(
					row
					and state is State.ALERT
					and CLEARS & set(frappe.get_roles())
					and row.checked_by != frappe.session.user
				),
			}
		)
	return {
		"lines": lines,
		"may": {"check": bool(frappe.has_permission(DOCTYPE, "create")), "know": entitled},
		"id_checks": {field: _(text) for field, text in rules.ID_CHECKS.items()},
		"people": names_of(
			user
			for line in lines
			if line["check"]
			for user in (line["check"]["checked_by"], line["check"]["cleared_by"])
		),
	}

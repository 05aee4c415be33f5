"""A manager decides at the cashier's screen: chooses their name, says who they are, and says yes or no.

The decision is the document's own, in the manager's name and with the manager's rights, for that one step. The
cashier's session stays the cashier's: nothing of the manager's gets into it.
"""

import frappe
from frappe import _
from frappe.utils import cint, cstr

from dealer_pos_crm.dealer_counter.approvals import deciders, password, pin
from dealer_pos_crm.dealer_setup.acting import in_the_name_of
from dealer_pos_crm.dealer_setup.deciding import at_the_counter_of
from dealer_pos_crm.dealer_setup.people import names_of, people_with
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import APPROVING
from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain.approval import How
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked


class NotWhoTheySay(frappe.ValidationError):
	"""Name and PIN, or name and password, do not go together. No AuthenticationError: at that the browser logs
	the cashier out."""


def options(doctype: str, name: str) -> dict:
	"""What is asked, who may decide it here, and in which ways they can say who they are."""
	facts = deciders.facts(doctype, name)
	people = _people(facts) if facts["waits"] else []
	return {
		**facts,
		"asked_by_name": names_of({facts["asked_by"]}).get(facts["asked_by"]),
		"people": people,
		"ways": [how.value for how in _ways(facts["company"])],
	}


def decide(
	doctype: str,
	name: str,
	approver: str,
	secret: str,
	how: str,
	yes: bool,
	note: str | None = None,
) -> dict:
	"""Decide in the approver's name. The caller's own right to the document was checked at the door.

	Raises ``NotWhoTheySay`` for a wrong name, PIN or password alike, and whatever the decision itself raises.
	"""
	facts = deciders.facts(doctype, name)
	way = _way(how, facts["company"])
	with explained():
		if not facts["waits"]:
			raise Refused("decided", marked("{0} is already {1}"), name, facts["status"])
		if approver == facts["asked_by"]:
			raise Refused("own_request", marked("{0} asked for this and cannot approve it as well"), approver)
		if not yes and not facts["may_reject"]:
			raise Refused("no_rejecting", marked("{0} is not turned down here; count again instead"), name)
	_check_who(facts, approver, secret, way)
	door = deciders.door_of(deciders.of(doctype))
	counter = frappe.session.user
	with in_the_name_of(approver), at_the_counter_of(counter, way):
		answer = door(name, yes, cstr(note).strip() or None)
	return {**answer, "approved": bool(yes), "decided_by": approver, "decided_how": way.value}


def _people(facts: dict) -> list[dict]:
	"""Who may decide: enabled, a manager, not the one who asked, and let into the company."""
	return [
		{"user": user, "name": name}
		for user, name in people_with(APPROVING).items()
		if user != facts["asked_by"] and _is_of_the_company(user, facts["company"])
	]


def _is_of_the_company(user: str, company: str | None) -> bool:
	from frappe.permissions import get_user_permissions

	allowed = get_user_permissions(user).get("Company") or []
	return not allowed or any(row.get("doc") == company for row in allowed)


def _ways(company: str | None) -> list[How]:
	by_pin = is_dealership(company) and cint(settings_of(company).approve_by_pin)
	return [How.PIN] * bool(by_pin) + [How.PASSWORD] * password.taken()


def _way(how: str, company: str | None) -> How:
	for way in _ways(company):
		if way.value == how:
			return way
	frappe.throw(
		_("{0} is not used here. Decide at a screen of your own").format(_(cstr(how))), frappe.PermissionError
	)


def _check_who(facts: dict, approver: str, secret: str, way: How) -> None:
	"""One refusal for all that can be wrong with a name and its secret: it does not tell which."""
	known = any(row["user"] == approver for row in _people(facts))
	if not known:
		password.look_busy()
		right = False
	elif way is How.PIN:
		right = pin.is_right(approver, secret)
	else:
		right = password.is_right(approver, secret)
	if not right:
		frappe.throw(
			_("This name and this PIN do not go together. Five wrong tries lock the PIN for a while")
			if way is How.PIN
			else _("This name and this password do not go together"),
			NotWhoTheySay,
			title=_("Not Approved"),
		)

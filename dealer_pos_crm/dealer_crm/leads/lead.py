"""A lead in hand: locked and fresh, and what its steps say to the spine."""

from collections.abc import Mapping
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cstr, get_datetime

from dealer_pos_crm import compat
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_showroom import log

DOCTYPE = "Lead"


def locked(name: str):
	"""The lead as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(lead, **values) -> None:
	"""Keep fields of ours. Not by a save: ERPNext asks a service outside for a portrait on every save."""
	lead.db_set(values, notify=True)


def what_of(lead) -> str:
	"""The car in words."""
	if lead.get("dealer_vehicle"):
		title = frappe.db.get_value("Dealer Vehicle", lead.dealer_vehicle, "title")
		if title:
			return title
	return cstr(lead.get("dealer_wanted"))


def facts_of(lead) -> dict[str, str]:
	"""What a step tells about a lead; without personal data of whoever asked."""
	owner = lead.lead_owner
	facts = {
		"what": what_of(lead),
		"salesperson": names_of([owner]).get(owner, "") if owner else "",
		"lead_type": cstr(lead.get("dealer_lead_type")),
		"source": cstr(lead.get(compat.lead_source_field())),
		"due_at": get_datetime(lead.dealer_due_at).isoformat(timespec="minutes")
		if lead.get("dealer_due_at")
		else "",
	}
	return {name: value for name, value in facts.items() if value}


# One line of the timeline per step: {0} the car or the kind of lead, {1} more.
def _title(kind: str, about: str, more: str) -> str:
	texts = {
		"lead.received": _("Lead received: {0}"),
		"lead.asked": _("Asked again: {0}"),
		"lead.converted": _("Lead is a customer now: {0}"),
		"lead.lost": _("Lead lost: {1}"),
		"lead.reopened": _("Lead open again: {0}"),
	}
	if kind not in texts:
		raise ValueError(f"{kind} needs a title of its own")
	return texts[kind].format(about, more)


def step(
	lead,
	kind: str,
	*,
	title: str | None = None,
	actor: str | None = None,
	reason: str | None = None,
	facts: Mapping[str, object] | None = None,
	occasion: str | None = None,
	reverses: str | None = None,
	at: datetime | None = None,
) -> str:
	"""Write a step of the lead down (see ``log.write``). Returns its event key.

	Who looks after what follows is the lead's owner.
	"""
	said = {**facts_of(lead), **(facts or {})}
	about = said.get("what") or _(cstr(said.get("lead_type") or "Internet"))
	return log.write(
		kind,
		title=title or _title(kind, cstr(about), cstr(reason or said.get("reason"))),
		customer=lead.get("dealer_customer"),
		company=lead.company,
		reference=(DOCTYPE, lead.name),
		vehicle=lead.get("dealer_vehicle"),
		lead=lead.name,
		actor=actor or lead.lead_owner,
		reason=reason,
		facts=said,
		occasion=occasion,
		reverses=reverses,
		at=at,
	)


def standing_step(name: str, kinds: str | tuple[str, ...]) -> str | None:
	"""The key of the last step of these kinds that nothing has undone yet; None when there is none."""
	return log.LOG.standing(kinds, {"lead": name})

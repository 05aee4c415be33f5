"""What a customer has said of being sent messages. The last word counts; without one, no text message is sent.

A word for text messages names them as its channel. One that names no channel takes consent back for all of
them, and gives none for text messages: those need words of their own (TCPA, 47 CFR 64.1200).
"""

from dataclasses import dataclass
from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

TEXT = "Text Message"
_WORDS = ("consent.given", "consent.revoked")


@dataclass(frozen=True, slots=True)
class Word:
	"""The last that a customer said of a channel. ``given`` is None when nothing was ever said."""

	given: bool | None
	at: datetime | None = None
	how: str = ""


def standing(customer: str, channel: str = TEXT) -> Word:
	"""Whether a customer agreed to messages of a channel."""
	rows = frappe.get_all(
		"Customer Event",
		{"customer": customer, "event_type": ("in", _WORDS)},
		["event_type", "happened_at", "detail"],
		order_by="happened_at desc, name desc",
		limit=50,
	)
	for row in rows:
		facts = frappe.parse_json(row.detail or "{}")
		named = cstr(facts.get("channel"))
		given = row.event_type == "consent.given"
		if named == channel or (not named and not given):
			return Word(given, row.happened_at, cstr(facts.get("how")))
	return Word(None)


def say(customer: str, company: str, *, given: bool, how: str, channel: str = TEXT) -> str:
	"""Write down what a customer said, and how they said it. Returns the event's key."""
	from dealer_pos_crm.dealer_showroom import log

	how = cstr(how).strip()
	if len(how) < 3:
		frappe.throw(_("How did the customer say so? On paper, at the counter, by e-mail: a few words"))
	return log.write(
		"consent.given" if given else "consent.revoked",
		title=_("Agreed to text messages") if given else _("Does not want text messages any more"),
		customer=customer,
		company=company,
		reference=("Customer", customer),
		facts={"channel": channel, "how": how[:140]},
		at=now_datetime(),
	)

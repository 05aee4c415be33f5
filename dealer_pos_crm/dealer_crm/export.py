"""The site's history as the rehearsal reads it: one event a line, oldest first, without personal data.

Customers become stable pseudonyms (the same customer has the same one in every export of a site) unless
their names are asked for.
"""

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace

import frappe
from frappe.utils.password import get_encryption_key

from dealer_pos_crm.dealer_crm.store import _EVENT_COLUMNS, event_of
from dealer_pos_crm.domain.event import Event

_BATCH = 5000
_FREE_TEXT = ("reason", "old", "note")  # what people typed may name somebody


def history(*, since: str | None = None, with_names: bool = False) -> Iterator[Event]:
	"""Every recorded event in order of time."""
	at, name = since or "0001-01-01", 0
	while True:
		rows = frappe.db.sql(
			f"""select name, {_EVENT_COLUMNS} from `tabCustomer Event`
			where (happened_at, name) > (%s, %s) order by happened_at, name limit %s""",
			(at, name, _BATCH),
			as_dict=True,
		)
		if not rows:
			return
		owners = _owners({row.customer for row in rows if row.customer})
		sellers = _sellers({row.lead for row in rows if row.lead and not row.customer})
		for row in rows:
			event = event_of(row)
			known = owners.get(event.customer) or sellers.get(event.lead or "")
			if known:
				event = replace(event, facts={**event.facts, **known})
			yield event if with_names else _without_names(event)
		at, name = rows[-1].happened_at, rows[-1].name


def count(since: str | None = None) -> int:
	return frappe.db.count("Customer Event", {"happened_at": (">", since or "0001-01-01")})


def _owners(customers: set[str]) -> dict[str, dict[str, str]]:
	"""Who looks after each customer today, as the rehearsal's facts name them."""
	fields = {
		"sales_owner": "dealer_sales_owner",
		"service_owner": "dealer_service_owner",
		"bdc_owner": "dealer_bdc_owner",
	}
	rows = frappe.get_all(
		"Customer", filters={"name": ("in", sorted(customers))}, fields=["name", *fields.values()]
	)
	return {row.name: {fact: row[column] for fact, column in fields.items() if row[column]} for row in rows}


def _sellers(leads: set[str]) -> dict[str, dict[str, str]]:
	"""Who has each lead that is no customer yet."""
	rows = frappe.get_all(
		"Lead",
		filters={"name": ("in", sorted(leads)), "lead_owner": ("is", "set")},
		fields=["name", "lead_owner"],
	)
	return {row.name: {"sales_owner": row.lead_owner} for row in rows}


def _without_names(event: Event) -> Event:
	secret = get_encryption_key().encode()
	digest = hmac.new(secret, event.customer.encode(), hashlib.sha256).hexdigest()
	pseudonym = f"C-{digest[:12]}" if event.customer else ""
	typed = (*_FREE_TEXT, "next_step") if event.type == "visit.ended" else _FREE_TEXT
	facts = {name: text for name, text in event.facts.items() if name not in typed}
	return replace(event, customer=pseudonym, facts=facts)

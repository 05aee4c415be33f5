"""The service lane's own record: every step of an appointment, a repair order, a declined service, once.

A step is written down and told to the spine in one breath; the rebuild reads the same rows again.
"""

import json
from collections.abc import Mapping
from datetime import datetime

import frappe
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import rounded, to_float
from dealer_pos_crm.dealer_crm import spine
from dealer_pos_crm.domain.event import EVENT_TYPES, Event
from dealer_pos_crm.domain.money import Money

DEPARTMENT = "Service"
_OF_THE_LANE = frozenset(
	{"appointment", "claim", "consent", "declined_service", "inspection", "job", "part", "ro"}
)
KINDS = frozenset(kind for kind in EVENT_TYPES if kind.partition(".")[0] in _OF_THE_LANE)
FIELDS = (
	"kind",
	"happened_at",
	"title",
	"customer",
	"company",
	"vehicle",
	"appointment",
	"repair_order",
	"declined_service",
	"job_no",
	"reference_doctype",
	"reference_name",
	"amount",
	"currency",
	"actor",
	"reason",
	"occasion",
	"reverses",
	"detail",
)


def write(
	kind: str,
	*,
	title: str,
	customer: str,
	company: str,
	reference: tuple[str, str],
	vehicle: str | None = None,
	appointment: str | None = None,
	repair_order: str | None = None,
	declined_service: str | None = None,
	job_no: int | None = None,
	amount: Money | None = None,
	actor: str | None = None,
	reason: str | None = None,
	facts: Mapping[str, object] | None = None,
	occasion: str | None = None,
	reverses: str | None = None,
	at: datetime | None = None,
) -> str:
	"""Write a step down and record its event, in the caller's transaction. Returns the row's event key.

	``title`` is one translated line without personal data. ``reference`` is (doctype, name) of the document
	to open from the timeline. ``actor`` is who looks after what follows: the advisor, else who did it.
	``reverses`` is the event key (as an earlier call returned it) that this step undoes. ``facts`` are plain
	values by snake-case name; empty ones are left out.
	"""
	if kind not in KINDS:
		raise ValueError(f"{kind} is no step of the service lane")
	said = {name: cstr(value) for name, value in (facts or {}).items() if value not in (None, "")}
	row = frappe.get_doc(
		{
			"doctype": "Service Log",
			"kind": kind,
			"happened_at": at or now_datetime(),
			"title": title[:255],
			"customer": customer,
			"company": company,
			"vehicle": vehicle,
			"appointment": appointment,
			"repair_order": repair_order,
			"declined_service": declined_service,
			"job_no": job_no,
			"reference_doctype": reference[0],
			"reference_name": reference[1],
			"amount": to_float(amount) if amount is not None else None,
			"currency": amount.currency if amount is not None else None,
			"actor": actor or frappe.session.user,
			"reason": reason,
			"occasion": occasion,
			"reverses": reverses,
			"detail": json.dumps(said, sort_keys=True) if said else None,
		}
	)
	row.flags.of_the_lane = True
	row.insert(ignore_permissions=True, ignore_links=True)
	(event,) = events_of(row)
	spine.record([event])
	return event.key


def events_of(row) -> list[Event]:
	"""What one step says to the spine. ``row`` has ``FIELDS`` and its name."""
	amount = rounded(row.amount, row.currency) if row.currency else None
	facts = dict(json.loads(row.detail)) if row.detail else {}
	if row.reason:
		facts.setdefault("reason", row.reason)
	if cint(row.job_no):
		facts.setdefault("job", cstr(row.job_no))
	return [
		Event(
			key=f"{row.kind}:{row.name}",
			type=row.kind,
			happened_at=get_datetime(row.happened_at),
			customer=row.customer,
			company=row.company,
			title=row.title or "",
			department=DEPARTMENT,
			declined_service=row.declined_service or None,
			appointment=row.appointment or None,
			repair_order=row.repair_order or None,
			vehicle=row.vehicle or None,
			reference_doctype=row.reference_doctype,
			reference_name=row.reference_name,
			amount=amount,
			actor=row.actor,
			facts=facts,
			reverses=row.reverses or None,
			occasion=row.occasion or "",
		)
	]

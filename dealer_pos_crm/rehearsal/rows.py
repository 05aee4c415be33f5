"""Events and promises as rows of the rehearsal's tables, and back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from json.encoder import encode_basestring as _quote
from typing import Any

from ..domain.event import NO_FACTS, SUBJECTS, Event
from ..domain.follow_up import FollowUp, Status
from ..domain.money import Money

assert SUBJECTS == (
	"pay_request",
	"card_payment",
	"deposit",
	"declined_service",
	"appointment",
	"repair_order",
	"deal",
	"lead",
	"vehicle",
), "schema.py and this module name them"

EVENT_COLUMNS = (
	"key, type, happened_at, customer, company, title, department, pay_request, card_payment, deposit, "
	"declined_service, appointment, repair_order, deal, lead, vehicle, reference_doctype, reference_name, amount, "
	"currency, actor, facts, reverses, occasion"
).split(", ")
FOLLOW_UP_COLUMNS = (
	"key, rule, occasion, cause, cause_at, customer, company, department, subject, title, talking_points, "
	"opens_at, due_at, status, opened_at, ended_at, stopped_by, reason, pay_request, card_payment, deposit, "
	"declined_service, appointment, repair_order, deal, lead, vehicle, document_owner, live"
).split(", ")

_FOR_EVER, _NEVER = "9", ""  # later, and earlier, than every time
_STATUS = {status.value: status for status in Status}

_moment = datetime.fromisoformat


def _encode(facts: Mapping[str, str]) -> str:
	"""A JSON object of texts; three times as fast as the general encoder, which matters here."""
	return f"{{{','.join([f'{_quote(name)}:{_quote(text)}' for name, text in facts.items()])}}}"


def event_row(event: Event) -> tuple[object, ...]:
	amount = event.amount
	return (
		event.key,
		event.type,
		event.happened_at.isoformat(),
		event.customer,
		event.company,
		event.title,
		event.department,
		event.pay_request,
		event.card_payment,
		event.deposit,
		event.declined_service,
		event.appointment,
		event.repair_order,
		event.deal,
		event.lead,
		event.vehicle,
		event.reference_doctype,
		event.reference_name,
		amount.minor if amount is not None else None,
		amount.currency if amount is not None else None,
		event.actor,
		_encode(event.facts) if event.facts else None,
		event.reverses,
		None if event.occasion == event.key else event.occasion,
	)


def event_of(row: Sequence[Any]) -> Event:
	return Event(
		row[0],
		row[1],
		_moment(row[2]),
		row[3],
		row[4],
		row[5],
		row[6],
		row[7],
		row[8],
		row[9],
		row[10],
		row[11],
		row[12],
		row[13],
		row[14],
		row[15],
		row[16],
		row[17],
		Money(row[18], row[19]) if row[19] else None,
		row[20],
		json.loads(row[21]) if row[21] else NO_FACTS,
		row[22],
		row[23] or "",
	)


def subjects_of(event: Event) -> list[str]:
	"""What the event is about, as a promise's subject is kept."""
	about = [f"customer|{event.customer}"] if event.customer else []
	if event.pay_request:
		about.append(f"pay_request|{event.pay_request}")
	if event.card_payment:
		about.append(f"card_payment|{event.card_payment}")
	if event.deposit:
		about.append(f"deposit|{event.deposit}")
	if event.declined_service:
		about.append(f"declined_service|{event.declined_service}")
	if event.appointment:
		about.append(f"appointment|{event.appointment}")
	if event.repair_order:
		about.append(f"repair_order|{event.repair_order}")
	if event.deal:
		about.append(f"deal|{event.deal}")
	if event.lead:
		about.append(f"lead|{event.lead}")
	if event.vehicle:
		about.append(f"vehicle|{event.vehicle}")
	return about


def subject_of(follow_up: FollowUp) -> str:
	return "|".join(follow_up.subject)


def _live(follow_up: FollowUp) -> str:
	"""Until when an event may still stop the promise."""
	if follow_up.status in (Status.PLANNED, Status.OPEN):
		return _FOR_EVER
	if follow_up.status is Status.STOPPED and follow_up.stopped_by and follow_up.ended_at:
		return follow_up.ended_at.isoformat()
	return _NEVER


def follow_up_row(f: FollowUp) -> tuple[object, ...]:
	subjects = f.subjects
	return (
		f.key,
		f.rule,
		f.occasion,
		f.cause,
		f.cause_at.isoformat(),
		f.customer,
		f.company,
		f.department,
		subject_of(f),
		f.title,
		f.talking_points,
		f.opens_at.isoformat(),
		f.due_at.isoformat(),
		f.status.value,
		f.opened_at and f.opened_at.isoformat(),
		f.ended_at and f.ended_at.isoformat(),
		f.stopped_by,
		f.reason,
		subjects.get("pay_request"),
		subjects.get("card_payment"),
		subjects.get("deposit"),
		subjects.get("declined_service"),
		subjects.get("appointment"),
		subjects.get("repair_order"),
		subjects.get("deal"),
		subjects.get("lead"),
		subjects.get("vehicle"),
		f.document_owner,
		_live(f),
	)


def ending_row(f: FollowUp) -> tuple[object, ...]:
	"""What changes when a promise ends: status, ended_at, stopped_by, reason, live."""
	return f.status.value, f.ended_at and f.ended_at.isoformat(), f.stopped_by, f.reason, _live(f)


def follow_up_of(row: Sequence[Any]) -> FollowUp:
	"""Built as unpickling builds it, past the constructor: a frozen one sets each value by a call of its
	own, and this is the busiest place of a rehearsal."""
	kind, _bar, name = row[8].partition("|")
	made = object.__new__(FollowUp)
	made.__dict__.update(
		key=row[0],
		rule=row[1],
		occasion=row[2],
		cause=row[3],
		cause_at=_moment(row[4]),
		customer=row[5],
		company=row[6],
		department=row[7],
		subject=(kind, name),
		title=row[9],
		talking_points=row[10],
		opens_at=_moment(row[11]),
		due_at=_moment(row[12]),
		status=_STATUS[row[13]],
		opened_at=_moment(row[14]) if row[14] else None,
		ended_at=_moment(row[15]) if row[15] else None,
		stopped_by=row[16],
		reason=row[17],
		subjects={
			"pay_request": row[18],
			"card_payment": row[19],
			"deposit": row[20],
			"declined_service": row[21],
			"appointment": row[22],
			"repair_order": row[23],
			"deal": row[24],
			"lead": row[25],
			"vehicle": row[26],
		},
		document_owner=row[27],
	)
	return made


assert {field.name for field in fields(FollowUp)} == {
	*FOLLOW_UP_COLUMNS[:18],
	"subjects",
	"document_owner",
}, "follow_up_of names every field"

"""Asking the public recall service: one row per make, model and year is the outbox and the memory.

The row is committed before the call and keeps the answer. Nothing here runs in the lane: opening a
repair order writes the row, a background job asks, and a vehicle of the same kind within thirty days is
answered from the row.
"""

import json

import frappe
from frappe.utils import cint, get_datetime, now_datetime

from dealer_pos_crm.dealer_service.recalls import table
from dealer_pos_crm.dealer_setup.settings import companies, is_dealership, settings_of
from dealer_pos_crm.domain.recall import (
	LOST_AFTER,
	Campaign,
	Car,
	campaign_of,
	is_fresh,
	next_try,
)
from dealer_pos_crm.gateways import nhtsa
from dealer_pos_crm.gateways.errors import GatewayError, Unreachable

QUEUED, SENT, DONE, FAILED = "Queued", "Sent", "Done", "Failed"


def is_on(company: str | None) -> bool:
	return is_dealership(company) and bool(cint(settings_of(company).recall_lookup))


def ask(vehicle: str | None) -> str | None:
	"""See to it that a vehicle's recalls are known soon. Returns the lookup's name; None when off or unknown.

	Writes the outbox row in the caller's transaction and leaves the call to a job after its commit.
	"""
	if not vehicle:
		return None
	row = frappe.db.get_value(
		"Dealer Vehicle", vehicle, ["make", "model", "model_year", "company"], as_dict=True
	)
	if not row or not is_on(row.company):
		return None
	car = Car(row.make or "", row.model or "", cint(row.model_year))
	if not car.is_complete:
		return None
	name = lookup_of(car, vehicle)
	frappe.enqueue(
		"dealer_pos_crm.dealer_service.recalls.lookup.answer",
		queue="long",
		job_id=f"recalls-{vehicle}",
		deduplicate=True,
		enqueue_after_commit=True,
		vehicle=vehicle,
	)
	return name


def lookup_of(car: Car, vehicle: str | None) -> str:
	"""The row of a car, made if need be. Two who ask at once find one row: its key is unique."""
	name = frappe.db.get_value("Recall Lookup", {"lookup_key": car.key}, "name")
	if name:
		return name
	now = now_datetime()
	values = {
		"name": frappe.generate_hash(length=10),
		"creation": now,
		"modified": now,
		"owner": frappe.session.user,
		"modified_by": frappe.session.user,
		"lookup_key": car.key,
		"vehicle": vehicle,
		"make": car.make,
		"model": car.model,
		"model_year": car.year,
		"status": QUEUED,
	}
	frappe.db.bulk_insert(
		"Recall Lookup", fields=list(values), values=[tuple(values.values())], ignore_duplicates=True
	)
	return frappe.db.get_value("Recall Lookup", {"lookup_key": car.key}, "name", for_update=True)


def answer(vehicle: str) -> None:
	"""The job: put what is known of its kind on the vehicle, and ask the service where that is not fresh."""
	row = frappe.db.get_value(
		"Dealer Vehicle", vehicle, ["name", "title", "make", "model", "model_year", "company"], as_dict=True
	)
	if not row or not is_on(row.company):
		return
	car = Car(row.make or "", row.model or "", cint(row.model_year))
	if not car.is_complete:
		return
	lookup = frappe.get_doc("Recall Lookup", lookup_of(car, vehicle))
	if is_fresh(_moment(lookup.answered_at), now_datetime()):
		table.write([row], kept(lookup), lookup.source)
		return
	call(lookup.name)


def call(name: str) -> bool:
	"""Ask the service for one row, once at a time, and put the answer on every vehicle of the kind.

	False when the service could not be reached, so that nobody goes on asking it right now.
	"""
	if not _taken(name):
		return True
	lookup = frappe.get_doc("Recall Lookup", name)
	car = Car(lookup.make, lookup.model, cint(lookup.model_year))
	try:
		campaigns = client().campaigns(car)
	except GatewayError as error:
		_failed(lookup, error)
		return not isinstance(error, Unreachable)
	keep(car, campaigns, nhtsa.SOURCE)
	return True


def client() -> nhtsa.Nhtsa:
	return nhtsa.Nhtsa(frappe.conf.get("dealer_recall_url") or nhtsa.BASE_URL)


def _taken(name: str) -> bool:
	"""Take the row in hand and commit that, so that it shows that a call is under way; False: another did."""
	lookup = frappe.get_doc("Recall Lookup", name, for_update=True)
	now = now_datetime()
	lost = lookup.status == SENT and now - _moment(lookup.asked_at) > LOST_AFTER
	fresh = lookup.status == DONE and is_fresh(_moment(lookup.answered_at), now)
	if fresh or (lookup.status == SENT and not lost):
		return False
	attempts = cint(lookup.attempts) if lookup.status in (FAILED, SENT) else 0
	lookup.db_set({"status": SENT, "asked_at": now, "attempts": attempts + 1, "next_try": None})
	frappe.db.commit()  # nosemgrep - the box is closed before the call: a crash must leave its trace
	return True


def _failed(lookup, error: GatewayError) -> None:
	again = next_try(cint(lookup.attempts), now_datetime()) if isinstance(error, Unreachable) else None
	lookup.db_set({"status": FAILED, "error": str(error)[:500], "next_try": again})
	if again is None:
		frappe.log_error(
			title=f"Recalls of {lookup.lookup_key} cannot be looked up",
			message=str(error),
			reference_doctype="Recall Lookup",
			reference_name=lookup.name,
		)


def keep(car: Car, campaigns: list[Campaign], source: str) -> int:
	"""Remember an answer and put it on all vehicles of its kind. Returns how many rows were new."""
	name = lookup_of(car, None)
	frappe.db.set_value(
		"Recall Lookup",
		name,
		{
			"status": DONE,
			"answered_at": now_datetime(),
			"found": len(campaigns),
			"error": None,
			"next_try": None,
			"source": source,
			"answer": json.dumps([campaign.as_dict() for campaign in campaigns], indent=1),
		},
	)
	return table.write(table.vehicles_like(car, companies()), campaigns, source)


def kept(lookup) -> list[Campaign]:
	return [campaign_of(row) for row in json.loads(lookup.answer or "[]")]


def retry_due() -> None:
	"""Ask again what failed for the moment, was never sent, or was lost with its worker. Every five minutes."""
	for name in _due():
		reached = True
		try:
			reached = call(name)
		except Exception:
			frappe.db.rollback()
			frappe.log_error(
				title="A recall lookup could not be made",
				reference_doctype="Recall Lookup",
				reference_name=name,
			)
		else:
			frappe.db.commit()  # nosemgrep - each lookup is a piece of work of its own
		if not reached:
			return  # the service is down: the others wait for the next round


def _due() -> list[str]:
	if not any(is_on(company) for company in companies()):
		return []
	now = now_datetime()
	row = frappe.qb.DocType("Recall Lookup")
	return (
		frappe.qb.from_(row)
		.select(row.name)
		.where(
			((row.status == FAILED) & (row.next_try <= now))
			| ((row.status == QUEUED) & (row.creation <= now - LOST_AFTER))
			| ((row.status == SENT) & (row.asked_at <= now - LOST_AFTER))
		)
		.orderby(row.creation)
		.limit(50)
	).run(pluck=True)


def try_again(name: str) -> None:
	"""A person asks again at once."""
	lookup = frappe.get_doc("Recall Lookup", name, for_update=True)
	if lookup.status != SENT:
		lookup.db_set({"status": QUEUED, "attempts": 0, "error": None, "next_try": None, "answered_at": None})
	frappe.enqueue(
		"dealer_pos_crm.dealer_service.recalls.lookup.call",
		queue="long",
		job_id=f"recalls-{lookup.lookup_key}",
		deduplicate=True,
		enqueue_after_commit=True,
		name=name,
	)


def _moment(value):
	return get_datetime(value) if value else None


def state_of(vehicle: str) -> dict:
	"""For the screen: whether the lookup is on, and what it said last about this kind of car."""
	row = frappe.db.get_value(
		"Dealer Vehicle", vehicle, ["make", "model", "model_year", "company"], as_dict=True
	)
	car = Car(row.make or "", row.model or "", cint(row.model_year))
	if not is_on(row.company) or not car.is_complete:
		return {"on": is_on(row.company), "known": car.is_complete}
	found = frappe.db.get_value(
		"Recall Lookup",
		{"lookup_key": car.key},
		["name", "status", "answered_at", "error", "next_try", "found"],
		as_dict=True,
	)
	return {"on": True, "known": True, **(found or {})}

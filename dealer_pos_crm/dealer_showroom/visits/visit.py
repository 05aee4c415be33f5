"""A visit to the showroom: whoever walks in is on file with a name, and somebody helps them."""

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime, nowdate

from dealer_pos_crm.dealer_setup.acting import action, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_showroom.visits import appointments, consequences, person, steps
from dealer_pos_crm.domain import visit as rules
from dealer_pos_crm.domain.lead_response import How
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Showroom Visit"
VALUES = ("deal", "salesperson", "greeted_by", "notes")
# What its steps write, never a form or a file.
OF_ITS_STEPS = (
	"kind",
	"person_name",
	"left_at",
	"outcome",
	"next_step",
	"turned_over_to",
	"appointment",
	"client_key",
)
FROZEN = ("customer", "lead", "company", "arrived_at", "kind")


def locked(name: str):
	"""The visit as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


def keep(doc) -> None:
	"""Save what a step has changed. The step's own right was checked where it began."""
	doc.flags.of_the_floor = True
	try:
		doc.save()
	finally:
		doc.flags.of_the_floor = False


@once
def start(
	*,
	company: str,
	customer: str | None = None,
	lead: str | None = None,
	name: str | None = None,
	phone: str | None = None,
	email: str | None = None,
	appointment: str | None = None,
	vehicle: str | None = None,
	what: str | None = None,
	by_phone: bool = False,
	client_key: str | None = None,
	**values,
) -> dict:
	"""Somebody is here. Somebody whom nobody knows becomes a Lead of type Walk-in, with name and phone only.

	An appointment is kept by it. The same ``client_key`` again gives the same visit. ``values``: see
	``VALUES``; ``what``: the car they came for, in words. Returns name, kind, lead, customer and remarks.
	"""
	if client_key and (known := frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")):
		return _result(frappe.get_doc(DOCTYPE, known), repeated=True)
	with explained():
		booked = appointments.locked(appointment) if appointment else None
		if booked:
			if booked.visit:
				return _result(frappe.get_doc(DOCTYPE, booked.visit), repeated=True)
			customer, lead = booked.customer or customer, booked.lead or lead
			values["salesperson"] = values.get("salesperson") or booked.salesperson
			values["deal"] = values.get("deal") or booked.deal
			vehicle, company = vehicle or booked.vehicle, booked.company
		if not (customer or lead or values.get("deal")):
			lead, customer = _received(company, name, phone, email, vehicle, what, values.get("salesperson"))
		doc = frappe.new_doc(DOCTYPE)
		doc.update({field: values[field] for field in VALUES if values.get(field) not in (None, "")})
		doc.update(
			{
				"customer": customer,
				"lead": lead,
				"company": company,
				"appointment": appointment,
				"client_key": client_key,
				"kind": rules.PHONE if by_phone else None,
			}
		)
		if vehicle or what:
			doc.append("vehicles", {"vehicle": vehicle, "what": None if vehicle else what})
		doc.flags.of_the_floor = True
		doc.insert()
		doc.flags.of_the_floor = False
	return _result(doc)


def _received(company, name, phone, email, vehicle, what, salesperson) -> tuple[str, str | None]:
	"""The lead of somebody who walked in, and the customer it is when that is certain."""
	from dealer_pos_crm.dealer_crm.leads import receiving

	name, phone = rules.check_contact(name, phone, email)
	first, _blank, last = name.partition(" ")
	lead = receiving.receive(
		{
			"company": company,
			"first_name": first,
			"last_name": last or None,
			"mobile_no": phone or None,
			"email_id": email or None,
			"dealer_lead_type": "Walk-in",
			"dealer_vehicle": vehicle,
			"dealer_wanted": what,
			"lead_owner": salesperson,
		}
	)
	return lead, frappe.db.get_value("Lead", lead, "dealer_customer") or None


def begin(doc) -> None:
	"""What a new visit knows by itself, from a screen or from a form."""
	kept = {
		field: doc.get(field) if doc.flags.of_the_floor else None
		for field in ("appointment", "client_key", "kind")
	}
	wanted = doc.kind
	doc.update(dict.fromkeys(OF_ITS_STEPS))
	doc.update(kept)
	person.settle(doc)
	doc.arrived_at = get_datetime(doc.arrived_at or now_datetime()).replace(microsecond=0)
	if doc.arrived_at > now_datetime():
		raise Refused(
			"future", marked("A visit is written down when somebody is here; book an appointment instead")
		)
	if not doc.deal:
		doc.deal = person.working_deal(doc.customer, doc.lead, doc.company)
	if kept["kind"] != rules.PHONE:
		doc.kind = wanted if wanted == rules.PHONE else kind_of(doc)
	doc.salesperson = (
		doc.salesperson or person.salesperson_of(doc.customer, doc.lead, doc.deal) or frappe.session.user
	)
	doc.greeted_by = doc.greeted_by or frappe.session.user
	person.check_salesperson(doc.salesperson)


def kind_of(doc) -> str:
	"""By appointment, a be-back, or a walk-in."""
	return rules.kind_of(
		earlier(doc.customer, doc.lead),
		get_datetime(doc.arrived_at),
		cint(settings_of(doc.company).be_back_days),
		expected=bool(doc.appointment),
	)


def earlier(customer: str | None, lead: str | None) -> list[tuple]:
	"""When the same person was here before, and with what outcome."""
	leads = (
		frappe.get_all("Lead", {"dealer_customer": customer}, pluck="name", order_by="name")
		if customer
		else []
	)
	either = []
	if customer:
		either.append(["customer", "=", customer])
	if lead or leads:
		either.append(["lead", "in", [*leads, *([lead] if lead else [])]])
	if not either:
		return []
	rows = frappe.get_all(
		DOCTYPE,
		filters={"kind": ("!=", rules.PHONE)},
		or_filters=either,
		fields=["arrived_at", "outcome"],
		order_by="arrived_at desc",
		limit=50,
	)
	return [(get_datetime(row.arrived_at), cstr(row.outcome)) for row in rows]


def made(doc) -> None:
	"""What a new visit starts: the timeline, the appointment it keeps, the deal, the lead's clock."""
	texts = {
		rules.WALK_IN: _("Walked in: {0}"),
		rules.BE_BACK: _("Came back: {0}"),
		rules.APPOINTMENT: _("Came by appointment: {0}"),
		rules.PHONE: _("Called the showroom: {0}"),
	}
	steps.step(
		doc,
		"visit.made",
		texts[doc.kind].format(steps.what_of(doc)),
		facts={"kind": doc.kind},
		at=doc.arrived_at,
	)
	if doc.appointment:
		appointments.mark_kept(appointments.locked(doc.appointment), visit=doc.name)
	consequences.answered(doc, how=How.CALL if doc.kind == rules.PHONE else How.VISIT)
	consequences.deal_reached(doc.deal, "Contacted" if doc.kind == rules.PHONE else "Visit")


@action
def end(
	name: str,
	outcome: str,
	*,
	next_step: str | None = None,
	turned_over_to: str | None = None,
	notes: str | None = None,
	left_at=None,
) -> dict:
	"""They leave: how it ended, and what was agreed. A second time with the same outcome changes nothing."""
	doc = locked(name)
	if doc.left_at and doc.outcome == outcome:
		return _result(doc, repeated=True)
	with explained():
		left = get_datetime(left_at or now_datetime()).replace(microsecond=0)
		rules.check_end(doc.name, get_datetime(doc.arrived_at), left, outcome, next_step)
		before = steps.standing(doc, "visit.ended")
		doc.update({"left_at": left, "outcome": outcome, "next_step": cstr(next_step).strip()[:140] or None})
		if turned_over_to:
			doc.turned_over_to = turned_over_to
		if cstr(notes).strip():
			doc.notes = "\n".join(text for text in (cstr(doc.notes).strip(), cstr(notes).strip()) if text)
		keep(doc)
		steps.step(
			doc,
			"visit.ended",
			_("Left the showroom: {0}").format(_(outcome)),
			facts={
				"outcome": outcome,
				"next_step": doc.next_step,
				"turned_over": person.full_name(doc.turned_over_to),
				"kind": doc.kind,
			},
			reverses=before,
			at=left,
		)
	return _result(doc)


@action
def turn_over(name: str, to: str) -> dict:
	"""A manager speaks with them before they leave."""
	doc = locked(name)
	with explained():
		person.check_salesperson(to)
		if doc.turned_over_to != to:
			doc.turned_over_to = to
			keep(doc)
	return _result(doc)


@action
def show_car(
	name: str, *, vehicle: str | None = None, what: str | None = None, interest: str | None = None
) -> dict:
	"""A car that was shown; a second time corrects how interested they were."""
	doc = locked(name)
	with explained():
		if not (vehicle or cstr(what).strip()):
			raise Refused("no_car", marked("Which car? Choose one in stock, or say it in words"))
		row = next((row for row in doc.vehicles if vehicle and row.vehicle == vehicle), None)
		if row is None:
			row = doc.append(
				"vehicles", {"vehicle": vehicle, "what": None if vehicle else cstr(what).strip()}
			)
		row.interest = interest or row.interest
		keep(doc)
	return {**_result(doc), "remarks": appointments.car_remarks(vehicle, doc.customer)}


def here_now(company: str) -> list[dict]:
	"""Who is in the showroom: arrived today and not gone, the one who waits longest first."""
	return _visits(company, {"left_at": ("is", "not set"), "kind": ("!=", rules.PHONE)}, "arrived_at")


def today(company: str) -> list[dict]:
	"""Today's ups, the last one first."""
	return _visits(company, {}, "arrived_at desc")


def _visits(company: str, filters: dict, order: str) -> list[dict]:
	return frappe.get_list(
		DOCTYPE,
		filters={"company": company, "arrived_at": (">=", nowdate()), **filters},
		fields=[
			"name", "kind", "person_name", "customer", "lead", "deal", "arrived_at", "left_at", "salesperson",
			"greeted_by", "turned_over_to", "outcome", "next_step",
		],
		order_by=order,
		limit_page_length=200,
	)  # fmt: skip


def _result(doc, *, repeated: bool = False) -> dict:
	return {
		"name": doc.name,
		"kind": doc.kind,
		"customer": doc.customer,
		"lead": doc.lead,
		"deal": doc.deal,
		"person_name": doc.person_name,
		"left_at": cstr(doc.left_at) or None,
		"repeated": repeated,
	}

"""What the floor's screens show: who is here, which cars are out, an appointment with its chain."""

import frappe
from frappe import _
from frappe.utils import cstr, flt, get_datetime, now_datetime

from dealer_pos_crm.dealer_setup.chain import chain_of
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.dealer_showroom.visits import appointments, drives, person, visit
from dealer_pos_crm.domain import appointment as times
from dealer_pos_crm.domain.showroom_appointment import OPEN, Status, allowed_actions

_CALENDAR = 1000


def now(company: str) -> dict:
	"""Who is in the showroom, the cars that are out, and all who came today."""
	here, ups = visit.here_now(company), visit.today(company)
	out = drives.out_now(company) if frappe.has_permission("Test Drive", "read") else []
	expected = frappe.get_list(
		appointments.DOCTYPE,
		filters=[
			["company", "=", company],
			["status", "in", [status.value for status in OPEN]],
			["starts_at", "between", [frappe.utils.nowdate(), frappe.utils.nowdate()]],
		],
		fields=["name", "person_name", "starts_at", "purpose", "salesperson", "status"],
		order_by="starts_at",
		limit_page_length=100,
	)
	return {
		"at": cstr(now_datetime()),
		"here": here,
		"ups": ups,
		"out": out,
		"expected": expected,
		"people": names_of(in_rows([*here, *ups, *out, *expected], "salesperson", "turned_over_to")),
	}


def of_appointment(name: str) -> dict:
	"""What is possible now, the chain of its times, conflicts, and what happened."""
	doc = frappe.get_doc(appointments.DOCTYPE, name)
	writes = frappe.has_permission(appointments.DOCTYPE, "write", doc)
	actions = allowed_actions(Status(doc.status), has_visit=bool(doc.visit)) if writes else ()
	happened = (
		frappe.get_all(
			"Showroom Log",
			{"reference_doctype": appointments.DOCTYPE, "reference_name": name},
			["kind", "happened_at", "title", "reason", "owner as actor"],
			order_by="name",
		)
		if frappe.has_permission("Showroom Log", "read")
		else []
	)
	is_open = Status(doc.status) in OPEN
	return {
		"actions": [action.value for action in actions],
		"is_open": is_open,
		"may_visit": bool(
			not doc.visit
			and frappe.has_permission("Showroom Visit", "create")
			and (is_open or doc.status == "No-show")
		),
		"chain": chain_of(doc),
		"remarks": appointments.remarks(doc) if is_open else [],
		"happened": happened,
		"what": person.car_text(doc.vehicle) if doc.vehicle else "",
		"people": names_of({doc.salesperson, doc.booked_by, *in_rows(happened, "actor")}),
	}


def before_booking(values: dict) -> dict:
	"""Conflicts of what somebody is about to book, and the person's other appointments."""
	values = frappe._dict(values)
	doc = frappe.new_doc(appointments.DOCTYPE)
	doc.update({field: values.get(field) for field in appointments.BOOKABLE if values.get(field)})
	said: list[str] = []
	if doc.starts_at:
		minutes = times.minutes_of(flt(doc.duration or 1))
		doc.ends_at = times.ends_at(get_datetime(doc.starts_at), minutes, business_hours(doc.company))
		said = appointments.remarks(doc)
	elif doc.vehicle:
		said = appointments.car_remarks(doc.vehicle, doc.customer)
	either = {field: doc.get(field) for field in ("customer", "lead") if doc.get(field)}
	others = (
		frappe.get_list(
			appointments.DOCTYPE,
			filters={"status": ("in", [status.value for status in OPEN])},
			or_filters=either,
			fields=["name", "starts_at", "purpose", "salesperson"],
			order_by="starts_at",
			limit=5,
		)
		if either
		else []
	)
	return {
		"remarks": said,
		"others": others,
		"salesperson": person.salesperson_of(doc.customer, doc.lead, doc.deal),
		"phone": person.phone_of(doc.customer, doc.lead),
	}


def calendar(start: str, end: str, filters: list) -> list[dict]:
	"""The appointments of a span of days; at most a thousand, and a refusal where there are more."""
	rows = frappe.get_list(
		appointments.DOCTYPE,
		filters=[
			*filters,
			["starts_at", "<", end],
			["starts_at", ">=", start],
			["status", "not in", ["Cancelled", "Rescheduled"]],
		],
		fields=["name", "person_name", "purpose", "starts_at", "ends_at", "status", "salesperson"],
		order_by="starts_at, name",
		limit_page_length=_CALENDAR + 1,
	)
	if len(rows) > _CALENDAR:
		frappe.throw(_("More than {0} appointments. Look at a shorter time").format(_CALENDAR))
	people = names_of(in_rows(rows, "salesperson"))
	for row in rows:
		row["title"] = f"{row.person_name or ''} · {_(row.purpose)}"
		row["tooltip"] = people.get(row.salesperson, "")
	return rows

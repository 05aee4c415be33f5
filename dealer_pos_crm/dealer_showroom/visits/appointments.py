"""What a person does with a showroom appointment, from booking to keeping. Each step once, however often clicked."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_setup.acting import action, each_alone, need_key, once
from dealer_pos_crm.dealer_setup.card_numbers import masked
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import companies, settings_of
from dealer_pos_crm.dealer_setup.wording import clock_text
from dealer_pos_crm.dealer_showroom.visits import consequences, person, steps
from dealer_pos_crm.domain import appointment as times
from dealer_pos_crm.domain import showroom_appointment as rules
from dealer_pos_crm.domain.lead_response import How
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked
from dealer_pos_crm.domain.showroom_appointment import Action, Status

DOCTYPE = "Showroom Appointment"
BOOKABLE = (
	"customer", "lead", "deal", "company", "starts_at", "duration", "purpose", "vehicle", "salesperson",
	"channel", "contact_phone", "notes",
)  # fmt: skip
MOVABLE = ("starts_at", "duration", "salesperson", "vehicle")
CONFIRMED_HOW = ("Phone", "Text", "E-mail", "In Person")
# What a confirmation is in the words of a lead's response.
_HOW = {"Phone": How.CALL, "Text": How.TEXT, "E-mail": How.EMAIL, "In Person": How.IN_PERSON}


def locked(name: str):
	"""The appointment as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


@once
def book(client_key: str, **values) -> dict:
	"""Book an appointment. ``values`` are its fields (``BOOKABLE``). The same key again gives the same one.

	Returns name, status and what should be known (remarks).
	"""
	need_key(client_key)
	name = frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")
	if name:
		return _result(frappe.get_doc(DOCTYPE, name), repeated=True)
	doc = frappe.new_doc(DOCTYPE)
	doc.update({field: values[field] for field in BOOKABLE if values.get(field) not in (None, "")})
	doc.client_key = client_key
	doc.flags.told_by_caller = True
	doc.insert()
	return _result(doc)


def booked(doc) -> None:
	"""What a new appointment starts, from a screen or from a form."""
	_tell(doc, "appointment.booked", _("Appointment booked for {0}: {1}"))
	if doc.channel != "Online":  # nobody of the house has spoken with them yet
		consequences.answered(doc, how=How.APPOINTMENT)
	consequences.deal_reached(doc.deal, "Appointment")


@action
def confirm(name: str, how: str) -> dict:
	"""The person said that they will come. ``how``: one of ``CONFIRMED_HOW``."""
	if how not in CONFIRMED_HOW:
		frappe.throw(_("How did they confirm? Choose one of: {0}").format(", ".join(CONFIRMED_HOW)))

	def carry_out(doc) -> None:
		doc.db_set(
			{"status": Status.CONFIRMED.value, "confirmed_at": now_datetime(), "confirmed_how": how},
			notify=True,
		)
		_tell(doc, "appointment.confirmed", _("Confirmed for {0}: {1}"), facts={"how": how})
		consequences.answered(doc, how=_HOW[how])

	return _done_once(name, Action.CONFIRM, carry_out)


@action
def keep(name: str) -> dict:
	"""The person is here. After a no-show that is taken back: they came late, and were not missed."""
	return _done_once(name, Action.KEEP, mark_kept)


def mark_kept(doc, visit: str | None = None) -> None:
	"""Set a locked appointment to Kept, in the caller's transaction. Kept already: only the visit is noted."""
	if visit and doc.visit != visit:
		doc.db_set("visit", visit, notify=True)
	if Status(doc.status) is Status.KEPT:
		return
	was_missed = Status(doc.status) is Status.NO_SHOW
	doc.db_set({"status": Status.KEPT.value, "kept_at": now_datetime(), "missed_at": None}, notify=True)
	_tell(
		doc,
		"appointment.kept",
		_("Came to the appointment of {0}, late: {1}")
		if was_missed
		else _("Came to the appointment of {0}: {1}"),
		reverses=steps.standing(doc, "appointment.missed") if was_missed else None,
	)
	consequences.answered(doc, how=How.VISIT)
	consequences.deal_reached(doc.deal, "Visit")


@action
def miss(name: str) -> dict:
	"""A person says that nobody came: once the time has come; also when Kept was clicked by mistake."""

	def carry_out(doc) -> None:
		times.check_missed(get_datetime(doc.starts_at), now_datetime(), doc.name)
		mark_missed_now(doc)

	return _done_once(name, Action.MISS, carry_out)


def mark_missed_now(doc) -> None:
	"""Set a locked appointment to No-show, in the caller's transaction."""
	was_kept = Status(doc.status) is Status.KEPT
	doc.db_set({"status": Status.NO_SHOW.value, "missed_at": now_datetime(), "kept_at": None}, notify=True)
	_tell(
		doc,
		"appointment.missed",
		_("Did not come to the appointment of {0}: {1}"),
		reverses=steps.standing(doc, "appointment.kept") if was_kept else None,
	)


@action
def cancel(name: str, reason: str) -> dict:
	"""The person will not come."""

	def carry_out(doc) -> None:
		why = masked(check_reason(reason), _("Reason"))
		doc.db_set(
			{"status": Status.CANCELLED.value, "cancelled_at": now_datetime(), "cancel_reason": why[:140]},
			notify=True,
		)
		_tell(doc, "appointment.cancelled", _("Appointment of {0} cancelled: {1}"), reason=why)

	return _done_once(name, Action.CANCEL, carry_out)


@once
def reschedule(name: str, client_key: str, reason: str | None = None, **values) -> dict:
	"""Another time is another appointment: the old one stays on file as Rescheduled, both name each other.

	``values``: starts_at, and what else of ``MOVABLE`` changes. Returns the new one; ``old`` is the first.
	"""
	need_key(client_key)
	old = locked(name)
	made = frappe.db.get_value(
		DOCTYPE, {"client_key": client_key}, ["name", "rescheduled_from"], as_dict=True
	)
	if made:
		if made.rescheduled_from != name:
			frappe.throw(_("This request has the key of another one. Reload the page and try again"))
		return {**_result(frappe.get_doc(DOCTYPE, made.name), repeated=True), "old": name}
	with explained():
		if old.rescheduled_to:
			raise Refused(
				"moved_already",
				marked("{0} was moved already: its new appointment is {1}. Reload the page"),
				old.name,
				old.rescheduled_to,
			)
		rules.after(Action.RESCHEDULE, Status(old.status), old.name, has_visit=bool(old.visit))
		new = _copy_of(old, values, client_key)
		if get_datetime(new.starts_at) == get_datetime(old.starts_at) and old.status != "No-show":
			raise Refused("same_time", marked("{0} is at that time already. Choose another one"), old.name)
	old.db_set("status", Status.RESCHEDULED.value)
	new.insert()
	old.db_set("rescheduled_to", new.name, notify=True)
	_tell(
		old,
		"appointment.rescheduled",
		_("Appointment of {0} moved: {1}"),
		reason=cstr(reason).strip() or None,
		facts={"to": get_datetime(new.starts_at).isoformat(), "to_text": clock_text(new.starts_at)},
	)
	return {**_result(new), "old": old.name}


def _copy_of(old, values: dict, client_key: str):
	if not values.get("starts_at"):
		raise Refused("no_time", marked("To when? Choose the new time"))
	new = frappe.copy_doc(old)
	new.update({field: values[field] for field in MOVABLE if values.get(field) not in (None, "")})
	new.client_key = client_key
	new.flags.told_by_caller = True
	new.flags.rescheduled_from = old.name
	return new


# --- By itself -------------------------------------------------------------------------------------------


def mark_missed() -> None:
	"""Whoever did not come within the grace time is a no-show. Every five minutes; each a piece of work."""
	for company in companies():
		grace = cint(settings_of(company).showroom_no_show_grace)
		overdue = frappe.get_all(
			DOCTYPE,
			{
				"company": company,
				"status": ("in", [status.value for status in rules.OPEN]),
				"starts_at": ("<=", now_datetime() - timedelta(minutes=max(grace, 0))),
			},
			pluck="name",
			order_by="starts_at, name",
		)
		each_alone(
			DOCTYPE,
			overdue,
			partial(_miss_by_itself, grace=grace),
			"Appointment {0} could not be marked as missed",
		)


@action
def _miss_by_itself(name: str, grace: int) -> None:
	doc = locked(name)
	due = times.missed_since(get_datetime(doc.starts_at), grace) <= now_datetime()
	if Status(doc.status) in rules.OPEN and not doc.visit and due:
		mark_missed_now(doc)


# --- What whoever books should know ----------------------------------------------------------------------


def remarks(doc) -> list[str]:
	"""Conflicts with other appointments, and what is known of the car: told, they keep nobody from booking."""
	mine, cars = rules.conflicts(_slot(doc), _others(doc))
	said = [
		_("{0} has another appointment then: {1}, {2}").format(
			names_of([doc.salesperson]).get(doc.salesperson, doc.salesperson),
			get_link_to_form(DOCTYPE, other.name),
			clock_text(other.starts_at),
		)
		for other in mine
	]
	said += [
		_("{0} is promised to somebody else then: {1}, {2}").format(
			person.car_text(doc.vehicle), get_link_to_form(DOCTYPE, other.name), clock_text(other.starts_at)
		)
		for other in cars
	]
	return said + car_remarks(doc.vehicle, doc.customer)


def car_remarks(vehicle: str | None, customer: str | None) -> list[str]:
	"""A car that is sold, held for somebody else, or out on a test drive."""
	if not vehicle:
		return []
	car = frappe.db.get_value(
		"Dealer Vehicle", vehicle, ["title", "status", "held_for", "hold_until"], as_dict=True
	)
	if not car:
		return []
	said = []
	if car.status in ("Sold", "Customer-owned"):
		said.append(_("{0} is {1}: it is not ours to sell").format(car.title, _(car.status)))
	if car.held_for and car.held_for != customer:
		said.append(
			_("{0} is held for {1} until {2}").format(
				car.title,
				person.name_of(car.held_for, None),
				clock_text(car.hold_until) if car.hold_until else "-",
			)
		)
	if out := frappe.db.get_value(
		"Test Drive", {"out_vehicle": vehicle}, ["name", "due_back_at"], as_dict=True
	):
		said.append(
			_("{0} is out on a test drive ({1}), due back {2}").format(
				car.title,
				get_link_to_form("Test Drive", out.name),
				clock_text(out.due_back_at) if out.due_back_at else "-",
			)
		)
	return said


def _slot(doc) -> rules.Slot:
	return rules.Slot(
		cstr(doc.name),
		get_datetime(doc.starts_at),
		get_datetime(doc.ends_at or doc.starts_at),
		doc.salesperson,
		doc.vehicle,
	)


def _others(doc) -> list[rules.Slot]:
	"""Open appointments that day of the salesperson, or with the car."""
	either = {
		field: value for field, value in (("salesperson", doc.salesperson), ("vehicle", doc.vehicle)) if value
	}
	if not either:
		return []
	rows = frappe.get_all(
		DOCTYPE,
		filters={
			"status": ("in", [status.value for status in rules.OPEN]),
			"starts_at": ("<", doc.ends_at),
			"ends_at": (">", doc.starts_at),
			"name": ("!=", doc.name or ""),
		},
		or_filters=either,
		fields=["name", "starts_at", "ends_at", "salesperson", "vehicle"],
		order_by="starts_at, name",
		limit=20,
	)
	return [rules.Slot(**row) for row in rows]


# --- Telling ---------------------------------------------------------------------------------------------


def facts_of(doc) -> dict:
	"""The facts that every step of an appointment carries."""
	starts_at = get_datetime(doc.starts_at)
	return {
		"starts_at": starts_at.isoformat(),
		"starts_at_text": clock_text(starts_at),
		"concern": doc.purpose,
		"lead_hours": times.lead_hours(get_datetime(doc.creation), starts_at),
	}


def _tell(doc, kind: str, title: str, *, facts: dict | None = None, **more) -> str:
	about = steps.what_of(doc) if doc.vehicle else _(doc.purpose)
	return steps.step(
		doc,
		kind,
		title.format(clock_text(doc.starts_at), about),
		facts={**facts_of(doc), **(facts or {})},
		**more,
	)


def _done_once(name: str, wanted: Action, carry_out: Callable) -> dict:
	"""Carry an action out on a locked appointment; what was done already is not done again."""
	doc = locked(name)
	status = Status(doc.status)
	if rules.is_done(wanted, status):
		return _result(doc, repeated=True)
	with explained():
		rules.after(wanted, status, doc.name, has_visit=bool(doc.visit))
		carry_out(doc)
	return _result(doc)


def _result(doc, *, repeated: bool = False) -> dict:
	return {
		"name": doc.name,
		"status": doc.status,
		"starts_at": cstr(doc.starts_at),
		"remarks": [] if repeated or Status(doc.status) not in rules.OPEN else remarks(doc),
		"repeated": repeated,
	}

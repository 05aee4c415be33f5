"""What a person does with an appointment, from booking to arriving. Each step once, however often clicked."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_service.appointments import checks, declined_rows, load, steps
from dealer_pos_crm.dealer_service.appointments.alone import lock_vehicle, locked
from dealer_pos_crm.dealer_setup.acting import action, each_alone, need_key, once
from dealer_pos_crm.dealer_setup.card_numbers import masked
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.settings import companies, settings_of
from dealer_pos_crm.domain import appointment as rules
from dealer_pos_crm.domain.appointment import Action, Status
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

BOOKABLE = (
	"customer",
	"vehicle",
	"company",
	"starts_at",
	"duration",
	"team",
	"advisor",
	"concern",
	"contact_phone",
	"contact_by",
	"transport",
	"channel",
	"notes",
)
JOB_FIELDS = ("service_name", "labor_operation", "hours", "price", "declined_service")
CONFIRMED_HOW = ("Phone", "Text", "E-mail", "In Person", "Portal")
MOVABLE = ("starts_at", "duration", "team", "advisor")


@once
def book(client_key: str, jobs: list[dict] | None = None, **values) -> dict:
	"""Book an appointment. ``values`` are its fields (``BOOKABLE``), ``jobs`` rows with ``JOB_FIELDS``.

	The same key again gives the same appointment. Returns name, status and what should be known (remarks).
	"""
	return _book(client_key, jobs, values)


def book_with_sale(client_key: str, jobs: list[dict], **values) -> dict:
	"""The same in the transaction of a delivered car; the right to deliver it was checked."""
	return _book(client_key, jobs, values, of_a_sale=True)


def _book(client_key: str, jobs: list[dict] | None, values: dict, *, of_a_sale: bool = False) -> dict:
	need_key(client_key)
	lock_vehicle(values.get("vehicle"))  # before anything is read: a double click waits here
	name = frappe.db.get_value(steps.DOCTYPE, {"client_key": client_key}, "name")
	if name:
		return _result(frappe.get_doc(steps.DOCTYPE, name), repeated=True)
	doc = frappe.new_doc(steps.DOCTYPE)
	doc.update({field: values[field] for field in BOOKABLE if values.get(field) not in (None, "")})
	doc.client_key = client_key
	for row in jobs or []:
		doc.append("jobs", {field: row.get(field) for field in JOB_FIELDS})
	doc.flags.told_by_caller = True
	doc.insert(ignore_permissions=of_a_sale)
	return _result(doc)


@action
def confirm(name: str, how: str) -> dict:
	"""The customer said that they will come. ``how``: one of ``CONFIRMED_HOW``."""
	if how not in CONFIRMED_HOW:
		frappe.throw(_("How did the customer confirm? Choose one of: {0}").format(", ".join(CONFIRMED_HOW)))

	def carry_out(doc) -> None:
		doc.db_set({"status": Status.CONFIRMED.value, "confirmed_at": now_datetime(), "confirmed_how": how})
		steps.step(doc, "appointment.confirmed", _("Confirmed for {0}: {1}"), facts={"how": how})

	return _done_once(name, Action.CONFIRM, carry_out)


@action
def arrive(name: str) -> dict:
	"""The customer is here. After a no-show that is taken back: they came late, and were not missed."""
	return _done_once(name, Action.ARRIVE, mark_arrived)


def mark_arrived(doc) -> None:
	"""Set a locked appointment to Arrived, in the caller's transaction. Done already: nothing happens."""
	if Status(doc.status) is Status.ARRIVED:
		return
	was_missed = Status(doc.status) is Status.NO_SHOW
	doc.db_set({"status": Status.ARRIVED.value, "arrived_at": now_datetime(), "missed_at": None}, notify=True)
	steps.step(
		doc,
		"appointment.kept",
		_("Came to the appointment of {0}, late: {1}")
		if was_missed
		else _("Came to the appointment of {0}: {1}"),
		reverses=steps.last_of(doc, "appointment.missed") if was_missed else None,
	)
	if was_missed:
		declined_rows.book_again(doc)


@action
def miss(name: str) -> dict:
	"""A person says that nobody came: once the time has come; also when Arrived was clicked by mistake."""

	def carry_out(doc) -> None:
		rules.check_missed(get_datetime(doc.starts_at), now_datetime(), doc.name)
		mark_missed_now(doc)

	return _done_once(name, Action.MISS, carry_out)


def mark_missed_now(doc) -> None:
	"""Set a locked appointment to No-show, in the caller's transaction."""
	had_arrived = Status(doc.status) is Status.ARRIVED
	doc.db_set({"status": Status.NO_SHOW.value, "missed_at": now_datetime(), "arrived_at": None}, notify=True)
	steps.step(
		doc,
		"appointment.missed",
		_("Did not come to the appointment of {0}: {1}"),
		reverses=steps.last_of(doc, "appointment.kept") if had_arrived else None,
	)
	declined_rows.unbook(doc)


@action
def cancel(name: str, reason: str) -> dict:
	"""The customer will not come. Declined work that was booked with it is open again."""

	def carry_out(doc) -> None:
		why = masked(check_reason(reason), _("Reason"))
		doc.db_set(
			{"status": Status.CANCELLED.value, "cancelled_at": now_datetime(), "cancel_reason": why[:140]},
			notify=True,
		)
		steps.step(doc, "appointment.cancelled", _("Appointment of {0} cancelled: {1}"), reason=why)
		declined_rows.unbook(doc)

	return _done_once(name, Action.CANCEL, carry_out)


@once
def reschedule(name: str, client_key: str, reason: str | None = None, **values) -> dict:
	"""Another time is another appointment: the old one stays on file as Rescheduled, both name each other.

	``values``: starts_at, and duration, team, advisor where they change. Its work, declined work included,
	goes along. Returns the new appointment; ``old`` is the name of the first.
	"""
	need_key(client_key)
	old = locked(name)
	made = frappe.db.get_value(
		steps.DOCTYPE, {"client_key": client_key}, ["name", "rescheduled_from"], as_dict=True
	)
	if made:
		if made.rescheduled_from != name:
			frappe.throw(_("This request has the key of another one. Reload the page and try again"))
		return {**_result(frappe.get_doc(steps.DOCTYPE, made.name), repeated=True), "old": name}
	with explained():
		_check_not_moved_already(old)
		rules.after(Action.RESCHEDULE, Status(old.status), old.name, has_order=bool(order_of(old)))
		new = _copy_of(old, values, client_key)
		if get_datetime(new.starts_at) == get_datetime(old.starts_at) and old.status != "No-show":
			raise Refused("same_time", marked("{0} is at that time already. Choose another one"), old.name)
	was_missed = Status(old.status) is Status.NO_SHOW
	old.db_set("status", Status.RESCHEDULED.value)
	if not was_missed:
		declined_rows.unbook(old)
	new.insert()
	old.db_set("rescheduled_to", new.name, notify=True)
	steps.step(
		old,
		"appointment.rescheduled",
		_("Appointment of {0} moved: {1}"),
		reason=cstr(reason).strip() or None,
		facts={"to": get_datetime(new.starts_at).isoformat(), "to_text": steps.clock_text(new.starts_at)},
	)
	return {**_result(new), "old": old.name}


@action
def assign(name: str, team: str | None = None, advisor: str | None = None) -> dict:
	"""Give an appointment to another team or advisor; its time stays."""
	doc = locked(name)
	for field, value in (("team", team), ("advisor", advisor)):
		if value is not None:
			doc.set(field, value or None)
	doc.flags.told_by_caller = True
	doc.save()
	return _result(doc)


def with_order(name: str, order: str) -> None:
	"""The customer came and this repair order was opened: in the caller's transaction, as often as one likes."""
	doc = frappe.get_doc(steps.DOCTYPE, name, for_update=True)
	if doc.repair_order != order:
		doc.db_set("repair_order", order, notify=True)
	mark_arrived(doc)


def order_of(doc) -> str | None:
	"""The repair order of an appointment, if one was opened and stands."""
	return frappe.db.get_value(
		"Repair Order", {"appointment": doc.name, "status": ("!=", "Cancelled")}, "name"
	)


def mark_missed() -> None:
	"""Whoever did not come within the grace time is a no-show. Every five minutes; each a piece of work."""
	for company in companies():
		grace = cint(settings_of(company).no_show_grace)
		each_alone(
			steps.DOCTYPE,
			_overdue(company, grace),
			partial(_miss_by_itself, grace=grace),
			"Appointment {0} could not be marked as missed",
		)


def _overdue(company: str, grace: int) -> list[str]:
	return frappe.get_all(
		steps.DOCTYPE,
		{
			"company": company,
			"status": ("in", [status.value for status in rules.OPEN]),
			"starts_at": ("<=", now_datetime() - timedelta(minutes=max(grace, 0))),
		},
		pluck="name",
		order_by="starts_at, name",
	)


@action
def _miss_by_itself(name: str, grace: int) -> None:
	doc = locked(name)
	has_order = bool(order_of(doc))
	if rules.is_missed(
		Status(doc.status), get_datetime(doc.starts_at), now_datetime(), grace, has_order=has_order
	):
		mark_missed_now(doc)


def _done_once(name: str, wanted: Action, carry_out: Callable) -> dict:
	"""Carry an action out on a locked appointment; what was done already is not done again."""
	doc = locked(name)
	status = Status(doc.status)
	if rules.is_done(wanted, status):
		return _result(doc, repeated=True)
	with explained():
		rules.after(wanted, status, doc.name, has_order=bool(order_of(doc)))
		carry_out(doc)
	return _result(doc)


def _check_not_moved_already(doc) -> None:
	if doc.rescheduled_to:
		raise Refused(
			"moved_already",
			marked("{0} was moved already: its new appointment is {1}. Reload the page"),
			doc.name,
			doc.rescheduled_to,
		)


def _copy_of(old, values: dict, client_key: str):
	new = frappe.copy_doc(old)
	new.update({field: values[field] for field in MOVABLE if values.get(field) not in (None, "")})
	if not values.get("starts_at"):
		raise Refused("no_time", marked("To when? Choose the new time"))
	new.update(
		{
			"status": Status.BOOKED.value,
			"rescheduled_from": old.name,
			"client_key": client_key,
		}
	)
	new.flags.told_by_caller = True
	new.flags.rescheduled_from = old.name
	return new


def _result(doc, *, repeated: bool = False) -> dict:
	found = None if repeated else load.of_team(doc.company, get_datetime(doc.starts_at).date(), doc.team)
	return {
		"name": doc.name,
		"status": doc.status,
		"starts_at": cstr(doc.starts_at),
		"remarks": [] if repeated else checks.remarks(doc, found),
		"load": found,
		"repeated": repeated,
	}

"""Test drives: who may drive, which car is out, and when it came back."""

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, cstr, get_datetime, get_link_to_form, getdate, now_datetime

from dealer_pos_crm.dealer_setup.acting import action, once
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import MANAGER, SALES_MANAGER
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.dealer_setup.wording import clock_text
from dealer_pos_crm.dealer_showroom import holds, odometer
from dealer_pos_crm.dealer_showroom.visits import appointments, consequences, person, steps
from dealer_pos_crm.domain import test_drive as rules
from dealer_pos_crm.domain.lead_response import How
from dealer_pos_crm.domain.reasons import check_reason
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

DOCTYPE = "Test Drive"
OUT, BACK, CANCELLED = "Out", "Back", "Cancelled"
VALUES = (
	"customer", "lead", "deal", "visit", "vehicle", "company", "salesperson", "due_back_at", "mileage_out",
	"dealer_plate", "licence_seen", "licence_valid_until", "licence_country", "insurance_seen", "accompanied",
	"notes",
)  # fmt: skip
# What its steps write, never a form or a file.
OF_ITS_STEPS = (
	"status", "person_name", "back_at", "mileage_in", "licence_checked_by", "licence_checked_at", "override_by",
	"override_reason", "cancel_reason", "client_key", "out_vehicle",
)  # fmt: skip
FROZEN = (
	"customer", "lead", "vehicle", "company", "out_at", "mileage_out", "licence_seen", "licence_valid_until",
	"licence_country", "salesperson",
)  # fmt: skip
DECIDES = frozenset({SALES_MANAGER, MANAGER, "System Manager"})


def locked(name: str):
	"""The drive as it is now, kept from others until the end of this transaction."""
	return frappe.get_doc(DOCTYPE, name, for_update=True)


@once
def take(*, client_key: str | None = None, override_reason: str | None = None, **values) -> dict:
	"""A car leaves with somebody. ``values``: see ``VALUES``; ``override_reason`` is a manager's word for
	a licence that has expired. The same ``client_key`` again gives the same drive.

	Raises ``DealerRefusal``: no licence seen, expired, the car is out already.
	"""
	holds.lock(values.get("vehicle"))  # before anything is read: who comes second waits here
	if client_key and (known := frappe.db.get_value(DOCTYPE, {"client_key": client_key}, "name")):
		return result(frappe.get_doc(DOCTYPE, known), repeated=True)
	doc = frappe.new_doc(DOCTYPE)
	doc.update({field: values[field] for field in VALUES if values.get(field) not in (None, "")})
	doc.update({"client_key": client_key, "override_reason": override_reason})
	doc.flags.of_the_floor = True
	doc.insert()
	doc.flags.of_the_floor = False
	return result(doc)


def begin(doc) -> None:
	"""What a new drive must fulfil, from a screen or from a form."""
	kept = {
		field: doc.get(field) if doc.flags.of_the_floor else None
		for field in ("client_key", "override_reason")
	}
	doc.update(dict.fromkeys(OF_ITS_STEPS))
	doc.update(kept)
	if doc.visit:
		found = frappe.db.get_value(
			"Showroom Visit", doc.visit, ["customer", "lead", "deal", "salesperson"], as_dict=True
		)
		for field, value in (found or {}).items():
			doc.set(field, doc.get(field) or value)
	person.settle(doc)
	if not doc.deal:
		doc.deal = person.working_deal(doc.customer, doc.lead, doc.company)
	doc.salesperson = (
		doc.salesperson or person.salesperson_of(doc.customer, doc.lead, doc.deal) or frappe.session.user
	)
	person.check_salesperson(doc.salesperson)
	now = now_datetime().replace(microsecond=0)
	doc.status, doc.out_at = OUT, now
	minutes = cint(settings_of(doc.company).test_drive_minutes) or 45
	doc.due_back_at = get_datetime(doc.due_back_at or add_to_date(now, minutes=minutes))
	rules.check_times(now, doc.due_back_at)
	_check_licence(doc, now)
	holds.lock(doc.vehicle)
	_check_not_out(doc)
	doc.out_vehicle = doc.vehicle
	last = odometer.last_of(doc.vehicle)
	doc.mileage_out = cint(doc.mileage_out) or last


def _check_licence(doc, now) -> None:
	by_word = rules.check_licence(
		bool(cint(doc.licence_seen)),
		getdate(doc.licence_valid_until) if doc.licence_valid_until else None,
		getdate(now),
		override=doc.override_reason,
	)
	if by_word:
		if not DECIDES & set(frappe.get_roles()):
			raise Refused(
				"needs_manager", marked("Only a sales manager lets somebody drive with an expired licence")
			)
		doc.override_by = frappe.session.user
	else:
		doc.override_reason = None
	doc.licence_checked_by = frappe.session.user
	doc.licence_checked_at = now


def _check_not_out(doc) -> None:
	rows = frappe.db.sql(
		"""select name, salesperson, due_back_at from `tabTest Drive` where out_vehicle = %s
		lock in share mode""",
		doc.vehicle,
		as_dict=True,
	)
	for row in rows:
		if row.name != doc.name:
			raise Refused(
				"car_is_out",
				marked(
					"{0} is out already: {1} with {2}, due back {3}. Take it back first, or choose another car"
				),
				person.car_text(doc.vehicle),
				get_link_to_form(DOCTYPE, row.name),
				person.full_name(row.salesperson) or "-",
				clock_text(row.due_back_at) if row.due_back_at else "-",
			)


def left(doc) -> None:
	"""The car is out: the timeline, the odometer, the deal and the lead know."""
	if cint(doc.mileage_out) and cint(doc.mileage_out) != odometer.last_of(doc.vehicle):
		odometer.write(doc.vehicle, f"{doc.name} out", doc.mileage_out, on=getdate(doc.out_at))
	steps.step(
		doc,
		"test_drive.taken",
		_("Test drive: {0}").format(steps.what_of(doc)),
		facts={
			"due_at": get_datetime(doc.due_back_at).isoformat(timespec="minutes"),
			"decided_by": person.full_name(doc.override_by),
		},
		reason=doc.override_reason or None,
		at=doc.out_at,
	)
	consequences.answered(doc, how=How.VISIT)
	consequences.deal_reached(doc.deal, "Visit")


@action
def back(name: str, mileage_in: int, *, feedback: str | None = None, notes: str | None = None) -> dict:
	"""The car is back, with its odometer read."""
	doc = locked(name)
	if doc.status == BACK:
		return result(doc, repeated=True)
	with explained():
		_check_out(doc)
		rules.check_back(doc.name, cint(doc.mileage_out), cint(mileage_in))
		doc.update(
			{"status": BACK, "back_at": now_datetime().replace(microsecond=0), "mileage_in": cint(mileage_in)}
		)
		doc.out_vehicle = None
		for field, text in (("feedback", feedback), ("notes", notes)):
			if cstr(text).strip():
				doc.set(
					field,
					"\n".join(part for part in (cstr(doc.get(field)).strip(), cstr(text).strip()) if part),
				)
		_keep(doc)
		odometer.write(doc.vehicle, f"{doc.name} back", cint(mileage_in), on=getdate(doc.back_at))
		driven = cint(mileage_in) - cint(doc.mileage_out)
		steps.step(
			doc,
			"test_drive.returned",
			_("Back from the test drive: {0}").format(steps.what_of(doc)),
			facts={"miles": str(driven) if cint(doc.mileage_out) else None},
		)
	return result(doc)


@action
def cancel(name: str, reason: str) -> dict:
	"""The drive did not take place: the car never left, or the wrong one was written down."""
	doc = locked(name)
	if doc.status == CANCELLED:
		return result(doc, repeated=True)
	with explained():
		_check_out(doc)
		why = check_reason(reason)
		taken = steps.standing(doc, "test_drive.taken")
		doc.update({"status": CANCELLED, "cancel_reason": why[:140], "out_vehicle": None})
		_keep(doc)
		steps.step(
			doc,
			"test_drive.returned",
			_("Test drive did not take place: {0}").format(steps.what_of(doc)),
			reason=why,
			reverses=taken,
		)
	return result(doc)


def _check_out(doc) -> None:
	if doc.status != OUT:
		raise Refused("not_out", marked("{0} is {1}: the car is not out"), doc.name, _(doc.status))


def _keep(doc) -> None:
	doc.flags.of_the_floor = True
	try:
		doc.save()
	finally:
		doc.flags.of_the_floor = False


def out_now(company: str) -> list[dict]:
	"""Cars that are out, the one that is due first on top; ``overdue`` says which are late."""
	now = now_datetime()
	rows = frappe.get_list(
		DOCTYPE,
		filters={"company": company, "status": OUT},
		fields=["name", "vehicle", "person_name", "salesperson", "out_at", "due_back_at", "mileage_out"],
		order_by="due_back_at",
		limit_page_length=200,
	)
	for row in rows:
		row["what"] = person.car_text(row.vehicle)
		row["overdue"] = rules.is_overdue(OUT, row.due_back_at, now)
	return rows


def remarks(doc) -> list[str]:
	"""What should be known of the car, although it keeps nobody from driving."""
	return [text for text in appointments.car_remarks(doc.vehicle, doc.customer) if doc.name not in text]


def result(doc, *, repeated: bool = False) -> dict:
	return {
		"name": doc.name,
		"status": doc.status,
		"due_back_at": cstr(doc.due_back_at),
		"remarks": [] if repeated or doc.status != OUT else remarks(doc),
		"repeated": repeated,
	}

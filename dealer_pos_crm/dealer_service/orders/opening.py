"""A repair order begins: from an appointment, once however often clicked, or from a car that drives in."""

from collections.abc import Iterable

import frappe
from frappe import _
from frappe.utils import cint, cstr, get_link_to_form, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, rounded
from dealer_pos_crm.dealer_service.orders import answers, jobs, mileage, pricing, telling
from dealer_pos_crm.dealer_service.orders.order import (
	DOCTYPE,
	keep,
	locked,
	money,
	standing_step,
	step,
)
from dealer_pos_crm.dealer_setup.acting import action
from dealer_pos_crm.dealer_setup.refusals import explained
from dealer_pos_crm.dealer_setup.roles import ADVISOR
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.money import total
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.domain.refusal import _ as marked

# What the person at check-in says about the visit.
VALUES = (
	"advisor", "tag", "promised_at", "mileage_in", "mileage_explanation", "fuel_level", "concern",
	"damage_notes", "contact_phone", "contact_by", "tax_template", "insurer", "deductible", "comeback_of",
	"comeback_reason",
)  # fmt: skip
SUBJECT = ("customer", "vehicle", "company", "appointment")
LISTS = ("works", "declined", "photos")
CONSENT = ("authorised_by", "authorised_how", "authorised_phone", "authorised_amount")
_OPENS = frozenset({"Booked", "Confirmed", "Arrived", "No-show"})


@action
def open_order(
	*,
	customer: str,
	vehicle: str,
	company: str,
	appointment: str | None = None,
	client_key: str | None = None,
	works: Iterable[dict] | None = None,
	declined: Iterable[str] = (),
	photos: Iterable[dict] = (),
	authorised_by: str | None = None,
	authorised_how: str = "In Person",
	authorised_phone: str | None = None,
	authorised_amount: float | None = None,
	**values,
) -> str:
	"""Open a repair order and return its name: once per appointment, once per ``client_key``.

	``works``: dicts of what ``jobs.add_job`` takes; from an appointment its own work comes by itself, also
	declined work that was booked. ``declined``: names of Declined Services taken up again at the counter.
	``authorised_by``: the person who agrees now to all of it; else each job is Pending. ``authorised_amount``
	(major units) is the total they were shown: refused, with the new one, when it comes to something else.
	``values``: see ``VALUES``. Raises ``DealerRefusal`` and says what is missing.
	"""
	try:
		with explained():
			return _open(
				customer, vehicle, company, appointment, client_key, works, declined, photos,
				(authorised_by, authorised_how, authorised_phone, authorised_amount), values,
			)  # fmt: skip
	except (frappe.UniqueValidationError, frappe.DuplicateEntryError):
		# The same request at the same instant came first.
		frappe.db.rollback()
		frappe.clear_messages()
		known = known_order(appointment, client_key)
		if not known:
			raise
		return known


def known_order(appointment: str | None, client_key: str | None) -> str | None:
	"""The order that this appointment or this request led to already."""
	for field, value in (("appointment", appointment), ("client_key", client_key)):
		if value and (name := frappe.db.get_value(DOCTYPE, {field: value}, "name")):
			return name
	return None


def _open(
	customer, vehicle, company, appointment, client_key, works, declined, photos, consent, values
) -> str:
	booked = None
	if appointment:
		booked = frappe.get_doc("Service Appointment", appointment, for_update=True)
	known = known_order(appointment, client_key)
	if known:
		_refuse_cancelled(known)
		return known
	if booked:
		if booked.status not in _OPENS:
			raise Refused(
				"appointment_status",
				marked("Appointment {0} is {1}; book a new one, or open the order as a walk-in"),
				booked.name,
				_(booked.status),
			)
		customer = customer or booked.customer
		vehicle = vehicle or booked.vehicle
		for field in ("advisor", "concern", "contact_phone", "contact_by"):
			values[field] = values.get(field) or booked.get(field)
	order = frappe.new_doc(DOCTYPE)
	order.update({field: values[field] for field in VALUES if values.get(field) not in (None, "")})
	order.update(
		{
			"customer": customer,
			"vehicle": vehicle,
			"company": company or (booked.company if booked else None),
			"appointment": appointment,
			"client_key": client_key,
		}
	)
	for photo in photos:
		order.append("photos", {"image": photo.get("image"), "note": photo.get("note")})
	order.flags.of_the_lane = True
	order.insert()
	order.flags.of_the_lane = False
	if _add_works(order, booked, works, declined):
		keep(order)
		_consent(order, *consent)
	if booked:
		_arrived(booked, order)
	return order.name


def _refuse_cancelled(order_name: str) -> None:
	if frappe.db.get_value(DOCTYPE, order_name, "status") == rules.Status.CANCELLED.value:
		raise Refused(
			"order_cancelled",
			marked("{0} was opened for this and cancelled. Reopen it, or open a new order as a walk-in"),
			order_name,
		)


def _add_works(order, booked, works, declined) -> bool:
	"""The jobs of a new order. Whether there are any."""
	taken = set()
	for row in booked.jobs if booked else ():
		taken.add(row.declined_service)
		jobs.add_job(
			order,
			title=row.service_name,
			labor_operation=row.labor_operation,
			hours=row.hours or None,
			price=row.price or None,
			declined_service=row.declined_service,
			origin="Declined Before" if row.declined_service else "Appointment",
			concern=booked.concern,
		)
	for name in declined:
		if name not in taken:
			jobs.add_declined(order, name)
	for work in works or ():
		jobs.add_job(order, **{"origin": "At Opening", **work})
	return bool(order.jobs)


def preview(company: str, booked) -> list[dict]:
	"""What the work of an appointment will cost on its order: as the order itself would say it."""
	order = frappe.new_doc(DOCTYPE)
	order.update({"company": company, "vehicle": booked.vehicle, "currency": company_currency(company)})
	order.status = rules.Status.OPEN.value
	_add_works(order, booked, (), ())
	pricing.set_amounts(order)
	return [
		{
			"title": row.title,
			"labor_operation": row.labor_operation,
			"declined_service": row.declined_service,
			"price": row.amount,
			"currency": order.currency,
		}
		for row in order.jobs
	]


def _consent(order, by: str | None, how: str, phone: str | None, shown: float | None) -> None:
	"""The customer at the counter agrees to the work as it stands on the order."""
	if not cstr(by).strip():
		return
	fresh = locked(order.name)
	costs = total((money(fresh, row.amount) for row in fresh.jobs), fresh.currency)
	if shown is not None and rounded(shown, fresh.currency) != costs:
		raise Refused(
			"amount_outdated",
			marked(
				"The work comes to {0} now, not {1}. Tell the customer the new price, then check in again"
			),
			costs,
			rounded(shown, fresh.currency),
		)
	for row in fresh.jobs:
		answers.give(
			fresh,
			row,
			rules.Answer.APPROVED,
			how=how,
			by=cstr(by),
			phone=phone,
			amount_shown=money(fresh, row.amount),
		)
	keep(fresh)
	order.reload()


def _arrived(booked, order) -> None:
	from dealer_pos_crm.dealer_service.appointments import book

	book.with_order(booked.name, order.name)


def begin(order) -> None:
	"""What a new order starts with, from a screen or from a form."""
	if not order.flags.of_the_lane:
		order.update({"appointment": None, "client_key": None, "estimate_number": None})
	order.update(
		{
			"status": rules.Status.OPEN.value,
			"opened_at": now_datetime().replace(microsecond=0),
			"payment_status": "Not Invoiced",
			"save_count": 0,
			"last_job_no": 0,
			**dict.fromkeys(("invoiced_total", "paid_total", "outstanding"), 0),
		}
	)
	order.status_since = order.opened_at
	if not order.customer or not order.vehicle:
		return  # refused, in words, by its checks
	settings_of(order.company)
	_check_customer(order)
	_check_owner(order)
	_set_advisor(order)
	if not order.contact_phone:
		order.contact_phone = frappe.db.get_value("Customer", order.customer, "mobile_no")
	if not order.tax_template:
		order.tax_template = settings_of(order.company).service_tax_template


def _check_customer(order) -> None:
	if frappe.db.get_value("Customer", order.customer, "disabled"):
		raise Refused(
			"customer_disabled",
			marked("Customer {0} is disabled. Enable it, or choose the one it was replaced by"),
			order.customer,
		)


def _check_owner(order) -> None:
	"""A car can come with somebody else than its owner; the advisor should know that it does."""
	owner = frappe.db.get_value("Dealer Vehicle", order.vehicle, "customer")
	if owner and owner != order.customer:
		name = frappe.db.get_value("Customer", owner, "customer_name") or owner
		frappe.msgprint(
			_("{0} belongs to {1} in our books, not to {2}. Correct the owner there if it was sold").format(
				get_link_to_form("Dealer Vehicle", order.vehicle),
				frappe.bold(name),
				frappe.db.get_value("Customer", order.customer, "customer_name") or order.customer,
			),
			indicator="orange",
			alert=True,
		)


def _set_advisor(order) -> None:
	if order.advisor:
		return
	owner = frappe.db.get_value("Customer", order.customer, "dealer_service_owner")
	mine = ADVISOR in frappe.get_roles() and frappe.session.user != "Administrator"
	order.advisor = frappe.session.user if mine else (owner or frappe.session.user)


def opened(order) -> None:
	"""The order is in the books: tell it, keep the odometer, and let the advisor look after the customer."""
	if cint(order.mileage_in):
		mileage.write(order, mileage.IN, cint(order.mileage_in), explanation=cstr(order.mileage_explanation))
	step(order, "ro.opened", at=order.opened_at, reason=order.comeback_reason if order.comeback_of else None)
	if order.promised_at:
		telling.promised(order)
	for row in order.jobs:
		telling.recommended(order, row)
	if order.advisor and not frappe.db.get_value("Customer", order.customer, "dealer_service_owner"):
		frappe.db.set_value(
			"Customer", order.customer, "dealer_service_owner", order.advisor, update_modified=False
		)


def undone(order) -> None:
	"""An order that is deleted never was: what was told is taken back, its appointment is free again."""
	step(
		order,
		"ro.cancelled",
		title=_("Repair order {0} deleted: {1}").format(order.name, order.vehicle_title or order.vehicle),
		reverses=standing_step(order.name, "ro.opened"),
	)
	if order.appointment:
		frappe.db.set_value("Service Appointment", order.appointment, "repair_order", None)

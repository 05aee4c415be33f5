"""What several prints of the lane say alike: whose car it is, which, and what was declined."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, cstr, format_date

from dealer_pos_crm.dealer_cashier.money import rounded, shown
from dealer_pos_crm.dealer_cashier.printing.paper import Fact, Row
from dealer_pos_crm.dealer_cashier.printing.words import moment, plain
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.domain.money import Money
from dealer_pos_crm.domain.refusal import _ as marked


def name_of(customer: str | None) -> str:
	if not customer:
		return ""
	return plain(frappe.get_cached_value("Customer", customer, "customer_name") or customer)


def person(user: str | None) -> str:
	return plain(names_of([user]).get(user, user)) if user else ""


def car_facts(vehicle: str | None, title: str | None = None) -> list[Fact]:
	"""The car as its owner and its papers know it."""
	if not vehicle:
		return []
	car = frappe.get_cached_value(
		"Dealer Vehicle",
		vehicle,
		["title", "model_year", "make", "model", "trim", "color", "vin", "plate"],
		as_dict=True,
	)
	name = " ".join(cstr(part) for part in (car.model_year or "", car.make, car.model, car.trim) if part)
	found = [
		Fact(_("Vehicle"), plain(", ".join(part for part in (name or title or car.title, car.color) if part)))
	]
	if car.vin:
		found.append(Fact(_("VIN"), plain(car.vin)))
	if car.plate:
		found.append(Fact(_("Plate"), plain(car.plate)))
	return found


def mileage(order: Any) -> list[Fact]:
	parts = []
	if cint(order.mileage_in):
		parts.append(_("in {0}").format(frappe.utils.fmt_money(cint(order.mileage_in), precision=0)))
	if cint(order.mileage_out):
		parts.append(_("out {0}").format(frappe.utils.fmt_money(cint(order.mileage_out), precision=0)))
	return [Fact(_("Mileage"), ", ".join(parts))] if parts else []


def money(order: Any, value: object) -> Money:
	return rounded(value or 0, order.currency)


def made_of(order: Any, job: Any) -> str:
	"""What a job's price is made of, so that it can be added up."""
	parts = []
	for label, value in (
		(_("Labor"), job.labor_amount),
		(_("Parts"), job.parts_amount),
		(_("Sublet"), job.sublet_amount),
	):
		amount = money(order, value)
		if amount:
			parts.append(f"{label} {shown(amount)}")
	return " · ".join(parts)


def declined_rows(order: Any) -> tuple[Row, ...]:
	"""Work that was recommended and not done on this visit, with its price and the answer."""
	rows = []
	for job in order.jobs:
		if job.answer not in ("Declined", "Deferred"):
			continue
		notes = [_(job.severity) if job.severity else "", answer_of(job)]
		rows.append(
			Row(
				plain(job.title),
				shown(money(order, job.amount)),
				" · ".join(note for note in notes if note),
				"less",
			)
		)
	return tuple(rows)


_HOW = {
	"In Person": marked("in person"),
	"Phone": marked("by phone"),
	"Text": marked("by text"),
	"E-mail": marked("by e-mail"),
	"Portal": marked("in the portal"),
}


def answer_of(job: Any) -> str:
	"""Who answered, how, when, to which amount."""
	if job.answer == "Pending" or not job.answered_at:
		return _("Not answered yet") if job.answer == "Pending" else _(job.answer)
	how = _(_HOW.get(job.answered_how, ""))
	if job.answered_how == "Phone" and job.answered_phone:
		how = f"{how} {plain(job.answered_phone)}"
	words = [
		_("{0} by {1}").format(_(job.answer), plain(job.answered_by)) if job.answered_by else _(job.answer),
		how,
		moment(job.answered_at),
	]
	if job.answer == "Deferred" and job.deferred_until:
		words.append(_("until {0}").format(format_date(job.deferred_until)))
	return ", ".join(word for word in words if word)

"""The next maintenance of a vehicle, from its mileage readings and what was done on it here."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, formatdate, getdate

from dealer_pos_crm.dealer_setup.settings import is_dealership, settings_of
from dealer_pos_crm.domain import maintenance
from dealer_pos_crm.domain.vehicle import Reading

_USUAL = 12000


@dataclass(frozen=True)
class Forecast:
	"""What is next: the service, when to bring it up, when it is due, and why in sentences."""

	service: str
	on: date
	basis: str
	op_code: str
	due: date
	by_mileage: bool


def forecast(vehicle: str, on: date | None = None) -> Forecast | None:
	"""The next maintenance as seen on a day (today); None when nothing that repeats was ever done here.

	What is done on a repair order counts once its job is marked done. Three queries.
	"""
	found = upcoming(vehicle, on)
	return found[0] if found else None


def upcoming(vehicle: str, on: date | None = None) -> list[Forecast]:
	"""All that repeats on the vehicle, the soonest first."""
	today = getdate(on)
	done = _done(vehicle)
	if not done:
		return []
	company = frappe.db.get_value("Dealer Vehicle", vehicle, "company")
	usual = cint(settings_of(company).miles_a_year) if is_dealership(company) else _USUAL
	return [
		Forecast(
			service=found.service,
			on=found.on,
			basis=" ".join(_said(sentence) for sentence in found.basis),
			op_code=found.op_code,
			due=found.due,
			by_mileage=found.by_mileage,
		)
		for found in maintenance.all_forecasts(_readings(vehicle), done, today, usual)
	]


def _readings(vehicle: str) -> list[Reading]:
	rows = frappe.get_all(
		"Dealer Vehicle Reading",
		filters={"parent": vehicle, "parenttype": "Dealer Vehicle"},
		fields=["read_on", "mileage", "explanation"],
		order_by="idx",
	)
	return [Reading(getdate(row.read_on), cint(row.mileage), row.explanation or "") for row in rows]


def _done(vehicle: str) -> list[maintenance.Done]:
	order = frappe.qb.DocType("Repair Order")
	job = frappe.qb.DocType("Repair Order Job")
	operation = frappe.qb.DocType("Labor Operation")
	rows = (
		frappe.qb.from_(job)
		.inner_join(order)
		.on(job.parent == order.name)
		.inner_join(operation)
		.on(job.labor_operation == operation.name)
		.select(
			operation.name,
			operation.service_name,
			operation.interval_months,
			operation.interval_miles,
			order.opened_at,
			order.creation,
			order.mileage_in,
		)
		.where(
			(order.vehicle == vehicle)
			& (order.status != "Cancelled")
			& (job.answer == "Approved")
			& (job.done == 1)
			& (operation.is_maintenance == 1)
		)
		.orderby(job.name)
	).run(as_dict=True)
	return [
		maintenance.Done(
			op_code=row.name,
			service=row.service_name,
			on=getdate(row.opened_at or row.creation),
			mileage=cint(row.mileage_in) or None,
			months=cint(row.interval_months),
			miles=cint(row.interval_miles),
		)
		for row in rows
	]


def _said(sentence: maintenance.Sentence) -> str:
	"""A sentence in the user's language, with dates and numbers as the site writes them."""
	return _(sentence.template).format(*(_shown(value) for value in sentence.values))


def _shown(value: object) -> str:
	if isinstance(value, date):
		return formatdate(value)
	if isinstance(value, int):
		return frappe.utils.fmt_money(value, precision=0)
	return str(value)

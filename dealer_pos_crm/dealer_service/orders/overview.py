"""What the Repair Order form and the check-in show beside the fields."""

from datetime import datetime, timedelta

import frappe
from frappe.utils import cint, cstr, get_datetime, now_datetime

from dealer_pos_crm.dealer_cashier.money import company_currency, to_float
from dealer_pos_crm.dealer_service.orders import mileage, opening, parts, pricing, status
from dealer_pos_crm.dealer_service.orders.closing import REOPENING
from dealer_pos_crm.dealer_service.orders.order import DOCTYPE, money, rule_jobs
from dealer_pos_crm.dealer_setup.people import names_of
from dealer_pos_crm.dealer_setup.roles import PARTS, TECHNICIAN
from dealer_pos_crm.dealer_setup.settings import business_hours
from dealer_pos_crm.domain import repair_order as rules
from dealer_pos_crm.domain.money import total

_USUAL_STAY = timedelta(hours=3)


def of(name: str) -> dict:
	"""What is possible now, what waits for whom, and what the vehicle still needs."""
	order = frappe.get_doc(DOCTYPE, name)
	jobs = rule_jobs(order)
	now = rules.Status(order.status)
	working = now in rules.WORKING
	pending = [job for job in jobs if job.answer is rules.Answer.PENDING]
	waited = parts.waited_for(order)
	state = parts.state_of(order)
	return {
		"possible": [new.value for new in rules.by_hand(now)],
		"may": _may(order),
		"working": working,
		"pending_total": to_float(
			total((job.amount for job in pending if job.pay_type is rules.PayType.CUSTOMER), order.currency)
		),
		"promise": rules.promise(
			now, get_datetime(order.promised_at) if order.promised_at else None, now_datetime()
		).value,
		"parts": {
			"state": state.value if state else None,
			"waiting": len(waited),
			"eta": cstr(waited[-1].eta) if waited else None,
			"by_job": _parts_by_job(order),
		},
		"to_invoice": [text for _code, text in status.blockers_to_invoice(order)] if working else [],
		"declined": declined_for(order.vehicle) if working else [],
		"recalls": recalls_of(order.vehicle),
		"comebacks": frappe.get_all(
			DOCTYPE, {"comeback_of": name}, ["name", "opened_at"], order_by="opened_at", limit=5
		),
		"other_orders": open_orders(order.vehicle, but=name) if working else [],
		"owner": _other_owner(order.customer, order.vehicle),
		"last_answer": _last_answer(order),
		"clocked": _clocked(name),
		"people": names_of({order.advisor, order.handed_over_by, *(row.technician for row in order.jobs)}),
	}


def _may(order) -> dict:
	roles = set(frappe.get_roles())
	edit = bool(frappe.has_permission(DOCTYPE, "write", order))
	return {
		"edit": edit,
		"work": edit or TECHNICIAN in roles,
		"parts": edit or PARTS in roles,
		"reopen": edit and bool(REOPENING & roles),
	}


def brief(name: str) -> dict:
	"""Where an order stands after a step."""
	return frappe.db.get_value(
		DOCTYPE, name, ["name", "status", "pending_jobs", "authorised_total", "grand_total"], as_dict=True
	)


def _parts_by_job(order) -> dict[str, str]:
	found = {}
	for row in order.jobs:
		state = parts.state_of(order, row.job_no)
		if state:
			found[cstr(row.job_no)] = state.value
	return found


def declined_for(vehicle: str | None) -> list[dict]:
	from dealer_pos_crm.dealer_service.declined import book

	return book.open_for(vehicle)


def recalls_of(vehicle: str | None) -> list[dict]:
	from dealer_pos_crm.dealer_service.recalls import table

	return table.open_for(vehicle)


def open_orders(vehicle: str | None, but: str | None = None) -> list[dict]:
	"""Other orders of the car that are not closed: two at once are a mistake more often than not."""
	if not vehicle:
		return []
	ended = [found.value for found in rules.ENDED]
	return frappe.get_all(
		DOCTYPE,
		{"vehicle": vehicle, "status": ("not in", ended), "name": ("!=", but or "")},
		["name", "status", "opened_at", "customer_name"],
		order_by="opened_at desc",
		limit=5,
	)


def _other_owner(customer: str | None, vehicle: str | None) -> dict | None:
	"""The owner in the books, when it is not the customer."""
	owner = frappe.db.get_value("Dealer Vehicle", vehicle, "customer") if vehicle else None
	if not owner or owner == customer:
		return None
	return {"name": owner, "customer_name": frappe.db.get_value("Customer", owner, "customer_name")}


def _last_answer(order) -> dict | None:
	"""How the customer was reached the last time; proposed again."""
	answered = [row for row in order.jobs if row.answered_at]
	if not answered:
		return None
	row = max(answered, key=lambda row: get_datetime(row.answered_at))
	return {"by": row.answered_by, "how": row.answered_how, "phone": row.answered_phone}


def _clocked(name: str) -> list[dict]:
	from dealer_pos_crm.dealer_service import clocks

	rows = clocks.open_clocks(name)
	names = names_of(row.technician for row in rows)
	return [
		{
			"job_no": row.job_no,
			"technician": names.get(row.technician, row.technician),
			"since": row.started_at,
		}
		for row in rows
	]


def check_in_context(
	customer: str | None, vehicle: str | None, appointment: str | None, company: str | None
) -> dict:
	"""What check-in starts with. Amounts in the company's currency."""
	booked = frappe.get_doc("Service Appointment", appointment) if appointment else None
	if booked:
		customer, vehicle, company = booked.customer, booked.vehicle, booked.company
	car = (
		frappe.db.get_value(
			"Dealer Vehicle", vehicle, ["name", "title", "customer", "mileage", "plate"], as_dict=True
		)
		if vehicle
		else None
	)
	who = (
		frappe.db.get_value(
			"Customer", customer, ["name", "customer_name", "mobile_no", "disabled"], as_dict=True
		)
		if customer
		else None
	)
	return {
		"customer": who,
		"vehicle": car,
		"cars": _cars_of(customer) if customer and not vehicle else [],
		"owner": _other_owner(customer, vehicle),
		"last_mileage": mileage.last_of(vehicle) if vehicle else 0,
		"open_orders": open_orders(vehicle),
		"declined": declined_for(vehicle),
		"recalls": recalls_of(vehicle),
		"appointment": _booked(booked) if booked else None,
		"promise": usual_promise(company),
	}


def usual_promise(company: str | None) -> datetime:
	"""A time to promise that is easy to keep and to read out: some open hours from now, on the half hour."""
	at = now_datetime() + timedelta(minutes=30)
	at = at.replace(minute=30 * (at.minute // 30), second=0, microsecond=0)
	return business_hours(company).add(at, _USUAL_STAY) if company else at + _USUAL_STAY


def _cars_of(customer: str) -> list[dict]:
	return frappe.get_all(
		"Dealer Vehicle",
		{"customer": customer},
		["name", "title", "plate"],
		order_by="modified desc",
		limit=20,
	)


def _booked(booked) -> dict:
	return {
		"name": booked.name,
		"company": booked.company,
		"status": booked.status,
		"starts_at": booked.starts_at,
		"concern": booked.concern,
		"advisor": booked.advisor,
		"contact_phone": booked.contact_phone,
		"contact_by": booked.contact_by,
		"repair_order": booked.repair_order,
		"works": opening.preview(booked.company, booked),
	}


def operation(name: str, company: str, pay_type: str) -> dict:
	"""What an op code brings to a job."""
	doc = frappe.get_cached_doc("Labor Operation", name)
	hours, rate = pricing.labor_of(name, pay_type, company)
	currency = company_currency(company)
	order = frappe._dict(currency=currency)
	rates = pricing.selling_rates((row.item for row in doc.parts), currency)
	rows = [
		{
			"item": row.item,
			"description": frappe.get_cached_value("Item", row.item, "item_name") or row.item,
			"qty": row.qty,
			"rate": rates.get(row.item, 0),
		}
		for row in doc.parts
	]
	labor = rules.labor_at(pricing.number(hours), money(order, rate))
	together = labor + pricing.sum_of(order, [frappe._dict(row) for row in rows])
	return {
		"title": doc.service_name,
		"hours": hours,
		"rate": rate,
		"parts": rows,
		"amount": to_float(together),
		"currency": currency,
		"maintenance": cint(doc.is_maintenance),
	}

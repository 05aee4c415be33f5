"""Test data of the service lane: its settings, people, op codes, and repair orders at any stage."""

from __future__ import annotations

import frappe
from frappe.utils import add_to_date, cint, now_datetime

from dealer_pos_crm.dealer_service.appointments import book
from dealer_pos_crm.dealer_service.orders import answers, closing, jobs, opening, status
from dealer_pos_crm.dealer_setup import roles
from tests.site import factories as f

COMPANY = f.COMPANY


def set_up_lane(**values) -> str:
	"""A dealership whose Dealer Settings have a service lane: rates, tolerance, items. Once per site."""
	f.make_dealership()
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	wanted = {
		"labor_rate_customer": 150,
		"labor_rate_warranty": 120,
		"labor_rate_internal": 90,
		"authorisation_tolerance": 10,
		"labor_item": f.make_item("Labor"),
		"parts_item": f.make_item("Part"),
		"sublet_item": f.make_item("Sublet"),
		"service_tax_template": None,
		"no_show_grace": 30,
		**values,
	}
	if any(settings.get(field) != value for field, value in wanted.items()):
		settings.update(wanted)
		settings.save()
	frappe.db.commit()
	return COMPANY


def advisor() -> str:
	return f.make_user(roles.ADVISOR, "lane.advisor")


def second_advisor() -> str:
	return f.make_user(roles.ADVISOR, "lane.second.advisor")


def technician() -> str:
	return f.make_user(roles.TECHNICIAN, "lane.technician")


def service_manager() -> str:
	return f.make_user(roles.SERVICE_MANAGER, "lane.manager")


def make_operation(op_code: str = "LOF", service_name: str = "Oil and filter change", **values) -> str:
	"""An op code: an hour of work unless said otherwise. ``parts``: [(item, qty)]."""
	if not frappe.db.exists("Labor Operation", op_code):
		parts = values.pop("parts", ())
		doc = frappe.get_doc(
			{
				"doctype": "Labor Operation",
				"op_code": op_code,
				"service_name": service_name,
				"hours": 1,
				**values,
			}
		)
		for item, qty in parts:
			doc.append("parts", {"item": f.make_item(item), "qty": qty})
		doc.insert()
	return op_code


def make_price(item: str, rate: float) -> str:
	"""What an item sells for."""
	f.make_item(item)
	frappe.db.set_value("Item", item, "standard_rate", rate)
	return item


def make_car(customer=None, **values):
	"""A customer's own car."""
	owners = [{"customer": customer.name, "from_date": "2020-01-01", "how": "Sold by Us"}] if customer else []
	return f.make_vehicle(status="Customer-owned", stock_number=None, owners=owners, **values)


def make_order(
	customer=None,
	vehicle=None,
	works: list[dict] | None = None,
	*,
	approved: bool = False,
	**values,
):
	"""An open repair order with one job (an hour of diagnosis) or those given. ``approved``: agreed to at once.

	Committed. ``works``: dicts of what ``jobs.add_job`` takes.
	"""
	customer = customer or f.make_customer()
	vehicle = vehicle or make_car(customer)
	frappe.db.commit()
	name = opening.open_order(
		customer=customer.name,
		vehicle=vehicle.name,
		company=COMPANY,
		client_key=values.pop("client_key", None) or f.key(),
		works=[{"title": "Diagnose noise", "hours": 1}] if works is None else works,
		authorised_by="Ann Buyer" if approved else None,
		**{"advisor": advisor(), "mileage_in": 30_000, **values},
	)
	frappe.db.commit()
	return frappe.get_doc("Repair Order", name)


def make_team(capacity: float = 8, **values) -> str:
	"""A team with so many hours a day. Committed."""
	team = frappe.get_doc(
		{
			"doctype": "Service Team",
			"team_name": f.unique("Quick Lane"),
			"company": COMPANY,
			"capacity_hours": capacity,
			**values,
		}
	).insert()
	frappe.db.commit()
	return team.name


def make_appointment(customer=None, vehicle=None, **values):
	"""An appointment three days ahead at nine, for an hour and a half. Committed."""
	customer = customer or f.make_customer()
	vehicle = vehicle or make_car(customer)
	frappe.db.commit()
	start = add_to_date(now_datetime(), days=3).replace(hour=9, minute=0, second=0, microsecond=0)
	made = book.book(
		values.pop("client_key", None) or f.key(),
		**{
			"customer": customer.name,
			"vehicle": vehicle.name,
			"company": COMPANY,
			"starts_at": start,
			"duration": 1.5,
			"concern": "It squeaks when I brake",
			**values,
		},
	)
	frappe.db.commit()
	return frappe.get_doc("Service Appointment", made["name"])


def answer(order, job_no: int, what: str = "Approved", **values) -> None:
	"""The customer answers at the present price; a decline and a deferral get a reason and a date."""
	row = job(order, job_no)
	said = {
		"how": "In Person",
		"by": "Ann Buyer",
		"amount_shown": row.amount,
		"reason": "Too dear today" if what == "Declined" else None,
		"deferred_until": add_to_date(now_datetime(), days=60).date() if what == "Deferred" else None,
		**values,
	}
	frappe.db.commit()
	answers.record(order.name, job_no, what, **said)
	frappe.db.commit()
	order.reload()


def job(order, job_no: int):
	order.reload()
	return next(row for row in order.jobs if cint(row.job_no) == job_no)


def recommend(order, **values) -> int:
	"""A job that was found after opening. Returns its number."""
	frappe.db.commit()
	number = jobs.recommend(
		order.name, **{"title": "Front brake pads", "hours": 2, "severity": "Red", **values}
	)
	frappe.db.commit()
	order.reload()
	return number


def finish(order, to: str | None = "Ready") -> None:
	"""All approved work is done, and the order is Ready."""
	frappe.db.commit()
	order.reload()
	for row in order.jobs:
		if row.answer == "Approved" and not row.done:
			jobs.finish(order.name, row.job_no, cause="Worn", correction="Replaced")
	if to:
		status.change(order.name, to)
	frappe.db.commit()
	order.reload()


def close(order, mileage_out: int = 30_010) -> dict:
	"""The car has left, whatever its bill says."""
	frappe.db.set_value("Repair Order", order.name, "handed_over_at", now_datetime())
	frappe.db.commit()
	result = closing.close(order.name, mileage_out)
	frappe.db.commit()
	order.reload()
	return result


def events(order) -> list[tuple[str, str | None]]:
	"""Type and, of a reversal, the type of what it reverses; in the order in which they were written."""
	rows = frappe.get_all(
		"Customer Event",
		{"repair_order": order.name},
		["event_type", "event_key", "reverses"],
		order_by="name",
	)
	types = {row.event_key: row.event_type for row in rows}
	return [(row.event_type, types.get(row.reverses)) for row in rows]

"""The service lane's numbers: the lane board, and a large repair order beside ERPNext's Sales Order of its size."""

from __future__ import annotations

from collections.abc import Callable

import frappe
from frappe.utils import add_days, add_to_date, get_datetime, now_datetime, nowdate

from tests.site import factories as f
from tests.site import lane

JOBS, PARTS = 30, 60
ORDERS, APPOINTMENTS = 150, 500
STATUSES = ("Open", "In Progress", "Waiting Parts", "Waiting Customer", "Ready", "Invoiced")
TAX = "Sales Tax 8.25"


def tax_template() -> str:
	name = f"{TAX} - {f.ABBR}"
	if not frappe.db.exists("Sales Taxes and Charges Template", name):
		frappe.get_doc(
			{
				"doctype": "Sales Taxes and Charges Template",
				"title": TAX,
				"company": f.COMPANY,
				"taxes": [
					{
						"charge_type": "On Net Total",
						"account_head": f.tax_account(),
						"description": TAX,
						"rate": 8.25,
					}
				],
			}
		).insert()
	return name


def big_order() -> str:
	"""A repair order of 30 approved jobs with two parts each."""
	lane.set_up_lane(service_tax_template=tax_template())
	lane.make_operation("BRK", "Front brakes")
	item = lane.make_price("Brake pads", 42.5)
	works = [
		{
			"labor_operation": "BRK",
			"concern": "Noise from the front when braking",
			"parts": [{"item": item, "qty": 1, "rate": 42.5}, {"description": "Rotor", "qty": 2, "rate": 80}],
		}
		for _number in range(JOBS)
	]
	return lane.make_order(works=works, approved=True).name


def big_sales_order() -> str:
	"""ERPNext's own document of as many lines, taxed alike; a draft, as the repair order is never submitted."""
	customer = f.make_customer()
	labor, part = f.make_item("Labor"), f.make_item("Brake pads")
	taxes = frappe.get_doc("Sales Taxes and Charges Template", tax_template()).taxes
	lines = [(labor, 150)] * JOBS + [(part, 42.5)] * PARTS
	doc = frappe.get_doc(
		{
			"doctype": "Sales Order",
			"company": f.COMPANY,
			"customer": customer.name,
			"transaction_date": nowdate(),
			"delivery_date": add_days(nowdate(), 1),
			"taxes_and_charges": tax_template(),
			"items": [
				{"item_code": item, "qty": 1, "rate": rate, "delivery_date": add_days(nowdate(), 1)}
				for item, rate in lines
			],
			"taxes": [
				{
					"charge_type": row.charge_type,
					"account_head": row.account_head,
					"description": row.description,
					"rate": row.rate,
				}
				for row in taxes
			],
		}
	).insert()
	frappe.db.commit()
	return doc.name


def opened(doctype: str, name: str, more: Callable[[], object] | None = None) -> Callable[[], object]:
	"""What a form asks of the server when it is opened."""
	from frappe.desk.form.load import getdoc

	def work() -> None:
		frappe.local.response = frappe._dict({"docs": []})
		getdoc(doctype, name)
		if more:
			more()

	return work


def saved(doctype: str, name: str, field: str) -> Callable[[], object]:
	"""One field changed and saved, as a form does: the whole document comes and goes as JSON."""
	from frappe.desk.form.save import savedocs

	doc = frappe.get_doc(doctype, name)
	doc.set(field, f.key()[:8])
	sent = frappe.as_json(doc)

	def work() -> None:
		frappe.local.response = frappe._dict({"docs": []})
		savedocs(sent, "Save")

	return work


def fill_lane() -> None:
	"""A full shop: 150 cars and 500 appointments of today."""
	frappe.db.set_value(
		"Repair Order", {"status": ("not in", ("Closed", "Cancelled"))}, "status", "Cancelled"
	)
	template = lane.make_order(
		works=[
			{"title": "Front brakes", "hours": 2, "parts": [{"description": "Rotor", "qty": 2, "rate": 80}]}
		],
		approved=True,
	)
	now = now_datetime().replace(microsecond=0)
	for number in range(ORDERS):
		name = f"RO-B-{f.key()[:12]}"
		values = template.as_dict(no_nulls=True)
		for key in ("jobs", "parts", "sublets", "photos", "client_key"):
			values.pop(key, None)
		values |= {
			"name": name,
			"status": STATUSES[number % len(STATUSES)],
			"promised_at": add_to_date(now, minutes=number * 5 - 200),
		}
		frappe.get_doc(values).db_insert()
		for table in ("jobs", "parts"):
			row = template.get(table)[0].as_dict(no_nulls=True)
			for line in range(3):
				frappe.get_doc(
					{**row, "name": f.key()[:12], "parent": name, "job_no": line + 1, "idx": line + 1}
				).db_insert()
	day = get_datetime(nowdate())
	frappe.db.delete("Service Appointment", {"name": ("like", "APT-B-%")})
	for number in range(APPOINTMENTS):
		at = add_to_date(day, minutes=(7 * 60 + number) % 1430)
		frappe.get_doc(
			{
				"doctype": "Service Appointment",
				"name": f"APT-B-{f.key()[:12]}",
				"customer": template.customer,
				"customer_name": template.customer_name,
				"vehicle": template.vehicle,
				"vehicle_title": template.vehicle_title,
				"company": f.COMPANY,
				"starts_at": at,
				"ends_at": at,
				"duration": 1,
				"status": "Booked",
				"advisor": template.advisor,
				"concern": "Oil change",
			}
		).db_insert()
	frappe.db.commit()


def results(beside: Callable, alone: Callable, rounds: int) -> dict[str, list[dict]]:
	"""``beside(name, ours, theirs, rounds)`` runs both in turn; ``alone(name, make, rounds)`` one."""
	from dealer_pos_crm.api import lane as lane_api
	from dealer_pos_crm.api import repair_order as order_api

	order, sales_order = big_order(), big_sales_order()
	size = f"{JOBS} jobs and {PARTS} parts"
	found = {
		"beside": [
			beside(
				f"Open, {size}",
				lambda: opened("Repair Order", order),
				lambda: opened("Sales Order", sales_order),
				rounds,
			),
			beside(
				f"Open with the overview, {size}",
				lambda: opened("Repair Order", order, lambda: order_api.get_overview(order)),
				lambda: opened("Sales Order", sales_order),
				rounds,
			),
			beside(
				f"Save, {size}",
				lambda: saved("Repair Order", order, "tag"),
				lambda: saved("Sales Order", sales_order, "po_no"),
				rounds,
			),
		]
	}
	fill_lane()
	found["alone"] = [
		alone(f"Lane board, {ORDERS} cars and {APPOINTMENTS} appointments", lambda: lane_api.load, rounds)
	]
	return found

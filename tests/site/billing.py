"""Repair orders ready to be billed, and what the books say of them."""

from __future__ import annotations

import frappe
from frappe.utils import flt

from dealer_pos_crm.dealer_service.billing import collecting, hand_over, invoicing
from dealer_pos_crm.dealer_setup import service_accounting
from tests.site import factories as f
from tests.site import lane


def set_up(**values) -> str:
	"""A dealership with service accounting; manufacturer of Toyota, no taxes, no stock unless said."""
	lane.set_up_lane()
	service_accounting.set_up(f.COMPANY)
	settings = frappe.get_doc("Dealer Settings", f.COMPANY)
	settings.manufacturers = []
	settings.append("manufacturers", {"make": "Toyota", "customer": manufacturer()})
	settings.update({"service_tax_template": None, "update_stock": 0, **values})
	settings.save()
	frappe.db.commit()
	return f.COMPANY


def named_customer(name: str) -> str:
	return frappe.db.get_value("Customer", {"customer_name": name}) or f.make_customer(name).name


def manufacturer() -> str:
	return named_customer("Toyota Warranty Center")


def ready(works: list[dict] | None = None, customer=None, **values):
	"""An order whose jobs are approved, done, and that waits to be billed. ``works``: see ``work``."""
	order = lane.make_order(customer, works=works or [work()], approved=True, **values)
	for row in order.jobs:
		if row.answer == "Pending":
			lane.answer(order, row.job_no)
	lane.finish(order)
	return order


def work(title: str = "Front brake pads", hours: float = 1, **values) -> dict:
	return {"title": title, "hours": hours, **values}


def set_on(order, **values) -> None:
	"""Fields that a form would set before the order is billed."""
	frappe.db.set_value("Repair Order", order.name, values)
	frappe.db.commit()
	order.reload()


def bill_to(order, job_no: int, customer: str) -> None:
	frappe.db.set_value("Repair Order Job", lane.job(order, job_no).name, "bill_to", customer)
	frappe.db.commit()
	order.reload()


def invoice(order, key: str | None = None) -> dict:
	frappe.db.commit()
	result = invoicing.invoice(order.name, key or f.key())
	frappe.db.commit()
	order.reload()
	return result


def collect(order, tenders: list[tuple[str, float]], key: str | None = None, payer: str | None = None):
	frappe.db.commit()
	result = collecting.collect(
		order.name,
		[{"mode_of_payment": mode, "amount": amount} for mode, amount in tenders],
		key or f.key(),
		payer,
	)
	frappe.db.commit()
	order.reload()
	return result


def release(order, mileage: int = 30_010, reason: str | None = None) -> dict:
	frappe.db.commit()
	result = hand_over.hand_over(order.name, mileage, reason)
	frappe.db.commit()
	order.reload()
	return result


def documents(order, doctype: str = "Sales Invoice") -> list:
	return [
		frappe.get_doc(doctype, name)
		for name in frappe.get_all(
			doctype,
			{"dealer_repair_order": order.name, "docstatus": 1},
			pluck="name",
			order_by="creation, name",
		)
	]


def only(order, **filters):
	names = frappe.get_all(
		"Sales Invoice", {"dealer_repair_order": order.name, "docstatus": 1, **filters}, pluck="name"
	)
	assert len(names) == 1, names
	return frappe.get_doc("Sales Invoice", names[0])


def gl(doctype: str, name: str) -> list[tuple]:
	"""(account without its company, cost center without it, party, debit, credit), sorted."""
	rows = frappe.get_all(
		"GL Entry",
		{"voucher_type": doctype, "voucher_no": name, "is_cancelled": 0},
		["account", "cost_center", "party", "debit", "credit"],
	)

	def bare(text):
		name = (text or "").rpartition(" - ")[0] or text or ""
		return name.partition(" - ")[2] or name  # without its number

	return sorted(
		(bare(row.account), bare(row.cost_center), row.party or "", flt(row.debit, 2), flt(row.credit, 2))
		for row in rows
	)


def position(order) -> tuple:
	order.reload()
	return (
		order.status,
		order.payment_status,
		flt(order.invoiced_total, 2),
		flt(order.paid_total, 2),
		flt(order.outstanding, 2),
	)


def owes(party: str) -> float:
	"""What the Payment Ledger says a customer owes."""
	rows = frappe.db.sql(
		"""select sum(amount) from `tabPayment Ledger Entry`
		where party_type = 'Customer' and party = %s and company = %s and delinked = 0""",
		(party, f.COMPANY),
	)
	return flt(rows[0][0], 2)

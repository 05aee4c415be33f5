"""Test data of recon and stock: cars that come in, their recon, a step at hand."""

from __future__ import annotations

import frappe
from frappe.utils import nowdate

from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_showroom.recon import recon, templates
from tests.site import factories as f
from tests.site import showroom

COMPANY = f.COMPANY


def set_up(**values) -> str:
	showroom.set_up_showroom(**values)
	templates.add(COMPANY)
	frappe.db.commit()
	return COMPANY


def technician() -> str:
	return f.make_user(roles.TECHNICIAN, "recon.tech")


def service_manager() -> str:
	return f.make_user(roles.SERVICE_MANAGER, "recon.manager")


def accountant() -> str:
	return f.make_user(roles.ACCOUNTANT, "recon.accountant")


def bought(**values):
	"""A used car from an auction, in recon. Committed."""
	car = f.make_vehicle(
		**{
			"status": "In Recon",
			"stock_number": None,
			"acquired_from": "Auction",
			"acquired_on": nowdate(),
			"acquisition_cost": 15_000,
			"condition": "Used",
			**values,
		}
	)
	frappe.db.commit()
	return car


def recon_of(car):
	name = frappe.db.get_value("Vehicle Recon", {"vehicle": car.name}, "name", order_by="creation desc")
	return frappe.get_doc("Vehicle Recon", name) if name else None


def step(doc, name: str):
	return next(row for row in doc.steps if row.step == name)


def key(doc, name: str) -> str:
	return step(doc, name).key


def finish_all(doc, *, but: str | None = None, cost: float = 0) -> None:
	"""Every step that is left, each with its own cost. Committed."""
	doc.reload()
	for row in doc.steps:
		if row.step != but and row.status not in ("Done", "Skipped"):
			recon.finish_step(doc.name, row.key, cost=cost)
			frappe.db.commit()
	doc.reload()


def showroom_events(car) -> list[str]:
	return frappe.get_all("Showroom Log", {"vehicle": car.name}, pluck="kind", order_by="name")

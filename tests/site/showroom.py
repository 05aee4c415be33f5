"""Test data of the showroom: its settings and people, leads, cars in stock, deals at any stage."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe

from dealer_pos_crm.dealer_setup import roles
from dealer_pos_crm.dealer_setup.refusals import DealerRefusal
from dealer_pos_crm.dealer_showroom.deals import losing, opening
from tests.site import factories as f

COMPANY = f.COMPANY


def set_up_showroom(**values) -> str:
	"""A dealership whose Dealer Settings have a showroom. Once per site; ``values`` change its settings."""
	f.make_dealership()
	losing.add_reasons()
	no_papers()
	for person in (salesperson, second_salesperson, sales_manager, fni, bdc):
		person()
	settings = frappe.get_doc("Dealer Settings", COMPANY)
	wanted = {"deal_hold_days": 7, "deal_stuck_days": 5, **values}
	if any(settings.get(field) != value for field, value in wanted.items()):
		settings.update(wanted)
		settings.save()
	frappe.db.commit()
	return COMPANY


def salesperson() -> str:
	return f.make_user(roles.SALESPERSON, "floor.sales")


def second_salesperson() -> str:
	return f.make_user(roles.SALESPERSON, "floor.second")


def sales_manager() -> str:
	return f.make_user(roles.SALES_MANAGER, "floor.manager")


def fni() -> str:
	return f.make_user(roles.FNI, "floor.fni")


def bdc() -> str:
	return f.make_user(roles.BDC, "floor.bdc")


def make_lead(**values):
	"""A lead of the showroom as a person enters it by hand. Its name and phone are nobody else's."""
	number = f.key()
	doc = frappe.get_doc(
		{
			"doctype": "Lead",
			"first_name": f"Lee {number[:6]}",
			"last_name": "Shopper",
			"company": COMPANY,
			"email_id": f"lee.{number[:10]}@buyers.example",
			"mobile_no": f"+1555{int(number[:6], 16) % 10_000_000:07d}",
			"lead_owner": values.pop("lead_owner", None) or salesperson(),
			"dealer_lead_type": "Internet",
			**values,
		}
	)
	return doc.insert()


def make_car(**values):
	"""A used car on the front line, with a price and what it cost."""
	return f.make_vehicle(
		**{"price": 21_500, "condition": "Used", "acquisition_cost": 17_000, "company": COMPANY, **values}
	)


def make_deal(customer=None, vehicle=None, **values):
	"""An open deal at its first stage. ``vehicle=False``: one without a vehicle yet."""
	if vehicle is None:
		vehicle = make_car()
	if not vehicle:
		values.setdefault("wanted", "2019 Toyota Camry")
	name = opening.open_deal(
		customer=(customer or f.make_customer()).name,
		company=COMPANY,
		vehicle=vehicle.name if vehicle else None,
		salesperson=values.pop("salesperson", None) or salesperson(),
		client_key=values.pop("client_key", None) or f.key(),
		**values,
	)
	frappe.db.commit()
	return frappe.get_doc("Deal Jacket", name)


def make_scenario(deal, **values):
	"""A scenario on the deal's worksheet as the deal's gates know it; the worksheet's own tests make real ones."""
	doc = frappe.get_doc(
		{
			"doctype": "Deal Scenario",
			"deal": deal.name,
			"label": "First offer",
			"company": deal.company,
			"kind": deal.deal_type or "Finance",
			"price": 21_500,
			"term_months": 60,
			"apr": 6,
			**values,
		}
	)
	doc.flags.of_the_worksheet = True
	doc.insert(ignore_permissions=True)
	frappe.db.commit()
	return doc


def no_papers() -> None:
	"""No list of papers is in force: the gates of a deal ask for none. ``papers`` brings one back."""
	for name in frappe.get_all("Deal Document Template", {"enabled": 1}, pluck="name"):
		doc = frappe.get_doc("Deal Document Template", name)
		doc.enabled = 0
		doc.save()


def make_checks(deal) -> None:
	"""OFAC and Red Flags of buyer and co-buyer, clear and of today."""
	from dealer_pos_crm.dealer_showroom.documents import compliance
	from dealer_pos_crm.domain.compliance import ID_CHECKS

	for party in filter(None, (deal.customer, deal.co_buyer)):
		today = frappe.utils.nowdate()
		compliance.check(
			deal.name,
			party,
			"OFAC",
			result="Clear",
			list_date=today,
			method="Treasury search",
			client_key=f.key(),
		)
		answers = dict.fromkeys(ID_CHECKS, 1)
		compliance.check(deal.name, party, "Red Flags", attested=1, client_key=f.key(), **answers)
	frappe.db.commit()


@contextmanager
def refuses(code: str) -> Iterator[None]:
	"""Refused by this rule of the domain, as a request would be: what it had written is rolled back."""
	import pytest  # the demo and the benchmarks use this file without it

	frappe.db.commit()
	with pytest.raises(DealerRefusal) as caught:
		yield caught
	assert caught.value.code == code, (caught.value.code, str(caught.value))
	frappe.db.rollback()

"""Deposits taken at the counter: made and taken in one step, for a vehicle, a deal, an order or a part."""

from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, get_link_to_form

from dealer_pos_crm.dealer_cashier.deposits import actions, overview
from dealer_pos_crm.dealer_counter import requests
from dealer_pos_crm.dealer_setup.acting import need_key, once
from dealer_pos_crm.dealer_setup.settings import settings_of
from dealer_pos_crm.domain.deal import WORKING
from dealer_pos_crm.domain.repair_order import ENDED

_DRAFT = "Draft"
_AGREED = ("amount", "refundable", "refundable_until", "hold_until")


def start(customer: str, company: str, pos_profile: str | None = None) -> dict:
	"""What the dialog starts with: what a deposit may be for, the house's terms, and how it may be paid."""
	settings = settings_of(company)
	return {
		**overview.defaults(company, None, None),
		"smallest": settings.min_deposit,
		"modes": _modes(company, pos_profile),
		"usual": overview.usual_mode(company),
		"deals": _deals(customer, company),
		"orders": _orders(customer, company),
	}


def _modes(company: str, pos_profile: str | None) -> list[dict]:
	"""Those of the counter, in its order; all of the company's where none is named."""
	modes = overview.payment_modes(company)
	if not pos_profile:
		return modes
	own = [row.mode_of_payment for row in frappe.get_cached_doc("POS Profile", pos_profile).payments]
	by_name = {row["name"]: row for row in modes}
	return [by_name[name] for name in own if name in by_name]


def _deals(customer: str, company: str) -> list[dict]:
	if not frappe.has_permission("Deal Jacket", "read"):
		return []
	return frappe.get_list(
		"Deal Jacket",
		filters={"company": company, "stage": ("in", [stage.value for stage in WORKING])},
		or_filters={"customer": customer, "co_buyer": customer},
		fields=["name", "vehicle", "vehicle_title", "wanted", "stage"],
		order_by="stage_since desc",
		limit=10,
	)


def _orders(customer: str, company: str) -> list[dict]:
	if not frappe.has_permission("Repair Order", "read"):
		return []
	return frappe.get_list(
		"Repair Order",
		filters={
			"customer": customer,
			"company": company,
			"status": ("not in", [status.value for status in ENDED]),
		},
		fields=["name", "vehicle_title", "status"],
		order_by="opened_at desc",
		limit=10,
	)


@once
def take(
	customer: str,
	company: str,
	what: dict,
	values: dict,
	tenders: list[dict] | None,
	client_key: str | None,
) -> dict:
	"""Make a deposit and take its money, in one transaction. Without ``tenders`` the draft waits for a card.

	``what``: doctype (Dealer Vehicle, Deal Jacket, Repair Order, or empty for a part) with name, or text.
	``values``: amount (major units of the company's currency), refundable, refundable_until, hold_until.
	"""
	need_key(client_key)
	_lock_shift(company)
	name = _made_before(client_key, customer, company)
	repeated = bool(name)
	if not name:
		requests.claim(client_key)
		name = _made(customer, company, what, values, client_key)
	if tenders:
		done = actions.take_on(actions.locked(name), tenders, client_key)
		repeated = done["repeated"]
	return state(name, repeated=repeated)


@once
def take_draft(name: str, tenders: list[dict], client_key: str | None) -> dict:
	"""Take the money of a draft that waits: a card was declined, somebody else had written it."""
	need_key(client_key)
	_lock_shift(frappe.db.get_value("Deposit", name, "company"))
	done = actions.take_on(actions.locked(name), tenders, client_key)
	return state(name, repeated=done["repeated"])


def facts(name: str, pos_profile: str | None) -> dict:
	"""A draft that waits, and how it may be paid."""
	company = frappe.db.get_value("Deposit", name, "company")
	return {
		**state(name),
		"company": company,
		"modes": _modes(company, pos_profile),
		"usual": overview.usual_mode(company),
	}


def find(client_key: str) -> dict | None:
	"""What a request with this key made, whose answer was lost; None when it made nothing."""
	name = frappe.db.get_value("Deposit", {"client_key": client_key}) or frappe.db.get_value(
		"Deposit Action", {"client_key": client_key}, "deposit"
	)
	if not name:
		return None
	frappe.has_permission("Deposit", "read", name, throw=True)
	return state(name, repeated=True)


def state(name: str, *, repeated: bool = False) -> dict:
	"""A deposit as the counter shows it."""
	row = frappe.db.get_value(
		"Deposit",
		name,
		[
			"name",
			"customer",
			"customer_name",
			"status",
			"amount",
			"currency",
			"vehicle",
			"held_for",
			"hold_until",
		],
		as_dict=True,
	)
	title = frappe.db.get_value("Dealer Vehicle", row.vehicle, "title") if row.vehicle else None
	return {**row, "what": title or row.held_for, "taken": row.status != _DRAFT, "repeated": repeated}


def _lock_shift(company: str | None) -> None:
	"""The shift's lock comes before all others."""
	from dealer_pos_crm.dealer_counter.shifts import stamping

	stamping.current(company=company)


def _made_before(client_key: str | None, customer: str, company: str) -> str | None:
	row = frappe.db.get_value(
		"Deposit", {"client_key": client_key}, ["name", "customer", "company"], as_dict=True
	)
	if row and (row.customer, row.company) != (customer, company):
		frappe.throw(
			_("This request has the key of another one (deposit {0}). Reload the page and try again").format(
				get_link_to_form("Deposit", row.name)
			)
		)
	return row.name if row else None


def _made(customer: str, company: str, what: dict, values: dict, client_key: str | None) -> str:
	deposit = frappe.get_doc(
		{
			"doctype": "Deposit",
			"customer": customer,
			"company": company,
			"client_key": client_key,
			"channel": "In Person",
			"authorised_how": "Signature",
			**{field: values.get(field) for field in _AGREED if values.get(field)},
			**_subject(customer, company, what),
		}
	)
	return deposit.insert().name


def _subject(customer: str, company: str, what: dict) -> dict[str, Any]:
	"""What the money is for, as fields of the deposit."""
	doctype, name = cstr(what.get("doctype")), cstr(what.get("name"))
	if doctype == "Dealer Vehicle":
		return {"kind": "Hold", "vehicle": name, "department": "Sales"}
	if doctype == "Deal Jacket":
		deal = frappe.db.get_value("Deal Jacket", name, ["vehicle", "wanted"], as_dict=True) or frappe._dict()
		return {
			"kind": "Hold" if deal.vehicle else "Order",
			"deal": name,
			"vehicle": deal.vehicle,
			"held_for": None if deal.vehicle else cstr(deal.wanted) or _("Deal {0}").format(name),
			"department": "Sales",
		}
	if doctype == "Repair Order":
		return {"kind": "Part", "held_for": _of_order(customer, company, name), "department": "Service"}
	return {"kind": "Part", "held_for": cstr(what.get("text")).strip(), "department": "Parts"}


def _of_order(customer: str, company: str, name: str) -> str:
	frappe.has_permission("Repair Order", "read", name, throw=True)
	order = frappe.db.get_value(
		"Repair Order", name, ["customer", "company", "vehicle_title", "status"], as_dict=True
	)
	if (order.customer, order.company) != (customer, company):
		frappe.throw(
			_("Repair order {0} is of another customer. Choose the customer of the order").format(
				get_link_to_form("Repair Order", name)
			)
		)
	if order.status in {status.value for status in ENDED}:
		frappe.throw(
			_("Repair order {0} is {1}; nothing is still to be done on it").format(
				get_link_to_form("Repair Order", name), _(order.status)
			)
		)
	return _("Repair order {0} ({1})").format(name, order.vehicle_title)

"""Who is at the door: customers and leads found while their name or phone is typed."""

import re

import frappe
from frappe.utils import cstr

from dealer_pos_crm.dealer_crm.leads import points
from dealer_pos_crm.dealer_setup.people import in_rows, names_of
from dealer_pos_crm.domain.deal import WORKING
from dealer_pos_crm.domain.showroom_appointment import OPEN

_SHOWN = 8
_SHORTEST = 2
_DIGITS = 4  # fewer are too common to be a phone


def find(text: str, company: str) -> list[dict]:
	"""Customers first, then open leads that are no customer yet; each with what the receptionist should know.

	Reads with the user's own rights.
	"""
	text = " ".join(cstr(text).split())
	digits = re.sub(r"\D", "", text)
	by_phone = len(digits) >= _DIGITS and not re.search(r"[^\W\d]", text)
	if not by_phone and len(text) < _SHORTEST:
		return []
	customers = _customers(text, digits if by_phone else "")
	leads = _leads(text, digits if by_phone else "", company, [row.name for row in customers])
	rows = [
		{
			"customer": row.name,
			"lead": None,
			"name": row.customer_name,
			"phone": row.mobile_no,
			"owner": row.owner,
		}
		for row in customers
	]
	rows += [
		{
			"customer": row.customer,
			"lead": row.name,
			"name": row.lead_name,
			"phone": row.phone,
			"owner": row.owner,
		}
		for row in leads
	]
	rows = rows[:_SHOWN]
	_add_context(rows, company)
	people = names_of(in_rows(rows, "owner"))
	for row in rows:
		row["owner_name"] = people.get(row["owner"], row["owner"])
	return rows


def _parties(doctypes: tuple[str, ...], digits: str) -> list[str]:
	"""Documents whose phone ends in, or begins with, these digits; by the index of contact points."""
	key = points.phone_key(digits)
	found = frappe.get_all(
		points.DOCTYPE,
		{"kind": points.PHONE, "party_doctype": ("in", doctypes)},
		["party_doctype", "party_name", "value"],
		or_filters=[["value", "=", key], ["value", "like", f"%{digits}%"]],
		order_by="value, party_name",
		limit=4 * _SHOWN,
	)
	return [row.party_name for row in found]


def _customers(text: str, digits: str) -> list:
	filters: dict = {"disabled": 0}
	if digits:
		contacts = _parties(("Contact",), digits)
		names = frappe.get_all(
			"Dynamic Link",
			{"parenttype": "Contact", "parent": ("in", contacts or [""]), "link_doctype": "Customer"},
			pluck="link_name",
			order_by="link_name",
		)
		either = [["name", "in", names or [""]], ["mobile_no", "like", f"%{digits}%"]]
	else:
		either = [["customer_name", "like", f"%{text}%"], ["name", "like", f"%{text}%"]]
	return frappe.get_list(
		"Customer",
		filters=filters,
		or_filters=either,
		fields=["name", "customer_name", "mobile_no", "dealer_sales_owner as owner"],
		order_by="modified desc",
		limit=_SHOWN,
	)


def _leads(text: str, digits: str, company: str, customers: list[str]) -> list:
	filters = [["company", "in", [company, ""]], ["dealer_state", "not in", ["Converted"]]]
	if digits:
		names = _parties(("Lead",), digits)
		either = [
			["name", "in", names or [""]],
			["mobile_no", "like", f"%{digits}%"],
			["phone", "like", f"%{digits}%"],
		]
	else:
		either = [["lead_name", "like", f"%{text}%"]]
	rows = frappe.get_list(
		"Lead",
		filters=filters,
		or_filters=either,
		fields=[
			"name",
			"lead_name",
			"mobile_no",
			"phone",
			"dealer_customer as customer",
			"lead_owner as owner",
		],
		order_by="modified desc",
		limit=_SHOWN,
	)
	for row in rows:
		row.phone = row.mobile_no or row.phone
	return [row for row in rows if row.customer not in customers]


def _add_context(rows: list[dict], company: str) -> None:
	"""Who is expected today, who was here last and when, and the deal that is being worked on."""
	customers = [row["customer"] for row in rows if row["customer"]] or [""]
	leads = [row["lead"] for row in rows if row["lead"]] or [""]
	either = [["customer", "in", customers], ["lead", "in", leads]]
	today = frappe.utils.nowdate()
	found = {
		"appointment": frappe.get_list(
			"Showroom Appointment",
			filters=[
				["company", "=", company],
				["status", "in", [status.value for status in OPEN]],
				["starts_at", "between", [today, today]],
			],
			or_filters=either,
			fields=["name", "customer", "lead", "starts_at", "salesperson"],
			order_by="starts_at desc",
			limit=4 * _SHOWN,
		),
		"last_visit": frappe.get_list(
			"Showroom Visit",
			filters={"company": company},
			or_filters=either,
			fields=["name", "customer", "lead", "arrived_at", "left_at", "salesperson", "outcome"],
			order_by="arrived_at",
			limit=8 * _SHOWN,
		),
		"deal": frappe.get_list(
			"Deal Jacket",
			filters={"company": company, "stage": ("in", [stage.value for stage in WORKING])},
			or_filters=either,
			fields=["name", "customer", "lead", "stage", "vehicle_title", "salesperson"],
			order_by="creation",
			limit=4 * _SHOWN,
		),
	}
	for row in rows:
		for what, several in found.items():
			row[what] = None
			for one in several:  # the last one that fits
				mine = row["customer"] and one.customer == row["customer"]
				if mine or (row["lead"] and one.lead == row["lead"]):
					row[what] = one
		row["owner"] = next(
			(row[what].salesperson for what in ("appointment", "deal") if row[what]), row["owner"]
		)
